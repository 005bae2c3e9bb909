"""What stands between the network and the lessons: small requests only, and a sentence instead of an exception.

Gradio neither limits the length of a request nor expects one that it cannot read: without this, a word where a number
belongs ends in an "Error" without a reason, and a request without its number of an event in an answer of status 500.
What is wrong with a request is told as that (status 4xx). What is our own mistake is logged with its traceback and told
as ours (500).
"""

from __future__ import annotations

import html
import logging
import time
import traceback
from collections import deque
from collections.abc import Callable
from pathlib import Path
from typing import Any

import gradio as gr
from fastapi import Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from gradio_client.utils import is_file_obj_with_meta, is_http_url_like, traverse
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware
from starlette.middleware.gzip import DEFAULT_EXCLUDED_CONTENT_TYPES, GZipMiddleware
from starlette.requests import ClientDisconnect
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from .listeners import Listeners, McpCalls
from .people import share_places
from .refusals import is_ours

MAX_FILE = 10_000_000  # bytes of an upload: a network with a class more than ours has 9.8 million
UPLOAD, SERVER_FUNCTION, JOIN = "/gradio_api/upload", "/gradio_api/component_server", "/gradio_api/queue/join"
# Bytes of a request. The second: a GIF's frames; the third: a person's sprites, to be learned from.
LARGE = {UPLOAD: MAX_FILE + 100_000, SERVER_FUNCTION: 4_500_000, JOIN: 300_000}
MAX_REQUEST = 20_000  # bytes of any other
MAX_UPLOADS = 500_000_000, 100_000_000  # bytes a KEPT seconds: of all together, and of one address
KEPT = 120.0  # seconds, after which an upload has been deleted
MAX_SENTENCE = 300  # characters
SESSIONS = 100  # whose state Gradio keeps, 0.2 to 0.6 MB each; ours is only the points of the race's plot
UNUSABLE = "this request cannot be used: its arguments are not of the number and kinds that are asked for"
OUR_FAULT = "Something went wrong here. It is not your mistake, and it has been noted."
# What Gradio raises where it takes a request's fields for granted; anything else is no matter of the request.
UNREADABLE = (ArithmeticError, AttributeError, FileNotFoundError, LookupError, RecursionError, TypeError, ValueError)

PASSED_BY = {"guard.py", "listeners.py", "people.py"}  # what every request passes through before it gets to a route
log = logging.getLogger(__name__)


class Fault(gr.Error):
    """A mistake of ours, which has been logged."""

    def __init__(self) -> None:
        super().__init__(OUR_FAULT, print_exception=False)


class GuardedBlocks(gr.Blocks):
    """Blocks whose events answer every exception with one sentence, and whose queue everybody gets a place in."""

    def queue(self, *args: Any, **kwargs: Any) -> gr.Blocks:
        super().queue(*args, **kwargs)
        share_places(self._queue)
        return self

    async def preprocess_data(self, block_fn: Any, inputs: list[Any], *args: Any, **kwargs: Any) -> list[Any]:
        """What Gradio makes of a request's arguments; what it cannot read is the request's mistake."""
        if block_fn.fn is None:  # an event that the browser alone takes care of
            raise gr.Error(UNUSABLE, print_exception=False)
        try:
            traverse(inputs, refuse_address, is_file_obj_with_meta)
            return await super().preprocess_data(block_fn, inputs, *args, **kwargs)
        except gr.Error:  # says why; it may be a ValueError, too
            raise
        except UNREADABLE as error:
            raise gr.Error(UNUSABLE, print_exception=False) from error

    async def process_api(self, block_fn: Any, inputs: list[Any], *args: Any, **kwargs: Any) -> dict[str, Any]:
        try:
            return await super().process_api(block_fn, inputs, *args, **kwargs)
        except gr.Error as error:
            asked = kwargs.get("request")  # a list of a request, if that says that it is batched
            for request in asked if isinstance(asked, list) else filter(None, [asked]):
                request.state.refused = True  # for Guard: Gradio gives any error of an event status 500
            raise gr.Error(plain(error.message), print_exception=False) from error
        except Exception as error:
            log.exception("an event failed")
            raise Fault from error


def refuse_address(file: dict[str, Any]) -> None:
    """Gradio would fetch a file whose path is a web address. Raises gr.Error."""
    if is_http_url_like(file["path"]):
        raise gr.Error("a file must be uploaded; it is not fetched from elsewhere", print_exception=False)


def plain(sentence: str) -> str:
    """A sentence that can be shown: short, encodable, and without HTML, which the page would render."""
    cut = sentence if len(sentence) <= MAX_SENTENCE else f"{sentence[: MAX_SENTENCE - 1]}…"
    return html.escape(cut.encode("utf-8", "replace").decode(), quote=False)


class TooLong(Exception):
    """A request that is longer than allowed."""


class Guard:
    """ASGI middleware: refuses long requests while they arrive, and answers exceptions with a sentence.

    What reaches it are exceptions of routes. Gradio's take a request's fields for granted: if that is what failed, it
    is the request's mistake; all else, and whatever passed through our own code, is ours.
    The lessons' handlers run in the queue, where GuardedBlocks answers, or are server functions, which raise gr.Error.
    """

    def __init__(self, app: ASGIApp, clock: Callable[[], float] = time.monotonic) -> None:
        self.app, self._clock = app, clock
        self._uploads = deque[tuple[float, str, int]]()  # of the last KEPT seconds: when, from where, how large

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            return await self.app(scope, receive, send)
        route = scope["path"].removeprefix(scope.get("root_path", "")).rstrip("/")
        limit, arrived = LARGE.get(route, MAX_REQUEST), 0
        state = scope.setdefault("state", {})
        answered = ended = False

        async def counted() -> Message:
            nonlocal arrived
            message = await receive()
            arrived += len(message.get("body", b""))
            if arrived > limit:
                raise TooLong
            return message

        async def noted(message: Message) -> None:
            nonlocal answered, ended
            answered, ended = True, message["type"] == "http.response.body" and not message.get("more_body")
            if message.get("status") == 500 and state.get("refused"):
                message = {**message, "status": 400}
            await send(message)

        try:
            claimed = dict(scope["headers"]).get(b"content-length", b"")
            size = int(claimed) if claimed.isdigit() else None
            if size is not None and size > limit:
                raise TooLong
            if route == UPLOAD:
                self.admit_upload(scope["client"][0] if scope["client"] else "", limit if size is None else size)
            return await self.app(scope, counted, noted)
        except TooLong:
            status, sentence = 413, f"a request to this address may have {limit:,} bytes at most"
        except ClientDisconnect:
            return  # in the middle of a request: there is nobody to tell
        except HTTPException as error:
            status, sentence = error.status_code, error.detail
        except gr.Error as error:
            status, sentence = 422, plain(error.message)
        except Exception as error:
            status, sentence = told(error, scope["path"])
            if status == 500:
                log.exception("a request failed")
        if not answered:
            await JSONResponse({"detail": sentence}, status)(scope, receive, send)
        elif not ended:  # a stream that broke off after it had said why
            await send({"type": "http.response.body"})

    def admit_upload(self, address: str, size: int) -> None:
        """Raise HTTPException if the uploads that are still kept would become too many with this one."""
        now, together, each = self._clock(), *MAX_UPLOADS
        while self._uploads and now - self._uploads[0][0] > KEPT:
            self._uploads.popleft()
        size = max(size, 10_000)  # so that there are not too many of them, either
        for sizes, most in (
            ([other for _, _, other in self._uploads], together),
            ([other for _, where, other in self._uploads if where == address], each),
        ):
            if sum(sizes) + size > most:
                raise HTTPException(429, "too much has been uploaded just now; try again in two minutes")
        self._uploads.append((now, address, size))


def told(error: Exception, path: str) -> tuple[int, str]:
    """Status and sentence for what a route raised: the request's mistake, or ours (500)."""
    if isinstance(error.__cause__, HTTPException):  # of a stream that had begun
        return error.__cause__.status_code, error.__cause__.detail
    code = [frame.f_code for frame, _ in traceback.walk_tb(error.__traceback__)]
    passed = {Path(each.co_filename).name for each in code if is_ours(each)}
    if not isinstance(error, UNREADABLE) or not passed <= PASSED_BY or is_ours(code[-1]):
        return 500, OUR_FAULT
    if "/call/v2/" in path and isinstance(error, KeyError):
        return 404, f"there is no endpoint {error}"
    if "/call/v2/" in path and isinstance(error, TypeError):  # an argument's name
        return 422, plain(str(error).partition(" Please click")[0] + " /gradio_api/info lists those that there are.")
    return 400, UNUSABLE


async def name_the_field(request: Request, error: RequestValidationError) -> JSONResponse:
    """Which field of a request is wrong, without repeating the request."""
    first = error.errors()[0]
    where = ".".join(str(part) for part in first["loc"])
    return JSONResponse({"detail": plain(f"{where}: {first['msg']}")}, 422)


# Scripts and styles are compressed where they are served; the page itself, the largest answer, is not.
COMPRESSED = Middleware(
    GZipMiddleware,
    compresslevel=5,
    exclude_content_types=(*DEFAULT_EXCLUDED_CONTENT_TYPES, "text/css", "text/javascript", "application/javascript"),
)
# Of the FastAPI app, the outermost first:
MIDDLEWARE = [COMPRESSED, Middleware(Guard), Middleware(McpCalls), Middleware(Listeners)]
REFUSALS = {RequestValidationError: name_the_field}
