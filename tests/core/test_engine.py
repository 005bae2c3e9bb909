"""What carries out a step: in parts, in mixed precision, in several processes, with a log; each gives the same run."""

import os
import signal
import socket
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from types import ModuleType, SimpleNamespace

import pytest
import torch
from safetensors import safe_open
from tiny import ROOT, TINY, until
from torch.testing import assert_close

from core.checkpoint import load
from core.train import TrainConfig, Trainer, TrainStep
from core.train.__main__ import main
from core.train.engine import AccelerateEngine, Engine, engine_for
from core.train.log import log_to

CONFIG = TrainConfig(images=80, batch_size=8, sketch_batch_size=16, warmup_steps=2)
# Two channels in each group of a norm: with one, a bias before it has no gradient but rounding, which Adam magnifies.
PAIRS = replace(TINY, channels=(16, 32), blocks=(1, 1))
SMALL = ["--per-class", "4", "--batch-size", "8", "--sketch-batch-size", "16", "--channels", "16,32", "--blocks", "1,1"]
SMALL += ["--sketch", "16", "--snapshots"]


def trained(data, engine, config=CONFIG, network=TINY):
    trainer = Trainer(data, network, config, engine)
    return trainer, [step.loss for step in trainer.run()]


def test_parts_of_a_batch_have_every_row_once(tiny_data):
    """Over two processes and two parts each: the rows of one batch, evenly over its noise levels."""
    batch = Trainer(tiny_data, TINY, CONFIG)._batch()
    engine = Engine(accumulate=2)
    engine.processes = 2
    parts = []
    for engine.index in range(2):
        parts += [part.log_snr for part in engine.share(batch)]
    assert [len(part) for part in parts] == [2] * 4
    assert sorted(torch.cat(parts).tolist()) == sorted(batch.log_snr.tolist())
    assert all(part[0] >= batch.log_snr[3] > batch.log_snr[4] >= part[1] for part in parts)


def test_a_batch_in_parts_gives_the_same_weights(tiny_data):
    (whole, losses), (parts, others) = (trained(tiny_data, Engine(accumulate=n), network=PAIRS) for n in (1, 4))
    assert_close(torch.tensor(others), torch.tensor(losses), rtol=1e-4, atol=1e-5)
    for ours, theirs in zip(parts.network.parameters(), whole.network.parameters(), strict=True):
        assert_close(ours, theirs, rtol=0, atol=1e-5)


def test_a_batch_that_cannot_be_shared_out_is_refused(tiny_data):
    with pytest.raises(ValueError, match="shared out evenly"):
        Trainer(tiny_data, TINY, CONFIG, Engine(accumulate=3))
    with pytest.raises(ValueError, match="8 and 18 cannot"):
        Trainer(tiny_data, TINY, replace(CONFIG, sketch_batch_size=18), Engine(accumulate=4))
    with pytest.raises(ValueError, match="at least one part"):
        Engine(accumulate=0)


def test_mixed_precision_learns_much_the_same(tiny_data):
    """The weights stay float32, the losses are near those of full precision, and the record says so."""
    (full, losses), (mixed, others) = (trained(tiny_data, Engine(precision=p)) for p in ("fp32", "bf16"))
    assert others != losses
    assert_close(torch.tensor(others), torch.tensor(losses), rtol=0.03, atol=0)
    assert all(parameter.dtype == torch.float32 for parameter in mixed.network.parameters())
    assert mixed.model().info["precision"] == "bf16" and "precision" not in full.model().info


@pytest.mark.parametrize("threads", [False, True], ids=["in turn", "in threads"])
def test_two_runs_at_once_end_as_each_would_alone(tiny_data, threads):
    """Nothing of a run is global: neither random state nor precision nor the step."""
    other = replace(CONFIG, seed=1)
    alone = [trained(tiny_data, Engine(), CONFIG)[1], trained(tiny_data, Engine(precision="bf16"), other)[1]]
    pair = Trainer(tiny_data, TINY, CONFIG), Trainer(tiny_data, TINY, other, Engine(precision="bf16"))
    if threads:
        with ThreadPoolExecutor(2) as pool:
            runs = list(pool.map(lambda trainer: list(trainer.run()), pair))
    else:
        runs = zip(*zip(*(trainer.run() for trainer in pair), strict=True), strict=True)
    assert [[step.loss for step in run] for run in runs] == alone


def launched(rank, port, folder, *options):
    """One of two processes, as torchrun or `accelerate launch` starts them."""
    told = {"RANK": rank, "LOCAL_RANK": rank, "WORLD_SIZE": 2, "MASTER_ADDR": "127.0.0.1", "MASTER_PORT": port}
    env = os.environ | {"OMP_NUM_THREADS": "1", "ACCELERATE_USE_CPU": "true"} | {k: str(v) for k, v in told.items()}
    command = [sys.executable, "-m", "core.train", *SMALL, "", *options, "--device", "cpu", "--out", folder]
    pipe = subprocess.PIPE
    return subprocess.Popen([str(part) for part in command], cwd=ROOT, env=env, stdout=pipe, stderr=pipe, text=True)


def free_port():
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        return found.getsockname()[1]


def test_two_processes_killed_on_the_way_give_the_weights_of_one(tmp_path, monkeypatch, capsys):
    """SIGKILL to both, the same command again: they go on, and end within 1e-5 of one process that nobody killed."""
    folder = tmp_path / "two"
    port = free_port()
    pair = [launched(rank, port, folder, "--images", 240, "--save-seconds", 0) for rank in range(2)]
    until(lambda: (folder / "last.safetensors").exists() or pair[0].poll() is not None, "a checkpoint")
    for process in pair:
        process.send_signal(signal.SIGKILL)
        process.communicate()
    with safe_open(folder / "last.safetensors", framework="pt") as file:
        seen = 8 * int(file.metadata()["step"])
    assert 0 < seen < 240 and not (folder / "final.safetensors").exists()

    port = free_port()
    pair = [launched(rank, port, folder, "--images", 240) for rank in range(2)]
    (out, err), (others, _) = (process.communicate(timeout=120) for process in pair)
    assert [process.returncode for process in pair] == [0, 0], err
    assert f"resuming after {seen} images" in out and "2 processes" in out and others == ""

    monkeypatch.setattr("core.train.__main__.sample_sheet", lambda model: torch.zeros(1, 1, 3).byte().numpy())
    main([*SMALL, "", "--images", "240", "--device", "cpu", "--out", str(tmp_path / "one")])
    one, two = (load(tmp_path / name / "final.safetensors") for name in ("one", "two"))
    assert one.info["images_seen"] == two.info["images_seen"] == 240
    for key, value in one.network.state_dict().items():
        assert_close(two.network.state_dict()[key], value, rtol=0, atol=1e-5)


def test_accelerate_is_used_where_it_started_the_process(monkeypatch):
    """And alone it does what plain PyTorch does, in the precision that its launcher was told."""
    assert type(engine_for("cpu")) is Engine
    monkeypatch.setenv("ACCELERATE_MIXED_PRECISION", "bf16")
    engine = engine_for("cpu", accumulate=2)
    assert type(engine) is AccelerateEngine and (engine.precision, engine.parts) == ("bf16", 2)


def test_several_processes_without_accelerate_are_refused(monkeypatch, tmp_path, refused):
    monkeypatch.setenv("WORLD_SIZE", "2")
    monkeypatch.setitem(sys.modules, "accelerate", None)
    assert "pip install accelerate" in refused(main, [*SMALL, "", "--out", tmp_path])


# Logs


def test_a_log_that_is_not_installed_is_refused(monkeypatch, tmp_path, refused):
    for kind, module in (("tensorboard", "torch.utils.tensorboard"), ("trackio", "trackio")):
        monkeypatch.setitem(sys.modules, module, None)
        assert f"pip install {kind}" in refused(main, [*SMALL, "", "--out", tmp_path, "--log", kind])


@pytest.mark.parametrize("kind", ["tensorboard", "trackio"])
def test_every_tenth_step_is_logged(monkeypatch, tmp_path, kind):
    """Both as their packages document them: SummaryWriter.add_scalar, and init(project=...).log(metrics, step)."""
    noted = {}
    if kind == "tensorboard":
        board = SimpleNamespace(add_scalar=lambda name, value, step: noted.setdefault(step, {}).update({name: value}))
        module = ModuleType("torch.utils.tensorboard")
        module.SummaryWriter = lambda folder: board if folder == tmp_path / "log" else None
        monkeypatch.setitem(sys.modules, "torch.utils.tensorboard", module)
    else:
        run = SimpleNamespace(log=lambda values, step: noted.update({step: values}))
        module = ModuleType("trackio")
        module.init = lambda project: run if project == tmp_path.name else None
        monkeypatch.setitem(sys.modules, "trackio", module)
    write = log_to(kind, tmp_path)
    for step in range(1, 21):
        write(TrainStep(step, 8 * step, 0.5, 1e-3, 2.0))
    assert noted == {
        step: {"loss": 0.5, "learning rate": 1e-3, "gradient norm": 2.0, "images": 8 * step} for step in (10, 20)
    }
