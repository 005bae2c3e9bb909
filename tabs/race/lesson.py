"""Lesson 3: up to four samplers from the same x_T, timed one after the other on this machine."""

from __future__ import annotations

import csv
import math
import secrets
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from functools import lru_cache
from itertools import pairwise
from pathlib import Path
from reprlib import repr as brief
from typing import TYPE_CHECKING, NamedTuple

import gradio as gr
import numpy as np
from torch import Tensor

from core import GenerateConfig
from core.checks import check_whole
from core.compare import Lane, converged, distance, drive, warm_up
from core.generate import MAX_SEED, too_large
from core.models import NETWORKS
from core.program import lanes_program
from core.render import to_uint8
from core.samplers import SAMPLERS
from serving.gpu import on_gpu
from serving.refusals import says_why
from serving.runs import RACE_QUEUE, check_share, class_names, clock, draws_our_sprites, models, queue_line, served
from tabs.page import (
    AT_ONCE,
    Control,
    choices,
    component,
    encode,
    few_steps,
    gif,
    network_choice,
    read_config,
    shown_for,
    text,
)

if TYPE_CHECKING:
    import plotly.graph_objects as go

PATIENCE = 1.0  # seconds that a race stands still for a page that has not drawn it
MAX_SPRITES = 32
MAX_RACES = 50  # whose lanes are kept in the plot
NO_LANE = "none"
LANE_FIELDS = ("sampler", "network", "num_inference_steps", "eta")  # of GenerateConfig: what a lane has of its own
DEFAULT_LANES = (
    ("ddpm", "sprites", 500, 0.0),
    ("ddim", "sprites", 25, 0.0),
    (NO_LANE, "sprites", 10, 0.0),
    (NO_LANE, "sprites", 10, 0.0),
)
# A curve for each sampler by the first network, and one for each distilled network:
CURVES = {name: record.title for name, record in SAMPLERS.items()} | {
    name: record.title for name, record in NETWORKS.items() if record.teacher
}
PALETTE = ("#c2571a", "#3f7fe0", "#2e9e6b", "#b8860b", "#a0529c", "#d6336c", "#8a6d5a", "#0c8599", "#6b7f12")
COLOURS = {name: PALETTE[i % len(PALETTE)] for i, name in enumerate(CURVES)}
GREY, FAINT = "#7c7c86", "rgba(128,128,140,0.25)"  # seen on light and dark pages; texts have the page's colour
REM, MIN_REM, MAX_REM = 16, 4, 100  # px, a page's size of text: the usual one, and the bounds
TICKS = [digit * 10.0**power for power in range(-4, 4) for digit in (1, 2, 5)]
TICK_TEXT = [f"{tick:g}" for tick in TICKS]
# Plotly's buttons, all of them: in Firefox they cover the top of a plot.
BUTTONS = ["toImage", "zoom", "pan", "select", "lasso", "zoomIn", "zoomOut", "autoScale", "resetScale"]
TEXT_SIZE = "(races) => [races, parseFloat(getComputedStyle(document.documentElement).fontSize)]"
RESULTS = Path(__file__).resolve().parents[2] / "benchmarks" / "results" / "samplers.csv"


class Result(NamedTuple):
    """What a finished lane leaves to the plots. curve: of CURVES."""

    curve: str
    eta: float
    nfe: int
    sprites: int
    seconds: float


def result(lane: Lane) -> Result:
    config = lane.config
    curve = config.network if NETWORKS[config.network].teacher else config.sampler
    return Result(curve, config.eta, lane.nfe, config.count, lane.seconds)


def shown(lane: Lane, *, replay: bool = False) -> dict[str, object]:
    """The lane as data for lesson.js; with `replay`, its frames as well, and what is to be said of its end."""
    data: dict[str, object] = {
        "name": lane.title,
        "config": lane.config.to_json(),
        "done": lane.done,
        "nfe": lane.nfe,
        "seconds": lane.seconds,
        "distance": lane.distance,
        "sprites": encode(to_uint8(lane.step.x_prev)) if lane.step else None,
    }
    if replay:
        data["note"] = too_large(lane.x)
        data["frames"] = {
            "seconds": [frame.seconds for frame in lane.frames],
            "done": [frame.done for frame in lane.frames],
            "nfe": [frame.nfe for frame in lane.frames],
            "t": [frame.t for frame in lane.frames],
            "sprites": encode(np.stack([frame.sprites for frame in lane.frames])),
        }
    return data


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
def exact(class_name: str, count: int, seed: int) -> Tensor:
    """Where the probability-flow ODE leads from that x_T, (count, C, H, W)."""
    return converged(models(), GenerateConfig({class_name: 1.0}, count, seed))


def line_up(shared: dict[str, object], lanes: Sequence[Sequence[object]]) -> list[Lane]:
    """The lanes at the start.

    shared: weights (a class, as a text), count and seed of all.  lanes: values of LANE_FIELDS; NO_LANE leaves one out.
    Raises ValueError.
    """
    lanes = [lane for lane in lanes if lane[0] != NO_LANE]
    if not 2 <= len(lanes) <= len(DEFAULT_LANES):
        raise ValueError(f"a race needs at least two lanes and at most {len(DEFAULT_LANES)}; got {len(lanes)}")
    check_whole("the number of sprites", shared["count"], 1, MAX_SPRITES)
    if shared["weights"] not in class_names():
        raise ValueError(f"unknown class {brief(shared['weights'])}; allowed: {', '.join(class_names())}")
    names = (*shared, *LANE_FIELDS)
    configs = [read_config(shared | dict(zip(LANE_FIELDS, lane, strict=True)), names) for lane in lanes]
    check_share(configs)
    return [Lane(config) for config in configs]


@on_gpu
def race(
    class_name: str, count: int, seed: int, races: list[list[Result]], *values: object
) -> Iterator[tuple[dict[str, object], list[list[Result]]]]:
    """All lanes from the same x_T, one after the other; yields (lanes, the races so far), last with their distances.

    values: of LANE_FIELDS, one lane after the other.
    races: the results of every race of this visit, lane by lane; this one is added when it is over.

    While a lane is timed, nothing is sent to the page: it may be on the same machine, and have work of its own with it.
    """
    each = len(LANE_FIELDS)
    chosen = [values[i : i + each] for i in range(0, len(values), each)]
    lanes = line_up({"weights": class_name, "count": count, "seed": seed}, chosen)
    with watched() as page:
        yield page.sends(show(lanes)), races
        page.wait()
        for i, lane in enumerate(lanes):
            warm_up(models(), lane)
            for lanes[i] in drive(models(), lane, clock=clock):
                yield page.sends(show(lanes)), races
                page.wait()
    races = [*races, [result(lane) for lane in lanes]][-MAX_RACES:]
    yield show(lanes, replay=True), races  # the exact solution may take as long again
    truth = exact(class_name, count, seed)
    yield show([replace(lane, distance=distance(lane.x, truth)) for lane in lanes], replay=True), races


def show(lanes: list[Lane], *, replay: bool = False) -> dict[str, object]:
    """All lanes as data for lesson.js."""
    return {
        "lanes": [shown(lane, replay=replay) for lane in lanes],
        "shape": list(models()["sprites"].shape),
        "finished": replay,
        "python": lanes_program([lane.config for lane in lanes]),
    }


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
    for curve, name in CURVES.items():
        own = [result for result in results if result.curve == curve]
        if own:
            figure.add_scatter(
                x=[run.nfe for run in own],
                y=[run.seconds / run.sprites for run in own],
                text=[
                    f"{run.seconds:.2f} s for {run.sprites} sprites, {1000 * run.seconds / run.nfe:.1f} ms each time"
                    for run in own
                ],
                mode="markers",
                cliponaxis=False,  # at the end of a decade, too
                name=name,
                marker={"color": COLOURS[curve], "size": 11, "symbol": "circle" if curve == "ddpm" else "diamond"},
            )
    styled(figure, "seconds a sprite, this visit's runs", rem)
    figure.update_xaxes(range=decades([result.nfe for result in results]))
    figure.update_yaxes(range=decades([result.seconds / result.sprites for result in results]))
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
    racing = {result.curve for result in results if not result.eta}
    for curve, name in CURVES.items():
        if curve in curves:
            nfe, fd = zip(*curves[curve], strict=True)
            colour = COLOURS[curve] if curve in racing else FAINT
            figure.add_scatter(x=nfe, y=fd, name=name, line={"color": colour}, showlegend=curve in racing)
    points = [(result, on_curve(curves.get(result.curve, []), result.nfe)) for result in results if not result.eta]
    points = [(result, fd) for result, fd in points if fd is not None]
    figure.add_scatter(
        x=[result.nfe for result, _ in points],
        y=[fd for _, fd in points],
        mode="markers",
        name="your lanes' samplers",
        marker={"color": [COLOURS[result.curve] for result, _ in points], "size": 15, "symbol": "star"},
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


def build() -> dict[str, Control]:
    text("race")
    with gr.Row():
        class_name = gr.Dropdown(class_names(), value=class_names()[0], label="class")
        count = gr.Slider(1, MAX_SPRITES, value=8, step=1, precision=0, label="sprites")
        seed = gr.Number(0, precision=0, minimum=0, maximum=MAX_SEED, label="seed")
    lanes_controls: list[Control] = []
    with gr.Row():
        for i, (name, _, n, noise) in enumerate(DEFAULT_LANES, start=1):
            with gr.Column(min_width=200):
                names = choices(SAMPLERS.values()) + ([("no lane", NO_LANE)] if i > 2 else [])
                sampler = gr.Dropdown(names, value=name, label=f"lane {i}")
                network = network_choice(f"network of lane {i}", sampler=sampler)
                steps = gr.Slider(1, 500, value=n, step=1, precision=0, label=f"steps of lane {i}")
                eta = gr.Slider(
                    0, 1, value=noise, step=0.05, label=f"η of lane {i}: fresh noise", visible=name == "ddim"
                )
                shown_for(network, sampler, {"eta": eta})
                few_steps(network, sampler, steps)
                lanes_controls += [sampler, network, steps, eta]
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
        [class_name, count, seed, races, *lanes_controls],
        [lanes, races],
        api_name="race_run",
        api_visibility="private",
        show_progress_on=line,
        preprocess=False,  # race checks what the controls may hold
        **RACE_QUEUE,
    )
    # Plotly costs the page a second: not while a lane runs
    running.success(says_why(plots), [races, rem], [times, quality], js=TEXT_SIZE, api_name="race_plots", **AT_ONCE)
    running.then(None, None, stop, js=may_press(False), **AT_ONCE)
    stop.click(None, None, stop, cancels=[running], js=may_press(False), **AT_ONCE)
    stop.click(None, js="() => window.dispatchEvent(new Event('race-stopped'))", **AT_ONCE)
    linked = [f"{field}{i}" for i in range(1, len(DEFAULT_LANES) + 1) for field in LANE_FIELDS]
    return {"weights": class_name, "count": count, "seed": seed, **dict(zip(linked, lanes_controls, strict=True))}
