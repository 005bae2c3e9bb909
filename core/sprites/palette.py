"""Colour ramps: five shades of one material, from shadow to highlight, with the hue shifted.

A flat colour made darker looks dull. Pixel artists turn the hue as well: shadows lean towards violet,
lights towards yellow. We do that in OKLCH (Ottosson 2020), where equal steps look equally large.
"""

from __future__ import annotations

import math
from typing import cast

Colour = tuple[int, int, int]  # sRGB, 0..255
Ramp = tuple[Colour, Colour, Colour, Colour, Colour]  # shadow, dark, base, light, highlight

INK: Colour = (27, 20, 38)  # outlines and pupils
WHITE: Colour = (255, 255, 255)  # the background, and sparkles

_VIOLET, _YELLOW = 295.0, 95.0  # hues in degrees that shadows and lights lean towards


def oklch(lightness: float, chroma: float, hue: float) -> Colour:
    """OKLCH (lightness 0..1, chroma 0..~0.3, hue in degrees) to sRGB, reduced in chroma until it fits."""
    a, b = math.cos(math.radians(hue)), math.sin(math.radians(hue))
    while True:
        l_, m_, s_ = (
            (lightness + chroma * (ka * a + kb * b)) ** 3
            for ka, kb in ((0.3963377774, 0.2158037573), (-0.1055613458, -0.0638541728), (-0.0894841775, -1.2914855480))
        )
        linear = (
            4.0767416621 * l_ - 3.3077115913 * m_ + 0.2309699292 * s_,
            -1.2684380046 * l_ + 2.6097574011 * m_ - 0.3413193965 * s_,
            -0.0041960863 * l_ - 0.7034186147 * m_ + 1.7076147010 * s_,
        )
        if chroma < 1e-3 or all(-1e-3 <= c <= 1.001 for c in linear):
            break
        chroma *= 0.95
    clipped = (min(max(c, 0.0), 1.0) for c in linear)
    r, g, b = (round(255 * (12.92 * c if c <= 0.0031308 else 1.055 * c ** (1 / 2.4) - 0.055)) for c in clipped)
    return r, g, b


def _lean(hue: float, towards: float, degrees: float) -> float:
    gap = (towards - hue + 180) % 360 - 180
    return hue + math.copysign(min(abs(gap), degrees), gap)


def ramp(hue: float, chroma: float, lightness: float = 0.62, contrast: float = 1.0) -> Ramp:
    """Five shades around a base colour given in OKLCH; `contrast` scales the steps between them."""
    dark = [(0.29, 0.75, 26), (0.15, 0.95, 14)]
    light = [(0.13, 1.0, 12), (0.25, 0.70, 24)]
    shades = [
        oklch(max(0.12, lightness - contrast * dl), chroma * dc, _lean(hue, _VIOLET, turn)) for dl, dc, turn in dark
    ]
    shades.append(oklch(lightness, chroma, hue))
    shades += [
        oklch(min(0.97, lightness + contrast * dl), chroma * dc, _lean(hue, _YELLOW, turn)) for dl, dc, turn in light
    ]
    return cast(Ramp, tuple(shades))


# Cloth, magic, berries: anything that may have any colour. The names are the words of the captions.
COLOURS: dict[str, Ramp] = {
    "red": ramp(25, 0.20, 0.57),
    "orange": ramp(52, 0.17, 0.68),
    "gold": ramp(82, 0.15, 0.76),
    "lime": ramp(125, 0.19, 0.74),
    "green": ramp(148, 0.16, 0.58),
    "teal": ramp(185, 0.11, 0.62),
    "sky": ramp(232, 0.12, 0.70),
    "blue": ramp(262, 0.18, 0.54),
    "violet": ramp(300, 0.19, 0.54),
    "pink": ramp(352, 0.18, 0.68),
    "brown": ramp(58, 0.075, 0.48),
    "grey": ramp(265, 0.015, 0.62),
    "white": ramp(255, 0.012, 0.86, 0.75),
    "black": ramp(290, 0.025, 0.34, 0.7),
}

# Stuff that has its own colour.
SKIN: dict[str, Ramp] = {
    "pale": ramp(60, 0.05, 0.84, 0.8),
    "tan": ramp(57, 0.085, 0.74, 0.85),
    "olive": ramp(70, 0.08, 0.66, 0.85),
    "brown": ramp(52, 0.08, 0.54, 0.8),
    "dark": ramp(48, 0.06, 0.42, 0.75),
}
HAIR: dict[str, Ramp] = {
    "black": ramp(285, 0.03, 0.33, 0.7),
    "brown": ramp(55, 0.07, 0.42, 0.9),
    "chestnut": ramp(42, 0.10, 0.48, 0.9),
    "ginger": ramp(48, 0.16, 0.62),
    "blond": ramp(88, 0.13, 0.80, 0.9),
    "grey": ramp(260, 0.012, 0.68, 0.9),
    "white": ramp(250, 0.01, 0.88, 0.7),
}
WOOD: Ramp = ramp(58, 0.085, 0.50, 0.95)
LEATHER: Ramp = ramp(50, 0.085, 0.44, 0.9)
STEEL: Ramp = ramp(250, 0.02, 0.70, 1.0)
IRON: Ramp = ramp(270, 0.02, 0.50, 0.95)
GOLD: Ramp = ramp(85, 0.155, 0.78, 1.05)
BONE: Ramp = ramp(90, 0.03, 0.84, 0.85)
STONE: Ramp = ramp(75, 0.012, 0.56, 0.95)
LEAF: Ramp = ramp(138, 0.15, 0.58, 1.0)
GLASS: Ramp = ramp(230, 0.03, 0.82, 0.8)
