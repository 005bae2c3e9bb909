"""Lesson 4: sprites between classes. Weights on a pad, a live sprite, two ways to mix, morphs, seeds x mixes."""

from __future__ import annotations

import math
import threading
import time
from collections.abc import Mapping, Sequence
from dataclasses import replace
from functools import lru_cache
from reprlib import repr as brief

import gradio as gr
import numpy as np
import torch
from torch import Tensor

from core import GenerateConfig, generate, last
from core.generate import MAX_SEED, SeededNoise
from core.interpolate import slerp
from core.render import to_uint8
from core.sprites import CLASS_NAMES, draw
from serving.gpu import on_gpu
from serving.refusals import why
from serving.runs import MODEL_QUEUE, class_names, draws_our_sprites, model, one_turn, queue_line, served
from tabs.page import (
    AT_ONCE,
    MAX_GUIDANCE,
    ORIGIN,
    SAVE_IMPORT,
    as_python,
    asked,
    component,
    encode,
    gif,
    saving,
    text,
)

COUNT = 16
STEPS = 25
PLACES = 9  # of a morph, ends included
GRID = 5  # seeds and mixes of the grid
LIVE = {"sampler": "unipc", "num_inference_steps": 6, "count": 1}  # of the fast samplers, nearest to the exact ODE
TITLES = {"embedding": "Mixed embeddings", "prediction": "Mixed predictions"}
PRESETS = {  # the mixes of the course, in the order of CLASS_NAMES, and one that pushes away
    "hero + 0.6 food": (1, 0, 0.6, 0, 0),
    "0.6 food + 0.4 spell": (0, 0, 0.6, 0.4, 0),
    "hero + side-facing": (1, 0, 0, 0, 1),
    "hero + non-hero": (1, 1, 0, 0, 0),
    "hero + spell": (1, 0, 0, 1, 0),
    "1.5 hero − 0.5 food": (1.5, 0, -0.5, 0, 0),
}
EXAMPLE = 3  # the seed of the sprites at the corners, which should be known at a glance (0 draws fish bones for food)
LIVE_LINE = 8  # live sprites that are drawn or wait for it, whoever asks
drawing_live = threading.Semaphore(LIVE_LINE)  # server functions bypass the queue


def config_of(weights: Sequence[float], guidance: float, seed: int, mixing: str, **more: object) -> GenerateConfig:
    """The run of a mix, a weight for each class in the model's order; DDIM-25 and 16 sprites, unless `more` differs.

    Raises ValueError for anything that is no such mix.
    """
    names = class_names()
    if not isinstance(weights, list | tuple) or len(weights) != len(names):
        raise ValueError(
            f"the weights must be {len(names)} numbers, for {', '.join(names)}; got {brief(weights)}"[:200]
        )
    named = dict(zip(names, weights, strict=True))
    settings = {"count": COUNT, "num_inference_steps": STEPS} | more
    config = GenerateConfig(weights=named, seed=seed, guidance_scale=guidance, mixing=mixing, **settings)
    return replace(config, weights={name: weight for name, weight in named.items() if weight})


def sheet(weights: Sequence[float], guidance: float, seed: int, mixing: str) -> dict[str, object]:
    """One sheet: title, description, sprites (16, 16, 16, 3) uint8, encoded, and the program that makes them."""
    config = config_of(weights, guidance, seed, mixing)
    step = last(generate(model(), config))
    each = step.nfe // STEPS
    return {
        "title": TITLES[mixing],
        "note": f"{in_words(config.weights)}; {each} network evaluation{'s' if each > 1 else ''} a step",
        "sprites": encode(to_uint8(step.x_prev)),
        "count": COUNT,
        "code": as_python(config),
    }


def in_words(weights: Mapping[str, float]) -> str:
    """{"hero": 1, "food": -0.5} -> "1 hero − 0.5 food"."""
    words = " + ".join(f"{weight:g} {name}" for name, weight in weights.items() if weight)
    return words.replace("+ -", "− ").replace("-", "−", words.startswith("-")) or "no class"


@on_gpu
def preview(request: object) -> dict[str, object]:
    """The first sprite of a mix from a fast sampler, while a hand drags; {"busy": True} if the line is full.

    request: {"weights", "guidance", "seed", "mixing"}, as for config_of. Raises ValueError.
    """
    config = config_of(*_take(request, "weights", "guidance", "seed", "mixing"), **LIVE)
    if not drawing_live.acquire(blocking=False):
        return {"busy": True}
    try:
        start = time.perf_counter()
        with one_turn():
            sprite = to_uint8(last(generate(model(), config)).x_prev)
        return {"sprite": encode(sprite), "ms": round(1000 * (time.perf_counter() - start))}
    finally:
        drawing_live.release()


def between(a: Sequence[float], b: Sequence[float], places: int) -> list[tuple[float, ...]]:
    """Mixes on the straight line (1 - s) a + s b, s = 0 ... 1, ends included, to five decimals."""
    shares = [i / (places - 1) for i in range(places)]
    return [tuple(round((1 - s) * x + s * y, 5) for x, y in zip(a, b, strict=True)) for s in shares]


def mixes(
    a: Sequence[float], b: Sequence[float], guidance: float, seed: int, mixing: str, places: int, count: int
) -> dict[str, object]:
    """Every one of `places` mixes from a to b, for `count` seeds: sprites row by row, a seed a row, a mix a column."""
    for end in (a, b):
        config_of(end, guidance, seed, mixing)  # refuses what is no mix
    runs = [config_of(weights, guidance, seed, mixing, count=count) for weights in between(a, b, places)]
    columns = [last(generate(model(), config)).x_prev for config in runs]
    sprites = torch.stack(columns, dim=1).flatten(0, 1)
    return {"sprites": encode(to_uint8(sprites)), "columns": places, "code": mixes_program(runs)}


def mixes_program(runs: Sequence[GenerateConfig]) -> str:
    """A program that makes the sprites of `mixes`, bit for bit on the same machine."""
    first = runs[0]
    rows = "".join(f"    {config.weights!r},\n" for config in runs)
    return f"""{ORIGIN}import torch
from core import GenerateConfig, generate, last, load
{SAVE_IMPORT}

model = load()
mixes = [
{rows}]
settings = dict(count={first.count}, seed={first.seed}, guidance_scale={first.guidance_scale}, mixing={first.mixing!r})
runs = [GenerateConfig(weights=weights, num_inference_steps={STEPS}, **settings) for weights in mixes]
columns = [last(generate(model, config)).x_prev for config in runs]
sprites = torch.stack(columns, dim=1).flatten(0, 1)  # row by row: a seed a row, a mix a column
{saving(len(runs))}
"""


def noises(seed: int, seed_b: int) -> Tensor:
    """x_T from one seed's noise to another's, (2 * PLACES, 3, 16, 16): along the sphere, then on the straight line."""
    (a,), (b,), s = SeededNoise([seed])(), SeededNoise([seed_b])(), torch.linspace(0, 1, PLACES)
    return torch.cat([slerp(a, b, s), torch.lerp(a, b, s[:, None, None, None])])


def seeds(weights: Sequence[float], guidance: float, seed: int, seed_b: int, mixing: str) -> dict[str, object]:
    """The mix from the noises between two seeds (see `noises`).

    spread: the root mean square of each x_T, 1 for noise; theta: the angle between the two seeds' noises, in degrees.
    """
    config_of(weights, guidance, seed_b, mixing)  # refuses what is no seed
    config = config_of(weights, guidance, seed, mixing, count=2 * PLACES)
    x_T = noises(seed, seed_b)
    a, b = x_T[0].flatten(), x_T[PLACES - 1].flatten()
    return {
        "sprites": encode(to_uint8(last(generate(model(), config, x_T=x_T)).x_prev)),
        "columns": PLACES,
        "spread": x_T.square().flatten(1).mean(1).sqrt().tolist(),
        "theta": math.degrees(math.acos(max(-1.0, min(1.0, torch.cosine_similarity(a, b, dim=0).item())))),
        "code": seeds_program(config, seed_b),
    }


def seeds_program(config: GenerateConfig, seed_b: int) -> str:
    """A program that makes the sprites of `seeds`, bit for bit on the same machine."""
    return f"""{ORIGIN}import torch
from core import GenerateConfig, generate, last, load
from core.generate import SeededNoise
from core.interpolate import slerp
{SAVE_IMPORT}

(a,), (b,), s = SeededNoise([{config.seed}])(), SeededNoise([{seed_b}])(), torch.linspace(0, 1, {PLACES})
x_T = torch.cat([slerp(a, b, s), torch.lerp(a, b, s[:, None, None, None])])  # on the sphere, then on the straight line
settings = dict(seed={config.seed}, guidance_scale={config.guidance_scale}, mixing={config.mixing!r})
config = GenerateConfig(weights={config.weights!r}, count={config.count}, num_inference_steps={STEPS}, **settings)
sprites = last(generate(load(), config, x_T=x_T)).x_prev
{saving(PLACES)}
"""


@on_gpu
def drawing(request: object) -> dict[str, object]:
    """What a request of the page asks for: {"what": "sheet", "morph", "grid" or "seeds", ...}. Raises ValueError."""
    (what,) = _take(request, "what")
    if what == "sheet":
        return sheet(*_take(request, "weights", "guidance", "seed", "mixing"))
    if what == "seeds":
        return seeds(*_take(request, "weights", "guidance", "seed", "seed_b", "mixing"))
    if what in ("morph", "grid"):
        places, count = (PLACES, 1) if what == "morph" else (GRID, GRID)
        return mixes(*_take(request, "a", "b", "guidance", "seed", "mixing"), places, count)
    raise ValueError(f"there is nothing to draw that is called {brief(what)}")


def _take(request: object, *names: str) -> list:
    """These entries of a request. Raises ValueError if one is missing."""
    if not isinstance(request, Mapping) or not all(name in request for name in names):
        raise ValueError(f"a request needs {', '.join(names)}")
    return [request[name] for name in names]


def answer(event: gr.EventData) -> gr.HTML:
    """A drawing, or why there is none, under the number by which the component's script knows its request."""
    request, number = asked(event, "id")
    try:
        made = drawing(request)
    except ValueError as error:
        made = {"error": why(error)}
    return gr.HTML(reply=made | {"id": number})


def presets(names: Sequence[str]) -> dict[str, tuple[float, ...]]:
    """PRESETS for its classes, and mixes of the first two for others."""
    if tuple(names) == CLASS_NAMES:
        return PRESETS
    if len(names) == 1:
        return {names[0]: (1,), f"0.5 {names[0]}": (0.5,)}
    (a, b), rest = names[:2], (0,) * (len(names) - 2)
    pairs = {f"{a} + 0.6 {b}": (1, 0.6), f"0.6 {a} + 0.4 {b}": (0.6, 0.4), f"{a} + {b}": (1, 1)}
    pairs[f"1.5 {a} − 0.5 {b}"] = (1.5, -0.5)
    return {name: (*pair, *rest) for name, pair in pairs.items()}


@lru_cache(maxsize=1)
def corners() -> dict[str, object]:
    """What the component starts with: the classes, a training sprite of each, if they are ours, the presets."""
    names = class_names()
    return {
        "classes": list(names),
        "sprites": encode(np.stack([draw(name, EXAMPLE).pixels for name in names])) if draws_our_sprites() else None,
        "presets": [[name, list(weights)] for name, weights in presets(names).items()],
        "steps": {"live": LIVE["num_inference_steps"], "full": STEPS},
        "max": {"guidance": MAX_GUIDANCE, "seed": MAX_SEED},
    }


def build() -> dict[str, gr.components.Component]:
    gr.Markdown(text("mixing"), elem_classes="lesson")
    line = queue_line("mixing")
    lesson = component("mixing", corners(), parts=["pad"], reply=None, server_functions=[preview, gif])
    # "multiple": the script itself sees to it that one request is under way at a time
    lesson.draw(
        served("mixing", answer),
        None,
        lesson,
        api_visibility="private",
        show_progress_on=line,
        trigger_mode="multiple",
        **MODEL_QUEUE,
    ).failure(None, js="() => window.dispatchEvent(new Event('mixing-failed'))", **AT_ONCE)
    return {}
