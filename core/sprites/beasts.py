"""Beasts: animals from dragons to caterpillars.

The first material is the coat, the second the belly (or feet, snout, shell), the third wings and other trimmings.
Every beast looks to the left or to the viewer; half of them are mirrored at the end.
"""

from __future__ import annotations

import random
from collections.abc import Mapping
from dataclasses import dataclass, field

from .art import Art
from .canvas import SIZE, Arguments, Layer, Sprite, finish, mirror, outline, paint, stack
from .palette import BONE, COLOURS, GLASS, GOLD, INK, Colour, Ramp, ramp

ART = Art(__file__)
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
class Beast:
    """A kind of animal and the colours it may have. Its poses are drawn under `noun`, and named as in the captions."""

    noun: str
    coats: Ramps
    bellies: Ramps
    marks: Ramps
    trims: Ramps = field(default_factory=lambda: PALE)
    patterns: tuple[str, str] = ("", "")  # what the caption calls the first and the second markings
    eyes: tuple[str, ...] = ("dark", "yellow", "red")
    extras: Mapping[str, tuple[int, int]] = field(default_factory=dict)  # {pose: place of what it has every other time}
    legs: tuple[str, ...] = ()  # poses that have thin legs, without outline, in a grid of 16x16

    def __call__(self, rng: random.Random) -> Sprite:
        """Draw one of this kind in a random pose and random colours."""
        pose, grid = ART.pick(rng, self.noun)
        coat, fur = rng.choice(list(self.coats.items()))
        materials = (fur, *(rng.choice(list(ramps.values())) for ramps in (self.bellies, self.trims)))
        mark = rng.choice([colours for name, colours in self.marks.items() if name != coat])
        marked = [rng.random() < 0.5 and not set(letters).isdisjoint(grid) for letters in ("fghij", "FGHIJ")]
        shades = (shade for on in marked for shade in (mark if on else fur))
        letters: Arguments = dict(zip("fghijFGHIJ", shades, strict=True))
        letters["y"] = EYES[rng.choice([eye for eye in self.eyes if (coat, eye) != ("black", "dark")])]

        def layer(drawing: str, x: int, y: int) -> Layer:
            return paint(ART.grid(drawing, pose), *materials, dx=x, dy=y, **letters)

        rows = grid.split()
        x, y = (SIZE - len(rows[0])) // 2, (SIZE - len(rows)) // 2
        body = layer(self.noun, x, y)
        if pose in self.extras and rng.random() < 0.5:
            dx, dy = self.extras[pose]
            body = stack(body, layer(f"{self.noun} extra", x + dx, y + dy))
        body = outline(body)
        if pose in self.legs:
            body = stack(layer(f"{self.noun} legs", 0, 0), body)
        if rng.random() < 0.5:
            body = mirror(body)
        pattern = next((name for name, on in zip(self.patterns, marked, strict=True) if on), "")
        return finish(body, " ".join(f"{pattern} {coat} {self.noun} {pose}".split()))


BEASTS = (
    Beast(
        "dragon",
        coats=_only("red orange gold lime green teal sky blue violet pink black white grey"),
        bellies={"cream": CREAM, "gold": GOLD, "tan": TAN},
        trims=_only("red orange gold teal blue violet black"),
        marks=_only("red gold teal violet black"),
        eyes=("yellow", "red", "green"),
        extras={"with spread wings": (12, 8), "in flight": (12, 5)},
    ),
    Beast(
        "wolf",
        coats=_only("brown grey black white ginger chestnut", FUR),
        bellies=PALE,
        trims={"red": COLOURS["red"]},
        marks=FUR,
        patterns=("", "patched"),
        extras={"on the prowl": (11, 1)},
    ),
    Beast(
        "cat",
        coats=_only("brown grey black white ginger sandy", FUR),
        bellies=PALE,
        trims={"pink": BLUSH},
        marks=FUR,
        patterns=("striped", "tabby"),
        eyes=("green", "yellow", "blue"),
        extras={"with its tail up": (10, 0)},
    ),
    Beast(
        "bear",
        coats=_only("brown black white grey chestnut sandy", FUR),
        bellies=PALE,
        marks=FUR,
        patterns=("two-toned", ""),
    ),
    Beast(
        "boar",
        coats={**_only("brown grey black chestnut", FUR), **HIDE},
        bellies={"pink": BLUSH, "rosy": HIDE["rosy"], "tan": TAN},
        marks={**_only("black brown ginger", FUR), **HIDE},
        patterns=("bristly", "spotted"),
    ),
    Beast(
        "rat",
        coats=_only("brown grey black white sandy", FUR),
        bellies={"pink": BLUSH, "rosy": HIDE["rosy"]},
        marks=FUR,
        patterns=("", "patched"),
    ),
    Beast(
        "rabbit",
        coats=_only("brown grey black white ginger sandy", FUR),
        bellies={"pink": BLUSH, "rosy": HIDE["rosy"]},
        trims={"white": FUR["white"], "cream": CREAM},
        marks=FUR,
        patterns=("", "patched"),
        extras={"sitting": (8, 0)},
    ),
    Beast(
        "spider",
        coats=_only("black grey brown red violet green blue"),
        bellies=PALE,
        marks=_only("red gold lime pink white orange"),
        patterns=("", "marked"),
        eyes=("red", "yellow", "green"),
        legs=("glaring", "seen from above"),
    ),
    Beast(
        "scorpion",
        coats=_only("black brown red orange gold green violet"),
        bellies={"red": COLOURS["red"], "gold": GOLD, "cream": CREAM},
        marks=_only("black gold red orange"),
        patterns=("", "banded"),
        eyes=("yellow", "red", "green", "dark"),
        legs=("ready to sting",),
    ),
    Beast(
        "beetle",
        coats=_only("red orange gold lime green teal blue violet brown"),
        bellies=_only("black grey brown"),
        marks=_only("black gold white red"),
        patterns=("", "spotted"),
        eyes=("yellow", "red"),
        legs=("seen from above",),
    ),
    Beast(
        "bee",
        coats=_only("gold orange lime sky"),
        bellies=_only("black brown grey blue"),
        trims={"clear": GLASS, "white": COLOURS["white"], "sky": COLOURS["sky"]},
        marks=PALE,
    ),
    Beast(
        "crab",
        coats=_only("red orange gold teal blue violet pink brown"),
        bellies=PALE,
        marks=_only("white gold red brown"),
        patterns=("", "spotted"),
    ),
    Beast(
        "snake",
        coats=_only("green lime teal red orange gold violet blue brown black"),
        bellies={"cream": CREAM, "gold": GOLD, "tan": TAN},
        trims={"red": COLOURS["red"]},
        marks=_only("black gold red white brown"),
        patterns=("", "banded"),
        eyes=("yellow", "red", "green"),
        extras={"coiled up": (0, 4), "with a spread hood": (6, 4)},
    ),
    Beast(
        "frog",
        coats=_only("green lime teal sky blue red orange gold brown"),
        bellies={"cream": CREAM, "gold": GOLD, "tan": TAN, "white": COLOURS["white"]},
        trims={"red": COLOURS["red"], "pink": COLOURS["pink"]},
        marks=_only("black gold green blue red brown"),
        patterns=("", "spotted"),
        eyes=("yellow", "red", "green"),
        extras={"sitting": (6, 6)},
    ),
    Beast(
        "turtle",
        coats=_only("green teal brown red orange gold blue violet grey"),
        bellies={
            "lime": COLOURS["lime"],
            "green": COLOURS["green"],
            "tan": TAN,
            "teal": COLOURS["teal"],
            "sandy": CREAM,
        },
        marks=_only("gold green brown orange lime"),
        patterns=("", "patterned"),
        eyes=("dark", "red"),
    ),
    Beast(
        "fish",
        coats=_only("red orange gold lime green teal sky blue violet pink grey"),
        bellies={"cream": CREAM, "gold": GOLD, "white": COLOURS["white"], "red": COLOURS["red"]},
        trims=_only("red orange gold blue violet teal"),
        marks=_only("white black gold blue red"),
        patterns=("striped", "spotted"),
        eyes=("yellow", "red", "green"),
        extras={"swimming": (5, -1)},
    ),
    Beast(
        "bird",
        coats=_only("red orange gold lime sky blue violet pink brown grey black white"),
        bellies={"cream": CREAM, "white": COLOURS["white"], "gold": GOLD, "orange": BEAK},
        trims={"orange": BEAK, "grey": COLOURS["grey"]},
        marks=_only("black white gold blue red brown"),
        patterns=("", "bright-winged"),
        eyes=("dark", "yellow", "red"),
        extras={"standing": (9, 1)},
    ),
    Beast(
        "owl",
        coats=_only("brown grey black white ginger chestnut", FUR),
        bellies=PALE,
        trims={"orange": BEAK, "gold": GOLD},
        marks=FUR,
        patterns=("", "speckled"),
        eyes=("yellow", "red", "green"),
    ),
    Beast(
        "snail",
        coats=_only("red orange gold lime green teal sky blue violet pink brown"),
        bellies={"tan": TAN, "cream": CREAM, "lime": COLOURS["lime"], "pink": BLUSH, "grey": COLOURS["grey"]},
        marks=_only("white gold red brown violet"),
        patterns=("", "banded"),
    ),
    Beast(
        "caterpillar",
        coats=_only("lime green teal gold orange red violet pink"),
        bellies={"cream": CREAM, "orange": BEAK, "gold": GOLD, "red": COLOURS["red"]},
        marks=_only("black gold red white blue"),
        patterns=("", "spotted"),
        extras={"arching its back": (1, 1), "crawling": (1, -1)},
    ),
)
KINDS: dict[str, Beast] = {beast.noun: beast for beast in BEASTS}
