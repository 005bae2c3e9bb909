"""Lesson 1: drag a sprite into noise. The server sends sprites and alpha_bar; the page does the rest.

Where the page has no network of its own, what one makes out in a noisy sprite is computed here, when the hand rests.
"""

from __future__ import annotations

import base64
import binascii
import io
import time
from functools import lru_cache
from typing import Any

import gradio as gr
import numpy as np
import torch

from core import GenerateConfig
from core.checks import check_choice, check_whole
from core.conditions import ClassWeights, weight_row
from core.data import to_x0
from core.generate import SPRITE_SHAPE, SeededNoise
from core.guidance import guided
from core.pictures import load_image
from core.program import ORIGIN, SAVE_IMPORT, saving
from core.render import to_uint8
from core.schedule import SCHEDULES, NoiseSchedule
from core.sprites import CLASS_NAMES, draw
from serving.gpu import on_gpu
from serving.refusals import says_why
from serving.runs import class_names, header, model
from tabs.page import AT_ONCE, Control, asked, component, encode, gif, on_request

T = 500
SPRITES_PER_CLASS = 4


@lru_cache(maxsize=1)
def gallery() -> dict[str, object]:
    """Example sprites, which are this project's, and alpha_bar of every schedule, for the component.

    classes: those that the network can be told; none if it cannot look at sprites of this size.
    """
    names = [(name, seed) for seed in range(SPRITES_PER_CLASS) for name in CLASS_NAMES]
    sprites = [draw(name, seed) for name, seed in names]
    return {
        "T": T,
        "classes": class_names() if header().config.shape == SPRITE_SHAPE else (),
        "names": names,
        "sprites": encode(np.stack([sprite.pixels for sprite in sprites])),
        "captions": [sprite.caption for sprite in sprites],
        "alpha_bar": {name: encode(NoiseSchedule.named(name, T).alpha_bar.numpy()) for name in SCHEDULES},
        "program": {"origin": ORIGIN, "import": SAVE_IMPORT, "save": saving(1, "x_t")},
    }


@on_gpu
@torch.no_grad()
def guess(pixels: str, seed: int, t: int, schedule: str, weights: str) -> dict[str, str]:
    """What the network makes out in x_t = sqrt(ab_t) x0 + sqrt(1 - ab_t) eps, eps being the noise of that seed.

    pixels: base64 of x0's RGB bytes (16, 16, 3); weights: a class. Returns {"x0": predicted x0, uint8 (2, 16, 16, 3),
    encoded}: first with the class told, then without. Raises ValueError for anything that the page would not send.
    """
    config = GenerateConfig.from_json({"count": 1, "seed": seed, "schedule": schedule, "num_train_timesteps": T})
    check_whole("t", t, 1, T)
    check_choice("class", weights, class_names())
    if model().shape != SPRITE_SHAPE:
        raise ValueError("this network has learned from pictures of another size: it cannot look at these")
    x_t = config.noise_schedule().add_noise(to_x0(rgb_bytes(pixels)[None]), t, SeededNoise([seed])())
    rows = torch.stack([weight_row(told, class_names()) for told in ({weights: 1.0}, {})]).to(model().device)
    kind = model().network.config.prediction_type
    denoise = guided(model().run, config.noise_schedule(), ClassWeights(rows), prediction_type=kind)
    return {"x0": encode(to_uint8(denoise(x_t.repeat(2, 1, 1, 1).to(model().device), t).x0))}


def rgb_bytes(pixels: str) -> np.ndarray:
    """base64 of RGB bytes -> (16, 16, 3) uint8. Raises ValueError for anything else."""
    try:
        if isinstance(pixels, str) and len(pixels) == 1024:  # 768 bytes
            return np.frombuffer(base64.b64decode(pixels, validate=True), np.uint8).reshape(16, 16, 3).copy()
    except (binascii.Error, ValueError):
        pass
    raise ValueError("pixels must be base64 of the 768 RGB bytes of a 16x16 sprite")


def answer(event: gr.EventData) -> gr.HTML:
    """The component asks {"request": a number of its own, and the arguments of guess, by name}."""
    data, number = asked(event)
    names = ("pixels", "seed", "t", "schedule", "weights")
    if not all(name in data for name in names):
        raise ValueError(f"the question must hold {', '.join(names)}")
    return gr.HTML(guess={"request": number, **guess(**{name: data[name] for name in names})})


def read_upload(file: bytes | None) -> gr.HTML:
    """A person's picture, cropped and shrunk to 16x16, for the component."""
    if file is None:
        raise ValueError("no picture arrived; choose a PNG, JPEG, GIF, WEBP or BMP file")
    rgb = encode(load_image(io.BytesIO(file)))
    return gr.HTML(upload={"rgb": rgb, "arrived": time.time()})  # the same picture may come twice


def build() -> dict[str, Control]:
    lesson = component("noising", gallery(), events=["ask"], server_functions=[gif], upload=None, guess=None)
    with gr.Column(elem_id="noising-controls"):
        upload = gr.UploadButton(  # "filepath" leaves files behind
            "Use a picture of your own", file_types=["image"], type="binary"
        )
        gr.Markdown(
            "Any picture: its middle square is shrunk to 16×16 pixels. The server deletes it within two minutes. In "
            "this browser it stays, like the sprites that you paint, until you delete it."
        )
    # Through the queue, for only there can the page read why a picture is refused; but in a line of its own.
    quietly: dict[str, Any] = {"api_visibility": "private", "show_progress": "hidden", "concurrency_id": "upload"}
    upload.upload(says_why(read_upload), upload, lesson, api_name="noising_upload", **quietly)
    # One evaluation: too little to stand in line with the runs.
    on_request(lesson, "ask", says_why(answer), **AT_ONCE)
    return {}
