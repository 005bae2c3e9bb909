"""The denoising lesson's handlers, called as plain functions: equations, forks, guidance apart, diversity, novelty."""

import json
from dataclasses import replace

import gradio as gr
import numpy as np
import pytest
import torch
from lessons import denoising_settings, run_denoising
from takeaways import run_program
from torch.testing import assert_close
from wire import decode

from core import GenerateConfig, Models, explain, generate, last
from core.checkpoint import Model, save
from core.data import SpriteData, built_in, to_x0
from core.explain import step_numbers
from core.metrics import diversity, features, load_classifier, nearest, predict
from core.networks import MLPConfig, build, initialise
from core.render import enlarge, to_uint8
from core.samplers import SAMPLERS
from core.sprites import CLASS_NAMES
from serving.own import Own
from serving.refusals import says_why
from serving.runs import model
from tabs import page
from tabs.denoising import lesson as denoising
from tabs.denoising import novelty, sheets
from tabs.page import encode

SETTINGS = denoising_settings("hero", "ddpm", 6, 1.0, 3)
FORK = {
    "at": 2,
    "weights": {"food": 1},
    "network": "sprites",
    "sampler": "ddpm",
    "guidance_scale": 2,
    "seed": 4,
    "eta": 0,
    "noise_scale": 1,
}


def states(data: dict) -> np.ndarray:
    return decode(data["x_t"], np.float16, -1, 3, 16, 16)


def pictures(data: dict) -> np.ndarray:
    return decode(data["rgb"], np.uint8, -1, 16, 16, 3)


@pytest.mark.parametrize(
    ("sampler", "extra"),
    [
        ("ddpm", {}),
        ("ddpm", {"noise_scale": 0.5}),
        ("ddim", {}),
        ("ddim", {"eta": 0.7}),
        ("ddim", {"eta": 1.0}),
        ("euler", {}),
    ],
)
def test_the_printed_equations_make_the_step(sampler, extra):
    """a x0 + b (x_t or eps) + sigma z (Ho et al. 2020, eq. 7; Song et al. 2020, eq. 12); the course's s1, s2, s3."""
    config = GenerateConfig(weights={"food": 1.0}, count=1, sampler=sampler, num_inference_steps=7, seed=3, **extra)
    for step in generate(model(), config):
        a, b, sigma, s1, s2 = step_numbers(step, config, config.noise_schedule())
        z = step.noise if step.noise is not None else 0
        second = step.x_t if sampler == "ddpm" else step.prediction.eps
        assert_close(a * step.prediction.x0 + b * second + sigma * z, step.x_prev, atol=1e-6, rtol=1e-5)
        left = step.x_t.double() - s2 * step.prediction.eps.double()  # nearly 0 at first: eps has single precision
        assert_close((s1 * left + sigma * z).float(), step.x_prev, atol=1e-6 + 1e-6 * s1, rtol=1e-4)


@pytest.mark.parametrize("sampler", SAMPLERS)
def test_every_sampler_sends_its_run_and_an_equation_where_there_is_one(sampler):
    """There is one if every x_prev is a sum of this step's x0 and eps (x_t is one, too) and of fresh noise."""
    settings = denoising_settings("spell", sampler, 4, eta=0.5, noise_scale=0.5, schedule="linear")
    data = run_denoising(**settings)
    expected = list(generate(model(), denoising.first_config(settings)))
    np.testing.assert_allclose(states(data)[-1], expected[-1].x_prev[0].numpy(), atol=2e-3)
    for name in ("eps", "x0"):
        sent, made = decode(data[name], np.float16, 4, 3, 16, 16), [getattr(s.prediction, name) for s in expected]
        np.testing.assert_allclose(sent, torch.cat(made).numpy(), atol=2e-3, rtol=1e-3)
    off = []
    for step in expected:
        pair = torch.stack([step.prediction.x0.flatten(), step.prediction.eps.flatten()], 1).double()
        mean = step.mean.double().flatten()
        off.append((pair @ torch.linalg.lstsq(pair, mean).solution - mean).abs().max().item())
    assert {row is not None for row in data["numbers"]} == {max(off) < 1e-4}, off
    assert (data["z"] is not None) == any(step.noise is not None for step in expected)
    if data["z"]:
        z = decode(data["z"], np.float16, 4, 3, 16, 16).astype(np.float32)
        mean = states(data)[1:] - np.array(data["sigmas"], np.float32)[:, None, None, None] * z
        np.testing.assert_allclose(mean, torch.cat([step.mean for step in expected]).numpy(), atol=6e-3)


def test_settings_that_a_sampler_does_not_use_stay_out_of_its_config():
    both = {"eta": 0.3, "noise_scale": 0.2}
    assert denoising.first_config(denoising_settings("hero", "ddim", **both)).noise_scale == 1
    assert denoising.first_config(denoising_settings("hero", "ddpm", **both)).eta == 0
    assert denoising.first_config(denoising_settings(denoising.NO_CLASS, "heun")).weights == {}


def test_a_schedule_that_asks_too_much_of_the_network_gets_its_sentence():
    assert run_denoising("hero", "ddim", 3, 1.0, 0)["warning"] is None
    assert "too grey" in run_denoising("hero", "ddim", 3, 1.0, 0, schedule="scaled_linear")["warning"]


def test_a_fork_of_a_fork_is_what_generate_continues_and_its_program_repeats_it():
    second = FORK | {"at": 4, "sampler": "ddim", "eta": 0.5, "weights": {"hero": 0.5, "spell": 0.5}}
    data = denoising.fork(SETTINGS, [FORK, second])
    config = GenerateConfig({"hero": 1.0}, 1, 3, "ddpm", 6)
    steps = list(generate(model(), config))
    for at, own in (
        (2, replace(config, weights={"food": 1}, guidance_scale=2, seed=4)),
        (4, replace(config, weights={"hero": 0.5, "spell": 0.5}, sampler="ddim", eta=0.5, guidance_scale=2, seed=4)),
    ):
        steps = steps[:at] + list(generate(model(), own, after=steps[:at]))
    expected = torch.cat([step.x_t for step in steps] + [steps[-1].x_prev]).half().numpy()
    np.testing.assert_array_equal(states(data), expected)
    assert [config["sampler"] for config in data["configs"]] == ["ddpm"] * 4 + ["ddim"] * 2 and data["parts"]["at"] == [
        2,
        3,
        4,
        5,
    ]
    assert data["what"] == "0.5 hero + 0.5 spell" and data["nfe"] == 2 + 4 * 2
    found, saved = run_program(data["python"])
    np.testing.assert_array_equal(saved, enlarge(pictures(data)[-1], 16))
    assert_close(found["sprites"], steps[-1].x_prev, rtol=0, atol=0)

    assert denoising.program({"settings": SETTINGS, "forks": [FORK, second]}) == data["python"]
    again = denoising.fork(SETTINGS, json.loads(json.dumps(data["forks"])))  # as a link carries it
    np.testing.assert_array_equal(states(again), states(data))


def test_a_run_tells_of_values_that_no_colour_has():
    assert "lie outside [-1, 1]" in run_denoising("hero", "plms", 2, 1.0, 0)["warning"]
    assert run_denoising("hero", "ddim", 2, 1.0, 0)["warning"] is None


@pytest.mark.parametrize(
    ("first", "then"),
    [
        ({"network": "distilled"}, {"network": "sprites"}),
        ({"network": "sprites"}, {"network": "distilled"}),
        ({"sampler": "unipc"}, {"sampler": "heun"}),
    ],
    ids=str,
)
def test_a_fork_ends_at_a_sprite_whatever_timesteps_its_sampler_visits(first, then):
    ddim = {"sampler": "ddim"}
    settings = SETTINGS | ddim | first | {"num_inference_steps": 10}
    forks = [FORK | ddim | {"at": 5} | then, FORK | ddim | {"at": 6, "seed": 5} | first]
    for made in (forks[:1], forks):
        data = denoising.fork(settings, made)
        assert data["t"][0] == 500 and data["t"][-1] == 0 and sorted(set(data["t"]), reverse=True) == data["t"]
        _, saved = run_program(data["python"])
        np.testing.assert_array_equal(saved, enlarge(pictures(data)[-1], 16))


def test_a_fork_at_step_0_starts_afresh_and_one_that_changes_nothing_repeats_the_run():
    unchanged = FORK | {"weights": {"hero": 1.0}, "guidance_scale": 1.0, "seed": 3}
    first = states(run_denoising("hero", "ddpm", 6, 1.0, 3))
    np.testing.assert_array_equal(states(denoising.fork(SETTINGS, [unchanged])), first)
    other = states(denoising.fork(SETTINGS, [unchanged | {"at": 0, "seed": 9}]))
    np.testing.assert_array_equal(other, states(run_denoising("hero", "ddpm", 6, 1.0, 9)))


@pytest.mark.parametrize(
    ("settings", "forks", "why"),
    [
        (None, [], "settings must be"),
        ([], [], "settings must be"),
        ({"weights": "hero"}, [], "settings must be"),
        (SETTINGS | {"secret": 1}, [], "settings must be"),
        (SETTINGS | {"num_inference_steps": 501}, [], "num_inference_steps"),
        (SETTINGS, None, "list of at most 5"),
        (SETTINGS, [FORK] * 6, "list of at most 5"),
        (SETTINGS, ["fork"], "cannot be read"),
        (SETTINGS, [{"at": 1}], "cannot be read"),
        (SETTINGS, [FORK | {"count": 256}], "cannot be read"),
        (SETTINGS, [FORK | {"at": 6}], "before the end of its run, which has 6 steps; got 6"),
        (SETTINGS, [FORK | {"at": 499}], "before the end of its run, which has 6 steps; got 499"),
        (SETTINGS, [FORK | {"at": 2**70}], "a step from 0"),
        (SETTINGS, [FORK | {"at": -1}], "a step from 0"),
        (SETTINGS, [FORK | {"at": True}], "a step from 0"),
        (SETTINGS, [FORK, FORK], "a step from 3"),
        (SETTINGS, [FORK | {"weights": {"dragon": 1}}], "dragon"),
        (SETTINGS, [FORK | {"weights": [1]}], "weights must map"),
        (SETTINGS, [FORK | {"seed": 1.5}], "seed"),
        (SETTINGS, [FORK | {"sampler": "magic"}], "unknown sampler"),
        (SETTINGS, [FORK | {"guidance_scale": float("nan")}], "guidance_scale"),
    ],
)
def test_bad_forks_are_refused_with_one_sentence(settings, forks, why):
    with pytest.raises(gr.Error, match=why) as caught:
        says_why(denoising.fork)(settings, forks)
    assert "\n" not in caught.value.message


def test_guidance_parts_add_up_to_the_prediction():
    """x0 = x0_null + s (x0_c - x0_null), then clipped."""
    data = run_denoising("food", "ddim", 5, 3.0, 1)
    steps = list(generate(model(), GenerateConfig({"food": 1.0}, 1, 1, "ddim", 5, guidance_scale=3.0)))
    assert data["parts"]["at"] == [0, 1, 2, 3, 4] and data["configs"][2]["guidance_scale"] == 3.0
    for i, step in enumerate(steps):
        conditional, unconditional = explain.guidance_parts(step)
        result = unconditional + 3 * (conditional - unconditional)
        assert_close(result.clamp(-1, 1), step.prediction.x0, atol=1e-5, rtol=0)
        sent = decode(data["parts"]["conditional"], np.float16, 5, 3, 16, 16)[i]
        np.testing.assert_allclose(sent, conditional[0].numpy(), atol=2e-3, rtol=1e-3)
    assert run_denoising("food", "ddim", 3, 1.0, 1)["parts"] is None
    assert run_denoising("food", "ddim", 3, 0.0, 1)["parts"] is None
    assert run_denoising(denoising.NO_CLASS, "ddim", 3, 3.0, 1)["parts"] is None


@pytest.mark.parametrize("sampler", ["ddpm", "ddim"])
def test_a_run_from_pure_noise_is_sent_in_finite_numbers(sampler):
    """At zero terminal SNR alpha_bar is 0 at first: x_T says nothing of x0, and nothing may be divided by sqrt(0)."""
    config = GenerateConfig({"hero": 1.0}, 1, 0, sampler, 3, guidance_scale=3.0, zero_terminal_snr=True)
    steps = list(generate(model(), config))
    assert steps[0].prediction.alpha_bar == 0
    data = denoising.trajectory(explain.Trajectory(tuple(steps), (config,) * len(steps)))
    for name in ("conditional", "unconditional"):
        assert np.isfinite(decode(data["parts"][name], np.float16, 3, 3, 16, 16)).all()
    first, *others = data["numbers"]
    assert first.pop("s1") is None
    assert all(np.isfinite(list(numbers.values())).all() for numbers in (first, *others))


def test_the_pictures_of_a_run_are_exact():
    """Though its tensors travel in half precision: that changes some of them by a grey level."""
    data = run_denoising("spell", "ddpm", 12, 2.0, 5)
    config = GenerateConfig({"spell": 1.0}, 1, 5, "ddpm", 12, guidance_scale=2.0)
    steps = list(generate(model(), config))
    exact = to_uint8(torch.cat([*(step.x_t for step in steps), steps[-1].x_prev]))
    np.testing.assert_array_equal(pictures(data), exact)
    assert (to_uint8(torch.from_numpy(states(data).astype(np.float32))) != exact).any()


def test_without_the_noise_of_ddpm_sprites_are_alike():
    first, both = denoising.noise_sheets(SETTINGS | {"sampler": "ddim", "num_inference_steps": 12}, 0.0)
    assert len(first["sheets"]) == 1 and first["sheets"][0] == both["sheets"][0]
    config = GenerateConfig({"hero": 1.0}, 16, 3, "ddpm", 12)
    for sheet, scale in zip(both["sheets"], (0.0, 1.0), strict=True):
        sprites = last(generate(model(), replace(config, noise_scale=scale))).x_prev
        np.testing.assert_array_equal(decode(sheet["sprites"], np.uint8, 16, 16, 16, 3), to_uint8(sprites))
        found = diversity(features(load_classifier()[0], sprites)) / sheets.real_diversity("hero")
        assert sheet["noise_scale"] == scale and sheet["diversity"] == pytest.approx(found)
    assert both["sheets"][0]["diversity"] < 0.8 * both["sheets"][1]["diversity"]
    for bad in (-1, 2, "0", None, True):
        with pytest.raises(ValueError, match="noise_scale"):
            next(denoising.noise_sheets(SETTINGS, bad))


def test_rows_of_stronger_guidance_are_what_generate_draws_and_what_is_measured_of_them():
    settings = SETTINGS | {"weights": "food", "sampler": "ddim", "num_inference_steps": 10, "guidance_scale": 2}
    *first, found = denoising.strength_sheets(settings)
    assert [len(part["sheets"]) for part in first] == [1, 2] and first[1]["sheets"] == found["sheets"][:2]
    assert found["what"] == "food" and found["steps"] == 10 and found["seed"] == 3
    classifier, names, _ = load_classifier()
    for row, scale in zip(found["sheets"], (1.0, 3.0, 5.0), strict=True):
        steps = list(generate(model(), GenerateConfig({"food": 1.0}, 8, 3, "ddim", 10, guidance_scale=scale)))
        sprites, beyond = steps[-1].x_prev, []
        np.testing.assert_array_equal(decode(row["sprites"], np.uint8, 8, 16, 16, 3), to_uint8(sprites))
        assert row["guidance_scale"] == scale
        real = sheets.real_diversity("food")
        assert row["diversity"] == pytest.approx(diversity(features(classifier, sprites)) / real)
        assert row["taken"] == (predict(classifier, sprites) == names.index("food")).double().mean().item()
        for step in steps:
            parts = explain.guidance_parts(step)
            x0 = parts[1] + scale * (parts[0] - parts[1]) if parts else step.prediction.unclipped
            assert_close(x0.clamp(-1, 1), step.prediction.x0, atol=1e-5, rtol=0)
            beyond.append((x0.abs() > 1.01).double().mean().item())
        assert row["cut_off"] == pytest.approx(np.mean(beyond), abs=1e-4)


def test_strengths_of_guidance_need_a_class_and_of_a_mix_only_the_values_are_counted():
    with pytest.raises(ValueError, match="without a class there is nothing to guide to"):
        next(denoising.strength_sheets(SETTINGS | {"weights": denoising.NO_CLASS}))
    mix = next(denoising.strength_sheets(SETTINGS | {"weights": {"hero": 1, "food": 0.5}, "num_inference_steps": 2}))
    assert mix["sheets"][0]["diversity"] is None and mix["sheets"][0]["taken"] is None
    assert 0 <= mix["sheets"][0]["cut_off"] <= 1
    for bad in (None, SETTINGS | {"num_inference_steps": 501}, SETTINGS | {"count": 8}):
        with pytest.raises(ValueError):
            next(denoising.strength_sheets(bad))
    assert next(denoising.strength_sheets(SETTINGS | {"num_inference_steps": 60}))["steps"] == 50


def test_what_the_lesson_says_of_stronger_guidance_is_so():
    """denoising/lesson.html: the class is met at guidance 1, and more is cut off the stronger it is."""
    rows = []
    for name in CLASS_NAMES:
        settings = SETTINGS | {"weights": name, "sampler": "unipc", "num_inference_steps": 10, "seed": 0}
        rows.append(list(denoising.strength_sheets(settings))[-1]["sheets"])
    taken, cut = (np.array([[row[name] for row in found] for found in rows]) for name in ("taken", "cut_off"))
    assert taken.mean() > 0.95 and (np.diff(cut) > 0).all()
    assert cut.mean(0) == pytest.approx([0.08, 0.15, 0.21], abs=0.03)


@pytest.fixture
def small_training_set(monkeypatch):
    caches = (novelty.training_sprites, novelty.unseen_distances)
    monkeypatch.setattr(novelty, "PER_CLASS", 8)
    for cache in caches:
        cache.cache_clear()
    yield built_in(8)
    for cache in caches:
        cache.cache_clear()


def test_the_nearest_training_sprite_and_its_distance(small_training_set):
    data = small_training_set
    drawn = np.concatenate([novelty.training_sprites(name) for name in CLASS_NAMES])
    np.testing.assert_array_equal(drawn, data.images)  # the same set as in training, but for its size
    sprites = data.images[[3, 37]].copy()
    sprites[1, 4, 4] = 255 - sprites[1, 4, 4]
    *progress, found = novelty.novelty(encode(sprites), ["sprites", "distilled"])
    assert [p["drawn"] for p in progress] == [0, 1, 2, 3, 4, 5]
    expected, index = nearest(to_x0(sprites), data.x0())
    distance = [each["distance"] for each in found["each"]]
    assert distance == pytest.approx(expected.tolist(), abs=1e-3) and distance[0] < 0.1
    np.testing.assert_array_equal(decode(found["nearest"], np.uint8, 2, 16, 16, 3), data.images[index.numpy()])
    assert [each["name"] for each in found["each"]] == [CLASS_NAMES[data.labels[i]] for i in index.tolist()]
    assert all(0 <= each["nearer"] <= found["unseen"] and each["of"] == 40 for each in found["each"])


def test_what_a_network_of_ones_own_drew_is_compared_with_what_that_learned_from(small_training_set, monkeypatch):
    ours, mine = small_training_set.images[3], np.full((16, 16, 3), 200, np.uint8)
    own = Own(model(), lambda: SpriteData(mine[None], np.zeros(1, np.int64), ("mine",), "mine"), ours=False)
    monkeypatch.setattr(novelty, "kept_here", lambda: own)
    sprites = encode(np.stack([ours, ours]))
    *_, found = novelty.novelty(sprites, ["own", "sprites"])
    by_own, by_ours = found["each"]
    assert by_own["name"] == "mine" and by_own["of"] == 1 and by_own["distance"] > 10 and by_own["nearer"] is None
    assert by_ours["name"] == CLASS_NAMES[small_training_set.labels[3]] and by_ours["distance"] < 0.1
    np.testing.assert_array_equal(decode(found["nearest"], np.uint8, 2, 16, 16, 3), [mine, ours])
    monkeypatch.setattr(novelty, "kept_here", lambda: own._replace(ours=True))
    *_, found = novelty.novelty(sprites, ["own", "own"])
    assert [each["of"] for each in found["each"]] == [41, 41] and found["each"][0]["distance"] < 0.1
    for unknown in (None, own._replace(learned=None)):
        monkeypatch.setattr(novelty, "kept_here", lambda unknown=unknown: unknown)
        with pytest.raises(ValueError, match="is not here"):
            next(novelty.novelty(sprites, ["own", "sprites"]))


@pytest.mark.parametrize("sprites", [None, "", "AAAA", "!!", "A" * 6145, [1]])
def test_what_is_no_sprite_is_not_compared(sprites):
    with pytest.raises(ValueError):
        next(novelty.novelty(sprites, ["sprites"]))


def test_a_program_of_ones_own_network_draws_what_it_drew(monkeypatch, tmp_path):
    network = build(MLPConfig(1, width=8, layers=1, embedding=8))
    initialise(network, torch.Generator().manual_seed(0))
    for parameter in network.parameters():
        torch.nn.init.normal_(parameter, generator=torch.Generator().manual_seed(1), std=0.1)
    save(tmp_path / "network.safetensors", Model(network, ("mine",)))
    both = Models(own=tmp_path / "network.safetensors")
    monkeypatch.setattr(denoising, "models_here", lambda: both)
    monkeypatch.setattr(page, "classes_here", lambda _: both["own"].class_names)
    fork = FORK | {"network": "own", "weights": {"mine": 1.0}}
    back = denoising.fork(
        SETTINGS | {"weights": "mine", "network": "own"}, [fork | {"network": "sprites", "weights": {}}]
    )
    assert back["what"] == "a sprite of no class"
    for found in (back, denoising.fork(SETTINGS, [fork])):
        _, saved = run_program(found["python"].replace("own='", f"own='{tmp_path}/"))
        np.testing.assert_array_equal(saved, enlarge(pictures(found)[-1], 16))
    with pytest.raises(ValueError, match="unknown class"):
        monkeypatch.setattr(page, "classes_here", lambda _: CLASS_NAMES)
        denoising.fork(SETTINGS | {"weights": "mine"}, [])


def test_the_answer_to_the_question_is_what_the_network_does():
    """denoising/lesson.html: of twelve heroes, how many turn into food when asked at which step of 50."""
    start = GenerateConfig({"hero": 1.0}, 12, 0, "ddim", 50)
    steps, classifier = list(generate(model(), start)), load_classifier()[0]
    food = CLASS_NAMES.index("food")
    for k, told in ((5, 12), (10, 8), (15, 3), (20, 1)):
        other = last(generate(model(), replace(start, weights={"food": 1.0}), after=steps[:k])).x_prev.clamp(-1, 1)
        assert abs((predict(classifier, other) == food).sum().item() - told) <= 1, k
