"""Lesson 4: sprites between classes. A weight a class, and the two ways to mix, side by side from the same noise."""

from __future__ import annotations

from collections.abc import Mapping

import gradio as gr

from core import GenerateConfig, generate, last
from core.generate import MAX_SEED
from core.guidance import MIXINGS
from core.render import to_uint8
from core.sprites import CLASS_NAMES

from .page import MAX_GUIDANCE, MODEL_QUEUE, component, encode, model, says_why, text

COUNT = 16
STEPS = 25
TITLES = {"embedding": "Mixed embeddings", "prediction": "Mixed predictions"}
PRESETS = {  # the mixes of the course, in the order of CLASS_NAMES
    "hero + 0.6 food": (1, 0, 0.6, 0, 0),
    "0.6 food + 0.4 spell": (0, 0, 0.6, 0.4, 0),
    "hero + side-facing": (1, 0, 0, 0, 1),
    "hero + non-hero": (1, 1, 0, 0, 0),
    "hero + spell": (1, 0, 0, 1, 0),
}


def mix(
    hero: float, non_hero: float, food: float, spell: float, side_facing: float, guidance: float, seed: int
) -> dict:
    """Sixteen sprites for each way of mixing, from the same x_T, as data for assets/sheets.js."""
    weights = dict(zip(CLASS_NAMES, (hero, non_hero, food, spell, side_facing), strict=True))
    return {"sheets": [sheet(weights, way, guidance, seed) for way in MIXINGS]}


def sheet(weights: Mapping[str, float], mixing: str, guidance: float, seed: int) -> dict[str, object]:
    """One sheet: title, description and sprites (16, 16, 16, 3) uint8, encoded."""
    config = GenerateConfig(
        weights=weights, count=COUNT, seed=seed, guidance_scale=guidance, mixing=mixing, num_inference_steps=STEPS
    )
    step = last(generate(model(), config))
    named = " + ".join(f"{weight:g} {name}" for name, weight in weights.items() if weight) or "no class"
    each = step.nfe // STEPS
    return {
        "title": TITLES[mixing],
        "note": f"{named}; {each} network evaluation{'s' if each > 1 else ''} a step",
        "sprites": encode(to_uint8(step.x_prev)),
        "count": COUNT,
    }


def build() -> dict[str, gr.components.Component]:
    gr.Markdown(text("mixing"), elem_classes="lesson")
    with gr.Row():
        sliders = [
            gr.Slider(-1, 2, value=value, step=0.05, label=name, min_width=150)
            for name, value in zip(CLASS_NAMES, PRESETS["hero + 0.6 food"], strict=True)
        ]
    with gr.Row():
        presets = [gr.Button(name, size="sm", min_width=120) for name in PRESETS]
    with gr.Row():
        guidance = gr.Slider(0, MAX_GUIDANCE, value=1, step=0.1, label="guidance (0 = no class, 1 = as trained)")
        seed = gr.Number(0, precision=0, minimum=0, maximum=MAX_SEED, label="seed")
        button = gr.Button("Draw", variant="primary")
    lesson = component("sheets")
    inputs = [*sliders, guidance, seed]
    quietly = {"api_visibility": "private", "show_progress_on": button, **MODEL_QUEUE}
    button.click(says_why(mix), inputs, lesson, api_name="mix", show_progress_on=button, **MODEL_QUEUE)
    lesson.ready(says_why(mix), inputs, lesson, **quietly)
    for preset, weights in zip(presets, PRESETS.values(), strict=True):
        chosen = preset.click(lambda weights=weights: weights, None, sliders, api_visibility="private")
        chosen.then(says_why(mix), inputs, lesson, **quietly)
    return {}
