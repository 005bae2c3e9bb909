"""The kept training run, for the lesson: the same noise drawn by its networks of every epoch, and their sprites."""

from __future__ import annotations

import json
from functools import lru_cache
from pathlib import Path
from typing import Any

import gradio as gr
import numpy as np

from core import GenerateConfig, generate, last
from core.checks import check_choice, check_flag, check_whole
from core.generate import MAX_SEED
from core.render import to_uint8
from core.sprites import CLASS_NAMES
from core.train.kept import epochs, states
from serving.runs import kept_network

from ..journey import journey
from ..page import asked, encode

STEPS = 20  # of DDIM
EACH = 2  # sprites of each class
FILE = Path(__file__).with_name("kept.json")


def about() -> dict[str, Any] | None:
    """The run, with what python -m benchmarks.kept_run has measured of it; None where there is none."""
    try:
        found: dict[str, Any] = json.loads(FILE.read_text(encoding="utf-8"))
        if not epochs() or tuple(found["epochs"]) != epochs():
            return None
    except (OSError, KeyError, ValueError):
        return None
    return found | {"steps": STEPS, "each": EACH, "classes": CLASS_NAMES}


@lru_cache(maxsize=64)
def _grown(class_name: str, seed: int, averaged: bool) -> np.ndarray:
    config = GenerateConfig({class_name: 1.0}, count=1, seed=seed, num_inference_steps=STEPS)
    return np.concatenate([states(kept_network(epoch, averaged), config) for epoch in epochs()], axis=1)


def grown(class_name: object, seed: object, averaged: object) -> dict[str, object]:
    """Every epoch's run from the same noise, as RGB bytes of (epochs, STEPS + 1) pictures. Raises ValueError."""
    check_whole("the seed", seed, 0, MAX_SEED)
    check_flag("averaged", averaged)
    check_choice("class", class_name, CLASS_NAMES)
    return {"states": encode(_grown(class_name, seed, averaged).swapaxes(0, 1))}


@lru_cache(maxsize=64)
def _sheet(epoch: int, averaged: bool) -> str:
    model = kept_network(epoch, averaged)
    weights = [{name: 1.0} for name in model.class_names for _ in range(EACH)]
    seeds = [k for _ in model.class_names for k in range(EACH)]
    step = last(generate(model, GenerateConfig(weights, seed=seeds, num_inference_steps=STEPS)))
    return encode(to_uint8(step.x_prev))


def sheet(epoch: object, averaged: object) -> dict[str, object]:
    """EACH sprites of each class, from the same noise for every epoch, as RGB bytes. Raises ValueError."""
    check_whole("the epoch", epoch, 0, 999)
    check_flag("averaged", averaged)
    return {"samples": _sheet(epoch, averaged)}


@lru_cache(maxsize=64)
def _run(epoch: int, class_name: str, seed: int, averaged: bool) -> dict[str, object]:
    config = GenerateConfig({class_name: 1.0}, count=1, seed=seed, num_inference_steps=STEPS)
    steps = list(generate(kept_network(epoch, averaged), config))
    return journey(steps, steps[-1].x_prev, class_name)


def run(epoch: object, class_name: object, seed: object, averaged: object) -> dict[str, object]:
    """One epoch's run with what the network predicted, for the overview. Raises ValueError."""
    check_whole("the epoch", epoch, 0, 999)
    check_whole("the seed", seed, 0, MAX_SEED)
    check_flag("averaged", averaged)
    check_choice("class", class_name, CLASS_NAMES)
    return {"run": _run(epoch, class_name, seed, averaged)}


def asked_grown(event: gr.EventData) -> gr.HTML:
    """grown, as the component asks for it."""
    data, number = asked(event)
    return gr.HTML(grown=grown(data.get("told"), data.get("seed"), data.get("averaged")) | {"request": number})


def asked_sheet(event: gr.EventData) -> gr.HTML:
    """sheet, as the component asks for it."""
    data, number = asked(event)
    return gr.HTML(sprites=sheet(data.get("epoch"), data.get("averaged")) | {"request": number})


def asked_run(event: gr.EventData) -> gr.HTML:
    """run, as the component asks for it."""
    data, number = asked(event)
    found = run(data.get("epoch"), data.get("told"), data.get("seed"), data.get("averaged"))
    return gr.HTML(lent=found | {"request": number})
