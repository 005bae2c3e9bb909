"""Bread and cheese."""

from __future__ import annotations

import random

from ..art import Art
from ..canvas import Sprite, mirror, paint, shift, stack
from ..palette import ramp
from .tools import (
    BLUE,
    CARAMEL,
    CHEESE,
    CHINA,
    CHOCOLATE,
    CREAM,
    CROCKERY,
    CRUST,
    GREEN,
    LEMON,
    ORANGE,
    PAN,
    PINK,
    RED,
    RYE,
    VIOLET,
    YELLOW,
    bitten,
    clip,
    phrase,
    pick,
    pile,
    plated,
    serve,
)

ART = Art(__file__)

CHEDDAR = ramp(68, 0.165, 0.75, 0.95)
SPREADS = ("butter", "jam", "jam", "egg")
JAMS = {
    "strawberry jam": RED,
    "blueberry jam": VIOLET,
    "orange jam": ORANGE,
    "honey": YELLOW,
    "chocolate": CHOCOLATE,
    "cheese": CHEESE,
}


def bread(rng: random.Random) -> Sprite:
    """Bread: a slashed loaf, a round loaf, or a slice of toast with something on it."""
    name, crust = pick(rng, {"": CRUST, "rye": RYE, "golden": CARAMEL})
    form = rng.choice((0, 1, 2, 2))
    flour = rng.choice((CREAM, crust[4:] * 5))
    body = paint(ART.grid("loaf", form), crust, CREAM if form == 2 else flour, dx=1, dy=3)
    if form == 0:
        word, body = bitten(rng, body, CREAM[3], 0.35)
        where, body = plated(rng, body)
        return serve(rng, phrase(word, f"{name} loaf".strip(), "of bread", where), body)
    if form == 1:
        body = stack(body, clip(paint(rng.choice(ART.grids("slashes")), dx=1, dy=4, e=flour[3]), body))
        where, body = plated(rng, body)
        return serve(rng, phrase("round", name, "bread", where), body)
    which = rng.randrange(5)
    words = phrase("slice of", name, "toast")
    if which < 4:
        (jam, sauce), kind = pick(rng, JAMS), SPREADS[which]
        sauce = {"butter": CHEESE, "egg": CHINA}.get(kind, sauce)
        body = stack(body, paint(ART.grid("spread", which), crust, crust, sauce, dx=1, dy=3, y=YELLOW[3]))
        words = f"{words} with {jam if kind == 'jam' else kind}"
    bite, body = bitten(rng, body, CREAM[2])
    return serve(rng, phrase(bite, words), body)


def baguette(rng: random.Random) -> Sprite:
    """A baguette: long or short, alone or two crossed, perhaps broken."""
    name, crust = pick(rng, {"": CRUST, "dark": RYE, "golden": CARAMEL, "light": ramp(75, 0.10, 0.76)})
    form, crumb = rng.randrange(2), rng.choice((CREAM, crust[3:4] * 5))
    one = paint(ART.grid("baguette", form), crust, crumb, dx=1, dy=1)
    if rng.random() < 0.4:
        pair = (one, mirror(one)) if rng.random() < 0.5 else (mirror(one), one)
        return serve(rng, phrase("two", name, "baguettes"), pile(*pair))
    word, one = bitten(rng, one, CREAM[3], 0.3)
    if rng.random() < 0.5:
        wrap = paint(ART.grid("wrapper"), CREAM, pick(rng, CROCKERY)[1], dx=1, dy=1)
        cloth = clip(shift(wrap, dy=form), one)
        return serve(rng, phrase(word, name, "baguette in a wrapper"), one, cloth)
    return serve(rng, phrase(word, name, "baguette"), one)


def croissant(rng: random.Random) -> Sprite:
    """A croissant, plain or glazed."""
    name, crust = pick(
        rng, {"": CRUST, "golden": CARAMEL, "light": ramp(75, 0.12, 0.76), "chocolate": ramp(48, 0.08, 0.44)}
    )
    layer = paint(rng.choice(ART.grids("croissant")), crust, dx=1, dy=3)
    glaze = rng.randrange(3)
    kind, sauce = pick(rng, {"chocolate": CHOCOLATE, "strawberry": PINK, "vanilla": CREAM})
    topping = clip(paint(ART.grid("glaze", glaze), dx=1, dy=4, f=sauce[2], mirror=rng.random() < 0.5), layer)
    word, layer = bitten(rng, stack(layer, topping), CREAM[3], 0.35)
    extra = ("", f"with {kind} icing", "with sugar")[glaze]
    return serve(rng, phrase(word, name, "croissant", extra), layer)


CHEESE_KINDS = {"yellow": CHEESE, "cheddar": CHEDDAR, "pale": CREAM, "goat": CHINA, "lemon": LEMON}
RINDS = {"red": RED, "brown": RYE, "black": PAN, "yellow": YELLOW, "green": GREEN}


def cheese(rng: random.Random) -> Sprite:
    """Cheese: a wedge with holes or mould, or a wheel with a piece cut out."""
    (name, curd), (skin, rind) = pick(rng, CHEESE_KINDS), pick(rng, RINDS)
    if rng.random() < 0.3:
        wheel = paint(ART.grid("cheese wheel"), curd, curd, rind, dx=1, dy=3)
        return serve(rng, f"wheel of {name} cheese with a {skin} rind", wheel)
    body = paint(ART.grid("cheese wedge"), curd, curd, rind, dx=1, dy=3)
    holes = rng.randrange(4)
    blue = holes >= 2 and name in ("pale", "goat", "lemon")
    marks = paint(ART.grid("cheese holes", holes), curd, (BLUE[1], BLUE[2], *BLUE[2:]) if blue else curd, dx=1, dy=3)
    body = stack(body, clip(marks, body))
    bite, body = bitten(rng, body, curd[4], 0.3)
    where, body = plated(rng, body, 0.3)
    return serve(rng, phrase(bite, "wedge of", "blue" if blue else name, "cheese", where), body)
