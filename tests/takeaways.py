"""What people take away, read back: programs run as a person would run them, films frame by frame."""

import contextlib
import tempfile
from typing import Any

import numpy as np
from PIL import Image


def run_program(program: str) -> tuple[dict[str, Any], np.ndarray]:
    """The names that a program leaves behind, and the picture (H, W, 3) that it saves; in a folder of its own."""
    names: dict[str, Any] = {}
    with tempfile.TemporaryDirectory() as folder, contextlib.chdir(folder):
        exec(program, names)
        with Image.open("sprites.png") as picture:
            return names, np.asarray(picture.convert("RGB"))


def read_film(film: Image.Image) -> tuple[list[np.ndarray], list[int]]:
    """The pictures (H, W, 3) of a GIF, and for how many milliseconds each is shown."""
    pictures, durations = [], []
    for i in range(film.n_frames):
        film.seek(i)
        pictures.append(np.asarray(film.convert("RGB")))
        durations.append(film.info["duration"])
    return pictures, durations
