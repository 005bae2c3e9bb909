"""The command line of runtime, python -m core.runtime: the network's graph, exported for ONNX Runtime."""

from __future__ import annotations

import warnings
from collections.abc import Sequence
from pathlib import Path
from typing import Any, cast

import torch

from ..checkpoint import SHIPPED, load
from ..cli import Parser
from ..networks import NetworkModule
from . import TOLERANCE, OnnxNetwork, difference, fingerprint, graph_beside


def export(network: NetworkModule) -> bytes:
    """The network's graph without its weights, for any batch size. Raises ImportError without onnx and onnxscript."""
    import onnx
    from onnxscript import optimizer

    inputs = torch.zeros(2, *network.config.shape), torch.zeros(2), torch.zeros(2, network.config.num_classes)
    batch = torch.export.Dim("batch", min=1, max=2**16)
    names, weights = ["x_t", "log_snr", "weights"], network.state_dict()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # the exporter's remarks on its own libraries
        exported = torch.onnx.export(
            network,
            inputs,
            input_names=names,
            dynamic_shapes=({0: batch},) * 3,
            dynamo=True,
            optimize=False,
            verbose=False,
        )
    program = cast(torch.onnx.ONNXProgram, exported)  # None without dynamo
    graph = program.model.graph
    for name in weights:  # as inputs, so that the optimizer does not fold them into other constants
        graph.inputs.append(graph.initializers.pop(name))
        graph.inputs[-1].const_value = None
    optimizer.optimize(program.model)
    model = program.model_proto
    for value in list(model.graph.input)[len(names) :]:
        model.graph.input.remove(value)
        shape = weights[value.name].shape
        tensor = model.graph.initializer.add(name=value.name, data_type=onnx.TensorProto.FLOAT, dims=shape)
        tensor.data_location = onnx.TensorProto.EXTERNAL
        tensor.external_data.add(key="location", value="the checkpoint")
    _drop_identities(model.graph)
    for part in (model, model.graph, *model.graph.node, *model.graph.input, *model.graph.output):
        part.ClearField("metadata_props")
        part.ClearField("doc_string")
    del model.graph.value_info[:]
    model.metadata_props.add(key="network", value=fingerprint(network))
    return model.SerializeToString()


def _drop_identities(graph: Any) -> None:
    """Remove products with ones and sums with zeros: the exporter writes them for every norm without weights."""
    from onnx import numpy_helper

    neutral = {"Mul": 1, "Add": 0}
    constant = {t.name: numpy_helper.to_array(t) for t in graph.initializer if not t.external_data}
    renamed: dict[str, str] = {}
    for node in list(graph.node):
        for i, name in enumerate(node.input):
            node.input[i] = renamed.get(name, name)
        value = constant.get(node.input[1]) if node.op_type in neutral else None
        if value is not None and (value == neutral[node.op_type]).all():
            renamed[node.output[0]] = node.input[0]
            graph.node.remove(node)
    used = {name for node in graph.node for name in node.input}
    for tensor in list(graph.initializer):
        if tensor.name not in used:
            graph.initializer.remove(tensor)


def main(argv: Sequence[str] | None = None) -> None:
    """Write the graph of a checkpoint's network beside it and check it."""
    parser = Parser(
        prog="python -m core.runtime", description="Export a checkpoint's network for ONNX Runtime, beside it."
    )
    parser.add_argument("--checkpoint", default=SHIPPED, type=Path, help="whose network to export")
    args = parser.parse_args(argv)
    try:
        network = load(args.checkpoint, "cpu", backend="torch").network
        graph = export(network)
        error = difference(network, OnnxNetwork(network, graph), 16)
    except ImportError as missing:
        parser.error(f"{missing.name} is missing; pip install -r requirements-dev.txt")
    except ValueError as wrong:
        parser.error(str(wrong))
    if error > TOLERANCE:
        parser.error(f"the exported graph is off by {error:.1e}, more than {TOLERANCE:g} of the largest value")
    path = graph_beside(args.checkpoint)
    try:
        path.write_bytes(graph)
    except OSError as wrong:
        parser.error(str(wrong))
    print(f"wrote {path}, {len(graph) / 1000:.0f} kB; equal to PyTorch within {error:.1e} of the largest value")


if __name__ == "__main__":
    main()
