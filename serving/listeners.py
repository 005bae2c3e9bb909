"""Answers that nobody waits for are let go, and the runs that would still add to them stopped.

Gradio keeps what it has to tell a session until somebody listens, which for a race may be megabytes. Who joins the
queue and never comes back would leave them there. Of a language model's caller who leaves or cancels Gradio takes no
notice at all.
"""

from __future__ import annotations

import asyncio
import json
import time
import uuid
from collections import Counter
from collections.abc import Callable
from contextlib import suppress
from urllib.parse import parse_qs

from gradio.queueing import Queue
from gradio.server_messages import ProcessCompletedMessage
from starlette.datastructures import Headers, MutableHeaders
from starlette.exceptions import HTTPException
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from .people import CALL, mcp_calls
from .runs import stop_runs

PATIENCE = 60.0  # seconds without a listener
MCP, MCP_SESSION = "/gradio_api/mcp", "mcp-session-id"


class Listeners:
    """ASGI middleware: knows which sessions somebody listens to, and stops the runs of those who stop listening.

    Whoever joins the queue makes it look now and then for those who have never listened, until nobody is left.
    """

    def __init__(self, app: ASGIApp, clock: Callable[[], float] = time.monotonic) -> None:
        self.app, self._clock = app, clock
        self._open, self._seen = Counter[str](), dict[str, float]()  # streams by session; when one was last open
        self._looking: asyncio.Task | None = None

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            return await self.app(scope, receive, send)
        queue, path = scope["app"].get_blocks()._queue, scope["path"].rstrip("/")
        joins = scope["method"] == "POST" and (path.endswith("/queue/join") or "/call/" in path)
        if joins and (self._looking is None or self._looking.done()):
            self._looking = asyncio.create_task(self.look_after(queue))
        session = _listened_to(scope, path, queue) if scope["method"] == "GET" else None
        if session is None:
            return await self.app(scope, receive, send)
        self._open[session] += 1
        try:
            return await self.app(scope, receive, send)
        finally:
            self._open[session] -= 1
            self._open += Counter()  # forgets those at 0
            self._seen[session] = self._clock()
            if session not in self._open and queue.pending_event_ids_session.get(session):
                stop_runs(session)  # left before the end: Gradio will deliver nothing more

    async def look_after(self, queue: Queue) -> None:
        """Let go who has gone, now and then, as long as Gradio keeps anything for anybody."""
        while True:
            await asyncio.sleep(PATIENCE / 4)
            await self.let_go(queue)
            if not self._seen:
                return

    async def let_go(self, queue: Queue) -> None:
        """Forget sessions to which nobody has listened for PATIENCE."""
        now, messages, ids = self._clock(), queue.pending_messages_per_session, queue.pending_event_ids_session
        self._seen = {
            session: now if session in self._open else self._seen.get(session, now) for session in {*messages, *ids}
        }
        for session, seen in list(self._seen.items()):
            if now - seen > PATIENCE:
                await queue.clean_events(session_hash=session)
                stop_runs(session)
                messages.pop(session, None)
                ids.pop(session, None)
                self._seen.pop(session)


class McpCalls:
    """ASGI middleware: knows for which of a language model's calls somebody waits, and stops those left or cancelled.

    Gradio's MCP server knows no sessions, so a cancellation could be anybody's: a client gets a session from here.
    It also finds the server without the last slash of its address, leaves out arguments that are null, and refuses the
    older way to speak MCP, over SSE.
    """

    def __init__(self, app: ASGIApp) -> None:
        self.app = app
        self._sent = dict[tuple[str, str], str]()  # (session, the client's number of a call) -> its key in mcp_calls

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        path = scope["path"].rstrip("/") if scope["type"] == "http" else ""
        if path.endswith((f"{MCP}/sse", f"{MCP}/messages")):  # nobody could say whose a call is
            raise HTTPException(410, f"this MCP server speaks streamable HTTP alone; its address ends with {MCP}/")
        path = path.removesuffix("/http")
        if not path.endswith(MCP):
            return await self.app(scope, receive, send)
        scope = {**scope, "path": path + "/"}  # without the slash Gradio would send the client to another address
        if scope["method"] != "POST":
            return await self.app(scope, receive, send)
        queue, headers, body = scope["app"].get_blocks()._queue, Headers(scope=scope), await _whole(receive)
        session, key = headers.get(MCP_SESSION), uuid.uuid4().hex
        request = _object(body)
        method, params = request.get("method"), request.get("params")
        params = params if isinstance(params, dict) else {}
        number = (session or key, str(request.get("id")))

        async def with_session(message: Message) -> None:
            if message["type"] == "http.response.start":
                MutableHeaders(scope=message)[MCP_SESSION] = uuid.uuid4().hex
            await send(message)

        if method == "notifications/cancelled":
            await drop(queue, self._sent.get((session or "", str(params.get("requestId")))))
        if method != "tools/call":
            return await self.app(scope, _again(body, receive), with_session if method == "initialize" else send)
        if isinstance(arguments := params.get("arguments"), dict):
            params["arguments"] = {name: value for name, value in arguments.items() if value is not None}
            body = json.dumps(request).encode()
        names = (CALL.encode(), b"content-length")
        kept = [(name, value) for name, value in scope["headers"] if name not in names]
        added = [(CALL.encode(), key.encode()), (b"content-length", str(len(body)).encode())]
        mcp_calls[key] = f"session {session}" if session else f"address {scope['client'] and scope['client'][0]}"
        self._sent[number] = key
        try:
            return await self.app({**scope, "headers": kept + added}, _again(body, receive), send)
        finally:
            del mcp_calls[key]
            self._sent.pop(number, None)
            await drop(queue, key)


async def drop(queue: Queue, call: str | None) -> None:
    """Stop what an MCP call has in the queue or at work, and tell Gradio's client, which waits for it, of its end."""
    for event in list(queue.event_ids_to_events.values()):
        if call and event.request.headers.get(CALL) == call:
            event.alive = False  # nothing is sent to it any more
            stop_runs(event=event._id)
            with suppress(KeyError):
                messages = queue.pending_messages_per_session[event.session_hash]
                failed = {"error": "The run was stopped."}
                messages.put_nowait(ProcessCompletedMessage(output=failed, success=False, event_id=event._id))
            await queue.remove_from_queue(event._id)


async def _whole(receive: Receive) -> bytes:
    """The body of a request; Guard sees to it that it is short."""
    body, more = b"", True
    while more:
        message = await receive()
        body, more = body + message.get("body", b""), message.get("more_body", False)
    return body


def _again(body: bytes, receive: Receive) -> Receive:
    """What to receive from instead, when the body has been read: first that, then what else there is."""
    messages = iter([{"type": "http.request", "body": body, "more_body": False}])

    async def read() -> Message:
        return next(messages, None) or await receive()

    return read


def _object(body: bytes) -> dict:
    """A JSON object; an empty one for anything else."""
    try:
        value = json.loads(body)
    except (ValueError, RecursionError):
        return {}
    return value if isinstance(value, dict) else {}


def _listened_to(scope: Scope, path: str, queue: Queue) -> str | None:
    """Whose answers a request of this address fetches: a page's session, or that of a single call."""
    if path.endswith("/queue/data"):
        return parse_qs(scope["query_string"].decode("latin-1")).get("session_hash", [None])[0]
    if "/call/" in path:
        event_id = path.rpartition("/")[2]
        event = queue.event_ids_to_events.get(event_id)
        return event.session_hash if event else event_id
    return None
