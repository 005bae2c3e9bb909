"""Distil the network: learn where a path ends from every state on it, so that 1, 2 or 4 evaluations draw a sprite.

The probability-flow ODE leads every x_t to one sprite. The teacher walks whole paths, from noise to sprite. The student
starts as the teacher and learns to name the end, x0, from any state of the path: a consistency function (Song et al.
2023), taught by finished paths, as Luhman & Luhman 2021 did for x_T alone. Its loss is pseudo-Huber (Song & Dhariwal
2023): where the student is unsure of the end, a denoiser's squared error would have it answer with a mean, which is a
blur; this has it answer with something like a median, which is sharper. It draws with DDIM in few steps: DDIM's step
then keeps the spread of x_t better than the fresh noise that would suit a perfect consistency function.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path

import torch
from safetensors import SafetensorError, safe_open
from torch import Tensor

from ..checkpoint import Model, digest, load, write_atomically
from ..checks import check_whole
from ..cli import Parser
from ..data import SpriteData
from ..generate import MAX_COUNT, MAX_SEED, GenerateConfig, generate
from ..networks import NetworkModule
from ..prediction import training_target
from ..render import to_uint8
from . import Batch, TrainConfig, Trainer
from .__main__ import check_device, default_device, go_on, train
from .batch import generator_for

STEPS = 16  # of a path
LEVELS = (16, 15, 14, 13, 12, 10, 8, 6, 4, 2)  # the states that are kept, in sixteenths of T
KEPT = "paths.safetensors"  # in a run's folder
HUBER = 0.03  # c of the loss: errors far below it (4 of 255) count as squares, those far above it as they are
START_SHARE = 0.4  # of a batch that starts from x_T; the rest is spread evenly over the other levels


@dataclass(frozen=True)
class Paths:
    """Walks of a teacher. x_t (L, N, C, H, W) float16, at LEVELS; log_snr (L,); x0 (N, C, H, W); labels (N,).

    A label of K, the number of classes, stands for a walk without a class.
    """

    x_t: Tensor
    log_snr: Tensor
    x0: Tensor
    labels: Tensor


def walk(teacher: Model, count: int, seed: int = 0, dropout: float = 0.1) -> Paths:
    """`count` paths by DPM-Solver++(2M), an equal share of each class and `dropout` of them without one."""
    schedule, classes = GenerateConfig().noise_schedule(), len(teacher.class_names)
    without = round(dropout * count)
    labels = torch.cat([torch.arange(count - without) % classes, torch.full((without,), classes)]).sort().values
    states, ends = [], []
    for label in range(classes + 1):
        own = int((labels == label).sum())
        name = {teacher.class_names[label]: 1.0} if label < classes else {}
        for first in range(0, own, MAX_COUNT):
            size = min(MAX_COUNT, own - first)
            # Seeds far from those that benchmarks and people use.
            config = GenerateConfig(name, size, 10**9 + seed * 10**7 + label * 10**6 + first, "dpmpp_2m", STEPS)
            steps = list(generate(teacher, config))
            by_level = {round(STEPS * step.t / schedule.num_train_timesteps): step for step in steps}
            states.append(torch.stack([by_level[level].x_t.half().cpu() for level in LEVELS]))
            ends.append(steps[-1].x_prev.cpu())
        print(f"\r{sum(len(end) for end in ends):,} of {count:,} paths ", end="", flush=True)
    print()
    log_snr = torch.stack([schedule.log_snr[by_level[level].t] for level in LEVELS]).float()
    return Paths(torch.cat(states, dim=1), log_snr, torch.cat(ends), labels)


def check_seed(teacher: Model, seed: int) -> None:
    """Raise ValueError if a path would start from a seed that there is not."""
    classes = len(teacher.class_names)
    check_whole("--seed", seed, 0, (MAX_SEED - 10**9 - (classes + 1) * 10**6) // 10**7)


def kept_paths(folder: Path, teacher: Model, count: int, seed: int) -> Paths:
    """The paths in the folder; if there are none, they are walked and kept there, so that a resumed run has them.

    Raises ValueError if those in the folder are not these.
    """
    path = folder / KEPT
    weights = digest(*teacher.network.state_dict().values())
    these = {"teacher": weights, "count": count, "seed": seed, "steps": STEPS, "levels": LEVELS}
    if not path.exists():
        paths = walk(teacher, count, seed)
        write_atomically(path, asdict(paths), {"paths": json.dumps(these)})
        return paths
    try:
        with safe_open(path, framework="pt") as file:
            found = json.loads((file.metadata() or {})["paths"])
            tensors = {key: file.get_tensor(key) for key in file.keys()}  # noqa: SIM118 - not a dict
            paths = Paths(**tensors)
    except (SafetensorError, OSError, KeyError, TypeError, ValueError) as error:
        raise ValueError(f"cannot read {path}: {error}; delete it, and the paths are walked again") from error
    if differing := sorted(key for key, value in json.loads(json.dumps(these)).items() if found.get(key) != value):
        raise ValueError(f"{path} holds other paths ({', '.join(differing)}); choose another folder, or delete it")
    return paths


def pseudo_huber(network: NetworkModule, batch: Batch) -> Tensor:
    """Mean of sqrt(e^2 + c^2) - c, (B,), over the errors e of x0 (Song & Dhariwal 2023 take a sprite's norm for e)."""
    prediction_type = network.config.prediction_type
    target = training_target(batch.x0, batch.eps, batch.alpha_bar, prediction_type)
    error = network(batch.x_t, batch.log_snr, batch.weights) - target
    if prediction_type != "x0":  # x0' - x0 = -sqrt(1 - a) (v' - v) = -sqrt((1 - a) / a) (eps' - eps)
        scale = batch.noise_share if prediction_type == "v" else batch.noise_share / batch.alpha_bar
        error = error * scale.sqrt()
    return ((error.square() + HUBER**2).sqrt() - HUBER).mean((1, 2, 3))


class Distillation(Trainer):
    """A Trainer whose batches are states of paths, and whose targets are their ends."""

    def __init__(self, teacher: Model, paths: Paths, config: TrainConfig, device: str | torch.device = "cpu") -> None:
        names = teacher.class_names
        labels = paths.labels.clamp(max=len(names) - 1).numpy()
        data = SpriteData(
            to_uint8(paths.x0)[..., : paths.x0.shape[1]], labels, names, f"{len(paths.x0)} paths of {STEPS} steps"
        )
        super().__init__(data, teacher.network.config, config, device)
        self.start_from(teacher)
        self._paths = paths
        self._rows = torch.cat([torch.eye(len(names)), torch.zeros(1, len(names))])

    def model(self, averaged: bool = True) -> Model:
        model = super().model(averaged)
        return replace(model, info={**model.info, "distilled": True})

    def _loss(self, batch: Batch) -> Tensor:
        return pseudo_huber(self.network, batch)

    def _batch(self) -> Batch:
        return self._states(self.config.batch_size, generator_for(self.config.seed, self.step))

    def _sketch_batch(self) -> Batch:
        return self._states(self.config.sketch_batch_size, generator_for(self.config.seed, 2**30 + self.step))

    def _states(self, size: int, generator: torch.Generator) -> Batch:
        paths, levels = self._paths, len(LEVELS)
        path = torch.randint(len(paths.x0), (size,), generator=generator)
        level = torch.randint(1, levels, (size,), generator=generator)
        level[torch.rand(size, generator=generator) < START_SHARE] = 0
        x0, log_snr = paths.x0[path], paths.log_snr[level]
        x_t = paths.x_t[level, path].float()
        signal, noise = (torch.sigmoid(sign * log_snr.double()).sqrt().float()[:, None, None, None] for sign in (1, -1))
        eps = (x_t - signal * x0) / noise  # so that the batch's x_t is the path's
        return Batch(x0, self._rows[paths.labels[path]], log_snr, eps)


def main(argv: Sequence[str] | None = None) -> None:
    """Walk the paths, train the student on them."""
    parser = Parser(
        prog="python -m core.train.distill",
        description="Distil the sprite network to few evaluations. Interrupt it, run it again: it goes on, with the "
        "paths that it has kept in the folder (16 kB each).",
    )
    parser.add_argument("--teacher", metavar="FILE", help="whose paths to learn (default: the shipped network)")
    parser.add_argument("--paths", type=int, default=30_000, help="how many paths the teacher walks")
    parser.add_argument("--images", type=int, default=300_000, help="states to learn from in all")
    parser.add_argument("--learning-rate", type=float, default=1e-3, help="peak learning rate (AdamW)")
    parser.add_argument("--seed", type=int, default=0, help="seed of paths and order")
    parser.add_argument("--out", default="runs/distilled", help="folder for paths, checkpoints and sample sheets")
    parser.add_argument("--device", default=default_device(), help="where to walk and train")
    args = parser.parse_args(argv)
    try:
        if args.paths < 10:
            raise ValueError(f"--paths must be at least 10; got {args.paths}")
        config = TrainConfig(
            images=args.images, learning_rate=args.learning_rate, decay_share=0.9, condition_dropout=0, seed=args.seed
        )
        check_device(args.device)
        teacher, folder = load(args.teacher, args.device), Path(args.out)
        check_seed(teacher, args.seed)
        folder.mkdir(parents=True, exist_ok=True)  # before the long walk
        trainer = Distillation(teacher, kept_paths(folder, teacher, args.paths, args.seed), config, args.device)
        go_on(trainer, folder)
    except (ValueError, OSError) as error:
        parser.error(str(error))
    except KeyboardInterrupt:
        parser.exit(130, "\nstopped while the paths were walked; run the same command again\n")
    try:
        final = train(trainer, folder, snapshots=(), save_seconds=120)
    except KeyboardInterrupt:
        parser.exit(130, "\nstopped; run the same command to go on from the last save\n")
    print(f"wrote {final}; final loss {trainer.recent_loss:.4f}")


if __name__ == "__main__":
    main()
