"""Training: one step taken apart, and a small network that learns in seconds, on pictures of one's own choice."""

from __future__ import annotations

import base64
from collections.abc import Iterator, Mapping
from dataclasses import fields
from functools import lru_cache, partial
from typing import Any

import gradio as gr
import numpy as np
from torch import Tensor

from core.checks import check_whole
from core.render import to_uint8
from core.train.apart import MAX_LEARNED, Apart, step_apart
from core.train.foreign import foreign
from core.train.live import (
    ALL,
    LEVELS,
    MAX_BATCH,
    MAX_PICTURES,
    MAX_SECONDS,
    OWN,
    SOURCES,
    Glimpse,
    LiveConfig,
    Taught,
    data_of,
    teach,
)
from core.train.tune import TuneConfig
from serving.guard import MAX_FILE
from serving.own import file_here, keep
from serving.refusals import says_why
from serving.runs import MODEL_QUEUE, draws_our_sprites, queue_line, served
from serving.worker import BENCH

from ..page import AT_ONCE, Control, asked, component, encode, on_request
from .files import read_file
from .grown import about, asked_grown, asked_run, asked_sheet
from .opened import read_network
from .teacher import MAX_OWN, QUEUE, halt, has_left, read_own, teaching
from .tuning import asked_tuned

EXAMPLES = 16
FIELDS = tuple(field.name for field in fields(LiveConfig))
STEP_QUEUE: dict[str, Any] = {"concurrency_id": "training step", "concurrency_limit": 1}


def read(settings: object) -> LiveConfig:
    """The config of a dict from outside with all of FIELDS, and no other. Raises ValueError."""
    if not isinstance(settings, Mapping) or set(settings) != set(FIELDS):
        raise ValueError(f"the settings must be those of the page: {', '.join(FIELDS)}")
    return LiveConfig(**settings)


def own_of(config: LiveConfig, pixels: object) -> np.ndarray | None:
    """A person's pictures, where the config asks for them. Raises ValueError."""
    return read_own(pixels) if config.source == OWN else None


def train(settings: object, pixels: object) -> Iterator[dict[str, object]]:
    """A training as data for lesson.js: glimpses, and last what has come of it. Raises ValueError."""
    config = read(settings)
    own = own_of(config, pixels)
    for found in teaching("train", teach, config, own):
        if isinstance(found, Taught) and config.mistake != "blind":  # that one is told t again where it is loaded
            keep(found.checkpoint, partial(data_of, config, own))
        yield shown(found)


def shown(found: Glimpse | Taught) -> dict[str, object]:
    """What a training has sent, for lesson.js."""
    if isinstance(found, Glimpse):
        return {
            "step": found.step,
            "images": found.images_seen,
            "seconds": round(found.seconds, 3),
            "loss": found.loss,
            "samples": encode(found.samples),
            "more": True,
        }
    return {
        "samples": encode(found.samples),
        "nearest": encode(found.nearest),
        "distance": [round(distance, 2) for distance in found.distance],
        "copies": found.copies,
        "known": found.error,
        "unseen": found.error_unseen,
        "file": base64.b64encode(found.checkpoint).decode("ascii"),
    }


def step(settings: object, learned: object, pixels: object) -> dict[str, object]:
    """A step taken apart as data for lesson.js. Raises ValueError."""
    config = read(settings)
    check_whole("the steps before", learned, 0, MAX_LEARNED)
    for found in BENCH.run(step_apart, config, learned, own_of(config, pixels)):
        return taken_apart(found)
    return {}


def taken_apart(found: Apart) -> dict[str, object]:
    """A step for lesson.js: pictures as RGB bytes, eps at a third of its strength, errors as they are."""

    def picture(x: Tensor, share: float = 1.0) -> str:
        return encode(to_uint8(x[None] * share))

    kinds = {"answer": found.answer, "after": found.answer_after}
    return {
        "pictures": {
            "x0": picture(found.x0),
            "eps": picture(found.eps, 1 / 3),
            "x_t": picture(found.x_t),
            "error": picture(found.answer - found.target, 1 / 2),
        }
        | {name: picture(x) for name, x in kinds.items()}
        | {f"{name}_third": picture(x, 1 / 3) for name, x in kinds.items()},
        "learned": found.learned,
        "alpha_bar": found.alpha_bar,
        "told": found.told,
        "loss": found.loss,
        "loss_after": found.loss_after,
        "batch_loss": found.batch_loss,
        "batch_loss_after": found.batch_loss_after,
        "gradient": found.gradient,
        "moved": found.moved,
    }


@lru_cache(maxsize=1)
def examples() -> dict[str, str]:
    """EXAMPLES pictures of each source, as RGB bytes; a person's own are in their browser."""
    sources = [source for source in SOURCES if source != OWN]
    return {source: encode(data_of(LiveConfig(source, count=EXAMPLES)).images) for source in sources}


def network_file() -> dict[str, object]:
    """The network of this page's own that was taught or opened last, as a file. Raises ValueError if there is none."""
    return {"file": base64.b64encode(file_here()).decode("ascii")}


# ---- the page --------------------------------------------------------------------------------------------------------
def asked_training(event: gr.EventData) -> Iterator[gr.HTML]:
    """train, as the component asks for it."""
    data, number = asked(event)
    if has_left("train", number):
        return
    for found in train(data.get("settings"), data.get("pixels")):
        yield gr.HTML(training=found | {"request": number})


def asked_step(event: gr.EventData) -> gr.HTML:
    """step, as the component asks for it."""
    data, number = asked(event)
    found = step(data.get("settings"), data.get("learned"), data.get("pixels"))
    return gr.HTML(apart=found | {"request": number})


def asked_file(event: gr.EventData) -> gr.HTML:
    """network_file, as the component asks for it."""
    _, number = asked(event)
    return gr.HTML(file=network_file() | {"request": number})


def build() -> dict[str, Control]:
    lesson = component(
        "training",
        {
            "sources": SOURCES,
            "examples": examples(),
            "own": OWN,
            "all": ALL,
            "usual": {field.name: field.default for field in fields(LiveConfig)},
            "levels": LEVELS,
            "most": {
                "count": MAX_PICTURES,
                "seconds": MAX_SECONDS,
                "batch_size": MAX_BATCH,
                "own": MAX_OWN,
                "learned": MAX_LEARNED,
            },
            "foreign": encode(foreign()),
            "tuning": {field.name: field.default for field in fields(TuneConfig)} if draws_our_sprites() else None,
            "run": about(),
        },
        events=["train", "step", "halt", "grow", "lend", "sheet", "tune", "fetch"],
        training=None,
        apart=None,
        grown=None,
        lent=None,
        sprites=None,
        tuned=None,
        file=None,
        files=None,
        opened=None,
    )
    with gr.Column(elem_id="training-controls"):
        file = gr.UploadButton("A file of your own", file_types=["image", ".zip"], type="binary", size="sm")
        line = queue_line("training", drawing=False)
    with gr.Column(elem_id="training-file"):  # lesson.js has a place for it
        title = f"Open a network (.safetensors, at most {MAX_FILE / 1e6:g} MB)"
        network = gr.UploadButton(title, file_types=[".safetensors"], type="binary", size="sm")
    # The line has room for one event: what is soon done would take it from whoever waits for a training.
    soon: dict[str, Any] = {"api_visibility": "private", "show_progress": "hidden"}
    long = {"api_visibility": "private", "show_progress_on": line}
    on_request(lesson, "step", served("training step", asked_step), **soon, **STEP_QUEUE)
    on_request(lesson, "grow", served("training run", asked_grown), **soon, **MODEL_QUEUE)
    # In a line of its own: nobody has more than a few places in one, and those are for what the lesson shows.
    lent = soon | {"concurrency_id": "training run shown", "concurrency_limit": 1}
    on_request(lesson, "lend", served("training run shown", asked_run), **lent)
    on_request(lesson, "sheet", served("training sheet", asked_sheet), **soon, **MODEL_QUEUE)
    on_request(lesson, "fetch", served("network file", asked_file), **soon, concurrency_id="network file")
    on_request(lesson, "train", served("train", asked_training), **long, **QUEUE)
    on_request(lesson, "tune", served("tuning", asked_tuned), **long, **QUEUE)
    # Through the queue, for only there can the page read why a file is refused; but in a line of its own.
    opened = soon | {"api_name": "training_network"} | MODEL_QUEUE
    uploads = soon | {"concurrency_id": "training file"}
    file.upload(says_why(read_file), file, lesson, api_name="training_file", **uploads)
    network.upload(served("open a network", read_network), network, lesson, **opened)
    lesson.halt(halt, None, None, api_name="training_halt", **AT_ONCE)
    return {}
