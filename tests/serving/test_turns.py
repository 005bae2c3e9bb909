"""Runs that share a network take turns, whatever happens to the others, and know how long they waited.

Most of it is played by a clock that only these tests move: a run asks, works for as long as it is said to, asks again.
"""

import threading
from dataclasses import dataclass, replace

import pytest
import torch

from core import GenerateConfig, generate, last, load
from serving.turns import RECENT, Line, Turns

X = torch.zeros(1)


class Clock:
    def __init__(self):
        self.now = 0.0

    def __call__(self):
        return self.now


@dataclass(frozen=True)
class Work:
    """A run: so many evaluations of so many seconds, one after the other, from that time on."""

    name: str
    count: int
    seconds: float
    payer: str | None = None
    alone: bool = False
    at: float = 0.0


@dataclass(frozen=True)
class Done:
    """An evaluation that has been made."""

    name: str
    begun: float
    ended: float
    cores: int


def play(line, clock, *works):
    """What the runs do, in the order in which their evaluations end."""
    coming, asked, left, done = sorted(works, key=lambda work: work.at), {}, {}, []
    while coming or asked:
        ends = [(turn.begun + work.seconds, turn) for turn, work in asked.items() if turn.cores]
        end, turn = min(ends, key=lambda pair: pair[0], default=(float("inf"), None))
        if coming and coming[0].at <= end:
            work = coming.pop(0)
            clock.now, left[work.name] = max(clock.now, work.at), work.count
        else:
            work = asked.pop(turn)
            clock.now, left[work.name] = end, left[work.name] - 1
            done.append(Done(work.name, turn.begun, end, turn.cores))
            line.leave(turn)
        if left[work.name]:
            asked[line.join(work.name, work.alone, work.payer)] = work
    return done


def line_of(cores):
    clock = Clock()
    return Line(cores, clock), clock


def most_cores(done):
    """The most that were in use at a time."""
    return max(sum(d.cores for d in done if d.begun <= now < d.ended) for now in {d.begun for d in done})


def seconds(done, *names):
    """The core seconds of these runs."""
    return sum(d.cores * (d.ended - d.begun) for d in done if d.name in names)


def in_threads(*targets):
    threads = [threading.Thread(target=target, daemon=True) for target in targets]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(20)
        assert not thread.is_alive()


def test_one_evaluation_at_a_time_and_fair_turns():
    """Runs with evaluations of 2 and of 10 ms: while all are under way, each has as much of the network's time."""
    line, clock = line_of(1)
    done = play(line, clock, Work("a", 60, 0.002), Work("b", 60, 0.002), Work("heavy", 40, 0.010))
    assert most_cores(done) == 1 and [sum(d.name == name for d in done) for name in ("a", "b", "heavy")] == [60, 60, 40]
    until = min(max(d.ended for d in done if d.name == name) for name in ("a", "b"))  # the first of the light ones ends
    together = [d for d in done if d.ended <= until]
    shares = [seconds(together, name) for name in ("a", "b", "heavy")]
    assert max(shares) - min(shares) <= 0.010 + 1e-9  # by one evaluation


def test_who_comes_later_waits_for_an_evaluation_and_owes_nothing():
    """A run comes late to two others, and cannot catch up what it missed."""
    line, clock = line_of(1)
    done = play(line, clock, Work("a", 60, 0.004), Work("b", 60, 0.004), Work("late", 20, 0.004, at=0.121))
    order = [d.name for d in done]
    first = order.index("late")
    assert done[first].begun - 0.121 <= 0.008 + 1e-9  # it is served soon ...
    assert order[first : first + 30].count("late") == 10  # ... and then one time in three


@pytest.mark.parametrize(("cores", "least"), [(1, 0.45), (2, 0.25)])
def test_twenty_runs_of_one_person_delay_one_of_another_by_an_evaluation_at_a_time(cores, least):
    """As twenty of twenty people they would leave it one part in twenty-one."""
    line, clock = line_of(cores)
    crowd = [Work(f"a{i}", 50, 0.003, payer="a") for i in range(20)]
    done = play(line, clock, *crowd, Work("b", 100, 0.003, payer="b", at=0.05))
    end = max(d.ended for d in done if d.name == "b")
    meanwhile = [d for d in done if d.begun >= 0.05 and d.ended <= end]
    share = seconds(meanwhile, "b") / seconds(meanwhile, "b", *(work.name for work in crowd))
    assert least <= share <= 0.55


def test_several_evaluations_in_one_turn():
    calls = []
    turns = Turns(lambda *inputs: calls.append(inputs))
    with turns.line.turn():
        other = turns.line.join("other")
        for _ in range(10):
            turns(X, X, X)
        assert len(calls) == 10 and not other.begin.is_set()
    assert other.begin.is_set()  # theirs, after all ten
    turns.line.leave(other)


def test_a_failure_does_not_stop_the_line():
    def network(x_t, log_snr, weights):
        raise RuntimeError("no")

    turns = Turns(network)
    with pytest.raises(RuntimeError, match="no"):
        turns(X, X, X)
    with pytest.raises(ZeroDivisionError), turns.line.turn():
        raise ZeroDivisionError
    assert turns.line.cores == 0 and turns.line.join("next").begin.is_set()


def test_waiting_is_counted_and_a_turn_without_others_costs_none():
    line, clock = line_of(1)
    waited = []

    def run():
        with line.turn():
            waited.append(line.waited)

    in_threads(run)
    assert waited == [0.0]
    first, other = line.join("first"), threading.Thread(target=run, daemon=True)
    other.start()
    while not line._waiting:
        pass
    clock.now += 0.05
    line.leave(first)
    other.join(20)
    assert waited == [0.0, 0.05]


def test_a_run_alone_has_all_cores():
    line, clock = line_of(2)
    assert {d.cores for d in play(line, clock, Work("a", 20, 0.002))} == {2}


def test_several_runs_have_a_core_each_and_no_core_is_given_twice():
    line, clock = line_of(2)
    done = play(line, clock, *(Work(name, 30, 0.003) for name in "abc"))
    assert most_cores(done) == 2 and sum(d.cores == 1 for d in done) >= 88  # but the very first and last, perhaps
    clock.now += RECENT / 2
    assert play(line, clock, Work("d", 1, 0.003, at=clock.now))[0].cores == 1  # somebody was here just now
    clock.now += 2 * RECENT
    assert play(line, clock, Work("e", 1, 0.003, at=clock.now))[0].cores == 2  # they have gone


def test_who_is_timed_has_the_machine_to_themselves_and_waits_no_longer_for_it():
    line, clock = line_of(2)
    done = play(line, clock, Work("timed", 10, 0.002, alone=True), *(Work(name, 10, 0.003) for name in "ab"))
    assert most_cores(done) == 2 and all(d.cores == 2 for d in done if d.name == "timed")
    assert [d.name for d in done][:15].count("timed") >= 3


def test_the_network_for_one_core_is_asked_where_there_is_one_core():
    line, clock = line_of(2)
    used = []
    first, second = (
        Turns(lambda *inputs, n=n: used.append((n, 2)), lambda *inputs, n=n: used.append((n, 1)), line) for n in (1, 2)
    )
    first(X, X, X)
    clock.now += 2 * RECENT
    with line.turn():
        second(X, X, X)  # in the turn that this thread has: both networks share the line
    other = line.join("other")
    clock.now += 2 * RECENT
    assert other.cores == 1  # for this thread was here just now
    first(X, X, X)
    assert used == [(1, 2), (2, 2), (1, 1)]


def test_a_core_each_or_all_of_them_gives_the_same_sprites():
    model = load()
    config = GenerateConfig({"hero": 1.0}, 3, 1, num_inference_steps=5)
    expected = last(generate(model, config)).x_prev
    turns, drawn = Turns(model.run, model.run.on_one_core(), Line(2)), []
    together = replace(model, run=turns)
    in_threads(*[lambda: drawn.append(last(generate(together, config)).x_prev)] * 3)
    for sprites in drawn:
        torch.testing.assert_close(sprites, expected, atol=0, rtol=0)
