"""Spells and magic things: potions, scrolls, wands, books, gems, flames and the rest of a wizard's shelf.

Every kind chooses one of several drawings, its materials and its optional parts independently. They fill at most 14x14;
`tools.done` draws the outline, centres the result and lets some sparks fly.
"""

from __future__ import annotations

from collections.abc import Callable
from random import Random

from ..canvas import Sprite
from .jewels import amulet, crystal_ball, crystals, gem, ring, rune_stone
from .lights import flame, ice, lightning, star
from .paper import card, open_book, open_scroll, quill, rolled_scroll, tome
from .potions import BOTTLES, potion
from .wands import staff, sword, wand
from .workshop import candle, cauldron, hourglass, lamp, magic_mirror, mask

KINDS: tuple[Callable[[Random], Sprite], ...] = (
    *map(potion, BOTTLES),
    open_scroll, rolled_scroll, tome, open_book, card, quill,
    wand, staff, sword,
    crystal_ball, gem, crystals, ring, amulet, rune_stone,
    flame, star, lightning, ice,
    cauldron, lamp, candle, mask, hourglass, magic_mirror,
)  # fmt: skip


def draw(rng: Random) -> Sprite:
    """Draw any kind of spell or magic thing, each with the same chance."""
    return rng.choice(KINDS)(rng)
