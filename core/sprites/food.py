"""Food and drink: fruit, vegetables, bread, meat, sweets and cups, each put together from grids and toppings."""

from __future__ import annotations

import random
import re
from collections.abc import Callable
from typing import TypeVar

import numpy as np

from .canvas import SIZE, Layer, Sprite, finish, mirror, outline, paint, shift, stack
from .palette import BONE, COLOURS, GLASS, GOLD, INK, LEAF, STEEL, WHITE, WOOD, Colour, Ramp, ramp

T = TypeVar("T")

# ---------------------------------------------------------------------------------------------- colours

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
ROAST = ramp(48, 0.125, 0.53, 0.95)
RAW = ramp(18, 0.16, 0.55, 0.85)
HAM = ramp(12, 0.105, 0.73, 0.85)
SALMON = ramp(38, 0.15, 0.71, 0.85)
CHEESE = ramp(90, 0.155, 0.84, 0.9)
CHEDDAR = ramp(68, 0.165, 0.75, 0.95)
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

# ---------------------------------------------------------------------------------------------- helpers


def _sheet(text: str) -> tuple[str, ...]:
    """Grids that stand side by side, told apart by blanks; a short grid is filled up with rows of one dot."""
    return tuple("\n".join(rows) for rows in zip(*(line.split() for line in text.strip().splitlines()), strict=True))


def _pick(rng: random.Random, table: dict[str, T]) -> tuple[str, T]:
    return rng.choice(list(table.items()))


def _words(*words: str) -> str:
    return re.sub(r"\ba (?=[aeiou])", "an ", " ".join(word for word in words if word))


def _deep(colours: Ramp) -> Ramp:
    """A ramp one shade darker, for flesh that has to stand out from pale pith."""
    return colours[:2] + colours[1:4]


def _clip(layer: Layer, base: Layer) -> Layer:
    """What of a layer lies on painted pixels of the base."""
    out = layer.copy()
    out[base[..., 3] != 255] = 0
    return out


def _flat(layer: Layer, colour: Colour) -> Layer:
    """A layer's silhouette in one colour."""
    out = layer.copy()
    out[layer[..., 3] == 255] = (*colour, 255)
    return out


def _pile(*layers: Layer, line: Colour = INK) -> Layer:
    """Stack things with a line round each where it covers another."""
    out = layers[0]
    for layer in layers[1:]:
        out = stack(out, _clip(outline(layer, line), out), layer)
    return out


def _box(layer: Layer) -> tuple[int, int, int, int]:
    """Left, top, right and bottom of what is painted (both ends inside)."""
    ys, xs = np.nonzero(layer[..., 3] == 255)
    return int(xs.min()), int(ys.min()), int(xs.max()), int(ys.max())


def _centre(layer: Layer) -> Layer:
    left, top, right, bottom = _box(layer)
    return shift(layer, (SIZE - 1 - left - right) // 2, (SIZE - 1 - top - bottom) // 2)


def _serve(rng: random.Random, caption: str, *layers: Layer, flip: bool = True) -> Sprite:
    """Stack, centre and outline the layers, the line always inside the square; `flip` lets chance mirror them."""
    food = _centre(stack(*layers))
    food[[0, -1]] = food[:, [0, -1]] = 0
    return finish(outline(mirror(food) if flip and rng.random() < 0.5 else food), _words(caption))


BITES = _sheet("""
..fxxx  .xxxx.
.fxxxx  xxxxxf
.fxxxx  xxxxf.
fxxxxx  xxxf..
.fxxxx  .ff...
..ffxx  ......
""")


def _bitten(
    rng: random.Random, layer: Layer, flesh: Colour, chance: float = 0.4, capped: bool = False
) -> tuple[str, Layer]:
    """Perhaps take a bite out of a side or corner (below a leafy cap); gives the word for it and the rest."""
    if rng.random() >= chance:
        return "", layer
    left, top, right, bottom = _box(layer)
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
    mark = paint(BITES[side], dx=dx, dy=dy, f=flesh, mirror=flip)
    return "bitten", stack(layer, _clip(mark, layer))


PLATE = """
23444333333221
.122222221110.
"""


def _plated(rng: random.Random, layer: Layer, chance: float = 0.5) -> tuple[str, Layer]:
    """Perhaps put a plate under the food; gives the words for it and all of it."""
    if rng.random() >= chance:
        return "", layer
    name, china = _pick(rng, CROCKERY)
    food = shift(_centre(layer), dy=-1)
    food = shift(food, dy=min(0, 13 - _box(food)[3]))
    return f"on a {name} plate", stack(paint(PLATE, china, dx=1, dy=_box(food)[3]), food)


STEAMS = _sheet("""
..z....z..  .....z....  .z...z...z
.zz...zz..  .z...zz..z  .zz..zz.zz
.z....z...  .zz...z.zz  ..z...z.z.
..z....z..  ..z..z..z.  .z...z...z
""")


def _steaming(rng: random.Random, sprite: Sprite, caption: str, chance: float = 0.4) -> Sprite:
    """Perhaps let steam rise above a finished sprite that leaves the top rows free."""
    if rng.random() >= chance:
        return sprite
    rows = np.nonzero((sprite.pixels != 255).any(-1))[0]
    cloud = paint(rng.choice(STEAMS), dx=3, dy=max(0, int(rows.min()) - 4), z=STEAM, mirror=rng.random() < 0.5)
    free = (cloud[..., 3] == 255) & (sprite.pixels == 255).all(-1)
    pixels = sprite.pixels.copy()
    pixels[free] = STEAM
    return Sprite(pixels, caption)


SPRINKLES = _sheet("""
y...z...v...y.  .v..y....z..v.  y.y.y.y.y.y.y.  ..............
..v...y...z...  y....z..v....y  ..............  ...y....z.....
z...y...v...y.  ...v...y...z..  .z.z.z.z.z.z.z  ........v..y..
..z...v...z...  .z...y...v....  ..............  ..z...........
y...v...y...v.  ...y...z...y..  v.v.v.v.v.v.v.  .....y....v...
..y...z...y...  v....v...z...y  ..............  .v.......z....
z...v...z...y.  ..z...y....v..  .y.y.y.y.y.y.y  ....z..y......
""")
SPRINKLE_COLOURS: tuple[tuple[Colour, Colour, Colour], ...] = (
    (YELLOW[4], SKY[3], RED[2]),
    (WHITE, WHITE, WHITE),
    (LIME[3], VIOLET[3], ORANGE[3]),
    (CHOCOLATE[1],) * 3,
    (YELLOW[3],) * 3,
)


def _sprinkled(rng: random.Random, icing: Layer, ink: Colour, chance: float = 0.6) -> tuple[str, Layer]:
    """Perhaps strew sprinkles that differ from the icing's own colour on it."""
    if rng.random() >= chance:
        return "", icing
    left, top, _, _ = _box(icing)
    y, z, v = rng.choice([c for c in SPRINKLE_COLOURS if max(abs(a - b) for a, b in zip(c[0], ink, strict=True)) > 70])
    strewn = paint(rng.choice(SPRINKLES), dx=left + rng.randint(0, 1), dy=top + 1, y=y, z=z, v=v)
    return "sprinkles", stack(icing, _clip(strewn, icing))


# ---------------------------------------------------------------------------------------------- fruit

APPLE_BODIES = _sheet("""
..233..332...  ..233.3322.  ...222.222...
.23443333221.  .2344333221  .22ddd2ddd11.
2344333332221  23443333221  2deeddddddcc1
2343333322221  23433333221  2deedddddddc1
2333333322211  23333332211  2dedddkddddc1
2333333222211  .2333332211  2ddddkdkdddc1
1233332222110  .2333322211  2ddddkdkddcc1
.23332222110.  .122322211.  .2ddddkddcc1.
.12222221110.  ..12222110.  .12ddddddcc1.
..122222110..  ..1222110..  ..12dddcc11..
...1110110...  ...11.10...  ...111.11....
""")
STALKS = _sheet("""
..p.....  .p......  ..p..dc.  .p.ddcb.  dc.p....  pp......  dd.p.dd.
.p......  .p......  .p.dccb.  .pdccb..  bdcp....  .pddc...  bdcpccb.
.p......  .pp.....  .pccb...  .pcb....  .bcp....  .p.ccb..  ..bpb...
.q......  .q......  .q......  .q......  ...q....  .q......  ...q....
""")
STALK_COLUMN = (1, 1, 1, 1, 3, 1, 3)
BLUSH = _sheet("""
.............  ......sss....
.sss.........  .....sssssr..
.sts.........  ......ssssrr.
sstsr........  .......srrrr.
.ssrr........  ........rrrr.
..rr.........  ..........r..
""")
APPLES = {"red": RED, "green": APPLE_GREEN, "golden": LEMON, "dark red": DARK_RED, "orange": ORANGE}


def _stalk(rng: random.Random, column: int, bottom: int) -> Layer:
    """A stalk, often with leaves, that ends in this column above this row."""
    which = rng.randrange(len(STALKS))
    wood = rng.choice((WOOD[1], GREENS[2][1]))
    return paint(
        STALKS[which], *((rng.choice(GREENS),) * 2), dx=column - STALK_COLUMN[which], dy=bottom - 3, p=wood, q=wood
    )


def apple(rng: random.Random) -> Sprite:
    """An apple: round or tall, whole, bitten or cut in half."""
    name, skin = _pick(rng, APPLES)
    form = rng.choice((0, 0, 1, 1, 2))
    body = paint(APPLE_BODIES[form], skin, CREAM, dx=1, dy=4)
    word = "half of a" if form == 2 else ""
    if form < 2:
        if name in ("green", "golden", "orange") and rng.random() < 0.5:
            body = stack(body, _clip(paint(rng.choice(BLUSH), RED, RED, RED, dx=1, dy=5), body))
        word, body = _bitten(rng, body, CREAM[3], capped=True)
    leaf = _stalk(rng, 5 if form == 1 else 6 + (form < 1), 5)
    return _serve(rng, _words(word, name, "apple"), body, leaf, flip=False)


PEAR_BODIES = _sheet("""
....233....  .....232...  ....212....  ....233...
...23432...  ....23432..  ...2dd12...  ...23432..
...23332...  ....23332..  ...2dd12...  ..2343322.
...23332...  ...234332..  ...2ddc1...  .234433322
..2343322..  ..2344322..  ..2dddc12..  2344333322
.234433322.  .23443322..  .2deeddcc1.  2344333221
23443333221  2344333221.  2deeddddcc1  2343333221
23433333221  2343333221.  2deedkdddc1  2333332211
23333332211  2333332211.  2dddkdkddc1  .233322211
12333322211  1233322211.  12dddkddcc1  .12222211.
.122222211.  .12222211..  .12ddddcc1.  ..111110..
..1122110..  ..111110...  ..1111111..  ..........
""")
PEARS = {"green": APPLE_GREEN, "yellow": LEMON, "red": DARK_RED, "brown": ramp(75, 0.11, 0.62), "golden": YELLOW}
PEAR_BLUSH = """
.......ss..
......sssr.
.......ssr.
........rr.
"""


def pear(rng: random.Random) -> Sprite:
    """A pear: straight, leaning, stout or cut in half."""
    name, skin = _pick(rng, PEARS)
    form = rng.randrange(4)
    body = paint(PEAR_BODIES[form], skin, CREAM, dx=2, dy=4)
    word = "half of a" if form == 2 else ""
    if form != 2:
        if name != "red" and rng.random() < 0.4:
            body = stack(body, _clip(paint(PEAR_BLUSH, RED, RED, rng.choice((RED, ORANGE)), dx=2, dy=8), body))
        word, body = _bitten(rng, body, CREAM[3], capped=True)
    return _serve(rng, _words(word, name, "pear"), body, _stalk(rng, 8 if form == 1 else 7, 5), flip=form == 2)


CHERRY_BERRY, CHERRY_BIG, CHERRY_HEART = _sheet("""
.2332.  ..233322..  .233.322.
234332  .23443322.  234433322
24w322  234w333221  24w433221
233221  2343333221  234333221
122211  2333332221  233332211
.1110.  2333322211  .2333221.
......  1233222211  .1222211.
......  .12222110.  ..12110..
......  ..111110..  ...110...
""")
CHERRY_STEMS = _sheet("""
.........b....  .......bb.....  .....bbbb.....  ..........bb..
........bb....  ......bb......  ....b...b.....  .........b....
.......b.b....  .....b.b......  ...b.....b....  ........b.....
......b..b....  .....b..b.....  ...b......b...  .......b......
.....b....b...  ....b....b....  ..b.......b...  .......b......
....b.....b...  ...b.....b....  ..b.......b...  .......b......
...b......b...  ..b......b....  ..b.......b...  .......b......
""")
CHERRY_LEAF = _sheet("""
.ccd..  .ddc  .....
cdccb.  dccb  .....
.bbb..  cb..  .....
""")
CHERRIES = {"red": RED, "black": PLUM, "dark": DARK_RED, "golden": ORANGE, "pink": PINK}


def cherry(rng: random.Random) -> Sprite:
    """A cherry on its stem, or a pair of them."""
    name, skin = _pick(rng, CHERRIES)
    green, leaf = rng.choice(GREENS), rng.randrange(3)
    form = rng.randrange(4)
    stem = paint(CHERRY_STEMS[form], skin, green, dx=1, dy=1)
    leaf_layer = paint(CHERRY_LEAF[leaf], skin, green, dx=(11, 9, 10, 3)[form] - 1, dy=1)
    if form == 3:
        berry = paint(rng.choice((CHERRY_BIG, CHERRY_HEART)), skin, dx=4, dy=6)
        return _serve(rng, f"{name} cherry", berry, leaf_layer, stem)
    one, two = rng.choice(((7, 8), (8, 7), (8, 8)))
    berries = (paint(CHERRY_BERRY, skin, dx=1, dy=one), paint(CHERRY_BERRY, skin, dx=9 - (form == 1), dy=two))
    third = [paint(CHERRY_BERRY, skin, dx=5, dy=9)] * (rng.random() < 0.4)
    words = "three" if third else "two"
    return _serve(rng, f"{words} {name} cherries", leaf_layer, stem, _pile(*berries, *third))


BANANA, BANANA_PEELED, BANANA_FAT = _sheet("""
...........a..  .....ddc.....  ..........ab.
...........b..  ....deedc....  ..........b..
..........32..  ....dedcc....  .........432.
..........332.  ....dedcc....  .........4332
.........4321.  ....dedcc....  ........43321
.........4321.  ...3deddc2...  .......433321
........43321.  .333dedcc221.  ......4333221
.......433221.  3323433222121  a...444333221
.....4433221..  22.3433222.11  b344443332211
b..44433321...  ...343322....  .33333332211.
a3443332211...  ...343322....  .2333322211..
.233322211....  ...33322.....  ..1222211....
..1222110.....  ....322......  ....1110.....
..............  .....b.......  .............
""")
BANANA_SPOTS = _sheet("""
............  ............  ............
............  ............  ............
............  ...........f  ............
............  ............  ............
............  ..........f.  ............
............  ............  .........f..
............  ........f...  ............
............  .........f..  ........ff..
............  ......f.....  ............
............  ...f..f.....  .....f......
............  ....ff......  ...ff...f...
............  ............  ............
""")
BANANAS = {"yellow": LEMON, "green": APPLE_GREEN, "golden": YELLOW, "red": ramp(30, 0.13, 0.52)}


def banana(rng: random.Random) -> Sprite:
    """A banana, two of them, or a peeled one."""
    name, skin = _pick(rng, BANANAS)
    tip, form = rng.choice((RYE, GREENS[1], PAN)), rng.randrange(5)
    if form == 0:
        _, body = _bitten(rng, paint(BANANA_PEELED, skin, CREAM, dx=1, dy=1, b=tip[1]), CREAM[4], 0)
        cut = rng.randrange(4)
        body = stack(body, paint("xxxxxxxx\n" * cut, dx=4, dy=1)) if cut else body
        return _serve(rng, f"peeled {name} banana", body)
    grid = rng.choice((BANANA, BANANA_FAT))
    one = paint(grid, skin, tip, dx=1, dy=1)
    spots = _clip(paint(rng.choice(BANANA_SPOTS), dx=1, dy=1, f=skin[0]), one)
    if form < 3:
        return _serve(rng, f"{name} banana", one, spots)
    back = paint(BANANA, skin, tip, dx=0 if form == 3 else -1, dy=-1 if form == 3 else -2)
    return _serve(rng, f"two {name} bananas", _pile(back, stack(shift(one, 1, 1), shift(spots, 1, 1))))


GRAPE = """
.23.
2432
2321
.11.
"""
BUNCHES: dict[str, tuple[tuple[int, int], ...]] = {
    "": ((1, 4), (9, 4), (5, 4), (3, 7), (7, 7), (5, 10)),
    "full": ((0, 4), (10, 4), (3, 3), (7, 3), (1, 7), (9, 7), (5, 6), (3, 9), (7, 9), (5, 11)),
    "long": ((3, 3), (7, 3), (5, 5), (2, 6), (8, 6), (4, 8), (7, 9), (5, 11)),
    "crooked": ((1, 4), (5, 3), (9, 4), (2, 7), (6, 6), (10, 7), (4, 9), (8, 9), (6, 11)),
}
VINES = _sheet("""
......p.......  ......p..dc...  ..dcb.p.......  ..dd..p.dd....
.......p......  .....p.dccbb..  .dccbp........  .dcccpcccb....
.......p......  ......pccb....  ..cbb.p.......  ..bb..p.bb....
""")
GRAPES = {
    "purple": VIOLET,
    "green": LIME,
    "red": DARK_RED,
    "blue": ramp(275, 0.13, 0.46),
    "white": ramp(108, 0.12, 0.80, 0.9),
}


def grapes(rng: random.Random) -> Sprite:
    """A bunch of grapes."""
    (name, skin), (shape, places) = _pick(rng, GRAPES), _pick(rng, BUNCHES)
    gone = rng.choice((None, None, 0, 1, 2))
    berries = [paint(GRAPE, skin, dx=1 + x, dy=y) for i, (x, y) in enumerate(places) if i != gone]
    vine = paint(rng.choice(VINES), skin, skin, rng.choice(GREENS), dx=1, dy=1, p=WOOD[1], mirror=rng.random() < 0.5,
                 b=LEAF[1], c=LEAF[2], d=LEAF[3])  # fmt: skip
    return _serve(
        rng, _words(shape, "bunch of", name, "grapes"), vine, _pile(*berries, line=skin[0]), flip=rng.random() < 0.3
    )


CITRUS_WHOLE, CITRUS_HALF, CITRUS_WEDGE, CITRUS_SMALL = _sheet("""
....sttsr...  ....sssrr....  seeeeeeeeeeeer  ...sttsr..
..sstttssrr.  ..sseeeeerr..  se444eeee222er  .sstttssr.
.stttttssrr.  .se443e333er.  se44e3ee3e22er  sstttssrrq
.sttttsssrr.  .s4e43e33e3r.  .s4e33ee33e2r.  stttsssrrq
sttttssssrrq  se44e3e3e33er  .see33ee33eer.  ssttsssrrq
stttsssssrrq  se443eee322er  ..see3ee3eer..  sssssssrrq
ssssssssrrrq  seeeeeeeeeeer  ...sseeeerr...  rssssrrrqq
sssssssrrrqq  se433eee222er  .....rrrr.....  .rrsrrrqq.
.sssssrrrrq.  se33e3e2e22er  ..............  ..rrrqqq..
.rrrrrrrqqq.  .s3e33e22e2q.  ..............  ..........
..rrrrqqqq..  .re333e222eq.  ..............  ..........
....qqqp....  ..rreeeeeqq..  ..............  ..........
............  ....rrqqq....  ..............  ..........
""")
PEEL_DOTS = _sheet("""
............  ............  ............  ............
............  .....w......  ....w.......  ............
...ww.......  ....w..w....  ............  ..w.........
..w.........  ............  ..w..w......  ..w.........
............  ..w..w......  ............  ............
............  ............  ...w..w.....  ............
............  ..w.........  ............  ............
""")
CITRUS: dict[str, tuple[Ramp, Ramp]] = {
    "orange": (ORANGE, ORANGE),
    "lemon": (LEMON, LEMON),
    "lime": (ramp(118, 0.17, 0.82, 0.9), GREEN),
    "grapefruit": (SALMON, YELLOW),
    "blood orange": (RED, ORANGE),
    "pomelo": (LEMON, LIME),
    "clementine": (ramp(60, 0.17, 0.74), ramp(45, 0.19, 0.65)),
}


def citrus(rng: random.Random) -> Sprite:
    """A citrus fruit: whole, half, a slice, two slices, or whole with a half before it."""
    name, (pulp, peel) = _pick(rng, CITRUS)
    form = rng.randrange(5)
    if form == 0:
        body = paint(CITRUS_WHOLE, pulp, CREAM, peel, dx=2, dy=4)
        dots = paint(rng.choice(PEEL_DOTS), dx=2, dy=4, w=WHITE)
        return _serve(rng, name, body, _clip(dots, body), _stalk(rng, 7, 4), flip=False)
    if form == 1:
        half = paint(CITRUS_HALF, _deep(pulp), CREAM, peel, dx=1, dy=1)
        word, half = _bitten(rng, half, CREAM[3], 0.3)
        return _serve(rng, _words(word, f"half of a {name}"), half)
    wedge = paint(CITRUS_WEDGE, _deep(pulp), CREAM, peel, dx=1, dy=6)
    if form == 2:
        where, layer = _plated(rng, wedge)
        return _serve(rng, _words(f"slice of {name}", where), layer)
    if form == 3:
        rind = (peel[1], peel[2], *CREAM[2:])
        back, front = (
            paint(rng.choice((BIG_SLICE, SMALL_HALF)), _deep(pulp), rind, dx=x, dy=y) for x, y in ((2, 3), (7, 6))
        )
        return _serve(rng, f"two slices of {name}", _pile(back, front))
    whole = stack(paint(CITRUS_SMALL, pulp, CREAM, peel, dx=5, dy=3), _stalk(rng, 10, 3))
    cut = paint(
        rng.choice((SMALL_HALF, SMALL_WEDGE)), _deep(pulp), (peel[1], peel[2], *CREAM[2:]), dx=2, dy=rng.choice((7, 8))
    )
    return _serve(rng, f"{name} and a slice", _pile(whole, cut))


LEMON_BODIES = _sheet("""
.....23332....  ......333.....
...234433322..  ....3443322...
..23443333322.  ...344433332..
.234433333322.  ..34443333322.
23343333332221  .344433333322.
.2333333322211  23343333332221
..23333222211.  .2333333322221
...122222111..  ..23333322211.
.....11110....  ...222222211..
..............  .....11111....
""")
LEMONS = {"lemon": LEMON, "lime": LIME, "ripe lemon": YELLOW, "green lime": GREEN}


def lemon(rng: random.Random) -> Sprite:
    """A lemon or lime with its two tips, with or without leaves or a cut half."""
    name, peel = _pick(rng, LEMONS)
    body = paint(rng.choice(LEMON_BODIES), peel, dx=1, dy=4)
    dots = _clip(paint(rng.choice(PEEL_DOTS), dx=2, dy=4, w=WHITE), body)
    body = stack(body, dots, _stalk(rng, rng.choice((7, 8)), 4))
    if rng.random() < 0.5:
        return _serve(rng, name, body)
    half = paint(
        rng.choice((SMALL_HALF, SMALL_WEDGE)),
        _deep(peel),
        (*peel[:2], *CREAM[2:]),
        dx=rng.choice((1, 7)),
        dy=rng.choice((7, 8)),
    )
    return _serve(rng, f"{name} with a slice", _pile(body, half))


SMALL_HALF, SMALL_WEDGE, BIG_SLICE = _sheet("""
..bbbb..  eeeeeee  ..bbbbb..
.bccccb.  b3d4d3a  .bcccccb.
bc4d33ca  b4d3d2a  bc4d4d3cb
bcdddd2a  .b4d2a.  bcd4d3d2b
bc4dd22a  ..bba..  bc4ddd2ca
bcd3d2ca  .......  bcd3d3d2a
.aacc2a.  .......  bc3d2d2ca
..aaaa..  .......  .acccc2a.
........  .......  ..aaaaa..
""")

MELONS = _sheet("""
qe4443333322eq  ......44......  ....sttssr....
qe44k33k33k2eq  .....4433.....  ..stsqttrqrr..
qe4433333322eq  .....4k33.....  .stsqttsrqsrr.
.qe443k33k2eq.  ....443332....  ssqstqtsqssqrr
.qqe433322eqp.  ....443k32....  stqttqssqssqrr
..qqeeeeeeqp..  ...44333332...  stqttqssqssqrq
...qqqqqqpp...  ...4k333k32...  ssqstqssqrsqrq
..............  ..4433333332..  ssqssqsrqrrqrq
..............  ..443k333332..  .rsqsqssqrqrq.
..............  .443333k33322.  .rrqssqrqrrqq.
..............  .44333333k322.  ..rrqrrqrqqq..
..............  eeeeeeeeeeeeed  ....rqqqqp....
..............  tsrtsrtsrtsrrq  ..............
..............  .rrrrrrrrrqqq.  ..............
""")
MELON_FLESH: dict[str, tuple[Ramp, Ramp]] = {
    "watermelon": (RED, GREEN),
    "pink watermelon": (PINK, LEAF),
    "yellow watermelon": (LEMON, GREEN),
    "cantaloupe": (SALMON, YELLOW),
    "honeydew melon": (ramp(122, 0.10, 0.86, 0.8), LEMON),
    "orange watermelon": (ORANGE, LEAF),
}


def watermelon(rng: random.Random) -> Sprite:
    """A melon: a boat-shaped slice, a triangle or the whole striped fruit."""
    name, (flesh, rind) = _pick(rng, MELON_FLESH)
    form = rng.choice((0, 0, 1, 1, 1, 2))
    seeds = rng.choice((INK, flesh[1], CREAM[3]))
    layer = paint(MELONS[form], _deep(flesh), CREAM, rind, dx=1, dy=1, k=seeds)
    if form == 2:
        return _serve(
            rng, f"whole {name}", layer, paint(rng.choice(("p.\np.", ".p\np.", "pp\n.p")), dx=7, dy=0, p=WOOD[1])
        )
    where, rest = "", layer
    word, rest = _bitten(rng, layer, flesh[4], 0.5)
    if form == 0:
        where, rest = _plated(rng, rest)
    return _serve(rng, _words(word, "slice of", name, where), rest)


STRAWBERRIES = _sheet("""
.2333333322.  ..23.3322..  .2233333222.
234433333221  .2344333221  23eeeeeee321
24y433y33y21  23y433y3321  23eeddddee21
244333333221  24433333221  23edd33dde21
234y33y32211  234y33y3221  23ed333ddc21
.2333333221.  23333333211  .2edd33dcc1.
.233y33y211.  233y33y2211  .23edd3dc21.
..23333221..  12333332211  ..2eddddc1..
..123y2211..  .123y2y211.  ..23eddc21..
...122211...  ..12222110.  ...23dc21...
....1110....  ....1110...  ....2111....
""")
STRAWBERRY_CAPS = _sheet("""
......q.....  .....qp.....  .....q......
.rs.rssr.rq.  ..r..s..q...  rss.rs.rsq..
..rssrsrrq..  .srrssrrqq..  .rsssrrrqqq.
...rq.rq....  ..r.rq.q.q..  rq.rqqr.q.q.
""")
DIP = """
abaaababbaab
cddcccccbbba
cdcccccbbbba
ccccccbbbbaa
ccccbbbbbaaa
cccbbbbaaaaa
"""
BERRY_REDS = {"": RED, "dark": DARK_RED, "pink": PINK, "white": CREAM, "wild": ramp(12, 0.2, 0.52)}
DIPS = {"chocolate": CHOCOLATE, "white chocolate": CREAM, "caramel": CARAMEL}


def strawberry(rng: random.Random) -> Sprite:
    """A strawberry: broad, round or halved, bitten or dipped."""
    name, skin = _pick(rng, BERRY_REDS)
    form = rng.choice((0, 0, 1, 1, 2))
    seeds = RED[2] if name == "white" else rng.choice((YELLOW[4], CREAM[3]))
    body = paint(STRAWBERRIES[form], skin, CREAM, dx=2, dy=4, y=seeds)
    words = _words("half of a" if form == 2 else "", name, "strawberry")
    if form < 2 and rng.random() < 0.35:
        dip, sauce = _pick(rng, DIPS)
        body = stack(body, _clip(paint(DIP, skin, sauce, dx=2, dy=rng.choice((8, 9))), body))
        words = f"{words} dipped in {dip}"
    elif form < 2:
        bite, body = _bitten(rng, body, skin[4], 0.35, True)
        words = _words(bite, words)
    cap = paint(rng.choice(STRAWBERRY_CAPS), skin, skin, rng.choice(GREENS), dx=2, dy=2)
    return _serve(rng, words, body, cap, flip=rng.random() < 0.4)


PINEAPPLES = _sheet("""
..43132..  .413413.  ....433332....
.1313121.  41341341  ..4434433432..
431343132  13413412  .443433343322.
313131212  34134131  .344333333432.
134313231  41341321  444433xx333322
313131212  13413212  43443xxxx33422
431343122  34131321  44333xxxx33332
.1313121.  .1321321  433433xx333422
..31312..  ..13212.  .433333334322.
.........  ........  .334343333221.
.........  ........  ..2333433221..
.........  ........  ....222221....
""")
CROWNS = _sheet("""
...r.....  .r.....q.  ....s....
.r.s..q..  .sr.s.qr.  .s..r..r.
.sr.s.rq.  ..srsrr..  ..srsrr..
..srsrq..  s..rrr..q  .s.srq.q.
.srsrrqq.  .srsrrqq.  ..rsrqq..
...rrq...  ...rrq...  ...rrq...
""")
PINEAPPLE_SKINS = {"": YELLOW, "orange": ORANGE, "green": ramp(112, 0.15, 0.70), "red": ramp(45, 0.15, 0.58)}


def pineapple(rng: random.Random) -> Sprite:
    """A pineapple, or a ring of one."""
    name, skin = _pick(rng, PINEAPPLE_SKINS)
    form = rng.choice((0, 0, 1, 1, 2))
    if form == 2:
        word, ring = _bitten(
            rng, paint(PINEAPPLES[2], _deep(rng.choice((LEMON, YELLOW, CHEESE))), dx=1, dy=2), LEMON[4], 0.5
        )
        return _serve(rng, _words(word, "pineapple ring"), ring)
    crown = paint(rng.choice(CROWNS), skin, skin, rng.choice(GREENS), dx=4, dy=0)
    body = paint(PINEAPPLES[form], skin, dx=4, dy=6)
    return _serve(
        rng, _words(name, "pineapple"), body, shift(crown, dx=rng.choice((0, 0, -form))), flip=rng.random() < 0.5
    )


# ---------------------------------------------------------------------------------------------- vegetables

CARROTS = _sheet("""
...........c.b  ..........c.d.  ..c..d.c..  .......
.........c.cbc  .......dcb.cb.  ..cb.dcb..  .......
..........cdb.  .......cdcccb.  ...cdcb.c.  ..343..
.......34.bcbb  .......3bcdbbd  .c.bdcbcb.  .34332.
......3443bb..  .....3443bbcb.  ..cbccbb..  .344321
.....2344332.b  ....3443321b..  ..333332..  .313321
....23413332..  ...34433321...  .34433321.  .344321
....2343321...  ..343413321...  .34413321.  .343121
...2344321....  ..34333321....  .23433321.  ..33321
..2313321.....  .343313211....  ..343121..  ..31321
..233321......  .34333211.....  ..234321..  ..2321.
.231321.......  234332210.....  ...3321...  ...321.
.2321.........  22322110......  ...2121...  ...31..
221...........  22110.........  ....31....  ....1..
""")
CARROT_COLOURS = {"": ORANGE, "purple": PLUM, "yellow": YELLOW, "red": ramp(32, 0.18, 0.58), "white": CREAM}


def carrot(rng: random.Random) -> Sprite:
    """A carrot: thin or stout, aslant or upright, or three in a bunch."""
    name, flesh = _pick(rng, CARROT_COLOURS)
    green = rng.choice(GREENS)
    form = rng.randrange(4)
    if form == 3:
        tops = paint(rng.choice(CARROT_TOPS), flesh, green, dx=2, dy=0)
        side = [
            paint(CARROTS[3], rng.choice((flesh, CARROT_COLOURS[rng.choice(("", "purple", "yellow"))])), dx=x, dy=2)
            for x in (0, 7)
        ]
        middle = paint(CARROTS[3], flesh, dx=3 + rng.randint(0, 1), dy=rng.choice((2, 3)))
        return _serve(rng, _words("bunch of", name, "carrots"), _pile(*side, middle), tops)
    word, body = "", paint(CARROTS[form], flesh, green, dx=1, dy=1)
    if form != 2 and rng.random() < 0.35:
        cut = rng.choice((2, 3, 4))
        word, body = "bitten", stack(body, paint("xxxxxxxx\n" * cut, dx=1, dy=15 - cut))
    return _serve(rng, _words(word, name, "carrot"), body)


CARROT_TOPS = _sheet("""
..c...d...c.  .d..c...d...
c..c.cb..c..  ..dcbd.cb.c.
.c.cdb.ccb..  .c.dcbcdbcb.
..ccdbcbb...  ..ccbdcbcb..
""")

TOMATOES = _sheet("""
...2333322...  ....33322....  ...2332...
.22344333322.  ..334444322..  .22443322.
2344433333221  .34411441142.  2344333322
2344333333221  .341y144y112.  2443333321
2443333333221  3411144411142  2433333321
2333333332211  3444444444442  2333333221
2333333322211  341y14441y142  2333333221
1233333222110  3411144411142  2333332211
.12222222110.  3441144411442  1233322211
..112222110..  .34444444442.  .12222211.
....11110....  ..3441y1442..  ..112110..
.............  ..224444422..  ..........
.............  ....22222....  ..........
""")
CALYX = _sheet("""
......q.....  .....q......  ......q.....  ....q..
......q.....  ....q..r....  ..q...q..s..  s..q.r.
..ss..r.rr..  .s..rrsr.r..  .ss.srr.rr..  .srrr..
...ssrrr....  ..ssrrrrq...  ..rsrrrrq...  ..qrq..
.rrr.rq.rq..  ...q.r..q...  .rq..q..qr..  .q..q..
......q.....  .....q......  .....q......  .......
""")
TOMATO_COLOURS = {"": RED, "orange": ORANGE, "yellow": YELLOW, "green": APPLE_GREEN, "dark": DARK_RED}


def tomato(rng: random.Random) -> Sprite:
    """A tomato: flat, tall or cut through."""
    name, skin = _pick(rng, TOMATO_COLOURS)
    form = rng.choice((0, 0, 1, 2, 2))
    body = paint(
        TOMATOES[form],
        _deep(skin) if form == 1 else skin,
        dx=2,
        dy=3 - 2 * (form == 1),
        y=rng.choice((YELLOW[4], LIME[3])),
    )
    word = "half of a" if form == 1 else ""
    if form != 1 or rng.random() < 0.5:
        bite, body = _bitten(rng, body, skin[4], capped=form != 1)
        word = bite if form != 1 else _words(bite, word)
    if form == 1:
        where, body = _plated(rng, body, 0.3)
        return _serve(rng, _words(word, name, "tomato", where), body)
    shine = paint(rng.choice(("w", "ww\nw.", ".w\nw.", ".")), dx=4, dy=6, w=WHITE)
    cap = paint(
        rng.choice(CALYX[:3]), skin, skin, rng.choice(GREENS), dx=2 - (form == 2), dy=0, mirror=rng.random() < 0.5
    )
    return _serve(rng, _words(word, name, "tomato"), body, _clip(shine, body), cap, flip=False)


PEPPER = """
..233.3322..
.2344134332.
234431344321
234331334321
243331333321
233331333221
233331333221
.2333133321.
.2333133221.
.1233132211.
..12212211..
..111.1110..
"""
PEPPER_STEMS = _sheet("""
.......q....  ....q.......  ............
.....sr.....  .....qr.....  ....srq.....
..ssrrrrq...  ...ssrrrq...  ..rsrrrrq...
.....rq.....  ..r..rq.q...  ...r.rq.q...
""")
CHILIES = _sheet("""
..........q...  ......q.......  .......q......
.........rq...  .....rq.......  .......rq.....
........srr...  ....ssrr......  .....ssrrq....
.......344q2..  ....34332.....  .....34332....
.......34332..  ...344332.....  .....344321...
......344332..  ...3443321....  ....3443321...
......343321..  ...3443321....  ....343321....
.....344321...  ...2344321....  ....343321....
....344321....  ....344332....  ....344321....
...344321.....  ....234432....  .....344321...
.3443321......  .....23332....  ......34321...
3433321.......  ......2332....  .......3321...
23221.........  .......2232...  ........321...
.11...........  .........221..  .........21...
""")
PEPPER_COLOURS = {"red": RED, "green": GREEN, "yellow": LEMON, "orange": ORANGE, "purple": PLUM}


def pepper(rng: random.Random) -> Sprite:
    """A bell pepper or a chili."""
    name, skin = _pick(rng, PEPPER_COLOURS)
    green = rng.choice(GREENS)
    if rng.random() < 0.6:
        pod = paint(rng.choice(CHILIES), skin, skin, green, dx=1, dy=1)
        return _serve(rng, f"{name} chili pepper", pod)
    word, body = _bitten(rng, paint(PEPPER, skin, dx=2, dy=3), skin[4], 0.3, True)
    stem = paint(rng.choice(PEPPER_STEMS), skin, skin, green, dx=2, dy=1)
    return _serve(rng, _words(word, name, "bell pepper"), body, stem, flip=rng.random() < 0.5)


AUBERGINES = _sheet("""
...........c..  ....c....  ............b.
..........cb..  ....cb...  ...........bb.
.......ccccb..  ..ccccb..  ........dccb..
......cdccbbb.  .ccbccbb.  ........3cbbb.
.....23cb2cb..  .c23b2b1.  .......343b1..
....234432211.  ..23432..  .......34321..
...2344332211.  ..234321.  ......344321..
..23443322211.  .2344321.  ......344321..
.23443332211..  .23433221  .....344321...
234433322211..  234333221  ....3443321...
23433322211...  234332211  .3334433321...
2333322211....  233322211  34443333211...
.22222111.....  .2222211.  2333332211....
..111110......  ..11110..  .22222111.....
""")
AUBERGINE_STRIPES = _sheet("""
..............  ..............  ..............
.........e....  ..............  ..............
.......e.e....  .......ee.....  ..............
.....e.e......  ......e.......  ..............
....e.e.......  ....ee........  ..............
...e.e..e.....  ....e.........  ..............
..e.e.e.......  ..............  ..............
..............  ..............  ..............
""")
AUBERGINE_COLOURS = {
    "": PLUM,
    "violet": VIOLET,
    "white": CREAM,
    "dark": ramp(300, 0.07, 0.32, 0.75),
    "pink": ramp(335, 0.14, 0.55),
}


def aubergine(rng: random.Random) -> Sprite:
    """An aubergine: round, upright or long."""
    name, skin = _pick(rng, AUBERGINE_COLOURS)
    body = paint(rng.choice(AUBERGINES), skin, rng.choice(GREENS), dx=1, dy=1)
    marks = paint(rng.choice(AUBERGINE_STRIPES), dx=1, dy=rng.choice((5, 6)), e=skin[4])
    word, bitten = _bitten(rng, stack(body, _clip(marks, body)), CREAM[3], 0.25, True)
    return _serve(rng, _words(word, name, "aubergine"), bitten)


CORNS = _sheet("""
.....43.....  ..........c.cb  ....34.....
....3432....  .........cdcb.  ...3432....
....4341....  .......43cdbbb  ..343432...
...343432...  ......3434bcb.  ..434321...
...434321...  .....434321bb.  ..343432...
...343432...  ....343432..b.  ..434321...
.c.434321.b.  ...434321.....  ..343432...
.dc343432cb.  ..343432......  ..434321...
.dcb34321cb.  .434321.......  ..343432...
..dcc432cbb.  .34321........  ..434321...
..ddccbccb..  .4321.........  ...34321...
...dccccb...  ..21..........  ....yy.....
....dcbb....  ..............  ....yx.....
.....cb.....  ..............  ....yx.....
""")
KERNELS = _sheet("""
............  ...p......p.  .q...p...q..
............  .......p....  ...p...q....
............  ....p.....p.  .....q...p..
............  ..p.....p...  ..p....p....
............  ......p.....  ....p....q..
............  ...p....p...  .p....q.....
............  .p....p.....  ...q....p...
............  ....p....p..  ..p...p.....
............  ..p....p....  .....q...q..
""")
CORN_COLOURS = {"": CHEESE, "golden": YELLOW, "white": CREAM, "red": DARK_RED, "blue": ramp(280, 0.10, 0.46)}


def corn(rng: random.Random) -> Sprite:
    """A corn cob: in its husk, aslant, or on a stick."""
    name, grain = _pick(rng, CORN_COLOURS)
    form = rng.randrange(3)
    cob = paint(CORNS[form], grain, rng.choice(GREENS), dx=1, dy=1, y=WOOD[3])
    husk = paint(CORNS[form].translate(str.maketrans("01234y", "......")), grain, rng.choice(GREENS), dx=1, dy=1)
    dots = rng.choice((YELLOW, DARK_RED, CREAM, CARAMEL))
    dotted = _clip(paint(rng.choice(KERNELS), dx=1, dy=2, p=dots[2], q=dots[3]), cob)
    dotted = (
        dotted
        if form != 2
        else stack(
            dotted,
            paint("xx", dx=5, dy=12),
        )
    )
    top = stack(cob, dotted, husk)
    if form == 2:
        stick = paint("yy\nyy\nyy", dx=5, dy=12, y=WOOD[3])
        butter = paint(rng.choice(("dc\ncb", "dcc\nbbb", ".")), grain, LEMON, dx=5, dy=rng.randint(3, 6))
        top = stack(top, stick, butter)
    return _serve(rng, _words(name, "corn on a stick" if form == 2 else "corn cob"), top)


PUMPKINS = _sheet("""
...233443322..  ....233222....  ..............
.233144331321.  ..2341433132..  ..............
23413443331321  .234134331321.  ....23443322..
24413443331321  .241344333131.  .233144331321.
24313443331321  23413443331321  23413443331321
24313433331321  24413433331321  24413433331321
23313433331221  24313433331321  24313433331221
23313333321221  24313433331321  23313333321221
12213333221211  23313433331221  12213333221211
.122133221111.  23313333321221  .122133221110.
..1112222110..  .231333322121.  ...1122211....
..............  .122133221111.  ..............
..............  ...11222110...  ..............
""")
PUMPKIN_STEMS = _sheet("""
......rr....  .....r......  ....rr......  ....r.sr....
.....rq.....  .....rq.....  .....rq.....  ..ss.rqrr...
....srq.....  ....srq.....  ....srqq....  ..rqsrqqr...
""")
FACES = _sheet("""
...f......f...  ..............  ..............  ..fff....fff..
..fff....fff..  ..fff....fff..  ..ff......ff..  ..fff....fff..
..............  ...ff....ff...  ...ff....ff...  ......ff......
..f..f..f..f..  ......ff......  ..............  ..............
...ffffffff...  ..............  ..f.ff.ff.f...  ...ffffffff...
....ff..ff....  ...ff.ff.ff...  ...ffffffff...  ....ffffff....
..............  ....ffffff....  ..............  ..............
""")
PUMPKIN_COLOURS = {
    "": ORANGE,
    "white": CREAM,
    "green": ramp(135, 0.10, 0.52),
    "pale": ramp(70, 0.11, 0.78),
    "red": ramp(38, 0.18, 0.58),
}


def pumpkin(rng: random.Random) -> Sprite:
    """A pumpkin: broad, tall or flat, plain or carved."""
    name, skin = _pick(rng, PUMPKIN_COLOURS)
    form = rng.randrange(3)
    body = paint(PUMPKINS[form], skin, dx=1, dy=2 + 2 * (form == 0))
    top = _box(body)[1]
    stem = paint(rng.choice(PUMPKIN_STEMS), skin, skin, rng.choice((*GREENS, WOOD)), dx=2, dy=top - 2)
    words = _words(name, "pumpkin")
    if rng.random() < 0.5:
        glow = rng.choice((INK, INK if name in ("white", "pale") else YELLOW[4]))
        body = stack(body, _clip(paint(rng.choice(FACES), dx=1, dy=top + (3 if form == 1 else 2), f=glow), body))
        words = _words("carved", words)
    return _serve(rng, words, body, stem, flip=rng.random() < 0.3)


# ---------------------------------------------------------------------------------------------- bread and cheese

LOAVES = _sheet("""
...233333322..  ....233332...  .2333333322.
.234443333322.  ..2344433322.  23dddddddd21
2344d333d33d22  .234443333322  2dedddddddc1
234d333d33d321  2344333333332  .2eeddddcc1.
23dd33dd3dd321  2343333333322  .2edddddcc1.
23d333d33d3321  2333333333321  .2dddddccc1.
23333333333221  2333333333221  .2dddddccc1.
23333333322211  1233333332211  .2ddddcccc1.
12222222221110  .122222222110  .2dddcccbc1.
.111111111110.  ..1111111110.  .2ddcccbcb1.
..............  .............  .1222222111.
""")
SLASHES = _sheet("""
......e......  .............  .............  .............
.....ee......  ....e...e....  .....ee......  .............
......ee.....  .....e.e.....  ...ee..ee....  ..e..e..e....
...eeeeeee...  ......e......  ...e....e....  ...e..e..e...
......e......  .....e.e.....  ....ee.ee....  ...e..e..e...
.....ee......  ....e...e....  ......e......  ..e..e..e....
......e......  .............  .............  .............
""")
SPREADS = _sheet("""
............  ............  ............  ............
............  ............  ............  ............
............  ..qssssssq..  ............  ...ttss.....
...tts......  ..sstsssrr..  ..sss..ss...  ..ttsssrr...
..ttssr.....  ..ssssssrr..  ..sstssrsr..  ..tsyyysrr..
..tsssr.....  ..ssssrrrr..  ...ssssssr..  ..ssywyysr..
..ssssr.....  ..sssssrr...  ...ssssrr...  ..rsyyysr...
...rrr......  ...sssrrr...  ....ssrrr...  ...rrssrr...
............  ...ssrrrr...  .....s.rr...  ............
............  .....rr.....  .......r....  ............
""")
SPREAD_NAMES = ("butter", "jam", "jam", "egg")
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
    name, crust = _pick(rng, {"": CRUST, "rye": RYE, "golden": CARAMEL})
    form = rng.choice((0, 1, 2, 2))
    flour = rng.choice((CREAM, crust[4:] * 5))
    body = paint(LOAVES[form], crust, CREAM if form == 2 else flour, dx=1, dy=3)
    if form == 0:
        word, body = _bitten(rng, body, CREAM[3], 0.35)
        where, body = _plated(rng, body)
        return _serve(rng, _words(word, f"{name} loaf".strip(), "of bread", where), body)
    if form == 1:
        body = stack(body, _clip(paint(rng.choice(SLASHES), dx=1, dy=4, e=flour[3]), body))
        where, body = _plated(rng, body)
        return _serve(rng, _words("round", name, "bread", where), body)
    which = rng.randrange(5)
    words = _words("slice of", name, "toast")
    if which < 4:
        (jam, sauce), kind = _pick(rng, JAMS), SPREAD_NAMES[which]
        sauce = {"butter": CHEESE, "egg": CHINA}.get(kind, sauce)
        body = stack(body, paint(SPREADS[which], crust, crust, sauce, dx=1, dy=3, y=YELLOW[3]))
        words = f"{words} with {jam if kind == 'jam' else kind}"
    bite, body = _bitten(rng, body, CREAM[2])
    return _serve(rng, _words(bite, words), body)


BAGUETTES = _sheet("""
...........332  .............
..........d433  .............
.........3dd32  .............
........43d332  ..........344
.......4d3321.  .......34d433
......43dd21..  .....34dd4332
.....4d3321...  ...344d43d321
....43dd21....  .34d433dd321.
...4d3321.....  344d33d3321..
..43dd21......  43dd3d3321...
.443321.......  43d33321.....
243321........  333321.......
23321.........  .111.........
.121..........  .............
""")
CROISSANTS = _sheet("""
....334442....  .........33...
..34013440432.  ......33.4432.
.3340344430443  ....3304403321
.3403444430443  ...34034403321
34033444330333  ..34403443032.
33033333330332  .3344034333021
33023333320322  .0334033332221
332.12222.0221  43003330022211
.32..11....221  44333021.1111.
..2.........1.  3443221.......
..............  .23321........
..............  ..222.........
""")
GLAZES = _sheet("""
..............  ....f....f....  ..............
..............  ...f....f...f.  ......w...w...
..............  ..f....f...f..  ....w...w.....
..............  .f....f...f...  ..w...w...w.w.
..............  ....ff...f..f.  ....w...w.....
..............  ...f....f..f..  .w..w...w..w..
..............  ..f....f..f...  ..w...w....w..
""")


def baguette(rng: random.Random) -> Sprite:
    """A baguette: long or short, alone or two crossed, perhaps broken."""
    name, crust = _pick(rng, {"": CRUST, "dark": RYE, "golden": CARAMEL, "light": ramp(75, 0.10, 0.76)})
    form, crumb = rng.randrange(2), rng.choice((CREAM, crust[3:4] * 5))
    one = paint(BAGUETTES[form], crust, crumb, dx=1, dy=1)
    if rng.random() < 0.4:
        pair = (one, mirror(one)) if rng.random() < 0.5 else (mirror(one), one)
        return _serve(rng, _words("two", name, "baguettes"), _pile(*pair))
    word, one = _bitten(rng, one, CREAM[3], 0.3)
    if rng.random() < 0.5:
        wrap = paint(WRAPPER, CREAM, _pick(rng, CROCKERY)[1], dx=1, dy=1)
        cloth = _clip(shift(wrap, dy=form), one)
        return _serve(rng, _words(word, name, "baguette in a wrapper"), one, cloth)
    return _serve(rng, _words(word, name, "baguette"), one)


WRAPPER = """
..............
..............
..............
..............
..............
..............
.......bb.....
.....bccbb....
...ddccbba....
.dddcccbba....
dddcccbba.....
ddccbbba......
ccbbba........
bbba..........
"""


def croissant(rng: random.Random) -> Sprite:
    """A croissant, plain or glazed."""
    name, crust = _pick(
        rng, {"": CRUST, "golden": CARAMEL, "light": ramp(75, 0.12, 0.76), "chocolate": ramp(48, 0.08, 0.44)}
    )
    layer = paint(rng.choice(CROISSANTS), crust, dx=1, dy=3)
    glaze = rng.randrange(3)
    kind, sauce = _pick(rng, {"chocolate": CHOCOLATE, "strawberry": PINK, "vanilla": CREAM})
    topping = _clip(paint(GLAZES[glaze], dx=1, dy=4, f=sauce[2], mirror=rng.random() < 0.5), layer)
    word, layer = _bitten(rng, stack(layer, topping), CREAM[3], 0.35)
    extra = ("", f"with {kind} icing", "with sugar")[glaze]
    return _serve(rng, _words(word, name, "croissant", extra), layer)


CHEESE_WEDGE = """
.........4443.
......44444433
...44444444433
44444444444433
22222222222221
22222222222221
22222222222211
22222222222211
22222222222211
11111111111110
ppppppppppppqq
"""
CHEESE_WHEEL = """
....ttttss....
..ttttssssss..
.tttsssssssss.
ttssss42ssssss
rtsss4422ssssq
rrss434122srrq
rrr3443322rrqq
rrr3433221rrqq
qrr33..221rqqq
.qq......1qqp.
"""
HOLES = _sheet("""
..............  ..............  ..............  .........a....
..............  ..............  ..............  .....a....b...
..............  ......ddd.....  .......a.b....  ...b....a...a.
..............  ..............  ..............  .a....b...a...
..............  ..............  ..a.....b...a.  ..a..b....a...
..aa.....aa...  ...aaa......a.  .a..b.a...b...  .b..a...b...a.
.aab....aaa...  ...aab......a.  ....a...a...b.  ...a...a..b...
.....aa.aab...  ....aa...a....  ..b...b...a...  .a...b....a.b.
....aab.....aa  ..a.....aab...  .a..a....a..a.  ....a...b.....
""")
CHEESE_KINDS = {"yellow": CHEESE, "cheddar": CHEDDAR, "pale": CREAM, "goat": CHINA, "lemon": LEMON}
RINDS = {"red": RED, "brown": RYE, "black": PAN, "yellow": YELLOW, "green": GREEN}


def cheese(rng: random.Random) -> Sprite:
    """Cheese: a wedge with holes or mould, or a wheel with a piece cut out."""
    (name, curd), (skin, rind) = _pick(rng, CHEESE_KINDS), _pick(rng, RINDS)
    if rng.random() < 0.3:
        wheel = paint(CHEESE_WHEEL, curd, curd, rind, dx=1, dy=3)
        return _serve(rng, f"wheel of {name} cheese with a {skin} rind", wheel)
    body = paint(CHEESE_WEDGE, curd, curd, rind, dx=1, dy=3)
    holes = rng.randrange(4)
    blue = holes >= 2 and name in ("pale", "goat", "lemon")
    marks = paint(HOLES[holes], curd, (BLUE[1], BLUE[2], *BLUE[2:]) if blue else curd, dx=1, dy=3)
    body = stack(body, _clip(marks, body))
    bite, body = _bitten(rng, body, curd[4], 0.3)
    where, body = _plated(rng, body, 0.3)
    return _serve(rng, _words(bite, "wedge of", "blue" if blue else name, "cheese", where), body)


# ---------------------------------------------------------------------------------------------- meat, fish and eggs

DRUMSTICKS = _sheet("""
......23332...  ....233332....  ....22222.....
....23443332..  ...23444332...  ..2233333322..
...2344433322.  d.2344433322.d  .2ddcc2333332.
...3444333322.  ed3443333322ed  2deddcc2343321
..23443333322.  eed433333322dc  2dddddcc244321
..23333333221.  dc2333333221cc  2ddeedcc234321
..23333332221.  c.2332332221.c  2dekedcc233321
..1233332221..  ...12222211...  2ddeedcc233321
...1222221....  ....111110....  2cddddc2333221
...de111......  ..............  .2cccc2233321.
d.dec.........  ..............  ..1222233221..
eddcc.........  ..............  ....1111111...
.ecc..........  ..............  ..............
..d...........  ..............  ..............
""")
ROASTS = {
    "roast": ROAST,
    "grilled": ramp(40, 0.09, 0.42),
    "golden": CARAMEL,
    "raw": HAM,
    "glazed": ramp(33, 0.16, 0.52),
}
CRISPS = _sheet("""
..............  .........4....  .......0..0...  ..............
..............  .......4......  .....0..0.....  ..............
..............  .....4...0....  ....0..0..0...  .......11.....
..............  .......0......  ......0..0....  ....11........
..............  .....0...1....  ...0.0..0.....  .......11.....
..............  .......1......  ....0..0......  ....1.........
""")


def _roast(rng: random.Random, form: int, noun: str) -> Sprite:
    name, meat = _pick(rng, ROASTS)
    body = paint(DRUMSTICKS[form], meat, BONE if form < 2 else HAM, dx=1, dy=1)
    fleshy = paint(DRUMSTICKS[form].translate(str.maketrans("abcdek", "......")), meat, dx=1, dy=1)
    body = stack(body, _clip(paint(rng.choice(CRISPS), meat, dx=rng.choice((1, 2)), dy=rng.choice((1, 2))), fleshy))
    word, body = _bitten(rng, body, meat[4], 0.4)
    where, body = _plated(rng, body, 0.5) if form else ("", body)
    return _serve(rng, _words(word, name, noun, where), body)


def drumstick(rng: random.Random) -> Sprite:
    """A drumstick with its bone."""
    return _roast(rng, 0, "drumstick")


def ham(rng: random.Random) -> Sprite:
    """A big piece of meat: on a bone, or a ham with its cut face."""
    return _roast(rng, *rng.choice(((1, "meat on the bone"), (2, "ham"))))


STEAKS = _sheet("""
....deeddd....  .....eddd.....  ...eedd.......
..de444333dd..  ...ed433dd....  ..e4433dd.....
.de4433e3333d.  ..e443333d....  .e443333dd....
de44333e33332d  ..e433333dd...  e443333333ddd.
d443333ee3332c  .ed3333e333d..  d43333333333dd
d4333333e3322c  ed43333e3333d.  d3333e33333332
d3333333e3222c  d4333333e3332c  d3333ee3333322
.d333332e222c.  d4333333e3322c  .d33333e33222c
.dd33222222c..  d333333332222c  ..d3333333222c
..cd22222cc...  .d3333322222c.  ...dd33222ccc.
....ccccc.....  ..cc22222ccc..  .....ccccc....
..............  ....cccc......  ..............
""")
GRILL = _sheet("""
..............  .....f...f....  ...f...f......
..............  ....f...f...f.  ....f...f...f.
..............  ...f...f...f..  .....f...f...f
..............  ..f...f...f...  ..f...f...f...
..............  .f...f...f....  ...f...f...f..
..............  ....f...f...f.  ....f...f...f.
..............  ...f...f...f..  .f...f...f....
..............  ......f...f...  ..f...f...f...
""")
STEAK_KINDS = {"raw": RAW, "rare": DARK_RED, "grilled": ramp(38, 0.08, 0.42), "pork": HAM, "roast": ROAST}


def steak(rng: random.Random) -> Sprite:
    """A steak in its rim of fat, raw or grilled."""
    name, meat = _pick(rng, STEAK_KINDS)
    grid = rng.choice(STEAKS).translate(str.maketrans("432", "321"))
    whole = paint(grid, meat, CREAM, dx=1, dy=2)
    middle = paint(grid.translate(str.maketrans("cde", "...")), meat, dx=1, dy=2)
    whole = stack(whole, _clip(paint(rng.choice(GRILL), dx=1, dy=3, f=meat[0]), middle))
    herb = paint(rng.choice((".", "d.\ncb", "dc.\n.bb")), meat, LEAF, dx=rng.choice((4, 5)), dy=rng.choice((4, 5, 6)))
    word, whole = _bitten(rng, stack(whole, herb), meat[3], 0.3)
    where, whole = _plated(rng, whole)
    return _serve(rng, _words(word, name, "steak", where), whole)


FISHES = _sheet("""
......ccb.....  ..............
....344433...b  .....cc.......
..344344332.cb  ...34443......
.34k43434332bb  ..34434432..cb
344443434322b.  .34k4343432cb.
1133343332bbb.  3444434343222.
.3ddddd222.bbb  133343433322bb
..edddd22..bba  .eddddd222..bb
....cbb......a  ..ebbddb......
""")
FISH_PATTERNS = _sheet("""
..............  ......f..f....  ..............
..............  .....f..f.....  .......f......
..............  .....f..f.f...  .....f...f....
..............  .....f..f.f...  .......f...f..
..............  .....f..f.....  .....f...f....
..............  .....f..f.....  ..............
""")
FISH_COLOURS = {
    "blue": SKY,
    "silver": STEEL,
    "red": SALMON,
    "green": COLOURS["teal"],
    "golden": YELLOW,
    "pink": HAM,
    "brown": CRUST,
}


def fish(rng: random.Random) -> Sprite:
    """A fish, alone or on a plate, sometimes with a pattern or a piece of lemon."""
    name, scales = _pick(rng, FISH_COLOURS)
    fin = rng.choice((scales, ORANGE, BLUE, DARK_RED))
    body = paint(FISHES[form := rng.randrange(2)], scales, (fin[0], fin[1], fin[2], CREAM[3], CREAM[4]), dx=1, dy=3)
    marks = paint(FISH_PATTERNS[rng.randrange(3)], dx=1, dy=4 + form, f=scales[1])
    body = stack(body, _clip(marks, body))
    where, body = _plated(rng, body)
    if where and rng.random() < 0.5:
        slice_of = paint(SMALL_WEDGE, _deep(LEMON), CREAM, dx=rng.choice((2, 7)), dy=10)
        body, where = _pile(body, _centre_on(slice_of, body)), f"and lemon {where}"
    return _serve(rng, _words(name, "fish", where), body)


def _centre_on(layer: Layer, base: Layer) -> Layer:
    """Move a layer down or up so that its last row stands on the base's last but one."""
    return shift(layer, dy=_box(base)[3] - 1 - _box(layer)[3])


FISH_BONES = _sheet("""
..eed.........  ...eed........
.eeeed.d..d...  .eeeeed.d.d...
eekeed.d..d..e  eeekkeed.d.d.e
eeeeed.d..d.ed  eeekkeed.d.ded
.eddeddddddddc  .eeeeeddddddd.
dddddc.d..d.dc  kdedekdd.d.dcc
.dddc..d..d..c  dddddcc.d.d..c
..cc...d......  ..dcdc..d.....
""")


def fishbone(rng: random.Random) -> Sprite:
    """What is left of a fish: head, bones and tail."""
    bones, eye = rng.choice((BONE, CHINA, CHEESE)), rng.choice((INK, RED[1], BLUE[1]))
    rows = rng.choice(FISH_BONES).split()
    broken, lower = rng.randrange(7, 11), rng.random() < 0.5
    for y in range(5, 8) if lower else range(3):
        rows[y] = rows[y][:broken] + ("." if broken < 10 else rows[y][broken]) + rows[y][broken + 1 :]
    layer = paint("\n".join(rows), BONE, bones, dx=1, dy=4, k=eye)
    where, layer = _plated(rng, layer, 0.6)
    return _serve(rng, _words("fish bones", where), layer)


EGGS = _sheet("""
....4444......  ......44444...  ...444...44...  ....4444444...
..444444444...  ..4444444444..  ..4444444444..  ..44444444444.
.44444444444..  .44444444444..  .444444444444.  .4444444444443
.444444444444.  444444444444..  4444444444443.  44444444444443
4444444444444.  444444444444..  4444444444443.  4444444444443.
4444444444443.  .44444444444..  .444444444443.  44444444444433
.444444444443.  .44444444444..  .44444444444..  34444444444333
.344444444433.  4444444444443.  ..4444444443..  .3344443333332
..34444443333.  344444444443..  ..34444443332.  ..3333333322..
...333333322..  .3333333332...  ...33332222...  ....22222.....
....22222.....  ...222222.....  .....22.......  ..............
""")
YOLKS = _sheet("""
.sss..  .....  .......ss..  .......
ssttr.  .sss.  .ss...sttr.  .sssss.
stwtrr  stwtr  stwr..stwrr  stwttsr
sttsrr  sttsr  sttr..ssrrq  stttsrr
srrrrq  ssrrq  srrq...rqq.  srrrrqq
.rrqq.  .rqq.  .qq........  .rqqqq.
""")


def egg(rng: random.Random) -> Sprite:
    """A fried egg: alone, on a plate, with bacon or herbs."""
    white = paint(rng.choice(EGGS), CHINA, dx=1, dy=2)
    yolk = rng.choice((YELLOW, ORANGE, CHEESE, ramp(62, 0.17, 0.76)))
    which = rng.randrange(4)
    yolks = paint(
        YOLKS[which],
        yolk,
        yolk,
        yolk,
        dx=rng.choice((3, 4)) if which == 2 else rng.choice((4, 5, 6)),
        dy=rng.choice((4, 5)),
    )
    words = "two fried eggs" if which == 2 else "fried egg"
    layer = stack(white, _clip(_flat(shift(yolks, 1, 1), CHINA[2]), white), yolks)
    if rng.random() < 0.3:
        layer = stack(
            layer, _clip(paint(rng.choice(SPRINKLES[:2]), dx=2, dy=4, y=LEAF[2], z=LEAF[2], v=INK), white), yolks
        )
        words += " with herbs"
    if rng.random() < 0.3:
        layer = _pile(shift(layer, dy=-1), paint(rng.choice(BACON), RAW, CREAM, dx=1, dy=10))
        words += " and bacon"
    return _serve(rng, words, layer)


BACON = _sheet("""
.333..3333..33  22...222...222
3ddd33ddd333dd  332233333223d3
ddd2dddd2dddd2  d333dd333dd3dd
222.2222.222.2  2dd222dd222d22
..............  .22...22...22.
""")

# ---------------------------------------------------------------------------------------------- meals

PIZZAS = _sheet("""
....23333322..  ....322223....
..233344433322  ..3323333233..
23344333333332  .332dddddd233.
.1122222222211  .32dddddddd23.
.1dddddddddd1.  32dddddddddd22
..edddddddcc..  32dddddddddd22
..eddddddddc..  32dddddddddd22
...edddddcc...  32dddddddddd22
...edddddcc...  22dddddddddc21
....edddcc....  .22dddddddc21.
....eddddc....  .222dddddc221.
.....eddc.....  ..2222222221..
.....edcc.....  ....222211....
......dc......  ..............
""")
TOPPINGS = _sheet("""
..............  ..............  ..............  ..............
..............  ......g.......  ..............  .......g......
..............  .....g...g....  ..............  ....g...hh....
...........h..  ..............  ....gh........  ........h.....
..............  ...gh...gh....  ....hh..gh....  ...hh..g......
...gh...gh....  ...hh.g.hh.g..  ........hh.g..  ...h......g...
...hh...hh....  .....ggh......  ..g..gh.......  .....g..hh....
..............  ...g..hh.g....  .....hh..gh...  ...g...hh.....
.....gh..g....  ....gh........  ...g.....hh...  ....hh.....g..
.....hh.......  ....hh.gh.....  ......gh......  ....h..g......
..............  .......hh.....  ......hh......  ......h.......
""")
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
    (base, spread), (topping, (light, dark)) = _pick(rng, PIZZA_BASES), _pick(rng, TOPPING_KINDS)
    form = rng.choice((0, 0, 1))
    pie_ = paint(PIZZAS[form], rng.choice((CRUST, CARAMEL)), spread, dx=1, dy=1)
    inner = paint(PIZZAS[form].translate(str.maketrans("01234", ".....")), CRUST, spread, dx=1, dy=1)
    dots = paint(rng.choice(TOPPINGS[(form == 0) :]), dx=1, dy=2 + (form == 0), g=light, h=dark)
    word, pie_ = _bitten(rng, stack(pie_, _clip(dots, inner)), spread[3], 0.2)
    return _serve(rng, _words(word, "slice of" if form == 0 else "", base, "pizza with", topping), pie_)


BUN_TOPS = _sheet("""
....333332....  ...33333322...  ..............
..3344433332..  .334443333322.  ...33333322...
.344443333322.  34444333333322  .334443333322.
33443333333222  34433333333222  34443333333222
""")
SEEDS = _sheet("""
......y..y....  ..............  .....y........
....y...y..y..  ..............  ...y..y..y....
..y...y...y...  ..............  .....y.....y..
""")
FILLINGS: dict[str, tuple[str, Ramp]] = {
    "salad": ("cdcddccdccdbcb\n.b..b.bb..b.b.", LEAF),
    "cheese": ("dddddddddddccc\n..dd.dc...cc..", CHEESE),
    "tomato": (".dddddd.ccccc.", RED),
    "beef": ("dccccccccccbbb\nccbbbbbbbbbaaa", ramp(45, 0.08, 0.42)),
    "onion": ("..ddd..ddd.dd.", PINK),
    "fish": ("eddddddddddccc\nddccccccccccbb", CARAMEL),
    "bacon": ("dbbdddbbbdddbb", RAW),
}
BUN_BASES = ("22222222222211\n.122222222110.", "32222222222211\n22222222222111\n.111111111110.")


def burger(rng: random.Random) -> Sprite:
    """A burger of a bun and layers of fillings."""
    bun = rng.choice((CRUST, CARAMEL, RYE, ramp(72, 0.12, 0.74), PAN))
    names = rng.sample(["salad", "cheese", "tomato", "onion", "bacon"], rng.choice((1, 2, 2)))
    names.insert(rng.randrange(len(names) + 1), rng.choice(("beef", "fish")))
    layers, y = [paint(rng.choice(BUN_BASES), bun, dx=1, dy=11)], 11
    for name in reversed(names):
        grid, stuff = FILLINGS[name]
        y -= 2 if name in ("beef", "fish") else 1
        layers.append(paint(grid, bun, stuff, dx=1, dy=y))
    top = paint(rng.choice(BUN_TOPS), bun, dx=1, dy=y - 4)
    seeds = paint(rng.choice(SEEDS), dx=1, dy=y - 4, y=bun[4] if bun is RYE or bun is PAN else CREAM[4])
    return _serve(rng, f"burger with {names[0]} and {names[-1]}", *layers, top, _clip(seeds, top))


HOT_DOGS = _sheet("""
..............  .........33...
..3444433332..  ........33332.
.344433333322.  .......33qr32.
.ssttttssssss.  ......33qsr332
sttsssssssssrr  .....33qsr332.
ssssssssssrrrq  ....33qsr332..
rrrrrrrrrrrqqq  ...33qsr332...
.444333333322.  ..33qsr332....
34443333333221  .33qsr332.....
33333333332221  33qsr332......
.222222222211.  33rr332.......
..............  .33332........
..............  ..22..........
""")
SQUIGGLES = _sheet("""
..yy...yy.....  ..............  ...y...y...y..
.y..y.y..y.y..  ..yyyyyyyyyy..  ..yz..yz..yz..
.....y....y...  ..............  ...y...y...y..
""")


def hot_dog(rng: random.Random) -> Sprite:
    """A hot dog, lying or aslant, with sauce."""
    bun, sausage = (
        rng.choice((CRUST, CARAMEL, ramp(75, 0.10, 0.78))),
        rng.choice((ramp(25, 0.16, 0.46, 0.8), DARK_RED, RED)),
    )
    (name, sauce), form = _pick(rng, SAUCES), rng.randrange(2)
    body = paint(HOT_DOGS[form], bun, bun, sausage, dx=1, dy=1)
    if form == 0:
        line = paint(rng.choice(SQUIGGLES), dx=1, dy=4, y=sauce, z=rng.choice((LEAF[3], sauce)))
    else:
        line = paint(rng.choice(SAUCE_DIAGONALS), dx=1, dy=1, y=sauce)
    word, body = _bitten(rng, stack(body, _clip(line, body)), CREAM[4], 0.4)
    where, body = _plated(rng, body, 0.6) if form == 0 else ("", body)
    return _serve(rng, _words(word, f"hot dog with {name}", where), body)


SAUCES: dict[str, Colour] = {"mustard": LEMON[3], "ketchup": RED[1], "mayonnaise": CREAM[4], "relish": LIME[2]}
SAUCE_DIAGONALS = _sheet("""
..............  ..............
..........yy..  ...........y..
..........y...  ..........y...
........yy....  .........y....
........y.....  ........y.....
......yy......  .......y......
......y.......  ......y.......
....yy........  .....y........
....y.........  ....y.........
..yy..........  ...y..........
""")

SUSHIS = _sheet("""
..............  ...kkkkkkk....  .....4443.....  ..44443...
..33343332....  .kk44444433k..  ....444443....  .4444443..
.344334333322.  k444ststs433k.  ...44444433...  44444443..
34433433343322  k44sttssrr43k.  ...44444443...  4444443332
33343334333221  k44tttssrr43k.  ..444444443...  2222222222
.2eee222ee211.  k44ttssrrr43k.  ..4444444433..  ..........
.eeeeeeeeeedc.  kk44sssrr433k.  .444kkkkkk43..  ..........
.eeeeeeeeeddc.  k0k44443333kk.  .444kkkkkk43..  ..........
.deeeeeeddccc.  k00kkkkkkkkkk.  4444kkkkkk433.  ..........
..cdcdcdccc...  k00k100000kkk.  4444kkkkkk433.  ..........
..............  .k0010000kkk..  .333kkkkkk33..  ..........
..............  ..kkkkkkkkk...  ..............  ..........
""")
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
    name, filling = _pick(rng, SUSHI_FISH)
    form = rng.choice((0, 0, 1, 1, 2))
    board = rng.random() < 0.5
    if form == 0:
        body = paint(SUSHIS[0], filling, CHINA, dx=1, dy=2)
        if rng.random() < 0.5:
            body = stack(
                body, paint("k1\nkk\nk1\nkk\n1k\nkk\nkk", SEAWEED, dx=rng.choice((5, 6, 7)), dy=4, k=SEAWEED[1])
            )
        words = f"{name} sushi"
    elif form == 1:
        rice = (SEAWEED[1], SEAWEED[2], CHINA[2], CHINA[3], CHINA[4])
        body = paint(SUSHIS[1], rice, rice, filling, dx=1, dy=1, k=SEAWEED[0])
        words = f"{name} sushi roll"
    else:
        body = paint(SUSHIS[2], CHINA, dx=1, dy=2, k=SEAWEED[1])
        dots = paint(rng.choice(RICE_TOPS), filling, filling, filling, dx=1, dy=4)
        body = stack(body, _clip(dots, body))
        words = f"rice ball with {name}"
    if board:
        wood = rng.choice((WOOD, CRUST, PAN, RED))
        bottom = _box(body)[3]
        body = stack(paint("43333333333322\n.11........11.", wood, dx=1, dy=bottom + 1), body)
        words += " on a board"
    return _serve(rng, words, body)


RICE_TOPS = _sheet("""
..............  ......ts......  ..............  ..............
..............  .....tssr.....  .....t..s.....  ..............
..............  .....ssrr.....  ....s..t......  .....k..k.....
..............  ......rr......  ......s..s....  ......rr......
""")

BOWLS = _sheet("""
..22222222222.  ..............
.2dddddddddd2.  .222222222222.
2dccccccccccd2  2dcccccccccdd2
3cccccccccccc2  3cccccccccccc2
34433333332221  33443333333221
34333333332211  .344333333221.
.343333332221.  ..3333333221..
.333333332211.  ...22222211...
..3333332221..  ....111110....
...22222211...  ..............
....111111....  ..............
""")
BITS = _sheet("""
..............  ....g...h.....  ..............  ...ggh........
...gh...g.....  ..h..gg...h...  .....gggg.....  ...ggh..g.g...
..g..gg..gh...  ....h...g..g..  ...gghhhhgg...  ..gghh.h...h..
....h...h..g..  ..g...h...h...  ....hhhhhh....  ....h..g..g...
""")
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
    (name, broth), (bowl_name, china) = _pick(rng, SOUPS), _pick(rng, CROCKERY)
    body = paint(rng.choice(BOWLS), china, (broth[0], broth[0], broth[2], broth[1], broth[3]), dx=1, dy=3)
    light, dark = rng.choice(BIT_COLOURS)
    bits = _clip(paint(rng.choice(BITS), dx=1, dy=3 + rng.randint(0, 1), g=light, h=dark), body)
    sprite = _serve(rng, f"{name} soup in a {bowl_name} bowl", body, bits)
    return _steaming(rng, _lowered(sprite), sprite.caption)


def _lowered(sprite: Sprite) -> Sprite:
    """The sprite moved down to the floor, to make room above it."""
    empty = int((sprite.pixels[::-1] == 255).all((1, 2)).argmin())
    return Sprite(np.roll(sprite.pixels, empty, axis=0), sprite.caption)


PIES = _sheet("""
...2343432....  ..............  ........33....
.23dd3dd3d32..  ....234322....  .....3344332..
2333333333332.  ..2344333322..  ...344433d332.
3d3dd3dd3dd3d2  .234433333322.  .344433333d332
34343434343432  23443333333221  34433333333332
rsttsssssrrrrq  34343434343432  33333333333222
.rtsrssrsrrrq.  rsttsssssrrrrq  dddddedddddccc
.rtsrssrsrrqq.  .rtsrssrsrrrq.  dccdddcdddcccb
..rrrrrrrrqq..  .rtsrssrsrrqq.  cccccccccccbbb
...qqqqqqqq...  ..rrrrrrrrqq..  22222222222211
..............  ...qqqqqqqq...  ..............
""")
PIE_MARKS = _sheet("""
..............  ..............  ..............
......f.......  ..............  .....f..f.....
.....f.f......  ....f...f.....  ....f.ff.f....
......f.......  .....f.f......  .....f..f.....
....f...f.....  ......f.......  ..............
""")
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
    (name, fruit), crust = _pick(rng, PIE_FILLINGS), rng.choice((CRUST, CARAMEL, ramp(74, 0.11, 0.75)))
    form, dish = rng.choice((0, 1, 2, 2)), _pick(rng, CROCKERY)[1]
    body = paint(PIES[form], crust, fruit, rng.choice((dish, STEEL)), dx=1, dy=4)
    if form == 1:
        body = stack(body, _clip(paint(rng.choice(PIE_MARKS), dx=1, dy=5, f=crust[0]), body))
    if form == 2:
        cream = paint(
            rng.choice((".", "..e..\n.eed.\needdc", ".rr.\nrrqq")),
            crust,
            rng.choice((CREAM, PINK)),
            dx=rng.choice((6, 8)),
            dy=3,
            r=RED[3],
            q=RED[1],
        )
        body = _pile(body, cream)
        where, body = _plated(rng, body, 0.7)
        return _serve(rng, _words(f"slice of {name} pie", where), body)
    sprite = _serve(rng, f"{name} pie", body)
    return _steaming(rng, _lowered(sprite), sprite.caption, 0.5)


SYRUPS = _sheet("""
..ddddddddddd.  ..............
.deeddddddddcc  .....eed......
ddcdd.ddcdd.cb  ....dddc......
.d..d..c..c.b.  .....cc.......
....c.....b...  ..............
""")
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
    name, sauce = _pick(rng, SYRUP_KINDS)
    jitter = [rng.choice((0, 0, 1)) for _ in range(count)]
    layers = [paint(PANCAKE, cake_, dx=1 + jitter[i], dy=12 - 2 * i) for i in range(count)]
    top = 12 - 2 * (count - 1)
    lid = paint("..3444443322..\n.344433333322.", cake_, dx=1 + jitter[-1], dy=top - 1)
    cover = paint(rng.choice(SYRUPS), cake_, sauce, dx=1 + jitter[-1], dy=top - 1)
    topping = paint(rng.choice((".", "rs\nqr", ".r.r\nrqrq", "ee\ndd", ".")), cake_, LEMON, dx=6, dy=top - 2,
                    r=RED[3], s=RED[4], q=RED[1])  # fmt: skip
    body = stack(*layers, lid)
    body = _pile(stack(body, _clip(cover, body)), topping)
    where, body = _plated(rng, body, 0.6)
    return _serve(rng, _words(f"pancakes with {name}", where), body, flip=False)


PANCAKE = """
.344433333322.
34333333333221
.011111111110.
"""

# ---------------------------------------------------------------------------------------------- sweets

CAKES = _sheet("""
..............  ...stttssrr...  ..............
........tts...  .sttttsssssrr.  ....sttss.....
.....ttttssr..  sttsssssssssrr  ...sttsssrr...
...tttttssssr.  ssssssssssssrr  ..sttssssrrr..
.tttttssssssrr  sr4s44r44s4rrr  ..sssssssrrr..
ssssssssssrrrr  4r4r44444r43r3  ..sr44s4r3rr..
44443333333322  44433333333322  ..4443433332..
33333333333222  dddddcdddddccc  ..3333333332..
dddddcdddddccc  33333333333222  ..ddddddccc...
33333333333222  33333333332221  ..3333333222..
33333333332221  .222222222211.  ..2222222221..
22222222222111  ..............  ..............
""")
SPONGES = {
    "": ramp(78, 0.10, 0.80),
    "chocolate": CHOCOLATE,
    "red velvet": DARK_RED,
    "carrot": CARAMEL,
    "matcha": ramp(125, 0.10, 0.66),
}
CAKE_TOPS: dict[str, tuple[str, ...]] = {
    "": (".",),
    "a cherry": ("..b\n.b.\nrs.\nqr.",),
    "a strawberry": (".b.\nbbb\nrsr\n.r.",),
    "a candle": ("y\nz\nw\nw\nw",),
    "candles": ("y..y..y\nw..w..w\nw..w..w",),
    "cream": ("..w..\n.wwf.\nwwwff",),
    "blueberries": ("v.v\nuvu",),
}


def _cake_top(rng: random.Random, x: int, bottom: int, no_candles: bool = False) -> tuple[str, Layer]:
    """Something to crown a cake with: its words, and its layer standing in column x on this row."""
    names = [name for name in CAKE_TOPS if not (no_candles and name == "candles")]
    name = rng.choice(names)
    grid = rng.choice(CAKE_TOPS[name])
    rows = grid.split()
    layer = paint(
        grid,
        dx=x - len(rows[0]) // 2,
        dy=bottom - len(rows) + 1,
        r=RED[2],
        s=RED[4],
        q=RED[1],
        b=LEAF[1],
        y=YELLOW[3],
        z=ORANGE[2],
        v=BLUE[3],
        u=BLUE[1],
        f=CREAM[2],
    )
    return f"with {name}" if name else "", layer


def cake(rng: random.Random) -> Sprite:
    """A cake: a slice, a broad one or a tall one."""
    (sponge_name, sponge), (name, icing) = _pick(rng, SPONGES), _pick(rng, FROSTING)
    form, filling = rng.choice((0, 0, 1, 2)), rng.choice((CREAM, PINK, RED, CHOCOLATE, LEMON))
    body = paint(CAKES[form], sponge, filling, icing, dx=1, dy=3)
    _, dots = _sprinkled(
        rng,
        paint(CAKES[form].translate(str.maketrans("01234abcde", "..........")), sponge, sponge, icing, dx=1, dy=3),
        icing[2],
        0.3,
    )
    words, top = _cake_top(rng, (9, 7, 7)[form], (5, 4, 4)[form], form == 0)
    body = _pile(stack(body, dots), top)
    where, body = _plated(rng, body, 0.4) if _box(body)[3] - _box(body)[1] < 12 else ("", body)
    noun = ("slice of", "", "small")[form]
    return _serve(rng, _words(noun, name, sponge_name, "cake", words, where), body, flip=form == 0)


CUPS, CUPS_TALL, CUPS_STAR = _sheet("""
.............  .....tt......  ......s......
....sttss....  ....tssr.....  .....tsr.....
..sttsssrr...  ...stssrr....  ..s.tssrr.r..
.sttsssssrr..  ..rrrssqqq...  .tssttsrrsrr.
.stsssssrrr..  ..sttsssrr...  .ttsrtsrrsrr.
stsssssssrrr.  .stssssssrr..  sttsrssrqsrrq
srrsrrsrrqrq.  .rrrsssrrqqq.  srrqrrrqrrqqq
..ededcdcdc..  sttsssssssrr.  ..ededcdcdc..
..ededcdcbc..  rrrrsrrrrqqq.  ..ededcdcbc..
..ededcdcbc..  ..ededcdcdc..  ..ededcdcbc..
...dedcdcb...  ..ededcdcbc..  ...dedcdcb...
...ccbcbcb...  ...dedcdcb...  ...ccbcbcb...
.............  ...ccbcbcb...  .............
""")


def cupcake(rng: random.Random) -> Sprite:
    """A cupcake in a paper cup."""
    (name, icing), (_, cup) = _pick(rng, FROSTING), _pick(rng, {**CROCKERY, "brown": CHOCOLATE, "green": LIME})
    grid = rng.choice((CUPS, CUPS_TALL, CUPS_STAR))
    y = 4 if grid is not CUPS_TALL else 3
    body = paint(grid, icing, cup, icing, dx=2, dy=y - 1)
    frosting = paint(grid.translate(str.maketrans("abcde", ".....")), icing, icing, icing, dx=2, dy=y - 1)
    _, frosted = _sprinkled(rng, frosting, icing[2], 0.5)
    words, top = _cake_top(rng, 8 - (grid is CUPS_TALL), y + 1 - (grid is CUPS_TALL), True)
    if _box(stack(top, body))[1] < 2 or grid is CUPS_TALL:
        words, top = "", paint(".")
    return _serve(rng, _words(name, "cupcake", words), _pile(stack(body, frosted), top), flip=False)


DOUGHNUTS = _sheet("""
....33333.....  ..............  .....3333.....
..334443322...  ...33333322...  ...3344332....
.33444333322..  .334444333322.  ..344433332...
.34443333322..  34443333333322  .34443333322..
344433.33332..  34443111133322  3444333333221.
34433x.x3322..  33433....33222  3443333333221.
3443.....332..  13333333332221  3433333333221.
3433x...x322..  22333333222211  2333333332221.
33333x.x3322..  .122222222111.  .233333322211.
.3333333322...  ...11111111...  .122333322110.
.2333333222...  ..............  ..122222211...
..222222222...  ..............  ...1111110....
....22222.....  ..............  ..............
""")
ICINGS = _sheet("""
....ttttt.....  ..............  .....tsss.....
..ttttttsss...  ...tttttsss...  ...tttssss....
.ttttsssssr...  .ttttssssssrr.  ..tttssssss...
.tttssssssr...  tttsssssssssrr  .tttsssssssr..
tttss..sssrr..  ttss....ssssrr  .ttssssssssr..
ttss.....srr..  ssss....ssrrrr  .tssssssssrr..
tsss.....srr..  srssssssrssrr.  .sssssrsssrr..
tsss.....srr..  .r.sr.srr.rr..  ..ssr.rssrr...
ssssr...rrr...  ..............  ...r...rsr....
.ssssrrrrrr...  ..............  ..............
..rrrrrrrr....  ..............  ..............
""")


def doughnut(rng: random.Random) -> Sprite:
    """A doughnut with icing and sprinkles: from above, aslant, or filled."""
    (name, icing), dough = _pick(rng, FROSTING), rng.choice((CRUST, CARAMEL, CHOCOLATE))
    form = rng.choice((0, 0, 1, 1, 2))
    if dough is icing:
        dough = CRUST
    body = paint(DOUGHNUTS[form], dough, dx=1, dy=2)
    glaze = _clip(paint(ICINGS[form], dough, dough, icing, dx=1, dy=2), body)
    words, glaze = _sprinkled(rng, glaze, icing[2], 0.65)
    bite, body = _bitten(rng, stack(body, glaze), dough[4], 0.3)
    noun = "filled doughnut" if form == 2 else "doughnut"
    return _serve(rng, _words(bite, name, noun, f"with {words}" if words else ""), body)


CONES = _sheet("""
4312431243  .34343421.  ..........
.31243124.  .43434321.  44433333322
.43124312.  ..343432..  .344333322.
..312431..  ..434321..  ..3332222..
..431243..  ..34342...  ....321....
...3124...  ...4321...  ...33221...
...4312...  ...3431...  ..3332211..
....31....  ....31....  ..........
""")
SCOOP = """
...sttss...
.sttttsssr.
.sttsssssr.
sttsssssssr
ssssssssrrr
srssrssrrrq
"""
SWIRL = """
......s....
.....ts....
....tss....
...ttsrr...
..sttssrr..
..rrrssqq..
.sttsssssr.
.rrrsssqqq.
sttssssssrr
srrrssrrqqq
"""
POPSICLES = _sheet("""
..2332..  ..23322..
.244322.  .2344322.
2443332.  23443332.
2433332.  23433332.
2433332.  24433332.
243dd32.  24443332.
243dd32.  23433332.
2433332.  23333332.
2433322.  23333322.
2333221.  .2222221.
.222211.  ...ed....
...ed...  ...ec....
...ec...  ...dc....
...dc...  .........
""")


def ice_cream(rng: random.Random) -> Sprite:
    """Ice cream: one scoop, two scoops or a swirl in a cone or cup, or on a stick."""
    (name, ice), (second, ice2) = _pick(rng, FROSTING), _pick(rng, FROSTING)
    form = rng.randrange(4)
    if form == 3:
        grid = rng.choice(POPSICLES)
        body = paint(grid, ice, WOOD[1:] + WOOD[4:], dx=4, dy=1)
        coat = _keep_rows(paint(grid.translate(str.maketrans("cde", "...")), ice2), 0, rng.choice((4, 6, 8)))
        dipped = shift(coat, 4, 1) if rng.random() < 0.6 else paint(".")
        bite, body = _bitten(rng, stack(body, dipped), ice[4], 0.3)
        return _serve(rng, _words(bite, f"{name} ice lolly"), body, flip=False)
    cone = rng.randrange(3)
    waffle = rng.choice((CRUST, CARAMEL)) if cone < 2 else rng.choice((CHINA, GLASS, GOLD, SKY, PINK))
    base = paint(CONES[cone], waffle, dx=3, dy=8 if form != 2 else 9)
    if form == 2:
        layers, words = [base, paint(SWIRL, ice, ice, ice, dx=2, dy=0)], f"{name} ice cream swirl"
    elif form == 1:
        upper = paint(SCOOP, ice2, ice2, ice2, dx=2, dy=0)
        layers, words = [base, _pile(upper, paint(SCOOP, ice, ice, ice, dx=2, dy=4))], f"{name} and {second} ice cream"
    else:
        _, scoop = _sprinkled(rng, paint(SCOOP, ice, ice, ice, dx=2, dy=4), ice[2], 0.5)
        topping, top = _cake_top(rng, 7, 4, True)
        layers, words = [base, _pile(scoop, top)], _words(name, "ice cream", topping)
    return _serve(rng, words + (" in a cup" if cone == 2 else " cone"), *layers, flip=False)


def _keep_rows(layer: Layer, top: int, bottom: int) -> Layer:
    """A layer without the rows outside top..bottom-1."""
    out = np.zeros_like(layer)
    out[top:bottom] = layer[top:bottom]
    return out


LOLLIES = _sheet("""
...dd33...  ...4433...
.ddd4433d.  .44344432.
.dd344333d  .43ddd432.
dd3eedd33d  44d433d332
d33e33dd22  4dd4d3d332
333d43dd22  43d43dd332
433dd33d21  43dd333d22
4d33333d1.  .33ddddd2.
.ddd33221.  .33322221.
...dd22...  ...3222...
""")
STICK = "e\ne\nd\nd\nd\nc"
HEART = """
..43..43..
.4433.4332
.4333333322
.4333333321
..43333321.
...333321..
....3321...
.....21....
"""


def lollipop(rng: random.Random) -> Sprite:
    """A lollipop: striped or a spiral wheel, a ball or a heart, on a stick."""
    (one_name, one), (two_name, two) = rng.sample(list(SWEET_COLOURS.items()), 2)
    form = rng.choice((0, 1, 1, 2, 3))
    stick = paint(STICK, one, BONE, dx=8, dy=9)
    if form < 2:
        sweet = paint(LOLLIES[form], one, two, dx=3, dy=1)
        words = f"{one_name} and {two_name} lollipop"
    elif form == 2:
        sweet = paint(CHERRY_BIG, one, dx=4, dy=2)
        band = paint(
            rng.choice(("...w\n", "dddddddddd\ncccccccccc", "..dd...\n.dd....dd\ndd...dd..\n...ddd...")),
            one,
            two,
            dx=4,
            dy=5,
        )
        sweet, words = stack(sweet, _clip(band, sweet)), f"round {one_name} lollipop"
    else:
        sweet, words = paint(HEART, one, dx=2, dy=2), f"heart-shaped {one_name} lollipop"
        spark = paint(rng.choice(SPRINKLES), dx=2, dy=3, y=two[3], z=two[3], v=two[3])
        sweet = stack(sweet, _clip(spark, sweet))
    bow = paint(rng.choice((".", ".", "qr.rq\nrqrqr")), dx=6, dy=12, r=two[3], q=two[1])
    bite, sweet = _bitten(rng, sweet, one[4], 0.2)
    return _serve(rng, _words(bite, words), stick, sweet, bow, flip=False)


SWEET_COLOURS = {
    n: COLOURS[n]
    for n in ("red", "orange", "gold", "lime", "green", "teal", "sky", "blue", "violet", "pink", "white", "brown")
}
CANDIES = _sheet("""
..............  e...........c.
e............c  ed.........cb.
ed..23332...cb  .dd..333..cb..
edd23443322ccb  ..dd34432c....
.dd34433332cb.  ....344332....
edc34333332bcb  ....433332....
ed.23333221..b  ....333221....
d...122211...b  ..ed.2211cb...
..............  .ed......ccb..
..............  ed.........cb.
""")
CANE = """
....4ddd3....
...44dd333...
..dd4....dd..
..dd3....d3..
..33.....33..
..3d.....2d..
.........dd..
.........d2..
.........22..
.........2d..
.........dd..
.........d2..
.........21..
"""
STRIPES = _sheet("""
..............  ..............  ..............  ..............
..............  ..............  ..............  ..............
......d.......  ....d..d......  .....d........  ..............
.....d...d....  ....d..d.d....  ..............  .....d..d.....
....d...d.....  ...d..d..d....  ....ddddddd...  ......dd......
...d...d...d..  ...d..d..d....  ...........d..  .....d..d.....
......d...d...  ....d..d......  ......ccc.....  ..............
.........d....  ....d..d......  ..............  ..............
""")


def candy(rng: random.Random) -> Sprite:
    """A wrapped sweet or a candy cane."""
    (one_name, one), (two_name, two) = rng.sample(list(SWEET_COLOURS.items()), 2)
    if rng.random() < 0.35:
        return _serve(rng, f"{one_name} and {two_name} candy cane", paint(CANE, one, two, dx=1, dy=1))
    form = rng.randrange(2)
    paper = rng.choice((one, two))
    body = paint(CANDIES[form], one, paper, dx=1, dy=3)
    inside = paint(CANDIES[form].translate(str.maketrans("abcde", ".....")), one, dx=1, dy=3)
    band = _clip(paint(rng.choice(STRIPES), one, two, dx=1, dy=3 if form == 0 else 4), inside)
    return _serve(rng, f"{one_name} sweet in {one_name if paper is one else two_name} paper", body, band)


COOKIES = _sheet("""
....33333.....  ...3333.......  .334433443332.
..334443322...  ..344432......  34444333333322
.33444333322..  ..34k3k2......  34443333333321
.34443333332..  ..344432......  .4433333333321
344433333332..  33.3332.332...  34333333333221
344333333322..  34443333332...  34333333333221
343333333322..  3333433332....  .333333333321.
333333333322..  ..344332......  33333333333221
333333333221..  ..334332......  33333333322211
.33333332221..  .3443332......  12222222222110
.2333332221...  34432.3321....  .11011011011..
..22222221....  332....321....  ..............
....22221.....  ..............  ..............
""")
CHIPS = _sheet("""
..............  ..............  ..............  ..............
.....y........  ......y.......  ...yy..y......  ......yy......
..y.....y.....  ...y....yy....  ...y...yy.....  ...y.....y....
.....z.....y..  ...yz..y......  .y...z....y...  ......z.......
...y....y.....  ......yz......  .yy.....z.y...  ..z......z....
......y.......  ..yy.....y....  ....yy........  .....y........
.y.z....z.y...  ...z..y..yy...  ...z....y.....  ....zy...y....
.....y........  .....yy.......  .y....y.yy....  ........z.....
..y.....z.....  ...z.....z....  ..y..z........  ..z...........
.....z..y.....  ......yz......  .....yy.z.....  .....y..z.....
""")
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
    name, dough = _pick(rng, COOKIE_DOUGH)
    form = rng.choice((0, 0, 0, 1, 2))
    body = paint(COOKIES[form], dough, dx=2, dy=1)
    if form == 0:
        topping, (light, dark) = _pick(rng, CHIP_KINDS)
        chips = _clip(paint(rng.choice(CHIPS), dx=2, dy=1, y=light, z=dark), body)
        bite, body = _bitten(rng, stack(body, chips), dough[4], 0.5)
        return _serve(rng, _words(bite, name, "cookie with", topping), body)
    if form == 2:
        _, icing = _pick(rng, FROSTING)
        dots = paint(rng.choice(BISCUIT_MARKS), dx=2, dy=1, f=dough[0], g=icing[2], h=icing[3])
        bite, body = _bitten(rng, stack(body, _clip(dots, body)), dough[4], 0.5)
        return _serve(rng, _words(bite, name, "biscuit"), body)
    button = _pick(rng, SWEET_COLOURS)[1]
    marks = paint(rng.choice(BUTTONS), dx=2, dy=1, f=button[2], g=CREAM[4])
    bite, body = _bitten(rng, stack(body, _clip(marks, body)), dough[4], 0.3)
    return _serve(rng, _words(bite, "gingerbread man"), body, flip=False)


BISCUIT_MARKS = _sheet("""
..............  ..............  ..............  ..............
..............  ..............  ..gg..gg..g...  ..............
...f..f..f....  ....h..h......  ..gghgghggg...  ..............
..............  ...hhhhhhh....  .ggggggggghg..  ...f..f..f....
..............  ...gggggg.....  ..ghgghggggg..  .....f..f.....
...f..f..f....  ...gggggg.....  ..ggggggghg...  ...f..f..f....
..............  ....gggg......  ..ghgggggg....  .....f..f.....
..............  .....gg.......  ..gg.ggg.g....  ...f..f..f....
...f..f..f....  ..............  ..............  ..............
""")
BUTTONS = _sheet("""
..............  ..............  ..............
..............  ..............  ..............
..............  ..............  ..............
..............  ..............  ..............
....g.........  ...fff........  ..............
.g..f...g.....  .g.fff..g.....  g...f....g....
..............  ....f.........  ...f.f........
....f.........  ....f.........  ....f.........
..............  ..............  ..............
....f.........  .g....g.......  .ggg.ggg......
.g....g.......  ..............  ..............
""")

# ---------------------------------------------------------------------------------------------- drinks

MUGS = _sheet("""
.2222222222...  ..2222222.....  ...34443......  .22222222.....
2dccccccccd2..  .2ccccccc2....  ..3....43.....  2dccccccd2....
3cccccccccc333  .344333322333.  ..3eeeed3.....  34c.....21....
34433333322..3  .344333322..3.  .34eeedd23333.  34ccccc221....
34433333322..3  .343333322..3.  .3eeeeddd2..3.  3dccccc221....
3433333332222.  .343333322..3.  34eeeeddd2..3.  3ddcccc2b1....
34333333222...  .343333322333.  3eeeeddddc2.3.  3ddccccbb1....
33333333222...  .343333322....  3eeeeddddc233.  .3dccccb1.....
.333333222....  .333333221....  3eeeedddcc2...  .3dccccb1.....
..2222221.....  .222222211....  3eeeddddcc2...  .3dcccbb1.....
..............  ..111111......  .3ddddccc2....  ..2222211.....
..............  ..............  ..2222221.....  ..............
""")
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
MUG_PAINT = _sheet("""
..............  ..............  ..............  ..............
..............  ..............  ...f.f........  ..ff..........
..............  ffffffff......  ..fffff.......  ..ff.ff.......
..............  ffffffff......  ...fff........  .....ff.......
..............  ..............  ....f.........  ..ff..........
""")


def drink(rng: random.Random) -> Sprite:
    """Something to drink: a wide cup, a mug, a jug or a glass."""
    (name, liquid), (china_name, china) = _pick(rng, DRINKS), _pick(rng, CROCKERY)
    form = rng.randrange(4)
    glass = form >= 2
    body = paint(MUGS[form], GLASS if glass else china, liquid, dx=1, dy=3)
    if glass:
        if form == 3:
            extra = rng.choice(("", "a straw", "a slice of lemon"))
            straw = paint(".yy\n.z.\ny..\nz..", dx=rng.choice((5, 6)), dy=0, y=RED[2], z=CREAM[4])
            slice_of = paint(
                "ccb\n34cb\n333cb\n43dcb\n.cc", LEMON, (*ORANGE[:2], YELLOW[2], LEMON[2], CREAM[4]), dx=8, dy=1
            )
            parts = {"": [body], "a straw": [straw, body], "a slice of lemon": [_pile(body, slice_of)]}[extra]
            return _serve(rng, _words("glass of", name, f"with {extra}" if extra else ""), *parts)
        return _serve(rng, f"jug of {name}", body)
    pattern = paint(rng.choice(MUG_PAINT), dx=1, dy=6, f=rng.choice((_pick(rng, CROCKERY)[1][2], WHITE)))
    wall = paint(MUGS[form].translate(str.maketrans("abcde", ".....")), china, dx=1, dy=3)
    froth = paint(
        rng.choice((".", ".wwffww.\n.wwwwfff", "..www.\n.wwwff")), dx=2 + form, dy=3 + (form == 0), f=CREAM[2]
    )
    froth = froth if name in ("coffee", "cocoa") else paint(".")
    sprite = _serve(
        rng, f"{china_name} {('cup', 'mug')[form]} of {name}", body, _clip(pattern, wall), _clip(froth, body)
    )
    return _steaming(rng, _lowered(sprite), sprite.caption, 0.5)


KINDS: dict[str, Callable[[random.Random], Sprite]] = {
    f.__name__.replace("_", " "): f
    for f in (
        apple, pear, cherry, banana, grapes, citrus, lemon, watermelon, strawberry, pineapple,
        carrot, tomato, pepper, aubergine, corn, pumpkin,
        bread, baguette, croissant, cheese,
        drumstick, ham, steak, fish, fishbone, egg,
        pizza, burger, hot_dog, sushi, soup, pie, pancakes,
        cake, cupcake, doughnut, ice_cream, lollipop, candy, cookie, drink,
    )
}  # fmt: skip


def draw(rng: random.Random) -> Sprite:
    """Draw any kind of food, each with the same chance."""
    return rng.choice(list(KINDS.values()))(rng)
