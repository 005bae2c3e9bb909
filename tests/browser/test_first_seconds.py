"""What a person meets first: the header, the overview, a picture that is its own slider, stations."""

import json

import numpy as np
import pytest
import torch
from browsing import assert_same_picture, open_tab, pixels, set_slider, settled, wait_for_picture
from playwright.sync_api import expect

from core import GenerateConfig, generate, load
from core.render import to_uint8
from core.sprites import draw
from core.train.kept import epochs, kept
from tabs.shell import RECORDED


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
def test_the_first_picture_is_a_recorded_run(browser, app_url, recorded, width, top):
    context = browser.new_context(viewport={"width": width, "height": 900}, has_touch=width < 500)
    page = context.new_page()
    page.route("**/tabs/*/lesson.js", lambda route: route.abort())  # a lesson would lend it a run of its own
    page.goto(app_url)
    states, x0, eps = recorded
    n = len(x0)
    page.wait_for_selector(".overview[data-settled]")
    assert page.locator(".overview canvas").first.bounding_box()["y"] <= top
    assert 190 <= height(page) <= 265
    for i, state in enumerate(states):
        assert_same_picture(pixels(page, f".overview .states canvas:nth-child({i + 1})"), state)
    assert_same_picture(shown(page, "sprite"), states[n])
    k = n // 2
    expect(page.locator(".overview .states canvas").nth(k)).to_have_class("now")
    for name, picture in {"x_t": states[k], "x_prev": states[k + 1], "x0": x0[k], "eps": eps[k]}.items():
        assert_same_picture(shown(page, name), picture)
    context.close()


def test_it_plays_once_but_not_for_who_wants_a_calm_page(open_page, browser, app_url):
    page = open_page(folded=False, reduced_motion="reduce")
    assert page.locator(".overview .now").count() == 1  # with the lesson's first picture it has long been at rest
    context = browser.new_context()
    context.add_init_script("""window.seen = new Set(); new MutationObserver(() => {
        const now = document.querySelector(".overview .now");
        if (now) seen.add([...now.parentNode.children].indexOf(now));
    }).observe(document, { subtree: true, attributes: true, childList: true })""")
    page = context.new_page()
    page.goto(app_url)
    page.wait_for_function("seen.size >= 6", timeout=30_000)
    context.close()


def test_it_folds_when_a_person_has_begun_but_not_before_their_eyes(open_page):
    page = open_page(folded=False)
    page.wait_for_selector(".overview .states canvas")
    full = height(page)
    page.keyboard.press("Tab")  # looking around is no beginning
    page.reload()
    page.wait_for_selector("#noising .t:enabled")
    assert height(page) == full
    page.locator("#noising .t").click()
    assert height(page) == full  # what the hand is on stays where it is
    page.locator("#noising .curves").scroll_into_view_if_needed()
    before = page.locator("#noising .curves").bounding_box()["y"]
    page.wait_for_selector(".overview.slim", state="attached")
    assert abs(page.locator("#noising .curves").bounding_box()["y"] - before) < 2
    assert 48 <= height(page) <= 80 < full
    page.reload()
    page.wait_for_selector(".overview.slim")
    page.get_by_role("button", name="show all").click()
    expect(page.get_by_role("button", name="show less")).to_have_attribute("aria-expanded", "true")
    page.reload()
    page.wait_for_selector(".overview:not(.slim) .states canvas")


def test_with_the_next_lesson_it_folds_too_and_a_phone_can_open_it(open_page):
    page = open_page(390, folded=False)
    page.locator("#noising .new-noise").tap()
    page.get_by_role("tab", name="Mixing", exact=True).tap()
    page.wait_for_selector(".overview.slim")
    page.get_by_role("button", name="show all").tap()
    page.wait_for_selector(".overview:not(.slim)")


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


def test_a_lesson_lends_it_its_run_while_it_is_on_show(open_page, recorded):
    page = open_page(link="?tab=denoising&num_inference_steps=4&step=2&weights=food", folded=False)
    page.wait_for_function("document.querySelector('#denoising .index').value == 2")
    page.wait_for_selector(".overview.borrowed[data-settled]")
    for name in ("x_t", "eps", "x0", "x_prev"):
        assert_same_picture(shown(page, name), pixels(page, f"#denoising .{name}"), 0)
    assert page.inner_text(".overview .told") == "food" and page.locator(".overview .recorded").is_hidden()
    steps = list(generate(load(), GenerateConfig({"food": 1.0}, count=1, num_inference_steps=4)))
    for i, x in enumerate([*(step.x_t for step in steps), steps[-1].x_prev]):  # nine frames, five states
        assert_same_picture(pixels(page, f".overview .states canvas:nth-child({2 * i + 1})"), to_uint8(x)[0])


def on_overview(page, steps) -> None:
    """Wait until the overview shows the first sprite of that run, of eight of its steps that are evenly spread."""
    some = [steps[round(i * len(steps) / 8)] for i in range(8)]
    for i, x in enumerate([*(step.x_t for step in some), steps[-1].x_prev]):
        wait_for_picture(page, f".overview .states canvas:nth-child({i + 1})", to_uint8(x)[0])
    wait_for_picture(page, ".overview .machine .sprite", to_uint8(steps[-1].x_prev)[0])
    k = page.locator(".overview .states canvas").evaluate_all("all => all.findIndex((e) => e.matches('.now'))")
    step = some[min(k, 7)]
    pictures = {"x_t": step.x_t, "x_prev": step.x_prev, "x0": step.prediction.x0, "eps": step.prediction.eps / 3}
    for name, picture in pictures.items():
        assert_same_picture(shown(page, name), to_uint8(picture)[0])


def test_the_recorded_race_the_mix_and_the_training_run_flow_through_it(open_page):
    page = open_page(link="?tab=race", folded=False, reduced_motion="reduce")
    assert page.locator(".overview .recorded").is_hidden()
    hero = GenerateConfig({"hero": 1.0}, count=8, num_inference_steps=25)
    on_overview(page, list(generate(load(), hero)))
    set_slider(page, "#race .position", 0)
    expect(page.locator(".overview .states canvas").first).to_have_class("now")
    open_tab(page, "Mixing")
    settled(page, "mixing")
    mix = json.loads(page.get_attribute("#mixing .live .sprite", "data-request"))
    on_overview(page, list(generate(load(), GenerateConfig(mix["weights"], count=16, num_inference_steps=25))))
    open_tab(page, "Training")
    page.locator("#training [data-station=epochs]").scroll_into_view_if_needed()
    config = GenerateConfig({"spell": 1.0}, count=1, seed=7, num_inference_steps=20)
    on_overview(page, list(generate(kept(epochs()[len(epochs()) // 2]), config)))
    set_slider(page, "#training .e-network", 0)
    on_overview(page, list(generate(kept(0), config)))


def test_the_sprite_that_is_noised_flows_through_it(open_page):
    page = open_page(link="?tab=noising&sprite=food-1&weights=food&t=130", folded=False)
    page.wait_for_selector(".overview.borrowed[data-settled]")
    settled(page, "noising")
    for part, picture in {"x_t": ".x_t", "x0": ".with-class"}.items():
        assert_same_picture(shown(page, part), pixels(page, f"#noising {picture}"))
    assert page.inner_text(".overview .told") == "food"
    assert_same_picture(shown(page, "sprite"), draw("food", 1).pixels)
    now = page.locator(".overview .states canvas.now")
    assert now.evaluate("(now) => [...now.parentNode.children].indexOf(now)") == 6  # of 8, at 130 of 500
    page.locator(".overview .states canvas").first.hover()
    assert np.ptp(shown(page, "x_t")) > 200 and not shown(page, "x0").any()  # nobody has asked the network there


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


@pytest.mark.parametrize(("tab", "count"), [("noising", 9), ("denoising", 10), ("mixing", 7), ("race", 4)])
def test_every_station_has_a_link_that_leads_there(open_page, tab, count):
    page = open_page(link=f"?tab={tab}")
    if tab in ("noising", "mixing"):
        settled(page, tab)
    else:
        page.wait_for_selector(f"#{tab} :is(.branch, .lane)")
    marks = page.locator(f"#{tab} .rail button")
    expect(marks).to_have_count(count)
    for i in range(1, count):
        marks.nth(i).click()
        expect(marks.nth(i)).to_have_attribute("aria-current", "true")
        name = page.locator(f"#{tab} .station").nth(i).get_attribute("data-station")
        page.wait_for_function("name => new URLSearchParams(location.search).get('at') === name", arg=name)
    page.mouse.wheel(0, -20_000)
    expect(marks.first).to_have_attribute("aria-current", "true")
    page.wait_for_function("!location.search.includes('at=')")


def test_a_link_to_a_station_stays_what_it_is_and_its_heading_is_seen(open_page):
    page = open_page(link="?tab=noising&at=question")
    heading = page.get_by_role("heading", name="Predict first")
    expect(heading).to_be_focused()
    expect(page.locator("#noising .pinned")).to_be_visible()
    settled(page, "noising")
    bar, box = page.locator("#noising .pinned").bounding_box(), heading.bounding_box()
    assert bar["y"] + bar["height"] <= box["y"] < 300
    assert "at=question" in page.url


def test_a_link_to_a_station_that_does_not_exist_says_which_there_are(open_page):
    page = open_page(link="?tab=training&at=99")
    note = page.locator(".note-on-top")
    expect(note).to_contain_text("the station must be one of")
    for station in page.locator("#training .station:not([hidden])").all():
        expect(note).to_contain_text(station.get_attribute("data-station"))
    expect(page.locator("#training .rail button").first).to_have_attribute("aria-current", "true")


def test_back_leads_to_where_the_rail_was_pressed(open_page):
    page = open_page(link="?tab=noising&t=90")
    page.locator("#noising .rail button").nth(4).click()
    page.wait_for_function("location.search.includes('at=curves')")
    page.go_back()
    page.wait_for_function("!location.search.includes('at=') && scrollY < 50")
    assert page.locator("#noising .t").input_value() == "90"
    page.go_forward()
    page.wait_for_function("location.search.includes('at=curves')")
