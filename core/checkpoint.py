"""A trained network on disk: safetensors, with everything needed to use it in the file's own JSON header.

Never pickle: a checkpoint from a stranger is data, not a program.
"""

from __future__ import annotations

import hashlib
import json
import os
import tempfile
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Literal

import torch
from safetensors import SafetensorError, safe_open
from safetensors.torch import save_file

from .checks import LEFT_OUT
from .networks import ARCHITECTURES, NetworkConfig, NetworkModule, architecture_of, build, channels_last
from .prediction import Network
from .runtime import fastest, graph_beside

Backend = Literal["auto", "torch"]
SHIPPED = Path(__file__).resolve().parent.parent / "checkpoints" / "sprites.safetensors"
FORMAT = "diffusion-pixel-by-pixel"


@dataclass(frozen=True)
class Model:
    """A network ready to sample, the names of its classes, and what is known of its training (`info`).

    network: of one of networks.ARCHITECTURES.
    run: what a sampler calls, the network itself if left out, or a faster way to run it (see runtime).
    """

    network: NetworkModule
    class_names: tuple[str, ...]
    info: Mapping[str, object] = field(default_factory=dict)
    run: Network = LEFT_OUT

    def __post_init__(self) -> None:
        if self.run is None:
            object.__setattr__(self, "run", self.network)

    @property
    def shape(self) -> tuple[int, int, int]:
        """Of a picture: (C, H, W)."""
        return self.network.config.shape

    @property
    def distilled(self) -> bool:
        """Whether it is a student, which says where paths end (see train.distill)."""
        return self.info.get("distilled") is True

    @property
    def images_seen(self) -> int:
        """How many noisy sprites it has learned from, in all the runs that led to it."""
        seen = 0
        record: object = self.info
        while isinstance(record, Mapping):  # it comes from a file
            images, record = record.get("images_seen"), record.get("started_from")
            seen += images if isinstance(images, int) else 0
        return seen

    @property
    def device(self) -> torch.device:
        return next(self.network.parameters()).device


@dataclass(frozen=True)
class Header:
    """What a checkpoint says of itself: the network's kind and sizes, its class names, the record of its training."""

    architecture: str
    config: NetworkConfig
    class_names: tuple[str, ...]
    info: Mapping[str, object]


def save(path: str | Path, model: Model, *, dtype: torch.dtype = torch.float32) -> None:
    """Write a model; `info` must be JSON. The file appears whole or not at all."""
    tensors = {k: v.detach().to("cpu", dtype).contiguous() for k, v in model.network.state_dict().items()}
    metadata = {
        "format": FORMAT,
        "architecture": architecture_of(model.network).name,
        "config": json.dumps(asdict(model.network.config)),
        "class_names": json.dumps(model.class_names),
        "info": json.dumps(dict(model.info)),
    }
    write_atomically(path, tensors, metadata)


def to_bytes(model: Model, *, dtype: torch.dtype = torch.float32) -> bytes:
    """What save would write."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "network.safetensors"
        save(path, model, dtype=dtype)
        return path.read_bytes()


def from_bytes(file: bytes) -> Model:
    """The model that a file holds, on the CPU. Raises ValueError as load."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "network.safetensors"
        path.write_bytes(file)
        try:
            return load(path, "cpu", backend="torch")
        except ValueError as error:
            if isinstance(error.__cause__, SafetensorError):
                raise ValueError(
                    "this file is not a readable safetensors file: damaged, cut short or another"
                ) from error
            raise ValueError(str(error).replace(str(path), "this file")) from error


def write_atomically(path: str | Path, tensors: dict[str, torch.Tensor], metadata: dict[str, str]) -> None:
    """Write safetensors beside the target, then rename: a kill at any moment leaves the old file or the new one."""
    path = Path(path)
    path.parent.mkdir(parents=True, exist_ok=True)
    draft = path.with_suffix(".draft")
    try:
        save_file(tensors, draft, metadata)
        os.replace(draft, path)
    finally:
        draft.unlink(missing_ok=True)


def as_text(record: object) -> str:
    """A record as JSON, to be compared: the loss of a network that was not trained is NaN, which is unlike itself."""
    return json.dumps(record, sort_keys=True)


def digest(*tensors: torch.Tensor) -> str:
    """A short name of these numbers: others have another."""
    sha = hashlib.sha256()
    for tensor in tensors:
        sha.update(tensor.detach().cpu().contiguous().flatten().view(torch.uint8).numpy().data)
    return sha.hexdigest()[:16]


def load(
    path: str | Path | None = None, device: str | torch.device | None = None, *, backend: Backend = "auto"
) -> Model:
    """Read a checkpoint (by default the one that ships with the project), in eval mode.

    device: by default the GPU where there is one. backend: "torch", or "auto" for the fastest on that device.
    Raises ValueError with one sentence if the file is missing, truncated, not a checkpoint, or not of this project.
    """
    path, device = Path(path or SHIPPED), device or ("cuda" if torch.cuda.is_available() else "cpu")
    header, tensors = _read(path)
    try:
        with torch.device("meta"):  # no memory is spent on a network that the file does not hold
            shapes = {key: tensor.shape for key, tensor in build(header.config).state_dict().items()}
        if shapes != {key: tensor.shape for key, tensor in tensors.items()}:
            raise ValueError("its tensors do not fit the network that its header describes")
        network = build(header.config)
        network.load_state_dict(tensors)
    except (ValueError, RuntimeError) as error:
        raise _foreign(path, error) from error
    network = channels_last(network, device).eval().requires_grad_(False)
    run = fastest(network, graph_beside(path)) if backend == "auto" else network
    return Model(network, header.class_names, header.info, run)


def read_header(path: str | Path | None = None) -> Header:
    """What a checkpoint says of itself, without its weights, which takes a millisecond. Raises ValueError as load."""
    return _read(Path(path or SHIPPED), with_tensors=False)[0]


def _read(path: Path, *, with_tensors: bool = True) -> tuple[Header, dict[str, torch.Tensor]]:
    """The header and the float32 tensors of a file. Raises ValueError with one sentence."""
    if not path.is_file():
        raise ValueError(f"there is no checkpoint at {path}; train one with python -m core.train")
    try:
        with safe_open(path, framework="pt") as file:
            metadata = file.metadata() or {}
            tensors = {key: file.get_tensor(key).float() for key in (file.keys() if with_tensors else ())}
    except (SafetensorError, OSError) as error:
        raise ValueError(f"{path} is not a readable safetensors file (damaged or cut short?): {error}") from error
    try:
        if "step" in metadata:
            raise ValueError("it is what a training run resumes from; take final.safetensors from its folder")
        if metadata.get("format") != FORMAT:
            raise ValueError(f"its format is {metadata.get('format')!r}, not {FORMAT!r}")
        architecture = metadata.get("architecture", "unet")  # older ones do not name theirs
        if architecture not in ARCHITECTURES:
            raise ValueError(f"its architecture is {architecture!r}; known: {', '.join(ARCHITECTURES)}")
        config = ARCHITECTURES[architecture].config(**json.loads(metadata["config"]))
        class_names = tuple(json.loads(metadata["class_names"]))
        info = json.loads(metadata["info"])
        if not isinstance(info, dict):
            raise ValueError("the record of its training is not a dictionary")
        if len(class_names) != config.num_classes or not all(isinstance(name, str) for name in class_names):
            raise ValueError("the class names do not fit the network")
        if len(set(class_names)) < len(class_names) or not all(map(str.strip, class_names)):
            raise ValueError("its class names must differ, and none may be empty")
    except (KeyError, TypeError, ValueError, RuntimeError) as error:
        raise _foreign(path, error) from error
    return Header(architecture, config, class_names, info), tensors


def _foreign(path: Path, error: Exception) -> ValueError:
    reason = f"its header has no {error}" if isinstance(error, KeyError) else " ".join(str(error).split())[:300]
    return ValueError(f"{path} is not a checkpoint of this project: {reason}")
