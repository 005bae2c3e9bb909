"""slerp stays on the sphere, turns at constant speed, and between two noises stays noise."""

import math

import pytest
import torch
from torch.testing import assert_close

from core.generate import SeededNoise
from core.interpolate import slerp

SHARES = torch.linspace(0, 1, 9)


def test_a_quarter_of_a_circle_by_hand():
    a, b = torch.tensor([1.0, 0.0]), torch.tensor([0.0, 1.0])
    turned = torch.stack([torch.cos(SHARES * math.pi / 2), torch.sin(SHARES * math.pi / 2)], 1)
    assert_close(slerp(a, b, SHARES), turned)


def test_the_formula_of_the_page():
    """slerp(a, b, s) = (sin((1 - s) theta) a + sin(s theta) b) / sin(theta), cos(theta) = a.b / (|a| |b|)"""
    a, b = SeededNoise(range(2))().double()
    theta = math.acos((a * b).sum() / (a.norm() * b.norm()))
    for share, found in zip(SHARES.tolist(), slerp(a, b, SHARES), strict=True):
        by_hand = (math.sin((1 - share) * theta) * a + math.sin(share * theta) * b) / math.sin(theta)
        assert_close(found, by_hand)


def test_between_two_noises_lies_noise_but_not_on_the_straight_line():
    a, b = SeededNoise(range(5, 7))()
    between = slerp(a, b, SHARES)
    assert_close(between[0], a)
    assert_close(between[-1], b)
    assert (between.flatten(1).std(1) - 1).abs().max() < 0.1
    assert ((a + b) / 2).std() < 0.8  # sqrt(1/2) for independent noises


def test_ends_in_one_direction_are_joined_by_a_straight_line():
    a = torch.tensor([1.0, 2.0, 3.0])
    assert_close(slerp(a, a, SHARES), a.expand(9, 3))
    assert_close(slerp(a, 3 * a, torch.tensor([0.5])), 2 * a[None])


@pytest.mark.parametrize(
    ("a", "b", "why"),
    [
        (torch.ones(2), torch.ones(3), "one shape"),
        (torch.ones(2), torch.zeros(2), "from or to zero"),
        (torch.ones(2), -torch.ones(2), "opposite"),
    ],
)
def test_where_there_is_no_arc(a, b, why):
    with pytest.raises(ValueError, match=why):
        slerp(a, b, SHARES)
