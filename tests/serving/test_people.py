"""Places in the queue, of whoever asks for them; nothing here is being worked on."""

import json

import gradio as gr
import pytest
from fastapi import HTTPException, Request
from gradio.data_classes import PredictBodyInternal
from tiny import in_a_loop

from serving import people, runs
from serving.guard import GuardedBlocks
from serving.people import CALL, MAX_PLACES, TOO_MANY, mcp_calls


@pytest.fixture
def join():
    """join(*arrivals) -> what is told at once to each of (session, address, line, MCP call); None if it may wait."""
    with GuardedBlocks() as blocks:
        box = gr.Number()
        lines = ("model", "race")
        for line in lines:
            box.input(lambda x: x, box, box, concurrency_id=line)
    blocks.queue(max_size=100)
    queue = blocks._queue

    async def all_of(arrivals):
        told = []
        for session, address, line, call in arrivals:
            headers = [(CALL.encode(), call.encode())] if call else []
            request = Request({"type": "http", "headers": headers, "client": (address, 1)})
            body = PredictBodyInternal(session_hash=session, data=[1], fn_index=lines.index(line), request=request)
            success, event_id, _ = await queue.push(body, request, None)
            assert success
            messages = queue.pending_messages_per_session[session or event_id]
            heard = [messages.get_nowait() for _ in range(messages.qsize())]
            told.append(next((m.output["error"] for m in heard if m.msg == "process_completed"), None))
        return told

    return lambda *arrivals: in_a_loop(all_of(arrivals))


def test_one_place_is_always_left_for_the_next_person():
    assert MAX_PLACES < runs.RUNS


@pytest.mark.parametrize("asks", [("page", "1.2.3.4", "model", None), (None, "1.2.3.4", "model", None)])
def test_a_person_has_a_few_places_of_a_line_and_others_have_theirs(join, asks):
    beside = [("other", "1.2.3.4", "model", None), (None, "5.6.7.8", "model", None), (*asks[:2], "race", None)]
    told = join(*[asks] * (MAX_PLACES + 2), *beside)
    assert told == [None] * MAX_PLACES + [TOO_MANY] * 2 + [None] * 3


def test_a_language_models_caller_is_the_person_not_gradios_own_client(join, monkeypatch):
    for call, who in (("a1", "a"), ("a2", "a"), ("b", "b")):
        monkeypatch.setitem(mcp_calls, call, who)
    calls = ["a1"] * MAX_PLACES + ["a2", "b"]
    told = join(*(("gradio's", "127.0.0.1", "model", call) for call in calls))
    assert told == [None] * MAX_PLACES + [TOO_MANY, None]


def test_who_has_gone_gets_no_place(join):
    with pytest.raises(HTTPException) as refusal:
        join(("gradio's", "127.0.0.1", "model", "unknown"))
    assert refusal.value.status_code == 410


def test_a_server_function_works_for_the_session_in_its_body(monkeypatch):
    import anyio.to_thread
    from gradio.context import LocalContext

    async def receive():
        return {"type": "http.request", "body": json.dumps({"session_hash": "page"}).encode()}

    async def scenario():
        request = Request({"type": "http", "method": "POST", "headers": [], "client": ("1.2.3.4", 1)}, receive)
        await request.json()  # as Gradio's route has done
        LocalContext.request.set(request)
        return await anyio.to_thread.run_sync(people.person)

    assert in_a_loop(scenario()) == "session page"
