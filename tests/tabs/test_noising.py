"""The noising lesson's handlers, called as plain functions."""

import gradio as gr
import numpy as np
import pytest
import torch
from wire import decode

from core import NoiseSchedule
from core.data import to_x0
from core.generate import SeededNoise
from core.prediction import to_prediction
from core.render import to_uint8
from core.sprites import CLASS_NAMES, draw
from serving.runs import model
from tabs.noising import lesson as noising
from tabs.page import encode

HERO = draw("hero", 0).pixels
GOOD = (encode(HERO), 3, 200, "linear", "hero")


@pytest.mark.parametrize(("t", "schedule", "class_name"), [(1, "cosine", "hero"), (200, "linear", "food")])
def test_the_guess_is_the_networks_x0_of_this_very_x_t(t, schedule, class_name):
    own = NoiseSchedule.named(schedule, noising.T)
    x_t = own.add_noise(to_x0(HERO[None]), t, SeededNoise([3])())
    network, rows = model().network, torch.zeros(2, len(CLASS_NAMES))
    rows[0, CLASS_NAMES.index(class_name)] = 1
    with torch.no_grad():
        raw = network(x_t.repeat(2, 1, 1, 1), own.log_snr[t].float().expand(2), rows)
    x0 = to_prediction(raw, x_t, own.alpha_bar[t].item(), network.config.prediction_type, clip_x0=True).x0
    shown = decode(noising.guess(encode(HERO), 3, t, schedule, class_name)["x0"])
    assert np.abs(shown.astype(int) - to_uint8(x0).astype(int)).max() <= 1
    if t == 200:
        assert (shown[0] != shown[1]).any()
    assert torch.is_grad_enabled()


@pytest.mark.parametrize("schedule", noising.SCHEDULES)
def test_the_guess_is_finite_at_both_ends_of_every_schedule(schedule):
    for t in (1, noising.T):
        decode(noising.guess(encode(HERO), 0, t, schedule, "spell")["x0"])


@pytest.mark.parametrize(
    ("place", "value", "why"),
    [
        (0, None, "pixels must be"),
        (0, "A" * 1023, "pixels must be"),
        (0, "!" * 1024, "pixels must be"),
        (0, "A" * 1023 + "=", "pixels must be"),
        (0, encode(np.zeros(10**6, np.uint8)), "pixels must be"),
        (1, -1, "seed must be"),
        (1, 2**31, "seed must be"),
        (1, True, "seed must be"),
        (2, 0, "t must be"),
        (2, 501, "t must be"),
        (2, 1.5, "t must be"),
        (2, "7", "t must be"),
        (3, "quadratic", "unknown schedule"),
        (3, ["cosine"], "unknown schedule"),
        (4, "dragon", "unknown class"),
        (4, ["hero"], "unknown class"),
        (4, None, "unknown class"),
    ],
)
def test_what_is_no_question_gets_one_sentence(place, value, why):
    arguments = list(GOOD)
    arguments[place] = value
    with pytest.raises(ValueError, match=why) as caught:
        noising.guess(*arguments)
    assert "\n" not in str(caught.value) and len(str(caught.value)) < 200


def test_the_component_is_answered_under_its_number():
    about = dict(zip(("pixels", "seed", "t", "schedule", "weights"), GOOD, strict=True))
    update = noising.answer(gr.EventData(None, {"request": 7, **about}))
    assert update.props["guess"] == {"request": 7, **noising.guess(*GOOD)}


@pytest.mark.parametrize("data", [None, [], {}, {"pixels": GOOD[0]}, {"request": 1, "about": list(GOOD)}])
def test_a_malformed_event_is_refused(data):
    with pytest.raises(ValueError, match=r"the question must hold|must be a JSON object"):
        noising.answer(gr.EventData(None, data))
