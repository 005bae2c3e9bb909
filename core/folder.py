"""A folder or .zip of pictures as a data set: sub-folders are classes, sheets are cut, all become equal squares."""

from __future__ import annotations

import zipfile
from collections.abc import Callable, Mapping
from functools import partial
from pathlib import Path, PurePath, PurePosixPath
from typing import Any

import numpy as np
from PIL import Image

from .convert import shrunk, side_for
from .pictures import SUFFIXES, cut, is_picture, load_image, size_of

Files = Mapping[tuple[str, ...], Callable[[], Any]]  # by the parts of their paths
Found = tuple[np.ndarray, list[str], list[str]]  # images (N, side, side, 3) uint8, the class of each, notes
LIKE_A_SHEET = 128  # pixels of a side
FEW = 8  # as many squares of one size may be sheets; more are single sprites
NAMED = 3  # files that a note names


def read_folder(path: Path, size: int | None, multiple: int, tile: int | None) -> Found:
    """The pictures of a folder or .zip; arguments as of load_data. Raises ValueError, and what zipfile raises."""
    if path.is_dir():
        files = {p.relative_to(path).parts: partial(open, p, "rb") for p in path.rglob("*") if p.is_file()}
        return _read(path, files, size, multiple, tile)
    with zipfile.ZipFile(path) as archive:
        entries = [file for file in archive.infolist() if not file.is_dir()]
        packed = {PurePosixPath(entry.filename).parts: partial(archive.open, entry) for entry in entries}
        return _read(path, packed, size, multiple, tile)


def read_sheet(path: Path, size: int | None, multiple: int, tile: int | None) -> Found:
    """One picture that is a sheet of sprites. Raises ValueError."""
    try:
        sheet = None if tile == 0 else cut(path, tile)
    except ValueError as error:
        raise ValueError(f"{path}: {error}") from error
    if sheet is None:
        raise ValueError(f"{path} is one picture, and no sheet of sprites that can be cut; give a folder of pictures")
    tiles, empty = sheet
    side = tiles.shape[1]
    size = size or side_for({side}, multiple)
    notes = [
        f"a sheet, cut into {len(tiles)} tiles of {side} x {side}" + (f", {empty} empty ones left out" if empty else "")
    ]
    if side != size:
        notes.append(f"resized to {size} x {size}")
    notes.append(f"there are no sub-folders, so all is one class, {path.stem}")
    return _resized(tiles, size), [path.stem] * len(tiles), notes


def _read(path: Path, files: Files, size: int | None, multiple: int, tile: int | None) -> Found:
    hidden = {parts for parts in files if any(part.startswith(".") or part == "__MACOSX" for part in parts)}
    files = {parts: file for parts, file in files.items() if parts not in hidden}
    found = sorted(parts for parts in files if is_picture(PurePath(*parts)))
    if not found:
        raise ValueError(f"{path} holds no picture; pictures end in {', '.join(SUFFIXES)}")
    notes, top = [], path.stem
    if others := sorted("/".join(parts) for parts in files if parts not in set(found)):
        named = ", ".join(others[:NAMED]) + (" …" if len(others) > NAMED else "")
        notes.append(f"files that are no pictures, left out: {len(others)} ({named})")
    while all(len(parts) > 1 and parts[0] == found[0][0] for parts in found):  # one folder around everything
        top = found[0][0]
        files, found = {parts[1:]: file for parts, file in files.items()}, [parts[1:] for parts in found]
    if len({len(parts) > 1 for parts in found}) > 1:
        raise ValueError(f"{path}: there are pictures both in sub-folders and beside them; put each into a sub-folder")
    if len(found[0]) == 1:
        notes.append(f"there are no sub-folders, so all is one class, {top}")

    sizes, sheets = dict[tuple[str, ...], tuple[int, int]](), dict[tuple[str, ...], np.ndarray]()
    for parts in found:
        sizes[parts] = _open(path, files, parts, size_of)
    single = tile == 0 or (len(found) > FEW and len(set(sizes.values())) == 1 and len(set(sizes[found[0]])) == 1)
    for parts in found:
        if not single and max(sizes[parts]) >= LIKE_A_SHEET and (sheet := _open(path, files, parts, cut, tile)):
            sheets[parts] = sheet[0]
    own = {sheets[parts].shape[1] if parts in sheets else w if w == h else 0 for parts, (w, h) in sizes.items()}
    size = size or side_for(own, multiple)

    images = [
        _resized(sheets[parts], size) if parts in sheets else _open(path, files, parts, load_image, size)[None]
        for parts in found
    ]
    words = [parts[0] if len(parts) > 1 else top for parts, many in zip(found, images, strict=True) for _ in many]
    alone = [sizes[parts] for parts in found if parts not in sheets]
    if sheets:
        tiles = sum(map(len, sheets.values()))
        sides = sorted({f"{sheet.shape[1]} x {sheet.shape[1]}" for sheet in sheets.values()})
        notes.append(f"{len(sheets)} of {len(found)} pictures are sheets, cut into {tiles} tiles of {', '.join(sides)}")
    if resized := sum((w, h) != (size, size) for w, h in alone):
        notes.append(f"{resized} of {len(found)} pictures resized to {size} x {size}")
    if any(sheet.shape[1] != size for sheet in sheets.values()):
        notes.append(f"tiles resized to {size} x {size}")
    if oblong := sum(w != h for w, h in alone):
        notes.append(f"{oblong} of {len(found)} pictures are not square: their middle was taken")
    return np.concatenate(images), words, notes


def _open(path: Path, files: Files, parts: tuple[str, ...], read: Callable, *arguments: object) -> Any:
    """read(file, ...), whose ValueError names the file."""
    try:
        with files[parts]() as file:
            return read(file, *arguments)
    except ValueError as error:
        raise ValueError(f"{path}: {'/'.join(parts)}: {error}") from error


def _resized(tiles: np.ndarray, size: int) -> np.ndarray:
    if tiles.shape[1] == size:
        return tiles
    return np.stack([np.asarray(shrunk(Image.fromarray(tile), size)) for tile in tiles])
