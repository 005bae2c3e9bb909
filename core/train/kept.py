"""A training run that was kept: its networks after some epochs, with the weights that learned and with their average.

Made by python -m core.train with --snapshots; checkpoints/training/README.md says how.
"""

from __future__ import annotations

import re
from functools import lru_cache

import numpy as np

from ..checkpoint import SHIPPED, Model, load
from ..checks import check_whole
from ..generate import GenerateConfig, generate
from ..render import to_uint8

FOLDER = SHIPPED.with_name("training")


@lru_cache(maxsize=1)
def epochs() -> tuple[int, ...]:
    """After which epochs there are networks, in their order; none if the folder is not there."""
    names = (re.fullmatch(r"epoch-(\d{3})\.safetensors", path.name) for path in FOLDER.glob("*.safetensors"))
    return tuple(sorted(int(name[1]) for name in names if name))


def kept(epoch: int, averaged: bool = True) -> Model:
    """The network after that epoch: its running average, or the weights that learn. Raises ValueError."""
    check_whole("the epoch", epoch, 0, 999)
    if epoch not in epochs():
        raise ValueError(f"no network of epoch {epoch} was kept; there are those of {', '.join(map(str, epochs()))}")
    return load(FOLDER / f"epoch-{epoch:03}{'' if averaged else '-raw'}.safetensors")


def states(model: Model, config: GenerateConfig) -> np.ndarray:
    """All states of a run, from noise to sprites, (steps + 1, count, H, W, C) uint8."""
    steps = list(generate(model, config))
    return np.stack([to_uint8(x) for x in [step.x_t for step in steps] + [steps[-1].x_prev]])
