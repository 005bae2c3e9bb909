"""A copy of the house in which a rehearsal may build: what is changed there, no other test sees."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

from tiny import ROOT

ROOMS = ("core", "serving", "tabs", "assets")
DOORS = ("app.py", "api.py")


def copied(folder: Path) -> Path:
    """The project's code in that folder; its checkpoints are those of the project."""
    for room in ROOMS:
        shutil.copytree(ROOT / room, folder / room, ignore=shutil.ignore_patterns("__pycache__"))
    for door in DOORS:
        shutil.copy(ROOT / door, folder)
    (folder / "checkpoints").symlink_to(ROOT / "checkpoints")
    (folder / "benchmarks").symlink_to(ROOT / "benchmarks")
    return folder


def add_line(file: Path, after: str, line: str) -> None:
    """Put a line after the one line of the file that begins so."""
    lines = file.read_text(encoding="utf-8").splitlines()
    (place,) = [i for i, text in enumerate(lines) if text.startswith(after)]
    file.write_text("\n".join([*lines[: place + 1], line, *lines[place + 1 :], ""]), encoding="utf-8")


def run(house: Path, code: str) -> str:
    """What a program says that runs in that house; it may import what the tests share."""
    env = os.environ | {"OMP_NUM_THREADS": "1", "PYTHONPATH": os.pathsep.join([str(house), str(ROOT / "tests")])}
    done = subprocess.run([sys.executable, "-c", code], cwd=house, env=env, capture_output=True, text=True, timeout=300)
    assert done.returncode == 0, done.stderr
    return done.stdout
