"""Beasts: animals from dragons to caterpillars, drawn from character grids.

On top of the letters of `canvas` the grids here know

    f g h i j    first markings,  shadow .. highlight: stripes, bands; as the coat if the beast has none
    F G H I J    second markings, shadow .. highlight: patches, spots; as the coat if the beast has none
    y            eye colour

The first material is the coat, the second the belly (or feet, snout, shell), the third wings and other trimmings.
Every beast looks to the left or to the viewer; half of them are mirrored at the end.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from .canvas import SIZE, Layer, Sprite, finish, mirror, outline, paint, stack
from .palette import BONE, COLOURS, GLASS, GOLD, INK, Colour, Ramp, ramp

Ramps = Mapping[str, Ramp]


def _only(names: str, source: Ramps = COLOURS) -> Ramps:
    return {name: source[name] for name in names.split()}


FUR: Ramps = {
    "brown": ramp(55, 0.085, 0.52),
    "grey": ramp(265, 0.02, 0.60),
    "black": ramp(285, 0.035, 0.37, 0.8),
    "white": ramp(255, 0.02, 0.81, 0.85),
    "ginger": ramp(55, 0.15, 0.66),
    "sandy": ramp(78, 0.09, 0.73, 0.95),
    "chestnut": ramp(40, 0.10, 0.48, 0.85),
}
HIDE: Ramps = {"pink": ramp(10, 0.10, 0.76, 0.95), "rosy": ramp(30, 0.10, 0.70, 0.95)}
CREAM, BLUSH, TAN, BEAK = BONE, HIDE["pink"], FUR["sandy"], COLOURS["orange"]
PALE: Ramps = {"cream": CREAM, "tan": TAN, "white": FUR["white"]}
EYES: dict[str, Colour] = {
    "dark": INK,
    "yellow": COLOURS["gold"][3],
    "red": COLOURS["red"][2],
    "green": COLOURS["lime"][3],
    "blue": COLOURS["sky"][3],
}


@dataclass(frozen=True)
class Part:
    """Something a pose has on top every other time: a small grid and its place in the pose's grid."""

    x: int
    y: int
    grid: str


@dataclass(frozen=True)
class Pose:
    """How the caption names a pose, its extra parts, and what lies `bare` below it: a 16x16 grid without outline."""

    words: str
    parts: tuple[Part, ...] = ()
    bare: str = "."


@dataclass(frozen=True)
class Beast:
    """A kind of animal: a sheet with the grids of its poses side by side, and the colours of its materials."""

    noun: str
    sheet: str
    poses: tuple[Pose, ...]
    coats: Ramps
    bellies: Ramps
    marks: Ramps
    trims: Ramps = field(default_factory=lambda: PALE)
    patterns: tuple[str, str] = ("", "")  # what the caption calls the first and the second markings
    eyes: tuple[str, ...] = ("dark", "yellow", "red")

    def grid(self, number: int) -> list[str]:
        """The rows of one pose, cut out of the sheet."""
        rows = [line.split()[number] for line in self.sheet.strip().splitlines()]
        return [row for row in rows if row.strip(".")]

    def __call__(self, rng: random.Random) -> Sprite:
        """Draw one of this kind in a random pose and random colours."""
        number = rng.randrange(len(self.poses))
        pose, rows = self.poses[number], self.grid(number)
        coat, fur = rng.choice(list(self.coats.items()))
        materials = (fur, *(rng.choice(list(ramps.values())) for ramps in (self.bellies, self.trims)))
        mark = rng.choice([colours for name, colours in self.marks.items() if name != coat])
        marked = [rng.random() < 0.5 and any(letter in row for row in rows for letter in s) for s in ("fghij", "FGHIJ")]
        letters = dict(zip("fghijFGHIJ", (shade for on in marked for shade in (mark if on else fur)), strict=True))
        letters["y"] = EYES[rng.choice([eye for eye in self.eyes if (coat, eye) != ("black", "dark")])]

        def layer(grid: str, x: int = 0, y: int = 0) -> Layer:
            return paint(grid, *materials, dx=x, dy=y, **letters)

        x, y = (SIZE - len(rows[0])) // 2, (SIZE - len(rows)) // 2
        parts = [part for part in pose.parts if rng.random() < 0.5]
        body = stack(layer("\n".join(rows), x, y), *(layer(part.grid, x + part.x, y + part.y) for part in parts))
        body = stack(layer(pose.bare), outline(body))
        if rng.random() < 0.5:
            body = mirror(body)
        pattern = next((name for name, on in zip(self.patterns, marked, strict=True) if on), "")
        return finish(body, " ".join(f"{pattern} {coat} {self.noun} {pose.words}".split()))


DRAGON = Beast(
    "dragon",
    """
    ....d..d...t..  .t...d..d...t.  ........tt....
    ...3d.3d..ts..  ts...3443...st  ..d.d..tsrt...
    ..34332..tsrs.  ssr.34J332.rss  .33d2.tssrrt..
    .3yk3321.srsr.  srrs3y33y2srrr  34332.tsrrsrt.
    3433JJ1..rsrqr  srqr34I322rqrr  3yk33.srrqsrqt
    3k333I21.srqrq  rrqq.3kk2.qqrr  333332srq.rq.q
    2ddk3321.rrq.q  rq.q2eddc1q.qr  kk3J32rq3.q..2
    .cc.dJI2srq...  q..33ddcc22..q  .dd3JI343JI2.3
    ....d3I321....  ..233eddc321..  ..cd33433I32.I
    ..2ed343321...  ..343ddcc2I1..  ...dd3JI333322
    ..3dd3JI3321..  ..3J3eddb221.2  ....ddd3II2221
    ..32cd3II2211.  ..33.dccb22.12  ....32cd.321..
    ..1.3c332.1I21  .433..cb.32221  ....3d..d32...
    .332332221122.  .d.d....d.d21.  ....d..d.d....
    """,
    poses=(
        Pose("sitting"),
        Pose("with spread wings", parts=(Part(12, 8, ".t\ntt"),)),
        Pose("in flight", parts=(Part(12, 5, "tt\n.t"),)),
    ),
    coats=_only("red orange gold lime green teal sky blue violet pink black white grey"),
    bellies={"cream": CREAM, "gold": GOLD, "tan": TAN},
    trims=_only("red orange gold teal blue violet black"),
    marks=_only("red gold teal violet black"),
    eyes=("yellow", "red", "green"),
)

WOLF = Beast(
    "wolf",
    """
    ..3..3........  ...3..........  .3....3.......
    ..33.32.....3.  ..k43.........  .33..332......
    .3443332....33  .d.k433..3....  .3433332......
    .3yk3332...3H2  ..dk33y333....  33433332......
    333333321..3H2  ..ddk333332...  3yk33yk2......
    kdd33343333H2.  ...ddd33I22...  3dddd332......
    .kddd3FF444321  ...ddd43I32...  .dkkdd31.....3
    ..ddd3FFII3321  ...ddd3II2....  .ddrdd32....3I
    ..ddd33FFF3221  ...dd33HI32...  ..dddd332..3I2
    ...dd22222221.  ...ddd33HI21..  .3dddd3332.I2.
    ...321...1321.  ...dd333HI32..  .33ddd3FF3232.
    ...321...1.32.  ...3d332HH21.3  .33dd33FFF321.
    ..iig...ggii..  ...321333221H3  .332d32F3321..
    ..............  ..ii1gih22133I  .ii1hi1gg221..
    """,
    poses=(
        Pose("on the prowl", parts=(Part(11, 1, ".x.\n.xx\nxxx\nxxx\n.1x\n..2\n..3\n..3\n..H\n..H"),)),
        Pose("howling"),
        Pose("sitting"),
    ),
    coats=_only("brown grey black white ginger chestnut", FUR),
    bellies=PALE,
    trims={"red": COLOURS["red"]},
    marks=FUR,
    patterns=("", "patched"),
)

CAT = Beast(
    "cat",
    """
    ..3...3.......  ............2.
    ..33.32.......  ...........23.
    ..3II32.......  ...........H2.
    .34I4I32......  .3.3.......3..
    .3yk3yk2...22.  .33I3......H2.
    .3ddsd32..H2..  33I3332....32.
    ..dkkd2...3...  3yk3yk3H3H332.
    ...ddd3...H2..  dd333I3H3H3H32
    ..33dd332..32.  kdd33I3H4H4H32
    ..3dd3H332.H2.  .dd3333H3H3H32
    ..3d333HH32.32  ..233333H3H332
    ..3d33HH3I22H2  ...2322222H221
    ..3d3233HH2132  ...32.1.21.32.
    ..ee1ee13321..  ...ee.d.d..ee.
    """,
    poses=(
        Pose("sitting"),
        Pose("with its tail up", parts=(Part(10, 0, "23"),)),
    ),
    coats=_only("brown grey black white ginger sandy", FUR),
    bellies=PALE,
    trims={"pink": BLUSH},
    marks=FUR,
    patterns=("striped", "tabby"),
    eyes=("green", "yellow", "blue"),
)

BEAR = Beast(
    "bear",
    """
    ........3333..  ..ii......ih..
    .ii..ii444333.  ..ic34433cih..
    .i3333i3443332  ...34443332...
    .344333ii33332  ...3yk33yk2...
    33yk3321ii3332  ...33dkkd22...
    dd33332hii3332  .e..3ddddc2.e.
    kdd3321hii3321  .ih.2kkkk1.ihh
    .kdd21hhii3322  .iih.2dc21.ihh
    ..cc.hhiih3222  .iiii33333ihh.
    ....hhiih2.iii  ..iiiIddI3hhg.
    ....hhih..1iih  ..333dddd3322.
    ....hhg1..hiih  ..3i4dddddig1.
    ...eehg...eeih  ..iih.1.hiig..
    ..............  ..eei...eeih..
    """,
    poses=(
        Pose("on all fours"),
        Pose("rearing up"),
    ),
    coats=_only("brown black white grey chestnut sandy", FUR),
    bellies=PALE,
    marks=FUR,
    patterns=("two-toned", ""),
)

BOAR = Beast(
    "boar",
    """
    ....i.i.i.....  .32.......32..
    .3.ihihihih...  .3c3.iih.3c2..
    .33344433333..  .33334433332..
    .3443333443332  ..3443F33332..
    .3yk321334FF32  ..3yk33I3yk2..
    3333321334FF32  ..333ddddc32..
    d33332133FFF21  .w33dkddkc32w.
    kdw3321333FF21  .ww3ddddcc2ww.
    ddww211333332.  ..w3333332w...
    .cc22.2222221.  ..333F333I32..
    ...332.1.332.1  ..33333333321.
    ...32..1.32..1  ..23333I33221.
    ...kk..k.kk..k  ..332.11.321..
    ..............  ..kk.....kk...
    """,
    poses=(
        Pose("charging"),
        Pose("head-on"),
    ),
    coats={**_only("brown grey black chestnut", FUR), **HIDE},
    bellies={"pink": BLUSH, "rosy": HIDE["rosy"], "tan": TAN},
    marks={**_only("black brown ginger", FUR), **HIDE},
    patterns=("bristly", "spotted"),
)

RAT = Beast(
    "rat",
    """
    .............d  ...33.33......
    ....33.......d  ..3dd3dd2.....
    ...3dc2.....d.  ..3dd33d2.....
    ..33cb333...d.  .33433332.....
    .3333234333.d.  33y333332.....
    33y333333332.d  d333333332....
    d33333FF33333d  .wdd3333332...
    .dd33FFF33332d  ..eed3343321..
    .k.d33F33332d.  .dd2dd3FF321.d
    ...d2233222d..  ...eeed3FF321d
    ....dd.c.ddc..  ..eeed33FF321d
    ..............  ..eee2333322.d
    ..............  ..dd1ddd1ddcd.
    """,
    poses=(
        Pose("scurrying"),
        Pose("on its hind legs"),
    ),
    coats=_only("brown grey black white sandy", FUR),
    bellies={"pink": BLUSH, "rosy": HIDE["rosy"]},
    marks=FUR,
    patterns=("", "patched"),
)

RABBIT = Beast(
    "rabbit",
    """
    ...33....33...  ....33.3......
    ..3d32..3d32..  ....3d33......
    ..3d32..3d32..  .....3d3d2....
    ..3d32..3c32..  .....23d3d....
    ...33343332...  ....334332....
    ..3344IIII32..  ..3344332.....
    ..3yk3IIyk32..  .33yk3333332..
    ..33333II3d2..  d33kk333FF332.
    ..3d3tddt322..  .333332FFFF332
    ...23tkkt21...  ..tt23333FF33t
    ..333tttt222..  ...t233332t...
    ..33tttttt22..  ...332333322tt
    ..33tttttsI2..  ...32.23333321
    ..ttt2ss2tts..  ..tt2.ttt3332.
    """,
    poses=(
        Pose("sitting", parts=(Part(8, 0, ".xxx.\nxxxxx\nx3322\n.3dc2"),)),
        Pose("about to hop"),
    ),
    coats=_only("brown grey black white ginger sandy", FUR),
    bellies={"pink": BLUSH, "rosy": HIDE["rosy"]},
    trims={"white": FUR["white"], "cream": CREAM},
    marks=FUR,
    patterns=("", "patched"),
)

SPIDER = Beast(
    "spider",
    """
    ..3432..  ..2332..
    .344332.  .344332.
    34J33I32  344JJ332
    33IJI322  343JI321
    3yy33yy2  33JII221
    2yk22ky1  .332221.
    .2y11y1.  ..1221..
    ..d..d..  .134321.
    ........  .1y33y1.
    ........  ..d12d..
    """,
    poses=(
        Pose(
            "glaring",
            bare="""
            ................
            ...kk......kk...
            ..k2.k....k.2k..
            ..k...k..k...k..
            .kk...kkkk...kk.
            k2.kkk....kkk.2k
            k..k2......2k..k
            k.k..........k.k
            ..k..........k..
            .kk.kk....kk.kk.
            .k.k2......2k.k.
            .k.k........k.k.
            ...k........k...
            ..kk........kk..
            ................
            ................
            """,
        ),
        Pose(
            "seen from above",
            bare="""
            ................
            ..k..........k..
            .k2k........k2k.
            .k.k........k.k.
            k...k......k...k
            ..k..k....k..k..
            .k2k........k2k.
            .k..kk....kk..k.
            k.....k..k.....k
            ..kkkkk..kkkkk..
            .k2..........2k.
            .k..kkk..kkk..k.
            k..k2......2k..k
            ...k........k...
            ....k......k....
            ................
            """,
        ),
    ),
    coats=_only("black grey brown red violet green blue"),
    bellies=PALE,
    marks=_only("red gold lime pink white orange"),
    patterns=("", "marked"),
    eyes=("red", "yellow", "green"),
)

SCORPION = Beast(
    "scorpion",
    """
    ......333.....  .33......33...
    ....d34II3....  33.3....3.33..
    ...dd...3I2...  343......342..
    ...d.....I3...  .33.y33y.32...
    ..........3I..  ..333443321...
    ..........I3..  .1..3333..1...
    .33.......3I..  ..123II321..d.
    33.3.....3I2..  .1..3333..1.dd
    34...333.I32..  ..123II32....3
    343.34I34I32..  .1..3332.1..32
    .334yk3I33I2..  .....II2...32.
    ..2233333I21..  .....33332I3..
    ..............  ......3I332...
    """,
    poses=(
        Pose(
            "ready to sting",
            bare="""
            ................
            ................
            ................
            ................
            ................
            ................
            ................
            ................
            ................
            ................
            ................
            ................
            ................
            ................
            ....k.k.k.k.k...
            ...k..k.k..k.k..
            """,
        ),
        Pose("seen from above"),
    ),
    coats=_only("black brown red orange gold green violet"),
    bellies={"red": COLOURS["red"], "gold": GOLD, "cream": CREAM},
    marks=_only("black gold red orange"),
    patterns=("", "banded"),
    eyes=("yellow", "red", "green", "dark"),
)

BEETLE = Beast(
    "beetle",
    """
    ..bcccb..  ..d...........
    ..yccby..  .dc...........
    .abbbbaa.  .c....3333....
    .3441332.  .cc.134444332.
    34441J332  .ccb13443J3332
    4JJ41II32  ccyb1343JI3332
    4JI313332  cccb1333333J22
    34331JI32  bcbb1333J33I21
    3JI31II21  .bba122I222221
    .I331222.  ..ab.bab..ba..
    ..23121..  .b..b...b...b.
    """,
    poses=(
        Pose(
            "seen from above",
            bare="""
            ....k.....k.....
            .....k...k......
            ................
            .kk.........kk..
            k.k.........k.k.
            ................
            ................
            kkk.........kkk.
            k.............k.
            ................
            .kk.........kk..
            k.............k.
            k.............k.
            ................
            ................
            ................
            """,
        ),
        Pose("with a horn"),
    ),
    coats=_only("red orange gold lime green teal blue violet brown"),
    bellies=_only("black grey brown"),
    marks=_only("black gold white red"),
    patterns=("", "spotted"),
    eyes=("yellow", "red"),
)

BEE = Beast(
    "bee",
    """
    .......ttt.tt.  .ss........ss.
    ......tss.tss.  stts.k..k.stts
    ......tsrtssr.  sttts3443sttts
    .k.k..tsrssr..  .stt344332tts.
    ..344b3srb3b..  ..ss3yk3yk2s..
    .3433b44bb3bb.  .stt33kk32tts.
    .3yk3b43b33b2b  .sts.3332.sts.
    .3kk3b33b32b1k  ..s.bccbba.s..
    .33322b2bb2b1.  ....344332....
    ..222.2ab1a...  ....bccbba....
    ......k.k.k...  ....333322....
    ..............  .....bcba.....
    ..............  ......32......
    ..............  ......k.......
    """,
    poses=(
        Pose("flying"),
        Pose("from the front"),
    ),
    coats=_only("gold orange lime sky"),
    bellies=_only("black brown grey blue"),
    trims={"clear": GLASS, "white": COLOURS["white"], "sky": COLOURS["sky"]},
    marks=PALE,
)

CRAB = Beast(
    "crab",
    """
    .34........34.  .333..........
    34.3......4.33  34432...e..e..
    3433.e..e.3332  343.3...k..k..
    .332.k..k.332.  34.33...3..3..
    ..22.3..3.21..  .3332.334432..
    ..2344433332..  ..33.3444332..
    ..34443JJ332..  ..2.3444JJ332.
    .3443J33I3332.  ..32344JJ33322
    .33333kk33322.  ...2333kk33321
    1.332dccd221.1  ..1.23dddcc2.1
    .1.2dccccb1.1.  .1.1.2ccc21.1.
    1.1..1..1..1.1  .1.1..1..1..1.
    1...1....1...1  ..1...1..1...1
    """,
    poses=(
        Pose("with raised claws"),
        Pose("with one big claw"),
    ),
    coats=_only("red orange gold teal blue violet pink brown"),
    bellies=PALE,
    marks=_only("white gold red brown"),
    patterns=("", "spotted"),
)

SNAKE = Beast(
    "snake",
    """
    ..2333........  ...2343.......  .....3443.....
    .234433.......  ..34y332y.....  ....344332....
    .3yk3332......  ..3333332.....  ...3yk33yk2...
    3333J3321.....  ...d22I32.....  ..3433kk3332..
    .ddd12I32.....  ....33I332....  .343dddddc332.
    ....1d332.....  ..334I332.....  .34IIdddcII32.
    ....2d33H.....  .34I332.......  .33I3dddc3I32.
    ...3dd3I2.....  .3I333333.....  ..333ddcc332..
    .33.dd3321333.  ..233I334I32..  ...33dddc32...
    .34I3dd3213I32  ....1223II332.  ..3.3dddc2.33.
    33I233333I3322  3......123I32.  .34I2ddcc2I332
    3G11123333G21.  3332..3334I32.  34I33111133I32
    .3I33111111I32  .2343I3433322.  33I3333333I322
    ..233I333I322.  ...222222221..  .23I33II33I22.
    """,
    poses=(
        Pose("coiled up", parts=(Part(0, 4, "r\nr"),)),
        Pose("slithering"),
        Pose("with a spread hood", parts=(Part(6, 4, "rr\nrs"),)),
    ),
    coats=_only("green lime teal red orange gold violet blue brown black"),
    bellies={"cream": CREAM, "gold": GOLD, "tan": TAN},
    trims={"red": COLOURS["red"]},
    marks=_only("black gold red white brown"),
    patterns=("", "banded"),
    eyes=("yellow", "red", "green"),
)

FROG = Beast(
    "frog",
    """
    ..332....332..  ...333........
    .3yy32..3yy32.  ..3yy33.......
    .3yk344433yk2.  .33yk3333.....
    .334434333332.  34433334433...
    3343J333333I22  3333334JJ3332.
    33k33333333k21  kkkkk333J3JJ32
    .33kkkkkkkk21.  edddd13333I332
    ..3deeedddc2..  .eddd133333321
    3.2deeeddcc1.2  ..ddd2333JI321
    33322eddc12221  ...3d22133321.
    3J3212cc12I221  ...32.2333321.
    .332.1..1.221.  ..332.23322133
    333222..222111  .3332..3333321
    """,
    poses=(
        Pose("sitting", parts=(Part(6, 6, "rr\nrs\nqr"),)),
        Pose("from the side"),
    ),
    coats=_only("green lime teal sky blue red orange gold brown"),
    bellies={"cream": CREAM, "gold": GOLD, "tan": TAN, "white": COLOURS["white"]},
    trims={"red": COLOURS["red"], "pink": COLOURS["pink"]},
    marks=_only("black gold green blue red brown"),
    patterns=("", "spotted"),
    eyes=("yellow", "red", "green"),
)

TURTLE = Beast(
    "turtle",
    """
    ......3333....  .....dddc.....
    ....34413332..  .....ydcy.....
    ...3441JJ1332.  .dd..cccb..dc.
    .dd.31JJJJ1J32  .ddc343332dcb.
    dddd341JJ1JJ31  ..c34J1J332b..
    dykd3441133132  ..34JI1JI332..
    ddddc3J1331I21  ..3411311132..
    kddccJJJ13JJ11  ..31JJ1II122..
    .bccb22211222.  ..33JI1II321..
    ..ddcbbbbbddc.  ..d3131I121b..
    ..ddc.a..addc.  .ddc223221cb..
    ..edc....edc..  .dc..cccb..cb.
    ..............  ......cb......
    """,
    poses=(
        Pose("on a walk"),
        Pose("seen from above"),
    ),
    coats=_only("green teal brown red orange gold blue violet grey"),
    bellies={"lime": COLOURS["lime"], "green": COLOURS["green"], "tan": TAN, "teal": COLOURS["teal"], "sandy": CREAM},
    marks=_only("gold green brown orange lime"),
    patterns=("", "patterned"),
    eyes=("dark", "red"),
)

FISH = Beast(
    "fish",
    """
    ......ss......  .....ss.......
    .....strs.....  ....3srs3.....
    ....3444h....s  ..34443rs2...s
    ..33444gh2..st  .3444333332.st
    .344433gh3.str  .3yk333J3332sr
    .3yk333gh33str  .3kk334I3333r.
    3kk3333gh32sr.  33333333J332sr
    3333r34gh321r.  wkwkw333I321.s
    .eeeersg221.rq  .kkkkw3r3221..
    ..ddddrdc1..rq  wkwkwddsr21...
    ....dddc......  edddddddc1....
    .....rq.......  .edddddcr.....
    ..............  ...cccb.q.....
    """,
    poses=(
        Pose("swimming", parts=(Part(5, -1, "s\nss"),)),
        Pose("with sharp teeth"),
    ),
    coats=_only("red orange gold lime green teal sky blue violet pink grey"),
    bellies={"cream": CREAM, "gold": GOLD, "white": COLOURS["white"], "red": COLOURS["red"]},
    trims=_only("red orange gold blue violet teal"),
    marks=_only("white black gold blue red"),
    patterns=("striped", "spotted"),
    eyes=("yellow", "red", "green"),
)

BIRD = Beast(
    "bird",
    """
    ....3333......  .........33...
    ...344333.....  .......3443...
    ...3yk332.....  ......344I3...
    ss33kk332.....  .3333.34I32...
    .rs3333332....  344333.3I32..3
    ..dd33323332..  3yk333333I2.33
    ..dddd3I34332.  skk33333332332
    ..eddd3II33332  s3d33333333332
    ..edddd2II3332  ..dddd33332332
    ...dddd22II332  ...ddddd221..2
    ....cccc222.22  ....cccc......
    ......r..r....  .....rr.......
    .....rr.rr....  ..............
    """,
    poses=(
        Pose("standing", parts=(Part(9, 1, "33\n3"),)),
        Pose("flying"),
    ),
    coats=_only("red orange gold lime sky blue violet pink brown grey black white"),
    bellies={"cream": CREAM, "white": COLOURS["white"], "gold": GOLD, "orange": BEAK},
    trims={"orange": BEAK, "grey": COLOURS["grey"]},
    marks=_only("black white gold blue red brown"),
    patterns=("", "bright-winged"),
    eyes=("dark", "yellow", "red"),
)

OWL = Beast(
    "owl",
    """
    .3..........2.  ...3......2...
    .33.334433.32.  ...33344332...
    .334333333332.  33.3dd33dd2.32
    .34ddd33ddd32.  3433dyddyd2332
    .3dyyd33dyyd2.  3443dkrskd2332
    .3dykdssdkyd2.  3444J3rr3I3321
    .33dd3rr3dd21.  .344JdeedI321.
    .34IdeeddcH21.  .3J4dIddId3H1.
    334ddIddIdc321  ..3JIdddcIH1..
    343edddddcc321  ...32dIIc21...
    343dIddIdcc221  ....2dccb1....
    332.ddddcc.221  ....ss..ss....
    .32.2dccb1.21.  ..............
    ....ss..ss....  ..............
    """,
    poses=(
        Pose("perched"),
        Pose("with spread wings"),
    ),
    coats=_only("brown grey black white ginger chestnut", FUR),
    bellies=PALE,
    trims={"orange": BEAK, "gold": GOLD},
    marks=FUR,
    patterns=("", "speckled"),
    eyes=("yellow", "red", "green"),
)

SNAIL = Beast(
    "snail",
    """
    ......33333...  .......33.....
    .....3444332..  ......3432....
    k..k344111332.  ......JIII....
    d..d341JJI132.  k..k.344332...
    d..d34131I132.  d..d.3JIIIH...
    .dd.33133I132.  d..d3443332...
    dddd2331II321.  .dd.3JJIIIHH..
    ddddc122222cc.  dddd344333321.
    .deddccccccccb  ddddJJIIIHHHG.
    ..ddddcccbbbbb  .ddd122222111.
    ..............  .ddedccccccbb.
    ..............  ..ddcccccccbbb
    """,
    poses=(
        Pose("with a round shell"),
        Pose("with a pointed shell"),
    ),
    coats=_only("red orange gold lime green teal sky blue violet pink brown"),
    bellies={"tan": TAN, "cream": CREAM, "lime": COLOURS["lime"], "pink": BLUSH, "grey": COLOURS["grey"]},
    marks=_only("white gold red brown violet"),
    patterns=("", "banded"),
)

CATERPILLAR = Beast(
    "caterpillar",
    """
    ......344.....  .333..........
    .....34413I...  34443..33.....
    .33334331I32..  3yk332344133..
    34443133.1332.  3kk32134J1443.
    3yk3321..3I32.  33332133I13J32
    3kk3321..1332.  .dd221332133I1
    3dd3322..3I321  ..2211d221d221
    .33321d..d321d  ...d..d.d.d.d.
    """,
    poses=(
        Pose("arching its back", parts=(Part(1, 1, "d.d"),)),
        Pose("crawling", parts=(Part(1, -1, "d.d"),)),
    ),
    coats=_only("lime green teal gold orange red violet pink"),
    bellies={"cream": CREAM, "orange": BEAK, "gold": GOLD, "red": COLOURS["red"]},
    marks=_only("black gold red white blue"),
    patterns=("", "spotted"),
)

BEASTS = (
    DRAGON,
    WOLF,
    CAT,
    BEAR,
    BOAR,
    RAT,
    RABBIT,
    SPIDER,
    SCORPION,
    BEETLE,
    BEE,
    CRAB,
    SNAKE,
    FROG,
    TURTLE,
    FISH,
    BIRD,
    OWL,
    SNAIL,
    CATERPILLAR,
)
KINDS: dict[str, Callable[[random.Random], Sprite]] = {beast.noun: beast for beast in BEASTS}


def draw(rng: random.Random) -> Sprite:
    """Draw a beast of any kind."""
    return rng.choice(list(KINDS.values()))(rng)
