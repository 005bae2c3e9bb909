"""Potions."""

from __future__ import annotations

from collections.abc import Callable
from random import Random

from ..art import Art
from ..canvas import Sprite, paint, stack
from ..palette import COLOURS, GOLD, IRON, LEATHER, Ramp, ramp
from .tools import BRIGHT, GLASSES, PAPER, an, done, pick

ART = Art(__file__)

CORK: Ramp = ramp(65, 0.08, 0.62, 0.9)
# Of each bottle what it is called, the highest and the lowest row of the surface, and where a label goes.
BOTTLES: dict[str, tuple[tuple[str, int, int, tuple[int, int] | None], ...]] = {
    "round flask": (
        ("round flask", 5, 10, (4, 9)),
        ("round flask", 6, 10, (4, 9)),
        ("heart-shaped flask", 4, 8, (5, 6)),
    ),
    "conical flask": (("conical flask", 5, 11, (4, 10)), ("conical flask", 3, 10, (5, 9))),
    "square bottle": (
        ("square bottle", 5, 11, (4, 8)),
        ("eight-sided bottle", 6, 11, (5, 8)),
        ("jug", 5, 10, (3, 9)),
    ),
    "tall vial": (("tall vial", 5, 11, (2, 8)), ("slender vial", 4, 9, (3, 7)), ("test tube", 3, 8, None)),
}
STOPPERS: tuple[Ramp, ...] = (CORK, CORK, LEATHER, GOLD, IRON, COLOURS["red"], COLOURS["blue"], COLOURS["green"])
_EMPTY, _SURFACE = str.maketrans("abcdew", "123344"), str.maketrans("abcd", "ddee")


def _filled(grid: str, surface: int) -> str:
    """The bottle with its liquid up to the row of the surface."""
    rows = grid.split()
    top, bottom = [r.translate(_EMPTY) for r in rows[:surface]], rows[surface + 1 :]
    return "\n".join([*top, rows[surface].translate(_SURFACE), *bottom])


def _bubbles(rng: Random, grid: str, surface: int) -> str:
    """Brighten a few pixels of the liquid below the surface."""
    rows = [list(r) for r in grid.split()]
    wet = [(x, y) for y in range(surface + 2, len(rows) - 1) for x, c in enumerate(rows[y]) if c == "c"]
    for x, y in rng.sample(wet, min(len(wet), rng.randint(2, 4))):
        rows[y][x] = "e"
    return "\n".join(map("".join, rows))


def potion(shape: str) -> Callable[[Random], Sprite]:
    """What draws potions in bottles of that shape."""

    def draw_potion(rng: Random) -> Sprite:
        which = rng.randrange(len(BOTTLES[shape]))
        phrase, highest, lowest, place = BOTTLES[shape][which]
        name, liquid = pick(rng, BRIGHT | {"white": COLOURS["white"], "black": COLOURS["black"]})
        surface = rng.randint(highest, lowest)
        grid = _filled(ART.grid(shape, which), surface)
        extra = rng.choice(("plain", "bubbles", "bubbles", "label"))
        if extra == "bubbles":
            grid = _bubbles(rng, grid, surface)
        layer = paint(grid, rng.choice(GLASSES), liquid, rng.choice(STOPPERS), dx=1, dy=1)
        caption = f"{name} potion in {an(phrase)}"
        if extra == "label" and place:
            layer = stack(layer, paint(rng.choice(ART.grids("label")), PAPER, PAPER, dx=place[0], dy=place[1]))
            caption += " with a label"
        turn, sparks = phrase in ("jug", "test tube"), liquid if extra == "plain" else None
        return done(rng, layer, caption, turn=turn, sparks=sparks)

    return draw_potion
