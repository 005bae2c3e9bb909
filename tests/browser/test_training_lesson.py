"""The training lesson in a browser: a step taken apart, and networks that learn while one looks on."""

import base64
import io
import json
import re
from dataclasses import replace

import numpy as np
import pytest
from browsing import (
    all_pixels,
    assert_same_picture,
    download,
    open_tab,
    pixels,
    set_slider,
    wait_for_picture,
    wait_for_run,
)
from PIL import Image
from playwright.sync_api import expect

from benchmarks.kept_run import FILE
from benchmarks.record_trainings import FILE as RECORDED
from core import GenerateConfig, generate, last
from core.checkpoint import load
from core.models import told_classes
from core.render import to_uint8
from core.sprites import CLASS_NAMES, draw
from core.train.apart import step_apart
from core.train.foreign import foreign
from core.train.kept import kept, states
from core.train.live import LiveConfig

PATIENT = 90_000  # ms: under a crowd of tests a training is slow to begin


def learned(page, steps: int) -> None:
    page.wait_for_selector(f"#training [data-learned='{steps}']", state="attached", timeout=PATIENT)


def train(page, **settings: str) -> None:
    for name, value in settings.items():
        page.select_option(f"#training .f-{name}", value)
    page.click("#training .go")


def taught(page) -> None:
    page.locator("#training .train-status", has_text=re.compile("Done:|Stopped:")).wait_for(timeout=PATIENT)


def board(page) -> list[np.ndarray]:
    return [pixels(page, f"#training .board canvas:nth-child({k + 1})") for k in range(16)]


def test_a_step_is_the_algorithm_with_its_tensors(open_page):
    page = open_page(link="?tab=training")
    learned(page, 0)
    page.click("#training .learn[data-more='10']")
    learned(page, 10)
    (step,) = step_apart(LiveConfig("all", count=200, batch_size=8), 10)
    expected = {"x0": step.x0, "eps": step.eps / 3, "x_t": step.x_t, "answer": step.answer}
    expected |= {"error": (step.answer - step.target) / 2, "after": step.answer_after}
    for name, x in expected.items():
        assert_same_picture(pixels(page, f"#training .p-{name}"), to_uint8(x[None])[0], 2)
    assert float(page.inner_text("#training .s-loss")) == pytest.approx(step.loss, rel=0.01)
    assert page.inner_text("#training .n-learned") == "10"
    assert page.locator("#training .bars > div").count() == len(step.gradient)
    page.select_option("#training .s-type", "eps")  # another training: from the start
    learned(page, 0)
    expect(page.locator("#training .n-learned")).to_have_text("0")
    page.click("#training .learn[data-more='100']")
    learned(page, 100)
    page.get_by_role("button", name="Start over").click()
    learned(page, 0)


def test_training_time_and_denoising_time(open_page):
    """Every picture is that network's, at that moment; a press on one shows it large, and the link leads back to it."""
    page = open_page(link="?tab=training&at=epochs&told=food&noise=3&epoch=4&moment=20")
    page.wait_for_selector("#training [data-grown]", timeout=PATIENT)
    config = GenerateConfig({"food": 1.0}, count=1, seed=3, num_inference_steps=20)
    runs = {epoch: states(kept(epoch), config)[:, 0] for epoch in (1, 4)}
    assert_same_picture(pixels(page, "#training .e-large"), runs[4][20])
    set_slider(page, "#training .e-moment", 9)
    assert_same_picture(pixels(page, "#training .e-large"), runs[4][9])
    first = page.locator("#training .e-grid canvas")
    first.nth(8 + 7).click()  # the second row, its end
    assert_same_picture(pixels(page, "#training .e-large"), runs[1][20])
    expect(page.locator("#training .e-network + output")).to_have_text("1 epoch")
    page.select_option("#training .e-averaged", "raw")
    page.wait_for_selector("""#training [data-grown='["food",3,false]']""", timeout=PATIENT)
    assert_same_picture(pixels(page, "#training .e-large"), states(kept(1, averaged=False), config)[20, 0])
    page.wait_for_function("location.search.includes('network=raw') && location.search.includes('epoch=1')")
    page.click("#training .e-noise")
    other = GenerateConfig({"food": 1.0}, count=1, seed=4, num_inference_steps=20)
    page.wait_for_selector("""#training [data-grown='["food",4,false]']""", timeout=PATIENT)
    assert_same_picture(pixels(page, "#training .e-large"), states(kept(1, averaged=False), other)[20, 0])


def test_where_the_loss_comes_from(open_page):
    page = open_page(link="?tab=training&at=levels&epoch=1")
    page.wait_for_selector("#training [data-sheet='1']", timeout=PATIENT)
    config = GenerateConfig({"spell": 1.0}, count=2, num_inference_steps=20)
    sprites = all_pixels(page, "#training .l-sprites canvas")
    for found, expected in zip(sprites[6:8], states(kept(1), config)[-1], strict=True):
        assert_same_picture(found, expected)
    stored = json.loads(FILE.read_text(encoding="utf-8"))
    before = float(page.inner_text("#training .l-loss"))
    assert before == pytest.approx(stored["averaged"][1]["loss"]["eps"], rel=0.01)
    page.select_option("#training .l-measure", "x0")
    expect(page.locator("#training .l-loss")).to_have_text(re.compile(r"^0\.1"))
    box = page.locator("#training .l-losses").bounding_box()
    page.mouse.click(box["x"] + box["width"] - 10, box["y"] + 0.2 * box["height"])  # nowhere near the last point
    expect(page.locator("#training .l-network")).to_have_value("1")
    page.locator("#training .l-losses").evaluate(
        """(canvas) => { const { x, y, width, height } = canvas.getBoundingClientRect();
        for (let down = 10; down < height; down += 8)
            canvas.dispatchEvent(new MouseEvent("click", { clientX: x + width - 12, clientY: y + down })) }"""
    )
    last = stored["epochs"][-1]
    page.wait_for_selector(f"#training [data-sheet='{last}']", timeout=PATIENT)
    assert page.inner_text("#training .l-right") == f"{100 * stored['averaged'][-1]['right']:.0f} %"


def test_a_network_learns_before_ones_eyes_and_says_what_it_knows(open_page, tmp_path):
    page = open_page(link="?tab=training&source=food&count=10&seconds=5")
    expect(page.locator("#training .drawn figcaption")).to_have_text("all that it will learn from: 10")
    assert_same_picture(board(page)[0], draw("food", 0).pixels)
    page.click("#training .go")
    expect(page.locator("#training .drawn figcaption")).to_contain_text("draws now", timeout=PATIENT)
    first = board(page)
    expect(page.locator("#training .go")).to_be_disabled()
    taught(page)
    assert any((a != b).any() for a, b in zip(first, board(page), strict=True))
    assert int(page.inner_text("#training .g-step").replace(",", "")) > 30
    assert page.locator("#training .pairs figure").count() == 32
    expect(page.locator("#training .verdict")).to_contain_text("of 32 are copies")
    expect(page.locator("#training .card")).to_have_count(1)
    with page.expect_download() as download:
        page.get_by_role("button", name="Download the network").click()
    download.value.save_as(tmp_path / "network.safetensors")
    assert load(tmp_path / "network.safetensors").class_names == ("food",)
    program = (
        page.inner_text("#training .program").replace("seconds=5", "seconds=1").replace('Path("', f'Path("{tmp_path}/')
    )
    (tmp_path / "network.safetensors").unlink()
    exec(compile(program, "the page's program", "exec"), {})
    assert load(tmp_path / "network.safetensors").class_names == ("food",)


def test_stop_keeps_what_there_is(open_page):
    page = open_page(link="?tab=training&count=100&seconds=60")
    page.click("#training .go")
    page.wait_for_function(
        "+document.querySelector('#training [data-step], #training[data-step]')?.dataset.step > 5", timeout=PATIENT
    )
    page.get_by_role("button", name="Rate 0.1").click()  # a task must wait its turn
    expect(page.locator("#training .train-status")).to_contain_text("wait until it is done, or press Stop")
    assert page.locator("#training .f-learning_rate").input_value() == "0.002"
    page.click("#training .halt")
    taught(page)
    assert float(page.inner_text("#training .train-status").rsplit(" in ", 1)[1].split()[0]) < 55
    assert page.locator("#training .pairs figure").count() == 32

    drawn, steps = board(page), page.inner_text("#training .g-step")
    page.select_option("#training .f-seconds", "5")  # for the next one: what this one has drawn stays
    assert page.inner_text("#training .g-step") == steps
    for now, before in zip(board(page), drawn, strict=True):
        assert_same_picture(now, before, 0)
    page.get_by_role("button", name="train again with these settings").click()
    expect(page.locator("#training .train-status")).to_contain_text("It is learning", timeout=PATIENT)
    expect(page.locator("#training .board")).to_be_in_viewport()
    assert page.locator("#training .f-seconds").input_value() == "60"
    page.click("#training .halt")
    taught(page)


@pytest.mark.timed  # beside others, five seconds at the lowest priority are too few
def test_painted_sprites_come_back(open_page):
    """Those on the shelf of this browser, from the lesson on noising."""
    page = open_page(link="?tab=training&source=own&seconds=5")
    expect(page.locator("#training .f-count")).to_be_disabled()
    page.click("#training .go")
    expect(page.locator("#training .train-status")).to_contain_text("You have painted no sprites yet")
    open_tab(page, "Noising")
    page.locator("#noising [data-station='paint']").scroll_into_view_if_needed()
    page.locator("#noising .easel canvas").click(position={"x": 30, "y": 30})
    page.wait_for_function("JSON.parse(localStorage.getItem('own-sprites') ?? '[]').length === 1")
    open_tab(page, "Training")
    page.click("#training .go")
    taught(page)
    expect(page.locator("#training .verdict")).to_contain_text("32 of 32 are copies")
    expect(page.locator("#training .verdict")).to_contain_text("by heart")


def test_an_old_network_is_taught_something_new(open_page):
    page = open_page(link="?tab=training&at=old")
    new = all_pixels(page, "#training .u-pictures canvas")
    for found, expected in zip(new, foreign(), strict=True):
        assert_same_picture(found, expected, 0)
    page.select_option("#training .u-own", "yes")
    page.click("#training .u-go")
    expect(page.locator("#training .u-status")).to_contain_text("You have painted no sprites yet")
    page.select_option("#training .u-own", "no")
    page.select_option("#training .u-replay", "no")
    page.select_option("#training .u-seconds", "60")
    page.click("#training .u-go")
    expect(page.locator("#training .u-status")).to_contain_text("It is learning: step", timeout=PATIENT)
    before = all_pixels(page, "#training .u-old canvas")
    step = page.inner_text("#training .u-status").partition(",")[0]
    expect(page.locator("#training .u-status")).not_to_contain_text(f"{step},", timeout=PATIENT)
    assert (before != all_pixels(page, "#training .u-old canvas")).any()
    page.click("#training .u-halt")
    page.wait_for_selector("#training [data-tuned]", state="attached", timeout=PATIENT)
    expect(page.locator("#training .u-verdict")).to_contain_text("of 16 sprites of the new class")
    expect(page.locator("#training .u-go")).to_be_enabled()
    with page.expect_download() as saved:
        page.click("#training .u-keep")
    model = load(saved.value.path())
    assert model.class_names[-1] == "mine"
    page.get_by_role("button", name="Draw the new class in Denoising").click()
    drawn_with(page, model, weights={"mine": 1.0})
    page.wait_for_function("location.search.includes('network=own') && location.search.includes('weights=mine')")
    page.click("#denoising .compare")
    expect(page.locator("#denoising .neighbours")).to_contain_text("nearest of 25,008", timeout=PATIENT)


def test_a_sheet_of_sprites_is_cut_and_learned_from(open_page):
    page = open_page(link="?tab=training&seconds=5")
    sprites = [draw("spell", k).pixels for k in range(6)]
    file = io.BytesIO()
    Image.fromarray(np.hstack(sprites).repeat(2, 0).repeat(2, 1)).save(file, "PNG")
    upload = page.locator("#training .controls-place input[type=file]")
    upload.set_input_files({"name": "notes.txt.png", "mimeType": "image/png", "buffer": b"no picture"})
    page.wait_for_selector("text=cannot be read as a picture")
    upload.set_input_files({"name": "sheet.png", "mimeType": "image/png", "buffer": file.getvalue()})
    expect(page.locator("#training .file-notes")).to_contain_text("cut into 6 tiles of 16 x 16", timeout=20_000)
    expect(page.locator("#training .f-source")).to_have_value("own")
    expect(page.locator("#training .f-count")).to_contain_text("6 of your file")
    for shown, sprite in zip(board(page), sprites, strict=False):
        assert_same_picture(shown, sprite, 0)
    page.click("#training .go")
    taught(page)
    near = all_pixels(page, "#training .pairs canvas")[1::2]
    assert {picture.tobytes() for picture in near} <= {sprite.tobytes() for sprite in sprites}
    page.get_by_role("button", name="My painted sprites instead").click()
    expect(page.locator("#training .f-count")).to_contain_text("0 painted")
    expect(page.locator("#training .file-notes")).to_be_empty()


def drawn_with(page, model, **changed) -> None:
    """Wait until the denoising lesson shows the end of the run that its settings and that network make."""
    config = replace(GenerateConfig({"hero": 1.0}, count=1, num_inference_steps=50), **changed)
    sprite = to_uint8(last(generate(told_classes(model, CLASS_NAMES), config)).x_prev)[0]
    wait_for_run(page, 50)
    page.wait_for_function("document.querySelector('#denoising .branch')")
    set_slider(page, "#denoising .index", 50)
    wait_for_picture(page, "#denoising .x_prev", sprite)


def test_a_network_of_ones_own_draws_in_denoising_and_is_opened_again(open_page, tmp_path):
    page = open_page(link="?tab=denoising&network=own&weights=mine")  # no link can bring one
    page.wait_for_selector("text=a network that somebody has taught is in no link")
    page.click(".note-on-top button")
    wait_for_run(page, 50)
    open_tab(page, "Training")
    train(page, source="food", count="10", seconds="5")
    taught(page)
    file = tmp_path / "network.safetensors"
    file.write_bytes(download(page, "#training .result", "Download the network").read_bytes())
    model = load(file)
    assert model.class_names == ("food",)
    page.locator("#training .learned").get_by_role("button", name="Draw with it in Denoising").click()
    expect(page.get_by_role("tab", name="Denoising", exact=True)).to_have_attribute("aria-selected", "true")
    drawn_with(page, model)  # it is told the one class that it knows, whatever it is called
    page.wait_for_function("location.search.includes('network=own')")
    page.click("#denoising .compare")
    expect(page.locator("#denoising .neighbours")).to_contain_text("nearest of 10")
    page = open_page(link="?tab=training&at=result")
    upload = page.locator("#training .open-place input[type=file]")
    upload.set_input_files({"name": "a.safetensors", "mimeType": "application/octet-stream", "buffer": b"no network"})
    page.wait_for_selector("text=not a readable safetensors file")
    upload.set_input_files(file)
    expect(page.locator("#training .opened-what")).to_contain_text("It knows food")
    names = [{"food": 1.0}] * 32
    for shown, sprite in zip(
        all_pixels(page, "#training .opened canvas"),
        to_uint8(last(generate(model, GenerateConfig(names, num_inference_steps=25))).x_prev),
        strict=True,
    ):
        assert_same_picture(shown, sprite)
    page.locator("#training .opened").get_by_role("button", name="Draw with it in Denoising").click()
    drawn_with(page, model)


def test_two_people_wait_in_line(open_page):
    one, two = open_page(link="?tab=training&count=10&seconds=60"), open_page(link="?tab=training&count=10&seconds=5")
    one.click("#training .go")
    expect(one.locator("#training .train-status")).to_contain_text("It is learning", timeout=PATIENT)
    two.click("#training .go")
    expect(two.locator("#training-queue .words")).to_contain_text("Waiting, number 1", timeout=PATIENT)
    two.click("#training .halt")  # that of the other goes on
    expect(two.locator("#training .train-status")).to_have_text("You have left the line.")
    two.click("#training .go")  # in line again
    step = one.inner_text("#training .g-step")
    for _ in range(4):
        expect(one.locator("#training .g-step")).not_to_have_text(step, timeout=PATIENT)
        step = one.inner_text("#training .g-step")
    expect(one.locator("#training .train-status")).to_contain_text("It is learning")
    one.click("#training .halt")
    taught(one)
    taught(two)


def test_a_page_that_is_closed_frees_the_place(open_page):
    one = open_page(link="?tab=training&count=10&seconds=60")
    one.click("#training .go")
    expect(one.locator("#training .train-status")).to_contain_text("It is learning", timeout=PATIENT)
    one.close()
    two = open_page(link="?tab=training&count=10&seconds=5")
    two.click("#training .go")
    expect(two.locator("#training .train-status")).to_contain_text("It is learning", timeout=30_000)
    taught(two)


def test_tasks_set_and_train_and_trainings_stand_side_by_side(open_page):
    page = open_page(link="?tab=training&at=tasks")
    page.select_option("#training .f-seconds", "5")
    button = page.get_by_role("button", name="Leave them in [0, 1]")
    button.evaluate("(b) => { b.dataset.do = b.dataset.do.replace('seconds=10', 'seconds=5'); }")
    button.click()
    taught(page)
    expect(page.locator("#training .f-mistake")).to_have_value("range")
    darkest = np.stack(board(page)).min(axis=(1, 2, 3))
    assert np.median(darkest) > 60
    train(page, mistake="none")
    expect(page.locator("#training .card")).to_have_count(2, timeout=PATIENT)
    assert "range" not in json.dumps(page.locator("#training .card").nth(1).inner_text())
    page.locator("#training .card .fresh").first.click()
    expect(page.locator("#training .f-mistake")).to_have_value("range")
    page.wait_for_function("new URLSearchParams(location.search).get('mistake') === 'range'")


def test_recorded_trainings_stand_beside_those_of_the_visit(open_page):
    page = open_page(link="?tab=training&at=question")
    page.locator("#training .predict", has_text="Which loss").get_by_role("button", name="the one with ten").click()
    expect(page.locator("#training .card")).to_have_count(4)
    recorded = json.loads(RECORDED.read_text(encoding="utf-8"))
    first = all_pixels(page, "#training .card:first-child canvas")
    drawn, near = (bytes_of(recorded["counts"][0][kind]) for kind in ("samples", "nearest"))
    np.testing.assert_array_equal(first, np.concatenate([drawn[:4], near[:4], drawn[4:], near[4:]]))
    expect(page.locator("#training .card").nth(3)).to_contain_text("25,000")
    page.select_option("#training .f-seconds", "5")
    page.click("#training .go")
    taught(page)
    expect(page.locator("#training .card")).to_have_count(5)
    page.click("#training [data-recorded=answers]")
    expect(page.locator("#training .card")).to_have_count(4)  # three, and the one of this visit
    expect(page.locator("#training .card .live")).to_have_count(1)


def bytes_of(text: str) -> np.ndarray:
    return np.frombuffer(base64.b64decode(text), np.uint8).reshape(-1, 16, 16, 3)


def test_painting_is_one_press_away(open_page):
    page = open_page(link="?tab=training&at=question")
    page.get_by_role("button", name="Paint some first").click()
    heading = page.locator("#noising [data-station=paint] h2")
    expect(heading).to_be_in_viewport()


def test_a_link_that_cannot_be_used_says_what_is_allowed(open_page):
    page = open_page(link="?tab=training&source=cats&count=0&seconds=15")
    note = page.locator(".note-on-top")
    expect(note).to_contain_text("what to learn from must be one of hero")
    expect(note).to_contain_text("the number of sprites must be a whole number from 1 to 25000")
    expect(page.locator("#training .f-seconds")).to_have_value("15")


def test_narrow(open_page):
    page = open_page(390, link="?tab=training&count=10&seconds=5")
    learned(page, 0)
    page.click("#training .go")
    taught(page)
    assert page.evaluate("document.documentElement.scrollWidth") <= 390


def test_a_link_holds_what_single_stations_are_set_to(open_page):
    page = open_page(link="?tab=training&learns=last&step_answer=v&replay=perhaps")
    expect(page.locator("#training .u-learns")).to_have_value("last")
    expect(page.locator("#training .s-type")).to_have_value("v")
    expect(page.locator(".note-on-top")).to_contain_text("replay must be one of yes, no")
    page.select_option("#training .u-replay", "no")
    page.wait_for_function("location.search.includes('replay=no') && location.search.includes('learns=last')")
    page.select_option("#training .u-learns", "everything")
    page.wait_for_function("!location.search.includes('learns=')")


def test_choosing_a_file_starts_no_training(open_page):
    page = open_page(link="?tab=training&at=teach")
    button = page.get_by_role("button", name="A file of your own")
    button.scroll_into_view_if_needed()
    with page.expect_file_chooser():
        button.click()
    assert page.locator("#training .go").is_enabled()
    assert page.inner_text("#training .train-status") == ""
