"""What is around the lessons: the page as it is served, before any script has run, its theme, and Gradio's own words.

Chat programs and search engines read no further than what is served, and on a slow line it is all there is at first.
"""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from typing import Any

import gradio as gr
from gradio.routes import templates
from jinja2 import ChoiceLoader, DictLoader
from starlette.requests import Request
from starlette.responses import FileResponse
from starlette.routing import Route

from core import GenerateConfig, generate
from serving.runs import class_names, models

from . import TITLES, engine
from .journey import journey
from .page import ASSETS, STATIC

TITLE = "Diffusion, pixel by pixel"
SUMMARY = (
    "Learn how diffusion models work by handling a small real one: drown a sprite in noise, let a network draw one "
    "step by step, race samplers, mix classes."
)
RECORDED: dict[str, Any] = {"seed": 3, "num_inference_steps": 8}  # the run of the overview
INDEX = "frontend/index.html"  # Gradio's template of the page
DESCRIPTION = re.compile(r'<meta\s+(?:property="og:|name="twitter:)[^>]*>')

# In rem, so that the text follows the font size that a person has set in their browser; Gradio's own are in px.
TEXT = gr.themes.Size(
    name="rem",
    xxs="0.5625rem",
    xs="0.625rem",
    sm="0.75rem",
    md="0.875rem",
    lg="1rem",
    xl="1.375rem",
    xxl="1.625rem",
)
THEME = gr.themes.Default(
    primary_hue="violet", text_size=TEXT, font=["system-ui", "sans-serif"], font_mono=["ui-monospace", "monospace"]
).set(  # the colours of first.css
    body_background_fill="var(--ground)",
    body_background_fill_dark="var(--ground)",
    body_text_color="var(--ink)",
    body_text_color_dark="var(--ink)",
    body_text_color_subdued="var(--quiet)",
    body_text_color_subdued_dark="var(--quiet)",
    background_fill_primary="var(--ground)",
    background_fill_primary_dark="var(--ground)",
    background_fill_secondary="var(--tile)",
    background_fill_secondary_dark="var(--tile)",
    block_background_fill="var(--ground)",
    block_background_fill_dark="var(--ground)",
    block_label_text_color="var(--quiet)",
    block_label_text_color_dark="var(--quiet)",
    border_color_primary="var(--hairline)",
    border_color_primary_dark="var(--hairline)",
    block_border_color="var(--hairline)",
    block_border_color_dark="var(--hairline)",
    button_secondary_background_fill="var(--ground)",
    button_secondary_background_fill_dark="var(--ground)",
    button_secondary_background_fill_hover="var(--mixture-1)",
    button_secondary_background_fill_hover_dark="var(--mixture-1)",
    button_secondary_text_color="var(--ink)",
    button_secondary_text_color_dark="var(--ink)",
    button_secondary_border_color="var(--hairline)",
    button_secondary_border_color_dark="var(--hairline)",
    input_background_fill="var(--ground)",
    input_background_fill_dark="var(--ground)",
    input_border_color="var(--hairline)",
    input_border_color_dark="var(--hairline)",
    color_accent="*primary_700",
    button_primary_background_fill="*primary_700",
    button_primary_background_fill_dark="*primary_700",
    button_primary_background_fill_hover="*primary_800",
    button_primary_background_fill_hover_dark="*primary_800",
    button_primary_border_color="*primary_700",
    button_primary_border_color_dark="*primary_700",
    button_primary_border_color_hover="*primary_800",
    button_primary_border_color_hover_dark="*primary_800",
)
LOOK: dict[str, Any] = {  # of launch()
    "theme": THEME,
    "css_paths": [ASSETS / "page.css"],
    "favicon_path": ASSETS / "icon.png",
    "i18n": gr.I18n(en={"common.complete": "Done."}),  # Gradio says it after every run, and has no words for it
}


def dress() -> None:
    """Have Gradio serve its page with our title, card, modules and header. To be called when all is built."""
    STATIC.add("assets/overview.json", recorded())
    for path, content in engine.files().items():
        STATIC.add(path, content)
    loader = templates.env.loader
    assert loader is not None  # Gradio's own
    index, *_ = loader.get_source(templates.env, INDEX)
    templates.env.loader = ChoiceLoader([DictLoader({INDEX: dressed(index)}), loader])


def dressed(index: str) -> str:
    """Gradio's index.html, its descriptions replaced by assets/head.html, and assets/first.html before the app.

    Raises ValueError if it is not the index.html that we know.
    """
    index, own = DESCRIPTION.subn("", index)
    values = {"TITLE": TITLE, "SUMMARY": SUMMARY, "NAME": name_drawn(), "SCRIPTS": scripts(), "PRELOADED": preloaded()}
    values["FILES"] = STATIC.root
    values["ENGINE"] = engine.choice()
    for mark, name in (("</head>", "head"), ("<gradio-app", "first")):
        if index.count(mark) != 1 or not own:
            raise ValueError("Gradio's page has another shape than that of the version in requirements.txt")
        html = (ASSETS / f"{name}.html").read_text(encoding="utf-8")
        for word, value in values.items():
            html = html.replace(word, value)
        index = index.replace(mark, html + mark)
    return index


def name_drawn() -> str:
    """The page's name in a face of its own: assets/name.txt, a square for every #."""
    rows = (ASSETS / "name.txt").read_text(encoding="utf-8").split()
    squares = "".join(
        f"M{x} {y}h{run.end() - run.start()}v1h-{run.end() - run.start()}z"
        for y, row in enumerate(rows)
        for run in re.finditer("#+", row)
        for x in [run.start()]
    )
    size = f"0 0 {max(map(len, rows))} {len(rows)}"
    return f'<svg class="name" viewBox="{size}" aria-hidden="true"><path fill="currentColor" d="{squares}" /></svg>'


def recorded() -> dict[str, object]:
    """A run of the network for the overview on top of the page."""
    told = class_names()[0]
    steps = list(generate(models(), GenerateConfig({told: 1.0}, count=1, **RECORDED)))
    return journey(steps, steps[-1].x_prev, told)


def scripts() -> str:
    """What must run before any module does: it stands in the page itself."""
    names = json.dumps(class_names()).replace("<", "\\u003c")  # a checkpoint's: they might end the script
    renew = f"{{ const query = renewed(location.search, {names}); "
    renew += "if (query !== location.search) history.replaceState(history.state, '', query + location.hash); }"
    old_links = source("old-links").replace("export function", "function")
    texts = [f"(() => {{\n{old_links}{renew}\n}})();", source("prefix"), source("start")]
    return "".join(f"<script>{{% raw %}}{text}{{% endraw %}}</script>" for text in texts)


def source(name: str) -> str:
    """A script of assets/ without its comments that fill lines."""
    text = (ASSETS / f"{name}.js").read_text(encoding="utf-8")
    return re.sub(r"^\s*(//.*|/\*\*.*\*/)\n", "", re.sub(r"^\s*/\*\*\n(\s*\*.*\n)*", "", text, flags=re.M), flags=re.M)


def preloaded() -> str:
    """Which modules to fetch at once: those of the page, and of the lesson that the address asks for."""
    lessons = list(TITLES)
    entry = STATIC.modules("assets/page.js")
    own = {name: [path for path in STATIC.modules(f"tabs/{name}/lesson.js") if path not in entry] for name in lessons}

    def links(paths: Sequence[str]) -> str:
        return "".join(f'<link rel="modulepreload" fetchpriority="low" href="{STATIC.root}{path}" />' for path in paths)

    asked = "{% set tab = request.query_params.get('tab', '').strip().lower() %}"
    branches = "".join(
        f"{{% {'elif' if i else 'if'} tab == '{name}' %}}{links(paths)}" for i, (name, paths) in enumerate(own.items())
    )
    known = "".join(f'<meta name="lesson" content="{name}" />' for name in lessons)
    return f"{known}{links(entry)}{asked}{branches}{{% else %}}{links(own[lessons[0]])}{{% endif %}}"


def thumbnail(_: Request) -> FileResponse:
    """The picture of the card."""
    return FileResponse(ASSETS / "thumbnail.png")


ROUTES = [Route("/thumbnail.png", thumbnail)]
