"""Food: the colours, and what every kind of food may have: bites, plates, steam, sprinkles."""

from __future__ import annotations

import random
import re
from typing import TypeVar

import numpy as np

from ..art import Art
from ..canvas import SIZE, Arguments, Layer, Sprite, finish, mirror, outline, paint, shift, stack
from ..palette import COLOURS, GOLD, INK, LEAF, WHITE, Colour, Ramp, ramp

T = TypeVar("T")
ART = Art(__file__)

RED, ORANGE, YELLOW, LIME, GREEN = (COLOURS[name] for name in ("red", "orange", "gold", "lime", "green"))
SKY, BLUE, VIOLET, PINK, CHINA = (COLOURS[name] for name in ("sky", "blue", "violet", "pink", "white"))
LEMON = ramp(102, 0.17, 0.84, 0.95)
APPLE_GREEN = ramp(122, 0.17, 0.74)
DARK_RED = ramp(15, 0.15, 0.44, 0.9)
PLUM = ramp(315, 0.11, 0.40, 0.85)
CREAM = ramp(88, 0.045, 0.90, 0.7)
CRUST = ramp(66, 0.125, 0.66, 0.95)
RYE = ramp(55, 0.085, 0.47, 0.9)
CHOCOLATE = ramp(42, 0.065, 0.38, 0.8)
CARAMEL = ramp(62, 0.13, 0.62)
RAW = ramp(18, 0.16, 0.55, 0.85)
HAM = ramp(12, 0.105, 0.73, 0.85)
SALMON = ramp(38, 0.15, 0.71, 0.85)
CHEESE = ramp(90, 0.155, 0.84, 0.9)
CLAY = ramp(42, 0.11, 0.55)
PAN = ramp(275, 0.02, 0.36, 0.75)
STEAM: Colour = (178, 188, 208)
GREENS: tuple[Ramp, ...] = (LEAF, ramp(124, 0.15, 0.62), ramp(155, 0.11, 0.48))
CROCKERY: dict[str, Ramp] = {
    "white": CHINA,
    "blue": BLUE,
    "sky": SKY,
    "teal": COLOURS["teal"],
    "red": RED,
    "clay": CLAY,
    "pink": PINK,
    "gold": GOLD,
}
FROSTING: dict[str, Ramp] = {
    "strawberry": PINK,
    "chocolate": CHOCOLATE,
    "vanilla": CREAM,
    "mint": ramp(165, 0.10, 0.82, 0.9),
    "lemon": LEMON,
    "blueberry": ramp(275, 0.15, 0.60),
    "caramel": CARAMEL,
    "cherry": RED,
    "lavender": ramp(305, 0.11, 0.74),
}
SWEET_COLOURS = {
    n: COLOURS[n]
    for n in ("red", "orange", "gold", "lime", "green", "teal", "sky", "blue", "violet", "pink", "white", "brown")
}
SPRINKLE_COLOURS: tuple[tuple[Colour, Colour, Colour], ...] = (
    (YELLOW[4], SKY[3], RED[2]),
    (WHITE, WHITE, WHITE),
    (LIME[3], VIOLET[3], ORANGE[3]),
    (CHOCOLATE[1],) * 3,
    (YELLOW[3],) * 3,
)


def pick(rng: random.Random, table: dict[str, T]) -> tuple[str, T]:
    """A name of a table and what it stands for."""
    return rng.choice(list(table.items()))


def phrase(*words: str) -> str:
    """The words in a line, without empty ones, and with "an" where "a" would be wrong."""
    return re.sub(r"\ba (?=[aeiou])", "an ", " ".join(word for word in words if word))


def without(letters: str, grid: str) -> str:
    """A grid with these letters left out."""
    return re.sub(f"[{letters}]", ".", grid)


def deep(colours: Ramp) -> Ramp:
    """A ramp one shade darker, for flesh that has to stand out from pale pith."""
    return colours[:2] + colours[1:4]


def clip(layer: Layer, base: Layer) -> Layer:
    """What of a layer lies on painted pixels of the base."""
    out = layer.copy()
    out[base[..., 3] != 255] = 0
    return out


def flat(layer: Layer, colour: Colour) -> Layer:
    """A layer's silhouette in one colour."""
    out = layer.copy()
    out[layer[..., 3] == 255] = (*colour, 255)
    return out


def pile(*layers: Layer, line: Colour = INK) -> Layer:
    """Stack things with a line round each where it covers another."""
    out = layers[0]
    for layer in layers[1:]:
        out = stack(out, clip(outline(layer, line), out), layer)
    return out


def box(layer: Layer) -> tuple[int, int, int, int]:
    """Left, top, right and bottom of what is painted (both ends inside)."""
    ys, xs = np.nonzero(layer[..., 3] == 255)
    return int(xs.min()), int(ys.min()), int(xs.max()), int(ys.max())


def centre(layer: Layer) -> Layer:
    """Move what is painted to the middle of the square."""
    left, top, right, bottom = box(layer)
    return shift(layer, (SIZE - 1 - left - right) // 2, (SIZE - 1 - top - bottom) // 2)


def serve(rng: random.Random, caption: str, *layers: Layer, flip: bool = True) -> Sprite:
    """Stack, centre and outline the layers, the line always inside the square; `flip` lets chance mirror them."""
    food = centre(stack(*layers))
    food[[0, -1]] = food[:, [0, -1]] = 0
    return finish(outline(mirror(food) if flip and rng.random() < 0.5 else food), phrase(caption))


def bitten(
    rng: random.Random, layer: Layer, flesh: Colour, chance: float = 0.4, capped: bool = False
) -> tuple[str, Layer]:
    """Perhaps take a bite out of a side or corner (below a leafy cap); gives the word for it and the rest."""
    if rng.random() >= chance:
        return "", layer
    left, top, right, bottom = box(layer)
    low, high = (top + bottom) // 2 - (1 if capped else 3), top + 1
    side, dx, dy, flip = rng.choice(
        ((0, right - 4, low, False), (0, right - 3, low + 1, False), (0, left - 2, low, True))
        if capped
        else (
            (0, right - 4, low, False),
            (1, left - 1, top, False),
            (0, right - 4, high, False),
            (1, right - 4, top, True),
        )
    )
    mark = paint(ART.grid("bite", side), dx=dx, dy=dy, f=flesh, mirror=flip)
    return "bitten", stack(layer, clip(mark, layer))


def plated(rng: random.Random, layer: Layer, chance: float = 0.5) -> tuple[str, Layer]:
    """Perhaps put a plate under the food; gives the words for it and all of it."""
    if rng.random() >= chance:
        return "", layer
    name, china = pick(rng, CROCKERY)
    food = shift(centre(layer), dy=-1)
    food = shift(food, dy=min(0, 13 - box(food)[3]))
    return f"on a {name} plate", stack(paint(ART.grid("plate"), china, dx=1, dy=box(food)[3]), food)


def steaming(rng: random.Random, sprite: Sprite, caption: str, chance: float = 0.4) -> Sprite:
    """Perhaps let steam rise above a finished sprite that leaves the top rows free."""
    if rng.random() >= chance:
        return sprite
    rows = np.nonzero((sprite.pixels != 255).any(-1))[0]
    grid, turned = rng.choice(ART.grids("steam")), rng.random() < 0.5
    cloud = paint(grid, dx=3, dy=max(0, int(rows.min()) - 4), z=STEAM, mirror=turned)
    free = (cloud[..., 3] == 255) & (sprite.pixels == 255).all(-1)
    pixels = sprite.pixels.copy()
    pixels[free] = STEAM
    return Sprite(pixels, caption)


def sprinkled(rng: random.Random, icing: Layer, ink: Colour, chance: float = 0.6) -> tuple[str, Layer]:
    """Perhaps strew sprinkles that differ from the icing's own colour on it."""
    if rng.random() >= chance:
        return "", icing
    left, top, _, _ = box(icing)
    y, z, v = rng.choice([c for c in SPRINKLE_COLOURS if max(abs(a - b) for a, b in zip(c[0], ink, strict=True)) > 70])
    strewn = paint(rng.choice(ART.grids("sprinkles")), dx=left + rng.randint(0, 1), dy=top + 1, y=y, z=z, v=v)
    return "sprinkles", stack(icing, clip(strewn, icing))


def lowered(sprite: Sprite) -> Sprite:
    """The sprite moved down to the floor, to make room above it."""
    empty = int((sprite.pixels[::-1] == 255).all((1, 2)).argmin())
    return Sprite(np.roll(sprite.pixels, empty, axis=0), sprite.caption)


def cake_top(rng: random.Random, x: int, bottom: int, no_candles: bool = False) -> tuple[str, Layer]:
    """Something to crown a cake with: its words, and its layer standing in column x on this row."""
    tops = {"": "."} | ART.named("top")
    name = rng.choice([name for name in tops if not (no_candles and name == "candles")])
    grid = rng.choice([tops[name]])  # of one: but it moves the generator on, and with it all that follows
    rows = grid.split()
    letters: Arguments = {"q": RED[1], "r": RED[2], "s": RED[4], "b": LEAF[1], "f": CREAM[2]}
    letters |= {"y": YELLOW[3], "z": ORANGE[2], "v": BLUE[3], "u": BLUE[1]}
    layer = paint(grid, dx=x - len(rows[0]) // 2, dy=bottom - len(rows) + 1, **letters)
    return f"with {name}" if name else "", layer
