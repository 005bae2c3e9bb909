"""The page's modules by themselves: their tests, tests/js/*.test.js, run in Node."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from tiny import ROOT, unavailable

TESTS = sorted((ROOT / "tests" / "js").glob("*.test.js"))
OLDEST = 20


def node() -> str | None:
    """The machine's Node if it is new enough, or the one that the Makefile has put beside Python."""
    for path in filter(None, (shutil.which("node"), shutil.which("node", path=str(Path(sys.executable).parent)))):
        version = subprocess.run([path, "--version"], capture_output=True, text=True).stdout
        if version.startswith("v") and int(version[1:].partition(".")[0]) >= OLDEST:
            return path
    return None


@pytest.mark.parametrize("path", TESTS, ids=lambda path: path.name.partition(".")[0])
def test_modules(path):
    if (program := node()) is None:
        unavailable(f"there is no Node {OLDEST} or newer")
    env = {name: value for name, value in os.environ.items() if not name.startswith("NODE_")}
    done = subprocess.run([program, "--test", path], env=env, capture_output=True, text=True, timeout=120)
    assert done.returncode == 0, done.stdout + done.stderr
