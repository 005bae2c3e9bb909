"""Meals and drinks."""

from __future__ import annotations

import random

from ..art import Art
from ..canvas import Sprite, paint, stack
from ..palette import BONE, GLASS, LEAF, STEEL, WHITE, WOOD, Colour, Ramp, ramp
from .tools import (
    CARAMEL,
    CHEESE,
    CHINA,
    CHOCOLATE,
    CREAM,
    CROCKERY,
    CRUST,
    DARK_RED,
    GREEN,
    HAM,
    LEMON,
    LIME,
    ORANGE,
    PAN,
    PINK,
    RAW,
    RED,
    RYE,
    SALMON,
    VIOLET,
    YELLOW,
    bitten,
    box,
    clip,
    lowered,
    phrase,
    pick,
    pile,
    plated,
    serve,
    steaming,
    without,
)

ART = Art(__file__)

TOPPING_KINDS: dict[str, tuple[Colour, Colour]] = {
    "salami": (RED[3], RED[1]),
    "olives": (PAN[3], PAN[0]),
    "peppers": (LIME[3], GREEN[2]),
    "mushrooms": (BONE[4], RYE[2]),
    "tomatoes": (RED[3], RED[2]),
    "ham": (HAM[4], HAM[2]),
    "pineapple": (LEMON[4], YELLOW[2]),
    "onions": (PINK[4], VIOLET[2]),
}
PIZZA_BASES = {
    "": CHEESE,
    "golden": YELLOW,
    "tomato": ramp(36, 0.18, 0.60),
    "white": CREAM,
    "pesto": ramp(118, 0.13, 0.70),
}


def pizza(rng: random.Random) -> Sprite:
    """A pizza or a slice of one, with a topping."""
    (base, spread), (topping, (light, dark)) = pick(rng, PIZZA_BASES), pick(rng, TOPPING_KINDS)
    form = rng.choice((0, 0, 1))
    pie_ = paint(ART.grid("pizza", form), rng.choice((CRUST, CARAMEL)), spread, dx=1, dy=1)
    inner = paint(without("01234", ART.grid("pizza", form)), CRUST, spread, dx=1, dy=1)
    dots = paint(rng.choice(ART.grids("topping")[(form == 0) :]), dx=1, dy=2 + (form == 0), g=light, h=dark)
    word, pie_ = bitten(rng, stack(pie_, clip(dots, inner)), spread[3], 0.2)
    return serve(rng, phrase(word, "slice of" if form == 0 else "", base, "pizza with", topping), pie_)


FILLINGS: dict[str, Ramp] = {
    "salad": LEAF,
    "cheese": CHEESE,
    "tomato": RED,
    "beef": ramp(45, 0.08, 0.42),
    "onion": PINK,
    "fish": CARAMEL,
    "bacon": RAW,
}


def burger(rng: random.Random) -> Sprite:
    """A burger of a bun and layers of fillings."""
    bun = rng.choice((CRUST, CARAMEL, RYE, ramp(72, 0.12, 0.74), PAN))
    names = rng.sample(["salad", "cheese", "tomato", "onion", "bacon"], rng.choice((1, 2, 2)))
    names.insert(rng.randrange(len(names) + 1), rng.choice(("beef", "fish")))
    layers, y = [paint(rng.choice(ART.grids("bun base")), bun, dx=1, dy=11)], 11
    for name in reversed(names):
        y -= 2 if name in ("beef", "fish") else 1
        layers.append(paint(ART.grid("filling", name), bun, FILLINGS[name], dx=1, dy=y))
    top = paint(rng.choice(ART.grids("bun top")), bun, dx=1, dy=y - 4)
    light = bun[4] if bun is RYE or bun is PAN else CREAM[4]
    seeds = paint(rng.choice(ART.grids("bun seeds")), dx=1, dy=y - 4, y=light)
    return serve(rng, f"burger with {names[0]} and {names[-1]}", *layers, top, clip(seeds, top))


def hot_dog(rng: random.Random) -> Sprite:
    """A hot dog, lying or aslant, with sauce."""
    bun = rng.choice((CRUST, CARAMEL, ramp(75, 0.10, 0.78)))
    sausage = rng.choice((ramp(25, 0.16, 0.46, 0.8), DARK_RED, RED))
    (name, sauce), form = pick(rng, SAUCES), rng.randrange(2)
    body = paint(ART.grid("hot dog", form), bun, bun, sausage, dx=1, dy=1)
    if form == 0:
        line = paint(rng.choice(ART.grids("squiggle")), dx=1, dy=4, y=sauce, z=rng.choice((LEAF[3], sauce)))
    else:
        line = paint(rng.choice(ART.grids("diagonal")), dx=1, dy=1, y=sauce)
    word, body = bitten(rng, stack(body, clip(line, body)), CREAM[4], 0.4)
    where, body = plated(rng, body, 0.6) if form == 0 else ("", body)
    return serve(rng, phrase(word, f"hot dog with {name}", where), body)


SAUCES: dict[str, Colour] = {"mustard": LEMON[3], "ketchup": RED[1], "mayonnaise": CREAM[4], "relish": LIME[2]}
SUSHI_FISH = {
    "salmon": SALMON,
    "tuna": RAW,
    "prawn": ramp(35, 0.10, 0.80),
    "omelette": CHEESE,
    "avocado": LIME,
    "mackerel": STEEL,
    "eel": RYE,
}
SEAWEED = ramp(160, 0.05, 0.34, 0.75)


def sushi(rng: random.Random) -> Sprite:
    """Sushi: fish on rice, a roll, or a rice ball."""
    name, filling = pick(rng, SUSHI_FISH)
    form = rng.choice((0, 0, 1, 1, 2))
    board = rng.random() < 0.5
    if form == 0:
        body = paint(ART.grid("sushi", 0), filling, CHINA, dx=1, dy=2)
        if rng.random() < 0.5:
            band = paint(ART.grid("seaweed"), SEAWEED, dx=rng.choice((5, 6, 7)), dy=4, k=SEAWEED[1])
            body = stack(body, band)
        words = f"{name} sushi"
    elif form == 1:
        rice = (SEAWEED[1], SEAWEED[2], CHINA[2], CHINA[3], CHINA[4])
        body = paint(ART.grid("sushi", 1), rice, rice, filling, dx=1, dy=1, k=SEAWEED[0])
        words = f"{name} sushi roll"
    else:
        body = paint(ART.grid("sushi", 2), CHINA, dx=1, dy=2, k=SEAWEED[1])
        dots = paint(rng.choice(ART.grids("rice top")), filling, filling, filling, dx=1, dy=4)
        body = stack(body, clip(dots, body))
        words = f"rice ball with {name}"
    if board:
        wood = rng.choice((WOOD, CRUST, PAN, RED))
        bottom = box(body)[3]
        body = stack(paint(ART.grid("board"), wood, dx=1, dy=bottom + 1), body)
        words += " on a board"
    return serve(rng, words, body)


SOUPS = {
    "tomato": ramp(32, 0.18, 0.60),
    "pumpkin": ORANGE,
    "pea": LIME,
    "mushroom": ramp(68, 0.07, 0.66),
    "noodle": CHEESE,
    "beetroot": DARK_RED,
}
BIT_COLOURS = ((LEAF[3], LEAF[1]), (ORANGE[3], RED[2]), (CREAM[4], CREAM[2]), (LEMON[4], ORANGE[2]))


def soup(rng: random.Random) -> Sprite:
    """A bowl of soup, often steaming."""
    (name, broth), (bowl_name, china) = pick(rng, SOUPS), pick(rng, CROCKERY)
    body = paint(rng.choice(ART.grids("bowl")), china, (broth[0], broth[0], broth[2], broth[1], broth[3]), dx=1, dy=3)
    light, dark = rng.choice(BIT_COLOURS)
    bits = clip(paint(rng.choice(ART.grids("bits")), dx=1, dy=3 + rng.randint(0, 1), g=light, h=dark), body)
    sprite = serve(rng, f"{name} soup in a {bowl_name} bowl", body, bits)
    return steaming(rng, lowered(sprite), sprite.caption)


DRINKS = {
    "tea": CARAMEL,
    "coffee": CHOCOLATE,
    "milk": CHINA,
    "cocoa": ramp(45, 0.07, 0.48),
    "juice": ORANGE,
    "berry juice": RED,
    "lemonade": LEMON,
    "mint tea": LIME,
}


def drink(rng: random.Random) -> Sprite:
    """Something to drink: a wide cup, a mug, a jug or a glass."""
    (name, liquid), (china_name, china) = pick(rng, DRINKS), pick(rng, CROCKERY)
    form = rng.randrange(4)
    glass = form >= 2
    body = paint(ART.grid("mug", form), GLASS if glass else china, liquid, dx=1, dy=3)
    if glass:
        if form == 3:
            extra = rng.choice(("", "a straw", "a slice of lemon"))
            straw = paint(ART.grid("straw"), dx=rng.choice((5, 6)), dy=0, y=RED[2], z=CREAM[4])
            rind = (*ORANGE[:2], YELLOW[2], LEMON[2], CREAM[4])
            slice_of = paint(ART.grid("slice of lemon"), LEMON, rind, dx=8, dy=1)
            parts = {"": [body], "a straw": [straw, body], "a slice of lemon": [pile(body, slice_of)]}[extra]
            return serve(rng, phrase("glass of", name, f"with {extra}" if extra else ""), *parts)
        return serve(rng, f"jug of {name}", body)
    pattern = paint(rng.choice(ART.grids("mug paint")), dx=1, dy=6, f=rng.choice((pick(rng, CROCKERY)[1][2], WHITE)))
    wall = paint(without("abcde", ART.grid("mug", form)), china, dx=1, dy=3)
    froth = paint(rng.choice(ART.grids("froth")), dx=2 + form, dy=3 + (form == 0), f=CREAM[2])
    froth = froth if name in ("coffee", "cocoa") else paint(".")
    sprite = serve(rng, f"{china_name} {('cup', 'mug')[form]} of {name}", body, clip(pattern, wall), clip(froth, body))
    return steaming(rng, lowered(sprite), sprite.caption, 0.5)
