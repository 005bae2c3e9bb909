"""Who the adventurers are: roles with what they may wear and carry, and the traits of one of them."""

from __future__ import annotations

import random
from dataclasses import dataclass
from typing import NamedTuple

from .palette import BONE, COLOURS, GOLD, HAIR, IRON, LEATHER, STEEL, WOOD, Ramp

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
STANCES = ("stand", "wide", "step", "stride")


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
        stance=rng.choice(STANCES),
    )
