"""The race as a person uses it, in a real browser, checked against what core computes."""

import numpy as np
from browsing import assert_same_picture, choose, fill, open_tab, pixels
from PIL import Image

from core import GenerateConfig, generate, last, load
from core.render import grid, to_uint8
from tabs.race import distance


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


def test_a_race_is_linked_saved_and_asked_about(open_page):
    page = open_page(link="?tab=race&class=spell&count=3&seed=5&steps1=6&lane2=unipc&steps2=4")
    page.get_by_role("button", name="Race", exact=True).click()
    page.wait_for_selector("#race .replay:not([hidden])", timeout=60_000)
    assert page.locator("#race h3").all_inner_texts() == ["DDPM, 6 steps", "UniPC, 4 steps"]
    link = "?tab=race&class=spell&count=3&seed=5&lane1=ddpm&steps1=6&lane2=unipc&steps2=4&lane3=none&lane4=none"
    assert page.evaluate("location.search") == link
    with page.expect_download() as download:
        page.locator("#race .take").get_by_role("button", name="PNG").click()
    expected = [
        to_uint8(last(generate(load(), GenerateConfig({"spell": 1.0}, 3, 5, sampler, steps))).x_prev)
        for sampler, steps in (("ddpm", 6), ("unipc", 4))
    ]
    saved = np.asarray(Image.open(download.value.path()).convert("RGB"))
    assert_same_picture(saved, grid(np.concatenate(expected), columns=3, scale=16, gap=0), 2)
    with page.expect_download() as download:
        page.locator("#race .take").get_by_role("button", name="GIF").click()
    with Image.open(download.value.path()) as film:
        assert film.format == "GIF" and film.n_frames > 3
    page.locator("#race .take").get_by_role("button", name="Python").click()
    assert "sampler='unipc', num_inference_steps=4" in page.locator("#race .take .code").inner_text()
    page.get_by_text("who ends where?").click()
    page.get_by_role("button", name="DDIM and UniPC").click()
    page.get_by_text("Both follow the same path").wait_for()


def test_the_answer_of_the_race_holds_for_the_shipped_network():
    """50 steps from the same noise: DDIM and UniPC end within a few grey levels, DDPM far away (median sprite)."""
    ddim, unipc, ddpm = (
        last(generate(load(), GenerateConfig({"hero": 1.0}, 16, 0, sampler, 50))).x_prev
        for sampler in ("ddim", "unipc", "ddpm")
    )
    assert distance(ddim, unipc) < 5 and distance(ddim, ddpm) > 50
