"""Everything that a person can save, pixel by pixel: pictures, sprite sheets, films, programs, of every lesson."""

import numpy as np
import pytest
from browsing import all_pixels, download, look_at, pixels, set_slider, settled, wait_for_picture, wait_for_run
from PIL import Image
from takeaways import read_film, run_program

from core import GenerateConfig, NoiseSchedule, generate, load
from core.data import to_x0
from core.generate import SeededNoise
from core.render import enlarge, grid, to_uint8
from core.sprites import draw

PATIENT = 180_000  # ms
HOLD = 1500  # ms, of a film's last picture


def saved(page, box: str, name: str) -> np.ndarray:
    """The picture that a button of that box saves."""
    with Image.open(download(page, box, name)) as picture:
        return np.asarray(picture.convert("RGB"))


def beside(images: np.ndarray, columns: int, scale: int = 1) -> np.ndarray:
    return grid(images, columns=columns, scale=scale, gap=0)


def timeline(pictures: list[np.ndarray], durations: list[int]) -> np.ndarray:
    """What is on show, every 10 ms; so it does not matter that a GIF shows equal frames as one."""
    return np.repeat(np.stack(pictures), [ms // 10 for ms in durations], axis=0)


def assert_film(page, box: str, frames: np.ndarray, ms: int, columns: int = 1) -> None:
    """The GIF shows these frames (n, sprites a frame, 16, 16, 3), `ms` each.

    A frame of one sprite exactly, of several in the 256 colours that Pillow chooses for it.
    """
    alone = frames.shape[1] == 1
    laid = [grid(frame, columns=columns, scale=1, gap=0 if alone else 1) for frame in frames]
    expected = [np.asarray(Image.fromarray(picture).quantize().convert("RGB")) for picture in laid]
    if alone:
        np.testing.assert_array_equal(expected, laid)
    with Image.open(download(page, box, "GIF")) as film:
        assert film.format == "GIF" and film.info["loop"] == 0
        pictures, durations = read_film(film)
    scale = 12 if alone else 4
    assert pictures[0].shape == (scale * laid[0].shape[0], scale * laid[0].shape[1], 3)
    small = [picture[::scale, ::scale] for picture in pictures]
    for picture, whole in zip(small, pictures, strict=True):
        np.testing.assert_array_equal(enlarge(picture, scale), whole)
    times = [ms] * (len(frames) - 1) + [HOLD]
    np.testing.assert_array_equal(timeline(small, durations), timeline(expected, times))


def assert_program(page, box: str, picture: np.ndarray) -> None:
    """The program saves the picture that the page saves; the file holds what is shown."""
    program = download(page, box, "Python file").read_text(encoding="utf-8")
    np.testing.assert_array_equal(run_program(program)[1], picture)
    page.locator(box).get_by_role("button", name="Python", exact=True).click()
    shown = f"document.querySelector({box!r} + ' .code').textContent"
    page.wait_for_function(f"(program) => {shown} === program", arg=program)  # the server may be asked for it


def test_noising(open_page):
    page, box = open_page(link="?tab=noising&sprite=food-1&t=120&seed=4&schedule=linear"), "#noising .take"
    eps, schedule = SeededNoise([4])(), NoiseSchedule.named("linear", 500)
    x0 = to_x0(draw("food", 1).pixels[None])
    frames = np.concatenate([to_uint8(schedule.add_noise(x0, t, eps)) for t in range(0, 501, 10)])
    wait_for_picture(page, "#noising .x_t", frames[12])
    picture = saved(page, box, "PNG")
    np.testing.assert_array_equal(picture, enlarge(frames[12], 16))
    assert_film(page, box, frames[:, None], 60)
    np.testing.assert_array_equal(saved(page, box, "Sprite sheet")[: 6 * 16], beside(frames[:48], 8))
    assert_program(page, box, picture)


@pytest.mark.parametrize("sampler", ["ddpm", "ddim"])
def test_denoising(open_page, sampler):
    page = open_page(
        link=f"?tab=denoising&weights=spell&sampler={sampler}&num_inference_steps=15&guidance_scale=2&seed=5"
    )
    box = "#denoising .take"
    wait_for_run(page, 15)
    steps = list(generate(load(), GenerateConfig({"spell": 1.0}, 1, 5, sampler, 15, guidance_scale=2.0)))
    frames = np.concatenate([to_uint8(step.x_t) for step in steps] + [to_uint8(steps[-1].x_prev)])
    for i, frame in enumerate(frames):
        set_slider(page, "#denoising .index", i)
        np.testing.assert_array_equal(pixels(page, "#denoising .x_t"), frame)
    picture = saved(page, box, "PNG")
    np.testing.assert_array_equal(picture, enlarge(frames[-1], 16))
    assert_film(page, box, frames[:, None], 60)
    np.testing.assert_array_equal(saved(page, box, "Sprite sheet"), beside(frames, 4))
    assert_program(page, box, picture)


def test_race(open_page):
    """Three lanes of five sprites: a lane is a row, in the picture and in every frame of the film."""
    lanes = (("ddpm", 6), ("ddim", 4), ("heun", 3))
    query = "&".join(
        f"sampler{i}={sampler}&num_inference_steps{i}={steps}" for i, (sampler, steps) in enumerate(lanes, start=1)
    )
    page, box = open_page(link=f"?tab=race&weights=spell&count=5&seed=2&{query}"), "#race .take"
    page.get_by_role("button", name="Race", exact=True).click()
    page.wait_for_selector("#race .plots:not([hidden])", timeout=PATIENT)
    runs = [list(generate(load(), GenerateConfig({"spell": 1.0}, 5, 2, *lane))) for lane in lanes]
    states = [[(500, to_uint8(run[0].x_t)), *((step.t_prev, to_uint8(step.x_prev)) for step in run)] for run in runs]
    final = np.concatenate([lane[-1][1] for lane in states])
    np.testing.assert_array_equal(all_pixels(page, "#race .lane canvas"), final)
    picture = saved(page, box, "PNG")
    np.testing.assert_array_equal(picture, beside(final, 5, 16))

    page.locator("#race .clock").select_option("t")  # at equal noise the film does not depend on the time measured
    reached = [[[s for t, s in lane if t >= 500 * (1 - f / 39) - 0.5][-1] for lane in states] for f in range(40)]
    frames = np.stack([np.concatenate(moment) for moment in reached])
    assert_film(page, box, frames, 150, columns=5)
    sheet = saved(page, box, "Sprite sheet")
    blocks = np.stack([beside(frame, 5) for frame in frames]).reshape(8, 5, 48, 80, 3)
    np.testing.assert_array_equal(sheet, blocks.swapaxes(1, 2).reshape(8 * 48, 5 * 80, 3))
    assert max(sheet.shape[:2]) < 2 * min(sheet.shape[:2])  # no ribbon
    assert_program(page, box, picture)


def test_a_races_film_lasts_as_long_as_the_race(open_page):
    page = open_page(link="?tab=race&count=1&num_inference_steps1=60&num_inference_steps2=10")
    page.get_by_role("button", name="Race", exact=True).click()
    page.wait_for_selector("#race .plots:not([hidden])", timeout=PATIENT)
    seconds = float(page.locator("#race .seconds").first.inner_text())
    for speed in ("1", "0.25"):
        page.locator("#race .speed").select_option(speed)
        with Image.open(download(page, "#race .take", "GIF")) as film:
            _, durations = read_film(film)
        ms = min(1000, max(20, 1000 * seconds / float(speed) / 39))
        assert sum(durations) - HOLD == pytest.approx(39 * ms, abs=39 * 5.5)  # a GIF counts in hundredths of a second


def test_mixing(open_page):
    mix = "weights=hero=1,food=0.5&a=hero=1&b=spell=1&seed=3&seed_b=8"
    page = open_page(link=f"?tab=mixing&{mix}")
    settled(page, "mixing")
    for way in ("embedding", "prediction"):
        box = f"#mixing .sheet.{way}"
        shown = all_pixels(page, f"{box} .sprites canvas")
        picture = saved(page, box, "PNG")
        np.testing.assert_array_equal(picture, beside(shown, 4, 16))
        np.testing.assert_array_equal(saved(page, box, "Sprite sheet"), beside(shown, 4))
        assert_program(page, box, picture)
    for part, place, columns in (("morph", "film", 9), ("seeds", "film", 9), ("grid", "table", 5)):
        box = f"#mixing .part.{part}"
        look_at(page, "mixing", part)
        sprites = all_pixels(page, f"{box} .{place} canvas")
        picture = saved(page, box, "PNG")
        np.testing.assert_array_equal(picture, beside(sprites, columns, 16))
        sheet = saved(page, box, "Sprite sheet")
        if part == "grid":
            np.testing.assert_array_equal(sheet, beside(sprites, columns))
        else:  # of the seeds the way along the sphere
            assert_film(page, box, sprites[:9, None], 140)
            np.testing.assert_array_equal(sheet, beside(sprites[:9], columns))
        assert_program(page, box, picture)
