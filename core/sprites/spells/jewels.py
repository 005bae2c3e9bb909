"""Crystals and jewels."""

from __future__ import annotations

from random import Random

from ..art import Art
from ..canvas import Sprite, outline, paint, stack
from ..palette import BONE, COLOURS, GOLD, LEAF, LEATHER, WOOD
from .tools import ART as SHARED
from .tools import BRIGHT, CLOTH, METALS, STONES, WOODS, an, chance, done, pick

ART = Art(__file__)


def crystal_ball(rng: Random) -> Sprite:
    """A crystal ball on a stand, something to be seen inside."""
    (name, glass), (stand, grid) = pick(rng, BRIGHT | {"white": COLOURS["white"]}), ART.pick(rng, "stand")
    materials = {"wooden stand": [*WOODS], "cushion": [*CLOTH.values()]}.get(stand, [*METALS.values()])
    material = rng.choice(materials)
    row = 10 if stand == "wooden stand" else 9
    layer = stack(paint(ART.grid("crystal ball"), glass, dx=2, dy=1), paint(grid, material, dx=2, dy=row))
    caption = f"{name} crystal ball on {an(stand)}"
    if chance(rng, 0.7):
        sign, emblem = SHARED.pick(rng, "emblem")
        shine = rng.choice(((*glass[3:4], *glass[3:4], *glass[3:], (255, 255, 255)), GOLD, COLOURS["white"]))
        layer = stack(layer, paint(emblem, shine, dx=6, dy=4))
        caption = f"{name} crystal ball with {an(sign)}"
    return done(rng, layer, caption, sparks=glass)


def gem(rng: Random) -> Sprite:
    """One large cut gem."""
    name, stone = pick(rng, BRIGHT | {"white": COLOURS["white"], "black": COLOURS["black"]})
    cut, grid = ART.pick(rng, "gem")
    layer = paint(grid, stone, dx=1, dy=1)
    return done(rng, layer, f"{name} {cut}", turn=cut == "drop-shaped gem", sparks=stone)


def crystals(rng: Random) -> Sprite:
    """Crystals growing from a rock."""
    name, crystal = pick(rng, BRIGHT)
    other = crystal if chance(rng, 0.5) else rng.choice(list(BRIGHT.values()))
    layer = paint(rng.choice(ART.grids("crystals")), crystal, other, rng.choice(STONES), dx=1, dy=1)
    return done(rng, layer, f"{name} crystals on a rock", turn=True, sparks=crystal)


def ring(rng: Random) -> Sprite:
    """A finger ring with a stone."""
    (kind, metal), (name, stone), (setting, grid) = pick(rng, METALS), pick(rng, BRIGHT), ART.pick(rng, "setting")
    band = paint(rng.choice(ART.grids("band")), metal, dx=2, dy=6)
    layer = stack(band, paint(grid, metal, stone, dx=4, dy=1))
    what = setting if setting == "skull" else f"{name} {setting}"
    return done(rng, layer, f"{kind} ring with {an(what)}", sparks=stone)


def amulet(rng: Random) -> Sprite:
    """A pendant on a chain or cord."""
    (kind, metal), (name, stone), (shape, grid) = pick(rng, METALS), pick(rng, BRIGHT), ART.pick(rng, "pendant")
    chain = metal if chance(rng, 0.6) else rng.choice((WOOD, LEATHER, BONE, *CLOTH.values()))
    hang = paint(rng.choice(ART.grids("chain")), chain, dx=2, dy=1)
    layer = stack(hang, paint(grid, metal, stone, BONE, dx=4, dy=7))
    what = shape if shape in ("fang", "moon") else f"{name} {shape}"
    return done(rng, layer, f"{kind} amulet with {an(what)}", sparks=stone)


RUNE_PLACES = ((4, 5), (6, 4), (5, 5), (5, 5))  # where on each stone the rune is carved


def rune_stone(rng: Random) -> Sprite:
    """A stone with a shining rune."""
    name, glow = pick(rng, BRIGHT)
    shape, stone = rng.randrange(len(RUNE_PLACES)), rng.choice(STONES)
    x, y = RUNE_PLACES[shape]
    layer = paint(ART.grid("rune stone", shape), stone, dx=1, dy=1)
    moss, cracks = ART.grids("moss"), ART.grids("crack")
    extra = rng.choice(("", "", *moss, *cracks))
    if extra:
        corner = rng.choice(((2, 9), (8, 3), (9, 9)))
        spot = paint(extra, LEAF if extra in moss else stone, dx=corner[0], dy=corner[1])
        spot[layer[..., 3] == 0] = 0
        layer = stack(layer, spot)
    rune = rng.choice(ART.grids("rune"))
    carved = paint(rune, (glow[1], glow[2], glow[2], glow[3], glow[4]), dx=x, dy=y)
    layer = stack(layer, outline(carved, stone[0]))
    return done(rng, layer, f"rune stone with {an(name)} rune", turn=True, sparks=glow)
