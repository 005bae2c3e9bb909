"""The mixing lesson's handlers as plain functions: what they draw, what they refuse, the programs that repeat it."""

import math
import threading
from dataclasses import replace

import numpy as np
import pytest
import torch
from takeaways import run_program
from tiny import until
from torch.testing import assert_close
from wire import decode

from core import GenerateConfig, generate, last
from core.generate import SeededNoise
from core.interpolate import between
from core.render import grid, to_uint8
from serving import runs
from serving.runs import model
from serving.turns import Turns
from tabs.mixing import lesson as mixing

A, B = {"hero": 1, "food": 0.6}, {"spell": 1}
MIX = {"weights": A, "guidance_scale": 1, "seed": 3, "mixing": "embedding"}
LINE = {"a": A, "b": B, "guidance_scale": 1.5, "seed": 3, "mixing": "prediction"}


@pytest.fixture(autouse=True)
def few_steps(monkeypatch):
    monkeypatch.setattr(mixing, "STEPS", 2)


def repeat(program: str, columns: int) -> np.ndarray:
    """The sprites of a printed program, which saves them in so many columns."""
    found, picture = run_program(program)
    sprites = to_uint8(found["sprites"])
    np.testing.assert_array_equal(picture, grid(sprites, columns=columns, scale=16, gap=0))
    return sprites


def test_the_live_sprite_is_the_run_that_it_says():
    config = GenerateConfig({"hero": 1.0, "food": 0.6}, 1, 3, "unipc", 6)
    np.testing.assert_array_equal(
        decode(mixing.preview(MIX)["sprite"]), to_uint8(last(generate(model(), config)).x_prev)
    )


def test_live_sprites_wait_in_a_short_line():
    """Several people drag at once: each is served; who finds the line full is told at once to come again."""
    places = [mixing.drawing_live.acquire(blocking=False) for _ in range(mixing.LIVE_LINE)]
    assert all(places) and mixing.preview(MIX) == {"busy": True}
    mixing.drawing_live.release(len(places))
    answers = []
    threads = [threading.Thread(target=lambda: answers.append(mixing.preview(MIX))) for _ in range(mixing.LIVE_LINE)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(20)
    assert len(answers) == mixing.LIVE_LINE and all("sprite" in answer for answer in answers)
    with pytest.raises(ValueError):
        mixing.preview(MIX | {"seed": -1})
    assert "sprite" in mixing.preview(MIX)  # the refused one has left the line


def test_a_live_sprite_waits_once_and_not_at_each_step(monkeypatch):
    """While two runs are drawn, its six evaluations begin after at most one of each, with none between them."""
    began = []

    def network(x_t, log_snr, weights):
        began.append("live" if len(x_t) == 1 else "run")
        if len(began) == 1:  # this takes until all three have asked
            until(lambda: len(turns.line._waiting) == 2, "the other run and the live sprite")
        return original(x_t, log_snr, weights)

    original, turns = model().run.network.network, Turns(network)
    shared = replace(model(), run=runs._Served(turns))
    monkeypatch.setattr(runs, "model", lambda: shared)
    monkeypatch.setattr(mixing, "model", lambda: shared)
    heavy = GenerateConfig(count=2, num_inference_steps=6)
    others = [threading.Thread(target=lambda: last(generate(shared, heavy))) for _ in range(2)]
    for thread in others:
        thread.start()
    until(lambda: began, "a run to begin")
    mixing.preview(MIX)
    for thread in others:
        thread.join(30)
    first, live = began.index("live"), mixing.LIVE["num_inference_steps"]
    assert first <= 2 and began[first : first + live] == ["live"] * live and began.count("live") == live


@pytest.mark.parametrize("way", ["embedding", "prediction"])
def test_a_sheet_and_its_program(way):
    request = {"what": "sheet", **MIX, "mixing": way}
    data = mixing.drawing(request)
    config = GenerateConfig({"hero": 1.0, "food": 0.6}, 16, 3, num_inference_steps=2, mixing=way)
    np.testing.assert_array_equal(decode(data["sprites"]), to_uint8(last(generate(model(), config)).x_prev))
    assert data["nfe"] == (2 if way == "embedding" else 6)  # asked about two classes and none
    np.testing.assert_array_equal(repeat(mixing.drawing_program(request), 4), decode(data["sprites"]))


@pytest.mark.parametrize(("what", "count", "places"), [("morph", 1, 9), ("grid", 5, 5)])
def test_mixes_between_two_mixes_and_their_program(what, count, places):
    request = {"what": what, **LINE}
    data = mixing.drawing(request)
    sprites = decode(data["sprites"]).reshape(count, places, 16, 16, 3)
    for place, weights in (
        (0, {"hero": 1, "food": 0.6}),
        (places // 2, {"hero": 0.5, "food": 0.3, "spell": 0.5}),
        (places - 1, {"spell": 1}),
    ):
        config = GenerateConfig(weights, count, 3, num_inference_steps=2, guidance_scale=1.5, mixing="prediction")
        alone = to_uint8(last(generate(model(), config)).x_prev).astype(int)
        assert np.abs(sprites[:, place] - alone).max() <= 1  # another batch size rounds differently
    np.testing.assert_array_equal(repeat(mixing.drawing_program(request), places), decode(data["sprites"]))


def test_between_two_seeds_and_its_program():
    request = {"what": "seeds", **MIX, "seed_b": 8}
    data = mixing.drawing(request)
    sprites = decode(data["sprites"]).reshape(2, 9, 16, 16, 3)
    for seed, place in ((3, 0), (8, -1)):
        config = GenerateConfig({"hero": 1.0, "food": 0.6}, 1, seed, num_inference_steps=2)
        alone = to_uint8(last(generate(model(), config)).x_prev)[0]
        for row in sprites[:, place]:  # another batch size rounds differently
            assert np.abs(row.astype(int) - alone).max() <= 1
    np.testing.assert_array_equal(repeat(mixing.drawing_program(request), 9), decode(data["sprites"]))
    a, b = SeededNoise([3])().flatten().double(), SeededNoise([8])().flatten().double()
    assert data["theta"] == pytest.approx(math.degrees(math.acos(a @ b / a.norm() / b.norm())), abs=1e-3)
    assert data["spread"][0] == pytest.approx((a.norm() / math.sqrt(768)).item(), abs=1e-6)
    assert min(data["spread"][:9]) > 0.9 and data["spread"][9 + 4] == pytest.approx(0.71, abs=0.05)


def test_noises_end_at_both_seeds():
    x_T = mixing.noises(3, 8).reshape(2, 9, 3, 16, 16)
    for row in x_T:
        assert_close(row[0], SeededNoise([3])()[0])
        assert_close(row[-1], SeededNoise([8])()[0])
    assert_close(x_T[1, 4], (x_T[1, 0] + x_T[1, -1]) / 2)
    assert torch.isfinite(mixing.noises(3, 3)).all()


def test_between_is_a_straight_line_of_short_numbers():
    rows = between(A, B, 9)
    assert rows[0] == A and rows[4] == {"hero": 0.5, "food": 0.3, "spell": 0.5} and rows[8] == B


@pytest.mark.parametrize(
    ("weights", "words"),
    [
        ({"hero": 1, "food": 0.6}, "1 hero + 0.6 food"),
        ({"hero": 1.5, "side-facing": -0.5}, "1.5 hero − 0.5 side-facing"),
        ({"non-hero": -1, "side-facing": 1}, "−1 non-hero + 1 side-facing"),
        ({"hero": 0}, "no class"),
    ],
)
def test_a_mix_in_words(weights, words):
    assert mixing.in_words(weights) == words


BAD = [
    ("weights", None),
    ("weights", 3),
    ("weights", "10000"),
    ("weights", [1, 0, 0, 0, 0]),
    ("weights", {"dragon": 1}),
    ("weights", {"hero": None}),
    ("weights", {"hero": False}),
    ("weights", {"hero": "0"}),
    ("weights", {"hero": math.nan}),
    ("weights", {"hero": 11}),
    ("guidance_scale", -1),
    ("guidance_scale", "1"),
    ("guidance_scale", math.inf),
    ("seed", -1),
    ("seed", 1.5),
    ("seed", True),
    ("mixing", "both"),
    ("mixing", ["embedding"]),
]


@pytest.mark.parametrize(("name", "value"), BAD)
def test_what_is_no_mix_is_refused_with_one_sentence(name, value):
    """By the live sprite, by every drawing, before the network runs, and by its program."""
    with pytest.raises(ValueError) as refusal:
        mixing.preview(MIX | {name: value})
    assert "\n" not in str(refusal.value)
    requests = [
        {"what": "sheet"} | MIX,
        {"what": "seeds", "seed_b": 1} | MIX,
        {"what": "morph"} | LINE,
        {"what": "grid"} | LINE,
    ]
    for request in requests:
        wrong = request | ({"b": value} if name == "weights" and "b" in request else {name: value})
        for handler in (mixing.drawing, mixing.drawing_program):
            with pytest.raises(ValueError):
                handler(wrong)


@pytest.mark.parametrize(
    "request_",
    [
        None,
        3,
        [],
        {},
        {"what": "mona lisa"},
        {"what": ["sheet"]},
        {"what": "sheet"},
        {"what": "morph", **MIX},
        {"what": "seeds", **MIX},
        {"what": "seeds", **MIX, "seed_b": -1},
        {"what": "seeds", **MIX, "seed_b": "1"},
    ],
)
def test_what_is_no_request_is_refused_with_one_sentence(request_):
    for handler in (mixing.drawing, mixing.drawing_program):
        with pytest.raises(ValueError) as refusal:
            handler(request_)
        assert "\n" not in str(refusal.value) and len(str(refusal.value)) <= 200


def test_an_answer_knows_its_request():
    class Event:
        _data = {"what": "mona lisa", "request": 7}  # noqa: RUF012

    assert mixing.answer(Event()).props["reply"] == {
        "error": "there is nothing to draw that is called 'mona lisa'",
        "request": 7,
    }
