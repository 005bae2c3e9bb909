"""What the browser tests share: reading canvases, moving sliders, using Gradio's controls."""

import json
import re
import urllib.request
from pathlib import Path

import numpy as np

READ_CANVAS = """canvas => {
    const { width, height } = canvas;
    const copy = new OffscreenCanvas(width, height).getContext("2d", { willReadFrequently: true });
    copy.drawImage(canvas, 0, 0);
    return Array.from(copy.getImageData(0, 0, width, height).data);
}"""


def import_modules(page, app_url: str, *paths: str) -> None:
    """Open a page of the app that holds nothing, and import these modules there: assets/pixels.js is window.pixels."""
    with urllib.request.urlopen(app_url) as served:
        (root,) = set(re.findall(r"\./(static/\w+/)", served.read().decode()))
    page.goto(f"{app_url}thumbnail.png")
    addresses = {Path(path).stem: f"{app_url}{root}{path}" for path in paths}
    page.evaluate(
        "async (all) => { for (const [name, address] of Object.entries(all)) window[name] = await import(address) }",
        addresses,
    )


def pixels(page, selector: str, side: int = 16) -> np.ndarray:
    """The pixels of a canvas that is so high and wide, (side, side, 3) uint8."""
    data = page.evaluate(f"({READ_CANVAS})(document.querySelector({json.dumps(selector)}))")
    return np.array(data, np.uint8).reshape(side, side, 4)[..., :3]


def all_pixels(page, selector: str) -> np.ndarray:
    """The pixels of all 16x16 canvases that fit, in the page's order, (N, 16, 16, 3) uint8."""
    data = page.eval_on_selector_all(selector, f"all => all.map({READ_CANVAS})")
    return np.array(data, np.uint8).reshape(-1, 16, 16, 4)[..., :3]


def wait_for_picture(page, selector: str, expected: np.ndarray) -> None:
    """Wait until a 16x16 canvas shows exactly that, (16, 16, 3) uint8."""
    shown = f"({READ_CANVAS})(document.querySelector({selector!r})).filter((_, i) => i % 4 < 3)"
    page.wait_for_function(f"expected => String({shown}) === String(expected)", arg=expected.ravel().tolist())


def download(page, box: str, name: str) -> Path:
    """The file that the button of that name in that box saves."""
    with page.expect_download(timeout=60_000) as caught:
        page.locator(box).get_by_role("button", name=name, exact=True).click()
    return caught.value.path()


def wait_for_lesson(page, tab: str) -> None:
    """Wait until a lesson that has been opened shows its first pictures."""
    page.wait_for_selector(f"#{tab} canvas:visible")


def painted(page) -> None:
    """Wait until what has just changed is on the screen, and whoever watches what comes into sight has been told."""
    page.evaluate("new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))")


def look_at(page, tab: str, station: str) -> None:
    """Scroll to a station of a lesson, and wait until what is drawn when it is looked at has been drawn."""
    page.locator(f"#{tab} [data-station={station}]").evaluate("(station) => station.scrollIntoView()")
    painted(page)
    settled(page, tab)


def settled(page, tab: str) -> None:
    """Wait until the hand has rested and what the lesson then does is done."""
    page.wait_for_selector(f"#{tab} [data-settled=true], #{tab}[data-settled=true]", state="attached", timeout=180_000)


def assert_same_picture(actual: np.ndarray, expected: np.ndarray, tolerance: int = 1) -> None:
    assert np.abs(actual.astype(int) - expected.astype(int)).max() <= tolerance


def set_slider(page, selector: str, value: int) -> None:
    page.eval_on_selector(selector, f"e => {{ e.value = {value}; e.dispatchEvent(new Event('input')) }}")


def open_tab(page, name: str) -> None:
    page.get_by_role("tab", name=name, exact=True).click()


def fill(page, label: str, value: int) -> None:
    box = page.get_by_label(f"number input for {label}")
    box.fill(str(value))
    box.press("Tab")


def choose(page, label, option):
    """Pick from one of Gradio's dropdowns."""
    page.get_by_label(label, exact=True).click()
    page.get_by_role("option", name=option, exact=True).filter(visible=True).last.click()  # another may be closing


def wait_for_run(page, steps: int) -> None:
    """Wait until the denoising lesson shows a run of that many steps."""
    page.wait_for_function(f"document.querySelector('#denoising .index')?.max == {steps}", timeout=60_000)


# Every lesson, and of the race what it opens with.
ALL_FETCHED = """() => {
    const names = [...document.querySelectorAll("meta[name=lesson]")].map((meta) => meta.content);
    const fetched = performance.getEntriesByType("resource").filter(({ responseEnd }) => responseEnd);
    const there = (path) => fetched.some(({ name }) => name.endsWith(path));
    const files = names.flatMap((name) => ["lesson.json", "lesson.js", "text.html"].map((file) => `${name}/${file}`));
    return [...files, "race/recorded.json", "assets/queue.js"].every(there);
}"""
ALL_IMPORTED = """() => Promise.all([...document.querySelectorAll("meta[name=lesson]")]
    .map(({ content }) => import(page.address(`tabs/${content}/lesson.js`))).concat(page.module("queue")))"""


def cut_off(page) -> None:
    """Take the connection away, as soon as the page that has the network here has fetched what follows it."""
    page.wait_for_function(ALL_FETCHED)
    page.evaluate(f"({ALL_IMPORTED})().then(() => true)")
    page.context.set_offline(True)
