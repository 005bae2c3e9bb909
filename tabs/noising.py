"""Lesson 1: drag a sprite into noise. The server sends the sprite, the noise and alpha_bar; the page does the rest."""

from __future__ import annotations

import time
from functools import lru_cache

import gradio as gr
import numpy as np

from core.data import load_image
from core.generate import MAX_SEED, SeededNoise
from core.schedule import NoiseSchedule
from core.sprites import CLASS_NAMES, draw

from .page import component, encode, says_why, text

T = 500
SCHEDULES = ("linear", "cosine")
SPRITES_PER_CLASS = 6


@lru_cache(maxsize=1)
def gallery() -> dict[str, object]:
    """Example sprites, one noise, and alpha_bar of every schedule, as the component reads them."""
    sprites = [draw(name, seed) for seed in range(SPRITES_PER_CLASS) for name in CLASS_NAMES]
    return {
        "T": T,
        "sprites": encode(np.stack([sprite.pixels for sprite in sprites])),
        "captions": [sprite.caption for sprite in sprites],
        "alpha_bar": {name: encode(NoiseSchedule.named(name, T).alpha_bar.numpy()) for name in SCHEDULES},
        "eps": noise(0),
    }


def noise(seed: int) -> str:
    """eps ~ N(0, I), (3, 16, 16) float32, of that seed: the same noise that generate() starts from."""
    if isinstance(seed, bool) or not isinstance(seed, int) or not 0 <= seed <= MAX_SEED:
        raise ValueError(f"the seed must be a whole number from 0 to {MAX_SEED}; got {seed!r}")
    return encode(SeededNoise(seed, 1)()[0].numpy())


def read_upload(path: str | None) -> gr.HTML:
    """A person's picture, cropped and shrunk to 16x16, for the component."""
    if path is None:
        raise ValueError("no picture arrived; choose a PNG, JPEG, GIF, WEBP or BMP file")
    return gr.HTML(upload={"rgb": encode(load_image(path)), "arrived": time.time()})  # the same picture may come twice


def build() -> dict[str, gr.components.Component]:
    gr.Markdown(text("noising"), elem_classes="lesson")
    lesson = component("noising", gallery(), upload=None, server_functions=[noise])
    upload = gr.UploadButton("Use a picture of your own", file_types=["image"])
    gr.Markdown("Any picture: its middle square is shrunk to 16×16 pixels. The server deletes it within two hours.")
    upload.upload(says_why(read_upload), upload, lesson, api_visibility="private", show_progress="hidden")
    return {}
