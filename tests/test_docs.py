"""README.md is short, and what it and docs/ name is there: files, headings, commands, settings of links, examples."""

import importlib
import os
import re
import subprocess
import sys
from importlib.util import find_spec
from urllib.parse import parse_qsl, urlsplit

import pytest
from tiny import ROOT

from app import linked
from tabs import TABS
from tabs.links import read_link
from tabs.page import LESSONS

README, *OTHERS = DOCS = [ROOT / "README.md", *sorted((ROOT / "docs").glob("*.md"))]
TEXTS = {path: path.read_text(encoding="utf-8") for path in DOCS}
MAX_LINES = 150
FENCE = re.compile(r"^```(\w*)\n(.*?)^```$", re.M | re.S)
HEADING = re.compile(r"^#+ (.+)$", re.M)
LINK = re.compile(r"\]\(([^)\s]+)\)")
PATH = re.compile(r"`((?:core|serving|tabs|assets|benchmarks|tests|docs|checkpoints)/[\w./-]*)`")
EXAMPLES = {"tabs/NAME/", *(f"tabs/heroes/lesson.{kind}" for kind in ("py", "md", "html", "css", "js"))}
COMMAND = re.compile(r"python -m ([\w.]+)([^`\n#;&|]*)")
APP = "http://127.0.0.1:7860/"


def prose(text: str) -> str:
    """Without the code between fences."""
    return FENCE.sub("", text)


def blocks(path, language: str) -> list[str]:
    return [code for found, code in FENCE.findall(TEXTS[path]) if found == language]


def anchors(text: str) -> set[str]:
    """Of its headings, as GitHub makes them."""
    titles = (re.sub(r"[`*\\]", "", title).strip().lower() for title in HEADING.findall(prose(text)))
    return {re.sub(r"[^\w\- ]", "", title).replace(" ", "-") for title in titles}


def links(path) -> list[str]:
    return LINK.findall(prose(TEXTS[path]))


def commands() -> dict[str, set[str]]:
    """Module -> the options that the documents name with it."""
    found: dict[str, set[str]] = {}
    for text in TEXTS.values():
        for module, rest in COMMAND.findall(text.replace("\\\n", " ")):
            found.setdefault(module, set()).update(re.findall(r"--[a-z][a-z-]*", rest))
    return found


def named(path) -> str:
    return str(path.relative_to(ROOT))


def test_the_readme_is_read_in_a_minute():
    assert len(TEXTS[README].splitlines()) <= MAX_LINES


def test_every_document_can_be_reached_from_the_readme():
    assert {named(path) for path in OTHERS} <= {link.partition("#")[0] for link in links(README)}


@pytest.mark.parametrize("path", DOCS, ids=named)
def test_links_lead_somewhere(path):
    for link in links(path):
        if urlsplit(link).scheme:
            continue
        file, _, anchor = link.partition("#")
        target = (path.parent / file).resolve() if file else path
        assert target.exists() and target.is_relative_to(ROOT), link
        assert not anchor or anchor in anchors(TEXTS[target]), link


@pytest.mark.parametrize("path", DOCS, ids=named)
def test_files_that_are_named_exist(path):
    missing = {name for name in PATH.findall(prose(TEXTS[path])) if not (ROOT / name).exists()}
    assert missing <= EXAMPLES


def test_there_is_a_link_to_every_lesson_whose_settings_exist():
    queries = [dict(parse_qsl(urlsplit(link).query)) for link in links(README) if link.startswith(APP)]
    assert sorted(query["tab"] for query in queries) == sorted(TABS)
    for query in queries:
        tab, _, refused = read_link(query, linked)
        assert (tab, refused) == (query["tab"], "")
        script = "".join(path.read_text(encoding="utf-8") for path in sorted((LESSONS / tab).glob("*.js")))
        for name in query.keys() - {"tab"} - linked[tab].keys():
            assert re.search(rf"\b{name}\b", script), (tab, name)


@pytest.mark.parametrize("module", sorted(commands()))
def test_commands_exist(module, monkeypatch, capsys):
    """With the options that are named."""
    spec, options = find_spec(module), commands()[module]
    assert spec is not None
    if module.partition(".")[0] not in ("core", "benchmarks"):
        return  # another's
    program = importlib.import_module(f"{module}.__main__" if spec.submodule_search_locations else module)
    monkeypatch.setattr(sys, "argv", [module, "--help"])
    with pytest.raises(SystemExit) as ended:
        program.main()
    told = capsys.readouterr().out
    assert ended.value.code == 0 and f"python -m {module}" in told
    assert options <= set(re.findall(r"--[a-z][a-z-]*", told))


@pytest.mark.parametrize("path", DOCS, ids=named)
def test_examples_compile(path):
    for code in blocks(path, "python"):
        compile(code, named(path), "exec")


def test_examples_run(tmp_path):
    """All but those that need a running app, for which see test_api_http.py; each with names of its own."""
    codes = [code for path in DOCS for code in blocks(path, "python") if "gradio_client" not in code]
    assert len(codes) == 7
    program = f"for code in {codes!r}: exec(compile(code, 'example', 'exec'), {{'__name__': '__main__'}})"
    env = os.environ | {"PYTHONPATH": str(ROOT), "OMP_NUM_THREADS": "1"}
    command = [sys.executable, "-c", program]
    done = subprocess.run(command, cwd=tmp_path, env=env, capture_output=True, text=True, timeout=300)
    assert done.returncode == 0, done.stderr
    shapes = re.findall(r"torch\.Size\(\[(.*)\]\)", done.stdout)
    assert shapes == ["2, 3, 16, 16"] * 3 + ["2, 1, 16, 16"]


def test_hosting_names_the_environment_variables():
    read = set(re.findall(r"GRADIO_[A-Z_]+", (ROOT / "serving" / "environment.py").read_text(encoding="utf-8")))
    told = set(re.findall(r"`(GRADIO_[A-Z_]+)`", TEXTS[ROOT / "docs" / "hosting.md"]))
    assert read - {"GRADIO_ANALYTICS_ENABLED"} <= told
