"""Two copies of the app behind nginx, configured as docs/hosting.md says; one dies while it draws."""

import os
import re
import shutil
import urllib.request
import uuid
from contextlib import ExitStack, suppress
from dataclasses import dataclass
from subprocess import Popen

import pytest
from browsing import fill, open_tab
from gradio_client import Client
from playwright.sync_api import expect
from server import free_port, serving
from tiny import ROOT, unavailable

LOST = "The connection to the server was lost"
pytestmark = pytest.mark.slow


@dataclass
class Copies:
    """The balancer's URL, and of each copy its process and a cookie that leads to it."""

    url: str
    servers: list[Popen]
    cookies: list[str]


def app_id(url: str, cookie: str = "") -> bytes:
    request = urllib.request.Request(f"{url}gradio_api/app_id", headers={"Cookie": f"copy={cookie}"})
    return urllib.request.urlopen(request).read()


def configuration(folder, port: int, apps: list[str]) -> str:
    """That of docs/hosting.md, on that port and for these copies, with all that nginx writes in that folder."""
    (shown,) = re.findall(r"```nginx\n(.*?)```", (ROOT / "docs" / "hosting.md").read_text(encoding="utf-8"), re.DOTALL)
    own = {"listen 8080": f"listen 127.0.0.1:{port}"}
    own |= {f"127.0.0.1:{7861 + i}": app.removeprefix("http://").rstrip("/") for i, app in enumerate(apps)}
    for told, real in own.items():
        assert shown.count(told) == 1
        shown = shown.replace(told, real)
    temporary = [f"{what}_temp_path {folder}/{what};" for what in ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")]
    return (
        f"daemon off; master_process off; pid {folder}/pid; events {{}}\n"
        f"http {{ access_log off; {' '.join(temporary)}\n{shown} }}"
    )


@pytest.fixture
def copies(tmp_path):
    nginx = shutil.which("nginx", path=f"{os.environ['PATH']}:/usr/sbin")
    if nginx is None:
        unavailable("nginx is not installed")
    with ExitStack() as stack:
        apps = []
        for name in ("first", "second"):
            (tmp_path / name).mkdir()
            apps.append(stack.enter_context(serving(tmp_path / name / "log.txt")))
        port = free_port()
        (tmp_path / "nginx.conf").write_text(configuration(tmp_path, port, [url for url, _ in apps]))
        balancer = Popen([nginx, "-c", tmp_path / "nginx.conf", "-e", tmp_path / "error.log"])
        stack.callback(balancer.wait, 10)
        stack.callback(balancer.terminate)
        url = f"http://127.0.0.1:{port}/"
        leads_to = {}
        while len(leads_to) < 2:
            assert balancer.poll() is None, (tmp_path / "error.log").read_text()
            with suppress(OSError):  # it has only just been started
                cookie = uuid.uuid4().hex
                leads_to.setdefault(app_id(url, cookie), cookie)
        yield Copies(url, [server for _, server in apps], [leads_to[app_id(own)] for own, _ in apps])


def visit(browser, copies: Copies, i: int):
    """Somebody on the tab of the race, whose cookie leads to copy i, and what their browser complains about."""
    context = browser.new_context()
    context.add_cookies([{"name": "copy", "value": copies.cookies[i], "url": copies.url}])
    page, complaints = context.new_page(), []
    page.on("console", lambda m: complaints.append(m.text) if m.type in ("error", "warning") else None)
    page.on("pageerror", lambda e: complaints.append(str(e)))
    page.add_init_script("try { localStorage.setItem('engine', 'server') } catch {}")
    page.goto(copies.url)
    open_tab(page, "DDPM vs DDIM")
    page.get_by_label("number input for steps of lane 1").wait_for()
    return page, complaints


def race(page) -> None:
    page.get_by_role("button", name="Race", exact=True).click()
    page.wait_for_function("document.querySelector('#race .lane:has(.live) progress')?.value > 0", timeout=60_000)


def test_a_copy_dies_while_it_draws(browser, copies):
    mine, _ = visit(browser, copies, 0)
    theirs, complaints = visit(browser, copies, 1)
    for page, seed in ((mine, 7), (theirs, 8)):
        fill(page, "sprites", 3)
        page.get_by_label("seed", exact=True).last.fill(str(seed))
        page.get_by_label("seed", exact=True).last.press("Tab")
        race(page)
    fill(mine, "steps of lane 2", 33)  # already for the next race
    copies.servers[0].kill()

    mine.get_by_text(LOST).wait_for(timeout=60_000)
    mine.get_by_role("button", name="OK", exact=True).click()
    assert mine.get_by_text(LOST).count() == 0
    for label, value in (("sprites", "3"), ("steps of lane 1", "500"), ("steps of lane 2", "33")):
        expect(mine.get_by_label(f"number input for {label}")).to_have_value(value)
    expect(mine.get_by_label("seed", exact=True).last).to_have_value("7")
    race(mine)
    mine.wait_for_selector("#race .plots:not([hidden])", timeout=120_000)
    assert mine.locator("#race .nfe").all_inner_texts() == ["500", "33"]

    theirs.wait_for_selector("#race .plots:not([hidden])", timeout=120_000)
    assert theirs.locator("#race .nfe").all_inner_texts() == ["500", "25"]
    assert theirs.get_by_text(LOST).count() == 0 and [c for c in complaints if "ERR_ABORTED" not in c] == []
    for page in (mine, theirs):
        page.context.close()

    run, _ = Client(copies.url, verbose=False).predict(num_inference_steps=3, api_name="/generate")
    assert run["nfe"] == 3  # a program keeps no cookies
