"""The running app against requests that the page would never send, over HTTP."""

import json
import uuid

import httpx
import pytest

from benchmarks import pictures
from benchmarks.fuzz import Case, Findings, Target, as_json, forget_peak, fuzz, judge, memory_mb, queued, tracebacks
from benchmarks.page import server
from serving.guard import JOIN, LARGE, MAX_FILE, OUR_FAULT, SERVER_FUNCTION

MOST_MB = 100  # by which one request may raise the server's memory


@pytest.fixture(scope="module")
def served(app):
    """The app's address, the number of its process, and where it writes its log."""
    url, process, log = app
    return url, process.pid, log


@pytest.fixture(scope="module")
def target(served):
    return Target(served[0])


def ask(target, name, data, **body):
    """The last message about an event: its success and its output."""
    event = next(event for event in target.events if event["api_name"] == name)
    status, text = target.answer(queued({"data": data, "fn_index": event["id"]} | body, uuid.uuid4().hex))
    assert status == 200, text
    messages = [json.loads(line[6:]) for line in text.splitlines() if line.startswith("data: ")]
    done = next(message for message in messages if message["msg"] == "process_completed")
    return done["success"], done["output"]


def refusal(target, name, data, **body):
    success, output = ask(target, name, data, **body)
    assert not success
    return output["error"]


def server_function(target, name, data):
    component = next(component for component, function in target.functions if function == name)
    body = {"data": data, "component_id": component, "fn_name": name, "session_hash": "x"}
    return target.http.post("gradio_api/component_server", content=as_json(body))


@pytest.mark.parametrize(("cases", "seed"), [(200, 1), pytest.param(800, 0, marks=pytest.mark.slow)])
def test_fuzz(served, cases, seed):
    found = fuzz(*served, cases, seed)
    assert found["fuzz_cases"] >= cases
    wrong = [found[f"fuzz_{what}"] for what in ("500s", "leaks", "tracebacks", "unanswered")]
    assert wrong == [0, 0, 0, 0], found["fuzz_bad"]
    assert found["fuzz_rss_mb"] < MOST_MB


# From now on no noise can be drawn, no number of a GIF checked, and what runs cannot be told: all fail as a route of
# Gradio's does with a request that it cannot read.
PLANTED = """import api, app, tabs.noising.lesson, tabs.page
def broken(*args): return {}["no such thing"]
api.SeededNoise = tabs.noising.lesson.SeededNoise = tabs.page.check_whole = broken
first = iter([app.runtime])
app.runtime = lambda: next(first, broken)()
app.main()"""


def test_a_planted_fault_is_found(tmp_path):
    log = tmp_path / "log.txt"
    with server(["-c", PLANTED], log) as (url, _):
        target, seen = Target(url), Findings()
        ask_noise = next(event for event in target.events if event["api_name"] == "noise")
        guess = next(event for event in target.events if event["api_name"] == "noising_ask")
        component = next(component for component, function in target.functions if function == "gif")
        function = {"data": {}, "component_id": component, "fn_name": "gif", "session_hash": "x"}
        cases = {
            "event": queued(target.good(ask_noise), "x"),
            "unqueued": Case("gradio_api/run/noising_ask", as_json(target.good(guess))),
            "server function": Case("gradio_api/component_server", as_json(function)),
            "route": Case("healthz"),
        }
        answers = {name: target.answer(case) for name, case in cases.items()}
        for name, case in cases.items():
            judge(case, *answers[name], seen)
    statuses = {name: status for name, (status, _) in answers.items()}
    assert statuses == {"event": 200, "unqueued": 500, "server function": 500, "route": 500}
    assert all(OUR_FAULT in text for _, text in answers.values())
    assert seen.errors == 4 and len(tracebacks(log.read_text())) == 4


@pytest.mark.parametrize(
    ("at", "value", "sentence"),
    [
        (0, "dragon", "unknown class 'dragon'; the classes are hero, non-hero"),
        (0, None, "weights must be given"),
        (1, "other", "unknown network 'other'; allowed: sprites, distilled"),
        (2, ["ddim"], "unknown sampler ['ddim']; allowed: ddpm, ddim"),
        (4, float("nan"), "guidance_scale must be a number from 0 to 20; got nan"),
        (5, 10**400, "seed must be a whole number from 0 to 2147483647; got 1000"),
        (6, {"a": [1]}, "eta must be a number from 0 to 1; got {'a': [1]}"),
        (3, 1e308, "num_inference_steps must be a whole number from 1 to 500; got 1e+308"),
        (8, "A" * 15_000, "unknown schedule 'AAAAAAAAAAAA...AAAAAAAAAAAAA'; allowed: linear"),
    ],
)
def test_a_wrong_argument_gets_its_sentence(target, at, value, sentence):
    arguments = ["hero", "sprites", "ddim", 2, 1, 0, 0, 1, "cosine"]
    assert refusal(target, "denoising_run", [*arguments[:at], value, *arguments[at + 1 :]]).startswith(sentence)


@pytest.mark.parametrize(
    ("data", "sentence"),
    [
        ([], "this request cannot be used: its arguments are not of the number"),
        (["hero"], "this request cannot be used: its arguments are not of the number"),
        (["hero"] * 30, "a must map class names to numbers; got 'hero'"),
    ],
)
def test_too_few_or_strange_arguments_get_a_sentence(target, data, sentence):
    assert refusal(target, "mix", data).startswith(sentence)


REQUESTS = (
    "denoising_fork",
    "denoising_measure",
    "denoising_strengthen",
    "denoising_compare",
    "noising_ask",
    "mixing_draw",
)


@pytest.mark.parametrize("name", REQUESTS)
@pytest.mark.parametrize("data", [None, [], "x", 1, {"request": []}])
def test_an_event_without_its_data_gets_a_sentence(target, name, data):
    told = refusal(target, name, [], event_data=data)
    assert told.startswith(("a request must be", "sprites must be", "the question must"))


def test_what_is_echoed_is_short_and_no_html(target):
    told = refusal(target, "denoising_run", ["<img src=x>" + "A" * 15_000, "sprites", "ddim", 2, 1, 0, 0, 1, "cosine"])
    assert "&lt;img" in told and "<" not in told and len(told) < 400


@pytest.mark.parametrize(
    ("name", "data"),
    [("program", ["x"]), ("gif", [None]), ("preview", [{"weights": 1}]), ("gif", {}), ("drawn", [3])],
)
def test_server_functions_say_why(target, name, data):
    answer = server_function(target, name, data)
    assert answer.status_code == 422 and len(answer.json()["detail"]) > 20


def test_no_run_passes_the_queue_by(target):
    answer = target.http.post("gradio_api/run/mix", json={"data": [{"hero": 1}, {"food": 1}, 2, 1, 0]})
    assert answer.status_code == 404


def test_an_event_that_does_not_queue_says_why(target):
    answer = target.http.post("gradio_api/run/noising_ask", json={"data": [], "event_data": {"request": "x"}})
    assert answer.status_code == 400 and answer.json()["error"].startswith("a request must be")


def test_a_request_that_calls_itself_batched_gets_its_sentence(target):
    told = refusal(target, "denoising_run", ["hero"], batched=True)
    assert told.startswith("this request cannot be used")


def test_a_file_is_not_fetched_from_an_address(target):
    file = {"path": "http://127.0.0.1:1/x.png", "meta": {"_type": "gradio.FileData"}}
    assert "is not fetched" in refusal(target, "noising_upload", [file])


def test_a_file_of_the_server_is_not_read(target):
    file = {"path": "/etc/hostname", "meta": {"_type": "gradio.FileData"}}
    assert refusal(target, "noising_upload", [file]).startswith("this request cannot be used")


@pytest.mark.parametrize(("path", "limit"), [("queue/join", LARGE[JOIN]), ("component_server", LARGE[SERVER_FUNCTION])])
@pytest.mark.parametrize("chunked", [False, True])
def test_a_long_request_is_refused(served, target, path, limit, chunked):
    url, pid, _ = served
    body = (b"[" + b"{}," * 10_000 for _ in range(2000)) if chunked else b"[" + b"{}," * 20_000_000
    forget_peak(pid)
    before = memory_mb(pid)
    try:
        answer = httpx.post(f"{url}gradio_api/{path}", content=body, headers={"Content-Type": "application/json"})
        assert answer.status_code in (400, 413)
    except httpx.WriteError:
        pass  # it hung up while we were still talking
    assert memory_mb(pid, "VmHWM") - before < MOST_MB


def test_a_large_upload_is_refused(target):
    answer = target.http.post("gradio_api/upload", files={"files": ("x.png", bytes(MAX_FILE + 1))})
    assert answer.status_code == 413


@pytest.mark.parametrize("name", sorted(pictures.usable()))
def test_an_odd_picture_becomes_a_sprite(target, name):
    _, text = target.answer(Case("", upload=(name, pictures.usable()[name])))
    assert '"success":true' in text and '"rgb":' in text


@pytest.mark.parametrize("name", sorted(pictures.refused()))
def test_what_is_no_picture_or_too_large_is_refused(served, target, name):
    forget_peak(served[1])
    before = memory_mb(served[1])
    _, text = target.answer(Case("", upload=(name, pictures.refused()[name])))
    assert "cannot be read as a picture" in text or "at most 4 million are allowed" in text
    assert memory_mb(served[1], "VmHWM") - before < MOST_MB
