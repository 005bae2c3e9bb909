"""Checks of values from outside: ValueError with one sentence that says what was wrong and what is allowed."""

from __future__ import annotations

import math
from collections.abc import Sequence
from reprlib import repr as brief
from typing import Any

# The default of a dataclass's field that __post_init__ fills in, if it is left out: the field has one type afterwards.
LEFT_OUT: Any = None


def check_whole(name: str, value: object, low: int, high: int) -> None:
    """Raise ValueError unless value is an int from low to high."""
    if isinstance(value, bool) or not isinstance(value, int) or not low <= value <= high:
        raise ValueError(f"{name} must be a whole number from {low} to {high}; got {brief(value)}")


def check_number(name: str, value: object, low: float, high: float) -> None:
    """Raise ValueError unless value is a number from low to high."""
    if isinstance(value, bool) or not isinstance(value, int | float) or not low <= value <= high:
        raise ValueError(f"{name} must be a number from {low:g} to {high:g}; got {brief(value)}")


def check_interval(name: str, value: object) -> None:
    """Raise ValueError unless value is two rising numbers from 0."""
    if not isinstance(value, list | tuple) or len(value) != 2:  # lists, when read from JSON
        raise ValueError(f"{name} must be two numbers, from low to high; got {brief(value)}")
    for end in value:
        check_number(name, end, 0, math.inf)
    if not value[0] < value[1]:
        raise ValueError(f"{name} must rise from its first number to its second; got {brief(value)}")


def check_flag(name: str, value: object) -> None:
    """Raise ValueError unless value is True or False."""
    if not isinstance(value, bool):
        raise ValueError(f"{name} must be True or False; got {brief(value)}")


def check_choice(name: str, value: object, allowed: Sequence[str]) -> None:
    """Raise ValueError unless value is one of the allowed names."""
    if not isinstance(value, str) or value not in allowed:
        raise ValueError(f"unknown {name} {brief(value)}; allowed: {', '.join(allowed)}")
