"""Runs that share a network take turns, whatever happens to the others, and know how long they waited."""

import threading
import time
from dataclasses import replace

import pytest
import torch

from core import GenerateConfig, generate, last, load
from core.runtime.turns import RECENT, Line, Turns

X = torch.zeros(1)


def in_threads(*targets):
    threads = [threading.Thread(target=target, daemon=True) for target in targets]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(20)
        assert not thread.is_alive()


def test_one_evaluation_at_a_time_and_fair_turns():
    """Runs with evaluations of 2 and of 10 ms: while all are under way, each has as much of the network's time."""
    served, inside, at_once = [], [0], [0]

    def network(x_t, log_snr, weights):
        inside[0] += 1
        at_once[0] = max(at_once[0], inside[0])
        start = time.perf_counter()
        time.sleep(0.010 if weights == 2 else 0.002)
        served.append((int(weights), time.perf_counter() - start))
        inside[0] -= 1
        return x_t

    turns, start = Turns(network), threading.Barrier(3)

    def run(name, steps):
        start.wait()
        for _ in range(steps):
            turns(X, X, torch.tensor(name))

    in_threads(*(lambda n=n, steps=steps: run(n, steps) for n, steps in enumerate((60, 60, 40))))
    names = [name for name, _ in served]
    assert at_once[0] == 1 and [names.count(n) for n in range(3)] == [60, 60, 40]
    until = min(len(names) - 1 - names[::-1].index(n) for n in (0, 1))  # the end of the first of the light ones
    shares = [sum(seconds for name, seconds in served[:until] if name == n) for n in range(3)]
    assert max(shares) < 1.5 * min(shares), shares


def test_who_comes_later_waits_for_an_evaluation_and_owes_nothing():
    """A run of many light evaluations beside a heavy one; a third one comes late and cannot catch up what it missed."""
    order, came = [], threading.Event()

    def network(x_t, log_snr, weights):
        time.sleep(0.004)
        order.append(int(weights))
        if len(order) == 30:
            came.set()
        return x_t

    turns = Turns(network)

    def run(name, steps):
        for _ in range(steps):
            turns(X, X, torch.tensor(name))

    def late():
        came.wait()
        run(2, 20)

    in_threads(lambda: run(0, 60), lambda: run(1, 60), late)
    first = order.index(2)
    assert first < 30 + 4  # it is served soon ...
    assert order[first : first + 12].count(2) <= 6  # ... and then one time in three


def test_several_evaluations_in_one_turn():
    order = []

    def network(x_t, log_snr, weights):
        time.sleep(0.005)
        order.append(int(weights))
        return x_t

    turns = Turns(network)

    def several():
        with turns.line.turn():
            for _ in range(10):
                turns(X, X, torch.tensor(1))
        with pytest.raises(ZeroDivisionError), turns.line.turn():
            raise ZeroDivisionError  # the turn ends with it

    in_threads(several, *[lambda: [turns(X, X, torch.tensor(0)) for _ in range(10)]] * 2)
    first = order.index(1)
    assert order[first : first + 10] == [1] * 10 and len(order) == 30


def test_a_failure_does_not_stop_the_line():
    def network(x_t, log_snr, weights):
        time.sleep(0.01)
        if weights == 1:
            raise RuntimeError("no")
        return x_t

    turns, done = Turns(network), []

    def failing():
        with pytest.raises(RuntimeError, match="no"):
            turns(X, X, torch.tensor(1))
        done.append(1)

    in_threads(failing, *[lambda: done.append(turns(X, X, torch.tensor(0)))] * 3)
    assert len(done) == 4


def test_waiting_is_counted_and_a_turn_without_others_costs_none():
    turns, waited = Turns(lambda *inputs: time.sleep(0.05)), []

    def run():
        for _ in range(2):
            turns(X, X, X)
        waited.append(turns.line.waited)

    in_threads(run)
    assert waited == [0.0]
    in_threads(run, run)
    assert 0.03 < max(waited) < 0.3


class Machine:
    """A network that takes 2 ms on all of its two cores or 3 ms on one, and sees who is at work at the same time."""

    def __init__(self):
        self.busy, self.most, self.guard = 0, 0, threading.Lock()
        self.used = {1: 0, 2: 0}

    def on(self, cores):
        def network(x_t, log_snr, weights):
            with self.guard:
                self.busy, self.used[cores] = self.busy + cores, self.used[cores] + 1
                self.most = max(self.most, self.busy)
            time.sleep(0.002 if cores == 2 else 0.003)
            with self.guard:
                self.busy -= cores
            return x_t

        return network

    def turns(self):
        return Turns(self.on(2), self.on(1), Line(2))


def test_a_run_alone_has_all_cores():
    machine = Machine()
    turns = machine.turns()
    in_threads(lambda: [turns(X, X, X) for _ in range(20)])
    assert machine.used == {1: 0, 2: 20} and machine.most == 2


def test_several_runs_have_a_core_each_and_no_core_is_given_twice():
    machine = Machine()
    turns = machine.turns()

    def run():
        for _ in range(30):
            turns(X, X, X)
            time.sleep(0.001)

    in_threads(run, run, run)
    assert machine.used[1] > 60 and machine.used[2] < 30 and machine.most == 2
    time.sleep(2 * RECENT)
    before = machine.used[2]
    in_threads(lambda: turns(X, X, X))
    assert machine.used[2] == before + 1  # the others have gone


def test_who_is_timed_has_the_machine_to_themselves_and_waits_no_longer_for_it():
    machine, order = Machine(), []
    turns = machine.turns()

    def timed():
        for _ in range(10):
            turns(X, X, X, alone=True)
            order.append("timed")

    def other():
        for _ in range(10):
            turns(X, X, X)
            order.append("other")

    in_threads(timed, other, other)
    assert machine.used[2] >= 10 and machine.most == 2
    assert order[:15].count("timed") >= 3


def test_two_networks_share_a_line():
    """Two runs at each of two networks: no core is given twice."""
    machine, line = Machine(), Line(2)
    turns = [Turns(machine.on(2), machine.on(1), line) for _ in range(2)]

    def run(network):
        for _ in range(20):
            network(X, X, X)

    in_threads(*(lambda n=network: run(n) for network in turns * 2))
    assert machine.most == 2 and sum(machine.used.values()) == 80


def test_a_core_each_or_all_of_them_gives_the_same_sprites():
    model = load()
    config = GenerateConfig({"hero": 1.0}, 3, 1, num_inference_steps=5)
    expected = last(generate(model, config)).x_prev
    turns, drawn = Turns(model.run, model.run.on_one_core(), Line(2)), []
    together = replace(model, run=turns)
    in_threads(*[lambda: drawn.append(last(generate(together, config)).x_prev)] * 3)
    for sprites in drawn:
        torch.testing.assert_close(sprites, expected, atol=0, rtol=0)
