"""ZeroGPU's decorator, by a stand-in for the package that only a Space has."""

import sys
from types import SimpleNamespace

import gradio as gr
import pytest

from serving.gpu import on_gpu


def one(x):
    return x + 1


def many(n):
    yield from range(n)


@pytest.fixture
def spaces(monkeypatch):
    """A `spaces` whose decorator notes what it was given."""
    decorated = []

    def gpu(task):
        decorated.append(task)
        return lambda *args: ("lent", task(*args))

    monkeypatch.setitem(sys.modules, "spaces", SimpleNamespace(GPU=gpu))
    return decorated


@pytest.mark.parametrize("value", ["true", "True", "1"])
def test_a_zerogpu_space_lends_its_gpu(spaces, monkeypatch, value):
    monkeypatch.setenv("SPACES_ZERO_GPU", value)
    assert on_gpu(one)(1) == ("lent", 2)
    assert list(on_gpu(many)(3)[1]) == [0, 1, 2]
    assert [task.__wrapped__ for task in spaces] == [one, many]


def test_a_refusal_leaves_the_process_as_a_sentence(spaces, monkeypatch):
    """It loses its traceback there, by which it would be told from a fault."""
    monkeypatch.setenv("SPACES_ZERO_GPU", "true")

    def refuse():
        raise ValueError("x must be less")

    with pytest.raises(gr.Error) as caught:
        on_gpu(refuse)()
    assert caught.value.message == "x must be less"


@pytest.mark.parametrize("value", [None, "", "false", "0"])
def test_nothing_changes_elsewhere(spaces, monkeypatch, value):
    """Not even where the package happens to be installed."""
    monkeypatch.delenv("SPACES_ZERO_GPU", raising=False)
    if value is not None:
        monkeypatch.setenv("SPACES_ZERO_GPU", value)
    assert on_gpu(one) is one and on_gpu(many) is many and spaces == []


def test_nothing_changes_without_the_package(monkeypatch):
    monkeypatch.setenv("SPACES_ZERO_GPU", "true")
    monkeypatch.setitem(sys.modules, "spaces", None)  # import raises ImportError
    assert on_gpu(one) is one
