"""What a step learns from: sprites, noise and noise levels, and the losses of a network on them."""

from __future__ import annotations

import math
from dataclasses import dataclass, fields

import torch
from torch import Tensor

from ..networks import LOG_SNR_RANGE, NetworkModule
from ..prediction import training_target


def cosine_log_snr(u: Tensor, shift: float | Tensor = 0.0) -> Tensor:
    """Noise level of the continuous cosine schedule: alpha_bar = cos^2(pi u / 2), u in (0, 1), as log-SNR.

    A negative shift asks for more noise everywhere (Hoogeboom et al. 2023, section 3.1).
    """
    return (-2 * torch.log(torch.tan(math.pi / 2 * u)) + shift).clamp(*LOG_SNR_RANGE)


@dataclass(frozen=True)
class Batch:
    """Noisy sprites to learn from. x0, eps (B, C, H, W); weights (B, K); log_snr (B,)."""

    x0: Tensor
    weights: Tensor
    log_snr: Tensor
    eps: Tensor

    def to(self, device: torch.device) -> Batch:
        return Batch(*(getattr(self, field.name).to(device) for field in fields(self)))

    def __getitem__(self, rows: slice) -> Batch:
        return Batch(*(getattr(self, field.name)[rows] for field in fields(self)))

    @property
    def alpha_bar(self) -> Tensor:
        return self.log_snr.double().sigmoid().float()[:, None, None, None]

    @property
    def noise_share(self) -> Tensor:
        """1 - alpha_bar, exact where it is tiny."""
        return (-self.log_snr.double()).sigmoid().float()[:, None, None, None]

    @property
    def x_t(self) -> Tensor:
        return self.alpha_bar.sqrt() * self.x0 + self.noise_share.sqrt() * self.eps


def loss(network: NetworkModule, batch: Batch) -> Tensor:
    """Mean squared error between the network's answer and its target (Ho et al. 2020, eq. 14, for eps), (B,)."""
    target = training_target(batch.x0, batch.eps, batch.alpha_bar, network.config.prediction_type)
    return (network(batch.x_t, batch.log_snr, batch.weights) - target).square().mean((1, 2, 3))


def sketch_loss(network: NetworkModule, batch: Batch) -> Tensor:
    """The same for the network's sketch, always as v: |v' - v|^2 = |x0' - x0|^2 / (1 - alpha_bar), (B,)."""
    error = network.sketch(batch.x_t, batch.log_snr, batch.weights) - batch.x0
    return (error.square() / batch.noise_share).mean((1, 2, 3))


@dataclass(frozen=True)
class Randoms:
    """The random numbers of a batch. u (B,) and dropped (B, 1), uniform in (0, 1); eps (B, C, H, W), normal."""

    u: Tensor
    eps: Tensor
    dropped: Tensor


def draw_randoms(size: int, shape: tuple[int, int, int], generator: torch.Generator) -> Randoms:
    """In this order, on the CPU."""
    u = torch.rand(size, generator=generator)
    eps = torch.randn(size, *shape, generator=generator)
    return Randoms(u, eps, torch.rand(size, 1, generator=generator))


def noisy(x0: Tensor, weights: Tensor, randoms: Randoms, dropout: float, shift: float | Tensor) -> Batch:
    """These sprites with noise; rows of weights are zeroed where the condition is dropped.

    shift: of the noise levels, of all or of each, (B,).
    """
    size, device = len(x0), randoms.u.device
    # Stratified: one noise level from each of `size` equal parts of (0, 1), so that batches differ less.
    u = (torch.arange(size, device=device) + randoms.u) / size
    kept = (randoms.dropped >= dropout).to(weights.device)
    x0 = x0.contiguous(memory_format=torch.channels_last)
    return Batch(x0, weights * kept, cosine_log_snr(u.double(), shift).float(), randoms.eps)


def generator_for(seed: int, stream: int) -> torch.Generator:
    """A generator for one purpose of one run. Seeds have 32 bits (torch ignores the rest), so the two are mixed."""
    return torch.Generator().manual_seed((seed * 0x9E3779B1 + stream) % 2**32)
