"""Distillation: what the student is shown are states of the teacher's paths, and what it learns is where they end."""

from dataclasses import fields, replace
from types import SimpleNamespace

import numpy as np
import pytest
import torch
from torch.testing import assert_close

from core.checkpoint import load
from core.generate import GenerateConfig, generate
from core.prediction import PREDICTION_TYPES
from core.train import Batch, TrainConfig
from core.train.distill import (
    KEPT,
    LEVELS,
    START_SHARE,
    STEPS,
    Distillation,
    kept_paths,
    main,
    pseudo_huber,
    walk,
)


@pytest.fixture(scope="module")
def paths(tiny_model):
    return walk(tiny_model, 40)


def test_paths_are_the_teachers(tiny_model, paths):
    """The first of every class: its noise, the states on its way, its end. A tenth of the paths has no class."""
    assert paths.x_t.shape == (len(LEVELS), 40, 3, 16, 16) and paths.x0.shape == (40, 3, 16, 16)
    assert torch.bincount(paths.labels).tolist() == [8, 7, 7, 7, 7, 4]
    schedule = GenerateConfig().noise_schedule()
    for label, name in enumerate([*tiny_model.class_names, None]):
        i = int((paths.labels == label).nonzero()[0])
        config = GenerateConfig({name: 1.0} if name else {}, 1, 10**9 + label * 10**6, "dpmpp_2m", STEPS)
        steps = list(generate(tiny_model, config))
        assert_close(paths.x_t[0, i].float(), steps[0].x_t[0], rtol=1e-3, atol=1e-3)
        assert_close(paths.x_t[1, i].float(), steps[1].x_t[0], rtol=2e-3, atol=2e-3)
        assert_close(paths.x0[i], steps[-1].x_prev[0], rtol=1e-3, atol=2e-3)
    assert_close(paths.log_snr[1].item(), schedule.log_snr[469].item(), rtol=1e-5, atol=0)
    assert (paths.log_snr.diff() > 0).all()


def test_a_batch_shows_states_and_asks_for_ends(tiny_model, paths):
    """Its x_t, made of x0 and eps, is a state of the path that ends in that x0; START_SHARE of them are x_T."""
    trainer = Distillation(tiny_model, paths, TrainConfig(images=1, batch_size=256, sketch_batch_size=8))
    batch = trainer._batch()
    starts = 0
    for x_t, x0, level, row in zip(batch.x_t, batch.x0, batch.log_snr, batch.weights, strict=True):
        (path,) = (paths.x0 == x0).all((1, 2, 3)).nonzero()[:1, 0].tolist()
        k = int((paths.log_snr == level).nonzero()[0])
        assert_close(x_t, paths.x_t[k, path].float(), rtol=1e-3, atol=1e-3)
        label = int(paths.labels[path])
        assert row.tolist() == [float(c == label) for c in range(5)]
        starts += k == 0
    assert abs(starts / 256 - START_SHARE) < 5 * (START_SHARE * (1 - START_SHARE) / 256) ** 0.5
    assert not torch.equal(trainer._sketch_batch().x0, batch.x0[:8])


@pytest.mark.parametrize("prediction_type", PREDICTION_TYPES)
def test_pseudo_huber_is_of_the_end_whatever_the_network_predicts(prediction_type):
    x0, wrong, eps = torch.randn(3, 2, 3, 16, 16, generator=torch.Generator().manual_seed(0))
    batch = Batch(x0, torch.eye(5)[:2], torch.tensor([-9.0, 3.0]), eps)
    signal, noise = batch.alpha_bar.sqrt(), batch.noise_share.sqrt()

    def network(x_t, log_snr, weights):
        wrong_eps = (x_t - signal * wrong) / noise
        return {"eps": wrong_eps, "x0": wrong, "v": signal * wrong_eps - noise * wrong}[prediction_type]

    network.config = SimpleNamespace(prediction_type=prediction_type)
    c = 0.03
    expected = [(((wrong - x0)[i] ** 2 + c**2) ** 0.5 - c).sum() / 768 for i in range(2)]
    assert_close(pseudo_huber(network, batch), torch.stack(expected), rtol=1e-3, atol=0)


def test_a_student_learns_the_ends(tiny_model, paths):
    config = TrainConfig(images=8000, batch_size=16, sketch_batch_size=16, learning_rate=2e-3, warmup_steps=0)
    trainer = Distillation(tiny_model, paths, config)
    batch = trainer._batch()
    before = pseudo_huber(trainer.network, batch).mean().item()
    for _ in zip(range(150), trainer.run(), strict=False):
        pass
    assert pseudo_huber(trainer.network, batch).mean().item() < 0.7 * before
    assert trainer.model().info["distilled"] is True
    assert trainer.model().network.config == tiny_model.network.config


def test_the_command_walks_trains_and_goes_on(tiny_checkpoint, tmp_path, monkeypatch, capsys):
    monkeypatch.setattr("core.train.__main__.sample_sheet", lambda model: np.zeros((1, 1, 3), np.uint8))
    options = ["--teacher", str(tiny_checkpoint), "--paths", "12", "--out", str(tmp_path), "--images"]
    main([*options, "64"])
    assert "12 of 12 paths" in capsys.readouterr().out
    assert load(tmp_path / "final.safetensors").info["images_seen"] == 64
    main([*options, "128"])
    out = capsys.readouterr().out
    assert "resuming after 64 images" in out and "paths" not in out.replace("12 paths", "")  # kept, not walked again
    assert load(tmp_path / "final.safetensors").info["images_seen"] == 128


def test_paths_of_another_walk_are_refused_and_kept(tiny_checkpoint, tiny_model, tiny_student, tmp_path, refused):
    paths = kept_paths(tmp_path, tiny_model, 12, 0)
    again = kept_paths(tmp_path, tiny_model, 12, 0)
    for field in fields(paths):
        assert_close(getattr(again, field.name), getattr(paths, field.name), rtol=0, atol=0)
    before = (tmp_path / KEPT).read_bytes()
    options = ["--teacher", tiny_checkpoint, "--out", tmp_path, "--images", "64"]
    assert "other paths (seed)" in refused(main, [*options, "--paths", "12", "--seed", "1"])
    assert "other paths (count)" in refused(main, [*options, "--paths", "13"])
    other = replace(tiny_model, network=tiny_student.network)
    with pytest.raises(ValueError, match=r"other paths \(teacher\)"):
        kept_paths(tmp_path, other, 12, 0)
    assert (tmp_path / KEPT).read_bytes() == before
    (tmp_path / KEPT).write_bytes(before[:-100])
    assert "delete it" in refused(main, [*options, "--paths", "12"])


def test_a_seed_that_is_too_large_is_refused_before_anything_is_walked(tiny_checkpoint, tmp_path, refused, monkeypatch):
    monkeypatch.setattr("core.train.distill.walk", lambda *args: pytest.fail("it walked"))
    options = ["--teacher", tiny_checkpoint, "--out", tmp_path / "run", "--seed"]
    assert "--seed must be a whole number from 0 to 114; got 115" in refused(main, [*options, 115])
    assert not (tmp_path / "run").exists()


@pytest.mark.filterwarnings("ignore:.*no-op")  # a weight that is copied to `meta`
def test_a_distillation_runs_on_the_device_that_is_asked_for(tiny_model, paths):
    """`meta` stands for a GPU: a device that is not the CPU, on every machine."""
    trainer = Distillation(tiny_model, paths, TrainConfig(images=1), "meta")
    assert {parameter.device.type for parameter in trainer.network.parameters()} == {"meta"}


def test_an_interrupt_ends_with_status_130_and_one_line(tiny_checkpoint, tmp_path, monkeypatch, capsys):
    def interrupted(*args, **kwargs):
        raise KeyboardInterrupt

    for where, sentence in (("train", "run the same command"), ("walk", "while the paths were walked")):
        monkeypatch.setattr(f"core.train.distill.{where}", interrupted)
        with pytest.raises(SystemExit) as caught:
            folder = str(tmp_path / where)
            main(["--teacher", str(tiny_checkpoint), "--paths", "12", "--images", "64", "--out", folder])
        assert caught.value.code == 130 and sentence in capsys.readouterr().err


@pytest.mark.parametrize(
    "options", ["--paths 3", "--images 0", "--learning-rate nan", "--teacher missing.safetensors", "--device nonsense"]
)
def test_wrong_input_ends_with_status_2_and_one_line(refused, options):
    assert refused(main, options.split()).startswith("python -m core.train.distill: ")
