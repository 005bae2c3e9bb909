"""The lessons, in the order in which they are taught. Each is a folder: in lesson.py handlers and build(), beside
it what the browser gets.

build() returns the Gradio controls that a permanent link sets, under their names in the address; a control that the
lesson's own component draws is set there.
"""

from importlib import import_module

TITLES = {
    "noising": "Noising",
    "denoising": "Denoising",
    "training": "Training",
    "race": "DDPM vs DDIM",
    "mixing": "Mixing",
}
TABS = {name: (title, import_module(f"{__name__}.{name}.lesson").build) for name, title in TITLES.items()}
