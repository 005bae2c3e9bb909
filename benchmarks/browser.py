"""python -m benchmarks.browser: how fast is the network in the page, in a real Chromium, and the server beside it?

The same page twice in one run: once the page runs the network (assets/engine.js), once the server does. live_ms: from
the slider's input event to the end of the frame that shows the new mix; live_fps: new sprites a second while the mouse
drags a weight. first_sprite: from the first key to a guess that the page has made, with the weights still to come
(cold) or in the browser's cache (warm). page_fps: animation frames a second while the worker draws all the time. The
server, the browser and this program share the machine.

With --ort, ONNX Runtime Web runs the same network in the same browser, in one thread, too: first
`npm install --prefix build/ort onnxruntime-web@1.30.0`, then `--ort build/ort/node_modules/onnxruntime-web`.
ort_start_s: from nothing to a first answer; ort_bytes: of its script and its WebAssembly, to which the weights come.
"""

from __future__ import annotations

import json
import statistics
from collections.abc import Sequence
from pathlib import Path

from core import load
from core.checkpoint import SHIPPED
from core.cli import Parser, writable
from core.runtime import graph_beside

from .page import FLAGS, LESSON, chromium, frames_per_second, serving

SLIDER, SPRITE = "#mixing .weights input[type=range] >> nth=0", "#mixing .live .sprite"
MIXING = f"document.querySelector('{SPRITE}')?.dataset.steps"
READY = "#{} .engine-choice[data-stage=ready]"
HERE = "/ms, here/.test(document.querySelector('#noising .guess.with-class + figcaption').textContent)"
ALONE = "try { localStorage.setItem('guide', 'left'); localStorage.setItem('engine', '%s') } catch {}"
# One change of a weight, and how long until the frame that shows its sprite has ended.
LIVE = """async (value) => {
  const sprite = document.querySelector("#mixing .live .sprite");
  const slider = document.querySelector("#mixing .weights input[type=range]");
  const shown = new Promise((done) => {
    const watch = new MutationObserver(() => { watch.disconnect(); done(); });
    watch.observe(sprite, { attributes: true, attributeFilter: ["data-request"] });
  });
  slider.value = value;
  const start = performance.now();
  slider.dispatchEvent(new Event("input", { bubbles: true }));
  await shown;
  await new Promise((done) => requestAnimationFrame(() => { const { port1, port2 } = new MessageChannel();
    port1.onmessage = done; port2.postMessage(0); }));
  return performance.now() - start;
}"""
# A sprite of n steps, its milliseconds; the first does not count.
SPRITES = """async ([n, count]) => {
  const { about, run } = await page.module("engine");
  const config = { ...about().defaults, count: 1, weights: { hero: 1 }, num_inference_steps: n };
  const times = [];
  for (let i = 0; i <= count; i++) {
    const start = performance.now();
    await run("sprite", { config });
    times.push(performance.now() - start);
  }
  return times.slice(1);
}"""
# Animation frames a second while the worker draws sprites.
FRAMES = """async (seconds) => {
  const { about, run } = await page.module("engine");
  const config = { ...about().defaults, count: 1, weights: { hero: 1 }, num_inference_steps: 5 };
  const start = performance.now(), over = () => performance.now() - start > 1000 * seconds;
  let frames = 0;
  const look = () => { frames++; if (!over()) requestAnimationFrame(look); };
  requestAnimationFrame(look);
  while (!over()) await run("sprite", { config });
  return 1000 * frames / (performance.now() - start);
}"""


# ONNX Runtime Web: seconds to its first answer, and milliseconds of evaluations.
ORT = """async ([script, graph, count]) => {
  const start = performance.now();
  const ort = await import(script);
  ort.env.wasm.numThreads = 1;
  const session = await ort.InferenceSession.create(await (await fetch(graph)).arrayBuffer());
  const tensor = (shape) => new ort.Tensor("float32", new Float32Array(shape.reduce((a, b) => a * b)).fill(0.5), shape);
  const inputs = { x_t: tensor([1, 3, 16, 16]), log_snr: tensor([1]), weights: tensor([1, 5]) };
  await session.run(inputs);
  const first = performance.now() - start, times = [];
  for (let i = 0; i < count; i++) {
    const begin = performance.now();
    await session.run(inputs);
    times.push(performance.now() - begin);
  }
  return [first / 1000, times];
}"""


def whole_graph() -> bytes:
    """The shipped network with its weights as ONNX."""
    import onnx
    from onnx import numpy_helper

    weights = load(backend="torch").network.state_dict()
    graph = onnx.load(graph_beside(SHIPPED), load_external_data=False)
    for tensor in graph.graph.initializer:
        if tensor.data_location == onnx.TensorProto.EXTERNAL:
            tensor.CopyFrom(numpy_helper.from_array(weights[tensor.name].numpy(), tensor.name))
    return graph.SerializeToString()


def onnx_runtime_web(browser, url: str, folder: Path) -> dict[str, float]:
    """Its figures, on a page of that server that holds nothing else."""
    page, sizes, graph = browser.new_context().new_page(), {}, whole_graph()

    def answer(route) -> None:
        name = route.request.url.rpartition("/")[2]
        body = graph if name == "network.onnx" else (folder / "dist" / name).read_bytes()
        if name != "network.onnx":
            sizes[name] = len(body)
        kinds = {"mjs": "text/javascript", "wasm": "application/wasm"}
        route.fulfill(body=body, content_type=kinds.get(name.rpartition(".")[2], "application/octet-stream"))

    page.route("**/ort/*", answer)
    page.goto(f"{url}thumbnail.png")
    start, times = page.evaluate(ORT, [f"{url}ort/ort.wasm.min.mjs", f"{url}ort/network.onnx", 100])
    page.context.close()
    return {"ort_evaluation_ms": statistics.median(times), "ort_start_s": start, "ort_bytes": sum(sizes.values())}


def opened(browser, url: str, engine: str):
    """A page of a browser of its own, whose network that engine runs."""
    context = browser.new_context(viewport={"width": 1280, "height": 900})
    context.add_init_script(ALONE % engine)
    page = context.new_page()
    page.goto(url)
    page.wait_for_function(LESSON)
    return page


def first_sprite(page) -> float:
    """Seconds from the first key to a guess of the page's own."""
    start = page.evaluate("performance.now()")
    page.locator("#noising .t").press("ArrowLeft")
    page.wait_for_selector(READY.format("noising"))
    page.locator("#noising .t").press("ArrowLeft")
    page.wait_for_function(HERE)
    return (page.evaluate("performance.now()") - start) / 1000


def live(page, changes: int) -> tuple[list[float], float]:
    """Milliseconds of each change of a mix, and new sprites a second while one drags."""
    page.get_by_role("tab", name="Mixing", exact=True).click()
    page.wait_for_function(MIXING)
    page.wait_for_selector("#mixing .sheet.prediction canvas")  # its sheets are drawn; they would share the machine
    times = []
    for i in range(changes + 3):
        times.append(page.evaluate(LIVE, 0.1 + 0.05 * (i % 17)))
        page.wait_for_timeout(60)
    return times[3:], frames_per_second(page, SLIDER, SPRITE)


def main(argv: Sequence[str] | None = None) -> None:
    parser = Parser(prog="python -m benchmarks.browser", description=__doc__)
    parser.add_argument("--changes", type=int, default=30, help="changes of the mix")
    parser.add_argument(
        "--json", type=writable, metavar="FILE.json", help="where to write the figures under flat names"
    )
    parser.add_argument("--ort", type=Path, metavar="FOLDER", help="of the npm package onnxruntime-web")
    args = parser.parse_args(argv)
    if args.ort and not (args.ort / "dist" / "ort.wasm.min.mjs").is_file():
        parser.error(f"{args.ort} is not the folder of the npm package onnxruntime-web")
    if args.changes < 2:
        parser.error(f"--changes must be at least 2; got {args.changes}")
    from playwright.sync_api import sync_playwright

    figures: dict[str, float] = {}
    with sync_playwright() as playwright, serving(["app.py"]) as url:
        browser = playwright.chromium.launch(executable_path=chromium(), args=FLAGS)
        page = opened(browser, url, "here")
        sizes: list[int] = []

        def count(response) -> None:
            if "/tabs/networks" in response.url or "/assets/engine/" in response.url:
                sizes.append(len(response.body()))

        page.on("response", count)
        figures["first_sprite_cold_s"] = first_sprite(page)
        figures["bytes"] = sum(sizes)
        again = page.context.new_page()
        again.goto(url)
        again.wait_for_function(LESSON)
        figures["first_sprite_warm_s"] = first_sprite(again)
        again.close()
        figures["ddim20_ms"] = statistics.median(page.evaluate(SPRITES, [20, 10]))
        figures["evaluation_ms"] = figures["ddim20_ms"] / 20
        figures["page_fps"] = page.evaluate(FRAMES, 3)
        if args.ort:
            figures |= onnx_runtime_web(browser, url, args.ort)
        for prefix, shown in (("", page), ("server_", opened(browser, url, "server"))):
            times, fps = live(shown, args.changes)
            figures[f"{prefix}live_ms"], figures[f"{prefix}live_fps"] = statistics.median(times), fps
        browser.close()
    for name, value in figures.items():
        print(f"{name:22}{value:12,.1f}")
    if args.json:
        Path(args.json).write_text(json.dumps(figures, indent=1))


if __name__ == "__main__":
    main()
