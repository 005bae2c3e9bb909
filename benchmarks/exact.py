"""python -m benchmarks.exact: how far from real sprites would the samplers be if the network made no mistakes?

If only the training sprites existed, the best denoiser would be known exactly: the mean of these sprites, each weighted
by how likely it is to have become x_t. With it in the network's place what is left of a sampler's distance is its own,
from its finite steps. It draws training sprites and nothing else: once x_t is much nearer to one of them than to all
others, the answer is that one, and little that a step gets wrong thereafter counts. No denoiser that draws new sprites
has that help, so this is the least that finite steps cost, not all of it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import torch
from torch import Tensor

from core import GenerateConfig, load
from core.cli import Parser, writable
from core.data import SpriteData, built_in
from core.metrics import load_classifier

from .classifier import TRAINING_SEED
from .quality import Bench, averaged, write_csv

SAMPLERS = ("ddim", "ddpm", "dpmpp_2m", "dpmpp_2m_sde")
NFE = (5, 10, 25)


class ExactDenoiser:
    """The posterior mean of x0 if it is one of the training sprites, all equally likely; a Network that predicts v."""

    def __init__(self, training: SpriteData) -> None:
        sprites, labels = training.x0().flatten(1), torch.from_numpy(training.labels)
        self._classes = [sprites[labels == k] for k in range(len(training.class_names))]

    def x0(self, x_t: Tensor, log_snr: Tensor, labels: Tensor) -> Tensor:
        """E[x0 | x_t, class]: x_t (B, 3, 16, 16), log_snr (B,), labels (B,) -> (B, 3, 16, 16)."""
        x0 = torch.empty_like(x_t)
        for k in labels.unique().tolist():
            own, sprites = labels == k, self._classes[k]
            a, one_minus_a = (torch.sigmoid(sign * log_snr[own])[:, None] for sign in (1, -1))
            # -|x_t - sqrt(a) x0|^2 / 2, without |x_t|^2, which is the same for every x0
            agreement = a.sqrt() * (x_t[own].flatten(1) @ sprites.T) - a / 2 * sprites.square().sum(1)
            x0[own] = ((agreement / one_minus_a).softmax(1) @ sprites).reshape(x_t[own].shape)
        return x0

    def __call__(self, x_t: Tensor, log_snr: Tensor, weights: Tensor) -> Tensor:
        """v = (sqrt(a) x_t - x0) / sqrt(1 - a); weights (B, K) are one-hot."""
        signal, noise = (torch.sigmoid(sign * log_snr).sqrt()[:, None, None, None] for sign in (1, -1))
        return (signal * x_t - self.x0(x_t, log_snr, weights.argmax(1))) / noise


def main(argv: Sequence[str] | None = None) -> None:
    parser = Parser(prog="python -m benchmarks.exact", description=__doc__)
    parser.add_argument("--seeds", type=int, default=3, help="how many times everything is drawn anew")
    parser.add_argument(
        "--samples", type=int, default=2000, help="sprites a setting and seed, a multiple of the number of classes"
    )
    parser.add_argument(
        "--out", type=writable, metavar="FILE.csv", default="benchmarks/results/exact.csv", help="where to write it"
    )
    args = parser.parse_args(argv)
    model, (classifier, _, _) = load(device="cpu"), load_classifier()
    if args.samples < 10 or args.samples % len(model.class_names):
        parser.error(f"samples must be at least 10 and a multiple of {len(model.class_names)}")
    if args.seeds < 1:
        parser.error(f"seeds must be at least 1; got {args.seeds}")
    exact = ExactDenoiser(built_in(5000, TRAINING_SEED))
    bench = Bench({"sprites": replace(model, run=exact)}, classifier, args.samples)
    figures, rows = {"samples": args.samples, **bench.floor()}, []
    for nfe in NFE:
        for sampler in SAMPLERS:
            config = GenerateConfig(sampler=sampler, num_inference_steps=nfe)
            found = [bench.measure(config, seed) for seed in range(args.seeds)]
            row = {"sampler": sampler} | averaged(found)
            print(
                f"{sampler:12} nfe {nfe:2}  fd {row['fd']:.3f} ± {row['fd_std']:.3f} "
                f"(real sprites {figures['fd_floor']:.3f})  accuracy {row['class_accuracy']:.1%}",
                flush=True,
            )
            rows.append(row)
            write_csv(Path(args.out), rows, figures)


if __name__ == "__main__":
    main()
