"""What the project takes from others: every imported package is pinned, and what is private in them is still there."""

import ast
import inspect
import re
import sys
import tomllib
from importlib import import_module
from importlib.metadata import packages_distributions

import gradio as gr
import pytest
from gradio.context import LocalContext
from gradio.queueing import Event
from gradio.routes import App
from test_space import pins
from tiny import ROOT

ROOMS = ("core", "serving", "tabs")
APP = [*sorted(ROOT.glob("*.py")), *(path for room in ROOMS for path in sorted(ROOT.glob(f"{room}/**/*.py")))]
AROUND = [*sorted(ROOT.glob("tests/**/*.py")), *sorted(ROOT.glob("benchmarks/**/*.py"))]
OURS = {*ROOMS, *(path.stem for path in [*APP, *AROUND]), "benchmarks"}
NOT_OURS_TO_PIN = {"spaces"}  # a ZeroGPU Space brings it
OPTIONAL = {"onnx", "onnxscript", "accelerate"}  # for python -m core.runtime and core.train, which say so

# Everything that is no documented part of its package. An update that takes one away fails here, not on the page.
PRIVATE = {
    "gradio.context.LocalContext",
    "gradio.processing_utils.save_img_array_to_cache",
    "gradio.queueing.Event",
    "gradio.queueing.Queue",
    "gradio.routes.BUILD_PATH_LIB",
    "gradio.routes.templates",
    "gradio.server_messages.ProcessCompletedMessage",
    "gradio.utils.get_upload_folder",
    "gradio_client.utils.is_file_obj_with_meta",
    "gradio_client.utils.is_http_url_like",
    "gradio_client.utils.traverse",
    "starlette.middleware.gzip.DEFAULT_EXCLUDED_CONTENT_TYPES",
}
PRIVATE_ATTRIBUTES = {"_data", "_id", "_queue"}  # of gr.EventData, a queued Event and gr.Blocks


def imported(paths):
    """{package: a file that imports it}, of packages that are neither Python's nor ours."""
    found = {}
    for path in paths:
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Import):
                names = [alias.name for alias in node.names]
            elif isinstance(node, ast.ImportFrom) and not node.level:
                names = [node.module]
            else:
                continue
            found |= {name.partition(".")[0]: path for name in names}
    return {name: path for name, path in found.items() if name not in OURS | sys.stdlib_module_names}


def distribution(package):
    """The name under which a package is installed."""
    (name,) = {re.sub(r"[-_.]+", "-", name).lower() for name in packages_distributions()[package]}
    return name


def test_what_the_app_imports_is_pinned_in_its_requirements():
    pinned = pins("requirements.txt")
    for package, path in imported(APP).items():
        if package not in NOT_OURS_TO_PIN | OPTIONAL:
            assert distribution(package) in pinned, f"{path} imports {package}"


def test_what_tests_and_benchmarks_import_is_pinned():
    pinned = pins("requirements.txt") | pins("requirements-dev.txt")
    for package, path in imported([*APP, *AROUND]).items():
        if package not in NOT_OURS_TO_PIN:
            assert distribution(package) in pinned, f"{path} imports {package}"


def test_the_cpu_build_is_of_the_same_pytorch():
    lines = (ROOT / "pre-requirements.txt").read_text().splitlines()
    assert f"torch=={pins('requirements.txt')['torch']}" in lines
    assert "--extra-index-url https://download.pytorch.org/whl/cpu" in lines


def test_pip_install_takes_the_pins_and_no_module():
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())
    assert project["project"]["dynamic"] == ["dependencies"]
    tool = project["tool"]["setuptools"]
    assert tool["py-modules"] == [] and tool["dynamic"]["dependencies"] == {"file": ["requirements.txt"]}


# ---- private parts ---------------------------------------------------------------------------------------------------
def test_every_private_part_that_is_used_is_listed():
    used, attributes = set(), set()
    for path in APP:
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.ImportFrom) and (node.module or "").startswith(("gradio.", "gradio_client.")):
                used |= {f"{node.module}.{alias.name}" for alias in node.names}
            elif isinstance(node, ast.ImportFrom) and node.module == "starlette.middleware.gzip":
                used |= {f"{node.module}.{alias.name}" for alias in node.names if alias.name.isupper()}
            elif isinstance(node, ast.Attribute) and re.match(r"_[a-z]", node.attr) and path.parent.name != "core":
                owner = ast.unparse(node.value)
                if (
                    owner.split(".")[0] not in ("self", "runs", "torch")
                    and node.attr != "_asdict"
                    and ROOT / "core" not in path.parents
                ):
                    attributes.add(node.attr)
    assert used == PRIVATE and attributes == PRIVATE_ATTRIBUTES


@pytest.mark.parametrize("name", sorted(PRIVATE))
def test_private_names_are_still_there(name):
    module, _, name = name.rpartition(".")
    assert hasattr(import_module(module), name)


def test_private_attributes_are_still_there():
    with gr.Blocks() as blocks:
        pass
    queue = blocks.queue()._queue
    for name in ("event_ids_to_events", "pending_messages_per_session", "pending_event_ids_session"):
        assert hasattr(queue, name)
    assert list(inspect.signature(queue.clean_events).parameters)[:1] == ["session_hash"]
    assert all(
        re.search(rf"self\.{name}(:| =)", inspect.getsource(Event.__init__))
        for name in ("_id", "enqueue_time", "session_hash")
    )
    assert gr.EventData(None, {"a": 1})._data == {"a": 1}
    assert all(hasattr(LocalContext, name) for name in ("blocks", "event_id", "request"))
    assert callable(App.get_blocks)
    assert list(inspect.signature(gr.Blocks.process_api).parameters)[:3] == ["self", "block_fn", "inputs"]
