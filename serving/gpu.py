"""ZeroGPU, a kind of Space that lends a GPU for the length of a call. Everywhere else there is nothing to do."""

from __future__ import annotations

import os
from collections.abc import Callable

from .refusals import says_why


def on_gpu(handler: Callable) -> Callable:
    """The handler as ZeroGPU runs it, in a process of its own that holds a GPU; the handler itself everywhere else.

    There, arguments and results go from process to process, so they must be plain data, and what the handler changes
    in memory is lost. It may be a generator, but no coroutine (NotImplementedError).
    """
    if os.environ.get("SPACES_ZERO_GPU", "").lower() not in ("1", "t", "true"):  # as `spaces` itself reads it
        return handler
    try:
        import spaces  # which only a ZeroGPU Space has
    except ImportError:
        return handler
    return spaces.GPU(says_why(handler))  # within that process: an error leaves it without its traceback
