"""make run on a fresh machine fetches no more than it needs, and says what; a checkout keeps its line ends."""

import os
import shutil
import subprocess

import pytest
from tiny import ROOT

PYTHON = """#!/bin/sh
echo "$@" >> "$LOG"
case "$*" in
  "-m venv .venv") mkdir -p .venv/bin && cp "$0" .venv/bin/python ;;
  *urlopen*) exit "$UNREACHABLE" ;;
  *pre-requirements*) exit "$FAILS" ;;
esac
"""


@pytest.fixture
def made(tmp_path):
    """made(system=, gpu=, reachable=, fails=) -> (what make says, how python was called) on such a machine."""

    def make(*, system="Linux", gpu=False, reachable=True, fails=False):
        stubs = tmp_path / "bin"
        stubs.mkdir()
        scripts = {"python": PYTHON, "uname": f"#!/bin/sh\necho {system}\n"}
        scripts |= {"nvidia-smi": "#!/bin/sh\n"} if gpu else {}
        for name, text in scripts.items():
            (stubs / name).write_text(text)
            (stubs / name).chmod(0o755)
        for name in ("Makefile", "requirements.txt", "pre-requirements.txt"):
            shutil.copy(ROOT / name, tmp_path)
        for name in ("sh", "make", "mkdir", "cp", "touch", "timeout"):  # and no nvidia-smi of this machine
            (stubs / name).symlink_to(shutil.which(name))
        env = {"PATH": str(stubs), "LOG": str(tmp_path / "log"), "PYTHON": str(stubs / "python")}
        env |= {"UNREACHABLE": str(int(not reachable)), "FAILS": str(int(fails))}
        done = subprocess.run(
            ["make", "SHELL=sh", ".venv/run-ready"], cwd=tmp_path, env=env, capture_output=True, text=True
        )
        assert done.returncode == 0 and (tmp_path / ".venv" / "run-ready").exists(), done.stderr
        return done.stdout, (tmp_path / "log").read_text()

    return make


@pytest.mark.parametrize(
    ("machine", "said", "fetched"),
    [
        ({}, "PyTorch for CPUs, about 200 MB", True),
        ({"reachable": False}, "does not answer: fetching PyTorch from pip's own index", False),
        ({"fails": True}, "That did not work: fetching PyTorch from pip's own index", True),
        ({"gpu": True}, "There is an NVIDIA GPU: fetching PyTorch with CUDA", False),
        ({"system": "Darwin"}, "Fetching PyTorch, about 100 MB", False),
    ],
    ids=str,
)
def test_make_fetches_the_build_for_cpus_where_there_is_no_gpu(made, machine, said, fetched):
    out, calls = made(**machine)
    assert said in out
    assert ("install --quiet --retries 1 --timeout 20 -r pre-requirements.txt" in calls) == fetched
    assert calls.splitlines()[-1] == "-m pip install --quiet -r requirements.txt"


def test_a_checkout_with_autocrlf_keeps_line_ends_and_binaries(tmp_path):
    here, there = tmp_path / "here", tmp_path / "there"
    files = ("Makefile", ".ci/run", "app.py", "assets/thumbnail.png", "checkpoints/sprites.onnx", ".gitattributes")
    for name in files:
        (here / name).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(ROOT / name, here / name)
    env = os.environ | {"GIT_CONFIG_GLOBAL": os.devnull, "GIT_CONFIG_NOSYSTEM": "1"}

    def git(*args):
        named = ("-c", "user.name=a", "-c", "user.email=a@b.c", "-c", "core.autocrlf=true")
        subprocess.run(["git", *named, *map(str, args)], check=True, env=env, capture_output=True)

    git("init", here)
    git("-C", here, "add", "--all")
    git("-C", here, "commit", "-m", "all")
    git("clone", "-c", "core.autocrlf=true", here, there)
    for name in files:
        assert (there / name).read_bytes() == (ROOT / name).read_bytes(), name
    assert b"\r" not in (there / ".ci/run").read_bytes()
