"""python -m benchmarks.training: how fast does the page's own training learn, and what does it cost others?

live_own_sprites_s: in a real Chromium, from the press on Train until the result is there, of the shortest training
after which 90 % of 32 sprites are within 4/255 of one of eight that somebody has painted.
live_images_per_s: noisy sprites a second on the way, samples included.
slowdown_of_others: the median time of a 25-step sprite on this machine beside a training, divided by that without one;
the two take turns every few runs.
like_X, known_X: the shipped network learns eight new pictures for TUNED seconds of one core: of 16 sprites of the new
class those that are one of its pictures, of 20 of the old classes those that a classifier still names right; X is what
may learn, and "replayed" with old sprites in every batch.
copies_N: of 32 samples after ten seconds with N sprites.  worker_mb: resident memory of the process that trains.
peak_fraction: the arithmetic of that training (torch.utils.flop_counter) a second, as a share of what large matrix
products reach on one core.
vs_lucidrains: sprites a second of python -m core.train, divided by those of the Trainer of denoising-diffusion-pytorch
(see other_trainer.py), if that is installed.
"""

from __future__ import annotations

import json
import statistics
import time
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import torch
from torch.utils.flop_counter import FlopCounterMode

from core import GenerateConfig, Models, generate, last
from core.cli import Parser, writable
from core.sprites import CLASS_NAMES, draw
from core.train.graph import matmul_flops
from core.train.live import Glimpse, LiveConfig, Taught, data_of, teach, trainer_of
from core.train.tune import TuneConfig, Tuned, tune
from serving.worker import Worker

from .fuzz import memory_mb
from .other_trainer import beside_lucidrains
from .page import FLAGS, chromium, serving

PAINTED = np.stack([draw(CLASS_NAMES[i % 5], 90_000 + i).pixels for i in range(8)])
ENOUGH = 29  # of 32
COUNTS = (10, 100, 1000)
TUNED = 30
TURNS, RUNS = 6, 5  # with and without, runs in each


def through_the_page(figures: dict[str, float]) -> None:
    """Notes live_own_sprites_s and live_images_per_s."""
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright, serving(["app.py"]) as url:
        browser = playwright.chromium.launch(executable_path=chromium(), args=FLAGS)
        page = browser.new_page(viewport={"width": 1280, "height": 800})
        page.goto(f"{url}?tab=noising")
        page.wait_for_selector("#noising .t:enabled")
        painted = [picture.reshape(-1).tolist() for picture in PAINTED]
        page.evaluate(
            """async (painted) => {
              const { pack } = await page.module("editor");
              const shelf = painted.map((rgb) => ({ pixels: pack(Uint8Array.from(rgb)), told: null }));
              localStorage.setItem("own-sprites", JSON.stringify(shelf));
            }""",
            painted,
        )
        for seconds in range(3, 16):
            page.goto(f"{url}?tab=training&source=own&seconds={seconds}")
            page.wait_for_selector("#training [data-learned='0']", state="attached")
            page.wait_for_timeout(3000)  # until the process has warmed up
            start = time.perf_counter()
            page.click("#training .go")
            page.locator("#training .train-status", has_text="Done:").wait_for(timeout=60_000)
            figures["live_own_sprites_s"] = time.perf_counter() - start
            figures["live_images_per_s"] = float(page.inner_text("#training .g-rate").replace(",", ""))
            if int(page.inner_text("#training .verdict").split()[0]) >= ENOUGH:
                break
        else:
            raise SystemExit("after fifteen seconds it does not draw what was painted")
        browser.close()


def beside(figures: dict[str, float]) -> None:
    """Notes slowdown_of_others."""
    models, config = Models(), GenerateConfig({"hero": 1.0}, 1, num_inference_steps=25)
    worker, times = Worker(), {True: [], False: []}  # type: ignore[var-annotated]
    last(generate(models, config))
    worker.warm_up()
    for turn in range(2 * TURNS):
        busy = turn % 2 == 1
        training = worker.run(teach, LiveConfig(count=1000, seconds=60)) if busy else iter(())
        for _ in range(3 if busy else 0):
            next(training)  # it has begun
        for _ in range(RUNS):
            start = time.perf_counter()
            last(generate(models, config))
            times[busy].append(time.perf_counter() - start)
        if busy:
            worker.stop()
            for _ in training:
                pass
    worker.close()
    figures["alone_ms"] = 1000 * statistics.median(times[False])
    figures["slowdown_of_others"] = statistics.median(times[True]) / statistics.median(times[False])


def by_count(figures: dict[str, float]) -> None:
    """Notes copies_N, and the error of x0 at log-SNR 0 on known and unseen sprites."""
    worker = Worker()
    for count in COUNTS:
        for found in worker.run(teach, LiveConfig("all", count=count, seconds=10)):
            if isinstance(found, Glimpse):
                steps = found.step
            elif isinstance(found, Taught):
                assert found.error_unseen
                figures[f"copies_{count}"], figures[f"steps_{count}"] = found.copies, steps
                assert worker._process
                figures["worker_mb"] = memory_mb(worker._process.pid)
                figures[f"error_{count}"], figures[f"unseen_{count}"] = found.error[3], found.error_unseen[3]
    worker.close()


def tuned(figures: dict[str, float]) -> None:
    """Notes like_X, known_X and steps_X, by the clock of this process's own computing."""
    torch.set_num_threads(1)
    for learns, replay in (("everything", False), ("everything", True), ("last", False), ("class", False)):
        config = TuneConfig(learns=learns, replay=replay, seconds=TUNED)
        name = "replayed" if replay else learns
        for found in tune(config, clock=time.process_time):
            if isinstance(found, Tuned):
                figures[f"like_{name}"], figures[f"known_{name}"] = found.like, found.known
            else:
                figures[f"steps_{name}"] = found.step


def share_of_peak(figures: dict[str, float]) -> None:
    """Notes peak_fraction, and sprites a second without samples."""
    torch.set_num_threads(1)
    config = LiveConfig(count=1000)
    trainer = trainer_of(config, data_of(config))
    with FlopCounterMode(display=False) as counter:
        next(trainer.run())
    peak = matmul_flops(torch.device("cpu"), torch.float32)
    start, first = time.perf_counter(), trainer.images_seen
    for _ in trainer.run():
        if (seconds := time.perf_counter() - start) > 5:
            break
    figures["images_per_s"] = (trainer.images_seen - first) / seconds
    figures["peak_fraction"] = figures["images_per_s"] / config.batch_size * counter.get_total_flops() / peak


PARTS = (through_the_page, share_of_peak, beside, by_count, tuned, beside_lucidrains)


def main(argv: Sequence[str] | None = None) -> None:
    parser = Parser(prog="python -m benchmarks.training", description=__doc__)
    parser.add_argument("--only", choices=[part.__name__ for part in PARTS], help="this part alone")
    parser.add_argument("--json", type=writable, metavar="FILE.json", help="where to write the figures")
    args = parser.parse_args(argv)
    figures: dict[str, float] = {}
    for measure in PARTS:
        if args.only in (None, measure.__name__):
            measure(figures)
    for name, value in figures.items():
        print(f"{name:24}{value:10.3g}")
    if args.json:
        Path(args.json).write_text(json.dumps(figures, indent=1))


if __name__ == "__main__":
    main()
