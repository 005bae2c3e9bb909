"""The page's modules in Node: what their tests, tests/js/*.test.js, and the programs beside these are run by."""

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

from tiny import ROOT, unavailable

SCRIPTS = ROOT / "tests" / "js"
OLDEST = 22  # relaxed SIMD needs 21, which is no longer maintained


def node() -> str | None:
    """The machine's Node if it is new enough, or the one that the Makefile has put beside Python."""
    for path in filter(None, (shutil.which("node"), shutil.which("node", path=str(Path(sys.executable).parent)))):
        version = subprocess.run([path, "--version"], capture_output=True, text=True).stdout
        if version.startswith("v") and int(version[1:].partition(".")[0]) >= OLDEST:
            return path
    return None


def run(*arguments: str | Path, question: str | None = None, seconds: float = 300) -> str:
    """What Node says to that; the test is skipped where there is none, and fails if it ends badly."""
    if (program := node()) is None:
        unavailable(f"there is no Node {OLDEST} or newer")
    env = {name: value for name, value in os.environ.items() if not name.startswith("NODE_")}
    done = subprocess.run(
        [program, *arguments], input=question, env=env, capture_output=True, text=True, timeout=seconds
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def ask(script: str, question: object) -> Any:
    """What a program of tests/js answers, JSON to JSON."""
    return json.loads(run(SCRIPTS / script, question=json.dumps(question)))
