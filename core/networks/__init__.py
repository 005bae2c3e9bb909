"""Architectures of networks: one file each, and a registry from the name in a checkpoint's header to its classes."""

from __future__ import annotations

from dataclasses import dataclass

from torch import nn

from .unet import LOG_SNR_RANGE, UNet, UNetConfig, initialise

__all__ = [
    "ARCHITECTURES",
    "LOG_SNR_RANGE",
    "Architecture",
    "UNet",
    "UNetConfig",
    "architecture_of",
    "build",
    "initialise",
]


@dataclass(frozen=True)
class Architecture:
    """A kind of network.

    config: its frozen dataclass, in JSON types, with num_classes, prediction_type and shape, a picture's (C, H, W).
    network: the nn.Module that a config makes, with the config as its attribute `config`. Both refuse, with a
    ValueError, what cannot be built.
    """

    name: str
    config: type
    network: type[nn.Module]


ARCHITECTURES = {record.name: record for record in (Architecture("unet", UNetConfig, UNet),)}


def build(config: object) -> nn.Module:
    """A network of this config, one of those of ARCHITECTURES, with the weights that PyTorch begins with."""
    return next(record.network for record in ARCHITECTURES.values() if type(config) is record.config)(config)


def architecture_of(network: nn.Module) -> Architecture:
    """The kind of this network. Raises ValueError if it is of none."""
    for record in ARCHITECTURES.values():
        if type(network) is record.network:
            return record
    raise ValueError(f"{type(network).__name__} is no architecture of core.networks")
