"""What people see when others are drawing: a place in the queue, a sentence when it is full, and cheap work at once."""

import json
import threading
import urllib.error
import urllib.request

import pytest
from browsing import import_modules, open_tab
from server import serving

from serving.runs import RUNS

pytestmark = pytest.mark.timed
SMALL_QUEUE = "import app; app.demo.queue(max_size=2); app.main()"
LONG = [{"hero": 1}, 16, 0, "ddpm", 500, 1, "embedding", 0, "cosine", "trailing", "sprites"]


@pytest.fixture
def small_queue(tmp_path):
    """The app with room for two waiting events: what a page does when it opens, reading its link and a first run."""
    with serving(tmp_path / "log.txt", command=("-c", SMALL_QUEUE)) as (url, _):
        yield url


def post(url, body):
    request = urllib.request.Request(url, json.dumps(body).encode(), {"Content-Type": "application/json"})
    return json.loads(urllib.request.urlopen(request, timeout=20).read())


def draw(url, session, until):
    """Draw for a long time, as a program does, and leave when `until` is set; the event returned says it has begun."""
    config = json.loads(urllib.request.urlopen(url + "config", timeout=20).read())
    (event,) = (each["id"] for each in config["dependencies"] if each["api_name"] == "generate")
    post(url + "gradio_api/queue/join", {"fn_index": event, "session_hash": session, "data": LONG})

    def listen():
        with urllib.request.urlopen(f"{url}gradio_api/queue/data?session_hash={session}", timeout=60) as stream:
            for message in stream:
                if b"process_starts" in message:
                    begun.set()
                if until.is_set():
                    break

    begun = threading.Event()
    threading.Thread(target=listen, daemon=True).start()
    return begun


def test_the_queue_as_people_see_it(browser, small_queue):
    page, other, enough = browser.new_page(), browser.new_page(), threading.Event()
    for each in (page, other):
        each.add_init_script(
            "try { localStorage.setItem('engine', 'server') } catch {}"
        )  # who draws by itself waits for none
        each.goto(small_queue)
        open_tab(each, "Denoising")
        each.wait_for_selector("#denoising .index:enabled", timeout=30_000)
    for i in range(RUNS):
        assert draw(small_queue, f"program{i}", enough).wait(20)

    page.get_by_role("button", name="Generate", exact=True).click()
    page.locator("#denoising-queue").get_by_text("Waiting, number 1 of 1 in line").wait_for(timeout=20_000)
    draw(small_queue, "waiting", enough)
    other.get_by_role("button", name="Generate", exact=True).click()
    other.get_by_text("This application is currently busy. Please try again.").first.wait_for(timeout=20_000)
    with pytest.raises(urllib.error.HTTPError, match="503"):
        draw(small_queue, "late", enough)

    open_tab(other, "Noising")  # what needs little of the network is answered all the same
    other.locator("#noising .t").fill("123")
    other.locator("#noising .with-class[aria-label*='timestep 123,']").wait_for(timeout=20_000)
    open_tab(other, "Mixing")
    other.get_by_text("The full quality did not arrive").wait_for(timeout=20_000)

    enough.set()  # the others leave: the one in the queue is served, and the refused one asks again
    page.wait_for_function("document.querySelector('#denoising-queue .words').textContent === ''", timeout=60_000)
    other.get_by_role("button", name="another seed").click()
    other.wait_for_selector("#mixing .sheet canvas", timeout=60_000)


def test_the_queue_in_words(browser, app_url):
    """What assets/queue.js makes of Gradio's words."""
    page = browser.new_page()
    import_modules(page, app_url, "assets/queue.js")
    for text, words in (
        ("queue: 2/3 | 1.0/4.0s", "Waiting, number 2 of 3 in line: 1.0 s of about 4.0 s"),
        ("queue: 1/1 | 0.3s", "Waiting, number 1 of 1 in line: 0.3 s"),
        ("processing | 0.8/2.6s", "Drawing: 0.8 s of about 2.6 s"),
        ("processing | 3.1/2.6s", "Drawing: 3.1 s"),  # it takes longer than it was thought to
        ("0.1s", "Drawing: 0.1 s"),
        ("", ""),
    ):
        assert page.evaluate("text => queue.queueWords(text)", text) == words
    page.close()
