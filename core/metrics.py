"""Is it any good, and is it new? A classifier trained on sprites the generator never saw, and plain measurements.

All sprites here are x0 tensors, (N, 3, 16, 16) in [-1, 1]; distances and deviations between pixels are in 1/255.
The classifier's last hidden layer, (N, 64), is the space in which two sets of sprites are compared: Inception's place
in the papers' FID. Only distances measured with the same classifier compare.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path

import torch
import torch.nn.functional as F
from safetensors import SafetensorError, safe_open
from torch import Tensor, nn

from .checkpoint import Model, write_atomically
from .data import SpriteData
from .generate import SeededNoise
from .networks import channels_last, initialise
from .prediction import to_prediction

SHIPPED_CLASSIFIER = Path(__file__).resolve().parent.parent / "checkpoints" / "classifier.safetensors"
NEARLY_IDENTICAL = 4.0  # root-mean-square distance in 1/255 below which a sprite counts as a copy


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
    generator, network = torch.Generator().manual_seed(seed), Classifier(len(data.class_names))
    initialise(network, generator)
    network = channels_last(network)
    x0, labels = data.x0(), torch.from_numpy(data.labels)
    steps = epochs * (len(x0) // batch_size)
    optimizer = torch.optim.AdamW(network.parameters(), weight_decay=0.05)
    schedule = torch.optim.lr_scheduler.OneCycleLR(optimizer, max_lr=3e-3, total_steps=steps)
    for _ in range(epochs):
        order = torch.randperm(len(x0), generator=generator)
        for index in order[: len(x0) // batch_size * batch_size].split(batch_size):
            noise = torch.randn(len(index), 3, 16, 16, generator=generator)
            batch = x0[index] + 0.1 * torch.rand((), generator=generator) * noise
            batch = batch.roll(tuple(torch.randint(-1, 2, (2,), generator=generator).tolist()), dims=(2, 3))
            loss = F.cross_entropy(network(batch), labels[index], label_smoothing=0.02)
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
            schedule.step()
    return network.eval().requires_grad_(False)


def predict(classifier: Classifier, x0: Tensor) -> Tensor:
    """The most likely class of each sprite, (N,) int64."""
    return torch.cat([classifier(part).argmax(1) for part in x0.split(500)])


def features(classifier: Classifier, x0: Tensor) -> Tensor:
    """The last hidden layer, (N, 64) float64."""
    return torch.cat([classifier.features(part) for part in x0.split(500)]).double()


def save_classifier(path: str | Path, classifier: Classifier, class_names: Sequence[str], info: dict) -> None:
    """Write a classifier; `info` must be JSON."""
    tensors = {key: value.contiguous() for key, value in classifier.state_dict().items()}
    write_atomically(path, tensors, {"class_names": json.dumps(list(class_names)), "info": json.dumps(info)})


def load_classifier(path: str | Path | None = None) -> tuple[Classifier, tuple[str, ...], dict]:
    """The classifier (by default the shipped one), its class names and what is known of its training.

    Raises ValueError with one sentence if the file is missing or is not a classifier of this project.
    """
    path = Path(path or SHIPPED_CLASSIFIER)
    if not path.is_file():
        raise ValueError(f"there is no classifier at {path}; train one with python -m benchmarks.classifier")
    try:
        with safe_open(path, framework="pt") as file:
            metadata = file.metadata() or {}
            tensors = {key: file.get_tensor(key) for key in file.keys()}  # noqa: SIM118 - not a dict
        class_names, info = tuple(json.loads(metadata["class_names"])), json.loads(metadata["info"])
        classifier = channels_last(Classifier(len(class_names)))
        classifier.load_state_dict(tensors)
    except (SafetensorError, OSError, KeyError, TypeError, ValueError, RuntimeError) as error:
        raise ValueError(f"{path} is not a classifier of this project: {' '.join(str(error).split())[:200]}") from error
    return classifier.eval().requires_grad_(False), class_names, info


def frechet_distance(a: Tensor, b: Tensor) -> float:
    """|mu_a - mu_b|^2 + tr(C_a + C_b - 2 (C_a C_b)^(1/2)), the FID of Heusel et al. 2017 in any features.

    a (N, D), b (M, D). It is biased upwards, the more so the fewer samples: compare only equal N and M, and against the
    distance of two real sets of that size. Raises ValueError for fewer than two rows.
    """
    (mean_a, cov_a), (mean_b, cov_b) = _moments(a), _moments(b)
    values, vectors = torch.linalg.eigh(cov_a)
    root_a = (vectors * values.clamp(min=0).sqrt()) @ vectors.T
    # tr (C_a C_b)^(1/2) = tr (C_a^(1/2) C_b C_a^(1/2))^(1/2), whose argument is symmetric
    cross = torch.linalg.eigvalsh(root_a @ cov_b @ root_a).clamp(min=0).sqrt().sum()
    return ((mean_a - mean_b).square().sum() + cov_a.trace() + cov_b.trace() - 2 * cross).clamp(min=0).item()


def kernel_distance(a: Tensor, b: Tensor) -> float:
    """Squared maximum mean discrepancy with k(x, y) = (x . y / D + 1)^3: the KID of Binkowski et al. 2018.

    a (N, D), b (M, D). Unbiased for rows drawn independently: it may come out below 0, and sets of different size
    compare. A set with a fixed share of every class holds fewer pairs of one class than such rows would, which lowers
    it by something of order 1 / N: compare those with the distance of two real sets made alike.
    Raises ValueError for fewer than two rows.
    """
    if min(len(a), len(b)) < 2:
        raise ValueError("a kernel distance needs at least two samples on either side")

    def kernel(x: Tensor, y: Tensor) -> Tensor:
        return (x.double() @ y.double().T / x.shape[1] + 1) ** 3

    def within(x: Tensor) -> Tensor:
        k = kernel(x, x)
        return (k.sum() - k.diagonal().sum()) / (len(x) * (len(x) - 1))

    return (within(a) + within(b) - 2 * kernel(a, b).mean()).item()


def diversity(a: Tensor) -> float:
    """Mean distance between two different rows of a (N, D). Raises ValueError for fewer than two rows."""
    if len(a) < 2:
        raise ValueError("diversity needs at least two samples")
    return torch.pdist(a.double()).mean().item()


def memorised_share(x0: Tensor, references: Tensor) -> float:
    """The share of sprites whose nearest reference is identical or nearly so (NEARLY_IDENTICAL)."""
    return (nearest(x0, references)[0] < NEARLY_IDENTICAL).double().mean().item()


def _moments(a: Tensor) -> tuple[Tensor, Tensor]:
    if len(a) < 2:
        raise ValueError("a Frechet distance needs at least two samples on either side")
    centred = a.double() - a.double().mean(0)
    return a.double().mean(0), centred.T @ centred / (len(a) - 1)


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


@torch.inference_mode()
def error_by_level(
    model: Model, x0: Tensor, weights: Tensor, log_snr: Sequence[float], *, clip_x0: bool = False
) -> list[float]:
    """The mean squared error of the network's x0 at each of these log-SNRs, on pictures with the noise of seed i.

    Unclipped, that of eps is the same times the signal-to-noise ratio, exp(log_snr); that of v, times 1 + exp(log_snr).
    """
    eps = SeededNoise(range(len(x0)), tuple(x0.shape[1:]))()
    found = []
    for level in log_snr:
        alpha_bar = torch.tensor(level, dtype=torch.float64).sigmoid().item()
        x_t = alpha_bar**0.5 * x0 + (1 - alpha_bar) ** 0.5 * eps
        raw = model.network(x_t, torch.full((len(x0),), float(level)), weights)
        guess = to_prediction(raw, x_t, alpha_bar, model.network.config.prediction_type, clip_x0=clip_x0).x0
        found.append((guess - x0).square().mean().item())
    return found


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
