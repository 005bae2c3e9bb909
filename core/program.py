"""Programs for people to take home: each makes the pictures that the page has just shown, bit for bit."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import fields

from .generate import SPRITE_SHAPE, GenerateConfig, Weights
from .models import NETWORKS, OWN

PNG_SCALE = 16  # pixels of a saved picture a pixel of a sprite, as the page's PNG button saves it
ORIGIN = """\
# core is a folder of the project "Diffusion, pixel by pixel". Save this program in a copy of the project, beside core,
# and run it with the packages that its README names. It saves the sprites as sprites.png.
"""
OWN_FILE = "network.safetensors"
SAVE_IMPORT = "from core.render import grid, save_png, to_uint8"
ALWAYS = ("weights", "count", "seed", "sampler", "num_inference_steps")  # the fields that a reader looks for
Noise = Sequence[str]  # lines of a program


def run_program(config: GenerateConfig, *forks: tuple[int, GenerateConfig]) -> str:
    """The sprites of a run.  forks: (k, other config): the run before, up to its step k, continued by that config."""
    lines = [f"steps = list(generate(model, {constructor(config)}))"]
    for k, fork in forks:
        lines.append(f"steps = steps[:{k}] + list(generate(model, {constructor(fork)}, after=steps[:{k}]))")
    lines.append(f"sprites = steps[-1].x_prev  # {shape_comment(config)}")
    names = "GenerateConfig", "generate"
    columns = math.ceil(config.count**0.5)
    return _program(names, [config, *(fork for _, fork in forks)], lines, saving(columns))


def lanes_program(configs: Sequence[GenerateConfig]) -> str:
    """The sprites of several runs, one after the other."""
    lines = [
        *_list_of("lanes", map(constructor, configs)),
        f"sprites = [last(generate(model, config)).x_prev for config in lanes]  # {shape_comment(configs[0])} each",
    ]
    names = "GenerateConfig", "generate", "last"
    return _program(names, configs, lines, saving(configs[0].count, "torch.cat(sprites)"))


def mixes_program(config: GenerateConfig, mixes: Sequence[Weights], seeds: Sequence[int], noise: Noise = ()) -> str:
    """The sprites of one run that draws every mix from every seed: row by row, a seed a row, a mix a column.

    noise: lines that make x_T, where the run does not start from its seeds' own noise (see arcs).
    """
    per_sprite = {"weights": "mixes * len(seeds)", "seed": "[seed for seed in seeds for _ in mixes]"}
    lines = [
        *_list_of("mixes", map(repr, mixes)),
        f"seeds = {list(seeds)}",
        f"config = {constructor(config, **per_sprite)}",
        *noise,
        "# row by row: a seed a row, a mix a column",
        f"sprites = last(generate(model, config{_start(config, noise)})).x_prev",
    ]
    return _program(("GenerateConfig", "generate", "last"), [config], lines, saving(len(mixes)), noise=noise)


def noises_program(config: GenerateConfig, columns: int, noise: Noise) -> str:
    """The sprites of one run that starts from x_T, in rows.  noise: lines that make x_T (see arcs)."""
    lines = [
        f"config = {constructor(config)}",
        *noise,
        f"sprites = last(generate(model, config{_start(config, noise)})).x_prev",
    ]
    return _program(("GenerateConfig", "generate", "last"), [config], lines, saving(columns), noise=noise)


def arcs(
    seeds: Sequence[int],
    others: Sequence[int],
    places: int,
    *,
    shape: Sequence[int] = SPRITE_SHAPE,
    lines_too: bool = False,
) -> list[str]:
    """Lines that make x_T: from each seed's noise on the sphere to the other's, `places` noises each.

    shape: of a picture.  lines_too: after each arc the straight line between its ends.
    """
    own = "" if tuple(shape) == SPRITE_SHAPE else f", {tuple(shape)}"
    parts = "(slerp(a, b, s), torch.stack([torch.lerp(a, b, x) for x in s]))" if lines_too else "(slerp(a, b, s),)"
    return [
        f"s = torch.linspace(0, 1, {places})",
        f"ends = zip(SeededNoise({list(seeds)}{own})(), SeededNoise({list(others)}{own})())",
        f"x_T = torch.cat([part for a, b in ends for part in {parts}])",
    ]


def noising_program(config: GenerateConfig, class_name: str, sprite_seed: int, t: int) -> str:
    """One of our sprites, noised."""
    return f"""{ORIGIN}from core import NoiseSchedule
from core.data import to_x0
from core.generate import SeededNoise
{SAVE_IMPORT}
from core.sprites import draw

schedule = NoiseSchedule.named({config.schedule!r}, {config.num_train_timesteps})
x0 = to_x0(draw({class_name!r}, {sprite_seed}).pixels[None])  # (1, 3, 16, 16) in [-1, 1]
x_t = schedule.add_noise(x0, {t}, SeededNoise({config.seeds()})())
{saving(1, "x_t")}
"""


def constructor(config: GenerateConfig, **written: str) -> str:
    """GenerateConfig(...) with the fields that differ from their defaults, and the few that a reader looks for.

    written: what to write for a field instead of its value.
    """
    default, own_spacing = GenerateConfig(), NETWORKS[config.network].spacing
    usual = {f.name: getattr(default, f.name) for f in fields(default)} | {"spacing": own_spacing}
    values = {f.name: getattr(config, f.name) for f in fields(config)}
    named = [
        f"{name}={written.get(name) or literal(value)}"
        for name, value in values.items()
        if name in ALWAYS or value != usual[name]
    ]
    return f"GenerateConfig({', '.join(named)})"


def literal(value: object) -> str:
    """A field's value in Python, in which infinity has no literal."""
    if isinstance(value, tuple):
        return f"({', '.join(map(literal, value))}{',' if len(value) == 1 else ''})"
    return f'float("{value}")' if isinstance(value, float) and math.isinf(value) else repr(value)


def saving(columns: int, sprites: str = "sprites") -> str:
    """A program's last line: it saves its sprites as the picture that the page's PNG button saves."""
    return f'save_png(grid(to_uint8({sprites}), columns={columns}, scale={PNG_SCALE}, gap=0), "sprites.png")'


def shape_comment(config: GenerateConfig) -> str:
    """What a reader is told of the sprites' tensor."""
    return f"({config.count}, C, H, W) in [-1, 1]"


def _list_of(name: str, items: Iterable[str]) -> list[str]:
    return [f"{name} = [", *(f"    {item}," for item in items), "]"]


def _start(config: GenerateConfig, noise: Noise) -> str:
    return f", start=({config.timesteps()[0]}, x_T)" if noise else ""


def _program(
    names: Sequence[str],
    configs: Sequence[GenerateConfig],
    lines: Sequence[str],
    last_line: str,
    *,
    noise: Noise = (),
) -> str:
    """Origin, imports, the network or the networks, these lines."""
    networks = {config.network for config in configs}
    reader = "load" if networks == {"sprites"} else "Models"
    own = f"own={OWN_FILE!r}" if OWN in networks else ""
    head = ["import torch"] if any("torch." in line for line in (*lines, last_line)) else []
    head.append(f"from core import {', '.join(sorted([*names, reader]))}")
    head += ["from core.generate import SeededNoise", "from core.interpolate import slerp"] if noise else []
    head += [SAVE_IMPORT, "", f"model = {reader}({own})" + ("  # the file of your network" if own else "")]
    return ORIGIN + "\n".join([*head, *lines, last_line, ""])
