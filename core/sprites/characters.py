"""Chibi adventurers, seen from the front or walking to the right: one set of traits, two views.

Every part is drawn twice, from the front and from the side. All parts are 12 pixels wide and start at column 2; what
belongs to the head starts at row 1, what belongs to the body at row 8. So a part can be redrawn without looking at the
others.
"""

from __future__ import annotations

import random
from typing import Literal, NamedTuple

from .art import Art
from .canvas import Arguments, Layer, Sprite, finish, outline, paint, shift, stack
from .palette import BONE, COLOURS, GOLD, INK, SKIN, STEEL, WOOD, Colour, Ramp
from .roles import DARK_SKINS, Character, character

ART = Art(__file__)
Facing = Literal["front", "side"]

HEAD_ROW, BODY_ROW, LEFT = 1, 8, 2


class Headgear(NamedTuple):
    """Something worn on the head: hair above row `cut` is hidden by it."""

    cut: int
    main: str  # the trait that colours the first material


HEADGEAR = {
    "none": Headgear(0, "cloth"),
    "wizard hat": Headgear(4, "cloth"),
    "ranger hat": Headgear(4, "leather"),
    "great helm": Headgear(99, "metal"),
    "plumed helm": Headgear(99, "metal"),
    "open helm": Headgear(7, "metal"),
    "horned helm": Headgear(5, "metal"),
    "hood": Headgear(99, "cloth"),
    "mask": Headgear(99, "cloth"),
    "crown": Headgear(3, "gold"),
    "tiara": Headgear(0, "gold"),
    "bandana": Headgear(5, "cloth"),
    "headband": Headgear(0, "accent"),
    "feathered cap": Headgear(4, "cloth"),
    "bicorn": Headgear(5, "dark"),
    "turban": Headgear(5, "accent"),
    "coif": Headgear(99, "metal"),
}


class Outfit(NamedTuple):
    """Clothes for the body: the traits that colour the arm of the side view and the third material."""

    sleeve: str
    trim: str
    legs: bool = True
    hand: str = "skin"


OUTFITS = {
    "tunic": Outfit("cloth", "leather"),
    "vest": Outfit("accent", "leather"),
    "plate": Outfit("metal", "metal", hand="metal"),
    "tabard": Outfit("metal", "metal", hand="metal"),
    "leather armour": Outfit("accent", "leather"),
    "robe": Outfit("cloth", "leather", legs=False),
    "dress": Outfit("skin", "gold", legs=False),
    "gown": Outfit("cloth", "gold", legs=False),
    "coat": Outfit("cloth", "gold"),
    "bare": Outfit("skin", "leather"),
    "gi": Outfit("cloth", "leather"),
    "habit": Outfit("cloth", "leather", legs=False),
}


class Held(NamedTuple):
    """Something in the hand, from row `top`; a weapon's hilt or shaft is in column 12, the hand in row `grip`."""

    top: int
    word: str
    grip: int = 11
    lined: bool = True


WEAPONS = {
    "sword": Held(2, "sword"),
    "broadsword": Held(1, "broadsword"),
    "scimitar": Held(2, "scimitar"),
    "dagger": Held(6, "dagger"),
    "axe": Held(2, "axe"),
    "mace": Held(2, "mace"),
    "hammer": Held(3, "hammer"),
    "spear": Held(1, "spear"),
    "staff": Held(1, "staff"),
    "crook": Held(1, "crooked staff"),
    "wand": Held(6, "wand"),
    "bow": Held(4, "bow", grip=9, lined=False),
}
SHIELDS = {
    "round": Held(8, "round shield"),
    "kite": Held(8, "shield"),
    "buckler": Held(9, "buckler"),
}


def _skin(name: str) -> Ramp:
    tone = SKIN[name]
    return (*tone[1:], tone[4]) if name in DARK_SKINS else tone


def _part(drawing: str, facing: Facing) -> str:
    """The front or the side view of a part."""
    return ART.grid(drawing, int(facing == "side"))


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
        grid, left = _part(f"shield {who.shield}", facing), 1 if facing == "front" else 5
        figure = stack(figure, outline(paint(grid, ramps["accent"], who.metal, dx=left, dy=shield.top)))
    return figure


def _weapon(who: Character, facing: Facing, ramps: dict[str, Ramp], figure: Layer) -> Layer:
    held = WEAPONS[who.weapon]
    gem = who.gem if who.weapon in ("staff", "wand") else GOLD
    metal = STEEL if who.metal is GOLD else who.metal
    layer = paint(ART.grid("weapon", who.weapon), metal, WOOD, gem, y=STEEL[2], dx=11, dy=held.top)
    glove = ramps[OUTFITS[who.outfit].hand]
    grip = paint("32", glove, dx=11, dy=held.grip)
    return stack(figure, outline(layer) if held.lined else layer, grip)


def _body(who: Character, facing: Facing, ramps: dict[str, Ramp]) -> Layer:
    """Cape, legs, clothes and, from the side, the arm."""
    outfit, skin = OUTFITS[who.outfit], ramps["skin"]
    place: Arguments = {"dx": LEFT, "dy": BODY_ROW}
    cloth = ramps["cloth"]
    body = paint("." * 12)
    if who.cape:
        body = paint(_part("cape", facing), COLOURS[who.cape], **place)
    if outfit.legs:
        steel = who.outfit in ("plate", "tabard")
        materials = (who.metal, who.metal) if steel else (who.trousers, who.leather)
        body = stack(body, paint(_part(f"legs {who.stance}", facing), *materials, dx=LEFT, dy=12))
    tones: Arguments = {"h": skin[2], "g": skin[1], "H": skin[3], "f": skin[0]}
    clothes = paint(_part(f"outfit {who.outfit}", facing), cloth, ramps["accent"], ramps[outfit.trim], **place, **tones)
    body = stack(body, clothes)
    if facing == "side":
        glove = ramps[outfit.hand]
        sleeve = ramps[outfit.sleeve]
        pose = "forward" if who.weapon != "none" else "swing" if who.stance in ("stand", "step") else "back"
        body = _over(body, paint(ART.grid("arm", pose), sleeve, h=glove[3], g=glove[2], **place), sleeve[0])
    return body


def _head(who: Character, facing: Facing, ramps: dict[str, Ramp]) -> Layer:
    """Face, beard, hair and headgear."""
    gear, skin = HEADGEAR[who.headgear], ramps["skin"]
    place: Arguments = {"dx": LEFT, "dy": HEAD_ROW}
    face = paint(_part("face", facing), skin, j=BONE[4] if who.bright_eyes else INK, **place)
    beard = paint(_part(f"beard {who.beard}", facing), who.hair_colour, **place)
    hair = paint(_part(f"hair {who.hair}", facing), who.hair_colour, p=ramps["accent"][2], **place)
    horn = BONE if who.headgear == "horned helm" else ramps["accent"]
    hat = paint(_part(f"hat {who.headgear}", facing), ramps[gear.main], ramps["accent"], horn, **place)
    head = _below(stack(face, _below(hair, gear.cut)), 4 if gear.cut >= 4 else 0)
    return stack(head, beard, hat)
