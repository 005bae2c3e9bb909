"""What a person does on the page, in a real browser, checked against what core computes."""

import numpy as np
import pytest
from PIL import Image

from core import GenerateConfig, NoiseSchedule, generate, last, load
from core.data import to_x0
from core.generate import SeededNoise
from core.render import to_uint8
from core.sprites import draw

READ_CANVAS = """canvas => {
    const copy = new OffscreenCanvas(16, 16).getContext("2d", { willReadFrequently: true });
    copy.drawImage(canvas, 0, 0);
    return Array.from(copy.getImageData(0, 0, 16, 16).data);
}"""


def pixels(page, selector: str) -> np.ndarray:
    """The pixels of a 16x16 canvas, (16, 16, 3) uint8."""
    data = page.eval_on_selector(selector, READ_CANVAS)
    return np.array(data, np.uint8).reshape(16, 16, 4)[..., :3]


def assert_same_picture(actual: np.ndarray, expected: np.ndarray, tolerance: int = 1) -> None:
    assert np.abs(actual.astype(int) - expected.astype(int)).max() <= tolerance


def set_slider(page, selector: str, value: int) -> None:
    page.eval_on_selector(selector, f"e => {{ e.value = {value}; e.dispatchEvent(new Event('input')) }}")


def open_tab(page, name: str) -> None:
    page.get_by_role("tab", name=name, exact=True).click()


def noised(t: int, seed: int = 0, schedule: str = "cosine") -> np.ndarray:
    x0 = to_x0(draw("hero", 0).pixels[None])
    return to_uint8(NoiseSchedule.named(schedule, 500).add_noise(x0, t, SeededNoise(seed, 1)()))[0]


def test_dragging_t_draws_the_forward_process(open_page):
    """The hand drags the slider; the canvas shows x_t = sqrt(ab) x0 + sqrt(1-ab) eps of that t."""
    page = open_page()
    page.locator("#noising .t").scroll_into_view_if_needed()
    box = page.locator("#noising .t").bounding_box()
    y = box["y"] + box["height"] / 2
    seen = []
    page.mouse.move(box["x"] + box["width"] * 0.3, y)
    page.mouse.down()
    for share in (0.4, 0.6, 0.8, 0.95):
        page.mouse.move(box["x"] + box["width"] * share, y)
        t = int(page.eval_on_selector("#noising .t", "e => +e.value"))
        assert abs(t - 500 * share) < 15
        picture = pixels(page, "#noising .x_t")
        assert_same_picture(picture, noised(t))
        seen.append(picture.tobytes())
    page.mouse.up()
    assert len(set(seen)) == 4


def test_noising_both_schedules_both_ends_and_new_noise(open_page):
    page = open_page()
    for schedule in ("cosine", "linear"):
        page.select_option("#noising .schedule", schedule)
        for t in (0, 1, 250, 500):
            set_slider(page, "#noising .t", t)
            assert_same_picture(pixels(page, "#noising .x_t"), noised(t, schedule=schedule))
    alpha_bar = NoiseSchedule.linear(500).alpha_bar[500].item()
    assert f"{alpha_bar**0.5:.3f} · x" in page.inner_text("#noising .equation")

    with page.expect_response("**/component_server/"):
        page.click("#noising .fresh")
    page.wait_for_timeout(300)
    assert_same_picture(pixels(page, "#noising .x_t"), noised(500, seed=1, schedule="linear"))


def test_keyboard_moves_t(open_page):
    page = open_page()
    page.focus("#noising .t")
    page.keyboard.press("End")
    page.keyboard.press("ArrowLeft")
    assert_same_picture(pixels(page, "#noising .x_t"), noised(499))


def test_upload_becomes_the_sprite(open_page, tmp_path):
    page = open_page()
    own = np.random.default_rng(0).integers(0, 256, (16, 16, 3), np.uint8)
    Image.fromarray(own).resize((160, 160), Image.Resampling.NEAREST).save(tmp_path / "own.png")
    page.set_input_files("input[type=file]", tmp_path / "own.png")
    page.wait_for_selector("#noising .gallery button[title='your picture 1']")
    set_slider(page, "#noising .t", 0)
    assert_same_picture(pixels(page, "#noising .x_t"), own)


def test_bad_upload_gets_a_sentence_and_changes_nothing(open_page, tmp_path):
    page = open_page()
    before = pixels(page, "#noising .x_t")
    (tmp_path / "fake.png").write_bytes(b"<html>not a picture</html>")
    page.set_input_files("input[type=file]", tmp_path / "fake.png")
    page.get_by_text("cannot be read as a picture").wait_for()
    assert_same_picture(pixels(page, "#noising .x_t"), before, 0)


def wait_for_run(page, steps: int) -> None:
    page.wait_for_function(f"document.querySelector('#denoising .index')?.max == {steps}", timeout=60_000)


@pytest.mark.parametrize("sampler", ["ddim", "ddpm"])
def test_denoising_scrubs_the_run_that_generate_made(open_page, sampler):
    page = open_page()
    open_tab(page, "Denoising")
    wait_for_run(page, 50)  # the tab asks for a first run by itself
    page.get_by_label(sampler.upper(), exact=True).check()
    page.get_by_label("number input for steps").fill("12")
    page.get_by_label("number input for steps").press("Tab")
    page.get_by_role("button", name="Generate").click()
    wait_for_run(page, 12)
    config = GenerateConfig(weights={"hero": 1.0}, count=1, sampler=sampler, num_inference_steps=12)
    steps = list(generate(load(), config))
    for i in (0, 5, 11):
        set_slider(page, "#denoising .index", i)
        assert_same_picture(pixels(page, "#denoising .x_t"), to_uint8(steps[i].x_t)[0], 2)
        assert_same_picture(pixels(page, "#denoising .x0"), to_uint8(steps[i].prediction.x0)[0], 2)
        assert_same_picture(pixels(page, "#denoising .eps"), to_uint8(steps[i].prediction.eps / 3)[0], 2)
        assert_same_picture(pixels(page, "#denoising .x_prev"), to_uint8(steps[i].x_prev)[0], 2)
    set_slider(page, "#denoising .index", 5)
    equation = page.inner_text("#denoising .equation")
    assert ("z" in equation) == (sampler == "ddpm")
    assert f"x{steps[5].t_prev}" in equation.replace("\n", "").replace(" ", "")


def test_denoising_transport(open_page):
    page = open_page()
    open_tab(page, "Denoising")
    wait_for_run(page, 50)
    value = "document.querySelector('#denoising .index').value"
    page.click("#denoising .first")
    assert page.evaluate(value) == "0"
    page.click("#denoising .forward")
    page.click("#denoising .forward")
    page.click("#denoising .back")
    assert page.evaluate(value) == "1"
    page.focus("#denoising .index")
    page.keyboard.press("ArrowRight")
    assert page.evaluate(value) == "2"
    page.select_option("#denoising .speed", "4")
    page.focus("#denoising .play")
    page.keyboard.press("Space")
    page.wait_for_function("document.querySelector('#denoising .where').textContent.includes('done')", timeout=20_000)
    final = last(generate(load(), GenerateConfig(weights={"hero": 1.0}, count=1, num_inference_steps=50))).x_prev
    assert_same_picture(pixels(page, "#denoising .x_prev"), to_uint8(final)[0], 2)


def fill(page, label: str, value: int) -> None:
    box = page.get_by_label(f"number input for {label}")
    box.fill(str(value))
    box.press("Tab")


def choose(page, label, option):
    """Pick from one of Gradio's dropdowns."""
    page.get_by_label(label, exact=True).click()
    page.get_by_role("option", name=option, exact=True).last.click()  # another list may still be closing


def test_race_of_four_lanes_replay_stop_and_again(open_page):
    page = open_page()
    open_tab(page, "DDPM vs DDIM")
    fill(page, "sprites", 2)
    choose(page, "lane 3", "Heun")
    choose(page, "lane 4", "UniPC")
    for lane, steps in enumerate((40, 5, 4, 6), start=1):
        fill(page, f"steps of lane {lane}", steps)
    page.get_by_role("button", name="Race", exact=True).click()
    page.wait_for_selector("#race .replay:not([hidden])", timeout=60_000)
    assert page.locator("#race .nfe").all_inner_texts() == ["40", "5", "6", "6"]
    slow, fast = (float(text) for text in page.locator("#race .seconds").all_inner_texts()[:2])
    assert slow > fast > 0
    assert all(float(text) > 0 for text in page.locator("#race .distance").all_inner_texts())
    steps = list(generate(load(), GenerateConfig(weights={"hero": 1.0}, count=2, num_inference_steps=5)))
    own = "#race .lane:nth-child(2) canvas:nth-child(2)"
    assert_same_picture(pixels(page, own), to_uint8(steps[-1].x_prev)[1], 2)
    page.wait_for_selector("#race-plot .js-plotly-plot")
    page.wait_for_selector("#quality-plot .js-plotly-plot")

    page.locator("#race .clock").select_option("t")  # at equal noise, from the start, then two fifths of the way
    for position, state in ((0, steps[0].x_t), (400, steps[1].x_prev)):
        page.locator("#race .position").evaluate(
            "(slider, value) => { slider.value = value; slider.dispatchEvent(new Event('input')); }", position
        )
        assert_same_picture(pixels(page, own), to_uint8(state)[1], 2)
    page.get_by_role("button", name="replay").click()
    page.wait_for_function("document.querySelector('#race .position').value === '1000'", timeout=20_000)
    assert_same_picture(pixels(page, own), to_uint8(steps[-1].x_prev)[1], 2)

    fill(page, "sprites", 32)
    fill(page, "steps of lane 1", 500)
    page.get_by_role("button", name="Race", exact=True).click()
    progress = "document.querySelector('#race progress').value"
    page.wait_for_function(f"document.querySelectorAll('#race canvas').length == 128 && {progress} > 0", timeout=60_000)
    page.get_by_role("button", name="Stop", exact=True).click()
    page.get_by_text("Stopped.").wait_for()
    page.wait_for_timeout(1000)
    at_stop = page.evaluate(progress)
    page.wait_for_timeout(1500)
    assert page.evaluate(progress) == at_stop < 1

    fill(page, "sprites", 1)  # and again
    fill(page, "steps of lane 1", 10)
    page.get_by_role("button", name="Race", exact=True).click()
    page.wait_for_selector("#race .replay:not([hidden])", timeout=60_000)
    assert page.locator("#race .nfe").all_inner_texts() == ["10", "5", "6", "6"]


def test_mixing_draws_both_ways(open_page):
    page = open_page()
    open_tab(page, "Mixing")
    page.wait_for_selector("#sheets canvas", timeout=30_000)
    page.get_by_role("button", name="hero + side-facing").click()
    page.wait_for_function("document.querySelector('#sheets p')?.textContent.includes('1 side-facing')", timeout=30_000)
    for n, mixing in ((1, "embedding"), (2, "prediction")):
        config = GenerateConfig(weights={"hero": 1.0, "side-facing": 1.0}, count=16, mixing=mixing)
        expected = to_uint8(last(generate(load(), config)).x_prev)
        for i in (1, 16):
            shown = pixels(page, f"#sheets section:nth-child({n}) canvas:nth-child({i})")
            assert_same_picture(shown, expected[i - 1], 2)


@pytest.mark.parametrize("dark", [False, True])
def test_narrow_page_has_no_sideways_scroll(open_page, dark):
    page = open_page(390, dark)
    for name in ("Noising", "Denoising", "DDPM vs DDIM", "Mixing"):
        open_tab(page, name)
        page.wait_for_timeout(500)
        assert page.evaluate("document.documentElement.scrollWidth") <= 390, name


def test_first_page_loads_no_chart_library(open_page):
    page = open_page()
    loaded = page.evaluate("performance.getEntriesByType('resource').map(r => r.name)")
    assert not [name for name in loaded if "plotly" in name.lower()]
