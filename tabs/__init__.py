"""The lessons, in the order in which they are taught. Each tab is a file: plain functions first, build() last.

build() returns the Gradio controls that a permanent link sets, under their names in the address; a control that the
lesson's own component draws is set there.
"""

from . import denoising, mixing, noising, race

TABS = {
    "noising": ("Noising", noising.build),
    "denoising": ("Denoising", denoising.build),
    "race": ("DDPM vs DDIM", race.build),
    "mixing": ("Mixing", mixing.build),
}
