"""Pies, cakes and cookies."""

from __future__ import annotations

import random

from ..art import Art
from ..canvas import Arguments, Sprite, paint, stack
from ..palette import STEEL, Colour, ramp
from .tools import (
    BLUE,
    CARAMEL,
    CHEESE,
    CHOCOLATE,
    CREAM,
    CROCKERY,
    CRUST,
    DARK_RED,
    FROSTING,
    LEMON,
    LIME,
    ORANGE,
    PINK,
    PLUM,
    RED,
    RYE,
    SWEET_COLOURS,
    bitten,
    box,
    cake_top,
    clip,
    lowered,
    phrase,
    pick,
    pile,
    plated,
    serve,
    sprinkled,
    steaming,
    without,
)

ART = Art(__file__)

PIE_FILLINGS = {
    "cherry": RED,
    "blueberry": ramp(280, 0.15, 0.46),
    "apple": CHEESE,
    "pumpkin": ORANGE,
    "lime": LIME,
    "chocolate": CHOCOLATE,
    "plum": PLUM,
}


def pie(rng: random.Random) -> Sprite:
    """A pie: with a lattice, with a lid, or a slice."""
    (name, fruit), crust = pick(rng, PIE_FILLINGS), rng.choice((CRUST, CARAMEL, ramp(74, 0.11, 0.75)))
    form, dish = rng.choice((0, 1, 2, 2)), pick(rng, CROCKERY)[1]
    body = paint(ART.grid("pie", form), crust, fruit, rng.choice((dish, STEEL)), dx=1, dy=4)
    if form == 1:
        body = stack(body, clip(paint(rng.choice(ART.grids("pie marks")), dx=1, dy=5, f=crust[0]), body))
    if form == 2:
        grid, cream = rng.choice(ART.grids("pie cream")), rng.choice((CREAM, PINK))
        body = pile(body, paint(grid, crust, cream, dx=rng.choice((6, 8)), dy=3, r=RED[3], q=RED[1]))
        where, body = plated(rng, body, 0.7)
        return serve(rng, phrase(f"slice of {name} pie", where), body)
    sprite = serve(rng, f"{name} pie", body)
    return steaming(rng, lowered(sprite), sprite.caption, 0.5)


SYRUP_KINDS = {
    "maple syrup": CARAMEL,
    "chocolate": CHOCOLATE,
    "strawberry sauce": RED,
    "butter": CHEESE,
    "cream": CREAM,
    "blueberry sauce": ramp(280, 0.15, 0.46),
}


def pancakes(rng: random.Random) -> Sprite:
    """A stack of two to four pancakes under a sauce."""
    cake_, count = rng.choice((CRUST, CARAMEL, ramp(75, 0.11, 0.76), RYE)), rng.randint(2, 4)
    name, sauce = pick(rng, SYRUP_KINDS)
    jitter = [rng.choice((0, 0, 1)) for _ in range(count)]
    layers = [paint(ART.grid("pancake"), cake_, dx=1 + jitter[i], dy=12 - 2 * i) for i in range(count)]
    top = 12 - 2 * (count - 1)
    lid = paint(ART.grid("pancake lid"), cake_, dx=1 + jitter[-1], dy=top - 1)
    cover = paint(rng.choice(ART.grids("syrup")), cake_, sauce, dx=1 + jitter[-1], dy=top - 1)
    berries: Arguments = {"q": RED[1], "r": RED[3], "s": RED[4]}
    topping = paint(rng.choice((".", *ART.grids("pancake top"), ".")), cake_, LEMON, dx=6, dy=top - 2, **berries)
    body = stack(*layers, lid)
    body = pile(stack(body, clip(cover, body)), topping)
    where, body = plated(rng, body, 0.6)
    return serve(rng, phrase(f"pancakes with {name}", where), body, flip=False)


SPONGES = {
    "": ramp(78, 0.10, 0.80),
    "chocolate": CHOCOLATE,
    "red velvet": DARK_RED,
    "carrot": CARAMEL,
    "matcha": ramp(125, 0.10, 0.66),
}


def cake(rng: random.Random) -> Sprite:
    """A cake: a slice, a broad one or a tall one."""
    (sponge_name, sponge), (name, icing) = pick(rng, SPONGES), pick(rng, FROSTING)
    form, filling = rng.choice((0, 0, 1, 2)), rng.choice((CREAM, PINK, RED, CHOCOLATE, LEMON))
    grid = ART.grid("cake", form)
    body = paint(grid, sponge, filling, icing, dx=1, dy=3)
    _, dots = sprinkled(rng, paint(without("01234abcde", grid), sponge, sponge, icing, dx=1, dy=3), icing[2], 0.3)
    words, top = cake_top(rng, (9, 7, 7)[form], (5, 4, 4)[form], form == 0)
    body = pile(stack(body, dots), top)
    where, body = plated(rng, body, 0.4) if box(body)[3] - box(body)[1] < 12 else ("", body)
    noun = ("slice of", "", "small")[form]
    return serve(rng, phrase(noun, name, sponge_name, "cake", words, where), body, flip=form == 0)


def cupcake(rng: random.Random) -> Sprite:
    """A cupcake in a paper cup."""
    (name, icing), (_, cup) = pick(rng, FROSTING), pick(rng, {**CROCKERY, "brown": CHOCOLATE, "green": LIME})
    shape, grid = ART.pick(rng, "cupcake")
    tall = shape == "tall"
    y = 3 if tall else 4
    body = paint(grid, icing, cup, icing, dx=2, dy=y - 1)
    frosting = paint(without("abcde", grid), icing, icing, icing, dx=2, dy=y - 1)
    _, frosted = sprinkled(rng, frosting, icing[2], 0.5)
    words, top = cake_top(rng, 8 - tall, y + 1 - tall, True)
    if box(stack(top, body))[1] < 2 or tall:
        words, top = "", paint(".")
    return serve(rng, phrase(name, "cupcake", words), pile(stack(body, frosted), top), flip=False)


def doughnut(rng: random.Random) -> Sprite:
    """A doughnut with icing and sprinkles: from above, aslant, or filled."""
    (name, icing), dough = pick(rng, FROSTING), rng.choice((CRUST, CARAMEL, CHOCOLATE))
    form = rng.choice((0, 0, 1, 1, 2))
    if dough is icing:
        dough = CRUST
    body = paint(ART.grid("doughnut", form), dough, dx=1, dy=2)
    glaze = clip(paint(ART.grid("doughnut icing", form), dough, dough, icing, dx=1, dy=2), body)
    words, glaze = sprinkled(rng, glaze, icing[2], 0.65)
    bite, body = bitten(rng, stack(body, glaze), dough[4], 0.3)
    noun = "filled doughnut" if form == 2 else "doughnut"
    return serve(rng, phrase(bite, name, noun, f"with {words}" if words else ""), body)


COOKIE_DOUGH = {"": CRUST, "ginger": CARAMEL, "chocolate": ramp(45, 0.07, 0.44), "butter": ramp(78, 0.11, 0.80)}
CHIP_KINDS: dict[str, tuple[Colour, Colour]] = {
    "chocolate chips": (CHOCOLATE[1], CHOCOLATE[0]),
    "sweets": (RED[2], BLUE[2]),
    "raisins": (PLUM[1], PLUM[0]),
    "nuts": (CREAM[3], RYE[2]),
    "mint chips": (LIME[2], LIME[1]),
}


def cookie(rng: random.Random) -> Sprite:
    """A cookie: round with chips, a gingerbread man, or a biscuit."""
    name, dough = pick(rng, COOKIE_DOUGH)
    form = rng.choice((0, 0, 0, 1, 2))
    body = paint(ART.grid("cookie", form), dough, dx=2, dy=1)
    if form == 0:
        topping, (light, dark) = pick(rng, CHIP_KINDS)
        chips = clip(paint(rng.choice(ART.grids("chips")), dx=2, dy=1, y=light, z=dark), body)
        bite, body = bitten(rng, stack(body, chips), dough[4], 0.5)
        return serve(rng, phrase(bite, name, "cookie with", topping), body)
    if form == 2:
        _, icing = pick(rng, FROSTING)
        dots = paint(rng.choice(ART.grids("biscuit marks")), dx=2, dy=1, f=dough[0], g=icing[2], h=icing[3])
        bite, body = bitten(rng, stack(body, clip(dots, body)), dough[4], 0.5)
        return serve(rng, phrase(bite, name, "biscuit"), body)
    button = pick(rng, SWEET_COLOURS)[1]
    marks = paint(rng.choice(ART.grids("buttons")), dx=2, dy=1, f=button[2], g=CREAM[4])
    bite, body = bitten(rng, stack(body, clip(marks, body)), dough[4], 0.3)
    return serve(rng, phrase(bite, "gingerbread man"), body, flip=False)
