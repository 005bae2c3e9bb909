"""Who asks: a page's session, a language model's call, or else an address. Nobody holds all places of a line."""

from __future__ import annotations

import asyncio
from typing import Any

import anyio.from_thread
from fastapi import HTTPException, Request
from gradio.context import LocalContext
from gradio.queueing import Event, Queue
from gradio.server_messages import ProcessCompletedMessage

MAX_PLACES = 3  # of a person in a line, at work or waiting: fewer than RUNS, so that one is left for who comes next
TOO_MANY = f"You already have {MAX_PLACES} requests here, at work or waiting. Let one of them end first."
CALL = "x-mcp-call"  # a header that McpCalls adds; Gradio's MCP server keeps it when it joins the queue for its caller
mcp_calls: dict[str, str] = {}  # somebody waits for their answer: the header's value -> whose


def person() -> str | None:
    """Whom the present event or server function works for; None if nobody asked."""
    request = LocalContext.request.get(None)
    if request is None:
        return None
    if isinstance(request, Request):  # of a server function, whose body holds the session; it has been read already
        return whose(request, anyio.from_thread.run(request.json).get("session_hash"))
    return whose(request, request.session_hash, LocalContext.event_id.get(None))


def whose(request: Any, session: str | None, event_id: str | None = None) -> str | None:
    """The person behind a request. An event that came without a session has its own id instead."""
    if (call := request.headers.get(CALL)) in mcp_calls:
        return mcp_calls[call]
    if session and session != event_id:
        return f"session {session}"
    return request.client and f"address {request.client.host}"


def share_places(queue: Queue) -> None:
    """Let nobody have more than MAX_PLACES of a line of the queue: what is beyond is answered at once, with TOO_MANY.

    The answer comes as that of a run does, for so every client shows it: of a status they tell only the number.
    """
    push = queue.push

    async def fair_push(body: Any, request: Request, username: str | None) -> tuple[bool, Any, Any]:
        if request.headers.get(CALL, "") not in {"", *mcp_calls}:
            raise HTTPException(410, "whoever made this call has gone")
        function = queue.blocks.fns.get(body.fn_index)
        event = Event(body.session_hash, function, request, username) if function else None
        if event is None or places(queue, event) < MAX_PLACES:
            return await push(body, request, username)
        session = event.session_hash
        async with queue.pending_message_lock:  # what push does with every event
            if session not in queue.pending_messages_per_session:
                queue.pending_messages_per_session[session] = asyncio.Queue()
            queue.pending_event_ids_session.setdefault(session, set()).add(event._id)
        queue.send_message(event, ProcessCompletedMessage(output={"error": TOO_MANY}, success=False))
        return True, event._id, "success"

    queue.push = fair_push  # type: ignore[method-assign]  # that is the point


def places(queue: Queue, event: Event) -> int:
    """How many places the person behind an event has in its line."""
    who = owner(event)
    same_line = (e for e in queue.event_ids_to_events.values() if e.concurrency_id == event.concurrency_id)
    return sum(owner(other) == who for other in same_line)


def owner(event: Event) -> str | None:
    return whose(event.request, event.session_hash, event._id)
