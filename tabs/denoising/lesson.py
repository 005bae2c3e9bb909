"""Lesson 2: walk a generation step by step, go back, fork it. The network runs once a branch."""

from __future__ import annotations

import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, replace
from reprlib import repr as brief
from typing import Any

import gradio as gr
import torch
from torch import Tensor

from core import GenerateConfig
from core.conditions import NO_CLASS
from core.explain import Fork, Trajectory, follow, guidance_parts
from core.generate import MAX_SEED, out_of_range, too_large
from core.models import NETWORKS
from core.program import run_program
from core.render import to_uint8
from core.samplers import SAMPLERS
from core.schedule import SCHEDULES
from core.train.tune import MINE
from serving.gpu import on_gpu
from serving.own import OWN, models_here
from serving.runs import MODEL_QUEUE, class_names, networks, queue_line, served
from tabs.denoising.novelty import MAX_SPRITES, asked_novelty
from tabs.denoising.sheets import draw_sheets
from tabs.links import on_settings
from tabs.page import (
    AT_ONCE,
    MAX_GUIDANCE,
    Control,
    asked,
    choices,
    component,
    encode,
    few_steps,
    gif,
    network_choice,
    on_request,
    read_config,
    sampler_words,
    shown_for,
)

SCHEDULE_CHOICES = [(name.replace("_", " "), name) for name in SCHEDULES]  # as the noising lesson writes them
MAX_FORKS = MAX_SPRITES - 1
# The fields of GenerateConfig that a fork may change, and those that the lesson's controls set:
FIELDS = (
    "weights",
    "network",
    "sampler",
    "num_inference_steps",
    "guidance_scale",
    "seed",
    "eta",
    "noise_scale",
    "schedule",
)
FORK_FIELDS = ("weights", "network", "sampler", "guidance_scale", "seed", "eta", "noise_scale")
SHEET = 16  # sprites whose diversity is measured
SHEET_STEPS = 50  # at most
STRENGTHS = (1.0, 3.0, 5.0)  # of guidance, compared
ROW = 8  # sprites a strength
NO_OWN = "this page has no network of your own: teach one in the lesson Training, or open its file there"


# ---- a run and its forks ---------------------------------------------------------------------------------------------
@on_gpu
def run(*values: object) -> dict[str, object]:
    """Generate one sprite and return its trajectory for the component.  values: of FIELDS. Raises ValueError."""
    return told(first_config(dict(zip(FIELDS, values, strict=True))), [])


@on_gpu
def fork(settings: object, forks: object) -> dict[str, object]:
    """Generate one sprite, going back and continuing otherwise, perhaps several times; return the last branch.

    settings: values of FIELDS, by name. forks: up to MAX_FORKS of {"at": k, ...} with values of FORK_FIELDS: the run so
    far is kept up to its step k and continued with these. Raises ValueError for anything else.
    """
    config = first_config(settings)
    return told(config, read_forks(config, forks))


def first_config(settings: object) -> GenerateConfig:
    """The settings of the page as a config of one sprite; what the sampler does not use stays at its default."""
    return replace(read_config(settings, FIELDS), count=1)


def read_forks(config: GenerateConfig, forks: object) -> list[Fork]:
    """Forks that came from outside (see fork), checked. Raises ValueError with one sentence."""
    if not isinstance(forks, list) or len(forks) > MAX_FORKS:
        raise ValueError(f"the forks must be a list of at most {MAX_FORKS}")
    read: list[Fork] = []
    for change in forks:
        if not isinstance(change, dict) or set(change) != {"at", *FORK_FIELDS}:
            raise ValueError("a fork of this link cannot be read: parts of it are missing, or do not belong there")
        at, earliest = change["at"], read[-1][0] + 1 if read else 0
        if isinstance(at, bool) or not isinstance(at, int) or not earliest <= at < config.num_train_timesteps:
            raise ValueError(f"a fork must lie at a step from {earliest}, after the fork before it; got {brief(at)}")
        changed = {name: change[name] for name in FORK_FIELDS} | {"spacing": None}  # the network's own
        read.append((at, replace(config, **changed).without_idle_settings()))
    return read


def told(config: GenerateConfig, forks: Sequence[Fork]) -> dict[str, object]:
    """A run with its forks as data for lesson.js.

    config, forks: what was asked for, in JSON.  seconds: of the run.  For the rest see trajectory.
    """
    if OWN in {own.network for own in (config, *(own for _, own in forks))} and OWN not in models_here():
        raise ValueError(NO_OWN)
    start = time.perf_counter()
    made = follow(models_here(), config, forks)
    return trajectory(made) | {
        "config": config.to_json(),
        "forks": [{"at": at} | {name: getattr(own, name) for name in FORK_FIELDS} for at, own in forks],
        "python": run_program(config, *forks),
        "seconds": time.perf_counter() - start,
    }


def program(request: object) -> str:
    """The program that draws a run with its forks, which the page itself has made.

    request: {"settings": values of FIELDS, "forks": as in fork}. Raises ValueError for anything else.
    """
    if not isinstance(request, Mapping):
        raise ValueError("a request for a program must be a JSON object with settings and forks")
    config = first_config(request.get("settings"))
    return run_program(config, *read_forks(config, request.get("forks")))


def trajectory(made: Trajectory) -> dict[str, object]:
    """A run of one sprite as data for lesson.js.

    float16 (·, C, H, W): x_t, n + 1 states; eps and x0, n predictions; z, n noises (zeros where a step adds none),
    None if no step adds any. rgb, uint8 (·, H, W, 3): the pictures of x_t, which half precision would change by a
    grey level here and there. One entry a step: configs, alpha_bars, sigmas, numbers (StepNumbers, or None).
    parts: what guidance combined, in the steps `at`: conditional and unconditional x0 before clipping, float16.
    """
    steps, states, z = made.steps, made.x_t[:, 0], made.z
    parts = [(i, pair) for i, step in enumerate(steps) if (pair := guidance_parts(step))]
    notes = out_of_range(made.schedule, made.t), too_large(states[-1:])
    return {
        "shape": list(states.shape[1:]),
        "what": described(made.configs[-1].mix),
        "nfe": steps[-1].nfe,
        "t": made.t,
        "x_t": half(states),
        "rgb": encode(to_uint8(states)),
        "eps": half(made.eps),
        "x0": half(made.x0),
        "z": None if z is None else half(z),
        "configs": [config.to_json() for config in made.configs],
        "alpha_bars": [step.prediction.alpha_bar for step in steps],
        "sigmas": [step.sigma_t for step in steps],
        "numbers": [numbers and numbers._asdict() for numbers in made.numbers],
        "parts": {
            "at": [i for i, _ in parts],
            "conditional": half(torch.cat([pair[0] for _, pair in parts])),
            "unconditional": half(torch.cat([pair[1] for _, pair in parts])),
        }
        if parts
        else None,
        "warning": " ".join(filter(None, notes)) or None,
    }


def described(weights: Mapping[str, float]) -> str:
    """Class weights in words."""
    named = [name if weight == 1 else f"{weight:g} {name}" for name, weight in weights.items() if weight]
    return " + ".join(named) or "a sprite of no class"


def half(x: Tensor) -> str:
    """Half precision, encoded for the page."""
    return encode(x.half().cpu().numpy())


# ---- sheets: forgot to add noise? how strong should guidance be? -----------------------------------------------------
@on_gpu
def noise_sheets(settings: object, noise_scale: object) -> Iterator[dict[str, Any]]:
    """Sixteen sprites by DDPM with noise_scale and with 1, from the same x_T, measured (see draw_sheets); in stages.

    settings: as in fork; the sampler and its own settings do not count, and of the steps SHEET_STEPS at most. Raises
    ValueError for bad settings.
    """
    config = sheet_config(settings, SHEET)
    teacher = NETWORKS[config.network].teacher or config.network
    ddpm: dict[str, Any] = {"network": teacher, "sampler": "ddpm", "eta": 0.0, "spacing": None}
    config = replace(config, **ddpm)
    scales: Any = (noise_scale, 1.0)
    both = [replace(config, noise_scale=scale) for scale in scales]  # checked before anything is drawn
    for sheets in draw_sheets(both, next(iter(config.mix), NO_CLASS)):
        yield sheet_words(config) | {"sheets": sheets}


@on_gpu
def strength_sheets(settings: object) -> Iterator[dict[str, Any]]:
    """A row of ROW sprites with each guidance of STRENGTHS, from the same seeds, measured; in stages.

    settings: as in fork, SHEET_STEPS at most. Raises ValueError for bad settings and where there is no class.
    """
    config = sheet_config(settings, ROW)
    if not config.mix:
        raise ValueError("without a class there is nothing to guide to, so all strengths would draw the same")
    rows = [replace(config, guidance_scale=scale) for scale in STRENGTHS]
    for sheets in draw_sheets(rows, next(iter(config.mix)) if len(config.mix) == 1 else None):
        yield sheet_words(config) | {"sampler": config.sampler, "network": config.network, "sheets": sheets}


def sheet_config(settings: object, count: int) -> GenerateConfig:
    """The settings of the page as a config of a sheet."""
    config = first_config(settings)
    if config.network == OWN and OWN not in models_here():
        raise ValueError(NO_OWN)
    return replace(config, count=count, num_inference_steps=min(config.num_inference_steps, SHEET_STEPS))


def sheet_words(config: GenerateConfig) -> dict[str, object]:
    """What is said of all sheets."""
    return {"steps": config.num_inference_steps, "seed": config.seed, "what": described(config.mix)}


# ---- the page --------------------------------------------------------------------------------------------------------
def asked_fork(event: gr.EventData) -> dict[str, object]:
    """fork, as the component asks for it."""
    data, number = asked(event)
    return fork(data.get("settings"), data.get("forks")) | {"request": number}


def asked_noise_sheets(event: gr.EventData) -> Iterator[gr.HTML]:
    """noise_sheets, as the component asks for them."""
    data, number = asked(event)
    for sheets in noise_sheets(data.get("settings"), data.get("noise_scale")):
        yield gr.HTML(sheets=sheets | {"request": number, "more": len(sheets["sheets"]) < 2})


def asked_strength_sheets(event: gr.EventData) -> Iterator[gr.HTML]:
    """strength_sheets, as the component asks for them."""
    data, number = asked(event)
    for found in strength_sheets(data.get("settings")):
        yield gr.HTML(strengths=found | {"request": number, "more": len(found["sheets"]) < len(STRENGTHS)})


def build() -> dict[str, Control]:
    with gr.Column(elem_id="denoising-controls"):
        with gr.Row():
            told: Any = [*class_names(), NO_CLASS, (f"{MINE} (own network)", MINE)]
            weights = gr.Dropdown(told, value=class_names()[0], label="class", min_width=120)
            steps = gr.Slider(1, 500, value=50, step=1, precision=0, label="steps", min_width=170)
            guidance = gr.Slider(0, MAX_GUIDANCE, value=1, step=0.1, label="guidance", min_width=170)
            eta = gr.Slider(0, 1, value=0, step=0.05, label="noise η", min_width=170)
            noise = gr.Slider(0, 1, value=1, step=0.05, label="noise λ", min_width=170, visible=False)
            seed = gr.Number(0, precision=0, minimum=0, maximum=MAX_SEED, label="seed", min_width=90)
        with gr.Row():
            samplers = sorted(SAMPLERS.values(), key=lambda record: not record.first)
            sampler = gr.Radio(
                choices(samplers), value="ddim", label="sampler", elem_classes="samplers", scale=6, min_width=280
            )
            network = network_choice(own=True)
            schedule = gr.Dropdown(SCHEDULE_CHOICES, value="cosine", label="schedule", min_width=130)
            button = gr.Button("Generate", variant="primary", min_width=170, elem_classes="draws")
        line = queue_line("denoising")
    lesson = component(
        "denoising",
        {
            "classes": class_names(),
            "samplers": sampler_words(),
            "networks": {record.name: asdict(record) for record in (*networks(), NETWORKS[OWN])},
            "no_class": NO_CLASS,
            "mine": MINE,
            "fields": FIELDS,
            "max_forks": MAX_FORKS,
        },
        events=["ready", "run", "settings", "fork", "measure", "strengthen", "compare"],
        server_functions=[gif, program],
        sheets=None,
        strengths=None,
        novelty=None,
    )
    shown_for(network, sampler, {"eta": eta, "noise_scale": noise})
    few_steps(network, sampler, steps)
    inputs: list[Control] = [weights, network, sampler, steps, guidance, seed, eta, noise, schedule]
    quietly = {"api_visibility": "private", "show_progress": "hidden"}
    queued = {"api_visibility": "private", "show_progress_on": line, **MODEL_QUEUE}
    checked = {"preprocess": False, **queued}  # the handler checks what the controls may hold
    # The lesson's script is told what is wanted, makes the run itself or has it made here.
    asked_for = "(...values) => void dispatchEvent(new CustomEvent('denoising-run', { detail: values }))"
    for wanted in (button.click, lesson.ready):
        wanted(None, inputs, None, js=asked_for, **AT_ONCE)
    # Pressed while a run is under way, by a hand or a task: the newest follows.
    pressed: dict[str, Any] = {"api_name": "denoising_run", "trigger_mode": "always_last"}
    lesson.run(served("denoise", run), inputs, lesson, **pressed, **checked)
    own_queue = {"concurrency_id": "novelty", "concurrency_limit": 1}  # no network: it should hold up no run
    on_request(lesson, "fork", served("fork", asked_fork), **queued)
    on_request(lesson, "measure", served("noise sheets", asked_noise_sheets), **queued)
    on_request(lesson, "strengthen", served("guidance sheets", asked_strength_sheets), **queued)
    on_request(lesson, "compare", served("novelty", asked_novelty), **quietly, **own_queue)
    controls = dict(zip(FIELDS, inputs, strict=True))
    on_settings(lesson, controls)
    return controls
