"""A network small enough for tests, where the project lies, how to wait, and what to do without a program."""

import asyncio
import os
import threading
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
import torch

from core.networks import UNetConfig

ROOT = Path(__file__).resolve().parent.parent
TINY = UNetConfig(channels=(8, 16, 16), embedding=16, heads=2, sketch=24)


def randomised(network, std=0.2):
    """Random numbers in every parameter: a fresh UNet answers the same, whatever it is asked."""
    generator = torch.Generator().manual_seed(0)
    with torch.no_grad():
        for p in network.parameters():
            p.copy_(torch.randn(p.shape, generator=generator) * std)
    return network.eval().requires_grad_(False)


def in_a_loop(coroutine):
    """What asyncio.run returns, in a thread of its own: that of the tests has a loop already, Playwright's."""
    with ThreadPoolExecutor(1) as pool:
        return pool.submit(asyncio.run, coroutine).result()


def until(condition: Callable[[], object], what: str, seconds: float = 60) -> object:
    """What condition() gives once it is true. For what tells nobody when it happens: a file, a log, another process."""
    deadline, pause = time.monotonic() + seconds, threading.Event()
    while not (found := condition()):
        assert time.monotonic() < deadline, f"waited {seconds} s in vain for {what}"
        pause.wait(0.02)
    return found


def unavailable(reason: str) -> None:
    """Skip the test, or fail where REQUIRE_BROWSER is set, as in CI."""
    if os.environ.get("REQUIRE_BROWSER"):
        pytest.fail(reason)
    pytest.skip(reason)
