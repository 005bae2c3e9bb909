"""A picture from a file, of any kind and size, upright, transparency on white; or a sheet, cut into its tiles."""

from __future__ import annotations

import warnings
from pathlib import Path, PurePath
from typing import IO

import numpy as np
from PIL import Image, ImageOps, PngImagePlugin

from .convert import SIDE, shrunk

IMAGE_FORMATS = ("PNG", "JPEG", "GIF", "WEBP", "BMP")
SUFFIXES = (".png", ".jpg", ".jpeg", ".gif", ".webp", ".bmp")
PngImagePlugin.MAX_TEXT_MEMORY = 1_000_000  # bytes of texts in a PNG, which nobody reads: 64 million by default
MAX_PIXELS = (4_000_000, 12_500_000)  # of a picture, of a JPEG: what takes less than 100 MB to decode
COLOURS_OF_A_SHEET = 4096  # at most: more has a photograph
TILES = (16, 32, 24, 48, 64)  # pixels of a tile's side, as it is guessed
MAX_SINGLE = 32  # pixels of the side of a square that is one sprite


def is_picture(path: PurePath) -> bool:
    """Whether a file of that name is a picture to read: neither hidden nor of another kind."""
    hidden = any(part.startswith(".") or part == "__MACOSX" for part in path.parts)
    return path.suffix.lower() in SUFFIXES and not hidden


def load_image(file: str | Path | IO[bytes], side: int = SIDE) -> np.ndarray:
    """Any picture as a sprite: the middle square, resized to (side, side, 3) uint8, transparency on white.

    Raises ValueError with one sentence if the file is not a picture that Pillow can read, or is too large.
    """
    picture, _ = _decoded(file, square=True)
    return np.asarray(shrunk(picture, side))


def size_of(file: str | Path | IO[bytes]) -> tuple[int, int]:
    """Width and height, from the file's header alone. Raises ValueError as load_image."""
    try:
        with _opened(file) as opened:
            return opened.size
    except Exception as error:  # a decoder may stumble over a damaged file in any way
        raise _unreadable() from error


def cut(file: str | Path | IO[bytes], tile: int | None = None) -> tuple[np.ndarray, int] | None:
    """A sheet of sprites as tiles (N, side, side, 3) uint8, and how many empty ones were left out; None for no sheet.

    tile: the side, in the sheet's own pixels, if it is known; else one of TILES. Raises ValueError as load_image.
    """
    sheet, kind = _decoded(file, square=False)
    if kind == "JPEG" or sheet.getcolors(COLOURS_OF_A_SHEET) is None:
        return None
    pixels = np.asarray(sheet)
    pixels = pixels[:: (scale := _enlarged(pixels)), ::scale]
    height, width = pixels.shape[:2]
    fitting = (side for side in ((tile,) if tile else TILES) if width % side == height % side == 0)
    side = next((side for side in fitting if width * height > side * side), None)
    if side is None or (tile is None and height == width <= MAX_SINGLE):
        return None
    tiles = pixels.reshape(height // side, side, width // side, side, 3).swapaxes(1, 2).reshape(-1, side, side, 3)
    full = [k for k, drawn in enumerate((tiles != tiles[:, :1, :1]).any((1, 2, 3))) if drawn]
    return (tiles[full], len(tiles) - len(full)) if full else None


def _enlarged(pixels: np.ndarray) -> int:
    """How many times as large as its own pixels a picture is: each of them is a square of one colour."""
    height, width = pixels.shape[:2]
    for scale in range(16, 1, -1):
        if height % scale == width % scale == 0:
            squares = pixels.reshape(height // scale, scale, width // scale, scale, 3)
            if (squares == squares[:, :1, :, :1]).all():
                return scale
    return 1


def _opened(file: str | Path | IO[bytes]) -> Image.Image:
    """A picture of which nothing but the header is read."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", Image.DecompressionBombWarning)  # our own limit is lower
        return Image.open(file, formats=IMAGE_FORMATS)


def _unreadable() -> ValueError:
    allowed = ", ".join(IMAGE_FORMATS)
    return ValueError(f"this file cannot be read as a picture; it must be a complete file of {allowed}")


def _decoded(file: str | Path | IO[bytes], *, square: bool) -> tuple[Image.Image, str | None]:
    """The picture as RGB, or its middle square, and the kind of its file. Raises ValueError."""
    try:
        with _opened(file) as opened:
            kind = opened.format
            too_large = opened.width * opened.height > MAX_PIXELS[kind == "JPEG"]
            picture = opened if too_large else _middle(opened) if square else _on_white(opened)
    except Exception as error:  # a decoder may stumble over a damaged file in any way
        raise _unreadable() from error
    if too_large:
        others, jpeg = (f"{limit / 10**6:g} million" for limit in MAX_PIXELS)
        raise ValueError(
            f"the picture has {picture.width} x {picture.height} pixels; at most {others} are allowed, {jpeg} in a JPEG"
        )
    return picture, kind


def _middle(picture: Image.Image) -> Image.Image:
    """The middle square of a picture that is not yet decoded, upright, as RGB, transparency on white."""
    picture.draft("RGB", (256, 256))  # a JPEG is decoded at a fraction of its size
    ImageOps.exif_transpose(picture, in_place=True)
    side = min(picture.size)
    left, top = (picture.width - side) // 2, (picture.height - side) // 2
    return _on_white(picture.crop((left, top, left + side, top + side)))


def _on_white(picture: Image.Image) -> Image.Image:
    """A picture as RGB, transparency on white."""
    if picture.mode.startswith("I"):  # 16-bit grey: Pillow would clip it at 255
        picture = Image.fromarray((np.asarray(picture) // 257).astype(np.uint8))
    if not picture.has_transparency_data:
        return picture.convert("RGB")
    picture, canvas = picture.convert("RGBA"), Image.new("RGB", picture.size, "white")
    canvas.paste(picture, mask=picture)
    return canvas
