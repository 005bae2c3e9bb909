"""A run of the model for a person: counted, stopped within one evaluation, logged in one line, errors as sentences."""

import asyncio
import logging
import re
import threading
import time
from dataclasses import replace
from types import SimpleNamespace

import gradio as gr
import pytest
import torch
from gradio.context import LocalContext
from tiny import in_a_loop, until

from core import GenerateConfig, compare, generate, last
from serving import runs
from serving.turns import Turns

X = (torch.zeros(5),) * 3


class Network:
    """Makes as many evaluations as it is allowed, one at a time; more wait."""

    def __init__(self):
        self.done, self._permits = 0, threading.Semaphore(0)

    def __call__(self, x_t, log_snr, weights):
        self._permits.acquire()
        self.done += 1
        return x_t

    def allow(self, evaluations):
        self._permits.release(evaluations)

    async def reaches(self, evaluations):
        await asyncio.to_thread(until, lambda: self.done >= evaluations, f"{evaluations} evaluations")


@pytest.fixture
def network(monkeypatch):
    network = Network()
    shared = replace(runs.model(), run=runs._Served(Turns(network)))
    monkeypatch.setattr(runs, "model", lambda: shared)
    return network


def wait_in(line, seconds):
    """Until somebody waits in the line, and has done so for that long."""
    until(lambda: line._waiting, "somebody in the line")
    start = time.perf_counter()
    until(lambda: time.perf_counter() - start > seconds, "the time to pass")


def steps():
    return generate(runs.model(), GenerateConfig(count=8, num_inference_steps=500))


def asking(session=None, address="1.2.3.4", **headers):
    """A request as a handler sees it."""
    return SimpleNamespace(session_hash=session, headers=headers, client=SimpleNamespace(host=address))


async def drain(stream):
    return [value async for value in stream]


@pytest.mark.parametrize("streamed", [False, True])
def test_a_cancelled_event_stops_within_one_evaluation(network, streamed, caplog):
    caplog.set_level(logging.INFO, logger="serving")
    ended = threading.Event()

    def run():
        try:
            return last(steps())
        finally:
            ended.set()

    def stream():
        try:
            yield from steps()
        finally:
            ended.set()

    async def scenario():
        task = asyncio.create_task(drain(runs.served("test", stream)()) if streamed else runs.served("test", run)())
        network.allow(3)
        await network.reaches(3)
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
        network.allow(500)
        await asyncio.to_thread(ended.wait, 60)
        assert ended.is_set() and network.done <= 4

    in_a_loop(scenario())
    assert "test stopped" in caplog.text and not runs._under_way


def test_leaving_the_page_stops_its_runs_and_no_others(network):

    async def run(session):
        LocalContext.request.set(asking(session))
        with pytest.raises(gr.Error, match="stopped"):
            await runs.served("test", lambda: last(steps()))()

    async def scenario():
        one, two = (asyncio.create_task(run(session)) for session in ("one", "two"))
        network.allow(20)
        await network.reaches(20)
        runs.leave(SimpleNamespace(session_hash="one"))
        network.allow(20)
        await one
        await network.reaches(40)  # the other goes on
        assert not two.done()
        runs.leave(SimpleNamespace(session_hash="two"))
        network.allow(500)
        await two
        assert network.done <= 42

    in_a_loop(scenario())


def test_a_line_a_run_with_evaluations_and_waiting_and_nothing_else(network, caplog):
    caplog.set_level(logging.INFO, logger="serving")

    def short_run(secret):
        last(generate(runs.model(), GenerateConfig(count=8, num_inference_steps=5)))

    async def scenario():
        both = asyncio.gather(*(runs.served("test", short_run)("my name") for _ in range(2)))
        await asyncio.to_thread(wait_in, runs.model().run.network.line, 0.05)
        network.allow(10)
        await both

    in_a_loop(scenario())
    form = re.compile(r"test done nfe=5 seconds=(\d+\.\d\d) wait=(\d+\.\d\d)")
    times = [[float(number) for number in form.fullmatch(r.getMessage()).groups()] for r in caplog.records]
    assert len(times) == 2 and max(wait for _, wait in times) >= 0.05
    assert all(seconds >= wait for seconds, wait in times)


def test_a_refused_run_says_why(caplog):
    caplog.set_level(logging.INFO, logger="serving")

    def refuse():
        raise ValueError("no such class")

    with pytest.raises(gr.Error, match="no such class"):
        in_a_loop(runs.served("test", refuse)())
    assert "test refused nfe=0" in caplog.text


def test_the_wait_for_other_peoples_turns_is_not_timed(monkeypatch):
    """Somebody else is at the network, for 0.3 s after a lane of one step has asked for it."""
    first = threading.Event()

    def slow_once(x_t, log_snr, weights):
        if not first.is_set():
            first.set()
            wait_in(turns.line, 0.3)
        return x_t

    turns = Turns(slow_once)
    shared = replace(runs.model(), run=runs._Served(turns))
    other = threading.Thread(target=turns, args=X)
    other.start()
    first.wait()
    start = time.perf_counter()
    lane = compare.Lane(GenerateConfig(count=1, num_inference_steps=1))
    race = runs.served("race", compare.drive, alone=True)
    *_, lane = in_a_loop(drain(race(shared, lane, clock=runs.clock)))
    assert time.perf_counter() - start - lane.seconds > 0.3
    other.join()


def test_a_run_that_is_stopped_in_line_makes_no_evaluation(monkeypatch):
    """Somebody else has the network; when they leave it, nobody waits for the run any more."""
    asked, calls = threading.Event(), []
    turns = Turns(lambda *inputs: calls.append(inputs))
    served = runs._Served(turns)

    def handler():
        asked.set()
        return served(*X)

    async def scenario():
        first = turns.line.join("first")
        task = asyncio.create_task(runs.served("test", handler)())
        await asyncio.to_thread(asked.wait, 20)
        while not turns.line._waiting:
            await asyncio.sleep(0)
        (run,) = runs._under_way
        run.stopped.set()
        turns.line.leave(first)
        with pytest.raises(gr.Error, match="stopped"):
            await task

    in_a_loop(scenario())
    assert calls == []


def test_all_that_a_person_asks_for_takes_one_share(monkeypatch):
    """Runs, and what does not queue: the noising lesson's guess, and a live sprite, which is one turn."""
    payers, turns = [], Turns(lambda *inputs: None)
    join = turns.line.join
    monkeypatch.setattr(
        turns.line, "join", lambda caller, alone, payer: payers.append(payer) or join(caller, alone, payer)
    )
    served = runs._Served(turns)
    shared = replace(runs.model(), run=served)
    monkeypatch.setattr(runs, "model", lambda: shared)

    async def scenario():
        for request in (asking("one"), asking("one", "5.6.7.8"), asking(None), asking(None, "5.6.7.8")):
            LocalContext.request.set(request)
            await runs.served("test", lambda: served(*X))()
            served(*X)
            with runs.one_turn():
                served(*X)

    in_a_loop(scenario())
    assert payers == [
        *["session one"] * 6,
        *["address 1.2.3.4"] * 3,
        *["address 5.6.7.8"] * 3,
    ]
