"""Diffusion, pixel by pixel: the page. python app.py starts it; `demo` is the app without a server."""

from __future__ import annotations

import ctypes
import logging
import time
from contextlib import suppress

from serving import environment

environment.prepare()

import gradio as gr
import torch
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import JSONResponse
from starlette.routing import Route

import api
from core.checkpoint import SHIPPED
from serving.guard import MAX_FILE, MIDDLEWARE, REFUSALS, SESSIONS, GuardedBlocks
from serving.own import forget
from serving.runs import RUNS, leave, model, models, turns_of
from serving.static import ServeStatic
from serving.worker import TEACHER
from tabs import TABS, shell
from tabs.links import restore_link
from tabs.page import STATIC

QUEUE_SIZE = 32
CACHE_SECONDS = 60  # uploads, and pictures for programs, are deleted after one to two such times

with GuardedBlocks(title=shell.TITLE, delete_cache=(CACHE_SECONDS, CACHE_SECONDS)) as demo:
    linked = {}
    with gr.Tabs(overflow_behavior="wrap") as tabs:
        for name, (title, build) in TABS.items():
            with gr.Tab(title, id=name, elem_id=f"{name}-tab"):
                linked[name] = build()
    restore_link(demo, tabs, linked)
    demo.unload(leave)
    demo.unload(forget)
    api.register()
demo.queue(max_size=QUEUE_SIZE, api_open=False)  # no direct call passes by the queue


def runtime() -> dict[str, str]:
    """Which checkpoint runs, by what and where; the model must have been loaded, or it is now."""
    loaded = model()
    by = "PyTorch" if turns_of(loaded).network is loaded.network else "ONNX Runtime"
    return {"checkpoint": SHIPPED.name, "runtime": by, "device": str(loaded.device)}


def healthz(_: Request) -> JSONResponse:
    """For whoever watches over this copy: it answers only while the page is served, and that begins with the model."""
    return JSONResponse({"status": "ok", **runtime()})


def return_memory() -> None:
    """Have glibc, where it is the C library, give freed memory back.

    By default each thread keeps its own, up to 32 MiB at a time, and the resident memory of a busy server creeps up.
    """
    arena_max, mmap_threshold, trim_threshold = -8, -3, -1  # M_ARENA_MAX ... of malloc.h
    with suppress(OSError, AttributeError):
        libc = ctypes.CDLL("libc.so.6")
        for option, value in ((arena_max, 2), (mmap_threshold, 128 * 1024), (trim_threshold, 128 * 1024)):
            libc.mallopt(option, value)


def main() -> None:
    """Load the model, then serve the page. Raises SystemExit with one sentence if there is no usable checkpoint."""
    logging.basicConfig(format="%(asctime)s %(message)s")
    logging.getLogger("serving").setLevel(logging.INFO)  # a line a run
    return_memory()
    start = time.perf_counter()
    try:
        loaded = model()
    except ValueError as error:
        raise SystemExit(str(error)) from error
    took, by = time.perf_counter() - start, runtime()
    print(f"{SHIPPED}, trained on {loaded.images_seen:,} noisy sprites, loaded in {took:.2f} s")
    for name in list(models())[1:]:
        print(f"{models().path(name)}, {name}")
    print(
        f"{by['runtime']} runs it on {by['device']}, {torch.get_num_threads()} threads; "
        f"{RUNS} runs at a time, {QUEUE_SIZE} more may wait"
    )
    TEACHER.warm_up()
    shell.dress()
    try:
        demo.launch(
            server_port=environment.port(),
            **shell.LOOK,
            footer_links=["api", "settings"],
            max_file_size=MAX_FILE,
            state_session_capacity=SESSIONS,
            enable_monitoring=False,
            run_history=False,
            ssr_mode=False,
            mcp_server=True,
            app_kwargs={
                "routes": [Route("/healthz", healthz), *shell.ROUTES],
                "middleware": [Middleware(ServeStatic, files=STATIC), *MIDDLEWARE],
                "exception_handlers": REFUSALS,
            },
        )
    except OSError as error:
        if "empty port" not in str(error):
            raise
        where = f"port {environment.port()}" if environment.port() else "any port from 7860"
        raise SystemExit(
            f"cannot listen on {where}: it is taken, or GRADIO_SERVER_NAME is no address of this machine"
        ) from error


if __name__ == "__main__":
    main()
