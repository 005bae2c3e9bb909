"""The mixing lesson as a person uses it, in a real browser, checked against what core and numpy compute."""

import json
import re

import numpy as np
import pytest
import torch
from browsing import all_pixels, assert_same_picture, cut_off, look_at, open_tab, painted, pixels, settled

from core import GenerateConfig, generate, last, load
from core.generate import SeededNoise
from core.interpolate import between, slerp
from core.program import run_program
from core.render import to_uint8
from core.sprites import CLASS_NAMES

ANGLES = 2 * np.pi * np.arange(5) / 5
CORNERS = np.stack([np.sin(ANGLES), -np.cos(ANGLES)], 1)
REACH = 1.5  # half the pad's width, where the pentagon's corners lie at distance 1
LIVE = {"count": 1, "sampler": "unipc", "num_inference_steps": 6}


def coordinates(p) -> np.ndarray:
    """Wachspress coordinates of a point strictly inside the pentagon, in their cotangent form (Meyer et al. 2002)."""
    p = np.asarray(p, float)

    def cotangent(at, one, other):
        u, v = one - at, other - at
        return u @ v / abs(u[0] * v[1] - u[1] * v[0])

    w = [
        (cotangent(v, p, CORNERS[i - 1]) + cotangent(v, p, CORNERS[(i + 1) % 5])) / ((p - v) @ (p - v))
        for i, v in enumerate(CORNERS)
    ]
    return np.array(w) / sum(w)


def weights(page) -> np.ndarray:
    """What the sliders say; the boxes must say the same."""
    sliders, boxes = (
        page.eval_on_selector_all(f"#mixing {name}", "all => all.map(e => +e.value)")
        for name in (".weight", ".weight-box")
    )
    assert sliders == boxes
    return np.array(sliders)


def open_mixing(open_page, link="?tab=mixing", **kwargs):
    page = open_page(link=link, **kwargs)
    page.wait_for_selector("#mixing .live .sprite[data-steps]", timeout=60_000)
    return page


def drawn(**kwargs) -> np.ndarray:
    return to_uint8(last(generate(load(), GenerateConfig(**kwargs))).x_prev)


def named(row) -> dict[str, float]:
    return {name: weight for name, weight in zip(CLASS_NAMES, row, strict=True) if weight}


def wait_until_drawn(page) -> None:
    """Until the hand has rested and all that is on show is drawn."""
    settled(page, "mixing")
    assert page.locator("#mixing [aria-busy=true]").count() == 0 and page.inner_text("#mixing .state") == ""


def on_screen(page, p) -> tuple[float, float]:
    page.locator("#mixing .field").scroll_into_view_if_needed()
    box = page.locator("#mixing .field").bounding_box()
    unit = box["width"] / 2 / REACH
    return box["x"] + box["width"] / 2 + unit * p[0], box["y"] + box["height"] / 2 + unit * p[1]


PATH = [(0.1, -0.6), (0.5, 0.1), (0.2, 0.55), (-0.4, 0.3), (-0.05, 0.02)]


def test_pad_by_mouse_moves_the_sliders_and_the_live_sprite(open_page):
    page = open_mixing(open_page, "?tab=mixing&keep=true&weights=spell=1&seed=3")
    page.mouse.move(*on_screen(page, PATH[0]))
    page.mouse.down()
    for p in PATH:
        page.mouse.move(*on_screen(page, p))
        painted(page)
        found = weights(page)
        assert np.abs(found - coordinates(p)).max() < 0.02 and found.sum() == pytest.approx(1)
    same = "([w, s]) => { const r = JSON.parse(document.querySelector('#mixing .live .sprite').dataset.request); "
    same += "return r.seed === s && JSON.stringify(r.weights) === JSON.stringify(w) }"
    page.wait_for_function(same, arg=[named(found.tolist()), 3], timeout=30_000)
    live = page.locator("#mixing .live .sprite")
    # Where the machine is slow, the hand has rested long enough for the full quality.
    how = LIVE if live.get_attribute("data-steps") == "6" else {}
    assert_same_picture(pixels(page, "#mixing .live .sprite"), drawn(weights=named(found), seed=3, **how)[0], 2)
    page.mouse.move(*on_screen(page, (1.4, -1.4)))  # outside the pentagon the point stays on its edge
    found = weights(page)
    assert found.min() == 0 and (found > 0).sum() == 2 and found.sum() == pytest.approx(1)
    page.mouse.up()
    page.mouse.move(*on_screen(page, (0, 0)))  # the hand has let go
    np.testing.assert_array_equal(weights(page), found)


def test_pad_by_touch_on_a_narrow_screen(open_page):
    page = open_mixing(open_page, "?tab=mixing&keep=true&weights=spell=1", width=390)
    start = on_screen(page, PATH[0])
    touch = page.context.new_cdp_session(page)
    scrolled = page.evaluate("scrollY")

    def send(kind, p=None):
        at = on_screen(page, p) if p else start
        points = [{"x": at[0], "y": at[1]}] if kind != "touchEnd" else []
        touch.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": points})

    send("touchStart", PATH[0])
    for p in PATH:
        send("touchMove", p)
        painted(page)
        assert np.abs(weights(page) - coordinates(p)).max() < 0.025
    send("touchEnd")
    assert page.evaluate("scrollY") == scrolled
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    assert page.locator("#mixing .live .sprite").bounding_box()["width"] > 100


def test_pad_by_keyboard(open_page):
    page = open_mixing(open_page, "?tab=mixing&keep=true&weights=spell=1")
    page.focus("#mixing .field")
    page.keyboard.press("Home")
    np.testing.assert_allclose(weights(page), 0.2)
    for _ in range(3):
        page.keyboard.press("ArrowRight")
    page.keyboard.press("ArrowUp")
    page.keyboard.press("Shift+ArrowDown")
    assert np.abs(weights(page) - coordinates((0.15, -0.04))).max() < 0.01
    page.keyboard.press("3")
    assert weights(page).tolist() == [0, 0, 1, 0, 0]
    page.keyboard.press("ArrowLeft")  # along the edge to spell, which is 2 sin 36 degrees long
    share = 0.05 / (2 * np.sin(np.pi / 5))
    assert np.abs(weights(page) - [0, 0, 1 - share, share, 0]).max() < 0.01
    label = page.get_attribute("#mixing .field", "aria-label")
    assert "0.96 food + 0.04 spell" in label and "Arrow keys" in label


def strength(page) -> float:
    return float(page.input_value("#mixing .strength-box"))


def test_the_pad_shares_out_a_sum_of_1_unless_asked_otherwise(open_page):
    """A corner is its plain class, whatever the preset before; strength is a control of its own."""
    page = open_mixing(open_page)
    assert strength(page) == 1 and page.inner_text("#mixing .total") == "sum 1"  # on an edge, not beyond it
    near = CORNERS * 0.94  # some 8 px away
    for corner, place in enumerate(near):
        page.get_by_role("button", name="hero + side-facing", exact=True).click()
        assert strength(page) == 2
        page.mouse.move(*on_screen(page, (0, 0)))
        page.mouse.down()
        page.mouse.move(*on_screen(page, place))
        page.mouse.up()
        assert weights(page).tolist() == np.eye(5)[corner].tolist() and strength(page) == 1
    page.mouse.click(*on_screen(page, 0.8 * CORNERS[3]))  # some 25 px: no longer attracted
    assert weights(page).max() < 0.99 and weights(page).sum() == pytest.approx(1)

    for key, expected in (("1", [1, 0, 0, 0, 0]), ("4", [0, 0, 0, 1, 0])):  # by keyboard, too
        page.get_by_role("button", name="hero + spell", exact=True).click()
        page.focus("#mixing .field")
        page.keyboard.press(key)
        assert weights(page).tolist() == expected
    page.get_by_role("button", name="hero + 0.6 food", exact=True).click()
    page.focus("#mixing .field")
    page.keyboard.press("ArrowLeft")
    assert weights(page).sum() == pytest.approx(1)

    page.locator("#mixing .strength").fill("1.5")  # asked otherwise, also for the drags to come
    assert weights(page).sum() == pytest.approx(1.5)
    page.focus("#mixing .field")
    page.keyboard.press("3")
    assert weights(page).tolist() == [0, 0, 1.5, 0, 0]
    page.wait_for_function("decodeURIComponent(location.search).includes('weights=food=1.5')")
    again = open_mixing(open_page, "?" + page.url.split("?")[1])
    assert weights(again).tolist() == [0, 0, 1.5, 0, 0] and strength(again) == 1.5
    again.focus("#mixing .field")
    again.keyboard.press("Home")
    np.testing.assert_allclose(weights(again), 0.3)
    again.locator("#mixing .strength").fill("0")
    assert weights(again).tolist() == [0] * 5
    again.locator("#mixing .strength").fill("1")  # the point has stayed
    np.testing.assert_allclose(weights(again), 0.2)
    again.get_by_role("button", name="1.5 hero − 0.5 food").click()
    again.locator("#mixing .strength").fill("2")  # as far as the weights go
    np.testing.assert_allclose(weights(again), [2, 0, -0.67, 0, 0], atol=0.011)
    again.get_by_role("button", name="food alone").click()
    assert weights(again).tolist() == [0, 0, 1, 0, 0] and strength(again) == 1


def test_a_thumb_beside_the_pentagon_scrolls_the_page(open_page):
    page = open_mixing(open_page, "?tab=mixing", width=390)
    touch, before = page.context.new_cdp_session(page), weights(page).tolist()
    x, y = on_screen(page, (-1.2, 0.7))
    top = page.evaluate("scrollY")
    for i in range(9):
        points = [{"x": x, "y": y - 25 * i}] if i < 8 else []
        kind = "touchStart" if i == 0 else "touchMove" if i < 8 else "touchEnd"
        touch.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": points})
    page.wait_for_function("top => scrollY > top + 80", arg=top)
    assert weights(page).tolist() == before


@pytest.mark.parametrize("width", [1280, 800, 390, 320])
def test_a_long_caption_moves_nothing(open_page, width):
    page = open_mixing(open_page, "?tab=mixing&weights=hero=1", width=width)
    places = """() => [".live .sprite", ".state", ".sheets"].map(name => {
        const box = document.querySelector(`#mixing ${name}`).getBoundingClientRect(); return [box.x, box.y + scrollY];
    })"""
    short = page.evaluate(places)
    page.focus("#mixing .field")
    page.keyboard.press("Home")  # five classes
    page.keyboard.press("Shift+ArrowRight")
    page.keyboard.press("Shift+ArrowDown")
    assert page.inner_text("#mixing .words").count("+") == 4
    assert page.evaluate(places) == short


def test_sliders_move_the_point_and_keep_the_sum(open_page):
    page = open_mixing(open_page, "?tab=mixing&weights=hero=1,food=0.6")

    def slide(i, value):
        page.locator("#mixing .weight").nth(i).fill(str(value))

    assert "sum 1.6" in page.inner_text("#mixing .total")
    slide(3, -0.4)
    assert weights(page).tolist() == [1, 0, 0.6, -0.4, 0]
    slide(2, -0.6)
    assert "no point on the pad" in page.inner_text("#mixing .total")
    slide(2, 0.6)
    page.check("#mixing .keep")  # 1.2 before, and after: in proportion
    slide(3, 0)
    np.testing.assert_allclose(weights(page), [0.75, 0, 0.45, 0, 0])
    page.get_by_role("button", name="0.6 food + 0.4 spell").click()
    slide(0, 0.5)
    np.testing.assert_allclose(weights(page), [0.5, 0, 0.3, 0.2, 0])
    page.locator("#mixing .weight-box").nth(0).fill("2")
    page.keyboard.press("Tab")
    np.testing.assert_allclose(weights(page), [2, 0, -0.6, -0.4, 0])
    assert "beyond the pad" in page.inner_text("#mixing .total")
    page.focus("#mixing .field")
    page.keyboard.press("Home")
    slide(0, 0.6)  # the point is sum(w corner) / sum(w): a step from there continues from there
    page.focus("#mixing .field")
    page.keyboard.press("Shift+ArrowDown")
    p = np.array([0.6, 0.1, 0.1, 0.1, 0.1]) @ CORNERS + [0, 0.01]
    assert np.abs(weights(page) - coordinates(p)).max() < 0.01
    page.get_by_role("button", name="hero + side-facing").click()  # a preset has a sum of its own
    assert weights(page).tolist() == [1, 0, 0, 0, 1]


def program(page) -> str | None:
    """That of the mixed embeddings, once the server has written it."""
    page.click("#mixing .sheet.embedding >> text=Python")
    return page.locator("#mixing .sheet.embedding .code:not(:empty)").text_content()


def test_both_ways_in_full_quality_when_the_hand_rests(open_page):
    page = open_page()
    open_tab(page, "Mixing")
    page.get_by_role("button", name="hero + side-facing").click()
    wait_until_drawn(page)
    for mixing, evaluations in (("embedding", 1), ("prediction", 3)):
        first, final = (
            drawn(weights={"hero": 1, "side-facing": 1}, mixing=mixing, count=1, seed=i)[0] for i in (0, 15)
        )
        assert f"1 hero + 1 side-facing; {evaluations} network" in page.inner_text(f"#mixing .{mixing} .note")
        for i, expected in ((1, first), (16, final)):
            assert_same_picture(pixels(page, f"#mixing .{mixing} .sprites canvas:nth-child({i})"), expected, 2)
        if mixing == "embedding":
            assert page.get_attribute("#mixing .live .sprite", "data-steps") == "25"
            assert_same_picture(pixels(page, "#mixing .live .sprite"), first, 2)
    for mixing in ("prediction", "embedding"):  # there and back: what has been drawn in full quality is shown at once
        page.select_option("#mixing .way", mixing)
        asked = f"document.querySelector('#mixing .live .sprite').dataset.request.includes('{mixing}')"
        page.wait_for_function(asked)
        assert page.get_attribute("#mixing .live .sprite", "data-steps") == "25"
        large, first = (pixels(page, f"#mixing .{name}") for name in ("live .sprite", f"{mixing} .sprites canvas"))
        assert_same_picture(large, first, 0)
    assert program(page) == run_program(GenerateConfig({"hero": 1, "side-facing": 1}))
    with page.expect_download() as download:
        page.click("#mixing .sheet.embedding >> text=PNG")
    assert download.value.suggested_filename == "mix-embedding.png"


def film(page, part: str, i: int, row: int = 0) -> np.ndarray:
    selector = f"#mixing .{part} {'.straight' if row else '.stage'} .film button:nth-child({i + 1}) canvas"
    return pixels(page, selector)


def test_morph_seeds_and_grid(open_page):
    page = open_mixing(open_page, "?tab=mixing&weights=hero=1&seed=3")
    page.click("#mixing .morph .set-a")
    page.get_by_role("button", name="spell alone").click()
    page.click("#mixing .morph .set-b")
    page.fill("#mixing .seed-b", "8")
    page.keyboard.press("Tab")
    for station in ("morph", "seeds", "grid"):
        look_at(page, "mixing", station)
        wait_until_drawn(page)

    one = {"count": 1, "seed": 3}
    for i, mix in ((0, {"hero": 1}), (4, {"hero": 0.5, "spell": 0.5}), (8, {"spell": 1})):
        assert_same_picture(film(page, "morph", i), drawn(weights=mix, **one)[0], 2)
    page.focus("#mixing .morph .index")
    page.keyboard.press("End")
    assert_same_picture(pixels(page, "#mixing .morph .moving"), drawn(weights={"spell": 1}, **one)[0], 2)
    page.keyboard.press("ArrowLeft")
    page.keyboard.press("ArrowLeft")
    assert_same_picture(pixels(page, "#mixing .morph .moving"), film(page, "morph", 6), 0)
    assert page.inner_text("#mixing .morph .which") == "0.25 hero + 0.75 spell"
    page.click("#mixing .morph .first")
    page.click("#mixing .morph .play")
    page.wait_for_function("document.querySelector('#mixing .morph .index').value === '8'", timeout=20_000)

    (a,), (b,) = SeededNoise([3])(), SeededNoise([8])()
    x_T = slerp(a, b, torch.tensor([0.5]))
    config = GenerateConfig({"spell": 1}, 1)
    assert_same_picture(
        film(page, "seeds", 4),
        to_uint8(last(generate(load(), config, start=(config.timesteps()[0], x_T))).x_prev)[0],
        2,
    )
    assert_same_picture(film(page, "seeds", 0), drawn(weights={"spell": 1}, **one)[0], 2)
    assert_same_picture(film(page, "seeds", 8), drawn(weights={"spell": 1}, count=1, seed=8)[0], 2)
    assert not page.is_visible("#mixing .straight")
    page.get_by_role("button", name="0.71").click()
    line = ((a + b) / 2)[None]
    assert "Right." in page.inner_text("#mixing .verdict")
    assert f"{line.square().mean().sqrt():.2f}." in page.inner_text("#mixing .verdict")
    straight = to_uint8(last(generate(load(), config, start=(500, line))).x_prev)[0]
    assert_same_picture(film(page, "seeds", 4, 1), straight, 2)
    page.fill("#mixing .seed-b", "3")
    page.keyboard.press("Tab")
    page.get_by_text("Here both seeds are the same: take another seed of b").wait_for(timeout=60_000)
    assert "Right." not in page.inner_text("#mixing .verdict")

    assert page.locator("#mixing .table canvas").count() == 25
    for row, column, mix in ((0, 0, {"hero": 1}), (4, 0, {"hero": 1}), (4, 4, {"spell": 1})):
        cell = f"#mixing .table canvas:nth-child({6 * (row + 1) + column + 2})"  # after the heads of rows and columns
        assert_same_picture(pixels(page, cell), drawn(weights=mix, count=1, seed=3 + row)[0], 2)


def open_with_the_network(open_page, link: str):
    """The lesson, whose page has the network; the server cannot be reached any more."""
    page = open_mixing(open_page, link, engine="here")
    wait_until_drawn(page)
    page.keyboard.press("Shift")  # a hand, which changes nothing
    page.wait_for_selector("#mixing .engine-choice[data-stage=ready]")
    cut_off(page)
    return page


def drawn_here(page, box: str) -> None:
    wait_until_drawn(page)
    assert re.fullmatch(r"Drawn here, in this browser, in \d+\.\d s", page.inner_text(f"#mixing {box} .made"))


def test_sheets_are_drawn_in_the_page_the_newest_first(open_page):
    """Sprite by sprite; what is not wanted any more ends, and the live sprite does not wait for it."""
    page = open_with_the_network(open_page, "?tab=mixing&weights=hero=1&seed=7")
    assert "by the server" in page.inner_text("#mixing .embedding .made")
    page.get_by_role("button", name="spell alone").click()
    page.wait_for_selector("#mixing .embedding canvas.new")  # its first sprite has come
    assert page.locator("#mixing .embedding canvas:not(.new)").count() > 0
    page.get_by_role("button", name="hero + side-facing").click()
    page.wait_for_function(
        """() => document.querySelector("#mixing .live .sprite").dataset.request.includes("side-facing")
        && document.querySelector("#mixing .embedding[aria-busy]")"""
    )
    weights = {"hero": 1, "side-facing": 1}
    for mixing, evaluations in (("embedding", 1), ("prediction", 3)):
        drawn_here(page, f".{mixing}")
        assert f"1 hero + 1 side-facing; {evaluations} network" in page.inner_text(f"#mixing .{mixing} .note")
        expected = drawn(weights=weights, mixing=mixing, seed=7)
        assert_same_picture(all_pixels(page, f"#mixing .{mixing} .sprites canvas"), expected, 2)
        if mixing == "embedding":
            assert_same_picture(pixels(page, "#mixing .live .sprite"), expected[0], 2)
            assert page.get_attribute("#mixing .live .sprite", "data-steps") == "25"
    page.context.set_offline(False)
    assert program(page) == run_program(GenerateConfig(weights, seed=7))


def test_a_morph_is_drawn_in_the_page(open_page):
    page = open_with_the_network(open_page, "?tab=mixing&weights=food=1&a=hero=1&b=spell=1&seed=3&guidance_scale=1.5")
    look_at(page, "mixing", "morph")
    drawn_here(page, ".morph")
    mixes = between({"hero": 1}, {"spell": 1}, 9)
    expected = drawn(weights=mixes, seed=[3] * 9, guidance_scale=1.5)
    assert_same_picture(all_pixels(page, "#mixing .morph .film canvas"), expected, 2)
    assert page.get_attribute("#mixing .morph .film button:nth-child(4)", "aria-label") == "0.63 hero + 0.37 spell"


def test_noises_between_two_seeds_are_drawn_in_the_page(open_page):
    page = open_with_the_network(open_page, "?tab=mixing&weights=spell=1&seed=3&seed_b=8")
    look_at(page, "mixing", "seeds")
    drawn_here(page, ".seeds")
    (a,), (b,) = SeededNoise([3])(), SeededNoise([8])()
    s = torch.linspace(0, 1, 9)
    x_T = torch.cat([slerp(a, b, s), torch.lerp(a, b, s[:, None, None, None])])
    config = GenerateConfig({"spell": 1}, 18)
    expected = to_uint8(last(generate(load(), config, start=(500, x_T))).x_prev)
    assert_same_picture(all_pixels(page, "#mixing .seeds .film canvas"), expected, 2)
    spread = [f"{value:.2f}" for value in x_T.square().flatten(1).mean(1).sqrt().tolist()]
    assert page.locator("#mixing .seeds .stage .film button").all_inner_texts() == spread[:9]
    theta = torch.rad2deg(torch.acos(torch.cosine_similarity(a.flatten(), b.flatten(), 0)))
    assert f"θ = {theta:.1f}°" in page.inner_text("#mixing .angle")


def test_a_grid_is_drawn_in_the_page(open_page):
    page = open_with_the_network(open_page, "?tab=mixing&weights=food=1&a=hero=1&b=spell=1&seed=3")
    look_at(page, "mixing", "grid")
    drawn_here(page, ".grid")
    mixes = between({"hero": 1}, {"spell": 1}, 5)
    expected = drawn(weights=mixes * 5, seed=[3 + i // 5 for i in range(25)])
    assert_same_picture(all_pixels(page, "#mixing .table canvas"), expected, 2)


def test_the_link_restores_all(open_page):
    page = open_mixing(open_page, "?tab=mixing&weights=food=0.5,spell=0.5")
    page.locator("#mixing .weight-box").nth(1).fill("-0.25")
    page.keyboard.press("Tab")
    page.fill("#mixing .seed", "12")
    page.keyboard.press("Tab")
    page.fill("#mixing .guidance-box", "1.5")
    page.keyboard.press("Tab")
    page.select_option("#mixing .way", "prediction")
    look_at(page, "mixing", "grid")
    page.click("#mixing .grid .set-b")
    page.wait_for_function("location.search.includes('at=grid') && location.search.includes('b=non-hero%3D-0.25')")
    url = page.url
    again = open_mixing(open_page, "?" + url.split("?")[1])
    assert weights(again).tolist() == [0, -0.25, 0.5, 0.5, 0]
    request = json.loads(again.get_attribute("#mixing .live .sprite", "data-request"))
    mix = {"non-hero": -0.25, "food": 0.5, "spell": 0.5}
    expected = {"weights": mix, "guidance_scale": 1.5, "seed": 12, "mixing": "prediction"}
    assert request == expected
    assert again.input_value("#mixing .way") == "prediction" and not again.is_checked("#mixing .keep")
    assert again.inner_text("#mixing .grid .is-b") == "−0.25 non-hero + 0.5 food + 0.5 spell"
    again.wait_for_function("document.querySelectorAll('#mixing .table canvas').length === 25", timeout=180_000)
    settled(again, "mixing")
    assert again.url == url


def test_a_link_that_asks_for_nonsense_changes_nothing(open_page):
    page = open_page(link="?tab=mixing&weights=hero=9&seed=1e3&guidance_scale=NaN&mixing=both&a=1,2")
    note = page.locator(".note-on-top")
    note.wait_for(timeout=60_000)
    refused = ["the weights", "mix A", "the seed", "guidance", "what is mixed"]
    assert re.findall(r"[:;] (.+?) must be", note.inner_text()) == refused
    assert weights(page).tolist() == [0, 0, 0.6, 0.4, 0] and page.input_value("#mixing .seed") == "0"


def test_a_link_to_a_drawer_of_earlier_leads_to_its_station(open_page):
    page = open_mixing(open_page, "?tab=mixing&open=seeds,grid&seed=4")
    page.wait_for_selector("#mixing .seeds .film canvas", timeout=180_000)
    assert page.locator("#mixing .seeds").evaluate("(e) => Math.abs(e.getBoundingClientRect().top) < innerHeight / 4")
    assert "at=seeds" in page.url and "open=" not in page.url


@pytest.mark.parametrize("nonsense", ["", ".x,<b>"])
def test_a_link_that_opens_nothing_does_not_stop_the_lesson(open_page, nonsense):
    page = open_mixing(open_page, f"?tab=mixing&open={nonsense}&seed=4")
    assert page.input_value("#mixing .seed") == "4" and page.evaluate("scrollY") == 0


def test_nothing_is_drawn_for_a_station_that_nobody_looks_at(open_page):
    """It is when the station comes into sight; and again, if the settings have changed meanwhile."""
    page, asked = open_page(), []

    def note(request) -> None:
        asked.extend(re.findall(r'"what":\s*"(\w+)"', request.post_data or ""))

    page.on("request", note)
    open_tab(page, "Mixing")
    wait_until_drawn(page)
    assert asked == ["sheet", "sheet"]
    look_at(page, "mixing", "grid")
    assert asked.count("grid") == 1 and "morph" not in asked
    look_at(page, "mixing", "pad")
    before = len(asked)
    page.get_by_role("button", name="spell alone").click()
    page.fill("#mixing .seed", "9")
    page.keyboard.press("Tab")
    wait_until_drawn(page)
    assert set(asked[before:]) == {"sheet"}
    look_at(page, "mixing", "grid")
    assert asked.count("grid") == 2
    look_at(page, "mixing", "pad")
    look_at(page, "mixing", "grid")  # nothing has changed
    assert asked.count("grid") == 2


def test_its_stations_fit_a_screen(open_page):
    page = open_mixing(open_page)
    for station in ("pad", "sheets", "morph", "seeds", "grid"):
        look_at(page, "mixing", station)
        height = page.locator(f"#mixing [data-station={station}]").evaluate("(e) => e.getBoundingClientRect().height")
        assert height <= 800, station
    assert page.locator("#mixing details:not(.tasks details)").count() == 0
