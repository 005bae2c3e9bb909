"""Any data set as tensors: the built-in sprites, a folder of pictures, a sheet, arrays in .npy or .npz files."""

from __future__ import annotations

import zipfile
import zlib
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
from torch import Tensor

from . import convert, sprites
from .checks import check_whole
from .folder import read_folder, read_sheet
from .pictures import SUFFIXES

BUILT_IN = "built-in sprites"
IMAGES = ("images", "image", "x", "data", "sprites", "x_train", "train_images", "arr_0")  # in an .npz, in any case
LABELS = ("labels", "label", "y", "targets", "target", "y_train", "train_labels", "arr_1")


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
    path: str | Path,
    labels_path: str | Path | None = None,
    class_names: Sequence[str] | None = None,
    *,
    size: int | None = None,
    multiple: int = 1,
    tile: int | None = None,
) -> SpriteData:
    """Read a folder or .zip of pictures, a sheet of sprites, an .npz, or IMAGES.npy with LABELS.npy or without.

    A folder's sub-folders are the classes; what has no labels is one class. An .npz may hold `class_names`. A folder
    may also hold one .npz, or the .npy files of images and labels. What is not (N, H, H, 3) uint8 or no index is
    converted where there is one way to read it (see convert), which `notes` tell.
    size: of the pictures, 8 ... 64; by default their own, if all are squares of one such size divisible by `multiple`,
    else 16.  tile: of the sprites in a sheet, by default guessed; 0 to cut none.
    Raises ValueError with one sentence, which names the file. Nothing is unpickled.
    """
    path = Path(path)
    if size is not None:
        check_whole("the size", size, *convert.SIDES)
    if tile is not None and tile != 0:
        check_whole("the side of a tile", tile, 4, 256)
    if path.is_dir() and (arrays := _arrays_in(path)):
        path, labels_path = arrays[0], labels_path or arrays[1]
    suffix = path.suffix.lower()
    if path.is_dir() or suffix == ".zip" or suffix in SUFFIXES:
        if labels_path or class_names:
            raise ValueError(f"{path}: the sub-folders name the classes of pictures; give no labels and no class names")
        try:
            read = read_sheet if suffix in SUFFIXES and path.is_file() else read_folder
            images, words, notes = read(path, size, multiple, tile)
        except (OSError, RuntimeError, NotImplementedError, zipfile.BadZipFile, zlib.error) as error:
            raise _unreadable(path, error) from error
        labels, where = np.array(words), path
    elif suffix in (".npz", ".npy"):
        images, given, own_names, notes = _npz(path) if suffix == ".npz" else (_read_npy(path), None, None, [])
        class_names, where = class_names or own_names, path
        if labels_path is not None:
            given, where = _read_npy(Path(labels_path)), Path(labels_path)
        try:
            images, more = convert.images(images, size, multiple)
        except ValueError as error:
            raise ValueError(f"{path}: {error}") from error
        notes += more
        if given is None:
            class_names = class_names or [path.stem]
            notes.append(f"there are no labels, so all is one class, {class_names[0]}")
        labels = np.zeros(len(images), int) if given is None else given
    else:
        raise ValueError(
            f"{path}: give a folder or .zip of pictures with a sub-folder for each class, a sheet of sprites, "
            "an .npz file, or an .npy file of images and a second one of labels"
        )
    try:
        labels, names, more = convert.labels(labels, class_names)
    except ValueError as error:
        raise ValueError(f"{where}: {error}") from error
    return SpriteData(images, labels, names, path.name, (*notes, *more))


def _arrays_in(folder: Path) -> tuple[Path, Path | None] | None:
    """The files of images and of labels in a folder without pictures: one .npz, or one or two .npy files."""
    files = [file for file in sorted(folder.iterdir()) if not file.name.startswith(".")]
    found = [file for file in files if file.suffix.lower() in (".npz", ".npy")]
    if not found or any(file.is_dir() or file.suffix.lower() in SUFFIXES for file in files):
        return None
    labels = [file for file in found if "label" in file.name.lower() or "target" in file.name.lower()]
    images = [file for file in found if file not in labels]
    if len(images) != 1 or len(labels) > 1:
        names = ", ".join(file.name for file in found[:5])
        raise ValueError(f"{folder} holds {names}: which are the images? Name their file, and the other with --labels")
    return images[0], labels[0] if labels else None


def _npz(path: Path) -> tuple[np.ndarray, np.ndarray | None, list[str] | None, list[str]]:
    """Images, labels and class names of an .npz, where it has them, and a note on what else is in it."""
    arrays = _read_npz(path)
    images = _named(path, arrays, IMAGES, "images")
    labels = _named(path, arrays, LABELS, "labels")
    if images is None:
        pictures = [name for name, array in arrays.items() if array.ndim >= 3]
        if len(pictures) != 1:
            raise ValueError(
                f"{path} has no array named {' or '.join(IMAGES)}; it holds {', '.join(arrays) or 'none'}: "
                "write it with np.savez(file, images=..., labels=...)"
            )
        images = pictures[0]
    unused = [name for name in arrays if name not in (images, labels, "class_names")]
    notes = [f"read: {', '.join(filter(None, (images, labels)))}; left out: {', '.join(unused)}"] if unused else []
    names = arrays["class_names"].ravel().tolist() if "class_names" in arrays else None
    return arrays[images], arrays[labels] if labels else None, names, notes


def _named(path: Path, arrays: dict[str, np.ndarray], usual: tuple[str, ...], what: str) -> str | None:
    """The array that has one of the usual names. Raises ValueError if there are several."""
    found = [name for name in arrays if name.lower() in usual]
    if len(found) > 1:
        raise ValueError(f"{path}: {' and '.join(found)} may both be the {what}; keep one of them")
    return found[0] if found else None


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
