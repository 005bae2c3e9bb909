"""The training lesson's handlers as plain functions: what they send, what they refuse, and who may stop what."""

import base64
import json

import gradio as gr
import numpy as np
import pytest

from benchmarks.record_trainings import FILE, SECONDS, SETS, SHOWN
from core import GenerateConfig
from core.checkpoint import from_bytes, load
from core.sprites import draw
from core.train.kept import epochs, kept, states
from core.train.live import FINISHED, LEVELS, SAMPLES, LiveConfig
from serving import own
from serving.worker import BENCH, TEACHER
from tabs.training import grown as kept_run
from tabs.training import lesson as training
from tabs.training import teacher, tuning

USUAL = {name: getattr(LiveConfig(), name) for name in training.FIELDS}
QUICK = USUAL | {"count": 5, "seconds": 1}
OWN = np.stack([draw("food", 70 + i).pixels for i in range(3)])


@pytest.fixture(scope="module", autouse=True)
def no_process_stays():
    yield
    TEACHER.close()
    BENCH.close()


def pictures(text: str) -> np.ndarray:
    return np.frombuffer(base64.b64decode(text), np.uint8).reshape(-1, 16, 16, 3)


def test_a_training_is_seen_on_its_way_and_at_its_end(tmp_path):
    *glimpses, end = training.train(QUICK, "")
    assert all(glimpse["more"] for glimpse in glimpses) and "more" not in end
    assert glimpses[0]["step"] == 0 and glimpses[-1]["images"] == 64 * glimpses[-1]["step"]
    assert len(pictures(glimpses[0]["samples"])) == SAMPLES
    assert len(pictures(end["samples"])) == len(pictures(end["nearest"])) == len(end["distance"]) == FINISHED
    (tmp_path / "network.safetensors").write_bytes(base64.b64decode(end["file"]))
    assert load(tmp_path / "network.safetensors").class_names == ("hero",)


def test_the_recorded_trainings_are_what_the_benchmark_runs_and_show_what_the_page_says():
    found = json.loads(FILE.read_text(encoding="utf-8"))
    for name, changed in SETS.items():
        assert [each["settings"] for each in found[name]] == [USUAL | own | {"seconds": SECONDS} for own in changed]
        for each in found[name]:
            assert len(pictures(each["samples"])) == len(pictures(each["nearest"])) == SHOWN
            assert len(each["known"]) == len(each["unseen"]) == len(LEVELS)
    few, _, thousand, all_of_them = found["counts"]
    assert few["copies"] >= 29 and thousand["copies"] == all_of_them["copies"] == 0
    at_0 = LEVELS.index(0)
    known, unseen = ([each[kind][at_0] for each in found["counts"]] for kind in ("known", "unseen"))
    assert known == sorted(known) and unseen == sorted(unseen, reverse=True)  # more to learn, and better at the rest
    x0, v, eps = (each["unseen"][LEVELS.index(-2)] for each in found["answers"])
    assert x0 < v < eps


def test_ones_own_pictures():
    settings = QUICK | {"source": "own"}
    *_, end = training.train(settings, base64.b64encode(OWN.tobytes()).decode())
    assert end["unseen"] is None
    assert {picture.tobytes() for picture in pictures(end["nearest"])} <= {picture.tobytes() for picture in OWN}


@pytest.mark.parametrize("pixels", ["", None])
def test_without_pictures_of_ones_own_it_says_so(pixels):
    with pytest.raises(ValueError, match="no pictures of your own"):
        list(training.train(QUICK | {"source": "own"}, pixels))


@pytest.mark.parametrize("pixels", ["@@", base64.b64encode(b"abc").decode(), "A" * 4 * 256 * 257])
def test_what_are_no_pictures_is_refused(pixels):
    with pytest.raises(ValueError, match="at most 256"):
        list(training.train(QUICK | {"source": "own"}, pixels))


@pytest.mark.parametrize(
    "settings", [None, [], {}, USUAL | {"more": 1}, {name: 1 for name in training.FIELDS}, USUAL | {"seconds": 1e9}]
)
def test_settings_that_are_none_are_refused(settings):
    with pytest.raises(ValueError):
        next(training.train(settings, ""))
    with pytest.raises(ValueError):
        training.step(settings, 0, "")


def test_a_step_taken_apart_has_its_pictures_and_numbers():
    found = training.step(QUICK, 3, "")
    assert found["learned"] == 3 and 0 < found["alpha_bar"] < 1
    for name, text in found["pictures"].items():
        assert pictures(text).shape == (1, 16, 16, 3), name
    x_t = (found["alpha_bar"] ** 0.5) * (pictures(found["pictures"]["x0"]) / 127.5 - 1) + (
        1 - found["alpha_bar"]
    ) ** 0.5 * 3 * (pictures(found["pictures"]["eps"]) / 127.5 - 1)
    inside = abs(x_t) < 0.9
    off = abs(x_t - (pictures(found["pictures"]["x_t"]) / 127.5 - 1))[inside]
    assert np.median(off) < 0.02
    with pytest.raises(ValueError, match="steps before"):
        training.step(QUICK, 301, "")


def test_only_ones_own_training_is_stopped(monkeypatch):
    stopped = []
    monkeypatch.setattr(TEACHER, "stop", lambda: stopped.append(True))
    training.halt(gr.EventData(None, {"event": "train", "number": 1}))
    assert not stopped  # there is none
    run = training.train(QUICK | {"seconds": 30}, "")
    next(run)
    monkeypatch.setattr(teacher, "session", lambda: "somebody else")
    training.halt(gr.EventData(None, {"event": "train", "number": 1}))
    assert not stopped
    monkeypatch.setattr(teacher, "session", lambda: None)
    training.halt(gr.EventData(None, {"event": "tune", "number": 1}))  # which waits for this one to end
    assert not stopped
    monkeypatch.undo()
    training.halt(gr.EventData(None, {"event": "train", "number": 1}))
    assert list(run)[-1]["copies"] >= 0


def test_who_has_left_the_line_is_not_taught():
    training.halt(gr.EventData(None, {"event": "train", "number": 4}))
    for nonsense in (None, {"event": "train"}, {"event": "x", "number": 5}, {"event": "train", "number": "4"}):
        training.halt(gr.EventData(None, nonsense))
    request = {"settings": QUICK, "pixels": "", "request": 4}
    assert list(training.asked_training(gr.EventData(None, request))) == []
    assert len(list(training.asked_training(gr.EventData(None, request)))) > 1  # it has been told once


def test_who_leaves_ends_it():
    run = training.train(QUICK | {"seconds": 60}, "")
    next(run)
    run.close()
    *_, end = training.train(QUICK, "")  # at once, not after a minute
    assert end["file"]


def test_what_is_on_the_board_before_is_what_it_would_learn_from():
    found = training.examples()
    assert set(found) == set(training.SOURCES) - {"own"}
    assert np.array_equal(pictures(found["spell"])[2], draw("spell", 2).pixels)


# The run that was kept


@pytest.mark.parametrize("averaged", [True, False])
def test_every_epochs_drawing_from_the_same_noise(averaged):
    found = pictures(kept_run.grown("spell", 7, averaged)["states"]).reshape(len(epochs()), -1, 16, 16, 3)
    assert found.shape[1] == kept_run.STEPS + 1 and (found[:, 0] == found[0, 0]).all()
    config = GenerateConfig({"spell": 1.0}, count=1, seed=7, num_inference_steps=kept_run.STEPS)
    for k in (1, len(epochs()) - 1):
        assert (found[k] == states(kept(epochs()[k], averaged), config)[:, 0]).all()


def test_a_sheet_has_sprites_of_every_class():
    found = pictures(kept_run.sheet(epochs()[-1], True)["samples"])
    assert len(found) == 5 * kept_run.EACH
    config = GenerateConfig({"non-hero": 1.0}, count=2, num_inference_steps=kept_run.STEPS)
    assert (found[2:4] == states(kept(epochs()[-1]), config)[-1]).all()


@pytest.mark.parametrize(
    ("call", "why"),
    [
        (lambda: kept_run.grown("cat", 0, True), "unknown class"),
        (lambda: kept_run.grown("hero", -1, True), "the seed"),
        (lambda: kept_run.grown("hero", 0, 1), "averaged"),
        (lambda: kept_run.grown(["hero"], 0, True), "unknown class"),
        (lambda: kept_run.sheet(3, True), "no network of epoch 3"),
        (lambda: kept_run.sheet("1", True), "the epoch"),
        (lambda: kept_run.sheet(1, None), "averaged"),
    ],
)
def test_what_the_run_cannot_show_is_refused(call, why):
    with pytest.raises(ValueError, match=why):
        call()


# Something new for the shipped network

TUNING = {"own": False, "learns": "class", "replay": False, "seconds": 2, "seed": 0}


def test_the_shipped_network_is_taught_before_ones_eyes():
    *looks, end = tuning.tuned(TUNING, "")
    assert all(look["more"] for look in looks) and looks[0]["step"] == 0
    assert len(pictures(looks[0]["fresh"])) == 8 and len(pictures(looks[0]["old"])) == 10
    assert end["of"] == 16 and end["all"] == 20 and end["known"] >= 15  # one row of numbers: the others stay


def test_the_taught_network_is_the_page_s_to_draw_with_and_take(monkeypatch):
    monkeypatch.setattr(own, "session", lambda: "a page")
    monkeypatch.setattr(own, "_networks", type(own._networks)())
    *_, end = tuning.tuned(TUNING, "")
    kept_here = own.kept_here()
    assert kept_here.ours and kept_here.learned().class_names == ("mine",) and len(kept_here.learned().images) == 8
    assert "mine" in own.classes_here("own")
    file = base64.b64decode(training.network_file()["file"])
    assert len(file) == end["bytes"] and from_bytes(file).class_names == kept_here.model.class_names


WRONG = [None, {}, TUNING | {"more": 1}, TUNING | {"learns": "x"}, TUNING | {"seconds": 61}]


@pytest.mark.parametrize("settings", WRONG)
def test_what_cannot_be_taught_is_refused(settings):
    with pytest.raises(ValueError, match=r"settings|learns|seconds"):
        list(tuning.tuned(settings, ""))
    with pytest.raises(ValueError, match="at most 256"):
        list(tuning.tuned(TUNING | {"own": True}, "@@"))
