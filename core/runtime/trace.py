"""PyTorch's operations in a traced network, named as those of a plan (see plan)."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from typing import Any

import torch
from torch.fx import Node

TRANSPOSED = "ᵀ"
UNARY = ("silu", "exp", "sin", "cos", "softplus")
BINARY = {"add": "add", "sub": "subtract", "mul": "multiply", "div": "divide"}


class Trace:
    """The operations of a traced network.

    A matrix that was only transposed has the name of what it was, and TRANSPOSED: nothing is moved, for attention takes
    its matrices as they lie.
    """

    def __init__(self, program: torch.export.ExportedProgram) -> None:
        self.operations: list[dict[str, Any]] = []
        self._values: dict[Any, Any] = {}  # the name of each node's value, or the names of its parts
        signature, nodes = program.graph_signature, list(program.graph.nodes)
        stored = {**signature.inputs_to_parameters, **signature.inputs_to_buffers}
        self._titles = _titles(nodes)
        for node in nodes:
            name = getattr(node.target, "__name__", "").partition(".")[0]
            if node.op == "placeholder":
                self._values[node] = stored.get(node.name, node.name)
            elif node.op == "output":
                (self.output,) = (self._values[value] for value in node.args[0])
            elif name in HANDLERS and not node.kwargs:
                HANDLERS[name](self, node, *node.args)
            else:
                what = f"{node.target} with {', '.join(node.kwargs)}" if node.kwargs else node.target
                raise ValueError(f"a plan has no operation for PyTorch's {what}; it has {', '.join(HANDLERS)}")

    def _add(self, node: Node, kind: str, of: Sequence[Any], **settings: Any) -> None:
        """One operation; `of` without what is None."""
        names = [self._values[x] if isinstance(x, Node) else x for x in of if x is not None]
        if any(str(name).endswith(TRANSPOSED) for name in names):
            raise ValueError(f"a plan transposes only what goes into attention, and its answer; not for {node.target}")
        name = self._values[node] = self._titles[node]
        self.operations.append({"name": name, "kind": kind, "of": names, "shape": _shape(node), **settings})

    def _item(self, node: Node, parts: Node, index: int) -> None:
        self._values[node] = self._values[parts][index]

    def _same(self, node: Node, x: Node) -> None:
        self._values[node] = self._values[x]

    def _transpose(self, node: Node, x: Node, *axes: int) -> None:
        rank, name = x.meta["val"].dim(), self._values[x]
        if {axis % rank for axis in axes} != {rank - 1, rank - 2}:
            raise ValueError("a plan transposes the last two axes alone")
        self._values[node] = name.removesuffix(TRANSPOSED) if name.endswith(TRANSPOSED) else name + TRANSPOSED

    def _split(self, node: Node, x: Node, *rest: int) -> None:
        """Along the first axis, whose parts lie one after the other."""
        if rest[-1:] != (1,):
            raise ValueError(f"a plan splits along the first axis alone; not so {node.target}")
        source, start = self._values[x].removesuffix(TRANSPOSED), 0
        transposed = TRANSPOSED if self._values[x] != source else ""
        self._values[node] = []
        for i, part in enumerate(node.meta["val"]):
            name, shape = f"{self._titles[node]}.{i}", list((part.mT if transposed else part).shape[1:])
            self.operations.append({"name": name, "kind": "part", "of": [source], "shape": shape, "start": start})
            self._values[node].append(name + transposed)
            start += math.prod(shape)

    # ---- PyTorch's operations, by name -----------------------------------------------------------------------------
    def _convolution(self, node: Node, x: Node, weight: Node, bias: Node | None = None, *rest: Any) -> None:
        given = (*rest, *([1, 1], [0, 0], [1, 1], 1)[len(rest) :])
        (stride, *_), (padding, *_), *_ = given
        height, width = weight.meta["val"].shape[2:]
        if height != width or given != ([stride] * 2, [padding] * 2, [1, 1], 1):
            raise ValueError("a plan has square convolutions alone, without dilation and groups")
        self._add(node, "convolution", [x, weight, bias], stride=stride, padding=padding)

    def _linear(self, node: Node, x: Node, weight: Node, bias: Node | None = None) -> None:
        self._add(node, "linear", [x, weight, bias])

    def _matmul(self, node: Node, x: Node, weight: Node) -> None:
        if weight.op != "placeholder" or x.meta["val"].dim() != 2:
            raise ValueError("a plan multiplies a row by a matrix of weights alone")
        self._add(node, "linear", [x, weight], transposed=True)

    def _group_norm(self, node: Node, x: Node, groups: int, *rest: Any) -> None:
        self._norm(node, x, groups, *rest)

    def _layer_norm(self, node: Node, x: Node, shape: Sequence[int], *rest: Any) -> None:
        if list(shape) != _shape(x):
            raise ValueError("a plan has layer norms over everything alone")
        self._norm(node, x, 1, *rest)

    def _norm(
        self, node: Node, x: Node, groups: int, weight: Any = None, bias: Any = None, epsilon: float = 1e-5, *_: bool
    ) -> None:
        if (weight is None) != (bias is None):
            raise ValueError("a plan's norm has both weight and bias, or neither")
        self._add(node, "norm", [x, weight, bias], groups=groups, epsilon=epsilon)

    def _attention(self, node: Node, *args: Any) -> None:
        matrices, name = [self._values[x] for x in args[:3]], self._titles[node]
        if len(args) > 3 or not all(matrix.endswith(TRANSPOSED) for matrix in matrices):
            raise ValueError("a plan's attention has no mask, and takes transposed matrices, from (heads, D, N)")
        of, (heads, n, d) = [matrix.removesuffix(TRANSPOSED) for matrix in matrices], _shape(node)
        self.operations.append({"name": name, "kind": "attention", "of": of, "shape": [heads, d, n]})
        self._values[node] = name + TRANSPOSED

    def _upsample(self, node: Node, x: Node, *_: Any) -> None:
        self._add(node, "upsample", [x], factor=_shape(node)[-1] // _shape(x)[-1])

    def _concatenate(self, node: Node, parts: Sequence[Node], axis: int = 0) -> None:
        if axis != 1:
            raise ValueError("a plan concatenates channels alone")
        self._add(node, "concatenate", parts)

    def _reshape(self, node: Node, x: Node, *_: Any) -> None:
        made = next((o for o in reversed(self.operations) if o["name"] == self._values[x]), None)
        self._add(node, "reshape", [x])
        if made and made["kind"] == "reshape":  # one of another: of what the other was made of
            self.operations[-1]["of"] = made["of"]

    def _clamp(self, node: Node, x: Node, low: float, high: float) -> None:
        self._add(node, "clamp", [x], low=low, high=high)

    def _sum(self, node: Node, x: Node, axes: Sequence[int] | None = None, keep: bool = False) -> None:
        if len(_shape(x)) != 1:
            raise ValueError("a plan sums a row alone")
        self._add(node, "sum", [x])

    def _negative(self, node: Node, x: Node) -> None:
        self._add(node, "multiply", [x, -1])

    def _subtracted(self, node: Node, x: Node, other: Any) -> None:
        self._add(node, "subtract", [other, x])


def _shape(node: Node) -> list[int]:
    """Without the batch."""
    batch, *shape = node.meta["val"].shape
    if batch != 1:
        raise ValueError(f"a plan keeps the pictures of a batch apart; not so {node.target}")
    return shape


def _titles(nodes: Sequence[Node]) -> dict[Node, str]:
    """A name for every value: that of the outermost module that returns it, or the module that it is in and its own."""
    last: dict[str, Node] = {}
    inside: dict[Node, list[str]] = {}
    for node in nodes:
        inside[node] = [path for path, _ in (node.meta.get("nn_module_stack") or {}).values() if path]
        for path in inside[node]:
            last[path] = node
    titles = {}
    for node, paths in inside.items():
        whole = next((path for path in paths if last[path] is node), None)
        titles[node] = whole or ":".join([*paths[-1:], node.name])
    return titles


def _unary(kind: str) -> Callable[..., None]:
    return lambda trace, node, x: trace._add(node, kind, [x])


def _binary(kind: str) -> Callable[..., None]:
    return lambda trace, node, x, y: trace._add(node, kind, [x, y])


HANDLERS: dict[str, Callable[..., None]] = {
    "getitem": Trace._item,
    "detach": Trace._same,
    "transpose": Trace._transpose,
    "chunk": Trace._split,
    "unbind": Trace._split,
    "conv2d": Trace._convolution,
    "linear": Trace._linear,
    "matmul": Trace._matmul,
    "group_norm": Trace._group_norm,
    "layer_norm": Trace._layer_norm,
    "scaled_dot_product_attention": Trace._attention,
    "upsample_nearest2d": Trace._upsample,
    "cat": Trace._concatenate,
    "clamp": Trace._clamp,
    "sum": Trace._sum,
    "neg": Trace._negative,
    "rsub": Trace._subtracted,
    **dict.fromkeys(("flatten", "reshape", "view", "unsqueeze", "squeeze"), Trace._reshape),
    **{kind: _unary(kind) for kind in UNARY},
    **{name: _binary(kind) for name, kind in BINARY.items()},
}
