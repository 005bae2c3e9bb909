"""Teach the shipped network a class more: what it takes, and what it forgets."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from typing import Literal, get_args

import numpy as np
import torch

from ..checkpoint import Model, load, to_bytes
from ..checks import check_choice, check_flag, check_number, check_whole
from ..data import SpriteData
from ..generate import MAX_SEED, GenerateConfig, generate, last
from ..metrics import load_classifier, nearest, predict
from ..networks import ClassEmbedding, NetworkModule, build, channels_last
from ..render import to_uint8
from ..sprites import draw
from . import TrainConfig, Trainer
from .foreign import foreign
from .live import MINE

Learns = Literal["everything", "last", "class"]
LEARNS: tuple[str, ...] = get_args(Learns)
RATES = {"everything": 1e-3, "last": 1e-3, "class": 2e-2}
MAX_TUNING = 60  # seconds
EVERY = 2.0  # seconds from one look to the next
NEW, OLD = 8, 2  # sprites in a look: of the new class, of each old one
ALL_NEW, ALL_OLD = 16, 4  # at the end
QUICK_STEPS, STEPS = 8, 20  # of DDIM, in a look and at the end
REPLAYED = 100  # old sprites of each class, to learn from again
LIKE = 25.0  # of 255: a sprite so near to a picture is that picture, if not to the bit


@dataclass(frozen=True)
class TuneConfig:
    """How the shipped network is to learn a class more. Raises ValueError with one sentence for what cannot be.

    own: from a person's pictures; else from the eight of foreign().  learns: which of its weights may change:
    "everything", the "last" block and the embeddings, or the row of the new "class" alone.
    replay: whether half of every batch are sprites that it knows.  seconds: of the clock.
    """

    own: bool = False
    learns: Learns = "everything"
    replay: bool = True
    seconds: float = 30.0
    seed: int = 0

    def __post_init__(self) -> None:
        check_flag("own", self.own)
        check_choice("what learns", self.learns, LEARNS)
        check_flag("replay", self.replay)
        check_number("the seconds", self.seconds, 1, MAX_TUNING)
        check_whole("the seed", self.seed, 0, MAX_SEED - 100)


@dataclass(frozen=True)
class Look:
    """How far it is. new, old (N, H, W, 3) uint8: sprites of the new class and of each old one, from the same noise."""

    step: int
    seconds: float
    loss: float | None
    new: np.ndarray
    old: np.ndarray


@dataclass(frozen=True)
class Tuned:
    """What has come of it. like: sprites of the new class that are one of its pictures, within LIKE; known: sprites of
    the old classes that a classifier still names right; the shares are of all in new and old. checkpoint: a safetensors
    file."""

    new: np.ndarray
    old: np.ndarray
    like: int
    known: int
    checkpoint: bytes


def with_a_class_more(model: Model, name: str) -> Model:
    """The same network with one more class, which begins as "no class told". Raises ValueError if it has that name."""
    if name in model.class_names:
        raise ValueError(f"the network already knows a class {name!r}")
    config = model.network.config
    larger = build(replace(config, num_classes=config.num_classes + 1))
    state = model.network.state_dict()
    for part, module in model.network.named_modules():
        if isinstance(module, ClassEmbedding):
            state[f"{part}.classes"] = torch.cat([module.classes, module.null[None]]).detach()
    larger.load_state_dict(state)
    return Model(larger, (*model.class_names, name), model.info)


def tune(
    config: TuneConfig,
    own: np.ndarray | None = None,
    *,
    stopped: Callable[[], bool] = lambda: False,
    clock: Callable[[], float] = time.perf_counter,
) -> Iterator[Look | Tuned]:
    """Teach it for config.seconds: a Look every EVERY seconds, the first before it, and Tuned at last.

    own (N, 16, 16, 3) uint8: a person's pictures, where config.own.  stopped: whether to end now, with what there is.
    Raises ValueError.
    """
    pictures = pictures_of(config, own)
    model = with_a_class_more(load(device="cpu"), MINE)
    trainer = trainer_of(config, model, pictures)
    shown = Model(trainer.average.eval(), model.class_names)
    losses: list[float] = []
    begun = clock()

    def look() -> Look:
        loss = sum(losses) / len(losses) if losses else None
        losses.clear()
        new, old = drawn(shown, NEW, OLD, QUICK_STEPS, config.seed)
        return Look(trainer.step, clock() - begun, loss, to_uint8(new), to_uint8(old))

    yield look()
    next_at = clock() + EVERY
    for step in trainer.run(lambda: 1.0 if stopped() else (clock() - begun) / config.seconds):
        losses.append(step.loss)
        if clock() >= next_at:
            yield look()
            next_at = clock() + EVERY
    yield look()
    new, old = drawn(shown, ALL_NEW, ALL_OLD, STEPS, config.seed + NEW)
    distance, _ = nearest(new, trainer.data.x0()[trainer.data.labels == len(model.class_names) - 1])
    classifier, names, _ = load_classifier()
    labels = torch.tensor([names.index(name) for name in model.class_names[:-1]]).repeat_interleave(ALL_OLD)
    with torch.inference_mode():
        known = int((predict(classifier, old) == labels).sum())
    file = to_bytes(trainer.model(), dtype=torch.float16)
    yield Tuned(to_uint8(new), to_uint8(old), int((distance < LIKE).sum()), known, file)


def pictures_of(config: TuneConfig, own: np.ndarray | None) -> np.ndarray:
    """The pictures of the new class. Raises ValueError if there are none."""
    if not config.own:
        return foreign()
    if own is None or len(own) == 0:
        raise ValueError("there are no pictures of your own yet: paint one, or take the eight that are here")
    return own


def trainer_of(config: TuneConfig, model: Model, pictures: np.ndarray) -> Trainer:
    """Its training: on the pictures, and on as many of the sprites that it knows, where they are replayed."""
    images, labels = pictures, np.full(len(pictures), len(model.class_names) - 1)
    if config.replay:
        old = np.stack([draw(name, seed).pixels for name in model.class_names[:-1] for seed in range(REPLAYED)])
        times = -(-len(old) // len(pictures))
        images = np.concatenate([old, np.tile(pictures, (times, 1, 1, 1))])
        labels = np.concatenate([np.repeat(np.arange(len(model.class_names) - 1), REPLAYED), np.tile(labels, times)])
    how = TrainConfig(
        batch_size=16,
        sketch_batch_size=64,
        learning_rate=RATES[config.learns],
        warmup_steps=10,
        decay_share=0.1,
        weight_decay=0.0,
        ema_decay=0.98,
        seed=config.seed,
    )
    trainer = Trainer(SpriteData(images, labels, model.class_names, MINE), model.network.config, how)
    trainer.started_from = dict(model.info)
    for network in (trainer.network, trainer.average):
        network.load_state_dict(model.network.state_dict())
        channels_last(network, trainer.device)
    if config.learns != "everything":
        learns = ["class_embedding"]
        if config.learns == "last":
            learns += ["noise_embedding", "out.", last_block(trainer.network)]
        for name, parameter in trainer.network.named_parameters():
            parameter.requires_grad_(any(part in name for part in learns))
    return trainer


def last_block(network: NetworkModule) -> str:
    """The beginning of the names in the U-Net's last level."""
    return f"decoder.{len(network.get_submodule('decoder')) - 1}."  # type: ignore[arg-type]  # a ModuleList


def drawn(model: Model, new: int, each: int, steps: int, seed: int) -> tuple[torch.Tensor, torch.Tensor]:
    """x0 of so many sprites of the new class, the last, and of each old one, by DDIM."""
    *names, mine = model.class_names
    weights = [{mine: 1.0}] * new + [{name: 1.0} for name in names for _ in range(each)]
    seeds = [seed + k for k in range(new)] + [seed + k for _ in names for k in range(each)]
    x0 = last(generate(model, GenerateConfig(weights, seed=seeds, num_inference_steps=steps))).x_prev
    return x0[:new], x0[new:]
