"""Sheets of sprites from the same seeds that differ in one setting, and what is measured of each."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import lru_cache

import numpy as np
import torch
from torch import Tensor

from core import GenerateConfig, generate
from core.conditions import NO_CLASS
from core.data import to_x0
from core.explain import cut_off
from core.metrics import diversity, features, load_classifier, predict
from core.render import to_uint8
from core.sprites import CLASS_NAMES, draw
from serving.own import models_here
from serving.runs import draws_our_sprites
from tabs.page import encode

UNSEEN = 100  # sprites of a class that the network never saw, for comparison


def draw_sheets(configs: Sequence[GenerateConfig], class_name: str | None) -> Iterator[list[dict[str, object]]]:
    """A sheet for each config, as data for the lesson's scripts; after each of them, all so far.

    class_name: what they are measured by, a class or NO_CLASS, which is all of them; None if they are of several.
    diversity: the mean distance between two of the sprites in the classifier's 64 features, as a share of that of real
    sprites that the network never saw.  taken: the share that the classifier takes for that class. Both are None if
    there is nothing to measure by, as for a network that learned from other sprites than this project draws.
    cut_off: the mean over all steps of core.explain.cut_off.
    """
    classifier, names, _ = load_classifier()
    known = class_name if draws_our_sprites() and class_name in (*CLASS_NAMES, NO_CLASS) else None
    sheets: list[dict[str, object]] = []
    for config in configs:
        beyond = []
        for step in generate(models_here(), config):
            beyond.append(cut_off(step))
        sprites = step.x_prev.cpu()  # where the classifier is
        taken = predict(classifier, sprites.clamp(-1, 1)) == names.index(known) if known in names else None
        sheets.append(
            {
                "noise_scale": config.noise_scale,
                "guidance_scale": config.guidance_scale,
                "sprites": encode(to_uint8(sprites)),
                "diversity": diversity(features(classifier, sprites)) / real_diversity(known) if known else None,
                "taken": None if taken is None else taken.double().mean().item(),
                "cut_off": sum(beyond) / len(beyond),
            }
        )
        yield list(sheets)


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
