"""Monsters on two legs."""

from __future__ import annotations

import random

from ..art import Art
from ..canvas import Sprite, mirror, paint, shift, stack
from ..palette import BONE, COLOURS, GOLD, INK, IRON, LEATHER, STEEL, Ramp, ramp
from .tools import ART as SHARED
from .tools import FLESH, GLOWS, ICE, MOUTH, armed, both, carrying, colour, done, hat, in_front, put, some

ART = Art(__file__)

BANDAGE: Ramp = ramp(85, 0.045, 0.78, 1.0)


def skeleton(rng: random.Random) -> Sprite:
    """A chibi skeleton, some of them armed."""
    bone = rng.choice((BONE, BONE, COLOURS["white"], ramp(75, 0.06, 0.74)))
    arm = rng.choice(("", "sword", "axe", "club", "spear"))
    glow = rng.choice(("red", "blue", "green", "yellow", "none"))
    body = stack(
        put(rng.choice(ART.grids("bones")), bone),
        put(rng.choice(ART.grids("skull")), bone, bottom=6, y=GLOWS.get(glow, INK)),
    )
    worn = rng.choice(("", "", "helmet", "crown"))
    if worn == "helmet":
        body = stack(body, put(ART.grid("helmet"), rng.choice((IRON, STEEL, GOLD)), bottom=3))
    elif worn:
        body = stack(body, hat(worn, 2))
    return done(armed(body, arm), "skeleton" + carrying(arm or worn))


def imp(rng: random.Random) -> Sprite:
    """A little devil with horns, often with wings or a pitchfork."""
    name, skin = colour(rng, "red", "violet", "orange", "blue", "green", "black", "pink")
    horns, grid = ART.pick(rng, "imp horns")
    back = rng.choice(("", "wings", "tail", "pitchfork"))
    belly = rng.choice((skin, BONE, COLOURS["gold"]))
    body = stack(
        put(grid, skin, rng.choice((BONE, IRON, GOLD)), bottom=4),
        put(rng.choice(ART.grids("imp body")), skin, belly),
        put(rng.choice(ART.grids("imp head")), skin, bottom=9, y=GLOWS[rng.choice(("yellow", "green", "blue"))]),
    )
    if back == "wings":
        membrane = COLOURS[rng.choice(("violet", "red", "black", "orange"))]
        wing = paint(SHARED.grid("wing", "raised"), skin, membrane, dx=1, dy=rng.choice((5, 6)))
        body = in_front(both(wing), body)
    elif back == "tail":
        body = stack(paint(ART.grid("imp tail"), skin, dx=11, dy=8), body)
    elif back:
        body = armed(body, back, hand_y=12)
    return done(body, f"{name} imp with " + ("a single horn" if horns == "single" else f"{horns} horns"))


CLOTH = ("red", "orange", "blue", "violet", "brown", "grey", "teal", "white", "gold", "black")
TROUSERS = ("brown", "grey", "black", "blue")


def goblin(rng: random.Random) -> Sprite:
    """A big-eared goblin in simple clothes."""
    name = rng.choice(("green", "green", "olive", "teal", "red", "violet"))
    skin, shirt, trousers = FLESH[name], COLOURS[rng.choice(CLOTH)], COLOURS[rng.choice(TROUSERS)]
    arm = rng.choice(("", "sword", "axe", "club", "torch", "spear"))
    pose = rng.choice(("standing", "walking", "waving"))
    worn = rng.choice(("", "", "", "pointed hat", "crown", "helmet"))
    body = stack(
        put(ART.grid("body", pose), skin, shirt, trousers),
        put(rng.choice(ART.grids("goblin head")), skin, bottom=8, y=GLOWS[rng.choice(("yellow", "red", "green"))]),
    )
    if worn == "helmet":
        body = stack(body, put(ART.grid("goblin helmet"), rng.choice((IRON, LEATHER, GOLD)), bottom=2))
    elif worn:
        body = stack(body, hat(worn, 3))
    return done(armed(body, arm, x=13), f"{name} goblin{carrying(arm or worn)}")


def zombie(rng: random.Random) -> Sprite:
    """A shambling corpse, arms out or dangling."""
    name = rng.choice(("green", "grey", "teal", "olive", "violet"))
    skin, shirt, trousers = FLESH[name], COLOURS[rng.choice(CLOTH)], COLOURS[rng.choice(TROUSERS)]
    pose = rng.choice(("reaching", "reaching", "walking", "waving"))
    top, grid = ART.pick(rng, "zombie top")
    left = -1 if pose == "reaching" else 0
    bare = put(rng.choice(ART.grids("zombie head")), skin, bottom=7, m=MOUTH)
    hair = COLOURS[rng.choice(("brown", "black", "grey", "orange"))]
    head = stack(bare, put(grid, skin, hair, COLOURS["pink"], bottom=len(grid.split())))
    body = in_front(put(ART.grid("body", pose), skin, shirt, trousers), shift(head, left))
    words = {"messy hair": " with messy hair", "flat hair": " with flat hair", "bare brain": " with a bare brain"}
    return done(body if some(rng, 0.6) else mirror(body), f"{name} zombie{words.get(top, '')}")


def mummy(rng: random.Random) -> Sprite:
    """A mummy with glowing eyes between its bandages."""
    name = rng.choice(("", "", "grey ", "green ", "golden ", "blue "))
    cloth = {"": BANDAGE, "grey ": STEEL, "green ": FLESH["olive"], "golden ": GOLD, "blue ": ICE}[name]
    pose, grid = ART.pick(rng, "mummy body")
    loose = rng.choice(ART.grids("loose bandage"))
    head = put(rng.choice(ART.grids("mummy head")), cloth, bottom=8, y=GLOWS[rng.choice(tuple(GLOWS))])
    body = stack(paint(loose, cloth, dx=12, dy=4), put(grid, cloth))
    body = in_front(body, shift(head, -1 if pose == "reaching" else 0))
    worn = rng.choice(("", "", "crown", "flower"))
    if worn:
        body = stack(body, hat(worn, 3, -1 if pose == "reaching" else 0))
    return done(body if some(rng, 0.6) else mirror(body), f"{name}mummy{carrying(worn)}")
