"""A run: a GenerateConfig in, a stream of SampleSteps out."""

from __future__ import annotations

import math
from collections import deque
from collections.abc import Iterable, Iterator, Mapping, Sequence

import torch
from torch import Tensor

from ..checkpoint import Model
from ..checks import check_whole
from ..conditions import ClassWeights, weight_rows
from ..guidance import EVERYWHERE, guided
from ..models import NETWORKS
from ..samplers import Edit, SampleStep, sample
from ..schedule import NoiseSchedule
from .config import GenerateConfig

SPRITE_SHAPE = (3, 16, 16)  # of the built-in sprites


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
            hint = f", that of its teacher, {record.teacher}; python -m core.train.distill makes one"
            raise ValueError(f"there is no {record.title} beside the checkpoint{hint if record.teacher else ''}")
        model = model[config.network]
    if model.distilled != bool(record.teacher):
        kind = "a distilled one, which has its teacher's checkpoint beside it" if model.distilled else "not distilled"
        raise ValueError(f"the config names the network {config.network}, and this one is {kind}")
    return model


def evaluations(config: GenerateConfig, class_names: Sequence[str]) -> int:
    """The network evaluations of that run, all sprites together, at most: guided in an interval it may take fewer.

    Raises ValueError if config names a class that is not among class_names.
    """
    condition = ClassWeights(weight_rows(config.weights, class_names, config.count), config.mixing)
    scales = {config.guidance_scale} if config.guidance_interval == EVERYWHERE else {config.guidance_scale, 1.0}
    branches = max(len(condition.branches(scale)) for scale in scales)
    return config.count * config.sampler_record().evaluations(config.num_inference_steps) * branches


def last(steps: Iterable[SampleStep]) -> SampleStep:
    """Drain a run and keep its last step. Raises ValueError for a run without steps."""
    tail = deque(steps, maxlen=1)
    if not tail:
        raise ValueError("a run needs at least one step")
    return tail[0]
