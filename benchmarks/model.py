"""python -m benchmarks.model: how good are the shipped network's sprites, and are they new?

Prints class accuracy by a classifier that was trained on sprites the network never saw, how white the backgrounds are,
and how far the samples are from their nearest training sprites; writes a sheet of samples, each above its nearest.
"""

from __future__ import annotations

import json
import time

import numpy as np
import torch

from core import GenerateConfig, Model, generate, last, load
from core.cli import Parser, writable
from core.data import built_in
from core.metrics import NEARLY_IDENTICAL, background, deviation, load_classifier, nearest, predict, speckled
from core.render import grid, save_png, to_uint8

from . import comparable
from .classifier import TEST_SEED, TRAINING_SEED


def draw_samples(model: Model, per_class: int, config: GenerateConfig) -> torch.Tensor:
    """per_class sprites of each class, class after class: (K * per_class, 3, 16, 16)."""
    runs = []
    for k, name in enumerate(model.class_names):
        for first in range(0, per_class, 100):
            settings = {"count": min(100, per_class - first), "seed": 100_000 * k + first, "weights": {name: 1.0}}
            runs.append(last(generate(model, GenerateConfig(**(vars(config) | settings)))).x_prev)
    return torch.cat(runs)


def main() -> None:
    parser = Parser(prog="python -m benchmarks.model", description=__doc__)
    parser.add_argument("--checkpoint", help="which network (default: the shipped one)")
    parser.add_argument("--per-class", type=int, default=200, help="samples of each class")
    parser.add_argument("--steps", type=int, default=50, help="DDIM steps")
    parser.add_argument("--guidance", type=float, default=1.0, help="guidance scale")
    parser.add_argument(
        "--sheet", type=writable, metavar="FILE.png", help="where to write samples and their nearest training sprites"
    )
    parser.add_argument("--json", type=writable, metavar="FILE.json", help="where to write the figures")
    args = parser.parse_args()
    try:
        config = GenerateConfig(num_inference_steps=args.steps, guidance_scale=args.guidance)
        model, (classifier, _, _) = comparable(load(args.checkpoint, "cpu")), load_classifier()
        if args.per_class < 1:
            raise ValueError(f"--per-class must be at least 1; got {args.per_class}")
        generate(model, config)  # refuses a distilled network
    except ValueError as error:
        parser.error(str(error))

    print(
        f"network: {model.images_seen:,} noisy sprites seen,",
        ", ".join(f"{key} {model.info.get(key)}" for key in ("final_loss", "data", "commit")),
    )
    training, test = built_in(5000, TRAINING_SEED), built_in(200, TEST_SEED)
    labels = torch.arange(len(model.class_names)).repeat_interleave(args.per_class)
    test_accuracy = (predict(classifier, test.x0()) == torch.from_numpy(test.labels)).float().mean().item()

    start = time.perf_counter()
    x0 = draw_samples(model, args.per_class, config)
    print(f"{len(x0)} samples, DDIM {args.steps}, guidance {args.guidance:g}, in {time.perf_counter() - start:.0f} s")
    hits = (predict(classifier, x0) == labels).float()
    print(f"class accuracy          {hits.mean():.1%}   (real, unseen sprites: {test_accuracy:.1%})")
    for k, name in enumerate(model.class_names):
        print(f"    {name:12}        {hits[labels == k].mean():.1%}")

    figures = {"samples": len(x0), "class_accuracy": hits.mean().item(), "classifier_test_accuracy": test_accuracy}
    white, real_white = whiteness(x0), whiteness(test.x0())
    print(f"background off white    median {white[0]:.2f} of 255   (real: {real_white[0]:.2f})")
    print(f"    99th percentile     {white[1]:.1f}   (real: {real_white[1]:.1f})")
    print(f"    mean in the four places of a 2x2 square: {', '.join(f'{mean:.2f}' for mean in white[2:])}")
    speck, real_speck = speckled(x0).float().mean().item(), speckled(test.x0()).float().mean().item()
    print(f"sprites with a speck    {speck:.1%}   (real, unseen sprites: {real_speck:.1%})")

    distances, index = nearest(x0, training.x0())
    real_distances, _ = nearest(test.x0(), training.x0())
    copied, real_copied = ((d < NEARLY_IDENTICAL).float().mean().item() for d in (distances, real_distances))
    print(f"nearest training sprite median distance {distances.median():.1f}   (real: {real_distances.median():.1f})")
    print(f"nearly identical (< {NEARLY_IDENTICAL:g}) {copied:.1%}   (real, unseen sprites: {real_copied:.1%})")
    figures |= {
        "background_median": white[0],
        "background_p99": white[1],
        "speckled_share": speck,
        "speckled_share_real": real_speck,
        "memorised_share": copied,
        "memorised_share_real": real_copied,
        "nearest_median": distances.median().item(),
        "nearest_median_real": real_distances.median().item(),
    }
    if args.sheet:
        save_png(sheet(to_uint8(x0), training.images[index.numpy()], args.per_class), args.sheet)
        print(f"wrote {args.sheet}: samples, and below each its nearest training sprite")
    if args.json:
        with open(args.json, "w") as file:
            json.dump(figures, file, indent=1)


def whiteness(x0: torch.Tensor) -> list[float]:
    """How far backgrounds are from white, in 1/255: median, 99th percentile, and means over the four 2x2 phases."""
    off, where = deviation(x0), background(x0)
    phases = [off[:, y::2, x::2][where[:, y::2, x::2]].mean().item() for y in range(2) for x in range(2)]
    return [*np.quantile(off[where].numpy(), [0.5, 0.99]).tolist(), *phases]


def sheet(samples: np.ndarray, neighbours: np.ndarray, per_class: int, columns: int = 20) -> np.ndarray:
    """The first samples of each class in rows, below each row its nearest training sprites."""
    rows = []
    for first in range(0, len(samples), per_class):
        own = slice(first, first + min(columns, per_class))
        rows += [samples[own], neighbours[own]]
    return grid(np.concatenate(rows), columns=min(columns, per_class), scale=4)


if __name__ == "__main__":
    main()
