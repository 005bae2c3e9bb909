"""Any data set as tensors: the built-in sprites, the course's .npy pair, an .npz archive, or one picture."""

from __future__ import annotations

import warnings
import zipfile
import zlib
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

import numpy as np
import torch
from PIL import Image, ImageOps, PngImagePlugin
from torch import Tensor

from . import sprites

IMAGE_FORMATS = ("PNG", "JPEG", "GIF", "WEBP", "BMP")
PngImagePlugin.MAX_TEXT_MEMORY = 1_000_000  # bytes of texts in a PNG, which nobody reads: 64 million by default
MAX_PIXELS = (4_000_000, 12_500_000)  # of a picture, of a JPEG: what takes less than 100 MB to decode


@dataclass(frozen=True)
class SpriteData:
    """images (N, 16, 16, 3) uint8; labels (N,) int64, indices into class_names; name: where they come from."""

    images: np.ndarray
    labels: np.ndarray
    class_names: tuple[str, ...]
    name: str

    def __post_init__(self) -> None:
        if self.images.dtype != np.uint8 or self.images.ndim != 4 or self.images.shape[1:] != (16, 16, 3):
            raise ValueError(
                f"{self.name}: images must be (N, 16, 16, 3) uint8; got {self.images.shape} {self.images.dtype}"
            )
        if len(self.images) == 0 or self.labels.shape != (len(self.images),):
            raise ValueError(
                f"{self.name}: there must be one label for each image, and at least one image; "
                f"got {len(self.images)} images and labels of shape {self.labels.shape}"
            )
        if self.labels.min() < 0 or self.labels.max() >= len(self.class_names):
            raise ValueError(f"{self.name}: labels must be 0 ... {len(self.class_names) - 1}")

    def x0(self) -> Tensor:
        """(N, 3, 16, 16) float32 in [-1, 1]."""
        return to_x0(self.images)

    def weights(self) -> Tensor:
        """(N, K) float32, one-hot class weights."""
        return torch.eye(len(self.class_names))[torch.from_numpy(self.labels)]


def to_x0(images: np.ndarray) -> Tensor:
    """(N, H, W, 3) uint8 -> (N, 3, H, W) float32 in [-1, 1]; the inverse of render.to_uint8."""
    return torch.from_numpy(np.ascontiguousarray(images)).permute(0, 3, 1, 2).float().div_(127.5).sub_(1)


def built_in(per_class: int = 5000, seed: int = 0) -> SpriteData:
    """The sprites that this project draws. Seed 0 is the training set, seed 1 is held out."""
    images, labels, _ = sprites.draw_set(per_class, seed)
    return SpriteData(images, labels, sprites.CLASS_NAMES, f"built-in sprites, {per_class} a class, seed {seed}")


def load_data(path: str | Path, labels_path: str | Path | None = None) -> SpriteData:
    """Read IMAGES.npy with LABELS.npy, or one .npz with `images` and `labels` (and, if it likes, `class_names`).

    Images are (N, 16, 16, 3) uint8; labels are one-hot rows (N, K), as in the course's files, or indices (N,).
    Raises ValueError with one sentence for a missing, unreadable or misshapen file. Nothing is unpickled.
    """
    path, names = Path(path), None
    try:
        if path.suffix == ".npz":
            with zipfile.ZipFile(path), np.load(path, allow_pickle=False) as archive:
                if missing := {"images", "labels"} - set(archive.files):
                    raise ValueError(f"{path} has no array named {' or '.join(sorted(missing))}")
                images, labels = archive["images"], archive["labels"]
                names = tuple(map(str, archive["class_names"].ravel())) if "class_names" in archive.files else None
        elif path.suffix == ".npy" and labels_path is not None:
            images, labels = (np.array(np.lib.format.open_memmap(file, mode="r")) for file in (path, labels_path))
        else:
            raise ValueError(f"{path}: give an .npz file, or an .npy file of images and a second one of labels")
    except (OSError, EOFError, zipfile.BadZipFile, zlib.error) as error:
        raise ValueError(f"cannot read {path}: {error}") from error
    if labels.dtype.kind not in "biuf" or not np.isfinite(labels).all() or (labels % 1).any():
        raise ValueError(f"{path}: labels must be whole numbers; got {labels.dtype}")
    if labels.ndim == 2:
        if not ((labels == 0) | (labels == 1)).all() or not (labels.sum(1) == 1).all():
            raise ValueError(f"{path}: two-dimensional labels must be one-hot rows")
        count, labels = labels.shape[1], labels.argmax(1)
    else:
        count = int(labels.max()) + 1 if labels.size else 0
    if names is None:
        names = sprites.CLASS_NAMES if count == len(sprites.CLASS_NAMES) else tuple(f"class {i}" for i in range(count))
    return SpriteData(images, labels.astype(np.int64), names, path.name)


def load_image(path: str | Path | BinaryIO) -> np.ndarray:
    """Any picture as a sprite: the middle square, shrunk to (16, 16, 3) uint8, transparency on white.

    Raises ValueError with one sentence if the file is not a picture that Pillow can read, or is too large.
    """
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", Image.DecompressionBombWarning)  # our own limit is lower
            file = Image.open(path, formats=IMAGE_FORMATS)  # reads the header only
        with file:
            too_large = file.width * file.height > MAX_PIXELS[file.format == "JPEG"]
            picture = file if too_large else _middle(file)
    except Exception as error:  # a decoder may stumble over a damaged file in any way
        allowed = ", ".join(IMAGE_FORMATS)
        raise ValueError(f"this file cannot be read as a picture; allowed are whole files of {allowed}") from error
    if too_large:
        others, jpeg = (f"{limit / 10**6:g} million" for limit in MAX_PIXELS)
        raise ValueError(
            f"the picture has {picture.width} x {picture.height} pixels; at most {others} are allowed, {jpeg} in a JPEG"
        )
    side = picture.width
    if side < 16:
        method = Image.Resampling.NEAREST
    elif side % 16 == 0:
        method = Image.Resampling.BOX  # enlarged pixel art comes back exactly
    else:
        method = Image.Resampling.LANCZOS
    return np.asarray(picture.resize((16, 16), method))


def _middle(picture: Image.Image) -> Image.Image:
    """The middle square of a picture that is not yet decoded, upright, as RGB, transparency on white."""
    picture.draft("RGB", (256, 256))  # a JPEG is decoded at a fraction of its size
    ImageOps.exif_transpose(picture, in_place=True)
    side = min(picture.size)
    left, top = (picture.width - side) // 2, (picture.height - side) // 2
    picture = picture.crop((left, top, left + side, top + side))
    if picture.mode.startswith("I"):  # 16-bit grey: Pillow would clip it at 255
        picture = Image.fromarray((np.asarray(picture) // 257).astype(np.uint8))
    if not picture.has_transparency_data:
        return picture.convert("RGB")
    picture, canvas = picture.convert("RGBA"), Image.new("RGB", picture.size, "white")
    canvas.paste(picture, mask=picture)
    return canvas
