"""GenerateConfig refuses nonsense; sprite i depends on seed + i alone; the command line answers in one line."""

import dataclasses
import math

import numpy as np
import pytest
import torch
from PIL import Image
from torch.testing import assert_close

from core.checkpoint import load
from core.conditions import MIXINGS
from core.generate import GenerateConfig, SeededNoise, generate, last, out_of_range, too_large
from core.generate.__main__ import main, parse_weights
from core.render import enlarge, grid, to_uint8
from core.samplers import SAMPLERS
from core.schedule import SCHEDULES, SPACINGS, NoiseSchedule
from core.sprites import CLASS_NAMES

NOT_NUMBERS = (True, None, "3", math.nan, math.inf, -math.inf, [3], 10**400)
BAD = {
    "network": (None, "", "ddim", 1, ["sprites"]),
    "weights": (None, 3, "hero", ["hero"], [("hero", 1)], *({"hero": w} for w in (*NOT_NUMBERS, 10.1, -10.1))),
    "count": (*(x for x in NOT_NUMBERS if x is not None), 0, -1, 257, 4.0),
    "seed": (*(x for x in NOT_NUMBERS if x != [3]), -1, 2**31, 0.0),
    "sampler": (None, "", "DDIM", "ancestral", 1, ["ddim"]),
    "num_inference_steps": (*(x for x in NOT_NUMBERS if x is not None), 0, -1, 501, 25.0),
    "eta": (*NOT_NUMBERS, -0.01, 1.01),
    "variance": (None, "", "beta-tilde", "learned", 1, ["beta"]),
    "noise_scale": (*NOT_NUMBERS, -0.01, 1.01),
    "guidance_scale": (*NOT_NUMBERS, -0.01, 20.01),
    "guidance_interval": (
        None,
        1.0,
        (1.0,),
        (1.0, 2.0, 3.0),
        (2.0, 1.0),
        (1.0, 1.0),
        (-1.0, 1.0),
        (0.0, math.nan),
        "01",
    ),
    "mixing": (None, "", "both", 0, ["embedding"]),
    "schedule": (None, "", "exponential", 0, ["linear"]),
    "zero_terminal_snr": (None, 0, 1, "True", math.nan),
    "num_train_timesteps": (*NOT_NUMBERS, 0, 1, 4001, 500.0),
    "spacing": ("", "even", 0, ["trailing"]),
    "clip_x0": (None, 0, 1, "True", math.nan),
}


def sprites(model, **kwargs):
    return last(generate(model, GenerateConfig(**kwargs))).x_prev


# The configuration


def test_every_field_is_tried():
    assert set(BAD) == {field.name for field in dataclasses.fields(GenerateConfig)}


@pytest.mark.parametrize(
    ("field", "value"), [(f, v) for f, values in BAD.items() for v in values], ids=lambda v: str(v)[:30]
)
def test_bad_values_are_refused_with_one_sentence(field, value):
    with pytest.raises(ValueError) as refusal:
        GenerateConfig(**{field: value})
    message = str(refusal.value)
    assert "\n" not in message
    assert ("weight" if field == "weights" else field) in message
    assert any(word in message for word in (" from ", "allowed: ", "must map", "True or False")), message


@pytest.mark.parametrize(
    "fields",
    [
        {"count": 1},
        {"count": 256},
        {"seed": 2**31 - 1},
        {"eta": 1},
        {"guidance_scale": 20},
        {"guidance_interval": (0, math.inf)},
        {"weights": {"hero": -10, "food": 10.0}},
        {"num_train_timesteps": 2, "num_inference_steps": 2},
        {"num_train_timesteps": 4000, "num_inference_steps": 4000},
    ],
    ids=str,
)
def test_the_ends_of_the_ranges_are_allowed(fields):
    config = GenerateConfig(**fields)
    assert all(getattr(config, name) == value for name, value in fields.items())


def test_steps_may_not_exceed_T():
    with pytest.raises(ValueError, match=r"num_inference_steps .* from 1 to 10"):
        GenerateConfig(num_train_timesteps=10, num_inference_steps=11)


@pytest.mark.parametrize(("T", "steps"), [(2, 2), (10, 10), (25, 25), (500, 25), (4000, 25)])
def test_steps_that_nobody_gave_fit_every_schedule(T, steps):
    assert GenerateConfig(num_train_timesteps=T).num_inference_steps == steps
    assert len(GenerateConfig(num_train_timesteps=T).timesteps()) == steps + 1


# Noise and sprites


def test_noise_of_a_sprite_depends_on_its_own_seed_alone():
    """Sprite i of seed s is drawn from seed s + i: alone, in a batch, first draw or later."""
    batch, shifted, alone = SeededNoise(range(7, 11)), SeededNoise(range(9, 11)), SeededNoise([9])
    for _ in range(3):
        many, two, one = batch(), shifted(), alone()
        assert many.shape == (4, 3, 16, 16) and many.dtype == torch.float32
        assert_close(many[2:], two, rtol=0, atol=0)
        assert_close(two[:1], one, rtol=0, atol=0)


def test_noise_is_standard_normal_and_differs_between_sprites_and_draws():
    noise = SeededNoise(range(64))
    values = torch.stack([noise() for _ in range(4)])
    n = values.numel()
    assert abs(values.mean().item()) < 5 / math.sqrt(n)
    assert abs(values.var().item() - 1) < 5 * math.sqrt(2 / n)
    assert len({row.numpy().tobytes() for row in values.flatten(0, 1)}) == 256


def test_noise_leaves_the_global_generator_alone():
    before = torch.get_rng_state()
    SeededNoise(range(2))()
    assert_close(torch.get_rng_state(), before)


@pytest.mark.parametrize("sampler", SAMPLERS)
@pytest.mark.parametrize("mixing", MIXINGS)
def test_sprite_i_is_the_same_alone_and_in_a_batch(tiny_model, sampler, mixing):
    run = {
        "weights": {"hero": 0.7, "food": 0.3},
        "sampler": sampler,
        "mixing": mixing,
        "num_inference_steps": 4,
        "guidance_scale": 2.0,
    }
    batch = sprites(tiny_model, count=4, seed=20, **run)
    for i in range(4):
        alone = sprites(tiny_model, count=1, seed=20 + i, **run)
        assert_close(alone, batch[i : i + 1], rtol=1e-3, atol=1e-4)
    assert not torch.allclose(batch[0], batch[1], atol=0.1)


@pytest.mark.parametrize("sampler", SAMPLERS)
def test_the_same_config_gives_the_same_sprites(tiny_model, sampler):
    run = {"sampler": sampler, "num_inference_steps": 5, "count": 2, "weights": {"spell": 1}}
    assert_close(sprites(tiny_model, **run), sprites(tiny_model, **run), rtol=0, atol=0)
    assert not torch.allclose(sprites(tiny_model, **run), sprites(tiny_model, **run, seed=99), atol=0.1)


def test_classes_and_guidance_change_the_sprites(tiny_model):
    plain = sprites(tiny_model, weights={"hero": 1.0}, count=1)
    for other in ({"weights": {"food": 1.0}}, {}, {"weights": {"hero": 1.0}, "guidance_scale": 3.0}):
        assert not torch.allclose(sprites(tiny_model, count=1, **other), plain, atol=1e-3)


def test_the_guidance_interval_saves_evaluations(tiny_model):
    """Steps outside it take one evaluation instead of two; lists, as JSON has them, are allowed."""

    def nfe(interval):
        config = GenerateConfig(
            {"hero": 1.0}, 1, num_inference_steps=10, guidance_scale=2.0, guidance_interval=interval
        )
        return last(generate(tiny_model, config)).nfe

    schedule = GenerateConfig().noise_schedule()
    inside = sum(0.3 < schedule.sigma[t] <= 5 for t in schedule.timesteps(10)[:-1])
    assert nfe((0.0, math.inf)) == 20 and nfe([0.3, 5]) == 10 + inside and 0 < inside < 10


def test_eta_and_noise_scale_reach_the_rule(tiny_model):
    def first(**kwargs):
        return next(generate(tiny_model, GenerateConfig(count=1, **kwargs)))

    assert first(sampler="ddim").sigma_t == 0 and first(sampler="ddpm", noise_scale=0.0).sigma_t == 0
    assert_close(first(sampler="ddim", eta=1.0).sigma_t, first(sampler="ddpm").sigma_t)
    assert_close(first(sampler="ddpm", noise_scale=0.5).sigma_t, 0.5 * first(sampler="ddpm").sigma_t)


def test_variance_reaches_the_rule(tiny_model):
    step = next(generate(tiny_model, GenerateConfig(count=1, sampler="ddpm", variance="beta")))
    alpha_bar = NoiseSchedule.cosine(500).alpha_bar
    assert_close(step.sigma_t**2, 1 - (alpha_bar[step.t] / alpha_bar[step.t_prev]).item())


def test_every_sampler_is_a_rule_of_its_own(tiny_model):
    """euler and ddim alone are the same step."""
    runs = {name: sprites(tiny_model, sampler=name, count=1, num_inference_steps=4, clip_x0=False) for name in SAMPLERS}
    assert_close(runs.pop("euler"), runs["ddim"], rtol=1e-3, atol=1e-3)
    pictures = list(runs.values())
    assert not any(torch.allclose(a, b, atol=1e-3) for i, a in enumerate(pictures) for b in pictures[:i])


@pytest.mark.parametrize("sampler", SAMPLERS)
@pytest.mark.parametrize("schedule", SCHEDULES)
def test_zero_terminal_snr_starts_from_noise_alone(tiny_model, sampler, schedule):
    config = GenerateConfig(
        sampler=sampler, schedule=schedule, zero_terminal_snr=True, num_inference_steps=3, count=2, weights={"hero": 1}
    )
    assert config.noise_schedule().alpha_bar[-1] == 0
    steps = list(generate(tiny_model, config))
    assert_close(steps[0].prediction.eps, steps[0].x_t)
    assert steps[-1].x_prev.isfinite().all()
    assert sampler == "plms" or steps[-1].x_prev.abs().max() <= 1 + 1e-5


@pytest.mark.parametrize("schedule", SCHEDULES)
@pytest.mark.parametrize("spacing", SPACINGS)
@pytest.mark.parametrize("T", [2, 4000])
@pytest.mark.parametrize("sampler", SAMPLERS)
def test_every_schedule_and_length_gives_sprites_in_range(tiny_model, sampler, schedule, spacing, T):
    """With clip_x0 the last step's mean is the clipped x0; plms puts together eps of several steps there."""
    config = GenerateConfig(
        sampler=sampler,
        schedule=schedule,
        spacing=spacing,
        num_train_timesteps=T,
        num_inference_steps=2,
        count=2,
        weights={"food": 1},
    )
    steps = list(generate(tiny_model, config))
    assert [step.t for step in steps] == config.timesteps()[:-1]
    assert config.timesteps() == config.noise_schedule().timesteps(2, spacing)
    assert steps[-1].x_prev.shape == (2, 3, 16, 16) and steps[-1].x_prev.isfinite().all()
    assert sampler == "plms" or steps[-1].x_prev.abs().max() <= 1 + 1e-5


def test_without_clipping_sprites_may_leave_the_range(tiny_model):
    free = next(generate(tiny_model, GenerateConfig(count=2, clip_x0=False)))
    clipped = next(generate(tiny_model, GenerateConfig(count=2)))
    assert free.prediction.x0.abs().max() > 1
    assert_close(clipped.prediction.x0, free.prediction.x0.clamp(-1, 1))


def test_unknown_classes_are_refused_before_the_first_step(tiny_model):
    with pytest.raises(ValueError, match=r"'dragon'.*hero, non-hero, food"):
        generate(tiny_model, GenerateConfig(weights={"dragon": 1.0}))


# Where the network has not been


@pytest.mark.parametrize(
    "settings",
    [
        {},
        {"num_train_timesteps": 4000, "num_inference_steps": 4000},
        {"num_train_timesteps": 2, "num_inference_steps": 2},
        {"schedule": "linear"},
        {"schedule": "linear", "num_train_timesteps": 4000},
        {"schedule": "sigmoid"},
        {"schedule": "scaled_linear", "num_train_timesteps": 1000},
        {"schedule": "scaled_linear", "zero_terminal_snr": True},
        {"schedule": "linear", "num_train_timesteps": 10, "num_inference_steps": 5, "zero_terminal_snr": True},
        *({"spacing": spacing} for spacing in SPACINGS),
    ],
    ids=str,
)
def test_nothing_to_say_about_runs_that_start_in_noise(settings):
    assert caveat(**settings) is None


@pytest.mark.parametrize(
    ("settings", "says", "advice"),
    [
        (
            {"schedule": "linear", "num_train_timesteps": 10, "num_inference_steps": 5},
            "t = 10, where 0.9 of",
            "schedule",
        ),
        ({"schedule": "linear", "num_train_timesteps": 400}, "t = 400, where 0.017 of", "schedule"),
        ({"schedule": "scaled_linear"}, "t = 500, where 0.068 of", "schedule"),
        ({"spacing": "leading", "num_inference_steps": 2}, "t = 251, where 0.49 of", "spacing"),
        ({"spacing": "leading", "num_inference_steps": 1}, "t = 1, where 1 of", "spacing"),
    ],
    ids=str,
)
def test_runs_that_start_with_too_much_signal_are_named_with_advice_that_helps(settings, says, advice):
    """It names the setting that is to blame, and no other: a page need not offer what was in order."""
    sentence = caveat(**settings)
    assert says in sentence and "\n" not in sentence and sentence.endswith(".")
    assert [name for name in ("schedule", "spacing", "zero terminal SNR", "raise T") if name in sentence] == [advice]
    assert caveat(**settings | {"schedule": {"schedule": "cosine"}, "spacing": {"spacing": "trailing"}}[advice]) is None


def caveat(**settings):
    config = GenerateConfig(**settings)
    return out_of_range(config.noise_schedule(), config.timesteps())


def test_timesteps_cleaner_than_in_training_are_named():
    """log_snr = 15, 14.5, 13, -20: the first two lie above 14; -20 is below -18, and as good as noise alone."""
    table = torch.sigmoid(torch.tensor([math.inf, 15, 14.5, 13, -20], dtype=torch.float64))
    schedule = NoiseSchedule("mine", table)
    assert "t = 2 ... 1 " in out_of_range(schedule, [4, 3, 2, 1, 0])
    assert "t = 2 " in out_of_range(schedule, [4, 3, 2, 0])
    assert out_of_range(schedule, [4, 3, 0]) is None
    both = out_of_range(schedule, [3, 2, 0])
    assert "pure noise" in both and "the network is told 14." in both


@pytest.mark.parametrize("s", [0.1, 0.5, 1.0])
def test_the_threshold_draws_the_mean_towards_grey_by_a_tenth_at_most(s):
    """From x_T ~ N(0, 1) the flow of N(mu, s^2), z = (x_t - sqrt(a) mu) / sqrt(a s^2 + 1 - a), ends at mu + s z."""
    a, mu = 0.01, 1.0
    mean = mu + s * (0 - math.sqrt(a) * mu) / math.sqrt(a * s**2 + 1 - a)
    c = s * math.sqrt(a / (a * s**2 + 1 - a))
    assert math.isclose(mean, (1 - c) * mu) and c <= math.sqrt(a) + 1e-12


@pytest.mark.parametrize("sampler", SAMPLERS)
@pytest.mark.parametrize("k", [1, 4, 8])
def test_a_continued_run_is_the_run_itself(tiny_model, sampler, k):
    """Noise, memory of earlier steps, indices and evaluations: all as if there had been no break."""
    config = GenerateConfig({"hero": 1.0}, 2, 5, sampler, 9)
    whole = list(generate(tiny_model, config))
    rest = list(generate(tiny_model, config, after=whole[:k]))
    assert [(s.index, s.t, s.t_prev, s.nfe) for s in rest] == [(s.index, s.t, s.t_prev, s.nfe) for s in whole[k:]]
    assert_close(rest[-1].x_prev, whole[-1].x_prev, rtol=0, atol=0)


def test_a_fork_starts_where_the_run_was_and_goes_elsewhere(tiny_model):
    config = GenerateConfig({"hero": 1.0}, 2, 0, "ddpm", 10)
    whole = list(generate(tiny_model, config))
    changes = ({"weights": {"food": 1.0}}, {"seed": 1}, {"guidance_scale": 3.0}, {"sampler": "ddim"})
    for change in changes:
        fork = list(generate(tiny_model, dataclasses.replace(config, **change), after=whole[:4]))
        assert fork[0].x_t is whole[3].x_prev and fork[0].t == whole[4].t
        assert (fork[-1].x_prev - whole[-1].x_prev).abs().max() > 1e-3


def test_unipc_corrects_no_step_but_its_own(tiny_model):
    """Forked off another solver its first step is DPM-Solver++(2M)'s, from the very same state."""
    ddim, unipc, dpmpp = (GenerateConfig({"hero": 1.0}, 2, 0, name, 10) for name in ("ddim", "unipc", "dpmpp_2m"))
    before = list(generate(tiny_model, ddim))[:4]
    first, second = (next(generate(tiny_model, config, after=before)) for config in (unipc, dpmpp))
    assert_close(first.x_prev, second.x_prev, rtol=0, atol=0)
    own = list(generate(tiny_model, unipc))[:4]
    first, second = (next(generate(tiny_model, config, after=own)) for config in (unipc, dpmpp))
    assert (first.x_prev - second.x_prev).abs().max() > 1e-4


def test_what_cannot_be_continued_is_refused_with_one_sentence(tiny_model):
    config = GenerateConfig(count=2, num_inference_steps=3)
    whole = list(generate(tiny_model, config))
    with pytest.raises(ValueError, match="already ended"):
        generate(tiny_model, config, after=whole)
    with pytest.raises(ValueError, match="has 2 sprites; count is 3"):
        generate(tiny_model, dataclasses.replace(config, count=3), after=whole[:1])


@pytest.mark.parametrize(
    ("change", "why"),
    [
        (
            {"schedule": "linear"},
            f"alpha_bar of the run to continue is {NoiseSchedule.cosine(500).alpha_bar_at(333):.4g} at t = 333; "
            f"this schedule has {NoiseSchedule.linear(500).alpha_bar_at(333):.4g} there",
        ),
        ({"zero_terminal_snr": True}, "at t = 333; this schedule has"),
        ({"num_train_timesteps": 1000}, "at t = 333; this schedule has"),
        ({"num_train_timesteps": 100}, "this schedule has nothing, for it ends at T = 100"),
    ],
    ids=str,
)
def test_a_run_of_another_schedule_is_not_continued(tiny_model, change, why):
    config = GenerateConfig(count=2, num_inference_steps=3)
    before = list(generate(tiny_model, config))[:2]
    with pytest.raises(ValueError, match=why):
        generate(tiny_model, dataclasses.replace(config, **change), after=before)


@pytest.mark.parametrize("sampler", ["ddim", "ddpm"])
def test_a_run_can_start_from_any_noise(tiny_model, sampler):
    """Given the seeds' own noise it is the seeds' run, bit for bit; else the noise on the way stays the same."""
    config = GenerateConfig({"hero": 1.0}, 2, 3, sampler, 5)
    whole = list(generate(tiny_model, config))
    again = list(generate(tiny_model, config, start=(500, SeededNoise(range(3, 5))())))
    assert_close(again[-1].x_prev, whole[-1].x_prev, rtol=0, atol=0)
    x_T = SeededNoise(range(9, 11))()
    other = list(generate(tiny_model, config, start=(500, x_T)))
    assert_close(other[0].x_t, x_T, rtol=0, atol=0)
    assert (other[-1].x_prev - whole[-1].x_prev).abs().max() > 1e-3
    if sampler == "ddpm":
        assert_close(other[1].noise, whole[1].noise, rtol=0, atol=0)


def test_a_noise_that_cannot_be_started_from_is_refused_with_one_sentence(tiny_model):
    config = GenerateConfig(count=2, num_inference_steps=3)
    with pytest.raises(ValueError, match=r"shape \(2, 3, 16, 16\); got \(1, 3, 16, 16\)"):
        generate(tiny_model, config, start=(500, torch.zeros(1, 3, 16, 16)))
    with pytest.raises(ValueError, match="leave start out"):
        generate(
            tiny_model, config, after=list(generate(tiny_model, config))[:1], start=(500, torch.zeros(2, 3, 16, 16))
        )


def test_a_note_tells_of_sprites_that_leave_the_range_of_colours():
    x0 = torch.zeros(1, 3, 16, 16)
    x0.view(-1)[:7] = 5.0  # of 768: less than a hundredth
    assert too_large(x0) is None and too_large(torch.full_like(x0, -1.04)) is None
    x0.view(-1)[:192] = -21.9
    assert too_large(x0).startswith("25% of the values lie outside [-1, 1], the largest at 21.9")


@pytest.mark.parametrize("sampler", SAMPLERS)
@pytest.mark.parametrize("steps", [2, 6])
def test_with_few_steps_plms_leaves_the_range_of_colours_and_no_other(sampler, steps):
    config = GenerateConfig({"hero": 1.0}, 8, 0, sampler, steps)
    x0 = last(generate(load(), config)).x_prev
    assert (too_large(x0) is None) == (sampler != "plms")


def test_last_of_an_empty_run_is_refused():
    with pytest.raises(ValueError, match="at least one step"):
        last([])
    assert last(iter("abc")) == "c"


@pytest.mark.parametrize(
    ("text", "weights"),
    [
        ("", {}),
        ("hero", {"hero": 1.0}),
        ("hero=0.6,food=0.4", {"hero": 0.6, "food": 0.4}),
        (" hero = 0.6 , food=-1, ", {"hero": 0.6, "food": -1.0}),
        ("non-hero=1e-1", {"non-hero": 0.1}),
    ],
)
def test_parse_weights(text, weights):
    assert parse_weights(text) == weights


@pytest.mark.parametrize("text", ["hero=abc", "hero=1=2", "hero=0.5,hero=0.5", "hero=1 2"])
def test_parse_weights_refuses(text):
    with pytest.raises(ValueError, match="hero"):
        parse_weights(text)


# The command line


def test_command_line_writes_the_sprites_of_the_api(tiny_model, tiny_checkpoint, tmp_path, capsys):
    png, gif = tmp_path / "s.png", tmp_path / "s.gif"
    options = (
        f"--weights hero=0.5,spell=0.5 --count 3 --seed 5 --steps 6 --guidance 2 --scale 2 --out {png} --gif {gif}"
    )
    main(["--checkpoint", str(tiny_checkpoint), *options.split()])
    out = capsys.readouterr().out
    assert "6 steps, 12 network evaluations" in out and str(png) in out and str(gif) in out
    expected = sprites(
        tiny_model, weights={"hero": 0.5, "spell": 0.5}, count=3, seed=5, num_inference_steps=6, guidance_scale=2.0
    )
    pixels = np.asarray(Image.open(png))
    assert pixels.shape == (2 * 35, 2 * 35, 3)  # two rows of two, a gap of 1 around each
    np.testing.assert_array_equal(pixels, enlarge(grid(to_uint8(expected), scale=1), 2))
    with Image.open(gif) as animation:
        assert animation.size == (2 * 35, 2 * 35) and animation.n_frames == 7


def test_ddpm_takes_T_steps_unless_told(tiny_checkpoint, tmp_path, capsys):
    options = f"--sampler ddpm --timesteps 12 --count 1 --out {tmp_path / 's.png'}"
    main(["--checkpoint", str(tiny_checkpoint), *options.split()])
    assert "ddpm, 12 steps" in capsys.readouterr().out


def test_every_sampler_is_an_option(tiny_checkpoint, tmp_path, capsys):
    nfe = {name: 3 for name in SAMPLERS} | {"heun": 4}  # 2n - 1, less one for the first step from pure noise
    for name in SAMPLERS:
        options = f"--sampler {name} --steps 3 --count 1 --variance beta --zero-terminal-snr --out {tmp_path / 's.png'}"
        main(["--checkpoint", str(tiny_checkpoint), *options.split()])
        out, err = capsys.readouterr()
        assert f"{name}, 3 steps, {nfe[name]} network evaluations" in out
        assert err == "" if name != "plms" else "lie outside [-1, 1]" in err and err.count("\n") == 1


def test_a_run_out_of_range_warns_in_one_line(tiny_checkpoint, tmp_path, capsys):
    options = f"--schedule linear --timesteps 10 --steps 5 --count 1 --out {tmp_path / 's.png'}"
    main(["--checkpoint", str(tiny_checkpoint), *options.split()])
    out, err = capsys.readouterr()
    assert "5 steps" in out
    main(["--checkpoint", str(tiny_checkpoint), *options.replace("--steps 5", "").split()])
    assert "ddim, 10 steps" in capsys.readouterr().out  # not the usual 25
    assert err.startswith("warning: The run starts from pure noise at t = 10, where 0.9 of") and err.count("\n") == 1


@pytest.mark.parametrize(
    "options",
    [
        "--weights dragon",
        "--weights hero=abc",
        "--weights hero=nan",
        "--weights hero=99",
        "--count 0",
        "--count 1.5",
        "--count many",
        "--seed -1",
        "--seed 99999999999999999999",
        "--sampler ancestral",
        "--variance learned",
        "--steps 0",
        "--steps -3",
        "--steps 501",
        "--eta nan",
        "--eta 2",
        "--noise-scale -1",
        "--guidance inf",
        "--guidance-interval 3,1",
        "--guidance-interval low",
        "--mixing both",
        "--schedule exponential",
        "--timesteps 1",
        "--timesteps 5 --steps 6",
        "--spacing even",
        "--scale 0",
        "--scale 65",
        "--checkpoint missing.safetensors",
        "--checkpoint .",
        "--frobnicate",
        "--out",
        "surplus",
    ],
)
def test_wrong_input_ends_with_status_2_and_one_line(tiny_checkpoint, tmp_path, refused, options):
    out = tmp_path / "s.png"
    message = refused(main, ["--checkpoint", tiny_checkpoint, "--out", out, *options.split()])
    assert message.startswith("python -m core.generate: ")
    assert not out.exists()


@pytest.mark.parametrize("option", ["--out", "--gif"])
def test_output_that_cannot_be_written_ends_with_one_line(tiny_checkpoint, tmp_path, refused, option):
    (tmp_path / "file").write_text("not a folder")
    for target in (tmp_path / "no such folder" / "s.png", tmp_path / "file" / "s.png", tmp_path):
        argv = ["--checkpoint", tiny_checkpoint, "--count", "1", "--steps", "1", "--out", tmp_path / "s.png"]
        assert str(target) in refused(main, [*argv, option, target])


def test_the_sprites_and_their_animation_are_two_files(tiny_checkpoint, tmp_path, refused):
    argv = ["--checkpoint", tiny_checkpoint, "--out", tmp_path / "s.gif", "--gif", tmp_path / "." / "s.gif"]
    assert "--out and --gif must be two files" in refused(main, argv)


def test_a_damaged_checkpoint_ends_with_one_line(tmp_path, refused):
    (tmp_path / "c.safetensors").write_bytes(b"\x00" * 100)
    assert "c.safetensors" in refused(main, ["--checkpoint", tmp_path / "c.safetensors", "--out", tmp_path / "s.png"])


def test_command_line_as_a_process(python, tiny_checkpoint, tmp_path):
    """The same in a process of its own: no traceback, status 2; and a good line next to it."""
    good = python("-m", "core.generate", "--checkpoint", tiny_checkpoint, "--steps", 2, "--out", tmp_path / "s.png")
    bad = python("-m", "core.generate", "--checkpoint", tmp_path / "missing")
    out, err = good.communicate(timeout=60)
    assert (good.returncode, err) == (0, "") and "ddim, 2 steps" in out
    assert Image.open(tmp_path / "s.png").size == (8 * 69, 8 * 69)
    out, err = bad.communicate(timeout=60)
    assert bad.returncode == 2 and out == ""
    assert err.count("\n") == 1 and "no checkpoint" in err and "Traceback" not in err


def test_the_classes_of_the_help_are_those_of_the_data(capsys):
    with pytest.raises(SystemExit) as exit_info:
        main(["--help"])
    assert exit_info.value.code == 0
    text = capsys.readouterr().out
    assert "--weights" in text and any(name in text for name in CLASS_NAMES)
