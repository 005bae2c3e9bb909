"""From noise to a sprite: one loop, and a short rule for each algorithm.

A rule looks at x_t and the network's prediction and says where x_{t_prev} lies: a mean, and the standard deviation
sigma_t of the noise to add to it. The loop draws that noise, counts network evaluations and yields every step.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Literal, NamedTuple

import torch
from torch import Tensor

from .prediction import Prediction
from .schedule import NoiseSchedule

Denoise = Callable[[Tensor, int], Prediction]  # (x_t (B, 3, 16, 16), t) -> Prediction
Noise = Callable[[], Tensor]  # a fresh eps ~ N(0, I), (B, 3, 16, 16)


class Update(NamedTuple):
    """What a rule returns: x_prev = mean + sigma_t * noise."""

    prediction: Prediction
    mean: Tensor
    sigma_t: float


@dataclass(frozen=True)
class SampleStep:
    """One step t -> t_prev of a run. Tensors are (B, 3, 16, 16); `noise` is None where the step added none.

    nfe: network evaluations of the whole run so far, per sprite.
    """

    index: int
    t: int
    t_prev: int
    x_t: Tensor
    prediction: Prediction
    mean: Tensor
    sigma_t: float
    noise: Tensor | None
    x_prev: Tensor
    nfe: int


Rule = Callable[[Denoise, NoiseSchedule, Tensor, int, int, Sequence[SampleStep]], Update]


# A decorator, not a `with` around the loop: grad mode belongs to a thread, and a server may resume this generator on
# another thread at every step.
@torch.no_grad()
def sample(
    denoise: Denoise, schedule: NoiseSchedule, x_T: Tensor, timesteps: Sequence[int], rule: Rule, *, noise: Noise
) -> Iterator[SampleStep]:
    """Walk x_T down the timesteps by `rule`, yielding a SampleStep for each.

    x_T (B, 3, 16, 16): the state at timesteps[0], N(0, I) for a fresh run; timesteps: strictly decreasing, as from
    NoiseSchedule.timesteps. Rules that look back find the last steps in their `history` argument.
    """
    nfe = 0

    def counted(x_t: Tensor, t: int) -> Prediction:
        nonlocal nfe
        prediction = denoise(x_t, t)
        nfe += prediction.nfe
        return prediction

    x_t, history = x_T, []
    for index, (t, t_prev) in enumerate(pairwise(timesteps)):
        prediction, mean, sigma_t = rule(counted, schedule, x_t, t, t_prev, history)
        eps = noise() if sigma_t > 0 else None
        x_prev = mean if eps is None else mean + sigma_t * eps
        step = SampleStep(index, t, t_prev, x_t, prediction, mean, sigma_t, eps, x_prev, nfe)
        history = [*history[-2:], step]
        yield step
        x_t = x_prev


def ddpm(variance: Literal["beta_tilde", "beta"] = "beta_tilde", noise_scale: float = 1.0) -> Rule:
    """Ancestral sampling (Ho et al. 2020, algorithm 2), for any stride t -> t_prev.

    mean (eq. 7): sqrt(ab_prev) beta / (1 - ab_t) x0 + sqrt(alpha) (1 - ab_prev) / (1 - ab_t) x_t,
    with ab = alpha_bar, alpha = ab_t / ab_prev and beta = 1 - alpha over the stride.
    variance (section 3.2): beta_tilde = beta (1 - ab_prev) / (1 - ab_t), or beta. The step to t = 0 adds no noise.
    noise_scale: 1 is the algorithm; 0 leaves out the noise, the mistake that the course demonstrates.
    """
    if variance not in ("beta_tilde", "beta"):
        raise ValueError(f"unknown variance {variance!r}; the variances are beta_tilde, beta")

    def rule(
        denoise: Denoise, schedule: NoiseSchedule, x_t: Tensor, t: int, t_prev: int, history: Sequence[SampleStep]
    ) -> Update:
        prediction = denoise(x_t, t)
        ab_t, ab_prev = schedule.alpha_bar[[t, t_prev]].tolist()
        alpha = ab_t / ab_prev
        beta = 1 - alpha
        mean = (ab_prev**0.5 * beta * prediction.x0 + alpha**0.5 * (1 - ab_prev) * x_t) / (1 - ab_t)
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
        ab_t, ab_prev = schedule.alpha_bar[[t, t_prev]].tolist()
        sigma_t = eta * ((1 - ab_prev) / (1 - ab_t) * (1 - ab_t / ab_prev)) ** 0.5
        direction = max(0.0, 1 - ab_prev - sigma_t**2) ** 0.5
        return Update(prediction, ab_prev**0.5 * prediction.x0 + direction * prediction.eps, sigma_t)

    return rule
