"""What the environment asks of the app. To be called before Gradio is imported, which reads some of it at once.

What cannot be is told in one sentence, and ends the start.
"""

from __future__ import annotations

import os
import re
import tempfile
from pathlib import Path


def prepare() -> None:
    """Check and complete the environment variables that docs/hosting.md names. Raises SystemExit."""
    os.environ.setdefault("GRADIO_ANALYTICS_ENABLED", "False")  # no outbound requests
    os.environ["GRADIO_TEMP_DIR"] = str(temporary_folder())
    os.environ["GRADIO_ROOT_PATH"] = root_path()
    if port() is None:
        os.environ.pop("GRADIO_SERVER_PORT", None)  # Gradio takes an empty one for a number


def temporary_folder() -> Path:
    """Where uploads go: GRADIO_TEMP_DIR, or in the system's folder `gradio`, if it is not another user's."""
    asked = os.environ.get("GRADIO_TEMP_DIR")
    try:
        system = Path(tempfile.gettempdir())
        own = f"gradio-{os.getuid()}" if hasattr(os, "getuid") else "gradio-own"
        folders = [Path(asked)] if asked else [system / "gradio", system / own]
    except OSError as error:
        raise SystemExit(f"there is no folder for uploads ({error}); name one in GRADIO_TEMP_DIR") from error
    if folder := next(filter(_can_be_written, folders), None):
        return folder
    wrong = " and ".join(map(str, folders))
    raise SystemExit(f"cannot write to {wrong}, where uploads go; name another folder in GRADIO_TEMP_DIR")


def _can_be_written(folder: Path) -> bool:
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryFile(dir=folder):
            return True
    except OSError:
        return False


def port() -> int | None:
    """GRADIO_SERVER_PORT; None if the first free one will do."""
    asked = os.environ.get("GRADIO_SERVER_PORT", "")
    if not asked:
        return None
    if not re.fullmatch(r"[0-9]{1,5}", asked) or not 1 <= int(asked) <= 65535:
        raise SystemExit(f"GRADIO_SERVER_PORT must be a whole number from 1 to 65535; got {asked!r}")
    return int(asked)


def root_path() -> str:
    """GRADIO_ROOT_PATH as Gradio needs it: "", a path like /diffusion, or a full address."""
    asked = os.environ.get("GRADIO_ROOT_PATH", "").strip().rstrip("/")
    if re.fullmatch(r"https?://[^\s?#]+", asked):
        return asked
    path = "/" + asked.lstrip("/") if asked else ""
    if not re.fullmatch(r"(/[\w.~%-]+)*", path, re.ASCII):
        raise SystemExit(f"GRADIO_ROOT_PATH must be a path, such as /diffusion, or a full address; got {asked!r}")
    return path
