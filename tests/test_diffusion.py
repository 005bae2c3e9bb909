"""assets/diffusion.js, samplers.js, compare.js and randn.js are core's schedules, guidance, samplers, races, noise."""

import itertools
import json
from dataclasses import replace

import numpy as np
import pytest
import torch
from modules import ask

from core import GenerateConfig, compare, generate, last, load
from core.checkpoint import SHIPPED, Model
from core.explain import follow, guidance_parts
from core.generate import SeededNoise
from core.guidance import EVERYWHERE
from core.interpolate import between, slerp
from core.networks import MLP, MLPConfig
from core.runtime.plan import plan_beside
from core.samplers import SAMPLERS, VARIANCES
from core.schedule import SCHEDULES, SPACINGS, NoiseSchedule

SHAPE, CLASSES = (2, 6, 6), ("a", "b", "c")  # 72 numbers, which are no whole number of sixteens
SETTINGS = {
    "schedule": [(name, T, zero) for T in (500, 60) for zero in (False, True) for name in SCHEDULES],
    "spacing": SPACINGS,
    "num_inference_steps": [7, 3, 12],
    "eta": [0.0, 1.0, 0.4],
    "variance": VARIANCES,
    "noise_scale": [1.0, 0.0, 0.6, 0.3],
    "sampler": [*SAMPLERS, "ddim", "ddpm", "ddim"],
    "seed": [(7,), (3, 2**31 + 200)],
    "prediction_type": ["v", "x0", "eps"],
    "guidance_scale": [1.0, 2.5, 0.0, 4.0, 1.5],
    "mixing": ["embedding", "prediction"],
    "guidance_interval": [EVERYWHERE, (0.3, 5.0)],
    "clip_x0": [True, True, False],
    "weights": [{"a": 1.0}, {"a": 0.25, "b": 0.75}, {}, {"a": 0.5, "b": -0.25, "c": 1.0}],
    "forks": [0, 1, 2],
}


def configurations(count=96):
    """The settings side by side, so that their combinations change, and another's as forks.

    No eps at alpha_bar = 0, where it says nothing.
    """
    columns = {name: itertools.cycle(values) for name, values in SETTINGS.items()}
    rows = ({name: next(column) for name, column in columns.items()} for _ in itertools.count())
    found, others = [], []
    while len(found) < count:
        row = next(rows)
        forks, kind, schedule = row.pop("forks"), row.pop("prediction_type"), row.pop("schedule")
        if schedule[2] and kind == "eps":
            continue
        names = ("schedule", "num_train_timesteps", "zero_terminal_snr")
        config = GenerateConfig(**row, **dict(zip(names, schedule, strict=True)), count=len(row["seed"]))
        changed = ("sampler", "eta", "variance", "noise_scale", "guidance_scale", "mixing", "weights", "clip_x0")
        own = [replace(config, **{name: getattr(other, name) for name in changed}) for other in others[-forks:]]
        found.append((kind, config, list(zip((1, 2), own[:forks], strict=False))))
        others.append(config)
    return found


def answers(request):
    return ask("diffuse.js", request)


def numbers(values):
    """JSON has no infinity: it comes as a word."""
    return torch.tensor([float(str(x).replace("Infinity", "inf")) for x in values], dtype=torch.float64)


def test_schedules_and_timesteps():
    """alpha_bar within 1e-12, timesteps exactly."""
    asked = [(name, T, zero) for name in SCHEDULES for T in (2, 60, 500, 1000) for zero in (False, True)]
    visits = [[(n, spacing) for n in (1, 2, 5, 25, 60) if n <= T for spacing in SPACINGS] for _, T, _ in asked]
    made = answers({"schedules": [[*which, how] for which, how in zip(asked, visits, strict=True)]})["schedules"]
    for which, how, answer in zip(asked, visits, made, strict=True):
        schedule = NoiseSchedule.named(*which)
        torch.testing.assert_close(numbers(answer["alphaBar"]), schedule.alpha_bar, rtol=1e-9, atol=1e-12)
        torch.testing.assert_close(numbers(answer["logSnr"]), schedule.log_snr, rtol=1e-8, atol=1e-8)
        torch.testing.assert_close(numbers(answer["sigma"]), schedule.sigma, rtol=1e-8, atol=1e-10)
        assert answer["timesteps"] == [schedule.timesteps(*visit) for visit in how], which


def test_seeds_are_the_same_noise_to_the_bit():
    """Of several draws, and of sizes that are no whole number of sixteens."""
    if torch.backends.cpu.get_cpu_capability() not in ("AVX2", "AVX512"):
        pytest.skip("PyTorch itself draws other noise on this CPU, by an ulp")
    seeds, sizes = [*range(100), 2**31, 2**32 - 1, 2**32 + 5, 2**53 - 1], (768, 72, 16, 768, 17)
    for seed, drawn in zip(seeds, answers({"seeds": [[seed, *sizes] for seed in seeds]})["noise"], strict=True):
        generator = torch.Generator().manual_seed(seed)
        expected = torch.cat([torch.randn(n, generator=generator) for n in sizes])
        assert torch.equal(torch.tensor(drawn), expected), seed


def toy(x_t, log_snr, rows):
    """A network of one line, the same as in tests/js/diffuse.js."""
    place = torch.arange(x_t[0].numel(), dtype=torch.float64)
    waves = torch.stack([(place * (k + 1)).cos() for k in range(len(CLASSES))])
    raw = (place + x_t.flatten(1)).sin() + 0.5 * rows.double() @ waves + 0.02 * log_snr.clamp(-18, 14)[:, None]
    return raw.float().reshape(x_t.shape)


def for_node(model, config, forks, **more):
    forks = [(at, own.to_json()) for at, own in forks]
    return about(model) | more | {"config": config.to_json(), "forks": forks}


def about(model):
    return {
        "classes": model.class_names,
        "shape": model.shape,
        "predictionType": model.network.config.prediction_type,
    }


def test_samplers_walk_the_same_way():
    """96 configurations, two thirds of them forked: each tensor within 1e-5 of its largest value, or a state's."""
    runs = []
    for kind, config, forks in configurations():
        network = MLP(MLPConfig(len(CLASSES), image_size=6, image_channels=2, prediction_type=kind))
        runs.append((Model(network, CLASSES, run=toy), config, forks))
    assert {config.sampler for _, config, _ in runs} == {*SAMPLERS}
    for run, answer in zip(runs, answers({"runs": [for_node(*run) for run in runs]})["runs"], strict=True):
        made = follow(*run)
        assert answer["t"] == made.t and answer["nfe"] == made.steps[-1].nfe, run
        assert answer["index"] == made.steps[-1].index
        largest = max(1, made.x_t.abs().max().item())  # the network sees states, rounded
        for name in ("x_t", "x0", "z"):
            close(answer[name], getattr(made, name), largest, (name, run))
        noise = torch.tensor([1 - step.prediction.alpha_bar for step in made.steps]).sqrt()  # eps is divided by it
        shares = noise[:, None, None, None, None].expand_as(made.eps)
        close((numbers(answer["eps"]) * shares.flatten()).tolist(), made.eps * shares, largest, ("eps", run))
        close(answer["mean"], torch.stack([step.mean for step in made.steps]), largest, run)
        parts = {i: pair for i, step in enumerate(made.steps) if (pair := guidance_parts(step))}
        assert (answer["parts"] or [[]])[0] == [*parts]
        for j in range(2) if parts else ():
            close(answer["parts"][1 + j], torch.stack([pair[j] for pair in parts.values()]), largest, run)
        for told, expected in zip(answer["numbers"], made.numbers, strict=True):
            known = {} if expected is None else {k: v for k, v in expected._asdict().items() if v is not None}
            found = {} if told is None else {k: v for k, v in told.items() if v is not None}
            assert found == pytest.approx(known, rel=1e-9, abs=1e-7)  # b: a root of what cancels


def close(made, expected, largest, what):
    if expected is None:
        assert made is None, what
        return
    largest = max(largest, expected.abs().max().item())
    torch.testing.assert_close(
        numbers(made), expected.flatten().double(), rtol=0, atol=1e-5 * largest, msg=lambda text: f"{what}: {text}"
    )


@pytest.mark.parametrize("t", [60, 23])
def test_a_run_starts_where_it_is_told(t):
    """From a state at t, with the seeds' own noise on the way."""
    x_t, runs = torch.randn(2, *SHAPE, generator=torch.Generator().manual_seed(1)), []
    model = Model(MLP(MLPConfig(len(CLASSES), image_size=6, image_channels=2)), CLASSES, run=toy)
    for sampler in ("ddim", "ddpm", "unipc"):
        config = GenerateConfig({"a": 1}, 2, 5, sampler, 7, num_train_timesteps=60)
        runs.append((config, for_node(model, config, [], start=[t, x_t.flatten().tolist()])))
    for (config, _), answer in zip(runs, answers({"runs": [asked for _, asked in runs]})["runs"], strict=True):
        steps = list(generate(model, config, start=(t, x_t)))
        assert answer["t"] == [*(step.t for step in steps), 0]
        states = torch.stack([*(step.x_t for step in steps), steps[-1].x_prev])
        close(answer["x_t"], states, 1, config.sampler)


def test_between_two_noises_and_two_mixes():
    """On the sphere and on the straight line, of ends that are alike, too: within two roundings of float32."""
    a, b, c = SeededNoise([3, 8, 2**31 - 1])()
    ends, shares = [(a, b), (b, c), (a, a), (a, -a + 1e-2 * b), (a, a + 1e-7 * b)], [i / 8 for i in range(9)]
    asked = [[x.flatten().tolist(), y.flatten().tolist(), shares] for x, y in ends]
    grid = torch.tensor(shares)
    for (x, y), (arc, line) in zip(ends, answers({"arcs": asked})["arcs"], strict=True):
        for made, expected in ((arc, slerp(x, y, grid)), (line, torch.lerp(x, y, grid[:, None, None, None]))):
            torch.testing.assert_close(torch.tensor(made), expected.flatten(1), rtol=2.4e-7, atol=1e-6)
    mixes = [({"a": 1.0, "b": 0.67}, {"b": -0.33, "c": 1.5}), ({}, {"b": 0.01}), ({"a": 1.0}, {"a": 1.0}), ({}, {})]
    lines = [(a, b, places) for a, b in mixes for places in (5, 9)]
    assert answers({"lines": lines})["lines"] == [between(*line) for line in lines]


@pytest.mark.parametrize("name", ["sprites", "distilled"])
def test_seed_7_is_the_same_sprite(name):
    """From the seed alone, by the plan and the kernel: within a fiftieth of a grey level."""
    model, network = shipped(name)
    config = GenerateConfig({"hero": 1.0}, seed=7, count=1, num_inference_steps=4, network=name)
    (answer,) = answers({"runs": [for_node(model, config, [], network=network)]})["runs"]
    off = (numbers(answer["x_t"])[-768:] - last(generate(model, config)).x_prev.flatten().double()).abs().max().item()
    assert off * 127.5 < 0.02


def shipped(name):
    """A network for node to run, and core's own."""
    checkpoint = SHIPPED.with_stem(name)
    network = {"plan": json.loads(plan_beside(checkpoint).read_text()), "weights": str(checkpoint)}
    return load(checkpoint, "cpu", backend="torch"), network


def test_a_race_is_the_same():
    """Each lane's states, as the page shows them, within a level of 255; where they lie, and how far from the ODE."""
    models, networks = zip(*map(shipped, ("sprites", "distilled")), strict=True)
    there = dict(zip(("sprites", "distilled"), models, strict=True))
    lanes = [("ddpm", 45, "sprites"), ("heun", 3, "sprites"), ("ddim", 2, "distilled")]
    configs = [
        GenerateConfig({"hero": 1.0}, 2, 5, sampler, steps, network=network) for sampler, steps, network in lanes
    ]
    request = {
        "configs": [config.to_json() for config in configs],
        "defaults": GenerateConfig().to_json(),
        "networks": {
            name: about(there[name]) | {"network": network} for name, network in zip(there, networks, strict=True)
        },
    }
    (answer,) = answers({"races": [request]})["races"]
    truth = compare.converged(there, configs[0])
    for config, made in zip(configs, answer, strict=True):
        lane = compare.finish(there, compare.Lane(config))
        assert made["nfe"] == lane.nfe and made["distance"] == pytest.approx(compare.distance(lane.x, truth), abs=0.02)
        for name in ("done", "nfe", "t"):
            assert made["frames"][name] == [getattr(frame, name) for frame in lane.frames], name
        seconds = made["frames"]["seconds"]
        assert seconds[0] == 0 and seconds == sorted(seconds)
        sprites = np.array(made["frames"]["rgb"]).reshape(-1, 2, 16, 16, 3)
        assert np.abs(sprites - np.stack([frame.sprites for frame in lane.frames])).max() <= 1
