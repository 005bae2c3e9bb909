"""The page as programs read it and as a person on a slow line sees it: before any script has run."""

import re
import urllib.request
from html import unescape
from io import BytesIO

import pytest
from gradio.routes import templates
from PIL import Image

from tabs.page import ASSETS, LESSONS
from tabs.shell import INDEX, SUMMARY, TITLE, dressed


def get(url: str) -> bytes:
    return urllib.request.urlopen(url).read()


def described(page: str) -> dict[str, list[str]]:
    """All meta elements of a page by name."""
    found: dict[str, list[str]] = {}
    for name, content in re.findall(r'<meta\s+(?:name|property)="([^"]+)"\s+content="([^"]*)"', page):
        found.setdefault(name, []).append(unescape(content))
    return found


def test_the_card_of_a_link(app_url):
    meta = described(get(f"{app_url}?tab=mixing&seed=3&class=%22%3E%3Cb%3E").decode())
    assert meta["description"] == meta["og:description"] == [SUMMARY]
    assert meta["og:title"] == [TITLE]
    assert meta["og:url"] == [f"{app_url}?tab=mixing&seed=3&class=%22%3E%3Cb%3E"]
    (picture,) = meta["og:image"]
    assert Image.open(BytesIO(get(picture))).size == (1200, 630)
    assert not [value for values in meta.values() for value in values if "gradio" in value.lower()]


def test_title_icon_and_words_before_any_script(app_url):
    page = get(app_url).decode()
    assert re.findall(r"<title>(.*?)</title>", page) == [TITLE]
    (heading,) = re.findall(r"<h1>(.*?)</h1>", page)
    assert re.sub(r"<svg.*</svg>|<[^>]*>", "", heading) == TITLE and heading.count("<path") == 1
    assert page.index(f"<p>{SUMMARY}</p>") < page.index("<gradio-app")
    (icon,) = re.findall(r'<link rel="icon" href="./(.*?)"', page)
    assert Image.open(BytesIO(get(app_url + icon))).size == (64, 64)


def test_another_page_of_gradios_is_not_served_half_dressed():
    index, *_ = templates.env.loader.get_source(templates.env, INDEX)
    assert dressed(index).count(TITLE) == 3
    for other in (
        index.replace("</head>", ""),
        index.replace("<gradio-app", "<other-app"),
        index.replace("<meta", "<m"),
    ):
        with pytest.raises(ValueError, match="another shape"):
            dressed(other)


@pytest.mark.parametrize("path", [*ASSETS.glob("*.css"), *LESSONS.glob("*/*.css")], ids=lambda path: path.parent.stem)
def test_text_has_sizes_that_follow_the_browsers(path):
    """rem or em: a larger default font changes nothing in px."""
    assert re.findall(r"font(?:-size)?:[^;}]*\dpx", path.read_text(encoding="utf-8")) == []


def test_colours_are_defined_once():
    """In first.css: what a lesson draws with is named there, in light and in dark."""
    for path in (ASSETS / "page.css", *LESSONS.glob("*/*.css")):
        assert not re.search(r"--(?!color-accent)[\w-]+:\s*#", path.read_text(encoding="utf-8")), path
    light, dark = re.findall(r"^(?::root|\.dark) \{\n(.*?)\n\}", (ASSETS / "first.css").read_text(), re.S | re.M)[:2]
    names = [set(re.findall(r"(--\w+): #", rules)) for rules in (light, dark)]
    assert names[0] == names[1] >= {"--signal", "--noise", "--mixture", "--red", "--green", "--blue", "--ground"}
