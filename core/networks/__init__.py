"""Architectures of networks: one file each, and a registry from the name in a checkpoint's header to its classes."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from .base import NetworkConfig, NetworkModule, channels_last
from .mlp import MLP, MLPConfig
from .parts import LOG_SNR_RANGE, ClassEmbedding, initialise
from .unet import UNet, UNetConfig

__all__ = [
    "ARCHITECTURES",
    "LOG_SNR_RANGE",
    "MLP",
    "Architecture",
    "ClassEmbedding",
    "MLPConfig",
    "NetworkConfig",
    "NetworkModule",
    "UNet",
    "UNetConfig",
    "architecture_of",
    "build",
    "channels_last",
    "initialise",
]


@dataclass(frozen=True)
class Architecture:
    """A kind of network.

    config: its NetworkConfig.  network: the NetworkModule that a config makes. Both refuse, with a ValueError, what
    cannot be built.
    """

    name: str
    config: Callable[..., NetworkConfig]
    network: Callable[[Any], NetworkModule]


ARCHITECTURES = {
    record.name: record for record in (Architecture("unet", UNetConfig, UNet), Architecture("mlp", MLPConfig, MLP))
}


def build(config: NetworkConfig) -> NetworkModule:
    """A network of this config, one of those of ARCHITECTURES, with the weights that PyTorch begins with."""
    return next(record.network for record in ARCHITECTURES.values() if type(config) is record.config)(config)


def architecture_of(network: NetworkModule) -> Architecture:
    """The kind of this network. Raises ValueError if it is of none."""
    for record in ARCHITECTURES.values():
        if type(network) is record.network:
            return record
    raise ValueError(f"{type(network).__name__} is no architecture of core.networks")
