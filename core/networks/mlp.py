"""A small network that learns in seconds: a few layers that see all values of a picture at once, and no convolution.

    x_t -> layer -> layer -> layer -> minus x_t -> out

A layer narrows the picture's values to `width` numbers, in which the noise level and the class have their say, and adds
what it makes of them. What it adds up is the answer; x_t itself does not reach it. So the answer is confined to what
fits through `width` numbers a layer: a sprite does, noise does not. That is why it should predict x0 (Li & He 2025,
"Back to Basics: Let Denoising Generative Models Denoise").
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from ..prediction import PREDICTION_TYPES, PredictionType
from .base import NetworkModule
from .parts import ClassEmbedding, NoiseEmbedding, ResidualLayer

MAX_VALUES = 64 * 64 * 3


@dataclass(frozen=True)
class MLPConfig:
    """Shape of an MLP; raises ValueError if it cannot be built.

    width: of the narrow part of each layer.  image_size, image_channels: of x_t, (B, C, size, size).
    """

    num_classes: int = 5
    width: int = 224
    layers: int = 3
    embedding: int = 64
    prediction_type: PredictionType = "x0"
    image_size: int = 16
    image_channels: int = 3

    def __post_init__(self) -> None:
        sizes = [self.num_classes, self.width, self.layers, self.embedding, self.image_size, self.image_channels]
        if any(isinstance(n, bool) or not isinstance(n, int) or not 1 <= n <= 4096 for n in sizes) or self.layers > 64:
            raise ValueError(f"an MLP's sizes must be whole numbers from 1 to 4096, layers at most 64; got {self}")
        if math.prod(self.shape) > MAX_VALUES:
            raise ValueError(f"an MLP takes pictures of at most {MAX_VALUES:,} values; got {math.prod(self.shape):,}")
        if self.prediction_type not in PREDICTION_TYPES:
            raise ValueError(f"unknown prediction type {self.prediction_type!r}; known: {', '.join(PREDICTION_TYPES)}")

    @property
    def shape(self) -> tuple[int, int, int]:
        """Of a picture: (C, H, W)."""
        return self.image_channels, self.image_size, self.image_size


class MLP(NetworkModule):
    """(x_t (B, C, H, W), log_snr (B,), weights (B, K)) -> (B, C, H, W), read as config.prediction_type."""

    config: MLPConfig

    def __init__(self, config: MLPConfig = MLPConfig()) -> None:
        super().__init__()
        self.config, values = config, math.prod(config.shape)
        self.noise_embedding = NoiseEmbedding(config.embedding)
        self.class_embedding = ClassEmbedding(config.num_classes, config.embedding)
        self.layers = nn.ModuleList(ResidualLayer(values, config.width, config.embedding) for _ in range(config.layers))
        self.bias = nn.Parameter(torch.zeros(values))

    def forward(self, x_t: Tensor, log_snr: Tensor, weights: Tensor) -> Tensor:
        emb = F.silu(self.noise_embedding(log_snr) + self.class_embedding(weights))
        x = h = x_t.flatten(1)
        for layer in self.layers:
            h = layer(h, emb)
        return (h - x + self.bias).reshape(x_t.shape)
