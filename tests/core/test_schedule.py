"""The table alpha_bar, the forward process (Ho et al. 2020, eq. 2 and 4) and the lists of timesteps."""

import math
from itertools import combinations, pairwise

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from torch.testing import assert_close

from core.schedule import MAX_TIMESTEPS, MIN_TIMESTEPS, SCHEDULES, SPACINGS, NoiseSchedule, _distinct

LENGTHS = (2, 3, 10, 500, 1000, 4000)
MANY_LENGTHS = (*range(MIN_TIMESTEPS, 60), *range(60, MAX_TIMESTEPS, 97), MAX_TIMESTEPS - 1, MAX_TIMESTEPS)


@pytest.fixture(params=SCHEDULES)
def schedule(request):
    return NoiseSchedule.named(request.param)


@pytest.mark.parametrize("T", LENGTHS)
@pytest.mark.parametrize("name", SCHEDULES)
def test_alpha_bar_falls_strictly_from_one(name, T):
    schedule = NoiseSchedule.named(name, T)
    alpha_bar = schedule.alpha_bar
    assert schedule.name == name and schedule.num_train_timesteps == T
    assert alpha_bar.shape == (T + 1,) and alpha_bar.dtype == torch.float64
    assert alpha_bar[0] == 1 and alpha_bar[-1] > 0
    assert (alpha_bar.diff() < 0).all()


@pytest.mark.parametrize("name", SCHEDULES)
def test_every_length_gives_a_schedule_of_that_length(name):
    """Down to the last digits of alpha_bar, where a long table might fail to fall: the constructor refuses that."""
    for T in MANY_LENGTHS:
        schedule = NoiseSchedule.named(name, T)
        rescaled = schedule.with_zero_terminal_snr()
        assert schedule.num_train_timesteps == rescaled.num_train_timesteps == T
        assert schedule.alpha_bar[0] == 1 and schedule.alpha_bar[-1] > 0 == rescaled.alpha_bar[-1]


@pytest.mark.parametrize("T", LENGTHS)
def test_linear_is_the_cumulative_product_of_ho_et_al(T):
    """Ho et al. 2020, section 4: beta from 1e-4 to 0.02 evenly, alpha_bar_t = prod_s (1 - beta_s)."""
    expected, product = [1.0], 1.0
    for t in range(T):
        product *= 1 - (1e-4 + (0.02 - 1e-4) * t / (T - 1))
        expected.append(product)
    assert_close(NoiseSchedule.linear(T).alpha_bar, torch.tensor(expected, dtype=torch.float64), rtol=1e-11, atol=0)


@pytest.mark.parametrize("T", LENGTHS)
def test_cosine_is_eq_17_of_nichol_and_dhariwal(T):
    """alpha_bar_t = f(t)/f(0), f(t) = cos^2((t/T + s)/(1 + s) pi/2), with beta kept at or below 0.999."""
    f = [math.cos((t / T + 0.008) / 1.008 * math.pi / 2) ** 2 for t in range(T + 1)]
    expected = [1.0]
    for t in range(1, T + 1):
        expected.append(expected[-1] * (1 - min(0.999, 1 - f[t] / f[t - 1])))
    schedule = NoiseSchedule.cosine(T)
    assert_close(schedule.alpha_bar, torch.tensor(expected, dtype=torch.float64), rtol=1e-9, atol=0)
    assert_close(schedule.alpha_bar[:-1], torch.tensor(f[:-1], dtype=torch.float64) / f[0], rtol=1e-9, atol=1e-12)
    assert_close(schedule.beta[-1].item(), 0.999, rtol=1e-9, atol=0)  # the last one would be 1


@pytest.mark.parametrize("T", LENGTHS)
def test_scaled_linear_is_the_schedule_of_latent_diffusion(T):
    """Rombach et al. 2022: sqrt(beta) from sqrt(0.00085) to sqrt(0.012) evenly."""
    low, high = math.sqrt(0.00085), math.sqrt(0.012)
    expected = [1.0]
    for t in range(T):
        expected.append(expected[-1] * (1 - (low + (high - low) * t / (T - 1)) ** 2))
    schedule = NoiseSchedule.scaled_linear(T)
    assert_close(schedule.alpha_bar, torch.tensor(expected, dtype=torch.float64), rtol=1e-11, atol=0)
    assert_close(schedule.beta[[1, T]], torch.tensor([0.00085, 0.012], dtype=torch.float64), rtol=1e-9, atol=0)


@pytest.mark.parametrize("T", LENGTHS)
def test_sigmoid_is_that_of_jabri_et_al(T):
    """Figure 8: gamma(u) = (s(3) - s(6 u - 3)) / (s(3) - s(-3)), s the logistic function, at least 1e-9."""

    def s(x):
        return 1 / (1 + math.exp(-x))

    expected = [(s(3) - s(6 * t / T - 3)) / (s(3) - s(-3)) for t in range(T)] + [1e-9]
    assert_close(NoiseSchedule.sigmoid(T).alpha_bar, torch.tensor(expected, dtype=torch.float64), rtol=1e-9, atol=1e-14)
    assert_close(NoiseSchedule.sigmoid(T).alpha_bar.flip(0)[1:-1], 1 - NoiseSchedule.sigmoid(T).alpha_bar[1:-1])


@pytest.mark.parametrize("T", LENGTHS)
@pytest.mark.parametrize("name", SCHEDULES)
def test_zero_terminal_snr_is_algorithm_1_of_lin_et_al(name, T):
    """On betas, as printed there: shift sqrt(alpha_bar) so that the last is 0, scale so that the first stays."""
    schedule = NoiseSchedule.named(name, T)
    roots = [math.sqrt(a) for a in (1 - schedule.beta[1:]).cumprod(0).tolist()]
    first, last = roots[0], roots[-1]
    expected = [1.0, *(((root - last) * first / (first - last)) ** 2 for root in roots)]
    rescaled = NoiseSchedule.named(name, T, zero_terminal_snr=True)
    assert_close(rescaled.alpha_bar, torch.tensor(expected, dtype=torch.float64), rtol=1e-7, atol=1e-12)
    assert rescaled.alpha_bar[-1] == 0 and rescaled.log_snr[-1] == -math.inf and rescaled.sigma[-1] == math.inf
    assert_close(rescaled.alpha_bar[1], schedule.alpha_bar[1], rtol=1e-12, atol=0)
    again = rescaled.with_zero_terminal_snr()
    assert_close(again.alpha_bar, rescaled.alpha_bar, rtol=1e-12, atol=0)


def test_derived_quantities(schedule):
    """alpha_t = alpha_bar_t / alpha_bar_{t-1}, beta = 1 - alpha, log_snr = log(alpha_bar / (1 - alpha_bar))."""
    a = schedule.alpha_bar
    assert schedule.alpha[0] == 1 and schedule.beta[0] == 0
    assert_close(schedule.alpha.cumprod(0), a)
    assert_close(schedule.alpha + schedule.beta, torch.ones_like(a))
    assert schedule.log_snr[0] == math.inf and (schedule.log_snr.diff() < 0).all()
    assert_close(schedule.log_snr[1:], torch.log(a[1:]) - torch.log(1 - a[1:]))
    assert schedule.sigma[0] == 0
    assert_close(schedule.sigma[1:], torch.exp(-schedule.log_snr[1:] / 2))


@pytest.mark.parametrize("t", [0, 1, 250, 500])
def test_add_noise_is_eq_4_for_one_timestep(schedule, t):
    x0, eps = torch.randn(2, 3, 3, 16, 16, dtype=torch.float64, generator=torch.Generator().manual_seed(0))
    a = schedule.alpha_bar[t].item()
    assert_close(schedule.add_noise(x0, t, eps), math.sqrt(a) * x0 + math.sqrt(1 - a) * eps)


def test_add_noise_is_eq_4_for_a_timestep_a_row(schedule):
    x0, eps = torch.randn(2, 4, 3, 16, 16, dtype=torch.float64, generator=torch.Generator().manual_seed(0))
    t = [0, 500, 3, 77]
    rows = [schedule.add_noise(x0[i : i + 1], t[i], eps[i : i + 1]) for i in range(4)]
    assert_close(schedule.add_noise(x0, torch.tensor(t), eps), torch.cat(rows))
    assert_close(rows[0], x0[:1], rtol=0, atol=0)  # t = 0 is the clean sprite


def test_add_noise_keeps_the_type_of_x0(schedule):
    x0 = torch.zeros(1, 3, 16, 16)
    assert schedule.add_noise(x0, 5, x0).dtype == torch.float32


@pytest.mark.parametrize("t", [1, 100, 500])
def test_add_noise_has_the_moments_of_q(schedule, t):
    """q(x_t | x0) = N(sqrt(alpha_bar_t) x0, 1 - alpha_bar_t): both moments within 5 standard errors."""
    n, x0 = 200_000, 0.7
    eps = torch.randn(n, 1, dtype=torch.float64, generator=torch.Generator().manual_seed(t))
    x_t = schedule.add_noise(torch.full_like(eps, x0), t, eps)
    a = schedule.alpha_bar[t].item()
    assert abs(x_t.mean().item() - math.sqrt(a) * x0) < 5 * math.sqrt((1 - a) / n)
    assert abs(x_t.var().item() - (1 - a)) < 5 * (1 - a) * math.sqrt(2 / n)


def test_single_steps_compose_to_the_jump(schedule):
    """Ho et al. 2020, eq. 2: q(x_t | x_{t-1}) = N(sqrt(alpha_t) x_{t-1}, beta_t), t times, is eq. 4."""
    mean, variance = 1.0, 0.0
    for t in range(1, schedule.num_train_timesteps + 1):
        alpha, beta = schedule.alpha[t].item(), schedule.beta[t].item()
        mean, variance = math.sqrt(alpha) * mean, alpha * variance + beta
        assert math.isclose(mean, math.sqrt(schedule.alpha_bar[t]), rel_tol=1e-9)
        assert math.isclose(variance, 1 - schedule.alpha_bar[t], rel_tol=1e-9)


@pytest.mark.parametrize("t", [-1, 501, 2.0, torch.tensor([0, 501]), torch.tensor([1.0])])
def test_add_noise_refuses_timesteps_outside_the_table(schedule, t):
    x0 = torch.zeros(2, 3, 16, 16)
    with pytest.raises(ValueError, match="from 0 to 500"):
        schedule.add_noise(x0, t, x0)


@pytest.mark.parametrize("spacing", SPACINGS)
@pytest.mark.parametrize("T", [2, 3, 7, 50, 500])
def test_timesteps_fall_strictly_to_zero_for_every_n(T, spacing):
    schedule = NoiseSchedule.linear(T)
    for n in range(1, T + 1):
        steps = schedule.timesteps(n, spacing)
        assert len(steps) == n + 1 and steps[-1] == 0 and steps[0] <= T
        assert all(type(t) is int for t in steps)
        assert all(a > b for a, b in pairwise(steps)), (n, steps)
        if spacing != "leading":
            assert steps[0] == T
    assert schedule.timesteps(T, spacing) == list(range(T, -1, -1))


@pytest.mark.parametrize("zero_terminal_snr", [False, True])
@pytest.mark.parametrize("T", [2, 3, 7, 50, 500])
@pytest.mark.parametrize("name", SCHEDULES)
def test_karras_timesteps_fall_strictly_to_zero_for_every_schedule(name, T, zero_terminal_snr):
    schedule = NoiseSchedule.named(name, T, zero_terminal_snr)
    for n in range(1, T + 1):
        steps = schedule.timesteps(n, "karras")
        assert len(steps) == n + 1 and steps[0] == T and steps[-1] == 0
        assert all(a > b for a, b in pairwise(steps)), (n, steps)


@given(
    T=st.integers(MIN_TIMESTEPS, MAX_TIMESTEPS),
    share=st.floats(0, 1),
    spacing=st.sampled_from([s for s in SPACINGS if s != "karras"]),
)
def test_timesteps_follow_their_docstring(T, share, spacing):
    """trailing: T k / n; linspace: evenly from T to 1; leading: strides of T // n up from 1; all rounded.

    quadratic: T k^2 / n^2, but at least k, as the k-th of different whole numbers above 0 must be. karras: below.
    mirrored: T (1 - k^2 / n^2), but at most T - k, likewise.
    """
    n = max(1, round(share * T))
    steps = NoiseSchedule.linear(T).timesteps(n, spacing)
    if spacing == "trailing":
        exact = [T * k / n for k in range(n, -1, -1)]
    elif spacing == "linspace":
        exact = [1 + (T - 1) * k / (n - 1) for k in range(n - 1, -1, -1)] + [0] if n > 1 else [T, 0]
    elif spacing == "quadratic":
        exact = [max(k, T * k**2 / n**2) for k in range(n, -1, -1)]
    elif spacing == "mirrored":
        exact = [min(T - k, T * (1 - k**2 / n**2)) for k in range(n + 1)]
    else:
        exact = [1 + k * (T // n) for k in range(n - 1, -1, -1)] + [0]
    assert max(abs(a - b) for a, b in zip(steps, exact, strict=True)) <= 0.5 + 1e-9


def test_timesteps_known_lists():
    schedule = NoiseSchedule.linear(10)
    assert schedule.timesteps(4, "trailing") == [10, 8, 5, 3, 0]
    assert schedule.timesteps(4, "linspace") == [10, 7, 4, 1, 0]
    assert schedule.timesteps(4, "leading") == [7, 5, 3, 1, 0]
    assert schedule.timesteps(4, "quadratic") == [10, 6, 3, 1, 0]  # 10, 5.625, 2.5, 0.625, 0
    assert schedule.timesteps(7, "quadratic") == [10, 7, 5, 4, 3, 2, 1, 0]  # 10, 7.3, 5.1, 3.3, 1.8, 0.8, 0.2, 0
    assert schedule.timesteps(4, "mirrored") == [10, 9, 7, 4, 0]  # 10, 9.375, 7.5, 4.375, 0
    assert schedule.timesteps(1) == [10, 0]  # trailing is the default


def test_karras_timesteps_are_nearest_to_eq_5():
    """A table with sigma_t = 2^(t - 5), t = 1 ... 9: sigma_i = (2^(4/7) + i/4 (2^(-4/7) - 2^(4/7)))^7, i = 0 ... 4.

    Their base-2 logarithms are 4, 2.51, 0.77, -1.33, -4; plus 5, they are timesteps.
    """
    sigma = torch.tensor([0, *(2.0 ** (t - 5) for t in range(1, 10))], dtype=torch.float64)
    schedule = NoiseSchedule("powers", 1 / (1 + sigma**2))
    roots = [2 ** (4 / 7) + i / 4 * (2 ** (-4 / 7) - 2 ** (4 / 7)) for i in range(5)]
    exact = [5 + 7 * math.log2(root) for root in roots]
    assert [round(t, 2) for t in exact] == [9, 7.51, 5.77, 3.67, 1]
    assert schedule.timesteps(5, "karras") == [9, 8, 6, 4, 1, 0]


def test_karras_timesteps_start_at_80_where_sigma_is_infinite():
    """The same table, longer, with alpha_bar_T = 0: first T, then as from sigma = 80."""
    sigma = torch.tensor([0, *(2.0 ** (t - 5) for t in range(1, 12)), math.inf], dtype=torch.float64)
    schedule = NoiseSchedule("powers", torch.cat([1 / (1 + sigma[:-1] ** 2), torch.zeros(1, dtype=torch.float64)]))
    roots = [80 ** (1 / 7) + i / 4 * (2 ** (-4 / 7) - 80 ** (1 / 7)) for i in range(5)]
    exact = [5 + 7 * math.log2(root) for root in roots]
    assert schedule.timesteps(5, "karras") == [12, *(round(t) for t in exact[1:]), 0] == [12, 10, 7, 5, 1, 0]


@given(T=st.integers(2, 9), data=st.data())
def test_equal_timesteps_move_by_as_little_as_possible(T, data):
    """Against every strictly increasing list: none has a smaller largest shift."""
    n = data.draw(st.integers(1, T))
    wanted = [0, *sorted(data.draw(st.lists(st.integers(1, T), min_size=n - 1, max_size=n - 1))), T]

    def shift(steps):
        return max(abs(a - b) for a, b in zip(steps, wanted, strict=True))

    found = _distinct(wanted, T)
    assert found[0] == 0 and found[-1] == T and all(a < b for a, b in pairwise(found))
    assert shift(found) == min(shift([0, *between, T]) for between in combinations(range(1, T), n - 1))


@pytest.mark.parametrize("n", [0, -1, 501, 2.0, True, "5", None, math.nan])
def test_timesteps_names_the_allowed_range(schedule, n):
    with pytest.raises(ValueError, match="from 1 to T = 500"):
        schedule.timesteps(n)


@pytest.mark.parametrize("T", [1, 0, -5, 4001, 10.0, True, "500", None])
@pytest.mark.parametrize("name", SCHEDULES)
def test_schedules_name_the_allowed_range(name, T):
    with pytest.raises(ValueError, match="from 2 to 4000"):
        NoiseSchedule.named(name, T)


def test_unknown_names_list_the_known_ones(schedule):
    with pytest.raises(ValueError, match="trailing"):
        schedule.timesteps(5, "even")
    with pytest.raises(ValueError, match="linear, scaled_linear, cosine, sigmoid"):
        NoiseSchedule.named("exponential")


@pytest.mark.parametrize("betas", [(0, 0.02), (0.03, 0.02), (1e-4, 1), (-1, 0.5), (math.nan, 0.02)])
@pytest.mark.parametrize("schedule", [NoiseSchedule.linear, NoiseSchedule.scaled_linear])
def test_betas_outside_their_range_are_refused(schedule, betas):
    with pytest.raises(ValueError, match="0 < beta_start <= beta_end < 1"):
        schedule(10, *betas)


@pytest.mark.parametrize(
    ("values", "dtype", "message"),
    [
        ([1, 0.5, 0.6], torch.float64, "fall strictly"),
        ([1, 0.5, 0.5], torch.float64, "fall strictly"),
        ([0.9, 0.5, 0.1], torch.float64, "fall strictly"),
        ([1, 0.5, -0.1], torch.float64, "fall strictly"),
        ([1, math.nan, 0.1], torch.float64, "fall strictly"),
        ([1, 0.5, 0.1], torch.float32, "float64"),
        ([1, 0.5], torch.float64, "2 <= T <= 4000"),
        ([[1, 0.5, 0.1]], torch.float64, "vector"),
    ],
)
def test_a_table_of_another_form_is_refused(values, dtype, message):
    with pytest.raises(ValueError, match=message):
        NoiseSchedule("mine", torch.tensor(values, dtype=dtype))


def test_alpha_bar_may_end_at_zero():
    """Zero terminal SNR (Lin et al. 2023): the last state may hold no signal at all."""
    schedule = NoiseSchedule("mine", torch.tensor([1, 0.5, 0], dtype=torch.float64))
    eps = torch.ones(1, 3, 16, 16)
    assert_close(schedule.add_noise(7 * eps, 2, eps), eps)
    assert schedule.log_snr[2] == -math.inf
