"""python -m benchmarks.lessons: are the lessons' words about this network true? It prints what their numbers come from.

guesses  what the network makes out in a noisy sprite at one look: how far off it is, whether it is sharp or a blur, and
         whether a sharp one is another sprite. On sprites of the training set, and on others.
noises   how far guesses of one sprite differ when it is hidden by other noise.
forks    a run draws heroes and is asked for food from some step on: how many become food?
mixes    what a classifier takes sprites of two classes at once for, mixed in both ways.
sheets   DDPM with and without its fresh noise: how different are its sprites, and are they sharp?
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import torch
from torch import Tensor

from core import GenerateConfig, NoiseSchedule, generate, last, load
from core.checkpoint import Model
from core.cli import Parser
from core.data import SpriteData, built_in
from core.metrics import background, diversity, features, load_classifier, predict
from core.prediction import to_prediction

from .classifier import TEST_SEED, TRAINING_SEED

TIMESTEPS = (25, 50, 100, 144, 200, 250, 300, 350, 380, 396, 410, 420, 430, 440, 450, 460, 470, 480, 490, 500)
FORKS, FORK_GUIDANCE = (2, 5, 10, 15, 20, 25), (1.0, 3.0)
NOISES = 8
MIXES = ({"hero": 0.5, "food": 0.5}, {"hero": 0.5, "side-facing": 0.5}, {"hero": 1.0, "side-facing": 1.0})
NOISE_SCALES = (0.0, 0.5, 1.0)
SAME_OUTLINE = 0.9  # of the pixels that either sprite covers, the share that both cover


@dataclass(frozen=True)
class Guesses:
    """One guess x0 (N, 3, 16, 16) for each hidden sprite; sharp is judged beside `real` sprites of its class."""

    x0: Tensor
    hidden: SpriteData
    real: SpriteData

    def off(self, which: Tensor | None = None) -> float:
        """Root mean square of all differences of colour, of 255; nan if there are none."""
        squares = (self.x0 - self.hidden.x0()).square().mean((1, 2, 3))
        return squares[slice(None) if which is None else which].mean().sqrt().item() * 127.5

    def sharp(self) -> Tensor:
        """(N,) bool: its edges are as strong as those of 19 real sprites of 20. Those of a blur are weak."""
        own, real, sharp = edges(self.x0), edges(self.real.x0()), torch.zeros(len(self.x0), dtype=torch.bool)
        labels, real_labels = torch.from_numpy(self.hidden.labels), torch.from_numpy(self.real.labels)
        for k in labels.unique():
            sharp[labels == k] = own[labels == k] >= real[real_labels == k].quantile(0.05)
        return sharp

    def same_outline(self) -> Tensor:
        """(N,) bool: it covers the same pixels as the hidden sprite, nearly."""
        own, hidden = ~background(self.x0), ~background(self.hidden.x0())
        both, either = (own & hidden).sum((1, 2)), (own | hidden).sum((1, 2))
        return both >= SAME_OUTLINE * either

    def another(self) -> Tensor:
        """(N,) bool: sharp, but of another outline."""
        return self.sharp() & ~self.same_outline()


def edges(x0: Tensor) -> Tensor:
    """(N,): the mean difference between neighbouring pixels."""
    return x0.diff(dim=2).abs().mean((1, 2, 3)) + x0.diff(dim=3).abs().mean((1, 2, 3))


@torch.inference_mode()
def guess(
    model: Model, hidden: SpriteData, real: SpriteData, schedule: NoiseSchedule, t: int, *, told: bool
) -> Guesses:
    """The network's x0 from x_t of every hidden sprite, each with noise of its own (the same at every t)."""
    x0, weights = hidden.x0(), hidden.weights() if told else torch.zeros_like(hidden.weights())
    x_t = schedule.add_noise(x0, t, torch.randn(x0.shape, generator=torch.Generator().manual_seed(0)))
    raw = model.run(x_t, torch.full((len(x0),), schedule.log_snr_at(t)), weights)
    kind = model.network.config.prediction_type
    return Guesses(to_prediction(raw, x_t, schedule.alpha_bar_at(t), kind, clip_x0=True).x0, hidden, real)


def guesses(model: Model, count: int) -> None:
    """Print a row for every timestep, of `count` sprites a class."""
    schedule, sets = NoiseSchedule.cosine(500), [built_in(count, seed) for seed in (TRAINING_SEED, TEST_SEED)]
    print(f"Guesses from {len(sets[0].images)} sprites of the training set and as many that the network never saw.")
    print("off: root mean square of the differences of colour, of 255. +: class told, -: not told.")
    print("another: sharp, but of another outline; then how far off these are, and how far those that are not sharp.\n")
    print("       noise /  training    unseen     |  class told, unseen            |  class not told, unseen")
    print("  t    sprite   off+  off-  off+  off- | sharp outline another off blur | sharp outline another off blur")
    for t in TIMESTEPS:
        found = [guess(model, hidden, sets[1], schedule, t, told=told) for hidden in sets for told in (True, False)]
        line = f"{t:3} {schedule.sigma[t]:9.2f}  " + " ".join(f"{g.off():5.1f}" for g in found)
        for g in found[2:]:
            sharp, another = g.sharp(), g.another()
            shares = " ".join(f"{w.float().mean():6.0%}" for w in (sharp, g.same_outline(), another))
            line += f" | {shares} {g.off(another):5.0f} {g.off(~sharp):5.0f}"
        print(line, flush=True)
    for name, data in zip(("training", "unseen"), sets, strict=True):
        spread = within_classes(data)
        print(
            f"{name}: from the mean of its class a sprite is {spread:.0f} off, from another one {2**0.5 * spread:.0f}"
        )


@torch.inference_mode()
def noises(model: Model, count: int) -> None:
    """Print how far guesses of a sprite differ from each other, of 255, from NOISES noises; mean of `count` a class."""
    schedule, data = NoiseSchedule.cosine(500), built_in(count, TRAINING_SEED)
    generator, kind = torch.Generator().manual_seed(0), model.network.config.prediction_type
    x0, weights = data.x0().repeat(NOISES, 1, 1, 1), data.weights().repeat(NOISES, 1)
    eps = torch.randn(x0.shape, generator=generator)
    print(f"Guesses of a sprite from {NOISES} noises, class told: root mean square of their differences, of 255")
    for t in TIMESTEPS:
        x_t = schedule.add_noise(x0, t, eps)
        raw = model.run(x_t, torch.full((len(x0),), schedule.log_snr_at(t)), weights)
        found = to_prediction(raw, x_t, schedule.alpha_bar_at(t), kind, clip_x0=True).x0
        spread = found.unflatten(0, (NOISES, -1)).var(0).mul(2).mean().sqrt().item() * 127.5
        print(f"{t:3} {spread:6.1f}")


def within_classes(data: SpriteData) -> float:
    """How far sprites are from the mean of their class, as Guesses.off; from each other it is sqrt(2) times as much."""
    x0, labels = data.x0(), torch.from_numpy(data.labels)
    own = [x0[labels == k] for k in labels.unique()]
    return torch.cat([x - x.mean(0) for x in own]).square().mean().sqrt().item() * 127.5


def forks(model: Model, count: int) -> None:
    """Print how many of `count` heroes, by DDIM in 50 steps, become food if that is asked for from a step on."""
    classifier, names, _ = load_classifier()
    print(f"{count} heroes by DDIM in 50 steps that are asked for food from a step on: food, still heroes, others")
    for scale in FORK_GUIDANCE:
        config = GenerateConfig({"hero": 1.0}, count, num_inference_steps=50, guidance_scale=scale)
        steps = list(generate(model, config))
        for at in FORKS:
            forked = generate(model, replace(config, weights={"food": 1.0}), after=tuple(steps[:at]))
            found = predict(classifier, last(forked).x_prev)
            food, hero = ((found == names.index(name)).sum().item() for name in ("food", "hero"))
            print(f"guidance {scale:g}, step {at:2}: {food:4} {hero:4} {count - food - hero:4}", flush=True)


def mixes(model: Model, count: int) -> None:
    """Print what `count` sprites of each of MIXES, by DDIM in 25 steps, are taken for."""
    classifier, names, _ = load_classifier()
    print(f"{count} sprites of a mix by DDIM in 25 steps: how many are taken for which class")
    for weights in MIXES:
        for way in ("embedding", "prediction"):
            config = GenerateConfig(weights, count, num_inference_steps=25, mixing=way)
            found = predict(classifier, last(generate(model, config)).x_prev)
            counts = ", ".join(f"{name} {(found == k).sum().item()}" for k, name in enumerate(names))
            mix = " + ".join(f"{weight:g} {name}" for name, weight in weights.items())
            print(f"{mix}, mixed {way}s: {counts}", flush=True)


def sheets(model: Model, count: int) -> None:
    """Print how diverse and sharp `count` sprites of each class are by DDPM in 50 steps, with and without its noise."""
    (classifier, _, _), real = load_classifier(), built_in(100, TEST_SEED)
    print(
        f"{count} sprites of a class by DDPM in 50 steps; diversity and edges as shares of those of 100 real sprites;"
    )
    print("off: how far they are from each other, root mean square, of 255")
    for k, name in enumerate(model.class_names):
        own = real.x0()[torch.from_numpy(real.labels) == k]
        for noise_scale in NOISE_SCALES:
            config = GenerateConfig({name: 1.0}, count, 0, "ddpm", 50, noise_scale=noise_scale)
            x0 = last(generate(model, config)).x_prev
            diverse = diversity(features(classifier, x0)) / diversity(features(classifier, own))
            off = (2 * x0.var(0).mean()).sqrt().item() * 127.5
            strength = (edges(x0).mean() / edges(own).mean()).item()
            line = f"{name:12} lambda {noise_scale:3}: diversity {diverse:4.0%}, off {off:5.1f}, edges {strength:4.0%}"
            print(line, flush=True)


PARTS = {
    "guesses": (guesses, 40),
    "noises": (noises, 40),
    "forks": (forks, 25),
    "mixes": (mixes, 100),
    "sheets": (sheets, 16),
}  # and sprites, a class


def main(argv: Sequence[str] | None = None) -> None:
    parser = Parser(prog="python -m benchmarks.lessons", description=__doc__)
    parser.add_argument("parts", nargs="*", metavar="PART", help="which (default: all)")
    parser.add_argument(
        "--sprites", type=int, help="of a class (default: 40 to guess, 25 forks, 100 mixes, 16 a sheet)"
    )
    args = parser.parse_args(argv)
    if unknown := set(args.parts) - set(PARTS):
        parser.error(f"there is no part {', '.join(sorted(unknown))}; the parts are {', '.join(PARTS)}")
    model = load(device="cpu")
    with torch.inference_mode():
        for name in args.parts or PARTS:
            part, count = PARTS[name]
            part(model, args.sprites or count)
            print()


if __name__ == "__main__":
    main()
