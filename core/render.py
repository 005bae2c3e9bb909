"""Tensors to pictures: uint8 pixels, enlargement without smoothing, grids, PNG and GIF files."""

from __future__ import annotations

import math
from collections.abc import Iterable
from pathlib import Path
from typing import BinaryIO

import numpy as np
from PIL import Image
from torch import Tensor

GAP = (214, 214, 222)  # between the sprites of a grid


def to_uint8(x: Tensor) -> np.ndarray:
    """x (B, C, H, W) in [-1, 1] (what lies outside is clipped) -> (B, H, W, 3) uint8; of one channel: grey."""
    pixels = ((x.detach().float().cpu().clamp(-1, 1) + 1) * 127.5).round().byte().permute(0, 2, 3, 1).numpy()
    return pixels.repeat(3, axis=-1) if pixels.shape[-1] == 1 else pixels


def enlarge(pixels: np.ndarray, scale: int) -> np.ndarray:
    """(..., H, W, 3) -> (..., H * scale, W * scale, 3), every pixel a square."""
    return pixels.repeat(scale, axis=-3).repeat(scale, axis=-2)


def grid(images: np.ndarray, *, columns: int | None = None, scale: int = 4, gap: int = 1) -> np.ndarray:
    """Images (N, H, W, 3) uint8 in rows -> one picture; `gap` is in sprite pixels. A square-ish grid by default."""
    n, h, w, _ = images.shape
    columns = columns or math.ceil(math.sqrt(n))
    rows = math.ceil(n / columns)
    sheet = np.full((rows * (h + gap) + gap, columns * (w + gap) + gap, 3), GAP, np.uint8)
    for i, image in enumerate(images):
        y, x = (i // columns) * (h + gap) + gap, (i % columns) * (w + gap) + gap
        sheet[y : y + h, x : x + w] = image
    return enlarge(sheet, scale)


def save_png(pixels: np.ndarray, path: str | Path) -> None:
    """Write (H, W, 3) uint8 as PNG."""
    Image.fromarray(pixels).save(path, format="PNG")


def save_gif(
    frames: Iterable[np.ndarray], path: str | Path | BinaryIO, *, ms: int = 50, hold: int = 1500, scale: int = 1
) -> None:
    """Write (H, W, 3) uint8 frames, enlarged, as a looping GIF: `ms` milliseconds each, in tens; `hold` the last."""
    # The colours of a palette are chosen before the frame is enlarged: 144 times less work at a scale of 12.
    small = (Image.fromarray(frame).quantize() for frame in frames)
    pictures = [frame.resize((frame.width * scale, frame.height * scale), Image.Resampling.NEAREST) for frame in small]
    if not pictures:
        raise ValueError("a GIF needs at least one frame")
    durations = [10 * round(ms / 10)] * (len(pictures) - 1) + [hold]  # a GIF counts in hundredths of a second
    pictures[0].save(path, format="GIF", save_all=True, append_images=pictures[1:], duration=durations, loop=0)
