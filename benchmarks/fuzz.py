"""python -m benchmarks.fuzz: what the server does with requests that the page would never send.

Every event of the page, public or private, every server function and Gradio's own routes get thousands of requests:
valid arguments with a few places changed, arbitrary JSON, bodies that are none, strange uploads. Counted are answers
that admit a fault of ours (status 5xx, or an event that says so), answers that tell of the server's insides
(tracebacks, paths, names of Python's exceptions), tracebacks in the server's log, requests that got no answer, and by
how much the server's memory rose at its peak above that of a warm server. In the end it must answer a good request as
it did in the beginning. The same seed makes the same requests.
"""

from __future__ import annotations

import base64
import json
import re
import tempfile
import time
import uuid
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import seed as seeded
from hypothesis import strategies as st

from core.cli import Parser, writable
from serving.guard import OUR_FAULT

from . import pictures
from .page import ROOT, server

PIXELS = base64.b64encode(bytes(range(256)) * 3).decode()
SETTINGS = {
    "weights": "hero",
    "network": "sprites",
    "sampler": "ddim",
    "guidance_scale": 1.5,
    "seed": 0,
    "eta": 0,
    "noise_scale": 1,
    "num_inference_steps": 2,
    "schedule": "cosine",
}
FORK = {
    "at": 1,
    "weights": {"food": 1},
    "network": "sprites",
    "sampler": "ddpm",
    "guidance_scale": 1,
    "seed": 0,
    "eta": 0,
    "noise_scale": 1,
}
MIX = {"weights": {"hero": 1, "food": 0.6}, "guidance_scale": 1, "seed": 0, "mixing": "embedding"}
RACE = {"weights": "hero", "count": 1, "seed": 0, "lanes": [["ddim", "sprites", 2, 0], ["unipc", "sprites", 2, 0]]}
GOOD_ARGUMENTS: dict[str, list] = {  # of events, by name; of others the controls' values are taken
    "noise": ["hero", 0, 200, "cosine", 500, 0],
    "generate": [{"hero": 1}, 1, 0, "ddim", 2, 1.5, "embedding", 0, "cosine", "trailing", "sprites"],
    "mix": [{"hero": 1}, {"food": 1}, 2, 1, 0, None, "ddim", 2, 1, "embedding", "sprites"],
    "compare": [[{"num_inference_steps": 2}, {"sampler": "unipc", "num_inference_steps": 2}], "hero", 1, 0],
    "denoising_run": ["hero", "sprites", "ddpm", 3, 1, 0, 0, 1, "cosine"],
    "race_run": [
        "hero",
        1,
        0,
        None,
        *("ddim", "sprites", 2, 0, "unipc", "sprites", 2, 0),
        *("none", "sprites", 1, 0) * 2,
    ],
}
GOOD_DATA: dict[str, Any] = {  # of the components' events, by the event's name
    "ask": {"request": 1, "pixels": PIXELS, "seed": 0, "t": 200, "schedule": "cosine", "weights": "hero"},
    "fork": {"settings": SETTINGS, "forks": [FORK]},
    "measure": {"settings": SETTINGS, "noise_scale": 0.5, "request": 1},
    "compare": {"sprites": PIXELS, "request": 1},
    "draw": {"request": 1, "what": "sheet"} | MIX,
    "measured": RACE | {"measured": [[2, 0.1], [2, 0.2]]},
}
GOOD_REQUESTS: dict[str, Any] = {  # of the server functions, by name
    "gif": [{"frames": PIXELS, "count": 1, "columns": 1, "ms": 50}],
    "drawn": ["a race that is over"],
    "preview": [MIX],
    "drawing_program": [{"what": "sheet"} | MIX],
    "program": [{"settings": SETTINGS, "forks": [FORK]}],
    "race_program": [RACE],
}
LEAKS = re.compile(
    r"Traceback|site-packages|\.py\b|validation error for|object has no attribute|not subscriptable|unhashable"
    rf"|\b[A-Z]\w*(?:Error|Exception)\b|<class '|{re.escape(str(ROOT))}|/usr/lib|/home/"
)
LONGEST_ERROR = 2000  # characters; an answer that is longer sends back what was sent
PATIENCE = 60.0  # seconds to wait for an answer

NUMBERS = [
    0,
    -1,
    1,
    2,
    3,
    0.5,
    1e-300,
    1e308,
    -1e308,
    2**31,
    2**63,
    -(2**63),
    10**400,
    *map(float, ("nan", "inf", "-inf")),
]
TEXTS = [
    *(
        "",
        "hero",
        "no class",
        "none",
        "ddim",
        "ddpm",
        "cosine",
        "embedding",
        "nan",
        "1",
        "/etc/passwd",
        "../../README.md",
    ),
    *("http://127.0.0.1:1/x.png", "file:///etc/passwd", "{{value}}", "${alert(1)}", "<img src=x onerror=alert(1)>"),
    *("__class__", "%s%n", "\0", "\ud800", "\u202e", "𝟙", "A" * 1024, "A" * 100_000),
]
FILE = {"path": "/etc/passwd", "meta": {"_type": "gradio.FileData"}}
HUGE = [[0] * 30_000, [[]] * 10_000, {str(i): i for i in range(5000)}, {"a": [{}] * 10_000}]
NESTED = [json.loads("[" * depth + "]" * depth) for depth in (100, 900)]
SCALARS = st.none() | st.booleans() | st.sampled_from(NUMBERS) | st.integers() | st.floats() | st.sampled_from(TEXTS)
SMALL = st.recursive(
    SCALARS | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=8), inner, max_size=4),
    max_leaves=8,
)
JUNK = SCALARS | SMALL | st.sampled_from([*HUGE, *NESTED, FILE, FILE | {"url": "http://127.0.0.1:1/x.png"}, [FILE]])
RAW = [
    b"",
    b"null",
    b"[]",
    b"{}",
    b"{",
    b'"',
    b"\xff\xfe",
    b"NaN",
    b'{"data": NaN}',
    b"[" * 50_000,
    b"1" * 10_000,
    b"\0" * 99,
]
TYPES = ["application/json", "text/plain", "multipart/form-data", "multipart/form-data; boundary=x", ""]
POSTS = [
    "queue/join",
    "run/mix",
    "run/predict",
    "api/generate",
    "call/mix",
    "call/v2/mix",
    "call/nothing",
    "cancel",
    "reset",
]
POSTS += [
    "component_server",
    "upload",
    "process_recording",
    "stream/x",
    "stream/x/close",
    "vibe-edit",
    "vibe-code",
    "mcp/",
]
GETS = ["queue/status", "queue/data", "call/mix/x", "info", "startup-events", "user", "app_id", "token", "openapi.json"]
GETS += [
    "stream/x/y/1/playlist.m3u8",
    "stream/x/y/1/z.ts",
    "stream/x/y/z/playlist-file",
    "deep_link",
    "theme.css",
    "runs",
]
GETS += [
    "custom_component/x/client/component/index.js",
    "file=/etc/passwd",
    "file=README.md",
    "proxy=http://127.0.0.1:1/",
]


@dataclass(frozen=True)
class Case:
    """A request. session: where to listen for the answer of an accepted event; call: whose answer to ask for."""

    path: str
    body: bytes | None = None
    kind: str = "application/json"
    session: str | None = None
    call: str | None = None
    upload: tuple[str, bytes] | None = None


@dataclass
class Findings:
    """What was seen. bad: a line for every answer that must not be."""

    cases: int = 0
    errors: int = 0
    leaks: int = 0
    unanswered: int = 0
    answers: Counter = field(default_factory=Counter)
    bad: list[str] = field(default_factory=list)


class Target:
    """A running app: its endpoints, and how to ask them."""

    def __init__(self, url: str) -> None:
        self.http = httpx.Client(base_url=url, timeout=PATIENCE)
        config = self.config()
        controls = {block["id"]: block for block in config["components"]}
        self.events = [event for event in config["dependencies"] if event["backend_fn"] or event["cancels"]]
        self.functions = [
            (block["id"], name) for block in config["components"] for name in block["props"].get("server_fns") or ()
        ]
        self.defaults = {
            event["id"]: [controls[i]["props"].get("value") for i in event["inputs"]] for event in self.events
        }

    def config(self) -> dict:
        return self.http.get("config").json()

    def arguments(self, event: dict) -> list:
        """Good ones."""
        return GOOD_ARGUMENTS.get(event["api_name"], self.defaults[event["id"]])

    def good(self, event: dict) -> dict:
        """The body of a good request for an event."""
        trigger, name = event["targets"][0] if event["targets"] else (None, None)
        data = {"event_data": GOOD_DATA.get(name), "trigger_id": trigger}
        return {"data": self.arguments(event), "fn_index": event["id"], **data}

    def answer(self, case: Case) -> tuple[int, str]:
        """Status and text of all answers to a case."""
        if case.upload:
            return self.answer_upload(case)
        headers = {"Content-Type": case.kind} if case.kind else {}
        method = "GET" if case.body is None else "POST"
        with self.http.stream(method, case.path, content=case.body, headers=headers) as response:
            text = "".join(response.iter_text())
        if response.status_code != 200:
            return response.status_code, text
        if case.session and '"event_id"' in text:
            return 200, self.http.get("gradio_api/queue/data", params={"session_hash": case.session}).text
        if case.call and '"event_id"' in text:
            return 200, self.http.get(f"gradio_api/call/{case.call}/{json.loads(text)['event_id']}").text
        return 200, text

    def answer_upload(self, case: Case) -> tuple[int, str]:
        """Upload a file, then hand it to the event that reads pictures."""
        response = self.http.post("gradio_api/upload", files={"files": case.upload})
        if response.status_code != 200:
            return response.status_code, response.text
        reader = next(event for event in self.events if event["api_name"] == "noising_upload")
        path, session = response.json()[0], uuid.uuid4().hex
        file = {"path": path, "orig_name": case.upload[0], "meta": {"_type": "gradio.FileData"}}
        return self.answer(queued({"data": [file], "fn_index": reader["id"]}, session))


def queued(body: dict, session: str) -> Case:
    """A request for the queue, as the page sends it."""
    return Case("gradio_api/queue/join", as_json(body | {"session_hash": session}), session=session)


def as_json(value: object) -> bytes:
    return json.dumps(value).encode()  # with NaN, and escapes for lone surrogates


# ---- making requests -------------------------------------------------------------------------------------------------
@st.composite
def spoilt(draw: st.DrawFn, value: object, changes: int = 3) -> object:
    """A copy of JSON with up to `changes` places changed: replaced, removed, doubled or wrapped."""
    value = json.loads(json.dumps(value))
    for _ in range(draw(st.integers(0, changes))):
        value = draw(changed(value))
    return value


@st.composite
def changed(draw: st.DrawFn, value: Any) -> Any:
    """The value with one place changed, at any depth."""
    if isinstance(value, list | dict) and value and draw(st.integers(0, 9)) > 1:
        keys = list(value) if isinstance(value, dict) else range(len(value))
        key = draw(st.sampled_from(keys))
        how = draw(st.sampled_from(["inside", "inside", "inside", "remove", "add"]))
        if how == "remove":
            value = value.copy()
            value.pop(key)
            return value
        new = draw(JUNK) if how == "add" else draw(changed(value[key]))
        if isinstance(value, dict):
            return value | {draw(st.sampled_from(TEXTS)) if how == "add" else key: new}
        return [*value[:key], new, *value[key + (how == "inside") :]]
    return draw(st.one_of(JUNK, st.just([value]), st.just({"value": value}), st.just(str(value))))


@st.composite
def requests(draw: st.DrawFn, target: Target, session: str) -> Case:
    """Any request."""
    kind = draw(st.sampled_from(["event"] * 6 + ["function"] * 3 + ["call", "call", "run", "upload", "post", "get"]))
    event = draw(st.sampled_from(target.events))
    if kind == "event":
        body = target.good(event)
        body |= {name: draw(spoilt(body[name])) for name in ("data", "event_data")}
        if draw(st.integers(0, 9)) == 0:
            body |= {draw(st.sampled_from(["fn_index", "trigger_id", "event_id", "batched", "data"])): draw(JUNK)}
        return queued(body, session)
    if kind == "function":
        component, name = draw(st.sampled_from(target.functions))
        good = {
            "data": GOOD_REQUESTS.get(name, []),
            "component_id": component,
            "fn_name": name,
            "session_hash": session,
        }
        data = draw(spoilt(good["data"][0])) if draw(st.booleans()) else draw(spoilt(good["data"]))
        body = good | {"data": data}
        return Case("gradio_api/component_server", as_json(draw(spoilt(body, 1)) if draw(st.booleans()) else body))
    if kind == "run":
        return Case(f"gradio_api/run/{event['api_name']}", as_json({"data": draw(spoilt(target.arguments(event)))}))
    if kind == "call" and draw(st.booleans()):
        name, body = event["api_name"], {"data": draw(spoilt(target.arguments(event)))}
        return Case(f"gradio_api/call/{name}", as_json(body), call=name)
    if kind == "call":  # by names; what is missing has its default, so no race, whose defaults take long
        name = draw(st.sampled_from(["mix", "noise", "generate", "nothing"]))
        body = draw(
            st.dictionaries(st.sampled_from(["seed", "weights", "class_name", "a", "t", "x"]), JUNK, max_size=4)
        )
        return Case(f"gradio_api/call/v2/{name}", as_json(body), call=name)
    if kind == "upload":
        files = pictures.usable() | pictures.refused()
        name = draw(st.sampled_from(sorted(files)))
        data = files[name]
        if draw(st.booleans()) and len(data) < 100_000:  # a few bytes changed
            for place, byte in draw(st.lists(st.tuples(st.integers(0, max(0, len(data) - 1)), st.integers(0, 255)))):
                data = data[:place] + bytes([byte]) + data[place + 1 :]
        shown = draw(st.sampled_from([name, *TEXTS[:-1]]))
        return Case("", upload=(shown.encode("utf-8", "replace").decode() or "x", data))
    if kind == "post":
        path = draw(st.sampled_from(POSTS))
        body = draw(
            st.one_of(
                st.sampled_from(RAW),
                JUNK.map(as_json),
                st.dictionaries(
                    st.sampled_from(
                        ["data", "session_hash", "fn_index", "event_id", "component_id", "fn_name", "prompt", "code"]
                    ),
                    JUNK,
                    max_size=6,
                ).map(as_json),
            )
        )
        return Case(f"gradio_api/{path}", body, draw(st.sampled_from(TYPES)))
    path = draw(st.sampled_from(GETS))
    query = httpx.QueryParams(
        {
            name: draw(st.sampled_from(TEXTS[:-3])).encode("utf-8", "replace").decode()
            for name in ("session_hash", "page", "x")
        }
    )
    return Case(f"gradio_api/{path}" + (f"?{query}" if draw(st.booleans()) else ""))


# ---- counting --------------------------------------------------------------------------------------------------------
def memory_mb(pid: int, what: str = "VmRSS") -> float:
    """A process's memory now, or at its peak (VmHWM)."""
    status = Path(f"/proc/{pid}/status").read_text()
    return int(re.search(rf"{what}:\s+(\d+) kB", status)[1]) / 1024


def forget_peak(pid: int) -> None:
    """Let the peak start anew from the memory in use."""
    Path(f"/proc/{pid}/clear_refs").write_text("5")


def judge(case: Case, status: int, text: str, seen: Findings) -> None:
    """Count what an answer does wrong."""
    seen.answers[status] += 1
    refusals = [line for line in text.splitlines() if '"success":false' in line or '"error":' in line[:200]]
    told = text if status != 200 else "\n".join(refusals)
    wrong = []
    if status >= 500 or OUR_FAULT in told:
        seen.errors += 1
        wrong.append("a fault of ours")
    if (found := LEAKS.search(told)) or len(told) > LONGEST_ERROR:
        seen.leaks += 1
        wrong.append(f"leak {found[0] if found else 'of length'}")
    if wrong:
        seen.bad.append(f"{', '.join(wrong)}: {case.path} {status} {(case.body or b'')[:300]!r} -> {told[:300]!r}")


def tracebacks(log: str) -> list[str]:
    """Those in a server's log."""
    return log.split("Traceback (most recent call last):")[1:]


def fuzz(url: str, pid: int, log: Path, cases: int, seed: int) -> dict[str, Any]:
    """Send that many requests to the app at `url` and count what goes wrong; `fuzz_bad` describes it.

    pid: the app's process; log: where it writes what it has to say.

    Raises SystemExit if the server does not answer a good request in the end as it did in the beginning.
    """
    target, seen, numbers = Target(url), Findings(), iter(range(10**9))
    prefix = f"{seed:x}-{uuid.uuid4().hex[:6]}"

    def good() -> list[object]:
        event = next(event for event in target.events if event["api_name"] == "generate")
        _, text = target.answer(queued(target.good(event), f"{prefix}-good-{next(numbers)}"))
        return re.findall(r"data:image/png;base64,[^\"]+", text)

    for event in target.events:  # warm: what is loaded once is loaded now
        target.answer(queued(target.good(event), f"{prefix}-warm-{next(numbers)}"))
    before, config, start = good(), strip(target.config()), time.perf_counter()
    forget_peak(pid)
    memory = memory_mb(pid)

    @seeded(seed)
    @settings(
        max_examples=cases,
        deadline=None,
        database=None,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    @given(st.data())
    def run(data: st.DataObject) -> None:
        case = data.draw(requests(target, f"{prefix}-{next(numbers)}"))
        seen.cases += 1
        try:
            judge(case, *target.answer(case), seen)
        except httpx.HTTPError as error:
            seen.unanswered += 1
            seen.bad.append(f"no answer ({error!r}): {case.path} {(case.body or b'')[:300]!r}")

    run()
    seconds = time.perf_counter() - start
    if before != good() or not before or config != strip(target.config()):
        raise SystemExit("after the requests the server does not answer as it did before")
    seen.bad += (found := tracebacks(log.read_text(errors="replace")))
    return {
        "fuzz_cases": seen.cases,
        "fuzz_500s": seen.errors,
        "fuzz_leaks": seen.leaks,
        "fuzz_tracebacks": len(found),
        "fuzz_unanswered": seen.unanswered,
        "fuzz_rss_mb": round(memory_mb(pid, "VmHWM") - memory, 1),
        "fuzz_cases_per_s": round(seen.cases / seconds, 1),
        "fuzz_answers": dict(seen.answers),
        "fuzz_bad": seen.bad,
    }


def strip(config: dict) -> dict:
    """What must not change of the page's configuration."""
    return {"components": config["components"], "dependencies": config["dependencies"]}


def fuzz_app(cases: int, seed: int) -> dict[str, Any]:
    """fuzz, of an app started for it."""
    with tempfile.TemporaryDirectory() as folder:
        log = Path(folder) / "log.txt"
        with server(["app.py"], log) as (url, pid):
            return fuzz(url, pid, log, cases, seed)


def main(argv: Sequence[str] | None = None) -> None:
    parser = Parser(prog="python -m benchmarks.fuzz", description=__doc__)
    parser.add_argument("--cases", type=int, default=5000, help="how many requests")
    parser.add_argument("--seed", type=int, default=0, help="of the requests")
    parser.add_argument(
        "--json", type=writable, metavar="FILE.json", help="where to write the figures under flat names"
    )
    args = parser.parse_args(argv)
    figures = fuzz_app(args.cases, args.seed)
    print("\n".join(figures.pop("fuzz_bad")))
    print("\n".join(f"{name:18} {value}" for name, value in figures.items()))
    if args.json:
        Path(args.json).write_text(json.dumps(figures, indent=1))


if __name__ == "__main__":
    main()
