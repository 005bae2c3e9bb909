"""What every tab needs: a custom component from its files in assets/, lesson texts, encoded tensors."""

from __future__ import annotations

import base64
import binascii
import io
import json
import math
import re
import threading
from collections.abc import Callable, Mapping, Sequence
from dataclasses import fields
from pathlib import Path
from typing import Any

import gradio as gr
import numpy as np

from core import GenerateConfig
from core.checks import check_whole
from core.render import grid, save_gif
from serving.refusals import says_why

ASSETS = Path(__file__).resolve().parent.parent / "assets"
LESSONS = Path(__file__).resolve().parent
MAX_GUIDANCE = 5  # of the sliders; core allows more
AT_ONCE: dict[str, Any] = {"queue": False, "api_visibility": "private", "show_progress": "hidden"}  # for cheap events
FEW = 4  # steps of the distilled network
SAMPLER_NAMES = {
    "ddpm": "DDPM",
    "ddim": "DDIM",
    "euler": "Euler",
    "heun": "Heun",
    "plms": "PLMS",
    "dpmpp_2m": "DPM-Solver++ 2M",
    "dpmpp_2m_sde": "DPM-Solver++ 2M SDE",
    "unipc": "UniPC",
    "distilled": "distilled network",
}
SAMPLER_CHOICES = [(name, sampler) for sampler, name in SAMPLER_NAMES.items()]  # of a Dropdown or Radio
MAX_GIF_SPRITES = 4096  # frames x sprites a frame
MAX_GIF_FRAMES = 512  # of a single sprite, which is drawn larger
PNG_SCALE = 16  # pixels of a saved picture a pixel of a sprite, as in assets/controls.js
ORIGIN = """\
# core is a folder of the project "Diffusion, pixel by pixel". Save this program in a copy of the project, beside core,
# and run it with the packages that its README names. It saves the sprites as sprites.png.
"""
SAVE_IMPORT = "from core.render import grid, save_png, to_uint8"
# Server functions bypass the queue. One GIF at a time takes 60 MB, forty would not fit; who waits holds a thread.
making_gif, gif_line = threading.Lock(), threading.Semaphore(4)


def text(name: str) -> str:
    """The text of a lesson, lesson.md of its folder."""
    return (LESSONS / name / "lesson.md").read_text(encoding="utf-8")


def component(
    name: str,
    value: object = None,
    *,
    parts: Sequence[str] = (),
    server_functions: Sequence[Callable] = (),
    **kwargs: Any,
) -> gr.HTML:
    """The custom component of a lesson, lesson.html, .css and .js of its folder.

    parts: scripts that lesson.js builds on, of that folder or of assets/.

    Its data arrives in `value`, which the template must not mention: what is drawn from it is drawn by the script, so
    no text from outside ever reaches a template.
    """
    folder = LESSONS / name
    html, css = ((folder / f"lesson.{kind}").read_text(encoding="utf-8") for kind in ("html", "css"))
    scripts = [next(path for path in (folder / f"{part}.js", ASSETS / f"{part}.js") if path.exists()) for part in parts]
    js = "\n".join(script.read_text(encoding="utf-8") for script in (*scripts, folder / "lesson.js"))
    functions = [says_why(function) for function in server_functions]
    return gr.HTML(
        value,
        html_template=html,
        css_template=css,
        js_on_load=js,
        elem_id=name,
        elem_classes="hands-on",
        server_functions=functions,
        **kwargs,
    )


def asked(event: gr.EventData, number: str) -> tuple[dict[str, Any], int | None]:
    """What a component asks for: a dict, and the number in it by which the component will know the answer.

    Raises ValueError for anything else: what comes back to the page must not be somebody's file or text.
    """
    data = event._data
    if not isinstance(data, dict) or not isinstance(data.get(number), int | None):
        raise ValueError(f"a request must be a JSON object whose {number!r} is a whole number")
    return data, data.get(number)


def encode(array: np.ndarray) -> str:
    """An array's bytes in base64, for the decoders of assets/pixels.js."""
    return base64.b64encode(np.ascontiguousarray(array).tobytes()).decode("ascii")


def gif(request: object) -> str:
    """A looping GIF, in base64, of what the page shows.

    request: {"frames": base64 of RGB bytes, "count": sprites a frame, "columns": of them in a row, "ms": milliseconds
    a frame}, from the takeaways of assets/controls.js. Raises ValueError for anything else, or more than
    MAX_GIF_SPRITES sprites.
    """
    if not isinstance(request, dict):
        raise ValueError("a request for a GIF must be a JSON object with frames, count, columns and ms")
    frames, count, columns, ms = (request.get(key) for key in ("frames", "count", "columns", "ms"))
    check_whole("count", count, 1, MAX_GIF_SPRITES)
    check_whole("columns", columns, 1, count)
    check_whole("ms", ms, 20, 1000)
    if not isinstance(frames, str) or len(frames) > 4 * MAX_GIF_SPRITES * 256 + 4:
        raise ValueError(f"frames must be base64 text of at most {MAX_GIF_SPRITES} sprites")
    try:
        sprites = np.frombuffer(base64.b64decode(frames, validate=True), np.uint8).reshape(-1, count, 16, 16, 3)
    except (binascii.Error, ValueError) as error:
        raise ValueError(f"frames must be base64 of RGB bytes, {count} sprites of 16x16 a frame") from error
    if count == 1 and len(sprites) > MAX_GIF_FRAMES:
        raise ValueError(f"a GIF of one sprite may have {MAX_GIF_FRAMES} frames at most; got {len(sprites)}")
    scale, file = (12 if count == 1 else 4), io.BytesIO()
    frames = (grid(frame, columns=columns, scale=1, gap=0 if count == 1 else 1) for frame in sprites)
    if not gif_line.acquire(blocking=False):
        raise ValueError("other people's GIFs are being made; try again in a moment")
    try:
        with making_gif:
            save_gif(frames, file, ms=ms, scale=scale)
    finally:
        gif_line.release()
    return base64.b64encode(file.getvalue()).decode("ascii")


def as_python(config: GenerateConfig, *forks: tuple[int, GenerateConfig]) -> str:
    """A program that makes the same sprites as the run of config, bit for bit on the same machine.

    forks: (k, other config): the run before, up to its step k, continued by that config.
    """
    lines = ["from core import GenerateConfig, generate, load", SAVE_IMPORT, "", "model = load()"]
    lines.append(f"steps = list(generate(model, {constructor(config)}))")
    for k, fork in forks:
        lines.append(f"steps = steps[:{k}] + list(generate(model, {constructor(fork)}, after=steps[:{k}]))")
    lines.append(f"sprites = steps[-1].x_prev  # ({config.count}, 3, 16, 16) in [-1, 1]")
    return ORIGIN + "\n".join([*lines, saving(math.ceil(config.count**0.5)), ""])


def constructor(config: GenerateConfig) -> str:
    """GenerateConfig(...) with the fields that differ from their defaults, and the few that a reader looks for."""
    default, always = GenerateConfig(), ("weights", "count", "seed", "sampler", "num_inference_steps")
    values = {f.name: getattr(config, f.name) for f in fields(config)}
    named = [f"{k}={literal(v)}" for k, v in values.items() if k in always or v != getattr(default, k)]
    return f"GenerateConfig({', '.join(named)})"


def literal(value: object) -> str:
    """A field's value in Python, in which infinity has no literal."""
    if isinstance(value, tuple):
        return f"({', '.join(map(literal, value))})"
    return f'float("{value}")' if isinstance(value, float) and math.isinf(value) else repr(value)


def saving(columns: int, sprites: str = "sprites") -> str:
    """A program's last line: it saves its sprites as the picture that the page's PNG button saves."""
    return f'save_png(grid(to_uint8({sprites}), columns={columns}, scale={PNG_SCALE}, gap=0), "sprites.png")'


def few_steps(sampler: gr.components.Component, steps: gr.Slider) -> None:
    """Who chooses the distilled network gets FEW steps, unless they are few already."""
    js = f"(sampler, steps) => sampler === 'distilled' ? Math.min(steps, {FEW}) : steps"
    sampler.input(None, [sampler, steps], steps, js=js, **AT_ONCE)


def restore_link(demo: gr.Blocks, tabs: gr.Tabs, linked: Mapping[str, Mapping[str, gr.components.Component]]) -> None:
    """When the page opens with a permanent link, open its tab and set its controls: ?tab=denoising&steps=20&...

    From then on the page itself keeps its address: see assets/controls.js.
    """
    names = {tab: list(controls) for tab, controls in linked.items()}
    controls = [control for tab in linked.values() for control in tab.values()]
    note = gr.Textbox(visible=False)

    def restore(request: gr.Request):
        tab, values, text = read_link(request.query_params, linked)
        updates = [gr.update(value=values[control]) if control in values else gr.skip() for control in controls]
        return [text, gr.Tabs(selected=tab) if tab else gr.skip(), *updates]

    js = f"(note, ...values) => window.controls.opened(note, {json.dumps(names)}, values)"
    demo.load(restore, None, [note, tabs, *controls], **AT_ONCE).then(None, [note, *controls], None, js=js, **AT_ONCE)
    for tab, own in linked.items():
        if own:
            js = f"(...values) => window.controls.choose({json.dumps(tab)}, {json.dumps(list(own))}, values)"
            gr.on([control.change for control in own.values()], None, list(own.values()), js=js, **AT_ONCE)


def read_link(
    query: Mapping[str, str], linked: Mapping[str, Mapping[str, gr.components.Component]]
) -> tuple[str | None, dict[gr.components.Component, Any], str]:
    """The tab that a link asks for, the values of its controls, and a sentence on what cannot be used, or "".

    linked: the controls of each tab by their names in a link.
    """
    tab = query.get("tab", "").strip().lower()
    if tab not in linked:
        missing = f"This link asks for a lesson that does not exist; there are {', '.join(linked)}. This is the first."
        return None, {}, missing if tab else ""
    own = {name: control for name, control in linked[tab].items() if name in query}
    values = {control: from_link(control, query[name]) for name, control in own.items()}
    refused = [f"{control.label} must be {allowed(control)}" for control, value in values.items() if value is None]
    text = f"Not all of this link can be used: {'; '.join(refused)}. All else is set as it says." if refused else ""
    return tab, {control: value for control, value in values.items() if value is not None}, text


NUMBER = re.compile(r"-?[0-9]{1,12}(\.[0-9]{1,12})?")  # float() would take 1_0, 1e1, ١٠ and spaces as well


def from_link(control: gr.components.Component, text: str) -> str | int | float | bool | None:
    """The value that a link's text gives to a control; None if the control does not allow it."""
    if isinstance(control, gr.Dropdown | gr.Radio):
        return text if text in [value for _, value in control.choices] else None
    if isinstance(control, gr.Checkbox):
        return {"true": True, "false": False}.get(text)
    value = float(text) if NUMBER.fullmatch(text) else None
    if value is None or not control.minimum <= value <= control.maximum:
        return None
    if control.precision == 0:
        return int(value) if value.is_integer() else None
    return value


def allowed(control: gr.components.Component) -> str:
    """What from_link allows, in words."""
    if isinstance(control, gr.Dropdown | gr.Radio):
        return f"one of {', '.join(value for _, value in control.choices)}"
    if isinstance(control, gr.Checkbox):
        return "true or false"
    kind = "a whole number" if control.precision == 0 else "a number"
    return f"{kind} from {control.minimum} to {control.maximum}"
