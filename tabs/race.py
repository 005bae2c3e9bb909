"""Lesson 3: up to four samplers from the same x_T, timed one after the other on this machine."""

from __future__ import annotations

import csv
import math
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from itertools import pairwise
from pathlib import Path
from reprlib import repr as brief
from typing import TYPE_CHECKING

import gradio as gr
import numpy as np
from torch import Tensor

from core import GenerateConfig, generate, last
from core.generate import MAX_SEED
from core.render import to_uint8
from core.samplers import SampleStep

from .gpu import on_gpu
from .page import AT_ONCE, SAMPLER_CHOICES, SAMPLER_NAMES, component, constructor, encode, few_steps, gif, text
from .runs import RACE_QUEUE, check_share, class_names, draws_our_sprites, model, queue_line, served, waited

if TYPE_CHECKING:
    import plotly.graph_objects as go

SHOW_EVERY = 0.12  # seconds between two pictures of a running lane
MAX_SPRITES = 32
MAX_RUNS = 200  # points kept in the plot
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
TICKS = [digit * 10.0**power for power in range(-4, 4) for digit in (1, 2, 5)]
TICK_TEXT = [f"{tick:g}" for tick in TICKS]
RESULTS = Path(__file__).resolve().parent.parent / "benchmarks" / "results" / "samplers.csv"


@dataclass(frozen=True)
class Frame:
    """A state of a lane for its replay: when it was reached, its timestep, the sprites (count, 16, 16, 3) uint8."""

    seconds: float
    t: int
    sprites: np.ndarray


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

    def shown(self, *, replay: bool = False) -> dict[str, object]:
        """The lane as data for assets/race.js; with `replay`, its frames as well."""
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
            data["frames"] = {
                "seconds": [frame.seconds for frame in self.frames],
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
    steps, shown = generate(model(), lane.config, x_T=x_T), time.perf_counter()
    while lane.done < n:
        start, before = time.perf_counter(), waited()
        step = next(steps)
        now = time.perf_counter()
        seconds = lane.seconds + now - start - (waited() - before)
        done, frames = step.index + 1, lane.frames
        if not frames:
            frames = (Frame(0.0, step.t, to_uint8(step.x_t)),)
        if done in kept:
            frames = (*frames, Frame(seconds, step.t_prev, to_uint8(step.x_prev)))
        lane = replace(lane, done=done, nfe=step.nfe, seconds=seconds, step=step, frames=frames)
        if now - shown > SHOW_EVERY or done == n:
            yield lane
            shown = time.perf_counter()


def finish(lane: Lane, x_T: Tensor | None = None) -> Lane:
    """The lane after its run (see drive)."""
    *_, lane = drive(lane, x_T)
    return lane


def warm_up(lanes: Sequence[Lane]) -> None:
    """One evaluation by each network in the race, of as many sprites: the first is slower, and should not count."""
    for sampler in {"distilled" if lane.config.sampler == "distilled" else "ddim" for lane in lanes}:
        last(generate(model(), replace(lanes[0].config, sampler=sampler, eta=0.0, num_inference_steps=1)))


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
    class_name: str, count: int, seed: int, runs: list[list], *choices
) -> Iterator[tuple[dict[str, object], list[list], go.Figure | None, go.Figure | None]]:
    """All lanes from the same x_T, one after the other; yields (lanes, runs so far, plot of times, plot of quality).

    choices: sampler, steps and eta of each lane, one after the other.
    runs: finished lanes as [sampler, nfe, sprites, seconds]; each lane that finishes is added and the plot redrawn.
    """
    lanes = entrants(class_name, count, seed, choices)
    yield show(lanes), runs, gr.skip(), gr.skip()
    warm_up(lanes)
    for i, lane in enumerate(lanes):
        for lanes[i] in drive(lane):
            yield show(lanes), runs, gr.skip(), gr.skip()
        runs = [*runs, [lane.config.sampler, lanes[i].nfe, count, lanes[i].seconds]][-MAX_RUNS:]
        yield show(lanes), runs, plot(runs), gr.skip()
    truth = converged(class_name, count, seed)
    lanes = [replace(lane, distance=distance(lane.step.x_prev, truth)) for lane in lanes]
    yield show(lanes, replay=True), runs, gr.skip(), quality_plot(lanes)


def show(lanes: list[Lane], *, replay: bool = False) -> dict[str, object]:
    """All lanes as data for assets/race.js."""
    return {
        "lanes": [lane.shown(replay=replay) for lane in lanes],
        "T": lanes[0].config.num_train_timesteps,
        "finished": replay,
        "link": link(lanes),
        "python": program(lanes),
    }


def link(lanes: list[Lane]) -> dict[str, object]:
    """What a permanent link says of a race, by the names that build() gives to its controls."""
    config = lanes[0].config
    values = {"class": next(iter(config.weights)), "count": config.count, "seed": config.seed}
    for i in range(len(DEFAULT_LANES)):
        if i < len(lanes):
            config = lanes[i].config
            values |= {f"lane{i + 1}": config.sampler, f"steps{i + 1}": config.num_inference_steps}
            values |= {f"eta{i + 1}": config.eta} if config.sampler == "ddim" else {}
        else:
            values[f"lane{i + 1}"] = NO_LANE
    return values


def program(lanes: list[Lane]) -> str:
    """A program that draws every lane's sprites, bit for bit on the same machine."""
    configs = "".join(f"    {constructor(lane.config)},\n" for lane in lanes)
    return f"""from core import GenerateConfig, generate, last, load

model = load()
lanes = [
{configs}]
sprites = [last(generate(model, config)).x_prev for config in lanes]  # ({lanes[0].config.count}, 3, 16, 16) each
"""


def plot(runs: list[list]) -> go.Figure:
    """Seconds a sprite against network evaluations, both logarithmic, a point for every run of this visit."""
    import plotly.graph_objects as go  # here, for the first page needs no charts

    figure = go.Figure()
    for sampler, name in SAMPLER_NAMES.items():
        own = [run for run in runs if run[0] == sampler]
        if own:
            figure.add_scatter(
                x=[run[1] for run in own],
                y=[run[3] / run[2] for run in own],
                text=[f"{run[3]:.2f} s for {run[2]} sprites, {1000 * run[3] / run[1]:.1f} ms each time" for run in own],
                mode="markers",
                name=name,
                marker={"color": COLOURS[sampler], "size": 11, "symbol": "circle" if sampler == "ddpm" else "diamond"},
            )
    return styled(figure, "seconds a sprite, this visit's runs")


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


def quality_plot(lanes: list[Lane]) -> go.Figure | None:
    """Measured Frechet distance against evaluations; the samplers in the race in colour, with each lane's own point.

    None if nothing has been measured.
    """
    import plotly.graph_objects as go

    figure, curves = go.Figure(), measured()
    if not curves:
        return None
    racing = {lane.config.sampler for lane in lanes if not lane.config.eta}
    for sampler, name in SAMPLER_NAMES.items():
        if sampler in curves:
            nfe, fd = zip(*curves[sampler], strict=True)
            colour = COLOURS[sampler] if sampler in racing else FAINT
            figure.add_scatter(x=nfe, y=fd, name=name, line={"color": colour}, showlegend=sampler in racing)
    points = [(lane, on_curve(curves.get(lane.config.sampler, []), lane.nfe)) for lane in lanes if not lane.config.eta]
    points = [(lane, fd) for lane, fd in points if fd is not None]
    figure.add_scatter(
        x=[lane.nfe for lane, _ in points],
        y=[fd for _, fd in points],
        mode="markers",
        name="your lanes' samplers",
        marker={"color": [COLOURS[lane.config.sampler] for lane, _ in points], "size": 15, "symbol": "star"},
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
    return styled(figure, "Fréchet distance, measured before")


def styled(figure: go.Figure, y: str) -> go.Figure:
    """The look of both plots: readable on light and dark pages."""
    figure.update_layout(
        xaxis={
            "title": {"text": "network evaluations a sprite", "standoff": 6},
            "type": "log",
            "tickvals": TICKS,
            "ticktext": TICK_TEXT,
        },
        yaxis={"title": y, "type": "log", "tickvals": TICKS, "ticktext": TICK_TEXT},
        margin={"l": 60, "r": 20, "t": 36, "b": 50},  # at the top: Plotly's buttons
        legend={"orientation": "h", "y": -0.25, "yanchor": "top"},
        height=360,
        template="none",
        font={"color": GREY},
        paper_bgcolor="rgba(0,0,0,0)",
        plot_bgcolor="rgba(0,0,0,0)",
    )
    figure.update_xaxes(gridcolor=FAINT, linecolor=GREY)
    figure.update_yaxes(gridcolor=FAINT, linecolor=GREY)
    return figure


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
        stop = gr.Button("Stop", variant="stop")
    line = queue_line("race")
    lanes = component("race", server_functions=[gif])
    with gr.Row():
        times = gr.Plot(show_label=False, elem_id="race-plot")
        quality = gr.Plot(show_label=False, elem_id="quality-plot", visible=bool(measured()))
    runs = gr.State([])
    running = start.click(
        served("race", race, alone=True),
        [class_name, count, seed, runs, *choices],
        [lanes, runs, times, quality],
        api_visibility="private",
        show_progress_on=line,
        preprocess=False,  # race checks what the controls may hold
        **RACE_QUEUE,
    )
    stop.click(
        None, cancels=[running], api_visibility="private", js="() => window.dispatchEvent(new Event('race-stopped'))"
    )
    lanes_linked = {
        f"{what}{i + 1}": choices[3 * i + k]
        for i in range(len(DEFAULT_LANES))
        for k, what in enumerate(("lane", "steps", "eta"))
    }
    return {"class": class_name, "count": count, "seed": seed, **lanes_linked}
