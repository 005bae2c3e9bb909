"""Diffusion on small pictures, to be read in an hour: schedule, prediction, samplers, guidance, networks, generate."""

from .checkpoint import Model, load
from .generate import GenerateConfig, generate, last
from .models import Models
from .schedule import NoiseSchedule

__all__ = ["GenerateConfig", "Model", "Models", "NoiseSchedule", "generate", "last", "load"]
