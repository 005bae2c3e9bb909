"""Slimes, and what floats."""

from __future__ import annotations

import random

from ..art import Art
from ..canvas import Sprite, mirror, paint, stack
from ..palette import COLOURS
from .tools import ART as SHARED
from .tools import FLAMES, GLOWS, MOUTH, both, carrying, colour, done, face, hat, put, some

ART = Art(__file__)


def slime(rng: random.Random) -> Sprite:
    """A lump of jelly with a face, sometimes dressed up."""
    brows = {"slime": 7, "flat slime": 8, "drop slime": 8, "cube slime": 7}
    shape = rng.choice(list(brows))
    top = brows[shape]
    name, jelly = colour(rng)
    body = put(ART.grid("slime", shape), jelly)
    worn = rng.choice(("", "", "crown", "sprout", "flower", "horns")) if shape != "drop slime" else ""
    layers = [body, face(rng, top)]
    if worn:
        layers.insert(0 if worn == "horns" else 2, hat(worn, top - 3))
    return done(stack(*layers), f"{name} {shape}{carrying(worn)}")


def ghost(rng: random.Random) -> Sprite:
    """A floating sheet with dark or glowing eyes."""
    name, sheet = colour(rng, "white", "white", "sky", "violet", "lime", "pink", "grey", "teal")
    glow = GLOWS[rng.choice(tuple(GLOWS))]
    mouth = rng.choice(SHARED.grids("mouth"))
    shape = rng.randrange(3)
    dx = -1 if shape == 1 else 0
    eyes = rng.choice(ART.grids("ghost eyes"))
    look = paint(f"{eyes}\n.\n{mouth}", dx=4 + dx, dy=5, y=glow, m=MOUTH)
    body = stack(put(ART.grid("ghost", shape), sheet), look)
    worn = rng.choice(("", "", "", "crown", "top hat", "flower"))
    if worn:
        body = stack(body, hat(worn, 3, dx))
    return done(body if some(rng, 0.6) else mirror(body), f"{name} ghost{carrying(worn)}")


def bat(rng: random.Random) -> Sprite:
    """A bat in flight, wings raised, spread or lowered."""
    name, fur = colour(rng, "violet", "black", "brown", "grey", "red", "blue")
    skin = COLOURS[rng.choice(("violet", "pink", "red", "grey", "brown", "orange", "teal"))]
    rise = {"raised": -3, "spread": 1, "lowered": 2}
    pose, shape = rng.choice(list(rise)), rng.randrange(3)
    top = 4 + rng.randrange(2)
    wing = paint(SHARED.grid("wing", pose), fur, skin, dx=1, dy=top + rise[pose])
    head = paint(ART.grid("bat", shape), fur, dx=5, dy=top)
    brow = top + (2 if shape == 2 else 3)
    grid = rng.choice(ART.grids("bat eyes"))
    eyes = paint(grid, dx=5, dy=brow, y=GLOWS[rng.choice(("yellow", "red", "green"))])
    teeth = paint(rng.choice(ART.grids("bat teeth")), dx=5, dy=brow + 2)
    return done(stack(both(wing), head, eyes, teeth), f"{name} bat with wings {pose}")


def eye(rng: random.Random) -> Sprite:
    """A floating eyeball that looks somewhere, with wings, tentacles, a tail or more eyes on stalks."""
    name, iris = colour(rng)
    flesh = COLOURS[rng.choice(("red", "pink", "violet", "green", "teal", "brown", "orange"))]
    extra = rng.choice(("", "wings", "tentacles", "a tail", "stalks"))
    top = {"": 3, "wings": 3, "stalks": 5}.get(extra, 1)
    look_x, look_y = rng.choice((0, 0, 1, -1)), rng.choice((0, 0, 1))
    ball = [
        paint(ART.grid("eyeball"), flesh, COLOURS["white"], dx=3, dy=top),
        paint(ART.grid("iris"), flesh, flesh, iris, dx=6 + look_x, dy=top + 3 + look_y),
        paint(rng.choice(ART.grids("lid")), flesh, dx=3, dy=top),
    ]
    if extra == "wings":
        rise = {"raised": 2, "spread": 4, "lowered": 6}
        pose = rng.choice(list(rise))
        ball.insert(0, both(paint(SHARED.grid("wing", pose), flesh, flesh, dx=1, dy=rise[pose])))
    elif extra:
        ball.insert(0, put(ART.grid("eye with", extra), flesh, bottom=5 if extra == "stalks" else top + 12))
    return done(stack(*ball), f"{name} floating eye" + (f" with {extra}" if extra else ""))


def jelly(rng: random.Random) -> Sprite:
    """A jellyfish or an octopus with a face."""
    kind, grid = ART.pick(rng, "bell")
    name, skin = colour(rng, "pink", "violet", "blue", "sky", "teal", "orange", "red", "lime")
    arms = COLOURS[rng.choice(("pink", "violet", "sky", "gold", "white"))]
    bell = paint(grid, skin, dx=1, dy=1)
    legs = paint(rng.choice(ART.grids(f"arms of {kind}")), skin, arms, dx=1, dy=len(grid.split()) + 1)
    look = face(
        rng,
        3 if kind == "jellyfish" else 4,
        ("bright", "wide", "happy", "angry", "sideways", "sleepy", "one"),
        ("smile", "flat", "gape", "tongue"),
    )
    worn = rng.choice(("", "", "crown", "flower", "top hat")) if kind == "octopus" else ""
    body = stack(legs, bell, look)
    return done(stack(body, hat(worn, 3)) if worn else body, f"{name} {kind}{carrying(worn)}")


def flame(rng: random.Random) -> Sprite:
    """A fire elemental: a flame with a face."""
    name = rng.choice(tuple(FLAMES))
    fire = FLAMES[name]
    body = paint(rng.choice(ART.grids("fire")), fire, dx=1, dy=1)
    if some(rng, 0.5):
        body = mirror(body)
    eyes, mouth = rng.choice(ART.grids("fire eyes")), rng.choice(SHARED.grids("mouth"))
    look = paint(f"{eyes}\n.\n{mouth}", dx=4, dy=7, m=fire[0])
    return done(stack(body, look), f"{name} elemental", ink=fire[0])
