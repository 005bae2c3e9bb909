"""The denoising lesson as a person uses it, in a real browser, checked against what core computes."""

import pytest
from browsing import assert_same_picture, open_tab, pixels, set_slider, wait_for_run

from core import GenerateConfig, generate, last, load
from core.render import to_uint8


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
