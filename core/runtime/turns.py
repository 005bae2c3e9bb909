"""Several runs at one network: an evaluation each in turn, first come, first served."""

from __future__ import annotations

import threading
import time
from collections import deque

from torch import Tensor

from ..guidance import Network


class Turns:
    """A network that one run at a time may ask, in the order of asking: a run waits at most one turn of each other run.

    An evaluation keeps all cores busy, so two at once would only slow each other down.
    """

    def __init__(self, network: Network) -> None:
        self.network, self._line, self._guard = network, deque(), threading.Lock()
        self._waited = threading.local()

    @property
    def waited(self) -> float:
        """Seconds that this thread has waited for its turns so far."""
        return getattr(self._waited, "seconds", 0.0)

    def __call__(self, x_t: Tensor, log_snr: Tensor, weights: Tensor) -> Tensor:
        turn = threading.Event()
        with self._guard:
            self._line.append(turn)
            first = self._line[0] is turn
        if not first:
            start = time.perf_counter()
            turn.wait()
            self._waited.seconds = self.waited + time.perf_counter() - start
        try:
            return self.network(x_t, log_snr, weights)
        finally:
            with self._guard:
                self._line.popleft()
                if self._line:
                    self._line[0].set()
