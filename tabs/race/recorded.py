"""The race that the lesson shows before anybody has pressed Race: run once, and kept in recorded.json beside this file.

python -m benchmarks.record_race writes it. It is for the network that it was run with, and no other.
"""

from __future__ import annotations

import hashlib
import json
from functools import lru_cache
from pathlib import Path
from typing import Any

from core.checkpoint import SHIPPED

FILE = Path(__file__).with_name("recorded.json")


def checkpoint() -> str:
    """Of the shipped network's file, a hash. Raises OSError if there is none."""
    return hashlib.sha256(SHIPPED.read_bytes()).hexdigest()[:16]


@lru_cache(maxsize=1)
def made_on() -> dict[str, Any] | None:
    """On which machine the race was recorded; None if there is none of the network that the app has."""
    try:
        recorded: dict[str, Any] = json.loads(FILE.read_text(encoding="utf-8"))["recorded"]
        return recorded if recorded["checkpoint"] == checkpoint() else None
    except (OSError, KeyError, ValueError):
        return None
