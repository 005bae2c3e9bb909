"""The benchmarks run from end to end, small, and write what they promise."""

import csv
import json
import math
from dataclasses import replace
from itertools import product

import pytest
import torch
from own_classes import own_checkpoint
from torch.testing import assert_close

from benchmarks import card, exact, inversion, lessons, model, noise_levels, quality, speed
from benchmarks.exact import ExactDenoiser
from benchmarks.reference import ContextUnet
from core import GenerateConfig, Models, generate, last, load
from core.data import built_in
from core.metrics import features, frechet_distance, memorised_share, predict
from core.prediction import to_prediction
from core.samplers import SAMPLERS


@pytest.fixture
def few_sprites(monkeypatch):
    for module in (quality, inversion, exact):
        monkeypatch.setattr(module, "built_in", lambda count, seed: built_in(min(count, 40), seed))


def rows(path):
    with open(path, newline="") as file:
        return list(csv.DictReader(file))


@pytest.mark.slow
def test_the_shipped_network_is_as_good_as_the_documents_say():
    """2,000 sprites of DDIM-25 are near real ones, of their class, and no copies of training sprites."""
    bench = quality.Bench(Models(), quality.load_classifier()[0], 2000)
    x0, _ = bench.draw(GenerateConfig(num_inference_steps=25), 0)
    assert frechet_distance(features(bench.classifier, x0), bench.reference) <= 0.95
    assert (predict(bench.classifier, x0) == bench.labels).double().mean() >= 0.985
    assert memorised_share(x0, bench.training) == 0


def test_quality_writes_tables_plots_and_flat_figures(few_sprites, tmp_path, monkeypatch):
    monkeypatch.setattr(quality, "QUICK", quality.Budget(1, 10, (2, 4), (0.0, 1.0), (2,), (1.0, 2.0), (2,), (2,)))
    quality.main(["--quick", "--out", str(tmp_path), "--json", str(tmp_path / "figures.json")])
    figures = json.loads((tmp_path / "figures.json").read_text())
    for sampler in SAMPLERS:
        assert math.isfinite(figures[f"fd_{sampler}_4"])
    for scale in (1.0, 2.0):
        assert math.isfinite(figures[f"fd_everywhere_{scale}_{25 * int(scale)}"])
    assert figures["samples"] == 10 and figures["fd_floor"] > 0
    assert 0 <= figures["class_accuracy"] <= 1 and 0 <= figures["memorised_share"] <= 1
    for name in quality.TABLES:
        assert (tmp_path / f"{name}.png").stat().st_size > 5000
        assert all(row["samples"] == "10" and float(row["fd_floor"]) > 0 for row in rows(tmp_path / f"{name}.csv"))
    assert {(row["sampler"], row["nfe"]) for row in rows(tmp_path / "samplers.csv")} == {
        (sampler, nfe) for sampler in SAMPLERS for nfe in ("2", "4")
    } | {("distilled", nfe) for nfe in ("1", "2", "4")}


def test_an_interrupted_quality_run_goes_on(few_sprites, tmp_path, monkeypatch):
    """Two seeds, killed in the middle of a line: nothing is measured twice, and the mean is right."""
    monkeypatch.setattr(quality, "QUICK", quality.Budget(2, 10, (2,), (), (), (), (), ()))
    monkeypatch.setattr(quality, "DISTILLED_NFE", (2,))
    arguments = ["--quick", "--tables", "samplers", "--out", str(tmp_path)]
    measured, measure = [], quality.Bench.measure

    def measuring(bench, config, seed):
        measured.append((config.sampler, config.network, seed))
        if len(measured) == 8:
            raise KeyboardInterrupt
        return measure(bench, config, seed)

    monkeypatch.setattr(quality.Bench, "measure", measuring)
    with pytest.raises(KeyboardInterrupt):
        quality.main(arguments)
    journal = tmp_path / "journal.jsonl"
    lines = journal.read_text().splitlines()
    assert len(lines) == 7
    journal.write_text("\n".join(lines[:6]) + "\n" + lines[6][:40])
    quality.main(arguments)
    once = [(sampler, "sprites") for sampler in SAMPLERS if sampler != "euler"]  # whose step is DDIM's
    once.append(("ddim", "distilled"))
    assert measured[8:] == [(*which, 0) for which in once[6:]] + [(*which, 1) for which in once]
    found = [json.loads(line) for line in journal.read_text().splitlines() if line.endswith("}")]
    assert len(found) == 2 * len(once)
    ddim = [entry["found"]["fd"] for entry in found if '"ddim"' in entry["asked"] and '"sprites"' in entry["asked"]]
    for row in rows(tmp_path / "samplers.csv"):
        if row["sampler"] in ("ddim", "euler"):
            assert row["seeds"] == "2" and float(row["fd"]) == pytest.approx(sum(ddim) / 2, rel=1e-4)


def test_long_settings_are_drawn_from_fewer_seeds(few_sprites, tmp_path, monkeypatch):
    """Two seeds, one of them for what takes more than two steps; each row says how many it is the mean of."""
    monkeypatch.setattr(quality, "QUICK", quality.Budget(2, 10, (2, 3), (), (), (), (), ()))
    monkeypatch.setattr(quality, "LONG", 2)
    quality.main(["--quick", "--tables", "samplers", "--out", str(tmp_path)])
    for row in rows(tmp_path / "samplers.csv"):
        long = int(row["steps"]) > 2
        assert row["seeds"] == ("1" if long else "2") and math.isnan(float(row["fd_std"])) == long


def test_write_makes_tables_of_what_is_known(few_sprites, tmp_path, monkeypatch):
    """It measures nothing, leaves out what has not been measured, and takes the seeds that all rows have."""
    arguments = ["--quick", "--out", str(tmp_path), "--tables"]
    budget = quality.Budget(2, 10, (2,), (0.0,), (3,), (), (), ())
    monkeypatch.setattr(quality, "QUICK", budget)
    quality.main([*arguments, "samplers", "--seeds", "1"])
    journal = quality.Journal(tmp_path / "journal.jsonl", Models())
    bench = quality.Bench(Models(), quality.load_classifier()[0], 10)
    journal.measure(bench, GenerateConfig(num_inference_steps=2), 1)  # a second seed, of DDIM alone
    monkeypatch.setattr(quality, "QUICK", replace(budget, nfe=(2, 4)))
    monkeypatch.setattr(quality.Bench, "draw", None)
    quality.main([*arguments, "samplers,eta", "--write"])
    assert {(row["steps"], row["seeds"]) for row in rows(tmp_path / "samplers.csv")} == {
        ("1", "1"),
        ("2", "1"),
        ("4", "1"),
    }
    assert not (tmp_path / "eta.csv").exists()


def test_the_exact_denoiser_is_the_posterior_mean():
    """By Bayes, in float64; its v gives the same x0 back; and a sampler that trusts it ends on a training sprite."""
    training = built_in(30, 0)
    denoiser, sprites = ExactDenoiser(training), training.x0().double()
    labels, noise = torch.tensor([0, 3, 0, 4]), torch.randn(4, 3, 16, 16, generator=torch.Generator().manual_seed(0))
    for log_snr in (-8.0, -2.0, 0.0, 5.0):
        a = torch.sigmoid(torch.tensor(log_snr, dtype=torch.float64)).item()
        x_t = a**0.5 * sprites[labels * 30].float() + (1 - a) ** 0.5 * noise
        for x, label, found in zip(x_t, labels, denoiser.x0(x_t, torch.full((4,), log_snr), labels), strict=True):
            own = sprites[torch.from_numpy(training.labels) == label]
            log_likelihood = -(x - a**0.5 * own).square().flatten(1).sum(1) / (2 * (1 - a))
            expected = (log_likelihood.softmax(0)[:, None, None, None] * own).sum(0)
            assert_close(found.double(), expected, rtol=0, atol=1e-4)
        v = denoiser(x_t, torch.full((4,), log_snr), torch.eye(5)[labels])
        assert_close(to_prediction(v, x_t, a, "v").x0, denoiser.x0(x_t, torch.full((4,), log_snr), labels))
    model = replace(load(), run=denoiser)
    drawn = last(generate(model, GenerateConfig({"food": 1.0}, 4, num_inference_steps=20))).x_prev
    assert torch.cdist(drawn.flatten(1), sprites.float().flatten(1)).min(1).values.max() < 0.1


def test_exact_writes_a_table(few_sprites, tmp_path):
    exact.main(["--samples", "10", "--seeds", "2", "--out", str(tmp_path / "exact.csv")])
    found = rows(tmp_path / "exact.csv")
    assert [(int(row["nfe"]), row["sampler"]) for row in found] == list(product(exact.NFE, exact.SAMPLERS))
    assert all(math.isfinite(float(row["fd"])) and row["seeds"] == "2" for row in found)


def test_inversion_leads_back_the_better_the_more_steps(few_sprites, tmp_path):
    inversion.main(["--samples", "10", "--steps", "5", "40", "--out", str(tmp_path / "inversion.csv")])
    few, many = rows(tmp_path / "inversion.csv")
    assert float(many["median_error"]) < 0.3 * float(few["median_error"])


def test_lessons_prints_a_row_for_all_that_it_measures(few_sprites, monkeypatch, capsys):
    monkeypatch.setattr(lessons, "TIMESTEPS", (100, 500))
    monkeypatch.setattr(lessons, "FORKS", (48,))
    monkeypatch.setattr(lessons, "NOISE_SCALES", (0.0,))
    lessons.main(["--sprites", "2"])
    out = capsys.readouterr().out
    for row in (
        "100      0.34",
        "500  10145.60",
        "guidance 1, step 48: ",
        "guidance 3, step 48: ",
        "food         lambda 0.0: ",
    ):
        assert row in out
    with pytest.raises(SystemExit) as caught:
        lessons.main(["colours"])
    assert caught.value.code == 2 and "the parts are guesses, noises, forks, mixes, sheets" in capsys.readouterr().err


def test_a_guess_is_sharp_or_a_blur_right_or_another():
    """The sprites themselves, those of the next place, and the mean of their class."""
    hidden = built_in(20, 2)
    x0 = hidden.x0()
    itself, shifted = lessons.Guesses(x0, hidden, hidden), lessons.Guesses(x0.roll(1, 0), hidden, hidden)
    means = x0.reshape(5, 20, 3, 16, 16).mean(1).repeat_interleave(20, 0)
    blur = lessons.Guesses(means, hidden, hidden)
    assert itself.off() == 0 and itself.same_outline().all() and not itself.another().any()
    assert itself.sharp().float().mean() >= 0.94 and not blur.sharp().any()
    assert shifted.another().float().mean() > 0.5
    assert blur.off() == pytest.approx(lessons.within_classes(hidden)) and blur.off() < shifted.off()


@pytest.mark.parametrize(
    "arguments", [["--tables", "colours"], ["--samples", "7"], ["--seeds", "0"], ["--checkpoint", "nowhere"]]
)
def test_wrong_input_ends_with_status_2_and_one_line(arguments, capsys):
    with pytest.raises(SystemExit) as caught:
        quality.main(arguments)
    assert caught.value.code == 2 and "Traceback" not in capsys.readouterr().err


@pytest.mark.parametrize("main", [model.main, quality.main, inversion.main, noise_levels.main])
def test_a_network_of_other_classes_is_not_measured(main, refused, tmp_path, monkeypatch):
    path = own_checkpoint(tmp_path, ("cat", "dog"))
    monkeypatch.setattr("sys.argv", ["benchmark", "--checkpoint", str(path)])
    monkeypatch.setattr(main.__module__ + ".built_in", lambda *args: pytest.fail("it measured"))
    assert "this network draws cat, dog" in refused(lambda argv: main(), [])


def test_speed_compares_the_same_network_under_diffusers():
    """Its pipeline, given our noise and told to re-derive eps as we do, draws our sprites."""
    model = load(backend="torch")
    config = GenerateConfig(speed.WEIGHTS, 2, num_inference_steps=10)
    x_T = torch.randn(2, 3, 16, 16, generator=torch.Generator().manual_seed(0))
    theirs = speed.pipeline(model)(
        2,
        generator=torch.Generator().manual_seed(0),
        num_inference_steps=10,
        use_clipped_model_output=True,
        output_type="np",
    ).images
    ours = last(generate(model, config, start=(500, x_T))).x_prev
    assert_close(torch.from_numpy(theirs).permute(0, 3, 1, 2) * 2 - 1, ours, rtol=0, atol=1 / 255)


def test_the_reference_is_the_network_of_the_notes():
    """1.48 million parameters and 150.7 million multiplications a sprite, within one percent."""
    network, inputs = ContextUnet().eval(), speed.inputs(1)
    assert sum(p.numel() for p in network.parameters()) == pytest.approx(1.481e6, rel=0.01)
    assert speed.macs(network, *inputs) == pytest.approx(150.7e6, rel=0.01)
    speed.reference_run(network, speed.DDIMScheduler(500), 1, 2)


def test_ratios_are_taken_round_by_round():
    assert speed.ratio([2.0, 9.0, 4.0], [1.0, 3.0, 1.0]) == (3.0, 2.0, 4.0)


def test_the_film_has_a_frame_a_step_and_the_sprites(tiny_model):
    frames = list(card.film(tiny_model))
    assert len(frames) == card.STEPS + 1 and {frame.shape for frame in frames} == {(35, 86, 3)}
