"""A small network taught by the clock: what it shows on the way, what comes of it, and the mistakes on purpose."""

import itertools

import numpy as np
import pytest
import torch

from core import GenerateConfig, generate, last, load
from core.data import to_x0
from core.sprites import CLASS_NAMES, draw
from core.train.live import (
    EVERY,
    FINISHED,
    LEVELS,
    MAX_PICTURES,
    SAMPLES,
    Glimpse,
    LiveConfig,
    Taught,
    as_shown,
    blindfold,
    data_of,
    drawn,
    teach,
    trainer_of,
)


def ticking(seconds: float):
    """A clock on which each look takes that long: a run by it takes as many steps on any machine."""
    ticks = itertools.count()
    return lambda: seconds * next(ticks)


def taught(config: LiveConfig, own=None, tick: float = 0.002) -> tuple[list[Glimpse], Taught]:
    *glimpses, end = teach(config, own, clock=ticking(tick))
    assert isinstance(end, Taught) and all(isinstance(glimpse, Glimpse) for glimpse in glimpses)
    return glimpses, end


EIGHT = np.stack([draw(CLASS_NAMES[i % 5], 9000 + i).pixels for i in range(8)])


@pytest.fixture(scope="module")
def eight():
    return taught(LiveConfig("own", seconds=2.4), EIGHT)


def test_eight_pictures_come_back(eight):
    glimpses, end = eight
    assert glimpses[-1].step > 300
    assert end.copies >= 0.9 * FINISHED
    assert len({picture.tobytes() for picture in end.nearest}) >= 6  # not one of them alone
    off = np.abs(end.samples.astype(int) - end.nearest.astype(int)).mean((1, 2, 3))
    assert (off < 4).mean() >= 0.9


def test_it_shows_what_it_draws_on_the_way(eight):
    glimpses, _ = eight
    steps = [glimpse.step for glimpse in glimpses]
    assert steps[0] == 0 and steps == sorted(steps) and glimpses[0].loss is None
    assert all(glimpse.samples.shape == (SAMPLES, 16, 16, 3) for glimpse in glimpses)
    assert glimpses[1].loss > 2 * glimpses[-2].loss
    between = np.diff([glimpse.seconds for glimpse in glimpses[:-1]])
    assert between.min() > 0.9 * EVERY
    assert glimpses[-1].images_seen == 64 * glimpses[-1].step


def test_its_file_draws_the_same(eight, tmp_path):
    """In half precision: within a grey level or two."""
    (tmp_path / "own.safetensors").write_bytes(eight[1].checkpoint)
    model = load(tmp_path / "own.safetensors")
    assert model.class_names == ("mine",) and model.info["images_seen"] > 0
    config = GenerateConfig({"mine": 1.0}, FINISHED, SAMPLES, num_inference_steps=25)
    found = last(generate(model, config)).x_prev
    assert (found - to_x0(eight[1].samples)).abs().mean() < 0.02


def test_the_same_seed_learns_the_same():
    a, b = (taught(LiveConfig(count=30, seconds=1, batch_size=8)) for _ in range(2))
    assert np.array_equal(a[1].samples, b[1].samples)


def test_from_ten_it_copies_and_unseen_ones_stay_unknown():
    _, end = taught(LiveConfig("food", count=10, seconds=2.4))
    assert end.error_unseen and len(end.error) == len(LEVELS) == len(end.error_unseen)
    low = LEVELS.index(0.0)
    assert end.error[low] < 0.3 * end.error_unseen[low]
    assert end.copies > FINISHED / 2


def test_whoever_stops_it_gets_what_there_is():
    looked = itertools.count()
    found = list(teach(LiveConfig(count=5, seconds=60), stopped=lambda: next(looked) > 20))
    assert isinstance(found[-1], Taught) and 15 < found[-2].step < 30


def test_all_classes_in_turn():
    data = data_of(LiveConfig("all", count=12))
    assert data.class_names == CLASS_NAMES and data.labels.tolist() == [i % 5 for i in range(12)]
    assert np.array_equal(data.images[6], draw(CLASS_NAMES[1], 1).pixels)


def test_left_between_0_and_1():
    """The mistake: what it learns from, and so what it draws, has no value below 0."""
    config = LiveConfig("own", seconds=2, mistake="range")
    data = data_of(config, EIGHT)
    assert data.x0().min() == 0 and data.x0().max() == 1
    _, end = taught(config, EIGHT)
    assert np.median(end.samples) > 150 and (end.samples < 110).mean() < 0.05


def test_blindfolded_it_does_not_know_how_noisy_it_is():
    trainer = trainer_of(LiveConfig(count=5), data_of(LiveConfig(count=5)))
    for layer in trainer.network.layers:
        torch.nn.init.normal_(layer.linear2.weight, std=0.1)
    x, row = torch.randn(2, 3, 16, 16), torch.ones(2, 1)
    told = [trainer.network(x, torch.full((2,), level), row) for level in (-3.0, 3.0)]
    assert not torch.allclose(*told)
    blindfold(trainer.network)
    untold = [trainer.network(x, torch.full((2,), level), row) for level in (-3.0, 3.0)]
    assert torch.equal(*untold)


def test_the_noise_of_a_glimpse_is_not_that_of_the_end(eight):
    trainer = trainer_of(LiveConfig(count=5), data_of(LiveConfig(count=5)))
    model = trainer.model()
    assert torch.equal(drawn(model, 2, 3, 4), drawn(model, 3, 3, 4)[:2])
    assert eight[0][-1].samples.shape != eight[1].samples.shape


@pytest.mark.parametrize(
    ("wrong", "why"),
    [
        ({"source": "cats"}, "what to learn from"),
        ({"count": 0}, "number of pictures"),
        ({"count": MAX_PICTURES + 1}, "number of pictures"),
        ({"prediction_type": "score"}, "what to predict"),
        ({"seconds": 0.5}, "seconds"),
        ({"seconds": float("nan")}, "seconds"),
        ({"learning_rate": 0}, "learning rate"),
        ({"batch_size": 1000}, "batch size"),
        ({"ema_decay": 1}, "average"),
        ({"mistake": "all"}, "mistake"),
        ({"seed": -1}, "seed"),
    ],
)
def test_what_cannot_be_is_refused(wrong, why):
    with pytest.raises(ValueError, match=why):
        LiveConfig(**wrong)


def test_without_pictures_of_ones_own():
    with pytest.raises(ValueError, match="paint one"):
        next(teach(LiveConfig("own")))


def test_what_is_not_brought_back_from_minus_1_shows_as_black():
    x0 = torch.tensor([-1.0, -0.2, 0.0, 0.5, 1.0])[:, None, None, None].expand(5, 3, 2, 2)
    shown = as_shown(x0, LiveConfig(mistake="shown"))
    assert shown[:, 0, 0, 0].tolist() == [0, 0, 0, 128, 255]
    assert as_shown(x0, LiveConfig())[:, 0, 0, 0].tolist() == [0, 102, 128, 191, 255]
