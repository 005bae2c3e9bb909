"""Parts that several networks have: how they are told the noise level and the class, and how their weights begin."""

from __future__ import annotations

import torch
import torch.nn.functional as F
from torch import Tensor, nn

LOG_SNR_RANGE = (-18.0, 14.0)  # seen in training; beyond it the network is told the nearest value


class NoiseEmbedding(nn.Module):
    """How noisy: log_snr (B,) as sines and cosines of 32 frequencies, then an MLP -> (B, E)."""

    frequencies: Tensor

    def __init__(self, embedding: int) -> None:
        super().__init__()
        frequencies = [0.05 * 80 ** (i / 31) for i in range(32)]  # to 4, evenly in the logarithm
        self.register_buffer("frequencies", torch.tensor(frequencies), persistent=False)
        self.mlp = nn.Sequential(nn.Linear(64, embedding), nn.SiLU(), nn.Linear(embedding, embedding))

    def forward(self, log_snr: Tensor) -> Tensor:
        angles = log_snr.clamp(*LOG_SNR_RANGE)[:, None] * self.frequencies
        return self.mlp(torch.cat([angles.sin(), angles.cos()], dim=1))


class ClassEmbedding(nn.Module):
    """Which class: w @ E + (1 - sum w) e_null. One-hot rows look a class up, a row of zeros gives e_null."""

    def __init__(self, num_classes: int, embedding: int) -> None:
        super().__init__()
        self.classes = nn.Parameter(nn.init.uniform_(torch.empty(num_classes, embedding), -1, 1))
        self.null = nn.Parameter(torch.zeros(embedding))

    def forward(self, weights: Tensor) -> Tensor:
        return weights @ self.classes + (1 - weights.sum(1, keepdim=True)) * self.null


class ResidualLayer(nn.Module):
    """Two linear maps of all values, added to them; between the two the embedding scales and shifts every feature."""

    def __init__(self, values: int, width: int, embedding: int) -> None:
        super().__init__()
        self.norm, self.linear1 = nn.LayerNorm(values), nn.Linear(values, width)
        self.condition = nn.Linear(embedding, 2 * width)
        self.linear2 = nn.Linear(width, values)
        nn.init.zeros_(self.linear2.weight)

    def forward(self, x: Tensor, emb: Tensor) -> Tensor:
        scale, shift = self.condition(emb).chunk(2, dim=1)
        return x + self.linear2(F.silu(self.linear1(self.norm(x)) * (1 + scale) + shift))


def initialise(network: nn.Module, generator: torch.Generator) -> None:
    """Draw the weights anew, as PyTorch does (He et al. 2015), but from this generator; what starts at zero stays so.

    The constructors draw from the generator that the whole process shares: there two networks that are built at the
    same time get in each other's way.
    """
    with torch.no_grad():
        for module in network.modules():
            if isinstance(module, nn.Linear | nn.Conv2d):
                bound = module.weight[0].numel() ** -0.5
                if module.weight.any():
                    module.weight.uniform_(-bound, bound, generator=generator)
                if module.bias is not None:
                    module.bias.uniform_(-bound, bound, generator=generator)
            elif isinstance(module, ClassEmbedding):
                module.classes.uniform_(-1, 1, generator=generator)
