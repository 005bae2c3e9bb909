"""From noise to a sprite: one loop, and a short rule for each algorithm.

loop: sample(), and what a rule is.  ancestral: ddpm, ddim.  sigma: euler, heun, plms.
dpm: dpmpp_2m, dpmpp_2m_sde, unipc.  inversion: invert, from a sprite to noise.
registry: a Sampler record each, from which all else is derived.  formula: the numbers of a step.
"""

from .ancestral import VARIANCES, Variance, ddim, ddpm
from .dpm import dpmpp_2m, dpmpp_2m_sde, unipc
from .formula import StepNumbers
from .inversion import invert
from .loop import Denoise, Edit, Noise, Rule, SampleStep, Update, sample
from .registry import SAMPLERS, Sampler
from .sigma import euler, heun, plms

__all__ = [
    "SAMPLERS",
    "VARIANCES",
    "Denoise",
    "Edit",
    "Noise",
    "Rule",
    "SampleStep",
    "Sampler",
    "StepNumbers",
    "Update",
    "Variance",
    "ddim",
    "ddpm",
    "dpmpp_2m",
    "dpmpp_2m_sde",
    "euler",
    "heun",
    "invert",
    "plms",
    "sample",
    "unipc",
]
