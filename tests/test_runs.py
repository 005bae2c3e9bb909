"""A run of the model for a person: counted, stopped within one evaluation, logged in one line, errors as sentences."""

import asyncio
import logging
import threading
import time
from dataclasses import replace
from types import SimpleNamespace

import gradio as gr
import pytest
import torch
from gradio.context import LocalContext
from tiny import in_a_loop

from core import GenerateConfig, generate, last
from core.runtime.turns import Turns
from tabs import race, runs

X = (torch.zeros(5),) * 3


@pytest.fixture
def network(monkeypatch):
    """A model whose network takes 0.02 s and counts."""
    calls = []

    def slow(x_t, log_snr, weights):
        calls.append(len(x_t))
        time.sleep(0.02)
        return x_t

    shared = replace(runs.model(), run=runs._Served(Turns(slow)))
    monkeypatch.setattr(runs, "model", lambda: shared)
    return calls


def long_run():
    return last(generate(runs.model(), GenerateConfig(count=8, num_inference_steps=500)))


def long_stream():
    for step in generate(runs.model(), GenerateConfig(count=8, num_inference_steps=500)):
        yield step.index


def asking(session=None, address="1.2.3.4", **headers):
    """A request as a handler sees it."""
    return SimpleNamespace(session_hash=session, headers=headers, client=SimpleNamespace(host=address))


async def cancelled_after(coroutine, seconds):
    task = asyncio.create_task(coroutine)
    await asyncio.sleep(seconds)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task


async def drain(stream):
    return [value async for value in stream]


@pytest.mark.parametrize("handler", [long_run, long_stream])
def test_a_cancelled_event_stops_within_one_evaluation(network, handler, caplog):
    caplog.set_level(logging.INFO, logger="tabs")
    event = runs.served("test", handler)

    async def scenario():
        await cancelled_after(drain(event()) if handler is long_stream else event(), 0.2)
        done = len(network)
        await asyncio.sleep(0.3)
        assert done >= 3 and len(network) <= done + 1

    in_a_loop(scenario())
    assert "test stopped" in caplog.text and not runs._under_way


def test_leaving_the_page_stops_its_runs_and_no_others(network):
    results = {}

    async def run(session):
        LocalContext.request.set(asking(session))
        with pytest.raises(gr.Error, match="stopped"):
            await runs.served("test", long_run)()
        results[session] = len(network)

    async def scenario():
        tasks = [asyncio.create_task(run(session)) for session in ("one", "two")]
        await asyncio.sleep(0.2)
        runs.leave(SimpleNamespace(session_hash="one"))
        await asyncio.sleep(0.2)
        assert set(results) == {"one"} and not tasks[1].done()
        runs.leave(SimpleNamespace(session_hash="two"))
        await asyncio.gather(*tasks)

    in_a_loop(scenario())
    assert results["two"] > results["one"] + 3


def test_a_line_a_run_with_evaluations_and_waiting_and_nothing_else(network, caplog):
    caplog.set_level(logging.INFO, logger="tabs")

    def short_run(secret):
        last(generate(runs.model(), GenerateConfig(count=8, num_inference_steps=5)))

    async def scenario():
        await asyncio.gather(*(runs.served("test", short_run)("my name") for _ in range(2)))

    in_a_loop(scenario())
    lines = [record.getMessage() for record in caplog.records]
    assert len(lines) == 2 and all(line.startswith("test done nfe=5 seconds=0.") for line in lines)
    assert all(0.04 < float(line.split("wait=")[1]) < 2 for line in lines)
    assert "my name" not in caplog.text


def test_a_refused_run_says_why(caplog):
    caplog.set_level(logging.INFO, logger="tabs")

    def refuse():
        raise ValueError("no such class")

    with pytest.raises(gr.Error, match="no such class"):
        in_a_loop(runs.served("test", refuse)())
    assert "test refused nfe=0" in caplog.text


def test_the_wait_for_other_peoples_turns_is_not_timed(monkeypatch):
    """Somebody else is at the network for 0.4 s when a lane of one step starts."""
    first = threading.Event()

    def slow_once(x_t, log_snr, weights):
        if not first.is_set():
            first.set()
            time.sleep(0.4)
        return x_t

    turns = Turns(slow_once)
    shared = replace(runs.model(), run=runs._Served(turns))
    monkeypatch.setattr(race, "model", lambda: shared)
    other = threading.Thread(target=turns, args=X)
    other.start()
    first.wait()
    start = time.perf_counter()
    lane = race.Lane(GenerateConfig(count=1, num_inference_steps=1))
    *_, lane = in_a_loop(drain(runs.served("race", race.drive, alone=True)(lane)))
    assert time.perf_counter() - start > 0.3 > lane.seconds + 0.1
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
