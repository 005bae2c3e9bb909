"""Gradio's own controls of the lessons, set from outside: by a permanent link, or by a lesson's script."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from typing import Any

import gradio as gr

from core.train.live import MINE
from serving.own import OWN

from .page import AT_ONCE, Control


def restore_link(demo: gr.Blocks, tabs: gr.Tabs, linked: Mapping[str, Mapping[str, Control]]) -> None:
    """When the page opens with a permanent link, open its tab and set its controls: ?tab=denoising&steps=20&...

    From then on the page itself keeps its address: see assets/link.js.
    """
    names = {tab: list(controls) for tab, controls in linked.items()}
    controls = [control for tab in linked.values() for control in tab.values()]
    note, first = gr.Textbox(visible=False), next(iter(linked))

    def restore(request: gr.Request) -> list[Any]:
        tab, values, text = read_link(request.query_params, linked)
        updates = [gr.update(value=values[control]) if control in values else gr.skip() for control in controls]
        # The first is open from the start: whoever has gone on to another meanwhile must not be thrown back.
        return [text, gr.Tabs(selected=tab) if tab and tab != first else gr.skip(), *updates]

    opened = f"opened(note, {json.dumps(names)}, values)"
    js = f"(note, ...values) => {{ page.module('link').then(({{ opened }}) => {opened}) }}"
    demo.load(restore, None, [note, tabs, *controls], **AT_ONCE).then(None, [note, *controls], None, js=js, **AT_ONCE)
    for tab, own in linked.items():
        if own:
            told = f"{json.dumps(tab)}, {json.dumps(list(own))}"
            js = f"(...values) => {{ page.module('link').then(({{ choose }}) => choose({told}, values)) }}"
            gr.on([control.change for control in own.values()], None, list(own.values()), js=js, **AT_ONCE)


def read_link(
    query: Mapping[str, str], linked: Mapping[str, Mapping[str, Control]]
) -> tuple[str | None, dict[Control, Any], str]:
    """The tab that a link asks for, the values of its controls, and a sentence on what cannot be used, or "".

    linked: the controls of each tab by their names in a link.
    """
    tab = query.get("tab", "").strip().lower()
    if tab not in linked:
        missing = f"This link asks for a lesson that does not exist; there are {', '.join(linked)}. This is the first."
        return None, {}, missing if tab else ""
    own = {name: control for name, control in linked[tab].items() if name in query}
    values = {
        control: None if query[name] in OF_A_PAGE else from_link(control, query[name]) for name, control in own.items()
    }
    refused = [refusal(control, query[name]) for name, control in own.items() if values[control] is None]
    text = f"Not all of this link can be used: {'; '.join(refused)}. All else is set as it says." if refused else ""
    return tab, {control: value for control, value in values.items() if value is not None}, text


OF_A_PAGE = (OWN, MINE)  # what no link brings: a network that a page has taught, and its class
NUMBER = re.compile(r"-?[0-9]{1,12}(\.[0-9]{1,12})?")  # float() would take 1_0, 1e1, ١٠ and spaces as well


def refusal(control: Control, text: str) -> str:
    """Why that control cannot be set so."""
    if text in OF_A_PAGE:
        return "a network that somebody has taught is in no link (its file can be opened in the lesson Training)"
    return f"{control.label} must be {allowed(control)}"


def from_link(control: Control, text: str) -> str | int | float | bool | None:
    """The value that a link's text gives to a control; None if the control does not allow it."""
    if isinstance(control, gr.Dropdown | gr.Radio):
        return text if text in [value for _, value in control.choices] else None
    if isinstance(control, gr.Checkbox):
        return {"true": True, "false": False}.get(text)
    value = float(text) if NUMBER.fullmatch(text) else None
    if value is None or not (control.minimum or 0) <= value <= (control.maximum or 0):
        return None
    if control.precision == 0:
        return int(value) if value.is_integer() else None
    return value


def allowed(control: Control) -> str:
    """What from_link allows, in words."""
    if isinstance(control, gr.Dropdown | gr.Radio):
        return f"one of {', '.join(str(value) for _, value in control.choices if value not in OF_A_PAGE)}"
    if isinstance(control, gr.Checkbox):
        return "true or false"
    kind = "a whole number" if control.precision == 0 else "a number"
    return f"{kind} from {control.minimum} to {control.maximum}"


def on_settings(lesson: gr.HTML, controls: Mapping[str, Control]) -> None:
    """Have a lesson's script set its controls and start its run: set() of assets/controls.js.

    The run is started by the primary button among the lesson's controls. The server has no part in it.
    """
    values = list(controls.values())
    chosen = f"chosen({json.dumps(list(controls))}, values)"
    js = f"(...values) => page.module('controls').then(({{ chosen }}) => {chosen})"
    changed = lesson.settings(None, values, values, js=js, **AT_ONCE)
    press = f"() => document.querySelector('#{lesson.elem_id}-controls button.primary').click()"
    changed.success(None, js=press, **AT_ONCE)
