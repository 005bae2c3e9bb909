"""python -m benchmarks.record_race: the race that its lesson opens with, run here, for tabs/race/recorded.json.

It is the default race, timed as the lesson times it, with fewer states of each lane than a live one keeps.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from core.cli import Parser
from core.compare import Lane, distance, finish, warm_up
from serving.runs import class_names, models
from tabs.race.lesson import DEFAULT_LANES, DEFAULT_SPRITES, RECORDED, exact, line_up, show

MAX_FRAMES = (36, 13)  # of each lane


def record() -> dict[str, Any]:
    """The default race as the page gets it."""
    name = class_names()[0]
    lanes = line_up({"weights": name, "count": DEFAULT_SPRITES, "seed": 0}, DEFAULT_LANES)
    for i, lane in enumerate(lanes):
        warm_up(models(), lane)
        lanes[i] = finish(models(), lane)
    truth = exact(name, DEFAULT_SPRITES, 0)
    found = [replace(lane, distance=distance(lane.x, truth)) for lane in lanes]
    return show([thinned(lane, n) for lane, n in zip(found, MAX_FRAMES, strict=True)], replay=True)


def thinned(lane: Lane, count: int) -> Lane:
    """With so many of its frames, evenly spread, the first and the last among them."""
    last = len(lane.frames) - 1
    return replace(lane, frames=tuple(lane.frames[round(i * last / (count - 1))] for i in range(count)))


def main(argv: Sequence[str] | None = None) -> None:
    Parser(prog="python -m benchmarks.record_race", description=__doc__).parse_args(argv)
    data = record()
    RECORDED.write_text(json.dumps(data, ensure_ascii=False), encoding="utf-8")
    for lane in data["lanes"]:
        print(f"{lane['name']}: {lane['nfe']} evaluations, {lane['seconds']:.2f} s")
    print(f"{RECORDED}: {RECORDED.stat().st_size / 1000:.0f} kB")


if __name__ == "__main__":
    main()
