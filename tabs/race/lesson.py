"""Lesson 3: up to four samplers from the same x_T, timed one after the other on this machine."""

from __future__ import annotations

import csv
import math
import secrets
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from functools import lru_cache
from itertools import pairwise
from pathlib import Path
from reprlib import repr as brief
from typing import TYPE_CHECKING, NamedTuple

import gradio as gr
import numpy as np
import torch
from torch import Tensor

from core import GenerateConfig, generate, last
from core.generate import MAX_SEED, too_large
from core.render import to_uint8
from core.samplers import SampleStep
from serving.gpu import on_gpu
from serving.refusals import says_why
from serving.runs import RACE_QUEUE, check_share, class_names, draws_our_sprites, model, queue_line, served, waited
from tabs.page import (
    AT_ONCE,
    ORIGIN,
    SAMPLER_CHOICES,
    SAMPLER_NAMES,
    SAVE_IMPORT,
    component,
    constructor,
    encode,
    few_steps,
    gif,
    saving,
    text,
)

if TYPE_CHECKING:
    import plotly.graph_objects as go

SHOW_EVERY = 0.3  # seconds of a lane's own time between two pictures of it
WARM_UP = 0.2  # seconds
PATIENCE = 1.0  # seconds that a race stands still for a page that has not drawn it
MAX_SPRITES = 32
MAX_RACES = 50  # whose lanes are kept in the plot
MAX_FRAMES = 40  # of a lane's replay
CONVERGED_STEPS = 200  # of second order: half the sprites are then within 0.3/255 of the end of 500 steps
NO_LANE = "none"
DEFAULT_LANES = (("ddpm", 500, 0.0), ("ddim", 25, 0.0), (NO_LANE, 10, 0.0), (NO_LANE, 10, 0.0))
COLOURS = dict(
    zip(
        SAMPLER_NAMES,
        ("#c2571a", "#3f7fe0", "#2e9e6b", "#b8860b", "#a0529c", "#d6336c", "#8a6d5a", "#0c8599", "#6b7f12"),
        strict=True,
    )
)
GREY, FAINT = "#7c7c86", "rgba(128,128,140,0.25)"  # seen on light and dark pages; texts have the page's colour
REM, MIN_REM, MAX_REM = 16, 4, 100  # px, a page's size of text: the usual one, and the bounds
TICKS = [digit * 10.0**power for power in range(-4, 4) for digit in (1, 2, 5)]
TICK_TEXT = [f"{tick:g}" for tick in TICKS]
# Plotly's buttons, all of them: in Firefox they cover the top of a plot.
BUTTONS = ["toImage", "zoom", "pan", "select", "lasso", "zoomIn", "zoomOut", "autoScale", "resetScale"]
RESULTS = Path(__file__).resolve().parents[2] / "benchmarks" / "results" / "samplers.csv"


@dataclass(frozen=True)
class Frame:
    """A state of a lane for its replay: when it was reached, after how much work; sprites (count, 16, 16, 3) uint8."""

    seconds: float
    done: int
    nfe: int
    t: int
    sprites: np.ndarray


class Result(NamedTuple):
    """What a finished lane leaves to the plots."""

    sampler: str
    eta: float
    nfe: int
    count: int
    seconds: float


@dataclass(frozen=True)
class Lane:
    """One contestant: its settings, how far it is, and how long its network and sampler have worked."""

    config: GenerateConfig
    done: int = 0
    nfe: int = 0
    seconds: float = 0.0
    step: SampleStep | None = None
    frames: tuple[Frame, ...] = ()
    distance: float | None = None

    @property
    def name(self) -> str:
        eta = f", η = {self.config.eta:g}" if self.config.sampler == "ddim" and self.config.eta else ""
        return SAMPLER_NAMES[self.config.sampler] + eta

    @property
    def result(self) -> Result:
        return Result(self.config.sampler, self.config.eta, self.nfe, self.config.count, self.seconds)

    def shown(self, *, replay: bool = False) -> dict[str, object]:
        """The lane as data for assets/race.js; with `replay`, its frames as well, and what is to be said of its end."""
        data = {
            "name": self.name,
            "steps": self.config.num_inference_steps,
            "count": self.config.count,
            "done": self.done,
            "nfe": self.nfe,
            "seconds": self.seconds,
            "distance": self.distance,
            "sprites": encode(to_uint8(self.step.x_prev)) if self.step else None,
        }
        if replay:
            data["note"] = too_large(self.step.x_prev)
            data["frames"] = {
                "seconds": [frame.seconds for frame in self.frames],
                "done": [frame.done for frame in self.frames],
                "nfe": [frame.nfe for frame in self.frames],
                "t": [frame.t for frame in self.frames],
                "sprites": encode(np.stack([frame.sprites for frame in self.frames])),
            }
        return data


def drive(lane: Lane, x_T: Tensor | None = None) -> Iterator[Lane]:
    """Run a lane, yielding it now and then and at the end.

    Only the sampling is timed: neither the showing nor the wait for other people's turns at the network.
    x_T: where to start, as in core.generate.
    """
    n = lane.config.num_inference_steps
    kept = {round(i * n / min(n, MAX_FRAMES)) for i in range(min(n, MAX_FRAMES) + 1)}  # numbers of steps done
    steps, shown = generate(model(), lane.config, x_T=x_T), 0.0
    while lane.done < n:
        start, before = time.perf_counter(), waited()
        step = next(steps)
        if step.x_prev.is_cuda:
            torch.cuda.synchronize()  # or the step would be timed with whatever waits for its end
        seconds = lane.seconds + time.perf_counter() - start - (waited() - before)
        done, frames = step.index + 1, lane.frames
        if not frames:
            frames = (Frame(0.0, 0, 0, step.t, to_uint8(step.x_t)),)
        if done in kept:
            frames = (*frames, Frame(seconds, done, step.nfe, step.t_prev, to_uint8(step.x_prev)))
        lane = replace(lane, done=done, nfe=step.nfe, seconds=seconds, step=step, frames=frames)
        if seconds - shown > SHOW_EVERY or done == n:
            yield lane
            shown = seconds


def finish(lane: Lane, x_T: Tensor | None = None) -> Lane:
    """The lane after its run (see drive)."""
    *_, lane = drive(lane, x_T)
    return lane


def warm_up(lane: Lane) -> None:
    """Evaluations by the lane's network, just before it starts: the first ones are slower, and should not count."""
    sampler = "distilled" if lane.config.sampler == "distilled" else "ddim"
    config, start = replace(lane.config, sampler=sampler, eta=0.0, num_inference_steps=2), time.perf_counter()
    last(generate(model(), config))
    while time.perf_counter() - start < WARM_UP:
        last(generate(model(), config))


class Watched:
    """A race on somebody's page: it stands still while the page draws, so that no lane is timed beside that work.

    A page that does not say in time that it has drawn, for it is out of sight or a program, is not waited for again.
    """

    def __init__(self) -> None:
        self.name, self._drawn, self._answers = secrets.token_hex(8), threading.Event(), True

    def sends(self, data: dict[str, object]) -> dict[str, object]:
        """The data, with the name under which the page answers when it has drawn them."""
        self._drawn.clear()
        return data | {"race": self.name}

    def wait(self) -> None:
        """Return when the page has drawn what was sent last."""
        self._answers = self._answers and self._drawn.wait(PATIENCE)

    def has_drawn(self) -> None:
        """The page says so."""
        self._drawn.set()


_watched: dict[str, Watched] = {}  # the races under way, by name


@contextmanager
def watched() -> Iterator[Watched]:
    """A race on a page, known to `drawn` while it lasts."""
    page = Watched()
    _watched[page.name] = page
    try:
        yield page
    finally:
        del _watched[page.name]


def drawn(race: object) -> None:
    """A page has drawn what the race of that name has sent it. Raises ValueError for what is no name."""
    if not isinstance(race, str):
        raise ValueError(f"a race is named by a text; got {brief(race)}")
    if race in _watched:  # else it is over
        _watched[race].has_drawn()


@lru_cache(maxsize=32)
def converged(class_name: str, count: int, seed: int) -> Tensor:
    """Where the probability-flow ODE leads from that x_T, (count, 3, 16, 16)."""
    config = GenerateConfig({class_name: 1.0}, count, seed, "dpmpp_2m", CONVERGED_STEPS)
    return last(generate(model(), config)).x_prev


def distance(x0: Tensor, other: Tensor) -> float:
    """Root-mean-square difference of two batches of sprites in 1/255, of the median sprite.

    Median, because a path that passes near a fork between two sprites may take either at almost any step size.
    """
    return (x0 - other).square().mean((1, 2, 3)).sqrt().median().item() * 127.5


def entrants(class_name: str, count: int, seed: int, choices: tuple) -> list[Lane]:
    """The lanes at the start. choices: sampler, steps and eta of each, one after the other; NO_LANE leaves one out."""
    lanes = zip(choices[::3], choices[1::3], choices[2::3], strict=True)
    return line_up(class_name, count, seed, [lane for lane in lanes if lane[0] != NO_LANE])


def line_up(class_name: str, count: int, seed: int, lanes: Sequence[tuple[str, int, float]]) -> list[Lane]:
    """The lanes at the start, from sampler, steps and eta of each. Raises ValueError."""
    if isinstance(count, bool) or not isinstance(count, int) or not 1 <= count <= MAX_SPRITES:
        raise ValueError(f"the number of sprites must be a whole number from 1 to {MAX_SPRITES}; got {brief(count)}")
    if class_name not in class_names():
        raise ValueError(f"unknown class {brief(class_name)}; allowed: {', '.join(class_names())}")
    if not 2 <= len(lanes) <= len(DEFAULT_LANES):
        raise ValueError(f"a race needs at least two lanes and at most {len(DEFAULT_LANES)}; got {len(lanes)}")
    configs = [
        GenerateConfig({class_name: 1.0}, count, seed, sampler, steps, eta if sampler == "ddim" else 0.0)
        for sampler, steps, eta in lanes
    ]
    check_share(configs)
    return [Lane(config) for config in configs]


@on_gpu
def race(
    class_name: str, count: int, seed: int, races: list[list[Result]], *choices
) -> Iterator[tuple[dict[str, object], list[list[Result]]]]:
    """All lanes from the same x_T, one after the other; yields (lanes, the races so far), last with their distances.

    choices: sampler, steps and eta of each lane, one after the other.
    races: the results of every race of this visit, lane by lane; this one is added when it is over.

    While a lane is timed, nothing is sent to the page: it may be on the same machine, and have work of its own with it.
    """
    lanes = entrants(class_name, count, seed, choices)
    with watched() as page:
        yield page.sends(show(lanes)), races
        page.wait()
        for i, lane in enumerate(lanes):
            warm_up(lane)
            for lanes[i] in drive(lane):
                yield page.sends(show(lanes)), races
                page.wait()
    races = [*races, [lane.result for lane in lanes]][-MAX_RACES:]
    yield show(lanes, replay=True), races  # the exact solution may take as long again
    truth = converged(class_name, count, seed)
    yield show([replace(lane, distance=distance(lane.step.x_prev, truth)) for lane in lanes], replay=True), races


def show(lanes: list[Lane], *, replay: bool = False) -> dict[str, object]:
    """All lanes as data for assets/race.js."""
    return {
        "lanes": [lane.shown(replay=replay) for lane in lanes],
        "T": lanes[0].config.num_train_timesteps,
        "finished": replay,
        "python": program(lanes),
    }


def program(lanes: list[Lane]) -> str:
    """A program that draws every lane's sprites, bit for bit on the same machine."""
    configs = "".join(f"    {constructor(lane.config)},\n" for lane in lanes)
    return f"""{ORIGIN}import torch
from core import GenerateConfig, generate, last, load
{SAVE_IMPORT}

model = load()
lanes = [
{configs}]
sprites = [last(generate(model, config)).x_prev for config in lanes]  # ({lanes[0].config.count}, 3, 16, 16) each
{saving(lanes[0].config.count, "torch.cat(sprites)")}
"""


def plots(races: list[list[Result]], rem: float = REM) -> tuple[go.Figure, go.Figure | None]:
    """The two plots under a race: of time, for all races of this visit, and of quality, for the last one.

    rem: px, the size of text on the page. Raises ValueError if no page could have it.
    """
    if not isinstance(rem, int | float) or not MIN_REM <= rem <= MAX_REM:
        raise ValueError(f"rem must be a number of px from {MIN_REM} to {MAX_REM}; got {brief(rem)}")
    results = [result for race in races for result in race]
    return time_plot(results, rem), quality_plot(races[-1] if races else [], rem)


def time_plot(results: Sequence[Result], rem: float = REM) -> go.Figure:
    """Seconds a sprite against network evaluations, both logarithmic, a point for every result."""
    import plotly.graph_objects as go  # here, for the first page needs no charts

    figure = go.Figure()
    for sampler, name in SAMPLER_NAMES.items():
        own = [result for result in results if result.sampler == sampler]
        if own:
            figure.add_scatter(
                x=[run.nfe for run in own],
                y=[run.seconds / run.count for run in own],
                text=[
                    f"{run.seconds:.2f} s for {run.count} sprites, {1000 * run.seconds / run.nfe:.1f} ms each time"
                    for run in own
                ],
                mode="markers",
                cliponaxis=False,  # at the end of a decade, too
                name=name,
                marker={"color": COLOURS[sampler], "size": 11, "symbol": "circle" if sampler == "ddpm" else "diamond"},
            )
    styled(figure, "seconds a sprite, this visit's runs", rem)
    figure.update_xaxes(range=decades([result.nfe for result in results]))
    figure.update_yaxes(range=decades([result.seconds / result.count for result in results]))
    return figure


def decades(values: Sequence[float]) -> tuple[int, int]:
    """The whole decades that hold all values, as logarithms for Plotly's range: (0, 2) for 1 to 100."""
    low, high = (math.log10(end) for end in (min(values, default=1), max(values, default=1)))
    return math.floor(low), max(math.ceil(high), math.floor(low) + 1)


@lru_cache(maxsize=1)
def measured() -> dict[str, list[tuple[int, float]]]:
    """The measured quality curve of each sampler: (nfe, Frechet distance), ascending; and "floor", for real sprites.

    From benchmarks/results/, which python -m benchmarks.quality writes; empty if it has not, or for a network that
    learned from other sprites.
    """
    if not RESULTS.is_file() or not draws_our_sprites():
        return {}
    with open(RESULTS, newline="") as file:
        rows = list(csv.DictReader(file))
    curves: dict[str, list[tuple[int, float]]] = {"floor": [(0, float(rows[0]["fd_floor"]))]}
    for row in rows:
        curves.setdefault(row["sampler"], []).append((int(row["nfe"]), float(row["fd"])))
    return {name: sorted(curve) for name, curve in curves.items()}


def on_curve(curve: list[tuple[int, float]], nfe: int) -> float | None:
    """The curve at nfe, between two measurements on the straight line of logarithms; None beyond its ends."""
    for (low, a), (high, b) in pairwise(curve):
        if low <= nfe <= high:
            share = (math.log(nfe) - math.log(low)) / (math.log(high) - math.log(low))
            return math.exp((1 - share) * math.log(a) + share * math.log(b))
    return None


def quality_plot(results: Sequence[Result], rem: float = REM) -> go.Figure | None:
    """Measured Frechet distance against evaluations; the samplers in the race in colour, with each lane's own point.

    None if nothing has been measured.
    """
    import plotly.graph_objects as go

    figure, curves = go.Figure(), measured()
    if not curves:
        return None
    racing = {result.sampler for result in results if not result.eta}
    for sampler, name in SAMPLER_NAMES.items():
        if sampler in curves:
            nfe, fd = zip(*curves[sampler], strict=True)
            colour = COLOURS[sampler] if sampler in racing else FAINT
            figure.add_scatter(x=nfe, y=fd, name=name, line={"color": colour}, showlegend=sampler in racing)
    points = [(result, on_curve(curves.get(result.sampler, []), result.nfe)) for result in results if not result.eta]
    points = [(result, fd) for result, fd in points if fd is not None]
    figure.add_scatter(
        x=[result.nfe for result, _ in points],
        y=[fd for _, fd in points],
        mode="markers",
        name="your lanes' samplers",
        marker={"color": [COLOURS[result.sampler] for result, _ in points], "size": 15, "symbol": "star"},
    )
    floor = curves["floor"][0][1]
    figure.add_hline(floor, line={"color": GREY, "dash": "dot"})
    figure.add_annotation(  # on a logarithmic axis Plotly wants the logarithm, but not of a line
        text="real sprites",
        x=1,
        xref="x domain",
        xanchor="right",
        y=math.log10(floor),
        yanchor="bottom",
        showarrow=False,
    )
    return styled(figure, "Fréchet distance, measured before", rem)


def styled(figure: go.Figure, y: str, rem: float) -> go.Figure:
    """The look of both plots: readable on light and dark pages, and in large type."""
    figure.update_layout(
        xaxis={
            "title": {"text": "network evaluations a sprite", "standoff": 6},
            "type": "log",
            "tickvals": TICKS,
            "ticktext": TICK_TEXT,
        },
        yaxis={"title": y, "type": "log", "tickvals": TICKS, "ticktext": TICK_TEXT},
        margin={"l": 3.75 * rem, "r": 20, "t": 12, "b": 3.125 * rem},
        modebar={"remove": BUTTONS},
        dragmode=False,
        legend={"orientation": "h", "y": -0.25, "yanchor": "top"},
        height=22.5 * rem,
        template="none",
        font={"color": GREY, "size": 0.75 * rem},
        paper_bgcolor="rgba(0,0,0,0)",
        plot_bgcolor="rgba(0,0,0,0)",
    )
    figure.update_xaxes(gridcolor=FAINT, linecolor=GREY)
    figure.update_yaxes(gridcolor=FAINT, linecolor=GREY)
    return figure


def may_press(yes: bool) -> str:
    """A script that gives a button its use, or takes it."""
    return f"() => ({{__type__: 'update', interactive: {str(yes).lower()}}})"


def build() -> dict[str, gr.components.Component]:
    gr.Markdown(text("race"), elem_classes="lesson")
    with gr.Row():
        class_name = gr.Dropdown(class_names(), value=class_names()[0], label="class")
        count = gr.Slider(1, MAX_SPRITES, value=8, step=1, precision=0, label="sprites")
        seed = gr.Number(0, precision=0, minimum=0, maximum=MAX_SEED, label="seed")
    choices = []
    with gr.Row():
        for i, (sampler, steps, eta) in enumerate(DEFAULT_LANES):
            with gr.Column(min_width=200):
                names = SAMPLER_CHOICES + ([("no lane", NO_LANE)] if i > 1 else [])
                box = gr.Dropdown(names, value=sampler, label=f"lane {i + 1}")
                length = gr.Slider(1, 500, value=steps, step=1, precision=0, label=f"steps of lane {i + 1}")
                noise = gr.Slider(
                    0, 1, value=eta, step=0.05, label=f"η of lane {i + 1}: fresh noise", visible=sampler == "ddim"
                )
                box.change(
                    lambda sampler: gr.update(visible=sampler == "ddim"),
                    box,
                    noise,
                    **AT_ONCE,
                )
                few_steps(box, length)
                choices += [box, length, noise]
    with gr.Row():
        start = gr.Button("Race", variant="primary", scale=3)
        stop = gr.Button("Stop", interactive=False)
    line = queue_line("race")
    lanes = component("race", server_functions=[gif, drawn])
    with gr.Row():
        times = gr.Plot(show_label=False, elem_id="race-plot")
        quality = gr.Plot(show_label=False, elem_id="quality-plot", visible=bool(measured()))
    races, rem = gr.State([]), gr.Number(REM, visible=False)
    start.click(None, None, stop, js=may_press(True), **AT_ONCE)
    running = start.click(
        served("race", race, alone=True),
        [class_name, count, seed, races, *choices],
        [lanes, races],
        api_visibility="private",
        show_progress_on=line,
        preprocess=False,  # race checks what the controls may hold
        **RACE_QUEUE,
    )
    # Plotly costs the page a second: not while a lane runs
    running.success(says_why(plots), [races, rem], [times, quality], js="(races) => [races, pixels.rem()]", **AT_ONCE)
    running.then(None, None, stop, js=may_press(False), **AT_ONCE)
    stop.click(None, None, stop, cancels=[running], js=may_press(False), **AT_ONCE)
    stop.click(None, js="() => window.dispatchEvent(new Event('race-stopped'))", **AT_ONCE)
    lanes_linked = {
        f"{what}{i + 1}": choices[3 * i + k]
        for i in range(len(DEFAULT_LANES))
        for k, what in enumerate(("lane", "steps", "eta"))
    }
    return {"class": class_name, "count": count, "seed": seed, **lanes_linked}
