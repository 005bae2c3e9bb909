"""Several runs from the same noise, timed one after the other: the lanes of a race."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace

import numpy as np
import torch
from torch import Tensor

from .checkpoint import Model
from .explain import spread
from .generate import GenerateConfig, generate, last
from .models import NETWORKS
from .render import to_uint8
from .samplers import SampleStep

SHOW_EVERY = 0.3  # seconds of a lane's own time between two pictures of it
WARM_UP = 0.2  # seconds
MAX_FRAMES = 40  # of a lane's replay
SHOWN_STEPS = 8  # of a lane
CONVERGED_STEPS = 200  # of second order: half the sprites are then within 0.3/255 of the end of 500 steps


@dataclass(frozen=True)
class Frame:
    """A state of a lane for its replay: when it was reached, after how much work; sprites (count, H, W, 3) uint8."""

    seconds: float
    done: int
    nfe: int
    t: int
    sprites: np.ndarray


@dataclass(frozen=True)
class Lane:
    """One contestant: its settings, how far it is, and how long its network and sampler have worked.

    step: the last one.  frames: its states, for a replay.  shown: some of its steps, evenly spread, with all of their
    tensors.
    """

    config: GenerateConfig
    done: int = 0
    nfe: int = 0
    seconds: float = 0.0
    step: SampleStep | None = None
    frames: tuple[Frame, ...] = ()
    shown: tuple[SampleStep, ...] = ()
    distance: float | None = None

    @property
    def title(self) -> str:
        """Its sampler, and network if that is another than the first, for people."""
        network = NETWORKS[self.config.network]
        eta = f", η = {self.config.eta:g}" if self.config.eta else ""
        return network.title if network.teacher else self.config.sampler_record().title + eta

    @property
    def x(self) -> Tensor:
        """The state that it has come to, (count, C, H, W): its sprites, when it has finished. It must have begun."""
        assert self.step is not None
        return self.step.x_prev


def drive(
    model: Model | Mapping[str, Model],
    lane: Lane,
    start: tuple[int, Tensor] | None = None,
    clock: Callable[[], float] = time.perf_counter,
) -> Iterator[Lane]:
    """Run a lane, yielding it now and then and at the end. Only the sampling is timed, not the showing.

    start: as in generate.  clock: seconds; where others use the network, too, it stands still while they do.
    """
    n = lane.config.num_inference_steps
    kept = {*spread(n, MAX_FRAMES), n}  # numbers of steps done
    shown_steps = set(spread(n, SHOWN_STEPS))
    steps, shown = generate(model, lane.config, start=start), 0.0
    while lane.done < n:
        began = clock()
        step = next(steps)
        if step.x_prev.is_cuda:
            torch.cuda.synchronize()  # or the step would be timed with whatever waits for its end
        seconds = lane.seconds + clock() - began
        done, frames = step.index + 1, lane.frames
        if not frames:
            frames = (Frame(0.0, 0, 0, step.t, to_uint8(step.x_t)),)
        if done in kept:
            frames = (*frames, Frame(seconds, done, step.nfe, step.t_prev, to_uint8(step.x_prev)))
        some = (*lane.shown, step) if step.index in shown_steps else lane.shown
        lane = replace(lane, done=done, nfe=step.nfe, seconds=seconds, step=step, frames=frames, shown=some)
        if seconds - shown > SHOW_EVERY or done == n:
            yield lane
            shown = seconds


def finish(
    model: Model | Mapping[str, Model],
    lane: Lane,
    start: tuple[int, Tensor] | None = None,
    clock: Callable[[], float] = time.perf_counter,
) -> Lane:
    """The lane after its run (see drive)."""
    *_, lane = drive(model, lane, start, clock)
    return lane


def warm_up(model: Model | Mapping[str, Model], lane: Lane) -> None:
    """Evaluations by the lane's network, just before it starts: the first ones are slower, and should not count."""
    config, began = replace(lane.config, sampler="ddim", eta=0.0, num_inference_steps=2), time.perf_counter()
    last(generate(model, config))
    while time.perf_counter() - began < WARM_UP:
        last(generate(model, config))


def converged(model: Model | Mapping[str, Model], config: GenerateConfig) -> Tensor:
    """Where the probability-flow ODE leads from that run's noise, by the first network, (count, C, H, W)."""
    exact = GenerateConfig(config.weights, config.count, config.seed, "dpmpp_2m", CONVERGED_STEPS)
    return last(generate(model, exact)).x_prev


def distance(x0: Tensor, other: Tensor) -> float:
    """Root-mean-square difference of two batches of sprites in 1/255, of the median sprite.

    Median, because a path that passes near a fork between two sprites may take either at almost any step size.
    """
    return (x0 - other).square().mean((1, 2, 3)).sqrt().median().item() * 127.5
