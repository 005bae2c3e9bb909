"""Several runs at one network: in the order of asking; who is alone has all cores, of several each has one."""

from __future__ import annotations

import threading
import time
from collections import deque
from dataclasses import dataclass, field

from torch import Tensor

from ..guidance import Network

RECENT = 0.05  # seconds for which a run counts as present after its last evaluation


@dataclass(eq=False)
class _Turn:
    """An evaluation that somebody waits for."""

    caller: int
    alone: bool
    begin: threading.Event = field(default_factory=threading.Event)
    cores: int = 0


class Turns:
    """A network that several runs may ask at once; each waits at most for one evaluation of each other run.

    network: on all cores.  one_core: the same on a single core, if there is such a thing; `cores` of these may work at
    a time. python -m benchmarks.load measures why: two cores get more done with an evaluation each than with one after
    the other on both. One run alone is faster on both.
    """

    def __init__(self, network: Network, one_core: Network | None = None, cores: int = 1) -> None:
        self.network, self._one_core, self._cores = network, one_core, cores
        self._free, self._line, self._guard = cores, deque[_Turn](), threading.Lock()
        self._last_caller, self._last_end = 0, 0.0
        self._waited = threading.local()

    @property
    def waited(self) -> float:
        """Seconds that this thread has waited for its turns so far."""
        return getattr(self._waited, "seconds", 0.0)

    def __call__(self, x_t: Tensor, log_snr: Tensor, weights: Tensor, *, alone: bool = False) -> Tensor:
        """The network's output. alone: on all cores and with nobody beside it, so that its time is its own."""
        turn, asked = _Turn(threading.get_ident(), alone or self._one_core is None), time.perf_counter()
        with self._guard:
            self._line.append(turn)
            self._admit()
        if not turn.begin.is_set():
            turn.begin.wait()
            self._waited.seconds = self.waited + time.perf_counter() - asked
        network = self._one_core if turn.cores < self._cores else self.network
        try:
            return network(x_t, log_snr, weights)
        finally:
            with self._guard:
                self._free += turn.cores
                self._last_caller, self._last_end = turn.caller, time.perf_counter()
                self._admit()

    def _admit(self) -> None:
        """Let those begin whose turn it is; the guard must be held."""
        while self._line and self._free:
            turn = self._line[0]
            others = len(self._line) > 1 or self._free < self._cores or self._present(turn)
            turn.cores = self._cores if turn.alone or not others else 1
            if turn.cores > self._free:
                break
            self._line.popleft()
            self._free -= turn.cores
            turn.begin.set()

    def _present(self, turn: _Turn) -> bool:
        """Whether another run has just had a turn: it will come again."""
        return self._last_caller != turn.caller and time.perf_counter() - self._last_end < RECENT
