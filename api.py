"""The app for other programs: four endpoints, which are tools for language models (MCP), too.

Gradio makes the API page, the OpenAPI document and the MCP tools from the signatures and docstrings below, and reads
the types as they stand: hence no `from __future__ import annotations` here.
"""

import base64
import functools
import inspect
import io
from collections.abc import Callable, Mapping, Sequence
from reprlib import repr as brief
from typing import TYPE_CHECKING, Any, Literal, TypeAlias, TypedDict

import gradio as gr
import numpy as np
import torch
from gradio.processing_utils import save_img_array_to_cache
from gradio.utils import get_upload_folder
from PIL import Image

from core import GenerateConfig
from core.checks import check_choice, check_whole
from core.compare import Lane, converged, distance, finish, warm_up
from core.conditions import Mixing
from core.data import to_x0
from core.generate import (
    MAX_COUNT,
    MAX_SEED,
    NetworkName,
    SamplerName,
    SeededNoise,
    out_of_range,
    too_large,
)
from core.interpolate import between, slerp
from core.program import arcs, lanes_program, mixes_program, noising_program, run_program
from core.render import grid, to_uint8
from core.schedule import ScheduleName, Spacing
from core.sprites import CLASS_NAMES, draw
from serving.gpu import on_gpu
from serving.refusals import says_why
from serving.runs import MODEL_QUEUE, RACE_QUEUE, check_share, class_names, clock, model, models, served

if TYPE_CHECKING:  # what the functions take and return
    OurClass: TypeAlias = str
    ClassName: TypeAlias = str
    Picture: TypeAlias = np.ndarray
else:  # what Gradio is to tell of it
    OurClass = Literal[*CLASS_NAMES]  # of the sprites that this project draws
    ClassName = Literal[*class_names()]  # that the network knows
    Picture = gr.FileData  # which `endpoint` makes of a picture
Weights = dict[str, float]
USUAL_T = 250
MAX_PLACES, MAX_LANES, MAX_COMPARED = 64, 4, 32  # columns of a morph; lanes and sprites of a comparison
PICTURE_SCALE = 8  # pixels of the picture a pixel of a sprite
FIRST_NAME = class_names()[0]
FIRST = {FIRST_NAME: 1.0}
OTHER = {name: 1.0 for name in class_names()[1:] if name == "spell"} or {name: 1.0 for name in class_names()[1:][-1:]}


class LaneSettings(TypedDict, total=False):
    """A sampler in a comparison; what is left out is as in /generate."""

    sampler: SamplerName
    network: NetworkName
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
    network: str
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
) -> tuple[Noised, Picture]:
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
    check_whole("seed", seed, 0, MAX_SEED)
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
        "python": noising_program(config, class_name, sprite_seed, t),
        "settings": {"t": t},
    }, grid(pixels, columns=3, scale=PICTURE_SCALE)


@on_gpu
def generate(
    weights: Weights = FIRST,
    count: int = 4,
    seed: int = 0,
    sampler: SamplerName = "ddim",
    num_inference_steps: int | None = None,
    guidance_scale: float = 1.0,
    mixing: Mixing = "embedding",
    eta: float = 0.0,
    schedule: ScheduleName = "cosine",
    spacing: Spacing | None = None,
    network: NetworkName = "sprites",
) -> tuple[Sprites, Picture]:
    """Draw 16x16 sprites with the diffusion model. The same arguments give the same sprites.

    Args:
        weights: class (CLASSES) to weight, -10 to 10; several: a mix, {}: no class
        count: how many sprites, 1 to 256; sprite i is drawn from seed + i
        seed: of the first sprite, from 0
        sampler: the algorithm; unipc needs 10 steps for what ddim does in 25
        num_inference_steps: 1 to 500; if left out, 25, or 4 for the distilled network
        guidance_scale: classifier-free guidance, 0 to 20; 1 is none, more exaggerates the class
        mixing: how several classes are mixed, their embeddings or the network's predictions
        eta: fresh noise of ddim, from 0 (none, the default) to 1 (as much as ddpm)
        schedule: how much noise there is at every timestep
        spacing: which timesteps the sampler visits; if left out, trailing, or the distilled network's own
        network: distilled is for 1 to 4 steps, by ddim with eta 0

    Returns:
        each sprite as a 16x16 PNG data URL, and its seed; nfe, network evaluations a sprite; seconds of sampling
        all sprites as one PNG
    """
    check_mix("weights", weights)
    check_whole("seed", seed, 0, MAX_SEED)
    config = GenerateConfig(
        weights=weights,
        count=count,
        seed=seed,
        sampler=sampler,
        guidance_scale=guidance_scale,
        mixing=mixing,
        eta=eta,
        schedule=schedule,
        network=network,
        **without_none(num_inference_steps=num_inference_steps, spacing=spacing),
    )
    check_share([config])
    lane = finish(models(), Lane(config), clock=clock)
    pixels = to_uint8(lane.x)
    notes = out_of_range(config.noise_schedule(), config.timesteps()), too_large(lane.x)
    return {
        "sprites": [data_url(sprite) for sprite in pixels],
        "seeds": [seed + i for i in range(count)],
        "nfe": lane.nfe,
        "seconds": lane.seconds,
        "note": " ".join(filter(None, notes)) or None,
        "python": run_program(config),
        "settings": {"num_inference_steps": config.num_inference_steps, "spacing": config.spacing},
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
    num_inference_steps: int | None = None,
    guidance_scale: float = 1.0,
    mixing: Mixing = "embedding",
    network: NetworkName = "sprites",
) -> tuple[Mixed, Picture]:
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
        network: as in generate

    Returns:
        each sprite as a 16x16 PNG data URL, row by row; the weights of each column; nfe, evaluations a sprite; seconds
        all sprites as one PNG
    """
    check_mix("a", a)
    check_mix("b", b)
    check_whole("places", places, 2, MAX_PLACES)
    check_whole("count", count, 1, MAX_COUNT)
    check_whole("seed", seed, 0, MAX_SEED)
    check_whole("seed_b", seed if seed_b is None else seed_b, 0, MAX_SEED)
    if count * places > MAX_COUNT:
        raise ValueError(f"count x places must be at most {MAX_COUNT} sprites; got {count} x {places}")
    columns, rows = between(a, b, places), [seed + i for i in range(count)]
    config = GenerateConfig(
        weights=columns * count,
        seed=[row for row in rows for _ in columns],
        sampler=sampler,
        guidance_scale=guidance_scale,
        mixing=mixing,
        network=network,
        **without_none(num_inference_steps=num_inference_steps),
    )
    check_share([config])
    start, lines = None, list[str]()
    if seed_b is not None:
        others = [seed_b + i for i in range(count)]
        start = config.timesteps()[0], noises(rows, others, places)
        lines = arcs(rows, others, places, shape=model().shape)
    lane = finish(models(), Lane(config), start, clock)
    pixels = to_uint8(lane.x)
    return {
        "sprites": [data_url(sprite) for sprite in pixels],
        "seeds": rows,
        "weights": columns,
        "nfe": lane.nfe,
        "seconds": lane.seconds,
        "python": mixes_program(config, columns, rows, lines),
        "settings": {"num_inference_steps": config.num_inference_steps},
    }, grid(pixels, columns=places, scale=PICTURE_SCALE)


@on_gpu
def compare(
    lanes: list[LaneSettings] = LANES, class_name: ClassName = FIRST_NAME, count: int = 4, seed: int = 0
) -> tuple[Compared, Picture]:
    """Compare two to four samplers that start from the same noise: time, network evaluations and result.

    Args:
        lanes: two to four of {"sampler": ..., "network": ..., "num_inference_steps": ..., "eta": ...}, as in generate
        class_name: what is drawn
        count: how many sprites, 1 to 32
        seed: of the first sprite, from 0

    Returns:
        of each lane nfe, seconds, ms_per_nfe, distance from the exact solution of the ODE (1/255, median), sprites
        and, where values lie beyond the colours, a note; all sprites as one PNG, a lane a row
    """
    check_choice("class_name", class_name, class_names())
    check_whole("count", count, 1, MAX_COMPARED)
    check_whole("seed", seed, 0, MAX_SEED)
    if not isinstance(lanes, list) or not 2 <= len(lanes) <= MAX_LANES:
        raise ValueError(f"lanes must be a list of two to four objects; got {brief(lanes)}")
    shared: dict[str, Any] = {"weights": {class_name: 1.0}, "count": count, "seed": seed}
    configs = [GenerateConfig(**shared, **lane_settings(lane)).without_idle_settings() for lane in lanes]
    check_share(configs)
    finished = []
    for lane in map(Lane, configs):
        warm_up(models(), lane)
        finished.append(finish(models(), lane, clock=clock))
    truth = converged(models(), configs[0])
    pixels = [to_uint8(lane.x) for lane in finished]
    timed: list[Timed] = [
        {
            "sampler": lane.config.sampler,
            "network": lane.config.network,
            "num_inference_steps": lane.config.num_inference_steps,
            "eta": lane.config.eta,
            "nfe": lane.nfe,
            "seconds": lane.seconds,
            "ms_per_nfe": 1000 * lane.seconds / lane.nfe,
            "distance": distance(lane.x, truth),
            "note": too_large(lane.x),
            "sprites": [data_url(sprite) for sprite in drawn],
        }
        for lane, drawn in zip(finished, pixels, strict=True)
    ]
    return {
        "lanes": timed,
        "seeds": [seed + i for i in range(count)],
        "python": lanes_program(configs),
        "settings": {},
    }, grid(np.concatenate(pixels), columns=count, scale=PICTURE_SCALE)


# ---- what they are made of -------------------------------------------------------------------------------------------
def data_url(pixels: np.ndarray) -> str:
    """A sprite (16, 16, 3) uint8 as a lossless PNG, data:image/png;base64,..."""
    file = io.BytesIO()
    Image.fromarray(pixels).save(file, format="PNG")
    return "data:image/png;base64," + base64.b64encode(file.getvalue()).decode("ascii")


def check_mix(name: str, weights: object) -> None:
    """Raise ValueError unless this is one mix: a config may have one a sprite."""
    if not isinstance(weights, Mapping):
        raise ValueError(f"{name} must map class names to numbers; got {brief(weights)}")


def without_none(**settings: Any) -> dict[str, Any]:
    """Those that are not None."""
    return {name: value for name, value in settings.items() if value is not None}


def whole(value: object) -> object:
    """25.0 -> 25: JSON does not tell them apart. Anything else stays, for the checks of its own meaning."""
    return int(value) if isinstance(value, float) and value.is_integer() else value


def lane_settings(lane: object) -> dict[str, Any]:
    """What a lane says of itself. Raises ValueError for what is no lane; the values are checked later."""
    known = LaneSettings.__annotations__
    if not isinstance(lane, dict) or not lane.keys() <= known.keys():
        raise ValueError(f"a lane must be an object with any of {', '.join(known)}; got {brief(lane)}")
    return {name: whole(value) for name, value in lane.items() if value is not None}


def noises(seeds: Sequence[int], others: Sequence[int], places: int) -> torch.Tensor:
    """x_T, (len(seeds) * places, C, H, W), row by row: on the sphere from each seed's noise to the other's."""
    ends = zip(SeededNoise(seeds, model().shape)(), SeededNoise(others, model().shape)(), strict=True)
    return torch.cat([slerp(a, b, torch.linspace(0, 1, places)) for a, b in ends])


# ---- how they are offered --------------------------------------------------------------------------------------------
def endpoint(function: Callable[..., tuple[Mapping[str, Any], Picture]]) -> Callable:
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

    call.__doc__ = (function.__doc__ or "").replace("CLASSES", ", ".join(class_names()))
    return call


def register() -> None:
    """Offer the endpoints; to be called within gr.Blocks. /noise needs no network, so it does not wait for it."""
    gr.api(says_why(endpoint(noise)), api_name="noise")
    for function in (generate, mix):
        gr.api(served(function.__name__, endpoint(function)), api_name=function.__name__, **MODEL_QUEUE)
    gr.api(served("compare", endpoint(compare), alone=True), api_name="compare", **RACE_QUEUE)
