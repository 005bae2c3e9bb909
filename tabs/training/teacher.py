"""Trainings in a process of their own, one at a time, each for as long as its page is there and has not stopped it."""

from __future__ import annotations

import base64
import binascii
from collections import deque
from collections.abc import Callable, Iterator
from typing import Any

import gradio as gr
import numpy as np

from serving.runs import present, session
from serving.worker import TEACHER

SIDE = 16  # pixels of a picture of one's own
MAX_OWN = 256  # with them a request is nearly as long as may be: serving.guard
QUEUE: dict[str, Any] = {"concurrency_id": "training", "concurrency_limit": 1}
_under_way: list[tuple[str | None, str]] = []  # whose training it is: session, event
_left: deque[tuple[str | None, object, object]] = deque(maxlen=100)  # who has left the line: session, event, number


def teaching(event: str, work: Callable[..., Iterator[Any]], *args: object) -> Iterator[Any]:
    """What work(*args) yields in that process; it ends when nobody waits for it any more.

    event: by which the page has asked for it.
    """
    mine = session(), event
    _under_way.append(mine)
    try:
        for found in TEACHER.run(work, *args):
            if not present():
                return
            yield found
    finally:
        _under_way.remove(mine)


def halt(event: gr.EventData) -> None:
    """Have the training of this page end with what there is; if it still waits in line, have it leave the line."""
    data = event._data if isinstance(event._data, dict) else {}
    if (session(), data.get("event")) in _under_way:
        TEACHER.stop()
    elif isinstance(data.get("number"), int) and data.get("event") in ("train", "tune"):
        _left.append((session(), data["event"], data["number"]))


def has_left(event: str, number: int | None) -> bool:
    """Whether who asked for this has left the line meanwhile."""
    asked = session(), event, number
    if asked not in _left:
        return False
    _left.remove(asked)
    return True


def read_own(pixels: object) -> np.ndarray:
    """A person's pictures, (N, 16, 16, 3) uint8, from base64 of RGB bytes. Raises ValueError."""
    size = SIDE * SIDE * 3
    try:
        rgb = np.frombuffer(base64.b64decode(pixels if isinstance(pixels, str) else "", validate=True), np.uint8)
    except binascii.Error:
        rgb = np.zeros(1, np.uint8)
    if len(rgb) % size or len(rgb) > MAX_OWN * size:
        raise ValueError(f"pictures of your own must be base64 of RGB bytes, {SIDE}x{SIDE} each, at most {MAX_OWN}")
    return rgb.reshape(-1, SIDE, SIDE, 3)
