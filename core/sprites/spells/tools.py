"""Spells: materials, and what every kind of magic thing may have: an emblem, sparks."""

from __future__ import annotations

from random import Random

import numpy as np

from ..art import Art
from ..canvas import SIZE, Layer, Sprite, finish, mirror, outline, paint, shift, stack
from ..palette import BONE, COLOURS, GLASS, GOLD, INK, IRON, LEATHER, STEEL, STONE, WOOD, Ramp, ramp

ART = Art(__file__)

PAPER: Ramp = ramp(85, 0.05, 0.87, 0.8)
METALS: dict[str, Ramp] = {
    "golden": GOLD,
    "silver": STEEL,
    "iron": IRON,
    "copper": ramp(48, 0.11, 0.62),
    "bronze": ramp(75, 0.085, 0.58),
}
GLASSES: tuple[Ramp, ...] = (
    GLASS,
    GLASS,
    ramp(155, 0.05, 0.76, 0.8),
    ramp(65, 0.08, 0.70, 0.8),
    ramp(330, 0.04, 0.78, 0.8),
)
WOODS: tuple[Ramp, ...] = (WOOD, LEATHER, ramp(40, 0.10, 0.42), ramp(75, 0.07, 0.66), COLOURS["black"], BONE)
STONES: tuple[Ramp, ...] = (STONE, IRON, ramp(60, 0.045, 0.60), ramp(150, 0.03, 0.50), ramp(280, 0.04, 0.46))
BRIGHT: dict[str, Ramp] = {n: r for n, r in COLOURS.items() if n not in ("brown", "grey", "white", "black")}
CLOTH: dict[str, Ramp] = {n: r for n, r in COLOURS.items() if n not in ("lime", "sky", "grey", "white")}


def _fire(outer: str, middle: str, inner: str) -> Ramp:
    a, b, c = COLOURS[outer], COLOURS[middle], COLOURS[inner]
    return a[1], a[2], b[2], c[3], c[4]


FIRES: dict[str, Ramp] = {
    "orange": _fire("red", "orange", "gold"),
    "blue": _fire("blue", "sky", "sky"),
    "green": _fire("green", "lime", "lime"),
    "violet": _fire("violet", "pink", "pink"),
    "pink": _fire("violet", "pink", "gold"),
    "red": _fire("red", "red", "orange"),
    "teal": _fire("blue", "teal", "lime"),
    "golden": _fire("orange", "gold", "gold"),
}


def pick(rng: Random, table: dict[str, Ramp]) -> tuple[str, Ramp]:
    """A name of a table and what it stands for."""
    return rng.choice(list(table.items()))


def chance(rng: Random, p: float) -> bool:
    """True with this probability."""
    return rng.random() < p


def shine(rng: Random, ground: Ramp) -> Ramp:
    """A colour for a sign that stands out from what it is drawn on."""
    return rng.choice(
        [r for r in (GOLD, STEEL, *BRIGHT.values()) if r is not ground and abs(r[3][1] - ground[2][1]) > 45]
    )


def an(phrase: str) -> str:
    """The phrase with its article."""
    return f"an {phrase}" if phrase[0] in "aeiou" else f"a {phrase}"


def _sparks(rng: Random, layer: Layer, material: Ramp, most: int) -> Layer:
    """Put up to `most` little crosses or dots of light where there is room."""
    layer = layer.copy()
    for _ in range(most):
        big = chance(rng, 0.5)
        reach = 2 if big else 1
        free = [
            (x, y)
            for y in range(reach - 1, SIZE - reach + 1)
            for x in range(reach - 1, SIZE - reach + 1)
            if not layer[max(0, y - reach) : y + reach + 1, max(0, x - reach) : x + reach + 1, 3].any()
        ]
        if free:
            x, y = rng.choice(free)
            grid = ART.grid("spark", "cross" if big else "dot")
            layer = stack(layer, paint(grid, material, dx=x - reach + 1, dy=y - reach + 1))
    return layer


def done(
    rng: Random, layer: Layer, caption: str, *, turn: bool = False, sparks: Ramp | None = None, rim: Ramp | None = None
) -> Sprite:
    """Outline, centre (now and then a pixel off), maybe mirror (`turn`), maybe add sparks, and finish.

    rim: draw the outline in this material's dark shade instead of ink, for things made of light.
    """
    layer = outline(layer, rim[0] if rim else INK)
    if turn and chance(rng, 0.5):
        layer = mirror(layer)
    ys, xs = np.nonzero(layer[..., 3])
    spare_x, spare_y = SIZE - 1 - xs.max() + xs.min(), SIZE - 1 - ys.max() + ys.min()
    nudge = rng.choice((0, 0, 0, 1))
    layer = shift(layer, spare_x // 2 - xs.min(), (spare_y + nudge) // 2 - ys.min())
    if sparks and chance(rng, 0.55):
        layer = _sparks(rng, layer, sparks, rng.randint(1, 3))
    return finish(layer, caption)
