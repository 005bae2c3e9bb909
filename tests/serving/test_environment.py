"""What the environment asks of the app: done, or told in one sentence, and never something else in silence."""

import os
import socket
import subprocess
import sys

import pytest
from tiny import ROOT

from serving import environment

AS_OTHERS = ("setpriv", "--bounding-set=-dac_override", "--inh-caps=-dac_override") if os.geteuid() == 0 else ()


@pytest.fixture
def asked(monkeypatch):
    """asked(NAME=value): only these variables of ours are set."""

    def ask(**variables):
        for name in ("GRADIO_SERVER_PORT", "GRADIO_ROOT_PATH", "GRADIO_TEMP_DIR"):
            monkeypatch.delenv(name, raising=False)
        for name, value in variables.items():
            monkeypatch.setenv(name, value)

    return ask


@pytest.mark.parametrize(("value", "port"), [("7860", 7860), ("1", 1), ("65535", 65535), ("", None), (None, None)])
def test_a_port(asked, value, port):
    asked(**({} if value is None else {"GRADIO_SERVER_PORT": value}))
    assert environment.port() == port


@pytest.mark.parametrize("value", ["0", "65536", "-1", "7860.0", " 7860", "http", "٧٨٦٠", "1" * 5000])
def test_no_port(asked, value):
    asked(GRADIO_SERVER_PORT=value)
    with pytest.raises(SystemExit, match="GRADIO_SERVER_PORT must be a whole number from 1 to 65535; got"):
        environment.port()


@pytest.mark.parametrize(
    ("value", "path"),
    [
        ("/diffusion", "/diffusion"),
        ("diffusion", "/diffusion"),
        ("/diffusion/", "/diffusion"),
        ("//a/b-c/", "/a/b-c"),
        ("/", ""),
        ("", ""),
        ("https://example.org/diffusion/", "https://example.org/diffusion"),
    ],
)
def test_a_root_path(asked, value, path):
    asked(GRADIO_ROOT_PATH=value)
    assert environment.root_path() == path


@pytest.mark.parametrize("value", ["/a b", "/a?b", "ftp://x/y", "/a#b", "/a//b", "/ä"])
def test_no_root_path(asked, value):
    asked(GRADIO_ROOT_PATH=value)
    with pytest.raises(SystemExit, match="GRADIO_ROOT_PATH must be a path, such as /diffusion, or a full address; got"):
        environment.root_path()


def folder_for_uploads(**variables):
    """The folder that a process of an ordinary user finds, or what it says instead."""
    env = {name: value for name, value in os.environ.items() if name not in ("GRADIO_TEMP_DIR", "TMPDIR")}
    code = [sys.executable, "-c", "from serving import environment; print(environment.temporary_folder())"]
    done = subprocess.run([*AS_OTHERS, *code], cwd=ROOT, env=env | variables, capture_output=True, text=True)
    assert "Traceback" not in done.stderr and (done.returncode == 0) == (not done.stderr)
    return (done.stdout or done.stderr).strip()


def test_a_folder_for_uploads(tmp_path):
    assert folder_for_uploads(TMPDIR=str(tmp_path)) == f"{tmp_path}/gradio"
    assert folder_for_uploads(TMPDIR=str(tmp_path), GRADIO_TEMP_DIR=f"{tmp_path}/x/y") == f"{tmp_path}/x/y"


def test_a_folder_that_another_user_has_made_is_left_alone(tmp_path):
    (tmp_path / "gradio").mkdir(mode=0o555)
    assert folder_for_uploads(TMPDIR=str(tmp_path)) == f"{tmp_path}/gradio-{os.getuid()}"


def test_no_folder_for_uploads(tmp_path):
    (tmp_path / "mine").mkdir(mode=0o555)
    (tmp_path / "file").touch()
    for where in (tmp_path / "mine", tmp_path / "mine" / "x", tmp_path / "file"):
        told = folder_for_uploads(GRADIO_TEMP_DIR=str(where))
        assert told == f"cannot write to {where}, where uploads go; name another folder in GRADIO_TEMP_DIR"


def test_a_port_that_is_taken_ends_the_start(tmp_path):
    """A proxy expects the app at that port and no other."""
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        env = os.environ | {"GRADIO_SERVER_PORT": str(port), "GRADIO_TEMP_DIR": str(tmp_path)}
        done = subprocess.run(
            [sys.executable, "app.py"], cwd=ROOT, env=env, capture_output=True, text=True, timeout=120
        )
    assert done.returncode == 1 and "Running on" not in done.stdout
    sentence = f"cannot listen on port {port}: it is taken, or GRADIO_SERVER_NAME is no address of this machine"
    assert done.stderr.strip().splitlines()[-1] == sentence and "Traceback" not in done.stderr
