"""Two copies of the app behind nginx, configured as the README says; one dies while it draws."""

import re
import shutil
import subprocess
import urllib.request
from contextlib import ExitStack
from dataclasses import dataclass
from subprocess import Popen

import pytest
from browsing import choose, fill, open_tab
from serving import free_port, serving
from tiny import ROOT

LOST = "The server went away while it worked for you"
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


@pytest.fixture
def copies(tmp_path):
    nginx = shutil.which("nginx", path="/usr/sbin:/usr/bin:/usr/local/sbin:/usr/local/bin")
    if nginx is None:
        pytest.skip("nginx is not installed")
    with ExitStack() as stack:
        apps = [stack.enter_context(serving(tmp_path / f"{i}" / "log.txt")) for i in range(2) if not (tmp_path / f"{i}").mkdir()]
        port, (shown,) = free_port(), re.findall(r"```nginx\n(.*?)```", (ROOT / "README.md").read_text(), re.DOTALL)
        for told, real in (("127.0.0.1:7861", apps[0][0]), ("127.0.0.1:7862", apps[1][0])):
            assert told in shown
            shown = shown.replace(told, real.removeprefix("http://").rstrip("/"))
        shown = shown.replace("listen 8080", f"listen 127.0.0.1:{port}")
        kept = "".join(f"{what}_temp_path {tmp_path}/{what};" for what in ("client_body", "proxy", "fastcgi", "uwsgi", "scgi"))
        (tmp_path / "nginx.conf").write_text(
            f"daemon off; master_process off; pid {tmp_path}/pid; error_log {tmp_path}/error.log; events {{}}\n"
            f"http {{ access_log off; {kept}\n{shown} }}"
        )
        balancer = Popen([nginx, "-p", tmp_path, "-c", tmp_path / "nginx.conf", "-e", tmp_path / "error.log"])
        stack.callback(balancer.wait, 10)
        stack.callback(balancer.terminate)
        url = f"http://127.0.0.1:{port}/"
        ids = {app_id(own): i for i, (own, _) in enumerate(apps)}
        cookies = {}
        for n in range(50):
            cookies.setdefault(ids[app_id(url, str(n))], str(n))
        yield Copies(url, [server for _, server in apps], [cookies[0], cookies[1]])
