"""What the command lines of this package share: one clear sentence for wrong input, exit status 2."""

from __future__ import annotations

import argparse
import os
from collections.abc import Callable, Mapping, Sequence
from dataclasses import fields
from pathlib import Path
from typing import Any, NoReturn


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

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(formatter_class=_Formatter, **kwargs)

    def error(self, message: str) -> NoReturn:
        self.exit(2, f"{self.prog}: {message}\n")


Option = tuple[Sequence[str], Callable | Sequence[str], str]  # more names, what reads it or the choices, help


def add_fields(parser: argparse.ArgumentParser, config: type, options: Mapping[str, Option]) -> None:
    """An option for each of these fields of a dataclass, --its-name; None where it is not given."""
    defaults = {field.name: field.default for field in fields(config)}
    for name, (more, kind, text) in options.items():
        default = defaults[name]
        if isinstance(default, int | float | str) and not isinstance(default, bool) and "(default" not in text:
            text = f"{text} (default: {default})"
        names = [f"--{name.replace('_', '-')}", *more]
        if kind is bool:
            parser.add_argument(*names, dest=name, action="store_const", const=True, help=text)
        elif callable(kind):
            parser.add_argument(*names, dest=name, type=_reader(kind), metavar=name.upper(), help=text)
        else:
            parser.add_argument(*names, dest=name, choices=kind, help=text)


def _reader(kind: Callable) -> Callable:
    """What reads an option's text; argparse shows the sentence of an ArgumentTypeError alone."""

    def read(text: str) -> object:
        try:
            return kind(text)
        except ValueError as error:
            ours = kind not in (int, float) and "could not convert" not in str(error)
            raise argparse.ArgumentTypeError(str(error) if ours else f"{text!r} is no {kind.__name__}") from None

    return read
