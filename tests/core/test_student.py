"""The networks by name, and the distilled one: which model draws, with which steps."""

import math
from dataclasses import replace

import pytest
from tiny import TINY
from torch.testing import assert_close

from core import GenerateConfig, Models, generate, last
from core.checkpoint import Model, save
from core.metrics import load_classifier, predict
from core.models import NETWORKS, size
from core.networks import UNet

CONFIG = GenerateConfig({"hero": 1.0}, 3, 5, network="distilled")
STUDENT = "distilled.safetensors"


def test_it_is_ddim_with_the_student_at_timesteps_of_its_own(tiny_models, tiny_student):
    assert CONFIG.timesteps() == [500, 469, 375, 219, 0] and CONFIG.num_inference_steps == 4
    as_if_it_were_none = replace(tiny_student, info={})
    own = GenerateConfig({"hero": 1.0}, 3, 5, "ddim", 4, spacing="mirrored")
    expected = last(generate(as_if_it_were_none, own)).x_prev
    assert_close(last(generate(tiny_models, CONFIG)).x_prev, expected, rtol=0, atol=0)
    assert_close(last(generate(tiny_student, CONFIG)).x_prev, expected, rtol=0, atol=0)
    (only,) = generate(tiny_models, replace(CONFIG, num_inference_steps=1))
    assert_close(only.x_prev, only.prediction.x0)


@pytest.mark.parametrize(
    "settings", [{"sampler": "ddpm"}, {"eta": 0.5}, {"spacing": "trailing"}, {"sampler": "unipc"}], ids=str
)
def test_it_draws_by_ddim_alone(settings):
    (name,) = settings
    with pytest.raises(ValueError, match=f"the distilled network draws with {name} .*; got {settings[name]}"):
        GenerateConfig(network="distilled", **settings)


def test_the_network_that_the_config_names_draws_and_no_other(tiny_model, tiny_student):
    with pytest.raises(ValueError, match="no distilled network beside the checkpoint"):
        generate({"sprites": tiny_model}, CONFIG)
    with pytest.raises(ValueError, match="names the network distilled, and this one is not distilled"):
        generate(tiny_model, CONFIG)
    with pytest.raises(ValueError, match="names the network sprites, and this one is a distilled one"):
        generate(tiny_student, GenerateConfig())


def test_networks_are_loaded_when_they_are_first_asked_for(tiny_checkpoint, tiny_models, monkeypatch):
    loaded = []
    models = Models(tiny_checkpoint, prepare=lambda model: loaded.append(model) or model)
    assert list(models) == ["sprites", "distilled"] and loaded == []
    expected = last(generate(tiny_models, CONFIG)).x_prev
    assert_close(last(generate(models, CONFIG)).x_prev, expected, rtol=1e-4, atol=1e-4)
    assert len(loaded) == 1 and loaded[0].distilled
    assert models["distilled"] is models["distilled"] and len(loaded) == 1
    with pytest.raises(KeyError):
        models["elsewhere"]


def test_together_they_keep_within_a_limit_of_memory(tiny_checkpoint):
    loaded = []

    def prepare(model):
        loaded.append(model.distilled)
        return model

    both = 2 * size(Models(tiny_checkpoint)["sprites"])
    for limit, expected in ((both, [False, True]), (both - 1, [False, True, False, True])):
        models = Models(tiny_checkpoint, prepare=prepare, max_bytes=limit)
        loaded.clear()
        for name in ("sprites", "distilled", "distilled", "sprites", "distilled"):
            assert models[name].distilled == bool(NETWORKS[name].teacher)
        assert loaded == expected


def test_a_student_is_there_only_beside_its_teacher(tiny_models, tmp_path, caplog):
    save(tmp_path / "teacher.safetensors", tiny_models["sprites"])
    assert list(Models(tmp_path / "teacher.safetensors")) == ["sprites"]
    (tmp_path / STUDENT).write_bytes(b"nonsense")
    assert list(Models(tmp_path / "teacher.safetensors")) == ["sprites"]
    assert "distilled.safetensors is not a readable safetensors file" in caplog.text


@pytest.mark.parametrize(
    ("change", "why"),
    [
        ({"info": {"distilled": True, "started_from": {"images_seen": 1}}}, "distilled from another network"),
        ({"info": {"distilled": True}}, "distilled from another network"),
        ({"info": {"started_from": {"images_seen": 0}}}, "was not distilled"),
        ({"class_names": ("a", "b", "c", "d", "e")}, "other classes"),
        ({"network": UNet(replace(TINY, heads=1)), "run": None}, "another shape"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_a_student_of_another_network_is_left_out_and_the_log_says_why(tiny_models, tmp_path, caplog, change, why):
    save(tmp_path / "teacher.safetensors", tiny_models["sprites"])
    save(tmp_path / STUDENT, replace(tiny_models["distilled"], **change))
    assert list(Models(tmp_path / "teacher.safetensors")) == ["sprites"]
    assert why in caplog.text and str(tmp_path / STUDENT) in caplog.text


def test_a_student_of_an_earlier_stage_is_left_out(tiny_models, tmp_path, caplog):
    teacher = tiny_models["sprites"]
    later = {"images_seen": 5, "started_from": dict(teacher.info)}
    save(tmp_path / "teacher.safetensors", replace(teacher, info=later))
    save(tmp_path / STUDENT, tiny_models["distilled"])
    assert list(Models(tmp_path / "teacher.safetensors")) == ["sprites"]
    assert "before it was trained on" in caplog.text


def test_a_teacher_that_was_not_trained_has_its_student_too(tiny_models, tmp_path):
    info = {"final_loss": math.nan}  # which is not equal to itself
    save(tmp_path / "teacher.safetensors", replace(tiny_models["sprites"], info=info))
    save(tmp_path / STUDENT, replace(tiny_models["distilled"], info={"distilled": True, "started_from": info}))
    assert Models(tmp_path / "teacher.safetensors")["distilled"].distilled


def test_what_a_file_says_of_its_training_makes_a_student_only_if_it_says_true(tiny_model):
    assert not Model(tiny_model.network, tiny_model.class_names, {"distilled": "yes"}).distilled


@pytest.mark.parametrize(("steps", "most"), [(1, 0.85), (2, 0.93), (4, 0.95)])
def test_the_shipped_student_draws_what_it_is_told(steps, most):
    """The classifier recognises most of its sprites, of every class: 91, 95, 97.5 % in the benchmark."""
    models, (classifier, _, _) = Models(), load_classifier()
    right = 0
    for k, name in enumerate(models["sprites"].class_names):
        config = GenerateConfig({name: 1.0}, 40, 9000, network="distilled", num_inference_steps=steps)
        step = last(generate(models, config))
        right += int((predict(classifier, step.x_prev.clamp(-1, 1)) == k).sum())
    assert step.nfe == steps and right / 200 > most
