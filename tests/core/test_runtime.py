"""ONNX Runtime and PyTorch give the same answers, and PyTorch serves wherever ONNX Runtime cannot."""

import copy
import logging
import shutil
import sys

import pytest
import torch
from tiny import randomised
from torch.testing import assert_close

from core import GenerateConfig, generate, last, load
from core.checkpoint import SHIPPED, Model, save
from core.data import built_in
from core.networks import UNet, UNetConfig
from core.runtime import TOLERANCE, OnnxNetwork, difference, graph_beside
from core.runtime.__main__ import export, main

GRAPH = graph_beside(SHIPPED).name


@pytest.fixture(scope="module")
def fast():
    return load()


@pytest.fixture(scope="module")
def plain():
    return load(backend="torch")


@pytest.fixture
def folder(tmp_path):
    """A folder with the shipped checkpoint and graph, to break."""
    for name in (SHIPPED.name, GRAPH):
        shutil.copy(SHIPPED.parent / name, tmp_path)
    return tmp_path


def inputs(count, level=0.5):
    """Sprites with noise at that log-SNR, and random mixes of classes."""
    generator = torch.Generator().manual_seed(count)
    log_snr = torch.full((count,), float(level))
    signal, noise = log_snr.double().sigmoid().sqrt().float(), (-log_snr.double()).sigmoid().sqrt().float()
    x0 = built_in(1 + count // 5, 3).x0()[:count]
    eps = torch.randn(count, 3, 16, 16, generator=generator)
    x_t = signal[:, None, None, None] * x0 + noise[:, None, None, None] * eps
    return x_t, log_snr, torch.rand(count, 5, generator=generator)


@pytest.mark.parametrize("count", [1, 2, 16, 33])
@pytest.mark.parametrize("level", [-18, -10, -4, 0, 4, 8])
def test_the_shipped_network_answers_the_same(fast, plain, count, level):
    """At any batch size, with any mix of classes: within 1e-5 of the largest value."""
    assert isinstance(fast.run, OnnxNetwork) and plain.run is plain.network
    expected = plain.network(*inputs(count, level))
    assert_close(fast.run(*inputs(count, level)), expected, rtol=0, atol=TOLERANCE * expected.abs().max().item())


@pytest.mark.parametrize("level", [10, 12, 14])
def test_at_nearly_clean_sprites_it_is_as_exact_as_pytorch(fast, plain, level):
    """There the network enlarges differences a thousand times, and float32 itself is off by more than 1e-5."""
    args = inputs(16, level)
    exact = copy.deepcopy(plain.network).double()(*(tensor.double() for tensor in args))
    ours, theirs = ((network(*args) - exact).abs().max().item() for network in (fast.run, plain.network))
    assert ours < 2 * theirs < 2e-4 * exact.abs().max().item()


def test_levels_beyond_training_and_strided_inputs_answer_the_same(fast, plain):
    x_t, _, weights = inputs(4, -10)
    levels = torch.tensor([float("-inf"), -40.0, 40.0, float("inf")])
    strided = x_t.contiguous(memory_format=torch.channels_last), levels[0].expand(4), weights[:1].expand(4, 5)
    for args in ((x_t, levels, weights), strided):
        assert_close(fast.run(*args), plain.network(*args), rtol=0, atol=1e-4)


def test_a_run_draws_the_same_sprites(fast, plain):
    """After ten steps still within half a grey level."""
    config = GenerateConfig({"food": 1.0}, count=4, num_inference_steps=10, guidance_scale=2.0)
    assert_close(last(generate(fast, config)).x_prev, last(generate(plain, config)).x_prev, rtol=0, atol=1 / 255)


def served_by_pytorch(caplog, folder):
    """Load from that folder: PyTorch must serve. Returns what the log says."""
    with caplog.at_level(logging.WARNING):
        model = load(folder / SHIPPED.name)
    assert model.run is model.network
    assert model.run(*inputs(2)).isfinite().all()
    (record,) = caplog.records
    return record.getMessage()


def test_without_onnxruntime_pytorch_serves(caplog, folder, monkeypatch):
    monkeypatch.setitem(sys.modules, "onnxruntime", None)
    assert "onnxruntime is not installed" in served_by_pytorch(caplog, folder)


@pytest.mark.parametrize("damage", [b"", b"not a graph", None])
def test_with_a_damaged_graph_pytorch_serves(caplog, folder, damage):
    whole = (folder / GRAPH).read_bytes()
    (folder / GRAPH).write_bytes(whole[: len(whole) // 2] if damage is None else damage)
    assert "cannot run sprites.onnx" in served_by_pytorch(caplog, folder)


def test_with_the_graph_of_another_shape_pytorch_serves(caplog, folder):
    other = UNetConfig(sketch=488)
    save(folder / SHIPPED.name, Model(randomised(UNet(other)), load(folder / SHIPPED.name).class_names))
    caplog.clear()
    assert "cannot run sprites.onnx" in served_by_pytorch(caplog, folder)


def test_with_a_graph_that_is_out_of_date_pytorch_serves(caplog, folder):
    """The graph's own arithmetic changed, not its shape: only a comparison can tell."""
    onnx = pytest.importorskip("onnx")
    model = onnx.load(folder / GRAPH, load_external_data=False)
    node = next(node for node in model.graph.node if node.op_type == "LayerNormalization")
    next(a for a in node.attribute if a.name == "epsilon").f = 0.1
    (folder / GRAPH).write_bytes(model.SerializeToString())
    assert "out of date" in served_by_pytorch(caplog, folder)


def test_without_a_graph_pytorch_serves_silently(caplog, folder):
    (folder / GRAPH).unlink()
    assert (model := load(folder / SHIPPED.name)).run is model.network
    assert not caplog.records


@pytest.mark.parametrize("sketch", [0, 16])
def test_a_graph_without_weights_fits_every_network_of_its_shape(sketch):
    """Exported from a fresh network, where many weights are 0 or 1, it must serve one with others."""
    config = UNetConfig(3, (8, 16), (2, 1), 16, 2, sketch)
    graph = export(UNet(config).eval())
    other = randomised(UNet(config))
    assert difference(other, OnnxNetwork(other, graph), 5) < TOLERANCE
    assert len(graph) < 50_000  # no weights
    with pytest.raises(ValueError, match="another shape"):
        OnnxNetwork(randomised(UNet(UNetConfig(3, (8, 16), (2, 1), 16, 1, sketch))), graph)


def test_the_shipped_graph_is_what_the_command_writes(folder, capsys):
    (folder / GRAPH).unlink()
    main(["--checkpoint", str(folder / SHIPPED.name)])
    assert "equal to PyTorch within" in capsys.readouterr().out
    assert isinstance(load(folder / SHIPPED.name).run, OnnxNetwork)
    assert (folder / GRAPH).read_bytes() == (SHIPPED.parent / GRAPH).read_bytes()


def test_the_command_needs_a_checkpoint(tmp_path, refused):
    assert "there is no checkpoint" in refused(main, ["--checkpoint", tmp_path / "missing.safetensors"])
