"""Dependencies point one way: app and api -> tabs -> serving -> core.

core/ runs without gradio, and importing it loads no model.
"""

import ast
import re
import sys

import pytest
from tiny import ROOT

CORE = sorted((ROOT / "core").rglob("*.py"))
SERVING = sorted((ROOT / "serving").glob("*.py"))
TABS = sorted((ROOT / "tabs").rglob("*.py"))
TOP = [ROOT / "app.py", ROOT / "api.py"]
PAGE = [
    path
    for folder in ("assets", "tabs")
    for path in sorted((ROOT / folder).rglob("*"))
    if path.suffix in {".js", ".css", ".html", ".md"}
]
BENCHMARKS = sorted((ROOT / "benchmarks").glob("*.py"))
UNPICKLERS = {"pickle", "dill", "cloudpickle", "joblib", "shelve", "marshal"}
ALLOWED_IN_CORE = {"torch", "numpy", "PIL", "safetensors"}
HEAVY = ("matplotlib", "plotly", "diffusers", "onnx", "onnxscript", "scipy", "sympy", "torch._dynamo", "accelerate")
OPTIONAL = {"runtime": {"onnxruntime", "onnx", "onnxscript"}, "train": {"accelerate"}}  # they do without


def imports(path):
    """Absolute dotted names of everything that the file imports, at any depth; `from a import b` gives a and a.b."""
    package = list(path.relative_to(ROOT).with_suffix("").parts[:-1])
    names = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            names |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            base = package[: len(package) - node.level + 1] if node.level else []
            module = ".".join([*base, *([node.module] if node.module else [])])
            names |= {module} | {f"{module}.{alias.name}" for alias in node.names}
    return names


def roots(path):
    return {name.partition(".")[0] for name in imports(path)}


def source(module):
    """The file of a module or package; None for any other name."""
    path = ROOT / module.replace(".", "/")
    return next((p for p in (path.with_suffix(".py"), path / "__init__.py") if p.is_file()), None)


def closure(module):
    """Every module of core that `module` needs, itself included."""
    found, todo = set(), [module]
    while todo:
        if (name := todo.pop()) not in found:
            found.add(name)
            todo += [n for n in imports(source(name)) if source(n)]
    return found


@pytest.mark.parametrize("path", CORE, ids=lambda p: str(p.relative_to(ROOT)))
def test_core_needs_torch_numpy_pillow_and_safetensors_alone(path):
    """So neither gradio, plotly or matplotlib, nor tabs or app."""
    optional = OPTIONAL.get(path.parent.name, set())
    assert roots(path) <= {"core", *ALLOWED_IN_CORE, *optional, *sys.stdlib_module_names}


def test_samplers_do_not_know_the_network():
    needed = {name for name in closure("core.samplers") if not name.startswith("core.samplers")}
    assert needed == {"core.prediction", "core.schedule"}
    assert not {name for name in closure("core.guidance") if name.startswith("core.networks")}


@pytest.mark.parametrize("path", SERVING, ids=lambda p: p.stem)
def test_what_serves_knows_no_lesson(path):
    assert not {"app", "api", "tabs"} & roots(path)


@pytest.mark.parametrize("path", [path for path in TABS if path.stem != "__init__"], ids=lambda p: p.parent.stem)
def test_lessons_do_not_know_each_other(path):
    """Only what they share."""
    theirs = {name for name in imports(path) if name.startswith("tabs.")}
    lessons = {folder.parent.name for folder in (ROOT / "tabs").glob("*/lesson.py")} - {path.parent.name}
    assert not {name for name in theirs if name.split(".")[1] in lessons} and not {"app", "api"} & roots(path)


def test_the_api_knows_no_lesson():
    assert "tabs" not in roots(ROOT / "api.py")


def test_importing_core_loads_no_model_and_no_page(python):
    """Nor may the import open a checkpoint: safetensors is told to refuse."""
    code = (
        "import safetensors\n"
        "def refuse(*args, **kwargs): raise SystemExit('a model was loaded')\n"
        "safetensors.safe_open = refuse\n"
        "import core, core.train, core.data, core.sprites, sys\n"
        "print([m for m in ('gradio', 'plotly', 'matplotlib', 'serving', 'tabs', 'app') if m in sys.modules])"
    )
    out, err = (process := python("-W", "error::ImportWarning", "-c", code)).communicate(timeout=60)
    assert (process.returncode, out.strip()) == (0, "[]"), err


def test_the_first_page_needs_neither_charts_nor_compilers(python):
    """What costs seconds or megabytes is imported where it is used."""
    code = f"import app, sys; app.model(); print([m for m in {HEAVY} if m in sys.modules])"
    out, err = (process := python("-c", code)).communicate(timeout=120)
    assert (process.returncode, out.strip()) == (0, "[]"), err


@pytest.mark.parametrize(
    "module",
    ["core.generate", "core.train", "core.train.distill", "core.runtime", "core.runtime.plan", "core.sprites"],
)
def test_help_is_clean_and_loads_nothing_that_takes_long(python, module):
    code = (
        "import runpy, sys\n"
        "sys.argv[1:] = ['--help']\n"
        "try:\n"
        f"    runpy.run_module({module!r}, run_name='__main__', alter_sys=True)\n"
        "finally:\n"
        f"    print([m for m in {(*HEAVY, 'onnxruntime', 'gradio')} if m in sys.modules])"
    )
    out, err = (process := python("-c", code)).communicate(timeout=60)
    assert process.returncode == 0 and err == ""
    assert out.startswith(f"usage: python -m {module}") and out.endswith("\n[]\n")


@pytest.mark.parametrize("path", CORE, ids=lambda p: str(p.relative_to(ROOT)))
def test_core_never_seeds_what_the_whole_process_draws_from(path):
    text = path.read_text(encoding="utf-8")
    assert not re.search(r"torch\.(cuda\.)?(manual_seed|seed|set_rng_state)|np\.random\.seed|random\.seed\(", text)


@pytest.mark.parametrize("path", [*CORE, *SERVING, *TABS, *TOP], ids=lambda p: str(p.relative_to(ROOT)))
def test_nothing_is_patched_as_tests_do_it(path):
    """What a library lacks is put where the library lets it be put."""
    assert not {name for name in imports(path) if name.startswith(("unittest", "mock"))}
    assert not re.search(r"\bpatch\(|monkeypatch", path.read_text(encoding="utf-8"))


@pytest.mark.parametrize("path", PAGE, ids=lambda p: str(p.relative_to(ROOT)))
def test_no_sign_is_drawn_as_a_coloured_picture(path):
    """Of the signs for playing some systems have pictures only, some none; ◀ and ▶ are told to be text."""
    text = path.read_text(encoding="utf-8")
    assert not re.search(r"[\u23cf-\u23fa\U0001f300-\U0001faff]|[◀▶](?!\\uFE0E)", text)


@pytest.mark.parametrize("path", [*CORE, *SERVING, *TABS, *BENCHMARKS, *TOP], ids=lambda p: str(p.relative_to(ROOT)))
def test_nothing_is_unpickled(path):
    text = path.read_text(encoding="utf-8")
    assert not UNPICKLERS & roots(path)
    assert not re.search(r"torch\.load|read_pickle|allow_pickle\s*=\s*True", text)
