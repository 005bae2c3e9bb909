"""Train the network: noise a sprite to a random level, ask the network for eps, x0 or v, learn from the error.

The run is a pure function of its configuration: batch, noise and dropout of step k come from a generator seeded with
(seed, k). So a resumed run goes on exactly where the last checkpoint stood, and no random state has to be saved.
The command line is in __main__.py.
"""

from __future__ import annotations

import copy
import json
import math
import subprocess
from collections.abc import Callable, Iterator
from dataclasses import asdict
from functools import lru_cache
from pathlib import Path

import torch
from safetensors import SafetensorError, safe_open
from torch import Tensor

from ..checkpoint import Model, as_text, digest, write_atomically
from ..data import SpriteData
from ..networks import NetworkConfig, build, channels_last, initialise
from .batch import Batch, cosine_log_snr, draw_randoms, generator_for, loss, noisy, sketch_loss
from .config import TrainConfig, TrainStep
from .engine import Engine

__all__ = ["Batch", "TrainConfig", "TrainStep", "Trainer", "cosine_log_snr", "loss", "shape_of", "sketch_loss"]

SKETCH_SHIFT = -1.5  # in log-SNR


def shape_of(config: NetworkConfig) -> tuple[type, dict[str, object]]:
    """What two networks must share for one to start from the other: all but the sketch, which may be new."""
    return type(config), {name: value for name, value in asdict(config).items() if name != "sketch"}


class Trainer:
    """A training run: the network, its running average (EMA), the optimizer and the step count.

    network: the config of one of networks.ARCHITECTURES.  on: a device, or an Engine, which may be one of several
    processes. Raises ValueError if the network is for other pictures than the data's, or a batch cannot be shared out.
    """

    def __init__(
        self, data: SpriteData, network: NetworkConfig, config: TrainConfig, on: str | torch.device | Engine = "cpu"
    ) -> None:
        if data.shape != network.shape:
            raise ValueError(f"the network is for pictures of shape {network.shape}, the data have {data.shape}")
        self.engine = on if isinstance(on, Engine) else Engine(on)
        batches = [config.batch_size, *([config.sketch_batch_size] if getattr(network, "sketch", 0) else [])]
        if any(size % self.engine.parts for size in batches):
            raise ValueError(
                f"batches of {' and '.join(map(str, batches))} cannot be shared out evenly: {self.engine.processes} "
                f"processes, each in {self.engine.accumulate} parts"
            )
        self.data, self.config, self.device, self.step = data, config, self.engine.device, 0
        self.network = build(network)
        initialise(self.network, torch.Generator().manual_seed(config.seed))
        channels_last(self.network, self.device)
        self.average = copy.deepcopy(self.network).requires_grad_(False)
        self.optimizer = self._adamw(config.learning_rate)
        self.recent_loss, self.started_from = math.nan, dict[str, object]()
        self._x0, self._weights = data.x0().to(self.device), data.weights().to(self.device)
        self._order = lru_cache(2)(self._shuffled)

    def _adamw(self, rate: float | Tensor, **settings: bool) -> torch.optim.Optimizer:
        return torch.optim.AdamW(
            self.network.parameters(),
            lr=rate,
            betas=(0.9, 0.99),
            weight_decay=self.config.weight_decay,
            fused=self.device.type in ("cpu", "cuda"),  # all tensors in one call: a third more steps of a small network
            **settings,
        )

    def start_from(self, model: Model) -> None:
        """Start from trained weights. What that network lacks (a sketch, say) starts fresh.

        Raises ValueError if the two networks differ in anything that they share, or if that one is distilled.
        """
        theirs, ours = model.network.state_dict(), self.network.state_dict()
        if model.distilled:
            raise ValueError("the network to start from is distilled: its answers are not those of a denoiser")
        if model.network.config.prediction_type != self.network.config.prediction_type:
            raise ValueError(f"the network to start from predicts {model.network.config.prediction_type}")
        if (
            shape_of(model.network.config) != shape_of(self.network.config)
            or model.class_names != self.data.class_names
            or any(key not in ours or ours[key].shape != tensor.shape for key, tensor in theirs.items())
        ):
            raise ValueError("the network to start from has another shape or other classes")
        self.network.load_state_dict(ours | theirs)
        self.average.load_state_dict(self.network.state_dict())
        self.started_from = dict(model.info)

    @property
    def images_seen(self) -> int:
        return self.step * self.config.batch_size

    @property
    def epoch(self) -> float:
        return self.images_seen / len(self.data.images)

    def run(self, done: Callable[[], float] | None = None) -> Iterator[TrainStep]:
        """Train to the end, yielding every step.

        done: says how much of the run is over, 0 ... 1, as a clock may; by default the steps do.
        """
        self.network.train()
        while (share := done() if done else self.step / self.config.steps) < 1:
            yield self._train_step(share)

    def _train_step(self, done: float) -> TrainStep:
        config = self.config
        rate = config.learning_rate_at(self.step, done)
        for group in self.optimizer.param_groups:
            group["lr"] = rate
        self.optimizer.zero_grad()
        value = self._learn(self._loss, self.next_batch())
        if getattr(self.network.config, "sketch", 0):
            self._learn(lambda part: sketch_loss(self.network, part), self._sketch_batch().to(self.device))
        gradients = [parameter.grad for parameter in self.network.parameters() if parameter.grad is not None]
        self.engine.average([*gradients, value])
        norm = torch.nn.utils.clip_grad_norm_(self.network.parameters(), config.clip_norm)
        self.optimizer.step()
        self.step += 1
        decay = min(config.ema_decay, (1 + self.step) / (10 + self.step))
        with torch.no_grad():
            torch._foreach_lerp_(list(self.average.parameters()), list(self.network.parameters()), 1 - decay)
        current = value.item()
        self.recent_loss = current if math.isnan(self.recent_loss) else 0.99 * self.recent_loss + 0.01 * current
        return TrainStep(self.step, self.images_seen, current, rate, norm.item())

    def _learn(self, loss: Callable[[Batch], Tensor], batch: Batch) -> Tensor:
        """Add the gradient of this process's share of the batch; its mean loss, ()."""
        value = torch.zeros((), device=self.device)
        for part in self.engine.share(batch):
            with self.engine.autocast():
                found = loss(part).mean()
            self.engine.backward(found)
            value += found.detach() / self.engine.accumulate
        return value

    def _loss(self, batch: Batch) -> Tensor:
        """What the U-Net is to make small, (B,)."""
        return loss(self.network, batch)

    def next_batch(self) -> Batch:
        """What the next step learns from."""
        return self._batch().to(self.device)

    def _batch(self) -> Batch:
        """What the U-Net learns from in this step: every sprite once an epoch."""
        n, size = len(self._x0), self.config.batch_size
        positions = range(self.step * size, (self.step + 1) * size)
        index = torch.stack([self._order(p // n)[p % n] for p in positions])
        return self._noisy(index, generator_for(self.config.seed, self.step), self.config.log_snr_shift)

    def _sketch_batch(self) -> Batch:
        """What the sketch learns from in this step: sprites at random, noisier, as it is there for the noisy ones."""
        generator = generator_for(self.config.seed, 2**30 + self.step)
        index = torch.randint(len(self._x0), (self.config.sketch_batch_size,), generator=generator)
        return self._noisy(index, generator, SKETCH_SHIFT)

    def _noisy(self, index: Tensor, generator: torch.Generator, shift: float = 0.0) -> Batch:
        index, randoms = index.to(self.device), draw_randoms(len(index), self.data.shape, generator)
        return noisy(self._x0[index], self._weights[index], randoms, self.config.condition_dropout, shift)

    def _shuffled(self, epoch: int) -> Tensor:
        """The order of the sprites in that pass through the data."""
        generator = generator_for(self.config.seed, 2**31 + epoch)
        return torch.randperm(len(self._x0), generator=generator)

    def model(self, averaged: bool = True) -> Model:
        """The averaged network, or the one that learns, with the record of its training."""
        info = {
            "data": self.data.name,
            "images_seen": self.images_seen,
            "epochs": round(self.epoch, 2),
            "final_loss": round(self.recent_loss, 5),
            "train_config": asdict(self.config),
            "commit": _commit(),
        }
        if self.engine.precision != "fp32":
            info["precision"] = self.engine.precision
        if self.started_from:
            info["started_from"] = self.started_from
        network = self.average.eval() if averaged else copy.deepcopy(self.network).requires_grad_(False).eval()
        return Model(network, self.data.class_names, info)

    def state(self) -> tuple[dict[str, Tensor], dict[str, str]]:
        """Everything that is needed to go on later: tensors, and what is to be known of them."""
        tensors = {f"network.{k}": v for k, v in self.network.state_dict().items()}
        tensors |= {f"average.{k}": v for k, v in self.average.state_dict().items()}
        for i, state in self.optimizer.state_dict()["state"].items():
            tensors |= {f"optimizer.{i}.{k}": v for k, v in state.items()}
        tensors = {k: v.detach().cpu().contiguous() for k, v in tensors.items()}
        state = {"run": json.dumps(self._identity()), "step": str(self.step), "recent_loss": str(self.recent_loss)}
        return tensors, state

    def save(self, path: str | Path) -> None:
        """Write state() to a file."""
        write_atomically(path, *self.state())

    def resume(self, path: str | Path) -> None:
        """Continue from a file of save(). Raises ValueError if it is unreadable or belongs to another run."""
        try:
            with safe_open(path, framework="pt", device=str(self.device)) as file:
                metadata = file.metadata() or {}
                tensors = {key: file.get_tensor(key) for key in file.keys()}  # noqa: SIM118 - not a dict
        except (SafetensorError, OSError) as error:
            raise ValueError(f"cannot resume from {path}: {error}") from error
        self.restore(tensors, metadata, path)

    def restore(self, tensors: dict[str, Tensor], metadata: dict[str, str], path: str | Path) -> None:
        """Continue from what state() gave, which was read from that path. Raises ValueError as resume."""
        try:
            theirs, step = dict(json.loads(metadata["run"])), int(metadata["step"])
            recent_loss = float(metadata["recent_loss"])
        except (KeyError, TypeError, ValueError) as error:
            raise ValueError(f"cannot resume from {path}: {error}") from error
        ours = self._identity()
        if differing := sorted(key for key in ours | theirs if as_text(theirs.get(key)) != as_text(ours.get(key))):
            raise ValueError(
                f"{path} belongs to a run with other settings ({', '.join(differing)}); choose another folder, "
                "or the same settings"
            )

        def part(prefix: str) -> dict[str, Tensor]:
            return {k.removeprefix(prefix): v for k, v in tensors.items() if k.startswith(prefix)}

        try:
            self.network.load_state_dict(part("network."))
            self.average.load_state_dict(part("average."))
        except RuntimeError as error:
            raise ValueError(f"cannot resume from {path}: {' '.join(str(error).split())[:300]}") from error
        state = self.optimizer.state_dict()
        # In the parameters' order in memory, which the fused optimizer takes for granted.
        state["state"] = {
            i: {
                key: torch.empty_like(parameter).copy_(value) if value.shape == parameter.shape else value
                for key, value in part(f"optimizer.{i}.").items()
            }
            for i, parameter in enumerate(self.network.parameters())
        }
        self.optimizer.load_state_dict(state)
        self.step, self.recent_loss = step, recent_loss

    def _identity(self) -> dict[str, object]:
        """What must agree for a run to be continued. The length may differ: a run can be prolonged or cut short."""
        settings = asdict(self.config) | asdict(self.network.config)
        settings |= {"data": self.data.name, "classes": self.data.class_names}
        settings["pictures"] = digest(*map(torch.from_numpy, (self.data.images, self.data.labels)))
        del settings["images"]
        return settings | ({"started_from": self.started_from} if self.started_from else {})


def _commit() -> str:
    try:
        folder = Path(__file__).parent
        return subprocess.run(
            ["git", "describe", "--always", "--dirty"], cwd=folder, capture_output=True, text=True, check=True
        ).stdout.strip()
    except (OSError, subprocess.CalledProcessError):
        return "unknown"
