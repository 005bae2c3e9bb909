"""Training beside denoising-diffusion-pytorch, whose Trainer many people begin with: sprites a second, in turns."""

from __future__ import annotations

import contextlib
import io
import statistics
import tempfile
import time
from collections.abc import Callable
from dataclasses import replace
from importlib import import_module
from importlib.util import find_spec
from itertools import islice
from pathlib import Path
from types import ModuleType

import torch
from PIL import Image

from core.data import SpriteData, built_in
from core.networks import UNetConfig
from core.train import TrainConfig, Trainer

PACKAGE = "denoising_diffusion_pytorch"
BATCH, STEPS, TURNS = 64, 10, 8  # steps in a turn, turns of each
NEAR = 0.1  # as much may the numbers of parameters differ


def beside_lucidrains(figures: dict[str, float]) -> None:
    """Notes vs_lucidrains (our network as it ships), vs_lucidrains_unet (without sketch), and what they are made of."""
    if find_spec(PACKAGE) is None:
        print("vs_lucidrains is left out: pip install denoising-diffusion-pytorch, in an environment of its own")
        return
    theirs, data = import_module(PACKAGE), built_in(200)
    for name, network in (("", UNetConfig()), ("_unet", replace(UNetConfig(), sketch=0))):
        with tempfile.TemporaryDirectory() as folder:
            rates = in_turns(data, network, theirs, Path(folder), figures, name)
        figures[f"vs_lucidrains{name}"] = rates[0] / rates[1]
        figures[f"images_per_s{name}"], figures[f"lucidrains_images_per_s{name}"] = rates


def in_turns(
    data: SpriteData, network: UNetConfig, theirs: ModuleType, folder: Path, figures: dict[str, float], name: str
) -> tuple[float, float]:
    """Sprites a second of ours and of theirs, medians: the same data, batch, cores, and nearly as many parameters."""
    trainer = Trainer(data, network, TrainConfig(images=10**9, batch_size=BATCH))
    ours, parameters = trainer.run(), sum(p.numel() for p in trainer.network.parameters())
    unet = nearest_unet(theirs, parameters)
    figures[f"parameters{name}"] = parameters
    figures[f"lucidrains_parameters{name}"] = sum(p.numel() for p in unet.parameters())
    (folder / "data").mkdir()
    for k, image in enumerate(data.images):
        Image.fromarray(image).save(folder / "data" / f"{k:05}.png")
    other = theirs.Trainer(
        theirs.GaussianDiffusion(unet, image_size=data.shape[1]),
        folder / "data",
        train_batch_size=BATCH,
        augment_horizontal_flip=False,
        train_lr=2e-3,
        train_num_steps=0,
        save_and_sample_every=10**9,
        results_folder=folder / "results",
        calculate_fid=False,
    )

    def their_turn() -> None:
        other.train_num_steps += STEPS
        with contextlib.redirect_stderr(io.StringIO()), contextlib.redirect_stdout(io.StringIO()):  # its bar
            other.train()

    def our_turn() -> None:
        for _ in islice(ours, STEPS):
            pass

    turns: tuple[Callable[[], None], ...] = (our_turn, their_turn)
    times: tuple[list[float], ...] = ([], [])
    for turn in range(TURNS + 1):
        for function, found in zip(turns, times, strict=True):
            start = time.perf_counter()
            function()
            if turn:  # the first warms up
                found.append(time.perf_counter() - start)
    rates = [STEPS * BATCH / statistics.median(found) for found in times]
    return rates[0], rates[1]


def nearest_unet(theirs: ModuleType, parameters: int) -> torch.nn.Module:
    """Their U-Net of three levels with as many parameters, within NEAR. Raises ValueError if there is none."""
    for dim in range(16, 129, 2):
        unet = theirs.Unet(dim=dim, dim_mults=(1, 2, 4))
        if abs(sum(p.numel() for p in unet.parameters()) / parameters - 1) <= NEAR:
            return unet
    raise ValueError(f"no U-Net of {PACKAGE} has about {parameters:,} parameters")
