"""make train-gpu, on a CPU: it goes on from where it was, keeps its files within limits, and evaluates in time."""

import json
import shutil
from dataclasses import replace
from itertools import count
from types import SimpleNamespace

import pytest
import torch
from safetensors import safe_open
from tiny import TINY, randomised, until
from torch.testing import assert_close

from core.checkpoint import Model, load, read_header, save
from core.data import built_in
from core.metrics import features, load_classifier
from core.models import not_its_student
from core.networks import UNet
from core.sprites import CLASS_NAMES
from core.train import TrainConfig, gpu
from core.train.engine import Engine
from core.train.graph import GraphTrainer

NETWORK = replace(TINY, channels=(16, 32), blocks=(1, 1))
CONFIG = TrainConfig(batch_size=8, sketch_batch_size=16, ema_decay=gpu.DECAYS[0])


@pytest.fixture
def first(tmp_path):
    """A checkpoint to start from."""
    save(tmp_path / "first.safetensors", Model(randomised(UNet(NETWORK)), CLASS_NAMES, {"images_seen": 7}))
    return tmp_path / "first.safetensors"


def trainer_of(data):
    return GraphTrainer(data, NETWORK, CONFIG, Engine(), shifts=gpu.SHIFTS, decays=gpu.DECAYS, every=2)


def options(first, folder, *more):
    small = [
        "--paths",
        "20",
        "--per-class",
        "4",
        "--batch-size",
        "8",
        "--sketch-batch-size",
        "16",
        "--samples",
        "10",
        "--device",
        "cpu",
    ]
    return [*small, "--init", str(first), "--out", str(folder), *more]


def test_a_call_improves_saves_and_evaluates_and_the_next_goes_on(first, tmp_path, monkeypatch, capsys):
    """At most eight files of at most 16 MB; averages are checkpoints; the report names every network."""
    monkeypatch.setattr(gpu, "STEPS", (2,))
    monkeypatch.setattr(gpu, "TRIED", 10)
    real = features(load_classifier()[0], built_in(40, 3).x0())
    monkeypatch.setattr(gpu, "reference", lambda: real)
    clock = count()  # a twentieth of a second passes between two looks at it
    monkeypatch.setattr(gpu, "time", SimpleNamespace(monotonic=lambda: next(clock) / 20))
    folder = tmp_path / "run"
    gpu.main(options(first, folder, "--minutes", "0.05"))
    files = list(folder.iterdir())
    assert {file.name for file in files} == {
        "report.json",
        "state-0.safetensors",
        "distilled.safetensors",
        *(f"average-{decay}.safetensors" for decay in gpu.DECAYS),
    }
    report = json.loads((folder / "report.json").read_text())
    seen = report["images_seen"]
    assert seen == report["images_of_this_call"] > 0 and report["images_per_s"] > 0 and report["share_of_peak"] > 0
    for decay in gpu.DECAYS:
        model = load(folder / f"average-{decay}.safetensors")
        assert model.images_seen == seen + 7 and model.info["train_config"]["ema_decay"] == decay
        assert model.info["precision"] == "bf16"
    assert {f"{name}, DDIM-2" for name in ("average-0.9999", "average-0.9995", "average-0.99997", "before")} <= set(
        report
    )
    student = read_header(folder / "distilled.safetensors")
    teachers = [read_header(folder / f"average-{decay}.safetensors") for decay in gpu.DECAYS]
    closest = min(gpu.DECAYS, key=lambda decay: report[f"average-{decay}, DDIM-2"]["fd"])
    assert [not_its_student(student, teacher) is None for teacher in teachers] == [d == closest for d in gpu.DECAYS]
    assert report["student"]["images_seen"] > 0
    assert report["student"]["paths"] == 20 and report["student"].keys() >= {"images_seen", "fd", "class_accuracy"}
    capsys.readouterr()

    gpu.main(options(first, folder, "--minutes", "0.05"))
    again = json.loads((folder / "report.json").read_text())
    assert again["images_seen"] == seen + again["images_of_this_call"]
    assert f"{seen:,} images so far" in capsys.readouterr().out


def test_the_state_of_the_shipped_network_fits_into_eight_files(tiny_data, tmp_path):
    """The network that ships, with Adam's moments: 16 MB each at most, and one place left for the student."""
    trainer = GraphTrainer(
        tiny_data, load(backend="torch").network.config, CONFIG, shifts=gpu.SHIFTS, decays=gpu.DECAYS, every=1
    )
    next(trainer.run(lambda: 0.0))
    gpu.save_state(trainer, tmp_path / "run", {})
    sizes = [file.stat().st_size for file in (tmp_path / "run").iterdir()]
    assert len(sizes) <= 7 and max(sizes) <= 16_000_000 and sum(sizes) > 60_000_000


def test_what_was_saved_is_what_goes_on(tiny_data, tmp_path):
    """Weights and step to the bit, averages and moments as their files round them."""
    one, other = trainer_of(tiny_data), trainer_of(tiny_data)
    next(one.run(lambda: 0.0))
    gpu.save_state(one, tmp_path / "run", {})
    assert gpu.resume_state(other, tmp_path / "run") and other.step == one.step == 2
    for a, b in zip(one.network.parameters(), other.network.parameters(), strict=True):
        assert_close(a, b, rtol=0, atol=0)
    for decay in gpu.DECAYS:
        for a, b in zip(one.averages[decay].parameters(), other.averages[decay].parameters(), strict=True):
            assert_close(a, b, rtol=1e-3, atol=1e-6)
    moments = (trainer.optimizer.state_dict()["state"] for trainer in (one, other))
    for a, b in zip(*(state.values() for state in moments), strict=True):
        assert_close(b["exp_avg_sq"], a["exp_avg_sq"], rtol=5e-3, atol=0)
        assert a["step"] == b["step"] == 2
    steps = [next(trainer.run(lambda: 0.0)) for trainer in (one, other)]
    assert_close(steps[1].loss, steps[0].loss, rtol=1e-4, atol=0)


def test_a_kill_between_two_files_leaves_the_old_state_or_the_new(tiny_data, tmp_path, monkeypatch):
    """Stopped at every move and every file of a second save: what is found is whole, of step 2 or 4."""
    trainer = trainer_of(tiny_data)
    folder = tmp_path / "run"
    next(trainer.run(lambda: 0.0))
    gpu.save_state(trainer, folder, {})
    shutil.copytree(folder, tmp_path / "kept")
    next(trainer.run(lambda: 0.0))
    found = []
    for moment in range(20):
        for leftover in tmp_path.glob("run*"):
            shutil.rmtree(leftover)
        shutil.copytree(tmp_path / "kept", folder)
        passed = 0

        def killed(function, moment=moment):
            def called(*arguments, **settings):
                nonlocal passed
                passed += 1
                if passed > moment:
                    raise KeyboardInterrupt
                return function(*arguments, **settings)

            return called

        with monkeypatch.context() as patch:
            for name in ("save", "write_atomically"):
                patch.setattr(gpu, name, killed(getattr(gpu, name)))
            patch.setattr(gpu.os, "replace", killed(gpu.os.replace))
            try:
                gpu.save_state(trainer, folder, {})
                finished = True
            except KeyboardInterrupt:
                finished = False
        other = trainer_of(tiny_data)
        assert gpu.resume_state(other, folder)
        found.append(other.step)
        if finished:
            break
    assert found[0] == 2 and found[-1] == 4 and found == sorted(found) and len(found) > 5
    with safe_open(folder / "state-0.safetensors", framework="pt") as file:
        assert file.metadata()["step"] == "4"


def test_kill_9_loses_at_most_what_came_after_the_last_save(first, tmp_path, python):
    """SIGKILL while it trains and saves all the time; what is left is whole and goes on."""
    folder = tmp_path / "run"
    code = "from core.train import gpu; gpu.SAVE_SECONDS = 0; import sys; gpu.main(sys.argv[1:])"
    process = python("-c", code, *options(first, folder, "--minutes", "5", "--precision", "fp32"))
    until(lambda: (folder / "report.json").exists() or process.poll() is not None, "a state")
    process.kill()
    process.communicate()
    trainer = gpu_trainer(first)
    assert gpu.resume_state(trainer, folder) and trainer.step > 0
    step = next(trainer.run(lambda: 0.0))
    assert step.step == trainer.step and torch.isfinite(torch.tensor(step.loss))


def gpu_trainer(first):
    """As gpu.main makes it with these options."""
    config = replace(CONFIG, learning_rate=1.5e-3, decay_share=0.6, weight_decay=0.03, seed=7)
    return GraphTrainer(built_in(4), load(first).network.config, config, shifts=gpu.SHIFTS, decays=gpu.DECAYS, every=1)


def test_the_state_of_another_run_is_refused(first, tmp_path, refused, tiny_data):
    trainer = trainer_of(tiny_data)
    next(trainer.run(lambda: 0.0))
    gpu.save_state(trainer, tmp_path / "run", {})
    assert "other settings" in refused(gpu.main, options(first, tmp_path / "run"))
    assert "--minutes must be a number" in refused(gpu.main, options(first, tmp_path / "run", "--minutes", "0"))
