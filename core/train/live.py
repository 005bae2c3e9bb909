"""Training to look at: a small network learns for some seconds, and shows on the way what it draws."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Literal, get_args

import numpy as np
import torch
from torch import Tensor, nn

from ..checkpoint import Model, to_bytes
from ..checks import check_choice, check_number, check_whole
from ..data import SpriteData
from ..generate import MAX_SEED, GenerateConfig, generate, last
from ..metrics import NEARLY_IDENTICAL, error_by_level, nearest
from ..networks import MLPConfig
from ..prediction import PREDICTION_TYPES, PredictionType
from ..render import to_uint8
from ..sprites import CLASS_NAMES, draw
from . import TrainConfig, Trainer

OWN, ALL = "own", "all"
SOURCES = (*CLASS_NAMES, ALL, OWN)
FROM = "learned_from"  # in the record of a training: the source, and how many pictures
MINE = "mine"  # the class of a person's own pictures
Mistake = Literal["none", "range", "blind", "shown"]
MISTAKES: tuple[str, ...] = get_args(Mistake)
MAX_PICTURES, MAX_SECONDS, MAX_BATCH = 25_000, 60, 256
EVERY = 0.25  # seconds from one glimpse to the next
SAMPLES, FINISHED = 16, 32  # in a glimpse, at the end
QUICK_STEPS, STEPS = 16, 25  # of DDIM, in a glimpse and at the end
LEVELS = (-6.0, -4.0, -2.0, 0.0, 2.0, 4.0, 6.0)  # log-SNR at which errors are measured
MEASURED = 128  # pictures whose errors are measured
UNSEEN = 2_000_000  # seeds from there on belong to no other set


@dataclass(frozen=True)
class LiveConfig:
    """What is to be learned, and how. Raises ValueError with one sentence for what cannot be.

    source: a class of the built-in sprites, "all" of them, or "own", a person's pictures.  count: pictures to learn
    from, of the built-in ones.  seconds: of the clock.  mistake: made on purpose. "range" leaves the pictures in
    [0, 1]; "blind" does not tell the network how noisy x_t is; "shown" does not bring what is drawn back from [-1, 1].
    """

    source: str = "hero"
    count: int = 1000
    prediction_type: PredictionType = "x0"
    seconds: float = 30.0
    learning_rate: float = 2e-3
    batch_size: int = 64
    ema_decay: float = 0.998
    mistake: Mistake = "none"
    seed: int = 0

    def __post_init__(self) -> None:
        check_choice("what to learn from", self.source, SOURCES)
        check_whole("the number of pictures", self.count, 1, MAX_PICTURES)
        check_choice("what to predict", self.prediction_type, PREDICTION_TYPES)
        check_number("the seconds", self.seconds, 1, MAX_SECONDS)
        check_number("the learning rate", self.learning_rate, 1e-5, 1)
        check_whole("the batch size", self.batch_size, 1, MAX_BATCH)
        check_number("the decay of the average", self.ema_decay, 0, 0.9999)
        check_choice("the mistake", self.mistake, MISTAKES)
        check_whole("the seed", self.seed, 0, MAX_SEED - FINISHED)


@dataclass(frozen=True)
class Glimpse:
    """How far it is. samples (S, H, W, 3) uint8: what the averaged network draws, from the same noise each time.

    loss: mean of the steps since the last glimpse; None before the first.
    """

    step: int
    images_seen: int
    seconds: float
    loss: float | None
    samples: np.ndarray


@dataclass(frozen=True)
class Taught:
    """What has come of it.

    samples (N, H, W, 3) uint8, from other noise than in the glimpses; nearest, distance: the picture to learn from that
    is closest to each, and how far it is, in 1/255.  error, error_unseen: mean squared error of x0 at each of LEVELS on
    pictures that it learned from, and on others of their kind, where there are any.  checkpoint: a safetensors file.
    """

    samples: np.ndarray
    nearest: np.ndarray
    distance: list[float]
    error: list[float]
    error_unseen: list[float] | None
    checkpoint: bytes

    @property
    def copies(self) -> int:
        """How many samples are copies, or nearly, of what it learned from."""
        return sum(distance < NEARLY_IDENTICAL for distance in self.distance)


class Unshifted(SpriteData):
    """A data set whose pictures were left in [0, 1]."""

    def x0(self) -> Tensor:
        return (super().x0() + 1) / 2


def teach(
    config: LiveConfig,
    own: np.ndarray | None = None,
    *,
    stopped: Callable[[], bool] = lambda: False,
    clock: Callable[[], float] = time.perf_counter,
) -> Iterator[Glimpse | Taught]:
    """Teach a new network for config.seconds: a Glimpse every EVERY seconds, the first before it, and Taught at last.

    own (N, H, W, 3) uint8: the pictures of the source "own".  stopped: whether to end now, with what there is.
    Raises ValueError.
    """
    data = data_of(config, own)
    trainer = trainer_of(config, data)
    model = Model(trainer.average.eval(), data.class_names)
    begun = clock()
    losses: list[float] = []

    def glimpse(step: int) -> Glimpse:
        loss = sum(losses) / len(losses) if losses else None
        losses.clear()
        samples = as_shown(drawn(model, SAMPLES, config.seed, QUICK_STEPS), config)
        return Glimpse(step, trainer.images_seen, clock() - begun, loss, samples)

    yield glimpse(0)
    next_at = clock() + EVERY
    for step in trainer.run(lambda: 1.0 if stopped() else (clock() - begun) / config.seconds):
        losses.append(step.loss)
        if clock() >= next_at:
            yield glimpse(step.step)
            next_at = clock() + EVERY
    yield glimpse(trainer.step)
    yield taught(trainer, config)


def data_of(config: LiveConfig, own: np.ndarray | None = None) -> SpriteData:
    """The pictures to learn from. Raises ValueError if there are none."""
    names: tuple[str, ...] = (MINE,)
    if config.source == OWN:
        if own is None or len(own) == 0:
            raise ValueError("there are no pictures of your own yet: paint one, or learn from others")
        images, labels = own, np.zeros(len(own), np.int64)
    else:
        images, labels, names = _built_in(config.source, config.count)
    kind = Unshifted if config.mistake == "range" else SpriteData
    return kind(images, labels, names, f"{len(images)} sprites, {config.source}")


def trainer_of(config: LiveConfig, data: SpriteData) -> Trainer:
    """A network that knows nothing yet, and its training."""
    channels, size, _ = data.shape
    network = MLPConfig(
        len(data.class_names), prediction_type=config.prediction_type, image_size=size, image_channels=channels
    )
    how = TrainConfig(
        batch_size=config.batch_size,
        learning_rate=config.learning_rate,
        warmup_steps=20,
        decay_share=0.35,
        ema_decay=config.ema_decay,
        seed=config.seed,
    )
    trainer = Trainer(data, network, how)
    if config.mistake == "blind":
        for part in (trainer.network, trainer.average):
            blindfold(part)
    return trainer


def blindfold(network: nn.Module) -> None:
    """From now on it is told the same noise level whatever x_t is."""
    embedding = network.get_submodule("noise_embedding")
    embedding.register_forward_pre_hook(lambda _, told: (torch.zeros_like(told[0]),))


def as_shown(x0: Tensor, config: LiveConfig) -> np.ndarray:
    """x0 (B, C, H, W) as pictures, (B, H, W, 3) uint8: from [-1, 1], unless that is forgotten."""
    return to_uint8(2 * x0.clamp(0, 1) - 1 if config.mistake == "shown" else x0)


def drawn(model: Model, count: int, seed: int, steps: int) -> Tensor:
    """x0 (count, C, H, W) by DDIM, the classes in turn."""
    names = model.class_names
    weights = [{names[i % len(names)]: 1.0} for i in range(count)]
    return last(generate(model, GenerateConfig(weights, count, seed, num_inference_steps=steps))).x_prev


def taught(trainer: Trainer, config: LiveConfig) -> Taught:
    """What the averaged network draws now, and how far off it is."""
    model, data = trainer.model(), trainer.data
    about = {"source": config.source, "count": len(data.images)}
    samples = drawn(model, FINISHED, config.seed + SAMPLES, STEPS)
    distance, which = nearest(samples, data.x0())
    some = torch.linspace(0, len(data.images) - 1, min(MEASURED, len(data.images))).long()
    unseen = None
    if config.source != OWN:
        images, labels, _ = _built_in(config.source, MEASURED, UNSEEN)
        other = type(data)(images, labels, data.class_names, "unseen")
        unseen = error_by_level(model, other.x0(), other.weights(), LEVELS, clip_x0=True)
    return Taught(
        as_shown(samples, config),
        data.images[which.numpy()],
        (distance * (2 if config.mistake == "range" else 1)).tolist(),  # there black and white are half as far apart
        error_by_level(model, data.x0()[some], data.weights()[some], LEVELS, clip_x0=True),
        unseen,
        to_bytes(replace(model, info={**model.info, FROM: about}), dtype=torch.float16),
    )


def source_of(model: Model) -> LiveConfig | None:
    """What a network that was opened from a file learned from, if that can be drawn again; None if it cannot."""
    about = model.info.get(FROM)
    try:
        found = LiveConfig(**about) if isinstance(about, dict) and set(about) == {"source", "count"} else None
    except ValueError:
        return None
    return None if found is None or found.source == OWN else found


@lru_cache(maxsize=8)
def _built_in(source: str, count: int, seed: int = 0) -> tuple[np.ndarray, np.ndarray, tuple[str, ...]]:
    """images (count, 16, 16, 3), labels (count,) and class names; the classes in turn, where there are several."""
    names = CLASS_NAMES if source == ALL else (source,)
    images = np.stack([draw(names[i % len(names)], seed + i // len(names)).pixels for i in range(count)])
    return images, np.arange(count) % len(names), names
