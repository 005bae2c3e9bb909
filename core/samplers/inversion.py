"""The way back: from a sprite to the noise that DDIM would draw it from."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import torch
from torch import Tensor

from ..prediction import combine
from ..schedule import NoiseSchedule
from .loop import Denoise, SampleStep, Update, sample


def invert(denoise: Denoise, schedule: NoiseSchedule, x0: Tensor, timesteps: Sequence[int]) -> Iterator[SampleStep]:
    """DDIM inversion (Song et al. 2020, section 4.3): the ODE of eq. 14 from x0 up to x_T, by Euler's method.

    x0 (B, C, H, W); timesteps as for decoding, strictly decreasing to 0: they are walked from the last to the first.
    Yields a SampleStep for each, with t_prev above t; the last step's x_prev is x_T. sample(denoise, schedule, x_T,
    timesteps, ddim(), ...) leads back to x0, up to an error that falls as 1/n. n steps take n evaluations.
    Raises ValueError if the first of these steps ends in pure noise (zero terminal SNR, n = 1).
    """
    upward = list(timesteps)[::-1]
    if schedule.alpha_bar_at(upward[1]) == 0:
        raise ValueError(f"one step to pure noise, t = {upward[1]}, leaves nothing of the sprite; take at least two")
    return sample(denoise, schedule, x0, upward, _upward, noise=lambda: torch.zeros_like(x0))  # never drawn


def _upward(
    denoise: Denoise, schedule: NoiseSchedule, x_t: Tensor, t: int, t_prev: int, history: Sequence[SampleStep]
) -> Update:
    """x_prev = sqrt(ab_prev) x0 + sqrt(1 - ab_prev) eps, eq. 12 with sigma_t = 0 and t_prev above t.

    At t = 0, where x_t is x0 and holds no noise to predict, eps is asked for at t_prev.
    """
    prediction = denoise(x_t, t or t_prev)
    x0 = prediction.x0 if t else x_t
    ab_prev = schedule.alpha_bar_at(t_prev)
    return Update(prediction, combine(ab_prev**0.5, x0, (1 - ab_prev) ** 0.5, prediction.eps), 0.0)
