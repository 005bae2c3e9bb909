"""What a person meets first: the header, the overview, a picture that is its own slider, stations."""

import numpy as np
import pytest
import torch
from browsing import assert_same_picture, pixels, settled
from playwright.sync_api import expect
from tiny import until

from core import GenerateConfig, generate, load
from core.render import to_uint8
from tabs.shell import RECORDED

FINISHED = "document.querySelectorAll('.overview .states canvas').length && document.querySelector('.overview .now')"


@pytest.fixture(scope="module")
def recorded():
    """The states of the recorded run, (n + 1, 16, 16, 3), x0 and eps as drawn, (n, 16, 16, 3)."""
    steps = list(generate(load(), GenerateConfig({"hero": 1.0}, count=1, **RECORDED)))
    x0, eps = (torch.cat([getattr(step.prediction, name) for step in steps]) for name in ("x0", "eps"))
    states = torch.cat([step.x_t for step in steps] + [steps[-1].x_prev])
    return to_uint8(states), to_uint8(x0), to_uint8(eps / 3)


def shown(page, name: str) -> np.ndarray:
    return pixels(page, f".overview .machine .{name}")


def height(page) -> float:
    return page.locator(".overview").bounding_box()["height"]


@pytest.mark.parametrize(("width", "top"), [(1280, 70), (390, 120)])
def test_the_first_picture_is_a_recorded_run(open_page, recorded, width, top):
    page = open_page(width, folded=False)
    states, x0, eps = recorded
    n = len(x0)
    page.wait_for_selector(".overview[data-settled]")
    assert page.locator(".overview canvas").first.bounding_box()["y"] <= top
    assert 190 <= height(page) <= 265
    for i, state in enumerate(states):
        assert_same_picture(pixels(page, f".overview .states canvas:nth-child({i + 1})"), state)
    assert_same_picture(shown(page, "sprite"), states[n])
    k = n // 2
    assert page.locator(".overview .now").get_attribute("data-t") == page.locator(".states canvas").nth(
        k
    ).get_attribute("data-t")
    for name, picture in {"x_t": states[k], "x_prev": states[k + 1], "x0": x0[k], "eps": eps[k]}.items():
        assert_same_picture(shown(page, name), picture)


def test_it_plays_once_but_not_for_who_wants_a_calm_page(open_page, browser, app_url):
    page = open_page(folded=False, reduced_motion="reduce")
    assert page.locator(".overview .now").count() == 1  # with the lesson's first picture it has long been at rest
    context = browser.new_context()
    context.add_init_script("""window.seen = new Set(); new MutationObserver(() => {
        const now = document.querySelector(".overview .now"); if (now) seen.add(now.dataset.t);
    }).observe(document, { subtree: true, attributes: true, childList: true })""")
    page = context.new_page()
    page.goto(app_url)
    page.wait_for_function("seen.size >= 6", timeout=30_000)
    context.close()


def test_it_folds_when_a_person_has_begun_and_opens_on_demand(open_page):
    page = open_page(folded=False)
    page.wait_for_selector(".overview .states canvas")
    full = height(page)
    page.locator("#noising .t").click()
    page.wait_for_selector(".overview.slim")
    assert 48 <= height(page) <= 80 < full
    page.reload()
    page.wait_for_selector(".overview.slim")
    page.get_by_role("button", name="show all").click()
    expect(page.get_by_role("button", name="show less")).to_have_attribute("aria-expanded", "true")
    page.reload()
    page.wait_for_selector(".overview:not(.slim) .states canvas")


def test_its_parts_open_their_lessons_and_are_lit(open_page):
    page = open_page()
    expect(page.locator(".overview .part.on")).to_have_count(1)
    for part, title in (("the network", "Denoising"), ("a sprite", "Mixing"), ("xt−1", "DDPM vs DDIM")):
        button = page.locator(".overview .part", has_text=part)
        button.focus()
        page.keyboard.press("Enter")
        expect(page.get_by_role("tab", name=title, exact=True)).to_have_attribute("aria-selected", "true")
        expect(button).to_have_class("part network on" if part == "the network" else "part on")
    page.locator(".overview .part").first.focus()
    page.keyboard.press("ArrowRight")
    expect(page.locator(".overview .network")).to_be_focused()


def test_a_lessons_pictures_flow_through_it(open_page):
    page = open_page(link="?tab=denoising&num_inference_steps=4&step=2")
    page.wait_for_function("document.querySelector('#denoising .index').value == 2")
    for name in ("x_t", "eps", "x0", "x_prev"):
        assert_same_picture(shown(page, name), pixels(page, f"#denoising .{name}"), 0)


def test_a_drag_across_the_picture_leads_through_time(open_page):
    page = open_page(link="?tab=noising&t=100")
    settled(page, "noising")
    box = page.locator("#noising .x_t").bounding_box()
    x, y = box["x"] + box["width"] / 4, box["y"] + box["height"] / 2
    page.mouse.move(x, y)
    page.mouse.down()
    page.mouse.move(x + box["width"] / 2, y, steps=5)
    page.mouse.up()
    assert abs(int(page.input_value("#noising .t")) - 350) <= 2
    page.mouse.move(x, y)  # the hand is up again
    assert abs(int(page.input_value("#noising .t")) - 350) <= 2


def test_out_of_sight_the_slider_stays_at_hand(open_page):
    page = open_page()
    assert page.locator("#noising .pinned").is_hidden()
    page.locator("#noising .chain").scroll_into_view_if_needed()
    bar = page.locator("#noising .pinned")
    expect(bar).to_be_visible()
    slider = bar.locator("input")
    slider.focus()
    before = int(page.input_value("#noising .t"))
    page.keyboard.press("ArrowRight")
    assert int(page.input_value("#noising .t")) == before + 1 == int(slider.input_value())
    assert_same_picture(pixels(page, "#noising .pinned canvas"), pixels(page, "#noising .x_t"), 0)


def test_every_station_has_a_link(open_page):
    page = open_page()
    page.locator("#noising .rail button").nth(4).click()
    page.wait_for_function("new URLSearchParams(location.search).get('at')")
    at = page.evaluate("new URLSearchParams(location.search).get('at')")
    page = open_page(link=f"?tab=noising&at={at}")
    station = page.locator(f"#noising .station[data-station={at}]")
    until(lambda: -20 <= station.bounding_box()["y"] < 300, "the station to be on show")
    expect(page.locator("#noising .rail [aria-current]")).to_have_count(1)
