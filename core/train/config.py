"""How a training goes, and what each of its steps reports."""

from __future__ import annotations

import math
from dataclasses import dataclass


@dataclass(frozen=True)
class TrainConfig:
    """How to train. Raises ValueError for senseless values.

    images: how many (noised) sprites to learn from in all.  log_snr_shift: of the noise levels, see cosine_log_snr.
    """

    images: int = 1_500_000
    batch_size: int = 64
    sketch_batch_size: int = 512
    learning_rate: float = 2e-3
    warmup_steps: int = 300
    decay_share: float = 0.4
    weight_decay: float = 0.01
    clip_norm: float = 1.0
    ema_decay: float = 0.999
    condition_dropout: float = 0.1
    log_snr_shift: float = 0.0
    seed: int = 0

    def __post_init__(self) -> None:
        if min(self.images, self.batch_size, self.sketch_batch_size) < 1 or self.warmup_steps < 0 or self.seed < 0:
            raise ValueError("images and batch sizes must be at least 1, warm-up steps and seed not negative")
        if not (0 < self.learning_rate <= 1 and self.clip_norm > 0 and self.weight_decay >= 0):
            raise ValueError(
                "the learning rate must lie in (0, 1], the clipping norm above 0, weight decay at 0 or above"
            )
        if not (0 < self.decay_share <= 1 and 0 <= self.ema_decay < 1 and 0 <= self.condition_dropout < 1):
            raise ValueError("decay share must lie in (0, 1], EMA decay and condition dropout in [0, 1)")
        if not abs(self.log_snr_shift) <= 10:
            raise ValueError("the shift of the noise levels must lie between -10 and 10")

    @property
    def steps(self) -> int:
        return math.ceil(self.images / self.batch_size)

    def learning_rate_at(self, step: int, done: float | None = None) -> float:
        """Linear warm-up, then constant, then linear decay to 0 over the last `decay_share` of the run.

        done: how much of the run is over, 0 ... 1, if not step / steps.
        """
        warmup = (step + 1) / (self.warmup_steps + 1)
        decay = (1 - (step / self.steps if done is None else done)) / self.decay_share
        return self.learning_rate * max(0.0, min(1.0, warmup, decay))


@dataclass(frozen=True)
class TrainStep:
    """What one optimizer step reports. images_seen counts every sprite since the run began, resumed or not.

    gradient_norm: the length of the gradient before it was clipped.
    """

    step: int
    images_seen: int
    loss: float
    learning_rate: float
    gradient_norm: float
