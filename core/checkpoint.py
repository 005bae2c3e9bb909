"""A trained network on disk: safetensors, with everything needed to use it in the file's own JSON header.

Never pickle: a checkpoint from a stranger is data, not a program.
"""

from __future__ import annotations

import json
import os
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path
from typing import Literal

import torch
from safetensors import SafetensorError, safe_open
from safetensors.torch import save_file

from .guidance import Network
from .runtime import fastest
from .unet import UNet, UNetConfig

Backend = Literal["auto", "torch"]
SHIPPED = Path(__file__).resolve().parent.parent / "checkpoints" / "sprites.safetensors"
STUDENT = "distilled.safetensors"  # beside a checkpoint


@dataclass(frozen=True)
class Model:
    """A network ready to sample, the names of its classes, and what is known of its training (`info`).

    run: what a sampler calls, the network itself or a faster way to run it (see runtime).
    student: what was distilled from this model, if anything, for the sampler "distilled".
    """

    network: UNet
    class_names: tuple[str, ...]
    info: Mapping[str, object] = field(default_factory=dict)
    run: Network | None = None
    student: Model | None = None

    def __post_init__(self) -> None:
        if self.run is None:
            object.__setattr__(self, "run", self.network)

    @property
    def distilled(self) -> bool:
        """Whether it is a student, which says where paths end (see train.distill)."""
        return self.info.get("distilled") is True

    @property
    def images_seen(self) -> int:
        """How many noisy sprites it has learned from, in all the runs that led to it."""
        seen, run = 0, self.info
        while isinstance(run, Mapping):  # the record comes from a file
            own = run.get("images_seen")
            seen, run = seen + (own if isinstance(own, int) else 0), run.get("started_from")
        return seen

    @property
    def device(self) -> torch.device:
        return self.network.stem.weight.device


def save(path: str | Path, model: Model, *, dtype: torch.dtype = torch.float32) -> None:
    """Write a model; `info` must be JSON. The file appears whole or not at all."""
    tensors = {k: v.detach().to("cpu", dtype).contiguous() for k, v in model.network.state_dict().items()}
    metadata = {
        "format": "diffusion-pixel-by-pixel",
        "config": json.dumps(asdict(model.network.config)),
        "class_names": json.dumps(model.class_names),
        "info": json.dumps(dict(model.info)),
    }
    write_atomically(path, tensors, metadata)


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


def load(
    path: str | Path | None = None, device: str | torch.device | None = None, *, backend: Backend = "auto"
) -> Model:
    """Read a checkpoint (by default the one that ships with the project), in eval mode, and its student beside it.

    device: by default the GPU where there is one. backend: "torch", or "auto" for the fastest on that device.
    Raises ValueError with one sentence if the file is missing, truncated, not a checkpoint, or not of this project.
    """
    path = Path(path or SHIPPED)
    model = _load(path, device or ("cuda" if torch.cuda.is_available() else "cpu"), backend)
    beside = path.with_name(STUDENT)
    if model.distilled or not beside.is_file():
        return model
    return replace(model, student=_load(beside, model.device, backend))


def _load(path: Path, device: str | torch.device, backend: Backend) -> Model:
    """load, of this file alone."""
    if not path.is_file():
        raise ValueError(f"there is no checkpoint at {path}; train one with python -m core.train")
    try:
        with safe_open(path, framework="pt") as file:
            metadata = file.metadata() or {}
            tensors = {key: file.get_tensor(key).float() for key in file.keys()}  # noqa: SIM118 - not a dict
    except (SafetensorError, OSError) as error:
        raise ValueError(f"{path} is not a readable safetensors file (damaged or cut short?): {error}") from error
    try:
        config = UNetConfig(**json.loads(metadata["config"]))
        class_names = tuple(json.loads(metadata["class_names"]))
        info = json.loads(metadata["info"])
        if not isinstance(info, dict):
            raise ValueError("the record of its training is not a dictionary")
        if len(class_names) != config.num_classes or not all(isinstance(name, str) for name in class_names):
            raise ValueError("the class names do not fit the network")
        with torch.device("meta"):  # no memory is spent on a network that the file does not hold
            shapes = {key: tensor.shape for key, tensor in UNet(config).state_dict().items()}
        if shapes != {key: tensor.shape for key, tensor in tensors.items()}:
            raise ValueError("its tensors do not fit the network that its header describes")
        network = UNet(config)
        network.load_state_dict(tensors)
    except (KeyError, TypeError, ValueError, RuntimeError) as error:
        reason = f"its header has no {error}" if isinstance(error, KeyError) else " ".join(str(error).split())[:300]
        raise ValueError(f"{path} is not a checkpoint of this project: {reason}") from error
    network = network.to(device, memory_format=torch.channels_last).eval().requires_grad_(False)
    return Model(network, class_names, info, fastest(network, path.parent) if backend == "auto" else network)
