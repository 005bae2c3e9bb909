"""What the page needs to run the networks itself: their plans, their weights, what is to be known of them."""

from __future__ import annotations

import hashlib

from core import GenerateConfig
from core.checkpoint import read_header
from core.generate import MAX_START_ALPHA_BAR, SPRITE_SHAPE
from core.networks import LOG_SNR_RANGE
from core.runtime.plan import plan_beside
from serving.runs import header, models, networks

from .page import ASSETS, STATIC

FIRST, ABOUT = "sprites", "tabs/networks.json"


def files() -> dict[str, object]:
    """By the paths under which assets/engine.js asks for them; none if the first network cannot run in the page."""
    found: dict[str, object] = {}
    about = {}
    for record in networks():  # the first comes first
        path = models().path(record.name)
        own = header() if record.name == FIRST else read_header(path)
        if not plan_beside(path).is_file() or tuple(own.config.shape) != SPRITE_SHAPE:
            if record.name == FIRST:
                return {}
            continue
        weights = path.read_bytes()
        found[f"tabs/networks/{record.name}.plan.json"] = plan_beside(path).read_text(encoding="utf-8")
        found[f"tabs/networks/{record.name}.safetensors"] = weights
        about[record.name] = {
            "bytes": len(weights),
            "hash": hashlib.sha256(weights).hexdigest()[:16],  # the browser keeps them under it
            "classes": own.class_names,
            "shape": own.config.shape,
            "predictionType": own.config.prediction_type,
            "spacing": record.spacing,
        }
    limits = {"alphaBar": MAX_START_ALPHA_BAR, "logSnr": LOG_SNR_RANGE[1]}
    found[ABOUT] = {"defaults": GenerateConfig().to_json(), "networks": about, "limits": limits}
    return found


def choice() -> str:
    """Where one chooses who runs the network; nothing if the page cannot."""
    if ABOUT not in STATIC.paths:
        return ""
    size = models().path(FIRST).stat().st_size / 1e6
    return (ASSETS / "engine.html").read_text(encoding="utf-8").replace("MEGABYTES", f"{size:.1f}")
