"""From noise to a sprite: one loop, and a short rule for each algorithm.

loop: sample(), and what a rule is.  ancestral: ddpm, ddim.  sigma: euler, heun, plms.
dpm: dpmpp_2m, dpmpp_2m_sde, unipc.  inversion: invert, from a sprite to noise.
"""

from .ancestral import VARIANCES, Variance, ddim, ddpm
from .dpm import dpmpp_2m, dpmpp_2m_sde, unipc
from .inversion import invert
from .loop import Denoise, Noise, Rule, SampleStep, Update, sample
from .sigma import euler, heun, plms

__all__ = [
    "VARIANCES",
    "Denoise",
    "Noise",
    "Rule",
    "SampleStep",
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
