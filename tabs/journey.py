"""A run as the overview on top of the page shows it."""

from __future__ import annotations

from collections.abc import Sequence

import torch
from torch import Tensor

from core.explain import spread
from core.render import to_uint8
from core.samplers import SampleStep

from .page import encode

STEPS = 8  # of the overview


def journey(steps: Sequence[SampleStep], x0: Tensor, told: str) -> dict[str, object]:
    """The first sprite of a run for assets/overview.js: STEPS of its steps at most, pictures as RGB bytes, encoded.

    x0 (B, C, H, W): what the run came to.  told: what the network was told, for people.

    states: x_t where each step begins, and the sprite.  eps (+-3 is black and white), x0: what was predicted there.
    next: where each step led.
    """
    some = [steps[k] for k in spread(len(steps), STEPS)]
    states = torch.stack([step.x_t[0] for step in some] + [x0[0]])
    return {
        "shape": states.shape[1:],
        "told": told,
        "t": [step.t for step in some] + [0],
        "states": encode(to_uint8(states)),
        "eps": encode(to_uint8(torch.stack([step.prediction.eps[0] for step in some]) / 3)),
        "x0": encode(to_uint8(torch.stack([step.prediction.x0[0] for step in some]))),
        "next": encode(to_uint8(torch.stack([step.x_prev[0] for step in some]))),
    }
