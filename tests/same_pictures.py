"""Forty runs whose pictures are stored: what rebuilds the house must not change what is drawn in it.

python -m tests.same_pictures says which pictures differ here from those in same_pictures.npz, by how many grey levels;
with --store it stores them anew.
"""

import sys
from collections.abc import Iterator
from itertools import islice
from pathlib import Path

import numpy as np
import torch

from core import GenerateConfig, Models, generate, last
from core.generate import SeededNoise
from core.interpolate import slerp
from core.render import to_uint8

STORED = Path(__file__).with_suffix(".npz")

SAMPLERS = {
    "ddpm": {"sampler": "ddpm", "num_inference_steps": 30},
    "ddpm beta": {"sampler": "ddpm", "num_inference_steps": 30, "variance": "beta"},
    "ddpm without noise": {"sampler": "ddpm", "num_inference_steps": 30, "noise_scale": 0.0},
    "ddim": {"sampler": "ddim"},
    "ddim eta": {"sampler": "ddim", "eta": 0.6},
    "euler": {"sampler": "euler", "spacing": "karras"},
    "heun": {"sampler": "heun", "num_inference_steps": 12},
    "plms": {"sampler": "plms", "num_inference_steps": 30},
    "dpmpp_2m": {"sampler": "dpmpp_2m", "num_inference_steps": 12},
    "dpmpp_2m_sde": {"sampler": "dpmpp_2m_sde"},
    "unipc": {"sampler": "unipc", "num_inference_steps": 8},
    "distilled 1": {"network": "distilled", "num_inference_steps": 1},
    "distilled 4": {"network": "distilled", "num_inference_steps": 4},
}
MIXES = {
    "hero and food": {"hero": 1, "food": 0.6},
    "away from food": {"hero": 1.5, "food": -0.5},
    "all five": {name: 0.2 for name in ("hero", "non-hero", "food", "spell", "side-facing")},
    "no class": {},
}


def configs() -> dict[str, GenerateConfig]:
    """The runs that are one config each, by name."""
    hero, few = {"hero": 1.0}, {"count": 2, "num_inference_steps": 10}
    made = {name: GenerateConfig(**({"weights": hero, "count": 2} | how)) for name, how in SAMPLERS.items()}
    for name, weights in MIXES.items():
        for mixing in ("embedding", "prediction"):
            made[f"{name}, {mixing}"] = GenerateConfig(weights, mixing=mixing, guidance_scale=2.0, **few)
    for scale in (0.0, 1.5, 4.0):
        made[f"guidance {scale:g}"] = GenerateConfig({"spell": 1.0}, guidance_scale=scale, **few)
    made["guided in an interval"] = GenerateConfig(
        {"spell": 1.0}, guidance_scale=4.0, guidance_interval=(0.3, 5.0), **few
    )
    for schedule in ("linear", "scaled_linear", "sigmoid"):
        made[schedule] = GenerateConfig(hero, schedule=schedule, **few)
    made["zero terminal SNR"] = GenerateConfig(hero, zero_terminal_snr=True, **few)
    for spacing in ("leading", "linspace", "quadratic"):
        made[spacing] = GenerateConfig(hero, spacing=spacing, **few)
    made["T = 100, not clipped"] = GenerateConfig(hero, num_train_timesteps=100, clip_x0=False, **few)
    made["sixteen sprites"] = GenerateConfig({"non-hero": 1.0}, num_inference_steps=5)
    made["seed 2,000,000,000"] = GenerateConfig(hero, seed=2_000_000_000, **few)
    return made


def pictures(model: Models) -> Iterator[tuple[str, np.ndarray]]:
    """(name, sprites (N, 16, 16, 3) uint8) of every run."""
    for name, config in configs().items():
        yield name, to_uint8(last(generate(model, config)).x_prev)
    first = GenerateConfig({"hero": 1.0}, count=2, num_inference_steps=12)
    forks = {
        "a fork to food": GenerateConfig({"food": 1.0}, 2, 0, "ddim", 12, guidance_scale=2.0),
        "a fork to ddpm": GenerateConfig({"hero": 1.0}, 2, 5, "ddpm", 12),
        "a fork to unipc": GenerateConfig({"hero": 1.0}, 2, 0, "unipc", 12),
        "a fork to the distilled network": GenerateConfig({"hero": 1.0}, 2, 0, network="distilled"),
    }
    before = tuple(islice(generate(model, first), 6))
    for name, config in forks.items():
        yield name, to_uint8(last(generate(model, config, after=before)).x_prev)
    (a,), (b,) = SeededNoise([0])(), SeededNoise([1])()
    arc = slerp(a, b, torch.linspace(0, 1, 3))
    config = GenerateConfig({"food": 1.0}, count=3, num_inference_steps=10)
    yield "on an arc of noises", to_uint8(last(generate(model, config, start=(500, arc))).x_prev)


def differences(made: dict[str, np.ndarray], stored: dict[str, np.ndarray]) -> dict[str, int]:
    """By how many grey levels the pictures differ, at most, by name; -1 where one of the two is missing."""
    return {
        name: int(np.abs(made[name].astype(int) - stored[name]).max()) if {name} <= made.keys() & stored.keys() else -1
        for name in {**stored, **made}
    }


if __name__ == "__main__":
    torch.set_num_threads(1)
    found = dict(pictures(Models()))
    if "--store" in sys.argv:
        np.savez_compressed(STORED, **found)
        print(f"{len(found)} runs stored in {STORED.name}")
    else:
        for which, levels in differences(found, dict(np.load(STORED))).items():
            print(f"{levels:4}  {which}")
