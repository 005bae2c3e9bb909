"""What several test files share: a tiny network, the same on disk, tiny data, the running app, a command line."""

import os
import re
import shutil
import subprocess
import sys

import pytest
import torch
from hypothesis import settings
from server import serving
from tiny import ROOT, TINY, randomised, unavailable

from core.checkpoint import Model, save
from core.data import SpriteData
from core.networks import UNet
from core.sprites import CLASS_NAMES, draw_set

CHROMIUM_FLAGS = ["--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage"]
ADDRESS = "http://127.0.0.1:7860/"  # of the documents' app

settings.register_profile("fixed", derandomize=True, database=None, deadline=None)  # the same cases every time
settings.load_profile("fixed")
torch.set_num_threads(1)  # networks this small are slower on two


@pytest.fixture(scope="session")
def tiny_model():
    return Model(randomised(UNet(TINY)), CLASS_NAMES, {"images_seen": 0})


@pytest.fixture(scope="session")
def tiny_student(tiny_model):
    """What was distilled from tiny_model, as far as it says itself."""
    info = {"distilled": True, "started_from": dict(tiny_model.info)}
    return Model(randomised(UNet(TINY), std=0.25), CLASS_NAMES, info)


@pytest.fixture(scope="session")
def tiny_models(tiny_model, tiny_student):
    return {"sprites": tiny_model, "distilled": tiny_student}


@pytest.fixture(scope="session")
def tiny_checkpoint(tiny_models, tmp_path_factory):
    path = tmp_path_factory.mktemp("checkpoint") / "tiny.safetensors"
    save(path, tiny_models["sprites"])
    save(path.with_name("distilled.safetensors"), tiny_models["distilled"])
    return path


@pytest.fixture(scope="session")
def tiny_data():
    images, labels, _ = draw_set(4)
    return SpriteData(images, labels, CLASS_NAMES, "tiny")


@pytest.fixture(scope="session")
def app(tmp_path_factory):
    """The app, started as a person starts it, on a free port: its URL, process and log."""
    log = tmp_path_factory.mktemp("app") / "log.txt"
    with serving(log) as (url, process):
        yield url, process, log


@pytest.fixture(scope="session")
def app_url(app):
    return app[0]


@pytest.fixture
def snippet(app_url):
    """snippet(language) -> the example of docs/api.md in that language, for the running app."""
    text = (ROOT / "docs" / "api.md").read_text(encoding="utf-8")
    return lambda language: re.search(rf"```{language}\n(.*?)```", text, re.S)[1].replace(ADDRESS, app_url)


@pytest.fixture
def refused(capsys):
    """Call main(argv); it must end with status 2 and one line on stderr, which is returned."""

    def check(main, argv):
        with pytest.raises(SystemExit) as exit_info:
            main([str(arg) for arg in argv])
        err = capsys.readouterr().err
        assert exit_info.value.code == 2
        assert err.endswith("\n") and err.count("\n") == 1, f"not one line: {err!r}"
        return err

    return check


@pytest.fixture
def python():
    """Start python with these arguments in the project's folder, one thread; returns the Popen."""

    def start(*args):
        env = os.environ | {"OMP_NUM_THREADS": "1"}
        pipe = subprocess.PIPE
        return subprocess.Popen(
            [sys.executable, *map(str, args)], cwd=ROOT, env=env, stdout=pipe, stderr=pipe, text=True
        )

    return start


@pytest.fixture(scope="session")
def browser():
    """A real Chromium."""
    from playwright.sync_api import Error, sync_playwright

    path = os.environ.get("CHROMIUM") or next(
        filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None
    )
    with sync_playwright() as playwright:
        try:
            browser = playwright.chromium.launch(executable_path=path, args=CHROMIUM_FLAGS)
        except Error as error:
            unavailable(f"no Chromium (install it, or run `playwright install chromium`): {error}")
        yield browser
        browser.close()
