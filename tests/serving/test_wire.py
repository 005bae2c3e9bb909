"""Values that go through a pipe and come out the same."""

import math
from dataclasses import dataclass

import numpy as np
import pytest
import torch

from core.train.live import Glimpse, LiveConfig
from serving.wire import dumps, loads


def test_what_goes_in_comes_out():
    array, tensor = np.arange(12, dtype=np.uint8).reshape(3, 4)[:, ::2], torch.randn(2, 3).T
    line = dumps({"a": [1, 2.5, None, True, "ä\n"], "array": array, "tensor": tensor, "bytes": b"\0\n$"})
    assert line.count(b"\n") == 1
    found = loads(line)
    assert found["a"] == [1, 2.5, None, True, "ä\n"] and found["bytes"] == b"\0\n$"
    assert np.array_equal(found["array"], array) and found["array"].dtype == np.uint8
    assert torch.equal(found["tensor"], tensor)
    found["array"][0] = 9  # not a view of something that cannot be written


def test_dataclasses_of_core():
    config = LiveConfig("food", count=3)
    assert loads(dumps((config, [config]))) == [config, [config]]
    glimpse = loads(dumps(Glimpse(1, 64, 0.5, None, np.zeros((2, 2, 2, 3), np.uint8))))
    assert isinstance(glimpse, Glimpse) and glimpse.samples.shape == (2, 2, 2, 3) and glimpse.loss is None
    assert math.isnan(loads(dumps(math.nan)))


@dataclass
class Stranger:
    x: int


@pytest.mark.parametrize(
    "line",
    [
        b"no json",
        b'{"$": "os:system", "fields": {}}',
        b'{"$": "core.cli:Parser", "fields": {}}',
        b'{"$": "core.nowhere:X", "fields": {}}',
        b'{"$": "core.train.live:LiveConfig", "fields": {"more": 1}}',
        b'{"$": "core.train.live:LiveConfig", "fields": {"source": "cats"}}',
        b'{"$": "array", "dtype": "<f4"}',
        dumps(Stranger(1)),
    ],
)
def test_what_is_no_line_of_ours_is_refused(line):
    with pytest.raises(ValueError):
        loads(line)


def test_what_has_no_form_is_refused():
    with pytest.raises(TypeError):
        dumps({"x": object()})
