"""Vegetables."""

from __future__ import annotations

import random

from ..art import Art
from ..canvas import Sprite, paint, stack
from ..palette import INK, WHITE, WOOD, ramp
from .tools import (
    APPLE_GREEN,
    CARAMEL,
    CHEESE,
    CREAM,
    DARK_RED,
    GREEN,
    GREENS,
    LEMON,
    LIME,
    ORANGE,
    PLUM,
    RED,
    VIOLET,
    YELLOW,
    bitten,
    box,
    clip,
    deep,
    phrase,
    pick,
    pile,
    plated,
    serve,
    without,
)

ART = Art(__file__)

CARROT_COLOURS = {"": ORANGE, "purple": PLUM, "yellow": YELLOW, "red": ramp(32, 0.18, 0.58), "white": CREAM}


def carrot(rng: random.Random) -> Sprite:
    """A carrot: thin or stout, aslant or upright, or three in a bunch."""
    name, flesh = pick(rng, CARROT_COLOURS)
    green = rng.choice(GREENS)
    form = rng.randrange(4)
    if form == 3:
        tops = paint(rng.choice(ART.grids("carrot tops")), flesh, green, dx=2, dy=0)
        small, side = ART.grid("carrot", 3), []
        for x in (0, 7):
            other = CARROT_COLOURS[rng.choice(("", "purple", "yellow"))]
            side.append(paint(small, rng.choice((flesh, other)), dx=x, dy=2))
        middle = paint(small, flesh, dx=3 + rng.randint(0, 1), dy=rng.choice((2, 3)))
        return serve(rng, phrase("bunch of", name, "carrots"), pile(*side, middle), tops)
    word, body = "", paint(ART.grid("carrot", form), flesh, green, dx=1, dy=1)
    if form != 2 and rng.random() < 0.35:
        cut = rng.choice((2, 3, 4))
        word, body = "bitten", stack(body, paint("xxxxxxxx\n" * cut, dx=1, dy=15 - cut))
    return serve(rng, phrase(word, name, "carrot"), body)


TOMATO_COLOURS = {"": RED, "orange": ORANGE, "yellow": YELLOW, "green": APPLE_GREEN, "dark": DARK_RED}


def tomato(rng: random.Random) -> Sprite:
    """A tomato: flat, tall or cut through."""
    name, skin = pick(rng, TOMATO_COLOURS)
    form = rng.choice((0, 0, 1, 2, 2))
    flesh, top = (deep(skin), 1) if form == 1 else (skin, 3)
    body = paint(ART.grid("tomato", form), flesh, dx=2, dy=top, y=rng.choice((YELLOW[4], LIME[3])))
    word = "half of a" if form == 1 else ""
    if form != 1 or rng.random() < 0.5:
        bite, body = bitten(rng, body, skin[4], capped=form != 1)
        word = bite if form != 1 else phrase(bite, word)
    if form == 1:
        where, body = plated(rng, body, 0.3)
        return serve(rng, phrase(word, name, "tomato", where), body)
    shine = paint(rng.choice(ART.grids("tomato shine")), dx=4, dy=6, w=WHITE)
    calyx, green, turned = rng.choice(ART.grids("calyx")), rng.choice(GREENS), rng.random() < 0.5
    cap = paint(calyx, skin, skin, green, dx=2 - (form == 2), dy=0, mirror=turned)
    return serve(rng, phrase(word, name, "tomato"), body, clip(shine, body), cap, flip=False)


PEPPER_COLOURS = {"red": RED, "green": GREEN, "yellow": LEMON, "orange": ORANGE, "purple": PLUM}


def pepper(rng: random.Random) -> Sprite:
    """A bell pepper or a chili."""
    name, skin = pick(rng, PEPPER_COLOURS)
    green = rng.choice(GREENS)
    if rng.random() < 0.6:
        pod = paint(rng.choice(ART.grids("chili")), skin, skin, green, dx=1, dy=1)
        return serve(rng, f"{name} chili pepper", pod)
    word, body = bitten(rng, paint(ART.grid("bell pepper"), skin, dx=2, dy=3), skin[4], 0.3, True)
    stem = paint(rng.choice(ART.grids("pepper stem")), skin, skin, green, dx=2, dy=1)
    return serve(rng, phrase(word, name, "bell pepper"), body, stem, flip=rng.random() < 0.5)


AUBERGINE_COLOURS = {
    "": PLUM,
    "violet": VIOLET,
    "white": CREAM,
    "dark": ramp(300, 0.07, 0.32, 0.75),
    "pink": ramp(335, 0.14, 0.55),
}


def aubergine(rng: random.Random) -> Sprite:
    """An aubergine: round, upright or long."""
    name, skin = pick(rng, AUBERGINE_COLOURS)
    body = paint(rng.choice(ART.grids("aubergine")), skin, rng.choice(GREENS), dx=1, dy=1)
    marks = paint(rng.choice(ART.grids("aubergine stripes")), dx=1, dy=rng.choice((5, 6)), e=skin[4])
    word, body = bitten(rng, stack(body, clip(marks, body)), CREAM[3], 0.25, True)
    return serve(rng, phrase(word, name, "aubergine"), body)


CORN_COLOURS = {"": CHEESE, "golden": YELLOW, "white": CREAM, "red": DARK_RED, "blue": ramp(280, 0.10, 0.46)}


def corn(rng: random.Random) -> Sprite:
    """A corn cob: in its husk, aslant, or on a stick."""
    name, grain = pick(rng, CORN_COLOURS)
    form = rng.randrange(3)
    grid = ART.grid("corn", form)
    cob = paint(grid, grain, rng.choice(GREENS), dx=1, dy=1, y=WOOD[3])
    husk = paint(without("01234y", grid), grain, rng.choice(GREENS), dx=1, dy=1)
    dots = rng.choice((YELLOW, DARK_RED, CREAM, CARAMEL))
    dotted = clip(paint(rng.choice(ART.grids("kernels")), dx=1, dy=2, p=dots[2], q=dots[3]), cob)
    top = stack(cob, dotted, husk)
    if form == 2:
        stick = paint(ART.grid("corn stick"), dx=5, dy=12, y=WOOD[3])
        butter = paint(rng.choice(ART.grids("butter")), grain, LEMON, dx=5, dy=rng.randint(3, 6))
        top = stack(top, stick, butter)
    return serve(rng, phrase(name, "corn on a stick" if form == 2 else "corn cob"), top)


PUMPKIN_COLOURS = {
    "": ORANGE,
    "white": CREAM,
    "green": ramp(135, 0.10, 0.52),
    "pale": ramp(70, 0.11, 0.78),
    "red": ramp(38, 0.18, 0.58),
}


def pumpkin(rng: random.Random) -> Sprite:
    """A pumpkin: broad, tall or flat, plain or carved."""
    name, skin = pick(rng, PUMPKIN_COLOURS)
    form = rng.randrange(3)
    body = paint(ART.grid("pumpkin", form), skin, dx=1, dy=2 + 2 * (form == 0))
    top = box(body)[1]
    stem = paint(rng.choice(ART.grids("pumpkin stem")), skin, skin, rng.choice((*GREENS, WOOD)), dx=2, dy=top - 2)
    words = phrase(name, "pumpkin")
    if rng.random() < 0.5:
        glow = rng.choice((INK, INK if name in ("white", "pale") else YELLOW[4]))
        carved = paint(rng.choice(ART.grids("pumpkin face")), dx=1, dy=top + (3 if form == 1 else 2), f=glow)
        body = stack(body, clip(carved, body))
        words = phrase("carved", words)
    return serve(rng, words, body, stem, flip=rng.random() < 0.3)
