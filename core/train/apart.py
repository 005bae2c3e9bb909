"""A step of a training, taken apart: what is drawn at random, what the network answers, what it learns from that."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
import torch
from torch import Tensor

from ..checks import check_whole
from ..prediction import training_target
from . import Batch, Trainer
from .live import LiveConfig, data_of, trainer_of

MAX_LEARNED = 300  # steps before the one that is shown
PARTS = {"noise_embedding": "noise level", "class_embedding": "class", "bias": "bias"}  # else a layer


@dataclass(frozen=True)
class Apart:
    """One sprite of a batch, before and after the step that learns from all of the batch.

    Pictures (C, H, W) float32: x0, eps, x_t; answer and answer_after, of the network as it is trained, not of its
    average; target, what it should answer.  told: the class, None where it was dropped.  loss: mean of
    (answer - target)^2 of this sprite; batch_loss: of all of the batch.  gradient: its length in each part of the
    network, before clipping.  moved: how far the answer moved, root mean square.
    """

    learned: int
    log_snr: float
    alpha_bar: float
    told: str | None
    x0: Tensor
    eps: Tensor
    x_t: Tensor
    target: Tensor
    answer: Tensor
    answer_after: Tensor
    loss: float
    loss_after: float
    batch_loss: float
    batch_loss_after: float
    gradient: dict[str, float]
    moved: float


def step_apart(
    config: LiveConfig, learned: int, own: np.ndarray | None = None, *, stopped: Callable[[], bool] = lambda: False
) -> Iterator[Apart]:
    """Yields the step after `learned` steps of that training, 0 ... MAX_LEARNED. Raises ValueError."""
    check_whole("the steps before", learned, 0, MAX_LEARNED)
    if own is not None or learned == 0:
        trainer = trainer_of(config, data_of(config, own))
    else:
        trainer = _left_off(config)
        if trainer.step > learned:
            _left_off.cache_clear()
            trainer = _left_off(config)
    for _ in trainer.run(lambda: float(stopped() or trainer.step >= learned)):
        pass
    if not stopped():
        yield take_apart(trainer)


@lru_cache(maxsize=1)
def _left_off(config: LiveConfig) -> Trainer:
    """A training that goes on from where it was left: whoever learns step by step need not wait for all before."""
    return trainer_of(config, data_of(config))


def take_apart(trainer: Trainer) -> Apart:
    """The trainer's next step, which is made."""
    batch, network = trainer.next_batch(), trainer.network
    before, loss = _asked(trainer, batch)
    clipped = max(1.0, next(trainer.run(lambda: 0.0)).gradient_norm / trainer.config.clip_norm)
    gradient = dict[str, float]()
    for name, parameter in network.named_parameters():
        part = PARTS.get(name.split(".")[0]) or f"layer {int(name.split('.')[1]) + 1}"
        if parameter.grad is not None:
            gradient[part] = math.hypot(gradient.get(part, 0.0), clipped * parameter.grad.norm().item())
    after, loss_after = _asked(trainer, batch)
    # Noise levels rise from the first sprite of a batch to its last: another place in every step.
    i = (5 * (trainer.step - 1) + len(loss) // 2) % len(loss)
    told = trainer.data.class_names[int(batch.weights[i].argmax())] if batch.weights[i].any() else None
    target = training_target(batch.x0, batch.eps, batch.alpha_bar, network.config.prediction_type)
    return Apart(
        trainer.step - 1,
        batch.log_snr[i].item(),
        batch.alpha_bar[i].item(),
        told,
        batch.x0[i].contiguous(),
        batch.eps[i],
        batch.x_t[i].contiguous(),
        target[i].contiguous(),
        before[i],
        after[i],
        loss[i].item(),
        loss_after[i].item(),
        loss.mean().item(),
        loss_after.mean().item(),
        gradient,
        (after[i] - before[i]).square().mean().sqrt().item(),
    )


def _asked(trainer: Trainer, batch: Batch) -> tuple[Tensor, Tensor]:
    """Its answers to the batch, (B, C, H, W), and their losses, (B,)."""
    with torch.no_grad():
        answer = trainer.network(batch.x_t, batch.log_snr, batch.weights)
    target = training_target(batch.x0, batch.eps, batch.alpha_bar, trainer.network.config.prediction_type)
    return answer.contiguous(), (answer - target).square().mean((1, 2, 3))
