"""Solvers of the probability-flow ODE in sigma = sqrt((1 - alpha_bar) / alpha_bar), Karras et al.'s noise level.

With y = x / sqrt(alpha_bar) = x0 + sigma eps the ODE is dy / d sigma = eps(x, t) (Song et al. 2020, eq. 14). The rules
differ in the slope that they take for a step; none draws noise.

From sigma_t above KARRAS_SIGMA_MAX = 80, perhaps infinite (zero terminal SNR), Heun's step and the first of PLMS are
Euler's. In pure noise eps tends to a constant as 1 / sigma^2; the mean of eps over a step that spans decades of sigma
is then almost eps at t, and half of it from t_prev would be far off. (The cosine schedule starts at sigma = 10,000.)
"""

from __future__ import annotations

from collections.abc import Sequence

from torch import Tensor

from ..prediction import ZERO, Prediction, combine
from ..schedule import KARRAS_SIGMA_MAX, NoiseSchedule
from .loop import Denoise, Rule, SampleStep, Update

# Weights of eps at t and at the steps before it, by their number.
ADAMS_BASHFORTH = {
    2: (3 / 2, -1 / 2),
    3: (23 / 12, -16 / 12, 5 / 12),
    4: (55 / 24, -59 / 24, 37 / 24, -9 / 24),
}


def euler() -> Rule:
    """Euler's method: y_prev = y_t + (sigma_prev - sigma_t) eps. Order 1.

    As y_t = x0 + sigma_t eps, that is y_prev = x0 + sigma_prev eps: the same step as ddim(eta=0) (Song et al. 2020,
    section 4.3), and finite where sigma_t is not.
    """

    def rule(
        denoise: Denoise, schedule: NoiseSchedule, x_t: Tensor, t: int, t_prev: int, history: Sequence[SampleStep]
    ) -> Update:
        prediction = denoise(x_t, t)
        return Update(prediction, _euler(schedule, prediction, t_prev), 0.0)

    return rule


def heun() -> Rule:
    """Heun's method (Karras et al. 2022, algorithm 1): y_prev = y_t + (sigma_prev - sigma_t) (eps + eps') / 2. Order 2.

    eps' is predicted where Euler's step arrives. The step to t = 0 is Euler's, so n steps take 2n - 1 evaluations;
    one fewer for every step from above KARRAS_SIGMA_MAX.
    """

    def rule(
        denoise: Denoise, schedule: NoiseSchedule, x_t: Tensor, t: int, t_prev: int, history: Sequence[SampleStep]
    ) -> Update:
        prediction = denoise(x_t, t)
        x_prev = _euler(schedule, prediction, t_prev)
        if t_prev == 0 or schedule.sigma[t] > KARRAS_SIGMA_MAX:
            return Update(prediction, x_prev, 0.0)
        eps = (prediction.eps + denoise(x_prev, t_prev).eps) / 2
        return Update(prediction, _with_slope(schedule, x_prev, prediction, eps, t, t_prev), 0.0)

    return rule


def plms() -> Rule:
    """Pseudo linear multistep, PNDM (Liu et al. 2022, section 3): DDIM's step with a slope from four steps. Order 2.

    eps' = (55 eps_t - 59 eps_{t+1} + 37 eps_{t+2} - 9 eps_{t+3}) / 24, t+i the i-th step before; with fewer steps
    behind, Adams and Bashforth's weights of order 3, then 2.
    Warm-up: the first step is Heun's, so n steps take n + 1 evaluations; n if n = 1 or the first step is Euler's. This
    is the variant of latent diffusion's code and of diffusers' skip_prk_steps. The paper's own takes three Runge-Kutta
    steps of four evaluations.
    The weights are those of equal steps in sigma. Steps equal in t are not: hence order 2, not 4.
    """

    def rule(
        denoise: Denoise, schedule: NoiseSchedule, x_t: Tensor, t: int, t_prev: int, history: Sequence[SampleStep]
    ) -> Update:
        prediction = denoise(x_t, t)
        x_prev = _euler(schedule, prediction, t_prev)
        if history:
            slopes = [prediction.eps, *(step.prediction.eps for step in reversed(history[-3:]))]
            terms = (weight * slope for weight, slope in zip(ADAMS_BASHFORTH[len(slopes)], slopes, strict=True))
            eps = sum(terms, start=ZERO)
        elif t_prev == 0 or schedule.sigma[t] > KARRAS_SIGMA_MAX:
            return Update(prediction, x_prev, 0.0)
        else:
            eps = (prediction.eps + denoise(x_prev, t_prev).eps) / 2
        return Update(prediction, _with_slope(schedule, x_prev, prediction, eps, t, t_prev), 0.0)

    return rule


def _euler(schedule: NoiseSchedule, prediction: Prediction, t_prev: int) -> Tensor:
    """x_prev for y_prev = x0 + sigma_prev eps."""
    ab_prev = schedule.alpha_bar_at(t_prev)
    return combine(ab_prev**0.5, prediction.x0, (1 - ab_prev) ** 0.5, prediction.eps)


def _with_slope(
    schedule: NoiseSchedule, x_prev: Tensor, prediction: Prediction, eps: Tensor, t: int, t_prev: int
) -> Tensor:
    """Euler's x_prev, had its slope been `eps` in place of prediction.eps."""
    sigma_t, sigma_prev = schedule.sigma[[t, t_prev]].tolist()
    return x_prev + schedule.alpha_bar_at(t_prev) ** 0.5 * (sigma_prev - sigma_t) * (eps - prediction.eps)
