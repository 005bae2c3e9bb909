"""Is it new? The nearest training sprite of each finished one."""

from __future__ import annotations

import base64
import binascii
from collections.abc import Iterator
from functools import lru_cache

import gradio as gr
import numpy as np
import torch
from torch import Tensor

from core.data import to_x0
from core.metrics import NEARLY_IDENTICAL, nearest
from core.sprites import CLASS_NAMES, draw
from serving.runs import draws_our_sprites
from tabs.page import asked, encode

from .sheets import UNSEEN, unseen

MAX_SPRITES = 6  # that are compared at a time: a run and its forks
PER_CLASS = 5000  # of the training set
PART = 1000  # of these are compared at a time


def novelty(sprites: object) -> Iterator[dict[str, object]]:
    """The nearest training sprite of each finished sprite; first, once in the server's life, the training set is drawn.

    sprites: base64 of up to MAX_SPRITES RGB sprites (16, 16, 3). Yields {"drawn": classes ready} and at last nearest
    (encoded sprites), distance (root mean square, 1/255), their classes, and how many of `unseen` real sprites of that
    class, from outside the training set, are nearer to it. Raises ValueError.
    """
    if not isinstance(sprites, str) or len(sprites) > 1024 * (MAX_SPRITES):
        raise ValueError(f"sprites must be base64 text of at most {MAX_SPRITES} sprites")
    try:
        images = np.frombuffer(base64.b64decode(sprites, validate=True), np.uint8).reshape(-1, 16, 16, 3).copy()
    except (binascii.Error, ValueError) as error:
        raise ValueError("sprites must be base64 of RGB bytes, 768 a sprite") from error
    if len(images) == 0:
        raise ValueError("there is no sprite to compare")
    if not draws_our_sprites():
        raise ValueError("this network learned from other sprites than this project's, and those are not here")
    for k, name in enumerate(CLASS_NAMES):
        yield {"drawn": k, "of": len(CLASS_NAMES)}
        training_sprites(name)
    distance, classes, found = nearest_training(to_x0(images))
    yield {
        "nearest": encode(found),
        "distance": distance.tolist(),
        "classes": classes,
        "nearer": [
            sum(other < own for other in unseen_distances(name))
            for name, own in zip(classes, distance.tolist(), strict=True)
        ],
        "unseen": UNSEEN,
        "copy": NEARLY_IDENTICAL,
        "of": PER_CLASS * len(CLASS_NAMES),
    }


@lru_cache(maxsize=len(CLASS_NAMES))
def training_sprites(class_name: str) -> np.ndarray:
    """The training set's sprites of a class, (PER_CLASS, 16, 16, 3) uint8: that part of core.data.built_in()."""
    return np.stack([draw(class_name, i).pixels for i in range(PER_CLASS)])


def nearest_training(x0: Tensor) -> tuple[Tensor, list[str], np.ndarray]:
    """Distances (N,), class names and sprites (N, 16, 16, 3) uint8 nearest to x0 (N, 3, 16, 16) in the training set."""
    # in parts, for as floats the whole set would take 77 MB
    parts = [(name, first) for name in CLASS_NAMES for first in range(0, PER_CLASS, PART)]
    found = [nearest(x0, to_x0(training_sprites(name)[first : first + PART])) for name, first in parts]
    distance, which = torch.stack([distances for distances, _ in found]).min(0)
    names = [parts[k][0] for k in which.tolist()]
    indices = [parts[k][1] + int(found[k][1][i]) for i, k in enumerate(which.tolist())]
    return distance, names, np.stack([training_sprites(name)[i] for name, i in zip(names, indices, strict=True)])


@lru_cache(maxsize=len(CLASS_NAMES))
def unseen_distances(class_name: str) -> list[float]:
    """How far unseen real sprites of a class are from the training set, UNSEEN of them."""
    return nearest_training(unseen(class_name))[0].tolist()


def asked_novelty(event: gr.EventData) -> Iterator[gr.HTML]:
    """novelty, as the component asks for it."""
    data, number = asked(event)
    for found in novelty(data.get("sprites")):
        yield gr.HTML(novelty=found | {"request": number, "more": "drawn" in found})
