"""What the tabs share: links set controls only to what these allow, GIFs hold their frames, programs repeat runs."""

import base64
import io
import math

import gradio as gr
import numpy as np
import pytest
from PIL import Image
from takeaways import read_film, run_program
from torch.testing import assert_close

from core import GenerateConfig, generate, last
from core.program import constructor
from core.program import run_program as program_of
from core.render import enlarge, grid, to_uint8
from serving.runs import model
from tabs.links import from_link, read_link
from tabs.page import MAX_GIF_SPRITES, encode, gif

GOOD_GIF = {"frames": encode(np.zeros((3, 2, 768), np.uint8)), "count": 2, "columns": 2, "ms": 50}
CONTROLS = {
    "class": gr.Dropdown([("Hero", "hero"), "food"], label="class", render=False),
    "steps": gr.Slider(1, 500, step=1, precision=0, label="how many steps", render=False),
    "guidance": gr.Slider(0, 5, step=0.1, render=False),
    "seed": gr.Number(precision=0, minimum=0, maximum=9, render=False),
    "fresh": gr.Checkbox(render=False),
}


@pytest.mark.parametrize(
    ("name", "text", "value"),
    [
        ("class", "hero", "hero"),
        ("class", "Hero", None),
        ("class", "<script>", None),
        ("steps", "12", 12),
        ("steps", "12.0", 12),
        ("steps", "12.7", None),
        ("steps", "1_0", None),
        ("steps", "1e1", None),
        ("steps", "١٢", None),
        ("steps", " 12", None),
        ("steps", "+12", None),
        ("steps", "", None),
        ("steps", "501", None),
        ("steps", "many", None),
        ("guidance", "1.5", 1.5),
        ("guidance", "1,5", None),
        ("guidance", "nan", None),
        ("guidance", "inf", None),
        ("seed", "-1", None),
        ("fresh", "true", True),
        ("fresh", "yes", None),
    ],
)
def test_a_link_sets_a_control_only_to_what_it_allows(name, text, value):
    assert from_link(CONTROLS[name], text) == value


def filmed(request: dict) -> tuple[list[np.ndarray], list[int]]:
    """The frames of the GIF that is made, and how long each is shown."""
    return read_film(Image.open(io.BytesIO(base64.b64decode(gif(request)))))


@pytest.mark.parametrize(
    ("count", "columns", "rows"), [(15, 5, 3), (8, 4, 2), (6, 3, 2), (7, 3, 3), (2, 2, 1), (2, 1, 2)]
)
def test_a_gif_shows_the_sprites_where_the_page_does(count, columns, rows):
    """A colour a sprite, another in each frame; five in a row of a race are five in a row of its GIF."""
    colours = np.random.default_rng(0).permutation(256)[: 3 * count].reshape(3, count)
    frames = np.stack([colours, 255 - colours, (7 * colours) % 256], axis=-1).astype(np.uint8)
    sprites = np.broadcast_to(frames[:, :, None, None], (3, count, 16, 16, 3))
    pictures, durations = filmed({"frames": encode(sprites), "count": count, "columns": columns, "ms": 50})
    assert durations == [50, 50, 1500] and pictures[0].shape == (4 * (17 * rows + 1), 4 * (17 * columns + 1), 3)
    for picture, frame in zip(pictures, sprites, strict=True):
        np.testing.assert_array_equal(picture, grid(frame, columns=columns, scale=4, gap=1))


def test_a_gif_of_one_sprite_has_its_very_colours():
    """A palette of a GIF has 256 colours, as many as a sprite has pixels."""
    frames = np.random.default_rng(0).integers(0, 256, (3, 16, 16, 3), np.uint8)
    pictures, durations = filmed({"frames": encode(frames), "count": 1, "columns": 1, "ms": 64})
    assert durations == [60, 60, 1500]  # hundredths of a second
    np.testing.assert_array_equal(pictures, enlarge(frames, 12))


@pytest.mark.parametrize(("size", "scale"), [(1, 192), (8, 24), (16, 12), (64, 3)])
def test_a_gif_of_sprites_of_any_size(size, scale):
    """As many pixels of a side as the request says; shown about as large as ours."""
    frames = np.random.default_rng(0).integers(0, 256, (3, size, size, 3), np.uint8) // 85 * 85
    request = {"frames": encode(frames), "count": 1, "columns": 1, "ms": 50}
    pictures, _ = filmed(request | {"size": size})
    np.testing.assert_array_equal(pictures, enlarge(frames, scale))
    if size == 16:
        np.testing.assert_array_equal(filmed(request)[0], pictures)


def test_a_link_is_read_and_what_cannot_be_used_is_said_in_words():
    linked = {"first": {}, "second": {"class": CONTROLS["class"], "steps": CONTROLS["steps"]}}
    read = {"tab": "Second", "class": "food", "steps": "12.7", "seed": "3", "__theme": "dark"}
    tab, values, text = read_link(read, linked)
    assert (tab, values) == ("second", {CONTROLS["class"]: "food"})
    assert text == (
        "Not all of this link can be used: how many steps must be a whole number from 1 to 500. "
        "All else is set as it says."
    )
    assert read_link(read | {"steps": "12"}, linked)[2] == ""
    assert "class must be one of hero, food;" in read_link(read | {"class": "<b>"}, linked)[2]
    assert "a network that somebody has taught is in no link" in read_link(read | {"class": "mine"}, linked)[2]
    assert read_link({"steps": "12"}, linked) == (None, {}, "")  # no tab
    tab, values, text = read_link({"tab": "<b>third", "steps": "12"}, linked)
    assert (tab, values) == (None, {})
    assert text == "This link asks for a lesson that does not exist; there are first, second. This is the first."


@pytest.mark.parametrize(
    "request_",
    [
        None,
        [],
        {},
        GOOD_GIF | {"frames": "AAAA"},
        GOOD_GIF | {"frames": "!!"},
        GOOD_GIF | {"count": 0},
        GOOD_GIF | {"count": True},
        GOOD_GIF | {"count": 4},
        GOOD_GIF | {"columns": 0},
        GOOD_GIF | {"columns": 3},
        GOOD_GIF | {"columns": 1.0},
        GOOD_GIF | {"columns": None},
        GOOD_GIF | {"ms": 0},
        GOOD_GIF | {"size": 0},
        GOOD_GIF | {"size": 65},
        GOOD_GIF | {"size": 8.0},
        GOOD_GIF | {"size": True},
        GOOD_GIF | {"size": None},
        GOOD_GIF | {"size": 15},  # no whole frames
        {"frames": encode(np.zeros((MAX_GIF_SPRITES + 2, 3), np.uint8)), "count": 2, "columns": 2, "ms": 50, "size": 1},
        GOOD_GIF | {"frames": ""},
        GOOD_GIF | {"frames": "A" * (4 * 256 * MAX_GIF_SPRITES + 8)},
    ],
)
def test_what_is_no_gif_is_refused(request_):
    assert gif(GOOD_GIF)
    with pytest.raises(ValueError):
        gif(request_)


@pytest.mark.parametrize("interval", [(0.3, math.inf), (0.0, 5.0), (0.3, 5.0)])
def test_the_program_of_guidance_in_an_interval_runs(interval):
    """Infinity has no literal in Python."""
    config = GenerateConfig({"hero": 1.0}, 1, 3, "ddim", 2, guidance_scale=2.0, guidance_interval=interval)
    found, _ = run_program(program_of(config))
    assert eval(constructor(config), {"GenerateConfig": GenerateConfig}) == config
    assert_close(found["sprites"], last(generate(model(), config)).x_prev, rtol=0, atol=0)


def test_a_program_says_where_core_comes_from():
    first, second, *_ = program_of(GenerateConfig()).splitlines()
    assert first.startswith("# core is a folder of the project") and second.startswith("#")


def test_the_program_repeats_the_run_and_its_fork():
    config = GenerateConfig({"hero": 1.0}, 2, 3, "ddpm", 6, noise_scale=0.5)
    fork = GenerateConfig({"food": 1.0}, 2, 4, "ddim", 6, guidance_scale=2.0)
    steps = list(generate(model(), config))
    steps = steps[:2] + list(generate(model(), fork, after=steps[:2]))
    found, saved = run_program(program_of(config, (2, fork)))
    np.testing.assert_array_equal(saved, grid(to_uint8(steps[-1].x_prev), columns=2, scale=16, gap=0))
    assert_close(found["sprites"], steps[-1].x_prev, rtol=0, atol=0)
    assert (
        "GenerateConfig(weights={'hero': 1.0}, count=2, seed=3, sampler='ddpm', num_inference_steps=6, noise_scale=0.5)"
        in program_of(config)
    )
