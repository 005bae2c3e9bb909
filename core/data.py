"""Any data set as tensors: the built-in sprites, a folder of pictures, arrays in .npy or .npz files; or one picture."""

from __future__ import annotations

import io
import warnings
import zipfile
import zlib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path, PurePosixPath
from typing import IO

import numpy as np
import torch
from PIL import Image, ImageOps, PngImagePlugin
from torch import Tensor

from . import convert, sprites
from .convert import SIDE, shrunk

BUILT_IN = "built-in sprites"
IMAGE_FORMATS = ("PNG", "JPEG", "GIF", "WEBP", "BMP")
LIKE_A_SHEET = 8 * SIDE  # pixels of a side
SUFFIXES = (".png", ".jpg", ".jpeg", ".gif", ".webp", ".bmp")
PngImagePlugin.MAX_TEXT_MEMORY = 1_000_000  # bytes of texts in a PNG, which nobody reads: 64 million by default
MAX_PIXELS = (4_000_000, 12_500_000)  # of a picture, of a JPEG: what takes less than 100 MB to decode
MAX_UNPACKED = 20_000_000  # bytes of a picture in an uploaded .zip
COLOURS_OF_A_SHEET = 4096  # at most: more has a photograph
TILES = (16, 32, 24, 48, 64)  # pixels of a tile's side, as it is guessed
MAX_SINGLE = 32  # pixels of the side of a square that is one sprite


@dataclass(frozen=True)
class SpriteData:
    """Pictures with labels, and the names of their classes.

    images (N, H, W, C) uint8, square, of 1 or 3 channels.  labels (N,) int64, indices into class_names.
    name: where they come from.  notes: sentences on what was converted or assumed.
    """

    images: np.ndarray
    labels: np.ndarray
    class_names: tuple[str, ...]
    name: str
    notes: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        size, width, channels = self.images.shape[1:] if self.images.ndim == 4 else (0, 1, 0)
        if self.images.dtype != np.uint8 or size != width or channels not in (1, 3):
            raise ValueError(
                f"{self.name}: images must be (N, H, W, C) uint8, square, of 1 or 3 channels; "
                f"got {self.images.shape} {self.images.dtype}"
            )
        if len(self.images) == 0 or self.labels.shape != (len(self.images),):
            raise ValueError(
                f"{self.name}: there must be one label for each image, and at least one image; "
                f"got {len(self.images)} images and labels of shape {self.labels.shape}"
            )
        if self.labels.min() < 0 or self.labels.max() >= len(self.class_names):
            raise ValueError(f"{self.name}: labels must be 0 ... {len(self.class_names) - 1}")

    @property
    def shape(self) -> tuple[int, int, int]:
        """Of a picture: (C, H, W)."""
        _, size, _, channels = self.images.shape
        return channels, size, size

    def x0(self) -> Tensor:
        """(N, C, H, W) float32 in [-1, 1]."""
        return to_x0(self.images)

    def weights(self) -> Tensor:
        """(N, K) float32, one-hot class weights."""
        return torch.eye(len(self.class_names))[torch.from_numpy(self.labels)]


def to_x0(images: np.ndarray) -> Tensor:
    """(N, H, W, C) uint8 -> (N, C, H, W) float32 in [-1, 1]; the inverse of render.to_uint8."""
    return torch.from_numpy(np.ascontiguousarray(images)).permute(0, 3, 1, 2).float().div_(127.5).sub_(1)


def built_in(per_class: int = 5000, seed: int = 0) -> SpriteData:
    """The sprites that this project draws. Seed 0 is the training set, seed 1 is held out."""
    images, labels, _ = sprites.draw_set(per_class, seed)
    return SpriteData(images, labels, sprites.CLASS_NAMES, f"{BUILT_IN}, {per_class} a class, seed {seed}")


def load_data(
    path: str | Path, labels_path: str | Path | None = None, class_names: Sequence[str] | None = None
) -> SpriteData:
    """Read a folder or .zip of pictures, one .npz with `images` and `labels`, or IMAGES.npy with LABELS.npy.

    A folder's sub-folders are the classes; pictures without sub-folders are one class. An .npz may hold `class_names`.
    What is not (N, 16, 16, 3) uint8 or no index is converted where there is one way to read it (see convert), which
    `notes` tell. Raises ValueError with one sentence, which names the file. Nothing is unpickled.
    """
    path = Path(path)
    suffix = path.suffix.lower()
    if path.is_dir() or suffix == ".zip":
        if labels_path or class_names:
            raise ValueError(f"{path}: the sub-folders name the classes of pictures; give no labels and no class names")
        return _pictures(path)
    if suffix == ".npz":
        arrays = _read_npz(path)
        if missing := {"images", "labels"} - set(arrays):
            raise ValueError(
                f"{path} has no array named {' or '.join(sorted(missing))}; it holds {', '.join(arrays) or 'none'}: "
                "write it with np.savez(file, images=..., labels=...)"
            )
        images, labels, where = arrays["images"], arrays["labels"], path
        if class_names is None and "class_names" in arrays:
            class_names = arrays["class_names"].ravel().tolist()
    elif suffix == ".npy" and labels_path is not None:
        images, labels, where = _read_npy(path), _read_npy(Path(labels_path)), Path(labels_path)
    elif suffix in SUFFIXES:
        raise ValueError(
            f"{path} is one picture; give a folder of them, and cut a sheet of sprites into a file for each"
        )
    else:
        raise ValueError(
            f"{path}: give a folder or .zip of pictures with a sub-folder for each class, an .npz file, "
            "or an .npy file of images and a second one of labels"
        )
    try:
        images, notes = convert.images(images)
    except ValueError as error:
        raise ValueError(f"{path}: {error}") from error
    try:
        labels, names, more = convert.labels(labels, class_names)
    except ValueError as error:
        raise ValueError(f"{where}: {error}") from error
    return SpriteData(images, labels, names, path.name, (*notes, *more))


def _read_npy(path: Path) -> np.ndarray:
    try:
        return np.array(np.lib.format.open_memmap(path, mode="r"))
    except (OSError, EOFError, ValueError) as error:
        raise _unreadable(path, error) from error


def _read_npz(path: Path) -> dict[str, np.ndarray]:
    try:
        with zipfile.ZipFile(path), np.load(path, allow_pickle=False) as archive:
            return {name: archive[name] for name in archive.files}
    except (OSError, EOFError, ValueError, zipfile.BadZipFile, zlib.error) as error:
        raise _unreadable(path, error) from error


def _unreadable(path: Path, error: Exception) -> ValueError:
    """Which file cannot be read, and why, as far as its beginning tells."""
    start = path.read_bytes()[:200].lstrip() if path.is_file() else b""
    why: object = error
    if start.startswith(b"<"):
        why = "it is a web page; download the file itself (on GitHub by the button Raw)"
    elif start.startswith(b"version https://git-lfs"):
        why = "it is a pointer of Git LFS; git lfs pull fetches the file"
    elif "mmap length" in str(error) or isinstance(error, EOFError | zipfile.BadZipFile):
        why = "it is cut short, or not what its name says; download it again"
    return ValueError(f"cannot read {path}: {' '.join(str(why).split())}")


def _pictures(path: Path) -> SpriteData:
    """A folder or .zip of pictures. Raises ValueError."""
    try:
        if path.is_dir():
            return _read_pictures(path, {p.relative_to(path).parts: p.open for p in path.rglob("*") if p.is_file()})
        with zipfile.ZipFile(path) as archive:
            files = [file for file in archive.infolist() if not file.is_dir()]
            parts = {PurePosixPath(file.filename).parts: partial(archive.open, file) for file in files}
            return _read_pictures(path, parts)
    except (OSError, RuntimeError, NotImplementedError, zipfile.BadZipFile, zlib.error) as error:
        raise _unreadable(path, error) from error


def _read_pictures(path: Path, files: Mapping[tuple[str, ...], Callable[..., IO[bytes]]]) -> SpriteData:
    """The pictures among these files, by the parts of their paths; the first part, if there are more, is the class."""
    hidden = {parts for parts in files if any(part.startswith(".") or part == "__MACOSX" for part in parts)}
    files = {parts: file for parts, file in files.items() if parts not in hidden}
    found = sorted(parts for parts in files if Path(parts[-1]).suffix.lower() in SUFFIXES)
    if not found:
        raise ValueError(f"{path} holds no picture; pictures end in {', '.join(SUFFIXES)}")
    notes, top = [], path.stem
    if len(found) < len(files):
        notes.append(f"files that are no pictures, left out: {len(files) - len(found)}")
    while all(len(parts) > 1 and parts[0] == found[0][0] for parts in found):  # one folder around everything
        top = found[0][0]
        files, found = {parts[1:]: file for parts, file in files.items()}, [parts[1:] for parts in found]
    if len({len(parts) > 1 for parts in found}) > 1:
        raise ValueError(f"{path}: there are pictures both in sub-folders and beside them; put each into a sub-folder")
    words = [parts[0] if len(parts) > 1 else top for parts in found]
    if len(found[0]) == 1:
        notes.append(f"there are no sub-folders, so all is one class, {top}")
    images, resized, cut, sheets = [], 0, 0, 0
    for parts in found:
        try:
            with files[parts]("rb" if path.is_dir() else "r") as file:
                image, (width, height), whole = _read_image(file)
        except ValueError as error:
            raise ValueError(f"{path}: {'/'.join(parts)}: {error}") from error
        images.append(image)
        resized, cut = resized + ((width, height) != (SIDE, SIDE)), cut + (width != height)
        sheets += not whole and max(width, height) >= LIKE_A_SHEET and width % SIDE == height % SIDE == 0
    if resized:
        notes.append(f"{resized} of {len(images)} pictures resized to {SIDE} x {SIDE}")
    if cut:
        notes.append(f"{cut} of {len(images)} pictures are not square: their middle was taken")
    if sheets:
        notes.append(f"{sheets} of {len(images)} pictures may be sheets of sprites: cut those into single ones")
    try:
        labels, names, more = convert.labels(np.array(words), None)
    except ValueError as error:
        raise ValueError(f"{path}: {error}") from error
    return SpriteData(np.stack(images), labels, names, path.name, (*notes, *more))


def pictures_in(file: bytes, most: int) -> tuple[np.ndarray, list[str]]:
    """The pictures of an uploaded file, (N, 16, 16, 3) uint8, at most that many, and notes on what was done with them.

    A .zip of pictures; a sheet of sprites, which is cut into its tiles; or one picture. Raises ValueError.
    """
    if not zipfile.is_zipfile(io.BytesIO(file)):
        return _tiles(file, most)
    try:
        with zipfile.ZipFile(io.BytesIO(file)) as archive:
            found = [info for info in archive.infolist() if _is_picture(PurePosixPath(info.filename))]
            if not found:
                raise ValueError(f"the .zip holds no picture; pictures end in {', '.join(SUFFIXES)}")
            if any(info.file_size > MAX_UNPACKED for info in found):
                raise ValueError(f"a picture in the .zip has more than {MAX_UNPACKED / 10**6:g} MB")
            taken = sorted(found, key=lambda info: info.filename)[:most]
            images = [load_image(io.BytesIO(archive.read(info))) for info in taken]
    except (OSError, RuntimeError, NotImplementedError, zipfile.BadZipFile, zlib.error) as error:
        raise ValueError("the .zip cannot be read: it is damaged, or has a password") from error
    notes = [f"{len(images)} pictures, the middle square of each shrunk to {SIDE} x {SIDE}"]
    if len(found) > most:
        notes.append(f"the first {most} of {len(found)}")
    return np.stack(images), notes


def _is_picture(path: PurePosixPath) -> bool:
    hidden = any(part.startswith(".") or part == "__MACOSX" for part in path.parts)
    return path.suffix.lower() in SUFFIXES and not hidden


def _tiles(file: bytes, most: int) -> tuple[np.ndarray, list[str]]:
    """A sheet of sprites, cut; what is no sheet is one picture. Raises ValueError."""
    single = [load_image(io.BytesIO(file))]  # refuses what is no picture, or too large
    about = [f"one picture: its middle square, shrunk to {SIDE} x {SIDE}"]
    with Image.open(io.BytesIO(file), formats=IMAGE_FORMATS) as opened:
        kind, sheet = opened.format, _on_white(opened)
    if kind == "JPEG" or sheet.getcolors(COLOURS_OF_A_SHEET) is None:
        return np.stack(single), about
    pixels = np.asarray(sheet)
    pixels = pixels[:: (scale := _enlarged(pixels)), ::scale]
    height, width = pixels.shape[:2]
    side = next((side for side in TILES if width % side == height % side == 0 and width * height > side * side), None)
    if side is None or height == width <= MAX_SINGLE:
        return np.stack(single), about
    tiles = pixels.reshape(height // side, side, width // side, side, 3).swapaxes(1, 2).reshape(-1, side, side, 3)
    full = [tile for tile in tiles if (tile != tile[0, 0]).any()]
    if not full:
        return np.stack(single), about
    notes = [
        f"a sheet, cut into tiles of {side} x {side}: {len(full)}, and {len(tiles) - len(full)} empty ones left out"
    ]
    if side != SIDE:
        notes.append(f"resized to {SIDE} x {SIDE}")
    if len(full) > most:
        notes.append(f"the first {most} of them")
    return np.stack([np.asarray(shrunk(Image.fromarray(tile))) for tile in full[:most]]), notes


def _enlarged(pixels: np.ndarray) -> int:
    """How many times as large as its own pixels a picture is: each of them is a square of one colour."""
    height, width = pixels.shape[:2]
    for scale in range(16, 1, -1):
        if height % scale == width % scale == 0:
            squares = pixels.reshape(height // scale, scale, width // scale, scale, 3)
            if (squares == squares[:, :1, :, :1]).all():
                return scale
    return 1


def load_image(path: str | Path | IO[bytes]) -> np.ndarray:
    """Any picture as a sprite: the middle square, shrunk to (16, 16, 3) uint8, transparency on white.

    Raises ValueError with one sentence if the file is not a picture that Pillow can read, or is too large.
    """
    return _read_image(path)[0]


def _read_image(path: str | Path | IO[bytes]) -> tuple[np.ndarray, tuple[int, int], bool]:
    """load_image, the size that the picture had, and whether the sprite is all of it, enlarged."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", Image.DecompressionBombWarning)  # our own limit is lower
            file = Image.open(path, formats=IMAGE_FORMATS)  # reads the header only
        with file:
            too_large = file.width * file.height > MAX_PIXELS[file.format == "JPEG"]
            size = file.size
            picture = file if too_large else _middle(file)
    except Exception as error:  # a decoder may stumble over a damaged file in any way
        allowed = ", ".join(IMAGE_FORMATS)
        raise ValueError(f"this file cannot be read as a picture; allowed are whole files of {allowed}") from error
    if too_large:
        others, jpeg = (f"{limit / 10**6:g} million" for limit in MAX_PIXELS)
        raise ValueError(
            f"the picture has {picture.width} x {picture.height} pixels; at most {others} are allowed, {jpeg} in a JPEG"
        )
    sprite, large = np.asarray(shrunk(picture)), np.asarray(picture)
    whole = size == picture.size and np.array_equal(np.asarray(Image.fromarray(sprite).resize(size, 0)), large)
    return sprite, size, whole


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
