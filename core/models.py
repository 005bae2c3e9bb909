"""The trained networks by name: each is loaded when it is first asked for, and together they keep within a limit."""

from __future__ import annotations

import logging
import threading
from collections import OrderedDict
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path

import torch
from torch import Tensor

from . import checkpoint
from .checkpoint import Header, Model, as_text, load, read_header
from .schedule import Spacing

OWN = "own"  # the name of a network that somebody has taught
COPIES = 3  # of a network's weights in memory: PyTorch's, and those of ONNX Runtime on one core and on all
MAX_BYTES = 1_000_000_000  # of weights in memory
log = logging.getLogger(__name__)


@dataclass(frozen=True)
class NetworkRecord:
    """What is to be known of a network that has a name.

    teacher: the network that it was distilled from, if it was; it then draws by DDIM alone, at timesteps of its own.
    usual_steps, spacing: what a run takes that says nothing of them.
    sentence: what to say of its steps.
    """

    name: str
    title: str
    teacher: str | None = None
    usual_steps: int = 25
    spacing: Spacing = "trailing"
    sentence: str = ""


RECORDS = (
    NetworkRecord("sprites", "full network"),
    NetworkRecord(
        "distilled",
        "distilled network",
        teacher="sprites",
        usual_steps=4,
        spacing="mirrored",
        sentence="A second network, distilled from the first: its x̂₀ looks further ahead. The step is DDIM's.",
    ),
    NetworkRecord(OWN, "own network"),
)
NETWORKS: dict[str, NetworkRecord] = {record.name: record for record in RECORDS}


class Models(Mapping[str, Model]):
    """Name -> Model, of the networks that are there; a student of another network than its teacher is left out.

    path: the checkpoint called "sprites", by default the shipped one; the others lie beside it, NAME.safetensors.
    own: that of a network of one's own, which is then told the classes of "sprites", too (see told_classes).
    device: as in load.  prepare: what becomes of a model when it has been loaded.
    max_bytes: of weights that are kept in memory; who was not asked for the longest time goes first.
    KeyError for a name that is not there; ValueError, with one sentence, for a file that cannot be used.
    """

    def __init__(
        self,
        path: str | Path | None = None,
        *,
        own: str | Path | None = None,
        device: str | torch.device | None = None,
        prepare: Callable[[Model], Model] = lambda model: model,
        max_bytes: int = MAX_BYTES,
    ) -> None:
        self._path = Path(path or checkpoint.SHIPPED)
        self._own = own and Path(own)
        self._device, self._prepare, self._max_bytes = device, prepare, max_bytes
        self._loaded: OrderedDict[str, Model] = OrderedDict()
        self._lock = threading.Lock()
        self._names = tuple(name for name in NETWORKS if self._usable(name))

    def path(self, name: str) -> Path:
        """Where the checkpoint of that name lies, if there is one."""
        if name == OWN and self._own:
            return self._own
        return self._path if name == "sprites" else self._path.with_name(f"{name}.safetensors")

    def __getitem__(self, name: str) -> Model:
        if name not in self._names:
            raise KeyError(name)
        with self._lock:
            if name not in self._loaded:
                found = load(self.path(name), self._device)
                if name == OWN:
                    found = told_classes(found, read_header(self._path).class_names)
                self._loaded[name] = self._prepare(found)
            self._loaded.move_to_end(name)
            while len(self._loaded) > 1 and sum(map(size, self._loaded.values())) > self._max_bytes:
                self._loaded.popitem(last=False)
            return self._loaded[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self._names)

    def __len__(self) -> int:
        return len(self._names)

    def _usable(self, name: str) -> bool:
        """Whether it is there; the log says why a student is left out."""
        teacher = NETWORKS[name].teacher
        if name == OWN:
            return self._own is not None
        if teacher is None:
            return name == "sprites" or self.path(name).is_file()  # who loads the first is told if it is missing
        if not self.path(name).is_file() or not self.path(teacher).is_file():
            return False
        try:
            reason = not_its_student(read_header(self.path(name)), read_header(self.path(teacher)))
        except ValueError as error:
            reason = str(error)
        if reason:
            log.warning("%s is left out: %s", self.path(name), reason)
        return reason is None


def told_classes(own: Model, names: tuple[str, ...]) -> Model:
    """The network as one that is told these classes, and those that it has beside them: its own of the same name.

    One that has a single class is told that, whatever is chosen.
    """
    theirs = own.class_names
    if theirs == names:
        return own
    told = (*names, *(name for name in theirs if name not in names))
    rows = torch.tensor([[float(len(theirs) == 1 or name == known) for known in theirs] for name in told])

    def run(x_t: Tensor, log_snr: Tensor, weights: Tensor) -> Tensor:
        return own.run(x_t, log_snr, weights @ rows.to(weights))

    return replace(own, class_names=told, run=run)


def size(model: Model) -> int:
    """Bytes of its weights in memory."""
    return COPIES * sum(parameter.nbytes for parameter in model.network.parameters())


def not_its_student(student: Header, teacher: Header) -> str | None:
    """Why this network was not distilled from the teacher as it is; None if it was."""
    if student.info.get("distilled") is not True:
        return "it was not distilled"
    if student.class_names != teacher.class_names:
        return f"it knows other classes ({', '.join(student.class_names)})"
    if (student.architecture, student.config) != (teacher.architecture, teacher.config):
        return "its network has another shape"
    if as_text(student.info.get("started_from")) != as_text(teacher.info):
        return "it was distilled from another network, or from this one before it was trained on"
    return None
