"""The distilled network: which model draws, with which steps."""

import math
from dataclasses import replace

import pytest
from tiny import TINY
from torch.testing import assert_close

from core import GenerateConfig, generate, last, load
from core.checkpoint import STUDENT, Model, save
from core.metrics import load_classifier, predict
from core.networks.unet import UNet

CONFIG = GenerateConfig({"hero": 1.0}, 3, 5, "distilled", 4)


def test_it_is_ddim_with_the_student_at_timesteps_of_its_own(tiny_model):
    assert CONFIG.timesteps() == replace(CONFIG, spacing="leading").timesteps() == [500, 469, 375, 219, 0]
    student = replace(tiny_model.student, info={})  # as if it were no student
    expected = last(generate(student, replace(CONFIG, sampler="ddim", spacing="mirrored"))).x_prev
    assert_close(last(generate(tiny_model, CONFIG)).x_prev, expected, rtol=0, atol=0)
    assert_close(last(generate(tiny_model.student, CONFIG)).x_prev, expected, rtol=0, atol=0)
    (only,) = generate(tiny_model, replace(CONFIG, num_inference_steps=1))
    assert_close(only.x_prev, only.prediction.x0)


def test_the_student_draws_and_no_other(tiny_model):
    with pytest.raises(ValueError, match="needs a distilled network beside the checkpoint"):
        generate(replace(tiny_model, student=None), CONFIG)
    with pytest.raises(ValueError, match="knows only the sampler distilled, not ddim"):
        generate(tiny_model.student, replace(CONFIG, sampler="ddim"))


def test_a_checkpoint_is_loaded_with_the_student_beside_it(tiny_model, tmp_path):
    save(tmp_path / "teacher.safetensors", tiny_model)
    assert load(tmp_path / "teacher.safetensors").student is None
    save(tmp_path / STUDENT, tiny_model.student)
    model = load(tmp_path / "teacher.safetensors")
    assert model.student.distilled and not model.distilled
    expected = last(generate(tiny_model, CONFIG)).x_prev
    assert_close(last(generate(model, CONFIG)).x_prev, expected, rtol=1e-4, atol=1e-4)
    alone = load(tmp_path / STUDENT)
    assert alone.distilled and alone.student is None
    assert_close(last(generate(alone, CONFIG)).x_prev, expected, rtol=1e-4, atol=1e-4)
    (tmp_path / STUDENT).write_bytes(b"nonsense")
    with pytest.raises(ValueError, match=r"distilled\.safetensors is not a readable safetensors file"):
        load(tmp_path / "teacher.safetensors")


def test_a_student_of_an_earlier_stage_is_left_out(tiny_model, tmp_path, caplog):
    later = {"images_seen": 5, "started_from": dict(tiny_model.info)}
    save(tmp_path / "teacher.safetensors", replace(tiny_model, info=later))
    save(tmp_path / STUDENT, tiny_model.student)
    assert load(tmp_path / "teacher.safetensors").student is None
    assert "before it was trained on" in caplog.text


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
def test_a_student_of_another_network_is_left_out_and_the_log_says_why(tiny_model, tmp_path, caplog, change, why):
    save(tmp_path / "teacher.safetensors", tiny_model)
    save(tmp_path / STUDENT, replace(tiny_model.student, **change))
    assert load(tmp_path / "teacher.safetensors").student is None
    assert why in caplog.text and str(tmp_path / STUDENT) in caplog.text


def test_a_teacher_that_was_not_trained_has_its_student_too(tiny_model, tmp_path):
    info = {"final_loss": math.nan}  # which is not equal to itself
    save(tmp_path / "teacher.safetensors", replace(tiny_model, info=info))
    save(tmp_path / STUDENT, replace(tiny_model.student, info={"distilled": True, "started_from": info}))
    assert load(tmp_path / "teacher.safetensors").student.distilled


def test_what_a_file_says_of_its_training_makes_a_student_only_if_it_says_true(tiny_model):
    assert not Model(tiny_model.network, tiny_model.class_names, {"distilled": "yes"}).distilled


@pytest.mark.parametrize(("steps", "most"), [(1, 0.85), (2, 0.93), (4, 0.95)])
def test_the_shipped_student_draws_what_it_is_told(steps, most):
    """The classifier recognises most of its sprites, of every class: 91, 95, 97.5 % in the benchmark."""
    model, (classifier, _, _) = load(), load_classifier()
    right = 0
    for k, name in enumerate(model.class_names):
        config = GenerateConfig({name: 1.0}, 40, 9000, "distilled", steps)
        step = last(generate(model, config))
        right += int((predict(classifier, step.x_prev.clamp(-1, 1)) == k).sum())
    assert step.nfe == steps and right / 200 > most
