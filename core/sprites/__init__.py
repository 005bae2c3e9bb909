"""The built-in data set: 16x16 sprites in five classes, drawn by code. Any number of them, each from its seed.

Read palette.py, art.py and canvas.py, then any of the drawing modules with the text file beside it.
"""

from __future__ import annotations

import random
from collections.abc import Callable
from functools import partial

import numpy as np

from . import beasts, characters, food, monsters, spells
from .canvas import SIZE, Sprite

__all__ = ["CLASS_NAMES", "SIZE", "Sprite", "draw", "draw_set"]


def _non_hero(rng: random.Random) -> Sprite:
    kinds = monsters.KINDS | beasts.KINDS
    return kinds[rng.choice(sorted(kinds))](rng)


_DRAW: dict[str, Callable[[random.Random], Sprite]] = {
    "hero": partial(characters.draw, facing="front"),
    "non-hero": _non_hero,
    "food": food.draw,
    "spell": spells.draw,
    "side-facing": partial(characters.draw, facing="side"),
}
CLASS_NAMES: tuple[str, ...] = tuple(_DRAW)  # the order of the course's labels


def draw(class_name: str, seed: int) -> Sprite:
    """The sprite of that class and seed. hero and side-facing of one seed are one character, seen from two sides.

    Raises ValueError for an unknown class.
    """
    if class_name not in _DRAW:
        raise ValueError(f"unknown class {class_name!r}; the classes are {', '.join(CLASS_NAMES)}")
    return _DRAW[class_name](random.Random(seed))


def draw_set(per_class: int, seed: int = 0) -> tuple[np.ndarray, np.ndarray, list[str]]:
    """images (5 * per_class, 16, 16, 3) uint8, labels (5 * per_class,) int64 into CLASS_NAMES, and captions.

    Sets of different `seed` share no sprite seeds, as long as they have fewer than a million sprites a class.
    """
    sprites = [draw(name, seed * 1_000_000 + i) for name in CLASS_NAMES for i in range(per_class)]
    labels = np.repeat(np.arange(len(CLASS_NAMES)), per_class)
    return np.stack([s.pixels for s in sprites]), labels, [s.caption for s in sprites]
