"""Spells and magic things: potions, scrolls, wands, books, gems, flames and the rest of a wizard's shelf.

Every kind chooses one of several grids, its materials and its optional parts independently.
Grids fill at most 14x14; `_done` draws the outline, centres the result and lets some sparks fly.
"""

from __future__ import annotations

from collections.abc import Callable
from random import Random

import numpy as np

from .canvas import SIZE, Layer, Sprite, finish, mirror, outline, paint, shift, stack
from .palette import BONE, COLOURS, GLASS, GOLD, INK, IRON, LEAF, LEATHER, STEEL, STONE, WOOD, Ramp, ramp

PAPER: Ramp = ramp(85, 0.05, 0.87, 0.8)
CORK: Ramp = ramp(65, 0.08, 0.62, 0.9)
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


# -- small tools ------------------------------------------------------------------------------------


def _pick(rng: Random, table: dict[str, Ramp]) -> tuple[str, Ramp]:
    return rng.choice(list(table.items()))


def _chance(rng: Random, p: float) -> bool:
    return rng.random() < p


def _shine(rng: Random, ground: Ramp) -> Ramp:
    """A colour for a sign that stands out from what it is drawn on."""
    return rng.choice(
        [r for r in (GOLD, STEEL, *BRIGHT.values()) if r is not ground and abs(r[3][1] - ground[2][1]) > 45]
    )


def _a(phrase: str) -> str:
    return f"an {phrase}" if phrase[0] in "aeiou" else f"a {phrase}"


def _sparks(rng: Random, layer: Layer, material: Ramp, most: int) -> Layer:
    """Put up to `most` little crosses or dots of light where there is room."""
    layer = layer.copy()
    for _ in range(most):
        big = _chance(rng, 0.5)
        reach = 2 if big else 1
        free = [
            (x, y)
            for y in range(reach - 1, SIZE - reach + 1)
            for x in range(reach - 1, SIZE - reach + 1)
            if not layer[max(0, y - reach) : y + reach + 1, max(0, x - reach) : x + reach + 1, 3].any()
        ]
        if free:
            x, y = rng.choice(free)
            cross = ".3. 323 .3." if big else "3"
            layer = stack(layer, paint(cross, material, dx=x - reach + 1, dy=y - reach + 1))
    return layer


def _done(
    rng: Random, layer: Layer, caption: str, *, turn: bool = False, sparks: Ramp | None = None, rim: Ramp | None = None
) -> Sprite:
    """Outline, centre (now and then a pixel off), maybe mirror (`turn`), maybe add sparks, and finish.

    rim: draw the outline in this material's dark shade instead of ink, for things made of light.
    """
    layer = outline(layer, rim[0] if rim else INK)
    if turn and _chance(rng, 0.5):
        layer = mirror(layer)
    ys, xs = np.nonzero(layer[..., 3])
    spare_x, spare_y = SIZE - 1 - xs.max() + xs.min(), SIZE - 1 - ys.max() + ys.min()
    nudge = rng.choice((0, 0, 0, 1))
    layer = shift(layer, spare_x // 2 - xs.min(), (spare_y + nudge) // 2 - ys.min())
    if sparks and _chance(rng, 0.55):
        layer = _sparks(rng, layer, sparks, rng.randint(1, 3))
    return finish(layer, caption)


EMBLEMS: dict[str, str] = {
    "star": "..4.. 44433 .443. .333. .3.2.",
    "moon": ".443. 44... 43... 433.3 .332.",
    "eye": "..... .443. 4wk32 .332. .....",
    "skull": ".443. 4k4k3 44333 .4k3. .....",
    "flame": "...4. .44.. .443. 44233 .332.",
    "sun": "4.4.3 .443. 44333 .332. 3.2.2",
    "diamond": "..4.. .443. 44333 .332. ..2..",
    "heart": ".4.3. 44433 44333 .332. ..2..",
    "cross": "..4.. ..4.. 44333 ..3.. ..3..",
    "snake": ".443. 4.... .433. ....3 .332.",
    "drop": "..4.. .443. .443. 44333 .332.",
    "leaf": "...44 .4443 .4332 .332. 2....",
    "rune": "4...3 44.43 4.4.3 4...3 4...3",
    "key": ".443. .4.3. .433. ..3.. ..33.",
}
RUNES: tuple[str, ...] = (
    "..4.. .4.3 4..3. ..4.. ..4.. ..3..",
    "4..3 4..3 4443 4..3 4..3 3..2",
    "4... 44.. 4.4. 44.. 4... 3...",
    "4..3 .43. .43. 4..3 .43. 3..2",
    "..4.. .434. 4.4.3 ..4.. ..3.. ..3..",
    "444. 4..3 443. 4.3. 4..3 3..2",
    "..4. .4.. 4444 ..3. .3.. 3...",
    "4.4.3 .443. ..4.. .443. 4.3.3 ..3..",
    ".443. 4...3 4.4.3 4...3 .433. ..3..",
)


# -- potions ----------------------------------------------------------------------------------------
# 0-4 glass, a-e liquid, p-t stopper. Above the level the liquid's letters turn into glass.

# phrase, grid, highest and lowest row of the surface, where a label goes
BOTTLES: dict[str, tuple[tuple[str, str, int, int, tuple[int, int]], ...]] = {
    "round flask": (
        (
            "round flask",
            """
            ....srqp....
            ....srqp....
            ...443221...
            ....4321....
            ....4321....
            ..44dccb21..
            .4eddccccb1.
            4eddcccccbb1
            4ewdccccccb1
            4ewcccccccb1
            3dcccccccbb1
            .3ccccccbb1.
            .2bbcccbba1.
            ..21111110..""",
            5,
            10,
            (3, 8),
        ),
        (
            "round flask",
            """
            ....srp....
            ...tsrqp...
            ....rqp....
            ...43321...
            ....431....
            ....421....
            ..44ccb21..
            .4eddccbb1.
            4ewdccccbb1
            4ewccccccb1
            3dccccccbb1
            .3cccccbb1.
            ..2bbbba1..
            ..3211110..""",
            6,
            10,
            (3, 8),
        ),
        (
            "heart-shaped flask",
            """
            .....srq.....
            .....rqp.....
            ....43221....
            .444.421.221.
            4eddd4321bbb1
            4ewddcccccbb1
            4ewdcccccccb1
            4edccccccccb1
            .4dcccccccb1.
            ..4dcccccb1..
            ...3dccbb1...
            ....3cbb1....
            .....3b1.....
            ......2......""",
            4,
            8,
            (4, 5),
        ),
    ),
    "conical flask": (
        (
            "conical flask",
            """
            .....rq.....
            ....srqp....
            ....srqp....
            ...443221...
            ....4321....
            ....4dc1....
            ....4dc1....
            ...4ddcb1...
            ...4ddcb1...
            ..4edcccb1..
            .4ewdcccbb1.
            .4edccccbb1.
            4eddccccbbb1
            332bbbbbaa11""",
            5,
            11,
            (3, 9),
        ),
        (
            "conical flask",
            """
            .....srqp.....
            ....443221....
            .....4321.....
            .....4dc1.....
            .....4dc1.....
            ....4ddcb1....
            ...4eddccb1...
            ..4ewdccccb1..
            .4ewdccccccb1.
            4eddccccccccb1
            4ddccccccccbb1
            4dcccccccccbb1
            .3cccccccbbb1.
            ..2211111110..""",
            3,
            10,
            (4, 8),
        ),
    ),
    "square bottle": (
        (
            "square bottle",
            """
            ....srqp....
            ....srqp....
            ...443221...
            ....4321....
            .4444332211.
            4eddcccccbb1
            4ewdccccccb1
            4ewdccccccb1
            4edcccccccb1
            4edcccccccb1
            4dccccccccb1
            4dcccccccbb1
            3cccccccbbb1
            .2211111111.""",
            5,
            11,
            (3, 7),
        ),
        (
            "eight-sided bottle",
            """
            .....tsr.....
            ....tsrqp....
            .....rqp.....
            ....43221....
            .....421.....
            ..444332211..
            .4eddcccccb1.
            4ewdccccccbb1
            4ewdccccccbb1
            4edccccccccb1
            4ddcccccccbb1
            .3dcccccccb1.
            .3ccccccbbb1.
            ..221111111..""",
            6,
            11,
            (4, 7),
        ),
        (
            "jug",
            """
            ...srqp.......
            ..443221......
            ...4321.4332..
            ...4321.3..21.
            ..4432213...2.
            .4eddccb1...2.
            4ewdccccb1.21.
            4ewdcccccb121.
            4edccccccbb1..
            4ddccccccbb1..
            4dcccccccbb1..
            .3ccccccbb1...
            .3bbcccbba1...
            ..21111111....""",
            5,
            10,
            (2, 8),
        ),
    ),
    "tall vial": (
        (
            "tall vial",
            """
            ..srqp..
            ..srqp..
            .443221.
            ..4321..
            .443221.
            4eddccb1
            4ewdccb1
            4ewdccb1
            4edcccb1
            4edcccb1
            4dccccb1
            4dcccbb1
            3ccccbb1
            .221111.""",
            5,
            11,
            (1, 7),
        ),
        (
            "slender vial",
            """
            ...srq...
            ..44321..
            ...421...
            ...421...
            ..4dcb1..
            .4eddcb1.
            4ewdcccb1
            4ewccccb1
            4ddccccb1
            .4dcccb1.
            .3dccbb1.
            ..3ccb1..
            ...3b1...
            ..33211..""",
            4,
            9,
            (2, 6),
        ),
        (
            "test tube",
            """
            ..........srr.
            .........4srqp
            .........443qp
            ........4d443p
            .......4ddc21.
            ......4edccb1.
            .....4ewccb1..
            ....4ewccb1...
            ...4ewccb1....
            ..4eddcb1.....
            .4eddcb1......
            .4ddcb1.......
            .3ccb1........
            ..211.........""",
            3,
            8,
            (-9, 0),
        ),
    ),
}
LABELS: tuple[str, ...] = (
    "eeeddd ekkdkc eddddc ddkkcc",
    "eeeddd edkkdc edkkdc dddccc",
    "eeeddd ekdkdc edkdkc dddccc",
    "eeeeddd edddkdc",
)
STOPPERS: tuple[Ramp, ...] = (CORK, CORK, LEATHER, GOLD, IRON, COLOURS["red"], COLOURS["blue"], COLOURS["green"])
_EMPTY, _SURFACE = str.maketrans("abcdew", "123344"), str.maketrans("abcd", "ddee")


def _filled(grid: str, surface: int) -> str:
    rows = grid.split()
    top, bottom = [r.translate(_EMPTY) for r in rows[:surface]], rows[surface + 1 :]
    return " ".join([*top, rows[surface].translate(_SURFACE), *bottom])


def _bubbles(rng: Random, grid: str, surface: int) -> str:
    """Brighten a few pixels of the liquid below the surface."""
    rows = [list(r) for r in grid.split()]
    wet = [(x, y) for y in range(surface + 2, len(rows) - 1) for x, c in enumerate(rows[y]) if c == "c"]
    for x, y in rng.sample(wet, min(len(wet), rng.randint(2, 4))):
        rows[y][x] = "e"
    return " ".join(map("".join, rows))


def _potion(shape: str) -> Callable[[Random], Sprite]:
    def draw_potion(rng: Random) -> Sprite:
        phrase, grid, highest, lowest, (x, y) = rng.choice(BOTTLES[shape])
        name, liquid = _pick(rng, BRIGHT | {"white": COLOURS["white"], "black": COLOURS["black"]})
        surface = rng.randint(highest, lowest)
        grid = _filled(grid, surface)
        extra = rng.choice(("plain", "bubbles", "bubbles", "label"))
        if extra == "bubbles":
            grid = _bubbles(rng, grid, surface)
        layer = paint(grid, rng.choice(GLASSES), liquid, rng.choice(STOPPERS), dx=1, dy=1)
        caption = f"{name} potion in {_a(phrase)}"
        if extra == "label" and x >= 0:
            layer = stack(layer, paint(rng.choice(LABELS), PAPER, PAPER, dx=x + 1, dy=y + 1))
            caption += " with a label"
        return _done(
            rng, layer, caption, turn=phrase in ("jug", "test tube"), sparks=liquid if extra == "plain" else None
        )

    return draw_potion


# -- paper ------------------------------------------------------------------------------------------

PAPERS: tuple[Ramp, ...] = (
    PAPER,
    PAPER,
    ramp(75, 0.07, 0.78, 0.85),
    ramp(95, 0.02, 0.9, 0.7),
    ramp(60, 0.06, 0.70, 0.85),
)
INKS: tuple[Ramp, ...] = tuple(COLOURS[n] for n in ("black", "brown", "blue", "red", "green", "violet"))
# 0-4 paper, a-e rods; then the place of the writing
OPEN_SCROLLS: tuple[tuple[str, int, int], ...] = (
    (
        """
        dc4444433332cb
        cb3333322221ba
        .b.111111110.a
        ..4444443333..
        ..4444433333..
        ..4444433333..
        ..4444333333..
        ..4443333332..
        ..4433333322..
        ..4333333222..
        ..1111111110..
        dc4444433332cb
        cb3333322221ba
        .b..........a.""",
        4,
        4,
    ),
    (
        """
        .4444443333..
        42444444333..
        .2444444333..
        ..444443333..
        ..444443333..
        ..444433333..
        ..444433333..
        ..444333333..
        ..443333332..
        ..433333322..
        ..43333332233
        ..11111111141
        ..43333332211
        ...3322221110""",
        4,
        2,
    ),
    (
        """
        .43........32.
        4432......4321
        44324444334321
        44314444334320
        44314443334320
        44314443334320
        44314433334320
        44314333324320
        44313333224320
        44312222114321
        3321......3210
        .21........10.""",
        4,
        4,
    ),
)
WRITINGS: tuple[str, ...] = (
    "111111 ...... 11111. ...... 111111 ...... 111...",
    "11.111 ...... 111.11 ...... 1.1111",
    "111.11 1.11.1 ...... 11.111 111.1.",
    "111111 ...... 1111.. ...... ...... ...bb ...cb",
    "..11.. .1111. 111111 ...... 111111",
)


def open_scroll(rng: Random) -> Sprite:
    """An unrolled scroll with writing or a sign on it."""
    grid, x, y = rng.choice(OPEN_SCROLLS)
    layer = paint(grid, rng.choice(PAPERS), rng.choice((WOOD, GOLD, STEEL, *CLOTH.values())), dx=1, dy=1)
    if _chance(rng, 0.5):
        layer = stack(layer, paint(rng.choice(WRITINGS), rng.choice(INKS), COLOURS["red"], dx=x + 1, dy=y + 1))
        return _done(rng, layer, "open scroll with writing")
    sign, colour = rng.choice(list(EMBLEMS)), rng.choice(list(BRIGHT.values()))
    layer = stack(layer, paint(EMBLEMS[sign], (*colour[:2], *colour[:3]), dx=x + 1, dy=y + 1))
    return _done(rng, layer, f"open scroll with {_a(sign)}")


# 0-4 paper, a-e ribbon, p-t seal or rod ends
ROLLED_SCROLLS: tuple[str, ...] = (
    """
        .........333..
        ........44332.
        .......4443321
        ......44433221
        .....444332210
        ....4d4332210.
        ...44cd32210..
        ..44ccbc210...
        .4443bbb10....
        44433bba0.....
        432322a0......
        41312210......
        .321210.......
        ..3310........""",
    """
        .s..........q.
        sr4444dc4432rp
        sr4444dc3332rp
        rq4443cb3322qp
        rq3333cb3222qp
        rq3332tsr221qp
        qp2222srq111pp
        .p....rqp...p.
        .....dc.ba....
        .....c...a....""",
    """
        ..44332..
        .4311122.
        .4413322.
        .4444322.
        .4443321.
        .4443321.
        ddddccbba
        .ccccbba.
        .4443tsr.
        .4443srq.
        .4443321.
        .4443321.
        .4433321.
        ..33221..""",
)


def rolled_scroll(rng: Random) -> Sprite:
    """A scroll rolled up, with a ribbon."""
    name, ribbon = _pick(rng, CLOTH)
    end = rng.choice((WOOD, GOLD, STEEL, COLOURS["red"], COLOURS["black"]))
    layer = paint(rng.choice(ROLLED_SCROLLS), rng.choice(PAPERS), ribbon, end, dx=1, dy=1)
    return _done(rng, layer, f"rolled scroll with {_a(name)} ribbon", turn=True, sparks=ribbon)


# 0-4 cover, a-e metal, p-t pages
TOME = """
    .304444444333
    2304433333332
    2304333333332
    2304333333332
    2304333333322
    2304333333322
    2304333333322
    2304333333222
    2303333332222
    2303333222221
    2303322222211
    .0tsssrrrrqq1
    1srqrqrqrqqp0
    .111111111100"""
TOME_CORNERS = " ".join(["....ddc...dcb", "....d.......b", *["............."] * 7, "....d.......b", "....dcb...cba"])
TOME_BANDS = " ".join(["............."] * 2 + ["dc..........."] + ["............."] * 5 + ["dc..........."])
TOME_CLASP = "dcb cba"
LYING_TOME = """
    ......43......
    ....443333....
    ..4433333322..
    44333333332222
    22443333222211
    112244332211ts
    1111224311tsrr
    00111121tsrr00
    ..00111trr00..
    ....001r00....
    ......00......"""
LYING_SIGNS: dict[str, str] = {
    "diamond": "..43.. 443322 ..32..",
    "ring": "..43.. 44..22 ..32..",
    "cross": "44..22 ..43.. 33..22",
    "eye": ".4433. 44kk32 .3322.",
}


def tome(rng: Random) -> Sprite:
    """A closed book with an emblem on its cover."""
    (name, cover), (_, metal) = _pick(rng, CLOTH), _pick(rng, METALS)
    pages, glow = rng.choice(PAPERS), _shine(rng, cover)
    if _chance(rng, 0.3):
        sign = rng.choice(list(LYING_SIGNS))
        layer = stack(paint(LYING_TOME, cover, metal, pages, dx=1, dy=2), paint(LYING_SIGNS[sign], glow, dx=5, dy=4))
        return _done(rng, layer, f"{name} book with {_a(sign)}", turn=True, sparks=glow)
    sign = rng.choice(list(EMBLEMS))
    layer = stack(paint(TOME, cover, metal, pages, dx=1, dy=1), paint(EMBLEMS[sign], glow, dx=7, dy=4))
    for part, p in ((TOME_CORNERS, 0.5), (TOME_BANDS, 0.5)):
        if _chance(rng, p):
            layer = stack(layer, paint(part, cover, metal, dx=1, dy=1))
    if _chance(rng, 0.3):
        layer = stack(layer, paint(TOME_CLASP, cover, metal, dx=12, dy=6))
    return _done(rng, layer, f"{name} spell book with {_a(sign)}")


# 0-4 cover, a-e pages
OPEN_BOOKS: tuple[tuple[str, int], ...] = (
    (
        """
        .eeeee..eeeee.
        3eeeeedceeeed2
        3eeeeedceeeed2
        3eeeeedceeeed2
        3eeeeedceeeed2
        3eeeeedceeeed2
        3eeeeddceeedd2
        3eeeddccdeedd2
        3dddcbbbbcddc2
        3ccc2bbbb2ccb1
        .3322221111110""",
        1,
    ),
    (
        """
        .ee........ee.
        .eeeee..eeeed.
        3eeeeeedeeeed2
        3eeeeeedeeeed2
        3eeeeeedeeeed2
        3eeeeeedeeeed2
        3eeeeeedeeedd2
        3eeeeeedeeedd2
        3deeeeddeeddc2
        33ddeedcddcc22
        .333ddcbcc222.
        ...333cb222...
        ......21......""",
        3,
    ),
)
PAGE_TEXTS: tuple[str, ...] = (
    "1111 .... 111. .... 1111",
    "11.1 .... 1.11 .... 11..",
    "1.11 11.1 .... 1111 1.1.",
    ".11. .11. .... 1111 ....",
)


def open_book(rng: Random) -> Sprite:
    """An open book: writing on one page, writing or a sign on the other."""
    (name, cover), (grid, top) = _pick(rng, CLOTH), rng.choice(OPEN_BOOKS)
    sign, colour = rng.choice(list(EMBLEMS)), rng.choice(list(BRIGHT.values()))
    layer = paint(grid, cover, rng.choice(PAPERS), dx=1, dy=2)
    dark, left = rng.choice(INKS), _chance(rng, 0.5)
    text_x, sign_x = (3, 9) if left else (10, 2)
    layer = stack(layer, paint(rng.choice(PAGE_TEXTS), dark, dx=text_x, dy=top + 3))
    layer = stack(layer, paint(EMBLEMS[sign], (*colour[:2], *colour[1:4]), dx=sign_x, dy=top + 3))
    return _done(rng, layer, f"open {name} book with {_a(sign)}", sparks=colour)


# 0-4 border, a-e field
CARD = """
    .44444433.
    44ddddccc3
    4ddddcccc3
    4ddddcccb3
    4dddccccb3
    4dddccccb3
    4ddccccbb3
    4ddccccbb2
    4dccccbbb2
    4dcccbbbb2
    4ccccbbbb2
    4cccbbbba2
    33bbbbaa22
    .33332222."""
SMALL_CARD = """
    .4444433.
    4ddddccc3
    4ddddccc3
    4dddcccb3
    4dddcccb3
    4ddcccbb3
    4ddcccbb2
    4dcccbbb2
    4dcccbbb2
    4cccbbba2
    3bbbbaaa2
    .3333222."""
CARD_PIPS: tuple[str, ...] = ("33....33 3......3", "........ .4....3.", "...43... ...32...", "........ ........")


def card(rng: Random) -> Sprite:
    """A tarot card with a sign, or two of them."""
    (name, field), sign = _pick(rng, CLOTH), rng.choice(list(EMBLEMS))
    border, gleam = rng.choice((PAPER, GOLD, STEEL, COLOURS["white"])), _shine(rng, field)
    if _chance(rng, 0.4):
        behind = outline(paint(SMALL_CARD, border, rng.choice(list(CLOTH.values())), dx=6, dy=1))
        front = stack(paint(SMALL_CARD, border, field, dx=1, dy=3), paint(EMBLEMS[sign], gleam, dx=3, dy=6))
        return _done(rng, stack(behind, outline(front)), f"{name} tarot card with {_a(sign)} before another")
    pips = rng.choice(CARD_PIPS)
    layer = stack(
        paint(CARD, border, field, dx=2, dy=1),
        paint(EMBLEMS[sign], gleam, dx=5, dy=6),
        paint(pips, gleam, dx=3, dy=2),
        paint(" ".join(pips.split()[::-1]), gleam, dx=3, dy=12),
    )
    return _done(rng, layer, f"{name} tarot card with {_a(sign)}")


# 0-4 feather, a-e nib or pot, p-t ink
QUILLS: tuple[str, ...] = (
    """
        ............43
        ..........4433
        .......4.44332
        ......444.3322
        .....4443.3221
        ....4443.3322.
        ...44433.3221.
        ...443..33221.
        ...43.33.221..
        ...4.3332.1...
        ..4.33221.....
        ..d.2211......
        .dc...........
        dc............""",
    """
        .........443..
        .......44433..
        ......44.332..
        .....44.3322..
        .....43.3322..
        .....4.33221..
        ....d.33221...
        ....d.3221....
        ..ddcd.1......
        ...ecbb.......
        .eqqqqqpb.....
        edqrqqqpba....
        ddccccbbba....
        .ccbbbbba.....""",
)


def quill(rng: Random) -> Sprite:
    """A feather pen, alone or in its ink pot."""
    name, feather = _pick(rng, {**CLOTH, "white": COLOURS["white"], "grey": COLOURS["grey"]})
    pot = rng.randrange(2)
    metal = rng.choice((GOLD, STEEL, IRON, *GLASSES, COLOURS["violet"], COLOURS["teal"]))
    layer = paint(QUILLS[pot], feather, metal, rng.choice(INKS), dx=1, dy=1)
    return _done(rng, layer, f"{name} quill in an ink pot" if pot else f"{name} quill", turn=True, sparks=feather)


# -- wands and staffs -------------------------------------------------------------------------------

# 0-4 wood, a-e metal
WANDS: tuple[str, ...] = (
    """
        .........3
        ........32
        .......32.
        ......32..
        .....32...
        ....32....
        ...dc.....
        ..dc......
        .32.......
        dc........""",
    """
        .........d
        ........cb
        .......32.
        ......32..
        .....dc...
        ....32....
        ...32.....
        ..331.....
        .331......
        .dc.......""",
    """
        .........3
        ........32
        .......32.
        ......332.
        .....32...
        ...332....
        ...32.....
        ..32......
        .332......
        .32.......""",
)
# 0-4 metal of the setting, a-e crystal; 7x7, the shaft comes from the lower left
TIPS: dict[str, str] = {
    "star": "...e... ..eed.. eeeeddc .eeddc. .eedcb. .ed.cb. .d...b.",
    "orb": "..eed.. .ewedc. eeeddcb eeddccb 4ddccbb 44ccbb. .431...",
    "crystal": ".....ee ...eedd ..eeddc .4eddcb .4ddcb. 343cb.. .331...",
    "flame": "...e... ...ee.. .e.edd. .eeeddc 4eedddc 434dcb. .331...",
    "heart": ".ee.dd. eewdddc eeddddc eddddcb .edddb. ..edb.. ...b...",
    "diamond": "...e... ..eed.. .ewddc. eeddccb .ddccb. ..ccb.. ...b...",
}


def wand(rng: Random) -> Sprite:
    """A short wand with a shining tip."""
    tip, (name, glow), metal = rng.choice(list(TIPS)), _pick(rng, BRIGHT), rng.choice(list(METALS.values()))
    shaft = paint(rng.choice(WANDS), rng.choice((*WOODS, metal)), metal, dx=1, dy=5)
    layer = stack(shaft, paint(TIPS[tip], metal, glow, dx=8, dy=1))
    return _done(rng, layer, f"wand with {_a(name)} {tip}", turn=True, sparks=glow)


STAFF_SHAFTS: tuple[str, ...] = (
    "32 32 31 dc cb 32 32 31 32 32 31 21 21",
    "32. .32 .31 32. 32. 31. .32 .31 .21 21. 21. 21. 21.",
    "dc cb 32 32 32 31 31 31 31 21 21 dc cb",
    "32 31 32 32 dc 32 dc 31 dc 21 21 21 21",
)
# 0-4 wood, a-e crystal, p-t metal; 8 wide, the shaft comes up at columns 3 and 4
STAFF_HEADS: dict[str, str] = {
    "orb": "..eedc.. .eewdcb. .eddccb. .3dcbb1. ..3321.. ...32...",
    "crystal": "...ed... ..eddc.. s.ewdc.q sreddcrq .srdcrq. ..srrq..",
    "crescent": ".s....q. ss.ed.rq sreddcrq srrdcrrq .srrrrq. ..srrq..",
    "hook": ".44332.. 443.332. 43.ed.32 3..dc.32 ....332. ...332..",
    "skull": ".ttttss. ttttsssr tkktskkr tkksskkr .ttksrr. .tsksrq.",
    "wings": "t.eed..q tteedcrq .seddcr. tssdcrrq ..srrq.. ...sq...",
    "ring": "..sssr.. .ss..rq. .s.ed.q. .s.dc.q. .sr..qp. ..srqq..",
    "flame": "...e.... ..ee.d.. .eeeddc. .eedddc. ..sdcq.. ..srrq..",
}


def staff(rng: Random) -> Sprite:
    """A wizard's staff, upright."""
    head, (name, glow), metal = rng.choice(list(STAFF_HEADS)), _pick(rng, BRIGHT), rng.choice(list(METALS.values()))
    wood, bone = rng.choice(WOODS), rng.choice((BONE, STONE, GOLD))
    shaft = paint(rng.choice(STAFF_SHAFTS), wood, metal, dx=7, dy=6)
    layer = stack(shaft, paint(STAFF_HEADS[head], wood, glow, bone if head == "skull" else metal, dx=4, dy=1))
    layer[15:] = 0
    what = "skull" if head == "skull" else f"{name} {'orb' if head in ('wings', 'hook', 'crescent', 'ring') else head}"
    return _done(rng, layer, f"staff with {_a(what)}", turn=True, sparks=glow)


# 0-4 blade, a-e metal, p-t grip
SWORDS: tuple[str, ...] = (
    """
        ............44
        ...........431
        ..........431.
        .........431..
        ........431...
        .......431....
        ......431.....
        .d...431......
        .dc.431.......
        ..dc31........
        ..srdc........
        .sq..cb.......
        sq....b.......
        cb............""",
    """
        ............4.
        ...........431
        ..........431.
        .........4431.
        .......44331..
        ......4w331...
        .....4w331....
        .....44331....
        ..d..4331.....
        ..dc4331......
        ...dc11.......
        ..srcc........
        .sq..cb.......
        cb............""",
    """
        ....4....
        ...443...
        ...431...
        ...431...
        ...431...
        ...431...
        ...431...
        ...431...
        ...431...
        d..431..b
        edddccbba
        ...srq...
        ...srq...
        ...dcb...""",
    """
        ....4....
        ...443...
        ..44331..
        ..44331..
        ..44331..
        ..44331..
        ..44331..
        ..44331..
        d.44331.b
        ed43321ba
        .ddcccba.
        ...srq...
        ...srq...
        ..edcba..""",
)


def sword(rng: Random) -> Sprite:
    """A sword whose blade shines in a colour."""
    (name, glow), grip = _pick(rng, BRIGHT), rng.choice((*WOODS, *CLOTH.values()))
    layer = paint(rng.choice(SWORDS), glow, rng.choice(list(METALS.values())), grip, dx=1, dy=1)
    return _done(rng, layer, f"{name} glowing magic sword", turn=True, sparks=glow)


# -- crystals and jewels ----------------------------------------------------------------------------

BALL = """
    ....3333....
    ..33443322..
    .3444333222.
    34ww33322221
    34w333222221
    343332222221
    333322222211
    .3322222211.
    .2222222111.
    ..22111110.."""
# 0-4 metal or wood; grid and the row it starts in
STANDS: dict[str, tuple[str, int]] = {
    "claw stand": ("3..........1 43........21 .432....321. ..44333221.. ...433221... .4433332211.", 8),
    "wooden stand": ("..33333222.. ...433221... ...333221... .4433332211. 433333222211", 9),
    "cushion": ("4..........2 344........211 3443333322211 .44333332221. 3433333222110 3..........0", 8),
    "ring stand": (".43......21. 4443333322211 .322222221111 ...33..21... ..43....21.. .43......21.", 8),
}


def crystal_ball(rng: Random) -> Sprite:
    """A crystal ball on a stand, something to be seen inside."""
    (name, glass), stand = _pick(rng, BRIGHT | {"white": COLOURS["white"]}), rng.choice(list(STANDS))
    grid, row = STANDS[stand]
    material = rng.choice(list({"wooden stand": dict(enumerate(WOODS)), "cushion": CLOTH}.get(stand, METALS).values()))
    layer = stack(paint(BALL, glass, dx=2, dy=1), paint(grid, material, dx=2, dy=row + 1))
    caption = f"{name} crystal ball on {_a(stand)}"
    if _chance(rng, 0.7):
        sign = rng.choice(list(EMBLEMS))
        shine = rng.choice(((*glass[3:4], *glass[3:4], *glass[3:], (255, 255, 255)), GOLD, COLOURS["white"]))
        layer = stack(layer, paint(EMBLEMS[sign], shine, dx=6, dy=4))
        caption = f"{name} crystal ball with {_a(sign)}"
    return _done(rng, layer, caption, sparks=glass)


# 0-4 stone
GEMS: dict[str, str] = {
    "brilliant": """
        ..4443333222..
        .4w4433332221.
        4w443333322211
        44443333222221
        33333222221111
        .433332222110.
        ..4333222110..
        ...43322210...
        ....432210....
        .....4310.....
        ......20......""",
    "emerald-cut gem": """
        ..44444444..
        .4444444443.
        33222224w211
        3322224w2211
        332224422211
        332244222211
        332442222311
        334422223311
        332222233311
        222222222100
        .2111111110.
        ..11111100..""",
    "hexagonal gem": """
        .....43.....
        ...444332...
        .4444433322.
        444444333222
        334w32222211
        33w432222211
        334322222211
        333222222311
        332222223311
        332222233311
        222211110000
        .2221111000.
        ...211100...
        .....10.....""",
    "heart gem": """
        ..444..333..
        .4444343332.
        444433333222
        44w222222311
        34w222222311
        332222223311
        .3322222311.
        ..33222311..
        ...332311...
        ....3211....
        .....21.....""",
    "round gem": """
        ...444433...
        .4444443332.
        .4344443322.
        443344333222
        4433w2222211
        443w22222211
        433222223211
        433222233211
        332222333111
        .3211111110.
        .2221111000.
        ...211100...""",
    "drop-shaped gem": """
        .....43.....
        .....43.....
        ....4432....
        ....4432....
        ...444322...
        ...4w4322...
        ..4w433222..
        .44w4332222.
        .4w43332221.
        443333222211
        433322222211
        .4322222111.
        .3222211110.
        ...221110...""",
}


def gem(rng: Random) -> Sprite:
    """One large cut gem."""
    (name, stone), cut = (
        _pick(rng, BRIGHT | {"white": COLOURS["white"], "black": COLOURS["black"]}),
        rng.choice(list(GEMS)),
    )
    return _done(rng, paint(GEMS[cut], stone, dx=1, dy=1), f"{name} {cut}", turn=cut == "drop-shaped gem", sparks=stone)


# 0-4 crystal, a-e second crystal, p-t rock
CLUSTERS: tuple[str, ...] = (
    """
        .....43.......
        ....4432......
        ....44321.....
        ....44321..d..
        ....4w321.edc.
        .d..4w321.edcb
        edc.44320eddcb
        edda44320ewdcb
        edda44320ewdcb
        .ewda4320eddcb
        .edda4320edcb.
        ..eddc320edcb.
        .srrdc32dcbqp.
        srrrqqqqqqqppp""",
    """
        ........43....
        .......4432...
        .......44321..
        ..ed...4w321..
        .eedc..4w321..
        .ewdca443321..
        .ewdca443320d.
        .eddca44320edc
        .eddca44320ddc
        ..edca4432eddb
        ..edda4320edcb
        ..eddcb320dcb.
        .srrdcb32dcqp.
        ssrrrqqqqqqppp""",
)


def crystals(rng: Random) -> Sprite:
    """Crystals growing from a rock."""
    name, crystal = _pick(rng, BRIGHT)
    other = crystal if _chance(rng, 0.5) else rng.choice(list(BRIGHT.values()))
    layer = paint(rng.choice(CLUSTERS), crystal, other, rng.choice(STONES), dx=1, dy=1)
    return _done(rng, layer, f"{name} crystals on a rock", turn=True, sparks=crystal)


# 0-4 metal
BANDS: tuple[str, ...] = (
    """
        ..4433322..
        .443...321.
        .43.....21.
        43.......21
        43.......21
        43.......21
        .43.....21.
        .433...221.
        ..3332211..""",
    """
        ...44333...
        .444...321.
        444.....321
        443.....321
        443.....321
        443.....321
        4433...2211
        .433322211.
        ..3222110..""",
    """
        .43.....21.
        443.....321
        43.......21
        34.......12
        43.......21
        34.......12
        433.....211
        .343...121.
        ..3432110..""",
)
# 0-4 metal, a-e gem
SETTINGS: dict[str, str] = {
    "diamond": ".eeddc. ewedccb eedddcb .eddcb. 3.dcb.1 .32b21.",
    "round gem": "..eed.. .ewddc. .eeddcb .edccb. 43ccb21 .43321.",
    "square gem": ".eeedd. .ewddc. .eddcc. .edccb. 4ccbbb1 .43321.",
    "star": "...e... .eeedd. ..edd.. .eddcc. .e.3.c. .43321.",
    "skull": "..433.. .44333. .4k3k3. .43332. ..4k3.. .43321.",
    "eye": "..433.. .4ddc3. 4dwkdc2 .3dcc2. ..322.. .43321.",
    "heart": ".ee.dd. eewdddc eeddddc .edddc. ..edc.. .43321.",
    "flame": "...e... ..ee.d. .eedddc .eddcdc ..dccb. .43321.",
}


def ring(rng: Random) -> Sprite:
    """A finger ring with a stone."""
    (kind, metal), (name, stone), setting = _pick(rng, METALS), _pick(rng, BRIGHT), rng.choice(list(SETTINGS))
    layer = stack(paint(rng.choice(BANDS), metal, dx=2, dy=6), paint(SETTINGS[setting], metal, stone, dx=4, dy=1))
    what = setting if setting == "skull" else f"{name} {setting}"
    return _done(rng, layer, f"{kind} ring with {_a(what)}", sparks=stone)


# 0-4 metal or cord
CHAINS: tuple[str, ...] = (
    "....4321.... ..43....21.. .4........1. .3........2. .4........1. ..3......2.. ...43..21...",
    "4..........2 3..........1 .4........2. .3........1. ..4......2.. ...3....1... ....43.1....",
    "..444..222.. .4...43...2. 4..........2 3..........1 4..........2 .3........1. ..43....21..",
)
# 0-4 metal, a-e gem
PENDANTS: dict[str, str] = {
    "round gem": "..4332.. .43ed21. 43eddc21 4eewdcb1 4eddccb1 33dcbb21 .32ba11. ..2211..",
    "drop": "...42... ...42... ..4d21.. ..4edc1. .4ewdcb1 .4eddcb1 .3dccb1. ..3211..",
    "cross": "...43... ...42... ..4d32.. 443ed221 433dc211 ..4322.. ...32... ...31...",
    "heart": "...42... .44.322. 4eed3dd1 4ewdddc1 4edddcb1 .3edcb1. ..3db1.. ...31...",
    "star": "...42... ...43... ..4d32.. 443ed221 .4edcb1. .43cb21. 443..211 43....11",
    "eye": "...42... ..4332.. .4eddc1. 4ewkkdc1 3edkkcb1 .3dccb1. ..3221.. ...31...",
    "fang": "..4321.. .43ed21. .ttss... .ttss... ..tsr... ..tsr... ...sr... ...r....",
    "moon": "...42... .443.... 443..... 44..ed.. 44..dc.1 443....1 .433321. ..3221..",
    "sun": "4..42..1 .4.43.1. ..4ed2.. 44ewdc21 43ddcb11 ..3cb1.. .3.32.1. 3..31..1",
    "square gem": "...42... .443322. .4eedd1. .4ewdc1. .4edcb1. .4dcbb1. .332211. ...31...",
}


def amulet(rng: Random) -> Sprite:
    """A pendant on a chain or cord."""
    (kind, metal), (name, stone), shape = _pick(rng, METALS), _pick(rng, BRIGHT), rng.choice(list(PENDANTS))
    chain = metal if _chance(rng, 0.6) else rng.choice((WOOD, LEATHER, BONE, *CLOTH.values()))
    hang = paint(rng.choice(CHAINS), chain, dx=2, dy=1)
    layer = stack(hang, paint(PENDANTS[shape], metal, stone, BONE, dx=4, dy=7))
    what = shape if shape in ("fang", "moon") else f"{name} {shape}"
    return _done(rng, layer, f"{kind} amulet with {_a(what)}", sparks=stone)


# 0-4 stone
RUNE_STONES: tuple[str, ...] = (
    """
        ...44433...
        ..4443333..
        .444333332.
        .4433333322
        44433333322
        44333333322
        44333333322
        44333333221
        43333333221
        43333332221
        43333332221
        43333322211
        33322222111
        .2221111100""",
    """
        ...4444333....
        .444443333322.
        .4443333333322
        44433333333322
        44333333333322
        44333333333221
        43333333333221
        43333333332221
        33333333322211
        .3333222222111
        .2222221111110
        ...21111000...""",
    """
        .....44.....
        ...444433...
        .4444333332.
        444333333322
        443333333322
        443333333322
        443333333221
        443333333221
        433333333221
        433333332211
        333333222211
        .2332222111.
        ...221111...
        .....10.....""",
    """
        ..4443......
        .444333322..
        .44333333322
        444333333322
        443333333322
        443333333221
        .43333333221
        .43333333221
        443333332221
        433333332221
        433333322211
        .33322222111
        ..2211111110""",
)
RUNE_CENTRES: tuple[tuple[int, int], ...] = ((3, 4), (5, 3), (4, 4), (4, 4))
STONE_EXTRAS: tuple[tuple[str, Ramp | None], ...] = (
    ("", None),
    ("", None),
    (".32 321 21.", LEAF),
    ("3443 .321 ..1.", LEAF),
    ("1.. 11. .1. .11", None),
    ("..1 .1. 11.", None),
)


def rune_stone(rng: Random) -> Sprite:
    """A stone with a shining rune."""
    (name, glow), shape, stone = _pick(rng, BRIGHT), rng.randrange(len(RUNE_STONES)), rng.choice(STONES)
    x, y = RUNE_CENTRES[shape]
    layer = paint(RUNE_STONES[shape], stone, dx=1, dy=1)
    extra, moss = rng.choice(STONE_EXTRAS)
    if extra:
        corner = rng.choice(((2, 9), (8, 3), (9, 9)))
        spot = paint(extra, moss or stone, dx=corner[0], dy=corner[1])
        spot[layer[..., 3] == 0] = 0
        layer = stack(layer, spot)
    rune = rng.choice(RUNES)
    carved = paint(rune, (glow[1], glow[2], glow[2], glow[3], glow[4]), dx=x + 1, dy=y + 1)
    layer = stack(layer, outline(carved, stone[0]))
    return _done(rng, layer, f"rune stone with {_a(name)} rune", turn=True, sparks=glow)


# -- effects ----------------------------------------------------------------------------------------

FLAMES: dict[str, tuple[str, ...]] = {
    "flame": (
        """
        .....1......
        ....11......
        ....12...1..
        ...122..11..
        .1.1221.12..
        11.12221221.
        121123322211
        122123332221
        122233443221
        122334443321
        122344444321
        .1233444321.
        .0123344321.
        ..00122210..""",
        """
        ......1.....
        ......11....
        .....122....
        ....1222....
        ...122321...
        ..1223321...
        .12233322.1.
        .1223433211.
        122344432221
        122344443221
        123344444321
        .1234444321.
        .0123443210.
        ..00111100..""",
        """
        .1.......1..
        .11..1..11..
        .121.11.12..
        ..12.12221..
        1.1211231.1.
        11122233212.
        121223332221
        122233443221
        122344443321
        123344444321
        .1234444321.
        .0123444310.
        ..00111100..""",
    ),
    "fireball": (
        """
        .........1...1
        ......1.11..12
        .....11.12.12.
        ....112.21122.
        ...1122222221.
        ..112233322.1.
        .1122333332211
        .122334433321.
        112334444332..
        122344444332..
        1223444443321.
        122344443321..
        .12233333321..
        ..112222211...""",
        """
        ............11
        .......1..112.
        ....1.11.122..
        ....1122122..1
        ..11122222..12
        .111223322122.
        .12233333222..
        1223344332211.
        12334444332...
        123444443321..
        12344444321...
        .1234443321...
        .012333221....
        ...001111.....""",
    ),
}


def flame(rng: Random) -> Sprite:
    """A magic flame or a flying fireball."""
    (name, fire), what = _pick(rng, FIRES), rng.choice(list(FLAMES))
    layer = paint(rng.choice(FLAMES[what]), fire, dx=1, dy=1)
    rim = fire if _chance(rng, 0.35) else None
    if what == "flame" and _chance(rng, 0.2):
        layer = stack(layer, paint("k..k k..k .... .kk.", dx=5, dy=9))
        return _done(rng, layer, f"{name} flame with a face", turn=True, sparks=fire, rim=rim)
    return _done(rng, layer, f"{name} {what}", turn=True, sparks=fire, rim=rim)


STARS: dict[str, tuple[str, ...]] = {
    "star": (
        """
        ......4......
        .....443.....
        .....443.....
        ....44333....
        4444443333322
        .4w4433333222
        ..444333322..
        ...4433322...
        ...4433322...
        ..443333222..
        ..4333.2221..
        .433.....221.
        .3.........1.""",
        """
        .....44......
        .....443.....
        ....4443....
        ....44433..33
        444444333332.
        .4w443333322.
        ..44333332...
        ...433332....
        ..4433332....
        ..433322222..
        .443..22221..
        .43......11..
        .............""",
    ),
    "sparkle": (
        """
        ......4......
        ......4......
        .....443.....
        .....443.....
        ....44w33....
        ..444www333..
        444wwwwww3332
        ..443www332..
        ....33w32....
        .....332.....
        .....332.....
        ......2......
        ......2......""",
        """
        ......4......
        .4...443...2.
        ..4..443..2..
        ...4444332...
        ...444w332...
        .4444www3322.
        444wwwwww3222
        .3333www2222.
        ...33w3222...
        ...3333222...
        ..3..332..1..
        .3...332...1.
        ......2......""",
    ),
    "shooting star": (
        """
        ............cb
        ..........ccb.
        ........dccb.b
        ......ddcc.bb.
        ...4.ddccbbb..
        ...44dcccb..b.
        ..4443dccbcb..
        44443333ccb...
        .4w33322cb....
        ..433322b.....
        ..43333.......
        .433.221......
        .3.....1......""",
    ),
    "crescent moon": (
        """
        .....4443....
        ...4443......
        ..4444.......
        .4444........
        .4443........
        44443........
        44433........
        44333.......2
        .43333.....2.
        .433333...22.
        ..333333222..
        ...33322221..
        .....2221....""",
    ),
}


def star(rng: Random) -> Sprite:
    """A star, a sparkle, a shooting star or a moon of light."""
    what, (name, light) = rng.choice(list(STARS)), _pick(rng, BRIGHT | {"white": COLOURS["white"]})
    tail = rng.choice(list(BRIGHT.values()))
    layer = paint(rng.choice(STARS[what]), light, tail, dx=1, dy=1)
    rim = light if _chance(rng, 0.4) else None
    caption = f"{name} {what}"
    if what in ("star", "crescent moon") and _chance(rng, 0.3):
        x, y = (6, 6) if what == "star" else (3, 5)
        face = (
            rng.choice(("k..k ....", "k..k .kk.", "k..k k..k"))
            if what == "star"
            else rng.choice((".k ..", "kk .. .kk"))
        )
        layer, caption = stack(layer, paint(face, dx=x, dy=y)), caption + " with a face"
    return _done(rng, layer, caption, turn=what in ("shooting star", "crescent moon"), sparks=light, rim=rim)


# 0-4 light, a-e cloud
BOLTS: dict[str, tuple[str, ...]] = {
    "lightning bolt": (
        """
        ......44443...
        .....44443....
        .....4443.....
        ....4443......
        ....44433332..
        ...44443332...
        ...33344332...
        ......4332....
        .....4332.....
        .....332......
        ....332.......
        ....32........
        ...32.........
        ...2..........""",
        """
        4443..........
        .44433........
        ..444433......
        ...44433333...
        .....444332...
        .....44332....
        ....44433.....
        ...4443332....
        ...33344332...
        .......4433...
        ........4332..
        ..........332.
        ...........332
        .............2""",
        """
        ...44444443.
        ...4444443..
        ..4444433...
        ..444433....
        .4444333332.
        .444433332..
        .333443322..
        ....44332...
        ...44332....
        ...4332.....
        ..4332......
        ..332.......
        ..32........
        ..2.........""",
    ),
    "lightning cloud": (
        """
        .....eedd.....
        ...eeeeeddd...
        .eeeeddeeedcc.
        eeedddddddcccb
        ddddddddccccbb
        .bbbcccccbbba.
        .....4443.....
        ....4443......
        ...444333.....
        ...33443......
        ....443.......
        ....43........
        ...43.........
        ...3..........""",
        """
        ...eee........
        .eeeeddeed....
        .eedddeeeddd..
        eedddddddddccb
        dddddddddcccbb
        .bbcccccccbba.
        ...44....44...
        ..443...443...
        ..4433..4433..
        ....43....43..
        ...43....43...
        ...3.....3....
        ..............""",
    ),
}


def lightning(rng: Random) -> Sprite:
    """A lightning bolt, alone or out of a cloud."""
    what, (name, light) = (
        rng.choice(list(BOLTS)),
        _pick(rng, {n: BRIGHT[n] for n in ("gold", "sky", "violet", "lime", "pink", "teal", "orange")}),
    )
    cloud_name, cloud = _pick(rng, {n: COLOURS[n] for n in ("grey", "white", "black", "blue", "violet")})
    layer = paint(rng.choice(BOLTS[what]), light, cloud, dx=1, dy=1)
    caption = f"{cloud_name} cloud with {_a(name)} bolt" if what == "lightning cloud" else f"{name} {what}"
    return _done(
        rng,
        layer,
        caption,
        turn=True,
        sparks=light,
        rim=light if what == "lightning bolt" and _chance(rng, 0.35) else None,
    )


ICE: dict[str, Ramp] = {
    "ice-blue": ramp(225, 0.07, 0.80, 0.95),
    "sky": COLOURS["sky"],
    "teal": COLOURS["teal"],
    "white": COLOURS["white"],
    "blue": ramp(255, 0.14, 0.64),
    "violet": ramp(295, 0.12, 0.70),
}
FROST: dict[str, tuple[str, ...]] = {
    "snowflake": (
        """
        ......4......
        ....4.4.3....
        .4...443...2.
        ..43..4..32..
        ..43..4..32..
        .4..4.4.3..2.
        4444443333222
        .4..3.3.2..1.
        ..33..3..21..
        ..33..3..21..
        .3...332...1.
        ....3.2.1....
        ......2......""",
        """
        .....4.3.....
        ......4......
        ..4..443..2..
        ...4.444.2...
        .4..44333..2.
        4.444.4.333.2
        .4443.w.3322.
        3.333.3.222.1
        .3..33322..1.
        ...3.332.1...
        ..3..322..1..
        ......2......
        .....2.1.....""",
        """
        ....4...3....
        .....4.3.....
        .4....4....2.
        .44...4...22.
        4..4..4..3..2
        .4..4.4.3..2.
        ..444ww3322..
        .3..3.3.2..1.
        3..3..3..2..1
        .33...3...11.
        .3....2....1.
        .....2.1.....
        ....2...1....""",
    ),
    "ice shard": (
        """
        ......44.....
        .....4421....
        ....444211...
        ....444211...
        ...4442211...
        ...4w42211...
        ..44w422111..
        ..44w422111..
        ..444422111..
        ...44422110..
        ...4442211...
        ....442110...
        ....44211....
        .....421.....""",
        """
        ......4....
        .....43....
        .....431...
        ....4431...
        ....4421...
        4...4w211..
        43..4w211.2
        431.4w2114
        431.4w21142
        421.4w21421
        42104421421
        .4214421420
        ..42443210.
        ...333221..""",
    ),
    "ice spikes": (
        """
        ......43......
        ......431.....
        .....4431.....
        .....4w31..4..
        .4...4w31.43..
        .43..4w310431.
        4431.4w310431.
        44310443104w31
        4w310443104w31
        4w310443104431
        44310443104431
        .4310443104310
        .333222222110.
        ..2221111110..""",
    ),
}


def ice(rng: Random) -> Sprite:
    """A snowflake or a piece of ice."""
    (name, frost), what = _pick(rng, ICE), rng.choice(("snowflake", "snowflake", "ice shard", "ice spikes"))
    rim = frost if what == "snowflake" and _chance(rng, 0.5) else None
    layer = paint(rng.choice(FROST[what]), frost, dx=1, dy=1)
    return _done(rng, layer, f"{name} {what}", turn=what != "snowflake", sparks=frost, rim=rim)


# -- things of the workshop -------------------------------------------------------------------------

# 0-4 iron, a-e brew
CAULDRONS: tuple[str, ...] = (
    """
        ..eeddddccbb..
        44433333322211
        .111111110000.
        .344333322211.
        34433333222211
        34433332222211
        34333332222111
        33333322222110
        .333322222111.
        ..3222221110..
        .32........10.""",
    """
        ...eedddccb...
        ..4433333221..
        43.11111110.21
        4.3443332221.1
        34344333222121
        .344333322221.
        .344333322221.
        .343333222211.
        ..3333222211..
        ...32222111...
        ..32......10..""",
    """
        .eeeddddcccbb.
        44443333332221
        .111111111100.
        .344333332221.
        .344333322221.
        .344333322221.
        ..3433332221..
        ...33322211...
        ..32.3221.10..
        .32...21...10.
        .3....2.....0.""",
)
FOAMS: tuple[str, ...] = (
    ".......... ...ed..... ..eedc.ed. .dedcbddc.",
    "..ed...... ..dc..ed.. .....edd.. ..eddcdcb.",
    ".......... ......d... ..d...... .edc..edc.",
    "....e..... ...ed..d.. ...dc.d... ..ddccc...",
    ".......... .......... ed........ dcedc..ed.",
    ".......... .......... .......... ...........",
)
HEARTHS: tuple[str, ...] = (
    ".1...1....1. .12.12..121. 123123112321 234334324432",
    "....1..1.... .1.12.121.1. 122233122321 334443344332",
    "",
    "",
)
LADLE = "...43 ..43. ..32. .43.. .32.. .3..."


def cauldron(rng: Random) -> Sprite:
    """A cauldron with a bubbling brew."""
    (name, brew), pot = (
        _pick(rng, BRIGHT),
        rng.choice((IRON, COLOURS["black"], COLOURS["grey"], METALS["copper"], STONES[4])),
    )
    layer = stack(paint(rng.choice(FOAMS), IRON, brew, dx=3, dy=1), paint(rng.choice(CAULDRONS), pot, brew, dx=1, dy=4))
    if _chance(rng, 0.3):
        layer = stack(layer, paint(LADLE, rng.choice((WOOD, STEEL, BONE)), dx=9, dy=1))
    hearth = rng.choice(HEARTHS)
    if hearth:
        layer = stack(layer, paint(hearth, FIRES["orange"], dx=2, dy=11))
    return _done(rng, layer, f"cauldron of {name} brew" + (" over a fire" if hearth else ""), turn=True, sparks=brew)


# 0-4 metal, a-e smoke, p-t gem
LAMPS: tuple[str, ...] = (
    """
        .....42.......
        ....4432......
        .44.1111....43
        4.444433322432
        3.34w4sr333321
        .33444rq33221.
        ...33333221...
        .....321......
        ....43321.....
        ...4332221....""",
    """
        ............43
        .....43....432
        .44.4332...32.
        4..411111.432.
        3.344433344321
        .33444sr33321.
        ..3444rq3321..
        ...33333221...
        ....332211....
        ..4433332221..""",
)
SMOKES: tuple[str, ...] = (
    "..ed.. .ed... .dd... ..dc.. ...dc. ....c.",
    "...ed. ..edd. ...edd. .....c. ....c..",
    ".ee... eedd.. .dddc. ...cc. ....c.",
    "",
)


def lamp(rng: Random) -> Sprite:
    """A genie's oil lamp."""
    (kind, metal), (name, smoke) = _pick(rng, METALS), _pick(rng, BRIGHT)
    gem_or_not = rng.choice((metal, rng.choice(list(BRIGHT.values()))))
    grid, puff = rng.choice(LAMPS), rng.choice(SMOKES)
    low = 15 - len(grid.split())
    layer = paint(grid, metal, smoke, gem_or_not, dx=1, dy=low)
    if puff:
        cloud = paint(puff, metal, smoke, dx=10, dy=low + 2 - len(puff.split()))
        layer = stack(cloud, layer)
    return _done(rng, layer, f"{kind} magic lamp" + (f" with {name} smoke" if puff else ""), turn=True, sparks=smoke)


# 0-4 wax, a-e holder, p-t fire
CANDLES: dict[str, tuple[str, ...]] = {
    "candle": (
        """
        ......s......
        .....ss......
        .....str.....
        .....rtr.....
        ......k......
        ....44333....
        ....43442....
        ....44332....
        ....4w332....
        ....44332....
        ....43332..dc
        .ddd43322cd.b
        dddcc111bbbcb
        .ccccbbbbaaa.""",
        """
        .....s...
        ....ss...
        ....str..
        ....rtr..
        .....k...
        ..444332.
        ..443432.
        ..444332.
        ..434432.
        .4434332.
        .4443332.
        444433322
        443433232
        .33222211""",
    ),
    "skull candle": (
        """
        .....s......
        ....ss......
        ....str.....
        .....k......
        ...43332....
        ..d4342cc...
        .ddd43dcccb.
        ddddd4dccccb
        dkkkddkkkccb
        dkkkcckkkcbb
        dddckkdccbba
        .ddckdccbba.
        ..dkdkckba..
        ..dcdcbcb...""",
        """
        .......s....
        ......st....
        ......rtr...
        .......k....
        ..dd.4432...
        .dddd4433cb.
        ddddd4342ccb
        ddddddd4cccb
        dkkkdddkkkcb
        dkkkcdckkkbb
        .ddckkdccba.
        ..dddccbba..
        ..dkckckba..
        ...cdcbcb...""",
    ),
    "candelabra": (
        """
        ......s.......
        ......rt......
        s.....43....s.
        rt....43....rt
        43....32....43
        43....32....43
        32...dccb...32
        ddc...cb...ccb
        .cb...cb...cb.
        .dcb.dccb.dcb.
        ..ddccccccbb..
        .....dccb.....
        ......cb......
        ....ddccbb....""",
    ),
}


def candle(rng: Random) -> Sprite:
    """A candle: in a holder, on a skull, or three of them."""
    what, (name, wax), (_, fire) = rng.choice(list(CANDLES)), _pick(rng, {**CLOTH, "white": BONE}), _pick(rng, FIRES)
    holder = BONE if what == "skull candle" else rng.choice(list(METALS.values()))
    flame_ramp = (fire[0], fire[1], fire[1], fire[2], fire[4])
    layer = paint(rng.choice(CANDLES[what]), wax, holder, flame_ramp, dx=1, dy=1)
    caption = {"candelabra": f"candelabra with {name} candles", "skull candle": f"{name} candle on a skull"}
    return _done(rng, layer, caption.get(what, f"{name} candle"), turn=True, sparks=fire)


# 0-4 face, a-e ornament
MASKS: dict[str, tuple[str, ...]] = {
    "theatre mask": (
        """
        .4443333322.
        444433333322
        444333333322
        444333333322
        444333333322
        444333333222
        443333333222
        443333332222
        .4333333222.
        .4333332221.
        ..33332221..
        ...332211...
        ....2211....""",
    ),
    "horned mask": (
        """
        e..........c
        ee........cc
        ed4443333bcb
        .d44333332b.
        444433333322
        444333333322
        443333333322
        443333333222
        .4333333222.
        .4333332221.
        ..43332221..
        ...332211...
        ....3211....""",
    ),
    "feathered mask": (
        """
        ..e..ed..c..
        .ed.eddc.cb.
        .edceddcbcb.
        ..ddeddccb..
        .4444333322.
        444433333322
        444333333322
        443333333322
        443333333222
        .4333333222.
        .4333332221.
        ..33332221..
        ...332211...""",
    ),
}
MASK_EYES: tuple[str, ...] = (
    "kk...kk. kkk..kkk",
    ".kk..kk. kk....kk",
    "kkk..kkk .kk..kk.",
    "kk....kk .kk..kk.",
    "kkk..kkk kkk..kkk",
)
MASK_MOUTHS: tuple[str, ...] = (
    "k....k kkkkkk .kkkk.",
    ".kkkk. kkkkkk k....k",
    ".kkkk. .kwwk. .kkkk.",
    "...... kwkwkk .kkkk.",
    "...... .kkkk. ......",
)
MASK_PAINTS: tuple[str, ...] = (
    "",
    "...ed... ...dc... ",
    "........ ........ ........ .d....c. .d....c.",
    "d......c ........ ........ dd....cc .d....c.",
    "...dc... ...dc... ...dc... ...dc... ...cb...",
)


def mask(rng: Random) -> Sprite:
    """A magic mask with its own expression."""
    what, (name, face) = rng.choice(list(MASKS)), _pick(rng, {**CLOTH, "white": BONE, "golden": GOLD})
    trim = rng.choice([r for r in (GOLD, BONE, *BRIGHT.values()) if r is not face])
    top = 4 if what == "theatre mask" else 6
    layer = stack(
        paint(rng.choice(MASKS[what]), face, trim, dx=2, dy=1),
        paint(rng.choice(MASK_PAINTS) or ".", face, trim, dx=4, dy=top - 2),
        paint(rng.choice(MASK_EYES), dx=4, dy=top),
        paint(rng.choice(MASK_MOUTHS), dx=5, dy=top + 4),
    )
    return _done(rng, layer, f"{name} {what}")


# 0-4 glass, a-e frame, p-t sand
HOURGLASS = """
    ddddccccbba
    ccccbbbbaaa
    .d4w43322b.
    .d4443322b.
    .c4433322b.
    .c.44332.b.
    .c..432..a.
    .c..432..a.
    .c.44332.a.
    .c4443322a.
    .b4w43322a.
    .b4433321a.
    ddddccccbba
    ccccbbbbaaa"""
HOURGLASS_PLAIN = """
    ..dddccbb..
    .dccccbbba.
    ...44332...
    ..4w43322..
    ..4443322..
    ..4443322..
    ...44332...
    ....432....
    ...44332...
    ..4w43322..
    ..4443322..
    ..4433321..
    .ddccccbba.
    ..cccbbba.."""
SANDS: tuple[str, ...] = (
    "tsssrrq .tssrq. ..tsr.. ...s... ...s... ...s... ..ttr.. .......",
    "....... tsssrrq .tssr.. ...s... ...s... ..tsr.. .tssrr. tsssrrq",
    "....... ....... .tssr.. ...s... ...s... .tssrr. tsssrrq ssssrrq",
    "....... ....... ....... ....... ....... .tssrr. tsssrrq ssssrrq",
)


def hourglass(rng: Random) -> Sprite:
    """An hourglass; how far the sand has run is left to chance."""
    (name, sand), framed = _pick(rng, BRIGHT | {"white": COLOURS["white"]}), _chance(rng, 0.6)
    frame = rng.choice((*WOODS, *METALS.values(), COLOURS["red"], COLOURS["blue"]))
    layer = paint(HOURGLASS if framed else HOURGLASS_PLAIN, rng.choice(GLASSES), frame, dx=3, dy=1)
    inside = paint(rng.choice(SANDS), GLASS, GLASS, sand, dx=5, dy=5)
    shape = layer[..., 3] > 0
    inside[~shape] = 0
    inside[:, [4, 12]] = 0
    return _done(rng, stack(layer, inside), f"hourglass with {name} sand", sparks=sand)


# 0-4 frame, a-e glass
MIRRORS: tuple[str, ...] = (
    """
        ...44332...
        .44ddcc322.
        .4dcceccc2.
        44cceecccb2
        4dceecccec2
        4deecccecc2
        4dccccecbb1
        .4ccceccb1.
        .44cccbb21.
        ...43221...
        ....431....
        ....321....
        ....321....
        ...43321...""",
    """
        ....4432....
        ..44333322..
        .44ddccc322.
        .4ddcceccc2.
        .4dcceeccb2.
        .4cceecceb2.
        .4ceecceec2.
        .4eecceecb2.
        .4ccceeccb2.
        .4cceecccb1.
        .4ccccccbb1.
        .4333222211.
        ..43....21..
        .443....211.""",
)
LOOKS: tuple[str, ...] = ("", "", "k..k k..k .... .kk.", ".ww. wkkw .ww.")


def magic_mirror(rng: Random) -> Sprite:
    """A magic mirror that sometimes looks back."""
    shape, (name, glass), (_, metal) = rng.randrange(2), _pick(rng, BRIGHT | {"white": GLASS}), _pick(rng, METALS)
    frame = rng.choice((metal, metal, *WOODS))
    look = rng.randrange(4)
    layer = paint(MIRRORS[shape], frame, glass, dx=2, dy=1)
    if LOOKS[look]:
        layer = stack(layer, paint(LOOKS[look], dx=6, dy=5))
    return _done(rng, layer, f"{name} magic mirror" + (("", "", " with a face", " with an eye")[look]), sparks=glass)


KINDS: dict[str, Callable[[Random], Sprite]] = {
    "round flask": _potion("round flask"),
    "conical flask": _potion("conical flask"),
    "square bottle": _potion("square bottle"),
    "vial": _potion("tall vial"),
    "open scroll": open_scroll,
    "rolled scroll": rolled_scroll,
    "tome": tome,
    "open book": open_book,
    "card": card,
    "quill": quill,
    "wand": wand,
    "staff": staff,
    "sword": sword,
    "crystal ball": crystal_ball,
    "gem": gem,
    "crystals": crystals,
    "ring": ring,
    "amulet": amulet,
    "rune stone": rune_stone,
    "flame": flame,
    "star": star,
    "lightning": lightning,
    "ice": ice,
    "cauldron": cauldron,
    "lamp": lamp,
    "candle": candle,
    "mask": mask,
    "hourglass": hourglass,
    "magic mirror": magic_mirror,
}


def draw(rng: Random) -> Sprite:
    """A spell or magic thing of a uniformly chosen kind."""
    return rng.choice(list(KINDS.values()))(rng)
