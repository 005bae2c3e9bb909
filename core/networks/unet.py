"""The network: a small U-Net that sees a noisy sprite, how noisy it is, and a row of class weights.

    sketch -v
    16x16  stem -> block ------------ skip ------------> block -> out
    8x8            down -> block ---- skip ----> block -> up
    4x4                    down -> block, attention, block -> up

Both the noise level and the class enter every block, as a scale and a shift of its features. The sketch is a first
guess at the sprite, made from all pixels at once; the U-Net sees it beside the noisy sprite.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from ..prediction import PREDICTION_TYPES, PredictionType
from .base import NetworkModule
from .parts import ClassEmbedding, NoiseEmbedding, ResidualLayer


@dataclass(frozen=True)
class UNetConfig:
    """Shape of a UNet; raises ValueError if it cannot be built.

    channels: features at each size, multiples of 8: at 16x16, 8x8 and 4x4, say.
    blocks: residual blocks at each of these, on either side.
    sketch: width of the sketch's three layers, 0 for no sketch.
    image_size, image_channels: of x_t, (B, image_channels, image_size, image_size).
    """

    num_classes: int = 5
    channels: tuple[int, ...] = (32, 96, 192)
    blocks: tuple[int, ...] = (1, 1, 1)
    embedding: int = 192
    heads: int = 4
    sketch: int = 496
    prediction_type: PredictionType = "v"
    image_size: int = 16
    image_channels: int = 3

    def __post_init__(self) -> None:
        object.__setattr__(self, "channels", tuple(self.channels))  # lists, when read from JSON
        object.__setattr__(self, "blocks", tuple(self.blocks))
        image = self.image_size, self.image_channels
        whole = [self.num_classes, self.embedding, self.heads, *self.channels, *self.blocks, *image]
        if (
            any(isinstance(n, bool) or not isinstance(n, int) or not 1 <= n <= 4096 for n in whole)
            or max(self.blocks) > 16
        ):
            raise ValueError(f"a U-Net's sizes must be whole numbers from 1 to 4096, blocks at most 16; got {self}")
        if isinstance(self.sketch, bool) or not isinstance(self.sketch, int) or not 0 <= self.sketch <= 4096:
            raise ValueError(f"the sketch's width must be a whole number from 0 to 4096; got {self.sketch!r}")
        if not 2 <= len(self.channels) == len(self.blocks) <= 5 or any(c % 8 for c in self.channels):
            raise ValueError(f"channels and blocks need one entry a level, channels multiples of 8; got {self}")
        if self.channels[-1] % self.heads or self.embedding % 2:
            raise ValueError(f"heads must divide the last channels and embedding must be even; got {self}")
        if self.image_size % 2 ** (len(self.channels) - 1):
            raise ValueError(f"the picture must be halved {len(self.channels) - 1} times; got {self.image_size} pixels")
        if self.prediction_type not in PREDICTION_TYPES:
            raise ValueError(f"unknown prediction type {self.prediction_type!r}; known: {', '.join(PREDICTION_TYPES)}")

    @property
    def shape(self) -> tuple[int, int, int]:
        """Of a picture: (C, H, W)."""
        return self.image_channels, self.image_size, self.image_size


class UNet(NetworkModule):
    """(x_t (B, C, H, W), log_snr (B,), weights (B, K)) -> (B, C, H, W), read as config.prediction_type."""

    config: UNetConfig
    encoder: Any  # a ModuleList of ModuleLists, as the decoder: torch's type of a list forgets what it holds
    decoder: Any

    def __init__(self, config: UNetConfig = UNetConfig()) -> None:
        super().__init__()
        self.config = config
        levels, emb = config.channels, config.embedding
        self.noise_embedding = NoiseEmbedding(emb)
        self.class_embedding = ClassEmbedding(config.num_classes, emb)
        c = config.image_channels
        self.stem = nn.Conv2d(c, levels[0], 3, padding=1)
        if config.sketch:
            self.sketch = Sketch(config.num_classes, config.sketch, values=c * config.image_size**2)
            self.sketch_stem = nn.Conv2d(c, levels[0], 3, padding=1, bias=False)
            nn.init.zeros_(self.sketch_stem.weight)  # a new sketch says nothing yet

        self.encoder, self.down = nn.ModuleList(), nn.ModuleList()
        for c, c_next, n in zip(levels, levels[1:], config.blocks, strict=False):
            self.encoder.append(nn.ModuleList(Block(c, c, emb) for _ in range(n)))
            self.down.append(nn.Conv2d(c, c_next, 2, stride=2))  # each 2x2 square of pixels becomes one

        c = levels[-1]
        self.bottleneck = nn.ModuleList(Block(c, c, emb) for _ in range(2 * config.blocks[-1]))
        self.attention = Attention(c, config.heads)

        self.up, self.decoder = nn.ModuleList(), nn.ModuleList()
        for c, c_below, n in reversed(list(zip(levels, levels[1:], config.blocks, strict=False))):
            self.up.append(Up(c_below, c))
            self.decoder.append(nn.ModuleList(Block(2 * c if i == 0 else c, c, emb) for i in range(n)))
        out = nn.Conv2d(levels[0], config.image_channels, 3, padding=1)
        nn.init.zeros_(out.weight)
        self.out = nn.Sequential(_norm(levels[0]), nn.SiLU(), out)

    def forward(self, x_t: Tensor, log_snr: Tensor, weights: Tensor, record: dict[str, Tensor] | None = None) -> Tensor:
        """record: a dict to which every feature map is added, (B, C, H, W), by the name of the part that made it."""

        def seen(name: str, x: Tensor) -> Tensor:
            if record is not None:
                record[name] = x
            return x

        emb = F.silu(self.noise_embedding(log_snr) + self.class_embedding(weights))
        x, skips = self.stem(x_t), []
        if self.config.sketch:
            # No gradient: the sketch learns from batches of its own, larger than a U-Net can afford (see train).
            sketch = seen("sketch", self.sketch(x_t, log_snr, weights).detach())
            x = x + self.sketch_stem(sketch)
        seen("stem", x)
        for level, (blocks, down) in enumerate(zip(self.encoder, self.down, strict=True)):
            for i, block in enumerate(blocks):
                x = seen(f"encoder.{level}.{i}", block(x, emb))
            skips.append(x)
            x = seen(f"down.{level}", down(x))
        half = len(self.bottleneck) // 2
        for i, block in enumerate(self.bottleneck[:half]):
            x = seen(f"bottleneck.{i}", block(x, emb))
        x = seen("attention", self.attention(x))
        for i, block in enumerate(self.bottleneck[half:], start=half):
            x = seen(f"bottleneck.{i}", block(x, emb))
        for level, (up, blocks) in enumerate(zip(self.up, self.decoder, strict=True)):
            x = torch.cat([seen(f"up.{level}", up(x)), skips.pop()], dim=1)
            for i, block in enumerate(blocks):
                x = seen(f"decoder.{level}.{i}", block(x, emb))
        return seen("out", self.out(x))


class Sketch(nn.Module):
    """A guess at x0 from all pixels at once: (x_t (B, C, H, W), log_snr (B,), weights (B, K)) -> x0 (B, C, H, W).

    values: C H W. Under heavy noise no neighbourhood of pixels says what a sprite is; only all values together do. Here
    they meet in every layer, where a convolution sees a few. It has as many weights as the U-Net, but uses each once a
    sprite, not once a pixel: 25 times fewer multiplications.
    """

    def __init__(self, num_classes: int, width: int, embedding: int = 64, layers: int = 3, *, values: int) -> None:
        super().__init__()
        self.noise_embedding = NoiseEmbedding(embedding)
        self.class_embedding = ClassEmbedding(num_classes, embedding)
        self.layers = nn.ModuleList(ResidualLayer(values, width, embedding) for _ in range(layers))

    def forward(self, x_t: Tensor, log_snr: Tensor, weights: Tensor) -> Tensor:
        emb = F.silu(self.noise_embedding(log_snr) + self.class_embedding(weights))
        h = x_t.flatten(1)
        for layer in self.layers:
            h = layer(h, emb)
        minus_v = h.reshape(x_t.shape) - x_t
        # sqrt(alpha_bar) and sqrt(1 - alpha_bar) as exp(-softplus / 2), exact where a sigmoid is tiny
        signal, noise = (torch.exp(-F.softplus(-sign * log_snr) / 2)[:, None, None, None] for sign in (1, -1))
        return signal * x_t + noise * minus_v


class Block(nn.Module):
    """Residual block: two 3x3 convolutions; between them the embedding scales and shifts every channel."""

    def __init__(self, c_in: int, c_out: int, embedding: int) -> None:
        super().__init__()
        self.norm1, self.conv1 = _norm(c_in), nn.Conv2d(c_in, c_out, 3, padding=1)
        self.condition = nn.Linear(embedding, 2 * c_out)
        self.norm2, self.conv2 = _norm(c_out, affine=False), nn.Conv2d(c_out, c_out, 3, padding=1)
        self.shortcut = nn.Conv2d(c_in, c_out, 1) if c_in != c_out else nn.Identity()
        nn.init.zeros_(self.conv2.weight)  # a new block adds only a constant

    def forward(self, x: Tensor, emb: Tensor) -> Tensor:
        scale, shift = self.condition(emb)[:, :, None, None].chunk(2, dim=1)
        h = self.conv1(F.silu(self.norm1(x)))
        h = self.norm2(h) * (1 + scale) + shift
        return self.shortcut(x) + self.conv2(F.silu(h))


class Attention(nn.Module):
    """Self-attention over the pixels of a feature map: every place may look at every other."""

    def __init__(self, channels: int, heads: int) -> None:
        super().__init__()
        self.heads = heads
        self.norm, self.qkv, self.proj = (
            _norm(channels),
            nn.Conv2d(channels, 3 * channels, 1),
            nn.Conv2d(channels, channels, 1),
        )
        nn.init.zeros_(self.proj.weight)

    def forward(self, x: Tensor) -> Tensor:
        b, c, h, w = x.shape
        qkv = self.qkv(self.norm(x)).reshape(b, 3, self.heads, c // self.heads, h * w).transpose(-1, -2)
        out = F.scaled_dot_product_attention(*qkv.unbind(1))
        return x + self.proj(out.transpose(-1, -2).reshape(b, c, h, w))


class Up(nn.Module):
    """Double the resolution: mix at the low one, then repeat each pixel. (A pixel shuffle would leave a checker.)"""

    def __init__(self, c_in: int, c_out: int) -> None:
        super().__init__()
        self.mix = nn.Conv2d(c_in, c_out, 1)

    def forward(self, x: Tensor) -> Tensor:
        return F.interpolate(self.mix(x), scale_factor=2, mode="nearest")


def _norm(channels: int, *, affine: bool = True) -> nn.GroupNorm:
    return nn.GroupNorm(8, channels, affine=affine)
