"""Class weights, classifier-free guidance and the two ways to mix classes."""

import math

import pytest
import torch
from torch.testing import assert_close

from core.conditions import MIXINGS, ClassWeights, weight_row
from core.guidance import guided
from core.prediction import PREDICTION_TYPES, to_prediction
from core.schedule import NoiseSchedule

NAMES = ("hero", "food", "spell")
SCHEDULE = NoiseSchedule.cosine()
T = 300
ONE_HOT = torch.eye(3, dtype=torch.float64)
MIX = torch.tensor([[0.6, 0.4, 0.0], [0.0, 1.5, -0.5]], dtype=torch.float64)
NULL = torch.zeros_like(MIX)


class Network:
    """A toy that is not linear in x_t, log_snr or weights, and remembers how many rows it was asked at every call."""

    def __init__(self):
        self.rows = []

    def __call__(self, x_t, log_snr, weights):
        self.rows.append(len(x_t))
        classes = torch.tensor([0.3, -0.8, 1.1], dtype=torch.float64)
        push = (weights @ classes + (weights**2).sum(1))[:, None, None, None]
        return torch.sin(x_t + push) + 0.1 * log_snr[:, None, None, None] * push


@pytest.fixture
def network():
    return Network()


@pytest.fixture
def x_t():
    return torch.randn(2, 3, 16, 16, dtype=torch.float64, generator=torch.Generator().manual_seed(0))


def alone(weights, x_t, prediction_type="v"):
    """The plain prediction for these weights, one call of the network without any guidance."""
    log_snr = SCHEDULE.log_snr[T].expand(len(x_t))
    return to_prediction(Network()(x_t, log_snr, weights), x_t, SCHEDULE.alpha_bar[T].item(), prediction_type)


def ask(network, weights, x_t, *, prediction_type="v", clip_x0=False, mixing="embedding", **kwargs):
    condition = ClassWeights(weights, mixing)
    return guided(network, SCHEDULE, condition, prediction_type=prediction_type, clip_x0=clip_x0, **kwargs)(x_t, T)


def same(a, b):
    assert_close(a.eps, b.eps, rtol=1e-9, atol=1e-9)
    assert_close(a.x0, b.x0, rtol=1e-9, atol=1e-9)


def test_weight_row_follows_the_order_of_the_classes():
    assert_close(weight_row({"spell": 2, "hero": -0.5}, NAMES), torch.tensor([-0.5, 0, 2.0]), rtol=0, atol=0)
    assert_close(weight_row({}, NAMES), torch.zeros(3), rtol=0, atol=0)


def test_weight_row_refuses_unknown_classes():
    with pytest.raises(ValueError, match=r"'dragon'.*hero, food, spell"):
        weight_row({"dragon": 1.0}, NAMES)


@pytest.mark.parametrize(
    "weight", [math.nan, math.inf, -math.inf, True, "1", None, [1], 1e39, 10**400], ids=lambda w: str(w)[:9]
)
def test_weight_row_refuses_what_is_not_a_finite_number(weight):
    with pytest.raises(ValueError, match=r"weight of hero must be a (finite )?number"):
        weight_row({"hero": weight}, NAMES)


def test_unknown_mixing_is_refused():
    with pytest.raises(ValueError, match="embedding, prediction"):
        ClassWeights(MIX, "average")


@pytest.mark.parametrize("prediction_type", PREDICTION_TYPES)
def test_scale_1_is_the_conditional_alone(network, x_t, prediction_type):
    found = ask(network, MIX, x_t, scale=1.0, prediction_type=prediction_type)
    same(found, alone(MIX, x_t, prediction_type))
    assert found.nfe == 1 and found.branches == () and network.rows == [2]


@pytest.mark.parametrize("mixing", MIXINGS)
def test_scale_0_is_unconditional(network, x_t, mixing):
    found = ask(network, MIX, x_t, scale=0.0, mixing=mixing)
    same(found, alone(NULL, x_t))
    assert found.nfe == 1 and network.rows == [2]


@pytest.mark.parametrize("mixing", MIXINGS)
@pytest.mark.parametrize("scale", [0.0, 1.0, 3.0])
def test_zero_weights_are_unconditional(network, x_t, mixing, scale):
    same(ask(network, NULL, x_t, scale=scale, mixing=mixing), alone(NULL, x_t))


@pytest.mark.parametrize("prediction_type", PREDICTION_TYPES)
@pytest.mark.parametrize("scale", [0.5, 2.0, 7.5])
def test_guidance_formula(network, x_t, scale, prediction_type):
    """Ho & Salimans 2022 with s = 1 + w: eps = eps_null + s (eps(weights) - eps_null), in one batch."""
    found = ask(network, MIX, x_t, scale=scale, prediction_type=prediction_type)
    conditional, null = alone(MIX, x_t, prediction_type), alone(NULL, x_t, prediction_type)
    assert_close(found.eps, null.eps + scale * (conditional.eps - null.eps), rtol=1e-9, atol=1e-9)
    assert_close(found.x0, null.x0 + scale * (conditional.x0 - null.x0), rtol=1e-9, atol=1e-9)
    assert found.nfe == 2 and network.rows == [4]
    assert_close(found.branches[0].eps, conditional.eps, rtol=1e-9, atol=1e-9)
    assert_close(found.branches[1].eps, null.eps, rtol=1e-9, atol=1e-9)


@pytest.mark.parametrize("prediction_type", PREDICTION_TYPES)
@pytest.mark.parametrize("scale", [0.5, 1.0, 3.0])
def test_prediction_mixing_formula(network, x_t, scale, prediction_type):
    """Liu et al. 2022, eq. 11: eps = eps_null + s sum_i w_i (eps_i - eps_null), row by row, negative weights too."""
    found = ask(network, MIX, x_t, scale=scale, mixing="prediction", prediction_type=prediction_type)
    null = alone(NULL, x_t, prediction_type).eps
    expected = null.clone()
    for i in range(3):
        eps_i = alone(ONE_HOT[i].expand(2, 3), x_t, prediction_type).eps
        expected += scale * MIX[:, i, None, None, None] * (eps_i - null)
    assert_close(found.eps, expected, rtol=1e-9, atol=1e-9)


def test_prediction_mixing_leaves_out_classes_that_do_not_count(network, x_t):
    """Weights that add up to 1 need no unconditional branch at s = 1; a class of weight 0 is not asked."""
    weights = torch.tensor([[0.6, 0.4, 0.0]] * 2, dtype=torch.float64)
    found = ask(network, weights, x_t, mixing="prediction")
    assert found.nfe == 2 and network.rows == [4]
    assert [branch.label for branch in found.branches] == ["class 0", "class 1"]


@pytest.mark.parametrize("i", range(3))
@pytest.mark.parametrize("scale", [1.0, 4.0])
def test_one_class_is_the_same_in_both_mixings(network, x_t, i, scale):
    weights = ONE_HOT[i].expand(2, 3)
    one, two = (ask(network, weights, x_t, mixing=mixing, scale=scale) for mixing in MIXINGS)
    same(one, two)
    assert one.nfe == two.nfe == (1 if scale == 1 else 2)


def test_a_mix_differs_between_the_mixings(network, x_t):
    one, two = (ask(network, MIX, x_t, mixing=mixing).eps for mixing in MIXINGS)
    assert (one - two).abs().max() > 0.01


@pytest.mark.parametrize("mixing", MIXINGS)
@pytest.mark.parametrize("scale", [0.5, 2.0])
@pytest.mark.parametrize("prediction_type", PREDICTION_TYPES)
def test_branches_add_up_to_the_result(network, x_t, mixing, scale, prediction_type):
    """The coefficients of every row add up to 1, and the branches' eps to the result's."""
    found = ask(network, MIX, x_t, mixing=mixing, scale=scale, prediction_type=prediction_type)
    assert len(found.branches) == found.nfe > 1
    assert_close(torch.stack([b.coefficient for b in found.branches]).sum(0), torch.ones(2, dtype=torch.float64))
    total = torch.stack([b.coefficient[:, None, None, None] * b.eps for b in found.branches]).sum(0)
    assert_close(total, found.eps, rtol=1e-9, atol=1e-9)


@pytest.mark.parametrize("mixing", MIXINGS)
def test_clipping_happens_after_guidance(network, x_t, mixing):
    free = ask(network, MIX, x_t, scale=4.0, mixing=mixing)
    clipped = ask(network, MIX, x_t, scale=4.0, mixing=mixing, clip_x0=True)
    assert free.x0.abs().max() > 1
    assert_close(clipped.x0, free.x0.clamp(-1, 1), rtol=1e-9, atol=1e-9)
    a = SCHEDULE.alpha_bar[T].item()
    assert_close(math.sqrt(a) * clipped.x0 + math.sqrt(1 - a) * clipped.eps, x_t, rtol=1e-9, atol=1e-9)


@pytest.mark.parametrize("mixing", MIXINGS)
def test_rows_of_a_batch_do_not_touch_one_another(network, x_t, mixing):
    together = ask(network, MIX, x_t, scale=2.0, mixing=mixing)
    for i in range(2):
        single = ask(network, MIX[i : i + 1], x_t[i : i + 1], scale=2.0, mixing=mixing)
        assert_close(single.eps, together.eps[i : i + 1], rtol=1e-9, atol=1e-9)


def test_the_network_is_told_the_log_snr_of_t(x_t):
    told = []

    def network(x_t, log_snr, weights):
        told.append(log_snr)
        return x_t

    ask(network, MIX, x_t)
    assert_close(told[0], SCHEDULE.log_snr[T].expand(2))


@pytest.mark.parametrize("mixing", MIXINGS)
def test_outside_its_interval_guidance_is_plain(network, x_t, mixing):
    """Kynkaanniemi et al. 2024: low < sigma <= high is guided, everything else is s = 1 and costs less."""
    sigma = SCHEDULE.sigma[T].item()
    guided_there = ask(network, ONE_HOT[:2], x_t, scale=3.0, mixing=mixing)
    plain = ask(network, ONE_HOT[:2], x_t, mixing=mixing)
    for interval in ((0.0, sigma), (0.9 * sigma, math.inf), (0.9 * sigma, 1.1 * sigma)):
        found = ask(network, ONE_HOT[:2], x_t, scale=3.0, mixing=mixing, interval=interval)
        same(found, guided_there)
        assert found.nfe == guided_there.nfe and found.branches
    for interval in ((sigma, math.inf), (0.0, 0.9 * sigma), (1.1 * sigma, 2 * sigma)):
        found = ask(network, ONE_HOT[:2], x_t, scale=3.0, mixing=mixing, interval=interval)
        same(found, plain)
        assert found.nfe == plain.nfe < guided_there.nfe


def test_an_infinite_noise_level_lies_in_an_open_interval(network, x_t):
    """Zero terminal SNR: sigma_T is infinite."""
    schedule = SCHEDULE.with_zero_terminal_snr()
    denoise = guided(
        network, schedule, ClassWeights(ONE_HOT[:2]), prediction_type="v", scale=3.0, interval=(1.0, math.inf)
    )
    assert denoise(x_t, schedule.num_train_timesteps).nfe == 2
