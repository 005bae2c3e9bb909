"""A run's config: in JSON and back, a row of weights and a seed a sprite, what follows from the records."""

import json
import math
from dataclasses import replace
from itertools import pairwise

import pytest
import torch
from torch.testing import assert_close

from core import GenerateConfig, generate, last
from core.conditions import NO_CLASS, parse_weights
from core.generate import MAX_COUNT, MAX_SEED, SeededNoise, evaluations
from core.models import NETWORKS
from core.samplers import SAMPLERS
from core.sprites import CLASS_NAMES

CONFIGS = [
    GenerateConfig(),
    GenerateConfig({"hero": 0.5, "food": -1}, 3, 7, "ddpm", 12, variance="beta", noise_scale=0.5),
    GenerateConfig(guidance_scale=3.0, guidance_interval=(0.3, 5.0), schedule="linear", spacing="karras"),
    GenerateConfig(guidance_interval=(0.3, math.inf), zero_terminal_snr=True, clip_x0=False, mixing="prediction"),
    GenerateConfig(network="distilled", num_train_timesteps=100),
    GenerateConfig([{"hero": 1}, {}, {"food": 0.5}], seed=[4, 4, 2**31 - 1]),
]


# ---- JSON ------------------------------------------------------------------------------------------------------------
@pytest.mark.parametrize("config", CONFIGS, ids=str)
def test_a_config_survives_json(config):
    text = json.dumps(config.to_json(), allow_nan=False)
    assert GenerateConfig.from_json(json.loads(text)) == config


def test_what_json_leaves_out_is_the_default():
    assert (
        GenerateConfig.from_json({}) == GenerateConfig.from_json({"spacing": None, "count": None}) == GenerateConfig()
    )


@pytest.mark.parametrize("data", [None, [], "hero", {"steps": 3}, {"weights": {"hero": 1}, "class": "hero"}])
def test_what_is_no_config_is_refused_with_the_fields_that_there_are(data):
    with pytest.raises(ValueError, match="a config must be a JSON object with any of weights, count, seed"):
        GenerateConfig.from_json(data)


# ---- weights as text -------------------------------------------------------------------------------------------------
def test_weights_are_read_from_text():
    assert parse_weights("hero, food=-0.25") == {"hero": 1, "food": -0.25}
    assert parse_weights(NO_CLASS) == parse_weights("") == {}


# ---- one a sprite ----------------------------------------------------------------------------------------------------
@pytest.mark.parametrize("sampler", SAMPLERS)
@pytest.mark.parametrize("scale", [1.0, 2.0])
def test_every_sprite_has_its_own_weights_and_seed(tiny_model, sampler, scale):
    """In one run; each is the sprite that a run of its own would draw."""
    mixes, seeds = [{"hero": 1.0}, {"hero": 0.5, "food": 0.5}, {}], [7, 7, 3]
    settings = {"sampler": sampler, "num_inference_steps": 4, "guidance_scale": scale}
    together = last(generate(tiny_model, GenerateConfig(mixes, seed=seeds, **settings))).x_prev
    for i, (weights, seed) in enumerate(zip(mixes, seeds, strict=True)):
        alone = last(generate(tiny_model, GenerateConfig(weights, 1, seed, **settings))).x_prev
        assert_close(together[i : i + 1], alone, rtol=1e-3, atol=1e-4)


def test_mixed_predictions_of_several_mixes_are_those_of_each(tiny_model):
    mixes = [{"hero": 1.0, "food": -0.5}, {"spell": 1.0}]
    settings = {"mixing": "prediction", "num_inference_steps": 3, "guidance_scale": 1.5}
    together = last(generate(tiny_model, GenerateConfig(mixes, seed=[2, 3], **settings)))
    assert together.nfe == 3 * 4  # hero, food, spell and no class, for both
    for i, weights in enumerate(mixes):
        alone = last(generate(tiny_model, GenerateConfig(weights, 1, 2 + i, **settings))).x_prev
        assert_close(together.x_prev[i : i + 1], alone, rtol=1e-3, atol=1e-4)


def test_as_many_sprites_as_weights():
    assert GenerateConfig([{"hero": 1}] * 3).count == 3 and GenerateConfig().count == 16
    with pytest.raises(ValueError, match="one mapping for all sprites, or 4; got 3"):
        GenerateConfig([{"hero": 1}] * 3, count=4)
    with pytest.raises(ValueError, match="one for the first sprite, or 2; got 3"):
        GenerateConfig(count=2, seed=[1, 2, 3])
    with pytest.raises(ValueError, match="weights must map"):
        GenerateConfig([{"hero": 1}, "food"])
    with pytest.raises(ValueError, match="count must be a whole number from 1 to 256; got 257"):
        GenerateConfig([{}] * 257)


def test_seeds_one_a_sprite_go_as_far_as_seeds_in_a_row():
    last_row = GenerateConfig(count=MAX_COUNT, seed=MAX_SEED).seeds()
    assert GenerateConfig(count=MAX_COUNT, seed=last_row).seeds() == last_row
    with pytest.raises(ValueError, match="seed must be a whole number"):
        GenerateConfig(count=1, seed=[last_row[-1] + 1])


def test_what_was_left_out_can_be_chosen_anew():
    config = GenerateConfig(num_inference_steps=None)
    student = replace(config, network="distilled", num_inference_steps=None, spacing=None)
    assert student == GenerateConfig(network="distilled")


def test_what_a_config_was_made_of_may_change():
    weights, seeds = {"hero": 1.0}, [1, 2]
    config = GenerateConfig(weights, 2, seeds)
    weights["food"], seeds[0] = 1.0, 9
    assert config.weights == {"hero": 1.0} and config.seeds() == [1, 2]


# ---- records ---------------------------------------------------------------------------------------------------------
def test_a_setting_belongs_to_one_sampler_and_is_a_field():
    owners = {}
    for record in SAMPLERS.values():
        for name in record.settings:
            assert owners.setdefault(name, record.name) == record.name and hasattr(GenerateConfig(), name)


@pytest.mark.parametrize("record", SAMPLERS.values(), ids=lambda record: record.name)
def test_a_record_says_what_its_sampler_does(tiny_model, record):
    """Evaluations, fresh noise, and a formula or a sentence."""
    config = GenerateConfig({"hero": 1.0}, 1, 0, record.name, 6)
    steps = list(generate(tiny_model, config))
    assert steps[-1].nfe <= record.evaluations(6) <= evaluations(config, CLASS_NAMES)
    assert any(step.noise is not None for step in steps) == record.noisy(vars(config))
    assert bool(record.sentence) == (record.numbers is None) and record.still.endswith(".")
    for step in steps if record.numbers else ():
        a, b, sigma, _, _ = record.numbers(config.noise_schedule(), step.t, step.t_prev, step.sigma_t)
        y = {"x_t": step.x_t, "eps": step.prediction.eps}[record.y]
        z = torch.zeros(()) if step.noise is None else step.noise
        assert_close(a * step.prediction.x0 + b * y + sigma * z, step.x_prev, atol=1e-5, rtol=1e-4)


def test_settings_of_other_samplers_are_idle():
    config = GenerateConfig(sampler="ddim", eta=0.3, noise_scale=0.5, variance="beta")
    assert config.without_idle_settings() == GenerateConfig(sampler="ddim", eta=0.3)
    assert replace(config, sampler="ddpm").without_idle_settings().eta == 0
    assert replace(config, sampler="heun").without_idle_settings() == GenerateConfig(sampler="heun")


@pytest.mark.parametrize("record", NETWORKS.values(), ids=lambda record: record.name)
def test_a_network_has_usual_settings(record):
    config = GenerateConfig(network=record.name)
    assert (config.num_inference_steps, config.spacing) == (record.usual_steps, record.spacing)


# ---- hooks -----------------------------------------------------------------------------------------------------------
def test_a_run_can_start_in_the_middle(tiny_model):
    """Image to image: from a noised sprite at t, over the timesteps below it; at a visited one it is the run's rest."""
    config = GenerateConfig({"hero": 1.0}, 2, 3, "ddim", 10)
    whole = list(generate(tiny_model, config))
    rest = list(generate(tiny_model, config, start=(whole[4].t, whole[4].x_t)))
    assert_close(rest[-1].x_prev, whole[-1].x_prev, rtol=0, atol=0)
    assert [step.t for step in generate(tiny_model, config, start=(260, whole[4].x_t))] == [260, 250, 200, 150, 100, 50]


@pytest.mark.parametrize("sampler", SAMPLERS)
def test_an_edit_is_what_the_run_goes_on_with(tiny_model, sampler):
    """As in inpainting: the left half is put back to a noised picture after each step, and ends as that picture."""
    config = GenerateConfig({"hero": 1.0}, 2, 0, sampler, 5)
    schedule, known, seen = config.noise_schedule(), torch.rand(2, 3, 16, 16) * 2 - 1, []
    noise = SeededNoise([8, 9])()

    def edit(x, t):
        seen.append(t)
        x = x.clone()
        x[..., :8] = schedule.add_noise(known, t, noise)[..., :8]
        return x

    steps = list(generate(tiny_model, config, edit=edit))
    assert seen == config.timesteps()[1:]
    assert_close(steps[-1].x_prev[..., :8], known[..., :8])
    for step, then in pairwise(steps):
        assert then.x_t is step.x_prev
    free = list(generate(tiny_model, config))
    assert not torch.allclose(steps[-1].x_prev[..., 8:], free[-1].x_prev[..., 8:], atol=1e-3)
