"""The shipped network learns a class more, for the lesson: settings from outside in, data for tune.js out."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import fields
from functools import partial

import gradio as gr
import numpy as np

from core.data import SpriteData
from core.train.tune import MINE, Look, TuneConfig, Tuned, pictures_of, tune
from serving.own import keep

from ..page import asked, encode
from .teacher import has_left, read_own, teaching

FIELDS = tuple(field.name for field in fields(TuneConfig))


def tuned(settings: object, pixels: object) -> Iterator[dict[str, object]]:
    """A training as data for tune.js: looks, and last what has come of it. Raises ValueError."""
    if not isinstance(settings, Mapping) or set(settings) != set(FIELDS):
        raise ValueError(f"the settings must be those of the page: {', '.join(FIELDS)}")
    config = TuneConfig(**settings)
    own = read_own(pixels) if config.own else None
    for found in teaching("tune", tune, config, own):
        if isinstance(found, Tuned):
            keep(found.checkpoint, partial(new_pictures, config, own), ours=True)
        yield shown(found)


def new_pictures(config: TuneConfig, own: np.ndarray | None) -> SpriteData:
    """What it has learned beside our training set."""
    images = pictures_of(config, own)
    return SpriteData(images, np.zeros(len(images), np.int64), (MINE,), MINE)


def shown(found: Look | Tuned) -> dict[str, object]:
    """What a training has sent, for tune.js."""
    if isinstance(found, Look):
        pictures = {"fresh": encode(found.new), "old": encode(found.old)}
        return pictures | {"step": found.step, "seconds": round(found.seconds, 2), "loss": found.loss, "more": True}
    counts = {"like": found.like, "of": len(found.new), "known": found.known, "all": len(found.old)}
    return {**counts, "bytes": len(found.checkpoint)}


def asked_tuned(event: gr.EventData) -> Iterator[gr.HTML]:
    """tuned, as the component asks for it."""
    data, number = asked(event)
    if has_left("tune", number):
        return
    for found in tuned(data.get("settings"), data.get("pixels")):
        yield gr.HTML(tuned=found | {"request": number})
