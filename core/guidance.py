"""Classifier-free guidance: several predictions about one x_t, added up."""

from __future__ import annotations

import math
from collections.abc import Sequence

import torch
from torch import Tensor

from .conditions import Condition, Question
from .prediction import ZERO, Branch, Network, Prediction, PredictionType, to_prediction
from .samplers import Denoise
from .schedule import NoiseSchedule

EVERYWHERE = (0.0, math.inf)  # every noise level


def guided(
    network: Network,
    schedule: NoiseSchedule,
    condition: Condition,
    *,
    prediction_type: PredictionType,
    scale: float = 1.0,
    interval: tuple[float, float] = EVERYWHERE,
    clip_x0: bool = True,
) -> Denoise:
    """Turn a conditional network into the denoiser of a sampler.

    scale: guidance, s = 0 unconditional, s = 1 plain conditional, s > 1 exaggerates the condition.
    interval (low, high): guide only where low < sigma <= high, with sigma = sqrt((1 - alpha_bar) / alpha_bar), and take
    s = 1 elsewhere (Kynkaanniemi et al. 2024).
    What is asked is the condition's matter (see conditions). The answers form a sum whose coefficients add up to 1, so
    they are taken in one batch; what would count 0 is not asked. For such sums it does not matter whether eps, x0 or v
    is combined.
    """

    def denoiser(scale: float) -> Denoise:
        return _combined(network, schedule, condition.branches(scale), prediction_type, clip_x0)

    inside, (low, high) = denoiser(scale), interval
    if (low, high) == EVERYWHERE or scale == 1:
        return inside
    outside, sigma = denoiser(1.0), schedule.sigma.tolist()
    return lambda x_t, t: (inside if low < sigma[t] <= high else outside)(x_t, t)


def _combined(
    network: Network,
    schedule: NoiseSchedule,
    questions: Sequence[Question],
    prediction_type: PredictionType,
    clip_x0: bool,
) -> Denoise:
    """The sum of the answers, evaluated in one batch."""
    n, rows = len(questions), torch.cat([question.condition for question in questions])
    log_snr = schedule.log_snr.to(rows)[:, None].expand(-1, len(rows))  # (T + 1, n B)

    def denoise(x_t: Tensor, t: int) -> Prediction:
        alpha_bar, level = schedule.alpha_bar_at(t), log_snr[t]
        if n == 1:
            raw = network(x_t, level, rows)
            return to_prediction(raw, x_t, alpha_bar, prediction_type, clip_x0=clip_x0)
        raws = network(x_t.repeat(n, 1, 1, 1), level, rows).chunk(n)
        each = [to_prediction(raw, x_t, alpha_bar, prediction_type) for raw in raws]
        parts = tuple(
            Branch(asked.label, asked.coefficient, part.x0, part.eps)
            for asked, part in zip(questions, each, strict=True)
        )
        terms = (part.coefficient[:, None, None, None] * raw for part, raw in zip(parts, raws, strict=True))
        raw = sum(terms, start=ZERO)
        return to_prediction(raw, x_t, alpha_bar, prediction_type, clip_x0=clip_x0, nfe=n, branches=parts)

    return denoise
