"""A checkpoint of somebody's own classes: every lesson's handlers and the command line speak of those.

The page and the API with such a checkpoint: browser/test_own_classes.py.
"""

import json

import pytest
from own_classes import NAMES, own_checkpoint, started

from core.generate.__main__ import main


@pytest.fixture(scope="module", params=NAMES, ids="{} classes".format)
def own(request, tmp_path_factory):
    """(path of a checkpoint, its class names)."""
    return own_checkpoint(tmp_path_factory.mktemp("own"), NAMES[request.param]), NAMES[request.param]


LESSONS = """
import base64, json, sys
sys.path.insert(0, "tests")
import numpy as np
import app
from lessons import denoising_settings, run_denoising
from tabs.denoising import lesson as denoising, novelty
from tabs.mixing import lesson as mixing
from tabs.noising import lesson as noising
from tabs.race import lesson as race
from tabs.race import recorded
from tabs.race.plots import plots
from serving.runs import model
names, K = list(model().class_names), len(model().class_names)
said = {}
pixels = base64.b64encode(bytes(768)).decode()
for name in names:
    assert len(base64.b64decode(noising.guess(pixels, 0, 200, "cosine", name)["x0"])) == 2 * 768
assert list(noising.gallery()["classes"]) == names
for name in [*names, denoising.NO_CLASS]:
    run = run_denoising(name, "ddim", 2, 2.0, 0)
settings = denoising_settings(names[0], "ddpm", 2)
change = {"at": 1, "weights": {names[-1]: 1}, "network": "sprites", "sampler": "ddim", "guidance_scale": 1, "seed": 0,
          "eta": 0, "noise_scale": 1}
assert denoising.fork(settings, [change])["what"] == names[-1]
said["diversity"] = [sheet["diversity"] for sheet in list(denoising.noise_sheets(settings, 0.5))[-1]["sheets"]]
try:
    list(novelty.novelty(pixels, ["sprites"]))
except ValueError as error:
    said["novelty"] = str(error)
lanes = ["ddim", "sprites", 2, 0, "unipc", "sprites", 2, 0, *["none", "sprites", 1, 0] * 2]
for data, races in race.race(names[-1], 1, 0, [], *lanes):
    pass
said["race"], said["quality"] = data["python"], plots(races)[1]
assert not recorded.made_on()
data = mixing.corners()
assert data["classes"] == names and all(row.keys() <= {*names} for _, row in data["presets"])
assert any(abs(sum(row.values()) - 1) < 1e-9 for _, row in data["presets"])  # for "keep the sum at 1"
for _, row in data["presets"]:
    request = {"weights": row, "guidance_scale": 1, "seed": 0, "mixing": "embedding"}
    mixing.preview(request)
mixing.drawing({"what": "sheet", **request})
mixing.drawing({"what": "seeds", **request, "seed_b": 1})
mixing.drawing({"what": "morph", "a": row, "b": {names[-1]: 1}, "guidance_scale": 1, "seed": 0, "mixing": "prediction"})
try:
    mixing.drawing({"what": "sheet", **request, "weights": {"dragon": 1}})
except ValueError as error:
    said["mixing"] = str(error)
import api
(documented,) = (fn.fn.__doc__ for fn in app.demo.fns.values() if fn.api_name == "generate")
assert f"class ({', '.join(names)}) to weight" in documented
assert api.generate(count=1, num_inference_steps=2)[0]["python"].count(repr({names[0]: 1.0})) == 1
lanes = [{"num_inference_steps": 2}, {"sampler": "unipc", "num_inference_steps": 2}]
assert len(api.compare(lanes, count=1)[0]["lanes"]) == 2
assert api.mix(places=2, num_inference_steps=2)[0]["weights"] == [{names[0]: 1}, {names[-1]: 1} if K > 1 else {}]
print(json.dumps(said))
"""


def test_every_lesson_draws_its_classes(own, python):
    path, names = own
    out, err = (process := python("-c", started(path, LESSONS))).communicate(timeout=300)
    assert process.returncode == 0, err
    said = json.loads(out.splitlines()[-1])
    assert said["diversity"] == [None, None] and "other sprites" in said["novelty"]
    assert repr(names[-1]) in said["race"] and said["quality"] is None
    assert said["mixing"] == f"unknown class 'dragon'; the classes are {', '.join(names)}"


def test_the_command_line_takes_its_names(own, tmp_path, capsys, refused):
    path, names = own
    options = ["--checkpoint", str(path), "--count", "1", "--steps", "2", "--out", str(tmp_path / "s.png"), "--weights"]
    main([*options, f"{names[-1]}=0.5"])
    assert "2 steps" in capsys.readouterr().out
    assert f"the classes are {', '.join(names)}" in refused(main, [*options, "hero=1"])
