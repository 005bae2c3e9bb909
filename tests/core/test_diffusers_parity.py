"""Schedules and samplers against diffusers, whose t is ours minus one.

diffusers keeps alphas_cumprod in float32; both sides get our float64 table, so that they can be compared closely.
Our alpha_bar[0] = 1 is diffusers' `one` (DDPM) and its final_alpha_cumprod with set_alpha_to_one=True (DDIM).
"""

import pytest
import torch
from diffusers import (
    DDIMScheduler,
    DDPMScheduler,
    DPMSolverMultistepScheduler,
    EulerDiscreteScheduler,
    HeunDiscreteScheduler,
    PNDMScheduler,
    UniPCMultistepScheduler,
)
from diffusers.schedulers.scheduling_ddim import rescale_zero_terminal_snr
from torch.testing import assert_close

from core.generate import last
from core.prediction import to_prediction
from core.samplers import ddim, ddpm, dpmpp_2m, dpmpp_2m_sde, euler, heun, plms, sample, unipc
from core.schedule import NoiseSchedule

T = 500
SPACINGS = ("leading", "trailing", "linspace")  # those that diffusers has
COUNTS = (1, 2, 7, 10, 33, 50, T)
SHAPE = (2, 3, 4, 4)
THEIR_TYPE = {"eps": "epsilon", "x0": "sample", "v": "v_prediction"}
SCHEDULE = NoiseSchedule.linear(T)


def theirs(kind, n, spacing, **kwargs):
    scheduler = kind(T, 1e-4, 0.02, timestep_spacing=spacing, **kwargs)
    scheduler.alphas_cumprod = SCHEDULE.alpha_bar[1:]
    scheduler.set_timesteps(n)
    return scheduler


def network(x_t, t):
    return torch.sin(2 * x_t + 0.01 * t) + 0.1 * x_t


def x_T():
    return torch.randn(SHAPE, dtype=torch.float64, generator=torch.Generator().manual_seed(0))


def noise_source():
    generator = torch.Generator().manual_seed(1)
    return generator, lambda: torch.randn(SHAPE, dtype=torch.float64, generator=generator)


def ours(timesteps, rule, prediction_type, clip_x0):
    def denoise(x_t, t):
        a = SCHEDULE.alpha_bar[t].item()
        return to_prediction(network(x_t, t), x_t, a, prediction_type, clip_x0=clip_x0)

    return last(sample(denoise, SCHEDULE, x_T(), timesteps, rule, noise=noise_source()[1])).x_prev


def self_consistent(scheduler, n):
    """DDIMScheduler.step goes to t - T // n, whatever its own list says next: trailing and linspace lists differ from
    that for most n, so that the state is then fed back at a noise level that it does not have. Those n are left out.
    """
    steps, stride = scheduler.timesteps.tolist(), T // n
    return [t - stride for t in steps[:-1]] == steps[1:] and steps[-1] < stride


DDIM_CASES = [
    (spacing, n) for spacing in SPACINGS for n in COUNTS if self_consistent(theirs(DDIMScheduler, n, spacing), n)
]


def test_linear_schedule():
    scheduler = DDPMScheduler(T, 1e-4, 0.02)
    assert_close(scheduler.alphas_cumprod.double(), SCHEDULE.alpha_bar[1:], rtol=1e-4, atol=0)


@pytest.mark.parametrize("steps", [500, 1000])
def test_cosine_schedule(steps):
    scheduler = DDPMScheduler(steps, beta_schedule="squaredcos_cap_v2")
    assert_close(scheduler.alphas_cumprod.double(), NoiseSchedule.cosine(steps).alpha_bar[1:], rtol=1e-4, atol=1e-7)


def test_scaled_linear_schedule():
    scheduler = DDPMScheduler(1000, 0.00085, 0.012, "scaled_linear")
    expected = NoiseSchedule.scaled_linear(1000).alpha_bar[1:]
    assert_close(scheduler.alphas_cumprod.double(), expected, rtol=1e-4, atol=0)


def test_zero_terminal_snr():
    betas = rescale_zero_terminal_snr(NoiseSchedule.scaled_linear(1000).beta[1:])
    expected = NoiseSchedule.scaled_linear(1000).with_zero_terminal_snr().alpha_bar[1:]
    assert_close((1 - betas).cumprod(0), expected, rtol=1e-7, atol=1e-12)


@pytest.mark.parametrize("n", COUNTS)
@pytest.mark.parametrize("spacing", SPACINGS)
def test_timesteps(spacing, n):
    their_list = [t + 1 for t in theirs(DDPMScheduler, n, spacing).timesteps.tolist()] + [0]
    if (spacing, n) == ("linspace", 1):
        assert their_list == [1, 0]  # numpy's linspace of one value is its first, here the clean end
        their_list = [T, 0]
    assert SCHEDULE.timesteps(n, spacing) == their_list


def test_the_comparison_keeps_every_kind_of_case():
    assert {n for spacing, n in DDIM_CASES if spacing == "leading"} == set(COUNTS)
    assert {n for spacing, n in DDIM_CASES if spacing == "trailing"} == {1, 2, 10, 50, T}
    assert ("linspace", T) in DDIM_CASES


@pytest.mark.parametrize("clip", [False, True])
@pytest.mark.parametrize("n", COUNTS)
@pytest.mark.parametrize("spacing", SPACINGS)
def test_ddpm_fixed_small(spacing, n, clip):
    check_ddpm(spacing, n, clip, "eps", "beta_tilde")


@pytest.mark.parametrize("prediction_type", ["x0", "v"])
@pytest.mark.parametrize("clip", [False, True])
def test_ddpm_other_predictions(prediction_type, clip):
    check_ddpm("trailing", 50, clip, prediction_type, "beta_tilde")


@pytest.mark.parametrize("n", [7, 50, T])
def test_ddpm_fixed_large(n):
    # leading: its last step is t = 1, where diffusers adds no noise either
    check_ddpm("leading", n, False, "eps", "beta")


def check_ddpm(spacing, n, clip, prediction_type, variance):
    scheduler = theirs(
        DDPMScheduler,
        n,
        spacing,
        clip_sample=clip,
        prediction_type=THEIR_TYPE[prediction_type],
        variance_type={"beta_tilde": "fixed_small", "beta": "fixed_large"}[variance],
    )
    x, generator = x_T(), noise_source()[0]
    for t in scheduler.timesteps.tolist():
        x = scheduler.step(network(x, t + 1), t, x, generator=generator).prev_sample
    timesteps = [t + 1 for t in scheduler.timesteps.tolist()] + [0]
    # 1e-8: where diffusers' last t is above 0, it adds noise of variance 1e-20 that ours leaves out
    assert_close(ours(timesteps, ddpm(variance), prediction_type, clip), x, rtol=1e-8, atol=1e-8)


@pytest.mark.parametrize("clip", [False, True])
@pytest.mark.parametrize("eta", [0.0, 0.5, 1.0])
@pytest.mark.parametrize(("spacing", "n"), DDIM_CASES)
def test_ddim(spacing, n, eta, clip):
    check_ddim(spacing, n, eta, clip, "eps")


@pytest.mark.parametrize("prediction_type", ["x0", "v"])
@pytest.mark.parametrize("clip", [False, True])
def test_ddim_other_predictions(prediction_type, clip):
    check_ddim("trailing", 50, 0.5, clip, prediction_type)


def check_ddim(spacing, n, eta, clip, prediction_type):
    scheduler = theirs(DDIMScheduler, n, spacing, clip_sample=clip, prediction_type=THEIR_TYPE[prediction_type])
    x, (_, noise) = x_T(), noise_source()
    for t in scheduler.timesteps.tolist():
        # use_clipped_model_output: re-derive eps from the clipped x0, as we always do
        x = scheduler.step(
            network(x, t + 1), t, x, eta=eta, use_clipped_model_output=clip, variance_noise=noise() if eta else None
        ).prev_sample
    timesteps = [t + 1 for t in scheduler.timesteps.tolist()] + [0]
    assert_close(ours(timesteps, ddim(eta), prediction_type, clip), x, rtol=1e-8, atol=1e-8)


# The samplers that walk their own list of timesteps

SOLVERS = {
    "euler": (EulerDiscreteScheduler, euler, {}),
    "heun": (HeunDiscreteScheduler, heun, {}),
    "plms": (PNDMScheduler, plms, {"skip_prk_steps": True, "set_alpha_to_one": True}),
    "dpmpp_2m": (DPMSolverMultistepScheduler, dpmpp_2m, {"solver_order": 2, "solver_type": "midpoint"}),
    "dpmpp_2m_sde": (DPMSolverMultistepScheduler, dpmpp_2m_sde, {"algorithm_type": "sde-dpmsolver++"}),
    "unipc": (UniPCMultistepScheduler, unipc, {"solver_order": 2, "solver_type": "bh2"}),
}


def why_left_out(name, spacing, n):
    """None, or why diffusers' own list of timesteps cannot be walked by both."""
    kind, _, settings = SOLVERS[name]
    listed = theirs(kind, n, spacing, **settings).timesteps.tolist()
    if name in ("heun", "plms"):  # a timestep that is asked about twice is listed twice
        listed = list(dict.fromkeys(listed))
    if any(t != int(t) for t in listed):
        return "timesteps between the whole ones, where our table has no entry"
    if len(listed) != n or len(set(listed)) != n:
        return "a timestep twice: a step that goes nowhere"
    if name == "plms" and not self_consistent(theirs(DDIMScheduler, n, spacing), n):
        return "steps to t - T // n, whatever the list says next, as DDIM does"
    return None


CASES = [(name, spacing, n) for name in SOLVERS for spacing in SPACINGS for n in COUNTS]
KEPT = [case for case in CASES if why_left_out(*case) is None]


def test_what_is_left_out_and_why():
    left_out = {}
    for name, spacing, n in set(CASES) - set(KEPT):
        left_out.setdefault((name, spacing, why_left_out(name, spacing, n).split()[0]), set()).add(n)
    fractions = {(name, "linspace", "timesteps"): {7, 10, 33, 50} for name in ("euler", "heun")}
    twice = {
        (name, spacing, "a"): {T}
        for name in ("dpmpp_2m", "dpmpp_2m_sde", "unipc")
        for spacing in ("leading", "linspace")
    }
    inconsistent = {("plms", "trailing", "steps"): {7, 33}, ("plms", "linspace", "steps"): {2, 7, 10, 33, 50}}
    assert left_out == fractions | twice | inconsistent


@pytest.mark.parametrize(("name", "spacing", "n"), KEPT)
def test_solver(name, spacing, n, monkeypatch):
    """The same walk in float64: diffusers keeps its sigmas, and some schedulers round the state, in float32."""
    kind, rule, settings = SOLVERS[name]
    scheduler = theirs(kind, n, spacing, **settings)
    timesteps = [int(t) + 1 for t in dict.fromkeys(scheduler.timesteps.tolist())] + [0]
    x, (_, noise) = x_T(), noise_source()
    if hasattr(scheduler, "sigmas"):
        sigmas = SCHEDULE.sigma[timesteps]
        if name == "heun":
            sigmas = torch.cat([sigmas[:1], sigmas[1:-1].repeat_interleave(2), sigmas[-1:]])
        assert_close(scheduler.sigmas.double(), sigmas, rtol=1e-6, atol=0)
        scheduler.sigmas = sigmas
    if name in ("euler", "heun"):  # their state is x / sqrt(alpha_bar)
        x = x / SCHEDULE.alpha_bar[timesteps[0]].sqrt()
    monkeypatch.setattr(torch, "float32", torch.float64)
    for t in scheduler.timesteps:
        raw = network(scheduler.scale_model_input(x, t), int(t) + 1)
        extra = {"variance_noise": noise()} if name == "dpmpp_2m_sde" else {}
        x = scheduler.step(raw, t, x, **extra).prev_sample
    monkeypatch.undo()
    assert x.dtype == torch.float64
    assert_close(ours(timesteps, rule(), "eps", False), x, rtol=1e-8, atol=1e-8)
