"""Meat, fish and eggs."""

from __future__ import annotations

import random

from ..art import Art
from ..canvas import Layer, Sprite, paint, shift, stack
from ..palette import BONE, COLOURS, INK, LEAF, STEEL, ramp
from .tools import ART as SHARED
from .tools import (
    BLUE,
    CARAMEL,
    CHEESE,
    CHINA,
    CREAM,
    CRUST,
    DARK_RED,
    HAM,
    LEMON,
    ORANGE,
    RAW,
    RED,
    SALMON,
    SKY,
    YELLOW,
    bitten,
    box,
    clip,
    deep,
    flat,
    phrase,
    pick,
    pile,
    plated,
    serve,
    without,
)

ART = Art(__file__)

ROAST = ramp(48, 0.125, 0.53, 0.95)
ROASTS = {
    "roast": ROAST,
    "grilled": ramp(40, 0.09, 0.42),
    "golden": CARAMEL,
    "raw": HAM,
    "glazed": ramp(33, 0.16, 0.52),
}


def _roast(rng: random.Random, form: int, noun: str) -> Sprite:
    name, meat = pick(rng, ROASTS)
    body = paint(ART.grid("roast", form), meat, BONE if form < 2 else HAM, dx=1, dy=1)
    fleshy = paint(without("abcdek", ART.grid("roast", form)), meat, dx=1, dy=1)
    crisp = paint(rng.choice(ART.grids("crisp")), meat, dx=rng.choice((1, 2)), dy=rng.choice((1, 2)))
    body = stack(body, clip(crisp, fleshy))
    word, body = bitten(rng, body, meat[4], 0.4)
    where, body = plated(rng, body, 0.5) if form else ("", body)
    return serve(rng, phrase(word, name, noun, where), body)


def drumstick(rng: random.Random) -> Sprite:
    """A drumstick with its bone."""
    return _roast(rng, 0, "drumstick")


def ham(rng: random.Random) -> Sprite:
    """A big piece of meat: on a bone, or a ham with its cut face."""
    return _roast(rng, *rng.choice(((1, "meat on the bone"), (2, "ham"))))


STEAK_KINDS = {"raw": RAW, "rare": DARK_RED, "grilled": ramp(38, 0.08, 0.42), "pork": HAM, "roast": ROAST}


def steak(rng: random.Random) -> Sprite:
    """A steak in its rim of fat, raw or grilled."""
    name, meat = pick(rng, STEAK_KINDS)
    grid = rng.choice(ART.grids("steak"))
    whole = paint(grid, meat, CREAM, dx=1, dy=2)
    middle = paint(without("cde", grid), meat, dx=1, dy=2)
    whole = stack(whole, clip(paint(rng.choice(ART.grids("grill marks")), dx=1, dy=3, f=meat[0]), middle))
    herb = paint(rng.choice(ART.grids("herb")), meat, LEAF, dx=rng.choice((4, 5)), dy=rng.choice((4, 5, 6)))
    word, whole = bitten(rng, stack(whole, herb), meat[3], 0.3)
    where, whole = plated(rng, whole)
    return serve(rng, phrase(word, name, "steak", where), whole)


FISH_COLOURS = {
    "blue": SKY,
    "silver": STEEL,
    "red": SALMON,
    "green": COLOURS["teal"],
    "golden": YELLOW,
    "pink": HAM,
    "brown": CRUST,
}


def fish(rng: random.Random) -> Sprite:
    """A fish, alone or on a plate, sometimes with a pattern or a piece of lemon."""
    name, scales = pick(rng, FISH_COLOURS)
    fin = rng.choice((scales, ORANGE, BLUE, DARK_RED))
    form = rng.randrange(2)
    body = paint(ART.grid("fish", form), scales, (*fin[:3], *CREAM[3:]), dx=1, dy=3)
    marks = paint(rng.choice(ART.grids("fish pattern")), dx=1, dy=4 + form, f=scales[1])
    body = stack(body, clip(marks, body))
    where, body = plated(rng, body)
    if where and rng.random() < 0.5:
        slice_of = paint(SHARED.grid("slice", "wedge"), deep(LEMON), CREAM, dx=rng.choice((2, 7)), dy=10)
        body, where = pile(body, _centre_on(slice_of, body)), f"and lemon {where}"
    return serve(rng, phrase(name, "fish", where), body)


def _centre_on(layer: Layer, base: Layer) -> Layer:
    """Move a layer down or up so that its last row stands on the base's last but one."""
    return shift(layer, dy=box(base)[3] - 1 - box(layer)[3])


def fishbone(rng: random.Random) -> Sprite:
    """What is left of a fish: head, bones and tail."""
    bones, eye = rng.choice((BONE, CHINA, CHEESE)), rng.choice((INK, RED[1], BLUE[1]))
    rows = rng.choice(ART.grids("fish bones")).split()
    broken, lower = rng.randrange(7, 11), rng.random() < 0.5
    for y in range(5, 8) if lower else range(3):
        rows[y] = rows[y][:broken] + ("." if broken < 10 else rows[y][broken]) + rows[y][broken + 1 :]
    layer = paint("\n".join(rows), BONE, bones, dx=1, dy=4, k=eye)
    where, layer = plated(rng, layer, 0.6)
    return serve(rng, phrase("fish bones", where), layer)


def egg(rng: random.Random) -> Sprite:
    """A fried egg: alone, on a plate, with bacon or herbs."""
    white = paint(rng.choice(ART.grids("fried egg")), CHINA, dx=1, dy=2)
    yolk = rng.choice((YELLOW, ORANGE, CHEESE, ramp(62, 0.17, 0.76)))
    which = rng.randrange(4)
    x, y = rng.choice((3, 4)) if which == 2 else rng.choice((4, 5, 6)), rng.choice((4, 5))
    yolks = paint(ART.grid("yolk", which), yolk, yolk, yolk, dx=x, dy=y)
    words = "two fried eggs" if which == 2 else "fried egg"
    layer = stack(white, clip(flat(shift(yolks, 1, 1), CHINA[2]), white), yolks)
    if rng.random() < 0.3:
        herbs = paint(rng.choice(SHARED.grids("sprinkles")[:2]), dx=2, dy=4, y=LEAF[2], z=LEAF[2], v=INK)
        layer = stack(layer, clip(herbs, white), yolks)
        words += " with herbs"
    if rng.random() < 0.3:
        layer = pile(shift(layer, dy=-1), paint(rng.choice(ART.grids("bacon")), RAW, CREAM, dx=1, dy=10))
        words += " and bacon"
    return serve(rng, words, layer)
