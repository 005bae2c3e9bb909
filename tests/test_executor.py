"""The page's executor of plans computes what PyTorch does: each kind of operation, and whole networks."""

import json
import os
import subprocess
import sys
from importlib.util import find_spec
from pathlib import Path

import pytest
import torch
import torch.nn.functional as F
from modules import ask
from safetensors.torch import save_file
from tiny import ROOT, TINY, randomised, unavailable
from torch import nn

from core.checkpoint import SHIPPED, load
from core.networks import MLP, MLPConfig, NetworkModule, UNet, UNetConfig
from core.runtime.plan import plan, plan_beside

KERNELS = ["plain", "wasm", "relaxed"]
TOLERANCE = 1e-4  # of the largest value


def execute(jobs):
    return ask("execute.js", jobs)


def inputs(network, count=2):
    generator = torch.Generator().manual_seed(1)
    config = network.config
    x_t = torch.randn(count, *config.shape, generator=generator)
    return x_t, torch.linspace(-6, 5, count), torch.rand(count, config.num_classes, generator=generator)


def job(network, folder, kernel="plain", dtype=torch.float32, count=2, **options):
    """What execute.js needs to run it; its weights are put into the folder."""
    weights = folder / "weights.safetensors"
    save_file({name: tensor.to(dtype).contiguous() for name, tensor in network.state_dict().items()}, weights)
    given = dict(zip(("x_t", "log_snr", "weights"), inputs(network, count), strict=True))
    return {
        "plan": plan(network),
        "weights": str(weights),
        "kernel": kernel,
        "inputs": {name: x.flatten().tolist() for name, x in given.items()},
        **options,
    }


def assert_equal(answer, expected):
    assert len(answer) == expected.numel()
    torch.testing.assert_close(
        torch.tensor(answer), expected.flatten(), rtol=0, atol=TOLERANCE * expected.abs().max().item()
    )


class Shape:
    """Of a picture, and the number of classes."""

    def __init__(self, *shape):
        self.shape, self.num_classes = shape, 5


class Does(NetworkModule):
    """A network that does what it is given, with some weights."""

    def __init__(self, does, shape=(6, 8, 8)):
        super().__init__()
        self.config, self.does = Shape(*shape), does
        values = shape[0] * shape[1] * shape[2]
        self.three, self.one = nn.Conv2d(shape[0], 10, 3, padding=1), nn.Conv2d(shape[0], 7, 1)
        self.two, self.five = nn.Conv2d(shape[0], 8, 2, stride=2), nn.Conv2d(shape[0], 3, 5, 2, 2, bias=False)
        self.linear, self.matrix = nn.Linear(values, 9), nn.Parameter(torch.zeros(5, 11))
        self.group, self.layer = nn.GroupNorm(2, shape[0]), nn.LayerNorm(values)
        self.row, self.bare = nn.Parameter(torch.zeros(shape[0], 1, 1)), nn.GroupNorm(2, shape[0], affine=False)
        randomised(self)

    def forward(self, x_t, log_snr, weights):
        return self.does(self, x_t, log_snr, weights)


def attend(net, x, *_):
    matrices = torch.cat([x, 2 * x.sin(), x.cos()], 1).reshape(x.shape[0], 3, 2, x.shape[1] // 2, -1).transpose(3, 4)
    return F.scaled_dot_product_attention(*matrices.unbind(1)).transpose(2, 3).reshape(x.shape)


EACH = {
    "convolution": lambda net, x, *_: net.three(x),
    "convolution-1": lambda net, x, *_: net.one(x),
    "convolution-2-by-2": lambda net, x, *_: net.two(x),
    "convolution-5-no-bias": lambda net, x, *_: net.five(x),
    "linear": lambda net, x, *_: net.linear(x.flatten(1)),
    "linear-transposed": lambda net, x, s, w: w @ net.matrix,
    "norm-group": lambda net, x, *_: net.group(x),
    "norm-bare": lambda net, x, *_: net.bare(x + 3),
    "norm-layer": lambda net, x, *_: net.layer(x.flatten(1)),
    "silu": lambda net, x, *_: F.silu(20 * x),
    "attention": attend,
    "upsample": lambda net, x, *_: F.interpolate(x, scale_factor=2, mode="nearest"),
    "upsample-3": lambda net, x, *_: F.interpolate(x, scale_factor=3, mode="nearest"),
    "concatenate": lambda net, x, *_: torch.cat([x, x.exp(), x], 1),
    "part": lambda net, x, *_: x.chunk(3, 1)[1].exp(),
    "reshape": lambda net, x, *_: x.flatten(1)[:, :, None].reshape(x.shape[0], -1, 2).exp(),
    "add": lambda net, x, *_: x + net.row + 0.5,
    "subtract": lambda net, x, *_: 1 - (net.row - x),
    "multiply": lambda net, x, s, w: x * s[:, None, None, None] * x,
    "divide": lambda net, x, s, w: x / (w.sum(1)[:, None, None, None] + 1),
    "waves": lambda net, x, *_: torch.cat([x.sin(), x.cos()], 1),
    "softplus": lambda net, x, *_: F.softplus(30 * x),
    "clamp": lambda net, x, *_: -x.clamp(-0.5, 0.25),
    "sum": lambda net, x, s, w: 1 - w.sum(1, keepdim=True),
}
SHAPES = [(6, 8, 8), (6, 5, 5), (2, 16, 16), (4, 2, 2)]  # one of 4 pixels, and one that fills no vector


@pytest.fixture(scope="module", params=[(kernel, shape) for kernel in KERNELS for shape in SHAPES], ids=str)
def answers(request, tmp_path_factory):
    """{kind: (answer, expected)}, all of one run of Node."""
    kernel, shape = request.param
    networks = {kind: Does(does, shape) for kind, does in EACH.items()}
    jobs = [job(network, tmp_path_factory.mktemp("job"), kernel) for network in networks.values()]
    expected = [network(*inputs(network)) for network in networks.values()]
    return dict(zip(EACH, zip(execute(jobs), expected, strict=True), strict=True))


@pytest.mark.parametrize("kind", EACH)
def test_each_kind_of_operation(answers, kind):
    answer, expected = answers[kind]
    assert "error" not in answer, answer
    assert_equal(answer["output"], expected)


NETWORKS = {
    "toy": lambda: randomised(UNet(UNetConfig(2, (8, 16, 16), (1, 1, 1), 16, 2, 24, image_size=8, image_channels=1))),
    "no-sketch": lambda: randomised(UNet(UNetConfig(3, (8, 16), (2, 1), 16, 2, 0))),
    "odd": lambda: randomised(UNet(UNetConfig(2, (8, 24), (1, 2), 10, 3, 10, image_size=6, image_channels=2))),
    "mlp": lambda: randomised(MLP(MLPConfig(width=30, layers=2, embedding=12)), 0.05),
    "sprites": lambda: load(SHIPPED, "cpu", backend="torch").network,
    "distilled": lambda: load(SHIPPED.with_stem("distilled"), "cpu", backend="torch").network,
}


@pytest.mark.parametrize("kernel", KERNELS)
@pytest.mark.parametrize("name", NETWORKS)
def test_whole_networks(name, kernel, tmp_path):
    network = NETWORKS[name]()
    with torch.no_grad():
        expected = network(*inputs(network, 3))
    (answer,) = execute([job(network, tmp_path, kernel, count=3)])
    assert_equal(answer["output"], expected)


@pytest.mark.parametrize("name", ["sprites", "distilled"])
@pytest.mark.parametrize("kernel", KERNELS)
def test_the_shipped_plans_and_files(name, kernel, tmp_path):
    """The very files, with weights of 16 bits."""
    checkpoint = SHIPPED.with_stem(name)
    network = load(checkpoint, "cpu", backend="torch").network
    shipped = {"plan": json.loads(plan_beside(checkpoint).read_text()), "weights": str(checkpoint)}
    (answer,) = execute([job(network, tmp_path, kernel) | shipped])
    with torch.no_grad():
        assert_equal(answer["output"], network(*inputs(network)))


def test_features_are_recorded_under_the_names_of_their_parts(tmp_path):
    network, record = randomised(UNet(TINY)), {}
    network(*inputs(network), record)
    (answer,) = execute([job(network, tmp_path, record=list(record))])
    for name, features in record.items():
        if name != "stem":  # UNet adds the sketch's to it, outside of that part
            assert_equal(answer["recorded"][name], features)


@pytest.mark.parametrize("by", [0, 0.5])
def test_an_edge_is_scaled_and_no_other(by, tmp_path):
    """A skip connection into the decoder; what it comes from goes down unchanged."""
    network = randomised(UNet(TINY))
    made = job(network, tmp_path, record=["down.0", "encoder.0.0"])
    skip = next(o for o in made["plan"]["operations"] if o["kind"] == "concatenate" and "encoder.0.0" in o["of"])
    scaled, plain = execute([made | {"scale": [{"from": "encoder.0.0", "to": skip["name"], "by": by}]}, made])
    assert scaled["recorded"] == plain["recorded"]
    handle = network.decoder[1][0].register_forward_pre_hook(
        lambda _, args: (torch.cat([args[0][:, :8], by * args[0][:, 8:]], 1), *args[1:])
    )
    assert_equal(scaled["output"], network(*inputs(network)))
    handle.remove()
    assert_equal(plain["output"], network(*inputs(network)))


def test_what_does_not_fit_is_said(tmp_path):
    network, other = randomised(UNet(TINY)), randomised(MLP(MLPConfig(width=8, layers=1, embedding=4)))
    made = job(network, tmp_path)
    cut, text = tmp_path / "cut", tmp_path / "text"
    cut.write_bytes((tmp_path / "weights.safetensors").read_bytes()[:-4])
    text.write_text("not a file of weights")
    (whole := tmp_path / "double").mkdir()
    unknown = made["plan"] | {"operations": [made["plan"]["operations"][0] | {"kind": "toString"}]}
    answers = execute(
        [
            made | {"plan": plan(other)},
            made | {"plan": unknown},
            made | {"weights": str(cut)},
            made | {"weights": str(text)},
            made | {"weights": job(network, whole, dtype=torch.float64)["weights"]},
            made | {"inputs": made["inputs"] | {"weights": [1]}},
            made | {"record": ["nothing"]},
            made | {"scale": [{"from": "out", "to": "stem", "by": 2}]},
        ]
    )
    assert [answer["error"] for answer in answers] == [
        "the plan is of another network: these weights have no bias of 768",
        "there is no operation of the kind toString",
        "the file of weights is cut off",
        "this is no file of weights: a .safetensors file begins with the length of its header",
        "weights must be F16 or F32; these are F64",
        "weights must have 5 numbers for each of 2 pictures",
        "this network computes no nothing",
        "nothing goes from out to stem",
    ]


def test_the_kernels_are_built_from_their_source(tmp_path):
    """The same bytes, wherever they are built."""
    if find_spec("ziglang") is None:
        unavailable("ziglang is not installed")
    folder = Path(sys.executable).parent
    command = ["make", "-s", "-o", ".venv/test-ready", "kernel", f"KERNELS={tmp_path}", f"BIN={folder}"]
    env = os.environ | {"ZIG_GLOBAL_CACHE_DIR": str(tmp_path / "cache")}
    done = subprocess.run(command, cwd=ROOT, env=env, capture_output=True, text=True, timeout=300)
    assert done.returncode == 0, done.stderr
    for name in ("kernel.wasm", "relaxed.wasm"):
        assert (tmp_path / name).read_bytes() == (ROOT / "assets" / "engine" / name).read_bytes(), name
