"""What every tab needs: its component and its text, which the browser fetches, the answers it gets, encoded tensors."""

from __future__ import annotations

import base64
import binascii
import io
import json
import threading
from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

import gradio as gr
import numpy as np
from markdown_it import MarkdownIt

from core import GenerateConfig
from core.checks import check_whole
from core.conditions import parse_weights, weight_row
from core.models import NETWORKS, NetworkRecord
from core.render import grid, save_gif
from core.samplers import SAMPLERS, Sampler
from serving.own import OWN, classes_here
from serving.refusals import says_why
from serving.runs import networks
from serving.static import Static

ASSETS = Path(__file__).resolve().parent.parent / "assets"
LESSONS = Path(__file__).resolve().parent
Control = gr.Dropdown | gr.Radio | gr.Checkbox | gr.Slider | gr.Number  # what a link can set
MAX_GUIDANCE = 5  # of the sliders; core allows more
AT_ONCE: dict[str, Any] = {"queue": False, "api_visibility": "private", "show_progress": "hidden"}  # for cheap events
MAX_GIF_SPRITES = 4096  # frames x sprites a frame, of 16x16 pixels
MAX_GIF_SIZE = 64  # pixels of a sprite's side
MAX_GIF_FRAMES = 512  # of a single sprite, which is drawn larger
# Server functions bypass the queue. One GIF at a time takes 60 MB, forty would not fit; who waits holds a thread.
making_gif, gif_line = threading.Lock(), threading.Semaphore(4)


# All that the browser fetches when a lesson is first opened; a lesson's text and data are added when it is built.
STATIC = Static({"assets": ASSETS, "tabs": LESSONS})


def component(
    name: str,
    data: object = None,
    *,
    events: Sequence[str] = (),
    server_functions: Sequence[Callable] = (),
    **props: Any,
) -> gr.HTML:
    """The custom component of a lesson: lesson.html, .css, .js and .md of its folder, fetched by assets/lessons.js.

    The text, lesson.md, stands in the element of lesson.html that has the class "lesson"; on top, if there is none.

    data: what lesson.js starts with, as JSON.  events: those that it may trigger.
    What comes later arrives in `value` and `props`, which no template mentions: it is drawn by the script, so no text
    from outside ever reaches a template.
    """
    words = MarkdownIt().render((LESSONS / name / "lesson.md").read_text(encoding="utf-8"))
    STATIC.add(f"tabs/{name}/text.html", f'<div class="md">{words}</div>')
    STATIC.add(f"tabs/{name}/lesson.json", data)
    called = "".join(f" '{event}'" for event in events)  # Gradio looks for their names in the script
    return gr.HTML(
        html_template="",
        js_on_load=f"page.open({name!r}, {{ element, props, server, trigger, watch }}) //{called}",
        elem_id=name,
        elem_classes="hands-on",
        server_functions=[says_why(function) for function in server_functions],
        **props,
    )


def on_request(lesson: gr.HTML, name: str, handler: Callable, **kwargs: Any) -> None:
    """Have `handler` answer the requests of that event, which a lesson's script makes by assets/ask.js.

    All of them, at once: the script takes the answer to the newest.
    """
    named = {"api_name": f"{lesson.elem_id}_{name}", "trigger_mode": "multiple"}
    event = getattr(lesson, name)(handler, None, lesson, **named, **kwargs)
    for then, failed in ((event.success, False), (event.failure, True)):
        told = json.dumps([lesson.elem_id, name, failed])
        then(None, js=f"() => {{ page.module('ask').then(({{ ended }}) => ended(...{told})) }}", **AT_ONCE)


def asked(event: gr.EventData) -> tuple[dict[str, Any], int | None]:
    """What a lesson's script asks for (assets/ask.js): a dict, and the request's number, to be repeated in the answer.

    Raises ValueError for anything else: what comes back to the page must not be somebody's file or text.
    """
    data = event._data
    if not isinstance(data, dict) or not isinstance(data.get("request"), int | None):
        raise ValueError("a request must be a JSON object whose 'request' is a whole number")
    return data, data.get("request")


def encode(array: np.ndarray) -> str:
    """An array's bytes in base64, for the decoders of assets/pixels.js."""
    return base64.b64encode(np.ascontiguousarray(array).tobytes()).decode("ascii")


def gif(request: object) -> str:
    """A looping GIF, in base64, of what the page shows.

    request: {"frames": base64 of RGB bytes, "count": sprites a frame, "columns": of them in a row, "ms": milliseconds
    a frame, "size": pixels of a sprite's side, 16 if it is not said}, from assets/takeaways.js. Raises ValueError for
    anything else, or more than MAX_GIF_SPRITES sprites, or more pixels than so many of 16x16 have.
    """
    if not isinstance(request, dict):
        raise ValueError("a request for a GIF must be a JSON object with frames, count, columns, ms and size")
    frames: Any = request.get("frames")
    count: Any = request.get("count")
    columns: Any = request.get("columns")
    ms: Any = request.get("ms")
    size: Any = request.get("size", 16)
    check_whole("count", count, 1, MAX_GIF_SPRITES)
    check_whole("columns", columns, 1, count)
    check_whole("ms", ms, 20, 1000)
    check_whole("size", size, 1, MAX_GIF_SIZE)
    if not isinstance(frames, str) or len(frames) > 4 * MAX_GIF_SPRITES * 256 + 4:
        raise ValueError(f"frames must be base64 text of at most {MAX_GIF_SPRITES} sprites of 16x16 pixels")
    try:
        sprites = np.frombuffer(base64.b64decode(frames, validate=True), np.uint8).reshape(-1, count, size, size, 3)
    except (binascii.Error, ValueError) as error:
        raise ValueError(f"frames must be base64 of RGB bytes, {count} sprites of {size}x{size} a frame") from error
    if len(sprites) * count > MAX_GIF_SPRITES:
        raise ValueError(f"a GIF may have {MAX_GIF_SPRITES} sprites at most; got {len(sprites) * count}")
    if count == 1 and len(sprites) > MAX_GIF_FRAMES:
        raise ValueError(f"a GIF of one sprite may have {MAX_GIF_FRAMES} frames at most; got {len(sprites)}")
    scale, file = max(1, (192 if count == 1 else 64) // size), io.BytesIO()
    pictures = (grid(frame, columns=columns, scale=1, gap=0 if count == 1 else 1) for frame in sprites)
    if not gif_line.acquire(blocking=False):
        raise ValueError("other people's GIFs are being made; try again in a moment")
    try:
        with making_gif:
            save_gif(pictures, file, ms=ms, scale=scale)
    finally:
        gif_line.release()
    return base64.b64encode(file.getvalue()).decode("ascii")


def read_config(settings: object, names: Sequence[str]) -> GenerateConfig:
    """The config of a dict from outside with all of these fields of GenerateConfig, and no other.

    weights may be a text, as a control or a link has it: a class, "no class", "hero=0.6,food=0.4". Settings of other
    samplers than its own stay at their defaults. Raises ValueError.
    """
    if not isinstance(settings, Mapping) or set(settings) != set(names):
        raise ValueError(f"the settings must be those of the page: {', '.join(names)}")
    if missing := [name for name, value in settings.items() if value is None]:
        raise ValueError(f"{missing[0]} must be given")
    if isinstance(settings.get("seed", 0), list | tuple) or isinstance(settings["weights"], list | tuple):
        raise ValueError("weights must map class names to numbers, and seed be one: all sprites share them")
    weights = settings["weights"]
    if isinstance(weights, str):
        classes = classes_here(settings.get("network"))
        weights = {weights: 1.0} if weights in classes else parse_weights(weights)
        weight_row(weights, classes)  # says which classes there are
    settings = {**settings, "weights": weights}
    record = NETWORKS.get(str(settings.get("network")))
    if (
        record and record.teacher and "eta" in settings
    ):  # it has no use for fresh noise, whatever the hidden control says
        settings["eta"] = 0.0
    return GenerateConfig.from_json(settings).without_idle_settings()


# ---- controls that several lessons have ------------------------------------------------------------------------------
def choices(records: Iterable[Sampler | NetworkRecord]) -> list[tuple[str, str]]:
    """Of a Dropdown or Radio."""
    return [(record.title, record.name) for record in records]


def network_choice(label: str = "network", *, sampler: gr.Dropdown | None = None, own: bool = False) -> gr.Dropdown:
    """Which network predicts; where there is only one, nothing is to be chosen.

    sampler: the choice is shown with DDIM alone, which draws with every network.  own: one may be the page's own.
    """
    there = [*networks(), *([NETWORKS[OWN]] if own else [])]
    choice = len(there) > 1
    visible = choice if sampler is None else choice and str(sampler.value) == "ddim"
    network = gr.Dropdown(choices(there), value=there[0].name, label=label, visible=visible, min_width=180)
    if sampler is not None and choice:
        js = "(name) => ({ __type__: 'update', visible: name === 'ddim' })"
        sampler.change(None, sampler, network, js=js, **AT_ONCE)
    return network


def sampler_words() -> dict[str, dict[str, Any]]:
    """What the page's scripts need to know of the samplers, by name.

    noisy: whether it adds fresh noise, "always", "never", or as one of its settings, above 0, says.
    """
    settings = {name for record in SAMPLERS.values() for name in record.settings}
    silent, loud = dict.fromkeys(settings, 0.0), dict.fromkeys(settings, 1.0)
    return {
        record.name: {
            "title": record.title,
            "settings": record.settings,
            "noisy": "always" if record.noisy(silent) else "as set" if record.noisy(loud) else "never",
            "y": record.y if record.numbers else None,
            "sentence": record.sentence,
            "still": record.still,
            "first": record.first,
        }
        for record in SAMPLERS.values()
    }


def shown_for(network: gr.Dropdown, sampler: gr.Dropdown | gr.Radio, own: Mapping[str, Control]) -> None:
    """Show the controls of a sampler's own settings with that sampler alone, and no choice of it where there is none.

    own: by the names of the settings.
    """

    settings = {record.name: record.settings for record in SAMPLERS.values()}
    students = [record.name for record in NETWORKS.values() if record.teacher]
    js = f"""(network, sampler) => {{
        const settings = {json.dumps(students)}.includes(network) ? [] : ({json.dumps(settings)}[sampler] ?? []);
        const shown = (name) => ({{ __type__: "update", visible: settings.includes(name) }});
        const updates = {json.dumps(list(own))}.map(shown);
        return updates.length > 1 ? updates : updates[0]; // a list would be the value of a single control
    }}"""
    gr.on([network.change, sampler.change], None, [network, sampler], list(own.values()), js=js, **AT_ONCE)


def few_steps(network: gr.Dropdown, sampler: gr.Dropdown | gr.Radio, steps: gr.Slider) -> None:
    """Who chooses a distilled network gets its usual steps, unless they are few already, and its sampler.

    Who then chooses another sampler gets the first network back.
    """
    usual = {record.name: record.usual_steps for record in networks() if record.teacher}
    js = f"""(network, sampler, steps) => {{
        const most = {json.dumps(usual)}[network];
        return most ? ["ddim", Math.min(steps, most)] : [sampler, steps];
    }}"""
    network.input(None, [network, sampler, steps], [sampler, steps], js=js, **AT_ONCE)
    back = f"(network, sampler) => network in {json.dumps(usual)} && sampler !== 'ddim' ? 'sprites' : network"
    sampler.input(None, [network, sampler], network, js=back, **AT_ONCE)
