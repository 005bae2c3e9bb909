"""What all networks and their configs have in common, and how they are laid out in memory."""

from __future__ import annotations

from dataclasses import Field
from typing import Any, ClassVar, Protocol, TypeVar

import torch
from torch import nn

from ..prediction import PredictionType

M = TypeVar("M", bound=nn.Module)


class NetworkConfig(Protocol):
    """The shape of a network, a frozen dataclass in JSON types.

    shape: of a picture, (C, H, W).
    """

    __dataclass_fields__: ClassVar[dict[str, Field[Any]]]

    @property
    def num_classes(self) -> int: ...
    @property
    def prediction_type(self) -> PredictionType: ...
    @property
    def shape(self) -> tuple[int, int, int]: ...


class NetworkModule(nn.Module):
    """A network (see prediction.Network) that knows its config.

    Its config may have a field `sketch`; where that is not 0, the network has a part of that name (see train).
    """

    config: NetworkConfig
    sketch: nn.Module


def channels_last(network: M, device: str | torch.device | None = None) -> M:
    """The network with its weights in the order in which convolutions are fastest, on that device."""
    return network.to(device, memory_format=torch.channels_last)  # type: ignore[call-overload]  # torch forgets this one
