"""The small network that learns in seconds, and what it is for."""

import pytest
import torch

from core import load
from core.checkpoint import Model, save
from core.networks import ARCHITECTURES, LOG_SNR_RANGE, MLP, MLPConfig, build, initialise


def network(config: MLPConfig | None = None, seed: int = 0) -> MLP:
    made = build(config or MLPConfig())
    initialise(made, torch.Generator().manual_seed(seed))
    return made.eval()


def question(count: int = 4, shape: tuple[int, int, int] = (3, 16, 16)):
    generator = torch.Generator().manual_seed(1)
    return torch.randn(count, *shape, generator=generator), torch.linspace(-5, 5, count), torch.eye(5)[:count]


def test_an_untaught_network_answers_the_same_to_everything():
    """Nothing of x_t reaches the answer but through its layers, which begin at zero."""
    x_t, log_snr, weights = question()
    answer = network()(x_t, log_snr, weights)
    assert answer.shape == x_t.shape
    torch.testing.assert_close(answer, answer[:1].expand_as(answer), atol=1e-6, rtol=0)


def test_noise_level_and_class_have_a_say():
    x_t, log_snr, weights = question()
    taught = network()
    for layer in taught.layers:
        torch.nn.init.normal_(layer.linear2.weight, std=0.1)
    answer = taught(x_t, log_snr, weights)
    assert (answer - taught(x_t, log_snr + 1, weights)).abs().max() > 1e-3
    assert (answer - taught(x_t, log_snr, weights.roll(1, 1))).abs().max() > 1e-3
    torch.testing.assert_close(
        taught(x_t, torch.full((4,), LOG_SNR_RANGE[0] - 9), weights),
        taught(x_t, torch.full((4,), LOG_SNR_RANGE[0]), weights),
    )


@pytest.mark.parametrize("shape", [(1, 8, 8), (3, 32, 32)])
def test_other_pictures(shape):
    config = MLPConfig(image_channels=shape[0], image_size=shape[1], width=16)
    x_t, log_snr, weights = question(shape=shape)
    assert network(config)(x_t, log_snr, weights).shape == x_t.shape


@pytest.mark.parametrize(
    ("wrong", "why"),
    [
        ({"width": 0}, "whole numbers"),
        ({"layers": True}, "whole numbers"),
        ({"layers": 65}, "at most 64"),
        ({"prediction_type": "noise"}, "prediction type"),
        ({"image_size": 128}, "values"),
    ],
)
def test_what_cannot_be_built_is_refused(wrong, why):
    with pytest.raises(ValueError, match=why):
        MLPConfig(**wrong)


def test_it_is_kept_and_loaded_like_any_other(tmp_path):
    made = network(MLPConfig(width=16, layers=2))
    save(tmp_path / "small.safetensors", Model(made, ("a", "b", "c", "d", "e")))
    found = load(tmp_path / "small.safetensors")
    assert isinstance(found.network, MLP) and found.network.config == made.config and "mlp" in ARCHITECTURES
    torch.testing.assert_close(found.network(*question()), made(*question()))
