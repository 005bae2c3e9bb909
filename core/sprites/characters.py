"""Chibi adventurers, seen from the front or walking to the right: one set of traits, two views.

Every part is a block of rows with two columns of letters, the front view and the side view of that part
(the letters are those of `canvas.py`). All parts are 12 pixels wide and start at column 2; what belongs to the head
starts at row 1, what belongs to the body at row 8. So a part can be redrawn without looking at the others.
"""

from __future__ import annotations

import random
from dataclasses import dataclass
from typing import Literal, NamedTuple

from .canvas import Layer, Sprite, finish, outline, paint, shift, stack
from .palette import BONE, COLOURS, GOLD, HAIR, INK, IRON, LEATHER, SKIN, STEEL, WOOD, Colour, Ramp

Facing = Literal["front", "side"]

HEAD_ROW, BODY_ROW, LEFT = 1, 8, 2

# Fixed letters: h, g are the light and the dark of the skin, j the upper half of an eye.
FACE = """
............  ............
....3333....  ....3332....
...334322...  ...343332...
...333322...  ...333332...
..23j22j21..  ...3213j2...
...3k22k1...  ...2213k23..
....2221....  ....22221...
"""

# First material: the hair.
HAIR_STYLES = {
    "bald": "............ ............",
    "short": """
....2332....  ....23332...
...234332...  ...2344332..
..23433221..  ..23443322..
..2321.121..  ..2333321...
..1......0..  ..2332......
............  ..122.......
............  ...11.......
""",
    "spiky": """
..3.3.32.2..  ..3.3.32.3..
..33433221..  ...33433322..
..23333211..  .333433221..
..12.21.10..  ..233321.2..
..1......0..  .3332.......
............  ..122.......
............  ...11.......
""",
    "parted": """
....2332....  ....2332....
...223432...  ...233432...
..22234321..  ..23344332..
..211..432..  ..23332.11..
..1......1..  ..1232......
............  ..112.......
............  ...11.......
""",
    "long": """
....2332....  ....23332...
...234332...  ...2344332..
..23432221..  ..23443322..
.223....211.  ..2334321...
.22......11.  ..23332.....
.22......11.  ..23332.....
.22......11.  ..23321.....
.12......10.  ..23321.....
.12......10.  .123321.....
..1......0..  .12221......
............  ..121.......
""",
    "bob": """
....2332....  ....23332...
...234332...  ...2344332..
..23433221..  ..23443332..
..23322211..  ..23333321..
.23......11.  ..23332.....
.22......11.  ..22332.....
.12......10.  ..11222.....
""",
    "bun": """
.....32.....  ...32.......
....2332....  ..323332....
...243221...  ...2334321..
..232..121..  ...233321...
..2......1..  ...2321.....
............  ....11......
""",
    "ponytail": """
....2332....  ....23332...
...234332...  ...2344332..
..23433221..  .322343322..
.32321.121..  323123321...
321......0..  32.1221.....
32..........  321.11......
21..........  .32.........
.1..........  .21.........
............  ..1.........
""",
    "mohawk": """
....4322....  ...3433332..
....4321....  ..34322222..
.....32.....  ..332...11..
.....21.....  .332........
............  .321........
............  .32.........
............  ..1.........
""",
    "curly": """
...3.332....  ...33.332...
.333443221..  ..3344332.1.
.2343323211.  .334233232..
.3322212121.  .234332.221.
.223....211.  .332332.....
.12......10.  .223321.....
..2......0..  ..11210.....
""",
    "braids": """
....2332....  ....23332...
...243332...  ...2344332..
..23423221..  ..23443322..
..231..121..  ..2332121...
..2......1..  ..12321.....
.32......21.  ..132.......
.21......10.  ..21........
.32......21.  .132........
.21......10.  ..21........
..p......p..  .32.........
............  ..p.........
""",
    "tonsure": """
............  ............
............  ............
..2......1..  ..22........
..321.1211..  ..23321.....
..2......0..  ..23321.....
............  ..1221......
............  ...11.......
""",
}

# First material: the hair. They go below the eyes, which are small then.
BEARDS = {
    "none": "............ ............",
    "moustache": """
............  ............
............  ............
............  ............
............  ............
............  ............
............  ............
....3221....  .......322..
............  ............
""",
    "goatee": """
............  ............
............  ............
............  ............
............  ............
............  ............
............  ........2...
.....32.....  .......321..
.....21.....  ........1...
""",
    "full": """
............  ............
............  ............
............  ............
............  ............
............  ............
..2......1..  .....2......
..23322211..  .....23322..
...233211...  .....233321.
....2211....  ......2211..
""",
    "long": """
............  ............
............  ............
............  ............
............  ............
............  ............
..2......1..  .....2......
..33422211..  .....23322..
...343221...  .....344321.
...334211...  ......34321.
....3421....  ......3321..
.....31.....  .......21...
""",
}


class Headgear(NamedTuple):
    """Something worn on the head: hair above row `cut` is hidden by it."""

    cut: int
    main: str  # the trait that colours the first material
    views: str


# First material: the trait `main`; second: the accent colour; third: plume or horn.
HEADGEAR = {
    "none": Headgear(0, "cloth", "............ ............"),
    "wizard hat": Headgear(
        4,
        "cloth",
        """
......433...  ...33.......
.....3321...  ...2332.....
....34321...  ....34321...
...bccbba...  ...bccbba...
.2344333221.  .2334433221.
""",
    ),
    "ranger hat": Headgear(
        4,
        "leather",
        """
............  ............
....3432....  ....3432....
...344322...  ...344322...
...ccbbba...  ...ccbbba...
233443332211  233443332211
""",
    ),
    "great helm": Headgear(
        99,
        "metal",
        """
....3432....  ....34332...
...344322...  ...3443322..
..34433221..  ..344433221.
..33433221..  ..333432211.
..3kkkkkk1..  ..33332kkk1.
..33212211..  ..333321210.
...322211...  ...33221211.
""",
    ),
    "plumed helm": Headgear(
        99,
        "metal",
        """
.....rsrr...  ..rsssrr....
....43srqq..  .rr3srr2....
...344322q..  .q34433221..
..34433221..  .q344432211.
..3kkkkkk1..  q.33332kkk1.
..33212211..  ..333321210.
...322211...  ...33221211.
""",
    ),
    "open helm": Headgear(
        7,
        "metal",
        """
....3432....  ....34332...
...344322...  ...3443322..
..34433221..  ..344433221.
..cdccbbba..  ..cccdcbbba.
..3......1..  ..33321.....
..3......1..  ..33321.....
..2......0..  ..2321......
""",
    ),
    "horned helm": Headgear(
        5,
        "metal",
        """
t...3432...s  ..t.3432....
ts.344322.sr  ..ts34322...
.s34433221r.  ..3sr43221..
..cdccbbba..  ..ccdccbbba.
..3......1..  ..33........
""",
    ),
    "hood": Headgear(
        99,
        "cloth",
        """
....3332....  ....33332...
...334322...  ..3344332...
..33432221..  .3344433221.
..31000011..  .334433210..
..3......1..  .33443......
..32....11..  ..3433......
..332..211..  ..233321....
..23322211..  ...233221...
""",
    ),
    "mask": Headgear(
        99,
        "cloth",
        """
....3332....  ....33332...
...334322...  ...3343322..
..33432221..  ..334433221.
..bccdcbba..  .abbcccdcba.
..2......1..  b.3332......
..33222211..  a.233322221.
...222110...  ...22222110.
""",
    ),
    "crown": Headgear(
        3,
        "gold",
        """
...4.43.2...  ...4.43.2...
...434322...  ...434322...
...3c3b2a...  ...33c32b...
""",
    ),
    "tiara": Headgear(
        0,
        "gold",
        """
............  ............
.....42.....  ........3...
...34cb21...  ....333322..
""",
    ),
    "bandana": Headgear(
        5,
        "cloth",
        """
....3332....  ....33332...
...334322...  ...3443322..
..33433221..  ..334433221.
..12222210..  .1122222110.
............  23..........
............  .1..........
""",
    ),
    "headband": Headgear(
        0,
        "accent",
        """
............  ............
............  ............
............  ............
..33432221..  .3333433221.
..........2.  32..........
...........1  .2..........
""",
    ),
    "feathered cap": Headgear(
        4,
        "cloth",
        """
......ts....  ...ts.......
....33sr2...  ....sr32....
..334433r2..  ...34r3322..
.2333322211.  ..2333322211
""",
    ),
    "bicorn": Headgear(
        5,
        "dark",
        """
....dccb....  .....dcb....
..dd3432cb..  ...dd32cc...
.d334ww221b.  ..d3443221b.
.3332ww2211.  .d3433322211.
""",
    ),
    "turban": Headgear(
        5,
        "accent",
        """
....3432....  ....34332...
...34e322...  ...3443322..
..334c2321..  ..334233231.
..23423211..  ..2334233211
............  ..232.......
............  ..21........
""",
    ),
    "coif": Headgear(
        99,
        "metal",
        """
....3332....  ....3333....
...334322...  ...3343322..
..33432221..  ..334432221.
..3321.221..  ..334321....
..3......1..  ..33332.....
..2......1..  ..2333......
..332..211..  ..23332.....
...232221...  ...23221....
""",
    ),
}


class Outfit(NamedTuple):
    """Clothes for the body: `sleeve` is the trait that colours the arm of the side view."""

    sleeve: str
    trim: str
    views: str
    legs: bool = True
    hand: str = "skin"


# First material: the cloth colour; second: the accent colour; third: the trait `trim`.
OUTFITS = {
    "tunic": Outfit(
        "cloth",
        "leather",
        """
...343322...  ....432.....
..31433202..  ...34332....
..31333202..  ...33321....
..hqrrqqpg..  ...qrrqp....
...343221...  ...344321...
""",
    ),
    "vest": Outfit(
        "accent",
        "leather",
        """
...4cdc32...  ....432.....
..d13dc20b..  ...34332....
..c13cb20b..  ...33321....
..hqrssqpg..  ...qrsqp....
...33.221...  ...33321....
""",
    ),
    "plate": Outfit(
        "metal",
        "metal",
        """
..rssrrqrq..  ....srq.....
..srpttqpq..  ...rstsr....
..q.rsrp.p..  ...rrsrq....
..rccdcbbq..  ...ccdcb....
...rsqqrq...  ...rsrqq....
""",
        hand="metal",
    ),
    "tabard": Outfit(
        "metal",
        "metal",
        """
..rs4332rq..  ....432.....
..rq3dd2pq..  ...34322....
..qpddccpp..  ...33221....
..hccddcbg..  ...bccba....
...34d221...  ...33221....
...33.21....  ...33.21....
""",
        hand="metal",
    ),
    "leather armour": Outfit(
        "accent",
        "leather",
        """
..rsrrqrqq..  ....srq.....
..cqsrqqpb..  ...rsrqq....
..cprsqqpb..  ...rqrqp....
..hcdccbbg..  ...cdcba....
...srprqp...  ...srprq....
""",
    ),
    "robe": Outfit(
        "cloth",
        "leather",
        """
...34cb22...  ....432.....
..314cb202..  ...34322....
..334cb211..  ...34321....
..hbdddbbg..  ...cddcb....
...34cb21...  ...343211...
..334cb2211.  ..3443211...
..33ccbbb11.  ..cccbbbba..
""",
        legs=False,
    ),
    "dress": Outfit(
        "skin",
        "gold",
        """
....c44c....  ....432.....
..h.3432.g..  ....3432....
..hh.32.gg..  ....332.....
...hdddbg...  ....ddc.....
...344322...  ...34321....
..34343221..  ..3443221...
.cdcdcbcbba.  .cdccbcbba..
""",
        legs=False,
    ),
    "gown": Outfit(
        "cloth",
        "gold",
        """
...3c4d22...  ....432.....
..314dc202..  ...34322....
..h.3cb2.g..  ...33321....
...hrsrqg...  ....rsq.....
...344322...  ...344321...
..34c33c21..  ..34c33c21..
.343c33c2211  .343c333c211.
""",
        legs=False,
    ),
    "coat": Outfit(
        "cloth",
        "gold",
        """
...34dc22...  ....432.....
..314dc202..  ...3443r....
..313cb202..  ...3333b....
..h3qrqp2g..  ...qrqqp....
..334.b211..  ..33432b....
..33....11..  ..3332......
""",
    ),
    "bare": Outfit(
        "skin",
        "leather",
        """
...hqhhgg...  ....qhg.....
..hgHqhgfg..  ...hqHhg....
..hfhhqgfg..  ...hgqhg....
..hqrssrpg..  ...qrsqp....
...3c3b21...  ...3c3b2....
""",
    ),
    "gi": Outfit(
        "cloth",
        "leather",
        """
...3c44c2...  ....4c2.....
..314ch202..  ...343c2....
..3133c202..  ...3333c....
..hcdccbbg..  ..bccdcb....
...33c221...  ..a34321....
""",
    ),
    "habit": Outfit(
        "cloth",
        "leather",
        """
...223321...  ....332.....
..31233202..  ...34322....
..21333201..  ...33321....
..1hhgh110..  ...ssrss....
...3s3221...  ...343211...
..33s32211..  ..334s211...
..332s2211..  ..334s211...
""",
        legs=False,
    ),
}

# First material: trousers; second: boots.
LEGS = {
    "stand": """
....3221....  ....322.....
...32..21...  ....321.....
...dc..cb...  ....dcc.....
""",
    "wide": """
....3221....  ....3221....
...32..21...  ...32.21....
..dcc..ccb..  ...dc.dcc...
""",
    "step": """
....3221....  ....3221....
...32..dc...  ..d32.32....
...dc.......  ..d...dcc...
""",
    "stride": """
....3221....  ....3222....
...dc..21...  ..32...32...
.......cb...  .dc....dcc..
""",
}

# First material: the sleeve.
ARMS = {
    "swing": """
............
.....32.....
.....32.....
......21....
......hg....
""",
    "back": """
............
.....32.....
....32......
...32.......
...hg.......
""",
    "forward": """
............
.....43.....
.....3321...
.......122hh
""",
}

# First material: the cape.
CAPE = """
..34....21..  ....3.......
.334....221.  ..333.......
.334333221.1  .3332.......
.33433222111  .33321......
.33333222111  3343211.....
.23322221110  333321......
..2.22.110..  232.1.......
"""


class Held(NamedTuple):
    """Something in the hand, 5 wide, from row `top`, with its hilt or shaft in column 12."""

    top: int
    grid: str
    word: str
    grip: int = 11
    lined: bool = True


# First material: the metal; second: wood; third: the gem colour (or gold). Column 12 is the second letter.
WEAPONS = {
    "sword": Held(
        2,
        """
.4..
.4..
.4..
.3..
.4..
.3..
.3..
.2..
sst.
.c..
.s..
""",
        "sword",
    ),
    "broadsword": Held(
        1,
        """
.4..
.43.
.43.
.42.
.43.
.42.
.42.
.32.
.32.
sssr
.cb.
.sr.
""",
        "broadsword",
    ),
    "scimitar": Held(
        2,
        """
..4.
..43
..43
..42
.43.
.42.
.32.
.32.
ssr.
.c..
.s..
""",
        "scimitar",
    ),
    "dagger": Held(
        6,
        """
.4..
.4..
.3..
.3..
srr.
.c..
""",
        "dagger",
    ),
    "axe": Held(
        2,
        """
.d43
.d443
.c332
.d321
.c2.
.d..
.c..
.c..
.d..
.c..
.b..
.b..
""",
        "axe",
    ),
    "mace": Held(
        2,
        """
4.3.
.43.
4432
.321
2.1.
.d..
.c..
.d..
.c..
.c..
.b..
""",
        "mace",
    ),
    "hammer": Held(
        3,
        """
4433
4332
3221
.d..
.c..
.c..
.d..
.c..
.c..
.b..
""",
        "hammer",
    ),
    "spear": Held(
        1,
        """
.4..
443.
.32.
.r..
.d..
.c..
.d..
.c..
.c..
.d..
.c..
.c..
.b..
.b..
""",
        "spear",
    ),
    "staff": Held(
        1,
        """
ttr.
tsq.
rqp.
.d..
.c..
.d..
.c..
.c..
.d..
.c..
.c..
.c..
.b..
.b..
""",
        "staff",
    ),
    "crook": Held(
        1,
        """
.dd.
d.cd
...c
.dcb
.c..
.d..
.c..
.c..
.d..
.c..
.c..
.c..
.b..
.b..
""",
        "crooked staff",
    ),
    "wand": Held(
        6,
        """
.t..
tsr.
.r..
.d..
.c..
.c..
.b..
""",
        "wand",
    ),
    "bow": Held(
        4,
        """
kkk..
kddk.
.ykdk
.y.ck
.y.dk
.y.ck
.y.ck
.y.bk
.ykck
kcbk.
kkk..
""",
        "bow",
        grip=9,
        lined=False,
    ),
}

# First material: the accent colour; second: the metal.
SHIELDS = {
    "round": Held(
        8,
        """
.cdc.      .d.
d4332      dc3
c4d22      c32
c3221      c32
.cbb.      c32
.....      .b.
""",
        "round shield",
    ),
    "kite": Held(
        8,
        """
cddcb      dc3
c4d2b      dc3
cddcb      cc2
c3c1b      cb2
.c1b.      .c1
..b..      .b.
""",
        "shield",
    ),
    "buckler": Held(
        9,
        """
.33.     .d.
34d2     d3.
3cb1     c3.
.21.     .b.
""",
        "buckler",
    ),
}


# Skin, and the natural hair colours that go with it. Dark skins are painted one shade up, or the eyes would be lost.
COMPLEXIONS = {
    "pale": "brown,chestnut,ginger,blond,grey,white,black",
    "tan": "black,brown,chestnut,blond,ginger,grey,white",
    "olive": "black,brown,grey,white",
    "brown": "black,grey,white",
    "dark": "black,grey,white",
}
DARK_SKINS = ("brown", "dark")


class Role(NamedTuple):
    """What a kind of adventurer may wear and carry; one of each is drawn."""

    outfits: str
    headgear: str
    weapons: str
    shields: str = "none"
    hair: str = "short,spiky,parted,long,bob,ponytail,curly,bald"
    beards: str = "none,none,none,moustache,goatee,full"
    cape: float = 0.25
    colours: str = "red,orange,gold,green,teal,sky,blue,violet,pink,brown,grey,white,black"


ROLES = {
    "knight": Role(
        "plate,tabard,plate",
        "great helm,plumed helm,open helm,plumed helm,none",
        "sword,broadsword,mace,spear,axe",
        "kite,round,none",
        cape=0.4,
    ),
    "squire": Role("tabard,tunic", "coif,open helm,none", "sword,spear,dagger", "kite,round,buckler,none"),
    "wizard": Role(
        "robe,coat",
        "wizard hat,wizard hat,hood",
        "staff,wand,crook,staff",
        beards="none,goatee,full,long,long",
        colours="red,green,teal,sky,blue,violet,pink,grey,black,white",
    ),
    "witch": Role(
        "robe,gown",
        "wizard hat",
        "staff,wand,crook",
        hair="long,bob,curly,braids,ponytail",
        beards="none",
        colours="red,green,lime,teal,violet,pink,black,blue",
    ),
    "ranger": Role(
        "tunic,leather armour,vest",
        "ranger hat,hood,feathered cap,none",
        "bow,bow,dagger,spear,sword",
        cape=0.5,
        colours="green,lime,teal,brown,gold,orange,grey,red",
    ),
    "barbarian": Role(
        "bare,bare,leather armour",
        "none,horned helm,headband,none",
        "axe,hammer,broadsword,mace",
        "round,none,none",
        hair="long,spiky,mohawk,braids,bald",
        beards="none,full,moustache,long",
    ),
    "viking": Role(
        "tunic,leather armour,tabard",
        "horned helm,open helm,horned helm",
        "axe,sword,spear,hammer",
        "round",
        hair="long,braids,short",
        beards="none,full,long,moustache",
        cape=0.3,
    ),
    "rogue": Role(
        "leather armour,vest,coat",
        "hood,bandana,none,mask",
        "dagger,scimitar,sword,bow",
        "none,buckler",
        cape=0.4,
        colours="black,grey,brown,violet,blue,green,red,teal",
    ),
    "cleric": Role(
        "robe,tabard,gown",
        "none,tiara,hood,coif",
        "mace,hammer,staff,crook",
        "none,round,kite",
        beards="none,none,full,long",
        colours="white,gold,sky,blue,red,teal,pink",
    ),
    "princess": Role(
        "dress,gown",
        "tiara,crown,none",
        "none,wand,none,none,sword",
        hair="long,bun,braids,curly,ponytail,bob",
        beards="none",
    ),
    "prince": Role(
        "tunic,coat,tabard",
        "crown,feathered cap,none",
        "sword,none,scimitar",
        "none,none,kite",
        cape=0.6,
        beards="none,none,goatee",
    ),
    "king": Role(
        "robe,coat,plate",
        "crown",
        "none,sword,staff,broadsword,mace",
        "none,none,kite",
        cape=0.7,
        beards="full,long,moustache,goatee",
    ),
    "queen": Role("gown,robe", "crown", "none,staff,wand", hair="long,bun,curly,braids,bob", beards="none", cape=0.5),
    "monk": Role(
        "habit,gi",
        "none",
        "none,crook,none",
        hair="tonsure,bald,tonsure",
        cape=0,
        beards="none,none,full,long",
        colours="brown,orange,gold,grey,red,white,black",
    ),
    "ninja": Role(
        "gi",
        "mask,mask,headband",
        "scimitar,dagger,sword,none",
        cape=0,
        beards="none",
        colours="black,blue,red,violet,grey,green,white,teal",
    ),
    "pirate": Role(
        "coat,vest", "bicorn,bandana,bicorn", "scimitar,dagger,none", cape=0, beards="none,moustache,goatee,full,long"
    ),
    "nomad": Role(
        "robe,vest,coat",
        "turban,hood",
        "scimitar,spear,dagger,bow",
        "none,buckler,round",
        beards="none,goatee,full,moustache",
    ),
    "villager": Role(
        "tunic,vest,dress",
        "none,bandana,ranger hat",
        "none,none,crook,hammer",
        cape=0,
        hair="short,parted,bun,braids,bob,ponytail,curly,long,bald",
    ),
    "druid": Role(
        "habit,robe,leather armour",
        "none,hood,headband",
        "crook,staff,spear",
        beards="none,full,long",
        hair="long,curly,braids,ponytail",
        colours="green,lime,teal,brown,gold,orange,grey",
    ),
}
DYED = ("red", "green", "sky", "violet", "pink", "teal", "lime")


@dataclass(frozen=True)
class Character:
    """The traits of one adventurer; both views are drawn from them."""

    role: str
    skin: str
    hair: str
    hair_colour: Ramp
    beard: str
    bright_eyes: bool
    headgear: str
    outfit: str
    cloth: str
    accent: str
    metal: Ramp
    leather: Ramp
    trousers: Ramp
    gem: Ramp
    cape: str | None
    weapon: str
    shield: str
    stance: str


def _pick(rng: random.Random, options: str) -> str:
    return rng.choice(options.split(","))


def character(rng: random.Random) -> Character:
    """Draw the traits of an adventurer, in a fixed order."""
    name = rng.choice(list(ROLES))
    role = ROLES[name]
    skin = rng.choice(list(COMPLEXIONS))
    hair, natural, dyed = _pick(rng, role.hair), _pick(rng, COMPLEXIONS[skin]), rng.choice(DYED)
    beard, bright_eyes = _pick(rng, role.beards), rng.random() < 0.15
    is_dyed = hair == "mohawk" or rng.random() < 0.06
    outfit, headgear = _pick(rng, role.outfits), _pick(rng, role.headgear)
    cloth = _pick(rng, role.colours)
    accent = rng.choice([c for c in COLOURS if c != cloth])
    cape = rng.choice([c for c in COLOURS if c not in (cloth, "black")]) if rng.random() < role.cape else None
    return Character(
        role=name,
        skin=skin,
        hair=hair,
        hair_colour=COLOURS[dyed] if is_dyed else HAIR[natural],
        beard="none" if is_dyed or hair in ("bun", "bob") or outfit in ("dress", "gown") else beard,
        bright_eyes=bright_eyes or skin in DARK_SKINS,
        headgear=headgear,
        outfit=outfit,
        cloth=cloth,
        accent=accent,
        metal=rng.choice((STEEL, STEEL, STEEL, IRON, GOLD)),
        leather=rng.choice((LEATHER, WOOD, COLOURS["black"])),
        trousers=rng.choice((LEATHER, COLOURS["grey"], COLOURS["brown"], COLOURS["blue"], COLOURS["green"], BONE)),
        gem=rng.choice([COLOURS[c] for c in DYED]),
        cape=cape,
        weapon=_pick(rng, role.weapons),
        shield=_pick(rng, role.shields),
        stance=rng.choice(list(LEGS)),
    )


def _skin(name: str) -> Ramp:
    tone = SKIN[name]
    return (*tone[1:], tone[4]) if name in DARK_SKINS else tone


def _view(block: str, facing: Facing) -> str:
    """The column of a block that shows the front or the side."""
    return "\n".join(row.split()[facing == "side"] for row in block.strip().splitlines())


def _over(base: Layer, layer: Layer, line: Colour = INK) -> Layer:
    """Lay a layer on a base with a line where its edge crosses the base."""
    lined = outline(layer, line)
    lined[(base[..., 3] != 255) & (layer[..., 3] != 255)] = 0
    return stack(base, lined)


def _below(layer: Layer, row: int) -> Layer:
    """Only the rows of a layer from `row` down."""
    out = layer.copy()
    out[:row] = 0
    return out


def draw(rng: random.Random, facing: Facing = "front") -> Sprite:
    """Draw a random adventurer; the same state of `rng` gives the same adventurer in both views."""
    who = character(rng)
    return finish(_figure(who, facing), _caption(who, facing))


def _caption(who: Character, facing: Facing) -> str:
    """For example "hero knight in blue with sword and shield"."""
    things = [held[thing].word for held, thing in ((WEAPONS, who.weapon), (SHIELDS, who.shield)) if thing != "none"]
    if not things and who.cape:
        things = [f"{who.cape} cape"]
    start = "hero" if facing == "front" else "side-facing"
    return f"{start} {who.role} in {who.cloth}" + (f" with {' and '.join(things)}" if things else "")


def _figure(who: Character, facing: Facing) -> Layer:
    """The outlined figure with everything it carries."""
    ramps = {
        "cloth": COLOURS[who.cloth],
        "accent": COLOURS[who.accent],
        "metal": who.metal,
        "leather": who.leather,
        "gold": GOLD,
        "dark": COLOURS["black"],
        "skin": _skin(who.skin),
    }
    armed = who.weapon != "none"
    figure = _over(_body(who, facing, ramps), _head(who, facing, ramps), ramps["cloth"][0])
    if armed:
        figure = shift(figure, dx=-1)
    figure = outline(figure)
    if armed:
        figure = _weapon(who, facing, ramps, figure)
    if who.shield != "none":
        shield = SHIELDS[who.shield]
        layer = paint(
            _view(shield.grid, facing), ramps["accent"], who.metal, dx=1 if facing == "front" else 5, dy=shield.top
        )
        figure = stack(figure, outline(layer))
    return figure


def _weapon(who: Character, facing: Facing, ramps: dict[str, Ramp], figure: Layer) -> Layer:
    held = WEAPONS[who.weapon]
    gem = who.gem if who.weapon in ("staff", "wand") else GOLD
    layer = paint(held.grid, who.metal if who.metal is not GOLD else STEEL, WOOD, gem, y=STEEL[2], dx=11, dy=held.top)
    glove = ramps[OUTFITS[who.outfit].hand]
    grip = paint("32", glove, dx=11, dy=held.grip)
    return stack(figure, outline(layer) if held.lined else layer, grip)


def _body(who: Character, facing: Facing, ramps: dict[str, Ramp]) -> Layer:
    """Cape, legs, clothes and, from the side, the arm."""
    outfit, skin = OUTFITS[who.outfit], ramps["skin"]
    place = {"dx": LEFT, "dy": BODY_ROW}
    cloth = ramps["cloth"]
    body = paint("." * 12)
    if who.cape:
        body = paint(_view(CAPE, facing), COLOURS[who.cape], **place)
    if outfit.legs:
        steel = who.outfit in ("plate", "tabard")
        legs = paint(
            _view(LEGS[who.stance], facing),
            who.metal if steel else who.trousers,
            who.metal if steel else who.leather,
            dx=LEFT,
            dy=12,
        )
        body = stack(body, legs)
    tones = {"h": skin[2], "g": skin[1], "H": skin[3], "f": skin[0]}
    clothes = paint(_view(outfit.views, facing), cloth, ramps["accent"], ramps[outfit.trim], **place, **tones)
    body = stack(body, clothes)
    if facing == "side":
        glove = ramps[outfit.hand]
        sleeve = ramps[outfit.sleeve]
        pose = "forward" if who.weapon != "none" else "swing" if who.stance in ("stand", "step") else "back"
        body = _over(body, paint(ARMS[pose], sleeve, h=glove[3], g=glove[2], **place), sleeve[0])
    return body


def _head(who: Character, facing: Facing, ramps: dict[str, Ramp]) -> Layer:
    """Face, beard, hair and headgear."""
    gear, skin = HEADGEAR[who.headgear], ramps["skin"]
    place = {"dx": LEFT, "dy": HEAD_ROW}
    face = paint(_view(FACE, facing), skin, j=BONE[4] if who.bright_eyes else INK, **place)
    beard = paint(_view(BEARDS[who.beard], facing), who.hair_colour, **place)
    hair = paint(_view(HAIR_STYLES[who.hair], facing), who.hair_colour, p=ramps["accent"][2], **place)
    horn = BONE if who.headgear == "horned helm" else ramps["accent"]
    hat = paint(_view(gear.views, facing), ramps[gear.main], ramps["accent"], horn, **place)
    head = _below(stack(face, _below(hair, gear.cut)), 4 if gear.cut >= 4 else 0)
    return stack(head, beard, hat)
