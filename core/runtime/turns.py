"""Several runs at one network: an evaluation each in turn, first come, first served; small evaluations share one."""

from __future__ import annotations

import threading
import time
from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass, field

import torch
from torch import Tensor

from ..guidance import Network

SMALL = 4  # sprites at most: evaluations of so few are faster together than one after the other
TOGETHER = 16  # sprites of small evaluations at a time; python -m benchmarks.load measures what it gains


@dataclass(eq=False)
class _Turn:
    """An evaluation that somebody waits for."""

    inputs: tuple[Tensor, Tensor, Tensor]
    shared: bool
    ready: threading.Event = field(default_factory=threading.Event)  # it is first in line, or served by another's turn
    begun: float | None = None  # when the network began with it
    output: Tensor | None = None
    error: Exception | None = None


class Turns:
    """A network that one run at a time may ask, in the order of asking: a run waits at most one turn of each other run.

    An evaluation keeps all cores busy, so two at once would only slow each other down. But a single sprite does not
    fill them: small evaluations that wait in line are taken along by the first of them, as one batch. That may change
    the last bits of the results (about 2e-6), for a batch's size decides in which order the numbers are added.
    """

    def __init__(self, network: Network) -> None:
        self.network, self._line, self._guard = network, deque[_Turn](), threading.Lock()
        self._waited = threading.local()

    @property
    def waited(self) -> float:
        """Seconds that this thread has waited for its turns so far."""
        return getattr(self._waited, "seconds", 0.0)

    def __call__(self, x_t: Tensor, log_snr: Tensor, weights: Tensor, *, alone: bool = False) -> Tensor:
        """The network's output. alone: never in one batch with others, so that its time is its own."""
        turn, asked = _Turn((x_t, log_snr, weights), shared=not alone and len(x_t) <= SMALL), time.perf_counter()
        with self._guard:
            self._line.append(turn)
            first = self._line[0] is turn
        if not first:
            turn.ready.wait()
        if turn.begun is None:
            self._serve(turn)
        if not first:
            self._waited.seconds = self.waited + turn.begun - asked
        if turn.error is not None:
            raise turn.error
        return turn.output

    def _serve(self, turn: _Turn) -> None:
        """Evaluate the first turn in line, and with it what shares its batch; then call the next."""
        together = self._companions(turn) if turn.shared else [turn]
        now = time.perf_counter()
        for served in together:
            served.begun = now
        try:
            outputs = [self.network(*turn.inputs)] if len(together) == 1 else self._as_one(together)
            for served, output in zip(together, outputs, strict=True):
                served.output = output
        except Exception as error:
            for served in together:
                served.error = error
        finally:
            with self._guard:
                for served in together:
                    self._line.remove(served)
                    served.ready.set()
                if self._line:
                    self._line[0].ready.set()

    def _companions(self, turn: _Turn) -> list[_Turn]:
        """That turn and the small ones behind it, TOGETHER sprites at most."""
        together, room = [], TOGETHER
        with self._guard:
            for other in self._line:
                if other.shared and len(other.inputs[0]) <= room:
                    together.append(other)
                    room -= len(other.inputs[0])
        return together

    def _as_one(self, together: Sequence[_Turn]) -> tuple[Tensor, ...]:
        """The outputs of several turns from one batch."""
        inputs = (torch.cat(parts) for parts in zip(*(turn.inputs for turn in together), strict=True))
        return self.network(*inputs).split([len(turn.inputs[0]) for turn in together])
