"""A network as a plan, for executors that have no PyTorch: a list of operations, whose weights lie in its checkpoint.

A plan is JSON. It describes one picture; all pictures of a batch go the same way.

    inputs      {name: shape}: x_t (C, H, W), log_snr () and weights (K,)
    tensors     {name: shape} of those of x.safetensors that are used
    constants   {name: list of numbers}: what the network has beside its weights
    operations  [{name, kind, of, shape, ...}]: `of` lists names and numbers, what goes in; `shape` is of what comes out
    output      the name of the last of them

The kinds, with x the first of `of`, and numbers of a tensor counted from 0 in C order:

    convolution (x (C, H, W), weight, bias?; stride, padding)
    linear      (x (N,), weight, bias?; transposed: x W, not W x)
    norm        (x, weight?, bias?; groups, epsilon): over equal parts; weight and bias by the first axis, or by number
    attention   (queries, keys, values, each (heads, D, N)), of N places
    upsample    (x (C, H, W); factor): every pixel repeated
    concatenate (any number, along the first axis)
    part        (x; start: the number of its first number)
    reshape, silu, exp, sin, cos, softplus, sum     (x)
    clamp       (x; low, high)
    add, subtract, multiply, divide     (two, as NumPy broadcasts them)

Nobody writes a plan: torch.export traces the module, and its operations are named here once. What a module returns has
the module's name, as encoder.0.0.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import torch

from ..checkpoint import SHIPPED, load
from ..cli import Parser
from ..networks import NetworkModule
from .trace import Trace

INPUTS = ("x_t", "log_snr", "weights")


def plan_beside(checkpoint: Path) -> Path:
    """Where the plan of a checkpoint lies."""
    return checkpoint.with_suffix(".plan.json")


def plan(network: NetworkModule) -> dict[str, Any]:
    """The plan of a network. Raises ValueError if it does what no kind of operation stands for."""
    inputs = torch.zeros(1, *network.config.shape), torch.zeros(1), torch.zeros(1, network.config.num_classes)
    with torch.no_grad():
        program = torch.export.export(network, inputs)
    made = Trace(program)
    used = _needed(made.operations, made.output)
    reads = {name for operation in used for name in operation["of"]}
    state = network.state_dict()
    return {
        "inputs": {name: list(x.shape[1:]) for name, x in zip(INPUTS, inputs, strict=True)},
        "tensors": {name: list(tensor.shape) for name, tensor in state.items() if name in reads},
        "constants": {name: x.tolist() for name, x in network.named_buffers() if name in reads and name not in state},
        "operations": used,
        "output": made.output,
    }


def to_json(plan: dict[str, Any]) -> str:
    """As a file: a line for each operation."""
    parts = [
        f'"{key}": '
        + ("[\n" + ",\n".join(map(json.dumps, value)) + "\n]" if key == "operations" else json.dumps(value))
        for key, value in plan.items()
    ]
    return "{\n" + ",\n".join(parts) + "\n}\n"


def _needed(operations: list[dict[str, Any]], output: str) -> list[dict[str, Any]]:
    """Those that the output depends on."""
    needed, kept = {output}, []
    for operation in reversed(operations):
        if operation["name"] in needed:
            needed.update(name for name in operation["of"] if isinstance(name, str))
            kept.append(operation)
    return kept[::-1]


def main(argv: Sequence[str] | None = None) -> None:
    """Write the plan of a checkpoint's network beside it."""
    parser = Parser(
        prog="python -m core.runtime.plan", description="Export a checkpoint's network as a plan, beside it."
    )
    parser.add_argument("--checkpoint", default=SHIPPED, type=Path, help="whose network to export")
    args = parser.parse_args(argv)
    try:
        made = plan(load(args.checkpoint, "cpu", backend="torch").network)
    except ValueError as wrong:
        parser.error(str(wrong))
    path, text = plan_beside(args.checkpoint), to_json(made)
    try:
        path.write_text(text, encoding="utf-8", newline="\n")
    except OSError as wrong:
        parser.error(str(wrong))
    print(f"wrote {path}, {len(text) / 1000:.0f} kB; {len(made['operations'])} operations")


if __name__ == "__main__":
    main()
