"""assets/diffusion.js and assets/randn.js are core's schedules, guidance, samplers and noise, in the page."""

import itertools
import json
import subprocess

import pytest
import torch
from test_modules import OLDEST, node
from tiny import ROOT, unavailable

from core import GenerateConfig, generate, load
from core.checkpoint import SHIPPED
from core.conditions import ClassWeights
from core.generate.run import SeededNoise
from core.guidance import EVERYWHERE, guided
from core.runtime.plan import plan_beside
from core.samplers import sample
from core.samplers.ancestral import ddim
from core.samplers.dpm import dpmpp_2m, unipc
from core.schedule import SCHEDULES, SPACINGS, NoiseSchedule

SHAPE, K = (2, 6, 6), 3  # 72 numbers, which are no whole number of sixteens
SETTINGS = {
    "schedule": [(name, T, zero) for T in (500, 60) for zero in (False, True) for name in SCHEDULES],
    "spacing": SPACINGS,
    "steps": [7, 3, 12],
    "eta": [0.0, 0.0, 1.0, 0.4],
    "sampler": ["ddim", "unipc", "ddim", "dpmpp_2m", "ddim"],
    "seeds": [[7], [3, 2**32 - 1]],
    "predictionType": ["v", "x0", "eps"],
    "scale": [1.0, 2.5, 0.0, 4.0, 1.5],
    "mixing": ["embedding", "prediction"],
    "interval": [EVERYWHERE, (0.3, 5.0)],
    "clipX0": [True, True, False],
    "rows": [(1, 0, 0), (0.25, 0.75, 0), (0, 0, 0), (0.5, -0.25, 1)],
}


RULES = {"ddim": ddim, "dpmpp_2m": lambda _: dpmpp_2m(), "unipc": lambda _: unipc()}


def configurations(count=96):
    """The settings side by side, so that their combinations change; no eps at alpha_bar = 0, where it says nothing."""
    columns = {name: itertools.cycle(values) for name, values in SETTINGS.items()}
    columns["from"] = itertools.cycle([1, 2])
    runs = ({name: next(column) for name, column in columns.items()} for _ in itertools.count())
    return list(itertools.islice((r for r in runs if not (r["schedule"][2] and r["predictionType"] == "eps")), count))


def answers(request):
    """What tests/js/diffuse.js answers."""
    if (program := node()) is None:
        unavailable(f"there is no Node {OLDEST} or newer")
    command = [program, ROOT / "tests" / "js" / "diffuse.js"]
    done = subprocess.run(command, input=json.dumps(request), capture_output=True, text=True, timeout=300)
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


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
    waves = torch.stack([(place * (k + 1)).cos() for k in range(K)])
    raw = (place + x_t.flatten(1)).sin() + 0.5 * rows.double() @ waves + 0.02 * log_snr.clamp(-18, 14)[:, None]
    return raw.float().reshape(x_t.shape)


def expected_steps(run):
    """The steps that core makes."""
    schedule, rows = NoiseSchedule.named(*run["schedule"]), torch.tensor([run["rows"]] * len(run["seeds"])).float()
    denoise = guided(
        toy,
        schedule,
        ClassWeights(rows, run["mixing"]),
        prediction_type=run["predictionType"],
        scale=run["scale"],
        interval=run["interval"],
        clip_x0=run["clipX0"],
    )
    noise = SeededNoise(run["seeds"], SHAPE)
    timesteps = schedule.timesteps(run["steps"], run["spacing"])
    return list(sample(denoise, schedule, noise(), timesteps, RULES[run["sampler"]](run["eta"]), noise=noise))


def for_node(run):
    interval = {} if run["interval"] == EVERYWHERE else {"interval": run["interval"]}
    others = {name: value for name, value in run.items() if name != "interval"}
    return others | {"shape": SHAPE, "K": K, "rows": list(run["rows"]) * len(run["seeds"])} | interval


def test_samplers_walk_the_same_way():
    """96 configurations, each state within 1e-5 of its largest value; a fork ends where the whole run does."""
    runs = configurations()
    for run, answer in zip(runs, answers({"runs": [for_node(run) for run in runs]})["runs"], strict=True):
        steps = expected_steps(run)
        assert answer["timesteps"] == [steps[0].t, *(step.t_prev for step in steps)]
        assert answer["nfe"] == steps[-1].nfe, run
        assert answer["index"] == steps[-1].index
        for state, step in zip(answer["states"], steps, strict=True):
            expected = step.x_prev.flatten().double()
            largest = max(1, expected.abs().max().item())
            torch.testing.assert_close(numbers(state), expected, rtol=0, atol=1e-5 * largest)
        if run["eta"] == 0 or run["sampler"] != "ddim":
            assert answer["forked"] == answer["states"][-1]


@pytest.mark.parametrize("name", ["sprites", "distilled"])
def test_seed_7_is_the_same_sprite(name):
    """From the seed alone, by the plan and the kernel: within a fiftieth of a grey level."""
    checkpoint = SHIPPED.with_stem(name)
    model = load(checkpoint, "cpu", backend="torch")
    config = GenerateConfig({"hero": 1.0}, seed=7, count=1, num_inference_steps=4, network=name, guidance_scale=1.0)
    *_, last = generate(model, config)
    run = {
        "schedule": (config.schedule, config.num_train_timesteps, config.zero_terminal_snr),
        "spacing": config.spacing,
        "steps": 4,
        "eta": 0,
        "sampler": "ddim",
        "seeds": [7],
        "shape": model.shape,
        "rows": [float(c == "hero") for c in model.class_names],
        "K": len(model.class_names),
        "from": 0,
        "predictionType": model.network.config.prediction_type,
        "clipX0": config.clip_x0,
        "network": {"plan": json.loads(plan_beside(checkpoint).read_text()), "weights": str(checkpoint)},
    }
    (answer,) = answers({"runs": [run]})["runs"]
    off = (numbers(answer["states"][-1]) - last.x_prev.flatten().double()).abs().max().item() * 127.5
    assert off < 0.02
