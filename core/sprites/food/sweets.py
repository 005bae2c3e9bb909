"""Ice cream, lollipops and sweets."""

from __future__ import annotations

import random

from ..art import Art
from ..canvas import Sprite, paint, stack
from ..palette import BONE, GLASS, GOLD, WOOD
from .tools import ART as SHARED
from .tools import (
    CARAMEL,
    CHINA,
    CRUST,
    FROSTING,
    PINK,
    SKY,
    SWEET_COLOURS,
    bitten,
    cake_top,
    clip,
    phrase,
    pick,
    pile,
    serve,
    sprinkled,
    without,
)

ART = Art(__file__)


def ice_cream(rng: random.Random) -> Sprite:
    """Ice cream: one scoop, two scoops or a swirl in a cone or cup, or on a stick."""
    (name, ice), (second, ice2) = pick(rng, FROSTING), pick(rng, FROSTING)
    form = rng.randrange(4)
    if form == 3:
        grid = rng.choice(ART.grids("popsicle"))
        body = paint(grid, ice, WOOD[1:] + WOOD[4:], dx=4, dy=1)
        coat = paint("\n".join(without("cde", grid).split()[: rng.choice((4, 6, 8))]), ice2, dx=4, dy=1)
        dipped = coat if rng.random() < 0.6 else paint(".")
        bite, body = bitten(rng, stack(body, dipped), ice[4], 0.3)
        return serve(rng, phrase(bite, f"{name} ice lolly"), body, flip=False)
    cone = rng.randrange(3)
    waffle = rng.choice((CRUST, CARAMEL)) if cone < 2 else rng.choice((CHINA, GLASS, GOLD, SKY, PINK))
    base = paint(ART.grid("cone", cone), waffle, dx=3, dy=8 if form != 2 else 9)
    if form == 2:
        layers, words = [base, paint(ART.grid("swirl"), ice, ice, ice, dx=2, dy=0)], f"{name} ice cream swirl"
    elif form == 1:
        upper = paint(ART.grid("scoop"), ice2, ice2, ice2, dx=2, dy=0)
        lower = paint(ART.grid("scoop"), ice, ice, ice, dx=2, dy=4)
        layers, words = [base, pile(upper, lower)], f"{name} and {second} ice cream"
    else:
        _, scoop = sprinkled(rng, paint(ART.grid("scoop"), ice, ice, ice, dx=2, dy=4), ice[2], 0.5)
        topping, top = cake_top(rng, 7, 4, True)
        layers, words = [base, pile(scoop, top)], phrase(name, "ice cream", topping)
    return serve(rng, words + (" in a cup" if cone == 2 else " cone"), *layers, flip=False)


def lollipop(rng: random.Random) -> Sprite:
    """A lollipop: striped or a spiral wheel, a ball or a heart, on a stick."""
    (one_name, one), (two_name, two) = rng.sample(list(SWEET_COLOURS.items()), 2)
    form = rng.choice((0, 1, 1, 2, 3))
    stick = paint(ART.grid("stick"), one, BONE, dx=8, dy=9)
    if form < 2:
        sweet = paint(ART.grid("lollipop", form), one, two, dx=3, dy=1)
        words = f"{one_name} and {two_name} lollipop"
    elif form == 2:
        sweet = paint(SHARED.grid("ball"), one, dx=4, dy=2)
        band = paint(rng.choice(ART.grids("band")), one, two, dx=4, dy=5)
        sweet, words = stack(sweet, clip(band, sweet)), f"round {one_name} lollipop"
    else:
        sweet, words = paint(ART.grid("heart"), one, dx=2, dy=2), f"heart-shaped {one_name} lollipop"
        spark = paint(rng.choice(SHARED.grids("sprinkles")), dx=2, dy=3, y=two[3], z=two[3], v=two[3])
        sweet = stack(sweet, clip(spark, sweet))
    bow = paint(rng.choice((".", ".", ART.grid("bow"))), dx=6, dy=12, r=two[3], q=two[1])
    bite, sweet = bitten(rng, sweet, one[4], 0.2)
    return serve(rng, phrase(bite, words), stick, sweet, bow, flip=False)


def candy(rng: random.Random) -> Sprite:
    """A wrapped sweet or a candy cane."""
    (one_name, one), (two_name, two) = rng.sample(list(SWEET_COLOURS.items()), 2)
    if rng.random() < 0.35:
        return serve(rng, f"{one_name} and {two_name} candy cane", paint(ART.grid("candy cane"), one, two, dx=1, dy=1))
    form = rng.randrange(2)
    paper = rng.choice((one, two))
    body = paint(ART.grid("candy", form), one, paper, dx=1, dy=3)
    inside = paint(without("abcde", ART.grid("candy", form)), one, dx=1, dy=3)
    band = clip(paint(rng.choice(ART.grids("stripes")), one, two, dx=1, dy=3 if form == 0 else 4), inside)
    return serve(rng, f"{one_name} sweet in {one_name if paper is one else two_name} paper", body, band)
