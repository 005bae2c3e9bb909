"""Who runs the network: PyTorch, or ONNX Runtime, which is faster on a CPU. Samplers cannot tell the difference.

ONNX Runtime needs the network's graph, x.onnx beside the checkpoint x.safetensors, which python -m core.runtime writes.
It holds no weights, so it fits every checkpoint of that architecture and size.
"""

from __future__ import annotations

import json
import logging
import os
from dataclasses import asdict
from pathlib import Path

import torch
from torch import Tensor

from ..networks import NetworkModule, architecture_of
from ..prediction import Network

TOLERANCE = 1e-5  # of the largest value
log = logging.getLogger(__name__)


class OnnxNetwork:
    """The network as ONNX Runtime runs it, on the CPU. Raises ValueError if the graph is of another shape.

    threads: by default as many as PyTorch uses. Their number does not change the result.
    """

    def __init__(self, network: NetworkModule, graph: str | Path | bytes, threads: int | None = None) -> None:
        os.environ.setdefault("ORT_DISABLE_TELEMETRY", "1")  # or it reports its use to its makers
        import onnxruntime  # here, so that everything else does without it

        graph = graph if isinstance(graph, bytes) else Path(graph).read_bytes()
        options = onnxruntime.SessionOptions()
        self.threads = options.intra_op_num_threads = threads or torch.get_num_threads()
        options.log_severity_level = 3
        self._made_of = network, graph
        names, values = [], []
        for name, tensor in network.state_dict().items():
            names.append(name)
            values.append(onnxruntime.OrtValue.ortvalue_from_numpy(tensor.contiguous().numpy()))
        options.add_external_initializers(names, values)
        self._session = onnxruntime.InferenceSession(graph, options, providers=["CPUExecutionProvider"])
        if self._session.get_modelmeta().custom_metadata_map.get("network") != fingerprint(network):
            raise ValueError("it belongs to a network of another shape")

    def __call__(self, x_t: Tensor, log_snr: Tensor, weights: Tensor) -> Tensor:
        names = ("x_t", "log_snr", "weights")
        values = (tensor.contiguous().numpy() for tensor in (x_t, log_snr, weights))
        return torch.from_numpy(self._session.run(None, dict(zip(names, values, strict=True)))[0])

    def on_one_core(self) -> OnnxNetwork:
        """The same on a single thread."""
        return OnnxNetwork(*self._made_of, threads=1)


def graph_beside(checkpoint: Path) -> Path:
    """Where the graph of a checkpoint lies."""
    return checkpoint.with_suffix(".onnx")


def fastest(network: NetworkModule, graph: Path) -> Network:
    """The fastest way to run this network here, equal to PyTorch within TOLERANCE; if none is faster, PyTorch's own.

    graph: its file, if there is one. Why ONNX Runtime is not used, where it could be, goes to the log.
    """
    if next(network.parameters()).is_cuda or not graph.is_file():
        return network
    try:
        other = OnnxNetwork(network, graph)
        off = difference(network, other)
    except ImportError:
        log.warning("onnxruntime is not installed: PyTorch runs the network, more slowly")
        return network
    except Exception as error:  # ONNX Runtime's own exceptions share no other base class
        why = " ".join(str(error).split())
        log.warning("ONNX Runtime cannot run %s (%s): PyTorch runs the network", graph.name, why)
        return network
    if off > TOLERANCE:
        log.warning(
            "%s is out of date (off by %.1e): PyTorch runs the network; python -m core.runtime", graph.name, off
        )
        return network
    return other


@torch.no_grad()
def difference(network: NetworkModule, other: Network, count: int = 2) -> float:
    """The largest difference between two ways to run a network, as a share of the largest value, on noise."""
    generator = torch.Generator().manual_seed(0)
    x_t = torch.randn(count, *network.config.shape, generator=generator)
    inputs = x_t, torch.linspace(-6, 6, count), torch.rand(count, network.config.num_classes, generator=generator)
    expected = network(*inputs)
    return ((other(*inputs) - expected).abs().max() / expected.abs().max()).item()


def fingerprint(network: NetworkModule) -> str:
    """What the graph depends on: the kind and its configuration, but for what the output means."""
    config = {k: v for k, v in asdict(network.config).items() if k != "prediction_type"}
    return json.dumps({"architecture": architecture_of(network).name, **config})
