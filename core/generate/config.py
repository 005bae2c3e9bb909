"""GenerateConfig: what a run draws, and how. Its fields are the names that the page, its links and its programs use."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, fields, replace
from reprlib import repr as brief
from typing import TYPE_CHECKING, Any, Literal, TypeAlias

from ..checks import LEFT_OUT, check_choice, check_flag, check_interval, check_number, check_whole
from ..conditions import MIXINGS, Mixing
from ..guidance import EVERYWHERE
from ..models import NETWORKS
from ..samplers import SAMPLERS, VARIANCES, Rule, Sampler, Variance
from ..schedule import MAX_TIMESTEPS, MIN_TIMESTEPS, SCHEDULES, SPACINGS, NoiseSchedule, ScheduleName, Spacing

if TYPE_CHECKING:  # a type checker does not look into the registries
    SamplerName: TypeAlias = str
    NetworkName: TypeAlias = str
else:
    SamplerName, NetworkName = Literal[*SAMPLERS], Literal[*NETWORKS]
Weights = Mapping[str, float]
USUAL_COUNT = 16
MAX_COUNT = 256
MAX_SEED = 2**31 - 1
MAX_WEIGHT = 10.0
MAX_GUIDANCE = 20.0


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

    What was left out is filled in at once, and dataclasses.replace keeps it: to change the network, say, pass None for
    num_inference_steps and spacing, too.
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
                check_whole("seed", seed, 0, MAX_SEED + MAX_COUNT - 1)  # as far as seed + i goes
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
        return data | {"guidance_interval": [low, None if high == math.inf else high]}

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
