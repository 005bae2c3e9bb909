"""Multistep solvers in lambda = log_snr / 2: DPM-Solver++ (Lu et al. 2022b) and UniPC (Zhao et al. 2023).

From t to t_prev, with h = lambda_prev - lambda_t, the probability-flow ODE is solved exactly for a constant x0:
    x_prev = sqrt((1 - ab_prev) / (1 - ab_t)) x_t + sqrt(ab_prev) (1 - e^-h) x0
The rules differ in what they put for x0. At lambda = -inf (alpha_bar_T = 0) and lambda = inf (t = 0) the formula has
its limit, h = inf: then x_prev = sqrt(1 - ab_prev) x_t + sqrt(ab_prev) x0, and x_0 = x0.
"""

from __future__ import annotations

import math
from collections.abc import Sequence

from torch import Tensor

from ..prediction import Prediction, combine
from ..schedule import NoiseSchedule
from .loop import Denoise, Rule, SampleStep, Update


def dpmpp_2m() -> Rule:
    """DPM-Solver++(2M) (Lu et al. 2022b, algorithm 2): x0 drawn on in a line through the last two predictions. Order 2.

    D = (1 + 1/(2r)) x0 - 1/(2r) x0_last,  r = h_last / h.  The first step and the step to t = 0 take D = x0.
    """

    def rule(
        denoise: Denoise, schedule: NoiseSchedule, x_t: Tensor, t: int, t_prev: int, history: Sequence[SampleStep]
    ) -> Update:
        prediction = denoise(x_t, t)
        x0 = _drawn_on(schedule, prediction, t, t_prev, history)
        return Update(prediction, _step(schedule, x_t, x0, t, t_prev), 0.0)

    return rule


def dpmpp_2m_sde() -> Rule:
    """SDE-DPM-Solver++(2M) (Lu et al. 2022b): the reverse SDE with the D of dpmpp_2m; first order is ddim(eta=1).

    mean = sqrt((1 - ab_prev) / (1 - ab_t)) e^-h x_t + sqrt(ab_prev) (1 - e^-2h) D
    sigma_t = sqrt(1 - ab_prev) sqrt(1 - e^-2h)
    """

    def rule(
        denoise: Denoise, schedule: NoiseSchedule, x_t: Tensor, t: int, t_prev: int, history: Sequence[SampleStep]
    ) -> Update:
        prediction = denoise(x_t, t)
        x0 = _drawn_on(schedule, prediction, t, t_prev, history)
        ab_t, ab_prev = prediction.alpha_bar, schedule.alpha_bar_at(t_prev)
        h = _step_size(schedule, t, t_prev)
        kept = ((1 - ab_prev) / (1 - ab_t)) ** 0.5 * math.exp(-h)
        fresh = -math.expm1(-2 * h)
        return Update(prediction, combine(kept, x_t, ab_prev**0.5 * fresh, x0), ((1 - ab_prev) * fresh) ** 0.5)

    return rule


def unipc() -> Rule:
    """UniPC-2 (Zhao et al. 2023) for data prediction, with B(h) = e^-h - 1, their bh2. Order 3.

    The predictor, of order 2, is dpmpp_2m's step. The prediction where it arrives also corrects that state, before the
    next step starts from it: one order more (theorem 3.1) without more evaluations. SampleStep.x_t is the state before
    the correction, the one that the network saw. A step of another rule, as before a fork, is left as it is.
    """
    return _unipc


def _unipc(
    denoise: Denoise, schedule: NoiseSchedule, x_t: Tensor, t: int, t_prev: int, history: Sequence[SampleStep]
) -> Update:
    prediction = denoise(x_t, t)
    if history and history[-1].rule is _unipc:
        x_t = _corrected(schedule, x_t, prediction, t, history)
    x0 = _drawn_on(schedule, prediction, t, t_prev, history)
    return Update(prediction, _step(schedule, x_t, x0, t, t_prev), 0.0)


def _step_size(schedule: NoiseSchedule, t: int, t_prev: int) -> float:
    """h = lambda_prev - lambda_t."""
    return (schedule.log_snr_at(t_prev) - schedule.log_snr_at(t)) / 2


def _step(schedule: NoiseSchedule, x_t: Tensor, x0: Tensor, t: int, t_prev: int) -> Tensor:
    """x_prev for a constant x0, as in the head of this file."""
    ab_t, ab_prev = schedule.alpha_bar_at(t), schedule.alpha_bar_at(t_prev)
    h = _step_size(schedule, t, t_prev)
    return combine(((1 - ab_prev) / (1 - ab_t)) ** 0.5, x_t, -(ab_prev**0.5) * math.expm1(-h), x0)


def _drawn_on(
    schedule: NoiseSchedule, prediction: Prediction, t: int, t_prev: int, history: Sequence[SampleStep]
) -> Tensor:
    """D of dpmpp_2m. A last step from lambda = -inf has r = inf and counts for nothing."""
    if not history or t_prev == 0:
        return prediction.x0
    last = history[-1]
    r = _step_size(schedule, last.t, t) / _step_size(schedule, t, t_prev)
    return combine(1 + 1 / (2 * r), prediction.x0, -1 / (2 * r), last.prediction.x0)


def _corrected(
    schedule: NoiseSchedule, x_t: Tensor, prediction: Prediction, t: int, history: Sequence[SampleStep]
) -> Tensor:
    """x_t by UniC-2 (Zhao et al. 2023): the step that led here, taken again with the prediction at its end.

    Predictor and corrector are both _step(x0_last) - sqrt(ab_t) B (rho_1 D_1 + rho_2 D_2), D_1 = (change of x0 over the
    step before) / r, D_2 = its change over this one; so only the difference is added. The predictor has rho = (1/2, 0).
    In the corrector rho_1 + rho_2 = b_1 and -r rho_1 + rho_2 = b_2, with b_m = m! (-h) phi_{m+1}(-h) / B, phi_1(z) =
    (e^z - 1) / z, phi_{k+1}(z) = (phi_k(z) - 1/k!) / z. After a single step (UniC-1) it has rho_2 = 1/2 alone.
    """
    last = history[-1]
    h = _step_size(schedule, last.t, t)
    B = math.expm1(-h)
    change = prediction.x0 - last.prediction.x0
    if len(history) == 1:
        slope = change / 2
    else:
        before = history[-2]
        r = _step_size(schedule, before.t, last.t) / h
        h_phi_2 = B / -h - 1
        h_phi_3 = h_phi_2 / -h - 1 / 2
        b_1, b_2 = h_phi_2 / B, 2 * h_phi_3 / B
        rho_1 = (b_1 - b_2) / (1 + r)
        slope = (rho_1 - 1 / 2) * (last.prediction.x0 - before.prediction.x0) / r + (b_1 - rho_1) * change
    return x_t - schedule.alpha_bar_at(t) ** 0.5 * B * slope
