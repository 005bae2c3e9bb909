"""Food and drink: fruit, vegetables, bread, meat, sweets and cups, each put together from drawings and toppings."""

from __future__ import annotations

import random
from collections.abc import Callable

from ..canvas import Sprite
from .bread import baguette, bread, cheese, croissant
from .cakes import cake, cookie, cupcake, doughnut, pancakes, pie
from .fruit import apple, banana, cherry, citrus, grapes, lemon, pear, pineapple, strawberry, watermelon
from .meals import burger, drink, hot_dog, pizza, soup, sushi
from .meat import drumstick, egg, fish, fishbone, ham, steak
from .sweets import candy, ice_cream, lollipop
from .vegetables import aubergine, carrot, corn, pepper, pumpkin, tomato

KINDS: tuple[Callable[[random.Random], Sprite], ...] = (
    apple, pear, cherry, banana, grapes, citrus, lemon, watermelon, strawberry, pineapple,
    carrot, tomato, pepper, aubergine, corn, pumpkin,
    bread, baguette, croissant, cheese,
    drumstick, ham, steak, fish, fishbone, egg,
    pizza, burger, hot_dog, sushi, soup, pie, pancakes,
    cake, cupcake, doughnut, ice_cream, lollipop, candy, cookie, drink,
)  # fmt: skip


def draw(rng: random.Random) -> Sprite:
    """Draw any kind of food, each with the same chance."""
    return rng.choice(KINDS)(rng)
