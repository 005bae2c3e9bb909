"""The handlers of the page, called as plain functions."""

import threading
from dataclasses import replace

import gradio as gr
import numpy as np
import pytest
import torch
from lessons import run_denoising
from PIL import Image
from takeaways import run_program
from wire import decode

from core import GenerateConfig, compare, generate, last
from core.conditions import MIXINGS
from core.render import grid, to_uint8
from core.sprites import CLASS_NAMES, draw
from serving.refusals import says_why
from serving.runs import model
from tabs.mixing import lesson as mixing
from tabs.noising import lesson as noising
from tabs.page import encode
from tabs.race import lesson as race
from tabs.race.plots import REM, Result, decades, on_curve, plots


def test_gallery_is_sprites_noise_and_alpha_bar():
    data = noising.gallery()
    sprites = decode(data["sprites"], np.uint8, -1, 16, 16, 3)
    assert len(sprites) == len(data["captions"]) == 5 * noising.SPRITES_PER_CLASS
    np.testing.assert_array_equal(sprites[0], draw("hero", 0).pixels)
    for table in data["alpha_bar"].values():
        assert decode(table, np.float64, noising.T + 1)[0] == 1


def test_upload_is_shrunk(tmp_path):
    own = np.random.default_rng(1).integers(0, 256, (16, 16, 3), np.uint8)
    Image.fromarray(own).resize((64, 64), Image.Resampling.NEAREST).save(tmp_path / "own.png")
    update = noising.read_upload((tmp_path / "own.png").read_bytes())
    np.testing.assert_array_equal(decode(update.props["upload"]["rgb"], np.uint8, 16, 16, 3), own)
    with pytest.raises(ValueError, match="no picture"):
        noising.read_upload(None)


def test_denoising_sends_the_whole_trajectory():
    data = run_denoising("spell", "ddpm", 6, 2.0, 5)
    states = decode(data["x_t"], np.float16, 7, 3, 16, 16)
    config = GenerateConfig(
        weights={"spell": 1.0}, count=1, sampler="ddpm", num_inference_steps=6, guidance_scale=2.0, seed=5
    )
    steps = list(generate(model(), config))
    assert data["nfe"] == 12 and data["t"][-1] == 0 and len(data["t"]) == 7 == len(data["numbers"]) + 1
    for i, step in enumerate(steps):
        np.testing.assert_allclose(states[i], step.x_t[0].numpy(), atol=4e-3)
    np.testing.assert_allclose(states[-1], steps[-1].x_prev[0].numpy(), atol=2e-3)
    assert decode(data["eps"], np.float16, 6, 3, 16, 16).dtype == np.float16
    x0 = decode(data["x0"], np.float16, 6, 3, 16, 16)[2]
    np.testing.assert_allclose(x0, steps[2].prediction.x0[0].numpy(), atol=1e-3)


@pytest.mark.parametrize(
    "arguments",
    [
        ("dragon", "ddim", 5, 1.0, 0),
        ("hero", "magic", 5, 1.0, 0),
        ("hero", "ddim", 0, 1.0, 0),
        ("hero", "ddim", 501, 1.0, 0),
        ("hero", "ddim", 5, float("nan"), 0),
        ("hero", "ddim", 5, 1.0, -1),
        ("hero", "ddim", "5", 1.0, 0),
        (None, "ddim", 5, 1.0, 0),
    ],
)
def test_denoising_refuses_bad_input_with_one_sentence(arguments):
    with pytest.raises(gr.Error) as caught:
        says_why(run_denoising)(*arguments)
    assert "\n" not in caught.value.message and len(caught.value.message) < 200


DDPM_12, DDIM_3 = ("ddpm", "sprites", 12, 0.0), ("ddim", "sprites", 3, 0.0)
NOBODY = (race.NO_LANE, "sprites", 5, 0.0)


def test_race_yields_progress_and_ends_with_a_replay():
    before = [Result("ddim", 0.0, 9, 2, 0.1)]
    updates = list(race.race("hero", 2, 0, [before], *DDPM_12, *DDIM_3, *NOBODY, *NOBODY))
    assert not any("frames" in lane for update in updates[:-2] for lane in update[0]["lanes"])
    assert all(races == [before] for _, races in updates[:-2])
    early = updates[-2][0]["lanes"]  # all but the distances, which may take as long again
    assert updates[-2][1] == updates[-1][1] and [lane["distance"] for lane in early] == [None, None]
    assert early == [lane | {"distance": None} for lane in updates[-1][0]["lanes"]]
    data, races = updates[-1]
    lanes = data["lanes"]
    assert [(lane["name"], lane["done"], lane["nfe"]) for lane in lanes] == [("DDPM", 12, 12), ("DDIM", 3, 3)]
    assert races == [
        before,
        [Result("ddpm", 0.0, 12, 2, lanes[0]["seconds"]), Result("ddim", 0.0, 3, 2, lanes[1]["seconds"])],
    ]
    steps = list(generate(model(), GenerateConfig(weights={"hero": 1.0}, count=2, num_inference_steps=3)))
    frames = lanes[1]["frames"]
    assert frames["t"] == [500, 333, 167, 0] == [500, *(step.t_prev for step in steps)]
    assert frames["seconds"][0] == 0 and frames["seconds"][-1] == pytest.approx(lanes[1]["seconds"])
    assert frames["done"] == frames["nfe"] == [0, 1, 2, 3]
    sprites = decode(frames["sprites"], np.uint8, 4, 2, 16, 16, 3)
    np.testing.assert_array_equal(sprites[0], to_uint8(steps[0].x_t))
    np.testing.assert_array_equal(sprites[3], to_uint8(steps[2].x_prev))
    np.testing.assert_array_equal(decode(lanes[0]["frames"]["sprites"], np.uint8, 13, 2, 16, 16, 3)[0], sprites[0])


def test_no_lane_runs_while_the_page_draws(monkeypatch):
    """What a race sends costs its page work, perhaps on the same machine: the next evaluation waits for the page."""
    race.exact.cache_clear()
    log, network, wait = [], model().run, race.Watched.wait
    watched = replace(model(), run=lambda *args: log.append("evaluation") or network(*args))
    monkeypatch.setattr(race, "models", lambda: {"sprites": watched})
    monkeypatch.setattr(race.Watched, "wait", lambda page: (wait(page), log.append("goes on")))

    def draws(name):
        log.append("drawn")
        race.drawn(name)

    monkeypatch.setattr(compare, "SHOW_EVERY", 0.0)
    monkeypatch.setattr(compare, "WARM_UP", 0.0)
    for data, _ in race.race("hero", 1, 0, [], *DDIM_3, *DDIM_3, *NOBODY, *NOBODY):
        log.append("sent")
        if not data["finished"]:
            threading.Timer(0.05, draws, [data["race"]]).start()
    lane = ["evaluation"] * 2 + ["evaluation", "sent", "drawn", "goes on"] * 3  # the first two to warm up
    truth = ["evaluation"] * compare.CONVERGED_STEPS
    assert log == ["sent", "drawn", "goes on", *lane, *lane, "sent", *truth, "sent"]


def test_a_page_that_draws_nothing_is_waited_for_once(monkeypatch):
    waits = []
    monkeypatch.setattr(threading.Event, "wait", lambda event, seconds: waits.append(seconds))
    *_, (data, _) = race.race("hero", 1, 0, [], *DDIM_3, *DDIM_3, *NOBODY, *NOBODY)
    assert data["finished"] and waits == [race.PATIENCE]
    race.drawn("a race that is over")
    with pytest.raises(ValueError, match="named by a text"):
        race.drawn(["a race"])


def test_the_plots_show_every_race_of_the_visit_and_where_the_last_ones_samplers_stand():
    first = [Result("ddpm", 0.0, 500, 8, 6.0), Result("ddim", 0.0, 25, 8, 0.3)]
    second = [Result("ddim", 0.0, 9, 2, 0.1), Result("ddim", 1.0, 9, 2, 0.1)]
    figure, quality = plots([first, second])
    assert {trace.name: list(trace.x) for trace in figure.data} == {"DDPM": [500], "DDIM": [25, 9, 9]}
    assert list(figure.data[0].y) == [0.75]
    assert tuple(figure.layout.xaxis.range) == (0, 3) and tuple(figure.layout.yaxis.range) == (-2, 0)  # whole decades
    stars = next(trace for trace in quality.data if trace.name == "your lanes' samplers")
    assert list(stars.x) == [9] and {trace.name for trace in quality.data if trace.showlegend} == {"DDIM"}
    (line,), (label,) = quality.layout.shapes, quality.layout.annotations
    assert quality.layout.yaxis.type == "log" and 10**label.y == pytest.approx(line.y0)
    for rem in (None, "16", 3, 101, float("nan")):
        with pytest.raises(ValueError, match="rem must be a number of px from 4 to 100"):
            plots([first], rem)
    for usual, large in zip(plots([first]), plots([first], 2 * REM), strict=True):
        assert (usual.layout.font.size, large.layout.font.size) == (12, 24)


@pytest.mark.parametrize(
    ("values", "ends"), [([], (0, 1)), ([1], (0, 1)), ([25, 500], (1, 3)), ([0.02], (-2, -1)), ([100, 10], (1, 2))]
)
def test_whole_decades(values, ends):
    assert decades(values) == ends


def test_solvers_come_nearer_to_the_ode_than_sampling_with_fresh_noise():
    lanes = ("dpmpp_2m", "sprites", 50, 0.0), ("ddim", "sprites", 5, 0.0), ("ddim", "sprites", 50, 1.0), NOBODY
    data = list(race.race("spell", 9, 1, [], *(x for lane in lanes for x in lane)))[-1][0]
    near, far, elsewhere = (lane["distance"] for lane in data["lanes"])
    assert near < far < elsewhere and near < 3
    assert data["lanes"][2]["name"] == "DDIM, η = 1"


def test_a_race_can_be_repeated_in_python():
    """The program draws the sprites of every lane, bit for bit."""
    choices = ("ddim", "sprites", 3, 0.5, *NOBODY, "ddim", "distilled", 2, 0.0, *NOBODY)
    *_, (shown, _) = race.race("food", 2, 7, [], *choices)
    lanes = [list(choices[i : i + 4]) for i in range(0, len(choices), 4)]
    assert race.race_program({"weights": "food", "count": 2, "seed": 7, "lanes": lanes}) == shown["python"]
    found, saved = run_program(shown["python"])
    for lane, sprites in zip(shown["lanes"], found["sprites"], strict=True):
        assert lane["sprites"] == encode(to_uint8(sprites))
    np.testing.assert_array_equal(saved, grid(to_uint8(torch.cat(found["sprites"])), columns=2, scale=16, gap=0))


def test_a_lane_that_leaves_the_range_of_colours_says_so():
    lanes = race.line_up({"weights": "hero", "count": 4, "seed": 0}, [("plms", "sprites", 3, 0.0), DDIM_3])
    plms, ddim = (race.shown(compare.finish(model(), lane), replay=True)["note"] for lane in lanes)
    assert "lie outside [-1, 1]" in plms and ddim is None


THERE = {
    "weights": "hero",
    "count": 2,
    "seed": 7,
    "lanes": [["heun", "sprites", 3, 0.0], ["ddim", "distilled", 2, 0.5]],
}
TIMED = THERE | {"measured": [[5, 0.5], [2, 0.2]]}


def handed_in(data, before=()):
    return race.with_race([*before], gr.EventData(None, data))


def test_a_race_that_the_page_has_run_comes_to_the_plots_as_such():
    before = [[Result("ddim", 0.0, 9, 2, 0.1)]] * race.MAX_RACES
    assert handed_in(TIMED) == [[("heun", 0.0, 5, 2, 0.5, True), ("distilled", 0.0, 2, 2, 0.2, True)]]
    assert handed_in(TIMED, before) == [*before[1:], *handed_in(TIMED)]
    figure, quality = plots([*before, *handed_in(TIMED)])
    assert [trace.name for trace in figure.data] == ["DDIM", "Heun, this browser", "distilled network, this browser"]
    assert [trace.marker.symbol for trace in figure.data] == ["diamond", "diamond-open", "diamond-open"]
    assert list(figure.data[1].y) == [0.25]
    stars = next(trace for trace in quality.data if trace.name == "your lanes' samplers")
    assert list(stars.x) == [5, 2]


@pytest.mark.parametrize(
    ("wrong", "why"),
    [
        ({"weights": "dragon"}, "unknown class 'dragon'"),
        ({"weights": {"hero": 1}}, "unknown class"),
        ({"count": 33}, "number of sprites"),
        ({"seed": -1}, "seed"),
        ({"lanes": None}, "must be a JSON object with weights, count, seed and lanes"),
        ({"lanes": THERE["lanes"][:1]}, "at least two lanes"),
        ({"lanes": THERE["lanes"] * 3}, "at most 4; got 6"),
        ({"lanes": [["ddim", "sprites", 2], ["ddim", "sprites", 2, 0]]}, "each a list of sampler, network"),
        ({"lanes": [{}, []]}, "each a list of sampler, network"),
        ({"lanes": [[["ddim"], "sprites", 2, 0]] * 2}, "unknown sampler"),
        ({"measured": None}, "a list of the evaluations and the seconds"),
        ({"measured": [[5, 0.5]]}, "a list of the evaluations and the seconds"),
        ({"measured": [[5, 0.5], [2]]}, "must be its evaluations and its seconds"),
        ({"measured": [[6, 0.5], [2, 0.2]]}, "the evaluations of a lane"),
        ({"measured": [[0, 0.5], [2, 0.2]]}, "the evaluations of a lane"),
        ({"measured": [[5, 0], [2, 0.2]]}, "the seconds of a lane"),
        ({"measured": [[5, float("nan")], [2, 0.2]]}, "the seconds of a lane"),
        ({"measured": [[5, "1"], [2, 0.2]]}, "the seconds of a lane"),
    ],
)
def test_what_the_page_says_of_its_race_is_checked(wrong, why):
    with pytest.raises(ValueError, match=why):
        handed_in(TIMED | wrong)
    if "measured" not in wrong:
        with pytest.raises(ValueError, match=why):
            race.race_program(THERE | wrong)


def test_a_long_lane_keeps_few_frames():
    *_, lane = compare.drive(model(), compare.Lane(GenerateConfig(count=1, num_inference_steps=100)))
    assert len(lane.frames) == compare.MAX_FRAMES + 1 and (lane.frames[0].t, lane.frames[-1].t) == (500, 0)


def test_reading_the_measured_curve():
    """Between measurements the straight line of logarithms; nothing beyond the ends."""
    curve = [(10, 4.0), (40, 1.0)]
    assert on_curve(curve, 20) == pytest.approx(2)
    assert on_curve(curve, 40) == pytest.approx(1)
    assert on_curve(curve, 9) is on_curve(curve, 41) is on_curve([], 5) is None


@pytest.mark.parametrize("count", [0, 33, 2.5, True, "3", None])
def test_race_refuses_a_bad_count(count):
    with pytest.raises(gr.Error, match="number of sprites"):
        list(says_why(race.race)("hero", count, 0, [], *DDPM_12, *DDIM_3))


def test_race_refuses_more_than_its_share_of_the_machine():
    with pytest.raises(gr.Error, match=r"31,968 network evaluations.*at most 20,000"):
        list(says_why(race.race)("hero", 32, 0, [], *("ddpm", "sprites", 500, 0.0), *("heun", "sprites", 250, 0.0)))


@pytest.mark.parametrize(
    ("lanes", "why"),
    [
        ((*DDPM_12, *NOBODY), "at least two lanes"),
        ((*DDPM_12, "heun", "distilled", 2, 0.0), "the distilled network draws with sampler ddim"),
        ((*DDPM_12, "heun", "other", 2, 0.0), "unknown network 'other'"),
        ((*DDPM_12, "magic", "sprites", 5, 0.0), "unknown sampler 'magic'"),
        ((*DDPM_12, "heun", "sprites", 0, 0.0), "num_inference_steps"),
        ((*DDPM_12, "ddim", "sprites", 5, 2.0), "eta must be a number from 0 to 1"),
    ],
)
def test_race_refuses_bad_lanes(lanes, why):
    with pytest.raises(gr.Error, match=why):
        list(says_why(race.race)("hero", 1, 0, [], *lanes))


def test_mixing_two_ways_from_the_same_noise():
    request = {"weights": {"hero": 1.0, "food": 0.6}, "guidance_scale": 1.0, "seed": 0}
    sheets = [mixing.sheet(request | {"mixing": way}) for way in MIXINGS]
    assert [sheet["nfe"] for sheet in sheets] == [25, 3 * 25]
    assert sheets[0]["run"]["told"] == "1 hero + 0.6 food"
    config = GenerateConfig(weights={"hero": 1.0, "food": 0.6}, mixing="prediction")
    expected = to_uint8(last(generate(model(), config)).x_prev)
    np.testing.assert_array_equal(decode(sheets[1]["sprites"], np.uint8, 16, 16, 16, 3), expected)


def test_presets_are_mixes_of_our_classes():
    assert all(weights.keys() <= {*CLASS_NAMES} for weights in mixing.PRESETS.values())
