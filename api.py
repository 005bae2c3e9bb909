"""The app for other programs: four endpoints, which are tools for language models (MCP), too.

Gradio makes the API page, the OpenAPI document and the MCP tools from the signatures and docstrings below, and reads
the types as they stand: hence no `from __future__ import annotations` here.
"""

import base64
import functools
import inspect
import io
from collections.abc import Callable, Sequence
from dataclasses import replace
from reprlib import repr as brief
from typing import Any, Literal, TypedDict

import gradio as gr
import numpy as np
import torch
from gradio.processing_utils import save_img_array_to_cache
from gradio.utils import get_upload_folder
from PIL import Image

from core import GenerateConfig
from core.data import to_x0
from core.generate import (
    MAX_COUNT,
    MAX_SEED,
    SamplerName,
    SeededNoise,
    check_choice,
    check_whole,
    out_of_range,
    too_large,
)
from core.guidance import Mixing
from core.interpolate import slerp
from core.render import grid, to_uint8
from core.schedule import ScheduleName, Spacing
from core.sprites import CLASS_NAMES, draw
from serving.gpu import on_gpu
from serving.refusals import says_why
from serving.runs import MODEL_QUEUE, RACE_QUEUE, check_share, class_names, served
from tabs.mixing.lesson import between
from tabs.page import ORIGIN, SAVE_IMPORT, as_python, constructor, saving
from tabs.race import lesson as race

OurClass = Literal[*CLASS_NAMES]  # of the sprites that this project draws
ClassName = Literal[*class_names()]  # that the network knows
Weights = dict[str, float]
USUAL_T = 250
MAX_PLACES = 64
PICTURE_SCALE = 8  # pixels of the picture a pixel of a sprite
FIRST_NAME = class_names()[0]
FIRST = {FIRST_NAME: 1.0}
OTHER = {name: 1.0 for name in class_names()[1:] if name == "spell"} or {name: 1.0 for name in class_names()[1:][-1:]}


class LaneSettings(TypedDict, total=False):
    """A sampler in a comparison; what is left out is as in /generate."""

    sampler: SamplerName
    num_inference_steps: int
    eta: float


LANES: list[LaneSettings] = [
    {"sampler": "ddpm", "num_inference_steps": 100},
    {"sampler": "ddim", "num_inference_steps": 25},
]


class Noised(TypedDict):
    x_t: list[list[list[float]]]
    pictures: dict[str, str]
    alpha_bar: float
    snr: float | None
    caption: str
    python: str
    settings: dict[str, Any]


class Sprites(TypedDict):
    sprites: list[str]
    seeds: list[int]
    nfe: int
    seconds: float
    note: str | None
    python: str
    settings: dict[str, Any]


class Mixed(TypedDict):
    sprites: list[str]
    seeds: list[int]
    weights: list[Weights]
    nfe: int
    seconds: float
    python: str
    settings: dict[str, Any]


class Timed(TypedDict):
    sampler: str
    num_inference_steps: int
    eta: float
    nfe: int
    seconds: float
    ms_per_nfe: float
    distance: float
    note: str | None
    sprites: list[str]


class Compared(TypedDict):
    lanes: list[Timed]
    seeds: list[int]
    python: str
    settings: dict[str, Any]


# ---- the endpoints ---------------------------------------------------------------------------------------------------
def noise(
    class_name: OurClass = "hero",
    sprite_seed: int = 0,
    t: int | None = None,
    schedule: ScheduleName = "cosine",
    num_train_timesteps: int = 500,
    seed: int = 0,
) -> tuple[Noised, gr.FileData]:
    """Noise one of our sprites: x_t = sqrt(alpha_bar) x0 + sqrt(1 - alpha_bar) eps, the exact forward process.

    Args:
        class_name: the sprite's class
        sprite_seed: which sprite of the class, a whole number from 0
        t: the timestep, from 0 (no noise) to num_train_timesteps (almost only noise); if left out, 250, or T if less
        schedule: how alpha_bar falls with t
        num_train_timesteps: T, from 2 to 4000
        seed: of the noise eps, from 0

    Returns:
        x_t (3, 16, 16) as numbers, x0 and x_t as 16x16 PNG data URLs, alpha_bar, snr (null at t = 0), the caption
        the same as one PNG: x0, eps, x_t
    """
    config = GenerateConfig(
        count=1, seed=seed, num_inference_steps=1, schedule=schedule, num_train_timesteps=num_train_timesteps
    )
    check_choice("class_name", class_name, CLASS_NAMES)
    check_whole("sprite_seed", sprite_seed, 0, MAX_SEED)
    t = min(USUAL_T, num_train_timesteps) if t is None else t
    check_whole("t", t, 0, num_train_timesteps)
    process, sprite, eps = config.noise_schedule(), draw(class_name, sprite_seed), SeededNoise([seed])()
    x0 = to_x0(sprite.pixels[None])
    x_t = process.add_noise(x0, t, eps)
    alpha_bar = process.alpha_bar_at(t)
    pixels = to_uint8(torch.cat([x0, eps, x_t]))
    return {
        "x_t": np.round(x_t[0].double().numpy(), 6).tolist(),
        "pictures": {"x0": data_url(pixels[0]), "x_t": data_url(pixels[2])},
        "alpha_bar": alpha_bar,
        "snr": alpha_bar / (1 - alpha_bar) if t else None,
        "caption": sprite.caption,
        "python": noise_program(config, class_name, sprite_seed, t),
        "settings": {"t": t},
    }, grid(pixels, columns=3, scale=PICTURE_SCALE)


@on_gpu
def generate(
    weights: Weights = FIRST,
    count: int = 4,
    seed: int = 0,
    sampler: SamplerName = "ddim",
    num_inference_steps: int = 25,
    guidance_scale: float = 1.0,
    mixing: Mixing = "embedding",
    eta: float = 0.0,
    schedule: ScheduleName = "cosine",
    spacing: Spacing = "trailing",
) -> tuple[Sprites, gr.FileData]:
    """Draw 16x16 sprites with the diffusion model. The same arguments give the same sprites.

    Args:
        weights: class (CLASSES) to weight, -10 to 10; several: a mix, {}: no class
        count: how many sprites, 1 to 256; sprite i is drawn from seed + i
        seed: of the first sprite, from 0
        sampler: the algorithm; unipc needs 10 steps for what ddim does in 25, distilled is for 1 to 4
        num_inference_steps: 1 to 500
        guidance_scale: classifier-free guidance, 0 to 20; 1 is none, more exaggerates the class
        mixing: how several classes are mixed, their embeddings or the network's predictions
        eta: fresh noise of ddim, from 0 (none, the default) to 1 (as much as ddpm)
        schedule: how much noise there is at every timestep
        spacing: which timesteps the sampler visits

    Returns:
        each sprite as a 16x16 PNG data URL, and its seed; nfe, network evaluations a sprite; seconds of sampling
        all sprites as one PNG
    """
    config = GenerateConfig(
        weights=weights,
        count=count,
        seed=seed,
        sampler=sampler,
        num_inference_steps=num_inference_steps,
        guidance_scale=guidance_scale,
        mixing=mixing,
        eta=eta,
        schedule=schedule,
        spacing=spacing,
    )
    check_share([config])
    lane = race.finish(race.Lane(config))
    pixels = to_uint8(lane.step.x_prev)
    notes = out_of_range(config.noise_schedule(), config.timesteps()), too_large(lane.step.x_prev)
    return {
        "sprites": [data_url(sprite) for sprite in pixels],
        "seeds": [seed + i for i in range(count)],
        "nfe": lane.nfe,
        "seconds": lane.seconds,
        "note": " ".join(filter(None, notes)) or None,
        "python": as_python(config),
    }, grid(pixels, scale=PICTURE_SCALE)


@on_gpu
def mix(
    a: Weights = FIRST,
    b: Weights = OTHER,
    places: int = 5,
    count: int = 1,
    seed: int = 0,
    seed_b: int | None = None,
    sampler: SamplerName = "ddim",
    num_inference_steps: int = 25,
    guidance_scale: float = 1.0,
    mixing: Mixing = "embedding",
) -> tuple[Mixed, gr.FileData]:
    """Morph from one mix of classes to another: sprites row by row, a seed a row, a mix a column.

    Args:
        a: the mix on the left, class to weight, as in generate
        b: the mix on the right; between them the weights change evenly
        places: columns, both ends included, 2 to 64
        count: rows; row i is drawn from seed + i; at most 256 sprites in all
        seed: of the first row's noise, from 0
        seed_b: leave it out to keep a row's noise; else the noise moves, too, on the sphere, to that of seed_b + i
        sampler: as in generate
        num_inference_steps: as in generate
        guidance_scale: as in generate
        mixing: as in generate

    Returns:
        each sprite as a 16x16 PNG data URL, row by row; the weights of each column; nfe, seconds
        all sprites as one PNG
    """
    for end in (a, b):
        GenerateConfig(weights=end)  # refuses what is no mix
    check_whole("places", places, 2, MAX_PLACES)
    check_whole("seed_b", seed if seed_b is None else seed_b, 0, MAX_SEED)
    names = list(dict.fromkeys([*a, *b]))
    columns = between([a.get(name, 0) for name in names], [b.get(name, 0) for name in names], places)
    first = GenerateConfig(
        count=count,
        seed=seed,
        sampler=sampler,
        num_inference_steps=num_inference_steps,
        guidance_scale=guidance_scale,
        mixing=mixing,
    )
    if count * places > MAX_COUNT:
        raise ValueError(f"count x places must be at most {MAX_COUNT} sprites; got {count} x {places}")
    configs = [replace(first, weights={k: w for k, w in zip(names, row, strict=True) if w}) for row in columns]
    check_share(configs)
    starts = [None] * places if seed_b is None else arcs(seed, seed_b, count, places)
    lanes = [race.finish(race.Lane(config), x_T) for config, x_T in zip(configs, starts, strict=True)]
    pixels = to_uint8(torch.stack([lane.step.x_prev for lane in lanes], dim=1).flatten(0, 1))
    return {
        "sprites": [data_url(sprite) for sprite in pixels],
        "seeds": [seed + i for i in range(count)],
        "weights": [config.weights for config in configs],
        "nfe": sum(lane.nfe for lane in lanes),
        "seconds": sum(lane.seconds for lane in lanes),
        "python": mix_program(configs, seed_b),
    }, grid(pixels, columns=places, scale=PICTURE_SCALE)


@on_gpu
def compare(
    lanes: list[LaneSettings] = LANES, class_name: ClassName = FIRST_NAME, count: int = 4, seed: int = 0
) -> tuple[Compared, gr.FileData]:
    """Compare two to four samplers that start from the same noise: time, network evaluations and result.

    Args:
        lanes: two to four of {"sampler": ..., "num_inference_steps": ..., "eta": ...}, each as in generate
        class_name: what is drawn
        count: how many sprites, 1 to 32
        seed: of the first sprite, from 0

    Returns:
        of each lane nfe, seconds, ms_per_nfe, distance from the exact solution of the ODE (1/255, median), sprites
        and, where values lie beyond the colours, a note; all sprites as one PNG, a lane a row
    """
    check_choice("class_name", class_name, class_names())
    lanes = race.line_up(class_name, count, seed, [lane_settings(lane) for lane in _list(lanes)])
    for i, lane in enumerate(lanes):
        race.warm_up(lane)
        lanes[i] = race.finish(lane)
    truth = race.converged(class_name, count, seed)
    pixels = [to_uint8(lane.step.x_prev) for lane in lanes]
    timed = [
        {
            "sampler": lane.config.sampler,
            "num_inference_steps": lane.config.num_inference_steps,
            "eta": lane.config.eta,
            "nfe": lane.nfe,
            "seconds": lane.seconds,
            "ms_per_nfe": 1000 * lane.seconds / lane.nfe,
            "distance": race.distance(lane.step.x_prev, truth),
            "note": too_large(lane.step.x_prev),
            "sprites": [data_url(sprite) for sprite in drawn],
        }
        for lane, drawn in zip(lanes, pixels, strict=True)
    ]
    result = {"lanes": timed, "seeds": [seed + i for i in range(count)], "python": race.program(lanes)}
    return result, grid(np.concatenate(pixels), columns=count, scale=PICTURE_SCALE)


# ---- what they are made of -------------------------------------------------------------------------------------------
def data_url(pixels: np.ndarray) -> str:
    """A sprite (16, 16, 3) uint8 as a lossless PNG, data:image/png;base64,..."""
    file = io.BytesIO()
    Image.fromarray(pixels).save(file, format="PNG")
    return "data:image/png;base64," + base64.b64encode(file.getvalue()).decode("ascii")


def whole(value: object) -> object:
    """25.0 -> 25: JSON does not tell them apart. Anything else stays, for the checks of its own meaning."""
    return int(value) if isinstance(value, float) and value.is_integer() else value


def lane_settings(lane: object) -> tuple[Any, Any, Any]:
    """Sampler, steps and eta of a lane. Raises ValueError for what is no lane; the values are checked later."""
    known = LaneSettings.__annotations__
    if not isinstance(lane, dict) or not lane.keys() <= known.keys():
        raise ValueError(f"a lane must be an object with any of {', '.join(known)}; got {brief(lane)}")
    default = GenerateConfig()
    given = {name: whole(value) for name, value in lane.items() if value is not None}
    return tuple(given.get(name, getattr(default, name)) for name in known)


def arcs(seed: int, seed_b: int, count: int, places: int) -> torch.Tensor:
    """x_T of every column, (places, count, 3, 16, 16): a row's noise moves on the sphere, seed + i to seed_b + i."""
    ends = zip(SeededNoise(range(seed, seed + count))(), SeededNoise(range(seed_b, seed_b + count))(), strict=True)
    return torch.stack([slerp(a, b, torch.linspace(0, 1, places)) for a, b in ends], dim=1)


def noise_program(config: GenerateConfig, class_name: str, sprite_seed: int, t: int) -> str:
    """A program that makes the x_t of `noise`."""
    return f"""{ORIGIN}from core import NoiseSchedule
from core.data import to_x0
from core.generate import SeededNoise
{SAVE_IMPORT}
from core.sprites import draw

schedule = NoiseSchedule.named({config.schedule!r}, {config.num_train_timesteps})
x0 = to_x0(draw({class_name!r}, {sprite_seed}).pixels[None])  # (1, 3, 16, 16) in [-1, 1]
x_t = schedule.add_noise(x0, {t}, SeededNoise([{config.seed}])())
{saving(1, "x_t")}
"""


def mix_program(configs: Sequence[GenerateConfig], seed_b: int | None) -> str:
    """A program that draws the sprites of `mix`, bit for bit on the same machine."""
    first, rows = configs[0], "".join(f"    {constructor(config)},\n" for config in configs)
    if seed_b is None:
        imports, x_T, run = "", "", "last(generate(model, config)).x_prev for config in configs"
    else:
        imports = "from core.generate import SeededNoise\nfrom core.interpolate import slerp\n"
        x_T = f"""ends = zip(SeededNoise(range({first.seed}, {first.seed} + {first.count}))(), SeededNoise(range({seed_b}, {seed_b} + {first.count}))())
x_T = torch.stack([slerp(a, b, torch.linspace(0, 1, {len(configs)})) for a, b in ends], dim=1)
"""
        run = "last(generate(model, config, x_T=x)).x_prev for config, x in zip(configs, x_T)"
    return f"""{ORIGIN}import torch
from core import GenerateConfig, generate, last, load
{imports}{SAVE_IMPORT}

model = load()
configs = [
{rows}]
{x_T}columns = [{run}]
sprites = torch.stack(columns, dim=1).flatten(0, 1)  # row by row: a seed a row, a mix a column
{saving(len(configs))}
"""


def _list(value: object) -> list:
    if not isinstance(value, list):
        raise ValueError(f"lanes must be a list of two to four objects; got {brief(value)}")
    return value


# ---- how they are offered --------------------------------------------------------------------------------------------
def endpoint(function: Callable[..., tuple[dict[str, Any], np.ndarray]]) -> Callable:
    """What all four do: take 25.0 for 25 and null for the default, add the settings, make a file of the picture.

    The settings are all arguments: a call with them gives the same result again. Gradio deletes the file as it does
    uploads; it is for MCP, where Gradio 6.31 shows it to a client that asks for progress and tells others its address.
    """
    parameters = inspect.signature(function).parameters

    @functools.wraps(function)
    def call(*args: Any) -> tuple[dict[str, Any], dict[str, Any]]:
        given = {name: whole(value) for name, value in zip(parameters, args, strict=True) if value is not None}
        settings = {name: given.get(name, parameter.default) for name, parameter in parameters.items()}
        result, picture = function(**settings)
        settings |= result.get("settings", {})
        path = save_img_array_to_cache(picture, get_upload_folder(), format="png")
        return {**result, "settings": settings}, gr.FileData(path=path, mime_type="image/png").model_dump()

    call.__doc__ = function.__doc__.replace("CLASSES", ", ".join(class_names()))
    return call


def register() -> None:
    """Offer the endpoints; to be called within gr.Blocks. /noise needs no network, so it does not wait for it."""
    gr.api(says_why(endpoint(noise)), api_name="noise")
    for function in (generate, mix):
        gr.api(served(function.__name__, endpoint(function)), api_name=function.__name__, **MODEL_QUEUE)
    gr.api(served("compare", endpoint(compare), alone=True), api_name="compare", **RACE_QUEUE)
