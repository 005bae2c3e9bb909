"""Lesson 2: walk a generation step by step. The network runs once; the whole trajectory goes to the page at once."""

from __future__ import annotations

import time
from collections.abc import Sequence

import gradio as gr
import torch

from core import GenerateConfig, NoiseSchedule, generate
from core.generate import MAX_SEED
from core.render import to_uint8
from core.samplers import SampleStep
from core.sprites import CLASS_NAMES

from .page import MAX_GUIDANCE, MODEL_QUEUE, component, encode, model, says_why, text

NO_CLASS = "no class"
SAMPLERS = ("ddpm", "ddim")  # those whose equation the page prints


def run(class_name: str, sampler: str, steps: int, guidance: float, seed: int) -> dict[str, object]:
    """Generate one sprite and return its trajectory for the component (see trajectory)."""
    config = GenerateConfig(
        weights={} if class_name == NO_CLASS else {class_name: 1.0},
        count=1,
        sampler=sampler,
        num_inference_steps=steps,
        guidance_scale=guidance,
        seed=seed,
    )
    start = time.perf_counter()
    steps_taken = list(generate(model(), config))
    seconds = time.perf_counter() - start
    what = "a sprite of no class" if class_name == NO_CLASS else class_name
    return trajectory(steps_taken, config, what) | {"seconds": seconds}


def trajectory(steps: Sequence[SampleStep], config: GenerateConfig, what: str) -> dict[str, object]:
    """A run of one sprite as data for assets/denoising.js.

    x_t: n + 1 states, eps: n predictions, float16 (·, 3, 16, 16); x0: n predictions, uint8 (·, 16, 16, 3);
    numbers: one row a step, the coefficients of that step's equation (see coefficients).
    """
    states = torch.cat([step.x_t for step in steps] + [steps[-1].x_prev])
    return {
        "what": what,
        "sampler": config.sampler,
        "nfe": steps[-1].nfe,
        "t": [step.t for step in steps] + [steps[-1].t_prev],
        "x_t": encode(states.half().numpy()),
        "eps": encode(torch.cat([step.prediction.eps for step in steps]).half().numpy()),
        "x0": encode(to_uint8(torch.cat([step.prediction.x0 for step in steps]))),
        "numbers": coefficients(steps, config.noise_schedule(), config.sampler),
    }


def coefficients(steps: Sequence[SampleStep], schedule: NoiseSchedule, sampler: str) -> list[list[float]]:
    """The three numbers in each step's equation, as the page prints it; ab = alpha_bar, z the fresh noise.

    ddpm: x_prev = a x0 + b x_t + sigma z (Ho et al. 2020, eq. 7), a = sqrt(ab_prev) beta / (1 - ab_t),
          b = sqrt(alpha) (1 - ab_prev) / (1 - ab_t), with alpha = ab_t / ab_prev and beta = 1 - alpha over the stride.
          (Eq. 11, in x_t and eps, says the same, but its terms nearly cancel where ab_t is small.)
    ddim: x_prev = a x0 + b eps + sigma z (Song et al. 2020, eq. 12), a = sqrt(ab_prev),
          b = sqrt(1 - ab_prev - sigma^2).
    """
    rows = []
    for step in steps:
        ab_t, ab_prev = schedule.alpha_bar[[step.t, step.t_prev]].tolist()
        if sampler == "ddpm":
            alpha = ab_t / ab_prev
            a = ab_prev**0.5 * (1 - alpha) / (1 - ab_t)
            b = alpha**0.5 * (1 - ab_prev) / (1 - ab_t)
        else:
            a, b = ab_prev**0.5, max(0.0, 1 - ab_prev - step.sigma_t**2) ** 0.5
        rows.append([a, b, step.sigma_t])
    return rows


def build() -> dict[str, gr.components.Component]:
    gr.Markdown(text("denoising"), elem_classes="lesson")
    with gr.Row():
        class_name = gr.Dropdown([*CLASS_NAMES, NO_CLASS], value="hero", label="class")
        sampler = gr.Radio([(name.upper(), name) for name in SAMPLERS], value="ddim", label="sampler")
        steps = gr.Slider(1, 500, value=50, step=1, precision=0, label="steps")
        guidance = gr.Slider(0, MAX_GUIDANCE, value=1, step=0.1, label="guidance (1 = as trained)")
        seed = gr.Number(0, precision=0, minimum=0, maximum=MAX_SEED, label="seed")
    button = gr.Button("Generate", variant="primary")
    lesson = component("denoising")
    inputs = [class_name, sampler, steps, guidance, seed]
    button.click(says_why(run), inputs, lesson, api_name="denoise", show_progress_on=button, **MODEL_QUEUE)
    lesson.ready(says_why(run), inputs, lesson, api_visibility="private", show_progress_on=button, **MODEL_QUEUE)
    return dict(zip(("class", "sampler", "steps", "guidance", "seed"), inputs, strict=True))
