"""What the browser fetches: under an address that changes with it, for good, and nothing that is not for it."""

import gzip
import json
import re
import urllib.error
import urllib.request

import brotli
import pytest
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.testclient import TestClient

from serving.static import FOR_GOOD, ServeStatic, Static
from tabs import TABS
from tabs.page import ASSETS, LESSONS

FOLDERS = {"assets": ASSETS, "tabs": LESSONS}


@pytest.fixture
def folder(tmp_path):
    (tmp_path / "inner").mkdir()
    files = {
        "a.js": 'import { b } from "./inner/b.js";\n',
        "inner/b.js": 'export * from "../c.js";\n',
        "c.js": "// c\n",
    }
    files |= {"a.css": "p {}", "secret.py": "1", "key.txt": "x", "inner/text.md": "# ä"}
    for name, text in files.items():
        (tmp_path / name).write_text(text, encoding="utf-8")
    (tmp_path.parent / "outside.js").write_text("// outside")
    return tmp_path


def client(static: Static) -> TestClient:
    return TestClient(Starlette(middleware=[Middleware(ServeStatic, files=static)]))


def test_a_file_is_served_for_good_under_its_hash(folder):
    static = Static({"tabs": folder})
    static.add("tabs/lesson/data.json", {"name": "ä"})
    static.add("tabs/lesson/text.html", "<p>ä</p>")
    get = client(static).get
    for path, kind, text in (
        ("a.js", "text/javascript; charset=utf-8", (folder / "a.js").read_text()),
        ("inner/text.md", "text/markdown; charset=utf-8", "# ä"),
        ("lesson/data.json", "application/json", '{"name": "ä"}'),
        ("lesson/text.html", "text/html; charset=utf-8", "<p>ä</p>"),
    ):
        answer = get(f"/static/{static.hash}/tabs/{path}")
        assert (answer.status_code, answer.headers["content-type"]) == (200, kind)
        assert answer.content.decode() == text
        assert answer.headers["cache-control"] == FOR_GOOD["Cache-Control"] == "public, max-age=31536000, immutable"


@pytest.mark.parametrize(
    "path",
    [
        "secret.py",
        "key.txt",
        "none.js",
        "",
        "..%2Foutside.js",
        "%2e%2e/outside.js",
        "inner/..%2Fa.js",
        "inner",
        "/a.js",
    ],
)
def test_nothing_else_is_served(folder, path):
    static = Static({"tabs": folder})
    answer = client(static).get(f"/static/{static.hash}/tabs/{path}")
    assert answer.status_code == 404 and "cache-control" not in answer.headers


def test_another_hash_is_told_to_reload(folder):
    static = Static({"tabs": folder})
    answer = client(static).get("/static/0123456789abcdef/tabs/a.js")
    assert answer.status_code == 404 and "reload the page" in answer.json()["detail"]
    assert client(static).get(f"/static/{static.hash}/other/a.js").status_code == 404


def test_the_hash_is_of_names_and_contents(folder):
    first = Static({"tabs": folder})
    assert Static({"tabs": folder}).hash == first.hash != Static({"assets": folder}).hash
    with pytest.raises(RuntimeError, match="too late"):
        first.add("tabs/late.json", {})
    (folder / "secret.py").write_text("2")
    assert Static({"tabs": folder}).hash == first.hash  # it is not served
    (folder / "inner" / "b.js").write_text("// changed")
    assert Static({"tabs": folder}).hash != first.hash
    more = Static({"tabs": folder})
    more.add("tabs/data.json", [1])
    assert more.hash not in (first.hash, Static({"tabs": folder}).hash)


def test_all_that_a_module_imports(folder):
    assert Static({"tabs": folder}).modules("tabs/a.js") == ["tabs/a.js", "tabs/inner/b.js", "tabs/c.js"]


def test_what_a_module_will_import_when_it_is_wanted_is_not_fetched_before(folder):
    (folder / "c.js").write_text('const c = () =>\n  import("./a.js").then(({ a }) => a);\n')
    assert Static({"tabs": folder}).modules("tabs/c.js") == ["tabs/c.js"]


@pytest.mark.parametrize("path", [path for path in Static(FOLDERS).paths if path.endswith(".js")])
def test_every_import_leads_somewhere(path):
    assert path in Static(FOLDERS).modules(path)


# ---- the page --------------------------------------------------------------------------------------------------------
def fetched(url: str, **headers: str) -> tuple[bytes, dict[str, str]]:
    with urllib.request.urlopen(urllib.request.Request(url, headers=headers)) as answer:
        return answer.read(), {name.lower(): value for name, value in answer.headers.items()}


def test_the_first_page_holds_nothing_of_a_lesson(app_url):
    """Neither html nor script, style, text or data: they come when the lesson is opened."""
    page = fetched(app_url)[0].decode()
    config = json.loads(fetched(f"{app_url}config")[0])
    parts = [part for part in config["components"] if part["props"].get("elem_id") in TABS]
    assert len(parts) == len(TABS)
    for part in parts:
        props = part["props"]
        assert props["html_template"] == props["css_template"] == "" and props.get("value") is None
        assert len(json.dumps(props)) < 1500
    for name in TABS:
        folder = LESSONS / name
        for kind in ("html", "css", "js", "md"):
            lines = (folder / f"lesson.{kind}").read_text(encoding="utf-8").splitlines()
            longest = max(lines, key=len)
            assert longest not in page and json.dumps(longest)[1:-1] not in page, (name, kind)


def test_the_lesson_that_an_address_asks_for_is_preloaded(app_url):
    for query, name in (("", "noising"), ("?tab=mixing", "mixing"), ("?tab=Race", "race"), ("?tab=<b>", "noising")):
        page = fetched(app_url + query.replace("<", "%3C"))[0].decode()
        preloaded = re.findall(r'<link rel="modulepreload" fetchpriority="low" href="\./static/\w+/(.*?)"', page)
        lessons = [path for path in preloaded if path.endswith("/lesson.js")]
        assert lessons == [f"tabs/{name}/lesson.js"] and "assets/page.js" in preloaded
        assert len(set(preloaded)) == len(preloaded)


UNPACKED = {"br": brotli.decompress, "gzip": gzip.decompress}
UNDERSTOOD = [("gzip", "gzip"), ("gzip, deflate, br, zstd", "br")]  # as older and newer browsers say it, what they get


@pytest.mark.parametrize(("understood", "coding"), UNDERSTOOD)
def test_files_are_compressed_on_their_way(app_url, understood, coding):
    page = fetched(app_url)[0].decode()
    (root,) = set(re.findall(r"\./(static/\w+/)", page))
    for path in ("tabs/noising/lesson.js", "tabs/noising/lesson.json", "tabs/noising/lesson.html", "assets/link.js"):
        plain, headers = fetched(f"{app_url}{root}{path}")
        packed, packed_headers = fetched(f"{app_url}{root}{path}", **{"Accept-Encoding": understood})
        assert "immutable" in headers["cache-control"] and packed_headers["content-encoding"] == coding
        assert UNPACKED[coding](packed) == plain and len(packed) < 0.8 * len(plain)
    with pytest.raises(urllib.error.HTTPError) as caught:
        fetched(f"{app_url}static/0123456789abcdef/assets/link.js")
    assert caught.value.code == 404 and b"reload the page" in caught.value.read()


@pytest.mark.parametrize(("understood", "coding"), UNDERSTOOD)
def test_gradios_own_files_are_answered_for_in_the_same_way(app_url, understood, coding):
    page = fetched(app_url)[0].decode()
    names = re.findall(r'(?:src|href)="\./(assets/[\w.-]+\.(?:js|css))"', page)
    assert len(names) >= 2
    for name in names:
        packed, headers = fetched(app_url + name, **{"Accept-Encoding": understood})
        assert headers["content-encoding"] == coding and "immutable" in headers["cache-control"]
        assert headers["content-type"] == f"text/{'css' if name.endswith('.css') else 'javascript'}; charset=utf-8"
        assert UNPACKED[coding](packed) == fetched(app_url + name)[0]  # which Gradio answers
    for name in ("assets/none-123.js", "assets/..%2F..%2Findex.html", "assets/"):
        with pytest.raises(urllib.error.HTTPError) as caught:
            fetched(app_url + name, **{"Accept-Encoding": "gzip"})
        assert 400 <= caught.value.code < 500
