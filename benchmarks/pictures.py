"""Files that somebody may upload as a picture, by name: odd ones, broken ones and traps."""

from __future__ import annotations

import io
import struct
import zlib
from functools import lru_cache

import numpy as np
from PIL import Image


def saved(picture: Image.Image, kind: str, **options: object) -> bytes:
    """The bytes of a picture's file."""
    file = io.BytesIO()
    picture.save(file, kind, **options)
    return file.getvalue()


def chunk(kind: bytes, body: bytes) -> bytes:
    """A chunk of a PNG file."""
    return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))


def bomb(width: int, height: int, *, rows: int | None = None, extra: bytes = b"") -> bytes:
    """A small PNG, grey with alpha, of that many pixels. rows: how many are there; extra: chunks before them."""
    packer = zlib.compressobj(6)
    row = bytes(1 + 2 * width)
    data = b"".join(packer.compress(row) for _ in range(height if rows is None else rows)) + packer.flush()
    header = struct.pack(">IIBBBBB", width, height, 8, 4, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + extra + chunk(b"IDAT", data) + chunk(b"IEND", b"")


@lru_cache(maxsize=1)
def usable() -> dict[str, bytes]:
    """Unusual pictures, which must become sprites."""
    noise = np.random.default_rng(0).integers(0, 256, (64, 64, 3), np.uint8)
    photo, frames = Image.fromarray(noise), [Image.new("RGB", (40, 40), colour) for colour in ("red", "lime", "blue")]
    sixteen = Image.fromarray(np.linspace(0, 65535, 4096).astype(np.uint16).reshape(64, 64))
    exif = Image.Exif()
    exif[0x0112] = 99  # an orientation that there is not
    return {
        "animated.gif": saved(frames[0], "GIF", save_all=True, append_images=frames[1:]),
        "animated.webp": saved(frames[0], "WEBP", save_all=True, append_images=frames[1:]),
        "animated.png": saved(frames[0], "PNG", save_all=True, append_images=frames[1:]),
        "cmyk.jpg": saved(photo.convert("CMYK"), "JPEG"),
        "progressive.jpg": saved(photo, "JPEG", progressive=True),
        "sixteen-bit.png": saved(sixteen, "PNG"),
        "one-bit.png": saved(photo.convert("1"), "PNG"),
        "grey-alpha.png": saved(photo.convert("LA"), "PNG"),
        "bad-profile.png": saved(photo, "PNG", icc_profile=b"no profile"),
        "bad-profile.jpg": saved(photo, "JPEG", icc_profile=b"\0" * 50_000),
        "bad-exif.png": saved(photo, "PNG", exif=exif),
        "broken-exif.jpg": saved(photo, "JPEG", exif=b"Exif\0\0II*\0\xff\xff\xff\xff"),
        "one-pixel.bmp": saved(Image.new("RGB", (1, 1)), "BMP"),
        "line.png": bomb(3000, 1),
        "<img src=x onerror=alert(1)>.png": saved(photo, "PNG"),
        "../../escape.png": saved(photo, "PNG"),
        "a" * 300 + ".png": saved(photo, "PNG"),
    }


@lru_cache(maxsize=1)
def refused() -> dict[str, bytes]:
    """What must be refused with a sentence: no pictures, broken ones, other formats, far too many pixels."""
    photo = Image.fromarray(np.random.default_rng(0).integers(0, 256, (64, 64, 3), np.uint8))
    png, jpeg = saved(photo, "PNG"), saved(photo, "JPEG")
    text = chunk(b"zTXt", b"a\0\0" + zlib.compress(bytes(60_000_000), 9))
    return {
        "empty.png": b"",
        "text.png": b"hello",
        "page.png": b"<!doctype html><html><script>alert(1)</script></html>",
        "drawing.png": b'<svg xmlns="http://www.w3.org/2000/svg" onload="alert(1)"><rect width="9" height="9"/></svg>',
        "drawing.svg": b'<svg xmlns="http://www.w3.org/2000/svg"><image href="file:///etc/passwd"/></svg>',
        "script.png": b"%!PS-Adobe-3.0 EPSF-3.0\n%%BoundingBox: 0 0 9 9\n",
        "truncated.png": png[: len(png) // 2],
        "truncated.jpg": jpeg[: len(jpeg) // 2],
        "signature.png": png[:8],
        "scan.tiff": saved(photo, "TIFF"),
        "icon.ico": saved(photo, "ICO"),
        "12000x12000.png": bomb(12_000, 12_000),
        "5000x5000.png": bomb(5000, 5000),
        "claims-much.png": bomb(60_000, 60_000, rows=1),
        "no-pixels.png": bomb(0, 0),
        "text-bomb.png": bomb(16, 16, extra=text),
        "many-text-bombs.png": bomb(16, 16, extra=20 * chunk(b"zTXt", b"a\0\0" + zlib.compress(bytes(900_000), 9))),
    }
