"""The network of the course notes, written from their description: what ours is timed against.

ContextUnet with 64 features: an encoder of two levels, a vector in the middle, a decoder whose features are scaled by
the class and shifted by the time. Never trained here; repaired where the course's code is wrong (the shortcut from
3 to 64 channels, which it leaves out, is a 1x1 convolution).
"""

from __future__ import annotations

import torch
from torch import Tensor, nn


class ContextUnet(nn.Module):
    """(x_t (B, 3, 16, 16), time (B,) in [0, 1], weights (B, K)) -> noise (B, 3, 16, 16)."""

    def __init__(self, features: int = 64, num_classes: int = 5) -> None:
        super().__init__()
        self.features = features
        self.init = ResidualBlock(3, features)
        self.down1 = Down(features, features)
        self.down2 = Down(features, 2 * features)
        self.to_vector = nn.Sequential(nn.AvgPool2d(4), nn.GELU())
        self.time1, self.time2 = Embedding(1, 2 * features), Embedding(1, features)
        self.class1, self.class2 = Embedding(num_classes, 2 * features), Embedding(num_classes, features)
        self.up0 = nn.Sequential(
            nn.ConvTranspose2d(2 * features, 2 * features, 4, 4), nn.GroupNorm(8, 2 * features), nn.ReLU()
        )
        self.up1 = Up(4 * features, features)
        self.up2 = Up(2 * features, features)
        self.out = nn.Sequential(
            nn.Conv2d(2 * features, features, 3, padding=1),
            nn.GroupNorm(8, features),
            nn.ReLU(),
            nn.Conv2d(features, 3, 3, padding=1),
        )

    def forward(self, x_t: Tensor, time: Tensor, weights: Tensor) -> Tensor:
        x = self.init(x_t)
        down1 = self.down1(x)
        down2 = self.down2(down1)
        up = self.up0(self.to_vector(down2))
        time = time[:, None]
        up = self.up1(self.class1(weights) * up + self.time1(time), down2)
        up = self.up2(self.class2(weights) * up + self.time2(time), down1)
        return self.out(torch.cat([up, x], dim=1))


class ResidualBlock(nn.Module):
    """Two 3x3 convolutions with batch norm; the sum with the shortcut is scaled back to unit variance."""

    def __init__(self, c_in: int, c_out: int) -> None:
        super().__init__()
        self.convs = nn.Sequential(*_conv(c_in, c_out), *_conv(c_out, c_out))
        self.shortcut = nn.Identity() if c_in == c_out else nn.Conv2d(c_in, c_out, 1)

    def forward(self, x: Tensor) -> Tensor:
        return (self.shortcut(x) + self.convs(x)) / 1.414


class Down(nn.Sequential):
    def __init__(self, c_in: int, c_out: int) -> None:
        super().__init__(ResidualBlock(c_in, c_out), ResidualBlock(c_out, c_out), nn.MaxPool2d(2))


class Up(nn.Module):
    """Joins the skip connection, doubles the resolution."""

    def __init__(self, c_in: int, c_out: int) -> None:
        super().__init__()
        self.layers = nn.Sequential(
            nn.ConvTranspose2d(c_in, c_out, 2, 2), ResidualBlock(c_out, c_out), ResidualBlock(c_out, c_out)
        )

    def forward(self, x: Tensor, skip: Tensor) -> Tensor:
        return self.layers(torch.cat([x, skip], dim=1))


class Embedding(nn.Module):
    """(B, n) -> (B, features, 1, 1)."""

    def __init__(self, n: int, features: int) -> None:
        super().__init__()
        self.layers = nn.Sequential(nn.Linear(n, features), nn.GELU(), nn.Linear(features, features))

    def forward(self, x: Tensor) -> Tensor:
        return self.layers(x)[:, :, None, None]


def _conv(c_in: int, c_out: int) -> list[nn.Module]:
    return [nn.Conv2d(c_in, c_out, 3, padding=1), nn.BatchNorm2d(c_out), nn.GELU()]
