"""Diffusion on 16x16 sprites, small enough to read in an hour.

Read schedule, prediction, samplers, guidance, unet, generate in this order.
"""

from .checkpoint import Model, load
from .generate import GenerateConfig, generate, last
from .schedule import NoiseSchedule

__all__ = ["GenerateConfig", "Model", "NoiseSchedule", "generate", "last", "load"]
