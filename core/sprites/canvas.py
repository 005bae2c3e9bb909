"""Sprites from character grids: a letter is a palette slot, a layer is a grid in chosen materials.

What the letters mean is told in art.py. Those that a file has of its own are fixed colours handed to `paint` by name
(`paint(grid, skin, y=GOLD[3])`).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from .art import SIZE, SLOTS
from .palette import INK, WHITE, Colour, Ramp

Layer = np.ndarray  # (16, 16, 4) uint8; alpha is 0 (empty), 255 (painted) or 1 (erases what lies below)
Arguments = dict[str, Any]  # of `paint`, by name: a place, colours of letters


@dataclass(frozen=True)
class Sprite:
    """A finished sprite: `pixels` (16, 16, 3) uint8 RGB on white, and the `caption` that describes it."""

    pixels: np.ndarray
    caption: str


def paint(grid: str, *materials: Ramp, dx: int = 0, dy: int = 0, mirror: bool = False, **fixed: Colour) -> Layer:
    """Paint a character grid into a layer.

    grid: rows of letters, divided by white space.
    dx, dy: place of the grid's upper left corner; what falls outside 16x16 is cut off.
    mirror: flip the grid left to right (inside its own width) before it is placed.
    Raises ValueError for a letter that has no colour.
    """
    colours: dict[str, Colour] = {"k": INK, "w": WHITE, **fixed}
    for letters, material in zip(SLOTS, materials, strict=False):
        colours.update(zip(letters, material, strict=True))
    layer = np.zeros((SIZE, SIZE, 4), np.uint8)
    rows = grid.split()
    width = max(map(len, rows))
    for y, row in enumerate(rows, start=dy):
        for x, letter in enumerate(row.ljust(width, ".")[:: -1 if mirror else 1], start=dx):
            if letter == "." or not (0 <= x < SIZE and 0 <= y < SIZE):
                continue
            if letter == "x":
                layer[y, x] = (0, 0, 0, 1)
            elif letter in colours:
                layer[y, x] = (*colours[letter], 255)
            else:
                raise ValueError(f"letter {letter!r} in row {row!r} has no colour; the slots are {sorted(colours)}")
    return layer


def stack(*layers: Layer) -> Layer:
    """Lay layers on top of each other, the first at the bottom."""
    out = np.zeros((SIZE, SIZE, 4), np.uint8)
    for layer in layers:
        painted, erased = layer[..., 3] == 255, layer[..., 3] == 1
        out[painted] = layer[painted]
        out[erased] = 0
    return out


def shift(layer: Layer, dx: int = 0, dy: int = 0) -> Layer:
    """Move a layer; what leaves the 16x16 square is lost."""
    out = np.zeros_like(layer)
    src_y, dst_y = slice(max(0, -dy), SIZE - max(0, dy)), slice(max(0, dy), SIZE - max(0, -dy))
    src_x, dst_x = slice(max(0, -dx), SIZE - max(0, dx)), slice(max(0, dx), SIZE - max(0, -dx))
    out[dst_y, dst_x] = layer[src_y, src_x]
    return out


def mirror(layer: Layer) -> Layer:
    """Flip a layer left to right."""
    return layer[:, ::-1].copy()


def outline(layer: Layer, colour: Colour = INK) -> Layer:
    """Put a one-pixel line around everything painted (4-neighbours), as far as it fits into the square."""
    solid = layer[..., 3] == 255
    near = np.zeros_like(solid)
    near[1:] |= solid[:-1]
    near[:-1] |= solid[1:]
    near[:, 1:] |= solid[:, :-1]
    near[:, :-1] |= solid[:, 1:]
    out = layer.copy()
    out[near & ~solid] = (*colour, 255)
    return out


def finish(layer: Layer, caption: str) -> Sprite:
    """Lay a layer on white and name it."""
    pixels = np.where(layer[..., 3:] == 255, layer[..., :3], np.uint8(255))
    return Sprite(pixels, caption)
