"""Networks of people's own: whose they are, how long they stay, what they are told."""

from dataclasses import replace
from types import SimpleNamespace

import pytest
import torch

from core import GenerateConfig, generate, last
from core.checkpoint import SHIPPED, Model, to_bytes
from core.networks import MLPConfig, build, initialise
from core.sprites import CLASS_NAMES
from serving import own


def network(*names: str, size: int = 16) -> Model:
    module = build(MLPConfig(len(names), width=8, layers=1, embedding=8, image_size=size))
    initialise(module, torch.Generator().manual_seed(0))
    with torch.no_grad():  # or no class would make a difference yet
        for parameter in module.parameters():
            parameter += torch.randn(parameter.shape, generator=torch.Generator().manual_seed(1)) / 10
    return Model(module.eval(), names)


@pytest.fixture
def page(monkeypatch):
    """page(name): from now on that page asks."""
    monkeypatch.setattr(own, "_networks", type(own._networks)())
    return lambda name: monkeypatch.setattr(own, "session", lambda: name)


def test_it_is_its_page_s_and_stays_as_long_as_that(page):
    page("one")
    assert own.OWN not in own.models_here()
    own.keep(to_bytes(network("food")))
    assert own.OWN in own.models_here() and "sprites" in own.models_here()
    page("two")
    assert own.OWN not in own.models_here()
    page(None)  # a program
    own.keep(to_bytes(network("food")))
    assert own.OWN not in own.models_here()
    own.forget(SimpleNamespace(session_hash="one"))
    page("one")
    assert own.OWN not in own.models_here()


def test_of_many_the_oldest_goes(page, monkeypatch):
    monkeypatch.setattr(own, "MOST", 2)
    for name in ("one", "two", "one", "three"):
        page(name)
        own.keep(to_bytes(network("food")))
    there = {}
    for name in ("one", "two", "three"):
        page(name)
        there[name] = own.OWN in own.models_here()
    assert there == {"one": True, "two": False, "three": True}


def test_one_class_is_told_whatever_is_chosen_and_several_by_their_names():
    x, level = torch.randn(1, 3, 16, 16, generator=torch.Generator().manual_seed(2)), torch.zeros(1)
    food = torch.eye(5)[CLASS_NAMES.index("food")][None]
    hero = torch.eye(5)[CLASS_NAMES.index("hero")][None]
    alone = network("mine")
    told = own.told_our_classes(alone)
    assert told.class_names == CLASS_NAMES
    assert torch.equal(told.run(x, level, food), alone.network(x, level, torch.ones(1, 1)))
    assert torch.equal(told.run(x, level, food), told.run(x, level, hero))
    assert torch.equal(told.run(x, level, 0 * food), alone.network(x, level, torch.zeros(1, 1)))
    two = network("food", "something new")
    told = own.told_our_classes(two)
    assert torch.equal(told.run(x, level, food), two.network(x, level, torch.tensor([[1.0, 0.0]])))
    assert torch.equal(told.run(x, level, hero), two.network(x, level, torch.zeros(1, 2)))


def test_every_sampler_draws_with_it(page):
    page("one")
    own.keep(to_bytes(network(*CLASS_NAMES)))
    config = GenerateConfig({"food": 1.0}, 1, network="own", num_inference_steps=4)
    for sampler in ("ddim", "ddpm", "unipc"):
        assert last(generate(own.models_here(), replace(config, sampler=sampler))).nfe >= 4


@pytest.mark.parametrize(
    ("file", "why"),
    [
        (b"no network", "this file is not a readable safetensors file"),
        (SHIPPED.with_name("distilled.safetensors").read_bytes(), "distilled network"),
        (to_bytes(network("food", size=8)), r"draws pictures of shape \(3, 8, 8\)"),
    ],
)
def test_what_cannot_draw_here_is_refused(page, file, why):
    page("one")
    with pytest.raises(ValueError, match=why):
        own.keep(file)
    assert own.OWN not in own.models_here()
