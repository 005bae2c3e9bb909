"""Monsters: slimes, ghosts, golems and other creatures that are neither heroes nor animals.

Each kind is a small function that stacks a few parts (body, face, headgear, weapon), each drawn as a grid.
"""

from __future__ import annotations

import random
from collections.abc import Callable

from .canvas import Layer, Sprite, finish, mirror, outline, paint, shift, stack
from .palette import (
    BONE,
    COLOURS,
    GOLD,
    INK,
    IRON,
    LEAF,
    LEATHER,
    STEEL,
    STONE,
    WOOD,
    Colour,
    Ramp,
    oklch,
    ramp,
)  # fmt: skip

FLOOR = 14  # the lowest row of a body: row 15 is left to the outline

MOUTH: Colour = oklch(0.58, 0.19, 20)
GLOWS: dict[str, Colour] = {
    "red": oklch(0.62, 0.23, 25),
    "yellow": oklch(0.90, 0.17, 100),
    "green": oklch(0.86, 0.22, 140),
    "blue": oklch(0.82, 0.13, 215),
}
FLAMES: dict[str, Ramp] = {
    name: tuple(oklch(*shade) for shade in shades)
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
BANDAGE: Ramp = ramp(85, 0.045, 0.78, 1.0)
ICE: Ramp = ramp(220, 0.07, 0.80, 0.9)
CLAY: Ramp = ramp(40, 0.10, 0.56)
BRIGHT = ("red", "orange", "gold", "lime", "green", "teal", "sky", "blue", "violet", "pink")


# ---------------------------------------------------------------- helpers


def put(grid: str, *materials: Ramp, bottom: int = FLOOR, centre: int = 8, **fixed: Colour) -> Layer:
    """Paint a grid centred on column edge `centre` with its last row on row `bottom`."""
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


# ---------------------------------------------------------------- faces, headgear, weapons (shared)

# Eight columns wide, for a face centred on the sprite.
EYES: dict[str, str] = {
    "bright": ".wk..wk. .kk..kk. .kk..kk.",
    "wide": ".ww..ww. .wk..kw. .ww..ww.",
    "sideways": ".ww..ww. .wk..wk. .wk..wk.",
    "angry": "kk....kk .wk..kw. .ww..ww.",
    "happy": "........ .k....k. k.k..k.k",
    "sleepy": "........ kkk..kkk .w....w.",
    "one": "...ww... ..wwww.. ..wkkw.. ...kk...",
    "three": "...ww... ...wk... .ww..ww. .wk..wk.",
}
MOUTHS: dict[str, str] = {
    "smile": "..k..k.. ...kk...",
    "grin": ".kwkwkk. ..kkkk..",
    "gape": "...kk... ..kmmk.. ...kk...",
    "fangs": ".kkkkkk. ..w..w..",
    "tongue": "..kkkk.. ....mm..",
    "flat": "..kkkk..",
    "frown": "...kk... ..k..k..",
}


def face(rng: random.Random, top: int, eyes: tuple[str, ...] = (), mouths: tuple[str, ...] = (), dx: int = 0) -> Layer:
    """A random face whose eyes start on row `top`, with a mouth right below them."""
    eye = EYES[rng.choice(eyes or tuple(EYES))]
    mouth = MOUTHS[rng.choice(mouths or tuple(MOUTHS))]
    return paint(f"{eye} ........ {mouth}", dx=4 + dx, dy=top, m=MOUTH)


# name: (grid, material); the last row sits on the top row of the head.
HATS: dict[str, tuple[str, Ramp]] = {
    "crown": ("4.44.2 33m3m1 222211", GOLD),
    "sprout": (".33..32. 3332.221 ...22... ...1....", LEAF),
    "horns": ("4......4 43....32 33....21", BONE),
    "pointed hat": ("....32.. ..3321.. ..gggg.. 33332211", COLOURS["violet"]),
    "flower": ("......3. .....3g2 ......2.", COLOURS["pink"]),
    "top hat": ("..3432.. ..mmmm.. 33332221", COLOURS["black"]),
}


def hat(name: str, row: int, dx: int = 0) -> Layer:
    """A piece of headgear standing on row `row` of a head."""
    grid, material = HATS[name]
    return put(grid, material, bottom=row, centre=8 + dx, m=COLOURS["red"][2], g=GOLD[3])


def carrying(thing: str) -> str:
    """The words for a thing in a caption: " with an axe", " with horns", or nothing."""
    if not thing:
        return ""
    article = "" if thing.endswith("s") else "an " if thing[0] in "aeiou" else "a "
    return f" with {article}{thing}"


# Three columns; wood is 0-4, metal a-e; the hand holds the row before the last.
WEAPONS: dict[str, str] = {
    "sword": ".e. .d. .d. .d. .c. 333 .1.",
    "axe": "ed3 dd3 dc2 ..2 ..2 ..2 ..1",
    "club": "33. 343 332 322 .2. .2. .1.",
    "spear": ".e. ede .c. .3. .3. .2. .2. .2. .1.",
    "pitchfork": "e.d e.d ddc .3. .3. .2. .2. .1.",
    "torch": ".f. fyf fyf .f. .3. .2. .1.",
}


def armed(body: Layer, name: str, hand_y: int = 11, x: int = 13) -> Layer:
    """A body, moved one column to the left, with a weapon held upright in the hand on the right."""
    if not name:
        return body
    fire = {"y": GLOWS["yellow"], "f": COLOURS["orange"][2]}
    held = put(WEAPONS[name], WOOD, STEEL, bottom=hand_y + 1, centre=x + 1, **fire)
    return in_front(shift(body, -1), held)


# ---------------------------------------------------------------- slime

SLIMES: dict[str, str] = {
    "slime": """
        .....3322.....
        ...33332222...
        ..3ww3322221..
        .34w332222211.
        .343322222221.
        33332222222211
        33222222222211
        32222222222111
        32222222222111
        12222222211110
        .111111111100.
    """,
    "flat slime": """
        ....333222....
        ..3ww3322222..
        .3w3332222221.
        .333222222221.
        33322222222211
        33222222222211
        32222222222111
        22222222211110
        1.2211.111.100
    """,
    "drop slime": """
        ......3.......
        .....33.......
        .....332......
        ....34322.....
        ...3433222....
        ..34w3322221..
        ..3w33222221..
        .343322222221.
        .333222222221.
        .322222222211.
        .322222222211.
        ..2222222111..
        ...11111110...
    """,
    "cube slime": """
        .444444444444.
        44333333333322
        43ww3222222221
        43w32222222221
        43322222222211
        43222222222211
        42222222222211
        42222222222111
        42222222221111
        42222222111110
        22211111111100
    """,
}


def slime(rng: random.Random) -> Sprite:
    """A lump of jelly with a face, sometimes dressed up."""
    shape = rng.choice(tuple(SLIMES))
    name, jelly = colour(rng)
    body = put(SLIMES[shape], jelly)
    top = {"slime": 7, "flat slime": 8, "drop slime": 8, "cube slime": 7}[shape]
    worn = rng.choice(("", "", "crown", "sprout", "flower", "horns")) if shape != "drop slime" else ""
    layers = [body, face(rng, top)]
    if worn:
        layers.insert(0 if worn == "horns" else 2, hat(worn, top - 3))
    return done(stack(*layers), f"{name} {shape}{carrying(worn)}")


# ---------------------------------------------------------------- ghost

GHOSTS: tuple[str, ...] = (
    """
        ....4433....
        ..44433332..
        .4444333322.
        .4443333322.
        344333333222
        343333333221
        333333333221
        333333333221
        333333332221
        333333332211
        333333322211
        33.3332.2211
        2...22...11.
    """,
    """
        ...4433.....
        .44433332...
        44443333322.
        44433333322.
        44333333322.
        43333333321.
        43333333221.
        3333333322..
        23333333221.
        .2333332221.
        ..233322221.
        ....22222110
        ......11110.
    """,
    """
        .....4433.....
        ...44433332...
        ..4444333322..
        ..4443333322..
        4.4433333322.2
        34433333332221
        .333333333321.
        ..3333333321..
        ..3333333221..
        ..3333332221..
        ..3333332211..
        ..333.32.211..
        ..22...2..11..
    """,
)
GHOST_EYES = (
    ".wk..wk. .kk..kk. .kk..kk.",
    "kk....kk .yk..ky. .kk..kk.",
    ".kk..kk. .yk..yk. .kk..kk.",
    ".ww..ww. .wk..kw. .ww..ww.",
)


def ghost(rng: random.Random) -> Sprite:
    """A floating sheet with dark or glowing eyes."""
    name, sheet = colour(rng, "white", "white", "sky", "violet", "lime", "pink", "grey", "teal")
    glow = GLOWS[rng.choice(tuple(GLOWS))]
    mouth = MOUTHS[rng.choice(tuple(MOUTHS))]
    shape = rng.randrange(3)
    dx = -1 if shape == 1 else 0
    body = stack(
        put(GHOSTS[shape], sheet), paint(f"{rng.choice(GHOST_EYES)} ........ {mouth}", dx=4 + dx, dy=5, y=glow, m=MOUTH)
    )
    worn = rng.choice(("", "", "", "crown", "top hat", "flower"))
    if worn:
        body = stack(body, hat(worn, 3, dx))
    return done(body if some(rng, 0.6) else mirror(body), f"{name} ghost{carrying(worn)}")


# ---------------------------------------------------------------- bat

BATS: tuple[str, ...] = (
    "3....2 33..21 343322 333322 333222 333221 .3221. ..11..",
    ".3..2. 33..22 343322 333322 333322 332221 332221 .3221. .1..1.",
    "33..22 343322 333322 333322 332222 .3221. .1..1.",
)
WINGS: dict[str, str] = {  # left wing; its right column hides behind the body
    "raised": "d.... dd... dcd.. dccd. dcccd dccbc cbccb b.bb. ..b..",
    "spread": "..dd. dddcd dcccc dccbc dcbbb cb.bb b..b.",
    "lowered": "..ddd .ddcc .dccc ddcbc dcbcb dcb.b cb..b b....",
}
BAT_EYES = ("yk..ky", "yy..yy yk..ky", "kw..wk kk..kk", "y....y yy..yy")


def bat(rng: random.Random) -> Sprite:
    """A bat in flight, wings raised, spread or lowered."""
    name, fur = colour(rng, "violet", "black", "brown", "grey", "red", "blue")
    skin = COLOURS[rng.choice(("violet", "pink", "red", "grey", "brown", "orange", "teal"))]
    pose = rng.choice(tuple(WINGS))
    body = BATS[rng.randrange(3)]
    top = 4 + rng.randrange(2)
    wing = paint(WINGS[pose], fur, skin, dx=1, dy=top + {"raised": -3, "spread": 1, "lowered": 2}[pose])
    head = paint(body, fur, dx=5, dy=top)
    eyes = paint(
        rng.choice(BAT_EYES),
        dx=5,
        dy=top + (2 if body is BATS[2] else 3),
        y=GLOWS[rng.choice(("yellow", "red", "green"))],
    )
    teeth = paint(rng.choice((".w..w.", ".kkkk. .w..w.", "..kk..")), dx=5, dy=top + (4 if body is BATS[2] else 5))
    return done(stack(both(wing), head, eyes, teeth), f"{name} bat with wings {pose}")


# ---------------------------------------------------------------- skeleton

SKULLS: dict[str, str] = {
    "plain": "..344433.. .34444332. .3kk43kk2. .3ky43yk2. .233kk322. ..3k3k32..",
    "wide": ".34444332. 3444433332 3kkk43kkk2 3kyk43kyk2 .233kk322. ..k3k3k2..",
    "cracked": "..344k33.. .344k4332. .3kkk3kk2. .3ky43yk2. .233kk322. ..3k3k32..",
}
BONES: dict[str, str] = {
    "standing": "..k1331k.. .34433322. 3kk133kkk2 3k343322k2 2kkk33kkk1 .k333322k. ..32kk22.. .332kk322.",
    "walking": "..k1331k.. .34433322. 3kk133kkk2 3k343322k2 2kkk33kkk1 .k333322k. .32kkk22.. 33...222..",
    "shrugging": "3.k1331k.2 3344333222 .k3133k2k. .k343322k. ..kk33kk.. .k333322k. ..32kk22.. .332kk322.",
}
HELMET = ".344332. 34433321 3k1111k1"


def skeleton(rng: random.Random) -> Sprite:
    """A chibi skeleton, some of them armed."""
    bone = rng.choice((BONE, BONE, COLOURS["white"], ramp(75, 0.06, 0.74)))
    arm = rng.choice(("", "sword", "axe", "club", "spear"))
    glow = rng.choice(("red", "blue", "green", "yellow", "none"))
    body = stack(
        put(BONES[rng.choice(tuple(BONES))], bone),
        put(SKULLS[rng.choice(tuple(SKULLS))], bone, bottom=6, y=GLOWS.get(glow, INK)),
    )
    worn = rng.choice(("", "", "helmet", "crown"))
    if worn == "helmet":
        body = stack(body, put(HELMET, rng.choice((IRON, STEEL, GOLD)), bottom=3))
    elif worn:
        body = stack(body, hat(worn, 2))
    return done(armed(body, arm), "skeleton" + carrying(arm or worn))


# ---------------------------------------------------------------- floating eye

EYEBALL = """
    ...eeed...
    .eeeeeedd.
    .eeeeeeddd
    eeeeeeeddd
    eeeeeedddc
    eeeeeddddc
    eeeedddddc
    .dddddddcc
    .ddddddcc.
    ...dccc...
"""
IRIS = ".sr. swrq rkkq .qp."
LIDS: dict[str, str] = {
    "bare": "..........",
    "half": "...4333... .44333322. .433333322 3333333222 kkkkkkkkkk",
    "open": "...4333... .44333322. .kkkkkkkk.",
    "ringed": "...4333... .4k....k2. .k......k1 3........1 3........1 3........1 2........1 .k......k. .2k....k1. "
    "...1110...",
}
EYE_EXTRAS: dict[str, str] = {
    "": "",
    "wings": "",
    "tentacles": "32.32..21.21 .32.3.2.21.. .3..32.2..1.",
    "a tail": "....322..... ...32....... ....32......",
    "stalks": "ww..ww..ww k3..kw..wk .3...2...2 .33..2..2. ..33.222..",
}


def eye(rng: random.Random) -> Sprite:
    """A floating eyeball that looks somewhere, with wings, tentacles, a tail or more eyes on stalks."""
    name, iris = colour(rng)
    flesh = COLOURS[rng.choice(("red", "pink", "violet", "green", "teal", "brown", "orange"))]
    extra = rng.choice(tuple(EYE_EXTRAS))
    top = {"": 3, "wings": 3, "stalks": 5}.get(extra, 1)
    look_x, look_y = rng.choice((0, 0, 1, -1)), rng.choice((0, 0, 1))
    ball = [
        paint(EYEBALL, flesh, COLOURS["white"], dx=3, dy=top),
        paint(IRIS, flesh, flesh, iris, dx=6 + look_x, dy=top + 3 + look_y),
        paint(LIDS[rng.choice(tuple(LIDS))], flesh, dx=3, dy=top),
    ]
    if extra == "wings":
        wing = rng.choice(tuple(WINGS))
        ball.insert(0, both(paint(WINGS[wing], flesh, flesh, dx=1, dy={"raised": 2, "spread": 4, "lowered": 6}[wing])))
    elif extra:
        ball.insert(0, put(EYE_EXTRAS[extra], flesh, bottom=5 if extra == "stalks" else top + 12))
    return done(stack(*ball), f"{name} floating eye" + (f" with {extra}" if extra else ""))


# ---------------------------------------------------------------- mushroom

CAPS: dict[str, str] = {
    "round": """
        ....333322....
        ..3443333222..
        .344333332222.
        34433333322221
        33333333222221
        22222222222111
        .kbbccccbbaak.
    """,
    "pointed": """
        ......32......
        .....3332.....
        ....344322....
        ...34333222...
        ..3433332221..
        .333333322221.
        22222222222111
        .kbbccccbbaak.
    """,
    "flat": """
        ...33333322...
        .344433333222.
        34433333332221
        32222222222211
        .kkbbccccbakk.
    """,
}
SPOTS: dict[str, tuple[str, ...]] = {
    "round": (
        "",
        "....... ..dd...dc.... ..dc......... ......dd...d. .d....dc...c. .....",
        "......de...... .de...dd...d.. .dd.......dd.. ..... ....dd....d...",
    ),
    "pointed": ("", "...... ...... ......dd...... ......dc...... .... ...dd....dc... ...."),
    "flat": ("", "..... ..dd..dd..dc.. ..dd..dd..dc.. .", "..... .....dd....... .de..dd...dd.. .. "),
}
STEMS: tuple[str, ...] = (
    ".cdddcb. .dddddc. ddddddcb dddddccb dddddccb .cc..bb.",
    "..ddddddcb.. ..ddddddcb.. d.ddddddcb.c .dddddddcccb ..dddddccb.. ..ccc..bbb..",
    "..ddddddcb.. d.ddddddcb.c .dddddddcccb ..ddddddcb.. ..dddddccb.. .ccc....bbb.",
)
SMALL_FACES: tuple[str, ...] = (
    ".wk..wk. .kk..kk. ...kk...",
    ".kk..kk. .kk..kk. ........ ...kk...",
    ".ww..ww. .wk..kw. ..kkkk..",
    "kk....kk .wk..kw. ...kk... ..k..k..",
    ".k....k. k.k..k.k ..kkkk.. ...mm...",
    ".wk..wk. .kk..kk. ........ ..kwkw..",
)


def mushroom(rng: random.Random) -> Sprite:
    """A walking mushroom: its face is on the stem."""
    shape = rng.choice(tuple(CAPS))
    name, cap = colour(rng, "red", "orange", "brown", "violet", "blue", "teal", "pink", "lime")
    pale = rng.choice((BONE, COLOURS["white"], ramp(70, 0.06, 0.76)))
    spots = rng.choice(SPOTS[shape])
    top = 9 - len(CAPS[shape].split())
    layers = [
        put(rng.choice(STEMS), pale, pale),
        paint(CAPS[shape], cap, pale, dx=1, dy=top),
        paint(spots or ".", cap, COLOURS["white"], dx=1, dy=top),
        paint(rng.choice(SMALL_FACES), dx=4, dy=9, m=MOUTH),
    ]
    kind = f"{name} mushroom with a {shape} cap"
    return done(stack(*layers), f"spotted {kind}" if spots else kind)


# ---------------------------------------------------------------- golem

GOLEMS: dict[str, str] = {
    "golem": """
        ....443332....
        .44.433322.33.
        4433kykkyk3322
        43324222213221
        33214kkkk13321
        432k433332k321
        321k433322k221
        32.k333222k.21
        43.k222221k.32
        432k111111k321
        322k332321k221
        .21.332.321.1.
        ...4332.3221..
        ...3221.2211..
    """,
    "hulking golem": """
        .....4332.....
        ..44.3332.33..
        .443kykkyk3322
        44334222213221
        43321k11k13321
        332k433332k321
        .2k43333222k2.
        43k33322221k32
        432k222221k321
        433k111111k321
        322k43k321k221
        221k33.321.211
        ..4332.3221...
        ..3221.2211...
    """,
    "boulder golem": """
        ....443332....
        ..4443333322..
        .444333333222.
        .443333332222.
        44kyyk33kyyk21
        43kkyk33kykk21
        43333222332211
        43333kkkk22211
        33333k33k22211
        .322222222211.
        .k1111111110k.
        ..k443k332k...
        ..4433.3322...
        ..3322.2211...
    """,
}
MOSS: tuple[str, ...] = (
    ".",
    ".............. .de........... edddc......... d.cc.......... c.c...........",
    "....deddcc.... ....dc.d.cb.. .............. ...........cc. .........dcccb ...........b.b",
)
CRACKS: tuple[str, ...] = (  # placed from row 6 on
    ".",
    ". ......k....... .....k........ .....k........",
    ". .......k...... ......k....... ......k.......",
)
ROCKS: dict[str, Ramp] = {
    "stone": STONE, "iron": IRON, "clay": CLAY, "ice": ICE, "gold": GOLD, "wooden": WOOD,
    "lava": ramp(15, 0.04, 0.40, 0.9), "crystal": COLOURS["violet"], "jade": COLOURS["teal"],
    "sandstone": ramp(80, 0.07, 0.72),
}  # fmt: skip


def golem(rng: random.Random) -> Sprite:
    """A giant of stone or metal with glowing eyes."""
    shape = rng.choice(tuple(GOLEMS))
    name = rng.choice(tuple(ROCKS))
    glow = GLOWS[rng.choice(tuple(GLOWS))]
    growth = rng.choice(MOSS)
    moss = FLAMES["fire"] if name == "lava" else COLOURS["white"] if name == "ice" else LEAF
    body = put(GOLEMS[shape], ROCKS[name], y=glow)
    body = stack(body, paint(rng.choice(CRACKS), dx=1, dy=6), paint(growth, moss, moss, dx=1, dy=1))
    mossy = "mossy " if growth != "." and moss is LEAF else ""
    return done(body, f"{mossy}{name} {shape}")


# ---------------------------------------------------------------- imp

IMP_HEADS: tuple[str, ...] = (
    ".34444332. 3444333322 34kk33kk22 33yk33ky21 .33333322. .3kwkkwk1. ..222211..",
    "..344332.. 3.433332.2 3344333221 .3yk33yk1. .33333322. ..3kwwk1.. ...2211...",
    "..344332.. .34433322. 334kyyk321 333ykky221 .33kyyk22. ..kwkwkk.. ...2211...",
)
IMP_BODIES: tuple[str, ...] = (
    "...3322... ..333222.. .3k3dc2k2. 3kk3dc2kk1 ..k3222k.. ...2.21... ..33.222..",
    "3..3322..2 33.33222.2 .3k3dc2k1. .kk3dc2kk. ..k3222k.. ..32k21... .33...22..",
    "...3322... .33333222. 3k33dc22k1 2k33dc22k1 ..33dc22.. ..32kk21.. .33....22.",
)
HORNS: dict[str, str] = {
    "long": "e........d ee......dc .dc....cb. ..c....b..",
    "curled": ".de....dc. ed......cb dc......bb .cc....bb.",
    "short": "..e....d.. .ed....dc. .dc....cb.",
    "single": "....e. ...ed. ...dc. ...cb.",
}
TAIL = "..3. .332 ..2. ..2. .2.. 1..."


def imp(rng: random.Random) -> Sprite:
    """A little devil with horns, often with wings or a pitchfork."""
    name, skin = colour(rng, "red", "violet", "orange", "blue", "green", "black", "pink")
    horns = rng.choice(tuple(HORNS))
    back = rng.choice(("", "wings", "tail", "pitchfork"))
    belly = rng.choice((skin, BONE, COLOURS["gold"]))
    body = stack(
        put(HORNS[horns], skin, rng.choice((BONE, IRON, GOLD)), bottom=4),
        put(rng.choice(IMP_BODIES), skin, belly),
        put(rng.choice(IMP_HEADS), skin, bottom=9, y=GLOWS[rng.choice(("yellow", "green", "blue"))]),
    )
    if back == "wings":
        membrane = COLOURS[rng.choice(("violet", "red", "black", "orange"))]
        wing = paint(WINGS["raised"], skin, membrane, dx=1, dy=rng.choice((5, 6)))
        body = in_front(both(wing), body)
    elif back == "tail":
        body = stack(paint(TAIL, skin, dx=11, dy=8), body)
    elif back:
        body = armed(body, back, hand_y=12)
    return done(body, f"{name} imp with " + ("a single horn" if horns == "single" else f"{horns} horns"))


# ---------------------------------------------------------------- mimic

MIMICS: tuple[str, ...] = (
    """
        ..dc333333cb..
        .dc34433332cb.
        dc3443333322cb
        dc3333dc3322cb
        cb2222cb2221ba
        kwkwwkwwkwwkwk
        kkkkkkkkkkkkkk
        kkykkkkkkkkykk
        kkkkkmmmmkkkkk
        kwkwkmmmmkwkwk
        dcwdcmmmncwdcb
        dc3333mn3322cb
        dc3332mn2222cb
        cb22222n2221ba
    """,
    """
        .dc333333333cb
        dc3444333322cb
        dc333333332cb.
        cb22222222ba..
        kwkwkwkwkwk...
        kkkyykkkkk....
        kkyyyykkkk....
        kkkyykkkkmmm..
        kwkwkwkwmmmmm.
        dcwdcwdwmmcnmb
        dc3333dc33nncb
        dc3333cb332ncb
        dc3332222222cb
        cb2222222221ba
    """,
    """
        ..dc333333cb..
        .dc34433332cb.
        dc3443333322cb
        dc3333333322cb
        dc3333333221cb
        cb2222222221ba
        kkkykkkkkykkkk
        kwwkwwkwwkwwkk
        dcwdcwdcwdcwcb
        dc3333dc3332cb
        dc3333cb3322cb
        dc3332222222cb
        cb2222222221ba
    """,
)


def mimic(rng: random.Random) -> Sprite:
    """A treasure chest with teeth."""
    wood = rng.choice(("brown", "red", "blue", "green", "violet", "grey", "black", "teal"))
    metal = rng.choice(("gold", "iron", "steel"))
    trim = {"gold": GOLD, "iron": IRON, "steel": STEEL}[metal]
    tongue = COLOURS[rng.choice(("red", "pink", "violet", "lime"))]
    glow = GLOWS[rng.choice(("yellow", "red", "green"))]
    box = put(rng.choice(MIMICS), WOOD if wood == "brown" else COLOURS[wood], trim, y=glow, m=tongue[2], n=tongue[1])
    return done(box, f"{wood} mimic chest with {metal} trim")


# ---------------------------------------------------------------- goblin, zombie, mummy

# Skin 0-4, shirt a-e, trousers p-t.
BODIES: dict[str, str] = {
    "standing": "..dcccbb.. .3dccccb2. 3kdcccbbk2 2kddccbbk1 .kqqqqqqk. ..srkkqq.. ..sr..qq.. .222..111.",
    "walking": "..dcccbb.. .3dccccb2. 3kdcccbbk2 2kddccbbk1 .kqqqqqqk. .ssrkkqq.. .srk..qqq. 222....111",
    "reaching": ".dcccbb.... .dcccbb.... .dccb333332 .dccb222211 .dcckkkkk.. .qqqqqq.... .sr.kqq.... .222.111...",
    "waving": "2.dcccbb.. 33dccccb2. .kdcccbbk2 .kddccbbk1 .kqqqqqqk. ..srkkqq.. ..sr..qq.. .222..111.",
}
CLOTH = ("red", "orange", "blue", "violet", "brown", "grey", "teal", "white", "gold", "black")

GOBLIN_HEADS: tuple[str, ...] = (
    """
        ....344332....
        33.34433322.22
        .3334333332221
        ..23yk33yk221.
        ...3yk43yk2...
        ...3334322....
        ....2kwkw1....
        .....2221.....
    """,
    """
        ....344332....
        ...34433322...
        3333333333222.
        2333kk33kk222.
        .2.3yk43ky2.1.
        ....332422....
        ....kwkkwk....
        .....2221.....
    """,
    """
        3...344332...2
        33.34433322.22
        2333333333222.
        .233yk33ky221.
        ....332422....
        ...3w3333w2...
        ...3wkkkkw2...
        .....2221.....
    """,
)


def goblin(rng: random.Random) -> Sprite:
    """A big-eared goblin in simple clothes."""
    name = rng.choice(("green", "green", "olive", "teal", "red", "violet"))
    skin, shirt, trousers = (
        FLESH[name],
        COLOURS[rng.choice(CLOTH)],
        COLOURS[rng.choice(("brown", "grey", "black", "blue"))],
    )
    arm = rng.choice(("", "sword", "axe", "club", "torch", "spear"))
    pose = rng.choice(("standing", "walking", "waving"))
    worn = rng.choice(("", "", "", "pointed hat", "crown", "helmet"))
    body = stack(
        put(BODIES[pose], skin, shirt, trousers),
        put(rng.choice(GOBLIN_HEADS), skin, bottom=8, y=GLOWS[rng.choice(("yellow", "red", "green"))]),
    )
    if worn == "helmet":
        body = stack(body, put(".3332. 343322 333221", rng.choice((IRON, LEATHER, GOLD)), bottom=2))
    elif worn:
        body = stack(body, hat(worn, 3))
    return done(armed(body, arm, x=13), f"{name} goblin{carrying(arm or worn)}")


ZOMBIE_HEADS: tuple[str, ...] = (
    "..344332.. .34443322. .34433332. .3wk33wk2. .3ww33kk2. .23333322. ..2kwkk1..",
    "..344332.. .34443322. .3kk3ww32. .3kk3wk22. .33333322. ..kwkwk2.. ..332kk1..",
    "..344332.. .34443322. .33ww3ww2. .33wk3wk2. .33332322. ..3kkkk1.. ...2mm1...",
)
ZOMBIE_TOPS: dict[str, str] = {  # b-e hair or brain
    "bald": ".",
    "messy hair": "..c.dc.b.. .dddcccbb. .ddcdccbb. .dc....bb.",
    "flat hair": "..dddccb.. .dddccccb. .dc....cb. .c......b.",
    "bare brain": "..sssrrq.. .ssrsrqrq. .kkkkkkkk.",
    "one tuft": ".....dc... ....dcb... ....cb....",
}


def zombie(rng: random.Random) -> Sprite:
    """A shambling corpse, arms out or dangling."""
    name = rng.choice(("green", "grey", "teal", "olive", "violet"))
    skin, shirt, trousers = (
        FLESH[name],
        COLOURS[rng.choice(CLOTH)],
        COLOURS[rng.choice(("brown", "grey", "black", "blue"))],
    )
    pose = rng.choice(("reaching", "reaching", "walking", "waving"))
    top = rng.choice(tuple(ZOMBIE_TOPS))
    left = -1 if pose == "reaching" else 0
    head = stack(
        put(rng.choice(ZOMBIE_HEADS), skin, bottom=7, m=MOUTH),
        put(
            ZOMBIE_TOPS[top],
            skin,
            COLOURS[rng.choice(("brown", "black", "grey", "orange"))],
            COLOURS["pink"],
            bottom=len(ZOMBIE_TOPS[top].split()),
        ),
    )
    body = in_front(put(BODIES[pose], skin, shirt, trousers), shift(head, left))
    words = {"messy hair": " with messy hair", "flat hair": " with flat hair", "bare brain": " with a bare brain"}
    return done(body if some(rng, 0.6) else mirror(body), f"{name} zombie{words.get(top, '')}")


MUMMY_HEADS: tuple[str, ...] = (
    "..444333.. .44333322. .22222221. .kkkkkkkk. .kykkkykk. .33322222. .22333322. ..222211..",
    "..444333.. .33322222. .44433322. .4kkkkk32. .3ykkky22. .22kkk211. .43333322. ..222211..",
    "..444333.. .44322222. .22333221. .43kkkkk2. .3kkyykk2. .2kkyykk1. .43322222. ..222211..",
)
MUMMY_BODIES: dict[str, str] = {
    "standing": "..443322.. .32222212. 4k443332k2 2k222111k1 3k443322k2 .k322222k. ..33kk22.. .322..211.",
    "reaching": ".443322.... .443322.... .2224343432 .4432212121 .222kkkkkk. .443322.... .33.k22.... .322.211...",
    "walking": "..443322.. .32222212. 4k443332k2 2k222111k1 3k443322k2 .k322222k. .33kkk22.. 322....211",
}


def mummy(rng: random.Random) -> Sprite:
    """A mummy with glowing eyes between its bandages."""
    name = rng.choice(("", "", "grey ", "green ", "golden ", "blue "))
    cloth = {"": BANDAGE, "grey ": STEEL, "green ": FLESH["olive"], "golden ": GOLD, "blue ": ICE}[name]
    pose = rng.choice(tuple(MUMMY_BODIES))
    loose = rng.choice((".", "3 .2 .2 ..1", "33 ..2 ..1"))
    head = put(rng.choice(MUMMY_HEADS), cloth, bottom=8, y=GLOWS[rng.choice(tuple(GLOWS))])
    body = stack(paint(loose, cloth, dx=12, dy=4), put(MUMMY_BODIES[pose], cloth))
    body = in_front(body, shift(head, -1 if pose == "reaching" else 0))
    worn = rng.choice(("", "", "crown", "flower"))
    if worn:
        body = stack(body, hat(worn, 3, -1 if pose == "reaching" else 0))
    return done(body if some(rng, 0.6) else mirror(body), f"{name}mummy{carrying(worn)}")


# ---------------------------------------------------------------- jellyfish and octopus

BELLS: dict[str, str] = {
    "jellyfish": """
        ....333322....
        ..34ww333322..
        .34w3333332221
        .3433333332221
        34333333322221
        33333333222221
        33333332222211
        32232222122111
    """,
    "octopus": """
        ....333322....
        ..34ww333322..
        .34w333333222.
        .343333333222.
        .333333333222.
        .333333333221.
        .333333332221.
        ..3333332221..
    """,
}
TENTACLES: dict[str, tuple[str, ...]] = {
    "jellyfish": (
        ".3.d.2d.1c.2.. 3..d.2.d1.c.2. .3.c2..d.1c.2. .2.c.2.c.1b.1. ..2..1...1..1.",
        ".3.d.2d.2c.1.. .3..d2d.2.c.1. ..2.d2.c.2c.1. .2..c.2c.1b..1 2..c..1.b.1..1",
        "..3d.3.d2.2c.. ..3.d3.d2.c2.. ...2c.2c.2b1.. .....2..c.....",
    ),
    "octopus": (
        "33..333222..21 333333k3222221 .kkk33k32kkkk. 3333k3k2k22221 3kk33k.k22kk.1 ..333...222...",
        "3...333222...2 33.333k322..21 .3333kk3k2221. ...33k.k22.... 33.33k.k22..21 .333k...k2221.",
        "....333222.... ..3333k32222.. .333k3k2k2221. 33k33k.k22k221 3.33k...k2.2.1 33.33...22..11",
    ),
}


def jelly(rng: random.Random) -> Sprite:
    """A jellyfish or an octopus with a face."""
    kind = rng.choice(tuple(BELLS))
    name, skin = colour(rng, "pink", "violet", "blue", "sky", "teal", "orange", "red", "lime")
    arms = COLOURS[rng.choice(("pink", "violet", "sky", "gold", "white"))]
    bell = paint(BELLS[kind], skin, dx=1, dy=1)
    rows = len(BELLS[kind].split())
    legs = paint(rng.choice(TENTACLES[kind]), skin, arms, dx=1, dy=rows + 1)
    look = face(
        rng,
        3 if kind == "jellyfish" else 4,
        ("bright", "wide", "happy", "angry", "sideways", "sleepy", "one"),
        ("smile", "flat", "gape", "tongue"),
    )
    worn = rng.choice(("", "", "crown", "flower", "top hat")) if kind == "octopus" else ""
    body = stack(legs, bell, look)
    return done(stack(body, hat(worn, 3)) if worn else body, f"{name} {kind}{carrying(worn)}")


# ---------------------------------------------------------------- flame

FIRES: tuple[str, ...] = (
    """
        ......1.......
        .....11..1....
        ..1..121.11...
        ..11.1221.1...
        ..1211222...1.
        .112222321.11.
        .1222333221121
        11223333322211
        11233333333211
        11233444333211
        11233444433211
        .1123344332211
        ..11223332211.
        ....11111111..
    """,
    """
        .......11.....
        ......121.....
        .....1221..1..
        .1...12221.11.
        .11.1222211211
        .121122322.121
        11222233322121
        12223333332221
        12233333333211
        11233344333211
        .1123444433211
        .112334443211.
        ..1122333211..
        ....111111....
    """,
    """
        ...1..........
        ...11....1....
        ....121.11....
        ....1221.1....
        .1.112221...1.
        .11.22332..11.
        ..1223333221..
        1.1233333321.1
        112333333332.1
        .1123344333211
        ...13444433211
        ...1233443321.
        ....12333321..
        .....111111...
    """,
)
FIRE_FACES = ("kk....kk .wk..kw. .kk..kk.", ".wk..wk. .kk..kk.", ".kk..kk. .kw..kw. .kk..kk.", ".ww..ww. .wk..kw.")


def flame(rng: random.Random) -> Sprite:
    """A fire elemental: a flame with a face."""
    name = rng.choice(tuple(FLAMES))
    fire = FLAMES[name]
    body = paint(rng.choice(FIRES), fire, dx=1, dy=1)
    if some(rng, 0.5):
        body = mirror(body)
    eyes = paint(f"{rng.choice(FIRE_FACES)} ........ {MOUTHS[rng.choice(tuple(MOUTHS))]}", dx=4, dy=7, m=fire[0])
    return done(stack(body, eyes), f"{name} elemental", ink=fire[0])


# ---------------------------------------------------------------- plants

TRAP = """
    ...333333322..
    ..34443333322.
    .344ww3333332.
    .343wk3kwkwkwk
    3443kkmmmmmm..
    343kmmmmnn....
    333kmmmmmnnm..
    2333kwkwkwkwk.
    .22333333322..
    ...22222221...
"""
FLOWERS: tuple[str, ...] = (
    """
        ....dddccc....
        ..ddkdddcckcc.
        .dddk4433kcccc
        .ddk443333kccb
        ddk44333332kcb
        ddk43333332kbb
        ddk33333322kbb
        .cck333322kbb.
        .ccck2222kbbb.
        ..ccbkkkkbbb..
        ....bbbbbb....
    """,
    """
        ......dd......
        .dd..dddc..cc.
        .ddddk33kcccc.
        ..ddk4433kcc..
        .ddk443333kcb.
        dddk433332kccb
        .cck333322kbb.
        ..cck3322kbb..
        .cccbkkkkbbbb.
        .cc..cbbb..bb.
        ......bb......
    """,
)
BASES: dict[str, str] = {
    "in a pot": "......32...... .ddddddccccb.. ..ddddcccbb... ..ddddcccbb... ...dddccbb....",
    "": "......32...... .33...32..22.. 34332.32.2322. .2233232221.. ...222211.....",
    "on root feet": "......32...... .....3322..... ...33332222... .333.3.2.2221. 33..33.22..11.",
}


def plant(rng: random.Random) -> Sprite:
    """A flytrap or a flower with a face, in a pot, on leaves or on its roots."""
    base = rng.choice(tuple(BASES))
    pot = rng.choice((CLAY, STONE, COLOURS["blue"], COLOURS["white"], WOOD))
    stem = rng.choice((LEAF, COLOURS["teal"], FLESH["olive"]))
    foot = put(BASES[base], stem, pot)
    if some(rng, 0.5):
        name, skin = colour(rng, "green", "red", "violet", "lime", "pink", "orange", "teal")
        tongue = COLOURS[rng.choice(("pink", "red", "violet"))]
        head = paint(TRAP, skin, dx=1, dy=1, m=tongue[1], n=tongue[3])
        name = f"{name} flytrap"
    else:
        name, petals = colour(rng, "red", "pink", "violet", "orange", "white", "sky", "gold", "blue")
        disc = rng.choice((COLOURS["gold"], COLOURS["brown"], LEAF, COLOURS["orange"]))
        head = stack(
            paint(rng.choice(FLOWERS), disc, petals, dx=1, dy=1), paint(rng.choice(SMALL_FACES), dx=4, dy=5, m=MOUTH)
        )
        name = f"{name} flower monster"
    return done(stack(foot, head), f"{name} {base}".strip())


# ---------------------------------------------------------------- pumpkin

PUMPKINS: tuple[str, ...] = (
    """
        ...3323332....
        .344333233322.
        34433233233222
        34333233233222
        34333233233221
        33333233223221
        33332233223211
        23332232223211
        .233223222211.
        ...1111111....
    """,
    """
        ....33233.....
        ...3433232....
        ..344323322...
        .3443323332...
        .34332332322..
        34333233233221
        34332332333221
        33332332332211
        .333223322211.
        ..1111111111..
    """,
)
CARVED: tuple[str, ...] = (
    ".k....k. kyk..kyk kkk..kkk ........ k.k..k.k kykkkkyk .kyyyyk.",
    "kk....kk kyk..kyk .kk..kk. ........ kkkkkkkk kykyykyk .k.kk.k.",
    ".kk..kk. .kyk.kyk .kk..kk. ........ kkkkkkk. .kyyyyk. ..kkkk..",
    "kkk..kkk kyk..kyk .k....k. ........ ..kkkk.. ..kyyk.. ..kkkk..",
)
VINES: tuple[str, ...] = (
    ".",
    "....3...2..... ...33...22.... ..33.....22..",
    "3....32....2.. .33.332.22.... ..3332222.....",
)


def pumpkin(rng: random.Random) -> Sprite:
    """A carved pumpkin with a light inside, on legs of vine."""
    name, rind = colour(rng, "orange", "orange", "orange", "gold", "green", "white", "violet")
    body = paint(rng.choice(PUMPKINS), rind, dx=1, dy=3)
    light = GLOWS[rng.choice(("yellow", "yellow", "green", "red"))]
    cut = paint(rng.choice(CARVED), dx=4, dy=5, y=light)
    legs = put(rng.choice(VINES[1:]), LEAF)
    worn = rng.choice(("stalk", "stalk", "pointed hat", "top hat", "crown"))
    top = put("..32. 332.. ..1..", LEAF, bottom=3) if worn == "stalk" else hat(worn, 4)
    return done(stack(legs, body, cut, top), f"{name} pumpkin monster" + ("" if worn == "stalk" else carrying(worn)))


# ---------------------------------------------------------------- robot

ROBOT_HEADS: dict[str, str] = {  # shell 0-4, antennae a-e, glowing eyes y
    "boxy": "....ed.... ....ba.... 3444444332 43kkkkkk32 ckyykkyykb 43kkkkkk32 2322222221",
    "domed": "....ed.... ...4433... .44433332. 4443333322 4kyykkyyk2 3kyykkyyk2 2222222111",
    "one-eyed": "e........d c..4433..b b.444333.b 344kkkk322 34kwyyyk22 33kyyyyk21 233kkkk211",
    "smiling": ".e......d. ..c....b.. 4444444443 4kkkkkkkk2 4kykkkkyk2 4kkyyyykk2 3222222221",
}
ROBOT_BODIES: tuple[str, ...] = (
    ".4k433332k2. 43k3edcc2k21 32k3cbba2k21 4.k322221k.1",
    "4.k433332k.2 43k3yk3c2k21 .3k3333c2k2. ..k322221k..",
    "..k433332k.. .4k3edcb2k2. 3.k3dccb2k.1 .3k222221k1.",
)
ROBOT_FEET: dict[str, str] = {  # shell 0-4, iron a-e
    "on legs": "..33kk22.. ..32..21.. .332..221.",
    "on tracks": ".dddcccbb. dkckckbkba .ccccbbbb.",
    "on a wheel": "..k3322k.. ...edcb... ...cbba...",
    "with a jet": "..k3322k.. ...ffff... ....yy....",
}


def robot(rng: random.Random) -> Sprite:
    """A robot built from a head, a body and something to move on."""
    name = rng.choice(("grey", "grey", "gold", "red", "blue", "teal", "white", "orange", "green"))
    shell = STEEL if name == "grey" else GOLD if name == "gold" else COLOURS[name]
    extra = COLOURS[rng.choice(("red", "gold", "sky", "lime", "violet"))]
    head, feet = rng.choice(tuple(ROBOT_HEADS)), rng.choice(tuple(ROBOT_FEET))
    glow = GLOWS[rng.choice(tuple(GLOWS))]
    body = stack(
        put(ROBOT_FEET[feet], shell, IRON, y=GLOWS["yellow"], f=COLOURS["orange"][2]),
        put(rng.choice(ROBOT_BODIES), shell, extra, bottom=11, y=glow),
        put(ROBOT_HEADS[head], shell, extra, bottom=7, y=glow),
    )
    return done(body, f"{head} {name} robot {feet}")


KINDS: dict[str, Callable[[random.Random], Sprite]] = {
    "slime": slime,
    "ghost": ghost,
    "bat": bat,
    "skeleton": skeleton,
    "eye": eye,
    "mushroom": mushroom,
    "golem": golem,
    "imp": imp,
    "mimic": mimic,
    "goblin": goblin,
    "zombie": zombie,
    "mummy": mummy,
    "jelly": jelly,
    "flame": flame,
    "plant": plant,
    "pumpkin": pumpkin,
    "robot": robot,
}


def draw(rng: random.Random) -> Sprite:
    """A random monster of a uniformly chosen kind."""
    return rng.choice(tuple(KINDS.values()))(rng)
