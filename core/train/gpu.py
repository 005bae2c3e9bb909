"""What a machine with one GPU can improve in so many minutes: python -m core.train.gpu, resumable any number of times.

Each call goes on from the last, or from the shipped network, with the learning rate of a run of its own, which ends
at 0. It saves before it evaluates. At its end it distils a student from the best average, anew in each call: paths of a
network that has changed are no longer its own.
"""

from __future__ import annotations

import json
import math
import os
import shutil
import time
from collections.abc import Callable, Sequence
from dataclasses import asdict
from functools import lru_cache
from pathlib import Path

import torch
from safetensors import safe_open
from torch import Tensor

from ..checkpoint import SHIPPED, Model, load, save, write_atomically
from ..checks import check_number, check_whole
from ..cli import Parser
from ..data import built_in
from ..generate import MAX_COUNT, GenerateConfig, generate, last
from ..metrics import features, frechet_distance, load_classifier, predict
from ..networks import channels_last
from . import TrainConfig
from .__main__ import check_device, default_device
from .distill import Distillation, walk
from .engine import PRECISIONS, Engine
from .graph import GraphTrainer, matmul_flops

DECAYS = (0.9999, 0.9995, 0.99997)  # of the averages that are kept
SHIFTS = (0.0, -2.0)  # of the noise levels, each of half a batch
MAX_BYTES = 15_000_000  # of a file
EVALUATION = (100.0, 0.2)  # seconds that the end of a call is for, and the most of it
SAVE_SECONDS = 60.0
STEPS = (25, 50)  # of DDIM
STUDENT, STUDENT_STEPS = "distilled.safetensors", 4
WALKING, LEARNING = 0.4, 0.9  # of a student's time: until its paths are walked, until it has learned
TRIED = 500  # paths, which say how fast others are walked
REFERENCE_SEED = 3  # of the real sprites that samples are held against
REPORT = "report.json"
Report = dict[str, object]


def save_state(trainer: GraphTrainer, folder: Path, report: Report) -> None:
    """Write averages (checkpoints in half precision), weights, Adam's moments (bfloat16) and the report.

    The folder appears whole or not at all: it is written beside its place and moved there.
    """
    new, old = folder.with_name(f"{folder.name}.new"), folder.with_name(f"{folder.name}.old")
    shutil.rmtree(new, ignore_errors=True)
    new.mkdir(parents=True)
    for decay in trainer.averages:
        save(new / f"average-{decay}.safetensors", averaged(trainer, decay), dtype=torch.float16)
    tensors, metadata = trainer.state()
    parts: list[dict[str, Tensor]] = [{}]
    size = 0
    for name, tensor in tensors.items():
        if name.startswith("average."):
            continue
        if ".exp_avg" in name:
            tensor = tensor.bfloat16()
        if size + tensor.nbytes > MAX_BYTES:
            parts.append({})
            size = 0
        parts[-1][name] = tensor
        size += tensor.nbytes
    for k, part in enumerate(parts):
        write_atomically(new / f"state-{k}.safetensors", part, metadata)
    write_report(new, report)
    if (folder / STUDENT).exists():  # until there is a newer one
        shutil.copy(folder / STUDENT, new)
    shutil.rmtree(old, ignore_errors=True)
    if folder.exists():
        os.replace(folder, old)
    os.replace(new, folder)
    shutil.rmtree(old, ignore_errors=True)


def resume_state(trainer: GraphTrainer, folder: Path) -> bool:
    """Go on from save_state, if it was ever called there. Raises ValueError if that was another run."""
    new = folder.with_name(f"{folder.name}.new")
    if not folder.exists() and new.exists() and folder.with_name(f"{folder.name}.old").exists():
        os.replace(new, folder)  # killed between two moves: the new one is whole
    files = sorted(folder.glob("state-*.safetensors"))
    if not files:
        return False
    tensors: dict[str, Tensor] = {}
    for path in files:
        with safe_open(path, framework="pt") as file:
            metadata = file.metadata()
            tensors |= {name: file.get_tensor(name).float() for name in file.keys()}  # noqa: SIM118 - not a dict
    kept = {d: load(folder / f"average-{d}.safetensors", "cpu", backend="torch").network for d in trainer.averages}
    tensors |= {f"average.{name}": value for name, value in kept[trainer.config.ema_decay].state_dict().items()}
    record = json.loads(metadata["run"])
    trainer.started_from = record.get("started_from", {})
    trainer.restore(tensors, metadata, folder)
    for decay, average in trainer.averages.items():
        average.load_state_dict(kept[decay].state_dict())
        channels_last(average, trainer.device)
    return True


def write_report(folder: Path, report: Report) -> None:
    draft = folder / f"{REPORT}.draft"
    draft.write_text(json.dumps(report, indent=1), encoding="utf-8")
    os.replace(draft, folder / REPORT)


def averaged(trainer: GraphTrainer, decay: float) -> Model:
    """The average of that decay, with the record of its training."""
    model = trainer.model()
    how = asdict(trainer.config) | {"images": trainer.images_seen, "ema_decay": decay, "log_snr_shift": list(SHIFTS)}
    return Model(trainer.averages[decay].eval(), model.class_names, {**model.info, "train_config": how})


@lru_cache(maxsize=1)
def reference() -> Tensor:
    """What real sprites are like to the classifier, (10,000, 64)."""
    return features(load_classifier()[0], built_in(2000, REFERENCE_SEED).x0())


def quality(model: Model, samples: int, steps: int, network: str = "sprites") -> dict[str, float]:
    """Fréchet distance to real sprites and the share of the right class, of so many by DDIM without guidance.

    network: what the model is called, which says what timesteps it takes.
    """
    classifier, names, _ = load_classifier()
    drawn, labels = [], []
    for k, name in enumerate(names):
        for first in range(0, samples // len(names), MAX_COUNT):
            count = min(MAX_COUNT, samples // len(names) - first)
            seed = 1_000_000 + 100_000 * k + first
            config = GenerateConfig({name: 1.0}, count, seed, num_inference_steps=steps, network=network)
            drawn.append(last(generate({network: model}, config)).x_prev.cpu().clamp(-1, 1))
            labels += [k] * count
    x0 = torch.cat(drawn)
    right = (predict(classifier, x0) == torch.tensor(labels)).double().mean().item()
    return {"fd": round(frechet_distance(features(classifier, x0), reference()), 4), "class_accuracy": round(right, 4)}


def main(argv: Sequence[str] | None = None) -> None:
    """Train the shipped network on for so many minutes, save, evaluate."""
    started = time.monotonic()
    parser = Parser(prog="python -m core.train.gpu", description="Train the sprite network on one GPU.")
    parser.add_argument("--minutes", type=float, default=9, help="of the clock, from the start to the last evaluation")
    parser.add_argument("--out", default="runs/gpu", help="folder for the state: at most 8 files of at most 16 MB")
    parser.add_argument("--init", metavar="FILE", help="what to start from (default: the shipped network)")
    parser.add_argument("--per-class", type=int, default=5000, help="built-in sprites to draw of each class")
    parser.add_argument("--batch-size", type=int, default=1024, help="sprites a step")
    parser.add_argument("--sketch-batch-size", type=int, default=4096, help="the same for the network's sketch")
    parser.add_argument("--learning-rate", type=float, default=1.5e-3, help="peak learning rate (AdamW)")
    parser.add_argument("--decay-share", type=float, default=0.6, help="last part of a call in which it falls to 0")
    parser.add_argument("--weight-decay", type=float, default=0.03, help="AdamW weight decay")
    parser.add_argument("--student-share", type=float, default=0.25, help="of the time, for a student; 0 for none")
    parser.add_argument("--paths", type=int, default=20_000, help="paths that the student learns from, at most")
    parser.add_argument("--samples", type=int, default=2000, help="sprites to draw in each evaluation")
    parser.add_argument("--seed", type=int, default=7, help="seed of sprites, noise and dropout")
    parser.add_argument("--device", default=default_device(), help="where to train; a CPU does it without a graph")
    parser.add_argument("--precision", choices=PRECISIONS, default="bf16", help="bf16 for mixed precision")
    parser.add_argument("--no-compile", action="store_true", help="leave out torch.compile, which takes a minute")
    args = parser.parse_args(argv)
    try:
        check_number("--minutes", args.minutes, 0.01, 1440)
        check_number("--student-share", args.student_share, 0, 0.9)
        check_whole("--paths", args.paths, 10, 1_000_000)
        check_device(args.device)
        first = load(args.init or SHIPPED, args.device, backend="torch")
        config = TrainConfig(
            batch_size=args.batch_size,
            sketch_batch_size=args.sketch_batch_size,
            learning_rate=args.learning_rate,
            decay_share=args.decay_share,
            weight_decay=args.weight_decay,
            ema_decay=DECAYS[0],
            seed=args.seed,
        )
        trainer = GraphTrainer(
            built_in(args.per_class),
            first.network.config,
            config,
            Engine(args.device, args.precision),
            shifts=SHIFTS,
            decays=DECAYS,
            every=20 if args.device.startswith("cuda") else 1,
            compiled=not args.no_compile and args.device.startswith("cuda"),
        )
        folder = Path(args.out)
        if not resume_state(trainer, folder):
            trainer.start_from(first)
    except (ValueError, OSError) as error:
        parser.error(str(error))
    end = started + 60 * args.minutes
    own_end = end - args.student_share * 60 * args.minutes
    report = learn(trainer, folder, own_end - min(EVALUATION[0], EVALUATION[1] * (own_end - started)))
    evaluate(trainer, first, folder, report, args.samples, lambda: time.monotonic() < own_end)
    if args.student_share:
        teach_student(trainer, folder, report, args.paths, args.samples, end)


def learn(trainer: GraphTrainer, folder: Path, end: float) -> Report:
    """Train until that time of time.monotonic(), saving on the way; the report of it."""
    flops = trainer.flops()
    peak = matmul_flops(trainer.device, torch.bfloat16 if trainer.engine.precision == "bf16" else torch.float32)
    print(f"{trainer.images_seen:,} images so far; {flops / 1e9:,.1f} GFLOP a step; {peak / 1e12:.2f} TFLOP/s at best")
    begun, before, first = time.monotonic(), trainer.images_seen, 0
    report: Report = {}

    def done() -> float:
        return (time.monotonic() - begun) / max(end - begun, 1e-9)

    for step in trainer.run(done):
        now = time.monotonic()
        if not first:  # capture and compilation are over
            first, measured_from, saved = step.images_seen, now, now
        seconds = now - measured_from
        rate = (step.images_seen - first) / seconds if seconds else 0.0
        report = {
            "images_seen": step.images_seen,
            "images_of_this_call": step.images_seen - before,
            "seconds_until_the_first_steps": round(measured_from - begun, 1),
            "seconds_since": round(seconds, 1),
            "images_per_s": round(rate, 1),
            "share_of_peak": round(rate / trainer.config.batch_size * flops / peak, 4),
            "loss": round(step.loss, 5),
        }
        if now - saved > SAVE_SECONDS:
            save_state(trainer, folder, report)
            saved = time.monotonic()
            print(json.dumps(report), flush=True)
    save_state(trainer, folder, report)
    print(json.dumps(report), flush=True)
    return report


def evaluate(
    trainer: GraphTrainer, first: Model, folder: Path, report: Report, samples: int, in_time: Callable[[], bool]
) -> None:
    """Note the quality of each average, and of what it all started from, while there is time."""
    models = {f"average-{decay}": averaged(trainer, decay) for decay in trainer.averages} | {"before": first}
    report["samples"] = samples
    for steps in STEPS:
        for name, model in models.items():
            if not in_time():
                print("no time is left for more evaluations; the state is saved")
                return
            report[f"{name}, DDIM-{steps}"] = found = quality(model, samples, steps)
            write_report(folder, report)
            print(f"{name}, DDIM-{steps}: {json.dumps(found)}", flush=True)


def best(trainer: GraphTrainer, report: Report) -> Model:
    """The average with the least Fréchet distance, as far as they have been evaluated."""

    def distance(decay: float) -> float:
        found = report.get(f"average-{decay}, DDIM-{STEPS[0]}")
        return found["fd"] if isinstance(found, dict) else math.inf

    return averaged(trainer, min(trainer.averages, key=distance))


def teach_student(trainer: GraphTrainer, folder: Path, report: Report, most: int, samples: int, end: float) -> None:
    """Distil the best average until that time of time.monotonic(), from so many paths at most; save, evaluate."""
    teacher, seed = best(trainer, report), trainer.config.seed
    begun = time.monotonic()
    walk(teacher, TRIED, seed)
    each = max(time.monotonic() - begun, 1e-3) / TRIED
    count = max(10, min(most, int(WALKING * (end - begun) / each)))
    config = TrainConfig(learning_rate=1e-3, decay_share=0.9, condition_dropout=0, seed=seed)
    student = Distillation(teacher, walk(teacher, count, seed), config, trainer.device)
    learning, until = time.monotonic(), begun + LEARNING * (end - begun)
    for _ in student.run(lambda: (time.monotonic() - learning) / max(until - learning, 1e-9)):
        pass
    model = student.model()
    save(folder / STUDENT, model, dtype=torch.float16)
    found: dict[str, float] = {"paths": count, "images_seen": student.images_seen}
    report["student"] = found
    write_report(folder, report)
    report["student"] = found = found | quality(model, samples, STUDENT_STEPS, "distilled")
    write_report(folder, report)
    print(f"student, {STUDENT_STEPS} steps: {json.dumps(found)}", flush=True)


if __name__ == "__main__":
    main()
