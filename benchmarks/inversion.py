"""python -m benchmarks.inversion: a sprite to noise and back, after table 2 of the DDIM paper (Song et al. 2020).

Sprites that the network never saw are encoded to x_T in S steps of DDIM inversion and decoded in S steps of DDIM, with
their class and without guidance. The error is the mean square over all values, which are counted from 0 to 1.
"""

from __future__ import annotations

import csv
from collections.abc import Sequence

import torch
from torch import Tensor

from core import GenerateConfig, Model, last, load
from core.cli import Parser, writable
from core.conditions import ClassWeights
from core.data import built_in
from core.guidance import guided
from core.samplers import ddim, invert, sample

from . import comparable
from .quality import REFERENCE_SEED

STEPS = (10, 20, 50, 100, 200, 500)


@torch.no_grad()
def reconstruct(model: Model, x0: Tensor, labels: Tensor, steps: int) -> Tensor:
    """Encode and decode x0 (B, 3, 16, 16) of classes labels (B,) in `steps` steps each."""
    schedule = GenerateConfig().noise_schedule()
    weights = torch.eye(len(model.class_names))[labels].to(model.device)
    kind = model.network.config.prediction_type
    denoise = guided(model.run, schedule, ClassWeights(weights), prediction_type=kind, clip_x0=False)
    timesteps = schedule.timesteps(steps)
    x_T = last(invert(denoise, schedule, x0.to(model.device), timesteps)).x_prev
    return last(sample(denoise, schedule, x_T, timesteps, ddim(), noise=lambda: torch.zeros_like(x_T))).x_prev.cpu()


def main(argv: Sequence[str] | None = None) -> None:
    parser = Parser(prog="python -m benchmarks.inversion", description=__doc__)
    parser.add_argument("--checkpoint", metavar="FILE", help="which network (default: the shipped one)")
    parser.add_argument(
        "--samples", type=int, default=100, help="how many sprites, a multiple of the number of classes"
    )
    parser.add_argument("--steps", type=int, nargs="+", default=STEPS, help="how many steps each way")
    parser.add_argument(
        "--out", type=writable, default="benchmarks/results/inversion.csv", metavar="FILE.csv", help="where to write"
    )
    args = parser.parse_args(argv)
    try:
        model = comparable(load(args.checkpoint))
        if args.samples < 1 or args.samples % len(model.class_names):
            raise ValueError(f"samples must be a multiple of {len(model.class_names)}")
        for steps in args.steps:
            GenerateConfig(num_inference_steps=steps)
    except ValueError as error:
        parser.error(str(error))
    data = built_in(args.samples // len(model.class_names), REFERENCE_SEED)
    x0, labels = data.x0(), torch.from_numpy(data.labels)
    rows: list[list[object]] = [["steps", "error", "median_error", "samples"]]
    for steps in args.steps:
        each = ((reconstruct(model, x0, labels, steps) - x0) / 2).square().mean((1, 2, 3))
        print(f"{steps:4} steps: mean square error {each.mean():.5f}, median {each.median():.6f}", flush=True)
        rows.append([steps, f"{each.mean():.5g}", f"{each.median():.5g}", len(x0)])
    with open(args.out, "w", newline="") as file:
        csv.writer(file, lineterminator="\n").writerows(rows)


if __name__ == "__main__":
    main()
