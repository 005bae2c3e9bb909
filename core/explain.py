"""A run taken apart: the tensors of every step, the numbers of its formula, what guidance combined."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import islice

import torch
from torch import Tensor

from .checkpoint import Model
from .generate import GenerateConfig, generate
from .samplers import SampleStep, StepNumbers
from .schedule import NoiseSchedule

BEYOND = 1.01  # a little more than white or black, which the network meets only nearly
Fork = tuple[int, GenerateConfig]  # the run before, up to that step, continued by that config


def spread(n: int, most: int) -> list[int]:
    """Of n things in a row the places of so many at most, evenly spread, the first among them."""
    return [round(i * n / min(n, most)) for i in range(min(n, most))]


@dataclass(frozen=True)
class Trajectory:
    """A finished run of n steps, perhaps with forks, and the config of each step.

    x_t (n + 1, B, C, H, W): its states; eps, x0, z (n, ...): predictions and fresh noise, zeros where a step adds none.
    """

    steps: tuple[SampleStep, ...]
    configs: tuple[GenerateConfig, ...]

    @property
    def schedule(self) -> NoiseSchedule:
        return self.configs[0].noise_schedule()

    @property
    def t(self) -> list[int]:
        return [step.t for step in self.steps] + [self.steps[-1].t_prev]

    @property
    def x_t(self) -> Tensor:
        return torch.stack([step.x_t for step in self.steps] + [self.steps[-1].x_prev])

    @property
    def eps(self) -> Tensor:
        return torch.stack([step.prediction.eps for step in self.steps])

    @property
    def x0(self) -> Tensor:
        return torch.stack([step.prediction.x0 for step in self.steps])

    @property
    def z(self) -> Tensor | None:
        """None if no step adds any."""
        if all(step.noise is None for step in self.steps):
            return None
        return torch.stack([torch.zeros_like(step.x_t) if step.noise is None else step.noise for step in self.steps])

    @property
    def numbers(self) -> list[StepNumbers | None]:
        return [
            step_numbers(step, config, self.schedule) for step, config in zip(self.steps, self.configs, strict=True)
        ]


def follow(model: Model | Mapping[str, Model], config: GenerateConfig, forks: Sequence[Fork] = ()) -> Trajectory:
    """Run the chain config, forks ... and return the branch that it ends in.

    A fork may take more or fewer steps than what it leaves, for a distilled network has timesteps of its own. Raises
    ValueError for a fork beyond the end.
    """
    chain, steps = [(0, config), *forks], list[SampleStep]()
    for (at, own), end in zip(chain, [*(at for at, _ in forks), None], strict=True):
        steps += islice(generate(model, own, after=tuple(steps)), None if end is None else end - at)
        if end is not None and steps and steps[-1].t_prev == 0:
            raise ValueError(f"a fork must lie before the end of its run, which has {len(steps)} steps; got {end}")
    configs = [[own for at, own in chain if at <= i][-1] for i in range(len(steps))]
    return Trajectory(tuple(steps), tuple(configs))


def step_numbers(step: SampleStep, config: GenerateConfig, schedule: NoiseSchedule) -> StepNumbers | None:
    """The numbers of the step's formula; None if its sampler's steps are no formula in this prediction alone."""
    numbers = config.sampler_record().numbers
    return numbers and numbers(schedule, step.t, step.t_prev, step.sigma_t)


def guidance_parts(step: SampleStep) -> tuple[Tensor, Tensor] | None:
    """The x0 that the two answers of a guided step predict, before clipping: conditional, unconditional; else None.

    Guidance adds up predictions with coefficients s and 1 - s. As these sum to 1 and x0 is linear in eps for a given
    x_t, the same sum holds for x0.
    """
    x0 = {branch.label: branch.x0 for branch in step.prediction.branches}
    return (x0["conditional"], x0["unconditional"]) if {*x0} == {"conditional", "unconditional"} else None


def cut_off(step: SampleStep) -> float:
    """The share of the values of a step's x0 that were no colours and were cut off: beyond BEYOND before clipping."""
    x0 = step.prediction.unclipped
    return 0.0 if x0 is None else (x0.abs() > BEYOND).double().mean().item()
