"""Lesson 3: up to four samplers from the same x_T, timed one after the other, by the page itself or on this machine."""

from __future__ import annotations

import secrets
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, replace
from functools import lru_cache
from reprlib import repr as brief

import gradio as gr
import numpy as np
from torch import Tensor

from core import GenerateConfig
from core.compare import Lane, converged, distance, drive, warm_up
from core.generate import MAX_SEED, TOO_LARGE, too_large
from core.program import lanes_program
from core.render import to_uint8
from core.samplers import SAMPLERS
from serving.gpu import on_gpu
from serving.refusals import says_why
from serving.runs import RACE_QUEUE, check_share, class_names, clock, models, networks, queue_line, served
from tabs.journey import journey
from tabs.links import on_settings
from tabs.page import (
    AT_ONCE,
    Control,
    choices,
    component,
    encode,
    few_steps,
    gif,
    network_choice,
    shown_for,
)
from tabs.race.lineup import (
    DEFAULT_LANES,
    LANE_FIELDS,
    MAX_RACES,
    MAX_SPRITES,
    NO_LANE,
    line_up,
    race_program,
    with_race,
)
from tabs.race.plots import REM, Result, measured, plots, result
from tabs.race.recorded import made_on

PATIENCE = 1.0  # seconds that a race stands still for a page that has not drawn it
TEXT_SIZE = "(races) => [races, parseFloat(getComputedStyle(document.documentElement).fontSize)]"


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
    check_share(lane.config for lane in lanes)
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


def first_home(lanes: list[Lane]) -> dict[str, object]:
    """The run of the lane that took the least time, and which it is."""
    i = min(range(len(lanes)), key=lambda i: lanes[i].seconds)
    return journey(lanes[i].shown, lanes[i].x, ", ".join(lanes[i].config.mix)) | {"lane": i}


def show(lanes: list[Lane], *, replay: bool = False) -> dict[str, object]:
    """All lanes as data for lesson.js; with `replay`, the run of the fastest for the overview."""
    return {
        "lanes": [shown(lane, replay=replay) for lane in lanes],
        "run": first_home(lanes) if replay else None,
        "shape": list(models()["sprites"].shape),
        "finished": replay,
        "python": lanes_program([lane.config for lane in lanes]),
    }


def may_press(yes: bool) -> str:
    """A script that gives a button its use, or takes it."""
    return f"() => ({{__type__: 'update', interactive: {str(yes).lower()}}})"


def lane_controls(i: int) -> list[Control]:
    """Of lane i, counted from 1: those of LANE_FIELDS."""
    name, _, n, noise = DEFAULT_LANES[i - 1]
    names = choices(SAMPLERS.values()) + ([("no lane", NO_LANE)] if i > 2 else [])
    with gr.Column(min_width=300):
        with gr.Row():
            sampler = gr.Dropdown(names, value=name, label=f"lane {i}", min_width=140)
            steps = gr.Slider(1, 500, value=n, step=1, precision=0, label=f"steps of lane {i}", min_width=140)
        with gr.Row():
            network = network_choice(f"network of lane {i}", sampler=sampler)
            eta = gr.Slider(
                0,
                1,
                value=noise,
                step=0.05,
                label=f"η of lane {i}",
                visible=name == "ddim",
                min_width=140,
            )
    shown_for(network, sampler, {"eta": eta})
    few_steps(network, sampler, steps)
    return [sampler, network, steps, eta]


def build() -> dict[str, Control]:
    with gr.Column(elem_id="race-controls"):
        with gr.Row():
            with gr.Column(min_width=280):
                with gr.Row():
                    start = gr.Button("Race", variant="primary", scale=3, min_width=120)
                    stop = gr.Button("Stop", interactive=False, min_width=80)
                line = queue_line("race")
            class_name = gr.Dropdown(class_names(), value=class_names()[0], label="class", min_width=120)
            count = gr.Slider(1, MAX_SPRITES, value=8, step=1, precision=0, label="sprites", min_width=180)
            seed = gr.Number(0, precision=0, minimum=0, maximum=MAX_SEED, label="seed", min_width=100)
        with gr.Row():
            lanes_controls = [*lane_controls(1), *lane_controls(2)]
    with gr.Row(elem_id="race-more-lanes"):  # lesson.js has a place for them
        lanes_controls += [*lane_controls(3), *lane_controls(4)]
    lanes = component(
        "race",
        {
            "recorded": made_on(),
            "fields": LANE_FIELDS,
            "max_sprites": MAX_SPRITES,
            "samplers": {record.name: record.title for record in SAMPLERS.values()},
            "networks": {record.name: asdict(record) for record in networks()},
            "too_large": TOO_LARGE,
        },
        events=["run", "settings", "begun", "over", "measured"],
        server_functions=[gif, drawn, race_program],
    )
    with gr.Row():
        times = gr.Plot(show_label=False, elem_id="race-plot")
        quality = gr.Plot(show_label=False, elem_id="quality-plot", visible=bool(measured()))
    races, rem = gr.State([]), gr.Number(REM, visible=False)
    # The lesson's script is told what is wanted, runs the race itself or has it run here.
    asked_for = "(...values) => void dispatchEvent(new CustomEvent('race-run', { detail: values }))"
    start.click(None, None, stop, js=may_press(True), **AT_ONCE)
    start.click(None, [class_name, count, seed, *lanes_controls], None, js=asked_for, **AT_ONCE)
    running = lanes.run(
        served("race", race, alone=True),
        [class_name, count, seed, races, *lanes_controls],
        [lanes, races],
        api_name="race_run",
        api_visibility="private",
        trigger_mode="always_last",  # pressed while a race is under way, by a hand or a task: the newest follows
        show_progress_on=line,
        preprocess=False,  # race checks what the controls may hold
        **RACE_QUEUE,
    )
    there = lanes.measured(says_why(with_race), races, races, api_name="race_measured", **AT_ONCE)
    for one, name in ((running, "race_plots"), (there, "race_plots_there")):
        # Plotly costs the page a second: not while a lane runs
        one.success(says_why(plots), [races, rem], [times, quality], js=TEXT_SIZE, api_name=name, **AT_ONCE)
    # A race in the page takes the place of one here, which then has no say in what Stop is for: the script has.
    lanes.begun(None, cancels=[running], **AT_ONCE)
    for ended in (running.then, running.failure):
        ended(None, js="() => void dispatchEvent(new Event('race-served'))", **AT_ONCE)
    lanes.over(None, None, stop, js=may_press(False), **AT_ONCE)
    stop.click(None, None, stop, cancels=[running], js=may_press(False), **AT_ONCE)
    stop.click(None, js="() => window.dispatchEvent(new Event('race-stopped'))", **AT_ONCE)
    linked = [f"{field}{i}" for i in range(1, len(DEFAULT_LANES) + 1) for field in LANE_FIELDS]
    own = {"weights": class_name, "count": count, "seed": seed, **dict(zip(linked, lanes_controls, strict=True))}
    on_settings(lanes, own)
    return own
