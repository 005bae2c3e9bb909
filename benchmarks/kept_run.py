"""python -m benchmarks.kept_run: what did a network know after how many epochs? Measures checkpoints/training.

Of each network that was kept, with the weights that learned and with their average: the mean squared error of x0 by
noise level on sprites that it never saw, the losses of eps, x0 and v that follow from it, each as in training, where
the noise levels are those of the cosine schedule, and the share of drawn sprites that a classifier names as asked.
--write keeps the figures where the lesson on training shows them.
"""

from __future__ import annotations

import json
import math
from collections.abc import Sequence
from pathlib import Path

import torch

from core import GenerateConfig, Model, generate, last
from core.cli import Parser
from core.data import SpriteData, built_in
from core.metrics import error_by_level, load_classifier, predict
from core.train.kept import epochs, kept

from .classifier import TEST_SEED

FILE = Path(__file__).resolve().parent.parent / "tabs" / "training" / "kept.json"
LOG_SNR = tuple(range(-8, 9))
STEPS = 25  # of DDIM


def losses(log_snr: Sequence[float], error: Sequence[float]) -> dict[str, float]:
    """Mean losses over the cosine schedule, from the error of x0 at some log-SNRs, the levels between by a line.

    Of the schedule's alpha_bar = cos^2(pi u / 2), u in (0, 1) has the log-SNR -2 log tan(pi u / 2).
    """
    u = (torch.arange(1000, dtype=torch.float64) + 0.5) / 1000
    level = (-2 * torch.log(torch.tan(math.pi / 2 * u))).clamp(log_snr[0], log_snr[-1])
    below = (level - log_snr[0]).floor().long().clamp(max=len(log_snr) - 2)
    share = level - torch.tensor(log_snr, dtype=torch.float64)[below]
    values = torch.tensor(error, dtype=torch.float64).log()
    x0 = (values[below] * (1 - share) + values[below + 1] * share).exp()
    weights = {"x0": torch.ones_like(level), "eps": level.exp(), "v": 1 + level.exp()}
    return {name: (x0 * weight).mean().item() for name, weight in weights.items()}


def share_named_right(model: Model, per_class: int) -> float:
    """Of sprites drawn of each class, those that the classifier takes for what they should be."""
    classifier, names, _ = load_classifier()
    right = 0
    for name in model.class_names:
        config = GenerateConfig({name: 1.0}, count=per_class, num_inference_steps=STEPS)
        found = predict(classifier, last(generate(model, config)).x_prev)
        right += int((found == names.index(name)).sum())
    return right / (per_class * len(model.class_names))


def measure(model: Model, test: SpriteData, per_class: int) -> dict[str, object]:
    """The figures of one network."""
    error = error_by_level(model, test.x0(), test.weights(), LOG_SNR)
    return {
        "error": [float(f"{value:.4g}") for value in error],
        "loss": {name: float(f"{value:.4g}") for name, value in losses(LOG_SNR, error).items()},
        "right": round(share_named_right(model, per_class), 4),
    }


def main(argv: Sequence[str] | None = None) -> None:
    parser = Parser(prog="python -m benchmarks.kept_run", description=__doc__)
    parser.add_argument("--per-class", type=int, default=100, help="sprites of each class, unseen and drawn")
    parser.add_argument("--write", action="store_true", help=f"write {FILE.name} for the page")
    args = parser.parse_args(argv)
    if args.per_class < 1:
        parser.error(f"--per-class must be at least 1; got {args.per_class}")
    test = built_in(args.per_class, TEST_SEED)
    found: dict[str, list[dict[str, object]]] = {"averaged": [], "raw": []}
    print("epoch  weights      x0    eps      v   x0 at -2   named right")
    for epoch in epochs():
        for kind in found:
            figures = measure(kept(epoch, kind == "averaged"), test, args.per_class)
            found[kind].append(figures)
            loss, error, right = figures["loss"], figures["error"], figures["right"]
            at_minus_2 = error[LOG_SNR.index(-2)]  # type: ignore[index]
            print(f"{epoch:5}  {kind:8}", *(f"{loss[k]:6.3f}" for k in loss), f"{at_minus_2:9.3f} {right:12.1%}")  # type: ignore
    if args.write:
        seen = [kept(epoch).info["images_seen"] for epoch in epochs()]
        FILE.write_text(json.dumps({"log_snr": LOG_SNR, "epochs": epochs(), "images_seen": seen, **found}) + "\n")


if __name__ == "__main__":
    main()
