"""The noising lesson as a person uses it, in a real browser, checked against what core computes."""

import re
from urllib.parse import parse_qs, urlsplit

import numpy as np
import pytest
from browsing import assert_same_picture, import_modules, painted, pixels, set_slider, settled
from PIL import Image
from playwright.sync_api import expect
from takeaways import run_program
from wire import decode

from core import NoiseSchedule
from core.data import to_x0
from core.generate import SeededNoise
from core.render import to_uint8
from core.sprites import draw
from tabs.noising import lesson as noising
from tabs.page import encode


def noised(t: int, seed: int = 0, schedule: str = "cosine") -> np.ndarray:
    x0 = to_x0(draw("hero", 0).pixels[None])
    return to_uint8(NoiseSchedule.named(schedule, 500).add_noise(x0, t, SeededNoise([seed])()))[0]


def test_dragging_t_draws_the_forward_process(open_page):
    """The hand drags the slider; the canvas shows x_t = sqrt(ab) x0 + sqrt(1-ab) eps of that t."""
    page = open_page()
    page.locator("#noising .t").hover()  # waits until it has come to rest
    box = page.locator("#noising .t").bounding_box()
    y = box["y"] + box["height"] / 2
    seen = []
    page.mouse.move(box["x"] + box["width"] * 0.3, y)
    page.mouse.down()
    for share in (0.4, 0.6, 0.8, 0.95):
        page.mouse.move(box["x"] + box["width"] * share, y)
        painted(page)
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
    assert f"{alpha_bar**0.5:.3g}·x" in page.text_content("#noising .equation")

    page.click("#noising .fresh")
    settled(page, "noising")
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
    page.locator("#noising [data-station=paint]").scroll_into_view_if_needed()
    page.set_input_files("input[type=file]", tmp_path / "own.png")
    page.wait_for_selector("#noising .gallery button[title='your picture 1']")
    expect(page.locator("#noising .x_t")).to_be_in_viewport()
    set_slider(page, "#noising .t", 0)
    assert_same_picture(pixels(page, "#noising .x_t"), own)


def test_bad_upload_gets_a_sentence_and_changes_nothing(open_page, tmp_path):
    page = open_page()
    before = pixels(page, "#noising .x_t")
    (tmp_path / "fake.png").write_bytes(b"<html>not a picture</html>")
    page.set_input_files("input[type=file]", tmp_path / "fake.png")
    page.get_by_text("cannot be read as a picture").wait_for()
    assert_same_picture(pixels(page, "#noising .x_t"), before, 0)
    Image.new("RGB", (16, 16)).save(tmp_path / "own.png")
    page.set_input_files("input[type=file]", tmp_path / "own.png")
    page.wait_for_selector("#noising .gallery button[title='your picture 1']")
    # Long before the ten seconds are over after which it would go by itself.
    expect(page.get_by_text("cannot be read as a picture")).to_have_count(0, timeout=3000)


# ---- the rest of the lesson -----------------------------------------------------------------------------------------
LOOKED = """document.querySelector('#noising .without-class + figcaption').textContent.includes('x{t}')
    && !document.querySelector('#noising .stale')"""


def see(page, title: str) -> None:
    """Bring a station into sight: what is out of sight is not drawn."""
    section = page.locator("#noising .station", has=page.locator("h2", has_text=title))
    section.scroll_into_view_if_needed()
    page.mouse.move(0, 0)  # away from what it would point at
    painted(page)
    settled(page, "noising")


def network_sees(page, t: int) -> None:
    page.wait_for_function(LOOKED.format(t=t), timeout=60_000)


def query(page) -> dict[str, str]:
    return {name: values[0] for name, values in parse_qs(urlsplit(page.url).query).items()}


def taken(page) -> str:
    page.get_by_role("button", name="Python", exact=True).first.click()
    return page.locator("#noising .code").inner_text()


def x_t_of(program: str) -> np.ndarray:
    return run_program(program)[1][8::16, 8::16]


def test_stages_and_what_the_network_makes_out_there(open_page):
    page = open_page()
    rgb = encode(draw("hero", 0).pixels)
    table = NoiseSchedule.cosine(500).alpha_bar
    ratio = ((1 - table) / table).sqrt()
    for stage, low, high in (("heavy", 3, np.inf), ("little", 0, 0.5), ("moderate", 0.5, 3)):
        page.click(f"#noising .stages [data-stage={stage}]")
        t = int(page.eval_on_selector("#noising .t", "e => +e.value"))
        assert low < ratio[t] <= high
        assert page.locator("#noising .stage-words h3:visible").all_inner_texts() == [f"{stage.title()} noise"]
        assert page.locator("#noising .stages [aria-current=true]").inner_text() == stage
        network_sees(page, t)
        expected = decode(noising.guess(rgb, 0, t, "cosine", "hero")["x0"])
        assert_same_picture(pixels(page, "#noising .with-class"), expected[0], 2)
        assert_same_picture(pixels(page, "#noising .without-class"), expected[1], 2)
        off = np.sqrt(((expected[1].astype(float) - draw("hero", 0).pixels) ** 2).mean())
        printed = float(re.search(r"off by (\d+)", page.inner_text("#noising .without-class + figcaption"))[1])
        assert abs(printed - off) <= 1
    page.select_option("#noising .told", "food")  # the wrong class
    network_sees(page, t)
    page.wait_for_function("document.querySelector('#noising .with-class + figcaption').textContent.includes('food')")
    expected = decode(noising.guess(rgb, 0, t, "cosine", "food")["x0"])
    assert_same_picture(pixels(page, "#noising .with-class"), expected[0], 2)
    page.click("#noising .stages [data-stage=none]")
    settled(page, "noising")
    assert_same_picture(pixels(page, "#noising .with-class"), draw("hero", 0).pixels, 0)


def test_own_sprites_are_there_after_a_reload_until_they_are_deleted(open_page):
    page = open_page()
    count = page.locator("#noising .gallery button").count()
    assert page.locator("#noising .forget").is_hidden()  # the built-in ones stay
    for colour in ("red", "green"):
        page.click("#noising .blank")
        page.click("#noising .fill")
        page.click(f"#noising .swatch[title={colour}]")
        page.focus("#noising .drawing")
        page.keyboard.press("Enter")
    page.click("#noising .gallery button:first-child")
    settled(page, "noising")
    page.wait_for_function("!location.search.includes('pixels')")  # else what the address still holds would come, too
    page.reload()
    page.wait_for_selector("#noising .t:enabled")
    assert page.locator("#noising .gallery button").count() == count + 2
    for place, colour in ((1, (0, 228, 54)), (2, (255, 0, 77))):
        sprite = pixels(page, f"#noising .gallery button:nth-last-child({place}) canvas")
        assert_same_picture(sprite, np.full((16, 16, 3), colour, np.uint8), 0)
    page.click("#noising .gallery button:last-child")
    page.wait_for_function("location.search.includes('pixels')")
    deleted = page.evaluate("new URLSearchParams(location.search).get('pixels')")
    page.click("#noising .forget")
    settled(page, "noising")
    page.wait_for_function("deleted => new URLSearchParams(location.search).get('pixels') !== deleted", arg=deleted)
    page.reload()
    page.wait_for_selector("#noising .t:enabled")
    assert page.locator("#noising .gallery button").count() == count + 1
    settled(page, "noising")
    page.evaluate('localStorage.setItem(\'own-sprites\', \'[null, {"pixels": 7}, {"pixels": "<b>"}]\')')
    page.reload()
    page.wait_for_selector("#noising .t:enabled")  # what is not ours is passed over
    settled(page, "noising")
    assert page.locator("#noising .gallery button").count() == count + 1  # the one that the link holds


def test_sprites_painted_in_two_tabs_are_all_kept(open_page):
    page = open_page()
    other = page.context.new_page()
    other.goto(page.url.partition("?")[0])
    other.wait_for_selector("#noising .t:enabled")
    count = page.locator("#noising .gallery button").count()
    for each, colour in ((page, "red"), (other, "green")):
        each.bring_to_front()
        each.click("#noising .blank")
        each.click("#noising .fill")
        each.click(f"#noising .swatch[title={colour}]")
        each.focus("#noising .drawing")
        each.keyboard.press("Enter")
        each.click("#noising .gallery button:first-child")
        settled(each, "noising")
    page.bring_to_front()
    page.reload()
    page.wait_for_selector("#noising .t:enabled")
    assert page.locator("#noising .gallery button").count() == count + 2


def test_paint_by_mouse_and_keyboard_undo_and_a_link_that_keeps_it(open_page):
    page = open_page()
    hero = draw("hero", 0).pixels
    set_slider(page, "#noising .t", 0)
    count = page.locator("#noising .gallery button").count()

    def at(x, y):
        box = page.locator("#noising .drawing").bounding_box()
        return box["x"] + (x + 0.5) * box["width"] / 16, box["y"] + (y + 0.5) * box["height"] / 16

    red, blue, white = (255, 0, 77), (41, 173, 255), (255, 255, 255)
    expected = hero.copy()
    page.click("#noising .swatch[title=red]")
    page.mouse.move(*at(2, 1))
    page.mouse.down()
    page.mouse.move(*at(8, 1))  # a stroke: no pixel between is left out
    page.mouse.up()
    expected[1, 2:9] = red
    assert_same_picture(pixels(page, "#noising .x_t"), expected, 0)
    assert page.locator("#noising .gallery button").count() == count + 1  # a copy: the built-in one is as it was
    assert_same_picture(pixels(page, "#noising .gallery button:first-child canvas"), hero, 0)

    page.check("#noising .mirror")
    page.focus("#noising .drawing")  # the cursor is where the stroke ended
    page.keyboard.press("ArrowLeft")
    page.keyboard.press("ArrowDown")
    page.click("#noising .swatch[title=blue]")
    page.focus("#noising .drawing")
    page.keyboard.press("Enter")
    expected[2, 7] = expected[2, 8] = blue
    assert_same_picture(pixels(page, "#noising .x_t"), expected, 0)
    page.keyboard.press("Control+z")
    page.keyboard.press("Control+z")
    assert_same_picture(pixels(page, "#noising .x_t"), hero, 0)
    page.click("#noising .redo")
    page.click("#noising .redo")
    assert_same_picture(pixels(page, "#noising .x_t"), expected, 0)

    page.uncheck("#noising .mirror")
    page.click("#noising .erase")
    page.mouse.click(*at(3, 1))
    expected[1, 3] = white
    page.click("#noising .fill")
    page.click("#noising .swatch[title=orange]")
    page.mouse.click(*at(5, 1))  # the red pixels that are connected to this one, and no other
    expected[1, 4:9] = (255, 163, 0)
    assert_same_picture(pixels(page, "#noising .x_t"), expected, 0)

    page.click("#noising .gallery button:nth-child(2)")
    assert_same_picture(pixels(page, "#noising .x_t"), draw("non-hero", 0).pixels, 0)
    page.click("#noising .gallery button:last-child")  # it is not lost
    assert_same_picture(pixels(page, "#noising .x_t"), expected, 0)
    set_slider(page, "#noising .t", 321)
    page.select_option("#noising .schedule", "sigmoid")
    settled(page, "noising")
    program, link = taken(page), urlsplit(page.url).query
    assert_same_picture(x_t_of(program), pixels(page, "#noising .x_t"))

    other = open_page(link=f"?{link}")
    other.wait_for_function("document.querySelector('#noising .t')?.value === '321'")
    eps = SeededNoise([0])()
    truth = to_uint8(NoiseSchedule.sigmoid(500).add_noise(to_x0(expected[None]), 321, eps))[0]
    assert_same_picture(pixels(other, "#noising .x_t"), truth)
    assert other.eval_on_selector("#noising .schedule", "e => e.value") == "sigmoid"
    set_slider(other, "#noising .t", 0)
    assert_same_picture(pixels(other, "#noising .x_t"), expected, 0)


def test_a_link_restores_every_setting_and_nonsense_is_refused(open_page):
    page = open_page(
        link="?tab=noising&sprite=spell-1&t=222&schedule=linear&rival=sigmoid&seed=7&weights=food&pixel=3.4.2"
    )
    settled(page, "noising")
    x0 = to_x0(draw("spell", 1).pixels[None])
    truth = NoiseSchedule.linear(500).add_noise(x0, 222, SeededNoise([7])())
    assert_same_picture(pixels(page, "#noising .x_t"), to_uint8(truth)[0])
    for name, value in (("schedule", "linear"), ("rival", "sigmoid"), ("told", "food"), ("channel", "2"), ("t", "222")):
        assert page.eval_on_selector(f"#noising .{name}", "e => e.value") == value
    network_sees(page, 222)
    page.focus("#noising .t")
    page.keyboard.press("ArrowRight")
    page.wait_for_function("location.search.includes('t=223')")
    asked = {"tab": "noising", "sprite": "spell-1", "t": "223", "schedule": "linear", "rival": "sigmoid", "seed": "7"}
    assert query(page) == asked | {"weights": "food", "pixel": "3.4.2"}

    page = open_page(link="?tab=noising&sprite=<img src=x>&t=9999&schedule=constructor&seed=-1&pixels=AAAA&weights=x")
    said = page.locator(".note-on-top").inner_text()
    refused = ["the schedule", "the sprite", "the picture", "t", "the class told", "the seed"]
    assert re.findall(r"[:;] (.+?) must be", said) == refused
    assert_same_picture(pixels(page, "#noising .x_t"), noised(150))


def test_a_schedule_is_not_compared_with_itself_unless_somebody_asks(open_page):
    page = open_page(link="?tab=noising&t=200&schedule=linear")
    expect(page.locator("#noising .rival")).to_have_value("cosine")
    page.select_option("#noising .schedule", "cosine")
    expect(page.locator("#noising .rival")).to_have_value("linear")
    see(page, "Two schedules")
    page.select_option("#noising .rival", "cosine")
    expect(page.locator("#noising .match")).to_have_text("Both are cosine: choose another to compare with.")


@pytest.mark.parametrize(("schedule", "rival"), [("scaled_linear", "linear"), ("cosine", "scaled_linear")])
def test_a_schedule_is_named_as_people_read_it(open_page, schedule, rival):
    page = open_page(link=f"?tab=noising&t=490&schedule={schedule}&rival={rival}")
    for part in ("How fast the sprite drowns", "Two schedules"):
        see(page, part)
        settled(page, "noising")
    assert "scaled linear" in page.inner_text("#noising .match")
    said = page.locator("#noising").evaluate(
        "lesson => lesson.textContent + [...lesson.querySelectorAll('[aria-label]')].map((e) => e.ariaLabel)"
    )
    assert said.count("scaled linear") > 6 and "scaled_linear" not in said


def test_two_schedules_film_strip_and_the_path_of_a_pixel(open_page):
    page = open_page()
    set_slider(page, "#noising .t", 200)
    see(page, "Two schedules")
    page.select_option("#noising .rival", "sigmoid")
    assert_same_picture(pixels(page, "#noising .same"), noised(200))
    assert_same_picture(pixels(page, "#noising .other"), noised(200, schedule="sigmoid"))
    cosine, sigmoid = (NoiseSchedule.named(name, 500).alpha_bar for name in ("cosine", "sigmoid"))
    assert f"t = {(sigmoid - cosine[200]).abs().argmin().item()}." in page.inner_text("#noising .match")
    see(page, "whole path")
    frames = page.locator("#noising .strip button")
    for k in (0, 6, 12):
        assert_same_picture(
            pixels(page, f"#noising .strip button:nth-child({k + 1}) canvas"), noised(round(k * 500 / 12))
        )
    frames.nth(6).click()
    assert page.eval_on_selector("#noising .t", "e => e.value") == "250"
    assert frames.nth(6).get_attribute("aria-current") == "true"

    page.focus("#noising .pointed")
    for _ in range(3):
        page.keyboard.press("ArrowLeft")  # from the marked one, column 9
    settled(page, "noising")
    x_t = NoiseSchedule.cosine(500).add_noise(to_x0(draw("hero", 0).pixels[None]), 250, SeededNoise([0])())[0, :, 8, 5]
    said = page.get_attribute("#noising .path", "aria-label")
    assert "pixel 6, 9" in said
    page.wait_for_function("new URLSearchParams(location.search).get('pixel') === '5.8.0'")  # written with pauses
    assert [float(n) for n in re.findall(r"(?:red|green|blue) (-?[\d.]+)", said)] == pytest.approx(
        x_t.tolist(), abs=6e-3
    )
    totals = re.findall(r"= (−?[\d.]+)", page.inner_text("#noising .readout"))
    for total, value in zip(totals, x_t.tolist(), strict=True):
        assert float(total.replace("−", "-")) == pytest.approx(value, abs=0.0101)  # of rounded terms: test_numbers.py


def test_two_thousand_walks_agree_with_the_one_jump(open_page):
    page = open_page()
    set_slider(page, "#noising .t", 120)
    see(page, "Many small steps")
    x0 = to_x0(draw("hero", 0).pixels[None])[0, 0, 8, 8].item()
    schedule = NoiseSchedule.cosine(500)
    mean, std = schedule.alpha_bar[120].sqrt().item() * x0, (1 - schedule.alpha_bar[120]).sqrt().item()

    def cell(name):
        return [float(n) for n in re.findall(r"-?\d+\.?\d*", page.inner_text(f"#noising .{name}").replace("−", "-"))]

    assert cell("true-mean")[-1] == pytest.approx(mean, abs=1e-4) and cell("true-std")[-1] == pytest.approx(
        std, abs=1e-4
    )
    seen = set()
    for _ in range(4):
        (m, m_error), (s, s_error) = cell("mean"), cell("std")
        assert m_error == pytest.approx(std / 2000**0.5, rel=0.1) and s_error == pytest.approx(std / 4000**0.5, rel=0.1)
        assert abs(m - mean) < 4.5 * m_error and abs(s - std) < 4.5 * s_error
        assert cell("mean-gap")[0] == pytest.approx((m - mean) / m_error, abs=0.2)
        seen.add(m)
        page.click("#noising .again")
    assert len(seen) == 4
    beta = schedule.beta[120].item()
    assert f"{(1 - beta) ** 0.5:.4f}" in page.inner_text("#noising .step")
    assert f"{beta**0.5:.4f}" in page.inner_text("#noising .step")
    assert (pixels(page, "#noising .walked") != pixels(page, "#noising .jumped")).any()


def test_fresh_noise_in_every_frame_comes_to_rest_on_noise_with_a_seed(open_page):
    page = open_page()
    page.check("#noising .boil")
    seen = set()
    for t in (400, 401, 400):
        set_slider(page, "#noising .t", t)
        seen.add(pixels(page, "#noising .x_t").tobytes())
    assert len(seen) == 3
    page.wait_for_function("new URLSearchParams(location.search).get('seed') > 0")
    settled(page, "noising")
    asked = query(page)  # on a slow machine the hand may have rested more than once
    assert_same_picture(pixels(page, "#noising .x_t"), noised(400, seed=int(asked["seed"])))
    assert asked["fresh"] == "1" and asked["t"] == "400"
    network_sees(page, 400)


def test_fresh_noise_that_is_switched_off_on_the_way_goes_back_to_noise_with_a_seed(open_page):
    page = open_page()
    page.check("#noising .boil")
    page.evaluate("""() => {
        const slider = document.querySelector("#noising .t");
        slider.value = 400;
        slider.dispatchEvent(new Event("input"));
        document.querySelector("#noising .boil").click();
    }""")
    assert_same_picture(pixels(page, "#noising .x_t"), noised(400))
    settled(page, "noising")
    assert query(page)["seed"] == "0" and "fresh" not in query(page)


def test_space_plays_and_the_whole_lesson_fits_a_phone(open_page):
    page = open_page(390, dark=True)
    page.focus("#noising .t")
    page.keyboard.press("Home")
    page.keyboard.press("Space")
    page.wait_for_function("document.querySelector('#noising .t').value > 20", timeout=20_000)
    page.keyboard.press("Space")
    assert page.locator("#noising .play").inner_text() == "play"
    for summary in page.locator("#noising details:not([open]) > summary").all()[::-1]:
        summary.click()
    settled(page, "noising")
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    page.keyboard.press("Home")
    set_slider(page, "#noising .t", 0)
    page.click("#noising .swatch[title=green]")
    page.eval_on_selector("#noising .drawing", "e => e.scrollIntoView({ block: 'center' })")
    box = page.locator("#noising .drawing").bounding_box()
    page.touchscreen.tap(box["x"] + box["width"] * 0.5 / 16, box["y"] + box["height"] * 0.5 / 16)
    assert pixels(page, "#noising .x_t")[0, 0].tolist() == [0, 228, 54]
    page.locator("#noising .x_t").tap()
    assert re.match(r"pixel \([89], [89]\)", page.inner_text("#noising .readout"))  # its middle
    unnamed = page.eval_on_selector_all(
        "#noising canvas[role], #noising button, #noising select, #noising input:not(.hide)", NAMELESS
    )
    assert unnamed == []


NAMELESS = (
    """all => all.filter(e => !(e.ariaLabel || e.textContent.trim() || e.labels?.length)).map(e => e.outerHTML)"""
)


def test_the_mathematics_of_the_histograms(browser, app_url):
    """gauss.js alone, against numpy: the generator, the exact density, the walk."""
    page = browser.new_page()
    import_modules(page, app_url, "tabs/noising/gauss.js")
    script = "const { cumulative, mixture, normals, shares, walk } = gauss"
    z = np.array(page.evaluate(f"() => {{ {script}; const n = normals(5); return Array.from({{length: 200000}}, n) }}"))
    assert abs(z.mean()) < 0.01 and abs(z.std() - 1) < 0.01 and abs((z**3).mean()) < 0.03
    assert abs((z**4).mean() - 3) < 0.1 and abs(np.corrcoef(z[:-1], z[1:])[0, 1]) < 0.01
    for level, share in ((1, 0.158655), (2, 0.022750), (3, 0.00134990)):
        assert page.evaluate(f"() => {{ {script}; return 1 - cumulative({level}) }}") == pytest.approx(share, rel=1e-4)
        assert (z > level).mean() == pytest.approx(share, rel=0.15)

    call = f"([v, s, n]) => {{ {script}; return mixture(shares(v), s, n, -3.5, 3.5, 0.125) }}"
    values = [-1, 0.25, 0.25, 0.9]
    x, density = np.array(page.evaluate(call, [values, 0.8, 0.3])).T
    fine = x[:, None] + np.linspace(-0.0625, 0.0625, 401)
    truth = np.mean(
        [np.exp(-(((fine - 0.8 * v) / 0.3) ** 2) / 2) / (0.3 * (2 * np.pi) ** 0.5) for v in values], 0
    ).mean(1)
    np.testing.assert_allclose(density, truth, atol=1e-4)
    x, density = np.array(page.evaluate(call, [values, 1, 0])).T  # no noise: all weight within a window of the values
    assert density.sum() * 0.0625 == pytest.approx(1) and (density[np.abs(x - 0.9) > 0.13].max()) <= 4 + 1e-9
    table = NoiseSchedule.linear(500).alpha_bar.tolist()
    walk = f"t => {{ {script}; return Array.from(walk(new Float64Array(20000).fill(0.5), t[0], t[1], normals(2))) }}"
    for t in (0, 1, 60):
        ends, ab = np.array(page.evaluate(walk, [table, t])), table[t]
        assert ends.mean() == pytest.approx(0.5 * ab**0.5, abs=0.02) and ends.std() == pytest.approx(
            (1 - ab) ** 0.5, abs=0.02
        )
    page.close()


@pytest.mark.parametrize("colours", [1, 2, 3, 16, 17, 170, 171, 256])
def test_a_sprite_as_text(browser, app_url, colours):
    """pack and unpack of assets/editor.js, with so many colours."""
    page = browser.new_page()
    import_modules(page, app_url, "assets/editor.js")
    scripts = "const { pack, unpack } = editor"
    rng = np.random.default_rng(colours)
    palette = rng.permutation(256**3)[:colours]
    chosen = palette[np.concatenate([np.arange(colours), rng.integers(0, colours, 256 - colours)])]
    rgb = np.stack([chosen >> 16, (chosen >> 8) & 255, chosen & 255], -1).ravel().tolist()
    both = f"rgb => {{ {scripts}; const text = pack(new Uint8Array(rgb)); return [text, Array.from(unpack(text))] }}"
    text, back = page.evaluate(both, rgb)
    assert back == rgb and re.fullmatch(r"[A-Za-z0-9_-]+", text) and len(text) <= 1026
    if colours == 16:
        assert len(text) < 250
    for bad in ("", "!", text[:-4], text + "AAAA", "AAAA", "_" * 40):
        assert page.evaluate(f"text => {{ {scripts}; return unpack(text) }}", bad) is None, bad
    page.close()
