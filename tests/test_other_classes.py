"""A checkpoint of somebody's own classes in the app: every lesson, the API and the command lines speak of those."""

import json
import urllib.request

import pytest
from gradio_client import Client
from serving import serving
from tiny import TINY, randomised

from core.checkpoint import Model, save
from core.generate.__main__ import main
from core.unet import UNet

NAMES = {
    1: ("тест",),
    2: ("cat", "Eule ü"),
    12: ("Ärger", "猫", "naïve", "dog", "owl", "cow", "a b", "x", "y", "z", "🎈", "last"),
}


@pytest.fixture(scope="module", params=NAMES, ids="{} classes".format)
def own(request, tmp_path_factory):
    """(path of a checkpoint, its class names)."""
    names = NAMES[request.param]
    path = tmp_path_factory.mktemp("own") / "sprites.safetensors"
    config = type(TINY)(**{**vars(TINY), "num_classes": len(names)})
    save(path, Model(randomised(UNet(config)), names, {"images_seen": 8, "data": "mine.npz"}))
    return path, names


def started(path, code):
    """Python code that has this checkpoint in the place of the shipped one."""
    return f"import pathlib, core.checkpoint; core.checkpoint.SHIPPED = pathlib.Path({str(path)!r})\n{code}"


LESSONS = """
import base64, json, sys
import numpy as np
import app
from tabs import denoising, mixing, noising, race
from tabs.runs import model
names, K = list(model().class_names), len(model().class_names)
said = {}
pixels = base64.b64encode(bytes(768)).decode()
for name in names:
    assert len(base64.b64decode(noising.guess(pixels, 0, 200, "cosine", name)["x0"])) == 2 * 768
assert list(noising.gallery()["classes"]) == names
for name in [*names, denoising.NO_CLASS]:
    run = denoising.run(name, "ddim", 2, 2.0, 0)
settings = {"class_name": names[0], "sampler": "ddpm", "steps": 2, "guidance": 1, "seed": 0}
change = {"at": 1, "weights": {names[-1]: 1}, "sampler": "ddim", "guidance_scale": 1, "seed": 0, "eta": 0,
          "noise_scale": 1}
assert denoising.fork(settings, [change])["what"] == names[-1]
said["diversity"] = [sheet["diversity"] for sheet in list(denoising.noise_sheets(settings, 0.5))[-1]["sheets"]]
try:
    list(denoising.novelty(pixels))
except ValueError as error:
    said["novelty"] = str(error)
for lanes, *_, quality in race.race(names[-1], 1, 0, [], "ddim", 2, 0, "unipc", 2, 0, "none", 1, 0, "none", 1, 0):
    pass
said["race"], said["quality"] = lanes["link"]["class"], quality
data = mixing.corners()
assert data["classes"] == names and all(len(row) == K for _, row in data["presets"])
assert any(abs(sum(row) - 1) < 1e-9 for _, row in data["presets"])  # for "keep the sum at 1"
for _, row in data["presets"]:
    request = {"weights": row, "guidance": 1, "seed": 0, "mixing": "embedding"}
    mixing.preview(request)
mixing.drawing({"what": "sheet", **request})
mixing.drawing({"what": "seeds", **request, "seed_b": 1})
mixing.drawing({"what": "morph", "a": row, "b": row[::-1], "guidance": 1, "seed": 0, "mixing": "prediction"})
try:
    mixing.drawing({"what": "sheet", **request, "weights": [1] * (K + 1)})
except ValueError as error:
    said["mixing"] = str(error)
print(json.dumps(said))
"""


def test_every_lesson_draws_its_classes(own, python):
    path, names = own
    out, err = (process := python("-c", started(path, LESSONS))).communicate(timeout=300)
    assert process.returncode == 0, err
    said = json.loads(out.splitlines()[-1])
    assert said["diversity"] == [None, None] and "other sprites" in said["novelty"]
    assert said["race"] == names[-1] and said["quality"] is None
    assert said["mixing"].startswith(f"the weights must be {len(names)} numbers, for {names[0]}")


@pytest.fixture(scope="module")
def own_url(own, tmp_path_factory):
    folder = tmp_path_factory.mktemp("app")
    command = ["-c", started(own[0], "import app; app.main()")]
    with serving(folder / "log.txt", command=command) as (url, _):
        yield url


def test_the_endpoints_draw_its_classes_by_default(own, own_url):
    _, names = own
    app = Client(own_url, verbose=False)
    drawn, _ = app.predict(api_name="/generate")
    assert drawn["settings"]["weights"] == {names[0]: 1} and len(drawn["sprites"]) == 4
    compared, _ = app.predict(count=1, api_name="/compare")
    assert compared["settings"]["class_name"] == names[0] and len(compared["lanes"]) == 2
    mixed, _ = app.predict(places=2, api_name="/mix")
    assert mixed["weights"] == [{names[0]: 1}, {names[-1]: 1} if len(names) > 1 else {}]
    noised, _ = app.predict(api_name="/noise")
    assert noised["caption"]
    with pytest.raises(Exception, match=rf"unknown class 'hero'; the classes are {names[0]}"):
        app.predict(weights={"hero": 1}, api_name="/generate")


def test_the_documents_of_the_api_and_the_page_name_its_classes(own, own_url):
    _, names = own
    info = urllib.request.urlopen(f"{own_url}gradio_api/info").read().decode()
    config = json.loads(urllib.request.urlopen(f"{own_url}config").read())
    described = json.loads(info)["named_endpoints"]["/generate"]
    assert ", ".join(names) in json.dumps(described, ensure_ascii=False)
    choices = [part["props"]["choices"] for part in config["components"] if part["props"].get("label") == "class"]
    assert [[value for _, value in each] for each in choices] == [[*names, "no class"], list(names)]


def test_the_command_line_takes_its_names(own, tmp_path, capsys, refused):
    path, names = own
    options = ["--checkpoint", str(path), "--count", "1", "--steps", "2", "--out", str(tmp_path / "s.png"), "--weights"]
    main([*options, f"{names[-1]}=0.5"])
    assert "2 steps" in capsys.readouterr().out
    assert f"the classes are {', '.join(names)}" in refused(main, [*options, "hero=1"])
