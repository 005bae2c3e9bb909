"""Several runs at one machine: fair shares of its time; who is alone has all cores, of several each has one."""

from __future__ import annotations

import threading
import time
from collections.abc import Hashable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

from torch import Tensor

from ..guidance import Network

RECENT = 0.05  # seconds for which a run counts as present after its last evaluation


@dataclass(eq=False)
class _Turn:
    """An evaluation, or several, that somebody waits for."""

    caller: Hashable
    start: float  # the virtual time of its start
    alone: bool
    begin: threading.Event = field(default_factory=threading.Event)
    cores: int = 0


class Line:
    """Who has how many of the machine's cores, and who is next: who has had the least of their time.

    Start-time fair queueing (Goyal et al. 1996): a turn's start is its caller's last end or the present virtual time,
    whichever is later; its end is the core seconds that it takes after that. So a light run waits for one evaluation of
    a heavy one, not for as many as it makes itself.
    """

    def __init__(self, cores: int = 1) -> None:
        self.all, self._free = cores, cores
        self._waiting, self._guard = list[_Turn](), threading.Lock()
        self._now, self._ends = 0.0, dict[Hashable, float]()  # virtual times, in core seconds
        self._last_caller, self._last_end = None, 0.0
        self._mine = threading.local()

    @property
    def cores(self) -> int:
        """How many cores this thread has now: 0 when it is not its turn."""
        return getattr(self._mine, "cores", 0)

    @property
    def waited(self) -> float:
        """Seconds that this thread has waited for its turns so far."""
        return getattr(self._mine, "waited", 0.0)

    @contextmanager
    def turn(self, caller: Hashable = None, alone: bool = False) -> Iterator[None]:
        """Wait for a turn, and have it meanwhile.

        caller: whose share it takes; this thread's if None.  alone: on all cores, with nobody beside it.
        """
        asked, caller = time.perf_counter(), threading.get_ident() if caller is None else caller
        with self._guard:
            turn = _Turn(caller, max(self._now, self._ends.get(caller, 0.0)), alone)
            self._waiting.append(turn)
            self._admit()
        begun = asked
        if not turn.begin.is_set():
            turn.begin.wait()
            begun = time.perf_counter()
            self._mine.waited = self.waited + begun - asked
        self._mine.cores = turn.cores
        try:
            yield
        finally:
            self._mine.cores = 0
            with self._guard:
                self._free += turn.cores
                self._last_caller, self._last_end = caller, time.perf_counter()
                self._ends[caller] = turn.start + turn.cores * (self._last_end - begun)
                self._ends = {name: end for name, end in self._ends.items() if end > self._now}
                self._admit()

    def _admit(self) -> None:
        """Let those begin whose turn it is; the guard must be held."""
        while self._waiting and self._free:
            turn = min(self._waiting, key=lambda waiting: waiting.start)  # of equals the first who asked
            others = len(self._waiting) > 1 or self._free < self.all or self._present(turn)
            turn.cores = self.all if turn.alone or not others else 1
            if turn.cores > self._free:
                break
            self._waiting.remove(turn)
            self._free -= turn.cores
            self._now = max(self._now, turn.start)
            turn.begin.set()

    def _present(self, turn: _Turn) -> bool:
        """Whether another run has just had a turn: it will come again."""
        return self._last_caller != turn.caller and time.perf_counter() - self._last_end < RECENT


class Turns:
    """A network that several runs may ask at once.

    network: on all cores.  one_core: the same on a single core, if there is such a thing; as many of these may work at
    a time as the line has cores. python -m benchmarks.load measures why: two cores get more done with an evaluation
    each than with one after the other on both. One run alone is faster on both.
    line: where to wait; networks of one machine share it.
    """

    def __init__(self, network: Network, one_core: Network | None = None, line: Line | None = None) -> None:
        self.network, self._one_core, self.line = network, one_core, line or Line()

    def __call__(
        self, x_t: Tensor, log_snr: Tensor, weights: Tensor, *, caller: Hashable = None, alone: bool = False
    ) -> Tensor:
        """The network's output, in a turn of its own or in the one that this thread has."""
        if not self.line.cores:
            with self.line.turn(caller, alone or self._one_core is None):
                return self(x_t, log_snr, weights)
        one = self._one_core and self.line.cores < self.line.all
        return (self._one_core if one else self.network)(x_t, log_snr, weights)
