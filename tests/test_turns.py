"""Runs that share a network take turns, whatever happens to the others, and know how long they waited."""

import threading
import time
from dataclasses import replace

import pytest
import torch

from core import GenerateConfig, generate, last, load
from core.runtime.turns import Turns

X = torch.zeros(5)  # too large to share a batch


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


def one(value, sprites=1):
    """The inputs of a small evaluation."""
    return tuple(torch.full((sprites,), float(value)) for _ in range(3))


@pytest.mark.parametrize("alone", [False, True])
def test_small_evaluations_that_wait_share_a_batch(alone):
    """While a large evaluation is under way, five small ones line up: 14 sprites, then 4 more, or one by one."""
    batches, first, lined_up, results = [], threading.Event(), threading.Event(), {}

    def network(x_t, log_snr, weights):
        batches.append(len(x_t))
        if not first.is_set():
            first.set()
            lined_up.wait(10)
        return x_t + log_snr + weights

    turns = Turns(network)

    def ask(value, sprites):
        results[value] = turns(*one(value, sprites), alone=alone)

    threads = [threading.Thread(target=turns, args=(torch.zeros(20),) * 3)]
    threads[0].start()
    first.wait(10)
    for value, sprites in enumerate((4, 2, 4, 4, 4), start=1):
        threads.append(threading.Thread(target=ask, args=(value, sprites)))
        threads[-1].start()
        while len(turns._line) <= value:
            time.sleep(0.001)
    lined_up.set()
    for thread in threads:
        thread.join(10)
    assert batches == ([20, 4, 2, 4, 4, 4] if alone else [20, 14, 4])
    for value, sprites in enumerate((4, 2, 4, 4, 4), start=1):
        torch.testing.assert_close(results[value], torch.full((sprites,), 3.0 * value))


def test_a_large_evaluation_is_not_overtaken_for_long():
    """Small ones go ahead of a large one only in a batch that is evaluated anyway."""
    order, first, lined_up = [], threading.Event(), threading.Event()

    def network(x_t, log_snr, weights):
        order.append(len(x_t))
        if not first.is_set():
            first.set()
            lined_up.wait(10)
        return x_t

    turns = Turns(network)
    threads = [threading.Thread(target=turns, args=(torch.zeros(size),) * 3) for size in (20, 1, 8, 1)]
    for i, thread in enumerate(threads):
        thread.start()
        while len(turns._line) <= i:
            time.sleep(0.001)
    first.wait(10)
    lined_up.set()
    for thread in threads:
        thread.join(10)
    assert order == [20, 2, 8]


def test_batches_shared_by_runs_of_the_shipped_network_give_the_same_sprites():
    model = load()
    shared = replace(model, run=Turns(model.run))
    configs = [GenerateConfig({name: 1.0}, 1, 3, num_inference_steps=10) for name in ("hero", "food", "spell")]
    drawn = {}

    def draw(i):
        drawn[i] = last(generate(shared, configs[i])).x_prev

    in_threads(*(lambda i=i: draw(i) for i in range(3)))
    for i, config in enumerate(configs):
        torch.testing.assert_close(drawn[i], last(generate(model, config)).x_prev, atol=1e-3, rtol=0)
