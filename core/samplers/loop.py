"""The loop that every sampler shares, and what a rule is.

A rule looks at x_t and the network's prediction and says where x_{t_prev} lies: a mean, and the standard deviation
sigma_t of the noise to add to it. The loop draws that noise, counts network evaluations and yields every step.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import NamedTuple

import torch
from torch import Tensor

from ..prediction import Prediction
from ..schedule import NoiseSchedule

Denoise = Callable[[Tensor, int], Prediction]  # (x_t (B, C, H, W), t) -> Prediction
Noise = Callable[[], Tensor]  # a fresh eps ~ N(0, I), (B, C, H, W)
Edit = Callable[[Tensor, int], Tensor]  # (x (B, C, H, W) after a step, its t) -> what the run goes on with


class Update(NamedTuple):
    """What a rule returns: x_prev = mean + sigma_t * noise."""

    prediction: Prediction
    mean: Tensor
    sigma_t: float


@dataclass(frozen=True)
class SampleStep:
    """One step t -> t_prev of a run. Tensors are (B, C, H, W); `noise` is None where the step added none.

    x_prev: mean + sigma_t noise, as the run's edit left it.
    nfe: network evaluations of the whole run so far, per sprite.
    rule: what made the step; in a run that continues another, the history holds steps of other rules.
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
    rule: Rule | None = None


Rule = Callable[[Denoise, NoiseSchedule, Tensor, int, int, Sequence[SampleStep]], Update]


def sample(
    denoise: Denoise,
    schedule: NoiseSchedule,
    x_T: Tensor,
    timesteps: Sequence[int],
    rule: Rule,
    *,
    noise: Noise,
    edit: Edit | None = None,
    after: Sequence[SampleStep] = (),
) -> Iterator[SampleStep]:
    """Walk x_T down the timesteps by `rule`, yielding a SampleStep for each.

    x_T (B, C, H, W): the state at timesteps[0], N(0, I) for a fresh run; timesteps: strictly decreasing, as from
    NoiseSchedule.timesteps. Rules that look back find the last steps in their `history` argument.
    edit: changes the state after each step, as inpainting does.
    after: the steps that led to x_T, where this run continues another: index and nfe count on from them.
    """
    nfe = after[-1].nfe if after else 0

    def counted(x_t: Tensor, t: int) -> Prediction:
        nonlocal nfe
        prediction = denoise(x_t, t)
        nfe += prediction.nfe
        return prediction

    x_t, history = x_T, list(after[-3:])
    for index, (t, t_prev) in enumerate(pairwise(timesteps), start=len(after)):
        # Left before the yield: grad mode belongs to a thread, and a server may resume this generator on another.
        with torch.no_grad():
            prediction, mean, sigma_t = rule(counted, schedule, x_t, t, t_prev, history)
            eps = noise() if sigma_t > 0 else None
            x_prev = mean if eps is None else mean + sigma_t * eps
            if edit is not None:
                x_prev = edit(x_prev, t_prev)
        step = SampleStep(index, t, t_prev, x_t, prediction, mean, sigma_t, eps, x_prev, nfe, rule)
        history = [*history[-2:], step]
        yield step
        x_t = x_prev
