"""Make sprites: a validated GenerateConfig in, a stream of SampleSteps out. The one entry point for page and shell.

from core import load, generate, GenerateConfig, last
sprites = last(generate(load(), GenerateConfig(weights={"hero": 1}, count=16))).x_prev
"""

from __future__ import annotations

import math
from collections import deque
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from reprlib import repr as brief
from typing import Literal, get_args

import torch
from torch import Tensor

from ..checkpoint import Model
from ..guidance import EVERYWHERE, MIXINGS, Mixing, branch_count, guided, weight_row
from ..networks.unet import LOG_SNR_RANGE
from ..samplers import (
    VARIANCES,
    Rule,
    SampleStep,
    Variance,
    ddim,
    ddpm,
    dpmpp_2m,
    dpmpp_2m_sde,
    euler,
    heun,
    plms,
    sample,
    unipc,
)
from ..schedule import MAX_TIMESTEPS, MIN_TIMESTEPS, SCHEDULES, SPACINGS, NoiseSchedule, ScheduleName, Spacing

SamplerName = Literal["ddpm", "ddim", "euler", "heun", "plms", "dpmpp_2m", "dpmpp_2m_sde", "unipc", "distilled"]
SAMPLERS: tuple[str, ...] = get_args(SamplerName)
USUAL_STEPS = 25
MAX_COUNT = 256
MAX_SEED = 2**31 - 1
MAX_WEIGHT = 10.0
MAX_GUIDANCE = 20.0
MAX_START_ALPHA_BAR = 0.01  # see out_of_range


PLAIN_RULES = {  # the samplers without settings
    "euler": euler,
    "heun": heun,
    "plms": plms,
    "dpmpp_2m": dpmpp_2m,
    "dpmpp_2m_sde": dpmpp_2m_sde,
    "unipc": unipc,
}


@dataclass(frozen=True)
class GenerateConfig:
    """What to draw and how. Every field is checked: ValueError says what was wrong and what is allowed.

    weights: class name -> weight; {} is unconditional.  count: sprites; sprite i is drawn from seed + i.
    guidance_interval: (low, high], the noise levels sigma = sqrt((1 - alpha_bar) / alpha_bar) that are guided.
    num_inference_steps: from 1 to T; if left out, USUAL_STEPS, or T if that is less.
    sampler: "distilled" is DDIM with the model's student, for few steps such as 1, 2 or 4.
    spacing: of the others; the distilled network's is always "mirrored".
    eta: DDIM only, 0 deterministic ... 1 as noisy as DDPM.  variance, noise_scale: DDPM only, see samplers.ddpm.
    zero_terminal_snr: rescale the schedule so that alpha_bar_T = 0; needs a network that predicts x0 or v.
    """

    weights: Mapping[str, float] = field(default_factory=dict)
    count: int = 16
    seed: int = 0
    sampler: SamplerName = "ddim"
    num_inference_steps: int | None = None
    eta: float = 0.0
    variance: Variance = "beta_tilde"
    noise_scale: float = 1.0
    guidance_scale: float = 1.0
    guidance_interval: tuple[float, float] = EVERYWHERE
    mixing: Mixing = "embedding"
    schedule: ScheduleName = "cosine"
    zero_terminal_snr: bool = False
    num_train_timesteps: int = 500
    spacing: Spacing = "trailing"
    clip_x0: bool = True

    def __post_init__(self) -> None:
        if not isinstance(self.weights, Mapping):
            raise ValueError(f"weights must map class names to numbers; got {brief(self.weights)}")
        for name, weight in self.weights.items():
            _number(f"the weight of {brief(name)}", weight, -MAX_WEIGHT, MAX_WEIGHT)
        check_whole("count", self.count, 1, MAX_COUNT)
        check_whole("seed", self.seed, 0, MAX_SEED)
        check_choice("sampler", self.sampler, SAMPLERS)
        check_choice("variance", self.variance, VARIANCES)
        check_choice("schedule", self.schedule, SCHEDULES)
        check_choice("spacing", self.spacing, SPACINGS)
        check_choice("mixing", self.mixing, MIXINGS)
        check_whole("num_train_timesteps (T)", self.num_train_timesteps, MIN_TIMESTEPS, MAX_TIMESTEPS)
        if self.num_inference_steps is None:
            object.__setattr__(self, "num_inference_steps", min(USUAL_STEPS, self.num_train_timesteps))
        check_whole("num_inference_steps", self.num_inference_steps, 1, self.num_train_timesteps)
        _number("eta", self.eta, 0, 1)
        _number("noise_scale", self.noise_scale, 0, 1)
        _number("guidance_scale", self.guidance_scale, 0, MAX_GUIDANCE)
        object.__setattr__(self, "guidance_interval", _interval("guidance_interval", self.guidance_interval))
        _flag("zero_terminal_snr", self.zero_terminal_snr)
        _flag("clip_x0", self.clip_x0)

    def noise_schedule(self) -> NoiseSchedule:
        """The noise schedule of this run."""
        return NoiseSchedule.named(self.schedule, self.num_train_timesteps, self.zero_terminal_snr)

    def timesteps(self) -> list[int]:
        """The n + 1 timesteps of this run, from where it starts to 0."""
        schedule, n = self.noise_schedule(), self.num_inference_steps
        return schedule.timesteps(n, "mirrored" if self.sampler == "distilled" else self.spacing)

    def rule(self) -> Rule:
        """The sampler's step rule."""
        if self.sampler == "ddpm":
            return ddpm(self.variance, self.noise_scale)
        if self.sampler == "distilled":
            return ddim()
        if self.sampler == "ddim":
            return ddim(self.eta)
        return PLAIN_RULES[self.sampler]()


def check_whole(name: str, value: object, low: int, high: int) -> None:
    """Raise ValueError unless value is an int from low to high."""
    if isinstance(value, bool) or not isinstance(value, int) or not low <= value <= high:
        raise ValueError(f"{name} must be a whole number from {low} to {high}; got {brief(value)}")


def _number(name: str, value: object, low: float, high: float) -> None:
    if isinstance(value, bool) or not isinstance(value, int | float) or not low <= value <= high:
        raise ValueError(f"{name} must be a number from {low:g} to {high:g}; got {brief(value)}")


def _interval(name: str, value: object) -> tuple[float, float]:
    if not isinstance(value, list | tuple) or len(value) != 2:  # lists, when read from JSON
        raise ValueError(f"{name} must be two numbers, from low to high; got {brief(value)}")
    for end in value:
        _number(name, end, 0, math.inf)
    if not value[0] < value[1]:
        raise ValueError(f"{name} must rise from its first number to its second; got {brief(value)}")
    return tuple(value)


def _flag(name: str, value: object) -> None:
    if not isinstance(value, bool):
        raise ValueError(f"{name} must be True or False; got {brief(value)}")


def check_choice(name: str, value: object, allowed: Sequence[str]) -> None:
    """Raise ValueError unless value is one of the allowed names."""
    if not isinstance(value, str) or value not in allowed:
        raise ValueError(f"unknown {name} {brief(value)}; allowed: {', '.join(allowed)}")


class SeededNoise:
    """Draws eps ~ N(0, I), (B, 3, 16, 16), with one CPU generator a sprite, seeded seed + i.

    So sprite i sees the same noise alone or in a batch, on any device.
    """

    def __init__(self, seed: int, count: int, device: str | torch.device = "cpu") -> None:
        self._generators = [torch.Generator().manual_seed(seed + i) for i in range(count)]
        self._device = device

    def __call__(self) -> Tensor:
        return torch.stack([torch.randn(3, 16, 16, generator=g) for g in self._generators]).to(self._device)


def generate(
    model: Model, config: GenerateConfig, *, after: Sequence[SampleStep] = (), x_T: Tensor | None = None
) -> Iterator[SampleStep]:
    """Run a sampler; the last step's x_prev (count, 3, 16, 16) are the sprites.

    x_T (count, 3, 16, 16): the noise to start from instead of the seeds'; what a sampler adds on the way stays theirs.
    after: the first steps of another run, from its beginning, of the same count, schedule and T: this run continues
    from where they ended. With an unchanged config it repeats the rest of that run; with another it is a fork of it.

    With clip_x0 they are in [-1, 1] up to rounding, but for plms, whose last step draws on earlier predictions.
    Raises ValueError, before the first step, if config names a class that the model does not have, if the model has not
    the network that the sampler needs, if there is nothing to continue or its noise levels are not those of config, or
    if x_T has another shape or comes with `after`, which already has its x_T.
    """
    model = _for_sampler(model, config.sampler)
    schedule = config.noise_schedule()
    weights = weight_row(config.weights, model.class_names).repeat(config.count, 1).to(model.device)
    denoise = guided(
        model.run,
        schedule,
        weights,
        prediction_type=model.network.config.prediction_type,
        scale=config.guidance_scale,
        interval=config.guidance_interval,
        mixing=config.mixing,
        clip_x0=config.clip_x0,
    )
    noise = SeededNoise(config.seed, config.count, model.device)
    timesteps = config.timesteps()
    drawn = noise()  # in any case, so that the noise of the steps does not depend on where x_T comes from
    if x_T is None:
        x_T = drawn
    elif after or x_T.shape != drawn.shape:
        raise ValueError(
            "a continued run has its x_T; leave x_T out"
            if after
            else f"x_T must have the shape {tuple(drawn.shape)}; got {tuple(x_T.shape)}"
        )
    x_T = x_T.to(drawn)
    if after:
        _check_schedule(schedule, after[-1])
        t = after[-1].t_prev
        if t == 0 or len(after[-1].x_prev) != config.count:
            raise ValueError(
                "the run to continue has already ended"
                if t == 0
                else f"the run to continue has {len(after[-1].x_prev)} sprites; count is {config.count}"
            )
        x_T, timesteps = after[-1].x_prev, [t, *(s for s in timesteps if s < t)]
        for _ in after:
            noise()  # what the earlier steps drew, so that the rest of the run sees the noise that it would have seen
    return sample(denoise, schedule, x_T, timesteps, config.rule(), noise=noise, after=after)


def _check_schedule(schedule: NoiseSchedule, step: SampleStep) -> None:
    """Raise ValueError unless that step was made at the noise level that this schedule has at its timestep."""
    theirs, T = step.prediction.alpha_bar, schedule.num_train_timesteps
    ours = schedule.alpha_bar_at(step.t) if step.t <= T else None
    if ours is None or not math.isclose(ours, theirs, rel_tol=1e-6, abs_tol=1e-12):
        found = f"{ours:.4g}" if ours is not None else f"nothing, for it ends at T = {T}"
        raise ValueError(
            "a continued run keeps its schedule and T: alpha_bar of the run to continue is "
            f"{theirs:.4g} at t = {step.t}; this schedule has {found} there"
        )


def _for_sampler(model: Model, sampler: str) -> Model:
    """The model, or for the sampler "distilled" its student. Raises ValueError if there is none, or nothing else."""
    if sampler != "distilled":
        if model.distilled:
            raise ValueError(f"this network is distilled: it knows only the sampler distilled, not {sampler}")
        return model
    student = model if model.distilled else model.student
    if student is None:
        raise ValueError(
            "the sampler distilled needs a distilled network beside the checkpoint; "
            "python -m core.train.distill makes one"
        )
    return student


def evaluations(config: GenerateConfig, class_names: Sequence[str]) -> int:
    """The network evaluations of that run, all sprites together, at most: guided in an interval it may take fewer.

    Raises ValueError if config names a class that is not among class_names.
    """
    weights = weight_row(config.weights, class_names)[None]
    n = config.num_inference_steps
    predictions = {"heun": 2 * n - 1, "plms": n + 1}.get(config.sampler, n)
    scales = {config.guidance_scale} if config.guidance_interval == EVERYWHERE else {config.guidance_scale, 1.0}
    return config.count * predictions * max(branch_count(weights, scale, config.mixing) for scale in scales)


def out_of_range(schedule: NoiseSchedule, timesteps: Sequence[int]) -> str | None:
    """What to tell a person whose run asks for what the network has not learned; None if there is nothing to say.

    Start: a run starts from N(0, I), but x_t there should still hold sqrt(ab) x0, ab = alpha_bar. For data N(mu, s^2)
    the exact probability flow then ends with the mean (1 - c) mu, c = s sqrt(ab / (ab s^2 + 1 - ab)); in [-1, 1], where
    s <= 1, c is at most sqrt(ab). At MAX_START_ALPHA_BAR sprites are drawn towards grey by a tenth at the very most.
    Range: beyond LOG_SNR_RANGE the network is told the nearest value. At the noisy end that is as good as true, for the
    signal's amplitude in x_t is under 1.3e-4 of the noise's: only the clean end is reported.
    """
    alpha_bar = schedule.alpha_bar_at(timesteps[0])
    highest = LOG_SNR_RANGE[1]
    beyond = [t for t in timesteps[:-1] if schedule.log_snr[t] > highest]
    sentences = []
    if alpha_bar > MAX_START_ALPHA_BAR:
        sentences.append(
            f"The run starts from pure noise at t = {timesteps[0]}, where {alpha_bar:.2g} of the variance should be "
            f"signal (at most {MAX_START_ALPHA_BAR:g} goes unnoticed): the sprites will be too grey; "
            + (
                "take another schedule, such as cosine."
                if timesteps[0] == schedule.num_train_timesteps
                else f"take a spacing that starts at T = {schedule.num_train_timesteps}."
            )
        )
    if beyond:
        where = f"t = {beyond[0]}" if len(beyond) == 1 else f"t = {beyond[0]} ... {beyond[-1]}"
        sentences.append(
            f"At {where} the sprite is cleaner than any in training (log-SNR above {highest:g}): "
            f"the network is told {highest:g}."
        )
    return " ".join(sentences) or None


def too_large(x0: Tensor) -> str | None:
    """What to tell a person about finished sprites with values that no colour has; None if there is nothing to say.

    One value in a hundred may lie outside [-1, 1], and all of them by 0.05, six steps of 255: nobody sees that.
    """
    share = (x0.abs() > 1.05).double().mean().item()
    if share <= 0.01:
        return None
    return (
        f"{share:.0%} of the values lie outside [-1, 1], the largest at {x0.abs().max().item():.1f}: the picture cuts "
        "them off. With few steps PLMS overshoots so, for its last step, too, is drawn on from earlier ones: take more "
        "steps, or another sampler."
    )


def last(steps: Iterable[SampleStep]) -> SampleStep:
    """Drain a run and keep its last step. Raises ValueError for a run without steps."""
    tail = deque(steps, maxlen=1)
    if not tail:
        raise ValueError("a run needs at least one step")
    return tail[0]
