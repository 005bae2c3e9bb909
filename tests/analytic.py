"""Data whose denoiser, flow and law are known exactly: what the samplers are measured against."""

import math
from itertools import pairwise

import torch

from core.prediction import to_prediction
from core.samplers import SampleStep


def no_noise():
    """The noise of a rule that draws none."""
    raise AssertionError("this rule must not draw noise")


def gaussian(mu, s):
    """N(mu, s^2) as data: means, weights and the standard deviation of each component."""
    return (mu,), (1.0,), s


def exact(schedule, data):
    """E[x0 | x_t] for independent pixels of density sum_k w_k N(mu_k, s^2): x_t ~ sum_k w_k N(sqrt(a) mu_k, v),
    v = a s^2 + 1 - a; given the component, x0 is mu_k + sqrt(a) s^2 / v (x_t - sqrt(a) mu_k)."""
    means, weights, s = data
    mu, log_w = torch.tensor(means, dtype=torch.float64), torch.tensor(weights, dtype=torch.float64).log()

    def denoise(x_t, t):
        a = schedule.alpha_bar[t].item()
        v = a * s**2 + 1 - a
        off = x_t[..., None] - math.sqrt(a) * mu
        share = torch.softmax(log_w - off**2 / (2 * v), dim=-1)
        return to_prediction((share * (mu + math.sqrt(a) * s**2 / v * off)).sum(-1), x_t, a, "x0")

    return denoise


def law(schedule, timesteps, rule, data):
    """Mean and variance of what `rule` makes of N(mu, s^2), without sampling.

    With the exact denoiser each step is affine in x_t and in the state before it, which a two-step rule looks back at.
    So the pair of states is Gaussian throughout; its two slopes are read off a batch of three.
    """
    ((mu,), _, s), denoise = data, exact(schedule, data)
    a = schedule.alpha_bar[timesteps[0]].item()
    mean = torch.tensor([math.sqrt(a) * mu, 0], dtype=torch.float64)
    covariance = torch.tensor([[a * s**2 + 1 - a, 0], [0, 0]], dtype=torch.float64)
    now, before = torch.tensor([0, 1, 0], dtype=torch.float64), torch.tensor([0, 0, 1], dtype=torch.float64)
    history = []
    for t, t_prev in pairwise(timesteps):
        update = rule(denoise, schedule, now, t, t_prev, history)
        offset = update.mean[0]
        step = torch.tensor([[update.mean[1] - offset, update.mean[2] - offset], [1, 0]], dtype=torch.float64)
        mean = step @ mean + torch.tensor([offset, 0], dtype=torch.float64)
        covariance = step @ covariance @ step.T
        covariance[0, 0] += update.sigma_t**2
        history = [SampleStep(0, t, t_prev, before, denoise(before, t), before, 0.0, None, before, 0)]
    return mean[0].item(), covariance[0, 0].item()


def order(ns, errors):
    """The exponent p of error ~ n^-p, by least squares on the logarithms."""
    x, y = (torch.tensor(v, dtype=torch.float64).log() for v in (ns, errors))
    return -(((x - x.mean()) * (y - y.mean())).sum() / (x - x.mean()).square().sum()).item()
