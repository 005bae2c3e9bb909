"""Pictures of one's own from an uploaded file: one picture, a sheet of sprites, a .zip of pictures."""

from __future__ import annotations

import io
import zipfile
import zlib
from pathlib import PurePosixPath

import numpy as np
from PIL import Image

from .convert import SIDE, shrunk
from .pictures import SUFFIXES, cut, is_picture, load_image

MAX_UNPACKED = 20_000_000  # bytes of a picture in an uploaded .zip
NAMED = 3  # sheets in a .zip, of which it is said what was done with each
ZIP = b"PK"  # how a .zip begins, a damaged one, too


def pictures_in(file: bytes, most: int) -> tuple[np.ndarray, list[str]]:
    """The pictures of an uploaded file, (N, 16, 16, 3) uint8, at most that many, and notes on what was done with them.

    A .zip of pictures and sheets; a sheet of sprites, which is cut into its tiles; or one picture. Raises ValueError.
    """
    if not file.startswith(ZIP):
        return _tiles(file, most)
    try:
        with zipfile.ZipFile(io.BytesIO(file)) as archive:
            found = [info for info in archive.infolist() if is_picture(PurePosixPath(info.filename))]
            if not found:
                raise ValueError(f"the .zip holds no picture; pictures end in {', '.join(SUFFIXES)}")
            if any(info.file_size > MAX_UNPACKED for info in found):
                raise ValueError(f"a picture in the .zip has more than {MAX_UNPACKED / 10**6:g} MB")
            taken = sorted(found, key=lambda info: info.filename)[:most]
            parts = [_tiles(archive.read(info), most) for info in taken]
    except (OSError, RuntimeError, NotImplementedError, zipfile.BadZipFile, zlib.error) as error:
        raise ValueError("the .zip cannot be read: it is damaged, or has a password") from error
    singles = sum(len(images) == 1 for images, _ in parts)
    notes = []
    if singles:
        notes.append(
            f"{singles} picture{'s' if singles > 1 else ''}, the middle square of each shrunk to {SIDE} x {SIDE}"
        )
    sheets = [
        (PurePosixPath(info.filename).name, said)
        for info, (images, said) in zip(taken, parts, strict=True)
        if len(images) > 1
    ]
    notes += [f"{name}: {'; '.join(said)}" for name, said in sheets[:NAMED]]
    if len(sheets) > NAMED:
        notes.append(f"and {len(sheets) - NAMED} more sheets")
    images = np.concatenate([images for images, _ in parts])
    if len(found) > most or len(images) > most:
        notes.append(f"the first {most} of them")
    return images[:most], notes


def _tiles(file: bytes, most: int) -> tuple[np.ndarray, list[str]]:
    """A sheet of sprites, cut; what is no sheet is one picture. Raises ValueError."""
    sheet = cut(io.BytesIO(file))
    if sheet is None:
        return load_image(io.BytesIO(file))[None], [f"one picture: its middle square, shrunk to {SIDE} x {SIDE}"]
    full, empty = sheet
    side = full.shape[1]
    notes = [
        f"a sheet, cut into {len(full)} tiles of {side} x {side}" + (f", {empty} empty ones left out" if empty else "")
    ]
    if side != SIDE:
        notes.append(f"resized to {SIDE} x {SIDE}")
    if len(full) > most:
        notes.append(f"the first {most} of them")
    return np.stack([np.asarray(shrunk(Image.fromarray(tile))) for tile in full[:most]]), notes
