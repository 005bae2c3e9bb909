"""Lesson 2: walk a generation step by step, go back, fork it. The network runs once a branch."""

from __future__ import annotations

import base64
import binascii
import json
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from functools import lru_cache
from itertools import islice
from reprlib import repr as brief

import gradio as gr
import numpy as np
import torch
from torch import Tensor

from core import GenerateConfig, NoiseSchedule, generate, last
from core.data import to_x0
from core.generate import MAX_SEED, out_of_range, too_large
from core.metrics import NEARLY_IDENTICAL, diversity, features, load_classifier, nearest
from core.render import to_uint8
from core.samplers import SampleStep
from core.schedule import SCHEDULES
from core.sprites import CLASS_NAMES, draw
from serving.gpu import on_gpu
from serving.runs import MODEL_QUEUE, class_names, draws_our_sprites, model, queue_line, served
from tabs.page import (
    AT_ONCE,
    MAX_GUIDANCE,
    SAMPLER_CHOICES,
    SAMPLER_NAMES,
    as_python,
    asked,
    component,
    encode,
    few_steps,
    gif,
    text,
)

NO_CLASS = "no class"
SCHEDULE_CHOICES = [(name.replace("_", " "), name) for name in SCHEDULES]  # as assets/noising.js writes them
MAX_FORKS = 5
FORK_FIELDS = ("weights", "sampler", "guidance_scale", "seed", "eta", "noise_scale")  # of GenerateConfig
SHEET = 16  # sprites whose diversity is measured
SHEET_STEPS = 50  # at most
PER_CLASS = 5000  # of the training set
PART = 1000  # of these are compared at a time
UNSEEN = 100  # sprites of a class that the network never saw, for comparison

Fork = tuple[int, GenerateConfig]  # the run before, up to that step, continued by that config


# ---- a run and its forks ---------------------------------------------------------------------------------------------
@on_gpu
def run(
    class_name: str,
    sampler: str,
    steps: int,
    guidance: float,
    seed: int,
    eta: float = 0.0,
    noise_scale: float = 1.0,
    schedule: str = "cosine",
) -> dict[str, object]:
    """Generate one sprite and return its trajectory for the component (see there). eta: DDIM, noise_scale: DDPM."""
    return follow(first_config(class_name, sampler, steps, guidance, seed, eta, noise_scale, schedule), [])


@on_gpu
def fork(settings: dict, forks: list) -> dict[str, object]:
    """Generate one sprite, going back and continuing otherwise, perhaps several times; return the last branch.

    settings: the arguments of run, by name. forks: up to five of {"at": k, "weights": {class: weight}, "sampler": ...,
    "guidance_scale": ..., "seed": ..., "eta": ..., "noise_scale": ...}: the run so far is kept up to its step k and
    continued with these. Raises ValueError for anything else.
    """
    config = settings_config(settings)
    return follow(config, read_forks(config, forks))


def first_config(
    class_name: str,
    sampler: str,
    steps: int,
    guidance: float,
    seed: int,
    eta: float = 0.0,
    noise_scale: float = 1.0,
    schedule: str = "cosine",
) -> GenerateConfig:
    """The settings of the page as a config of one sprite; what the sampler does not use stays at its default."""
    if class_name not in (*class_names(), NO_CLASS):
        raise ValueError(f"unknown class {brief(class_name)}; allowed: {', '.join(class_names())}, {NO_CLASS}")
    return GenerateConfig(
        weights={} if class_name == NO_CLASS else {class_name: 1.0},
        count=1,
        seed=seed,
        sampler=sampler,
        num_inference_steps=steps,
        eta=eta if sampler == "ddim" else 0.0,
        noise_scale=noise_scale if sampler == "ddpm" else 1.0,
        guidance_scale=guidance,
        schedule=schedule,
    )


def settings_config(settings: object) -> GenerateConfig:
    """first_config of a dict that came from outside. Raises ValueError."""
    try:
        return first_config(**settings)
    except TypeError as error:
        raise ValueError("the settings must be those of the page: class_name, sampler, steps, ...") from error


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
        fields = {name: change[name] for name in FORK_FIELDS}
        continued = replace(config, **fields)  # checks every field
        eta = continued.eta if continued.sampler == "ddim" else 0.0
        noise_scale = continued.noise_scale if continued.sampler == "ddpm" else 1.0
        read.append((at, replace(continued, eta=eta, noise_scale=noise_scale)))
    return read


def follow(config: GenerateConfig, forks: Sequence[Fork]) -> dict[str, object]:
    """Run the chain config, forks ... and return the branch that it ends in, for the component.

    A fork may take more or fewer steps than what it leaves, for the distilled network has timesteps of its own. Raises
    ValueError for a fork beyond the end.
    """
    start = time.perf_counter()
    chain, steps = [(0, config), *forks], []
    for (at, own), end in zip(chain, [*(at for at, _ in forks), None], strict=True):
        steps += islice(generate(model(), own, after=tuple(steps)), None if end is None else end - at)
        if end is not None and steps and steps[-1].t_prev == 0:
            raise ValueError(f"a fork must lie before the end of its run, which has {len(steps)} steps; got {end}")
    seconds = time.perf_counter() - start
    configs = [[own for at, own in chain if at <= i][-1] for i in range(len(steps))]  # of every step
    return trajectory(steps, configs) | {
        "settings": {
            "class": next(iter(config.weights), NO_CLASS),
            "sampler": config.sampler,
            "steps": config.num_inference_steps,
            "guidance": config.guidance_scale,
            "seed": config.seed,
            "eta": config.eta,
            "noise": config.noise_scale,
            "schedule": config.schedule,
        },
        "forks": [{"at": at} | {name: getattr(own, name) for name in FORK_FIELDS} for at, own in forks],
        "python": as_python(config, *forks),
        "seconds": seconds,
    }


def trajectory(steps: Sequence[SampleStep], configs: Sequence[GenerateConfig]) -> dict[str, object]:
    """A run of one sprite, and the config of each of its n steps, as data for assets/denoising.js.

    float16 (·, 3, 16, 16): x_t, n + 1 states; eps and x0, n predictions; z, n noises (zeros where a step adds none),
    None if no step adds any. rgb, uint8 (·, 16, 16, 3): the pictures of x_t, which half precision would change by a
    grey level here and there. One entry a step: samplers, etas, noise_scales, sigmas, numbers (see coefficients).
    parts: what guidance combined, in the steps `at`: conditional and unconditional x0 before clipping, float16, scale.
    """
    schedule = configs[0].noise_schedule()
    states = torch.cat([step.x_t for step in steps] + [steps[-1].x_prev])
    parts = [(i, step, guidance_parts(step)) for i, step in enumerate(steps) if len(step.prediction.branches) == 2]
    noisy = any(step.noise is not None for step in steps)
    notes = out_of_range(schedule, [step.t for step in steps] + [0]), too_large(steps[-1].x_prev)
    z = [torch.zeros_like(step.x_t) if step.noise is None else step.noise for step in steps]
    return {
        "what": described(configs[-1].weights),
        "nfe": steps[-1].nfe,
        "t": [step.t for step in steps] + [steps[-1].t_prev],
        "x_t": half(states),
        "rgb": encode(to_uint8(states)),
        "eps": half(torch.cat([step.prediction.eps for step in steps])),
        "x0": half(torch.cat([step.prediction.x0 for step in steps])),
        "z": half(torch.cat(z)) if noisy else None,
        "samplers": [config.sampler for config in configs],
        "etas": [config.eta for config in configs],
        "noise_scales": [config.noise_scale for config in configs],
        "sigmas": [step.sigma_t for step in steps],
        "numbers": [coefficients(s, schedule, c.sampler) for s, c in zip(steps, configs, strict=True)],
        "parts": {
            "at": [i for i, _, _ in parts],
            "scale": [configs[i].guidance_scale for i, _, _ in parts],
            "conditional": half(torch.cat([pair[0] for _, _, pair in parts])),
            "unconditional": half(torch.cat([pair[1] for _, _, pair in parts])),
        }
        if parts
        else None,
        "guidance": [config.guidance_scale if config.weights else None for config in configs],
        "warning": " ".join(filter(None, notes)) or None,
    }


def guidance_parts(step: SampleStep) -> tuple[Tensor, Tensor]:
    """The sprites x0 that the two evaluations of a guided step predict, before clipping: conditional, unconditional.

    Guidance adds up predictions with coefficients s and 1 - s. As these sum to 1 and x0 is linear in eps for a given
    x_t, the same sum holds for x0.
    """
    by_label = {branch.label: branch.x0 for branch in step.prediction.branches}
    return by_label["conditional"], by_label["unconditional"]


def coefficients(step: SampleStep, schedule: NoiseSchedule, sampler: str) -> list[float | None] | None:
    """The numbers a, b, sigma, s1, s2 in the step's equations, as the page prints them; ab = alpha_bar, z fresh noise.

    ddpm: x_prev = a x0 + b x_t + sigma z (Ho et al. 2020, eq. 7), a = sqrt(ab_prev) beta / (1 - ab_t),
          b = sqrt(alpha) (1 - ab_prev) / (1 - ab_t), with alpha = ab_t / ab_prev and beta = 1 - alpha over the stride.
    ddim: x_prev = a x0 + b eps + sigma z (Song et al. 2020, eq. 12), a = sqrt(ab_prev),
          b = sqrt(1 - ab_prev - sigma^2); euler and distilled are ddim without noise.
    Both, as the course writes them: x_prev = s1 (x_t - s2 eps) + s3 z with s1 = 1 / sqrt(alpha), s3 = sigma, and
          ddpm: s2 = beta / sqrt(1 - ab_t) (Ho et al., eq. 11);  ddim: s2 = sqrt(1 - ab_t) - sqrt(alpha) b.
          (Where ab_t is small, x_t and s2 eps nearly cancel; where it is 0, s1 is None: there is no such form.)
    None for the other samplers: their step is not a formula in this step's x0 and eps alone.
    """
    if sampler not in ("ddpm", "ddim", "euler", "distilled"):
        return None
    ab_t, ab_prev = schedule.alpha_bar_at(step.t), schedule.alpha_bar_at(step.t_prev)
    alpha, sigma = ab_t / ab_prev, step.sigma_t
    if sampler == "ddpm":
        a, b = ab_prev**0.5 * (1 - alpha) / (1 - ab_t), alpha**0.5 * (1 - ab_prev) / (1 - ab_t)
        s2 = (1 - alpha) / (1 - ab_t) ** 0.5
    else:
        a, b = ab_prev**0.5, max(0.0, 1 - ab_prev - sigma**2) ** 0.5
        s2 = (1 - ab_t) ** 0.5 - alpha**0.5 * b
    return [a, b, sigma, alpha**-0.5 if alpha else None, s2]


def described(weights: Mapping[str, float]) -> str:
    """Class weights in words."""
    named = [name if weight == 1 else f"{weight:g} {name}" for name, weight in weights.items() if weight]
    return " + ".join(named) or "a sprite of no class"


def half(x: Tensor) -> str:
    """Half precision, encoded for the page."""
    return encode(x.half().cpu().numpy())


# ---- forgot to add noise ---------------------------------------------------------------------------------------------
@on_gpu
def noise_sheets(settings: dict, noise_scale: float) -> Iterator[dict[str, object]]:
    """Sixteen sprites by DDPM with noise_scale and with 1, from the same x_T, and the diversity of both; in stages.

    settings: as in fork, of which class, steps (at most SHEET_STEPS), guidance, seed and schedule count.
    Diversity: the mean distance between two of the sprites in the classifier's 64 features, as a share of that of real
    sprites of the class that the network never saw; None if this project cannot draw such sprites, because the network
    learned from others. Raises ValueError for bad settings.
    """
    config = settings_config(settings)
    steps = min(config.num_inference_steps, SHEET_STEPS)
    config = replace(config, sampler="ddpm", count=SHEET, num_inference_steps=steps, eta=0.0)
    both = [replace(config, noise_scale=scale) for scale in (noise_scale, 1.0)]  # checked before anything is drawn
    classifier, _, _ = load_classifier()
    real = real_diversity(next(iter(config.weights), NO_CLASS)) if draws_our_sprites() else None
    data = {"steps": steps, "seed": config.seed, "what": described(config.weights), "sheets": []}
    for own in both:
        sprites = last(generate(model(), own)).x_prev.cpu()  # where the classifier is
        share = diversity(features(classifier, sprites)) / real if real else None
        sheet = {"noise_scale": own.noise_scale, "sprites": encode(to_uint8(sprites)), "diversity": share}
        data = data | {"sheets": [*data["sheets"], sheet]}
        yield data


@lru_cache(maxsize=len(CLASS_NAMES) + 1)
def real_diversity(class_name: str) -> float:
    """The diversity of sprites of that class (or of all) that the network never saw."""
    names = CLASS_NAMES if class_name == NO_CLASS else (class_name,)
    sprites = torch.cat([unseen(name) for name in names])
    return diversity(features(load_classifier()[0], sprites))


@lru_cache(maxsize=len(CLASS_NAMES))
def unseen(class_name: str) -> Tensor:
    """(UNSEEN, 3, 16, 16): held-out sprites of a class, of the set with seed 1 (see core.sprites.draw_set)."""
    return to_x0(np.stack([draw(class_name, 1_000_000 + i).pixels for i in range(UNSEEN)]))


# ---- is it new? ------------------------------------------------------------------------------------------------------
def novelty(sprites: str) -> Iterator[dict[str, object]]:
    """The nearest training sprite of each finished sprite; first, once in the server's life, the training set is drawn.

    sprites: base64 of up to MAX_FORKS + 1 RGB sprites (16, 16, 3). Yields {"drawn": classes ready} and at last nearest
    (encoded sprites), distance (root mean square, 1/255), their classes, and how many of `unseen` real sprites of that
    class, from outside the training set, are nearer to it. Raises ValueError.
    """
    if not isinstance(sprites, str) or len(sprites) > 1024 * (MAX_FORKS + 1):
        raise ValueError(f"sprites must be base64 text of at most {MAX_FORKS + 1} sprites")
    try:
        images = np.frombuffer(base64.b64decode(sprites, validate=True), np.uint8).reshape(-1, 16, 16, 3).copy()
    except (binascii.Error, ValueError) as error:
        raise ValueError("sprites must be base64 of RGB bytes, 768 a sprite") from error
    if len(images) == 0:
        raise ValueError("there is no sprite to compare")
    if not draws_our_sprites():
        raise ValueError("this network learned from other sprites than this project's, and those are not here")
    for k, name in enumerate(CLASS_NAMES):
        yield {"drawn": k, "of": len(CLASS_NAMES)}
        training_sprites(name)
    distance, classes, found = nearest_training(to_x0(images))
    yield {
        "nearest": encode(found),
        "distance": distance.tolist(),
        "classes": classes,
        "nearer": [
            sum(other < own for other in unseen_distances(name))
            for name, own in zip(classes, distance.tolist(), strict=True)
        ],
        "unseen": UNSEEN,
        "copy": NEARLY_IDENTICAL,
        "of": PER_CLASS * len(CLASS_NAMES),
    }


@lru_cache(maxsize=len(CLASS_NAMES))
def training_sprites(class_name: str) -> np.ndarray:
    """The training set's sprites of a class, (PER_CLASS, 16, 16, 3) uint8: that part of core.data.built_in()."""
    return np.stack([draw(class_name, i).pixels for i in range(PER_CLASS)])


def nearest_training(x0: Tensor) -> tuple[Tensor, list[str], np.ndarray]:
    """Distances (N,), class names and sprites (N, 16, 16, 3) uint8 nearest to x0 (N, 3, 16, 16) in the training set."""
    # in parts, for as floats the whole set would take 77 MB
    parts = [(name, first) for name in CLASS_NAMES for first in range(0, PER_CLASS, PART)]
    found = [nearest(x0, to_x0(training_sprites(name)[first : first + PART])) for name, first in parts]
    distance, which = torch.stack([distances for distances, _ in found]).min(0)
    names = [parts[k][0] for k in which.tolist()]
    indices = [parts[k][1] + int(found[k][1][i]) for i, k in enumerate(which.tolist())]
    return distance, names, np.stack([training_sprites(name)[i] for name, i in zip(names, indices, strict=True)])


@lru_cache(maxsize=len(CLASS_NAMES))
def unseen_distances(class_name: str) -> list[float]:
    """How far unseen real sprites of a class are from the training set, UNSEEN of them."""
    return nearest_training(unseen(class_name))[0].tolist()


# ---- the page --------------------------------------------------------------------------------------------------------
def asked_fork(event: gr.EventData) -> dict[str, object]:
    """fork, as the component asks for it."""
    data, _ = asked(event, "asked")
    return fork(data.get("settings"), data.get("forks"))


def asked_noise_sheets(event: gr.EventData) -> Iterator[gr.HTML]:
    """noise_sheets, as the component asks for them."""
    data, number = asked(event, "asked")
    for sheets in noise_sheets(data.get("settings"), data.get("noise_scale")):
        yield gr.HTML(sheets=sheets | {"asked": number})


def asked_novelty(event: gr.EventData) -> Iterator[gr.HTML]:
    """novelty, as the component asks for it."""
    data, number = asked(event, "asked")
    for found in novelty(data.get("sprites")):
        yield gr.HTML(novelty=found | {"asked": number})


def build() -> dict[str, gr.components.Component]:
    gr.Markdown(text("denoising"), elem_classes="lesson")
    with gr.Row():
        class_name = gr.Dropdown([*class_names(), NO_CLASS], value=class_names()[0], label="class", min_width=120)
        steps = gr.Slider(1, 500, value=50, step=1, precision=0, label="steps", min_width=170)
        guidance = gr.Slider(0, MAX_GUIDANCE, value=1, step=0.1, label="guidance", min_width=170)
        eta = gr.Slider(0, 1, value=0, step=0.05, label="noise η", min_width=170)
        noise = gr.Slider(0, 1, value=1, step=0.05, label="noise λ", min_width=170, visible=False)
        seed = gr.Number(0, precision=0, minimum=0, maximum=MAX_SEED, label="seed", min_width=90)
    with gr.Row():
        sampler = gr.Radio(SAMPLER_CHOICES, value="ddim", label="sampler", scale=6, min_width=280)
        schedule = gr.Dropdown(SCHEDULE_CHOICES, value="cosine", label="schedule", min_width=130)
    button = gr.Button("Generate", variant="primary")
    line = queue_line("denoising")
    lesson = component(
        "denoising",
        classes=class_names(),
        samplers=SAMPLER_NAMES,
        no_class=NO_CLASS,
        max_forks=MAX_FORKS,
        sheets=None,
        novelty=None,
        server_functions=[gif],
    )
    sampler.change(
        lambda name: (gr.update(visible=name == "ddim"), gr.update(visible=name == "ddpm")),
        sampler,
        [eta, noise],
        **AT_ONCE,
    )
    few_steps(sampler, steps)
    inputs = [class_name, sampler, steps, guidance, seed, eta, noise, schedule]
    quietly = {"api_visibility": "private", "show_progress": "hidden"}
    queued = {"api_visibility": "private", "show_progress_on": line, **MODEL_QUEUE}
    checked = {"preprocess": False, **queued}  # the handler checks what the controls may hold
    button.click(served("denoise", run), inputs, lesson, **checked)
    lesson.ready(served("denoise", run), inputs, lesson, **checked)
    newest = {"trigger_mode": "multiple"}  # asked again, the script waits for the later answer: it must come
    own_queue = {"concurrency_id": "novelty", "concurrency_limit": 1}  # no network: it should hold up no run
    for name, event in {
        "fork": lesson.fork(served("fork", asked_fork), None, lesson, **newest, **queued),
        "measure": lesson.measure(served("noise sheets", asked_noise_sheets), None, lesson, **newest, **queued),
        "compare": lesson.compare(served("novelty", asked_novelty), None, lesson, **newest, **quietly, **own_queue),
    }.items():
        for then, failed in ((event.success, False), (event.failure, True)):
            detail = json.dumps({"event": name, "failed": failed})
            js = f"() => window.dispatchEvent(new CustomEvent('denoising-ended', {{ detail: {detail} }}))"
            then(None, js=js, **AT_ONCE)
    names = ("class", "sampler", "steps", "guidance", "seed", "eta", "noise", "schedule")
    return dict(zip(names, inputs, strict=True))
