"""Pictures of one's own from a file, for the training lesson: a picture, a sheet of sprites, a .zip of pictures."""

from __future__ import annotations

import time

import gradio as gr

from core.uploads import pictures_in

from ..page import encode
from .teacher import MAX_OWN


def read_file(file: bytes | None) -> gr.HTML:
    """A person's file, for the component: its pictures as RGB bytes, and what was done with them. Raises ValueError."""
    if file is None:
        raise ValueError("no file arrived; choose a picture, a sheet of sprites, or a .zip of pictures")
    images, notes = pictures_in(file, MAX_OWN)
    found = {"rgb": encode(images), "count": len(images), "notes": "; ".join(notes)}
    return gr.HTML(files=found | {"arrived": time.time()})  # the same file may come twice
