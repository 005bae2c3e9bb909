"""The step that a GPU runs as one graph, here uncaptured: the same learning as step by step, and what it tells."""

import math
from dataclasses import replace

import pytest
import torch
from safetensors import safe_open
from tiny import TINY
from torch.testing import assert_close

from core.checkpoint import load
from core.train import TrainConfig, Trainer, cosine_log_snr, sketch_loss
from core.train.__main__ import main
from core.train.engine import Engine
from core.train.graph import GraphTrainer, matmul_flops

# Two channels in each group of a norm: with one, a bias before it has no gradient but rounding, which Adam magnifies.
NETWORK = replace(TINY, channels=(16, 32), blocks=(1, 1))
CONFIG = TrainConfig(images=80, batch_size=8, sketch_batch_size=16, warmup_steps=2)


def graph(data, config=CONFIG, **settings):
    return GraphTrainer(data, NETWORK, config, **({"every": 4} | settings))


def test_it_learns_what_a_trainer_learns_from_the_same_batches(tiny_data, monkeypatch):
    """Weights, average, losses and the steps' numbers, after ten steps of which it tells three times."""
    ours, theirs = graph(tiny_data), Trainer(tiny_data, NETWORK, CONFIG)
    batches = graph(tiny_data)

    def batch_of(number):
        batches.step = theirs.step
        batches._fill(0.0)
        return batches._batch_of(*batches._batches[number][:2])

    monkeypatch.setattr(theirs, "_batch", lambda: batch_of(0))
    monkeypatch.setattr(theirs, "_sketch_batch", lambda: batch_of(1))
    expected, found = list(theirs.run()), list(ours.run())
    assert [step.step for step in found] == [4, 8, 10] and [step.images_seen for step in found] == [32, 64, 80]
    for step, first in zip(found, (0, 4, 8), strict=True):
        some = expected[first : step.step]
        assert math.isclose(step.loss, sum(one.loss for one in some) / len(some), rel_tol=1e-4)
        assert math.isclose(step.gradient_norm, sum(one.gradient_norm for one in some) / len(some), rel_tol=1e-3)
        assert step.learning_rate == some[-1].learning_rate
    for one, other in ((ours.network, theirs.network), (ours.average, theirs.average)):
        for a, b in zip(one.parameters(), other.parameters(), strict=True):
            assert_close(a, b, rtol=0, atol=1e-5)


def test_a_batch_is_drawn_from_seed_and_step(tiny_data):
    """Stratified, and new in every step; conditions are dropped; another seed draws others."""
    trainer = graph(tiny_data, replace(CONFIG, batch_size=64, condition_dropout=0.5))
    first, again = trainer.next_batch(), trainer.next_batch()
    assert torch.equal(first.eps, again.eps)
    eps, dropped = first.eps.clone(), (first.weights.sum(1) == 0).double().mean().item()
    assert 0.2 < dropped < 0.8 and abs(eps.var().item() - 1) < 0.05
    u = 2 / math.pi * torch.acos(torch.sigmoid(first.log_snr.double()).sqrt())
    assert (u * 64).floor().tolist() == list(range(64))
    trainer.step = 1
    assert not torch.equal(trainer.next_batch().eps, eps)
    other = graph(tiny_data, replace(CONFIG, batch_size=64, seed=1))
    assert not torch.equal(other.next_batch().eps, eps)
    x0 = tiny_data.x0()
    assert all((x0 == sprite).all((1, 2, 3)).any() for sprite in first.x0)


def test_shifts_of_the_noise_levels_take_turns(tiny_data):
    plain, shifted = (graph(tiny_data, shifts=shifts).next_batch().log_snr for shifts in ((0.0,), (0.0, -2.0)))
    assert_close(shifted[::2], plain[::2])
    assert_close(shifted[1::2], (plain[1::2] - 2).clamp(min=cosine_log_snr(torch.ones(1).double()).item()))


def test_several_averages_follow_the_network(tiny_data):
    """Each with its decay, worked out beside the run; the first steps count more, as in a Trainer."""
    trainer = graph(tiny_data, every=1, decays=(0.3, 0.999))
    assert list(trainer.averages) == [0.999, 0.3]
    expected = {decay: [p.clone() for p in trainer.average.parameters()] for decay in trainer.averages}
    for step in trainer.run():
        now = [p.detach() for p in trainer.network.parameters()]
        for decay, average in expected.items():
            kept = min(decay, (1 + step.step) / (10 + step.step))
            expected[decay] = [kept * a + (1 - kept) * p for a, p in zip(average, now, strict=True)]
    for decay, average in trainer.averages.items():
        for a, b in zip(average.parameters(), expected[decay], strict=True):
            assert_close(a, b, rtol=1e-4, atol=1e-6)


def test_an_interrupted_run_ends_like_an_uninterrupted_one(tiny_data, tmp_path):
    whole, first, second = graph(tiny_data), graph(tiny_data), graph(tiny_data)
    list(whole.run())
    next(first.run())
    first.save(tmp_path / "last.safetensors")
    second.resume(tmp_path / "last.safetensors")
    assert [step.step for step in second.run()] == [8, 10]
    for a, b in zip(second.network.parameters(), whole.network.parameters(), strict=True):
        assert_close(a, b, rtol=0, atol=0)
    with safe_open(tmp_path / "last.safetensors", framework="pt") as file:
        assert file.metadata()["step"] == "4"
    with pytest.raises(ValueError, match=r"other settings \(graph\)"):
        Trainer(tiny_data, NETWORK, CONFIG).resume(tmp_path / "last.safetensors")


def test_by_a_clock_the_rate_follows_the_clock(tiny_data):
    times = iter([0.0, 0.7, 1.0])
    steps = list(graph(tiny_data).run(lambda: next(times)))
    assert [step.step for step in steps] == [4, 8]
    assert math.isclose(steps[1].learning_rate, CONFIG.learning_rate * 0.3 / 0.4)


def test_the_command_line_trains_by_it_and_goes_on(tmp_path, monkeypatch, capsys):
    monkeypatch.setattr("core.train.__main__.sample_sheet", lambda model: torch.zeros(1, 1, 3).byte().numpy())
    small = "--per-class 4 --batch-size 8 --sketch-batch-size 16 --channels 16,32 --blocks 1,1 --sketch 16 --graph"
    arguments = [*small.split(), "--snapshots", "", "--device", "cpu", "--out", str(tmp_path)]
    main([*arguments, "--images", "160"])
    main([*arguments, "--images", "240"])
    assert "resuming after 160 images" in capsys.readouterr().out
    assert load(tmp_path / "final.safetensors").info["images_seen"] == 240


def test_several_processes_are_refused(tiny_data):
    engine = Engine()
    engine.processes = 2
    with pytest.raises(ValueError, match="one process"):
        graph(tiny_data, on=engine)


def test_its_losses_are_one_graph_for_the_compiler(tiny_data):
    """Traced whole, without a break, in mixed precision; the kernels of a GPU are not made here."""
    trainer = graph(tiny_data, on=Engine(precision="bf16"))
    for slots, shift, of in trainer._batches:
        compiled = torch.compile(of, backend="eager", fullgraph=True)
        batch = trainer._batch_of(slots, shift)
        with trainer.engine.autocast():
            assert_close(compiled(trainer.network, batch), of(trainer.network, batch))


def test_flops_are_those_of_the_matrix_products(tiny_data):
    """The sketch's by hand: three layers and what they are told; a step has the U-Net's and all backward besides."""
    trainer = graph(tiny_data)
    batch = trainer._batch_of(*trainer._batches[1][:2])
    from torch.utils.flop_counter import FlopCounterMode

    with FlopCounterMode(display=False) as counter:
        sketch_loss(trainer.network, batch)
    values, width, embedding = 768, NETWORK.sketch, 64
    layer = 2 * 16 * (2 * values * width + embedding * 2 * width)
    told = 2 * 16 * (64 * embedding + embedding * embedding + 5 * embedding)
    assert counter.get_total_flops() == 3 * layer + told
    assert 2.5 * counter.get_total_flops() < trainer.flops()
    assert all(parameter.grad is None for parameter in trainer.network.parameters())


def test_the_best_of_this_machine_is_measured():
    assert 1e8 < matmul_flops(torch.device("cpu"), torch.float32) < 1e14
