"""Things of a wizard's workshop."""

from __future__ import annotations

from random import Random

from ..art import Art
from ..canvas import Sprite, paint, stack
from ..palette import BONE, COLOURS, GLASS, GOLD, IRON, STEEL, WOOD
from .tools import BRIGHT, CLOTH, FIRES, GLASSES, METALS, STONES, WOODS, an, chance, done, pick

ART = Art(__file__)


def cauldron(rng: Random) -> Sprite:
    """A cauldron with a bubbling brew."""
    name, brew = pick(rng, BRIGHT)
    pot = rng.choice((IRON, COLOURS["black"], COLOURS["grey"], METALS["copper"], STONES[4]))
    foam = paint(rng.choice(ART.grids("foam")), IRON, brew, dx=3, dy=1)
    layer = stack(foam, paint(rng.choice(ART.grids("cauldron")), pot, brew, dx=1, dy=4))
    if chance(rng, 0.3):
        layer = stack(layer, paint(ART.grid("ladle"), rng.choice((WOOD, STEEL, BONE)), dx=9, dy=1))
    hearth = rng.choice((*ART.grids("hearth"), "", ""))
    if hearth:
        layer = stack(layer, paint(hearth, FIRES["orange"], dx=2, dy=11))
    return done(rng, layer, f"cauldron of {name} brew" + (" over a fire" if hearth else ""), turn=True, sparks=brew)


def lamp(rng: Random) -> Sprite:
    """A genie's oil lamp."""
    (kind, metal), (name, smoke) = pick(rng, METALS), pick(rng, BRIGHT)
    gem_or_not = rng.choice((metal, rng.choice(list(BRIGHT.values()))))
    grid, puff = rng.choice(ART.grids("lamp")), rng.choice((*ART.grids("smoke"), ""))
    low = 15 - len(grid.split())
    layer = paint(grid, metal, smoke, gem_or_not, dx=1, dy=low)
    if puff:
        cloud = paint(puff, metal, smoke, dx=10, dy=low + 2 - len(puff.split()))
        layer = stack(cloud, layer)
    return done(rng, layer, f"{kind} magic lamp" + (f" with {name} smoke" if puff else ""), turn=True, sparks=smoke)


def candle(rng: Random) -> Sprite:
    """A candle: in a holder, on a skull, or three of them."""
    what = rng.choice(("candle", "skull candle", "candelabra"))
    (name, wax), (_, fire) = pick(rng, {**CLOTH, "white": BONE}), pick(rng, FIRES)
    holder = BONE if what == "skull candle" else rng.choice(list(METALS.values()))
    flame_ramp = (fire[0], fire[1], fire[1], fire[2], fire[4])
    layer = paint(rng.choice(ART.grids(what)), wax, holder, flame_ramp, dx=1, dy=1)
    caption = {"candelabra": f"candelabra with {name} candles", "skull candle": f"{name} candle on a skull"}
    return done(rng, layer, caption.get(what, f"{name} candle"), turn=True, sparks=fire)


def mask(rng: Random) -> Sprite:
    """A magic mask with its own expression."""
    what = rng.choice(("theatre mask", "horned mask", "feathered mask"))
    name, face = pick(rng, {**CLOTH, "white": BONE, "golden": GOLD})
    trim = rng.choice([r for r in (GOLD, BONE, *BRIGHT.values()) if r is not face])
    top = 4 if what == "theatre mask" else 6
    layer = stack(
        paint(rng.choice(ART.grids(what)), face, trim, dx=2, dy=1),
        paint(rng.choice(ART.grids("mask paint")), face, trim, dx=4, dy=top - 2),
        paint(rng.choice(ART.grids("mask eyes")), dx=4, dy=top),
        paint(rng.choice(ART.grids("mask mouth")), dx=5, dy=top + 4),
    )
    return done(rng, layer, f"{name} {what}")


def hourglass(rng: Random) -> Sprite:
    """An hourglass; how far the sand has run is left to chance."""
    (name, sand), framed = pick(rng, BRIGHT | {"white": COLOURS["white"]}), chance(rng, 0.6)
    frame = rng.choice((*WOODS, *METALS.values(), COLOURS["red"], COLOURS["blue"]))
    layer = paint(ART.grid("hourglass", "framed" if framed else "plain"), rng.choice(GLASSES), frame, dx=3, dy=1)
    inside = paint(rng.choice(ART.grids("sand")), GLASS, GLASS, sand, dx=5, dy=5)
    shape = layer[..., 3] > 0
    inside[~shape] = 0
    inside[:, [4, 12]] = 0
    return done(rng, stack(layer, inside), f"hourglass with {name} sand", sparks=sand)


def magic_mirror(rng: Random) -> Sprite:
    """A magic mirror that sometimes looks back."""
    grid = rng.choice(ART.grids("mirror"))
    (name, glass), (_, metal) = pick(rng, BRIGHT | {"white": GLASS}), pick(rng, METALS)
    frame = rng.choice((metal, metal, *WOODS))
    look = rng.choice(("", "", "face", "eye"))
    layer = paint(grid, frame, glass, dx=2, dy=1)
    if look:
        layer = stack(layer, paint(ART.grid("look", look), dx=6, dy=5))
    return done(rng, layer, f"{name} magic mirror" + (f" with {an(look)}" if look else ""), sparks=glass)
