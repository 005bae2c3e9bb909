"""Whose mistake an error is: a wrong request is told what was wrong with it; a mistake of ours is told as ours."""

from __future__ import annotations

import dis
import functools
import inspect
from collections.abc import Callable, Iterator
from pathlib import Path
from types import CodeType
from typing import Any

import gradio as gr

ROOT = Path(__file__).resolve().parent.parent


def is_ours(code: CodeType) -> bool:
    """Whether this code is the project's, not a package's."""
    file = Path(code.co_filename)
    return file.is_relative_to(ROOT) and "site-packages" not in file.parts


def why(error: ValueError) -> str:
    """The sentence of a refusal. Raises the error again if it is none.

    A refusal is what one of our checks has raised: the last that ran was a `raise` of ours. What numpy, int() or
    zip(strict=True) raise tells of a mistake of ours, that let a value through to them.
    """
    if isinstance(error, gr.Error):
        return error.message
    last = error.__traceback__
    while last and last.tb_next:
        last = last.tb_next
    if last and is_ours(code := last.tb_frame.f_code) and dis.opname[code.co_code[last.tb_lasti]] == "RAISE_VARARGS":
        return str(error)
    raise error


def says_why(handler: Callable) -> Callable:
    """Show a handler's refusal to the person as the sentence that it is, instead of a bare "Error"."""
    if inspect.isgeneratorfunction(handler):

        @functools.wraps(handler)
        def stream(*args: Any, **kwargs: Any) -> Iterator[Any]:
            try:
                yield from handler(*args, **kwargs)
            except ValueError as error:
                raise gr.Error(why(error), print_exception=False) from error

        return stream

    @functools.wraps(handler)
    def call(*args: Any, **kwargs: Any) -> Any:
        try:
            return handler(*args, **kwargs)
        except ValueError as error:
            raise gr.Error(why(error), print_exception=False) from error

    return call
