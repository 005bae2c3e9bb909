"""The process beside the app: what it yields, how it ends early, and that it outlives what goes wrong in it."""

import os
from pathlib import Path

import numpy as np
import pytest

import serving.worker
from core.train.live import Glimpse, LiveConfig, Taught, teach
from serving.worker import Worker


@pytest.fixture(scope="module")
def worker():
    worker = Worker()
    yield worker
    worker.close()


def pid(worker: Worker) -> int:
    assert worker._process
    return worker._process.pid


def test_it_teaches_and_stays(worker):
    for _ in range(2):
        found = list(worker.run(teach, LiveConfig(count=20, seconds=1)))
        assert isinstance(found[0], Glimpse) and isinstance(found[-1], Taught)
        assert found[-1].samples.shape == (32, 16, 16, 3)
        first, _ = pid(worker), found.clear()
        assert first == pid(worker)


def test_it_has_the_lowest_priority(worker):
    worker.warm_up()
    list(worker.run(teach, LiveConfig(count=1, seconds=1)))
    assert os.getpriority(os.PRIO_PROCESS, pid(worker)) == 19


def test_who_stops_gets_what_there_is(worker):
    seen = []
    for found in worker.run(teach, LiveConfig(count=20, seconds=60)):
        seen.append(found)
        if len(seen) == 2:
            worker.stop()
    assert isinstance(seen[-1], Taught) and seen[-2].seconds < 30


def test_who_leaves_frees_it(worker):
    run = worker.run(teach, LiveConfig(count=20, seconds=60))
    next(run), next(run)
    run.close()
    assert isinstance(list(worker.run(teach, LiveConfig(count=20, seconds=1)))[-1], Taught)


def test_what_is_refused_is_said_and_it_goes_on(worker):
    with pytest.raises(ValueError, match="paint one"):
        list(worker.run(teach, LiveConfig(source="own")))
    own = np.zeros((1, 16, 16, 3), np.uint8)
    assert isinstance(list(worker.run(teach, LiveConfig(source="own", seconds=1), own))[-1], Taught)


def test_a_fault_of_ours_is_one_and_it_goes_on(worker):
    with pytest.raises(RuntimeError, match="AttributeError"):
        list(worker.run(teach, "no config"))
    list(worker.run(teach, LiveConfig(count=1, seconds=1)))


def test_after_its_death_there_is_another(worker):
    run = worker.run(teach, LiveConfig(count=20, seconds=60))
    next(run)
    worker._process.kill()
    with pytest.raises(RuntimeError, match="died"):
        list(run)
    assert isinstance(list(worker.run(teach, LiveConfig(count=1, seconds=1)))[-1], Taught)


def test_it_ends_with_the_app():
    """Whatever it is doing: its pipe is closed then."""
    own = Worker()
    run = own.run(teach, LiveConfig(count=20, seconds=60))
    next(run)
    process = own._process
    process.stdin.close()
    for _ in run:  # what it had sent already
        pass
    assert process.wait(20) == 0
    own.close()


def test_it_imports_nothing_of_the_page():
    source = Path(serving.worker.__file__).read_text(encoding="utf-8")
    assert "gradio" not in source and "tabs" not in source
