"""A step as a formula: x_prev = a x0 + b y + sigma z, with y = x_t or eps, and as the course writes it."""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

from ..schedule import NoiseSchedule


class StepNumbers(NamedTuple):
    """The numbers of one step, z being fresh noise:

    x_prev = a x0 + b y + sigma z, and the same as x_prev = s1 (x_t - s2 eps) + sigma z.
    s1 is None where alpha_bar_t = 0: there is no such form. (Where it is small, x_t and s2 eps nearly cancel.)
    """

    a: float
    b: float
    sigma: float
    s1: float | None
    s2: float


Numbers = Callable[[NoiseSchedule, int, int, float], StepNumbers]  # (schedule, t, t_prev, sigma_t) -> StepNumbers
