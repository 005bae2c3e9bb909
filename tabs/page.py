"""What every tab needs: the model, a custom component from its files in assets/, lesson texts, encoded tensors."""

from __future__ import annotations

import base64
import functools
import inspect
from collections.abc import Callable
from functools import lru_cache
from pathlib import Path
from typing import Any

import gradio as gr
import numpy as np

from core import Model, load

ASSETS = Path(__file__).resolve().parent.parent / "assets"
MAX_GUIDANCE = 5  # of the sliders; core allows more
MODEL_QUEUE: dict[str, Any] = {
    "concurrency_id": "model",
    "concurrency_limit": 1,
}  # for every event that runs the network


@lru_cache(maxsize=1)
def model() -> Model:
    """The shipped model, loaded once."""
    return load()


def text(name: str) -> str:
    """The lesson text assets/NAME.md."""
    return (ASSETS / f"{name}.md").read_text(encoding="utf-8")


def component(name: str, value: object = None, **kwargs: Any) -> gr.HTML:
    """The custom component of assets/NAME.html, NAME.css and NAME.js.

    Its data arrives in `value`, which the template must not mention: what is drawn from it is drawn by the script, so
    no text from outside ever reaches a template.
    """
    html, css, js = ((ASSETS / f"{name}.{kind}").read_text(encoding="utf-8") for kind in ("html", "css", "js"))
    return gr.HTML(value, html_template=html, css_template=css, js_on_load=js, elem_id=name, **kwargs)


def encode(array: np.ndarray) -> str:
    """An array's bytes in base64, for the decoders of assets/pixels.js."""
    return base64.b64encode(np.ascontiguousarray(array).tobytes()).decode("ascii")


def says_why(handler: Callable) -> Callable:
    """Show a handler's ValueError to the person as the sentence that it is, instead of a bare "Error"."""
    if inspect.isgeneratorfunction(handler):

        @functools.wraps(handler)
        def stream(*args: Any, **kwargs: Any):
            try:
                yield from handler(*args, **kwargs)
            except ValueError as error:
                raise gr.Error(str(error), print_exception=False) from error

        return stream

    @functools.wraps(handler)
    def call(*args: Any, **kwargs: Any):
        try:
            return handler(*args, **kwargs)
        except ValueError as error:
            raise gr.Error(str(error), print_exception=False) from error

    return call
