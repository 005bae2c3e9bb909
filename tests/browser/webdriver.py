"""Firefox and WebKitGTK, driven by the W3C's WebDriver commands, which both speak without any software beside them.

Playwright drives only builds of its own. A Page here has those of its methods that the tests need.
"""

import json
import os
import shutil
import socket
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from subprocess import DEVNULL, PIPE, STDOUT, Popen

from server import free_port
from tiny import unavailable, until

MINI_BROWSER = "webkit2gtk-4.*/MiniBrowser"  # below /usr/lib/<architecture>
TIMEOUTS = {"script": 90_000, "pageLoad": 90_000, "implicit": 90_000}  # ms
ELEMENT = "element-6066-11e4-a52e-4f735466cecf"  # the W3C's name for a reference to one
WAIT = """
const done = arguments[0];
(function look() {
    let found;
    try { found = %s } catch (error) { found = null }
    if (found) done(found); else setTimeout(look, 50);
})()"""

Command = Callable[[str, dict], object]  # a WebDriver command by its name in Marionette, and what it answers


class Page:
    """A browser's only page."""

    def __init__(self, command: Command) -> None:
        self._command = command

    def goto(self, url: str) -> None:
        self._command("Navigate", {"url": url})

    def evaluate(self, expression: str) -> object:
        return self._command("ExecuteScript", {"script": f"return ({expression})", "args": []})

    def wait_for_function(self, expression: str) -> object:
        """What the expression gives once it is true; a RuntimeError after TIMEOUTS."""
        try:
            return self._command("ExecuteAsyncScript", {"script": WAIT % expression, "args": []})
        except RuntimeError as error:
            raise RuntimeError(f"not true in time: {expression}") from error

    def click(self, selector: str) -> None:
        self._command("ElementClick", {"id": self._element("css selector", selector)})

    def click_button(self, name: str) -> None:
        self._command("ElementClick", {"id": self._element("xpath", f"//button[normalize-space()={json.dumps(name)}]")})

    def press(self, selector: str, keys: str) -> None:
        self._command("ElementSendKeys", {"id": self._element("css selector", selector), "text": keys})

    def _element(self, using: str, value: str) -> str:
        return self._command("FindElement", {"using": using, "value": value})[ELEMENT]  # waits for it, see TIMEOUTS


@contextmanager
def process(*args: object, **options: object) -> Iterator[Popen]:
    started = Popen([str(arg) for arg in args], stdin=DEVNULL, **options)
    try:
        yield started
    finally:
        started.terminate()
        started.wait(20)


def found(*names: str) -> str:
    """The first of these programs that is installed; without any the test cannot run."""
    return next(filter(None, map(shutil.which, names)), None) or unavailable(f"{names[0]} is not installed")


@contextmanager
def firefox(folder: Path) -> Iterator[Page]:
    """Marionette, Firefox's own form of WebDriver: JSON over a socket, each message after its length and a colon."""
    (folder / "user.js").write_text('user_pref("marionette.port", 0);\n')  # a free one, which it writes into a file
    port = folder / "MarionetteActivePort"
    with ExitStack() as stack:
        log = stack.enter_context((folder / "log.txt").open("w"))
        args = (found("firefox-esr", "firefox"), "--headless", "--marionette", "--no-remote", "--profile", folder)
        browser = stack.enter_context(process(*args, stdout=log, stderr=STDOUT))
        until(lambda: (port.exists() and port.read_text()) or browser.poll() is not None, "Firefox to listen")
        connection = stack.enter_context(socket.create_connection(("127.0.0.1", int(port.read_text()))))
        connection.settimeout(120)
        stream = stack.enter_context(connection.makefile("rb"))

        def read() -> list | dict:
            length = b""
            while (byte := stream.read(1)) not in (b":", b""):  # or it has ended
                length += byte
            return json.loads(stream.read(int(length)))

        def command(name: str, arguments: dict) -> object:
            message = json.dumps([0, 1, f"WebDriver:{name}", arguments]).encode()
            connection.sendall(b"%d:%b" % (len(message), message))
            _, _, error, answer = read()
            if error:
                raise RuntimeError(error["message"])
            return answer.get("value")

        read()  # a greeting
        command("NewSession", {})
        command("SetTimeouts", TIMEOUTS)
        command("SetWindowRect", {"width": 1280, "height": 1000})
        yield Page(command)


WEBKIT_PATHS = {
    "Navigate": "url",
    "ExecuteScript": "execute/sync",
    "ExecuteAsyncScript": "execute/async",
    "FindElement": "element",
    "ElementClick": "element/{id}/click",
    "ElementSendKeys": "element/{id}/value",
    "SetTimeouts": "timeouts",
    "SetWindowRect": "window/rect",
}


@contextmanager
def webkit(folder: Path) -> Iterator[Page]:
    """WebKitGTK's small browser on a screen of its own, by WebDriver over HTTP."""
    driver, screen = found("WebKitWebDriver"), found("Xvfb")
    mini_browser = next(Path("/usr/lib").glob(f"*/{MINI_BROWSER}"), None) or unavailable("there is no MiniBrowser")
    with ExitStack() as stack:
        size = ("-screen", "0", "1280x1000x24", "-nolisten", "tcp")
        display = stack.enter_context(process(screen, "-displayfd", 1, *size, stdout=PIPE, stderr=DEVNULL))
        number = display.stdout.readline().decode().strip()
        log, port = stack.enter_context((folder / "log.txt").open("w")), free_port()
        env = os.environ | {"DISPLAY": f":{number}", "HOME": str(folder), "LIBGL_ALWAYS_SOFTWARE": "1"}
        stack.enter_context(process(driver, f"--port={port}", env=env, stdout=log, stderr=STDOUT))

        def ask(path: str, body: dict | None = None, method: str | None = None) -> object:
            data = None if body is None else json.dumps(body).encode()
            request = urllib.request.Request(f"http://127.0.0.1:{port}/{path}", data, method=method)
            try:
                with urllib.request.urlopen(request, timeout=120) as answer:
                    return json.load(answer)["value"]
            except urllib.error.HTTPError as error:
                raise RuntimeError(json.load(error)["value"]["message"]) from error

        def ready() -> bool:
            try:
                return ask("status")["ready"]
            except OSError:
                return False

        until(ready, "WebKitWebDriver to listen")
        options = {"binary": str(mini_browser), "args": ["--automation"]}
        wanted = {"capabilities": {"alwaysMatch": {"webkitgtk:browserOptions": options}}}
        session = f"session/{ask('session', wanted)['sessionId']}"
        stack.callback(ask, session, method="DELETE")

        def command(name: str, arguments: dict) -> object:
            return ask(f"{session}/{WEBKIT_PATHS[name].format(**arguments)}", arguments)

        command("SetTimeouts", TIMEOUTS)
        command("SetWindowRect", {"width": 1280, "height": 1000})
        yield Page(command)


BROWSERS = {"firefox": firefox, "webkit": webkit}
