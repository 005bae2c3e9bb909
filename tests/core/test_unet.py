"""The network: shapes, the two embeddings, gradients, and what its configuration refuses."""

import dataclasses
import math
from dataclasses import replace

import pytest
import torch
from tiny import TINY, randomised
from torch import nn
from torch.testing import assert_close

from core.networks.parts import LOG_SNR_RANGE, ClassEmbedding, NoiseEmbedding
from core.networks.unet import Block, UNet, UNetConfig


@pytest.fixture(scope="module")
def inputs():
    """x_t (4, 3, 16, 16), log_snr (4,), weights (4, 5): two classes, none, a mix."""
    generator = torch.Generator().manual_seed(0)
    weights = torch.zeros(4, 5)
    weights[0, 1] = weights[1, 4] = 1
    weights[3] = torch.tensor([0.5, 0.7, -0.2, 0, 0.3])
    return torch.randn(4, 3, 16, 16, generator=generator), torch.tensor([-6.0, -1.0, 2.0, 8.0]), weights


@pytest.fixture(scope="module")
def embedding():
    return randomised(ClassEmbedding(5, 16))


@pytest.mark.parametrize(
    "config",
    [
        TINY,
        UNetConfig(channels=(8, 16), blocks=(1, 2), embedding=16, heads=4),
        UNetConfig(channels=(8, 8, 8, 8), blocks=(2, 1, 1, 1), embedding=8, heads=1),
        UNetConfig(channels=(8, 8, 8, 8, 16), blocks=(1,) * 5, embedding=8, heads=2),
        UNetConfig(num_classes=1, channels=[8, 16, 24], blocks=[1, 1, 1], embedding=16, heads=3),
    ],
)
def test_output_has_the_shape_of_the_input(config):
    network = randomised(UNet(config))
    out = network(torch.randn(3, 3, 16, 16), torch.zeros(3), torch.zeros(3, config.num_classes))
    assert out.shape == (3, 3, 16, 16) and out.isfinite().all()


def test_a_fresh_network_answers_the_same_everywhere(inputs):
    """The last convolution starts at zero, so that training starts from a constant."""
    out = UNet(TINY)(*inputs)
    assert_close(out, out[:1, :, :1, :1].expand_as(out))


def test_a_fresh_block_passes_its_input_on():
    """conv2 starts at zero: a new block adds no more than a constant to every channel."""
    x = torch.randn(2, 8, 4, 4)
    change = Block(8, 8, 16)(x, torch.randn(2, 16)) - x
    assert_close(change, change[:1, :, :1, :1].expand_as(change), rtol=0, atol=1e-6)


@pytest.mark.parametrize("i", range(3))
def test_every_input_matters(tiny_model, inputs, i):
    changed = list(inputs)
    changed[i] = changed[i] + 0.5
    difference = (tiny_model.network(*changed) - tiny_model.network(*inputs)).abs().amax((1, 2, 3))
    assert (difference > 1e-3).all()


def test_rows_of_a_batch_do_not_touch_one_another(tiny_model, inputs):
    together = tiny_model.network(*inputs)
    for i in range(4):
        assert_close(tiny_model.network(*(x[i : i + 1] for x in inputs)), together[i : i + 1], rtol=1e-4, atol=1e-5)


def test_one_hot_rows_look_a_class_up(embedding):
    assert_close(embedding(torch.eye(5)), embedding.classes)


def test_zeros_are_the_null_embedding(embedding):
    assert_close(embedding(torch.zeros(2, 5)), embedding.null.expand(2, -1))


def test_class_embedding_formula(embedding, inputs):
    """w @ E + (1 - sum w) e_null, written as a loop."""
    for row, found in zip(inputs[2], embedding(inputs[2]), strict=True):
        expected = (1 - row.sum()) * embedding.null
        for weight, vector in zip(row, embedding.classes, strict=True):
            expected = expected + weight * vector
        assert_close(found, expected)


def test_class_embedding_is_linear_in_the_weights(embedding, inputs):
    a, b = inputs[2][0:2], inputs[2][2:4]
    assert_close(embedding(0.3 * a + 0.7 * b), 0.3 * embedding(a) + 0.7 * embedding(b))
    assert_close(embedding(a + b) - embedding(b), embedding(a) - embedding(torch.zeros_like(a)))


def test_log_snr_is_clamped_to_the_range_of_training(tiny_model, inputs):
    """At t = 0 log-SNR is +inf: the network is told the nearest value that it knows."""
    low, high = LOG_SNR_RANGE
    embed = tiny_model.network.noise_embedding
    given = torch.tensor([-math.inf, low - 5, low, high, high + 5, math.inf])
    told = torch.tensor([low, low, low, high, high, high])
    assert_close(embed(given), embed(told), rtol=0, atol=0)
    assert tiny_model.network(inputs[0], torch.full((4,), math.inf), inputs[2]).isfinite().all()


def test_noise_embedding_tells_levels_apart(tiny_model):
    levels = tiny_model.network.noise_embedding(torch.linspace(*LOG_SNR_RANGE, 200))
    assert torch.cdist(levels, levels).fill_diagonal_(math.inf).min() > 1e-3


def test_noise_embedding_formula():
    """Sines and cosines of 32 frequencies from 0.05 to 4, geometrically spaced."""
    embed = NoiseEmbedding(64)
    embed.mlp = nn.Identity()
    frequencies = [0.05 * 80 ** (i / 31) for i in range(32)]
    expected = [math.sin(1.7 * f) for f in frequencies] + [math.cos(1.7 * f) for f in frequencies]
    assert_close(embed(torch.tensor([1.7])), torch.tensor([expected]))


def test_every_parameter_gets_a_gradient(inputs):
    # 16 channels: with 8 each would be a group of its own, and its normalisation would cancel the bias before it
    config = UNetConfig(channels=(16, 16, 16), embedding=16, heads=2, sketch=24)
    network = randomised(UNet(config)).requires_grad_(True)
    (network(*inputs).square().mean() + network.sketch(*inputs).square().mean()).backward()
    without = [name for name, p in network.named_parameters() if p.grad is None or p.grad.abs().max() < 1e-8]
    assert not without


def test_a_fresh_sketch_guesses_from_the_noise_level_alone(inputs):
    """Its layers start at zero (v = 0), so x0 = sqrt(alpha_bar) x_t; and the U-Net does not listen yet."""
    x_t, log_snr, _ = inputs
    network = UNet(TINY)
    for layer in network.sketch.layers:
        torch.nn.init.zeros_(layer.linear2.bias)
    assert_close(network.sketch(*inputs), torch.sigmoid(log_snr)[:, None, None, None].sqrt() * x_t)
    assert network.sketch_stem.weight.abs().max() == 0


def test_every_pixel_of_the_sketch_sees_every_pixel(tiny_model, inputs):
    """One changed pixel in a corner changes the guess in the opposite corner."""
    x_t = inputs[0].clone()
    x_t[:, :, 0, 0] += 1
    changed = tiny_model.network.sketch(x_t, *inputs[1:]) - tiny_model.network.sketch(*inputs)
    assert (changed[:, :, 15, 15].abs() > 1e-6).all()


@pytest.mark.parametrize(
    "bad",
    [
        {"num_classes": 0},
        {"num_classes": 2.0},
        {"num_classes": True},
        {"channels": (8, 12, 16)},
        {"channels": (8,), "blocks": (1,)},
        {"channels": (8,) * 6, "blocks": (1,) * 6},
        {"channels": (8, 16)},
        {"channels": (8, 16, 5000)},
        {"channels": ("8", 16, 16)},
        {"channels": "abc"},
        {"blocks": (1, 1)},
        {"blocks": (0, 1, 1)},
        {"blocks": (1, -1, 1)},
        {"embedding": 15},
        {"embedding": 0},
        {"heads": 3},
        {"sketch": -1},
        {"sketch": 16.0},
        {"heads": 0},
        {"heads": None},
        {"prediction_type": "epsilon"},
        {"prediction_type": None},
    ],
    ids=str,
)
def test_configurations_that_cannot_be_built_are_refused(bad):
    with pytest.raises(ValueError) as refusal:
        UNetConfig(**({"channels": (8, 16, 16), "embedding": 16, "heads": 2} | bad))
    assert "\n" not in str(refusal.value)


def test_lists_become_tuples_so_that_configurations_compare():
    fields = {k: list(v) if isinstance(v, tuple) else v for k, v in dataclasses.asdict(TINY).items()}
    assert UNetConfig(**fields) == TINY


def test_every_feature_map_can_be_recorded(tiny_model):
    network = tiny_model.network
    x_t, level, rows = torch.randn(2, 3, 16, 16), torch.tensor([0.0, 3.0]), torch.eye(5)[:2]
    record = {}
    assert_close(network(x_t, level, rows, record), network(x_t, level, rows), rtol=0, atol=0)
    shapes = {name: tuple(x.shape[1:]) for name, x in record.items()}
    assert shapes["sketch"] == (3, 16, 16) and shapes["stem"] == shapes["encoder.0.0"] == (8, 16, 16)
    assert shapes["down.0"] == (16, 8, 8) and shapes["bottleneck.0"] == shapes["attention"] == (16, 4, 4)
    assert shapes["up.1"] == shapes["decoder.1.0"] == (8, 16, 16) and [*record][-1] == "out"
    blocks = [name for name, module in network.named_modules() if type(module).__name__ in ("Block", "Attention", "Up")]
    assert set(blocks) <= set(record)


@pytest.mark.parametrize(("size", "channels", "classes"), [(8, 1, 2), (32, 3, 12), (16, 1, 1)])
def test_pictures_of_other_shapes(size, channels, classes):
    config = replace(TINY, num_classes=classes, image_size=size, image_channels=channels)
    network, x_t = UNet(config), torch.randn(2, channels, size, size)
    assert config.shape == (channels, size, size)
    assert network(x_t, torch.zeros(2), torch.zeros(2, classes)).shape == x_t.shape


def test_a_picture_that_cannot_be_halved_is_refused():
    with pytest.raises(ValueError, match="must be halved 2 times; got 10 pixels"):
        replace(TINY, image_size=10)
