"""What the tabs share: links set controls only to what these allow, GIFs hold their frames, programs repeat runs."""

import base64
import io

import gradio as gr
import numpy as np
import pytest
from PIL import Image
from torch.testing import assert_close

from core import GenerateConfig, generate
from tabs.page import MAX_GIF_SPRITES, as_python, encode, from_link, gif
from tabs.runs import model

CONTROLS = {
    "class": gr.Dropdown([("Hero", "hero"), "food"], render=False),
    "steps": gr.Slider(1, 500, step=1, precision=0, render=False),
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
        ("steps", "501", None),
        ("steps", "many", None),
        ("guidance", "1.5", 1.5),
        ("guidance", "nan", None),
        ("guidance", "inf", None),
        ("seed", "-1", None),
        ("fresh", "true", True),
        ("fresh", "yes", None),
    ],
)
def test_a_link_sets_a_control_only_to_what_it_allows(name, text, value):
    assert from_link(CONTROLS[name], text) == value


def test_a_gif_holds_the_frames(tmp_path):
    colours = np.array([[255, 0, 0], [0, 255, 0], [0, 0, 255]], np.uint8)
    frames = np.broadcast_to(colours[:, None, None, None], (3, 2, 16, 16, 3))
    picture = Image.open(io.BytesIO(base64.b64decode(gif({"frames": encode(frames), "count": 2, "ms": 50}))))
    assert picture.n_frames == 3 and picture.info["loop"] == 0
    for i, colour in enumerate(colours):
        picture.seek(i)
        assert picture.convert("RGB").getpixel((20, 20)) == tuple(colour)


@pytest.mark.parametrize(
    "request_",
    [
        None,
        [],
        {},
        {"frames": "AAAA", "count": 1, "ms": 50},
        {"frames": "!!", "count": 1, "ms": 50},
        {"frames": encode(np.zeros(768, np.uint8)), "count": 0, "ms": 50},
        {"frames": encode(np.zeros(768, np.uint8)), "count": True, "ms": 50},
        {"frames": encode(np.zeros(768, np.uint8)), "count": 2, "ms": 50},
        {"frames": encode(np.zeros(768, np.uint8)), "count": 1, "ms": 0},
        {"frames": "", "count": 1, "ms": 50},
        {"frames": "A" * (4 * 256 * MAX_GIF_SPRITES + 8), "count": 1, "ms": 50},
    ],
)
def test_what_is_no_gif_is_refused(request_):
    with pytest.raises(ValueError):
        gif(request_)


def test_the_program_repeats_the_run_and_its_fork():
    config = GenerateConfig({"hero": 1.0}, 2, 3, "ddpm", 6, noise_scale=0.5)
    fork = GenerateConfig({"food": 1.0}, 2, 4, "ddim", 6, guidance_scale=2.0)
    steps = list(generate(model(), config))
    steps = steps[:2] + list(generate(model(), fork, after=steps[:2]))
    found = {}
    exec(as_python(config, (2, fork)), found)
    assert_close(found["sprites"], steps[-1].x_prev, rtol=0, atol=0)
    assert (
        "GenerateConfig(weights={'hero': 1.0}, count=2, seed=3, sampler='ddpm', num_inference_steps=6, noise_scale=0.5)"
        in as_python(config)
    )
