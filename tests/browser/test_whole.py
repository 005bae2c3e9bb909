"""The page as a whole as a person uses it, in a real browser, checked against what core computes."""

import pytest
from browsing import assert_same_picture, open_tab, painted, pixels, set_slider, wait_for_lesson, wait_for_run
from gradio_client import Client
from gradio_client.utils import Status
from tiny import until

from core import GenerateConfig, generate, last, load
from core.render import to_uint8
from tabs import TABS


@pytest.mark.parametrize("dark", [False, True])
def test_narrow_page_has_no_sideways_scroll(open_page, dark):
    page = open_page(390, dark=dark)
    for name, (title, _) in TABS.items():
        open_tab(page, title)
        wait_for_lesson(page, name)
        painted(page)
        assert page.evaluate("document.documentElement.scrollWidth") <= 390, name


def test_first_page_loads_no_chart_library(open_page):
    page = open_page()
    loaded = page.evaluate("performance.getEntriesByType('resource').map(r => r.name)")
    assert not [name for name in loaded if "plotly" in name.lower()]


def test_a_link_opens_its_tab_with_its_settings(open_page):
    page = open_page(link="?tab=denoising&weights=food&sampler=ddpm&num_inference_steps=7&guidance_scale=1.5&seed=3")
    wait_for_run(page, 7)
    expect = GenerateConfig({"food": 1.0}, 1, 3, "ddpm", 7, guidance_scale=1.5)
    set_slider(page, "#denoising .index", 7)
    assert_same_picture(pixels(page, "#denoising .x_prev"), to_uint8(last(generate(load(), expect)).x_prev)[0], 2)


def test_a_link_that_asks_for_nonsense_gets_a_sentence_and_no_harm(open_page):
    """What can be used is: the run is that of the default class and steps, with the link's seed."""
    page = open_page(link="?tab=denoising&weights=<img src=x onerror=alert(1)>&num_inference_steps=9999&seed=2")
    page.get_by_text(
        "class must be one of hero, non-hero, food, spell, side-facing, no class; steps must be"
    ).wait_for()
    wait_for_run(page, 50)
    assert page.locator("img[src=x]").count() == 0  # it is text wherever it stands
    set_slider(page, "#denoising .index", 50)
    expected = last(generate(load(), GenerateConfig({"hero": 1.0}, 1, 2, num_inference_steps=50))).x_prev
    assert_same_picture(pixels(page, "#denoising .x_prev"), to_uint8(expected)[0], 2)


def test_a_short_run_does_not_wait_for_the_end_of_a_long_one(app_url):
    """Somebody draws sixteen sprites with DDPM in 500 steps; somebody else's sheet is there long before they are."""
    long = Client(app_url, verbose=False).submit(
        count=16, sampler="ddpm", num_inference_steps=500, api_name="/generate"
    )
    until(lambda: long.status().code == Status.PROCESSING, "the long run to begin")
    result, _ = Client(app_url, verbose=False).predict(count=16, api_name="/generate")
    assert len(result["sprites"]) == 16 and not long.done()
    long.result()


def test_the_documented_javascript(open_page, snippet):
    page = open_page()
    page.evaluate(f"async () => {{ {snippet('javascript')} }}")
    page.wait_for_function("document.querySelectorAll('body > img').length == 5")
    page.wait_for_function("Array.from(document.querySelectorAll('body > img')).every(i => i.naturalWidth == 16)")
