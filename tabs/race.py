"""Lesson 3: DDPM against DDIM from the same x_T, timed one after the other on this machine."""

from __future__ import annotations

import time
from collections.abc import Iterator
from dataclasses import dataclass, replace

import gradio as gr
import plotly.graph_objects as go

from core import GenerateConfig, generate, last
from core.generate import MAX_SEED
from core.render import to_uint8
from core.samplers import SampleStep
from core.sprites import CLASS_NAMES

from .page import MODEL_QUEUE, component, encode, model, says_why, text

SHOW_EVERY = 0.12  # seconds between two pictures of a running lane
MAX_SPRITES = 32
MAX_RUNS = 200  # points kept in the plot
COLOURS = {"ddpm": "#c2571a", "ddim": "#3f7fe0"}
GREY, FAINT = "#7c7c86", "rgba(128,128,140,0.25)"  # readable on light and dark pages


@dataclass(frozen=True)
class Lane:
    """One contestant: its settings, how far it is, and how long its network and sampler have worked."""

    config: GenerateConfig
    done: int = 0
    nfe: int = 0
    seconds: float = 0.0
    step: SampleStep | None = None

    def shown(self) -> dict[str, object]:
        """The lane as data for assets/race.js."""
        return {
            "sampler": self.config.sampler,
            "steps": self.config.num_inference_steps,
            "count": self.config.count,
            "done": self.done,
            "nfe": self.nfe,
            "seconds": self.seconds,
            "sprites": encode(to_uint8(self.step.x_prev)) if self.step else None,
        }


def drive(lane: Lane) -> Iterator[Lane]:
    """Run a lane, yielding it now and then and at the end. Only the sampling is timed, not the showing."""
    steps, shown = generate(model(), lane.config), time.perf_counter()
    while lane.done < lane.config.num_inference_steps:
        start = time.perf_counter()
        step = next(steps)
        now = time.perf_counter()
        lane = replace(lane, done=step.index + 1, nfe=step.nfe, seconds=lane.seconds + now - start, step=step)
        if now - shown > SHOW_EVERY or lane.done == lane.config.num_inference_steps:
            yield lane
            shown = time.perf_counter()


def race(
    class_name: str, count: int, ddpm_steps: int, ddim_steps: int, seed: int, runs: list[list]
) -> Iterator[tuple[dict[str, object], list[list], go.Figure | None]]:
    """Both samplers from the same x_T, one after the other; yields (lanes, runs so far, plot).

    runs: finished lanes as [sampler, steps, sprites, seconds]; each lane that finishes is added and the plot redrawn.
    """
    if isinstance(count, bool) or not isinstance(count, int) or not 1 <= count <= MAX_SPRITES:
        raise ValueError(f"the number of sprites must be a whole number from 1 to {MAX_SPRITES}; got {count!r}")
    settings = GenerateConfig(weights={class_name: 1.0}, count=count, seed=seed)
    lanes = [
        Lane(replace(settings, sampler="ddpm", num_inference_steps=ddpm_steps)),
        Lane(replace(settings, sampler="ddim", num_inference_steps=ddim_steps)),
    ]
    yield show(lanes), runs, gr.skip()
    last(generate(model(), replace(settings, num_inference_steps=1)))  # warm-up at this batch size, outside the clock
    for i, lane in enumerate(lanes):
        for lanes[i] in drive(lane):
            yield show(lanes), runs, gr.skip()
        config = lanes[i].config
        runs = [*runs, [config.sampler, config.num_inference_steps, count, lanes[i].seconds]][-MAX_RUNS:]
        yield show(lanes), runs, plot(runs)


def show(lanes: list[Lane]) -> dict[str, object]:
    """All lanes as data for assets/race.js."""
    return {"lanes": [lane.shown() for lane in lanes]}


def plot(runs: list[list]) -> go.Figure:
    """Seconds a sprite against steps, both logarithmic, a point for every run of this visit."""
    figure = go.Figure()
    for sampler, colour in COLOURS.items():
        own = [run for run in runs if run[0] == sampler]
        figure.add_scatter(
            x=[run[1] for run in own],
            y=[run[3] / run[2] for run in own],
            text=[f"{run[3]:.2f} s for {run[2]} sprites, {1000 * run[3] / run[1]:.1f} ms a step" for run in own],
            mode="markers",
            name=sampler.upper(),
            marker={"color": colour, "size": 11, "symbol": "circle" if sampler == "ddpm" else "diamond"},
        )
    figure.update_layout(
        xaxis={"title": "steps", "type": "log", "dtick": "D2"},
        yaxis={"title": "seconds a sprite", "type": "log", "dtick": "D2"},
        margin={"l": 60, "r": 20, "t": 20, "b": 50},
        height=320,
        template="none",
        font={"color": GREY},
        paper_bgcolor="rgba(0,0,0,0)",
        plot_bgcolor="rgba(0,0,0,0)",
    )
    figure.update_xaxes(gridcolor=FAINT, linecolor=GREY)
    figure.update_yaxes(
        gridcolor=FAINT,
        linecolor=GREY,
    )
    return figure


def build() -> None:
    gr.Markdown(text("race"), elem_classes="lesson")
    with gr.Row():
        class_name = gr.Dropdown(CLASS_NAMES, value="hero", label="class")
        count = gr.Slider(1, MAX_SPRITES, value=8, step=1, precision=0, label="sprites")
        ddpm_steps = gr.Slider(1, 500, value=500, step=1, precision=0, label="DDPM steps")
        ddim_steps = gr.Slider(1, 500, value=25, step=1, precision=0, label="DDIM steps")
        seed = gr.Number(0, precision=0, minimum=0, maximum=MAX_SEED, label="seed")
    with gr.Row():
        start = gr.Button("Race", variant="primary", scale=3)
        stop = gr.Button("Stop", variant="stop")
    lanes = component("race")
    chart = gr.Plot(show_label=False, elem_id="race-plot")
    runs = gr.State([])
    running = start.click(
        says_why(race),
        [class_name, count, ddpm_steps, ddim_steps, seed, runs],
        [lanes, runs, chart],
        api_name="race",
        show_progress_on=start,
        **MODEL_QUEUE,
    )
    stop.click(
        None, cancels=[running], api_visibility="private", js="() => window.dispatchEvent(new Event('race-stopped'))"
    )
