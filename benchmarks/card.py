"""python -m benchmarks.card: the project's three pictures of itself, drawn anew with the shipped network.

assets/thumbnail.png is the social card. Two are for the README: assets/film.gif, sprites on their way from noise, and
assets/first.gif, the first ten seconds of the page in a real Chromium. With --film the former alone is drawn, which
needs no browser.
"""

from __future__ import annotations

import time
from collections.abc import Iterator, Sequence
from io import BytesIO
from itertools import pairwise
from pathlib import Path

import numpy as np
import torch
from matplotlib import get_data_path
from PIL import Image, ImageDraw, ImageFont
from playwright.sync_api import sync_playwright

from core import GenerateConfig, Model, generate, load
from core.cli import Parser
from core.render import enlarge, grid, save_gif, to_uint8

from .page import FLAGS, ROOT, chromium, server

ASSETS = ROOT / "assets"
SIZE, INK = (1200, 630), (24, 22, 32)
FONTS = (("DejaVuSans-Bold", 54), ("DejaVuSans", 26))
SPRITES = (("hero", 3), ("food", 15), ("spell", 16))  # class and seed
STEPS, SHOWN = 25, (0, 8, 12, 15, 18, 21)  # whose x_t stand beside the finished sprite
SCALE, LEFT, TOP, STRIDE = 8, 92, 168, 148
CAST = (("hero", 3), ("non-hero", 8), ("food", 15), ("spell", 16), ("side-facing", 2))  # of the film
FILM_SCALE, FILM_MS, FILM_HOLD = 5, 120, 2500
SECONDS, FIRST_SIZE = 10, (960, 675)


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


def film(model: Model) -> Iterator[np.ndarray]:
    """A run of DDIM, a frame a step, (H, W, 3) uint8: what the network sees, and below it what it guesses."""
    weights, seeds = [{name: 1.0} for name, _ in CAST], [seed for _, seed in CAST]
    for step in generate(model, GenerateConfig(weights, seed=seeds, num_inference_steps=STEPS)):
        yield grid(to_uint8(torch.cat([step.x_t, step.prediction.x0])), columns=len(CAST), scale=1)
    yield grid(to_uint8(torch.cat([step.x_prev, step.x_prev])), columns=len(CAST), scale=1)


def first_seconds() -> tuple[list[Image.Image], list[int]]:
    """What a person sees in the first SECONDS, a run and a drag across the sprite; milliseconds of each frame."""
    frames, times = [], []
    with server(["app.py"]) as (url, _), sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium(), args=FLAGS)
        page = browser.new_page(viewport={"width": 1280, "height": 900})
        page.goto(url, wait_until="commit")
        start = time.perf_counter()

        def look() -> float:
            times.append(round(1000 * (time.perf_counter() - start)))
            picture = Image.open(BytesIO(page.screenshot()))
            frames.append(picture.resize(FIRST_SIZE, Image.Resampling.LANCZOS))
            return time.perf_counter() - start

        while look() < 0.5 * SECONDS:
            pass
        box = page.locator("#noising .x_t").bounding_box()
        assert box is not None
        x, y = box["x"], min(box["y"] + box["height"] / 2, 880)
        page.mouse.move(x + 0.3 * box["width"], y)
        page.mouse.down()
        while (now := look()) < SECONDS:
            share = 0.3 + 0.65 * min(1, max(0, 2.5 * (now / SECONDS - 0.5)))  # then the hand rests
            page.mouse.move(x + share * box["width"], y)
        browser.close()
    durations = [after - before for before, after in pairwise([*times, times[-1] + 1500])]
    return frames, durations


def main(argv: Sequence[str] | None = None) -> None:
    """Write the pictures."""
    what = "Draw the social card and the README's pictures anew, with the shipped network."
    parser = Parser(prog="python -m benchmarks.card", description=what)
    parser.add_argument("--film", action="store_true", help="the film alone, which needs no browser")
    args = parser.parse_args(argv)
    save_gif(film(load()), ASSETS / "film.gif", ms=FILM_MS, hold=FILM_HOLD, scale=FILM_SCALE)
    if args.film:
        return
    thumbnail().save(ASSETS / "thumbnail.png", optimize=True)
    frames, durations = first_seconds()
    palette = frames[len(frames) // 2].convert("RGB").quantize()
    flat = [frame.convert("RGB").quantize(palette=palette, dither=Image.Dither.NONE) for frame in frames]
    flat[0].save(ASSETS / "first.gif", save_all=True, append_images=flat[1:], duration=durations, loop=0, optimize=True)


if __name__ == "__main__":
    main()
