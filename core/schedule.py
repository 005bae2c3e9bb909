"""How much noise there is at every timestep, and which timesteps a sampler visits.

Time runs as in the DDPM paper: t = 0 is the clean sprite, t = T is noise. One table, alpha_bar, holds everything.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import cached_property, lru_cache
from itertools import accumulate
from typing import Literal, get_args

import torch
from torch import Tensor

ScheduleName = Literal["linear", "scaled_linear", "cosine", "sigmoid"]
Spacing = Literal["leading", "trailing", "linspace", "quadratic", "karras", "mirrored"]

SCHEDULES: tuple[str, ...] = get_args(ScheduleName)
SPACINGS: tuple[str, ...] = get_args(Spacing)
MIN_TIMESTEPS, MAX_TIMESTEPS = 2, 4000
KARRAS_RHO, KARRAS_SIGMA_MAX = 7.0, 80.0  # Karras et al. 2022, table 1


@dataclass(frozen=True, eq=False)
class NoiseSchedule:
    """The forward process q(x_t | x0) = N(sqrt(alpha_bar_t) x0, (1 - alpha_bar_t) I), for t = 0 ... T.

    alpha_bar: (T + 1,) float64, strictly decreasing from alpha_bar[0] = 1. Every other quantity is derived from it.
    Raises ValueError if the table is not of that form.
    """

    name: str
    alpha_bar: Tensor

    def __post_init__(self) -> None:
        a = self.alpha_bar
        if a.ndim != 1 or a.dtype != torch.float64 or not MIN_TIMESTEPS <= len(a) - 1 <= MAX_TIMESTEPS:
            raise ValueError(
                f"alpha_bar must be a float64 vector of T + 1 values, {MIN_TIMESTEPS} <= T <= {MAX_TIMESTEPS}; "
                f"got shape {tuple(a.shape)}, {a.dtype}"
            )
        if a[0] != 1 or a[-1] < 0 or not (a.diff() < 0).all():
            raise ValueError("alpha_bar must fall strictly from alpha_bar[0] = 1 to a value of at least 0")

    @classmethod
    def linear(cls, num_train_timesteps: int = 500, beta_start: float = 1e-4, beta_end: float = 0.02) -> NoiseSchedule:
        """beta rises evenly from beta_start to beta_end (Ho et al. 2020, section 4; the course uses T = 500)."""
        _check_timesteps(num_train_timesteps)
        _check_betas(beta_start, beta_end)
        beta = torch.linspace(beta_start, beta_end, num_train_timesteps, dtype=torch.float64)
        return cls("linear", _from_beta(beta))

    @classmethod
    def scaled_linear(
        cls, num_train_timesteps: int = 500, beta_start: float = 0.00085, beta_end: float = 0.012
    ) -> NoiseSchedule:
        """sqrt(beta) rises evenly from sqrt(beta_start) to sqrt(beta_end) (Rombach et al. 2022, their code)."""
        _check_timesteps(num_train_timesteps)
        _check_betas(beta_start, beta_end)
        root = torch.linspace(beta_start**0.5, beta_end**0.5, num_train_timesteps, dtype=torch.float64)
        return cls("scaled_linear", _from_beta(root**2))

    @classmethod
    def cosine(cls, num_train_timesteps: int = 500, s: float = 0.008, max_beta: float = 0.999) -> NoiseSchedule:
        """alpha_bar_t = f(t) / f(0), f(t) = cos^2(pi/2 (t/T + s) / (1 + s)) (Nichol & Dhariwal 2021, eq. 17).

        As in the paper, beta_t = 1 - alpha_bar_t / alpha_bar_{t-1} is kept at or below max_beta.
        """
        _check_timesteps(num_train_timesteps)
        u = torch.arange(num_train_timesteps + 1, dtype=torch.float64) / num_train_timesteps
        f = torch.cos((u + s) / (1 + s) * math.pi / 2) ** 2
        return cls("cosine", _from_beta((1 - f[1:] / f[:-1]).clamp(max=max_beta)))

    @classmethod
    def sigmoid(
        cls,
        num_train_timesteps: int = 500,
        start: float = -3,
        end: float = 3,
        tau: float = 1,
        min_alpha_bar: float = 1e-9,
    ) -> NoiseSchedule:
        """alpha_bar_t = (s(1) - s(t/T)) / (s(1) - s(0)), s(u) = sigmoid((start + u (end - start)) / tau).

        Jabri et al. 2022, figure 8, with its constants -3, 3 and 1; alpha_bar is kept at or above min_alpha_bar, which
        concerns alpha_bar_T alone.
        """
        _check_timesteps(num_train_timesteps)
        u = torch.arange(num_train_timesteps + 1, dtype=torch.float64) / num_train_timesteps
        s = torch.sigmoid((start + u * (end - start)) / tau)
        return cls("sigmoid", ((s[-1] - s) / (s[-1] - s[0])).clamp(min=min_alpha_bar))

    @classmethod
    @lru_cache(maxsize=32, typed=True)  # every run asks for its own, which is nearly always the same
    def named(
        cls, name: ScheduleName, num_train_timesteps: int = 500, zero_terminal_snr: bool = False
    ) -> NoiseSchedule:
        """The schedule of that name with its paper's constants. Raises ValueError for an unknown name."""
        if name not in SCHEDULES:
            raise ValueError(f"unknown schedule {name!r}; the schedules are {', '.join(SCHEDULES)}")
        schedule = getattr(cls, name)(num_train_timesteps)
        return schedule.with_zero_terminal_snr() if zero_terminal_snr else schedule

    def with_zero_terminal_snr(self) -> NoiseSchedule:
        """This schedule with alpha_bar_T = 0: x_T holds no signal, as sampling from N(0, I) assumes.

        sqrt(alpha_bar) is shifted and scaled so that t = 1 keeps its value and t = T becomes 0 (Lin et al. 2023,
        algorithm 1). log_snr[T] is then -inf, where a noise prediction says nothing: sample with x0 or v.
        """
        root = self.alpha_bar.sqrt()
        rescaled = (root - root[-1]) * root[1] / (root[1] - root[-1])
        return NoiseSchedule(f"{self.name}, zero terminal SNR", torch.cat([root[:1], rescaled[1:] ** 2]))

    @property
    def num_train_timesteps(self) -> int:
        """T, the number of noising steps."""
        return len(self.alpha_bar) - 1

    # Samplers ask for numbers at every step, and taking one out of a tensor takes microseconds.
    @cached_property
    def _alpha_bar_numbers(self) -> list[float]:
        return self.alpha_bar.tolist()

    @cached_property
    def _log_snr_numbers(self) -> list[float]:
        return self.log_snr.tolist()

    def alpha_bar_at(self, t: int) -> float:
        """alpha_bar_t as a number."""
        return self._alpha_bar_numbers[t]

    def log_snr_at(self, t: int) -> float:
        """log_snr[t] as a number."""
        return self._log_snr_numbers[t]

    @cached_property
    def alpha(self) -> Tensor:
        """(T + 1,): alpha_t = alpha_bar_t / alpha_bar_{t-1}; alpha_0 = 1."""
        return torch.cat([self.alpha_bar[:1], self.alpha_bar[1:] / self.alpha_bar[:-1]])

    @cached_property
    def beta(self) -> Tensor:
        """(T + 1,): beta_t = 1 - alpha_t, the variance of the noise that step t adds; beta_0 = 0."""
        return 1 - self.alpha

    @cached_property
    def log_snr(self) -> Tensor:
        """(T + 1,): log(alpha_bar_t / (1 - alpha_bar_t)); +inf at t = 0, -inf where alpha_bar_t = 0."""
        return torch.logit(self.alpha_bar)

    @cached_property
    def sigma(self) -> Tensor:
        """(T + 1,): sqrt((1 - alpha_bar_t) / alpha_bar_t), the noise level of Karras et al. 2022; 0 at t = 0."""
        return torch.sqrt((1 - self.alpha_bar) / self.alpha_bar)

    def add_noise(self, x0: Tensor, t: int | Tensor, eps: Tensor) -> Tensor:
        """Jump to timestep t at once: x_t = sqrt(alpha_bar_t) x0 + sqrt(1 - alpha_bar_t) eps (Ho et al. 2020, eq. 4).

        x0, eps (B, ...); t an integer for all, or (B,) integers, each 0 ... T.
        """
        t = torch.as_tensor(t)
        if t.is_floating_point() or (t < 0).any() or (t > self.num_train_timesteps).any():
            raise ValueError(f"t must be whole numbers from 0 to {self.num_train_timesteps}; got {t.tolist()}")
        alpha_bar = self.alpha_bar.to(t.device)[t].reshape(t.shape + (1,) * (x0.ndim - t.ndim))
        signal, noise = alpha_bar.sqrt(), (1 - alpha_bar).sqrt()
        return signal.to(x0) * x0 + noise.to(x0) * eps

    def timesteps(self, n: int, spacing: Spacing = "trailing") -> list[int]:
        """The n + 1 timesteps of an n-step sampler: strictly decreasing, the last is 0.

        All start at T but leading.
        trailing: from T down in equal strides (Lin et al. 2023, section 3.3).
        linspace: evenly from T to 1, then 0.
        leading: whole strides of T // n up from 1, as in the DDPM and DDIM code. It starts at 1 + (n - 1) (T // n),
        far below T where n is small or does not divide T: the sampler is then given more noise than it is told of.
        quadratic: T i^2 / n^2, finer towards 0 (Song et al. 2020, appendix D.2).
        karras: T, then the timesteps nearest in log sigma to sigma_i = (a + i/(n-1) (b - a))^7, i = 1 ... n - 1, with
        b^7 = sigma_1 and a^7 = min(sigma_T, 80) (Karras et al. 2022, eq. 5; sigma_T may be infinite); then 0.
        mirrored: T (1 - i^2 / n^2), quadratic's strides the other way round: finer towards T, for a distilled network,
        whose late strides may be long.
        Where quadratic, karras and mirrored meet a timestep twice, neighbours move: see _distinct.
        Raises ValueError unless 1 <= n <= T.
        """
        T = self.num_train_timesteps
        if isinstance(n, bool) or not isinstance(n, int) or not 1 <= n <= T:
            raise ValueError(f"the number of steps must be a whole number from 1 to T = {T}; got {n!r}")
        if spacing == "trailing":
            return [(2 * T * k + n) // (2 * n) for k in range(n, -1, -1)]  # T k / n, rounded half up
        if spacing == "linspace":
            if n == 1:
                return [T, 0]
            m = n - 1
            return [1 + (2 * (T - 1) * k + m) // (2 * m) for k in range(m, -1, -1)] + [0]
        if spacing == "leading":
            return [1 + k * (T // n) for k in range(n - 1, -1, -1)] + [0]
        if spacing in ("quadratic", "mirrored"):
            ascending = _distinct([(2 * T * k**2 + n**2) // (2 * n**2) for k in range(n + 1)], T)
            return ascending[::-1] if spacing == "quadratic" else [T - t for t in ascending]
        if spacing == "karras":
            return _distinct([0, *self._karras(n), T], T)[::-1]
        raise ValueError(f"unknown spacing {spacing!r}; the spacings are {', '.join(SPACINGS)}")

    def _karras(self, n: int) -> list[int]:
        """The n - 1 timesteps between 0 and T of that spacing, ascending, some of them perhaps equal."""
        a = min(self.sigma[-1].item(), KARRAS_SIGMA_MAX) ** (1 / KARRAS_RHO)
        b = self.sigma[1].item() ** (1 / KARRAS_RHO)
        sigma = torch.linspace(b, a, n, dtype=torch.float64)[:-1] ** KARRAS_RHO
        log_sigma = self.sigma[1:].log()
        between = (log_sigma[1:] + log_sigma[:-1]) / 2
        return (1 + torch.searchsorted(between, sigma.log())).tolist()


def _distinct(wanted: list[int], T: int) -> list[int]:
    """Whole numbers, 0 = first <= ... <= last = T, made strictly increasing by the smallest possible largest shift.

    In terms of c_i = wanted_i - i: c must not fall, within 0 ... T - n. Half way between the largest c so far and the
    smallest still to come is the best such fit in the maximum norm (isotonic regression); halves are rounded down.
    """
    n = len(wanted) - 1
    c = [t - i for i, t in enumerate(wanted)]
    largest = accumulate(c, max)
    smallest = reversed(list(accumulate(reversed(c), min)))
    return [
        i + min(max((low + high) // 2, 0), T - n) for i, (high, low) in enumerate(zip(largest, smallest, strict=True))
    ]


def _from_beta(beta: Tensor) -> Tensor:
    return torch.cat([torch.ones(1, dtype=torch.float64), (1 - beta).cumprod(0)])


def _check_betas(beta_start: float, beta_end: float) -> None:
    if not 0 < beta_start <= beta_end < 1:
        raise ValueError(f"betas must satisfy 0 < beta_start <= beta_end < 1; got {beta_start}, {beta_end}")


def _check_timesteps(T: int) -> None:
    if isinstance(T, bool) or not isinstance(T, int) or not MIN_TIMESTEPS <= T <= MAX_TIMESTEPS:
        raise ValueError(f"T must be a whole number from {MIN_TIMESTEPS} to {MAX_TIMESTEPS}; got {T!r}")
