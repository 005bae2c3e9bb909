"""Pictures and labels as people have them, made into ours where there is one way to read them; else a sentence.

Every function returns what it made and notes: sentences that say what was done or assumed.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

import numpy as np
from PIL import Image

from . import sprites

SIDE = sprites.SIZE
SIDES = (8, 64)  # pixels of a side that need not be resized
MAX_CLASSES = 1000
TAKEN = ("no class", "a mix")  # the page's own words
Labels = tuple[np.ndarray, tuple[str, ...], list[str]]  # indices, names of the classes, notes
HOW = "images must be (N, H, H, 3) uint8, as np.stack of RGB pictures gives"


def shrunk(picture: Image.Image, to: int = SIDE) -> Image.Image:
    """A square RGB picture as (to, to): enlarged pixel art comes back exactly, few colours stay the same colours."""
    side = picture.width
    if side >= to and side % to == 0:
        method = Image.Resampling.BOX
    elif side < to or picture.getcolors(64) is not None:
        method = Image.Resampling.NEAREST
    else:
        method = Image.Resampling.LANCZOS
    return picture.resize((to, to), method)


def side_for(sides: set[int], multiple: int = 1) -> int:
    """The side to give to squares of these sides: their own, if they have one that a network can take; else SIDE.

    multiple: what a network needs the side to be divisible by.
    """
    own = next(iter(sides)) if len(sides) == 1 else 0
    return own if SIDES[0] <= own <= SIDES[1] and own % multiple == 0 else SIDE


def images(array: np.ndarray, size: int | None = None, multiple: int = 1) -> tuple[np.ndarray, list[str]]:
    """Any array of pictures as (N, size, size, 3) uint8, RGB, transparency on white. Raises ValueError.

    Taken are grey, RGB and RGBA, channels last or first; 0 ... 255 of any type, floats in [0, 1] or [-1, 1], 16 bits;
    squares of any size.  size: None for that of side_for.
    """
    notes, shape = [], array.shape
    if array.ndim == 3 and not (shape[-1] in (3, 4) or shape[0] in (3, 4)):
        array = array[..., None]
    if array.ndim != 4 or array.size == 0:
        raise ValueError(f"{HOW}; got {shape} {array.dtype}")
    last, first = array.shape[-1] in (1, 3, 4), array.shape[1] in (1, 3, 4)
    if first and not last:
        array = array.transpose(0, 2, 3, 1)
        notes.append("channels moved from first to last place")
    elif not last or (first and array.shape[2] != array.shape[1]):
        raise ValueError(f"{HOW}; got {shape} {array.dtype}, where the colours cannot be found")
    if array.shape[1] != array.shape[2]:
        raise ValueError(f"{HOW}, and square; got {shape}: cut or pad them first, or give the files in a folder")
    array, how = _bytes(array)
    notes += how
    if array.shape[-1] == 1:
        array = array.repeat(3, axis=-1)
        notes.append("grey taken as RGB")
    elif array.shape[-1] == 4:
        alpha = array[..., 3:].astype(np.float32) / 255
        array = np.rint(array[..., :3] * alpha + 255 * (1 - alpha)).astype(np.uint8)
        notes.append("transparency laid on white")
    side = array.shape[1]
    if side != (size := size or side_for({side}, multiple)):
        array = np.stack([np.asarray(shrunk(Image.fromarray(image), size)) for image in array])
        notes.append(f"{side} x {side} pixels resized to {size} x {size}")
    if array.max() <= 1:
        notes.append("no value is above 1 of 255, so all is black; if 1 means white, give floats")
    return np.ascontiguousarray(array), notes


def _bytes(array: np.ndarray) -> tuple[np.ndarray, list[str]]:
    """The array as uint8, 0 ... 255."""
    if array.dtype == np.uint8:
        return array, []
    if array.dtype == bool:
        return array.astype(np.uint8) * 255, ["False and True taken as black and white"]
    if array.dtype.kind not in "iuf" or not np.isfinite(array).all():
        raise ValueError(f"{HOW}; got {array.dtype}, or values that are no numbers")
    low, high = array.min(), array.max()
    kind = array.dtype
    if kind.kind == "f" and high <= 1 and low >= 0:
        return np.rint(array * 255.0).astype(np.uint8), [f"{kind} in [0, 1] taken times 255"]
    if kind.kind == "f" and high <= 1 and low >= -1:
        return np.rint((array + 1.0) * 127.5).astype(np.uint8), [f"{kind} in [-1, 1] taken as black to white"]
    if kind == np.uint16 and high > 255:
        return (array // 257).astype(np.uint8), ["16 bits taken as 8"]
    if low >= 0 and high <= 255 and (kind.kind != "f" or not (array % 1).any()):
        return array.astype(np.uint8), [f"{kind} from {low:g} to {high:g} taken as 0 ... 255"]
    raise ValueError(
        "images must be 0 ... 255 in whole numbers, or floats in [0, 1] or [-1, 1]; "
        f"got {kind} from {low:g} to {high:g}"
    )


def labels(array: np.ndarray, names: Sequence[str] | None) -> Labels:
    """Labels as indices (N,) int64, and the names of the classes. names: as given with the data. Raises ValueError.

    Taken are one-hot rows (N, K), whole numbers and words, (N,) or (N, 1). Numbers without names that do not run from 0
    without gaps name their classes themselves, so that there is no class without a picture.
    """
    names = None if names is None else checked(names)
    if array.ndim == 2 and array.shape[1] == 1 and not (array.dtype.kind in "biuf" and (array == 1).all()):
        array = array[:, 0]
    if array.dtype.kind in "US" and array.ndim == 1:
        return _words(array, names)
    if array.dtype.kind not in "biuf" or not np.isfinite(array).all() or (array % 1).any():
        raise ValueError(f"labels must be whole numbers, one-hot rows or words; got {array.dtype}")
    if array.ndim == 2:
        if not ((array == 0) | (array == 1)).all() or not (array.sum(1) == 1).all():
            raise ValueError(f"two-dimensional labels must be one-hot rows; got {array.shape}")
        return _named(array.argmax(1), names, array.shape[1])
    if array.ndim != 1 or array.size == 0:
        raise ValueError(f"labels must be (N,), or one-hot rows (N, K); got {array.shape}")
    if array.min() < 0:
        raise ValueError(f"labels must be 0 or more; got {array.min():g}, which is no class: leave those pictures out")
    found, index = np.unique(array.astype(np.int64), return_inverse=True)
    K = len(found)
    if K > MAX_CLASSES:
        raise ValueError(f"there may be {MAX_CLASSES} classes; got {K} different labels: are they numbers of pictures?")
    if found[-1] < K:  # 0 ... K - 1
        return _named(index, names, K if names is None else max(K, len(names)))
    if names is None:
        named = tuple(f"class {label}" for label in found)
        return index, named, [f"the labels are {_range(found)}: {K} classes, named by their labels"]
    if found[-1] == K == len(names) and found[0] == 1:
        return index, names, [f"the labels count from 1: 1 is {names[0]}"]
    if found[-1] < len(names):
        return _named(array.astype(np.int64), names, len(names))
    raise ValueError(f"{len(names)} class names are given, but the labels are {_range(found)}; they must count from 0")


def _words(array: np.ndarray, names: tuple[str, ...] | None) -> Labels:
    words = [word.decode("utf-8", "replace") if isinstance(word, bytes) else str(word) for word in array.tolist()]
    if names is None:
        names = checked(sorted(set(words)))
    elif unknown := set(words) - set(names):
        raise ValueError(f"the labels name {sorted(unknown)[0]!r}, which is not among the class names")
    return _named(np.array([names.index(word) for word in words]), names, len(names))


def _named(index: np.ndarray, names: tuple[str, ...] | None, count: int) -> Labels:
    """index as labels of `count` classes; what is remarkable about them."""
    notes = []
    if names is None and count == len(sprites.CLASS_NAMES):
        names = sprites.CLASS_NAMES
        notes.append(f"five classes without names are called {', '.join(names)}; --classes renames them")
    names = names or tuple(f"class {i}" for i in range(count))
    if len(names) != count:
        raise ValueError(f"{len(names)} class names are given for {count} classes")
    if empty := [name for i, name in enumerate(names) if not (index == i).any()]:
        notes.append(f"no picture is of class {', '.join(empty[:5])}{' …' if len(empty) > 5 else ''}")
    return index.astype(np.int64), names, notes


def checked(names: Sequence[str]) -> tuple[str, ...]:
    """Class names that page and command line can tell apart. Raises ValueError."""
    names = tuple(map(str, names))
    for name in names:
        if not 1 <= len(name) <= 60 or name != name.strip() or not name.isprintable() or set(name) & set(",="):
            raise ValueError(
                f"a class name has 1 to 60 characters, no comma, no '=' and no blank at either end; got {name[:80]!r}"
            )
        if name.lower() in TAKEN:
            raise ValueError(f"a class cannot be called {name!r}: the page says that of sprites of none, or of several")
        if names.count(name) > 1:
            raise ValueError(f"two classes are called {name!r}; each needs a name of its own")
    return names


def _range(found: np.ndarray) -> str:
    """[1, 2, 3, 7] -> "1 ... 7, with gaps"."""
    gaps = any(b - a > 1 for a, b in pairwise(found.tolist()))
    return f"{found[0]} ... {found[-1]}{', with gaps' if gaps else ''}"
