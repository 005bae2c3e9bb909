"""python -m benchmarks.speed: where the time goes, from one matrix product to the first page served.

Compared in one run, in turns, with rests between them: ours; the network of the course notes under diffusers' DDIM
(benchmarks/reference.py); our network, run by PyTorch, in diffusers' pipeline; and the machine's own peak, measured
with large matrix products. A ratio is the median of the ratios of the rounds; the smallest and largest stand beside it.
"""

from __future__ import annotations

import json
import statistics
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import partial
from pathlib import Path

import torch
from diffusers import DDIMPipeline, DDIMScheduler, DDPMScheduler
from diffusers.configuration_utils import ConfigMixin, register_to_config
from diffusers.models.modeling_utils import ModelMixin
from diffusers.models.unets.unet_2d import UNet2DOutput
from torch.utils.flop_counter import FlopCounterMode

from core import GenerateConfig, Model, generate, last, load
from core.checkpoint import SHIPPED
from core.cli import Parser, writable
from core.networks import UNet
from core.runtime import OnnxNetwork, graph_beside

from .page import FLAGS, chromium, serving
from .reference import ContextUnet

REST = 0.12  # seconds between two measurements: threads of the last one may still be spinning
ROUNDS = 7
BATCHES = (1, 16, 32)
STEPS = 20
WEIGHTS = {"hero": 1.0}
PARTS = """
import time; start = time.perf_counter()
def part(name):
    global start; now = time.perf_counter(); print(f"{name} {now - start:.3f}"); start = now
import torch; part("import torch")
import app; part("import gradio and build the page")
app.model(); part("load the model")
"""
# One nudge of the pad; resolves with the milliseconds until the frame after the new live sprite.
NUDGE = """async (key) => {
  const field = document.querySelector("#mixing .field"), sprite = document.querySelector("#mixing .live .sprite");
  const drawn = new Promise((done) => new MutationObserver((_, own) => { own.disconnect(); done(); })
    .observe(sprite, { attributeFilter: ["data-request"] }));
  const start = performance.now();
  field.dispatchEvent(new KeyboardEvent("keydown", { key, bubbles: true }));
  await drawn;
  await new Promise((done) => requestAnimationFrame(() => { const { port1, port2 } = new MessageChannel();
    port1.onmessage = done; port2.postMessage(0); }));
  return performance.now() - start;
}"""


class ForDiffusers(ModelMixin, ConfigMixin):
    """Our network as diffusers' DDIMPipeline wants one: (x_t, t) -> an object with the v prediction as `sample`."""

    @register_to_config
    def __init__(self, sample_size: int = 16, in_channels: int = 3) -> None:
        super().__init__()
        self.network: UNet | None = None

    def forward(self, sample: torch.Tensor, t: torch.Tensor) -> UNet2DOutput:
        count = len(sample)
        log_snr = self.log_snr[t + 1].expand(count)  # diffusers' t is ours minus one
        return UNet2DOutput(sample=self.network(sample, log_snr, self.weights.expand(count, -1)))


def pipeline(model: Model) -> DDIMPipeline:
    """Our network under diffusers' own loop, on our cosine schedule."""
    schedule = GenerateConfig().noise_schedule()
    adapter = ForDiffusers()
    adapter.network, adapter.weights = model.network, torch.eye(len(model.class_names))[:1]
    adapter.log_snr = schedule.log_snr.float()
    scheduler = DDIMScheduler(
        num_train_timesteps=schedule.num_train_timesteps,
        trained_betas=schedule.beta[1:].tolist(),
        prediction_type="v_prediction",
        timestep_spacing="trailing",
    )
    made = DDIMPipeline(adapter, scheduler)
    made.set_progress_bar_config(disable=True)
    return made


@torch.no_grad()
def reference_run(network: ContextUnet, scheduler: DDIMScheduler | DDPMScheduler, count: int, steps: int) -> None:
    """The course's network under a diffusers scheduler."""
    scheduler.set_timesteps(steps)
    x_t, weights = torch.randn(count, 3, 16, 16), torch.eye(5)[:1].expand(count, -1)
    for t in scheduler.timesteps:
        eps = network(x_t, (t / 500).expand(count), weights)
        x_t = scheduler.step(eps, t, x_t).prev_sample


def seconds(run: Callable[[], object]) -> float:
    start = time.perf_counter()
    run()
    return time.perf_counter() - start


def in_turns(runs: dict[str, Callable[[], object]], rounds: int, repeat: int = 1) -> dict[str, list[float]]:
    """Seconds of each run in every round (the median of `repeat`), after an untimed call where calls are short."""
    times: dict[str, list[float]] = {name: [] for name in runs}
    for _ in range(rounds):
        for name, run in runs.items():
            time.sleep(REST)
            if repeat > 1:
                run()
            times[name].append(statistics.median(seconds(run) for _ in range(repeat)))
    return times


def ratio(slow: Sequence[float], fast: Sequence[float]) -> tuple[float, float, float]:
    """Median, smallest and largest of the rounds' ratios."""
    ratios = [a / b for a, b in zip(slow, fast, strict=True)]
    return statistics.median(ratios), min(ratios), max(ratios)


def macs(network: torch.nn.Module, *inputs: torch.Tensor) -> int:
    """Multiplications of one evaluation, as PyTorch counts them."""
    with FlopCounterMode(display=False) as counter, torch.no_grad():
        network(*inputs)
    return counter.get_total_flops() // 2


def inputs(count: int) -> tuple[torch.Tensor, torch.Tensor, torch.Tensor]:
    return torch.randn(count, 3, 16, 16), torch.zeros(count), torch.eye(5)[:1].repeat(count, 1)


class Report:
    """Prints rows as they come and keeps the figures under flat names."""

    def __init__(self) -> None:
        self.figures: dict[str, float] = {}

    def row(self, name: str, label: str, value: float, unit: str, more: str = "") -> None:
        self.figures[name] = value
        print(f"  {label:66}{value:9.3g} {unit:3} {more}", flush=True)

    def ratio(self, name: str, label: str, found: tuple[float, float, float]) -> None:
        self.row(name, label, found[0], "x", f"({found[1]:.2f} to {found[2]:.2f})")


def samplers(report: Report, model: Model, rounds: int) -> None:
    """Whole runs against the course's network and against diffusers' pipeline."""
    reference, diffusers_pipeline = ContextUnet().eval().requires_grad_(False), pipeline(model)
    ddim, ddpm = DDIMScheduler(500), DDPMScheduler(500)
    print(f"DDIM, {STEPS} steps, median ratio of {rounds} rounds (smallest to largest)")
    for count in BATCHES:
        config = GenerateConfig(WEIGHTS, count, num_inference_steps=STEPS)
        runs = {
            "reference": lambda n=count: reference_run(reference, ddim, n, STEPS),
            "pipeline": lambda n=count: diffusers_pipeline(n, num_inference_steps=STEPS, output_type="np"),
            "ours": lambda c=config: last(generate(model, c)),
        }
        times = in_turns(runs, rounds, repeat=3 if count == 1 else 1)
        took = ", ".join(f"{name} {1000 * statistics.median(t):.0f} ms" for name, t in times.items())
        print(f"  batch {count}: {took}")
        report.ratio(
            f"vs_reference_b{count}",
            "  against the course's network, diffusers' DDIM",
            ratio(times["reference"], times["ours"]),
        )
        report.ratio(
            f"vs_diffusers_b{count}",
            "  against our network in diffusers' pipeline",
            ratio(times["pipeline"], times["ours"]),
        )
    ten = GenerateConfig(WEIGHTS, 16, sampler="unipc", num_inference_steps=10)
    times = in_turns(
        {"reference": lambda: reference_run(reference, ddpm, 16, 500), "ours": lambda: last(generate(model, ten))}, 3
    )
    report.ratio(
        "ten_nfe_vs_ddpm500_b16",
        "UniPC, 10 evaluations, against the course's network, DDPM-500, batch 16",
        ratio(times["reference"], times["ours"]),
    )


def network(report: Report, model: Model, plain: Model, rounds: int) -> None:
    """One evaluation against the machine's peak, and what the sampler adds to it."""
    work = macs(plain.network, *inputs(1))
    print(f"one evaluation, {work / 1e6:.1f} million multiplications a sprite")
    squares = {f"peak {n}": partial(torch.matmul, a, a) for n in (1024, 1536) for a in [torch.randn(n, n)]}
    for count in (1, 16):
        x = inputs(count)
        runs = {"onnx": partial(model.run, *x), "torch": partial(plain.run, *x), **squares}
        with torch.no_grad():
            times = in_turns(runs, rounds, repeat=15)
        peak = [
            max(2 * 1024**3 / a, 2 * 1536**3 / b) for a, b in zip(times["peak 1024"], times["peak 1536"], strict=True)
        ]
        reached = [2 * work * count / t for t in times["onnx"]]
        found = ratio(reached, peak)
        report.row(
            f"peak_fraction_b{count}",
            f"batch {count}: share of the measured peak ({statistics.median(peak) / 1e9:.0f} GFLOP/s)",
            found[0],
            "",
            f"({found[1]:.2f} to {found[2]:.2f}); {1000 * statistics.median(times['onnx']):.2f} ms",
        )
        report.ratio(
            f"onnx_vs_torch_b{count}",
            f"batch {count}: ONNX Runtime against PyTorch",
            ratio(times["torch"], times["onnx"]),
        )
        overhead(report, model, count, statistics.median(times["onnx"]), rounds)


def overhead(report: Report, model: Model, count: int, network_seconds: float, rounds: int) -> None:
    """What a step costs besides the network: the same run with a network that answers at once."""
    answer = torch.randn(count, 3, 16, 16)
    empty = replace(model, run=lambda *_: answer)
    config, x = GenerateConfig(WEIGHTS, count, num_inference_steps=50), inputs(count)

    def steps() -> float:
        run = generate(empty, config)
        next(run)  # the noise of the start belongs to no step
        return seconds(lambda: last(run)) / 49

    shares = []
    for _ in range(rounds):
        time.sleep(REST)
        own = statistics.median(steps() for _ in range(15))
        shares.append(own / statistics.median(seconds(lambda: model.run(*x)) for _ in range(15)))
    report.row(
        f"sampler_overhead_b{count}",
        f"batch {count}: the sampler's own time, as a share of the network's",
        statistics.median(shares),
        "",
        f"({min(shares):.3f} to {max(shares):.3f})",
    )


def threads(model: Model) -> None:
    """One thread or two."""
    graph, before = graph_beside(SHIPPED), torch.get_num_threads()
    print("threads of ONNX Runtime: ms an evaluation")
    for count in (1, 16):
        runs = {}
        for n in sorted({1, before}):
            torch.set_num_threads(n)
            runs[str(n)] = partial(OnnxNetwork(model.network, graph), *inputs(count))
        torch.set_num_threads(before)
        times = in_turns(runs, 5, repeat=15)
        print(f"  batch {count}: " + ", ".join(f"{n}: {1000 * statistics.median(t):.2f}" for n, t in times.items()))


def growth(model: Model, folder: Path) -> None:
    """Seconds against batch and against steps, as a plot."""
    import matplotlib

    matplotlib.use("Agg")
    from matplotlib import pyplot as plt

    def took(count: int, steps: int) -> float:
        config = GenerateConfig(WEIGHTS, count, num_inference_steps=steps)
        return statistics.median(seconds(lambda: last(generate(model, config))) for _ in range(3))

    batches, steps = [2**k for k in range(9)], [1, 2, 5, 10, 20, 50, 100]
    by_batch, by_steps = [took(n, 10) for n in batches], [took(16, n) for n in steps]
    print("how cost grows (DDIM)")
    print(
        "  10 steps, sprites a second: "
        + ", ".join(f"{n}: {n / t:.0f}" for n, t in zip(batches, by_batch, strict=True))
    )
    print("  16 sprites, seconds: " + ", ".join(f"{n}: {t:.2f}" for n, t in zip(steps, by_steps, strict=True)))
    figure, (left, middle, right) = plt.subplots(1, 3, figsize=(11, 3.4), layout="constrained")
    left.loglog(batches, by_batch, marker="o")
    left.set(xlabel="sprites in a batch", ylabel="seconds, 10 steps")
    middle.loglog(steps, by_steps, marker="o")
    middle.set(xlabel="steps", ylabel="seconds, 16 sprites")
    right.semilogx(batches, [n / t for n, t in zip(batches, by_batch, strict=True)], marker="o")
    right.set(xlabel="sprites in a batch", ylabel="sprites a second, 10 steps", ylim=(0, None))
    for axes in (left, middle, right):
        axes.grid(alpha=0.3)
    folder.mkdir(parents=True, exist_ok=True)
    figure.savefig(folder / "speed.png", dpi=110)
    plt.close(figure)
    print(f"  wrote {folder / 'speed.png'}")


def app(report: Report, changes: int) -> None:
    """Start, first page, first request, live preview in Chromium, memory."""
    from gradio_client import Client
    from playwright.sync_api import sync_playwright

    print("the app")
    starts = []
    for _ in range(3):
        start = time.perf_counter()
        with serving(["app.py"]):
            starts.append(time.perf_counter() - start)
    report.row("start_s", "process start to first page served, median of 3", statistics.median(starts), "s")
    parts = subprocess.run(
        [sys.executable, "-c", PARTS],
        capture_output=True,
        text=True,
        check=True,
        cwd=Path(__file__).resolve().parent.parent,
    )
    print(
        "    of it: "
        + ", ".join(f"{line.rpartition(' ')[0]} {line.rpartition(' ')[2]} s" for line in parts.stdout.splitlines())
    )
    with serving(["app.py"]) as url, sync_playwright() as playwright:
        client = Client(url, verbose=False)
        sheets = [seconds(lambda: client.predict(count=16, api_name="/generate")) for _ in range(10)]
        print(f"  first request /generate {sheets[0]:.2f} s, tenth {sheets[9]:.2f} s")
        browser = playwright.chromium.launch(executable_path=chromium(), args=FLAGS)
        page = browser.new_page(viewport={"width": 1280, "height": 900})
        page.add_init_script("try { localStorage.setItem('engine', 'server') } catch {}")
        page.goto(url + "?tab=mixing")
        page.wait_for_selector("#mixing .live .sprite[data-request]", state="visible")
        page.wait_for_timeout(4000)  # the sheets of the first mix are drawn
        page.locator("#mixing .field").focus()
        times = [page.evaluate(NUDGE, "ArrowRight" if i % 20 < 10 else "ArrowLeft") for i in range(changes)]
        browser.close()
        report.row(
            "preview_median_ms",
            "live mixing preview, input to painted frame, Chromium, median",
            statistics.median(times),
            "ms",
            f"(95 % below {statistics.quantiles(times, n=20)[-1]:.0f})",
        )
        report.row("rss_mb", "resident memory of the server after that", resident(url), "MB")


def resident(url: str) -> float:
    """Megabytes of the process that listens on that address (Linux)."""
    port = int(url.rstrip("/").rpartition(":")[2])
    for folder in Path("/proc").iterdir():
        if folder.name.isdigit() and f"GRADIO_SERVER_PORT={port}".encode() in _read(folder / "environ"):
            status = _read(folder / "status").decode()
            return next(int(line.split()[1]) for line in status.splitlines() if line.startswith("VmRSS")) / 1000
    return float("nan")


def _read(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError:
        return b""


def main(argv: Sequence[str] | None = None) -> None:
    parser = Parser(prog="python -m benchmarks.speed", description=__doc__)
    parser.add_argument("--rounds", type=int, default=ROUNDS, help="how often each comparison is made")
    parser.add_argument("--out", metavar="FOLDER", default="benchmarks/results", help="where to write speed.png")
    parser.add_argument(
        "--json", type=writable, metavar="FILE.json", help="where to write the figures under flat names"
    )
    args = parser.parse_args(argv)
    if args.rounds < 1:
        parser.error(f"--rounds must be at least 1; got {args.rounds}")
    report, model, plain = Report(), load(device="cpu"), load(device="cpu", backend="torch")
    print(f"{torch.get_num_threads()} threads; the network is run by {type(model.run).__name__}")
    samplers(report, model, args.rounds)
    network(report, model, plain, args.rounds)
    threads(model)
    growth(model, Path(args.out))
    app(report, changes=60)
    if args.json:
        Path(args.json).write_text(json.dumps(report.figures, indent=1))


if __name__ == "__main__":
    main()
