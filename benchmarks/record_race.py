"""python -m benchmarks.record_race: the race that its lesson opens with, run on this machine with the shipped network.

It is the lesson's usual race, run as the page runs it, with fewer states of each lane than a replay has. It goes into
tabs/race/recorded.json. Other work on the machine makes lanes slower: of several races each lane is kept as it was at
its fastest.
"""

from __future__ import annotations

import base64
import json
import os
import platform
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from core.cli import Parser
from serving.runs import class_names
from tabs.page import encode
from tabs.race import lesson, recorded

FRAMES = 26  # of a lane, at most: its start, and as many states as DDIM's 25 steps have
SPRITES, SEED = 8, 0


def thinned(frames: Mapping[str, Any], count: int, shape: Sequence[int]) -> dict[str, Any]:
    """At most FRAMES of a lane's frames, evenly spread, the first and the last among them.

    frames: as lesson.shown makes them, of `count` sprites each.
    """
    last = len(frames["t"]) - 1
    stride = next(n for n in range(1, last + 1) if last % n == 0 and last / n < FRAMES)
    channels, height, width = shape
    data = np.frombuffer(base64.b64decode(frames["sprites"]), np.uint8)
    sprites = data.reshape(-1, count, height, width, channels)
    rest = {name: values[::stride] for name, values in frames.items() if name != "sprites"}
    return rest | {"sprites": encode(sprites[::stride])}


def race() -> dict[str, Any]:
    """The last that the page gets of the usual race."""
    values = [value for lane in lesson.DEFAULT_LANES for value in lane]
    *_, (data, _) = lesson.race(class_names()[0], SPRITES, SEED, [], *values)
    return data


def record(races: int) -> dict[str, Any]:
    """A race as the page's script takes it, each of its lanes at its shortest in so many races."""
    run = [race() for _ in range(races)]
    lanes = [min(same, key=lambda lane: lane["seconds"]) for same in zip(*(data["lanes"] for data in run), strict=True)]
    machine = {"cores": os.cpu_count(), "machine": platform.machine().replace("_", "-")}
    return run[0] | {
        "lanes": [
            lane | {"frames": thinned(lane["frames"], SPRITES, run[0]["shape"]), "sprites": None} for lane in lanes
        ],
        "recorded": machine | {"checkpoint": recorded.checkpoint()},
    }


def main(argv: Sequence[str] | None = None) -> None:
    """Write the file."""
    parser = Parser(prog="python -m benchmarks.record_race", description=__doc__)
    parser.add_argument("--races", type=int, default=3, help="of which each lane's shortest is kept")
    args = parser.parse_args(argv)
    if args.races < 1:
        parser.error(f"--races must be at least 1; got {args.races}")
    data = record(args.races)
    recorded.FILE.write_text(json.dumps(data, ensure_ascii=False) + "\n", encoding="utf-8")
    for lane in data["lanes"]:
        print(f"{lane['name']}: {lane['seconds']:.2f} s, {lane['nfe']} evaluations, {len(lane['frames']['t'])} states")


if __name__ == "__main__":
    main()
