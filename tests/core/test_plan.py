"""A network as a plan: derived from the module, the same every time, and refused where no kind of operation fits.

That a plan computes what PyTorch does is tested where plans are executed (tests/test_executor.py).
"""

import json
import re

import pytest
import torch
import torch.nn.functional as F
from tiny import TINY, randomised
from torch import nn

import core.runtime.plan
from core.checkpoint import SHIPPED, load
from core.networks import MLP, MLPConfig, NetworkModule, UNet
from core.runtime.plan import main, plan, plan_beside, to_json

KINDS = set(re.findall(r"[a-z]+", core.runtime.plan.__doc__.partition("The kinds")[2]))


@pytest.mark.parametrize("name", ["sprites", "distilled"])
def test_the_shipped_plan_is_what_the_command_writes(name, tmp_path, capsys):
    checkpoint = tmp_path / f"{name}.safetensors"
    checkpoint.symlink_to(SHIPPED.with_stem(name))
    main(["--checkpoint", str(checkpoint)])
    assert "operations" in capsys.readouterr().out
    assert plan_beside(checkpoint).read_bytes() == plan_beside(SHIPPED.with_stem(name)).read_bytes()


@pytest.mark.parametrize("network", [UNet(TINY), MLP(MLPConfig(width=8, layers=2, embedding=4))])
def test_a_plan_is_of_documented_kinds_and_in_order(network):
    made = plan(network)
    assert json.loads(to_json(made)) == json.loads(json.dumps(made))
    known = {*made["inputs"], *made["tensors"], *made["constants"]}
    for operation in made["operations"]:
        assert operation["kind"] in KINDS
        assert all(isinstance(x, int | float) or x in known for x in operation["of"])
        assert operation["name"] not in known
        known.add(operation["name"])
    assert operation["name"] == made["output"] and operation["shape"] == made["inputs"]["x_t"]
    assert made["tensors"] == {name: list(tensor.shape) for name, tensor in network.state_dict().items()}


def test_what_a_part_returns_has_the_parts_name():
    """So feature maps can be recorded by the names that UNet itself has for them."""
    record = {}
    network = randomised(UNet(TINY))
    network(torch.zeros(1, 3, 16, 16), torch.zeros(1), torch.zeros(1, 5), record)
    shapes = {operation["name"]: operation["shape"] for operation in plan(network)["operations"]}
    assert len(record) > 10
    for name, features in record.items():
        assert shapes[name] == list(features.shape[1:])


class Odd(NetworkModule):
    """A network that does what it is given."""

    def __init__(self, does):
        super().__init__()
        self.config, self.does = load(SHIPPED, "cpu", backend="torch").network.config, does
        self.weight, self.long = nn.Parameter(torch.ones(4, 3, 3, 3)), nn.Parameter(torch.ones(4, 3, 3, 5))

    def forward(self, x_t, log_snr, weights):
        return self.does(self, x_t, log_snr, weights)


@pytest.mark.parametrize(
    ("does", "why"),
    [
        (lambda self, x, *_: torch.fft.fft(x).real, "no operation for PyTorch's aten"),
        (lambda self, x, *_: F.conv2d(x, self.long), "square convolutions"),
        (lambda self, x, *_: F.conv2d(x, self.weight, dilation=2), "without dilation"),
        (lambda self, x, *_: torch.add(x, x, alpha=2), "with alpha"),
        (lambda self, x, *_: x.transpose(2, 3).exp(), "transposes only"),
        (lambda self, x, *_: x.transpose(1, 2), "the last two axes"),
        (lambda self, x, *_: x.chunk(2, 2)[0], "along the first axis"),
        (lambda self, x, *_: F.layer_norm(x, x.shape[-1:]), "layer norms over everything"),
        (lambda self, x, *_: x.sum(1), "sums a row"),
        (lambda self, x, *_: x.reshape(3, 1, 16, 16).exp(), "apart"),
        (lambda self, x, *_: torch.cat([x, x], 2), "concatenates channels"),
        (lambda self, x, *_: F.scaled_dot_product_attention(x, x, x), "transposed matrices"),
        (lambda self, x, *_: F.scaled_dot_product_attention(*[x.transpose(2, 3)] * 3, None, 0.0, True), "no mask"),
    ],
)
def test_what_no_kind_stands_for_is_refused(does, why):
    with pytest.raises(ValueError, match=why):
        plan(Odd(does))


def test_the_command_needs_a_checkpoint(tmp_path, refused):
    assert "there is no checkpoint" in refused(main, ["--checkpoint", tmp_path / "missing.safetensors"])
