"""The endpoints as programs meet them: docs/api.md's snippets, gradio_client, curl and MCP against a running app."""

import base64
import io
import json
import re
import shutil
import subprocess
import sys
import urllib.error
import urllib.request

import numpy as np
import pytest
from gradio_client import Client
from gradio_client.exceptions import AppError
from mcp import ClientSession
from mcp.client.streamable_http import streamable_http_client
from PIL import Image
from tiny import in_a_loop, unavailable

from core import GenerateConfig, generate, last, load
from core.render import grid, to_uint8

NAMES = {"noise", "generate", "mix", "compare"}
QUICK = {"count": 1, "num_inference_steps": 2}


def post(url: str, body: object) -> tuple[int, dict]:
    """Status and JSON answer of a POST."""
    request = urllib.request.Request(url, json.dumps(body).encode(), {"Content-Type": "application/json"})
    try:
        with urllib.request.urlopen(request, timeout=60) as answer:
            return answer.status, json.load(answer)
    except urllib.error.HTTPError as error:
        return error.code, json.load(error)


def test_the_documented_python(snippet, tmp_path):
    """In a clean process, which knows gradio_client and nothing of the project."""
    code = ["-I", "-c", snippet("python")]
    done = subprocess.run([sys.executable, *code], cwd=tmp_path, capture_output=True, text=True, timeout=120)
    assert done.returncode == 0, done.stderr
    assert re.search(r"25 evaluations in \d+\.\d\d s; all sprites: .*\.png", done.stdout)
    config = GenerateConfig({"hero": 1, "food": 0.6}, 4, 7)
    expected = to_uint8(last(generate(load(), config)).x_prev)[0]
    sprite = np.asarray(Image.open(tmp_path / "sprite.png")).astype(int)
    assert np.abs(sprite - expected).max() <= 1  # another number of threads may round differently


def test_the_documented_curl(snippet):
    shutil.which("curl") or unavailable("curl is not installed")
    done = subprocess.run(["bash", "-c", snippet("bash")], capture_output=True, text=True, timeout=120)
    event, data = done.stdout.strip().splitlines()[-2:]
    assert event == "event: complete", done.stdout
    result, picture = json.loads(data.removeprefix("data: "))
    assert len(result["sprites"]) == 4 and result["settings"]["weights"] == {"hero": 1}
    assert urllib.request.urlopen(picture["url"]).read().startswith(b"\x89PNG")


def test_all_four_answer_with_their_defaults(app_url):
    client = Client(app_url, verbose=False)
    for name in NAMES - {"compare"}:
        assert client.predict(api_name=f"/{name}")[0]["settings"]["seed"] == 0
    lanes = [{"num_inference_steps": 2}, {"sampler": "unipc", "num_inference_steps": 1}]
    result, picture = client.predict(lanes=lanes, count=1, api_name="/compare")
    assert [lane["sampler"] for lane in result["lanes"]] == ["ddim", "unipc"]
    assert Image.open(picture).size == (18 * 8, 35 * 8)


def test_only_the_four_are_public_and_described(app_url):
    info = json.load(urllib.request.urlopen(f"{app_url}gradio_api/info"))
    assert set(info["named_endpoints"]) == {f"/{name}" for name in NAMES} and not info["unnamed_endpoints"]
    for endpoint in info["named_endpoints"].values():
        assert endpoint["description"].endswith(".")
        for parameter in endpoint["parameters"]:
            assert parameter["parameter_has_default"] and parameter["python_type"]["type"] != "Any", parameter
    steps = info["named_endpoints"]["/generate"]["parameters"][4]
    assert (steps["parameter_name"], steps["python_type"]["type"]) == ("num_inference_steps", "None | int")
    assert "unipc" in info["named_endpoints"]["/generate"]["parameters"][3]["type"]["enum"]


def test_gradio_client_hears_the_sentence(app_url):
    client = Client(app_url, verbose=False)
    with pytest.raises(AppError, match="unknown class 'dragon'; the classes are hero"):
        client.predict(weights={"dragon": 1}, api_name="/generate")
    assert client.predict(**QUICK, api_name="/generate")  # and the client can go on


@pytest.mark.parametrize(
    ("body", "sentence"),
    [
        ({"count": 0}, "count must be a whole number from 1 to 256; got 0"),
        ({"weights": {"hero": "much"}}, "must be a number from -10 to 10; got 'much'"),
        ({"count": 256, "num_inference_steps": 500}, "this would take 128,000 network evaluations"),
    ],
)
def test_a_plain_request_hears_the_sentence(app_url, body, sentence):
    status, answer = post(f"{app_url}gradio_api/call/v2/generate", body)
    events = urllib.request.urlopen(f"{app_url}gradio_api/call/generate/{answer['event_id']}").read().decode()
    assert status == 200 and "event: error" in events
    assert sentence in json.loads(events.rpartition("data: ")[2])["error"]


def test_what_does_not_exist_is_named(app_url):
    status, answer = post(f"{app_url}gradio_api/call/v2/generate", {"colour": "red"})
    assert status == 422 and "`colour` is not a valid" in answer["detail"] and "api/info" in answer["detail"]
    assert post(f"{app_url}gradio_api/call/v2/paint", {}) == (404, {"detail": "there is no endpoint '/paint'"})


@pytest.mark.parametrize("name", sorted(NAMES))
def test_nothing_passes_by_the_queue(app_url, name):
    status, answer = post(f"{app_url}gradio_api/run/{name}", {"data": []})
    assert status == 404 and "join the queue" in answer["detail"]


@pytest.fixture
def converse(snippet):
    """converse(conversation) -> what it returns; it is given a session with the MCP server that docs/api.md names."""
    url = json.loads(snippet("json"))["mcpServers"]["diffusion"]["url"]

    async def hold(conversation):
        async with streamable_http_client(url) as (read, write, _), ClientSession(read, write) as session:
            await session.initialize()
            return await conversation(session)

    return lambda conversation: in_a_loop(hold(conversation))


def test_the_mcp_tools_are_the_four(converse):
    tools = {tool.name: tool for tool in converse(lambda session: session.list_tools()).tools}
    assert tools.keys() == NAMES
    for tool in tools.values():
        assert tool.description and "required" not in tool.inputSchema
        assert all(argument["description"] for argument in tool.inputSchema["properties"].values()), tool.name
    assert tools["mix"].inputSchema["properties"]["places"]["default"] == 5


def test_an_mcp_client_gets_numbers_and_a_picture(converse):
    async def silent(*_):
        pass

    async def conversation(session):
        shown = await session.call_tool("generate", QUICK, progress_callback=silent)
        return shown, await session.call_tool("generate", QUICK)

    shown, told = converse(conversation)
    numbers, image, address = shown.content
    assert "'nfe': 2" in numbers.text and image.mimeType == "image/png" and "http" in address.text
    sprite = to_uint8(last(generate(load(), GenerateConfig({"hero": 1}, 1, num_inference_steps=2))).x_prev)
    picture = np.asarray(Image.open(io.BytesIO(base64.b64decode(image.data))).convert("RGB")).astype(int)
    assert picture.shape == (18 * 8, 18 * 8, 3)
    assert np.abs(picture - grid(sprite, scale=8)).max() <= 1  # another number of threads may round differently
    assert "'nfe': 2" in told.content[0].text and "image.png" in told.content[0].text
    assert not shown.isError and not told.isError


def test_an_mcp_client_hears_the_sentence(converse):
    async def conversation(session):
        bad = {"weights": {"dragon": 1}}, {"sampler": "magic"}, {"count": 256, "num_inference_steps": 500}, {"red": 1}
        return [await session.call_tool("generate", arguments) for arguments in bad]

    answers = converse(conversation)
    words = "unknown class 'dragon'", "'magic' is not one of", "at most 20,000 are allowed", "`red` is not a valid"
    for answer, sentence in zip(answers, words, strict=True):
        assert answer.isError and sentence in answer.content[0].text
