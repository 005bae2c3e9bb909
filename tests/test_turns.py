"""Runs that share a network take turns, whatever happens to the others, and know how long they waited."""

import threading
import time

import pytest
import torch

from core.runtime.turns import Turns

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

    in_threads(failing, *[lambda: done.append(turns(X, X, torch.tensor(0)).item())] * 3)
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
