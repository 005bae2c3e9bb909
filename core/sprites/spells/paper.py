"""Scrolls, books, cards and quills."""

from __future__ import annotations

from random import Random

from ..art import Art
from ..canvas import Sprite, outline, paint, stack
from ..palette import COLOURS, GOLD, IRON, STEEL, WOOD, Ramp, ramp
from .tools import ART as SHARED
from .tools import BRIGHT, CLOTH, GLASSES, METALS, PAPER, an, chance, done, pick, shine

ART = Art(__file__)

PAPERS: tuple[Ramp, ...] = (
    PAPER,
    PAPER,
    ramp(75, 0.07, 0.78, 0.85),
    ramp(95, 0.02, 0.9, 0.7),
    ramp(60, 0.06, 0.70, 0.85),
)
SCROLL_LINES = (5, 3, 5)  # the row of an open scroll where the writing begins
INKS: tuple[Ramp, ...] = tuple(COLOURS[n] for n in ("black", "brown", "blue", "red", "green", "violet"))


def open_scroll(rng: Random) -> Sprite:
    """An unrolled scroll with writing or a sign on it."""
    which = rng.randrange(len(SCROLL_LINES))
    grid, y = ART.grid("open scroll", which), SCROLL_LINES[which]
    layer = paint(grid, rng.choice(PAPERS), rng.choice((WOOD, GOLD, STEEL, *CLOTH.values())), dx=1, dy=1)
    if chance(rng, 0.5):
        layer = stack(layer, paint(rng.choice(ART.grids("writing")), rng.choice(INKS), COLOURS["red"], dx=5, dy=y))
        return done(rng, layer, "open scroll with writing")
    (sign, emblem), colour = SHARED.pick(rng, "emblem"), rng.choice(list(BRIGHT.values()))
    layer = stack(layer, paint(emblem, (*colour[:2], *colour[:3]), dx=5, dy=y))
    return done(rng, layer, f"open scroll with {an(sign)}")


def rolled_scroll(rng: Random) -> Sprite:
    """A scroll rolled up, with a ribbon."""
    name, ribbon = pick(rng, CLOTH)
    end = rng.choice((WOOD, GOLD, STEEL, COLOURS["red"], COLOURS["black"]))
    layer = paint(rng.choice(ART.grids("rolled scroll")), rng.choice(PAPERS), ribbon, end, dx=1, dy=1)
    return done(rng, layer, f"rolled scroll with {an(name)} ribbon", turn=True, sparks=ribbon)


def tome(rng: Random) -> Sprite:
    """A closed book with an emblem on its cover."""
    (name, cover), (_, metal) = pick(rng, CLOTH), pick(rng, METALS)
    pages, glow = rng.choice(PAPERS), shine(rng, cover)
    if chance(rng, 0.3):
        sign, grid = ART.pick(rng, "lying sign")
        layer = stack(paint(ART.grid("lying tome"), cover, metal, pages, dx=1, dy=2), paint(grid, glow, dx=5, dy=4))
        return done(rng, layer, f"{name} book with {an(sign)}", turn=True, sparks=glow)
    sign, emblem = SHARED.pick(rng, "emblem")
    layer = stack(paint(ART.grid("tome"), cover, metal, pages, dx=1, dy=1), paint(emblem, glow, dx=7, dy=4))
    for part in ("corners", "bands"):
        if chance(rng, 0.5):
            layer = stack(layer, paint(ART.grid(part), cover, metal, dx=1, dy=1))
    if chance(rng, 0.3):
        layer = stack(layer, paint(ART.grid("clasp"), cover, metal, dx=12, dy=6))
    return done(rng, layer, f"{name} spell book with {an(sign)}")


def open_book(rng: Random) -> Sprite:
    """An open book: writing on one page, writing or a sign on the other."""
    (name, cover), which = pick(rng, CLOTH), rng.randrange(2)
    grid, top = ART.grid("open book", which), (4, 6)[which]
    (sign, emblem), colour = SHARED.pick(rng, "emblem"), rng.choice(list(BRIGHT.values()))
    layer = paint(grid, cover, rng.choice(PAPERS), dx=1, dy=2)
    dark, left = rng.choice(INKS), chance(rng, 0.5)
    text_x, sign_x = (3, 9) if left else (10, 2)
    layer = stack(layer, paint(rng.choice(ART.grids("page")), dark, dx=text_x, dy=top))
    layer = stack(layer, paint(emblem, (*colour[:2], *colour[1:4]), dx=sign_x, dy=top))
    return done(rng, layer, f"open {name} book with {an(sign)}", sparks=colour)


def card(rng: Random) -> Sprite:
    """A tarot card with a sign, or two of them."""
    (name, field), (sign, emblem) = pick(rng, CLOTH), SHARED.pick(rng, "emblem")
    border, gleam = rng.choice((PAPER, GOLD, STEEL, COLOURS["white"])), shine(rng, field)
    if chance(rng, 0.4):
        behind = outline(paint(ART.grid("small card"), border, rng.choice(list(CLOTH.values())), dx=6, dy=1))
        front = stack(paint(ART.grid("small card"), border, field, dx=1, dy=3), paint(emblem, gleam, dx=3, dy=6))
        return done(rng, stack(behind, outline(front)), f"{name} tarot card with {an(sign)} before another")
    pips = rng.choice(ART.grids("pips"))
    layer = stack(
        paint(ART.grid("card"), border, field, dx=2, dy=1),
        paint(emblem, gleam, dx=5, dy=6),
        paint(pips, gleam, dx=3, dy=2),
        paint("\n".join(pips.split()[::-1]), gleam, dx=3, dy=12),
    )
    return done(rng, layer, f"{name} tarot card with {an(sign)}")


def quill(rng: Random) -> Sprite:
    """A feather pen, alone or in its ink pot."""
    name, feather = pick(rng, {**CLOTH, "white": COLOURS["white"], "grey": COLOURS["grey"]})
    pot = rng.randrange(2)
    metal = rng.choice((GOLD, STEEL, IRON, *GLASSES, COLOURS["violet"], COLOURS["teal"]))
    layer = paint(ART.grid("quill", pot), feather, metal, rng.choice(INKS), dx=1, dy=1)
    return done(rng, layer, f"{name} quill in an ink pot" if pot else f"{name} quill", turn=True, sparks=feather)
