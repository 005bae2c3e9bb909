"""Is it any good, and is it new? A classifier trained on sprites the generator never saw, and plain measurements.

All sprites here are x0 tensors, (N, 3, 16, 16) in [-1, 1]; distances and deviations are in units of 1/255.
"""

from __future__ import annotations

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from .data import SpriteData


class Classifier(nn.Module):
    """A small convolutional network: x0 (B, 3, 16, 16) -> logits (B, K)."""

    def __init__(self, num_classes: int) -> None:
        super().__init__()
        self.features = nn.Sequential(
            nn.Conv2d(3, 32, 3, padding=1),
            nn.BatchNorm2d(32),
            nn.ReLU(),
            nn.Conv2d(32, 64, 3, stride=2, padding=1),
            nn.BatchNorm2d(64),
            nn.ReLU(),
            nn.Conv2d(64, 96, 3, stride=2, padding=1),
            nn.BatchNorm2d(96),
            nn.ReLU(),
            nn.Flatten(),
            nn.Linear(96 * 16, 64),
            nn.ReLU(),
        )
        self.head = nn.Linear(64, num_classes)

    def forward(self, x0: Tensor) -> Tensor:
        return self.head(self.features(x0))


def train_classifier(data: SpriteData, *, epochs: int = 6, batch_size: int = 128, seed: int = 0) -> Classifier:
    """Fit a Classifier to labelled sprites, with a little noise and shifts by a pixel against overfitting."""
    torch.manual_seed(seed)
    network = Classifier(len(data.class_names)).to(memory_format=torch.channels_last)
    x0, labels = data.x0(), torch.from_numpy(data.labels)
    steps = epochs * (len(x0) // batch_size)
    optimizer = torch.optim.AdamW(network.parameters(), weight_decay=0.05)
    schedule = torch.optim.lr_scheduler.OneCycleLR(optimizer, max_lr=3e-3, total_steps=steps)
    for _ in range(epochs):
        for index in torch.randperm(len(x0))[: len(x0) // batch_size * batch_size].split(batch_size):
            batch = x0[index] + 0.1 * torch.rand(()) * torch.randn(len(index), 3, 16, 16)
            batch = batch.roll(tuple(torch.randint(-1, 2, (2,)).tolist()), dims=(2, 3))
            loss = F.cross_entropy(network(batch), labels[index], label_smoothing=0.02)
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
            schedule.step()
    return network.eval().requires_grad_(False)


def predict(classifier: Classifier, x0: Tensor) -> Tensor:
    """The most likely class of each sprite, (N,) int64."""
    return torch.cat([classifier(part).argmax(1) for part in x0.split(500)])


def nearest(x0: Tensor, references: Tensor) -> tuple[Tensor, Tensor]:
    """For each sprite the closest reference: root-mean-square distance over all values (N,), and its index (N,)."""
    flat, others = x0.flatten(1), references.flatten(1)
    squares = others.square().sum(1)
    distances, indices = [], []
    for part in flat.split(250):
        squared, index = (part.square().sum(1, keepdim=True) - 2 * part @ others.T + squares).min(1)
        distances.append(squared.clamp(min=0))
        indices.append(index)
    return (torch.cat(distances) / flat.shape[1]).sqrt() * 127.5, torch.cat(indices)


def background(x0: Tensor, threshold: float = 40.0) -> Tensor:
    """Which pixels are background, (N, 16, 16) bool: nearly white, and joined to the border by such pixels.

    Joined means sharing an edge: outlines that touch only at corners still hold it out.

    threshold: how far from white, in 1/255, a pixel's most distant colour may lie.
    """
    light = deviation(x0) < threshold
    border = torch.zeros_like(light)
    border[:, [0, -1], :] = border[:, :, [0, -1]] = True
    reached = light & border
    while True:
        wide, tall = (F.max_pool2d(reached.float(), size, 1, pad) for size, pad in (((1, 3), (0, 1)), ((3, 1), (1, 0))))
        grown = torch.maximum(wide, tall).bool() & light
        if torch.equal(grown, reached):
            return reached
        reached = grown


def deviation(x0: Tensor) -> Tensor:
    """How far each pixel is from white, its most distant colour counting: (N, 16, 16), in 1/255."""
    return (1 - x0.clamp(-1, 1)).amax(1) * 127.5


def speckled(x0: Tensor, threshold: float = 24.0) -> Tensor:
    """Which sprites have a speck, (N,) bool: a pixel off white by more than `threshold`, all eight neighbours white."""
    off = (deviation(x0) > threshold).float()
    neighbours = F.avg_pool2d(off[:, None], 3, stride=1, padding=1, divisor_override=1)[:, 0] - off
    return ((off == 1) & (neighbours == 0)).flatten(1).any(1)
