"""A sampler is added by a rule and a record. All else follows: choices, costs, words, the API, the command line."""

import pytest
from house import add_line, copied, run

RULE = '''"""Euler's method with a step halfway."""

from __future__ import annotations

from ..prediction import combine
from .loop import Rule, Update


def double_euler() -> Rule:
    """Two of Euler's steps in one, which takes two evaluations; one step where there is no room for two."""

    def rule(denoise, schedule, x_t, t, t_prev, history):
        first = last = denoise(x_t, t)
        for s in {(t + t_prev) // 2} - {t_prev}:
            ab = schedule.alpha_bar_at(s)
            last = denoise(combine(ab**0.5, first.x0, (1 - ab) ** 0.5, first.eps), s)
        ab = schedule.alpha_bar_at(t_prev)
        return Update(first, combine(ab**0.5, last.x0, (1 - ab) ** 0.5, last.eps), 0.0)

    return rule
'''
RECORD = (
    '    Sampler("double_euler", "Double Euler", double_euler, evaluations=lambda n: 2 * n, sentence="Euler, twice."),'
)


@pytest.fixture(scope="module")
def house(tmp_path_factory):
    house = copied(tmp_path_factory.mktemp("house"))
    registry = house / "core" / "samplers" / "registry.py"
    (house / "core" / "samplers" / "double_euler.py").write_text(RULE)
    add_line(registry, "from .loop import", "from .double_euler import double_euler")
    add_line(registry, "RECORDS = (", RECORD)
    return house


def test_core_draws_with_it(house):
    code = """
from core import GenerateConfig, generate, last, load
from core.generate import evaluations
from core.program import run_program
config = GenerateConfig({"hero": 1.0}, 2, 0, "double_euler", 8)
step = last(generate(load(), config))
twice = last(generate(load(), GenerateConfig({"hero": 1.0}, 2, 0, "euler", 16))).x_prev
print(step.nfe, evaluations(config, load().class_names), (step.x_prev - twice).square().mean().sqrt().item() < 0.05)
print("sampler='double_euler'" in run_program(config))
"""
    assert run(house, code).split() == ["16", "32", "True", "True"]


def test_the_page_and_the_api_offer_it(house):
    code = """
import app
from lessons import run_denoising
from tabs.race import lesson as race
from tabs.race.plots import COLOURS, CURVES
config = app.demo.get_config_file()
lists = [c["props"].get("choices") for c in config["components"] if "Double Euler" in str(c["props"])]
print(sum(["Double Euler", "double_euler"] in [list(choice) for choice in choices] for choices in lists if choices))
print("'double_euler'" in str(app.api.SamplerName), CURVES["double_euler"], COLOURS["double_euler"] != "")
run = run_denoising("hero", "double_euler", 4)
print(run["nfe"], run["numbers"])
*_, (data, _) = race.race("hero", 1, 0, [], *("double_euler", "sprites", 3, 0), *("ddim", "sprites", 3, 0))
print(data["lanes"][0]["name"], data["lanes"][0]["nfe"])
"""
    said = run(house, code).splitlines()
    assert said[0] == "5"  # the lesson about denoising, four lanes
    assert said[1:] == ["True Double Euler True", "8 [None, None, None, None]", "Double Euler 6"]


def test_the_command_line_takes_it(house):
    code = """
import sys
sys.argv[1:] = ["--sampler", "double_euler", "--steps", "3", "--count", "1", "--out", "one.png"]
from core.generate.__main__ import main
main()
"""
    assert run(house, code).startswith("double_euler, 3 steps, 6 network evaluations")
