"""Lesson 4: sprites between classes. Weights on a pad, a live sprite, two ways to mix, morphs, seeds x mixes."""

from __future__ import annotations

import math
import threading
import time
from collections.abc import Mapping, Sequence
from dataclasses import replace
from functools import lru_cache
from reprlib import repr as brief
from typing import Any

import gradio as gr
import numpy as np
import torch
from torch import Tensor

from core import GenerateConfig, generate, last
from core.conditions import weight_row
from core.generate import MAX_SEED, SeededNoise, Weights
from core.interpolate import between, slerp
from core.program import arcs, mixes_program, noises_program, run_program
from core.render import to_uint8
from core.sprites import CLASS_NAMES, draw
from serving.gpu import on_gpu
from serving.refusals import why
from serving.runs import MODEL_QUEUE, class_names, draws_our_sprites, header, model, one_turn, queue_line, served
from tabs.journey import journey
from tabs.page import MAX_GUIDANCE, Control, asked, component, encode, gif, on_request, read_config

COUNT = 16
STEPS = 25
PLACES = 9  # of a morph, ends included
GRID = 5  # seeds and mixes of the grid
TABLES = {"morph": (PLACES, 1), "grid": (GRID, GRID)}  # mixes and seeds
FIELDS = ("weights", "guidance_scale", "seed", "mixing")  # of GenerateConfig, that the lesson sets
LIVE: dict[str, Any] = {
    "sampler": "unipc",
    "num_inference_steps": 6,
    "count": 1,
}  # of the fast samplers, nearest to the exact ODE
PRESETS: dict[str, Weights] = {  # the mixes of the course, and one that pushes away
    "hero + 0.6 food": {"hero": 1, "food": 0.6},
    "0.6 food + 0.4 spell": {"food": 0.6, "spell": 0.4},
    "hero + side-facing": {"hero": 1, "side-facing": 1},
    "hero + non-hero": {"hero": 1, "non-hero": 1},
    "hero + spell": {"hero": 1, "spell": 1},
    "1.5 hero − 0.5 food": {"hero": 1.5, "food": -0.5},
}
EXAMPLE = 3  # the seed of the sprites at the corners, which should be known at a glance (0 draws fish bones for food)
LIVE_LINE = 8  # live sprites that are drawn or wait for it, whoever asks
drawing_live = threading.Semaphore(LIVE_LINE)  # server functions bypass the queue


def config_of(request: object, **more: Any) -> GenerateConfig:
    """The run that a request asks for, by FIELDS; DDIM-25 and 16 sprites, unless `more` differs. Raises ValueError."""
    if not isinstance(request, Mapping) or not all(name in request for name in FIELDS):
        raise ValueError(f"a request needs {', '.join(FIELDS)}")
    asked_for = read_config({name: request[name] for name in FIELDS}, FIELDS)
    weight_row(asked_for.mix, class_names())  # says which classes there are
    weights = {name: weight for name, weight in asked_for.mix.items() if weight}
    settings: dict[str, Any] = {"count": COUNT, "num_inference_steps": STEPS, "weights": weights} | more
    return replace(asked_for, **settings)


def sheet(request: object) -> dict[str, object]:
    """One sheet: its sprites; run, that of the first, and nfe, its network evaluations."""
    config = config_of(request)
    steps = list(generate(model(), config))
    return {
        "sprites": encode(to_uint8(steps[-1].x_prev)),
        "run": journey(steps, steps[-1].x_prev, in_words(config.mix)),
        "nfe": steps[-1].nfe,
    }


def in_words(weights: Mapping[str, float]) -> str:
    """{"hero": 1, "food": -0.5} -> "1 hero − 0.5 food"."""
    words = " + ".join(f"{weight:g} {name}" for name, weight in weights.items() if weight)
    return words.replace("+ -", "− ").replace("-", "−", words.startswith("-")) or "no class"


@on_gpu
def preview(request: object) -> dict[str, object]:
    """The first sprite of a mix from a fast sampler, while a hand drags; {"busy": True} if the line is full.

    request: as for config_of. Raises ValueError.
    """
    config = config_of(request, **LIVE)
    if not drawing_live.acquire(blocking=False):
        return {"busy": True}
    try:
        start = time.perf_counter()
        with one_turn():
            sprite = to_uint8(last(generate(model(), config)).x_prev)
        return {"sprite": encode(sprite), "ms": round(1000 * (time.perf_counter() - start))}
    finally:
        drawing_live.release()


def table(
    request: Mapping[str, object], places: int, count: int
) -> tuple[GenerateConfig, Sequence[Weights], Sequence[int]]:
    """The run that draws `places` mixes from a to b for each of `count` seeds, row by row; the mixes, and the seeds.

    request: as for config_of, but with a and b in place of weights. Raises ValueError.
    """
    a, b = (config_of({**request, "weights": request.get(end)}) for end in ("a", "b"))
    (seed, *_), columns = a.seeds(), between(a.mix, b.mix, places)
    seeds = [seed + i for i in range(count)]
    rows: dict[str, Any] = {
        "weights": columns * count,
        "seed": [own for own in seeds for _ in columns],
        "count": count * places,
    }
    return replace(a, **rows), columns, seeds


def noises(seed: int, seed_b: int) -> Tensor:
    """x_T from one seed's noise to another's, (2 * PLACES, C, H, W): along the sphere, then on the straight line."""
    (a,), (b,) = SeededNoise([seed], model().shape)(), SeededNoise([seed_b], model().shape)()
    s = torch.linspace(0, 1, PLACES)
    return torch.cat([slerp(a, b, s), torch.lerp(a, b, s[:, None, None, None])])


def two_seeds(request: Mapping[str, object]) -> tuple[GenerateConfig, int, int]:
    """The run from the noises between two seeds, and the seeds. Raises ValueError."""
    (seed_b, *_) = config_of({**request, "seed": request.get("seed_b")}).seeds()
    config = config_of(request, count=2 * PLACES)
    return config, config.seeds()[0], seed_b


def seeds(request: Mapping[str, object]) -> dict[str, object]:
    """The mix from the noises between two seeds (see `noises`).

    spread: the root mean square of each x_T, 1 for noise; theta: the angle between the two seeds' noises, in degrees.
    """
    config, *ends = two_seeds(request)
    x_T = noises(*ends)
    a, b = x_T[0].flatten(), x_T[PLACES - 1].flatten()
    start = (config.timesteps()[0], x_T)
    return {
        "sprites": encode(to_uint8(last(generate(model(), config, start=start)).x_prev)),
        "spread": x_T.square().flatten(1).mean(1).sqrt().tolist(),
        "theta": math.degrees(math.acos(max(-1.0, min(1.0, torch.cosine_similarity(a, b, dim=0).item())))),
    }


def asked_what(request: object) -> tuple[str, Mapping[str, object]]:
    """A request of the page, {"what": "sheet", "morph", "grid" or "seeds", ...}, and its what. Raises ValueError."""
    if not isinstance(request, Mapping):
        raise ValueError("a request must be a JSON object")
    what = request.get("what")
    if not isinstance(what, str) or what not in ("sheet", "seeds", *TABLES):
        raise ValueError(f"there is nothing to draw that is called {brief(what)}")
    return what, request


@on_gpu
def drawing(request: object) -> dict[str, object]:
    """What a request asks for (see asked_what); a morph and a grid row by row, a seed a row. Raises ValueError."""
    what, request = asked_what(request)
    if what == "sheet":
        return sheet(request)
    if what == "seeds":
        return seeds(request)
    config, *_ = table(request, *TABLES[what])
    return {"sprites": encode(to_uint8(last(generate(model(), config)).x_prev))}


def drawing_program(request: object) -> str:
    """The program that makes the sprites of that drawing, whoever has drawn it. Raises ValueError."""
    what, request = asked_what(request)
    if what == "sheet":
        return run_program(config_of(request))
    if what == "seeds":
        config, seed, seed_b = two_seeds(request)
        lines = arcs([seed], [seed_b], PLACES, shape=header().config.shape, lines_too=True)
        return noises_program(config, PLACES, lines)
    return mixes_program(*table(request, *TABLES[what]))


def answer(event: gr.EventData) -> gr.HTML:
    """A drawing, or why there is none, under the number by which the component's script knows its request."""
    request, number = asked(event)
    try:
        made = drawing(request)
    except ValueError as error:
        made = {"error": why(error)}
    return gr.HTML(reply=made | {"request": number})


def presets(names: Sequence[str]) -> dict[str, Weights]:
    """PRESETS for its classes, and mixes of the first two for others."""
    if tuple(names) == CLASS_NAMES:
        return PRESETS
    if len(names) == 1:
        return {names[0]: {names[0]: 1}, f"0.5 {names[0]}": {names[0]: 0.5}}
    a, b = names[:2]
    pairs = ((f"{a} + 0.6 {b}", 1, 0.6), (f"0.6 {a} + 0.4 {b}", 0.6, 0.4), (f"{a} + {b}", 1, 1))
    return {title: {a: x, b: y} for title, x, y in (*pairs, (f"1.5 {a} − 0.5 {b}", 1.5, -0.5))}


@lru_cache(maxsize=1)
def corners() -> dict[str, object]:
    """What the component starts with: the classes, a training sprite of each, if they are ours, the presets."""
    names, usual = class_names(), GenerateConfig()
    return {
        "classes": list(names),
        "sprites": encode(np.stack([draw(name, EXAMPLE).pixels for name in names])) if draws_our_sprites() else None,
        "presets": list(presets(names).items()),
        "shape": list(header().config.shape),
        "live": replace(usual, **LIVE).to_json(),
        "full": replace(usual, count=COUNT, num_inference_steps=STEPS).to_json(),
        "places": PLACES,
        "grid": GRID,
        "max": {"guidance": MAX_GUIDANCE, "seed": MAX_SEED},
    }


def build() -> dict[str, Control]:
    line = queue_line("mixing")
    functions = [preview, drawing_program, gif]
    lesson = component("mixing", corners(), events=["draw"], server_functions=functions, reply=None)
    on_request(lesson, "draw", served("mixing", answer), api_visibility="private", show_progress_on=line, **MODEL_QUEUE)
    return {}
