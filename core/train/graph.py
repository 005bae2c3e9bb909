"""Training bound by the GPU's arithmetic, not by Python: batches drawn on the device, the whole step one CUDA graph.

A small network takes less time than Python needs to start its hundreds of kernels. A graph starts them all at once. It
reads its random numbers, rate and decays from tensors that are filled before each step; the numbers come from (seed,
step), as everywhere. On a CPU the same step runs uncaptured.
"""

from __future__ import annotations

import copy
import math
import time
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

import torch
from torch import Tensor

from ..checkpoint import Model
from ..data import SpriteData
from ..networks import NetworkConfig
from . import SKETCH_SHIFT, Trainer
from .batch import Batch, Randoms, generator_for, loss, noisy, sketch_loss
from .config import TrainConfig, TrainStep
from .engine import Engine

WARM_UP = 4  # steps before the capture, whose traces are wiped out


class Slots:
    """Random numbers of a batch in tensors that stay where they are. index (B,): which sprites."""

    def __init__(self, size: int, shape: tuple[int, int, int], device: torch.device) -> None:
        self.index = torch.zeros(size, dtype=torch.int64, device=device)
        self.randoms = Randoms(
            *(torch.zeros(size, *rest, device=device) for rest in ((), shape, (1,)))  # u, eps, dropped
        )

    def fill(self, sprites: int, generator: torch.Generator) -> None:
        self.index.random_(sprites, generator=generator)
        self.randoms.u.uniform_(generator=generator)
        self.randoms.eps.normal_(generator=generator)
        self.randoms.dropped.uniform_(generator=generator)


class GraphTrainer(Trainer):
    """A Trainer whose run yields a TrainStep every `every` steps: the mean loss and gradient norm of these.

    Sprites are drawn at random, not every one once an epoch.
    shifts: of the noise levels, in turn over the rows of a batch; None for the config's.  decays: of averages to keep
    beside that of the config.  compiled: whether torch.compile makes the kernels, which takes a minute at first.
    Raises ValueError for several processes.
    """

    def __init__(
        self,
        data: SpriteData,
        network: NetworkConfig,
        config: TrainConfig,
        on: str | torch.device | Engine = "cpu",
        *,
        shifts: Sequence[float] | None = None,
        decays: Sequence[float] = (),
        every: int = 20,
        compiled: bool = False,
    ) -> None:
        super().__init__(data, network, config, on)
        if self.engine.processes > 1:
            raise ValueError("a CUDA graph is of one process; leave out --graph where there are several")
        self.every, self._shifts = every, tuple(shifts or (config.log_snr_shift,))
        self._rate = torch.zeros((), device=self.device)
        self.optimizer = self._adamw(self._rate, capturable=self.device.type == "cuda")
        self.averages = {config.ema_decay: self.average}
        self.averages |= {d: copy.deepcopy(self.average) for d in decays if d != config.ema_decay}
        self._gains = torch.zeros(len(self.averages), device=self.device)  # 1 - decay
        self._generator = torch.Generator(self.device)
        self._batches = [(Slots(config.batch_size, data.shape, self.device), self._shift_of_rows(), loss)]
        if getattr(network, "sketch", 0):
            slots = Slots(config.sketch_batch_size, data.shape, self.device)
            self._batches.append((slots, torch.tensor(SKETCH_SHIFT, device=self.device).double(), sketch_loss))
        if compiled:
            self._batches = [(slots, shift, torch.compile(of)) for slots, shift, of in self._batches]
        self._sums = torch.zeros(2, device=self.device)  # of losses and gradient norms since they were read
        self._go: Callable[[], None] | None = None

    def _shift_of_rows(self) -> Tensor:
        shifts = torch.tensor(self._shifts, dtype=torch.float64)
        return shifts.repeat(math.ceil(self.config.batch_size / len(shifts)))[: self.config.batch_size].to(self.device)

    def start_from(self, model: Model) -> None:
        super().start_from(model)
        for average in self.averages.values():
            average.load_state_dict(self.network.state_dict())

    def restore(self, tensors: dict[str, Tensor], metadata: dict[str, str], path: str | Path) -> None:
        super().restore(tensors, metadata, path)
        for decay, average in self.averages.items():
            if decay != self.config.ema_decay:
                average.load_state_dict(self.average.state_dict())
        for group in self.optimizer.param_groups:
            group["lr"] = self._rate  # loading put a copy in its place
        self._go = None

    def run(self, done: Callable[[], float] | None = None) -> Iterator[TrainStep]:
        self.network.train()
        while (share := done() if done else self.step / self.config.steps) < 1:
            self._go = self._go or self._captured()
            count = self.every if done else min(self.every, self.config.steps - self.step)
            for _ in range(count):
                rate = self.config.learning_rate_at(self.step, share if done else None)
                self._fill(rate)
                self._go()
                self.step += 1
            mean, norm = (self._sums / count).tolist()
            self._sums.zero_()
            kept = 0.99**count if math.isfinite(self.recent_loss) else 0.0
            self.recent_loss = kept * self.recent_loss + (1 - kept) * mean if kept else mean
            yield TrainStep(self.step, self.images_seen, mean, rate, norm)

    def next_batch(self) -> Batch:
        self._fill(0.0)
        return self._batch_of(*self._batches[0][:2])

    def flops(self) -> int:
        """Floating-point operations of a step: its matrix products and convolutions, forward and backward."""
        from torch.utils.flop_counter import FlopCounterMode

        with FlopCounterMode(display=False) as counter:
            for (slots, shift, _), of in zip(self._batches, (loss, sketch_loss), strict=False):
                self._learn_by(of, self._batch_of(slots, shift))
        self.optimizer.zero_grad()
        return counter.get_total_flops()

    def _fill(self, rate: float) -> None:
        """What the coming step reads."""
        self._generator.manual_seed(generator_for(self.config.seed, self.step).initial_seed())
        for slots, _, _ in self._batches:
            slots.fill(len(self._x0), self._generator)
        self._rate.fill_(rate)
        for i, decay in enumerate(self.averages):
            self._gains[i].fill_(1 - min(decay, (2 + self.step) / (11 + self.step)))

    def _batch_of(self, slots: Slots, shift: Tensor) -> Batch:
        x0, weights = self._x0[slots.index], self._weights[slots.index]
        return noisy(x0, weights, slots.randoms, self.config.condition_dropout, shift)

    def _learn_by(self, of: Callable[..., Tensor], batch: Batch) -> Tensor:
        return self._learn(lambda part: of(self.network, part), batch)

    def _step_on_device(self) -> None:
        """A step without a word to or from the CPU."""
        self.optimizer.zero_grad()
        values = [self._learn_by(of, self._batch_of(slots, shift)) for slots, shift, of in self._batches]
        parameters: list[Tensor] = list(self.network.parameters())
        norm = torch.nn.utils.clip_grad_norm_(parameters, self.config.clip_norm)
        self.optimizer.step()
        with torch.no_grad():
            for average, gain in zip(self.averages.values(), self._gains.unbind(), strict=True):
                kept: list[Tensor] = list(average.parameters())
                change = list(torch._foreach_sub(parameters, kept))
                torch._foreach_mul_(change, gain)
                torch._foreach_add_(kept, change)
            self._sums += torch.stack([values[0], norm])

    def _captured(self) -> Callable[[], None]:
        """What carries a step out: the replay of its graph."""
        if self.device.type != "cuda":
            return self._step_on_device
        state = self._everything()
        before = [tensor.clone() for tensor in state]
        self._fill(0.0)
        stream = torch.cuda.Stream()
        stream.wait_stream(torch.cuda.current_stream())
        with torch.cuda.stream(stream):
            for _ in range(WARM_UP):
                self._step_on_device()
        torch.cuda.current_stream().wait_stream(stream)
        graph = torch.cuda.CUDAGraph()
        self.optimizer.zero_grad()
        with torch.cuda.graph(graph):
            self._step_on_device()
        with torch.no_grad():
            for tensor, kept in zip(state, before, strict=True):
                tensor.copy_(kept)
            if len(after := self._everything()) > len(state):  # the optimizer had no state before
                for tensor in after[len(state) :]:
                    tensor.zero_()
            self._sums.zero_()
        return graph.replay

    def _everything(self) -> list[Tensor]:
        """Weights, averages and the optimizer's state, in this order."""
        networks = [self.network, *self.averages.values()]
        found = [parameter.data for network in networks for parameter in network.parameters()]
        return found + [value for state in self.optimizer.state.values() for value in state.values()]

    def _identity(self) -> dict[str, object]:
        return super()._identity() | {"graph": self._shifts}


def matmul_flops(device: torch.device, dtype: torch.dtype) -> float:
    """Floating-point operations a second of a large matrix product: what this device can do at best, measured."""
    n = 8192 if device.type == "cuda" else 512
    a = torch.ones(n, n, dtype=dtype, device=device)
    wait = torch.cuda.synchronize if device.type == "cuda" else lambda: None
    best = math.inf
    for _ in range(5):
        wait()
        start = time.perf_counter()
        for _ in range(5):
            a @ a
        wait()
        best = min(best, (time.perf_counter() - start) / 5)
    return 2 * n**3 / best
