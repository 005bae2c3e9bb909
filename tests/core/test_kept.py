"""The training run that was kept: networks of a row of epochs, raw and averaged, which draw from the same noise."""

import json

import numpy as np
import pytest

from benchmarks.classifier import TEST_SEED
from benchmarks.kept_run import FILE, LOG_SNR, losses
from core import GenerateConfig
from core.data import built_in
from core.metrics import error_by_level
from core.train.kept import epochs, kept, states

FEW = GenerateConfig({"food": 1.0}, count=2, seed=4, num_inference_steps=3)


def test_networks_of_a_row_of_epochs_learn_and_their_average_is_another():
    assert epochs()[:2] == (0, 1) and len(epochs()) >= 8 and list(epochs()) == sorted(epochs())
    for epoch in epochs():
        averaged, raw = kept(epoch), kept(epoch, averaged=False)
        assert averaged.info["epochs"] == pytest.approx(epoch, abs=0.01) and averaged.class_names == raw.class_names
        same = all(
            (a == b).all() for a, b in zip(*(m.network.state_dict().values() for m in (averaged, raw)), strict=True)
        )
        assert same == (epoch == 0)


@pytest.mark.parametrize("epoch", [3, -1, 1.0, "1", None, True])
def test_another_epoch_is_refused(epoch):
    with pytest.raises(ValueError, match="epoch"):
        kept(epoch)


def test_all_draw_from_the_same_noise():
    runs = [states(kept(epoch), FEW) for epoch in epochs()[:3]]
    for run in runs:
        assert run.shape == (4, 2, 16, 16, 3) and run.dtype == np.uint8
        assert (run[0] == runs[0][0]).all()
    assert (runs[1][-1] != runs[2][-1]).any()


def test_losses_follow_from_the_error_of_x0():
    """Where the error is 1 - alpha_bar, that of v is 1 everywhere, and the others have the mean 1/2."""
    levels = tuple(range(-8, 9))
    found = losses(levels, [1 / (1 + np.exp(level)) for level in levels])
    assert found["v"] == pytest.approx(1, abs=0.02)
    assert found["x0"] == pytest.approx(0.5, abs=0.02) and found["eps"] == pytest.approx(0.5, abs=0.02)


def test_what_is_stored_is_what_is_measured():
    """Of the last network, and the first error falls from network to network where sprites are decided."""
    stored = json.loads(FILE.read_text(encoding="utf-8"))
    assert tuple(stored["epochs"]) == epochs() and tuple(stored["log_snr"]) == LOG_SNR
    for kind in ("averaged", "raw"):
        assert len(stored[kind]) == len(epochs())
        figures = stored[kind][-1]
        test = built_in(20, TEST_SEED)
        found = error_by_level(kept(epochs()[-1], kind == "averaged"), test.x0(), test.weights(), LOG_SNR)
        assert found == pytest.approx(figures["error"], rel=0.25)  # of a fifth of the sprites
        assert losses(LOG_SNR, figures["error"]) == pytest.approx(figures["loss"], rel=0.01)
    decisive = [figures["error"][LOG_SNR.index(-2)] for figures in stored["averaged"]]
    assert decisive == sorted(decisive, reverse=True)
