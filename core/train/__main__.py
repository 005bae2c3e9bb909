"""The command line of train: python -m core.train --help. It keeps checkpoints and sample sheets as it goes."""

from __future__ import annotations

import argparse
import time
from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np
import torch

from ..checkpoint import Model, load, save
from ..cli import Parser
from ..data import SpriteData, built_in, load_data
from ..generate import GenerateConfig, generate, last
from ..networks import UNetConfig
from ..prediction import PREDICTION_TYPES
from ..render import grid, save_png, to_uint8
from . import TrainConfig, Trainer, TrainStep
from .engine import PRECISIONS, engine_for
from .graph import GraphTrainer
from .log import log_to

RESUMABLE = "last.safetensors"  # in a run's folder


def sample_sheet(model: Model, per_class: int = 8) -> np.ndarray:
    """Sprites of each class from fixed seeds, a row a class -> (H, W, 3) uint8."""
    network = "distilled" if model.distilled else "sprites"
    configs = [GenerateConfig(weights={name: 1.0}, count=per_class, network=network) for name in model.class_names]
    rows = [last(generate(model, config)).x_prev for config in configs]
    return grid(to_uint8(torch.cat(rows)), columns=per_class)


class Progress:
    """One line that is rewritten: share done, images per second, running loss, time left."""

    def __init__(self, trainer: Trainer) -> None:
        self._trainer, self._start, self._first, self._shown = trainer, time.monotonic(), trainer.images_seen, 0.0

    def show(self, step: TrainStep) -> None:
        now, total = time.monotonic(), self._trainer.config.steps * self._trainer.config.batch_size
        if now - self._shown < 1 and step.images_seen < total:
            return
        self._shown = now
        rate = (step.images_seen - self._first) / (now - self._start)
        left = (total - step.images_seen) / rate
        share = step.images_seen / total
        bar = "#" * round(24 * share)
        print(
            f"\r[{bar:24}] {share:6.1%}  {step.images_seen:,} images  epoch {self._trainer.epoch:.2f}  "
            f"{rate:.0f} images/s  loss {self._trainer.recent_loss:.4f}  lr {step.learning_rate:.1e}  "
            f"{int(left // 3600)}:{int(left // 60) % 60:02}:{int(left) % 60:02} left ",
            end="",
            flush=True,
        )


def default_device() -> str:
    """The GPU where there is one."""
    return "cuda" if torch.cuda.is_available() else "cpu"


def check_device(device: str) -> None:
    """Raise ValueError if this machine has no such device."""
    try:
        torch.zeros(1, device=device)
    except (RuntimeError, AssertionError) as error:  # AssertionError: a build of torch without CUDA
        raise ValueError(f"--device {device} cannot be used on this machine") from error


def go_on(trainer: Trainer, folder: Path) -> None:
    """Go on with the run in `folder`, if one was interrupted there. Raises ValueError if it is another run's."""
    folder.mkdir(parents=True, exist_ok=True)
    if (folder / RESUMABLE).exists():
        trainer.resume(folder / RESUMABLE)
        if trainer.engine.index == 0:
            print(f"resuming after {trainer.images_seen:,} images")


def train(
    trainer: Trainer,
    folder: Path,
    *,
    snapshots: Sequence[int],
    save_seconds: float,
    log: Callable[[TrainStep], None] = lambda step: None,
) -> Path:
    """Drive a run and keep its files in `folder`; returns the path of the finished checkpoint.

    last.safetensors to resume from; at each epoch of `snapshots` half-precision checkpoints of the averaged and of the
    raw weights and a sheet of samples of the former; and at the end final.safetensors with its sheet. Of several
    processes the first writes.
    """

    def keep(name: str, dtype: torch.dtype) -> Path:
        model = trainer.model()
        save(folder / f"{name}.safetensors", model, dtype=dtype)
        save_png(sample_sheet(model), folder / f"{name}.png")
        return folder / f"{name}.safetensors"

    def snapshot(epoch: int) -> None:
        keep(f"epoch-{epoch:03}", torch.float16)
        save(folder / f"epoch-{epoch:03}-raw.safetensors", trainer.model(averaged=False), dtype=torch.float16)

    if trainer.engine.index > 0:
        for _ in trainer.run():
            pass
        return folder / "final.safetensors"
    resumable, saved, progress = folder / RESUMABLE, time.monotonic(), Progress(trainer)
    passed = trainer.epoch
    if trainer.step == 0 and 0 in snapshots:
        snapshot(0)
    for step in trainer.run():
        progress.show(step)
        log(step)
        for epoch in snapshots:
            if passed < epoch <= trainer.epoch:
                snapshot(epoch)
        passed = trainer.epoch
        if time.monotonic() - saved > save_seconds:
            trainer.save(resumable)
            saved = time.monotonic()
    trainer.save(resumable)
    print()
    return keep("final", torch.float32)


def main(argv: Sequence[str] | None = None) -> None:
    """Train, or go on with a run that was interrupted; wrong input ends with status 2 and one sentence."""
    run, unet = TrainConfig(), UNetConfig()
    parser = Parser(
        prog="python -m core.train", description="Train the sprite network. Interrupt it, run it again: it goes on."
    )
    parser.add_argument("--out", default="runs/sprites", help="folder for checkpoints and sample sheets")
    parser.add_argument(
        "--data",
        metavar="PATH",
        help="folder or .zip of pictures with a sub-folder a class, sheet of sprites, .npz with images and labels, or "
        ".npy images (default: built-in sprites)",
    )
    parser.add_argument(
        "--size",
        type=int,
        help="side of the pictures, 8 ... 64 (default: that of --data if all are squares of one such size, else 16)",
    )
    parser.add_argument("--tile", type=int, help="side of the sprites in a sheet (default: guessed); 0 to cut no sheet")
    parser.add_argument("--labels", metavar="FILE.npy", help="labels for .npy images: one-hot rows, indices or words")
    parser.add_argument("--classes", metavar="NAMES", help="names of the classes of .npy or .npz data, by commas")
    parser.add_argument("--per-class", type=int, default=5000, help="built-in sprites to draw of each class")
    parser.add_argument("--images", type=int, default=run.images, help="sprites to learn from in all, over all epochs")
    parser.add_argument("--batch-size", type=int, default=run.batch_size, help="sprites an optimizer step")
    parser.add_argument(
        "--sketch-batch-size", type=int, default=run.sketch_batch_size, help="the same for the network's sketch"
    )
    parser.add_argument("--learning-rate", type=float, default=run.learning_rate, help="peak learning rate (AdamW)")
    parser.add_argument(
        "--decay-share", type=float, default=run.decay_share, help="last part of the run in which it falls to 0"
    )
    parser.add_argument("--weight-decay", type=float, default=run.weight_decay, help="AdamW weight decay")
    parser.add_argument("--clip-norm", type=float, default=run.clip_norm, help="gradients are clipped to this norm")
    parser.add_argument(
        "--ema-decay", type=float, default=run.ema_decay, help="decay of the averaged weights, which are kept"
    )
    parser.add_argument(
        "--condition-dropout", type=float, default=run.condition_dropout, help="share trained without class"
    )
    parser.add_argument(
        "--prediction-type", choices=PREDICTION_TYPES, default=unet.prediction_type, help="what to predict"
    )
    parser.add_argument(
        "--channels",
        default=",".join(map(str, unet.channels)),
        help="features at full size, at half, ...",
    )
    parser.add_argument("--blocks", default=",".join(map(str, unet.blocks)), help="residual blocks at each level")
    parser.add_argument("--embedding", type=int, default=unet.embedding, help="width of the embeddings, even")
    parser.add_argument("--sketch", type=int, default=unet.sketch, help="width of the sketch; 0 for none")
    parser.add_argument("--init", metavar="FILE", help="a checkpoint to start from instead of random weights")
    parser.add_argument(
        "--log-snr-shift", type=float, default=run.log_snr_shift, help="of the noise levels; below 0: more noise"
    )
    parser.add_argument("--seed", type=int, default=run.seed, help="seed of weights, order, noise and dropout")
    parser.add_argument(
        "--snapshots", default="0,4,8,31", help="epochs at which to keep small weights and a sample sheet"
    )
    parser.add_argument("--save-seconds", type=float, default=60, help="how often to write last.safetensors")
    parser.add_argument("--device", default=default_device(), help="where to train")
    parser.add_argument("--precision", choices=PRECISIONS, help="bf16 for mixed precision (default: fp32)")
    parser.add_argument("--accumulate", type=int, default=1, help="parts of a batch, which take less memory")
    parser.add_argument("--graph", action="store_true", help="the whole step as one CUDA graph, compiled: see graph.py")
    parser.add_argument("--log", choices=("tensorboard", "trackio"), help="where to log, beside the terminal")
    args = parser.parse_args(argv)
    folder = Path(args.out)
    try:
        config = TrainConfig(
            images=args.images,
            batch_size=args.batch_size,
            sketch_batch_size=args.sketch_batch_size,
            learning_rate=args.learning_rate,
            decay_share=args.decay_share,
            weight_decay=args.weight_decay,
            clip_norm=args.clip_norm,
            ema_decay=args.ema_decay,
            condition_dropout=args.condition_dropout,
            log_snr_shift=args.log_snr_shift,
            seed=args.seed,
        )
        channels, blocks, snapshots = (_whole_numbers(text) for text in (args.channels, args.blocks, args.snapshots))
        if args.per_class < 1:
            raise ValueError(f"--per-class must be at least 1; got {args.per_class}")
        data = _data(args, halved=len(channels) - 1)
        shape = UNetConfig(
            len(data.class_names),
            channels,
            blocks,
            args.embedding,
            sketch=args.sketch,
            prediction_type=args.prediction_type,
            image_size=data.shape[1],
        )
        check_device(args.device)
        engine = engine_for(args.device, args.precision, args.accumulate)
        if args.graph:
            trainer: Trainer = GraphTrainer(data, shape, config, engine, compiled=engine.device.type == "cuda")
        else:
            trainer = Trainer(data, shape, config, engine)
        if args.init:
            trainer.start_from(load(args.init))
        go_on(trainer, folder)
        log = log_to(args.log, folder) if args.log and engine.index == 0 else lambda step: None
    except (ValueError, OSError) as error:
        parser.error(str(error))
    say = print if engine.index == 0 else lambda text: None
    named = [f"{name} ({(data.labels == k).sum():,})" for k, name in enumerate(data.class_names)]
    counts = f"{len(named)} classes: {', '.join(named[:12])}{' …' if len(named) > 12 else ''}"
    for note in data.notes:
        say(f"{data.name}: {note}")
    if args.data:
        say(f"{data.name}: pictures of {data.shape[1]} x {data.shape[2]} pixels, and a network for these")
    parameters = sum(p.numel() for p in trainer.network.parameters())
    many = f", {engine.processes} processes" if engine.processes > 1 else ""
    say(f"{parameters:,} parameters on {args.device}{many}; {data.name}: {len(data.images):,} sprites of {counts}")
    try:
        final = train(trainer, folder, snapshots=snapshots, save_seconds=args.save_seconds, log=log)
    except KeyboardInterrupt:
        # Nothing is saved here: the interrupt may have come in the middle of a step.
        parser.exit(130, "\nstopped; run the same command to go on from the last save\n")
    engine.finish()
    say(f"wrote {final}; final loss {trainer.recent_loss:.4f}")


def _data(args: argparse.Namespace, halved: int) -> SpriteData:
    """The pictures that the command names; the network halves them so many times. Raises ValueError."""
    if args.data:
        classes = args.classes and [name.strip() for name in args.classes.split(",")]
        return load_data(args.data, args.labels, classes, size=args.size, multiple=2**halved, tile=args.tile)
    if args.labels or args.classes or args.size is not None or args.tile is not None:
        raise ValueError("--labels, --classes, --size and --tile belong to --data, which is missing")
    return built_in(args.per_class)


def _whole_numbers(text: str) -> tuple[int, ...]:
    try:
        return tuple(int(part) for part in text.split(",") if part.strip())
    except ValueError:
        raise ValueError(f"expected whole numbers separated by commas; got {text!r}") from None


if __name__ == "__main__":
    main()
