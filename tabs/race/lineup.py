"""The lanes of a race as the page's controls have them, read; and a race that the page has run and timed itself."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from reprlib import repr as brief

import gradio as gr

from core.checks import check_number, check_whole
from core.compare import Lane
from core.program import lanes_program
from serving.runs import class_names
from tabs.page import asked, read_config
from tabs.race.plots import Result, result

MAX_SPRITES = 32
MAX_RACES = 50  # whose lanes are kept in the plot
NO_LANE = "none"
SHARED_FIELDS = ("weights", "count", "seed")  # of GenerateConfig: what all lanes have
LANE_FIELDS = ("sampler", "network", "num_inference_steps", "eta")  # what a lane has of its own
DEFAULT_LANES = (
    ("ddpm", "sprites", 500, 0.0),
    ("ddim", "sprites", 25, 0.0),
    (NO_LANE, "sprites", 10, 0.0),
    (NO_LANE, "sprites", 10, 0.0),
)
SHORTEST, LONGEST = 1e-6, 1e6  # seconds that a lane may have taken


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
    return [Lane(read_config(shared | dict(zip(LANE_FIELDS, lane, strict=True)), names)) for lane in lanes]


# ---- a race that the page has run ------------------------------------------------------------------------------------
def read_race(request: object) -> list[Lane]:
    """The lanes at the start, as the page asks about them.

    request: {"weights": a class, "count": ..., "seed": ..., "lanes": [values of LANE_FIELDS, ...]}. Raises ValueError
    for anything else.
    """
    lanes = request.get("lanes") if isinstance(request, Mapping) else None
    if not isinstance(request, Mapping) or not isinstance(lanes, list) or not all(map(is_lane, lanes)):
        raise ValueError(
            f"a race must be a JSON object with {', '.join(SHARED_FIELDS)} and lanes, each a list of "
            f"{', '.join(LANE_FIELDS)}"
        )
    return line_up({name: request.get(name) for name in SHARED_FIELDS}, lanes)


def is_lane(value: object) -> bool:
    """Whether it has as many values as a lane."""
    return isinstance(value, list) and len(value) == len(LANE_FIELDS)


def race_program(request: object) -> str:
    """The program that draws the sprites of a race, which the page itself has run; request as in read_race."""
    return lanes_program([lane.config for lane in read_race(request)])


def with_race(races: list[list[Result]], event: gr.EventData) -> list[list[Result]]:
    """The races of this visit (see lesson.race) and one more, which the page has run and timed itself.

    The event's data are those of read_race and "measured", the evaluations a sprite and the seconds of each lane.
    Raises ValueError.
    """
    data, _ = asked(event)
    lanes, measured = read_race(data), data.get("measured")
    if not isinstance(measured, list) or len(measured) != len(lanes):
        raise ValueError("what was measured must be a list of the evaluations and the seconds of each lane")
    return [*races, [timed(lane, one) for lane, one in zip(lanes, measured, strict=True)]][-MAX_RACES:]


def timed(lane: Lane, measured: object) -> Result:
    """The result of a lane that took [evaluations a sprite, seconds] in the page. Raises ValueError."""
    if not isinstance(measured, list) or len(measured) != 2:
        raise ValueError("what was measured of a lane must be its evaluations and its seconds")
    nfe, seconds = measured
    most = lane.config.sampler_record().evaluations(lane.config.num_inference_steps)
    check_whole("the evaluations of a lane", nfe, 1, most)
    check_number("the seconds of a lane", seconds, SHORTEST, LONGEST)
    return result(replace(lane, nfe=nfe, seconds=float(seconds)), here=True)
