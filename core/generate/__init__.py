"""Make sprites: a validated GenerateConfig in, a stream of SampleSteps out. The one entry point for page and shell.

from core import load, generate, GenerateConfig, last
sprites = last(generate(load(), GenerateConfig(weights={"hero": 1}, count=16))).x_prev
"""

from __future__ import annotations

import math
from collections import deque
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, fields, replace
from reprlib import repr as brief
from typing import TYPE_CHECKING, Any, Literal, TypeAlias

import torch
from torch import Tensor

from ..checkpoint import Model
from ..checks import LEFT_OUT, check_choice, check_flag, check_interval, check_number, check_whole
from ..conditions import MIXINGS, ClassWeights, Mixing, weight_rows
from ..guidance import EVERYWHERE, guided
from ..models import NETWORKS
from ..networks import LOG_SNR_RANGE
from ..samplers import SAMPLERS, VARIANCES, Edit, Rule, Sampler, SampleStep, Variance, sample
from ..schedule import MAX_TIMESTEPS, MIN_TIMESTEPS, SCHEDULES, SPACINGS, NoiseSchedule, ScheduleName, Spacing

if TYPE_CHECKING:  # a type checker does not look into the registries
    SamplerName: TypeAlias = str
    NetworkName: TypeAlias = str
else:
    SamplerName, NetworkName = Literal[*SAMPLERS], Literal[*NETWORKS]
Weights = Mapping[str, float]
USUAL_COUNT = 16
MAX_COUNT = 256
SPRITE_SHAPE = (3, 16, 16)  # of the built-in sprites
MAX_SEED = 2**31 - 1
MAX_WEIGHT = 10.0
MAX_GUIDANCE = 20.0
MAX_START_ALPHA_BAR = 0.01  # see out_of_range


@dataclass(frozen=True)
class GenerateConfig:
    """What to draw and how. Every field is checked: ValueError says what was wrong and what is allowed.

    weights: class name -> weight; {} is unconditional. Or a sequence of these, one a sprite.
    count: sprites; if left out as many as weights are given one by one, else USUAL_COUNT.
    seed: sprite i is drawn from seed + i. Or a sequence of seeds, one a sprite.
    guidance_interval: (low, high], the noise levels sigma = sqrt((1 - alpha_bar) / alpha_bar) that are guided.
    num_inference_steps: from 1 to T; if left out, what is usual for the network, or T if that is less.
    eta: DDIM only, 0 deterministic ... 1 as noisy as DDPM.  variance, noise_scale: DDPM only, see samplers.ddpm.
    zero_terminal_snr: rescale the schedule so that alpha_bar_T = 0; needs a network that predicts x0 or v.
    network: who predicts, see models.NETWORKS. "distilled" is for few steps such as 1, 2 or 4, by DDIM without noise.
    spacing: if left out, the network's own; a distilled one has no other.
    """

    weights: Weights | Sequence[Weights] = field(default_factory=dict)
    count: int = LEFT_OUT
    seed: int | Sequence[int] = 0
    sampler: SamplerName = "ddim"
    num_inference_steps: int = LEFT_OUT
    eta: float = 0.0
    variance: Variance = "beta_tilde"
    noise_scale: float = 1.0
    guidance_scale: float = 1.0
    guidance_interval: tuple[float, float] = EVERYWHERE
    mixing: Mixing = "embedding"
    schedule: ScheduleName = "cosine"
    zero_terminal_snr: bool = False
    num_train_timesteps: int = 500
    spacing: Spacing = LEFT_OUT
    clip_x0: bool = True
    network: NetworkName = "sprites"

    def __post_init__(self) -> None:
        def resolve(name: str, value: object) -> None:
            object.__setattr__(self, name, value)

        check_choice("network", self.network, tuple(NETWORKS))
        network = NETWORKS[self.network]
        mixes = [self.weights] if isinstance(self.weights, Mapping) else self.weights
        if isinstance(mixes, str | bytes) or not isinstance(mixes, Sequence):
            raise ValueError(f"weights must map class names to numbers; got {brief(self.weights)}")
        each = mixes is self.weights
        if self.count is None:
            resolve("count", len(mixes) if each else USUAL_COUNT)
        check_whole("count", self.count, 1, MAX_COUNT)
        for weights in mixes:
            if not isinstance(weights, Mapping):
                raise ValueError(f"weights must map class names to numbers; got {brief(weights)}")
            for name, weight in weights.items():
                check_number(f"the weight of {brief(name)}", weight, -MAX_WEIGHT, MAX_WEIGHT)
        if each and len(mixes) != self.count:
            raise ValueError(f"weights must be one mapping for all sprites, or {self.count}; got {len(mixes)}")
        resolve("weights", tuple(map(dict, mixes)) if each else dict(mixes[0]))
        self._check_seed()
        check_choice("sampler", self.sampler, tuple(SAMPLERS))
        check_choice("variance", self.variance, VARIANCES)
        check_choice("schedule", self.schedule, SCHEDULES)
        if self.spacing is None:
            resolve("spacing", network.spacing)
        check_choice("spacing", self.spacing, SPACINGS)
        check_choice("mixing", self.mixing, MIXINGS)
        check_whole("num_train_timesteps (T)", self.num_train_timesteps, MIN_TIMESTEPS, MAX_TIMESTEPS)
        if self.num_inference_steps is None:
            resolve("num_inference_steps", min(network.usual_steps, self.num_train_timesteps))
        check_whole("num_inference_steps", self.num_inference_steps, 1, self.num_train_timesteps)
        check_number("eta", self.eta, 0, 1)
        check_number("noise_scale", self.noise_scale, 0, 1)
        check_number("guidance_scale", self.guidance_scale, 0, MAX_GUIDANCE)
        check_interval("guidance_interval", self.guidance_interval)
        resolve("guidance_interval", tuple(self.guidance_interval))
        check_flag("zero_terminal_snr", self.zero_terminal_snr)
        check_flag("clip_x0", self.clip_x0)
        if network.teacher:
            own = {"sampler": "ddim", "eta": 0, "spacing": network.spacing}
            if wrong := [name for name, value in own.items() if getattr(self, name) != value]:
                raise ValueError(
                    f"the {network.title} draws with {wrong[0]} {own[wrong[0]]}, at timesteps of its own; "
                    f"got {getattr(self, wrong[0])}"
                )

    def _check_seed(self) -> None:
        if isinstance(self.seed, Sequence) and not isinstance(self.seed, str | bytes):
            if len(self.seed) != self.count:
                raise ValueError(f"seed must be one for the first sprite, or {self.count}; got {len(self.seed)}")
            for seed in self.seed:
                check_whole("seed", seed, 0, MAX_SEED)
            object.__setattr__(self, "seed", tuple(self.seed))
        else:
            check_whole("seed", self.seed, 0, MAX_SEED)

    @classmethod
    def from_json(cls, data: object) -> GenerateConfig:
        """The config that to_json has written, or one with only some of its fields. Raises ValueError."""
        names = [f.name for f in fields(cls)]
        if not isinstance(data, Mapping) or not data.keys() <= set(names):
            raise ValueError(f"a config must be a JSON object with any of {', '.join(names)}; got {brief(data)}")
        given = {name: value for name, value in data.items() if value is not None}
        interval = given.get("guidance_interval")
        if isinstance(interval, list) and len(interval) == 2 and interval[1] is None:
            given["guidance_interval"] = (interval[0], math.inf)
        return cls(**given)

    def to_json(self) -> dict[str, Any]:
        """All fields in JSON's types; no upper end of the interval is null."""
        data = {f.name: getattr(self, f.name) for f in fields(self)}
        low, high = self.guidance_interval
        return data | {"guidance_interval": [low, None if math.isinf(high) else high]}

    @property
    def mix(self) -> Weights:
        """The weights that all sprites have. Raises ValueError if each has its own."""
        if not isinstance(self.weights, Mapping):
            raise ValueError("every sprite of this run has weights of its own")
        return self.weights

    def seeds(self) -> list[int]:
        """The seed of each sprite."""
        return [self.seed + i for i in range(self.count)] if isinstance(self.seed, int) else list(self.seed)

    def noise_schedule(self) -> NoiseSchedule:
        """The noise schedule of this run."""
        return NoiseSchedule.named(self.schedule, self.num_train_timesteps, self.zero_terminal_snr)

    def timesteps(self) -> list[int]:
        """The n + 1 timesteps of this run, from where it starts to 0."""
        return self.noise_schedule().timesteps(self.num_inference_steps, self.spacing)

    def sampler_record(self) -> Sampler:
        """What is to be known of the sampler."""
        return SAMPLERS[self.sampler]

    def rule(self) -> Rule:
        """The sampler's step rule."""
        record = self.sampler_record()
        return record.rule(**{name: getattr(self, name) for name in record.settings})

    def without_idle_settings(self) -> GenerateConfig:
        """The same run; settings of other samplers than its own are at their defaults."""
        default = GenerateConfig()
        others = {name for record in SAMPLERS.values() for name in record.settings} - {*self.sampler_record().settings}
        return replace(self, **{name: getattr(default, name) for name in others})


class SeededNoise:
    """Draws eps ~ N(0, I), (B, *shape), with one CPU generator a sprite, seeded with its seed.

    So a sprite sees the same noise alone or in a batch, on any device.
    """

    def __init__(
        self, seeds: Sequence[int], shape: Sequence[int] = SPRITE_SHAPE, device: str | torch.device = "cpu"
    ) -> None:
        self._generators = [torch.Generator().manual_seed(seed) for seed in seeds]
        self._shape, self._device = tuple(shape), device

    def __call__(self) -> Tensor:
        return torch.stack([torch.randn(self._shape, generator=g) for g in self._generators]).to(self._device)


def generate(
    model: Model | Mapping[str, Model],
    config: GenerateConfig,
    *,
    start: tuple[int, Tensor] | None = None,
    edit: Edit | None = None,
    after: Sequence[SampleStep] = (),
) -> Iterator[SampleStep]:
    """Run a sampler; the last step's x_prev (count, C, H, W) are the sprites.

    model: the network, or several by name (see Models), of which the config names one.
    start: (t, x_t (count, C, H, W)): where to start instead of at the seeds' noise; the run's timesteps below t follow.
    What a sampler adds on the way stays the seeds'.
    edit: see samplers.sample.
    after: the first steps of another run, from its beginning, of the same count, schedule and T: this run continues
    from where they ended. With an unchanged config it repeats the rest of that run; with another it is a fork of it.

    With clip_x0 they are in [-1, 1] up to rounding, but for plms, whose last step draws on earlier predictions.
    Raises ValueError, before the first step, if config names a class that the model does not have, if the model is not
    the network that it names, if there is nothing to continue or its noise levels are not those of config, or if start
    is no such pair or comes with `after`.
    """
    model = _the_network(model, config)
    schedule = config.noise_schedule()
    rows = weight_rows(config.weights, model.class_names, config.count).to(model.device)
    denoise = guided(
        model.run,
        schedule,
        ClassWeights(rows, config.mixing),
        prediction_type=model.network.config.prediction_type,
        scale=config.guidance_scale,
        interval=config.guidance_interval,
        clip_x0=config.clip_x0,
    )
    noise = SeededNoise(config.seeds(), model.shape, model.device)
    x, timesteps = noise(), config.timesteps()  # drawn in any case: a step's noise does not depend on where it starts
    if start is not None and after:
        raise ValueError("a continued run starts where the other ended; leave start out")
    if start is not None:
        x, timesteps = _started(start, x, timesteps, config)
    if after:
        x, timesteps = _continued(after, timesteps, config, schedule)
        for _ in after:
            noise()  # what the earlier steps drew, so that the rest of the run sees the noise that it would have seen
    return sample(denoise, schedule, x, timesteps, config.rule(), noise=noise, edit=edit, after=after)


def _started(
    start: tuple[int, Tensor], noise: Tensor, timesteps: list[int], config: GenerateConfig
) -> tuple[Tensor, list[int]]:
    """The state and the timesteps of a run that starts there. Raises ValueError."""
    t, x_t = start
    check_whole("the timestep to start at", t, 1, config.num_train_timesteps)
    if x_t.shape != noise.shape:
        raise ValueError(f"the state to start from must have the shape {tuple(noise.shape)}; got {tuple(x_t.shape)}")
    return x_t.to(noise), [t, *(s for s in timesteps if s < t)]


def _continued(
    after: Sequence[SampleStep], timesteps: list[int], config: GenerateConfig, schedule: NoiseSchedule
) -> tuple[Tensor, list[int]]:
    """The state and the timesteps of a run that goes on from there. Raises ValueError."""
    _check_schedule(schedule, after[-1])
    x, t = after[-1].x_prev, after[-1].t_prev
    if t == 0:
        raise ValueError("the run to continue has already ended")
    if len(x) != config.count:
        raise ValueError(f"the run to continue has {len(x)} sprites; count is {config.count}")
    return x, [t, *(s for s in timesteps if s < t)]


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


def _the_network(model: Model | Mapping[str, Model], config: GenerateConfig) -> Model:
    """The network that the config names. Raises ValueError if it is not there, or if this is another."""
    record = NETWORKS[config.network]
    if not isinstance(model, Model):
        if config.network not in model:
            hint = "; python -m core.train.distill makes one" if record.teacher else ""
            raise ValueError(f"there is no {record.title} beside the checkpoint{hint}")
        model = model[config.network]
    if model.distilled != bool(record.teacher):
        raise ValueError(
            f"the config names the network {config.network}, and this one "
            f"{'is' if model.distilled else 'is not'} distilled"
        )
    return model


def evaluations(config: GenerateConfig, class_names: Sequence[str]) -> int:
    """The network evaluations of that run, all sprites together, at most: guided in an interval it may take fewer.

    Raises ValueError if config names a class that is not among class_names.
    """
    condition = ClassWeights(weight_rows(config.weights, class_names, config.count), config.mixing)
    scales = {config.guidance_scale} if config.guidance_interval == EVERYWHERE else {config.guidance_scale, 1.0}
    branches = max(len(condition.branches(scale)) for scale in scales)
    return config.count * config.sampler_record().evaluations(config.num_inference_steps) * branches


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
