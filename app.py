"""Diffusion, pixel by pixel: the page. python app.py starts it; `demo` is the app without a server."""

from __future__ import annotations

import os
import time

os.environ.setdefault("GRADIO_ANALYTICS_ENABLED", "False")  # before gradio is imported: the page calls nobody

import gradio as gr
import torch

from core.checkpoint import SHIPPED
from tabs import TABS
from tabs.guard import APP_KWARGS, MAX_FILE, SESSIONS, Page
from tabs.page import ASSETS, model, restore_link, text

QUEUE_SIZE = 32
CACHE_SECONDS = 3600  # uploads are deleted after this time

with Page(title="Diffusion, pixel by pixel", delete_cache=(CACHE_SECONDS, CACHE_SECONDS)) as demo:
    gr.Markdown(text("intro"), elem_classes="intro")
    linked = {}
    with gr.Tabs(overflow_behavior="wrap") as tabs:
        for name, (title, build) in TABS.items():
            with gr.Tab(title, id=name):
                linked[name] = build()
    restore_link(demo, tabs, linked)
demo.queue(max_size=QUEUE_SIZE, api_open=False)  # no run may pass the queue by


def main() -> None:
    """Load the model, then serve the page. Raises SystemExit with one sentence if there is no usable checkpoint."""
    start = time.perf_counter()
    try:
        loaded = model()
    except ValueError as error:
        raise SystemExit(str(error)) from error
    took = time.perf_counter() - start
    by = "PyTorch" if loaded.run.network is loaded.network else "ONNX Runtime"
    print(
        f"{SHIPPED.name}, trained on {loaded.images_seen:,} noisy sprites, loaded in {took:.2f} s; "
        f"{by} runs it on {loaded.device}, {torch.get_num_threads()} threads"
    )
    scripts = [(ASSETS / name).read_text(encoding="utf-8") for name in ("pixels.js", "controls.js")]
    demo.launch(
        theme=gr.themes.Default(
            primary_hue="violet", font=["system-ui", "sans-serif"], font_mono=["ui-monospace", "monospace"]
        ),
        css_paths=[ASSETS / "page.css"],
        head="".join(f"<script>{script}</script>" for script in scripts),
        footer_links=["api", "settings"],
        max_file_size=MAX_FILE,
        state_session_capacity=SESSIONS,
        app_kwargs=APP_KWARGS,
        enable_monitoring=False,
        run_history=False,
        ssr_mode=False,
    )


if __name__ == "__main__":
    main()
