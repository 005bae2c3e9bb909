"""What a network says about x_t: eps, x0 and v are three ways to write one prediction.

With a = alpha_bar_t:   x_t = sqrt(a) x0 + sqrt(1-a) eps      v = sqrt(a) eps - sqrt(1-a) x0   (Salimans & Ho 2022)
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal, get_args

import torch
from torch import Tensor

PredictionType = Literal["eps", "x0", "v"]
PREDICTION_TYPES: tuple[str, ...] = get_args(PredictionType)
Network = Callable[[Tensor, Tensor, Tensor], Tensor]  # (x_t (B, C, H, W), log_snr (B,), condition) -> like x_t

ZERO = torch.zeros(())


def combine(a: float, x: Tensor, b: float, y: Tensor) -> Tensor:
    """a x + b y. torch.add(alpha=) multiplies and adds at once, which takes half the time of a * x + b * y."""
    return torch.add(torch.add(ZERO, x, alpha=a), y, alpha=b)


@dataclass(frozen=True)
class Branch:
    """One evaluation inside a guided prediction: it counts `coefficient` (B,) times.

    x0, eps (B, C, H, W): what it says by itself, not clipped.
    """

    label: str
    coefficient: Tensor
    x0: Tensor
    eps: Tensor


@dataclass(frozen=True)
class Prediction:
    """A prediction at one timestep: x0 and eps, (B, C, H, W) each, with sqrt(a) x0 + sqrt(1-a) eps = x_t.

    alpha_bar: a, of this timestep. nfe: network evaluations it took, per sprite.
    branches: the parts that guidance combined; empty where a single evaluation was enough.
    unclipped: x0 as it was before it was kept in [-1, 1]; None if it was not.
    """

    x0: Tensor
    eps: Tensor
    alpha_bar: float
    nfe: int = 1
    branches: tuple[Branch, ...] = ()
    unclipped: Tensor | None = None

    @property
    def v(self) -> Tensor:
        """v = sqrt(a) eps - sqrt(1-a) x0."""
        return combine(self.alpha_bar**0.5, self.eps, -((1 - self.alpha_bar) ** 0.5), self.x0)


def to_prediction(
    raw: Tensor,
    x_t: Tensor,
    alpha_bar: float,
    prediction_type: PredictionType,
    *,
    clip_x0: bool = False,
    nfe: int = 1,
    branches: tuple[Branch, ...] = (),
) -> Prediction:
    """Read a network's output as eps, x0 or v, and derive the others.

    raw, x_t (B, C, H, W); alpha_bar in [0, 1).
    clip_x0: keep x0 in [-1, 1] and re-derive eps from it, so that both still add up to x_t.
    Raises ValueError for an unknown type, and for eps at alpha_bar = 0, where x_t no longer depends on x0.
    """
    signal, noise = alpha_bar**0.5, (1 - alpha_bar) ** 0.5
    if prediction_type == "eps":
        if signal == 0:
            raise ValueError("at alpha_bar = 0 a noise prediction says nothing about x0; use x0 or v there")
        x0 = combine(1 / signal, x_t, -noise / signal, raw)
    elif prediction_type == "x0":
        x0 = raw
    elif prediction_type == "v":
        x0 = combine(signal, x_t, -noise, raw)
    else:
        raise ValueError(f"unknown prediction type {prediction_type!r}; the types are {', '.join(PREDICTION_TYPES)}")
    unclipped = x0 if clip_x0 else None
    if clip_x0:
        x0 = x0.clamp(-1, 1)
    if prediction_type == "eps" and not clip_x0:
        eps = raw
    elif prediction_type == "v" and not clip_x0:
        eps = combine(noise, x_t, signal, raw)
    else:
        eps = combine(1 / noise, x_t, -signal / noise, x0)
    return Prediction(x0, eps, alpha_bar, nfe, branches, unclipped)


def training_target(x0: Tensor, eps: Tensor, alpha_bar: Tensor, prediction_type: PredictionType) -> Tensor:
    """What the network should answer: x0, eps (B, ...), alpha_bar broadcastable to them."""
    if prediction_type == "eps":
        return eps
    if prediction_type == "x0":
        return x0
    if prediction_type == "v":
        return torch.sqrt(alpha_bar) * eps - torch.sqrt(1 - alpha_bar) * x0
    raise ValueError(f"unknown prediction type {prediction_type!r}; the types are {', '.join(PREDICTION_TYPES)}")
