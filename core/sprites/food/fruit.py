"""Fruit."""

from __future__ import annotations

import random

from ..art import Art
from ..canvas import Layer, Sprite, paint, shift, stack
from ..palette import INK, LEAF, WHITE, WOOD, Ramp, ramp
from .tools import (
    APPLE_GREEN,
    CARAMEL,
    CHEESE,
    CHOCOLATE,
    CREAM,
    DARK_RED,
    GREEN,
    GREENS,
    LEMON,
    LIME,
    ORANGE,
    PAN,
    PINK,
    PLUM,
    RED,
    RYE,
    SALMON,
    VIOLET,
    YELLOW,
    bitten,
    clip,
    deep,
    phrase,
    pick,
    pile,
    plated,
    serve,
)
from .tools import ART as SHARED

ART = Art(__file__)

STALK_COLUMNS = (1, 1, 1, 1, 3, 1, 3)  # of their lower ends
APPLES = {"red": RED, "green": APPLE_GREEN, "golden": LEMON, "dark red": DARK_RED, "orange": ORANGE}


def _stalk(rng: random.Random, column: int, bottom: int) -> Layer:
    """A stalk, often with leaves, that ends in this column above this row."""
    which = rng.randrange(len(STALK_COLUMNS))
    wood, green = rng.choice((WOOD[1], GREENS[2][1])), rng.choice(GREENS)
    x, y = column - STALK_COLUMNS[which], bottom - 3
    return paint(ART.grid("stalk", which), green, green, dx=x, dy=y, p=wood, q=wood)


def apple(rng: random.Random) -> Sprite:
    """An apple: round or tall, whole, bitten or cut in half."""
    name, skin = pick(rng, APPLES)
    form = rng.choice((0, 0, 1, 1, 2))
    body = paint(ART.grid("apple", form), skin, CREAM, dx=1, dy=4)
    word = "half of a" if form == 2 else ""
    if form < 2:
        if name in ("green", "golden", "orange") and rng.random() < 0.5:
            body = stack(body, clip(paint(rng.choice(ART.grids("blush")), RED, RED, RED, dx=1, dy=5), body))
        word, body = bitten(rng, body, CREAM[3], capped=True)
    leaf = _stalk(rng, 5 if form == 1 else 6 + (form < 1), 5)
    return serve(rng, phrase(word, name, "apple"), body, leaf, flip=False)


PEARS = {"green": APPLE_GREEN, "yellow": LEMON, "red": DARK_RED, "brown": ramp(75, 0.11, 0.62), "golden": YELLOW}


def pear(rng: random.Random) -> Sprite:
    """A pear: straight, leaning, stout or cut in half."""
    name, skin = pick(rng, PEARS)
    form = rng.randrange(4)
    body = paint(ART.grid("pear", form), skin, CREAM, dx=2, dy=4)
    word = "half of a" if form == 2 else ""
    if form != 2:
        if name != "red" and rng.random() < 0.4:
            blush = paint(ART.grid("pear blush"), RED, RED, rng.choice((RED, ORANGE)), dx=2, dy=8)
            body = stack(body, clip(blush, body))
        word, body = bitten(rng, body, CREAM[3], capped=True)
    return serve(rng, phrase(word, name, "pear"), body, _stalk(rng, 8 if form == 1 else 7, 5), flip=form == 2)


CHERRIES = {"red": RED, "black": PLUM, "dark": DARK_RED, "golden": ORANGE, "pink": PINK}


def cherry(rng: random.Random) -> Sprite:
    """A cherry on its stem, or a pair of them."""
    name, skin = pick(rng, CHERRIES)
    green, leaf = rng.choice(GREENS), rng.randrange(3)
    form = rng.randrange(4)
    stem = paint(ART.grid("cherry stem", form), skin, green, dx=1, dy=1)
    leaf_layer = paint(ART.grid("cherry leaf", leaf), skin, green, dx=(11, 9, 10, 3)[form] - 1, dy=1)
    if form == 3:
        berry = paint(rng.choice((SHARED.grid("ball"), ART.grid("cherry heart"))), skin, dx=4, dy=6)
        return serve(rng, f"{name} cherry", berry, leaf_layer, stem)
    one, two = rng.choice(((7, 8), (8, 7), (8, 8)))
    places = [(1, one), (9 - (form == 1), two), (5, 9)]
    words = "three" if rng.random() < 0.4 else "two"
    berries = [paint(ART.grid("cherry"), skin, dx=x, dy=y) for x, y in places[: 3 if words == "three" else 2]]
    return serve(rng, f"{words} {name} cherries", leaf_layer, stem, pile(*berries))


BANANAS = {"yellow": LEMON, "green": APPLE_GREEN, "golden": YELLOW, "red": ramp(30, 0.13, 0.52)}


def banana(rng: random.Random) -> Sprite:
    """A banana, two of them, or a peeled one."""
    name, skin = pick(rng, BANANAS)
    tip, form = rng.choice((RYE, GREENS[1], PAN)), rng.randrange(5)
    if form == 0:
        _, body = bitten(rng, paint(ART.grid("banana", "peeled"), skin, CREAM, dx=1, dy=1, b=tip[1]), CREAM[4], 0)
        cut = rng.randrange(4)
        body = stack(body, paint("xxxxxxxx\n" * cut, dx=4, dy=1)) if cut else body
        return serve(rng, f"peeled {name} banana", body)
    grid = ART.grid("banana", rng.choice(("slim", "fat")))
    one = paint(grid, skin, tip, dx=1, dy=1)
    spots = clip(paint(rng.choice(ART.grids("banana spots")), dx=1, dy=1, f=skin[0]), one)
    if form < 3:
        return serve(rng, f"{name} banana", one, spots)
    back = paint(ART.grid("banana", "slim"), skin, tip, dx=0 if form == 3 else -1, dy=-1 if form == 3 else -2)
    return serve(rng, f"two {name} bananas", pile(back, stack(shift(one, 1, 1), shift(spots, 1, 1))))


BUNCHES: dict[str, tuple[tuple[int, int], ...]] = {
    "": ((1, 4), (9, 4), (5, 4), (3, 7), (7, 7), (5, 10)),
    "full": ((0, 4), (10, 4), (3, 3), (7, 3), (1, 7), (9, 7), (5, 6), (3, 9), (7, 9), (5, 11)),
    "long": ((3, 3), (7, 3), (5, 5), (2, 6), (8, 6), (4, 8), (7, 9), (5, 11)),
    "crooked": ((1, 4), (5, 3), (9, 4), (2, 7), (6, 6), (10, 7), (4, 9), (8, 9), (6, 11)),
}
GRAPES = {
    "purple": VIOLET,
    "green": LIME,
    "red": DARK_RED,
    "blue": ramp(275, 0.13, 0.46),
    "white": ramp(108, 0.12, 0.80, 0.9),
}


def grapes(rng: random.Random) -> Sprite:
    """A bunch of grapes."""
    (name, skin), (shape, places) = pick(rng, GRAPES), pick(rng, BUNCHES)
    gone = rng.choice((None, None, 0, 1, 2))
    berries = [paint(ART.grid("grape"), skin, dx=1 + x, dy=y) for i, (x, y) in enumerate(places) if i != gone]
    grid, shoots, turned = rng.choice(ART.grids("vine")), rng.choice(GREENS), rng.random() < 0.5
    leaves = {"b": LEAF[1], "c": LEAF[2], "d": LEAF[3]}
    vine = paint(grid, skin, skin, shoots, dx=1, dy=1, mirror=turned, p=WOOD[1], **leaves)
    words = phrase(shape, "bunch of", name, "grapes")
    return serve(rng, words, vine, pile(*berries, line=skin[0]), flip=rng.random() < 0.3)


CITRUS: dict[str, tuple[Ramp, Ramp]] = {
    "orange": (ORANGE, ORANGE),
    "lemon": (LEMON, LEMON),
    "lime": (ramp(118, 0.17, 0.82, 0.9), GREEN),
    "grapefruit": (SALMON, YELLOW),
    "blood orange": (RED, ORANGE),
    "pomelo": (LEMON, LIME),
    "clementine": (ramp(60, 0.17, 0.74), ramp(45, 0.19, 0.65)),
}


def citrus(rng: random.Random) -> Sprite:
    """A citrus fruit: whole, half, a slice, two slices, or whole with a half before it."""
    name, (pulp, peel) = pick(rng, CITRUS)
    form = rng.randrange(5)
    if form == 0:
        body = paint(ART.grid("citrus", "whole"), pulp, CREAM, peel, dx=2, dy=4)
        dots = paint(rng.choice(ART.grids("peel dots")), dx=2, dy=4, w=WHITE)
        return serve(rng, name, body, clip(dots, body), _stalk(rng, 7, 4), flip=False)
    if form == 1:
        half = paint(ART.grid("citrus", "half"), deep(pulp), CREAM, peel, dx=1, dy=1)
        word, half = bitten(rng, half, CREAM[3], 0.3)
        return serve(rng, phrase(word, f"half of a {name}"), half)
    wedge = paint(ART.grid("citrus", "wedge"), deep(pulp), CREAM, peel, dx=1, dy=6)
    if form == 2:
        where, layer = plated(rng, wedge)
        return serve(rng, phrase(f"slice of {name}", where), layer)
    if form == 3:
        rind = (peel[1], peel[2], *CREAM[2:])
        slices = [SHARED.grid("slice", rng.choice(("big", "half"))) for _ in range(2)]
        back, front = (paint(s, deep(pulp), rind, dx=x, dy=y) for s, x, y in zip(slices, (2, 7), (3, 6), strict=True))
        return serve(rng, f"two slices of {name}", pile(back, front))
    whole = stack(paint(ART.grid("citrus", "small"), pulp, CREAM, peel, dx=5, dy=3), _stalk(rng, 10, 3))
    grid = SHARED.grid("slice", rng.choice(("half", "wedge")))
    cut = paint(grid, deep(pulp), (peel[1], peel[2], *CREAM[2:]), dx=2, dy=rng.choice((7, 8)))
    return serve(rng, f"{name} and a slice", pile(whole, cut))


LEMONS = {"lemon": LEMON, "lime": LIME, "ripe lemon": YELLOW, "green lime": GREEN}


def lemon(rng: random.Random) -> Sprite:
    """A lemon or lime with its two tips, with or without leaves or a cut half."""
    name, peel = pick(rng, LEMONS)
    body = paint(rng.choice(ART.grids("lemon")), peel, dx=1, dy=4)
    dots = clip(paint(rng.choice(ART.grids("peel dots")), dx=2, dy=4, w=WHITE), body)
    body = stack(body, dots, _stalk(rng, rng.choice((7, 8)), 4))
    if rng.random() < 0.5:
        return serve(rng, name, body)
    grid = SHARED.grid("slice", rng.choice(("half", "wedge")))
    cut = paint(grid, deep(peel), (*peel[:2], *CREAM[2:]), dx=rng.choice((1, 7)), dy=rng.choice((7, 8)))
    return serve(rng, f"{name} with a slice", pile(body, cut))


MELON_FLESH: dict[str, tuple[Ramp, Ramp]] = {
    "watermelon": (RED, GREEN),
    "pink watermelon": (PINK, LEAF),
    "yellow watermelon": (LEMON, GREEN),
    "cantaloupe": (SALMON, YELLOW),
    "honeydew melon": (ramp(122, 0.10, 0.86, 0.8), LEMON),
    "orange watermelon": (ORANGE, LEAF),
}


def watermelon(rng: random.Random) -> Sprite:
    """A melon: a boat-shaped slice, a triangle or the whole striped fruit."""
    name, (flesh, rind) = pick(rng, MELON_FLESH)
    form = rng.choice((0, 0, 1, 1, 1, 2))
    seeds = rng.choice((INK, flesh[1], CREAM[3]))
    layer = paint(ART.grid("melon", form), deep(flesh), CREAM, rind, dx=1, dy=1, k=seeds)
    if form == 2:
        stalk = paint(rng.choice(ART.grids("melon stalk")), dx=7, dy=0, p=WOOD[1])
        return serve(rng, f"whole {name}", layer, stalk)
    where, rest = "", layer
    word, rest = bitten(rng, layer, flesh[4], 0.5)
    if form == 0:
        where, rest = plated(rng, rest)
    return serve(rng, phrase(word, "slice of", name, where), rest)


BERRY_REDS = {"": RED, "dark": DARK_RED, "pink": PINK, "white": CREAM, "wild": ramp(12, 0.2, 0.52)}
DIPS = {"chocolate": CHOCOLATE, "white chocolate": CREAM, "caramel": CARAMEL}


def strawberry(rng: random.Random) -> Sprite:
    """A strawberry: broad, round or halved, bitten or dipped."""
    name, skin = pick(rng, BERRY_REDS)
    form = rng.choice((0, 0, 1, 1, 2))
    seeds = RED[2] if name == "white" else rng.choice((YELLOW[4], CREAM[3]))
    body = paint(ART.grid("strawberry", form), skin, CREAM, dx=2, dy=4, y=seeds)
    words = phrase("half of a" if form == 2 else "", name, "strawberry")
    if form < 2 and rng.random() < 0.35:
        dip, sauce = pick(rng, DIPS)
        body = stack(body, clip(paint(ART.grid("dip"), skin, sauce, dx=2, dy=rng.choice((8, 9))), body))
        words = f"{words} dipped in {dip}"
    elif form < 2:
        bite, body = bitten(rng, body, skin[4], 0.35, True)
        words = phrase(bite, words)
    cap = paint(rng.choice(ART.grids("strawberry cap")), skin, skin, rng.choice(GREENS), dx=2, dy=2)
    return serve(rng, words, body, cap, flip=rng.random() < 0.4)


PINEAPPLE_SKINS = {"": YELLOW, "orange": ORANGE, "green": ramp(112, 0.15, 0.70), "red": ramp(45, 0.15, 0.58)}


def pineapple(rng: random.Random) -> Sprite:
    """A pineapple, or a ring of one."""
    name, skin = pick(rng, PINEAPPLE_SKINS)
    form = rng.choice((0, 0, 1, 1, 2))
    if form == 2:
        ring = paint(ART.grid("pineapple", 2), deep(rng.choice((LEMON, YELLOW, CHEESE))), dx=1, dy=2)
        word, ring = bitten(rng, ring, LEMON[4], 0.5)
        return serve(rng, phrase(word, "pineapple ring"), ring)
    crown = paint(rng.choice(ART.grids("pineapple crown")), skin, skin, rng.choice(GREENS), dx=4, dy=0)
    body = paint(ART.grid("pineapple", form), skin, dx=4, dy=6)
    crown = shift(crown, dx=rng.choice((0, 0, -form)))
    return serve(rng, phrase(name, "pineapple"), body, crown, flip=rng.random() < 0.5)
