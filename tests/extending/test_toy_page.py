"""The page with a network of 8x8 pixels and one channel: the denoising lesson draws its run, in shades of grey."""

from contextlib import contextmanager

import numpy as np
import pytest
from browsing import assert_same_picture, download, pixels, set_slider, wait_for_run
from own_classes import started
from PIL import Image
from server import serving
from toy import NAMES, toy_checkpoint

from core import GenerateConfig, Models, generate
from core.render import enlarge, to_uint8

SIDE = 8


@pytest.fixture(scope="module")
def checkpoint(tmp_path_factory):
    return toy_checkpoint(tmp_path_factory.mktemp("toy"))


@pytest.fixture(scope="module")
def toy_url(checkpoint, tmp_path_factory):
    command = ["-c", started(checkpoint, "import app; app.main()")]
    with serving(tmp_path_factory.mktemp("app") / "log.txt", command=command) as (url, _):
        yield url


@contextmanager
def opened(browser, address: str):
    """A page that may have no complaint when it is left."""
    page, errors = browser.new_page(), []
    page.on("pageerror", lambda error: errors.append(str(error)))
    page.goto(address)
    yield page
    page.close()
    assert not errors


def test_the_denoising_lesson_draws_its_run(browser, checkpoint, toy_url):
    config = GenerateConfig({"cross": 1.0}, 1, 3, "ddpm", 6)
    steps = list(generate(Models(checkpoint), config))
    with opened(browser, f"{toy_url}?tab=denoising&weights=cross&sampler=ddpm&num_inference_steps=6&seed=3") as page:
        wait_for_run(page, 6)
        size = page.eval_on_selector("#denoising .x_t", "canvas => [canvas.width, canvas.height]")
        assert size == [SIDE, SIDE]
        for i in (0, 2, 5):
            set_slider(page, "#denoising .index", i)
            step = steps[i]
            shown = {
                "x_t": step.x_t,
                "x0": step.prediction.x0,
                "eps": step.prediction.eps / 3,
                "mean": step.mean,
                "z": step.x_prev - step.mean,
                "x_prev": step.x_prev,
            }
            for name, tensor in shown.items():
                picture = pixels(page, f"#denoising .{name}", SIDE)
                assert (picture == picture[..., :1]).all()  # grey
                assert_same_picture(picture, to_uint8(tensor)[0], 2)
        final = to_uint8(steps[-1].x_prev)[0]
        with Image.open(download(page, "#denoising .take", "PNG")) as picture:
            np.testing.assert_array_equal(np.asarray(picture.convert("RGB")), enlarge(final, 16))
        with Image.open(download(page, "#denoising .take", "GIF")) as film:
            assert film.size == (192, 192)


def test_a_pixel_of_it_is_pointed_at(browser, checkpoint, toy_url):
    with opened(browser, f"{toy_url}?tab=denoising&num_inference_steps=4&step=1") as page:
        wait_for_run(page, 4)
        page.focus("#denoising .x0")
        page.keyboard.press("ArrowRight")  # begins in the middle
        page.keyboard.press("ArrowUp")
        page.get_by_text("Column 5, row 4. Its brightness").wait_for()
        (line,) = page.locator("#denoising .pixel-numbers > div").all_inner_texts()
        step = list(generate(Models(checkpoint), GenerateConfig({NAMES[0]: 1.0}, 1, 0, "ddim", 4)))[1]
        after = float(line.split()[1].replace("−", "-"))
        assert after == pytest.approx(step.x_prev[0, 0, 3, 4].item(), abs=0.02)
        assert page.locator("#denoising .ring").count() == 6
