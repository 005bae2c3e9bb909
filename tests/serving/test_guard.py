"""What is wrong with a request is told as that; a mistake of ours is told, and logged, as ours."""

import logging

import gradio as gr
import httpx
import numpy as np
import pytest
from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware
from starlette.requests import ClientDisconnect
from starlette.responses import JSONResponse, PlainTextResponse, StreamingResponse
from starlette.routing import Route
from tiny import in_a_loop

from core.data import to_x0
from serving.guard import (
    KEPT,
    LARGE,
    MAX_FILE,
    MAX_REQUEST,
    MAX_UPLOADS,
    OUR_FAULT,
    UNUSABLE,
    UPLOAD,
    Fault,
    Guard,
    GuardedBlocks,
)
from serving.people import whose
from serving.refusals import says_why


def ask(route, path="/x", body=b"", clock=lambda: 0.0):
    """The answer of an app behind the guard that has this one route."""
    app = Starlette(routes=[Route(path, route, methods=["POST"])], middleware=[Middleware(Guard, clock=clock)])

    async def post():
        transport = httpx.ASGITransport(app, raise_app_exceptions=False)
        async with httpx.AsyncClient(transport=transport, base_url="http://app") as client:
            return await client.post(path, content=body)

    return in_a_loop(post())


def failing(error):
    async def route(request):
        raise error

    return route


def elsewhere(code, **names):
    """The route that this code defines, as if it were in a package's file."""
    exec(compile(code, "/usr/lib/python3/site-packages/gradio/routes.py", "exec"), names)
    return names["route"]


READS = "async def route(request):\n    return JSONResponse({name: {}[name] for name in ['fn_index']})"
READS_OURS = "async def route(request):\n    return ours()"


@pytest.fixture
def log(caplog):
    """Nothing else may be in the log than what is asked for."""
    caplog.set_level(logging.WARNING, logger="serving")
    return caplog


def test_what_gradio_cannot_read_is_the_requests_mistake(log):
    answer = ask(elsewhere(READS, JSONResponse=JSONResponse))
    assert (answer.status_code, answer.json()["detail"]) == (400, UNUSABLE) and not log.records


@pytest.mark.parametrize("error", [RuntimeError("disk full"), OSError(28, "disk full"), MemoryError(), KeyError("x")])
def test_a_fault_in_a_route_of_ours_is_ours(error, log):
    answer = ask(failing(error))
    assert (answer.status_code, answer.json()["detail"]) == (500, OUR_FAULT)
    assert [record.exc_info[1] for record in log.records] == [error]


@pytest.mark.parametrize("error", [RuntimeError, OSError])
def test_a_fault_in_a_route_of_gradio_is_ours(error, log):
    answer = ask(elsewhere("async def route(request):\n    raise error", error=error))
    assert (answer.status_code, answer.json()["detail"]) == (500, OUR_FAULT) and len(log.records) == 1


def test_a_fault_in_a_server_function_is_ours(log):
    """It is called by a route of Gradio's, and fails as one of Gradio's own might."""
    answer = ask(elsewhere(READS_OURS, ours=says_why(lambda: to_x0(None))))
    assert (answer.status_code, answer.json()["detail"]) == (500, OUR_FAULT) and len(log.records) == 1


def test_a_fault_in_what_every_request_passes_is_ours(log):
    answer = ask(elsewhere(READS_OURS, ours=lambda: whose(None, None)))
    assert (answer.status_code, answer.json()["detail"]) == (500, OUR_FAULT) and len(log.records) == 1


def test_what_a_server_function_refuses_keeps_its_sentence(log):
    answer = ask(failing(gr.Error("no such <class>", print_exception=False)))
    assert (answer.status_code, answer.json()["detail"]) == (422, "no such &lt;class&gt;") and not log.records


def test_a_route_that_answers_with_status_500_is_left_to(log):
    async def route(request):
        return PlainTextResponse("no", 500)

    assert ask(route).status_code == 500


def test_a_routes_own_status_is_kept(log):
    answer = ask(elsewhere("async def route(request):\n    raise error", error=HTTPException(404, "not here")))
    assert answer.status_code == 404 and not log.records

    async def stream(request):
        async def chunks():
            yield b"x"
            raise HTTPException(404)

        return StreamingResponse(chunks())

    assert ask(stream).text == "x" and not log.records  # which Starlette makes a RuntimeError of


# ---- events ----------------------------------------------------------------------------------------------------------
def event(handler, data, component=gr.Number, **kwargs):
    """What an event with that handler and one control answers to this data."""
    with GuardedBlocks() as blocks:
        control = component()
        control.input(handler, control, control, **kwargs)
    blocks.queue()
    return in_a_loop(blocks.process_api(0, data))


def test_an_event_with_unreadable_arguments_is_the_requests_mistake(log):
    with pytest.raises(gr.Error, match="cannot be used"):
        event(None, [1], js="() => 1")  # the browser alone takes care of it
    for data in ([], ["x"], [{"a": 1}], [{"path": "/etc/hostname", "meta": {"_type": "gradio.FileData"}}]):
        with pytest.raises(gr.Error) as caught:
            event(lambda x: x, data, gr.Image)
        assert caught.value.message == UNUSABLE and not isinstance(caught.value, Fault)
    assert not log.records


@pytest.mark.parametrize(
    "handler", [lambda x: int("x"), lambda x: list(zip([x], [], strict=True)), lambda x: np.zeros(2) + np.zeros(3)]
)
def test_a_value_error_that_no_check_of_ours_raised_is_ours(handler, log):
    with pytest.raises(Fault, match="Something went wrong here"):
        event(says_why(handler), [1])
    assert len(log.records) == 1


@pytest.mark.parametrize("error", [RuntimeError("disk full"), KeyError("x"), TypeError("x"), ZeroDivisionError()])
def test_a_fault_in_a_handler_is_ours(error, log):
    def handler(x):
        raise error

    with pytest.raises(Fault, match="Something went wrong here"):
        event(says_why(handler), [1])
    assert [record.exc_info[1] for record in log.records] == [error]


def test_a_handler_that_answers_what_the_page_cannot_show_is_at_fault(log):
    with pytest.raises(Fault):
        event(lambda x: object(), [None], gr.Image)
    assert len(log.records) == 1


def test_what_a_handler_refuses_keeps_its_sentence(log):
    def handler(x):
        raise ValueError("x must be less")

    with pytest.raises(gr.Error, match="x must be less") as caught:
        event(says_why(handler), [1])
    assert not isinstance(caught.value, Fault) and not log.records


# ---- sizes -----------------------------------------------------------------------------------------------------------
async def read(request):
    return PlainTextResponse(str(len(await request.body())))


@pytest.mark.parametrize("path", ["/gradio_api/call/upload", "/upload", "/gradio_api/x/component_server"])
def test_only_the_routes_for_files_take_much(path):
    assert ask(read, path, bytes(MAX_REQUEST + 1)).status_code == 413
    assert ask(read, path, bytes(MAX_REQUEST)).status_code == 200


@pytest.mark.parametrize("path", ["/gradio_api/upload", "/gradio_api/component_server"])
def test_the_routes_for_files_take_much(path):
    assert ask(read, path, bytes(4_000_000)).text == "4000000"


def test_an_upload_of_unknown_length_counts_as_the_longest(monkeypatch):
    admitted = []
    monkeypatch.setattr(Guard, "admit_upload", lambda self, address, size: admitted.append(size))

    async def parts():
        yield b"x"

    ask(read, UPLOAD, parts())
    ask(read, UPLOAD, b"x" * 77)
    assert admitted == [LARGE[UPLOAD], 77]


def test_who_hangs_up_in_the_middle_is_no_fault(log):
    sent = []

    async def app(scope, receive, send):
        raise ClientDisconnect

    in_a_loop(Guard(app)({"type": "http", "path": "/x", "headers": []}, None, sent.append))
    assert not log.records and not sent


def test_uploads_are_bounded_of_one_address_and_of_all_until_they_are_deleted():
    now = [0.0]
    admit = Guard(None, clock=lambda: now[0]).admit_upload
    together, each = MAX_UPLOADS

    def fill(address, size=MAX_FILE):
        admitted = 0
        try:
            while True:
                admit(address, size)
                admitted += size
        except HTTPException as error:
            assert error.status_code == 429 and "two minutes" in error.detail
            return admitted

    assert fill("1.2.3.4") == each and fill("1.2.3.4", 1) == 0
    assert sum(fill(f"1.2.3.{n}") for n in range(5, 50)) == together - each
    now[0] = KEPT / 2
    assert fill("5.6.7.8") == 0
    now[0] = KEPT + 1
    assert fill("1.2.3.4") == each
    assert fill("5.6.7.8", 1) < 100_000  # nor are there millions of tiny ones
