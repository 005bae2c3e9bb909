"""A training step taken apart: its parts are those of the algorithm, and the step is the trainer's."""

import math

import pytest
import torch

from core.networks import build
from core.prediction import training_target
from core.train.apart import MAX_LEARNED, Apart, step_apart
from core.train.live import LiveConfig, data_of, trainer_of

FEW = LiveConfig("all", count=20, batch_size=8)


def apart(learned: int, config: LiveConfig = FEW) -> Apart:
    (found,) = step_apart(config, learned)
    return found


@pytest.mark.parametrize("kind", ["x0", "eps", "v"])
def test_it_is_the_algorithm(kind):
    found = apart(3, LiveConfig("all", count=20, batch_size=8, prediction_type=kind))
    a = found.alpha_bar
    assert a == pytest.approx(1 / (1 + math.exp(-found.log_snr)), rel=1e-5)
    torch.testing.assert_close(found.x_t, a**0.5 * found.x0 + (1 - a) ** 0.5 * found.eps, atol=1e-5, rtol=0)
    torch.testing.assert_close(found.target, training_target(found.x0, found.eps, torch.tensor(a), kind))
    assert found.loss == pytest.approx((found.answer - found.target).square().mean().item(), rel=1e-4)
    assert found.loss_after == pytest.approx((found.answer_after - found.target).square().mean().item(), rel=1e-4)
    assert found.moved == pytest.approx((found.answer_after - found.answer).square().mean().sqrt().item(), rel=1e-4)


def test_the_step_is_the_trainers():
    """A trainer that was never looked into answers the same after as many steps."""
    found = apart(4)
    trainer = trainer_of(FEW, data_of(FEW))
    steps = trainer.run()
    for _ in range(5):
        step = next(steps)
    assert found.batch_loss == pytest.approx(step.loss, rel=1e-4)
    assert math.hypot(*found.gradient.values()) == pytest.approx(step.gradient_norm, rel=1e-3)
    with torch.no_grad():
        rows = torch.zeros(1, 5)
        if found.told:
            rows[0, data_of(FEW).class_names.index(found.told)] = 1
        answer = trainer.network(found.x_t[None], torch.tensor([found.log_snr]), rows)[0]
    torch.testing.assert_close(answer, found.answer_after, atol=1e-5, rtol=0)


def test_it_goes_on_and_back():
    there = apart(6)
    back, again = apart(2), apart(6)
    assert back.learned == 2 and there.learned == again.learned == 6
    assert torch.equal(there.answer_after, again.answer_after) and torch.equal(there.x0, again.x0)


def test_a_step_teaches():
    config = LiveConfig(count=1, batch_size=16)
    first, later = apart(0, config), apart(100, config)
    assert first.batch_loss_after < first.batch_loss and later.batch_loss < 0.3 * first.batch_loss
    assert set(first.gradient) == {"noise level", "class", "layer 1", "layer 2", "layer 3", "bias"}
    assert first.gradient["bias"] > 0


def test_one_sprite_in_ten_is_shown_without_its_class():
    told = [apart(k, LiveConfig(count=50, batch_size=1)).told for k in range(60)]
    assert 0 < told.count(None) < 18 and set(told) == {None, "hero"}


@pytest.mark.parametrize("learned", [-1, MAX_LEARNED + 1, 1.5, True])
def test_what_cannot_be_is_refused(learned):
    with pytest.raises(ValueError, match="steps before"):
        apart(learned)


def test_stopped_it_says_nothing():
    assert list(step_apart(FEW, 200, stopped=lambda: True)) == []


def test_two_trainings_do_not_touch_each_other():
    """Nor does the generator that the whole process shares."""
    torch.manual_seed(1)
    alone = apart(3)
    torch.manual_seed(2)
    build(trainer_of(FEW, data_of(FEW)).network.config)
    other = trainer_of(LiveConfig(count=3, seed=5), data_of(LiveConfig(count=3)))
    mine, run, theirs = trainer_of(FEW, data_of(FEW)), None, other.run()
    run = mine.run()
    for _ in range(4):
        next(run), next(theirs)
    with torch.no_grad():
        rows = torch.eye(5)[[data_of(FEW).class_names.index(alone.told)]] if alone.told else torch.zeros(1, 5)
        answer = mine.network(alone.x_t[None], torch.tensor([alone.log_snr]), rows)[0]
    torch.testing.assert_close(answer, alone.answer_after, atol=1e-5, rtol=0)
