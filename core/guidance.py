"""Which class, and how strongly: rows of class weights, classifier-free guidance, two ways to mix classes.

A condition is a row of K class weights. One-hot is a class, zeros is "no class" (unconditional), anything else a mix.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from reprlib import repr as brief
from typing import Literal, get_args

import torch
from torch import Tensor

from .prediction import Branch, Prediction, PredictionType, to_prediction
from .samplers import Denoise
from .schedule import NoiseSchedule

Mixing = Literal["embedding", "prediction"]
MIXINGS: tuple[str, ...] = get_args(Mixing)

LARGEST = torch.finfo(torch.float32).max
EVERYWHERE = (0.0, math.inf)  # every noise level

Network = Callable[[Tensor, Tensor, Tensor], Tensor]  # (x_t, log_snr (B,), weights (B, K)) -> (B, 3, 16, 16)


def weight_row(weights: Mapping[str, float], class_names: Sequence[str]) -> Tensor:
    """{"hero": 0.6, "food": 0.4} -> (K,) float32 in the order of class_names; a class not named weighs 0.

    Raises ValueError for an unknown class or a weight that is not a finite number.
    """
    row = torch.zeros(len(class_names))
    for name, weight in weights.items():
        if name not in class_names:
            raise ValueError(f"unknown class {brief(name)}; the classes are {', '.join(class_names)}")
        if isinstance(weight, bool) or not isinstance(weight, int | float) or not abs(weight) <= LARGEST:
            raise ValueError(f"the weight of {name} must be a finite number; got {brief(weight)}")
        row[list(class_names).index(name)] = weight
    return row


def guided(
    network: Network,
    schedule: NoiseSchedule,
    weights: Tensor,
    *,
    prediction_type: PredictionType,
    scale: float = 1.0,
    interval: tuple[float, float] = EVERYWHERE,
    mixing: Mixing = "embedding",
    clip_x0: bool = True,
) -> Denoise:
    """Turn a conditional network into the denoiser of a sampler.

    weights (B, K). scale: guidance, s = 0 unconditional, s = 1 plain conditional, s > 1 exaggerates the class.
    interval (low, high): guide only where low < sigma <= high, with sigma = sqrt((1 - alpha_bar) / alpha_bar), and take
    s = 1 elsewhere (Kynkaanniemi et al. 2024).
    mixing "embedding" mixes the class embeddings, then guides (Ho & Salimans 2022, with s = 1 + their w):
        eps = eps_null + s (eps(weights) - eps_null)
    mixing "prediction" asks about each class on its own (Liu et al. 2022, eq. 11):
        eps = eps_null + s sum_i w_i (eps_i - eps_null)
    Both are sums of evaluations whose coefficients add up to 1, so they are taken in one batch; an evaluation whose
    coefficient is 0 is not made. For such sums it does not matter whether eps, x0 or v is combined.
    """
    if mixing not in MIXINGS:
        raise ValueError(f"unknown mixing {mixing!r}; the ways of mixing are {', '.join(MIXINGS)}")

    def denoiser(scale: float) -> Denoise:
        return _combined(network, schedule, _branches(weights, scale, mixing), prediction_type, clip_x0)

    inside, (low, high) = denoiser(scale), interval
    if (low, high) == EVERYWHERE or scale == 1:
        return inside
    outside, sigma = denoiser(1.0), schedule.sigma.tolist()
    return lambda x_t, t: (inside if low < sigma[t] <= high else outside)(x_t, t)


def branch_count(weights: Tensor, scale: float, mixing: Mixing) -> int:
    """How many evaluations `guided` makes of one, where it guides at that scale."""
    return len(_branches(weights, scale, mixing))


def _combined(
    network: Network,
    schedule: NoiseSchedule,
    branches: Sequence[tuple[str, Tensor, Tensor]],
    prediction_type: PredictionType,
    clip_x0: bool,
) -> Denoise:
    """The sum of the branches, evaluated in one batch."""
    n, rows = len(branches), torch.cat([condition for _, condition, _ in branches])
    log_snr = schedule.log_snr.to(rows)[:, None].expand(-1, len(rows))  # (T + 1, n B)

    def denoise(x_t: Tensor, t: int) -> Prediction:
        alpha_bar, level = schedule.alpha_bar_at(t), log_snr[t]
        if n == 1:
            raw = network(x_t, level, rows)
            return to_prediction(raw, x_t, alpha_bar, prediction_type, clip_x0=clip_x0)
        raws = network(x_t.repeat(n, 1, 1, 1), level, rows).chunk(n)
        each = [to_prediction(raw, x_t, alpha_bar, prediction_type) for raw in raws]
        parts = tuple(
            Branch(label, coefficient, part.x0, part.eps)
            for (label, _, coefficient), part in zip(branches, each, strict=True)
        )
        raw = sum(part.coefficient[:, None, None, None] * raw for part, raw in zip(parts, raws, strict=True))
        return to_prediction(raw, x_t, alpha_bar, prediction_type, clip_x0=clip_x0, nfe=n, branches=parts)

    return denoise


def _branches(weights: Tensor, scale: float, mixing: Mixing) -> list[tuple[str, Tensor, Tensor]]:
    """(label, condition (B, K), coefficient (B,)) for every evaluation that counts."""
    ones = torch.ones_like(weights[:, 0])
    if mixing == "embedding":
        branches = [
            ("conditional", weights, scale * ones),
            ("unconditional", torch.zeros_like(weights), (1 - scale) * ones),
        ]
    else:
        classes = torch.eye(weights.shape[1]).to(weights)
        branches = [(f"class {i}", row.expand_as(weights), scale * weights[:, i]) for i, row in enumerate(classes)]
        branches.append(("unconditional", torch.zeros_like(weights), 1 - scale * weights.sum(1)))
    counting = [branch for branch in branches if branch[2].abs().max() > 1e-6]
    return counting if weights.any() else branches[-1:]  # without a class there is nothing to guide to
