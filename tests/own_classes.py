"""Checkpoints with other classes than the shipped one's, and the app with them."""

from dataclasses import replace
from pathlib import Path

from tiny import TINY, randomised

from core.checkpoint import Model, save
from core.networks import UNet

NAMES = {
    1: ("тест",),
    2: ("cat", "Eule ü"),
    3: ("food", "tree", "Ei"),  # one of ours among them
    12: ("Ärger", "猫", "naïve", "dog", "owl", "cow", "a b", "x", "y", "z", "🎈", "last"),
}


def own_checkpoint(folder: Path, names: tuple[str, ...]) -> Path:
    path = folder / "sprites.safetensors"
    network = randomised(UNet(replace(TINY, num_classes=len(names))))
    save(path, Model(network, names, {"images_seen": 8, "data": "mine.npz"}))
    return path


def started(path: Path, code: str) -> str:
    """Python code that has this checkpoint in the place of the shipped one."""
    return f"import pathlib, core.checkpoint; core.checkpoint.SHIPPED = pathlib.Path({str(path)!r})\n{code}"
