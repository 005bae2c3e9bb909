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


def pictures_in(file: bytes, most: int) -> tuple[np.ndarray, list[str]]:
    """The pictures of an uploaded file, (N, 16, 16, 3) uint8, at most that many, and notes on what was done with them.

    A .zip of pictures; a sheet of sprites, which is cut into its tiles; or one picture. Raises ValueError.
    """
    if not zipfile.is_zipfile(io.BytesIO(file)):
        return _tiles(file, most)
    try:
        with zipfile.ZipFile(io.BytesIO(file)) as archive:
            found = [info for info in archive.infolist() if is_picture(PurePosixPath(info.filename))]
            if not found:
                raise ValueError(f"the .zip holds no picture; pictures end in {', '.join(SUFFIXES)}")
            if any(info.file_size > MAX_UNPACKED for info in found):
                raise ValueError(f"a picture in the .zip has more than {MAX_UNPACKED / 10**6:g} MB")
            taken = sorted(found, key=lambda info: info.filename)[:most]
            images = [load_image(io.BytesIO(archive.read(info))) for info in taken]
    except (OSError, RuntimeError, NotImplementedError, zipfile.BadZipFile, zlib.error) as error:
        raise ValueError("the .zip cannot be read: it is damaged, or has a password") from error
    notes = [
        f"{len(images)} picture{'s' if len(images) > 1 else ''}, the middle square of each shrunk to {SIDE} x {SIDE}"
    ]
    if len(found) > most:
        notes.append(f"the first {most} of {len(found)}")
    return np.stack(images), notes


def _tiles(file: bytes, most: int) -> tuple[np.ndarray, list[str]]:
    """A sheet of sprites, cut; what is no sheet is one picture. Raises ValueError."""
    sheet = cut(io.BytesIO(file))
    if sheet is None:
        return load_image(io.BytesIO(file))[None], [f"one picture: its middle square, shrunk to {SIDE} x {SIDE}"]
    full, empty = sheet
    side = full.shape[1]
    notes = [
        f"a sheet, cut into tiles of {side} x {side}: {len(full)}"
        + (f"; empty ones left out: {empty}" if empty else "")
    ]
    if side != SIDE:
        notes.append(f"resized to {SIDE} x {SIDE}")
    if len(full) > most:
        notes.append(f"the first {most} of them")
    return np.stack([np.asarray(shrunk(Image.fromarray(tile))) for tile in full[:most]]), notes
