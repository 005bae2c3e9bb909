"""Drawings in text files: beside a module that composes sprites lies the text file of the same name with their parts.

    # What follows a hash is a note, and empty lines do no harm.
    y = eyes

    [owl] awake, asleep
    .3....2.  ........
    .344332.  .344332.
    34y33y32  34433332
    .333322.  .333322.

A name in brackets begins a drawing. Below stands one grid, or several side by side; if the code asks for them by name,
their names follow the brackets. A letter is a pixel, and means the same in all files:

    .            nothing: what lies below shows
    0 1 2 3 4    first material,  shadow .. highlight
    a b c d e    second material, shadow .. highlight
    p q r s t    third material,  shadow .. highlight
    k            ink: eyes, mouths, inner lines
    w            pure white: sparkles, whites of eyes
    x            erase: the pixel is empty again, whatever lies below

Which materials these are is up to the code (see `canvas.paint`). A file may have other letters, for which the code has
colours of its own; it tells at its top what they are, as for y above. The rows of a grid are equally long. Rows of dots
at its lower end are dropped: they only fill it up to the height of its neighbours.
"""

from __future__ import annotations

import random
import re
from functools import cached_property
from pathlib import Path
from typing import NoReturn

SIZE = 16
SLOTS = ("01234", "abcde", "pqrst")  # the letters of the materials
LETTERS = frozenset(".kwx".join(SLOTS))


class Art:
    """The drawings that lie beside a module, given its `__file__`. They are read when the first one is asked for.

    A grid is its rows, joined by newlines. Every method raises ValueError for a name that the file lacks; and for a
    file that is not as this module describes, with the line.
    """

    def __init__(self, module: str) -> None:
        self.path = Path(module).with_suffix(".txt")

    @cached_property
    def drawings(self) -> dict[str, dict[str, str]]:
        """{name of a drawing: its grids, as `named` gives them}."""
        return _read(self.path)

    def named(self, drawing: str) -> dict[str, str]:
        """The grids of a drawing from left to right, by their names; if they have none, "0", "1" and so on."""
        if drawing not in self.drawings:
            raise ValueError(f"{_short(self.path)} has no drawing [{drawing}]")
        return self.drawings[drawing]

    def pick(self, rng: random.Random, drawing: str) -> tuple[str, str]:
        """Any grid of a drawing, after its name."""
        return rng.choice(list(self.named(drawing).items()))

    def grids(self, drawing: str) -> tuple[str, ...]:
        """The grids of a drawing from left to right."""
        return tuple(self.named(drawing).values())

    def grid(self, drawing: str, name: str | int = 0) -> str:
        """One grid of a drawing, by its name; if it has none, by its place, from 0."""
        grids = self.named(drawing)
        if str(name) not in grids:
            raise ValueError(f"{_short(self.path)} has no {name} in [{drawing}], but {', '.join(grids)}")
        return grids[str(name)]


def _short(path: Path) -> str:
    return "/".join(path.parts[-2:])


def _read(path: Path) -> dict[str, dict[str, str]]:
    drawings: dict[str, dict[str, list[str]]] = {}
    letters, begun = set(LETTERS), dict[str, int]()  # the latter: the line in which each drawing begins

    def refuse(line: int, why: str) -> NoReturn:
        raise ValueError(f"{_short(path)}, line {line}: {why}")

    for i, line in enumerate(path.read_text(encoding="utf-8-sig", errors="replace").splitlines(), start=1):
        line = line.partition("#")[0].strip()
        if own := re.fullmatch(r"((?:\S )+)= .+", line):
            if known := letters.intersection(own[1].split()):
                refuse(i, f"the letter {min(known)!r} has a meaning already")
            letters.update(own[1].split())
        elif heading := re.fullmatch(r"\[(.+?)\](.*)", line):
            name, names = heading[1], [n for word in heading[2].split(",") if (n := word.strip())]
            if name in begun:
                refuse(i, f"there is a drawing [{name}] already, in line {begun[name]}")
            if len(set(names)) < len(names):
                refuse(i, f"[{name}] has two grids of one name")
            drawings[name], begun[name] = {n: [] for n in names}, i
        elif pieces := line.split():
            if not drawings:
                refuse(i, f"{line!r} stands before the first name in brackets")
            grids = drawings[name]
            if not grids:
                grids.update({str(n): [] for n in range(len(pieces))})
            if len(pieces) != len(grids):
                refuse(i, f"a row of {len(pieces)} where [{name}] has {len(grids)} side by side")
            for piece, rows in zip(pieces, grids.values(), strict=True):
                if strange := set(piece) - letters:
                    refuse(i, f"{min(strange)!r} in {piece!r} is none of the letters {' '.join(sorted(letters))}")
                if len(piece) != (width := len(rows[0]) if rows else min(len(piece), SIZE)):
                    refuse(i, f"{piece!r} has {len(piece)} letters and should have {width}")
                if len(rows) == SIZE:
                    refuse(i, f"[{name}] has more than {SIZE} rows")
                rows.append(piece)
    for name, grids in drawings.items():
        if not any(grids.values()):
            refuse(begun[name], f"[{name}] has no rows")
    return {
        name: {key: re.sub(r"(\n\.+)+$", "", "\n".join(rows)) for key, rows in grids.items()}
        for name, grids in drawings.items()
    }
