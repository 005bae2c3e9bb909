"""Networks of people's own: taught on the page, or opened from a file, in memory for as long as their page is open."""

from __future__ import annotations

import threading
from collections import ChainMap, OrderedDict
from collections.abc import Callable, Mapping
from functools import partial
from typing import NamedTuple

import gradio as gr
import torch

from core.checkpoint import Model, from_bytes, to_bytes
from core.data import BUILT_IN, SpriteData
from core.models import OWN, told_classes
from core.train.live import data_of, source_of

from .runs import class_names, in_line, model, models, session

MAX_BYTES = 300_000_000  # of their weights; of more, whoever brought theirs the longest time ago loses it
_networks: OrderedDict[str, Own] = OrderedDict()  # by session
_lock = threading.Lock()
Pictures = Callable[[], SpriteData]


class Own(NamedTuple):
    """A network that a page has taught or opened.

    learned: makes the pictures that it learned from; None if they are not known.  ours: it learned from our training
    set, too.
    """

    model: Model
    learned: Pictures | None
    ours: bool

    @property
    def known(self) -> bool:
        """Whether it is known here what it learned from."""
        return self.ours or self.learned is not None


def keep(file: bytes, learned: Pictures | None = None, *, ours: bool = False) -> Model:
    """Keep a checkpoint for the present page, in place of the one before, and return it, in the line of the others.

    learned, ours: see Own; of a file that somebody has opened they follow from what it says, as far as it does. Raises
    ValueError if it cannot draw here.
    """
    found = from_bytes(file)
    if found.distilled:
        raise ValueError("this is a distilled network, which draws only beside its teacher; open another")
    if found.shape != model().shape:
        raise ValueError(f"this network draws pictures of shape {found.shape}; here they have {model().shape}")
    found = in_line(found)
    if learned is None and (source := source_of(found)):
        learned = partial(data_of, source)
    if (page := session()) is not None:
        with _lock:
            _networks[page] = Own(found, learned, ours or str(found.info.get("data")).startswith(BUILT_IN))
            _networks.move_to_end(page)
            while len(_networks) > 1 and sum(map(weights, _networks.values())) > MAX_BYTES:
                _networks.popitem(last=False)
    return found


def weights(own: Own) -> int:
    """Bytes."""
    return sum(parameter.nbytes for parameter in own.model.network.parameters())


def models_here() -> Mapping[str, Model]:
    """The networks of the present page: ours, and its own, if it has one."""
    own = kept_here()
    return ChainMap({OWN: told_classes(own.model, class_names())}, dict(models())) if own else models()


def kept_here() -> Own | None:
    """The network of the present page's own."""
    return _networks.get(session() or "")


def file_here() -> bytes:
    """Its checkpoint, float16. Raises ValueError if there is none."""
    if (own := kept_here()) is None:
        raise ValueError("the server no longer has this network")
    return to_bytes(own.model, dtype=torch.float16)


def classes_here(network: object) -> tuple[str, ...]:
    """What a network of that name may be told by the present page."""
    own = kept_here() if network == OWN else None
    return told_classes(own.model, class_names()).class_names if own else class_names()


def forget(request: gr.Request) -> None:
    """The page has been closed."""
    with _lock:
        _networks.pop(request.session_hash or "", None)
