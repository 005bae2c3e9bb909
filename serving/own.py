"""Networks of people's own: taught on the page, or opened from a file, in memory for as long as their page is open."""

from __future__ import annotations

import threading
from collections import ChainMap, OrderedDict
from collections.abc import Mapping
from dataclasses import replace

import gradio as gr
import torch
from torch import Tensor

from core.checkpoint import Model, from_bytes

from .runs import class_names, in_line, model, models, session

OWN = "own"  # the name of its record in core.models
MOST = 64  # pages whose network is kept; of more, whoever brought theirs the longest time ago loses it
_networks: OrderedDict[str, Model] = OrderedDict()  # by session
_lock = threading.Lock()


def keep(file: bytes) -> Model:
    """Keep a checkpoint for the present page, in place of the one before, and return it, in the line of the others.

    Raises ValueError if it cannot draw here.
    """
    found = from_bytes(file)
    if found.distilled:
        raise ValueError("this is a distilled network, which draws only beside its teacher; open another")
    if found.shape != model().shape:
        raise ValueError(f"this network draws pictures of shape {found.shape}; here they have {model().shape}")
    found = in_line(found)
    if (page := session()) is not None:
        with _lock:
            _networks[page] = told_our_classes(found)
            _networks.move_to_end(page)
            while len(_networks) > MOST:
                _networks.popitem(last=False)
    return found


def models_here() -> Mapping[str, Model]:
    """The networks of the present page: ours, and its own, if it has one."""
    own = _networks.get(session() or "")
    return ChainMap({OWN: own}, dict(models())) if own else models()


def forget(request: gr.Request) -> None:
    """The page has been closed."""
    with _lock:
        _networks.pop(request.session_hash or "", None)


def told_our_classes(own: Model) -> Model:
    """The network as one that is told our classes: its own of the same name. One that has a single class is told that,
    whatever is chosen.
    """
    ours = class_names()
    if own.class_names == ours:
        return own
    alone = len(own.class_names) == 1
    rows = torch.tensor([[float(alone or name == theirs) for theirs in own.class_names] for name in ours])

    def run(x_t: Tensor, log_snr: Tensor, weights: Tensor) -> Tensor:
        return own.run(x_t, log_snr, weights @ rows.to(weights))

    return replace(own, class_names=ours, run=run)
