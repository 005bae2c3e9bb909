"""A network that somebody has taught before, opened from its file."""

from __future__ import annotations

import time

import gradio as gr

from core import GenerateConfig, generate, last
from core.checkpoint import Model
from core.render import to_uint8
from serving.own import keep

from ..page import encode

COUNT, STEPS = 32, 25


def read_network(file: bytes | None) -> gr.HTML:
    """A person's checkpoint, for the component: what it is, and COUNT sprites of its own classes. Raises ValueError."""
    if file is None:
        raise ValueError("no file arrived; choose a .safetensors file that you have downloaded here")
    found = keep(file)
    about = {
        "classes": list(found.class_names),
        "data": str(found.info.get("data", "")),
        "images": found.images_seen,
        "predicts": found.network.config.prediction_type,
        "samples": sprites(found),
    }
    return gr.HTML(opened=about | {"arrived": time.time()})  # the same file may come twice


def sprites(model: Model) -> str:
    """COUNT sprites as RGB bytes, the classes in turn, by DDIM."""
    names = model.class_names
    weights = [{names[i % len(names)]: 1.0} for i in range(COUNT)]
    config = GenerateConfig(weights, seed=0, num_inference_steps=STEPS)
    return encode(to_uint8(last(generate(model, config)).x_prev))
