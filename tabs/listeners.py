"""Answers that nobody fetches are let go, and the runs that would still add to them stopped.

Gradio keeps what it has to tell a session until somebody listens, which for a race may be megabytes. Who joins the
queue and never comes back would leave them there.
"""

from __future__ import annotations

import time
from collections import Counter
from urllib.parse import parse_qs

from gradio.queueing import Queue
from starlette.types import ASGIApp, Receive, Scope, Send

from .runs import stop_runs

PATIENCE = 60.0  # seconds without a listener


class Listeners:
    """ASGI middleware: knows which sessions somebody listens to, and stops the runs of those who stop listening.

    Whoever joins the queue makes it look for those who have never listened.
    """

    def __init__(self, app: ASGIApp) -> None:
        self.app = app
        self._open, self._seen = Counter[str](), dict[str, float]()  # streams by session; when one was last open

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            return await self.app(scope, receive, send)
        queue, path = scope["app"].get_blocks()._queue, scope["path"].rstrip("/")
        if scope["method"] == "POST" and (path.endswith("/queue/join") or "/call/" in path):
            await self.let_go(queue)
        session = _listened_to(scope, path, queue) if scope["method"] == "GET" else None
        if session is None:
            return await self.app(scope, receive, send)
        self._open[session] += 1
        try:
            return await self.app(scope, receive, send)
        finally:
            self._open[session] -= 1
            self._open += Counter()  # forgets those at 0
            self._seen[session] = time.monotonic()
            if session not in self._open and queue.pending_event_ids_session.get(session):
                stop_runs(session)  # left before the end: Gradio will deliver nothing more

    async def let_go(self, queue: Queue) -> None:
        """Forget sessions to which nobody has listened for PATIENCE."""
        now, messages, ids = time.monotonic(), queue.pending_messages_per_session, queue.pending_event_ids_session
        self._seen = {
            session: now if session in self._open else self._seen.get(session, now) for session in {*messages, *ids}
        }
        for session, seen in self._seen.items():
            if now - seen > PATIENCE:
                await queue.clean_events(session_hash=session)
                stop_runs(session)
                messages.pop(session, None)
                ids.pop(session, None)


def _listened_to(scope: Scope, path: str, queue: Queue) -> str | None:
    """Whose answers a request of this address fetches: a page's session, or that of a single call."""
    if path.endswith("/queue/data"):
        return parse_qs(scope["query_string"].decode("latin-1")).get("session_hash", [None])[0]
    if "/call/" in path:
        event_id = path.rpartition("/")[2]
        event = queue.event_ids_to_events.get(event_id)
        return event.session_hash if event else event_id
    return None
