"""What a network is told, beside x_t and how noisy it is. A kind of condition is a class with null() and branches().

Guidance asks the network several questions about one x_t and adds up the answers; branches() says which questions, and
how much each answer counts.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from reprlib import repr as brief
from typing import Literal, NamedTuple, Protocol, get_args

import torch
from torch import Tensor

Mixing = Literal["embedding", "prediction"]
MIXINGS: tuple[str, ...] = get_args(Mixing)
LARGEST = torch.finfo(torch.float32).max
NO_CLASS = "no class"  # how people say {}


class Question(NamedTuple):
    """One evaluation of the network: what it is told, and how much its answer counts, (B,)."""

    label: str
    condition: Tensor
    coefficient: Tensor


class Condition(Protocol):
    """What a run tells the network, a row a sprite."""

    def null(self) -> Tensor:
        """What tells it nothing."""

    def branches(self, scale: float) -> list[Question]:
        """What guidance at that scale asks; the coefficients add up to 1."""


class ClassWeights:
    """Rows of K class weights, (B, K). One-hot is a class, zeros are "no class" (unconditional), anything else a mix.

    mixing "embedding" mixes the class embeddings, then guides (Ho & Salimans 2022, with s = 1 + their w):
        eps = eps_null + s (eps(weights) - eps_null)
    mixing "prediction" asks about each class on its own (Liu et al. 2022, eq. 11):
        eps = eps_null + s sum_i w_i (eps_i - eps_null)
    Raises ValueError for another mixing.
    """

    def __init__(self, rows: Tensor, mixing: Mixing = "embedding") -> None:
        if mixing not in MIXINGS:
            raise ValueError(f"unknown mixing {mixing!r}; the ways of mixing are {', '.join(MIXINGS)}")
        self.rows, self.mixing = rows, mixing

    def null(self) -> Tensor:
        return torch.zeros_like(self.rows)

    def branches(self, scale: float) -> list[Question]:
        rows = self.rows
        ones = torch.ones_like(rows[:, 0])
        if self.mixing == "embedding":
            questions = [
                Question("conditional", rows, scale * ones),
                Question("unconditional", self.null(), (1 - scale) * ones),
            ]
        else:
            classes = torch.eye(rows.shape[1]).to(rows)
            questions = [
                Question(f"class {i}", row.expand_as(rows), scale * rows[:, i]) for i, row in enumerate(classes)
            ]
            questions.append(Question("unconditional", self.null(), 1 - scale * rows.sum(1)))
        counting = [question for question in questions if question.coefficient.abs().max() > 1e-6]
        return counting if rows.any() else questions[-1:]  # without a class there is nothing to guide to


def weight_row(weights: Mapping[str, float], class_names: Sequence[str]) -> Tensor:
    """{"hero": 0.6, "food": 0.4} -> (K,) float32 in the order of class_names; a class not named weighs 0.

    Raises ValueError for an unknown class or a weight that is not a finite number.
    """
    row = torch.zeros(len(class_names))
    for name, weight in weights.items():
        if name not in class_names:
            raise ValueError(f"unknown class {brief(name)}; the classes are {', '.join(class_names)}")
        if isinstance(weight, bool) or not isinstance(weight, int | float) or not abs(weight) <= LARGEST:
            raise ValueError(f"the weight of {name} must be a finite number; got {brief(weight)}")
        row[list(class_names).index(name)] = weight
    return row


def weight_rows(
    weights: Mapping[str, float] | Sequence[Mapping[str, float]], class_names: Sequence[str], count: int
) -> Tensor:
    """(count, K): the same row for every sprite, or a row for each of `count` mappings. Raises ValueError as above."""
    if isinstance(weights, Mapping):
        return weight_row(weights, class_names).repeat(count, 1)
    return torch.stack([weight_row(each, class_names) for each in weights])


def parse_weights(text: str) -> dict[str, float]:
    """ "hero=0.6,food=0.4" -> {"hero": 0.6, "food": 0.4}; a name alone weighs 1; "" and "no class" -> {}.

    Raises ValueError.
    """
    weights: dict[str, float] = {}
    for part in filter(None, (part.strip() for part in text.split(","))):
        name, equals, number = (piece.strip() for piece in part.partition("="))
        try:
            value = float(number) if equals else 1.0
        except ValueError:
            raise ValueError(f"the weight of {name} must be a number; got {number!r}") from None
        if name in weights:
            raise ValueError(f"the class {name} is named twice")
        weights[name] = value
    return {} if weights == {NO_CLASS: 1.0} else weights
