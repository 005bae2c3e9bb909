"""Fire, light and ice."""

from __future__ import annotations

from random import Random

from ..art import Art
from ..canvas import Sprite, paint, stack
from ..palette import COLOURS, Ramp, ramp
from .tools import BRIGHT, FIRES, an, chance, done, pick

ART = Art(__file__)


def flame(rng: Random) -> Sprite:
    """A magic flame or a flying fireball."""
    (name, fire), what = pick(rng, FIRES), rng.choice(("flame", "fireball"))
    layer = paint(rng.choice(ART.grids(what)), fire, dx=1, dy=1)
    rim = fire if chance(rng, 0.35) else None
    if what == "flame" and chance(rng, 0.2):
        layer = stack(layer, paint(ART.grid("face of a flame"), dx=5, dy=9))
        return done(rng, layer, f"{name} flame with a face", turn=True, sparks=fire, rim=rim)
    return done(rng, layer, f"{name} {what}", turn=True, sparks=fire, rim=rim)


def star(rng: Random) -> Sprite:
    """A star, a sparkle, a shooting star or a moon of light."""
    what = rng.choice(("star", "sparkle", "shooting star", "crescent moon"))
    name, light = pick(rng, BRIGHT | {"white": COLOURS["white"]})
    tail = rng.choice(list(BRIGHT.values()))
    layer = paint(rng.choice(ART.grids(what)), light, tail, dx=1, dy=1)
    rim = light if chance(rng, 0.4) else None
    caption = f"{name} {what}"
    if what in ("star", "crescent moon") and chance(rng, 0.3):
        x, y = (6, 6) if what == "star" else (3, 5)
        face = rng.choice(ART.grids(f"face of a {what}"))
        layer, caption = stack(layer, paint(face, dx=x, dy=y)), caption + " with a face"
    return done(rng, layer, caption, turn=what in ("shooting star", "crescent moon"), sparks=light, rim=rim)


def lightning(rng: Random) -> Sprite:
    """A lightning bolt, alone or out of a cloud."""
    what = rng.choice(("lightning bolt", "lightning cloud"))
    name, light = pick(rng, {n: BRIGHT[n] for n in ("gold", "sky", "violet", "lime", "pink", "teal", "orange")})
    cloud_name, cloud = pick(rng, {n: COLOURS[n] for n in ("grey", "white", "black", "blue", "violet")})
    layer = paint(rng.choice(ART.grids(what)), light, cloud, dx=1, dy=1)
    caption = f"{cloud_name} cloud with {an(name)} bolt" if what == "lightning cloud" else f"{name} {what}"
    rim = light if what == "lightning bolt" and chance(rng, 0.35) else None
    return done(rng, layer, caption, turn=True, sparks=light, rim=rim)


ICE: dict[str, Ramp] = {
    "ice-blue": ramp(225, 0.07, 0.80, 0.95),
    "sky": COLOURS["sky"],
    "teal": COLOURS["teal"],
    "white": COLOURS["white"],
    "blue": ramp(255, 0.14, 0.64),
    "violet": ramp(295, 0.12, 0.70),
}


def ice(rng: Random) -> Sprite:
    """A snowflake or a piece of ice."""
    (name, frost), what = pick(rng, ICE), rng.choice(("snowflake", "snowflake", "ice shard", "ice spikes"))
    rim = frost if what == "snowflake" and chance(rng, 0.5) else None
    layer = paint(rng.choice(ART.grids(what)), frost, dx=1, dy=1)
    return done(rng, layer, f"{name} {what}", turn=what != "snowflake", sparks=frost, rim=rim)
