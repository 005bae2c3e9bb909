"""Wands, staffs and swords."""

from __future__ import annotations

from random import Random

from ..art import Art
from ..canvas import Sprite, paint, stack
from ..palette import BONE, GOLD, STONE
from .tools import BRIGHT, CLOTH, METALS, WOODS, an, done, pick

ART = Art(__file__)


def wand(rng: Random) -> Sprite:
    """A short wand with a shining tip."""
    (tip, grid), (name, glow), (_, metal) = ART.pick(rng, "tip"), pick(rng, BRIGHT), pick(rng, METALS)
    shaft = paint(rng.choice(ART.grids("wand")), rng.choice((*WOODS, metal)), metal, dx=1, dy=5)
    layer = stack(shaft, paint(grid, metal, glow, dx=8, dy=1))
    return done(rng, layer, f"wand with {an(name)} {tip}", turn=True, sparks=glow)


def staff(rng: Random) -> Sprite:
    """A wizard's staff, upright."""
    (head, grid), (name, glow), (_, metal) = ART.pick(rng, "staff head"), pick(rng, BRIGHT), pick(rng, METALS)
    wood, bone = rng.choice(WOODS), rng.choice((BONE, STONE, GOLD))
    shaft = paint(rng.choice(ART.grids("shaft")), wood, metal, dx=7, dy=6)
    layer = stack(shaft, paint(grid, wood, glow, bone if head == "skull" else metal, dx=4, dy=1))
    layer[15:] = 0
    what = "skull" if head == "skull" else f"{name} {'orb' if head in ('wings', 'hook', 'crescent', 'ring') else head}"
    return done(rng, layer, f"staff with {an(what)}", turn=True, sparks=glow)


def sword(rng: Random) -> Sprite:
    """A sword whose blade shines in a colour."""
    (name, glow), grip = pick(rng, BRIGHT), rng.choice((*WOODS, *CLOTH.values()))
    layer = paint(rng.choice(ART.grids("sword")), glow, rng.choice(list(METALS.values())), grip, dx=1, dy=1)
    return done(rng, layer, f"{name} glowing magic sword", turn=True, sparks=glow)
