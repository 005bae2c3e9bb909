"""Monsters: slimes, ghosts, golems and other creatures that are neither heroes nor animals.

Each kind is a small function that stacks a few parts: body, face, headgear, weapon.
"""

from __future__ import annotations

import random
from collections.abc import Callable

from ..canvas import Sprite
from .people import goblin, imp, mummy, skeleton, zombie
from .spirits import bat, eye, flame, ghost, jelly, slime
from .things import golem, mimic, mushroom, plant, pumpkin, robot

KINDS: dict[str, Callable[[random.Random], Sprite]] = {
    draw.__name__: draw
    for draw in (
        slime, ghost, bat, eye, jelly, flame,
        skeleton, imp, goblin, zombie, mummy,
        mushroom, golem, mimic, plant, pumpkin, robot,
    )
}  # fmt: skip
