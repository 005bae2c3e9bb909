"""The app as a person, a Space or a load balancer starts it: a process of its own that listens on a free port."""

import os
import socket
import subprocess
import sys
import urllib.request
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path

from tiny import ROOT, until


def free_port() -> int:
    with socket.socket() as s:
        s.bind(("127.0.0.1", 0))
        return s.getsockname()[1]


@contextmanager
def serving(
    log: Path,
    *,
    command: Sequence[str] = ("app.py",),
    folder: Path = ROOT,
    env: Mapping[str, str] = os.environ,
    prefix: Sequence[str] = (),
) -> Iterator[tuple[str, subprocess.Popen]]:
    """app.py of that folder (or another command of Python), running: its URL and process.

    What it says goes to `log`; its files go beside that.
    """
    port = free_port()
    env = {
        **env,
        "GRADIO_SERVER_PORT": str(port),
        "GRADIO_TEMP_DIR": str(log.parent / "gradio"),
        "PYTHONUNBUFFERED": "1",
    }
    with log.open("w") as out:
        server = subprocess.Popen(
            [*prefix, sys.executable, *command], cwd=folder, env=env, stdout=out, stderr=subprocess.STDOUT
        )
    url = f"http://127.0.0.1:{port}/"

    def answers() -> bool:
        assert server.poll() is None, f"the app ended:\n{log.read_text()}"
        try:
            return urllib.request.urlopen(f"{url}healthz", timeout=2).status == 200
        except OSError:
            return False

    try:
        until(answers, "the app to answer")
        yield url, server
    finally:
        server.terminate()
        server.wait(10)
