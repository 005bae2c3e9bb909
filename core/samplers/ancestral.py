"""Ancestral sampling and DDIM: one prediction a step, no memory of earlier steps."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal, get_args

from torch import Tensor

from ..prediction import combine
from ..schedule import NoiseSchedule
from .formula import StepNumbers
from .loop import Denoise, Rule, SampleStep, Update

Variance = Literal["beta_tilde", "beta"]
VARIANCES: tuple[str, ...] = get_args(Variance)


def ddpm(variance: Variance = "beta_tilde", noise_scale: float = 1.0) -> Rule:
    """Ancestral sampling (Ho et al. 2020, algorithm 2), for any stride t -> t_prev.

    mean (eq. 7): sqrt(ab_prev) beta / (1 - ab_t) x0 + sqrt(alpha) (1 - ab_prev) / (1 - ab_t) x_t,
    with ab = alpha_bar, alpha = ab_t / ab_prev and beta = 1 - alpha over the stride.
    variance (section 3.2): beta_tilde = beta (1 - ab_prev) / (1 - ab_t), or beta. The step to t = 0 adds no noise.
    noise_scale: 1 is the algorithm; 0 leaves out the noise, the mistake that the course demonstrates.
    """
    if variance not in VARIANCES:
        raise ValueError(f"unknown variance {variance!r}; the variances are {', '.join(VARIANCES)}")

    def rule(
        denoise: Denoise, schedule: NoiseSchedule, x_t: Tensor, t: int, t_prev: int, history: Sequence[SampleStep]
    ) -> Update:
        prediction = denoise(x_t, t)
        ab_t, ab_prev = prediction.alpha_bar, schedule.alpha_bar_at(t_prev)
        alpha = ab_t / ab_prev
        beta = 1 - alpha
        to_x0, to_x_t = ab_prev**0.5 * beta / (1 - ab_t), alpha**0.5 * (1 - ab_prev) / (1 - ab_t)
        mean = combine(to_x0, prediction.x0, to_x_t, x_t)
        squared = beta * (1 - ab_prev) / (1 - ab_t) if variance == "beta_tilde" else beta
        return Update(prediction, mean, 0.0 if t_prev == 0 else noise_scale * squared**0.5)

    return rule


def ddim(eta: float = 0.0) -> Rule:
    """Song et al. 2020: eq. 12 with sigma_t of eq. 16; eta = 0 adds no noise, eta = 1 is ddpm().

    sigma_t = eta sqrt((1 - ab_prev) / (1 - ab_t)) sqrt(1 - ab_t / ab_prev)
    mean = sqrt(ab_prev) x0 + sqrt(1 - ab_prev - sigma_t^2) eps
    """

    def rule(
        denoise: Denoise, schedule: NoiseSchedule, x_t: Tensor, t: int, t_prev: int, history: Sequence[SampleStep]
    ) -> Update:
        prediction = denoise(x_t, t)
        ab_t, ab_prev = prediction.alpha_bar, schedule.alpha_bar_at(t_prev)
        sigma_t = eta * ((1 - ab_prev) / (1 - ab_t) * (1 - ab_t / ab_prev)) ** 0.5
        direction = max(0.0, 1 - ab_prev - sigma_t**2) ** 0.5
        return Update(prediction, combine(ab_prev**0.5, prediction.x0, direction, prediction.eps), sigma_t)

    return rule


def ddpm_numbers(schedule: NoiseSchedule, t: int, t_prev: int, sigma_t: float) -> StepNumbers:
    """x_prev = a x0 + b x_t + sigma z (Ho et al. 2020, eq. 7), a and b as in ddpm; s2 = beta / sqrt(1 - ab_t)."""
    ab_t, ab_prev = schedule.alpha_bar_at(t), schedule.alpha_bar_at(t_prev)
    alpha = ab_t / ab_prev
    a, b = ab_prev**0.5 * (1 - alpha) / (1 - ab_t), alpha**0.5 * (1 - ab_prev) / (1 - ab_t)
    return StepNumbers(a, b, sigma_t, alpha**-0.5 if alpha else None, (1 - alpha) / (1 - ab_t) ** 0.5)


def ddim_numbers(schedule: NoiseSchedule, t: int, t_prev: int, sigma_t: float) -> StepNumbers:
    """x_prev = a x0 + b eps + sigma z (Song et al. 2020, eq. 12), a = sqrt(ab_prev), b = sqrt(1 - ab_prev - sigma^2);

    s2 = sqrt(1 - ab_t) - sqrt(alpha) b, alpha = ab_t / ab_prev. Euler's step is the same with sigma = 0.
    """
    ab_t, ab_prev = schedule.alpha_bar_at(t), schedule.alpha_bar_at(t_prev)
    alpha = ab_t / ab_prev
    b = max(0.0, 1 - ab_prev - sigma_t**2) ** 0.5
    return StepNumbers(ab_prev**0.5, b, sigma_t, alpha**-0.5 if alpha else None, (1 - ab_t) ** 0.5 - alpha**0.5 * b)
