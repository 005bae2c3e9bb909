"""What the command lines of this package share: one clear sentence for wrong input, exit status 2."""

from __future__ import annotations

import argparse
import os
from pathlib import Path
from typing import NoReturn


def writable(file: str) -> str:
    """The type of an argument that names a file to write: refused at once if it cannot be, not after the work."""
    path = Path(file).resolve()
    if path.is_dir() or not os.access(path if path.exists() else path.parent, os.W_OK):
        raise argparse.ArgumentTypeError(f"{file} cannot be written: there is no folder for it, or it is protected")
    return file


class _Formatter(argparse.ArgumentDefaultsHelpFormatter):
    def _get_help_string(self, action: argparse.Action) -> str | None:
        return action.help if action.default in (None, "") else super()._get_help_string(action)


class Parser(argparse.ArgumentParser):
    """An argument parser that shows defaults in --help and answers wrong input with one sentence."""

    def __init__(self, **kwargs) -> None:
        super().__init__(formatter_class=_Formatter, **kwargs)

    def error(self, message: str) -> NoReturn:
        self.exit(2, f"{self.prog}: {message}\n")
