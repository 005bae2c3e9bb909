"""A toy network of another shape, 8x8 pixels of one channel in two classes: trained, loaded, drawn by everything."""

import pytest
import torch
from house import run
from own_classes import started
from tiny import ROOT
from toy import toy_checkpoint

from core import GenerateConfig, Models, generate, last
from core.render import to_uint8
from core.samplers import SAMPLERS


@pytest.fixture(scope="module")
def checkpoint(tmp_path_factory):
    return toy_checkpoint(tmp_path_factory.mktemp("toy"))


@pytest.mark.parametrize("sampler", SAMPLERS)
def test_every_sampler_draws_with_it(checkpoint, sampler):
    models = Models(checkpoint)
    config = GenerateConfig([{"ring": 1.0}, {"ring": 0.5, "cross": 0.5}], sampler=sampler, num_inference_steps=4)
    sprites = last(generate(models, config)).x_prev
    assert models["sprites"].shape == (1, 8, 8) and sprites.shape == (2, 1, 8, 8) and torch.isfinite(sprites).all()
    assert to_uint8(sprites).shape == (2, 8, 8, 3)


def test_the_api_and_the_lessons_draw_with_it(checkpoint):
    code = """
import base64, io
import api, app
from PIL import Image
from lessons import denoising_settings, run_denoising
from tabs.mixing import lesson as mixing
from tabs.noising import lesson as noising
from tabs.race import lesson as race
drawn, picture = api.generate(count=2, num_inference_steps=2)
size = Image.open(io.BytesIO(base64.b64decode(drawn["sprites"][0].partition(",")[2]))).size
morph, _ = api.mix(places=3, num_inference_steps=2, seed_b=5)
compared, _ = api.compare([{"num_inference_steps": 2}, {"sampler": "heun", "num_inference_steps": 2}], count=1)
print(size, len(morph["sprites"]), len(compared["lanes"]), morph["weights"][1])
data = run_denoising("cross", "ddpm", 3, 2.0)
print(data["shape"], len(base64.b64decode(data["rgb"])), len(base64.b64decode(data["x_t"])))
*_, (shown, _) = race.race("ring", 2, 0, [], *("ddim", "sprites", 2, 0), *("unipc", "sprites", 2, 0))
print(shown["shape"], len(base64.b64decode(shown["lanes"][0]["sprites"])))
request = {"what": "seeds", "weights": {"ring": 1}, "guidance_scale": 1, "seed": 0, "seed_b": 1, "mixing": "embedding"}
made = mixing.drawing(request)
print(len(base64.b64decode(made["sprites"])) == 2 * mixing.PLACES * 8 * 8 * 3, mixing.corners()["shape"])
print(noising.gallery()["classes"])
from core.program import run_program
from core import GenerateConfig
import contextlib, tempfile
with tempfile.TemporaryDirectory() as folder, contextlib.chdir(folder):
    exec(mixing.drawing_program(request))
    print(Image.open("sprites.png").size)
"""
    assert run(ROOT, started(checkpoint, code)).splitlines() == [
        "(8, 8) 3 2 {'ring': 0.5, 'cross': 0.5}",
        "[1, 8, 8] 768 512",
        "[1, 8, 8] 384",
        "True [1, 8, 8]",
        "()",
        "(1152, 256)",
    ]


def test_the_command_line_draws_with_it(checkpoint, tmp_path):
    options = ["--checkpoint", str(checkpoint), "--weights", "ring=0.5,cross=0.5", "--steps", "2", "--count", "1"]
    code = f"import sys; sys.argv[1:] = {[*options, '--out', str(tmp_path / 'toy.png')]!r}\n"
    assert "ddim, 2 steps" in run(ROOT, code + "from core.generate.__main__ import main; main()")
