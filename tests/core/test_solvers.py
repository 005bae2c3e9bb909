"""What the samplers are worth: orders of convergence, exact moments, and the way back, where the denoiser is known."""

import math
from itertools import pairwise

import pytest
import torch
from analytic import exact, gaussian, law, no_noise, order
from torch.testing import assert_close

from core.generate import last
from core.prediction import to_prediction
from core.samplers import ddim, ddpm, dpmpp_2m, dpmpp_2m_sde, euler, heun, invert, plms, sample, unipc
from core.schedule import SCHEDULES, SPACINGS, NoiseSchedule

GAUSSIAN = gaussian(0.3, 0.5)
MIXTURE = ((-0.6, 0.5), (0.4, 0.6), 0.3)
ORDERS = {"ddim": 1, "euler": 1, "heun": 2, "plms": 2, "dpmpp_2m": 2, "unipc": 3}
RULES = {"ddim": ddim, "euler": euler, "heun": heun, "plms": plms, "dpmpp_2m": dpmpp_2m, "unipc": unipc}
STOCHASTIC = {
    "ddpm": ddpm(),
    "ddpm-beta": ddpm("beta"),
    "ddim-1": ddim(1.0),
    "dpmpp_2m_sde": dpmpp_2m_sde(),
}


def grid():
    """Every value from -2 to 2, as one sprite: pixels are independent, so one run solves 768 problems."""
    return torch.linspace(-2, 2, 768, dtype=torch.float64).reshape(1, 3, 16, 16)


def flow(x, schedule, t, t_end, data):
    """Where the probability-flow ODE takes x from t to t_end: it keeps order, hence the quantile; by bisection."""
    means, weights, s = data
    mu, w = torch.tensor(means, dtype=torch.float64), torch.tensor(weights, dtype=torch.float64)

    def quantile(x, a):
        return (w * torch.special.ndtr((x[..., None] - math.sqrt(a) * mu) / math.sqrt(a * s**2 + 1 - a))).sum(-1)

    wanted = quantile(x, schedule.alpha_bar[t].item())
    low, high = torch.full_like(x, -10), torch.full_like(x, 10)
    for _ in range(60):
        middle = (low + high) / 2
        below = quantile(middle, schedule.alpha_bar[t_end].item()) < wanted
        low, high = torch.where(below, middle, low), torch.where(below, high, middle)
    return (low + high) / 2


def even_log_snr():
    """T = 4000 with log_snr falling evenly from 6 at t = 1 to -6 at t = T.

    An order is that of the error as equal steps shrink in a variable in which the problem is smooth. The schedules'
    own timesteps are equal in t, their last step alone leads from a finite lambda to infinity, and its error does not
    shrink with the others. Here equal strides are equal steps in lambda, and the run ends at t = 1.
    """
    log_snr = torch.linspace(6, -6, 4000, dtype=torch.float64)
    return NoiseSchedule("even log-SNR", torch.cat([torch.ones(1, dtype=torch.float64), torch.sigmoid(log_snr)]))


# Order of convergence


def test_the_analytic_denoiser_and_flow_agree():
    """The flow's velocity dx/dt by differences is the ODE's: y = x / sqrt(a), dy / d sigma = eps."""
    schedule, t = even_log_snr(), 2000
    for data in (GAUSSIAN, MIXTURE):
        ahead, behind = (flow(grid(), schedule, t, t + k, data) / schedule.alpha_bar[t + k].sqrt() for k in (-1, 1))
        slope = (ahead - behind) / (schedule.sigma[t - 1] - schedule.sigma[t + 1])
        assert_close(slope, exact(schedule, data)(grid(), t).eps, rtol=1e-5, atol=1e-5)


@pytest.mark.parametrize("data", [GAUSSIAN, MIXTURE], ids=["gaussian", "mixture"])
@pytest.mark.parametrize("name", RULES)
def test_solvers_converge_at_their_order(name, data):
    schedule, start = even_log_snr(), 3841
    truth = flow(grid(), schedule, start, 1, data)
    ns, errors = (20, 40, 80, 160), []
    for n in ns:
        timesteps = list(range(start, 0, -(start - 1) // n))
        run = sample(exact(schedule, data), schedule, grid(), timesteps, RULES[name](), noise=no_noise)
        errors.append((last(run).x_prev - truth).abs().max().item())
    assert abs(order(ns, errors) - ORDERS[name]) < 0.3, errors


def test_plms_gains_order_where_steps_are_equal_in_sigma():
    """There its weights are those of Adams and Bashforth, of order 4; Heun's first step leaves at least order 3."""
    sigma = torch.linspace(0, 20, 4001, dtype=torch.float64)
    schedule, start = NoiseSchedule("even sigma", 1 / (1 + sigma**2)), 3840
    truth = flow(grid(), schedule, start, 0, MIXTURE)
    ns, errors = (240, 480, 960), []
    for n in ns:
        timesteps = list(range(start, -1, -start // n))
        run = sample(exact(schedule, MIXTURE), schedule, grid(), timesteps, plms(), noise=no_noise)
        errors.append((last(run).x_prev - truth).abs().max().item())
    assert order(ns, errors) > 2.7, errors


@pytest.mark.parametrize("zero_terminal_snr", [False, True])
@pytest.mark.parametrize("spacing", SPACINGS)
@pytest.mark.parametrize("schedule", SCHEDULES)
@pytest.mark.parametrize("name", RULES)
def test_solvers_reach_the_data_on_every_schedule(name, schedule, spacing, zero_terminal_snr):
    """100 steps, from sigma up to 10,000 or infinite. Mirrored timesteps are far apart at the clean end."""
    table = NoiseSchedule.named(schedule, 500, zero_terminal_snr)
    timesteps = table.timesteps(100, spacing)
    run = sample(exact(table, MIXTURE), table, grid(), timesteps, RULES[name](), noise=no_noise)
    error = (last(run).x_prev - flow(grid(), table, timesteps[0], 0, MIXTURE)).abs().max()
    assert error < (0.03 if ORDERS[name] == 1 else 0.02) * (2 if spacing == "mirrored" else 1)


@pytest.mark.parametrize("name", ["heun", "plms"])
def test_a_first_step_over_decades_of_sigma_does_no_harm(name):
    """The cosine schedule starts at sigma = 10,000. Ten steps are more than twice as good as Euler's."""
    schedule = NoiseSchedule.cosine(500)
    assert schedule.sigma[-1] > 9000
    truth = flow(grid(), schedule, 500, 0, MIXTURE)

    def error(rule):
        run = sample(exact(schedule, MIXTURE), schedule, grid(), schedule.timesteps(10), rule, noise=no_noise)
        return (last(run).x_prev - truth).abs().max().item()

    assert error(RULES[name]()) < error(euler()) / 2


# Moments of the stochastic rules


@pytest.mark.parametrize("zero_terminal_snr", [False, True])
@pytest.mark.parametrize("name", STOCHASTIC)
def test_samples_have_the_mean_and_variance_of_the_data(name, zero_terminal_snr):
    """200 steps, N = 24,576 values. The exact law of the run is within 4 % of the data's (the steps' bias), and the
    sample within five standard errors of that law: sqrt(V / N) for the mean, V sqrt(2 / N) for the variance."""
    schedule = NoiseSchedule.named("cosine", 1000, zero_terminal_snr)
    ((mu,), _, s), shape = GAUSSIAN, (32, 3, 16, 16)
    generator = torch.Generator().manual_seed(5)

    def noise():
        return torch.randn(shape, dtype=torch.float64, generator=generator)

    timesteps = schedule.timesteps(200)
    mean, variance = law(schedule, timesteps, STOCHASTIC[name], GAUSSIAN)
    assert abs(mean - mu) < 1e-3 and abs(variance - s**2) < 0.04 * s**2
    a, N = schedule.alpha_bar[-1].item(), math.prod(shape)
    x_T = math.sqrt(a) * mu + math.sqrt(a * s**2 + 1 - a) * noise()
    x0 = last(sample(exact(schedule, GAUSSIAN), schedule, x_T, timesteps, STOCHASTIC[name], noise=noise)).x_prev
    assert abs(x0.mean().item() - mean) < 5 * math.sqrt(variance / N)
    assert abs(x0.var().item() - variance) < 5 * variance * math.sqrt(2 / N)


@pytest.mark.parametrize(("name", "expected"), [("ddpm", 1), ("ddpm-beta", 1), ("ddim-1", 1), ("dpmpp_2m_sde", 2)])
def test_the_variance_converges_to_that_of_the_data(name, expected):
    """The error of the law's variance falls as n^-p, on equal steps in lambda (see even_log_snr)."""
    schedule, start, (_, _, s) = even_log_snr(), 3841, GAUSSIAN
    a = schedule.alpha_bar[1].item()
    ns, errors = (40, 80, 160, 320), []
    for n in ns:
        _, variance = law(schedule, list(range(start, 0, -(start - 1) // n)), STOCHASTIC[name], GAUSSIAN)
        errors.append(abs(variance - (a * s**2 + 1 - a)))
    assert abs(order(ns, errors) - expected) < 0.3, errors


# Inversion


@pytest.mark.parametrize("data", [GAUSSIAN, MIXTURE], ids=["gaussian", "mixture"])
@pytest.mark.parametrize("name", ["linear", "cosine"])
def test_inversion_finds_the_noise_and_leads_back(name, data):
    """Encoding is a first-order solver of the flow upwards, and decoding brings x0 back, to first order.

    Quadratic spacing: near t = 0 the flow bends most, and equal steps in t show their order late (0.6 to 0.9 here).
    """
    schedule = NoiseSchedule.named(name, 1000)
    truth = flow(grid() / 2, schedule, 0, 1000, data)
    ns, away, back = (25, 50, 100, 200), [], []
    for n in ns:
        timesteps = schedule.timesteps(n, "quadratic")
        steps = list(invert(exact(schedule, data), schedule, grid() / 2, timesteps))
        assert [(step.t, step.t_prev) for step in steps] == list(pairwise(timesteps[::-1]))
        assert steps[-1].nfe == n and all(step.noise is None for step in steps)
        x_T = steps[-1].x_prev
        x0 = last(sample(exact(schedule, data), schedule, x_T, timesteps, ddim(), noise=no_noise)).x_prev
        away.append((x_T - truth).abs().max().item())
        back.append((x0 - grid() / 2).abs().max().item())
    assert abs(order(ns, away) - 1) < 0.3, away
    assert abs(order(ns, back) - 1) < 0.3, back


def test_inversion_is_exact_for_a_prediction_that_does_not_change():
    """With eps fixed the ODE's slope is constant, and there and back is the identity for every n."""
    schedule, eps = NoiseSchedule.cosine(500), grid().flip(-1)

    def denoise(x_t, t):
        return to_prediction(eps, x_t, schedule.alpha_bar[t].item(), "eps")

    for n in (1, 2, 50):
        x_T = last(invert(denoise, schedule, grid(), schedule.timesteps(n))).x_prev
        a = schedule.alpha_bar[-1].item()
        assert_close(x_T, math.sqrt(a) * grid() + math.sqrt(1 - a) * eps)
        x0 = last(sample(denoise, schedule, x_T, schedule.timesteps(n), ddim(), noise=no_noise)).x_prev
        assert_close(x0, grid(), rtol=1e-6, atol=1e-6)


def test_inversion_to_zero_terminal_snr():
    schedule = NoiseSchedule.named("cosine", 1000, zero_terminal_snr=True)
    x_T = last(invert(exact(schedule, MIXTURE), schedule, grid() / 2, schedule.timesteps(200))).x_prev
    assert (x_T - flow(grid() / 2, schedule, 0, 1000, MIXTURE)).abs().max() < 0.05
    with pytest.raises(ValueError, match="at least two"):
        invert(exact(schedule, MIXTURE), schedule, grid(), schedule.timesteps(1))
