"""Runs that share a network take turns, whatever happens to the others, and know how long they waited."""

import threading
import time
from dataclasses import replace

import pytest
import torch

from core import GenerateConfig, generate, last, load
from core.runtime.turns import RECENT, Turns

X = torch.zeros(1)


def in_threads(*targets):
    threads = [threading.Thread(target=target, daemon=True) for target in targets]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(20)
        assert not thread.is_alive()


def test_one_evaluation_at_a_time_and_fair_turns():
    """Four runs of very different lengths: while all are under way, none is served twice before another is once."""
    served, inside, at_once = [], [0], [0]

    def network(x_t, log_snr, weights):
        inside[0] += 1
        at_once[0] = max(at_once[0], inside[0])
        time.sleep(0.002)
        served.append(int(weights))
        inside[0] -= 1
        return x_t

    turns, start = Turns(network), threading.Barrier(4)

    def run(name, steps):
        start.wait()
        for _ in range(steps):
            turns(X, X, torch.tensor(name))

    lengths = (5, 20, 40, 40)
    in_threads(*(lambda n=n, steps=steps: run(n, steps) for n, steps in enumerate(lengths)))
    assert at_once[0] == 1 and [served.count(n) for n in range(4)] == list(lengths)
    shared = served[: 4 * 5]
    assert all(len(set(shared[i : i + 4])) >= 3 for i in range(4, len(shared) - 3))


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
        waited.append(turns.waited)

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
        return Turns(self.on(2), self.on(1), 2)


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


def test_a_core_each_or_all_of_them_gives_the_same_sprites():
    model = load()
    config = GenerateConfig({"hero": 1.0}, 3, 1, num_inference_steps=5)
    expected = last(generate(model, config)).x_prev
    turns, drawn = Turns(model.run, model.run.on_one_core(), 2), []
    together = replace(model, run=turns)
    in_threads(*[lambda: drawn.append(last(generate(together, config)).x_prev)] * 3)
    for sprites in drawn:
        torch.testing.assert_close(sprites, expected, atol=0, rtol=0)
