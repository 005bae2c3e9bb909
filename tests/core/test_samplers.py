"""The loop and its rules: algebra, exact laws on Gaussian data, and what the loop promises."""

import math
import threading
from concurrent.futures import ThreadPoolExecutor
from itertools import pairwise

import pytest
import torch
from analytic import exact, gaussian, law, no_noise, order
from torch.testing import assert_close

from core.generate import last
from core.prediction import to_prediction
from core.samplers import Update, ddim, ddpm, dpmpp_2m, dpmpp_2m_sde, euler, heun, plms, sample, unipc
from core.schedule import SCHEDULES, SPACINGS, NoiseSchedule

RULES = {
    "ddpm": ddpm(),
    "ddpm-beta": ddpm("beta"),
    "ddim": ddim(),
    "ddim-0.5": ddim(0.5),
    "euler": euler(),
    "heun": heun(),
    "plms": plms(),
    "dpmpp_2m": dpmpp_2m(),
    "dpmpp_2m_sde": dpmpp_2m_sde(),
    "unipc": unipc(),
}
QUIET = ("ddim", "euler", "heun", "plms", "dpmpp_2m", "unipc")  # they draw no noise
STRIDES = [(500, 499), (500, 0), (437, 12), (250, 249), (2, 1), (1, 0)]
SHAPE = (2, 3, 16, 16)


def randn(seed, shape=SHAPE):
    return torch.randn(shape, dtype=torch.float64, generator=torch.Generator().manual_seed(seed))


def noise_from(seed, shape=SHAPE):
    generator = torch.Generator().manual_seed(seed)
    return lambda: torch.randn(shape, dtype=torch.float64, generator=generator)


def wavy(schedule):
    """A denoiser that depends on both x_t and t."""
    return lambda x_t, t: to_prediction(torch.sin(2 * x_t + 0.01 * t), x_t, schedule.alpha_bar[t].item(), "v")


@pytest.fixture(params=SCHEDULES)
def schedule(request):
    return NoiseSchedule.named(request.param)


# Algebra


@pytest.mark.parametrize(("t", "t_prev"), STRIDES)
def test_ddim_at_eta_1_is_ddpm(schedule, t, t_prev):
    """Song et al. 2020, section 4.1: eta = 1 is the DDPM posterior, in mean and sigma_t, for any stride."""
    x_t = randn(0)
    one, two = (rule(wavy(schedule), schedule, x_t, t, t_prev, []) for rule in (ddim(1.0), ddpm()))
    assert_close(one.mean, two.mean, rtol=1e-8, atol=1e-8)
    assert_close(one.sigma_t, two.sigma_t, rtol=1e-8, atol=1e-12)


@pytest.mark.parametrize(("t", "t_prev"), [*STRIDES[:3], (2, 1)])
def test_ddpm_is_the_posterior_by_bayes(schedule, t, t_prev):
    """Ho et al. 2020, eq. 6 and 7: q(x_prev | x_t, x0) from prior q(x_prev | x0) and likelihood q(x_t | x_prev)."""
    x_t, x0 = randn(0), randn(1)
    a_t, a_prev = schedule.alpha_bar[t].item(), schedule.alpha_bar[t_prev].item()
    update = ddpm()(lambda x, t: to_prediction(x0, x, a_t, "x0"), schedule, x_t, t, t_prev, [])
    if t_prev == 0:  # the prior is the point x0
        assert_close(update.mean, x0)
        assert update.sigma_t == 0
        return
    alpha = a_t / a_prev  # x_t = sqrt(alpha) x_prev + noise of variance 1 - alpha
    prior, likelihood = 1 / (1 - a_prev), alpha / (1 - alpha)  # precisions of x_prev
    centre = (prior * math.sqrt(a_prev) * x0 + likelihood * x_t / math.sqrt(alpha)) / (prior + likelihood)
    assert_close(update.mean, centre, rtol=1e-8, atol=1e-8)
    assert_close(update.sigma_t**2, 1 / (prior + likelihood), rtol=1e-8, atol=0)


@pytest.mark.parametrize(("t", "t_prev"), STRIDES)
def test_ddpm_variance_beta_is_the_variance_of_the_stride(schedule, t, t_prev):
    """Ho et al. 2020, section 3.2: sigma_t^2 = beta, here 1 - alpha over the stride; the step to 0 adds none."""
    update = ddpm("beta")(wavy(schedule), schedule, randn(0), t, t_prev, [])
    beta = 1 - (schedule.alpha_bar[t] / schedule.alpha_bar[t_prev]).item()
    assert_close(update.sigma_t**2, beta if t_prev else 0.0)


@pytest.mark.parametrize("eta", [0.0, 0.3, 1.0])
@pytest.mark.parametrize(("t", "t_prev"), STRIDES)
def test_ddim_keeps_the_marginal_of_the_forward_process(schedule, t, t_prev, eta):
    """Song et al. 2020, eq. 12: for the true x0 and eps, x_prev has variance 1 - alpha_bar_prev around x0."""
    x0, eps = randn(0), randn(1)
    a_t, a_prev = schedule.alpha_bar[t].item(), schedule.alpha_bar[t_prev].item()
    x_t = schedule.add_noise(x0, t, eps)
    update = ddim(eta)(lambda x, t: to_prediction(eps, x, a_t, "eps"), schedule, x_t, t, t_prev, [])
    sigma_t = eta * math.sqrt((1 - a_prev) / (1 - a_t)) * math.sqrt(1 - a_t / a_prev)  # eq. 16
    assert_close(update.sigma_t, sigma_t, rtol=1e-8, atol=1e-12)
    along_eps = math.sqrt(max(0, 1 - a_prev - sigma_t**2))
    assert_close(update.mean, math.sqrt(a_prev) * x0 + along_eps * eps, rtol=1e-7, atol=1e-7)


@pytest.mark.parametrize("noise_scale", [0.0, 0.25, 1.0])
def test_noise_scale_scales_sigma_and_leaves_the_mean(schedule, noise_scale):
    scaled = ddpm(noise_scale=noise_scale)(wavy(schedule), schedule, randn(0), 300, 200, [])
    full = ddpm()(wavy(schedule), schedule, randn(0), 300, 200, [])
    assert_close(scaled.sigma_t, noise_scale * full.sigma_t)
    assert_close(scaled.mean, full.mean)


def test_unknown_variance_is_refused():
    with pytest.raises(ValueError, match="beta_tilde, beta"):
        ddpm("gamma")


@pytest.mark.parametrize("spacing", SPACINGS)
def test_euler_is_ddim(schedule, spacing):
    """Song et al. 2020, section 4.3: DDIM with eta = 0 is Euler's method in sigma."""
    timesteps = schedule.timesteps(9, spacing)
    one, two = (
        last(sample(wavy(schedule), schedule, randn(0), timesteps, rule, noise=no_noise)) for rule in (euler(), ddim())
    )
    assert_close(one.x_prev, two.x_prev, rtol=1e-9, atol=1e-9)


@pytest.mark.parametrize(("t", "t_prev"), STRIDES)
@pytest.mark.parametrize(
    ("rule", "first_order"), [(dpmpp_2m(), ddim()), (dpmpp_2m_sde(), ddim(1.0)), (unipc(), ddim())]
)
def test_without_history_the_multistep_rules_are_first_order(schedule, rule, first_order, t, t_prev):
    """Lu et al. 2022b, section 4: DPM-Solver++(1) is DDIM, eta = 0; its SDE form is DDIM with eta = 1."""
    one, two = (r(wavy(schedule), schedule, randn(0), t, t_prev, []) for r in (rule, first_order))
    assert_close(one.mean, two.mean, rtol=1e-8, atol=1e-8)
    assert_close(one.sigma_t, two.sigma_t, rtol=1e-8, atol=1e-12)


@pytest.mark.parametrize("name", RULES)
def test_from_zero_terminal_snr_the_first_step_is_the_limit(name):
    """At alpha_bar_T = 0, lambda = -inf: mean = sqrt(ab_prev) x0 + sqrt(1 - ab_prev - sigma_t^2) x_T, exactly.

    ddpm's variance "beta" (here 1) is larger than what the marginal has room for; its mean keeps nothing of x_T.
    """
    schedule = NoiseSchedule.named("scaled_linear", 500, zero_terminal_snr=True)
    x_T = randn(0)
    x0 = wavy(schedule)(x_T, 500).x0
    for t_prev in (499, 250, 0):
        update = RULES[name](wavy(schedule), schedule, x_T, 500, t_prev, [])
        a = schedule.alpha_bar[t_prev].item()
        assert_close(update.prediction.x0, x0)
        assert_close(
            update.mean, math.sqrt(a) * x0 + math.sqrt(max(0, 1 - a - update.sigma_t**2)) * x_T, rtol=1e-7, atol=1e-7
        )


@pytest.mark.parametrize("spacing", SPACINGS)
@pytest.mark.parametrize("n", [1, 2, 3, 10, 500])
@pytest.mark.parametrize("name", RULES)
def test_zero_terminal_snr_runs_to_the_end(name, n, spacing):
    """Data of one point are reached exactly from lambda = -inf to lambda = inf, in any number of steps."""
    schedule = NoiseSchedule.named("cosine", 500, zero_terminal_snr=True)

    def denoise(x_t, t):
        return to_prediction(torch.full_like(x_t, 0.3), x_t, schedule.alpha_bar[t].item(), "x0")

    run = sample(denoise, schedule, randn(0), schedule.timesteps(n, spacing), RULES[name], noise=noise_from(1))
    assert_close(last(run).x_prev, torch.full(SHAPE, 0.3, dtype=torch.float64), rtol=1e-9, atol=1e-9)


# What the loop promises


@pytest.mark.parametrize("spacing", SPACINGS)
@pytest.mark.parametrize("name", RULES)
def test_steps_are_chained_and_complete(schedule, name, spacing):
    """steps[i].x_prev is steps[i+1].x_t, x_prev = mean + sigma_t noise, and the last step adds none."""
    rule = RULES[name]
    timesteps, x_T = schedule.timesteps(9, spacing), randn(0)
    steps = list(sample(wavy(schedule), schedule, x_T, timesteps, rule, noise=noise_from(1)))
    assert steps[0].x_t is x_T
    assert all(a.x_prev is b.x_t for a, b in pairwise(steps))
    assert [(s.index, s.t, s.t_prev) for s in steps] == [(i, *tt) for i, tt in enumerate(pairwise(timesteps))]
    assert name in ("heun", "plms") or [s.nfe for s in steps] == list(range(1, 10))
    for step in steps:
        assert step.x_prev.isfinite().all()
        assert (step.noise is None) == (step.sigma_t == 0)
        assert_close(step.x_prev, step.mean if step.noise is None else step.mean + step.sigma_t * step.noise)
    assert steps[-1].noise is None and steps[-1].sigma_t == 0


@pytest.mark.parametrize("rule", [ddpm(noise_scale=0), *(RULES[name] for name in QUIET)], ids=["noise_scale=0", *QUIET])
def test_rules_without_noise_draw_none_and_depend_on_x_T_alone(schedule, rule):
    def run(x_T):
        return last(sample(wavy(schedule), schedule, x_T, schedule.timesteps(20), rule, noise=no_noise)).x_prev

    assert_close(run(randn(0)), run(randn(0)), rtol=0, atol=0)
    assert not torch.allclose(run(randn(0)), run(randn(1)))


@pytest.mark.parametrize("n", [1, 2, 7])
def test_evaluations_of_heun_and_plms(n):
    """heun: 2n - 1 (Karras et al. 2022); plms: n + 1 for n > 1. A first step from above sigma = 80 takes one."""
    for schedule, saved in ((NoiseSchedule.linear(500), 0), (NoiseSchedule.cosine(500), 1)):
        assert (schedule.sigma[-1] > 80) == bool(saved)
        for rule, expected in ((heun(), 2 * n - 1), (plms(), n + 1)):
            nfe = last(sample(wavy(schedule), schedule, randn(0), schedule.timesteps(n), rule, noise=no_noise)).nfe
            assert nfe == (expected - saved if n > 1 else 1)


@pytest.mark.parametrize("rule", [ddim(0.5), ddpm(), dpmpp_2m_sde()], ids=["eta", "ddpm", "dpmpp_2m_sde"])
def test_noise_is_drawn_once_for_each_step_but_the_last(schedule, rule):
    draws = []

    def noise():
        draws.append(randn(len(draws)))
        return draws[-1]

    steps = list(sample(wavy(schedule), schedule, randn(0), schedule.timesteps(6), rule, noise=noise))
    assert len(draws) == 5
    assert all(step.noise is drawn for step, drawn in zip(steps[:-1], draws, strict=True))


def test_nfe_counts_evaluations_not_steps(schedule):
    """A rule that asks twice a step, with predictions that cost 1 and 3 evaluations, counts 4 a step."""

    def twice(denoise, schedule, x_t, t, t_prev, history):
        denoise(x_t, t)
        return Update(denoise(x_t, -t), x_t, 0.0)

    def denoise(x_t, t):
        return to_prediction(x_t, x_t, 0.5, "v", nfe=1 if t > 0 else 3)

    steps = list(sample(denoise, schedule, randn(0), [30, 20, 10, 0], twice, noise=no_noise))
    assert [step.nfe for step in steps] == [4, 8, 12]


def test_rules_find_the_last_steps_in_history(schedule):
    seen = []

    def rule(denoise, schedule, x_t, t, t_prev, history):
        seen.append(list(history))
        return Update(denoise(x_t, t), x_t + 1, 0.0)

    steps = list(sample(wavy(schedule), schedule, randn(0), schedule.timesteps(6), rule, noise=no_noise))
    for i, history in enumerate(seen):
        assert len(history) >= min(i, 3)
        assert all(a is b for a, b in zip(history[::-1], steps[:i][::-1], strict=False))


def test_grad_is_off_inside_a_step_on_any_thread_and_on_outside(schedule):
    """A server resumes the generator on another thread for every step; grad mode belongs to a thread."""
    weight = torch.nn.Parameter(torch.tensor(0.5, dtype=torch.float64))
    inside = []

    def denoise(x_t, t):
        inside.append((threading.get_ident(), torch.is_grad_enabled()))
        return to_prediction(weight * x_t, x_t, schedule.alpha_bar[t].item(), "v")

    run = sample(denoise, schedule, randn(0), schedule.timesteps(12), ddpm(), noise=noise_from(1))

    def advance():
        with torch.enable_grad():
            return next(run), torch.is_grad_enabled(), threading.get_ident()

    pools, steps = [ThreadPoolExecutor(1) for _ in range(12)], []  # one thread each, all alive until the end
    for pool in pools:
        step, enabled_after, ident = pool.submit(advance).result(timeout=30)
        assert enabled_after and torch.is_grad_enabled(), "the run leaked its grad mode into its consumer"
        assert inside[-1] == (ident, False)
        steps.append(step)
    for pool in pools:
        pool.shutdown()
    assert len({ident for ident, _ in inside}) == len(inside) == 12
    for step in steps:
        for tensor in (step.x_t, step.mean, step.x_prev, step.prediction.x0, step.prediction.eps):
            assert not tensor.requires_grad


def test_grad_mode_of_the_consumer_survives_an_abandoned_run(schedule):
    run = sample(wavy(schedule), schedule, randn(0), schedule.timesteps(5), ddim(), noise=no_noise)
    next(run)
    assert torch.is_grad_enabled()
    run.close()
    assert torch.is_grad_enabled()


# Analytic truth: Gaussian data


@pytest.mark.parametrize("name", SCHEDULES)
def test_ddim_is_a_first_order_solver_of_the_ode(name):
    """For N(mu, s^2) the probability flow keeps (x_t - sqrt(a) mu) / sqrt(a s^2 + 1 - a): the error falls as 1/n."""
    schedule, mu, s = NoiseSchedule.named(name, 1000), 0.3, 0.5
    a = schedule.alpha_bar[-1].item()
    z = torch.linspace(-2, 2, 768, dtype=torch.float64).reshape(1, 3, 16, 16)
    x_T, truth = math.sqrt(a) * mu + math.sqrt(a * s**2 + 1 - a) * z, mu + s * z
    ns, errors = (25, 50, 100, 200), []
    for n in ns:
        run = sample(exact(schedule, gaussian(mu, s)), schedule, x_T, schedule.timesteps(n), ddim(), noise=no_noise)
        errors.append((last(run).x_prev - truth).abs().max().item())
    assert errors[-1] < 0.02
    assert abs(order(ns, errors) - 1) < 0.3, errors


@pytest.mark.parametrize("name", SCHEDULES)
@pytest.mark.parametrize("variance", ["beta_tilde", "beta"])
def test_ddpm_variance_converges_to_that_of_the_data(name, variance):
    """The mean is right for every n; the variance is off by an amount that falls as 1/n."""
    schedule, mu, s = NoiseSchedule.named(name, 4000), 0.3, 0.5
    ns, errors = (250, 500, 1000, 2000), []
    for n in ns:
        mean, var = law(schedule, schedule.timesteps(n), ddpm(variance), gaussian(mu, s))
        assert_close(mean, mu, rtol=1e-9, atol=1e-9)
        errors.append(abs(var - s**2))
    assert abs(order(ns, errors) - 1) < 0.3, errors


@pytest.mark.parametrize("n", [1, 2, 7, 50])
def test_ddpm_beta_is_exact_for_standard_normal_data(schedule, n):
    """Ho et al. 2020, section 3.2: sigma^2 = beta is optimal for x0 ~ N(0, I); but the step to 0 adds none."""
    timesteps = schedule.timesteps(n)
    mean, variance = law(schedule, timesteps, ddpm("beta"), gaussian(0.0, 1.0))
    assert_close(mean, 0.0, rtol=0, atol=1e-12)
    assert_close(variance, schedule.alpha_bar[timesteps[-2]].item(), rtol=1e-9, atol=1e-12)


@pytest.mark.parametrize("name", RULES)
@pytest.mark.parametrize("n", [1, 2, 7, 50])
def test_data_of_one_point_is_reached_exactly(schedule, name, n):
    """Ho et al. 2020, section 3.2: beta_tilde is optimal for x0 at one point. There x0 and eps never change."""
    run = sample(
        exact(schedule, gaussian(0.3, 0.0)), schedule, randn(0), schedule.timesteps(n), RULES[name], noise=noise_from(1)
    )
    assert_close(last(run).x_prev, torch.full(SHAPE, 0.3, dtype=torch.float64), rtol=1e-9, atol=1e-9)


@pytest.mark.parametrize("rule", [ddpm(), ddim(1.0)], ids=["ddpm", "ddim(1)"])
def test_ddpm_samples_have_the_mean_and_variance_of_the_data(rule):
    """1000 steps, N values: the mean within 5 s/sqrt(N), the variance within 5 s^2 sqrt(2/N) of the exact law."""
    schedule, mu, s, shape = NoiseSchedule.cosine(1000), 0.3, 0.5, (32, 3, 16, 16)
    a, N = schedule.alpha_bar[-1].item(), math.prod(shape)
    x_T = math.sqrt(a) * mu + math.sqrt(a * s**2 + 1 - a) * randn(2, shape)
    timesteps = schedule.timesteps(1000)
    x0 = last(
        sample(exact(schedule, gaussian(mu, s)), schedule, x_T, timesteps, rule, noise=noise_from(3, shape))
    ).x_prev
    _, variance = law(schedule, timesteps, rule, gaussian(mu, s))
    assert abs(variance - s**2) < 0.01 * s**2  # the bias of 1000 steps is below 1 %
    assert abs(x0.mean().item() - mu) < 5 * s / math.sqrt(N)
    assert abs(x0.var().item() - variance) < 5 * s**2 * math.sqrt(2 / N)


def test_leaving_out_the_noise_shrinks_the_samples():
    """The course's mistake: without noise DDPM's samples crowd at the mean of the data."""
    schedule = NoiseSchedule.cosine(500)
    _, right = law(schedule, schedule.timesteps(500), ddpm(), gaussian(0.3, 0.5))
    _, wrong = law(schedule, schedule.timesteps(500), ddpm(noise_scale=0), gaussian(0.3, 0.5))
    assert wrong < 0.05 * right
