"""Where the numbers of a training go besides the terminal: TensorBoard or trackio, if they are installed."""

from __future__ import annotations

from collections.abc import Callable
from importlib import import_module
from pathlib import Path

from .config import TrainStep

EVERY = 10  # steps from one entry to the next
Write = Callable[[str, float, int], None]  # name, value, step


def log_to(kind: str, folder: Path) -> Callable[[TrainStep], None]:
    """What notes a step in the log of the run in that folder. Raises ValueError if that log is not installed."""
    module = {"tensorboard": "torch.utils.tensorboard", "trackio": "trackio"}[kind]
    try:
        writer = import_module(module)
    except ImportError as error:
        raise ValueError(f"--log {kind} needs a package that is not installed: pip install {kind}") from error
    if kind == "tensorboard":
        board = writer.SummaryWriter(folder / "log")

        def note(values: dict[str, float], step: int) -> None:
            for name, value in values.items():
                board.add_scalar(name, value, step)
    else:
        run = writer.init(project=folder.resolve().name)

        def note(values: dict[str, float], step: int) -> None:
            run.log(values, step)

    def write(step: TrainStep) -> None:
        if step.step % EVERY == 0:
            values = {"loss": step.loss, "learning rate": step.learning_rate, "gradient norm": step.gradient_norm}
            note(values | {"images": step.images_seen}, step.step)

    return write
