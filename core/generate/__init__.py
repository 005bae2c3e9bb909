"""Make sprites: a validated GenerateConfig in, a stream of SampleSteps out. The one entry point for page and shell.

from core import load, generate, GenerateConfig, last
sprites = last(generate(load(), GenerateConfig(weights={"hero": 1}, count=16))).x_prev
"""

from .advice import MAX_START_ALPHA_BAR, TOO_LARGE, out_of_range, too_large
from .config import (
    MAX_COUNT,
    MAX_GUIDANCE,
    MAX_SEED,
    MAX_WEIGHT,
    USUAL_COUNT,
    GenerateConfig,
    NetworkName,
    SamplerName,
    Weights,
)
from .run import SPRITE_SHAPE, SeededNoise, evaluations, generate, last

__all__ = [
    "MAX_COUNT",
    "MAX_GUIDANCE",
    "MAX_SEED",
    "MAX_START_ALPHA_BAR",
    "MAX_WEIGHT",
    "SPRITE_SHAPE",
    "TOO_LARGE",
    "USUAL_COUNT",
    "GenerateConfig",
    "NetworkName",
    "SamplerName",
    "SeededNoise",
    "Weights",
    "evaluations",
    "generate",
    "last",
    "out_of_range",
    "too_large",
]
