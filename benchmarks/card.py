"""python -m benchmarks.card: the project's two pictures of itself, drawn anew with the shipped network.

assets/thumbnail.png is the social card; assets/screenshot.png, for the README, is the page in a real Chromium.
"""

from __future__ import annotations

from collections.abc import Sequence
from io import BytesIO
from pathlib import Path

from matplotlib import get_data_path
from PIL import Image, ImageDraw, ImageFont
from playwright.sync_api import sync_playwright

from core import GenerateConfig, generate, load
from core.cli import Parser
from core.render import enlarge, to_uint8

from .page import FLAGS, ROOT, chromium, server

ASSETS = ROOT / "assets"
SIZE, INK = (1200, 630), (24, 22, 32)
FONTS = (("DejaVuSans-Bold", 54), ("DejaVuSans", 26))
SPRITES = (("hero", 3), ("food", 15), ("spell", 16))  # class and seed
STEPS, SHOWN = 25, (0, 8, 12, 15, 18, 21)  # whose x_t stand beside the finished sprite
SCALE, LEFT, TOP, STRIDE = 8, 92, 168, 148


def thumbnail() -> Image.Image:
    """Three sprites on their way from noise, under the title."""
    card = Image.new("RGB", SIZE, INK)
    pen, fonts = ImageDraw.Draw(card), Path(get_data_path()) / "fonts" / "ttf"
    bold, plain = (ImageFont.truetype(fonts / f"{name}.ttf", size) for name, size in FONTS)
    pen.text((LEFT, 34), "Diffusion, pixel by pixel", "white", bold)
    pen.text((LEFT, 108), "a diffusion model to take in your hands", "#d19dff", plain)
    model = load()
    for row, (name, seed) in enumerate(SPRITES):
        steps = list(generate(model, GenerateConfig({name: 1.0}, 1, seed, num_inference_steps=STEPS)))
        states = [steps[i].x_t for i in SHOWN] + [steps[-1].x_prev]
        for column, state in enumerate(states):
            tile = Image.fromarray(enlarge(to_uint8(state)[0], SCALE))
            card.paste(tile, (LEFT + STRIDE * column, TOP + STRIDE * row))
    return card


def screenshot() -> bytes:
    """The noising lesson, as it opens, as PNG."""
    with server(["app.py"]) as (url, _), sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium(), args=FLAGS)
        page = browser.new_page(viewport={"width": 1280, "height": 1412})
        page.goto(url)
        page.wait_for_selector("#noising .with-class + figcaption b")  # the network's guess has come
        picture = page.screenshot()
        browser.close()
    return picture


def main(argv: Sequence[str] | None = None) -> None:
    """Write both pictures."""
    what = "Draw the social card and the README's screenshot anew, with the shipped network."
    Parser(prog="python -m benchmarks.card", description=what).parse_args(argv)
    thumbnail().save(ASSETS / "thumbnail.png", optimize=True)
    Image.open(BytesIO(screenshot())).convert("P", palette=Image.Palette.ADAPTIVE).save(
        ASSETS / "screenshot.png", optimize=True
    )


if __name__ == "__main__":
    main()
