"""The endpoints for other programs as plain functions: what they answer, what they refuse, the programs they print."""

import base64
import inspect
import io
import math
from dataclasses import replace

import gradio as gr
import numpy as np
import pytest
import torch
from PIL import Image
from takeaways import run_program
from torch.testing import assert_close

import api
from core import GenerateConfig, NoiseSchedule, compare, last
from core import generate as run
from core.data import to_x0
from core.generate import MAX_SEED, SeededNoise, evaluations
from core.interpolate import slerp
from core.render import to_uint8
from core.samplers import SAMPLERS
from core.sprites import CLASS_NAMES, draw
from serving.refusals import says_why
from serving.runs import models

FEW = {"num_inference_steps": 2}


def decode(url: str) -> np.ndarray:
    """A data URL -> (16, 16, 3) uint8."""
    kind, _, data = url.partition(",")
    assert kind == "data:image/png;base64"
    picture = Image.open(io.BytesIO(base64.b64decode(data)))
    assert picture.mode == "RGB" and picture.format == "PNG"
    return np.asarray(picture)


def sprites(urls: list[str]) -> np.ndarray:
    return np.stack([decode(url) for url in urls])


def found(program: str) -> dict:
    """The names that a printed program leaves behind."""
    return run_program(program)[0]


def asked(function, **arguments) -> tuple[dict, dict]:
    """What Gradio gets from the endpoint, which it calls with every argument, in order."""
    parameters = inspect.signature(function).parameters
    return says_why(api.endpoint(function))(*(arguments.get(name, p.default) for name, p in parameters.items()))


def drawn(x_T=None, **config) -> np.ndarray:
    start = None if x_T is None else (500, x_T)
    return to_uint8(last(run(models(), GenerateConfig(**config), start=start)).x_prev)


@pytest.mark.parametrize("t", [0, 250, 1000])
def test_noise_is_the_forward_process(t):
    result, picture = api.noise("food", 3, t, "linear", 1000, 7)
    schedule, x0 = NoiseSchedule.linear(1000), to_x0(draw("food", 3).pixels[None])
    x_t = schedule.add_noise(x0, t, SeededNoise([7])())
    assert_close(torch.tensor([result["x_t"]]), x_t, atol=1e-6, rtol=0)
    np.testing.assert_array_equal(decode(result["pictures"]["x0"]), draw("food", 3).pixels)
    np.testing.assert_array_equal(decode(result["pictures"]["x_t"]), to_uint8(x_t)[0])
    assert result["alpha_bar"] == schedule.alpha_bar[t] and result["caption"] == draw("food", 3).caption
    assert result["snr"] is None if t == 0 else math.log(result["snr"]) == pytest.approx(schedule.log_snr[t].item())
    assert picture.shape == (18 * 8, 52 * 8, 3)
    assert_close(found(result["python"])["x_t"], x_t, rtol=0, atol=0)


def test_generate_is_cores_generate():
    arguments = {"weights": {"hero": 1.0, "food": 0.5}, "count": 3, "seed": 5, "sampler": "heun", "guidance_scale": 2.0}
    arguments |= {"mixing": "prediction", "schedule": "scaled_linear", "spacing": "karras"}
    result, picture = api.generate(**arguments, **FEW)
    np.testing.assert_array_equal(sprites(result["sprites"]), drawn(**arguments, **FEW))
    np.testing.assert_array_equal(to_uint8(found(result["python"])["sprites"]), sprites(result["sprites"]))
    assert result["seeds"] == [5, 6, 7] and result["nfe"] == 3 * 3 and result["seconds"] > 0
    assert picture.shape == (35 * 8, 35 * 8, 3)
    assert "too grey" in result["note"] and api.generate(**FEW)[0]["note"] is None


def test_generate_tells_of_values_that_no_colour_has():
    result, _ = api.generate(count=1, sampler="plms", num_inference_steps=2)
    assert "lie outside [-1, 1]" in result["note"]


def test_generate_passes_eta_on():
    result, _ = api.generate(count=1, eta=0.7, **FEW)
    np.testing.assert_array_equal(sprites(result["sprites"]), drawn(weights=api.FIRST, count=1, eta=0.7, **FEW))


def test_a_mix_changes_weights_and_noise_evenly():
    a, b = {"hero": 1.0, "food": 0.4}, {"food": 1.0, "spell": -0.2}
    more = {"sampler": "unipc", "guidance_scale": 1.5, "mixing": "prediction"}
    result, picture = api.mix(a, b, 3, 2, 4, 9, **more, **FEW)
    middle = {"hero": 0.5, "food": 0.7, "spell": -0.1}
    assert result["weights"] == [a, middle, b] and result["seeds"] == [4, 5] and picture.shape == (35 * 8, 52 * 8, 3)
    ends = zip(SeededNoise(range(4, 6))(), SeededNoise(range(9, 11))(), strict=True)
    half = torch.cat([slerp(*pair, torch.tensor([0.5])) for pair in ends])
    cells = sprites(result["sprites"]).reshape(2, 3, 16, 16, 3)
    for column, weights, x_T in (
        (0, a, SeededNoise(range(4, 6))()),
        (1, middle, half),
        (2, b, SeededNoise(range(9, 11))()),
    ):
        alone = drawn(x_T, weights=weights, count=2, seed=4, **more, **FEW).astype(int)
        assert np.abs(cells[:, column] - alone).max() <= 1  # another batch size rounds differently
    np.testing.assert_array_equal(to_uint8(found(result["python"])["sprites"]), sprites(result["sprites"]))
    assert result["nfe"] == 2 * 4  # three classes each on their own, and no class


def test_the_ends_of_a_mix_are_those_that_were_given():
    a = {"hero": 0.123456789}
    assert api.mix(a, {"food": 1 / 3}, 2, **FEW)[0]["weights"] == [a, {"food": 1 / 3}]


def test_the_last_seed_can_be_a_row_of_a_mix():
    assert api.mix(places=2, count=2, seed=MAX_SEED, **FEW)[0]["seeds"] == [MAX_SEED, MAX_SEED + 1]


@pytest.mark.parametrize("weights", [[{"hero": 1.0}] * 4, "hero", None, 1])
def test_weights_are_one_mix(weights):
    with pytest.raises(ValueError, match="weights must map class names to numbers; got"):
        api.generate(weights=weights)


def test_a_mix_without_a_second_seed_keeps_its_noise():
    result, _ = api.mix(places=2, **FEW)
    for url, name in zip(result["sprites"], ("hero", "spell"), strict=True):
        alone = drawn(weights={name: 1.0}, count=1, **FEW).astype(int)
        assert np.abs(decode(url)[None] - alone).max() <= 1
    np.testing.assert_array_equal(to_uint8(found(result["python"])["sprites"]), sprites(result["sprites"]))


def test_compare_is_a_race():
    lanes = [{"sampler": "ddim", "num_inference_steps": 2, "eta": 1.0}, {"sampler": "heun", "num_inference_steps": 3}]
    result, picture = api.compare(lanes, "spell", 2, 8)
    truth = compare.converged(models(), GenerateConfig({"spell": 1.0}, 2, 8))
    for lane, asked_for, program in zip(result["lanes"], lanes, found(result["python"])["sprites"], strict=True):
        np.testing.assert_array_equal(
            sprites(lane["sprites"]), drawn(weights={"spell": 1.0}, count=2, seed=8, **asked_for)
        )
        assert lane.items() >= asked_for.items()
        assert lane["ms_per_nfe"] == pytest.approx(1000 * lane["seconds"] / lane["nfe"]) and lane["seconds"] > 0
        assert lane["distance"] == compare.distance(program, truth)
    assert [lane["note"] for lane in result["lanes"]] == [None, None]
    assert [lane["nfe"] for lane in result["lanes"]] == [2, 4] and result["seeds"] == [8, 9]
    assert picture.shape == (35 * 8, 35 * 8, 3)


@pytest.mark.parametrize(
    ("function", "arguments"),
    [
        (api.noise, {"class_name": "side-facing", "t": 30}),
        (api.generate, {"weights": {}, "count": 2, **FEW}),
        (api.mix, {"places": 2, "seed_b": 3, **FEW}),
        (
            api.compare,
            {"lanes": [{"num_inference_steps": 2}, {"sampler": "euler", "num_inference_steps": 1}], "count": 1},
        ),
    ],
)
def test_the_settings_of_an_answer_give_it_again(function, arguments):
    first, file = asked(function, **arguments)
    again, file_again = asked(function, **first["settings"])
    assert first["settings"].keys() == inspect.signature(function).parameters.keys()
    assert first["settings"].items() >= arguments.items()
    assert first["python"] == again["python"] and file["path"] == file_again["path"]
    assert Image.open(file["path"]).format == "PNG" and gr.FileData(**file).meta["_type"] == "gradio.FileData"


def test_json_does_not_tell_whole_numbers_from_integers():
    result, _ = asked(api.generate, count=2.0, seed=3.0, num_inference_steps=2.0)
    assert result["settings"]["count"] == 2 and isinstance(result["settings"]["count"], int)
    lanes = [{"sampler": "ddim", "num_inference_steps": 1.0}, {"sampler": "euler", "num_inference_steps": 2.0}]
    assert [lane["nfe"] for lane in asked(api.compare, lanes=lanes, count=1.0)[0]["lanes"]] == [1, 2]


@pytest.mark.parametrize("function", [api.noise, api.generate, api.mix, api.compare])
def test_null_is_the_default(function, monkeypatch):
    """Of every argument, by name or by place: many programs send null for what they leave out."""
    given = []
    monkeypatch.setattr(
        api, function.__name__, lambda **settings: given.append(settings) or ({}, np.zeros((1, 1, 3), "u1"))
    )
    parameters = inspect.signature(function).parameters
    stand_in = getattr(api, function.__name__)
    stand_in.__signature__, stand_in.__doc__ = inspect.signature(function), function.__doc__
    answer, _ = api.endpoint(stand_in)(*[None] * len(parameters))
    defaults = {name: parameter.default for name, parameter in parameters.items()}
    assert given == [defaults] and answer["settings"] == defaults


def test_null_is_the_default_in_a_lane():
    assert api.lane_settings({"sampler": None, "num_inference_steps": 3.0, "eta": None}) == {"num_inference_steps": 3}


@pytest.mark.parametrize(("T", "t"), [(100, 100), (250, 250), (500, 250), (4000, 250)])
def test_the_usual_timestep_is_one_of_the_schedule(T, t):
    """Nobody gave t: then it cannot be the one that is wrong."""
    result, _ = asked(api.noise, num_train_timesteps=T)
    assert (
        result["settings"]["t"] == t and result["python"] == asked(api.noise, num_train_timesteps=T, t=t)[0]["python"]
    )


BAD = [
    (api.noise, "class_name", ["dragon", ["hero"], {"hero": 1}], "unknown class_name"),
    (api.noise, "sprite_seed", [-1, 1.5, True, "1", 2**31], "sprite_seed must be a whole number from 0"),
    (api.noise, "t", [-1, 501, 2.5, math.nan, math.inf], "t must be a whole number from 0 to 500"),
    (api.noise, "schedule", ["quick", 3], "unknown schedule"),
    (api.noise, "num_train_timesteps", [1, 4001], "num_train_timesteps"),
    (api.noise, "seed", [-1], "seed must be a whole number"),
    (api.generate, "weights", ["hero", [1, 0, 0, 0, 0], 3], "weights must map class names to numbers"),
    (api.generate, "weights", [{"dragon": 1}], "unknown class 'dragon'"),
    (
        api.generate,
        "weights",
        [{"hero": None}, {"hero": "1"}, {"hero": math.nan}, {"hero": 11}],
        "weight of '?hero'? must be a number",
    ),
    (api.generate, "count", [0, 257, 2.5, "4"], "count must be a whole number from 1 to 256"),
    (api.generate, "sampler", ["magic", []], "unknown sampler"),
    (api.generate, "num_inference_steps", [0, 501], "num_inference_steps must be a whole number from 1 to 500"),
    (api.generate, "guidance_scale", [-1, math.inf, "2"], "guidance_scale must be a number from 0 to 20"),
    (api.generate, "mixing", ["both"], "unknown mixing"),
    (api.generate, "eta", [-0.1, 2], "eta must be a number from 0 to 1"),
    (api.generate, "spacing", ["wide"], "unknown spacing"),
    (api.mix, "a", ["hero", 3], "a must map class names to numbers"),
    (api.mix, "b", [{"dragon": 1}], "unknown class 'dragon'"),
    (api.mix, "places", [1, 65, 2.5], "places must be a whole number from 2 to 64"),
    (api.mix, "count", [52], "count x places must be at most 256 sprites; got 52 x 5"),
    (api.mix, "count", [0, "many"], "count must be a whole number"),
    (api.mix, "seed_b", [-1, 1.5, True, "0"], "seed_b must be a whole number"),
    (api.compare, "lanes", [3, "ddim", {}, [], [{}], [{}] * 5], "lanes must be a list of two to four objects"),
    (
        api.compare,
        "lanes",
        [[3, 4], [["ddim", 25, 0]] * 2, [{"steps": 3}] * 2],
        "a lane must be an object",
    ),
    (api.compare, "lanes", [[{"sampler": "none"}] * 2], "unknown sampler"),
    (api.compare, "lanes", [[{"num_inference_steps": 0}] * 2], "num_inference_steps"),
    (api.compare, "class_name", ["dragon", ["hero"]], "unknown class_name"),
    (api.compare, "count", [0, 33], "count must be a whole number from 1 to 32"),
]


@pytest.mark.parametrize(
    ("function", "name", "value", "why"),
    [(function, name, value, why) for function, name, values, why in BAD for value in values],
)
def test_bad_input_gets_one_sentence(function, name, value, why):
    with pytest.raises(gr.Error, match=why) as caught:
        asked(function, **{name: value})
    assert "\n" not in caught.value.message and len(caught.value.message) < 250 and not caught.value.print_exception


@pytest.mark.parametrize(
    ("function", "arguments", "number"),
    [
        (api.generate, {"count": 256, "num_inference_steps": 100}, "25,600"),
        (api.generate, {"count": 128, "num_inference_steps": 100, "sampler": "heun"}, "25,472"),
        (api.generate, {"count": 128, "num_inference_steps": 100, "guidance_scale": 2.0}, "25,600"),
        (api.mix, {"count": 32, "places": 8, "num_inference_steps": 100}, "25,600"),
        (api.compare, {"count": 32, "lanes": [{"num_inference_steps": 400}] * 2}, "25,600"),
    ],
)
def test_a_request_takes_no_more_than_its_share_of_the_machine(function, arguments, number):
    with pytest.raises(gr.Error, match=f"{number} network evaluations.*at most 20,000 are allowed"):
        asked(function, **arguments)


@pytest.mark.parametrize("sampler", SAMPLERS)
@pytest.mark.parametrize(
    "more",
    [
        {},
        {"weights": {"hero": 1.0}, "guidance_scale": 2.0},
        {"weights": {"hero": 0.7, "food": 0.5}, "mixing": "prediction"},
        {"weights": {"hero": 0.5, "food": 0.5, "spell": 0}, "mixing": "prediction"},
        {"weights": {"hero": 1.0}, "guidance_scale": 0.0},
    ],
)
def test_the_evaluations_of_a_run_are_known_before(sampler, more, tiny_model):
    config = GenerateConfig(**more, count=3, sampler=sampler, num_inference_steps=4, schedule="linear")
    assert evaluations(config, CLASS_NAMES) == 3 * last(run(tiny_model, config)).nfe


def test_noise_of_a_short_schedule():
    assert api.noise(t=3, num_train_timesteps=3)[0]["alpha_bar"] == NoiseSchedule.cosine(3).alpha_bar[3].item()


def test_outside_the_interval_of_guidance_a_mix_may_ask_more_often(tiny_model):
    """At scale 2 half of either class leaves nothing for "no class"; at scale 1, outside, half of it remains."""
    halves = {"weights": {"hero": 0.25, "food": 0.25}, "mixing": "prediction", "guidance_scale": 2.0}
    everywhere = GenerateConfig(**halves, count=1, num_inference_steps=4)
    nowhere = replace(everywhere, guidance_interval=(0.0, 1e-9))
    assert [last(run(tiny_model, config)).nfe for config in (everywhere, nowhere)] == [8, 12]
    assert [evaluations(config, CLASS_NAMES) for config in (everywhere, nowhere)] == [8, 12]
