"""What stands between the network and the lessons: small requests only, and a sentence instead of an exception.

Gradio neither limits the length of a request nor expects one that it cannot read: without this, a word where a number
belongs ends in an "Error" without a reason, and a request without its number of an event in an answer of status 500.
"""

from __future__ import annotations

import html
import logging
from typing import Any

import gradio as gr
from fastapi import Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from gradio_client.utils import is_file_obj_with_meta, is_http_url_like, traverse
from starlette.middleware import Middleware
from starlette.middleware.gzip import DEFAULT_EXCLUDED_CONTENT_TYPES, GZipMiddleware
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from .listeners import Listeners

MAX_FILE = 5_000_000  # bytes of an upload
LARGE = {"upload": MAX_FILE + 100_000, "component_server": 4_500_000}  # bytes of a request; the second: a GIF's frames
MAX_REQUEST = 20_000  # bytes of any other
MAX_SENTENCE = 300  # characters
SESSIONS = 100  # whose state Gradio keeps, 0.2 to 0.6 MB each; ours is only the points of the race's plot
UNUSABLE = "this request cannot be used: its arguments are not of the number and kinds that are asked for"

log = logging.getLogger(__name__)


class GuardedBlocks(gr.Blocks):
    """Blocks whose events answer every exception with one sentence; what was not foreseen is in the log as well."""

    async def process_api(self, block_fn: Any, inputs: list[Any], *args: Any, **kwargs: Any) -> dict[str, Any]:
        try:
            traverse(inputs, refuse_address, is_file_obj_with_meta)
            return await super().process_api(block_fn, inputs, *args, **kwargs)
        except gr.Error as error:
            raise gr.Error(plain(error.message), print_exception=False) from error
        except Exception as error:
            log.exception("an event failed")
            raise gr.Error(UNUSABLE, print_exception=False) from error


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

    What reaches it are exceptions of Gradio's routes, which take a request's fields for granted: hence status 400.
    The lessons' handlers run in the queue, where GuardedBlocks answers, or are server functions, which raise gr.Error.
    """

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            return await self.app(scope, receive, send)
        limit, arrived = LARGE.get(scope["path"].rstrip("/").rpartition("/")[2], MAX_REQUEST), 0
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
            if message.get("status") == 500:  # of an event that does not queue, which GuardedBlocks has answered
                message = message | {"status": 400}
            await send(message)

        try:
            claimed = dict(scope["headers"]).get(b"content-length", b"0")
            if claimed.isdigit() and int(claimed) > limit:
                raise TooLong
            return await self.app(scope, counted, noted)
        except TooLong:
            status, sentence = 413, f"a request to this address may have {limit:,} bytes at most"
        except gr.Error as error:
            status, sentence = 422, plain(error.message)
        except Exception:
            log.exception("a request failed")
            status, sentence = 400, UNUSABLE
        if not answered:
            await JSONResponse({"detail": sentence}, status)(scope, receive, send)
        elif not ended:  # a stream that broke off after it had said why
            await send({"type": "http.response.body"})


async def name_the_field(request: Request, error: RequestValidationError) -> JSONResponse:
    """Which field of a request is wrong, without repeating the request."""
    first = error.errors()[0]
    where = ".".join(str(part) for part in first["loc"])
    return JSONResponse({"detail": plain(f"{where}: {first['msg']}")}, 422)


# Gradio compresses its scripts and styles, but not the page itself, its largest answer.
COMPRESSED = Middleware(
    GZipMiddleware,
    compresslevel=5,
    exclude_content_types=(*DEFAULT_EXCLUDED_CONTENT_TYPES, "text/css", "text/javascript", "application/javascript"),
)
MIDDLEWARE = [COMPRESSED, Middleware(Guard), Middleware(Listeners)]  # of the FastAPI app, as are these:
REFUSALS = {RequestValidationError: name_the_field}
