"""A lesson is added by a folder and a line: the one that docs/extending.md walks through, as it stands there."""

import re

import httpx
import pytest
from house import add_line, copied
from server import serving
from tiny import ROOT, until

from core.sprites import draw

GUIDE = (ROOT / "docs" / "extending.md").read_text(encoding="utf-8")
SECTION = GUIDE.partition("\n## A lesson\n")[2].partition("\n## A sampler\n")[0]
FILES = {"python": "lesson.py", "md": "lesson.md", "html": "lesson.html", "css": "lesson.css", "js": "lesson.js"}


@pytest.fixture(scope="module")
def house(tmp_path_factory):
    house = copied(tmp_path_factory.mktemp("house"))
    (house / "tabs" / "heroes").mkdir()
    for language, code in re.findall(r"^```(\w+)\n(.*?)^```$", SECTION, re.M | re.S):
        if language in FILES:
            (house / "tabs" / "heroes" / FILES[language]).write_text(code, encoding="utf-8")
    assert {path.name for path in (house / "tabs" / "heroes").iterdir()} == {*FILES.values()}
    (line,) = re.findall(r"^\+(    .*)$", SECTION, re.M)
    add_line(house / "tabs" / "__init__.py", '    "mixing"', line)
    return house


def test_its_tab_opens_and_works(house, browser, tmp_path):
    shown = "canvas => [...canvas.getContext('2d').getImageData(0, 0, 16, 16).data].filter((_, i) => i % 4 < 3)"

    def hero(page) -> list[int]:
        return page.eval_on_selector("#heroes canvas", shown)

    with serving(tmp_path / "log.txt", folder=house) as (url, _):
        document = httpx.get(url).text + httpx.get(f"{url}config").text
        assert "Heroes" in document and "Every seed is a hero" not in document and "drawBytes" not in document
        page = browser.new_page()
        page.goto(f"{url}?tab=heroes&seed=2")
        page.wait_for_selector("#heroes canvas")
        until(lambda: hero(page) == draw("hero", 2).pixels.ravel().tolist(), "the hero that the link names")
        page.click("#heroes .next")
        until(lambda: hero(page) == draw("hero", 3).pixels.ravel().tolist(), "the next one")
        page.wait_for_function("new URLSearchParams(location.search).get('seed') === '3'")
        assert page.get_by_role("heading", name="Heroes").is_visible()
        page.close()
        refused = httpx.post(f"{url}gradio_api/component_server", json=wrong(url))
        assert refused.status_code == 422 and "the seed must be a whole number" in refused.json()["detail"]


def wrong(url: str) -> dict:
    """A request to the lesson's server function for a hero that there is not."""
    components = httpx.get(f"{url}config").json()["components"]
    (lesson,) = [each["id"] for each in components if each["props"].get("elem_id") == "heroes"]
    return {"data": -1, "component_id": lesson, "fn_name": "hero", "session_hash": "x"}
