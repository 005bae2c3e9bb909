"""Values as lines of JSON, for a pipe between two processes of ours: arrays, bytes and the dataclasses of core, too."""

from __future__ import annotations

import base64
import importlib
import json
from collections.abc import Mapping
from dataclasses import fields, is_dataclass
from typing import Any

import numpy as np
import torch

KIND = "$"  # what a JSON object stands for that is no dict


def dumps(value: object) -> bytes:
    """A line, its end included. Raises TypeError for what it has no form for."""
    return json.dumps(_plain(value)).encode() + b"\n"


def loads(line: bytes) -> Any:
    """The value of a line. Raises ValueError for anything else."""
    try:
        return json.loads(line, object_hook=_made)
    except (KeyError, TypeError, AttributeError, ImportError) as error:
        raise ValueError(f"this is no line of ours: {error}") from error


def _plain(value: object) -> object:
    if isinstance(value, bytes):
        return {KIND: "bytes", "data": base64.b64encode(value).decode("ascii")}
    if isinstance(value, np.ndarray):
        data = base64.b64encode(np.ascontiguousarray(value).tobytes()).decode("ascii")
        return {KIND: "array", "dtype": value.dtype.str, "shape": value.shape, "data": data}
    if isinstance(value, torch.Tensor):
        return {KIND: "tensor", "array": _plain(value.detach().cpu().numpy())}
    if is_dataclass(value) and not isinstance(value, type):
        own = {field.name: _plain(getattr(value, field.name)) for field in fields(value)}
        return {KIND: f"{type(value).__module__}:{type(value).__qualname__}", "fields": own}
    if isinstance(value, Mapping):
        return {str(key): _plain(each) for key, each in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(each) for each in value]
    return value


def _made(found: dict[str, Any]) -> object:
    kind = found.get(KIND)
    if kind is None:
        return found
    if kind == "bytes":
        return base64.b64decode(found["data"])
    if kind == "array":
        data = np.frombuffer(base64.b64decode(found["data"]), np.dtype(found["dtype"]))
        return data.reshape(found["shape"]).copy()
    if kind == "tensor":
        return torch.from_numpy(found["array"])
    module, name = kind.split(":")
    if not module.startswith("core."):
        raise ValueError(f"{kind} is no dataclass of core")
    made = getattr(importlib.import_module(module), name)
    if not (isinstance(made, type) and is_dataclass(made)):
        raise ValueError(f"{kind} is no dataclass of core")
    return made(**found["fields"])
