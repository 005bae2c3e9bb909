"""python -m benchmarks.load: what do many people at once get from one machine, and does anything grow?

1. How the cores are best shared: sprites a second of four runs at once, in turns, a core each, all at once.
2. People: each does what people do on the page (ACTIONS), with pauses, over HTTP as the page does it. Server and people
   are separate processes of this machine. With 32 of them a real Chromium drags the noising slider, too. Some of them
   (--here) have the networks in their page, which fetches them once, and then asks for nothing.
3. Soak: 2,000 requests of sessions that come and go; memory, files and threads after the first 100 and at the end.
4. Fuzz: benchmarks.fuzz.
"""

from __future__ import annotations

import asyncio
import base64
import json
import os
import random
import re
import statistics
import sys
import tempfile
import threading
import time
from collections import defaultdict
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass, field, replace
from pathlib import Path

import httpx

from core.cli import Parser, writable

from .fuzz import fuzz_app
from .page import server

DECK = {"look": 7, "drag": 4, "denoise": 4, "generate": 4, "race": 1}  # of every 20 actions of a person
ACTIONS = {
    "look": "what the network makes out in a noisy sprite",
    "drag": "ten live sprites of the mixing lesson, one after the other",
    "denoise": "one sprite, DDIM, 50 steps, with its whole path",
    "generate": "16 sprites, DDIM, 25 steps",
    "race": "8 sprites, DDPM-500 against DDIM-25",
}
PAUSE = 4.0  # seconds between a person's actions, on average
PATIENCE = 180.0  # seconds, after which an answer counts as failed
DRAGGED_WITH = 32  # people
SOAK_AFTER = 100  # requests
NETWORK = ("tabs/networks.json", "tabs/networks/sprites.plan.json", "tabs/networks/sprites.safetensors")
CLASSES = ("hero", "non-hero", "food", "spell", "side-facing")


class Refused(Exception):
    """The queue is full."""


@dataclass
class Record:
    """What happened. times: seconds by action; runs: (joined, place in the queue, started) of each line's runs.

    done: actions that a page did itself.
    """

    times: dict[str, list[float]] = field(default_factory=lambda: defaultdict(list))
    done: int = 0
    refused: int = 0
    failed: list[str] = field(default_factory=list)
    runs: dict[str, list[tuple[float, int, float]]] = field(default_factory=lambda: defaultdict(list))


class App:
    """The running app, as the page sees it: its events and components by name."""

    def __init__(self, url: str) -> None:
        self.url = url.rstrip("/")
        config = httpx.get(f"{self.url}/config", timeout=30).json()
        self.components = {c["props"]["elem_id"]: c["id"] for c in config["components"] if c["props"].get("elem_id")}
        by_name = {d["api_name"]: d["id"] for d in config["dependencies"]}
        self.look, self.generate = by_name["noising_ask"], by_name["mixing_draw"]
        self.denoise, self.race = by_name["denoising_run"], by_name["race_run"]


class Person:
    """Somebody with a page open.  here: which runs the networks itself."""

    def __init__(self, app: App, client: httpx.AsyncClient, record: Record, seed: int, here: bool = False) -> None:
        self.app, self.client, self.record, self.here = app, client, record, here
        self.random = random.Random(seed)
        self.session = f"person{seed}x{self.random.randrange(10**9)}"

    async def live(self, until: float) -> None:
        """Open the page, then do one thing after another, with pauses."""
        deck: list[str] = []
        await asyncio.sleep(self.random.uniform(0, PAUSE))
        await self.timed("first page", self.visit())
        if self.here:
            await self.timed("networks", self.fetch())
        while time.perf_counter() < until:
            deck = deck or self.random.sample(list(DECK), counts=list(DECK.values()), k=sum(DECK.values()))
            action = deck.pop()
            if self.here:
                self.record.done += 1
            else:
                await self.timed(action, getattr(self, action)())
            await asyncio.sleep(self.random.expovariate(1 / PAUSE))

    async def timed(self, action: str, work) -> None:
        start = time.perf_counter()
        try:
            await asyncio.wait_for(work, PATIENCE)
            self.record.times[action].append(time.perf_counter() - start)
        except Refused:
            self.record.refused += 1
        except Exception as error:
            self.record.failed.append(f"{action}: {type(error).__name__} {error}")

    async def post(self, path: str, body: dict) -> dict:
        response = await self.client.post(f"{self.app.url}/gradio_api/{path}", json=body)
        if response.status_code == 503:
            raise Refused
        response.raise_for_status()
        return response.json()

    async def queued(self, event: int, data: list, event_data: object = None) -> dict:
        """An event through the queue, to its end."""
        body = {"fn_index": event, "data": data, "event_data": event_data, "session_hash": self.session}
        joined, place, started = time.perf_counter(), 0, None
        await self.post("queue/join", body)
        stream = self.client.stream(
            "GET", f"{self.app.url}/gradio_api/queue/data", params={"session_hash": self.session}
        )
        async with stream as lines:
            async for line in lines.aiter_lines():
                message = json.loads(line[6:]) if line.startswith("data: ") else {}
                if message.get("msg") == "estimation" and place == 0:
                    place = message["rank"] + 1
                if message.get("msg") == "process_starts":
                    started = time.perf_counter()
                    self.record.runs["race" if event == self.app.race else "model"].append((joined, place, started))
                if message.get("msg") == "process_completed":
                    if not message["success"]:
                        raise RuntimeError(message["output"])
                    return message["output"]
        raise RuntimeError("the answer did not come")

    def seed(self) -> int:
        return self.random.randrange(2**31)

    def mix(self) -> dict[str, object]:
        weights = {name: round(self.random.random(), 2) for name in CLASSES}
        return {"weights": weights, "guidance_scale": 1, "seed": self.seed(), "mixing": "embedding"}

    async def look(self) -> None:
        about = {"pixels": base64.b64encode(bytes(768)).decode(), "seed": self.seed(), "schedule": "cosine"}
        about |= {"request": 1, "t": self.random.randint(1, 500), "weights": "hero"}
        body = {"fn_index": self.app.look, "data": [], "session_hash": self.session}
        await self.post("run/predict", body | {"event_data": about})

    async def drag(self) -> None:
        seed = self.seed()
        for _ in range(10):
            body = {
                "data": self.mix() | {"seed": seed},
                "component_id": self.app.components["mixing"],
                "fn_name": "preview",
            }
            while (await self.post("component_server", body | {"session_hash": self.session})).get("busy"):
                await asyncio.sleep(0.04)  # as the page does

    async def denoise(self, steps: int = 50) -> None:
        name = self.random.choice(CLASSES)
        await self.queued(self.app.denoise, [name, "sprites", "ddim", steps, 1, self.seed(), 0, 1, "cosine"])

    async def generate(self) -> None:
        answer = await self.queued(self.app.generate, [], {"what": "sheet", "request": 1, **self.mix()})
        if '"error"' in json.dumps(answer):
            raise RuntimeError(answer)

    async def race(self) -> None:
        lanes = ["ddpm", "sprites", 500, 0, "ddim", "sprites", 25, 0, *["none", "sprites", 10, 0] * 2]
        await self.queued(self.app.race, ["hero", 8, self.seed(), None, *lanes])

    async def visit(self) -> str:
        page = await self.client.get(f"{self.app.url}/")
        page.raise_for_status()
        return page.text

    async def fetch(self) -> None:
        """What a page fetches that runs the first network."""
        root = re.search(r"\./(static/\w+/)", await self.visit())
        assert root is not None
        for path in ("assets/engine/worker.js", "assets/engine/relaxed.wasm", *NETWORK):
            (await self.client.get(f"{self.app.url}/{root[1]}{path}")).raise_for_status()

    async def leave(self) -> None:
        """Start a long race and go away."""
        with suppress(TimeoutError):
            await asyncio.wait_for(self.race(), 0.5)


# ---- people ----------------------------------------------------------------------------------------------------------
async def crowd(app: App, people: int, seconds: float, drag: bool, here: float = 0) -> tuple[Record, str | None]:
    """That many people for that long, then until the last of them has what they asked for.

    here: the share of them whose page runs the networks itself.
    """
    record, dragged = Record(), None
    limits = httpx.Limits(max_connections=None, max_keepalive_connections=None)
    async with httpx.AsyncClient(timeout=PATIENCE, limits=limits) as client:
        until = time.perf_counter() + seconds
        crowded = [Person(app, client, record, i, here=i < round(here * people)) for i in range(people)]
        living = [asyncio.create_task(person.live(until)) for person in crowded]
        if drag:
            await asyncio.sleep(seconds / 3)
            dragged = await drag_meanwhile(app.url)
        await asyncio.gather(*living)
    return record, dragged


async def drag_meanwhile(url: str) -> str:
    """What a Chromium measures that drags the noising slider now, in a process of its own."""
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "benchmarks.load", "--drag", url, stdout=asyncio.subprocess.PIPE
    )
    output, _ = await process.communicate()
    return output.decode().strip()


def drag(url: str) -> str:
    """Latency of the noising slider in a Chromium, and how many requests the dragging makes."""
    from playwright.sync_api import sync_playwright

    from .page import FLAGS, chromium, latencies

    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium(), args=FLAGS)
        page, requests = browser.new_page(viewport={"width": 1280, "height": 900}), []
        page.add_init_script("try { localStorage.setItem('engine', 'server') } catch {}")
        page.goto(url)
        page.wait_for_selector("#noising .t:enabled", timeout=120_000)
        page.wait_for_timeout(2000)
        page.on("request", lambda request: requests.append(request.url))
        times = latencies(page, "#noising .t", None, 60)
        browser.close()
    return f"median {statistics.median(times):.1f} ms, 95 % below {p95(times):.1f} ms, {len(requests)} requests"


def overtaken(runs: Sequence[tuple[float, int, float]]) -> int:
    """By how many later runs of its line, at most, a run was overtaken: too many started before it for its place."""
    starts = [started for _, _, started in runs]
    return max(
        (sum(joined < other < started for other in starts) - place for joined, place, started in runs), default=0
    )


def p95(times: Sequence[float]) -> float:
    return statistics.quantiles(times, n=20, method="inclusive")[-1] if len(times) > 1 else times[0]


def evaluations(log: Path) -> int:
    """Of the network, all that the server's log tells of."""
    return sum(map(int, re.findall(r" nfe=(\d+)", log.read_text())))


def load(url: str, log: Path, numbers: Sequence[int], seconds: float, shares: Sequence[float]) -> dict[str, float]:
    """People by number, and each number by the share that runs the networks itself; prints a table for each and returns
    the figures."""
    app, figures = App(url), {"errors": 0, "refused": 0}
    asyncio.run(crowd(app, 2, 10, False))  # the first of everything
    print(f"dragging with nobody else there: {drag(url)}")
    for people, here in [(people, here) for people in numbers for here in shares]:
        before = evaluations(log)
        record, dragged = asyncio.run(crowd(app, people, seconds, people == DRAGGED_WITH and not here, here))
        nfe = evaluations(log) - before
        figures["errors"] += len(record.failed)
        figures["refused"] += record.refused
        done = record.done + sum(map(len, record.times.values()))
        told = f", {here:.0%} of them with the networks in their page" if here else ""
        print(f"{people} people{told}: {done} done, {record.done} of these by their pages, ", end="")
        print(f"{nfe} evaluations on the server, ", end="")
        print(f"{record.refused} refused (the queue was full), {len(record.failed)} failed")
        for reason in sorted(set(record.failed))[:5]:
            print(f"  {reason[:200]}")
        for action in ("first page", "networks", *DECK):
            if times := record.times[action]:
                print(f"  {action:12}{len(times):5}   p50 {statistics.median(times):6.2f} s   p95 {p95(times):6.2f} s")
        most = max([0, *map(overtaken, record.runs.values())])
        print(f"  no run was overtaken by more than {most} of its line that came later")
        if dragged:
            print(f"  dragging meanwhile: {dragged}")
        name = f"{people}_here_{round(100 * here)}" if here else f"{people}"
        figures[f"nfe_{name}"] = nfe
        if times := record.times["generate"]:
            figures[f"generate_p50_s_{name}"] = statistics.median(times)
            figures[f"generate_p95_s_{name}"] = p95(times)
    return figures


# ---- soak ------------------------------------------------------------------------------------------------------------
@dataclass(frozen=True)
class Footprint:
    """A process's resident memory in MB, its threads, and the files in its cache."""

    rss: float
    threads: int
    files: int

    @classmethod
    def of(cls, pid: int) -> Footprint:
        status = dict(line.split(":", 1) for line in Path(f"/proc/{pid}/status").read_text().splitlines())
        environment = Path(f"/proc/{pid}/environ").read_bytes().split(b"\0")
        (folder,) = (v.partition(b"=")[2].decode() for v in environment if v.startswith(b"GRADIO_TEMP_DIR="))
        files = sum(len(names) for _, _, names in os.walk(folder))
        return cls(int(status["VmRSS"].split()[0]) / 1000, int(status["Threads"]), files)


async def soak(app: App, pid: int, requests: int) -> list[tuple[int, Footprint]]:
    """Requests of people who come, ask one thing and go, eight at a time; the footprint after SOAK_AFTER, and on."""
    record, seen = Record(), []
    marks = [SOAK_AFTER, *(requests * k // 4 for k in (1, 2, 3, 4) if requests * k // 4 > SOAK_AFTER)]
    async with httpx.AsyncClient(timeout=PATIENCE) as client:
        for number in range(0, requests, 8):
            people = [Person(app, client, record, number + i) for i in range(8)]
            work = [
                (p.look, p.drag, p.generate, lambda p=p: p.denoise(5), p.look, p.visit, p.look, p.leave) for p in people
            ]
            await asyncio.gather(*(p.timed("soak", work[i][i]()) for i, p in enumerate(people)))
            while len(seen) < len(marks) and number + 8 >= marks[len(seen)]:
                seen.append((marks[len(seen)], Footprint.of(pid)))
    if record.failed or record.refused:
        print(f"  {len(record.failed)} failed, {record.refused} refused: {sorted(set(record.failed))[:3]}")
    return seen


# ---- two cores -------------------------------------------------------------------------------------------------------
def cores() -> None:
    """Sprites a second, 20 DDIM steps, of four runs at once, by how they share the machine."""
    import torch

    from core import GenerateConfig, generate, last
    from core import load as load_model
    from serving.turns import Turns, shared

    threads = torch.get_num_threads()
    print(f"four runs at once on {os.cpu_count()} cores, sprites a second, DDIM-20, medians of 5:")
    ways, model = {}, load_model(device="cpu")
    ways[f"in turns, {threads} threads"] = replace(model, run=Turns(model.run))
    ways["as the app does: a core each"] = replace(model, run=shared(model.run))
    ways[f"all at once, {threads} threads each"] = model
    ways["all at once, 1 thread each"] = replace(model, run=model.run.on_one_core())
    for count in (1, 16):
        config = GenerateConfig(count=count, num_inference_steps=20)
        rates: dict[str, list[float]] = defaultdict(list)
        for _ in range(5):
            for way, model in ways.items():
                work = [
                    threading.Thread(target=lambda m, c: last(generate(m, c)), args=(model, config)) for _ in range(4)
                ]
                start = time.perf_counter()
                for thread in work:
                    thread.start()
                for thread in work:
                    thread.join()
                rates[way].append(4 * count / (time.perf_counter() - start))
        print(f"  {count} {'sprite' if count == 1 else 'sprites'} a run")
        for way, values in rates.items():
            print(f"    {way:48}{statistics.median(values):6.1f}")


def main(argv: Sequence[str] | None = None) -> None:
    parser = Parser(prog="python -m benchmarks.load", description="What many people at once get from one machine.")
    parser.add_argument("--people", type=int, nargs="*", default=[1, 8, 32, 64], help="how many at once (1 8 32 64)")
    parser.add_argument(
        "--here", type=float, nargs="*", default=[0], metavar="SHARE", help="of them, whose page runs the networks (0)"
    )
    parser.add_argument("--seconds", type=float, default=90, help="how long they stay")
    parser.add_argument("--soak", type=int, default=2000, help="requests of the soak; 0 leaves it out")
    parser.add_argument("--fuzz", type=int, default=5000, help="cases of the fuzz; 0 leaves it out")
    parser.add_argument(
        "--json", type=writable, metavar="FILE.json", help="where to write the figures under flat names"
    )
    parser.add_argument("--drag", metavar="URL", help="only drag the noising slider of the app at that address")
    args = parser.parse_args(argv)
    if min(args.people, default=1) < 1 or 0 < args.soak <= SOAK_AFTER or min(args.seconds, args.soak, args.fuzz) < 0:
        parser.error(
            f"--people must be at least 1, --soak 0 or more than {SOAK_AFTER}, --seconds and --fuzz not negative"
        )
    if not all(0 <= share <= 1 for share in args.here):
        parser.error(f"--here must be from 0 to 1; got {args.here}")
    if args.drag:
        return print(drag(args.drag))
    cores()
    with tempfile.TemporaryDirectory() as folder:
        log = Path(folder) / "log"
        with server(["app.py"], log) as (url, _):
            figures = load(url, log, args.people, args.seconds, args.here)
    if args.soak:
        with server(["app.py"]) as (url, pid):
            seen = asyncio.run(soak(App(url), pid, args.soak))
        figures["soak_rss_growth_mb"] = seen[-1][1].rss - seen[0][1].rss
        print("soak: requests, resident MB, threads, files in the cache")
        for requests, now in seen:
            print(f"  {requests:5} {now.rss:6.0f} {now.threads:3} {now.files:3}")
    if args.fuzz:
        found = fuzz_app(args.fuzz, seed=0)
        print(*found.pop("fuzz_bad"), sep="\n")
        print("fuzz: " + ", ".join(f"{name} {value}" for name, value in found.items()))
        figures |= found
    if args.json:
        Path(args.json).write_text(json.dumps(figures, indent=1))


if __name__ == "__main__":
    main()
