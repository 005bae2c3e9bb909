"""Runs of the model for the people on the page: a place in the queue, turns at the network, Stop, a line in the log."""

from __future__ import annotations

import asyncio
import contextvars
import functools
import inspect
import logging
import threading
import time
from collections.abc import AsyncIterator, Callable, Iterable
from contextlib import AbstractContextManager, suppress
from dataclasses import replace
from functools import lru_cache
from typing import Any, cast

import anyio.to_thread
import gradio as gr
from gradio.context import LocalContext
from gradio.queueing import Event
from torch import Tensor

from core import GenerateConfig, Model, Models
from core.checkpoint import Header, read_header
from core.data import BUILT_IN
from core.generate import evaluations
from core.models import NETWORKS, NetworkRecord
from core.networks import UNetConfig
from core.sprites import CLASS_NAMES
from core.train.kept import kept

from .people import person
from .refusals import says_why
from .turns import Line, Turns, shared

RUNS = 4  # at a time; they take turns at the network, so that nobody waits for the end of somebody else's long run
MODEL_QUEUE: dict[str, Any] = {"concurrency_id": "model", "concurrency_limit": RUNS}  # for every event that runs it
# Races are long, and timed: one at a time, in a line of their own, so that the others need not wait for their end.
RACE_QUEUE: dict[str, Any] = {"concurrency_id": "race", "concurrency_limit": 1}
MAX_EVALUATIONS = 20_000  # of a request: about half a minute on two cores
END = object()
log = logging.getLogger(__name__)


class Stopped(Exception):
    """Raised inside a run, at its next evaluation, when nobody waits for its result any more."""


class Run:
    """One request's use of the network; as a context manager, from its start to its line in the log.

    what: its name there.  alone: its evaluations are timed, so they have the machine to themselves.
    """

    def __init__(self, what: str, *, alone: bool = False) -> None:
        request, event = LocalContext.request.get(None), _event()
        self.what, self.alone, self.session = what, alone, request and request.session_hash
        self.event, self.person = event and event._id, person()
        self.stopped = threading.Event()
        if event and not event.alive:  # its caller left between the queue and here
            self.stopped.set()
        self.nfe, self.waited = 0, 0.0  # network evaluations; seconds spent waiting for turns
        self.queued = time.monotonic() - event.enqueue_time if event else 0.0

    def __enter__(self) -> Run:
        self._start = time.perf_counter()
        _under_way.add(self)
        return self

    def __exit__(self, _type: object, error: BaseException | None, _traceback: object) -> None:
        _under_way.discard(self)
        left = self.stopped.is_set() or isinstance(error, GeneratorExit)  # the caller has gone
        outcome = (
            "stopped" if left else "done" if error is None else "refused" if isinstance(error, gr.Error) else "failed"
        )
        seconds, wait = time.perf_counter() - self._start, self.queued + self.waited
        log.info("%s %s nfe=%d seconds=%.2f wait=%.2f", self.what, outcome, self.nfe, seconds, wait)

    def go_on(self) -> None:
        """Raise Stopped if it has been stopped."""
        if self.stopped.is_set():
            raise Stopped


_current: contextvars.ContextVar[Run | None] = contextvars.ContextVar("run", default=None)
_under_way: set[Run] = set()


class _Served:
    """The network, for whichever run asks it: counts its evaluations and ends it where it has been stopped."""

    def __init__(self, network: Turns) -> None:
        self.network = network

    def __call__(self, x_t: Tensor, log_snr: Tensor, weights: Tensor) -> Tensor:
        run = _current.get()
        if run is None:
            with self.network.turn(payer=person()):
                return self.network(x_t, log_snr, weights)
        run.go_on()
        before = self.network.line.waited
        with self.network.turn(run, run.alone, run.person):
            run.waited += self.network.line.waited - before
            run.go_on()  # it may have been stopped while it stood in line
            run.nfe += 1
            return self.network(x_t, log_snr, weights)


_line: list[Line] = []  # in which all networks stand, once one has been loaded


def in_line(model: Model) -> Model:
    """The model, for runs that take turns."""
    turns = shared(model.run, *_line)
    _line[:] = [turns.line]
    return replace(model, run=_Served(turns))


def turns_of(model: Model) -> Turns:
    """What the runs of one of our models take turns at."""
    return cast(_Served, model.run).network


@lru_cache(maxsize=1)
def models() -> Models:
    """The networks that are there, each loaded when it is first asked for, for runs that take turns."""
    return Models(prepare=in_line)


def model() -> Model:
    """The first network."""
    return models()["sprites"]


@lru_cache(maxsize=64)
def kept_network(epoch: int, averaged: bool) -> Model:
    """A network of the training run that was kept, in the line of the others. Raises ValueError."""
    model()  # which makes the line
    return in_line(kept(epoch, averaged))


def networks() -> list[NetworkRecord]:
    """Those that are there."""
    return [NETWORKS[name] for name in models()]


@lru_cache(maxsize=1)
def header() -> Header:
    """What the shipped checkpoint says of itself: the page is built from it before the model is loaded.

    Of a file that cannot be used, what would be usual: the start says what is wrong with it (see app.main).
    """
    try:
        return read_header()
    except ValueError:
        return Header("unet", UNetConfig(), CLASS_NAMES, {"data": BUILT_IN})


def class_names() -> tuple[str, ...]:
    """The classes that the model knows."""
    return header().class_names


def draws_our_sprites() -> bool:
    """Whether it learned from the sprites that this project draws, so that its own can be compared with them."""
    return class_names() == CLASS_NAMES and str(header().info.get("data")).startswith(BUILT_IN)


def one_turn() -> AbstractContextManager[None]:
    """A turn at the network that covers all of a short run, which would else wait for one at each of its steps."""
    return turns_of(model()).turn(payer=person())


def check_share(configs: Iterable[GenerateConfig]) -> None:
    """Raise ValueError if these runs together would take more than MAX_EVALUATIONS, or draw an unknown class."""
    asked = sum(evaluations(config, class_names()) for config in configs)
    if asked > MAX_EVALUATIONS:
        raise ValueError(
            f"this would take {asked:,} network evaluations, sprites times steps times evaluations a step; at most "
            f"{MAX_EVALUATIONS:,} are allowed, for others are waiting, too: take fewer sprites or steps"
        )


def queue_line(name: str, *, drawing: bool = True) -> gr.HTML:
    """Where a tab's events that run the model show their place in the queue and the wait (show_progress_on).

    drawing: whether it also says how long a run takes that no longer waits.
    """
    return gr.HTML(
        "",
        elem_id=f"{name}-queue",
        elem_classes=["queue-line"] if drawing else ["queue-line", "only-waiting"],
        html_template='<span class="words"></span>',
        js_on_load="page.module('queue').then(({ queueLine }) => queueLine(element))",
    )


def present() -> bool:
    """Whether somebody still waits for the present run; True outside of one."""
    run = _current.get()
    return run is None or not run.stopped.is_set()


def session() -> str | None:
    """The page that the present request comes from, if it comes from one."""
    request = LocalContext.request.get(None)
    return request.session_hash if request else None


def clock() -> float:
    """Seconds, as time.perf_counter, but it stands still while the present run waits for its turns at the network."""
    run = _current.get()
    return time.perf_counter() - (run.waited if run else 0.0)


def served(what: str, handler: Callable, *, alone: bool = False) -> Callable:
    """handler, or generator, as the function of an event that runs the model (see Run).

    It works in a thread of its own. When the event is cancelled, or its page closed, it stops at its next evaluation.
    """
    handler = says_why(handler)

    if inspect.isgeneratorfunction(handler):

        @functools.wraps(handler)
        async def stream(*args: Any, **kwargs: Any) -> AsyncIterator[Any]:
            with Run(what, alone=alone) as run:
                steps = handler(*args, **kwargs)
                while (value := await _in_thread(run, next, steps, END)) is not END:
                    yield value

        return stream

    @functools.wraps(handler)
    async def call(*args: Any, **kwargs: Any) -> Any:
        with Run(what, alone=alone) as run:
            return await _in_thread(run, functools.partial(handler, *args, **kwargs))

    return call


async def _in_thread(run: Run, function: Callable, *args: Any) -> Any:
    """function(*args) in a thread, as part of the run; if the event is cancelled meanwhile, the run is stopped."""
    context = contextvars.copy_context()
    context.run(_current.set, run)
    try:
        return await anyio.to_thread.run_sync(context.run, function, *args)
    except asyncio.CancelledError:
        run.stopped.set()
        raise
    except Stopped:
        raise gr.Error("The run was stopped.", print_exception=False) from None


def leave(request: gr.Request) -> None:
    """Stop the runs of a page that has been closed."""
    stop_runs(request.session_hash)


def stop_runs(session: str | None = None, event: str | None = None) -> None:
    """Stop the runs of a session, or that of an event, each at its next evaluation."""
    for run in list(_under_way):
        if (run.session == session) if event is None else (run.event == event):
            run.stopped.set()


def _event() -> Event | None:
    """The present event of Gradio's queue, which has no public way to it."""
    blocks, event_id = LocalContext.blocks.get(None), LocalContext.event_id.get(None)
    if blocks is None or event_id is None:
        return None
    with suppress(AttributeError, KeyError):
        return blocks._queue.event_ids_to_events[event_id]
    return None
