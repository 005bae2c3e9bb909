"""Every tab and its first action in Firefox and in WebKitGTK, whose engine is Safari's, checked against core."""

import base64
import json

import numpy as np
import pytest
from browsing import assert_same_picture, pixels
from server import serving
from webdriver import BROWSERS
from wire import decode

from core import GenerateConfig, NoiseSchedule, generate, last, load
from core.data import to_x0
from core.generate import SeededNoise
from core.render import to_uint8
from core.sprites import draw
from tabs.noising.lesson import guess

pytestmark = pytest.mark.slow
END = "\ue010"  # WebDriver's name for the key
COLLECT = """<script>window.complaints = [];
for (const kind of ["error", "warn"]) {
    const say = console[kind];
    console[kind] = (...what) => { complaints.push(what.map(String).join(" ")); say.apply(console, what); };
}
addEventListener("error", ({ message, target }) => complaints.push(message || `no ${target.src || target.href}`), true);
addEventListener("unhandledrejection", (event) => complaints.push(String(event.reason)));</script>"""
WATCHED = f"""
import app
launch = app.demo.launch
app.demo.launch = lambda **options: launch(**options | {{"head": {COLLECT!r}}})
app.main()
"""


@pytest.fixture(scope="module")
def watched_url(tmp_path_factory):
    """The app, whose page notes in `complaints` what reaches the console: WebDriver cannot ask for that."""
    with serving(tmp_path_factory.mktemp("watched") / "log.txt", command=("-c", WATCHED)) as (url, _):
        yield url


@pytest.fixture(scope="module", params=BROWSERS)
def browser_page(request, tmp_path_factory):
    with BROWSERS[request.param](tmp_path_factory.mktemp(request.param)) as page:
        yield page


@pytest.fixture
def visit(browser_page, watched_url):
    """visit(link) -> the page, which must have had no complaint when the test ends."""

    def open_(link):
        browser_page.goto(watched_url + link)
        browser_page.wait_for_function("window.complaints")
        return browser_page

    yield open_
    assert browser_page.evaluate("complaints") == []


def drawn(**settings) -> np.ndarray:
    return to_uint8(last(generate(load(), GenerateConfig(**settings))).x_prev)


def test_noising(visit):
    page = visit("?tab=noising&t=100")
    page.wait_for_function("document.querySelector('#noising .t')?.value == 100")
    x0, eps, schedule = to_x0(draw("hero", 0).pixels[None]), SeededNoise([0])(), NoiseSchedule.cosine(500)
    for t, key in ((100, None), (500, END)):
        if key:
            page.press("#noising .t", key)
        assert page.evaluate("document.querySelector('#noising .t').value") == str(t)
        assert_same_picture(pixels(page, "#noising .x_t"), to_uint8(schedule.add_noise(x0, t, eps))[0])
    page.wait_for_function("document.querySelector('#noising .with-class')?.ariaLabel?.includes('at timestep 500')")


def test_the_network_runs_in_the_page(visit):
    page = visit("?tab=noising&t=301")
    page.wait_for_function("document.querySelector('#noising .engine-choice')")
    page.evaluate("""(() => { const box = document.querySelector("#noising .engine-choice select"); box.value = "here";
        box.dispatchEvent(new Event("change")); })()""")
    page.wait_for_function("document.querySelector('#noising .engine-choice').dataset.stage === 'ready'")
    page.press("#noising .t", "\ue012")  # to the left
    told = "document.querySelector('#noising .with-class + figcaption').textContent"
    page.wait_for_function(f"/300.*ms, here/.test({told}) && !document.querySelector('#noising .stale')")
    pixels_of = base64.b64encode(draw("hero", 0).pixels.tobytes()).decode()
    expected = decode(guess(pixels_of, 0, 300, "cosine", "hero")["x0"], np.uint8, 2, 16, 16, 3)
    for which, picture in zip(("with-class", "without-class"), expected, strict=True):
        assert_same_picture(pixels(page, f"#noising .{which}"), picture)


def test_denoising(visit):
    page = visit("?tab=denoising&num_inference_steps=6&seed=3")
    page.wait_for_function("document.querySelector('#denoising .index')?.max == 6")
    page.press("#denoising .index", END)
    expected = drawn(weights={"hero": 1.0}, count=1, num_inference_steps=6, seed=3)[0]
    assert_same_picture(pixels(page, "#denoising .x_prev"), expected, 2)
    shown = "document.querySelector('#denoising .x_prev').getContext('2d')"
    page.evaluate(f"{shown}.clearRect(0, 0, 16, 16)")
    page.click_button("Generate")  # once more; it is played to its end
    done = "document.querySelector('#denoising .where').textContent.startsWith('done')"
    page.wait_for_function(f"{done} && {shown}.getImageData(0, 0, 1, 1).data[3]")
    assert_same_picture(pixels(page, "#denoising .x_prev"), expected, 2)


def test_race(visit):
    page = visit("?tab=race&weights=food&count=2&num_inference_steps1=6&num_inference_steps2=4")
    page.click_button("Race")
    page.wait_for_function("document.querySelector('#race .plots:not([hidden])')")
    for lane, (sampler, steps) in enumerate((("ddpm", 6), ("ddim", 4)), start=1):
        expected = drawn(weights={"food": 1.0}, count=2, sampler=sampler, num_inference_steps=steps)
        for i in range(2):
            shown = pixels(page, f"#race .lane:nth-child({lane}) canvas:nth-child({i + 1})")
            assert_same_picture(shown, expected[i], 2)


def test_mixing(visit):
    page = visit("?tab=mixing")
    page.click("#mixing [title='spell alone']")
    spell = json.dumps({"spell": 1}, separators=(",", ":"))
    live = "document.querySelector('#mixing .live .sprite').dataset"
    page.wait_for_function(f"{live}.steps == 25 && JSON.stringify(JSON.parse({live}.request).weights) === {spell!r}")
    assert_same_picture(pixels(page, "#mixing .live .sprite"), drawn(weights={"spell": 1.0}, count=1)[0], 2)
