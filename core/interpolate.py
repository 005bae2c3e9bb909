"""Between two noises, along the sphere, so that what lies between is as much noise as the ends; between two mixes."""

from __future__ import annotations

from collections.abc import Mapping

import torch
from torch import Tensor


def slerp(a: Tensor, b: Tensor, shares: Tensor) -> Tensor:
    """Spherical interpolation (Shoemake 1985) from a (share 0) to b (share 1), two tensors of one shape -> (n, *shape).

    slerp(a, b, s) = (sin((1 - s) theta) a + sin(s theta) b) / sin(theta),   cos(theta) = a.b / (|a| |b|)

    shares (n,): the places between. For independent noises of d values theta is close to a right angle and
    sin^2 + cos^2 = 1: what lies between is N(0, I) too, of length about sqrt(d). On the straight line (1 - s) a + s b
    the variance falls to 1/2 at s = 1/2.
    Where the ends point in (almost) one direction, the straight line, which is the limit. Raises ValueError for two
    shapes, and for opposite ends or a zero, between which no shortest arc is defined.
    """
    if a.shape != b.shape:
        raise ValueError(f"a and b must have one shape; got {tuple(a.shape)} and {tuple(b.shape)}")
    u, v = a.double().flatten(), b.double().flatten()
    lengths = u.norm() * v.norm()
    if lengths == 0:
        raise ValueError("there is no arc from or to zero")
    # the angle by atan2, which stays exact where the arccosine of a number near 1 does not
    theta = 2 * torch.atan2((u / u.norm() - v / v.norm()).norm(), (u / u.norm() + v / v.norm()).norm())
    if torch.pi - theta < 1e-6:
        raise ValueError("there is no shortest arc between opposite ends")
    s = shares.double()
    if theta < 1e-6:
        from_a, from_b = 1 - s, s
    else:
        from_a, from_b = torch.sin((1 - s) * theta) / torch.sin(theta), torch.sin(s * theta) / torch.sin(theta)
    between = from_a[:, None] * u + from_b[:, None] * v
    return between.reshape(-1, *a.shape).to(a.dtype)


def between(a: Mapping[str, float], b: Mapping[str, float], places: int) -> list[dict[str, float]]:
    """Mixes on the straight line (1 - s) a + s b, s = 0 ... 1, ends included; those between to five decimals."""
    names, shares = list(dict.fromkeys([*a, *b])), [i / (places - 1) for i in range(1, places - 1)]
    mixes = [{name: round((1 - s) * a.get(name, 0) + s * b.get(name, 0), 5) for name in names} for s in shares]
    return [{name: weight for name, weight in mix.items() if weight} for mix in (a, *mixes, b)]
