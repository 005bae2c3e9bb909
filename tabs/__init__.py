"""The lessons, in the order in which they are taught. Each tab is a file: plain functions first, build() last."""

from . import denoising, mixing, noising, race

TABS = (
    ("Noising", noising.build),
    ("Denoising", denoising.build),
    ("DDPM vs DDIM", race.build),
    ("Mixing", mixing.build),
)
