"""What carries out a step: plain PyTorch on one device, or Hugging Face Accelerate on several."""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from contextlib import AbstractContextManager
from typing import TYPE_CHECKING, Literal

import torch
from torch import Tensor

if TYPE_CHECKING:
    from .batch import Batch

Precision = Literal["fp32", "bf16"]
PRECISIONS = ("fp32", "bf16")


class Engine:
    """Plain PyTorch on one device; raises ValueError for senseless values.

    precision: "bf16" for mixed precision.  accumulate: in how many parts, one after another, a batch is learned from.
    """

    index, processes = 0, 1

    def __init__(self, device: str | torch.device = "cpu", precision: Precision = "fp32", accumulate: int = 1) -> None:
        if accumulate < 1:
            raise ValueError(f"a batch must be learned from in at least one part; got {accumulate}")
        self.device, self.precision, self.accumulate = torch.device(device), precision, accumulate

    @property
    def parts(self) -> int:
        """Of a batch, over all processes."""
        return self.processes * self.accumulate

    def share(self, batch: Batch) -> Iterator[Batch]:
        """The parts of a batch that this process learns from. All processes draw the same batch (see Trainer)."""
        for k in range(self.accumulate):
            yield batch[self.index * self.accumulate + k :: self.parts] if self.parts > 1 else batch

    def autocast(self) -> AbstractContextManager:
        return torch.autocast(self.device.type, torch.bfloat16, enabled=self.precision == "bf16")

    def backward(self, loss: Tensor) -> None:
        """Add the gradient of a part's mean loss."""
        (loss / self.accumulate).backward()

    def average(self, tensors: Sequence[Tensor]) -> None:
        """Replace each tensor by its mean over all processes."""

    def finish(self) -> None:
        """Leave the other processes."""


class AccelerateEngine(Engine):
    """Hugging Face Accelerate, as `accelerate launch` or torchrun has set it up. Raises ValueError if it is not there.

    precision: None for what `accelerate launch --mixed_precision` says.
    """

    def __init__(self, device: str | torch.device, precision: Precision | None, accumulate: int = 1) -> None:
        try:
            from accelerate import Accelerator
        except ImportError as error:
            raise ValueError(
                "several processes need Hugging Face Accelerate, which is not installed: pip install accelerate"
            ) from error
        mixed = {"fp32": "no", "bf16": "bf16", None: None}[precision]
        on_cpu = torch.device(device).type == "cpu"
        self._accelerator = Accelerator(cpu=on_cpu, mixed_precision=mixed, gradient_accumulation_steps=accumulate)
        if self._accelerator.mixed_precision not in ("no", "bf16"):
            raise ValueError(f"--mixed_precision may be no or bf16; got {self._accelerator.mixed_precision}")
        self.index, self.processes = self._accelerator.process_index, self._accelerator.num_processes
        used: Precision = "bf16" if self._accelerator.mixed_precision == "bf16" else "fp32"
        super().__init__("cpu" if on_cpu else self._accelerator.device, used, accumulate)

    def autocast(self) -> AbstractContextManager:
        return self._accelerator.autocast()

    def backward(self, loss: Tensor) -> None:
        self._accelerator.backward(loss)  # divides by gradient_accumulation_steps

    def average(self, tensors: Sequence[Tensor]) -> None:
        flat = torch.cat([tensor.reshape(-1) for tensor in tensors])  # one message
        mean = self._accelerator.reduce(flat, reduction="mean")
        for tensor, part in zip(tensors, mean.split([tensor.numel() for tensor in tensors]), strict=True):
            tensor.copy_(part.view_as(tensor))

    def finish(self) -> None:
        self._accelerator.end_training()


def engine_for(device: str | torch.device, precision: Precision | None = None, accumulate: int = 1) -> Engine:
    """Accelerate where `accelerate launch` or torchrun started this process, else plain PyTorch. Raises ValueError."""
    if "ACCELERATE_MIXED_PRECISION" in os.environ or int(os.environ.get("WORLD_SIZE", "1")) > 1:
        return AccelerateEngine(device, precision, accumulate)
    return Engine(device, precision or "fp32", accumulate)
