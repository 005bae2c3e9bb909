"""eps, x0 and v are three ways to write one prediction: x_t = sqrt(a) x0 + sqrt(1-a) eps."""

import math

import pytest
import torch
from torch.testing import assert_close

from core.prediction import PREDICTION_TYPES, Prediction, to_prediction, training_target

LEVELS = (1e-6, 0.01, 0.5, 0.99, 0.9999)


@pytest.fixture
def pair():
    """x0 and eps, (2, 3, 16, 16) float64."""
    return torch.randn(2, 2, 3, 16, 16, dtype=torch.float64, generator=torch.Generator().manual_seed(0))


def noised(x0, eps, a):
    return math.sqrt(a) * x0 + math.sqrt(1 - a) * eps


@pytest.mark.parametrize("a", LEVELS)
@pytest.mark.parametrize("prediction_type", PREDICTION_TYPES)
def test_training_target_is_read_back_as_the_true_x0_eps_and_v(pair, a, prediction_type):
    """A network that answers the target exactly has found x0, eps and v (round trips between all three)."""
    x0, eps = pair
    raw = training_target(x0, eps, torch.tensor(a, dtype=torch.float64), prediction_type)
    found = to_prediction(raw, noised(x0, eps, a), a, prediction_type)
    tolerance = {"rtol": 1e-9, "atol": 1e-9}
    assert_close(found.x0, x0, **tolerance)
    assert_close(found.eps, eps, **tolerance)
    assert_close(found.v, math.sqrt(a) * eps - math.sqrt(1 - a) * x0, **tolerance)


@pytest.mark.parametrize("a", LEVELS)
@pytest.mark.parametrize("first", PREDICTION_TYPES)
@pytest.mark.parametrize("second", PREDICTION_TYPES)
def test_any_answer_survives_being_written_another_way(pair, a, first, second):
    raw, x_t = pair
    one = to_prediction(raw, x_t, a, first)
    two = to_prediction(getattr(one, second), x_t, a, second)
    scale = 1e-12 / math.sqrt(a * (1 - a))  # the conversions divide by sqrt(a) or sqrt(1-a)
    for name in PREDICTION_TYPES:
        assert_close(getattr(two, name), getattr(one, name), rtol=1e-9, atol=scale)


@pytest.mark.parametrize("clip_x0", [False, True])
@pytest.mark.parametrize("a", LEVELS)
@pytest.mark.parametrize("prediction_type", PREDICTION_TYPES)
def test_x0_and_eps_add_up_to_x_t(pair, a, prediction_type, clip_x0):
    """Also after clipping: eps is re-derived from the clipped x0."""
    raw, x_t = pair
    found = to_prediction(3 * raw, x_t, a, prediction_type, clip_x0=clip_x0)
    assert_close(noised(found.x0, found.eps, a), x_t, rtol=1e-9, atol=1e-9)


def test_clip_x0_clamps_and_changes_nothing_inside(pair):
    raw, x_t = pair
    free = to_prediction(raw, x_t, 0.5, "v")
    clipped = to_prediction(raw, x_t, 0.5, "v", clip_x0=True)
    assert free.x0.abs().max() > 1
    assert_close(clipped.x0, free.x0.clamp(-1, 1))
    inside = free.x0.abs() <= 1
    assert_close(clipped.eps[inside], free.eps[inside])
    assert not torch.isclose(clipped.eps[~inside], free.eps[~inside]).any()


@pytest.mark.parametrize("clip_x0", [False, True])
def test_at_alpha_bar_zero_v_says_minus_x0(pair, clip_x0):
    """Where x_t is noise alone, v = -x0 and eps = x_t."""
    raw, x_t = pair[0] / 10, pair[1]
    for found in (
        to_prediction(raw, x_t, 0.0, "v", clip_x0=clip_x0),
        to_prediction(-raw, x_t, 0.0, "x0", clip_x0=clip_x0),
    ):
        assert_close(found.x0, -raw)
        assert_close(found.eps, x_t)
        assert_close(found.v, raw)


def test_at_alpha_bar_zero_eps_is_refused(pair):
    with pytest.raises(ValueError, match="use x0 or v"):
        to_prediction(*pair, 0.0, "eps")


@pytest.mark.parametrize("name", ["epsilon", "", None])
def test_unknown_types_are_refused(pair, name):
    with pytest.raises(ValueError, match="eps, x0, v"):
        to_prediction(*pair, 0.5, name)
    with pytest.raises(ValueError, match="eps, x0, v"):
        training_target(*pair, torch.tensor(0.5), name)


def test_training_target_broadcasts_a_level_a_row(pair):
    x0, eps = pair
    a = torch.tensor([0.2, 0.7], dtype=torch.float64)
    target = training_target(x0, eps, a[:, None, None, None], "v")
    for i in range(2):
        assert_close(target[i], math.sqrt(a[i]) * eps[i] - math.sqrt(1 - a[i]) * x0[i])


def test_nfe_and_branches_are_handed_on(pair):
    found = to_prediction(*pair, 0.5, "v", nfe=3)
    assert found.nfe == 3 and found.branches == ()
    assert Prediction(*pair, 0.5).nfe == 1
