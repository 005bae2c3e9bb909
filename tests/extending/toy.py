"""A toy network of another shape, 8x8 pixels of one channel in two classes, trained for a moment."""

from dataclasses import replace
from pathlib import Path

import numpy as np
from tiny import TINY

from core.checkpoint import save
from core.data import SpriteData
from core.train import TrainConfig, Trainer

NAMES = ("ring", "cross")


def toy_data() -> SpriteData:
    """Sixteen rings and crosses in shades of grey."""
    ring, cross = np.zeros((8, 8), np.uint8), np.zeros((8, 8), np.uint8)
    ring[1:7, 1:7], ring[3:5, 3:5] = 1, 0
    cross[:, 3:5] = cross[3:5, :] = 1
    images = [shape * shade for shape in (ring, cross) for shade in range(120, 248, 16)]
    return SpriteData(np.stack(images)[..., None], np.repeat([0, 1], 8), NAMES, "rings and crosses")


def toy_checkpoint(folder: Path) -> Path:
    """Its checkpoint after 20 steps of training."""
    network = replace(TINY, num_classes=2, image_size=8, image_channels=1)
    config = TrainConfig(images=20 * 8, batch_size=8, sketch_batch_size=16, warmup_steps=2)
    trainer = Trainer(toy_data(), network, config)
    losses = [step.loss for step in trainer.run()]
    assert len(losses) == 20 and np.isfinite(losses).all()
    path = folder / "sprites.safetensors"
    save(path, trainer.model())
    return path
