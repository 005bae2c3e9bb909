"""Who asks and goes away neither fills the memory nor keeps the network busy, and nobody takes all places."""

import asyncio
import json
import urllib.request
from datetime import timedelta
from types import SimpleNamespace
from urllib.error import HTTPError

import pytest
from gradio_client import Client
from gradio_client.exceptions import AppError
from mcp import ClientSession, McpError, types
from mcp.client.streamable_http import streamable_http_client
from server import serving
from starlette.datastructures import Headers
from tiny import in_a_loop, until

from serving import people, runs
from serving.listeners import PATIENCE, Listeners, McpCalls
from serving.people import CALL, mcp_calls

IMPATIENT = "import app, serving.listeners; serving.listeners.PATIENCE = 4; app.main()"
LONG = {"weights": {"hero": 1}, "count": 16, "sampler": "ddpm", "num_inference_steps": 500}
QUICK = {"count": 1, "num_inference_steps": 1}


# ---- by a clock of their own -----------------------------------------------------------------------------------------
class Queue:
    """What Gradio's queue keeps of these sessions: an answer, and a run under way."""

    def __init__(self, *sessions):
        self.pending_messages_per_session = {session: "answer" for session in sessions}
        self.pending_event_ids_session = {session: {"run"} for session in sessions}
        self.event_ids_to_events, self.cleaned = {}, []

    async def clean_events(self, session_hash):
        self.cleaned.append(session_hash)


@pytest.fixture
def scene(monkeypatch):
    """A queue with the sessions "heard" and "gone", whose runs are stopped into `stopped`, and a clock."""
    scene = SimpleNamespace(queue=Queue("heard", "gone"), now=0.0, stopped=[], streaming=None)
    monkeypatch.setattr("serving.listeners.stop_runs", scene.stopped.append)

    async def app(scope, receive, send):
        await scene.streaming()

    scene.listeners = Listeners(app, clock=lambda: scene.now)
    blocks = SimpleNamespace(get_blocks=lambda: SimpleNamespace(_queue=scene.queue))
    scene.scope = {"type": "http", "method": "GET", "app": blocks, "path": "/gradio_api/queue/data"}
    scene.scope["query_string"] = b"session_hash=heard"
    return scene


def test_what_nobody_listens_to_is_forgotten_in_time_and_stopped(scene):
    async def streaming():
        await scene.listeners.let_go(scene.queue)
        scene.now = PATIENCE
        await scene.listeners.let_go(scene.queue)
        assert not scene.queue.cleaned and not scene.stopped  # who comes back by now finds the answer
        scene.now = PATIENCE + 1
        await scene.listeners.let_go(scene.queue)

    scene.streaming = streaming
    in_a_loop(scene.listeners(scene.scope, None, None))
    assert scene.queue.cleaned == ["gone"] and scene.queue.pending_messages_per_session.keys() == {"heard"}
    assert scene.stopped == ["gone", "heard"]  # the other left when the stream closed, with its run under way


def test_who_has_all_answers_stops_nothing(scene):
    async def streaming():
        scene.queue.pending_event_ids_session["heard"].clear()

    scene.streaming = streaming
    in_a_loop(scene.listeners(scene.scope, None, None))
    assert not scene.stopped


# ---- language models' calls, of a Gradio that only notes what it is asked --------------------------------------------
@pytest.fixture
def mcp(monkeypatch):
    """ask(message, session=None, path=..., meanwhile=None) -> what Gradio gets of it, and the session in the answer."""
    queue = Queue()
    queue.removed, queue.stopped = [], []
    monkeypatch.setattr("serving.listeners.stop_runs", lambda event: queue.stopped.append(event))

    async def remove(event_id):
        queue.removed.append(event_id)

    queue.remove_from_queue = remove
    seen = SimpleNamespace(queue=queue)

    async def app(scope, receive, send):
        seen.scope, seen.body = scope, (await receive())["body"]
        seen.call = Headers(scope=scope).get(CALL)
        await send({"type": "http.response.start", "status": 200, "headers": []})
        if seen.meanwhile:
            await seen.meanwhile(seen.call)

    calls = McpCalls(app)

    async def ask(message, session=None, path="/gradio_api/mcp", meanwhile=None):
        body, answers = message if isinstance(message, bytes) else json.dumps(message).encode(), []
        headers = [(b"content-length", str(len(body)).encode()), (CALL.encode(), b"forged")]
        headers += [(b"mcp-session-id", session.encode())] if session else []
        blocks = SimpleNamespace(get_blocks=lambda: SimpleNamespace(_queue=queue))
        scope = {"type": "http", "method": "POST", "path": path, "headers": headers, "app": blocks}
        scope["client"] = ("1.2.3.4", 1)

        async def receive():
            return {"type": "http.request", "body": body}

        async def send(message):
            answers.append(message)

        seen.meanwhile = meanwhile
        await calls(scope, receive, send)
        seen.session = Headers(raw=answers[0]["headers"]).get("mcp-session-id")
        return seen

    seen.ask = ask
    return seen


def event_of(queue, name, call):
    """An event that Gradio's client has put into the queue for that call."""
    event = SimpleNamespace(
        _id=name, session_hash="gradio's", alive=True, request=SimpleNamespace(headers={CALL: call})
    )
    queue.event_ids_to_events[name] = event
    queue.pending_messages_per_session = {"gradio's": asyncio.Queue()}
    return event


def tool(number=1, **arguments):
    return {"method": "tools/call", "id": number, "params": {"name": "generate", "arguments": arguments}}


def test_a_call_is_known_while_somebody_waits_for_it_and_what_it_left_is_stopped(mcp):
    async def meanwhile(call):
        assert mcp_calls == {call: "address 1.2.3.4"}
        event_of(mcp.queue, "left", call)
        event_of(mcp.queue, "another", "else")

    in_a_loop(mcp.ask(tool(count=2, seed=None), meanwhile=meanwhile))
    assert mcp.call != "forged" and mcp_calls == {}
    assert mcp.queue.stopped == mcp.queue.removed == ["left"]
    message = mcp.queue.pending_messages_per_session["gradio's"].get_nowait()
    assert message.event_id == "left" and not message.success  # Gradio's client waits no longer
    assert json.loads(mcp.body)["params"]["arguments"] == {"count": 2}  # null is left out
    assert dict(mcp.scope["headers"])[b"content-length"] == str(len(mcp.body)).encode()


def test_the_last_slash_of_the_address_may_be_missing(mcp):
    for path in ("/gradio_api/mcp", "/gradio_api/mcp/", "/gradio_api/mcp/http", "/gradio_api/mcp/http/"):
        for prefix in ("", "/prefix"):
            sent = in_a_loop(mcp.ask({"method": "tools/list"}, path=prefix + path))
            assert sent.scope["path"] == f"{prefix}/gradio_api/mcp/"


@pytest.mark.parametrize(("method", "way"), [("GET", "sse"), ("POST", "messages/"), ("POST", "messages/?session_id=1")])
def test_over_sse_nobody_is_served_in_vain(impatient, method, way):
    with pytest.raises(HTTPError) as caught:
        urllib.request.urlopen(urllib.request.Request(f"{impatient[0]}gradio_api/mcp/{way}", b"{}", method=method))
    assert caught.value.code == 410 and "streamable HTTP" in json.loads(caught.value.read())["detail"]


def test_a_cancellation_stops_the_call_of_its_own_session_alone(mcp):
    """Two clients, whose calls have the same number."""

    def cancellation(number):
        return {"method": "notifications/cancelled", "params": {"requestId": number}}

    async def scenario():
        first, second = [(await mcp.ask({"method": "initialize", "id": 0})).session for _ in range(2)]
        assert first != second and len(first) == 32

        async def while_both(call):
            event_of(mcp.queue, "second", call)
            await mcp.ask(cancellation(2), second)
            await mcp.ask(cancellation(1), None)
            assert mcp.queue.stopped == []
            await mcp.ask(cancellation(1), first)
            assert mcp.queue.stopped == ["first"]
            mcp.queue.event_ids_to_events.pop("first")

        async def while_first(call):
            event_of(mcp.queue, "first", call)
            await mcp.ask(tool(1), second, meanwhile=while_both)

        await mcp.ask(tool(1), first, meanwhile=while_first)

    in_a_loop(scenario())
    assert mcp.queue.stopped == ["first", "second"]  # it ended by itself, as far as we know


@pytest.mark.parametrize("body", [b"", b"[]", b"{", b"null", b"[" * 9000, b'{"method": "tools/call", "params": 3}'])
def test_what_is_no_message_is_left_to_gradio(mcp, body):
    assert in_a_loop(mcp.ask(body)).body == body


# ---- the running app -------------------------------------------------------------------------------------------------
@pytest.fixture(scope="module")
def impatient(tmp_path_factory):
    """The app, which waits for four seconds for those who do not listen: its address and its log."""
    log = tmp_path_factory.mktemp("impatient") / "log.txt"
    with serving(log, command=("-c", IMPATIENT)) as (url, _):
        yield url, log


@pytest.fixture
def stops(impatient):
    """stops(n, more): wait until n runs more have been stopped; fail if it is another number, but for up to `more`.

    A test waits for all that it stops: what came late would count as the next one's.
    """

    def stopped():
        return impatient[1].read_text().count("generate stopped")

    before = stopped()

    def wait(n, more=0):
        until(lambda: stopped() - before >= n, f"{n} runs to be stopped")
        assert stopped() - before in range(n, n + more + 1)

    return wait


def post(url, body):
    request = urllib.request.Request(url, json.dumps(body).encode(), {"Content-Type": "application/json"})
    return json.loads(urllib.request.urlopen(request, timeout=20).read())


def test_a_request_to_which_nobody_ever_listens_is_stopped_even_if_nobody_else_comes(impatient, stops):
    url, _ = impatient
    gone = post(f"{url}gradio_api/call/v2/generate", LONG)["event_id"]
    stops(1)
    with urllib.request.urlopen(f"{url}gradio_api/call/generate/{gone}", timeout=20) as stream:
        assert stream.read() == b'event: error\ndata: "404: Not Found"\n\n'


def test_who_stops_listening_is_no_longer_drawn_for(impatient, stops):
    url, _ = impatient
    event = post(f"{url}gradio_api/call/v2/generate", LONG)["event_id"]
    with pytest.raises(TimeoutError):
        urllib.request.urlopen(f"{url}gradio_api/call/generate/{event}", timeout=2).read()
    stops(1)


def converse(url, conversation, path="gradio_api/mcp/"):
    async def hold():
        async with streamable_http_client(url + path) as (read, write, _), ClientSession(read, write) as session:
            await session.initialize()
            return await conversation(session)

    return in_a_loop(hold())


def test_an_mcp_client_that_gives_up_and_leaves_is_no_longer_drawn_for(impatient, stops):
    async def conversation(session):
        with pytest.raises(McpError, match="Timed out"):
            await session.call_tool("generate", LONG, read_timeout_seconds=timedelta(seconds=2))

    converse(impatient[0], conversation)
    stops(1)


def test_a_call_that_an_mcp_client_cancels_is_stopped_and_no_other(impatient, stops):
    """Two clients whose calls have the same number: each cancels its own."""
    url, _ = impatient

    async def conversation(session):
        async with streamable_http_client(url + "gradio_api/mcp/") as (read, write, _), ClientSession(read, write) as b:
            await b.initialize()
            progress = await started(session, b)
            params = types.CancelledNotificationParams(requestId=session._request_id - 1)
            cancelled = types.CancelledNotification(method="notifications/cancelled", params=params)
            await session.send_notification(types.ClientNotification(cancelled))
            first = await progress[0]
            assert first.isError and "The run was stopped" in first.content[0].text
            stops(1)
            assert not progress[1].done()
            progress[1].cancel()

    async def started(*sessions):
        """A long call of each, when it is being worked on."""
        begun = [asyncio.Event() for _ in sessions]

        def heard(event):
            async def hear(_progress, _total, message):
                if message == "Processing":
                    event.set()

            return hear

        calls = [
            asyncio.create_task(session.call_tool("generate", LONG, progress_callback=heard(event)))
            for session, event in zip(sessions, begun, strict=True)
        ]
        for event in begun:
            await event.wait()
        assert len({session._request_id for session in sessions}) == 1
        return calls

    converse(url, conversation)
    stops(2)  # the other client has left, too


def test_null_is_the_default_for_an_mcp_client(impatient):
    arguments = QUICK | {"sampler": None, "seed": None, "weights": None}
    answer = converse(impatient[0], lambda session: session.call_tool("generate", arguments))
    assert not answer.isError and "'sampler': 'ddim'" in answer.content[0].text


def test_the_mcp_server_is_found_without_the_last_slash_and_sends_nobody_elsewhere(impatient):
    request = urllib.request.Request(
        f"{impatient[0]}gradio_api/mcp",
        json.dumps({"jsonrpc": "2.0", "id": 1, "method": "tools/list"}).encode(),
        {"Content-Type": "application/json", "Accept": "application/json, text/event-stream"},
    )

    class Stay(urllib.request.HTTPRedirectHandler):
        def redirect_request(self, *_):
            return None

    answer = urllib.request.build_opener(Stay).open(request, timeout=20)
    assert answer.status == 200 and b'"generate"' in answer.read()


def test_one_person_cannot_hold_all_places(impatient, stops):
    """The fourth request of an address is told so at once; a person with a session comes in beside the three."""
    url, _ = impatient
    assert people.MAX_PLACES < runs.RUNS
    streams, call = [], f"{url}gradio_api/call"
    for _ in range(people.MAX_PLACES):
        event = post(f"{call}/v2/generate", LONG)["event_id"]
        streams.append(urllib.request.urlopen(f"{call}/generate/{event}", timeout=60))
    event = post(f"{call}/v2/generate", QUICK)["event_id"]
    told = urllib.request.urlopen(f"{call}/generate/{event}", timeout=20).read().decode()
    assert told.startswith("event: error") and people.TOO_MANY in told
    other = Client(url, verbose=False)
    assert other.predict(**QUICK, api_name="/generate")[0]["nfe"] == 1
    jobs = [other.submit(**LONG, api_name="/generate") for _ in range(people.MAX_PLACES + 1)]
    until(lambda: any(job.done() for job in jobs), "the one of the four that came last to be refused")
    with pytest.raises(AppError, match="You already have 3 requests here"):
        next(job for job in jobs if job.done()).result()
    for job in jobs:
        job.cancel()
    for stream in streams:
        stream.close()
    # Of the other's jobs any may have come to work before it heard that it was cancelled.
    stops(people.MAX_PLACES, more=people.MAX_PLACES)
