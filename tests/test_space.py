"""What a Hugging Face Space reads, and the app with no more than a Space gives it."""

import gzip
import json
import os
import re
import shutil
import subprocess
import urllib.error
import urllib.request

import pytest
import torch
import yaml
from gradio_client import Client
from PIL import Image
from server import serving
from tiny import ROOT, unavailable

from app import QUEUE_SIZE
from core import load
from serving.runs import RUNS

COLOURS = {"red", "yellow", "green", "blue", "indigo", "purple", "pink", "gray"}
SERVED = ("api.py", "app.py", "assets", "benchmarks", "checkpoints", "core", "serving", "tabs")


def pins(name: str) -> dict[str, str]:
    """Package -> version of a requirements file; every line must pin one."""
    lines = [line for line in (ROOT / name).read_text().splitlines() if not line.startswith("-r ")]
    assert all(re.fullmatch(r"[a-z0-9-]+(\[[a-z,]+\])?==[0-9.]+", line) for line in lines), lines
    return dict(re.sub(r"\[.*]", "", line).split("==") for line in lines)


def test_the_readme_configures_a_space():
    """The fields of Spaces' configuration reference, and the pins that must agree with them."""
    _, header, _ = (ROOT / "README.md").read_text(encoding="utf-8").split("---\n", 2)
    card = yaml.safe_load(header)
    assert card["sdk"] == "gradio" and card["sdk_version"] == pins("requirements.txt")["gradio"]
    assert card["python_version"] == "3.11" and "python3.11" in (ROOT / "Makefile").read_text()
    assert (ROOT / card["app_file"]).is_file() and not card["pinned"]
    assert card["license"] == "mit" and (ROOT / "LICENSE").read_text().startswith("MIT License")
    assert card["title"] == "Diffusion, pixel by pixel" and len(card["emoji"]) == 1
    assert {card["colorFrom"], card["colorTo"]} <= COLOURS
    assert 0 < len(card["short_description"]) <= 60  # the Hub refuses more
    assert card["tags"] and all(re.fullmatch(r"[a-z0-9-]+", tag) for tag in card["tags"])
    assert "thumbnail" not in card or card["thumbnail"].startswith("https://")


def test_every_package_is_pinned_once():
    assert not set(pins("requirements.txt")) & set(pins("requirements-dev.txt"))


def test_the_social_card_has_the_usual_shape_and_is_small():
    path = ROOT / "assets" / "thumbnail.png"
    assert Image.open(path).size == (1200, 630) and path.stat().st_size < 100_000


# Without this capability root, too, is refused what the permissions of a file do not allow.
AS_OTHERS = ("setpriv", "--bounding-set=-dac_override", "--inh-caps=-dac_override") if os.geteuid() == 0 else ()


@pytest.fixture(scope="module")
def space(tmp_path_factory):
    """The app on code that it cannot write to, with a Space's environment and a fresh home: (url, folder)."""
    folder = tmp_path_factory.mktemp("space")
    code, home = folder / "code", folder / "home"
    home.mkdir()
    code.mkdir()
    for name in SERVED:
        if (ROOT / name).is_dir():
            shutil.copytree(ROOT / name, code / name, ignore=shutil.ignore_patterns("__pycache__"))
        else:
            shutil.copy(ROOT / name, code)
    if AS_OTHERS and not shutil.which("setpriv"):
        unavailable("root writes everywhere, and setpriv (util-linux) is not there to stop it")
    subprocess.run(["chmod", "-R", "a-w", code], check=True)
    try:
        assert subprocess.run([*AS_OTHERS, "touch", code / "new"], capture_output=True).returncode, "it can be written"
        env = {"PATH": os.environ["PATH"], "HOME": str(home), "SYSTEM": "spaces", "SPACE_ID": "somebody/sprites"}
        env["MPLCONFIGDIR"] = str(
            folder / "matplotlib"
        )  # Gradio imports it where it is installed: here, not on a Space
        with serving(folder / "log.txt", folder=code, env=env, prefix=AS_OTHERS) as (url, _):
            yield url, folder
    finally:
        subprocess.run(["chmod", "-R", "u+w", code], check=True)


def status(url: str) -> int:
    try:
        return urllib.request.urlopen(url).status
    except urllib.error.HTTPError as error:
        return error.code


def test_a_space_serves_the_page_and_draws(space):
    url, _ = space
    assert "Diffusion, pixel by pixel" in urllib.request.urlopen(url).read().decode()
    drawn, _ = Client(url, verbose=False).predict(count=2, num_inference_steps=3, api_name="/generate")
    assert drawn["nfe"] == 3 and len(drawn["sprites"]) == 2


def test_the_page_is_sent_compressed(space):
    plain = urllib.request.urlopen(space[0]).read()
    answer = urllib.request.urlopen(urllib.request.Request(space[0], headers={"Accept-Encoding": "gzip"}))
    packed = answer.read()
    assert answer.headers["Content-Encoding"] == "gzip" and 3 * len(packed) < len(plain)
    assert b"Diffusion, pixel by pixel" in gzip.decompress(packed)


def test_nothing_is_written_into_the_home(space):
    """No cache, no identifier, no telemetry: ONNX Runtime would leave all three when it first draws."""
    url, folder = space
    urllib.request.urlopen(url).read()
    Client(url, verbose=False).predict(count=1, num_inference_steps=2, api_name="/generate")
    assert "generate done" in (folder / "log.txt").read_text()
    assert not list((folder / "home").rglob("*"))


def test_healthz_says_what_runs(space):
    answer = json.load(urllib.request.urlopen(f"{space[0]}healthz"))
    assert answer == {
        **{"status": "ok", "checkpoint": "sprites.safetensors"},
        **{"runtime": "ONNX Runtime", "device": "cuda" if torch.cuda.is_available() else "cpu"},
    }


def test_the_start_says_what_was_loaded_and_what_is_allowed(space):
    url, folder = space
    checkpoints, seen = folder / "code" / "checkpoints", load().images_seen
    log = re.sub(r"\d+\.\d\d(?= s\b)|\d+(?= threads)", "N", (folder / "log.txt").read_text())
    for line in (
        f"{checkpoints / 'sprites.safetensors'}, trained on {seen:,} noisy sprites, loaded in N s",
        f"{checkpoints / 'distilled.safetensors'}, distilled",
        f"ONNX Runtime runs it on cpu, N threads; {RUNS} runs at a time, {QUEUE_SIZE} more may wait",
        f"* Running on local URL:  {url[:-1]}",
    ):
        assert line in log.splitlines(), log


@pytest.mark.parametrize("path", ["code/app.py", "code/checkpoints/sprites.safetensors", "home", "log.txt"])
def test_no_file_of_the_machine_is_served(space, path):
    assert status(f"{space[0]}gradio_api/file={space[1] / path}") in (403, 404)


def test_monitoring_run_history_and_error_details_are_off(space):
    config = json.load(urllib.request.urlopen(f"{space[0]}config"))
    assert config["show_error"] is False and config["run_history"] is False and config["analytics_enabled"] is False
    assert status(f"{space[0]}monitoring") == status(f"{space[0]}monitoring/summary") == 403
    assert status(f"{space[0]}gradio_api/runs") == 404
