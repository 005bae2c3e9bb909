"""python -m benchmarks.page: how fast is the page in a real Chromium?

Drags the noising slider and, for comparison, a slider of the usual kind, whose picture the server draws into a
gr.Image. Latency is the time from the slider's input event to the end of the frame that shows it; frames are those that
show a new picture, per second of dragging by mouse. Both servers, the browser and this program share the machine.
"""

from __future__ import annotations

import json
import os
import shutil
import socket
import statistics
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from core.cli import Parser, writable

ROOT = Path(__file__).resolve().parent.parent
FLAGS = ["--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage"]
WARM_UP = 5
LOADS, DRAGS = 5, 3  # whose medians count

# One change of the slider, and how long until the frame that shows it has ended: the next animation frame, and the task
# after it. `shown` resolves when the new picture is in the page; a canvas is drawn by then.
LATENCY = """async ({ slider, picture, value }) => {
  const input = document.querySelector(slider), image = picture && document.querySelector(picture);
  Object.getOwnPropertyDescriptor(HTMLInputElement.prototype, "value").set.call(input, value);
  const loaded = image && new Promise((done) => image.addEventListener("load", done, { once: true }));
  const start = performance.now();
  input.dispatchEvent(new Event("input", { bubbles: true }));
  await loaded;
  await new Promise((done) => requestAnimationFrame(() => { const { port1, port2 } = new MessageChannel();
    port1.onmessage = done; port2.postMessage(0); }));
  return performance.now() - start;
}"""
# Counts the animation frames that show another picture than the one before, until window.watched is set to false.
WATCH = """(selector) => {
  window.pictures = 0; window.watched = true;
  const shown = document.querySelector(selector);
  const picture = () => shown.tagName === "IMG" ? shown.currentSrc
    : shown.getContext("2d").getImageData(0, 0, 16, 16).data.join();
  let before = picture();
  const look = () => {
    const now = picture();
    if (now !== before) { window.pictures++; before = now; }
    if (window.watched) requestAnimationFrame(look);
  };
  requestAnimationFrame(look);
}"""


def server_drawn() -> None:
    """The usual kind of slider: every change goes to the server, which sends a picture. Runs until it is killed."""
    import gradio as gr
    import numpy as np

    from core.data import to_x0
    from core.generate import SeededNoise
    from core.render import enlarge, to_uint8
    from core.schedule import NoiseSchedule
    from core.sprites import draw

    schedule, eps = NoiseSchedule.cosine(500), SeededNoise([0])()
    x0 = to_x0(draw("hero", 0).pixels[None])

    def noise(t: int) -> np.ndarray:
        return enlarge(to_uint8(schedule.add_noise(x0, t, eps))[0], 16)

    with gr.Blocks() as demo:
        slider = gr.Slider(0, 500, value=150, step=1, precision=0)
        image = gr.Image(noise(150), width=256, height=256, elem_id="picture")
        slider.input(noise, slider, image, show_progress="hidden", trigger_mode="always_last")
    demo.launch(enable_monitoring=False)


def chromium() -> str | None:
    """Where a Chromium is; None for Playwright's own."""
    names = ("chromium", "chromium-browser", "google-chrome")
    return os.environ.get("CHROMIUM") or next(filter(None, map(shutil.which, names)), None)


@contextmanager
def serving(command: Sequence[str]) -> Iterator[str]:
    """Start a Gradio server on a free port and yield its address."""
    with server(command) as (url, _):
        yield url


@contextmanager
def server(command: Sequence[str], log: str | Path = os.devnull) -> Iterator[tuple[str, int]]:
    """Start a Gradio server on a free port and yield its address and its process's id. What it says goes to log."""
    with socket.socket() as s:
        s.bind(("127.0.0.1", 0))
        port = s.getsockname()[1]
    with tempfile.TemporaryDirectory() as folder, open(log, "w") as out:
        env = os.environ | {
            "GRADIO_SERVER_PORT": str(port),
            "GRADIO_TEMP_DIR": folder,
            "GRADIO_ANALYTICS_ENABLED": "False",
        }
        process = subprocess.Popen([sys.executable, *command], cwd=ROOT, env=env, stdout=out, stderr=out)
        url = f"http://127.0.0.1:{port}/"
        try:
            for _ in range(400):
                if process.poll() is not None:
                    raise SystemExit(f"the server ended: {' '.join(command)}")
                try:
                    urllib.request.urlopen(url, timeout=2).read()
                    break
                except OSError:
                    time.sleep(0.25)
            yield url, process.pid
        finally:
            process.terminate()
            process.wait(10)


def latencies(page, slider: str, picture: str | None, changes: int) -> list[float]:
    """Milliseconds of isolated changes, after a few that do not count."""
    times = []
    for i in range(changes + WARM_UP):
        value = 20 + (137 * i) % 460
        times.append(page.evaluate(LATENCY, {"slider": slider, "picture": picture, "value": value}))
        page.wait_for_timeout(30)
    return times[WARM_UP:]


def frames_per_second(page, slider: str, shown: str, seconds: float = 3.0) -> float:
    """New pictures a second while the mouse drags the slider to and fro, 60 moves a second."""
    page.locator(slider).scroll_into_view_if_needed()
    box = page.locator(slider).bounding_box()
    y = box["y"] + box["height"] / 2
    page.mouse.move(box["x"] + 0.1 * box["width"], y)
    page.mouse.down()
    page.evaluate(WATCH, shown)
    start, moves = time.perf_counter(), 0
    while (now := time.perf_counter() - start) < seconds:
        share = abs((now / seconds * 2 + 1) % 2 - 1)
        page.mouse.move(box["x"] + (0.05 + 0.9 * share) * box["width"], y)
        moves += 1
        time.sleep(max(0.0, moves / 60 - (time.perf_counter() - start)))
    count = page.evaluate("() => { window.watched = false; return window.pictures; }")
    page.mouse.up()
    return count / seconds


# When each page's slider can be dragged and what it says is drawn.
READY = "document.querySelector('{0}:enabled')?.offsetParent && document.querySelector('{1}')?.{2}"
LESSON = READY.format("#noising .t", "#noising .equation", "textContent")
USUAL = READY.format("input[type=range]", "#picture img", "naturalWidth")


def first_load(browser, url: str, ready: str) -> tuple[float, float]:
    """Kilobytes of a page, and seconds until it is ready to be handled, with an empty cache."""
    context = browser.new_context(viewport={"width": 1280, "height": 900})
    page = context.new_page()
    session, sizes = context.new_cdp_session(page), []
    session.send("Network.enable")
    session.on("Network.loadingFinished", lambda event: sizes.append(event["encodedDataLength"]))
    start = time.perf_counter()
    page.goto(url, wait_until="commit")
    page.wait_for_function(ready)
    seconds = time.perf_counter() - start
    page.wait_for_timeout(1500)  # what still comes; the network never rests, for Gradio keeps a stream open
    context.close()
    return sum(sizes) / 1000, seconds


# Of a lesson on show: where it begins, and of each station the height of all that one handles and looks at.
PLACES = """(lesson) => {
  const seen = (parts) => [...parts].filter((e) => e.offsetParent && e.getBoundingClientRect().height > 0);
  const box = document.getElementById(lesson);
  const top = (e) => e.getBoundingClientRect().top + scrollY;
  const heights = [...box.querySelectorAll(".station")].map((station) => {
    const handled = seen(station.querySelectorAll("canvas, input, select, .equation, button"));
    const parts = handled.filter((e) => !e.closest(".rail, .pinned"));
    const bottom = Math.max(...parts.map((e) => e.getBoundingClientRect().bottom + scrollY));
    return parts.length ? bottom - Math.min(...parts.map(top)) : 0;
  });
  return { top: Math.min(...seen(box.querySelectorAll("canvas, input, button")).map(top)), heights };
}"""
SHIFTS = """window.shifted = 0; new PerformanceObserver((list) => {
  for (const entry of list.getEntries()) if (!entry.hadRecentInput) window.shifted += entry.value;
}).observe({ type: "layout-shift", buffered: true });"""
FOLDED = "try { localStorage.setItem('overview-folded', 'yes') } catch {}"
LESSONS = {
    "noising": "#noising .t:enabled",
    "denoising": "#denoising .branch",
    "training": "#training .bars > div",
    "race": "#race canvas",
    "mixing": "#mixing canvas",
}


def layout(browser, url: str, width: int, height: int, figures: dict) -> None:
    """Notes where the first picture and the lessons begin, in px, and the share of stations that fit a screen."""
    options = {"viewport": {"width": width, "height": height}, "has_touch": width < 500}
    context = browser.new_context(**options)
    context.add_init_script(SHIFTS)
    page = context.new_page()
    page.goto(url)
    page.wait_for_function(LESSON)
    page.wait_for_timeout(3000)  # until the recorded run has been played
    figures[f"first_picture_top_{width}"] = page.locator(".overview canvas").first.bounding_box()["y"]
    figures[f"cls_{width}"] = page.evaluate("shifted")
    context.close()
    context = browser.new_context(**options)
    context.add_init_script(FOLDED)
    page = context.new_page()
    tops, fits = [], []
    for lesson, ready in LESSONS.items():
        page.goto(f"{url}?tab={lesson}")
        page.wait_for_selector(ready)
        found = page.evaluate(PLACES, lesson)
        tops.append(found["top"])
        fits += [tall <= height for tall in found["heights"] if tall]
    figures[f"stage_top_{width}"] = max(tops)
    figures[f"station_fits_{width}"] = sum(fits) / len(fits)
    context.close()


def drag(page, slider: str, picture: str | None, shown: str, prefix: str, changes: int, figures: dict) -> None:
    """Notes the latency of a page's slider and its pictures a second; `picture`: what to wait for, if not a canvas."""
    times = latencies(page, slider, picture, changes)
    figures[f"{prefix}drag_median_ms"] = statistics.median(times)
    figures[f"{prefix}drag_p95_ms"] = statistics.quantiles(times, n=20)[-1]
    figures[f"{prefix}drag_fps"] = statistics.median(frames_per_second(page, slider, shown) for _ in range(DRAGS))


def main(argv: Sequence[str] | None = None) -> None:
    parser = Parser(prog="python -m benchmarks.page", description=__doc__)
    parser.add_argument("--changes", type=int, default=60, help="changes of each slider")
    parser.add_argument(
        "--json", type=writable, metavar="FILE.json", help="where to write the figures under flat names"
    )
    parser.add_argument("--serve-usual", action="store_true", help="only serve the slider of the usual kind")
    args = parser.parse_args(argv)
    if args.changes < 2:
        parser.error(f"--changes must be at least 2; got {args.changes}")
    if args.serve_usual:
        return server_drawn()
    from playwright.sync_api import sync_playwright

    figures: dict[str, float] = {}
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium(), args=FLAGS)
        with serving(["app.py"]) as url, serving(["-m", "benchmarks.page", "--serve-usual"]) as usual:
            loads, others = [], []
            for _ in range(LOADS):  # in turns, for the machine's speed changes
                loads.append(first_load(browser, url, LESSON))
                others.append(first_load(browser, usual, USUAL))
            for prefix, found in (("", loads), ("server_", others)):
                figures[f"{prefix}first_load_kb"], figures[f"{prefix}first_control_s"] = map(
                    statistics.median, zip(*found, strict=True)
                )
            for width, height in ((1280, 800), (390, 844)):
                layout(browser, url, width, height, figures)
            page = browser.new_page(viewport={"width": 1280, "height": 900})
            page.goto(url)
            page.wait_for_function(LESSON)
            width = page.locator("#noising .x_t").bounding_box()["width"]
            drag(page, "#noising .t", None, "#noising .x_t", "", args.changes, figures)
            page.goto(usual)
            page.wait_for_function(USUAL)
            drag(page, "input[type=range]", "#picture img", "#picture img", "server_", args.changes, figures)
        browser.close()
    print(f"{'':28}{'median ms':>10}{'p95 ms':>10}{'pictures/s':>12}{'first load kB':>15}{'first control s':>17}")
    for name, prefix in ((f"drawn in the page ({width:.0f} px)", ""), ("drawn by the server", "server_")):
        median, p95, fps = (figures[f"{prefix}drag_{what}"] for what in ("median_ms", "p95_ms", "fps"))
        size, control = (figures[f"{prefix}first_{what}"] for what in ("load_kb", "control_s"))
        print(f"{name:28}{median:10.1f}{p95:10.1f}{fps:12.1f}{size:15.0f}{control:17.2f}")
    for width in (1280, 390):
        names = ("first_picture_top", "stage_top", "station_fits", "cls")
        print(f"{width} px wide: " + ", ".join(f"{name} {figures[f'{name}_{width}']:.3g}" for name in names))
    if args.json:
        Path(args.json).write_text(json.dumps(figures, indent=1))


if __name__ == "__main__":
    main()
