"""Who asks for sprites and never fetches them neither fills the memory nor keeps the network busy."""

import json
import threading
import time
import urllib.request

import pytest
from serving import serving

IMPATIENT = "import tabs.listeners; tabs.listeners.PATIENCE = 1; import app; app.main()"
LONG = {"weights": {"hero": 1}, "count": 16, "sampler": "ddpm", "num_inference_steps": 500}


@pytest.fixture
def impatient(tmp_path):
    """The app, which waits for a second for those who do not listen: its address and its log."""
    with serving(tmp_path / "log.txt", command=("-c", IMPATIENT)) as (url, _):
        yield url, tmp_path / "log.txt"


def post(url, body):
    request = urllib.request.Request(url, json.dumps(body).encode(), {"Content-Type": "application/json"})
    return json.loads(urllib.request.urlopen(request, timeout=20).read())


def test_what_nobody_listens_to_is_stopped_and_forgotten(impatient):
    url, log = impatient
    call = f"{url}gradio_api/call"
    gone, heard = (post(f"{call}/v2/generate", LONG)["event_id"] for _ in range(2))
    events, enough = [], threading.Event()

    def listen():
        with urllib.request.urlopen(f"{call}/generate/{heard}", timeout=60) as stream:
            for line in stream:
                events.append(line)
                if enough.is_set():
                    break

    listener = threading.Thread(target=listen, daemon=True)
    listener.start()
    time.sleep(0.5)
    post(f"{call}/v2/generate", LONG | {"num_inference_steps": 1})  # looks for those who have gone: nobody yet
    assert "stopped" not in log.read_text()
    time.sleep(1.5)
    post(f"{call}/v2/generate", LONG | {"num_inference_steps": 1})
    for _ in range(50):
        if "generate stopped" in log.read_text():
            break
        time.sleep(0.1)
    assert log.read_text().count("generate stopped") == 1  # and the one with a listener goes on
    assert listener.is_alive()
    with urllib.request.urlopen(f"{call}/generate/{gone}", timeout=20) as stream:
        assert stream.read() == b'event: error\ndata: "404: Not Found"\n\n'
    enough.set()


def test_who_stops_listening_is_no_longer_drawn_for(impatient):
    url, log = impatient
    call = f"{url}gradio_api/call"
    event = post(f"{call}/v2/generate", LONG)["event_id"]
    with pytest.raises(TimeoutError), urllib.request.urlopen(f"{call}/generate/{event}", timeout=2) as stream:
        stream.read()
    for _ in range(50):
        if "generate stopped" in log.read_text():
            break
        time.sleep(0.1)
    assert log.read_text().count("generate stopped") == 1


def test_who_comes_back_in_time_finds_the_answer(impatient):
    url, _ = impatient
    call = f"{url}gradio_api/call"
    late = post(f"{call}/v2/noise", {})["event_id"]
    time.sleep(0.7)
    post(f"{call}/v2/noise", {})
    with urllib.request.urlopen(f"{call}/noise/{late}", timeout=20) as stream:
        assert b"event: complete" in stream.read()
