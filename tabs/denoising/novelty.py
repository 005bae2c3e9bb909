"""Is it new? The nearest training sprite of each finished one."""

from __future__ import annotations

import base64
import binascii
from collections.abc import Iterable, Iterator
from functools import lru_cache
from typing import Any

import gradio as gr
import numpy as np
import torch
from torch import Tensor

from core.data import to_x0
from core.metrics import NEARLY_IDENTICAL, nearest
from core.sprites import CLASS_NAMES, draw
from serving.own import OWN, Own, kept_here
from serving.runs import draws_our_sprites
from tabs.page import asked, encode

from .sheets import UNSEEN, unseen

MAX_SPRITES = 6  # that are compared at a time: a run and its forks
PER_CLASS = 5000  # of the training set
PART = 1000  # sprites of a set are compared at a time: as floats, all of ours would take 77 MB
Part = tuple[str, np.ndarray]  # of what a network learned from: a class, and pictures (N, 16, 16, 3) of it


def novelty(sprites: object, networks: object) -> Iterator[dict[str, object]]:
    """The nearest training sprite of each finished sprite; first, once in the server's life, the training set is drawn.

    sprites: base64 of up to MAX_SPRITES RGB sprites (16, 16, 3).  networks: which has drawn each, by name; what the
    page's own has drawn is compared with what that learned from. Yields {"drawn": classes ready} and at last, a sprite
    each: the nearest (encoded), its distance (root mean square, 1/255), its class, of how many it is the nearest, and
    how many of `unseen` real sprites of that class, from outside the training set, are nearer to it (None in what a
    network of the page's own learned from). Raises ValueError.
    """
    images = read_sprites(sprites)
    if not isinstance(networks, list) or len(networks) != len(images):
        raise ValueError("of each sprite it must be said which network has drawn it")
    own = kept_here() if OWN in networks else None
    if OWN in networks and not (own and own.known):
        raise ValueError("what that network learned from is not here: a network's file does not hold the pictures")
    ours = not own or own.ours or set(networks) != {OWN}
    if ours and not draws_our_sprites():
        raise ValueError("this network learned from other sprites than this project's, and those are not here")
    yield {"drawn": 0, "of": len(CLASS_NAMES)}
    for k, name in enumerate(CLASS_NAMES if ours else ()):
        training_sprites(name)
        yield {"drawn": k + 1, "of": len(CLASS_NAMES)}
    found: list[dict[str, Any]] = [{}] * len(images)
    for drawn_by_own in (False, True):
        which = [i for i, network in enumerate(networks) if (network == OWN) is drawn_by_own]
        if which:
            compared = compare(images[which], own if drawn_by_own else None)
            for i, each in zip(which, compared, strict=True):
                found[i] = each
    yield {
        "nearest": encode(np.stack([each.pop("nearest") for each in found])),
        "each": found,
        "unseen": UNSEEN,
        "copy": NEARLY_IDENTICAL,
    }


def read_sprites(sprites: object) -> np.ndarray:
    """Sprites that came from outside, (N, 16, 16, 3) uint8. Raises ValueError."""
    if not isinstance(sprites, str) or len(sprites) > 1024 * MAX_SPRITES:
        raise ValueError(f"sprites must be base64 text of at most {MAX_SPRITES} sprites")
    try:
        images = np.frombuffer(base64.b64decode(sprites, validate=True), np.uint8).reshape(-1, 16, 16, 3).copy()
    except (binascii.Error, ValueError) as error:
        raise ValueError("sprites must be base64 of RGB bytes, 768 a sprite") from error
    if len(images) == 0:
        raise ValueError("there is no sprite to compare")
    return images


def compare(images: np.ndarray, own: Own | None) -> Iterator[dict[str, Any]]:
    """For each image what `novelty` says of it. own: the network that has drawn them, if it is the page's."""
    parts = parts_of(own)
    distances, names, found = nearest_of(to_x0(images), parts)
    for distance, name, picture in zip(distances.tolist(), names, found, strict=True):
        others = unseen_distances(name) if own is None else None
        yield {
            "nearest": picture,
            "distance": distance,
            "name": name,
            "nearer": None if others is None else sum(other < distance for other in others),
            "of": sum(len(pictures) for _, pictures in parts),
        }


def parts_of(own: Own | None) -> list[Part]:
    """What the network learned from, by class: the page's own, or else ours."""
    parts = [(name, training_sprites(name)) for name in CLASS_NAMES] if own is None or own.ours else []
    if own and own.learned:
        data = own.learned()
        parts += [(name, data.images[data.labels == k]) for k, name in enumerate(data.class_names)]
    return parts


@lru_cache(maxsize=len(CLASS_NAMES))
def training_sprites(class_name: str) -> np.ndarray:
    """The training set's sprites of a class, (PER_CLASS, 16, 16, 3) uint8: that part of core.data.built_in()."""
    return np.stack([draw(class_name, i).pixels for i in range(PER_CLASS)])


def nearest_of(x0: Tensor, parts: Iterable[Part]) -> tuple[Tensor, list[str], np.ndarray]:
    """Distances (N,), class names and pictures (N, 16, 16, 3) uint8 nearest to x0 (N, 3, 16, 16) in these parts."""
    pieces = [(name, all_of[i : i + PART]) for name, all_of in parts for i in range(0, len(all_of), PART)]
    found = [nearest(x0, to_x0(pictures)) for _, pictures in pieces]
    distance, which = torch.stack([distances for distances, _ in found]).min(0)
    best = [(*pieces[k], int(found[k][1][i])) for i, k in enumerate(which.tolist())]
    return distance, [name for name, _, _ in best], np.stack([pictures[at] for _, pictures, at in best])


@lru_cache(maxsize=len(CLASS_NAMES))
def unseen_distances(class_name: str) -> list[float]:
    """How far unseen real sprites of a class are from the training set, UNSEEN of them."""
    return nearest_of(unseen(class_name), parts_of(None))[0].tolist()


def asked_novelty(event: gr.EventData) -> Iterator[gr.HTML]:
    """novelty, as the component asks for it."""
    data, number = asked(event)
    for found in novelty(data.get("sprites"), data.get("networks")):
        yield gr.HTML(novelty=found | {"request": number, "more": "drawn" in found})
