"""A process of its own for long work that must not slow down the page: one thread, the lowest priority.

It does one piece of work at a time, a generator of core, and sends what that yields through a pipe. It imports core
alone, and waits, warm, for the next piece. python -m serving.worker is its program; only Worker starts it.
"""

from __future__ import annotations

import importlib
import os
import queue
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any, BinaryIO

from .wire import dumps, loads

ROOT = Path(__file__).resolve().parent.parent
STOP, LEAVE = "stop", "leave"  # end now and finish; nobody waits any more


class Worker:
    """The process, started when it is first needed. One run at a time."""

    def __init__(self) -> None:
        self._process: subprocess.Popen[bytes] | None = None
        self._guard = threading.Lock()

    def warm_up(self) -> None:
        """Start the process, so that the first run need not wait for its imports."""
        with self._guard:
            self._started()

    def run(self, work: Callable[..., Iterator[Any]], *args: Any) -> Iterator[Any]:
        """What work(*args, stopped=...) yields, in the process. work: a generator function of core.

        ValueErrors of the work are raised here. Who leaves the iterator ends the work. Raises RuntimeError if the
        process has died, or the work has failed.
        """
        self._guard.acquire()
        over = True
        try:
            inlet, outlet = _pipes(self._started())
            _send(inlet, (work.__module__, work.__qualname__, args))
            over = False
            while True:
                if not (line := outlet.readline()):
                    over = True
                    self.close()
                    raise RuntimeError("the worker has died")
                kind, value = loads(line)
                if kind == "yield":
                    yield value
                    continue
                over = True
                if kind == "refused":
                    raise ValueError(value)
                if kind == "failed":
                    raise RuntimeError(value)
                return
        finally:
            if over:
                self._guard.release()
            else:  # the caller may be the event loop, which must not wait
                threading.Thread(target=self._leave, args=(inlet, outlet), daemon=True).start()

    def stop(self) -> None:
        """Have the present run end early and finish."""
        if self._process:
            with suppress(OSError, ValueError):
                _send(_pipes(self._process)[0], STOP)

    def close(self) -> None:
        """End the process."""
        process, self._process = self._process, None
        if process:
            process.kill()
            process.wait()
            for pipe in _pipes(process):
                pipe.close()

    def _started(self) -> subprocess.Popen[bytes]:
        if self._process is None or self._process.poll() is not None:
            self.close()
            one = {f"{name}_NUM_THREADS": "1" for name in ("OMP", "MKL", "OPENBLAS")}
            self._process = subprocess.Popen(
                [sys.executable, "-m", "serving.worker"],
                cwd=ROOT,
                env=os.environ | one,
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
            )
        return self._process

    def _leave(self, inlet: BinaryIO, outlet: BinaryIO) -> None:
        """Tell it that nobody waits any more, and let it come to the end of what it is doing: a step, or a picture."""
        try:
            _send(inlet, LEAVE)
            while loads(outlet.readline())[0] == "yield":
                pass
        except (OSError, ValueError):  # it has died
            self.close()
        finally:
            self._guard.release()


TEACHER, BENCH = Worker(), Worker()  # for trainings, which take a minute; for a step of one, which should not wait


def _pipes(process: subprocess.Popen[bytes]) -> tuple[BinaryIO, BinaryIO]:
    assert process.stdin and process.stdout
    return process.stdin, process.stdout  # type: ignore[return-value]  # both are binary


def _send(pipe: BinaryIO, message: object) -> None:
    pipe.write(dumps(message))
    pipe.flush()


# ---- in the process --------------------------------------------------------------------------------------------------
def main() -> None:
    """Do what comes through stdin until that is closed: the app has ended."""
    if hasattr(os, "nice"):
        os.nice(19)
    outlet, sys.stdout = sys.stdout.buffer, sys.stderr  # what is printed must not get among the answers
    import torch

    torch.set_num_threads(1)
    torch.optim.AdamW([torch.zeros(1, requires_grad=True)])  # the first of a process takes seconds
    messages: queue.Queue[Any] = queue.Queue()
    closed = threading.Event()

    def listen() -> None:
        for line in sys.stdin.buffer:
            messages.put(loads(line))
        closed.set()
        messages.put(LEAVE)

    threading.Thread(target=listen, daemon=True).start()
    while not closed.is_set():
        message = messages.get()
        if isinstance(message, list):  # a STOP or LEAVE that came too late is passed over
            _do(message, messages, outlet)


def _do(message: list[Any], messages: queue.Queue[Any], outlet: BinaryIO) -> None:
    module, name, args = message
    told = set[str]()

    def heard(what: str) -> bool:
        while not messages.empty():
            told.add(messages.get())
        return what in told or LEAVE in told

    try:
        work = getattr(importlib.import_module(module), name)
        for value in work(*args, stopped=lambda: heard(STOP)):
            if heard(LEAVE):
                break
            _send(outlet, ("yield", value))
    except ValueError as error:
        _send(outlet, ("refused", str(error)))
    except Exception as error:  # it is told where the run was asked for
        _send(outlet, ("failed", f"{type(error).__name__}: {error}"))
    else:
        _send(outlet, ("end", None))


if __name__ == "__main__":
    main()
