"""python -m benchmarks.record_trainings: trainings for the lesson to show beside those of a visit, run on this machine.

Each is the lesson's usual training, in the process that the page uses, with one thing changed: how many pictures it
learns from, or what it answers. They go into tabs/training/recorded.json. Other work on the machine makes them slower.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from core.cli import Parser
from core.train.live import ALL, Glimpse, LiveConfig, Taught, teach
from serving.worker import Worker
from tabs.page import encode
from tabs.training.lesson import FIELDS

FILE = Path(__file__).resolve().parent.parent / "tabs" / "training" / "recorded.json"
SHOWN = 8  # samples of each
SECONDS = 30.0
SETS: dict[str, list[dict[str, Any]]] = {
    "counts": [{"source": ALL, "count": count} for count in (10, 100, 1000, 25_000)],
    "answers": [{"source": "hero", "count": 1000, "prediction_type": kind} for kind in ("x0", "v", "eps")],
}


def record(worker: Worker, settings: dict[str, Any], seconds: float) -> dict[str, Any]:
    """One training as the lesson's script keeps it."""
    config = LiveConfig(**settings, seconds=seconds)
    glimpse: Glimpse | None = None
    for found in worker.run(teach, config):
        if isinstance(found, Glimpse):
            glimpse = found
        elif isinstance(found, Taught):
            assert glimpse
            return {
                "settings": {name: getattr(config, name) for name in FIELDS},
                "steps": glimpse.step,
                "images": glimpse.images_seen,
                "seconds": round(glimpse.seconds, 1),
                "samples": encode(found.samples[:SHOWN]),
                "nearest": encode(found.nearest[:SHOWN]),
                "copies": found.copies,
                "known": [float(f"{value:.4g}") for value in found.error],
                "unseen": [float(f"{value:.4g}") for value in found.error_unseen or ()],
            }
    raise RuntimeError("the training ended without a result")


def main(argv: Sequence[str] | None = None) -> None:
    """Write the file."""
    parser = Parser(prog="python -m benchmarks.record_trainings", description=__doc__)
    parser.add_argument("--seconds", type=float, default=SECONDS, help="of each training")
    args = parser.parse_args(argv)
    worker = Worker()
    found = {name: [record(worker, each, args.seconds) for each in SETS[name]] for name in SETS}
    worker.close()
    FILE.write_text(json.dumps(found) + "\n", encoding="utf-8")
    zero = 3  # log-SNR 0 among core.train.live.LEVELS
    for name, trainings in found.items():
        for each in trainings:
            settings = each["settings"]
            print(
                f"{name}: {settings['count']:6,} of {settings['source']}, {settings['prediction_type']:3}: "
                f"{each['steps']:,} steps, {each['copies']} of 32 copies, error of x0 at log-SNR 0 "
                f"{each['known'][zero]:.2g} on its own sprites, {each['unseen'][zero]:.2g} on others"
            )


if __name__ == "__main__":
    main()
