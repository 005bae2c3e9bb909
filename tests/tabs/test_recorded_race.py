"""The race that its lesson opens with: the file that is shipped, against what core draws today."""

import gzip
import json

import numpy as np
import pytest
from wire import decode

from benchmarks import record_race
from core import GenerateConfig, generate, last, load
from core.program import lanes_program
from core.render import to_uint8
from tabs.page import encode
from tabs.race import lesson, recorded

RACE = json.loads(recorded.FILE.read_text(encoding="utf-8"))


def config(lane: int) -> GenerateConfig:
    name, _, steps, _ = lesson.DEFAULT_LANES[lane]
    return GenerateConfig({"hero": 1.0}, 8, 0, name, steps)


def frames(lane: int) -> np.ndarray:
    data = RACE["lanes"][lane]["frames"]
    return decode(data["sprites"], np.uint8, len(data["t"]), 8, 16, 16, 3)


def assert_ends_as_core_draws_it(lane: int) -> None:
    drawn = to_uint8(last(generate(load(), config(lane))).x_prev)
    assert np.abs(frames(lane)[-1].astype(int) - drawn).max() <= 1


def test_it_is_the_usual_race_of_the_network_that_ships():
    assert recorded.made_on()
    assert [lane["config"] for lane in RACE["lanes"]] == [
        json.loads(json.dumps(config(lane).to_json())) for lane in (0, 1)
    ]
    assert RACE["python"] == lanes_program([config(0), config(1)])
    for lane, all_steps in zip(RACE["lanes"], (500, 25), strict=True):
        data = lane["frames"]
        assert lane["nfe"] == lane["done"] == data["done"][-1] == data["nfe"][-1] == all_steps
        assert data["t"][0] == 500 and data["t"][-1] == 0 and len(set(np.diff(data["t"]))) == 1  # evenly spread
        assert data["seconds"][0] == 0 and data["seconds"][-1] == lane["seconds"]
        assert 20 <= len(data["t"]) <= record_race.FRAMES
    np.testing.assert_array_equal(frames(0)[0], frames(1)[0])  # the same noise


def test_it_is_at_most_300_kB_as_it_is_served():
    assert len(gzip.compress(recorded.FILE.read_bytes(), 9)) <= 300_000


def test_ddim_ends_with_what_core_draws_today():
    assert_ends_as_core_draws_it(1)


@pytest.mark.slow
def test_ddpm_ends_with_what_core_draws_today():
    assert_ends_as_core_draws_it(0)


def test_a_race_of_another_network_is_not_shown(monkeypatch, tmp_path):
    for file in (tmp_path / "none.safetensors", tmp_path / "other.safetensors"):
        monkeypatch.setattr(recorded, "SHIPPED", file)
        assert not recorded.made_on.__wrapped__()
        file.write_bytes(b"another")
        assert not recorded.made_on.__wrapped__()


def test_a_recording_keeps_states_evenly_the_first_and_the_last():
    """41 states of a lane, as a replay has, become 21; 26 are left."""
    for states, kept in ((41, range(0, 41, 2)), (26, range(26)), (3, range(3))):
        sprites = np.arange(states, dtype=np.uint8).repeat(2 * 12).reshape(states, 2, 2, 2, 3)
        numbers = {"t": list(range(states)), "seconds": [i / 10 for i in range(states)]}
        thin = record_race.thinned(numbers | {"sprites": encode(sprites)}, 2, (3, 2, 2))
        assert thin["t"] == list(kept) and thin["seconds"] == [i / 10 for i in kept]
        np.testing.assert_array_equal(decode(thin["sprites"], np.uint8, len(kept), 2, 2, 2, 3), sprites[list(kept)])
