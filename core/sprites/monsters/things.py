"""Things that have come alive."""

from __future__ import annotations

import random

from ..art import Art
from ..canvas import Sprite, paint, stack
from ..palette import BONE, COLOURS, GOLD, IRON, LEAF, STEEL, STONE, WOOD, Ramp, ramp
from .tools import ART as SHARED
from .tools import FLAMES, FLESH, GLOWS, ICE, MOUTH, carrying, colour, done, hat, put, some

ART = Art(__file__)

CLAY: Ramp = ramp(40, 0.10, 0.56)


def mushroom(rng: random.Random) -> Sprite:
    """A walking mushroom: its face is on the stem."""
    shape, grid = ART.pick(rng, "cap")
    name, cap = colour(rng, "red", "orange", "brown", "violet", "blue", "teal", "pink", "lime")
    pale = rng.choice((BONE, COLOURS["white"], ramp(70, 0.06, 0.76)))
    spots = rng.choice(("", *ART.grids(f"spots on {shape}")))
    top = 9 - len(grid.split())
    layers = [
        put(rng.choice(ART.grids("stem")), pale, pale),
        paint(grid, cap, pale, dx=1, dy=top),
        paint(spots or ".", cap, COLOURS["white"], dx=1, dy=top),
        paint(rng.choice(SHARED.grids("small face")), dx=4, dy=9, m=MOUTH),
    ]
    kind = f"{name} mushroom with a {shape} cap"
    return done(stack(*layers), f"spotted {kind}" if spots else kind)


ROCKS: dict[str, Ramp] = {
    "stone": STONE, "iron": IRON, "clay": CLAY, "ice": ICE, "gold": GOLD, "wooden": WOOD,
    "lava": ramp(15, 0.04, 0.40, 0.9), "crystal": COLOURS["violet"], "jade": COLOURS["teal"],
    "sandstone": ramp(80, 0.07, 0.72),
}  # fmt: skip


def golem(rng: random.Random) -> Sprite:
    """A giant of stone or metal with glowing eyes."""
    shape, grid = ART.pick(rng, "golem")
    name = rng.choice(tuple(ROCKS))
    glow = GLOWS[rng.choice(tuple(GLOWS))]
    growth = rng.choice((".", *ART.grids("moss")))
    moss = FLAMES["fire"] if name == "lava" else COLOURS["white"] if name == "ice" else LEAF
    body = put(grid, ROCKS[name], y=glow)
    body = stack(body, paint(rng.choice(ART.grids("crack")), dx=1, dy=6), paint(growth, moss, moss, dx=1, dy=1))
    mossy = "mossy " if growth != "." and moss is LEAF else ""
    return done(body, f"{mossy}{name} {shape}")


def mimic(rng: random.Random) -> Sprite:
    """A treasure chest with teeth."""
    wood = rng.choice(("brown", "red", "blue", "green", "violet", "grey", "black", "teal"))
    metal = rng.choice(("gold", "iron", "steel"))
    trim = {"gold": GOLD, "iron": IRON, "steel": STEEL}[metal]
    tongue = COLOURS[rng.choice(("red", "pink", "violet", "lime"))]
    glow = GLOWS[rng.choice(("yellow", "red", "green"))]
    material = WOOD if wood == "brown" else COLOURS[wood]
    box = put(rng.choice(ART.grids("mimic")), material, trim, y=glow, m=tongue[2], n=tongue[1])
    return done(box, f"{wood} mimic chest with {metal} trim")


def plant(rng: random.Random) -> Sprite:
    """A flytrap or a flower with a face, in a pot, on leaves or on its roots."""
    base, grid = ART.pick(rng, "foot")
    pot = rng.choice((CLAY, STONE, COLOURS["blue"], COLOURS["white"], WOOD))
    stem = rng.choice((LEAF, COLOURS["teal"], FLESH["olive"]))
    foot = put(grid, stem, pot)
    if some(rng, 0.5):
        name, skin = colour(rng, "green", "red", "violet", "lime", "pink", "orange", "teal")
        tongue = COLOURS[rng.choice(("pink", "red", "violet"))]
        head = paint(ART.grid("flytrap"), skin, dx=1, dy=1, m=tongue[1], n=tongue[3])
        name = f"{name} flytrap"
    else:
        name, petals = colour(rng, "red", "pink", "violet", "orange", "white", "sky", "gold", "blue")
        disc = rng.choice((COLOURS["gold"], COLOURS["brown"], LEAF, COLOURS["orange"]))
        head = stack(
            paint(rng.choice(ART.grids("flower")), disc, petals, dx=1, dy=1),
            paint(rng.choice(SHARED.grids("small face")), dx=4, dy=5, m=MOUTH),
        )
        name = f"{name} flower monster"
    return done(stack(foot, head), name if base == "on leaves" else f"{name} {base}")


def pumpkin(rng: random.Random) -> Sprite:
    """A carved pumpkin with a light inside, on legs of vine."""
    name, rind = colour(rng, "orange", "orange", "orange", "gold", "green", "white", "violet")
    body = paint(rng.choice(ART.grids("pumpkin")), rind, dx=1, dy=3)
    light = GLOWS[rng.choice(("yellow", "yellow", "green", "red"))]
    cut = paint(rng.choice(ART.grids("carving")), dx=4, dy=5, y=light)
    legs = put(rng.choice(ART.grids("vine")), LEAF)
    worn = rng.choice(("stalk", "stalk", "pointed hat", "top hat", "crown"))
    top = put(ART.grid("stalk"), LEAF, bottom=3) if worn == "stalk" else hat(worn, 4)
    return done(stack(legs, body, cut, top), f"{name} pumpkin monster" + ("" if worn == "stalk" else carrying(worn)))


def robot(rng: random.Random) -> Sprite:
    """A robot built from a head, a body and something to move on."""
    name = rng.choice(("grey", "grey", "gold", "red", "blue", "teal", "white", "orange", "green"))
    shell = STEEL if name == "grey" else GOLD if name == "gold" else COLOURS[name]
    extra = COLOURS[rng.choice(("red", "gold", "sky", "lime", "violet"))]
    (head, top), (feet, base) = ART.pick(rng, "robot head"), ART.pick(rng, "robot feet")
    glow = GLOWS[rng.choice(tuple(GLOWS))]
    body = stack(
        put(base, shell, IRON, y=GLOWS["yellow"], f=COLOURS["orange"][2]),
        put(rng.choice(ART.grids("robot body")), shell, extra, bottom=11, y=glow),
        put(top, shell, extra, bottom=7, y=glow),
    )
    return done(body, f"{head} {name} robot {feet}")
