"""Who runs the network: PyTorch, or ONNX Runtime, which is faster on a CPU. Samplers cannot tell the difference.

ONNX Runtime needs the network's graph, checkpoints/unet.onnx, which python -m core.runtime writes. It holds no weights,
so it fits every checkpoint of that shape in its folder.
"""

from __future__ import annotations

import json
import logging
import os
from dataclasses import asdict
from pathlib import Path

import torch
from torch import Tensor

from ..guidance import Network
from ..networks.unet import UNet

GRAPH = "unet.onnx"  # beside the checkpoint
TOLERANCE = 1e-5  # of the largest value
log = logging.getLogger(__name__)


class OnnxNetwork:
    """The network as ONNX Runtime runs it, on the CPU. Raises ValueError if the graph is of another shape.

    threads: by default as many as PyTorch uses. Their number does not change the result.
    """

    def __init__(self, network: UNet, graph: str | Path | bytes, threads: int | None = None) -> None:
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


def fastest(network: UNet, folder: Path) -> Network:
    """The fastest way to run this network here, equal to PyTorch within TOLERANCE; if none is faster, PyTorch's own.

    folder: where the graph lies. Why ONNX Runtime is not used, where it could be, goes to the log.
    """
    if network.stem.weight.is_cuda or not (folder / GRAPH).is_file():
        return network
    try:
        other = OnnxNetwork(network, folder / GRAPH)
        error = difference(network, other)
    except ImportError:
        log.warning("onnxruntime is not installed: PyTorch runs the network, more slowly")
        return network
    except Exception as error:  # ONNX Runtime's own exceptions share no other base class
        log.warning("ONNX Runtime cannot run %s (%s): PyTorch runs the network", GRAPH, " ".join(str(error).split()))
        return network
    if error > TOLERANCE:
        log.warning("%s is out of date (off by %.1e): PyTorch runs the network; python -m core.runtime", GRAPH, error)
        return network
    return other


@torch.no_grad()
def difference(network: UNet, other: Network, count: int = 2) -> float:
    """The largest difference between two ways to run a network, as a share of the largest value, on noise."""
    generator = torch.Generator().manual_seed(0)
    x_t = torch.randn(count, 3, 16, 16, generator=generator)
    inputs = x_t, torch.linspace(-6, 6, count), torch.rand(count, network.config.num_classes, generator=generator)
    expected = network(*inputs)
    return ((other(*inputs) - expected).abs().max() / expected.abs().max()).item()


def fingerprint(network: UNet) -> str:
    """What the graph depends on: the configuration, but for what the output means."""
    return json.dumps({k: v for k, v in asdict(network.config).items() if k != "prediction_type"})
