"""The samplers by name, a record each. Choices, costs, formulas and words for people all follow from these."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Literal

from .ancestral import ddim, ddim_numbers, ddpm, ddpm_numbers
from .dpm import dpmpp_2m, dpmpp_2m_sde, unipc
from .formula import Numbers
from .loop import Rule
from .sigma import euler, heun, plms

FIXED_PATH = "No fresh noise: this sampler follows a fixed path from x at the start."


@dataclass(frozen=True)
class Sampler:
    """An algorithm, and what is to be known of it.

    rule: makes the step rule; settings: its arguments, which are fields of GenerateConfig that no other sampler reads.
    evaluations: of the network in n steps, at most.  noisy: whether a run with these settings adds fresh noise.
    numbers: those of its formula x_prev = a x0 + b y + sigma z, where `y` says what y is; None where a step is no
    formula in this step's prediction alone: then `sentence` says what it does.
    still: what to say of a step that adds no noise.  first: whether it is among the few that are offered at first.
    """

    name: str
    title: str
    rule: Callable[..., Rule]
    settings: tuple[str, ...] = ()
    evaluations: Callable[[int], int] = lambda n: n
    noisy: Callable[[Mapping[str, float]], bool] = lambda settings: False
    numbers: Numbers | None = None
    y: Literal["x_t", "eps"] = "eps"
    sentence: str = ""
    still: str = FIXED_PATH
    first: bool = False


RECORDS = (
    Sampler(
        "ddpm",
        "DDPM",
        ddpm,
        settings=("variance", "noise_scale"),
        noisy=lambda settings: settings["noise_scale"] > 0,
        numbers=ddpm_numbers,
        y="x_t",
        still="λ = 0: the fresh noise has been forgotten. Compare several seeds below, under “Forgot to add noise?”.",
        first=True,
    ),
    Sampler(
        "ddim",
        "DDIM",
        ddim,
        settings=("eta",),
        noisy=lambda settings: settings["eta"] > 0,
        numbers=ddim_numbers,
        still="No fresh noise: with DDIM and η = 0 nothing random comes in after the start.",
        first=True,
    ),
    Sampler(
        "euler",
        "Euler",
        euler,
        numbers=ddim_numbers,
        still="No fresh noise. Euler's method, applied to x/√ᾱ as a function of σ = √((1−ᾱ)/ᾱ), takes the same step as "
        "DDIM with η = 0.",
    ),
    Sampler(
        "heun",
        "Heun",
        heun,
        evaluations=lambda n: 2 * n - 1,
        sentence="Heun's method first takes Euler's step, asks the network again where that leads, and goes by the "
        "mean of both ε̂. (At the first step from nearly pure noise and at the last it is Euler's step.)",
    ),
    Sampler(
        "plms",
        "PLMS",
        plms,
        evaluations=lambda n: n + 1,
        sentence="PLMS takes Euler's step with a weighted sum of the last four ε̂ in place of this one. (The first "
        "steps have fewer behind them; the very first is Heun's, or Euler's if it starts in nearly pure noise.)",
    ),
    Sampler(
        "dpmpp_2m",
        "DPM-Solver++ 2M",
        dpmpp_2m,
        sentence="DPM-Solver++ 2M extrapolates x̂₀ from this prediction and the one before to the middle of the stride, "
        "and solves the path exactly as if it stayed there. (The first and the last step use this x̂₀ alone.)",
    ),
    Sampler(
        "dpmpp_2m_sde",
        "DPM-Solver++ 2M SDE",
        dpmpp_2m_sde,
        noisy=lambda settings: True,
        sentence="DPM-Solver++ 2M SDE extrapolates x̂₀ from this prediction and the one before in the same way as 2M, "
        "mixes it with a part of x, and adds fresh noise. (The first and the last step use this x̂₀ alone.)",
    ),
    Sampler(
        "unipc",
        "UniPC",
        unipc,
        sentence="UniPC first corrects x with what the network has just said (not in its first step), then takes "
        "DPM-Solver++ 2M's step. x here is the state before the correction, the one that the network saw.",
        first=True,
    ),
)
SAMPLERS: dict[str, Sampler] = {record.name: record for record in RECORDS}
