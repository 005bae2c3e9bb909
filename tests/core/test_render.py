"""Tensors to pictures, and back without loss."""

import numpy as np
import pytest
import torch
from PIL import Image

from core.data import to_x0
from core.render import GAP, enlarge, grid, save_gif, save_png, to_uint8

RNG = np.random.default_rng(0)


def sprites(n):
    return RNG.integers(0, 256, (n, 16, 16, 3), dtype=np.uint8)


def test_to_uint8_is_the_inverse_of_to_x0():
    every_value = np.arange(256, dtype=np.uint8).reshape(1, 16, 16, 1).repeat(3, axis=3)
    for images in (every_value, sprites(3)):
        np.testing.assert_array_equal(to_uint8(to_x0(images)), images)


def test_to_uint8_rounds_and_clips():
    x = torch.tensor([-9.0, -1, -0.999, 0, 0.5, 1, 3]).reshape(1, 1, 1, 7).expand(1, 3, 1, 7)
    assert to_uint8(x)[0, 0, :, 0].tolist() == [0, 0, 0, 128, 191, 255, 255]


@pytest.mark.parametrize("dtype", [torch.float16, torch.float64])
def test_to_uint8_takes_any_precision_and_tensors_with_gradients(dtype):
    x = torch.ones(1, 3, 2, 2, dtype=dtype, requires_grad=True)
    assert (to_uint8(x) == 255).all()


@pytest.mark.parametrize("scale", [1, 2, 5])
@pytest.mark.parametrize("shape", [(16, 16, 3), (4, 16, 16, 3)])
def test_enlarge_makes_every_pixel_a_square(shape, scale):
    pixels = RNG.integers(0, 256, shape, dtype=np.uint8)
    large = enlarge(pixels, scale)
    assert large.shape == (*shape[:-3], 16 * scale, 16 * scale, 3)
    for dy in range(scale):
        for dx in range(scale):
            np.testing.assert_array_equal(large[..., dy::scale, dx::scale, :], pixels)


@pytest.mark.parametrize(
    ("n", "columns", "expected"),
    [(1, None, (1, 1)), (4, None, (2, 2)), (5, None, (2, 3)), (7, 7, (1, 7)), (7, 2, (4, 2))],
)
@pytest.mark.parametrize("gap", [0, 1, 3])
@pytest.mark.parametrize("scale", [1, 3])
def test_grid_places_every_sprite_and_nothing_else(n, columns, expected, gap, scale):
    images, (rows, cols) = sprites(n), expected
    picture = grid(images, columns=columns, gap=gap, scale=scale)
    step = 16 + gap
    assert picture.shape == ((rows * step + gap) * scale, (cols * step + gap) * scale, 3)
    picture = picture[::scale, ::scale].copy()
    for i, image in enumerate(images):
        y, x = i // cols * step + gap, i % cols * step + gap
        np.testing.assert_array_equal(picture[y : y + 16, x : x + 16], image)
        picture[y : y + 16, x : x + 16] = GAP
    assert (picture == GAP).all()


def test_png_round_trip(tmp_path):
    pixels = grid(sprites(3))
    save_png(pixels, tmp_path / "p")
    with Image.open(tmp_path / "p") as picture:
        assert picture.format == "PNG"
        np.testing.assert_array_equal(np.asarray(picture), pixels)


@pytest.mark.parametrize("n", [2, 7])
def test_gif_has_every_frame_loops_and_rests_on_the_last(tmp_path, n):
    frames = [np.full((20, 30, 3), 255 * i // n, np.uint8) for i in range(n)]
    save_gif(frames, tmp_path / "a.gif", ms=60, hold=1500)
    with Image.open(tmp_path / "a.gif") as animation:
        assert animation.n_frames == n and animation.size == (30, 20) and animation.info["loop"] == 0
        durations = []
        for i in range(n):
            animation.seek(i)
            durations.append(animation.info["duration"])
            np.testing.assert_allclose(np.asarray(animation.convert("RGB")), frames[i], atol=1)
    assert durations == [60] * (n - 1) + [1500]


def test_gif_of_one_frame_and_of_none(tmp_path):
    save_gif(iter([np.zeros((4, 4, 3), np.uint8)]), tmp_path / "a.gif")
    assert Image.open(tmp_path / "a.gif").n_frames == 1
    with pytest.raises(ValueError, match="at least one frame"):
        save_gif([], tmp_path / "b.gif")
