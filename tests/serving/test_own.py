"""Networks of people's own: whose they are, how long they stay, what they are told."""

from dataclasses import replace
from types import SimpleNamespace

import pytest
import torch

from core import GenerateConfig, generate, last
from core.checkpoint import SHIPPED, Model, from_bytes, to_bytes
from core.models import told_classes
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
    monkeypatch.setattr(own, "MAX_BYTES", 2 * own.weights(own.Own(network("food"), None, ours=False)))
    for name in ("one", "two", "one", "three"):
        page(name)
        own.keep(to_bytes(network("food")))
    there = {}
    for name in ("one", "two", "three"):
        page(name)
        there[name] = own.OWN in own.models_here()
    assert there == {"one": True, "two": False, "three": True}


def told(model: Model) -> Model:
    """As the page's own is told our classes."""
    return told_classes(model, CLASS_NAMES)


def test_one_class_is_told_whatever_is_chosen_and_several_by_their_names():
    x, level = torch.randn(1, 3, 16, 16, generator=torch.Generator().manual_seed(2)), torch.zeros(1)
    alone = network("mine")
    as_ours = told(alone)
    assert as_ours.class_names == (*CLASS_NAMES, "mine")
    food, hero, mine = (torch.eye(6)[as_ours.class_names.index(name)][None] for name in ("food", "hero", "mine"))
    assert torch.equal(as_ours.run(x, level, food), alone.network(x, level, torch.ones(1, 1)))
    assert torch.equal(as_ours.run(x, level, food), as_ours.run(x, level, hero))
    assert torch.equal(as_ours.run(x, level, food), as_ours.run(x, level, mine))
    assert torch.equal(as_ours.run(x, level, 0 * food), alone.network(x, level, torch.zeros(1, 1)))
    two = network("food", "something new")
    as_ours = told(two)
    assert torch.equal(as_ours.run(x, level, food), two.network(x, level, torch.tensor([[1.0, 0.0]])))
    assert torch.equal(as_ours.run(x, level, hero), two.network(x, level, torch.zeros(1, 2)))
    assert torch.equal(as_ours.run(x, level, mine), two.network(x, level, torch.tensor([[0.0, 1.0]])))


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


def test_what_it_learned_from_is_known_where_it_can_be(page):
    page("one")
    about = {"learned_from": {"source": "food", "count": 3}}
    own.keep(to_bytes(replace(network("food"), info=about)))
    assert len(own.kept_here().learned().images) == 3 and not own.kept_here().ours
    for unknown in ({}, {"learned_from": {"source": "own", "count": 3}}, {"learned_from": {"source": "food"}}):
        own.keep(to_bytes(replace(network("food"), info=unknown)))
        assert not own.kept_here().known
    own.keep(to_bytes(replace(network(*CLASS_NAMES), info={"data": "built-in sprites, 5000 a class, seed 0"})))
    assert own.kept_here().ours


def test_its_file_is_the_page_s_to_take(page):
    page("one")
    with pytest.raises(ValueError, match="no longer has"):
        own.file_here()
    model = network("food")
    own.keep(to_bytes(model, dtype=torch.float16))
    found, expected = (from_bytes(file) for file in (own.file_here(), to_bytes(model, dtype=torch.float16)))
    assert found.class_names == expected.class_names
    for one, other in zip(found.network.parameters(), expected.network.parameters(), strict=True):
        assert torch.equal(one, other)
    assert own.classes_here("own") == CLASS_NAMES and own.classes_here("sprites") == CLASS_NAMES
    own.keep(to_bytes(network("mine")))
    assert own.classes_here("own") == (*CLASS_NAMES, "mine") and own.classes_here("sprites") == CLASS_NAMES
