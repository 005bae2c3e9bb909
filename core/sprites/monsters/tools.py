"""Monsters: materials, and what they share: faces, hats, weapons."""

from __future__ import annotations

import random
from typing import Any, cast

from ..art import Art
from ..canvas import Arguments, Layer, Sprite, finish, mirror, outline, paint, shift, stack
from ..palette import BONE, COLOURS, GOLD, INK, LEAF, STEEL, WOOD, Colour, Ramp, oklch, ramp

ART = Art(__file__)

FLOOR = 14  # the lowest row of a body: row 15 is left to the outline
MOUTH: Colour = oklch(0.58, 0.19, 20)
GLOWS: dict[str, Colour] = {
    "red": oklch(0.62, 0.23, 25),
    "yellow": oklch(0.90, 0.17, 100),
    "green": oklch(0.86, 0.22, 140),
    "blue": oklch(0.82, 0.13, 215),
}
FLAMES: dict[str, Ramp] = {
    name: cast(Ramp, tuple(oklch(*shade) for shade in shades))
    for name, shades in {
        "fire": ((0.42, 0.16, 22), (0.58, 0.21, 30), (0.71, 0.18, 52), (0.85, 0.16, 86), (0.96, 0.09, 102)),
        "blue fire": ((0.36, 0.16, 272), (0.50, 0.19, 262), (0.65, 0.15, 245), (0.82, 0.11, 215), (0.96, 0.04, 200)),
        "green fire": ((0.38, 0.09, 165), (0.54, 0.13, 158), (0.70, 0.18, 146), (0.86, 0.19, 128), (0.96, 0.10, 112)),
        "violet fire": ((0.34, 0.15, 300), (0.48, 0.20, 305), (0.62, 0.21, 325), (0.78, 0.14, 350), (0.95, 0.05, 40)),
    }.items()
}
FLESH: dict[str, Ramp] = {
    "green": ramp(135, 0.12, 0.60),
    "olive": ramp(112, 0.10, 0.58),
    "teal": ramp(190, 0.07, 0.58),
    "grey": ramp(170, 0.025, 0.62),
    "red": COLOURS["red"],
    "violet": ramp(310, 0.11, 0.55),
}
ICE: Ramp = ramp(220, 0.07, 0.80, 0.9)
BRIGHT = ("red", "orange", "gold", "lime", "green", "teal", "sky", "blue", "violet", "pink")


def put(grid: str, *materials: Ramp, bottom: int = FLOOR, centre: int = 8, **fixed: Any) -> Layer:
    """Paint a grid centred on column edge `centre` with its last row on row `bottom`; what is fixed is as in paint."""
    rows = grid.split()
    return paint(grid, *materials, dx=centre - (max(map(len, rows)) + 1) // 2, dy=bottom + 1 - len(rows), **fixed)


def some(rng: random.Random, chance: float) -> bool:
    """True with this chance."""
    return rng.random() < chance


def colour(rng: random.Random, *names: str) -> tuple[str, Ramp]:
    """A random named ramp of COLOURS."""
    name = rng.choice(names or BRIGHT)
    return name, COLOURS[name]


def both(left: Layer) -> Layer:
    """A layer together with its mirror image."""
    return stack(left, mirror(left))


def in_front(back: Layer, front: Layer) -> Layer:
    """Stack two layers with an ink line where the front one covers the back one."""
    line = outline(front)
    line[(back[..., 3] == 0) & (front[..., 3] == 0)] = 0
    return stack(back, line)


def done(layer: Layer, caption: str, ink: Colour = INK) -> Sprite:
    """Outline a monster and name it."""
    return finish(outline(layer, ink), caption)


def face(rng: random.Random, top: int, eyes: tuple[str, ...] = (), mouths: tuple[str, ...] = (), dx: int = 0) -> Layer:
    """A random face whose eyes start on row `top`, with a mouth right below them."""
    eye = ART.grid("eyes", rng.choice(eyes or list(ART.named("eyes"))))
    mouth = ART.grid("mouth", rng.choice(mouths or list(ART.named("mouth"))))
    return paint(f"{eye}\n.\n{mouth}", dx=4 + dx, dy=top, m=MOUTH)


HATS: dict[str, Ramp] = {
    "crown": GOLD,
    "sprout": LEAF,
    "horns": BONE,
    "pointed hat": COLOURS["violet"],
    "flower": COLOURS["pink"],
    "top hat": COLOURS["black"],
}


def hat(name: str, row: int, dx: int = 0) -> Layer:
    """A piece of headgear standing on row `row` of a head."""
    return put(ART.grid("hat", name), HATS[name], bottom=row, centre=8 + dx, m=COLOURS["red"][2], g=GOLD[3])


def carrying(thing: str) -> str:
    """The words for a thing in a caption: " with an axe", " with horns", or nothing."""
    if not thing:
        return ""
    article = "" if thing.endswith("s") else "an " if thing[0] in "aeiou" else "a "
    return f" with {article}{thing}"


def armed(body: Layer, name: str, hand_y: int = 11, x: int = 13) -> Layer:
    """A body, moved one column to the left, with a weapon held upright in the hand on the right."""
    if not name:
        return body
    fire: Arguments = {"y": GLOWS["yellow"], "f": COLOURS["orange"][2]}
    held = put(ART.grid("weapon", name), WOOD, STEEL, bottom=hand_y + 1, centre=x + 1, **fire)
    return in_front(shift(body, -1), held)
