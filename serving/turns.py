"""Several runs at one machine: fair shares of its time; who is alone has all cores, of several each has one."""

from __future__ import annotations

import math
import threading
import time
from collections.abc import Callable, Hashable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

from torch import Tensor

from core.prediction import Network
from core.runtime import OnnxNetwork

RECENT = 0.05  # seconds for which a run counts as present after its last evaluation


@dataclass(eq=False)
class Turn:
    """An evaluation, or several, that somebody waits for or, with cores, has."""

    caller: Hashable
    payer: Hashable
    alone: bool
    begin: threading.Event = field(default_factory=threading.Event)
    start: float = 0.0  # the virtual time at which it began
    begun: float = 0.0  # the clock's
    cores: int = 0


class Line:
    """Who has how many of the machine's cores, and who is next: the turn whose payer has had the least of their time.

    Start-time fair queueing (Goyal et al. 1996): a turn's start is its payer's last end or the present virtual time,
    whichever is later; its end is the core seconds that it takes after that. So a light run waits for one evaluation of
    a heavy one, not for as many as it makes itself; and who makes several at once has no more than who makes one.
    """

    def __init__(self, cores: int = 1, clock: Callable[[], float] = time.perf_counter) -> None:
        self.all, self._free, self._clock = cores, cores, clock
        self._waiting, self._guard = list[Turn](), threading.Lock()
        self._now, self._ends = 0.0, dict[Hashable, float]()  # virtual times, in core seconds
        self._last_caller: Hashable = None
        self._last_end = -math.inf
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
    def turn(self, caller: Hashable = None, alone: bool = False, payer: Hashable = None) -> Iterator[None]:
        """Wait for a turn, and have it meanwhile (see join)."""
        asked, turn = self._clock(), self.join(caller, alone, payer)
        if not turn.begin.is_set():
            turn.begin.wait()
            turn.begun = self._clock()
            self._mine.waited = self.waited + turn.begun - asked
        self._mine.cores = turn.cores
        try:
            yield
        finally:
            self._mine.cores = 0
            self.leave(turn)

    def join(self, caller: Hashable = None, alone: bool = False, payer: Hashable = None) -> Turn:
        """A turn that may begin at once, or later: then it has cores.

        caller: the run that makes it; this thread if None.  payer: whose share it takes; the caller's own if None.
        alone: on all cores, with nobody beside it.
        """
        caller = threading.get_ident() if caller is None else caller
        turn = Turn(caller, caller if payer is None else payer, alone)
        with self._guard:
            self._waiting.append(turn)
            self._admit()
        return turn

    def leave(self, turn: Turn) -> None:
        """The end of a turn that has begun."""
        with self._guard:
            self._free += turn.cores
            self._last_caller, self._last_end = turn.caller, self._clock()
            end = max(turn.start, self._ends.get(turn.payer, 0.0))  # of the payer's last turn, if that began later
            self._ends[turn.payer] = end + turn.cores * (self._last_end - turn.begun)
            self._ends = {name: end for name, end in self._ends.items() if end > self._now}
            self._admit()

    def _admit(self) -> None:
        """Let those begin whose turn it is; the guard must be held."""
        while self._waiting and self._free:
            turn = min(self._waiting, key=self._start)  # of equals the first who asked
            others = len(self._waiting) > 1 or self._free < self.all or self._present(turn)
            turn.cores = self.all if turn.alone or not others else 1
            if turn.cores > self._free:
                turn.cores = 0
                break
            self._waiting.remove(turn)
            self._free -= turn.cores
            turn.start = self._now = self._start(turn)
            turn.begun = self._clock()
            turn.begin.set()

    def _start(self, turn: Turn) -> float:
        """The virtual time of a turn's start, if it began now."""
        return max(self._now, self._ends.get(turn.payer, 0.0))

    def _present(self, turn: Turn) -> bool:
        """Whether another run has just had a turn: it will come again."""
        return self._last_caller != turn.caller and self._clock() - self._last_end < RECENT


class Turns:
    """A network that several runs may ask at once.

    network: on all cores.  one_core: the same on a single core, if there is such a thing; as many of these may work at
    a time as the line has cores. python -m benchmarks.load measures why: two cores get more done with an evaluation
    each than with one after the other on both. One run alone is faster on both.
    line: where to wait; networks of one machine share it.
    """

    def __init__(self, network: Network, one_core: Network | None = None, line: Line | None = None) -> None:
        self.network, self._one_core, self.line = network, one_core, line or Line()

    @contextmanager
    def turn(self, caller: Hashable = None, alone: bool = False, payer: Hashable = None) -> Iterator[None]:
        """A turn for one evaluation (see Line.join), or the one that this thread has."""
        if self.line.cores:
            yield
        else:
            with self.line.turn(caller, alone or self._one_core is None, payer):
                yield

    def __call__(self, x_t: Tensor, log_snr: Tensor, weights: Tensor) -> Tensor:
        """The network's output, in a turn of its own or in the one that this thread has."""
        with self.turn():
            one_core = self._one_core if self.line.cores < self.line.all else None
            return (one_core or self.network)(x_t, log_snr, weights)


def shared(network: Network, line: Line | None = None) -> Turns:
    """The network for several runs at a time (see Turns), in a line of its own or in that of another network."""
    if isinstance(network, OnnxNetwork) and network.threads > 1:
        return Turns(network, network.on_one_core(), line or Line(network.threads))
    return Turns(network, line=line)
