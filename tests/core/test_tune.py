"""A class more for the shipped network: it begins as "no class told", is learned, and the old ones stay, or do not."""

import itertools

import numpy as np
import pytest
import torch

from core import load
from core.checkpoint import from_bytes
from core.render import to_uint8
from core.train.foreign import foreign
from core.train.tune import (
    MINE,
    NEW,
    OLD,
    Look,
    TuneConfig,
    Tuned,
    drawn,
    last_block,
    trainer_of,
    tune,
    with_a_class_more,
)


@pytest.fixture(scope="module")
def model():
    return with_a_class_more(load(device="cpu"), MINE)


def ticking(seconds: float):
    """A clock that goes on by so much whenever it is read."""
    ticks = itertools.count()
    return lambda: next(ticks) * seconds


def test_the_pictures_are_eight_and_none_is_like_another():
    pictures = foreign()
    assert pictures.shape == (8, 16, 16, 3) and len({picture.tobytes() for picture in pictures}) == 8
    for picture in pictures:
        assert 2 <= len(np.unique(picture.reshape(-1, 3), axis=0)) <= 4


def test_a_class_more_begins_as_no_class_and_the_others_are_what_they_were(model):
    old = load(device="cpu").network
    x_t, log_snr = torch.randn(2, 3, 16, 16), torch.tensor([-2.0, 1.0])
    with torch.inference_mode():
        for row, larger in ((torch.eye(5)[:2], torch.eye(6)[:2]), (torch.zeros(2, 5), torch.eye(6)[[5, 5]])):
            torch.testing.assert_close(
                model.network(x_t, log_snr, larger), old(x_t, log_snr, row), atol=1e-4, rtol=1e-3
            )
    with pytest.raises(ValueError, match="already knows a class 'mine'"):
        with_a_class_more(model, MINE)


@pytest.mark.parametrize("learns", ["everything", "last", "class"])
def test_only_what_may_learn_changes(model, learns):
    trainer = trainer_of(TuneConfig(learns=learns, replay=False), model, foreign())
    before = {name: tensor.clone() for name, tensor in trainer.network.named_parameters()}
    steps = trainer.run()
    for _ in range(2):
        next(steps)
    moved = {name for name, tensor in trainer.network.named_parameters() if (tensor != before[name]).any()}
    rows = {name for name in moved if name.endswith("class_embedding.classes")}
    assert len(rows) == 2  # the U-Net's and the sketch's
    for name in rows:  # those of the other classes stay
        now = trainer.network.get_parameter(name)
        assert (now[:-1] == before[name][:-1]).all() and (now[-1] != before[name][-1]).any()
    if learns == "everything":
        assert "stem.weight" in moved and len(moved) > 0.9 * len(before)
    elif learns == "last":
        assert {f"{last_block(trainer.network)}0.conv1.weight", "out.2.weight"} <= moved and "stem.weight" not in moved
    else:
        assert all("class_embedding" in name for name in moved)


def test_half_of_the_data_are_old_sprites_where_they_are_replayed(model):
    data = trainer_of(TuneConfig(), model, foreign()).data
    new = (data.labels == 5).mean()
    assert 0.45 < new < 0.55 and set(data.labels) == set(range(6))
    assert set(trainer_of(TuneConfig(replay=False), model, foreign()).data.labels) == {5}


def test_it_learns_and_looks_are_from_the_same_noise(model):
    own = foreign()[:2]
    *looks, end = tune(TuneConfig(own=True, replay=False, seconds=30), own, clock=ticking(0.5))
    assert all(isinstance(look, Look) for look in looks) and isinstance(end, Tuned)
    assert [look.step for look in looks] == sorted(look.step for look in looks) and looks[0].step == 0
    assert looks[0].new.shape == (NEW, 16, 16, 3) and looks[0].old.shape == (5 * OLD, 16, 16, 3)
    new, _ = drawn(model, NEW, OLD, 8, 0)
    assert len(new) == NEW and looks[0].loss is None and looks[1].loss > 0
    assert 0 <= end.like <= 16 and 0 <= end.known <= 20
    taught = from_bytes(end.checkpoint)
    assert taught.class_names == (*load().class_names, MINE) and taught.info["started_from"] == load().info
    again, _ = drawn(taught, 16, 4, 20, NEW)
    assert np.abs(to_uint8(again).astype(int) - end.new).mean() < 0.5  # its weights are in half precision


def test_stop_ends_it_with_what_there_is():
    asked = itertools.count()
    *looks, end = tune(TuneConfig(seconds=60), stopped=lambda: next(asked) > 1, clock=ticking(0.001))
    assert looks[-1].step == 2 and isinstance(end, Tuned)


@pytest.mark.parametrize(
    ("wrong", "why"),
    [
        ({"learns": "nothing"}, "what learns"),
        ({"seconds": 61}, "seconds"),
        ({"own": 1}, "own"),
        ({"replay": "yes"}, "replay"),
        ({"seed": -1}, "seed"),
    ],
)
def test_what_cannot_be_is_refused(wrong, why):
    with pytest.raises(ValueError, match=why):
        TuneConfig(**wrong)


def test_without_pictures_of_ones_own_it_says_so():
    with pytest.raises(ValueError, match="no pictures of your own"):
        next(tune(TuneConfig(own=True)))
