"""python -m benchmarks.quality: how good are the samplers, schedules and guidance scales for their network evaluations?

Five tables, each as CSV and PNG: Frechet distance by sampler and evaluations; by eta and steps; guidance scale against
class accuracy and diversity; Frechet distance by schedule and steps; by spacing of the timesteps and steps. Every class
has an equal share of the samples.
The floor is the same distance between two sets of real sprites of the same sizes. The first seed's samples at 50 DDIM
steps also give class accuracy and the share of near copies of training sprites.

Without --quick this takes many hours. Every figure is therefore noted in journal.jsonl as soon as it is there, and the
tables are written after every seed: run the command again, and it goes on where it was interrupted. (It knows the
network by its file, but cannot tell that a sampler, the classifier or the sprites have changed: delete the journal
then.) Settings of more than 25 steps, which take four times as long as
all others together, are drawn from one seed only; every row of a table says from how many it is. --write makes the
tables of what has been measured so far.
"""

from __future__ import annotations

import contextlib
import csv
import hashlib
import json
import time
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from itertools import takewhile
from pathlib import Path

import torch
from torch import Tensor

from core import GenerateConfig, Model, Models, generate, last
from core.cli import Parser, writable
from core.data import built_in
from core.generate import MAX_COUNT
from core.guidance import EVERYWHERE
from core.metrics import (
    Classifier,
    diversity,
    features,
    frechet_distance,
    kernel_distance,
    load_classifier,
    memorised_share,
    predict,
)
from core.samplers import SAMPLERS
from core.schedule import SCHEDULES

from . import comparable
from .classifier import TRAINING_SEED

REFERENCE_SEED, FLOOR_SEED = 3, 4  # sprites that neither the network nor the classifier has seen
FLOOR_SETS = 5  # of real sprites, held against the reference
GUIDED = (0.3, 5.0)  # an interval of sigma, for the guidance table
DISTILLED_NFE = (1, 2, 4)
LONG = 25  # steps; settings of more are measured with fewer seeds
SPACING_TABLE = ("trailing", "karras", "linspace", "quadratic", "leading")
T = GenerateConfig().num_train_timesteps

Settings = Iterable[tuple[dict[str, object], GenerateConfig]]  # of a table: what its first columns say, and the run


def is_long(config: GenerateConfig) -> bool:
    return config.num_inference_steps > LONG


@dataclass(frozen=True)
class Budget:
    """How much to measure. Every seed draws `samples` sprites anew; long_seeds: if it takes more than LONG steps."""

    seeds: int
    samples: int
    nfe: tuple[int, ...]
    etas: tuple[float, ...]
    eta_steps: tuple[int, ...]
    guidance: tuple[float, ...]
    schedule_steps: tuple[int, ...]
    spacing_steps: tuple[int, ...]
    long_seeds: int = 1

    def seeds_of(self, config: GenerateConfig) -> int:
        """How many seeds this setting gets."""
        return min(self.seeds, self.long_seeds) if is_long(config) else self.seeds


FULL = Budget(
    seeds=5,
    samples=2000,
    nfe=(5, 8, 10, 15, 20, 25, 50, 100, T),
    etas=(0.0, 0.2, 0.5, 1.0),
    eta_steps=(10, 20, 50, 100),
    guidance=(0.0, 0.5, 1.0, 1.5, 2.0, 3.0, 5.0, 8.0),
    schedule_steps=(5, 10, 20, 50),
    spacing_steps=(5, 10, 25, 50),
)
QUICK = Budget(
    seeds=1,
    samples=250,
    nfe=(5, 10, 25),
    etas=(0.0, 1.0),
    eta_steps=(10, 50),
    guidance=(0.0, 1.0, 2.0, 5.0),
    schedule_steps=(10, 25),
    spacing_steps=(10,),
)


class Bench:
    """Networks, the classifier that judges them, and the real sprites that they are held against."""

    def __init__(self, models: Mapping[str, Model], classifier: Classifier, samples: int) -> None:
        self.models, self.classifier, self.samples = models, classifier, samples
        self.class_names = models["sprites"].class_names
        per_class = samples // len(self.class_names)
        self.reference = features(classifier, built_in(2000, REFERENCE_SEED).x0())
        real = features(classifier, built_in(per_class * FLOOR_SETS, FLOOR_SEED).x0())
        # built_in lists class after class; each set takes every fifth sprite, so that all classes are in it
        self.real = [real[s::FLOOR_SETS] for s in range(FLOOR_SETS)]
        self.training = built_in(5000, TRAINING_SEED).x0()
        self.labels = torch.arange(len(self.class_names)).repeat_interleave(per_class)

    def draw(self, config: GenerateConfig, seed: int) -> tuple[Tensor, int]:
        """`samples` sprites, class after class, on the CPU; and the network evaluations of each."""
        runs, names = [], self.class_names
        for k, name in enumerate(names):
            count = self.samples // len(names)
            for first in range(0, count, MAX_COUNT):
                own = replace(
                    config,
                    weights={name: 1.0},
                    count=min(MAX_COUNT, count - first),
                    seed=1_000_000 * (seed + 1) + 100_000 * k + first,
                )
                step = last(generate(self.models, own))
                runs.append(step.x_prev.cpu())
        return torch.cat(runs).clamp(-1, 1), step.nfe

    def measure(self, config: GenerateConfig, seed: int) -> dict[str, float]:
        """The figures of one seed's samples."""
        start = time.perf_counter()
        x0, nfe = self.draw(config, seed)
        found = features(self.classifier, x0)
        return {
            "nfe": nfe,
            "fd": frechet_distance(found, self.reference),
            "kd": kernel_distance(found, self.reference),
            "class_accuracy": (predict(self.classifier, x0) == self.labels).double().mean().item(),
            "diversity": self.diversity(found),
            "seconds": time.perf_counter() - start,
        }

    def shares(self) -> dict[str, float]:
        """Of the first seed at 50 DDIM steps: how many are of their class, how many near copies of training sprites."""
        x0, _ = self.draw(GenerateConfig(num_inference_steps=50), 0)
        unseen = built_in(len(x0) // len(self.class_names), FLOOR_SEED).x0()
        return {
            "class_accuracy": (predict(self.classifier, x0) == self.labels).double().mean().item(),
            "memorised_share": memorised_share(x0, self.training),
            "memorised_share_real": memorised_share(unseen, self.training),
        }

    def diversity(self, found: Tensor) -> float:
        """Mean distance of two samples of one class, as a share of that of real sprites."""
        classes = len(self.class_names)
        own, real = (sum(diversity(part) for part in x.chunk(classes)) / classes for x in (found, self.real[0]))
        return own / real

    def floor(self) -> dict[str, float]:
        """Real sprites against the reference, in sets as large as the samples."""
        return {
            f"{name}_floor": sum(distance(real, self.reference) for real in self.real) / FLOOR_SETS
            for name, distance in (("fd", frechet_distance), ("kd", kernel_distance))
        }


class Journal:
    """Figures that have been measured, a line of JSON each: what was asked, of which network, and the answer."""

    def __init__(self, path: Path, models: Models) -> None:
        self._path, self._known = path, {}
        self._networks = {name: hashlib.sha256(models.path(name).read_bytes()).hexdigest()[:16] for name in models}
        if path.is_file():
            written = path.read_text()
            for line in written.splitlines():
                with contextlib.suppress(ValueError):  # a line cut short by a kill
                    entry = json.loads(line)
                    self._known[entry["asked"]] = entry["found"]
            if written and not written.endswith("\n"):
                with open(path, "a") as file:
                    file.write("\n")  # so that the next figure does not become a part of the cut line

    def measure(self, bench: Bench, config: GenerateConfig, seed: int) -> dict[str, float]:
        """bench.measure, unless the answer is known."""
        asked = self._asked(bench, config, seed)
        if asked not in self._known:
            self._known[asked] = bench.measure(config, seed)
            with open(self._path, "a") as file:
                file.write(json.dumps({"asked": asked, "found": self._known[asked]}) + "\n")
        return self._known[asked]

    def rows(self, bench: Bench, table: Settings, budget: Budget) -> list[dict[str, object]]:
        """What is known of a table, a row a setting: means over the seeds that all these settings have, for seeds are
        easy or hard for all samplers alike. Long settings, which get fewer, are held against each other only.
        """
        known = [(setting, config, self._known_seeds(bench, config, budget)) for setting, config in table]
        known = [(setting, config, found) for setting, config, found in known if found]
        seeds = {long: min((len(found) for _, c, found in known if is_long(c) == long), default=0) for long in (0, 1)}
        return [setting | averaged(found[: seeds[is_long(config)]]) for setting, config, found in known]

    def _known_seeds(self, bench: Bench, config: GenerateConfig, budget: Budget) -> list[dict[str, float]]:
        asked = (self._asked(bench, config, seed) for seed in range(budget.seeds_of(config)))
        return [self._known[question] for question in takewhile(self._known.__contains__, asked)]

    def _asked(self, bench: Bench, config: GenerateConfig, seed: int) -> str:
        """A figure's name in the journal. Euler's step is DDIM's, so one measurement serves both."""
        if config.sampler == "euler":
            config = replace(config, sampler="ddim")
        return json.dumps([self._networks[config.network], bench.samples, seed, asdict(config)])


def averaged(rows: Sequence[dict[str, float]]) -> dict[str, float]:
    """Mean over the seeds, their number, and the standard deviation of the Frechet distance where there are several."""
    mean = {key: sum(row[key] for row in rows) / len(rows) for key in rows[0]}
    spread = torch.tensor([row["fd"] for row in rows]).std().item() if len(rows) > 1 else float("nan")
    return mean | {"nfe": rows[0]["nfe"], "fd_std": spread, "seeds": len(rows)}


def sampler_table(budget: Budget) -> Settings:
    """Table 1. Heun asks twice in every step but the first and the last, so it takes fewer steps for its nfe."""
    for sampler in SAMPLERS:
        for nfe in budget.nfe:
            steps = (nfe + 2) // 2 if sampler == "heun" else nfe
            yield {"sampler": sampler, "steps": steps}, GenerateConfig(sampler=sampler, num_inference_steps=steps)
    for steps in DISTILLED_NFE:  # a network of its own, by DDIM
        config = GenerateConfig(network="distilled", num_inference_steps=steps)
        yield {"sampler": "distilled", "steps": steps}, config


def eta_table(budget: Budget) -> Settings:
    """Table 2, after table 1 of Song et al. 2020; eta_hat is their larger variance."""
    for steps in budget.eta_steps:
        for eta in budget.etas:
            yield {"eta": eta, "steps": steps}, GenerateConfig(eta=eta, num_inference_steps=steps)
        config = GenerateConfig(sampler="ddpm", variance="beta", num_inference_steps=steps)
        yield {"eta": "eta_hat", "steps": steps}, config


def guidance_table(budget: Budget) -> Settings:
    """Table 3: guidance at every noise level, and in an interval of them (Kynkaanniemi et al. 2024)."""
    for low, high in (EVERYWHERE, GUIDED):
        for scale in budget.guidance:
            if (low, high) == EVERYWHERE or scale > 1:
                where = "everywhere" if (low, high) == EVERYWHERE else f"sigma {low:g} to {high:g}"
                yield (
                    {"where": where, "guidance": scale, "steps": 25},
                    GenerateConfig(guidance_scale=scale, guidance_interval=(low, high), num_inference_steps=25),
                )


def schedule_table(budget: Budget) -> Settings:
    """Table 4: from zero terminal SNR, where every schedule starts in pure noise."""
    for schedule in SCHEDULES:
        for steps in budget.schedule_steps:
            config = GenerateConfig(schedule=schedule, zero_terminal_snr=True, num_inference_steps=steps)
            yield {"schedule": schedule, "steps": steps}, config


def spacing_table(budget: Budget) -> Settings:
    """Table 5: which timesteps UniPC visits."""
    for spacing in SPACING_TABLE:
        for steps in budget.spacing_steps:
            config = GenerateConfig(sampler="unipc", spacing=spacing, num_inference_steps=steps)
            yield {"spacing": spacing, "steps": steps}, config


TABLES = {
    "samplers": sampler_table,
    "eta": eta_table,
    "guidance": guidance_table,
    "schedules": schedule_table,
    "spacings": spacing_table,
}
COLUMNS = ("nfe", "fd", "fd_std", "kd", "class_accuracy", "diversity")
FIGURES = (*COLUMNS, "seconds", "seeds")  # the rest of a row is its setting


def main(argv: Sequence[str] | None = None) -> None:
    parser = Parser(prog="python -m benchmarks.quality", description=__doc__)
    parser.add_argument("--quick", action="store_true", help="few samples, few settings: minutes on two cores")
    parser.add_argument("--checkpoint", metavar="FILE", help="which network (default: the shipped one)")
    parser.add_argument("--tables", default=",".join(TABLES), help="which tables")
    parser.add_argument("--seeds", type=int, help="how many times everything is drawn anew")
    parser.add_argument("--samples", type=int, help="sprites a setting and seed, a multiple of the number of classes")
    parser.add_argument("--max-steps", type=int, default=T, help="leave out settings with more steps than this")
    parser.add_argument("--write", action="store_true", help="measure nothing, write what the journal already holds")
    parser.add_argument(
        "--out", metavar="FOLDER", help="where to write CSV and PNG (default: benchmarks/results, /quick with --quick)"
    )
    parser.add_argument(
        "--json", type=writable, metavar="FILE.json", help="where to write the figures under flat names"
    )
    parser.add_argument("--device", default="cuda" if torch.cuda.is_available() else "cpu", help="where to sample")
    args = parser.parse_args(argv)
    budget = QUICK if args.quick else FULL
    asked = {"seeds": args.seeds, "samples": args.samples}
    budget = replace(budget, **{name: value for name, value in asked.items() if value is not None})
    chosen = [name for name in args.tables.split(",") if name]
    try:
        models, (classifier, _, info) = Models(args.checkpoint, device=args.device), load_classifier()
        model = comparable(models["sprites"])
        if unknown := set(chosen) - set(TABLES):
            raise ValueError(f"unknown tables {', '.join(sorted(unknown))}; the tables are {', '.join(TABLES)}")
        if budget.seeds < 1 or budget.samples < 10 or budget.samples % len(model.class_names):
            raise ValueError(
                f"samples must be at least 10 and a multiple of {len(model.class_names)}, seeds at least 1"
            )
    except ValueError as error:
        parser.error(str(error))

    folder = Path(args.out or ("benchmarks/results/quick" if args.quick else "benchmarks/results"))
    folder.mkdir(parents=True, exist_ok=True)
    journal = Journal(folder / "journal.jsonl", models)
    bench = Bench(models, classifier, budget.samples)
    figures = {"samples": budget.samples, "classifier_accuracy": info["test_accuracy"], **bench.floor()}
    print(f"{budget.samples} samples a setting and seed; classifier {info['test_accuracy']:.2%}")
    print(f"real against real: Frechet distance {figures['fd_floor']:.3f}, kernel distance {figures['kd_floor']:.5f}")
    if not args.write:
        figures |= bench.shares()
        print(
            f"DDIM 50: class accuracy {figures['class_accuracy']:.1%}, near copies {figures['memorised_share']:.1%} "
            f"(real, unseen sprites: {figures['memorised_share_real']:.1%})"
        )
    settings = {
        name: [
            (setting, config)
            for setting, config in TABLES[name](budget)
            if config.num_inference_steps <= args.max_steps and config.network in models
        ]
        for name in chosen
    }
    for seed in range(1 if args.write else budget.seeds):
        for name, table in settings.items():
            for setting, config in table:
                if not args.write and seed < budget.seeds_of(config):
                    found = journal.measure(bench, config, seed)
                    label = " ".join(str(value) for value in setting.values())
                    print(
                        f"{name}: {label:20} seed {seed}  nfe {found['nfe']:3}  fd {found['fd']:7.3f}  "
                        f"kd {found['kd']:8.5f}  accuracy {found['class_accuracy']:.1%}  "
                        f"diversity {found['diversity']:.2f}  {found['seconds']:.0f} s",
                        flush=True,
                    )
            rows = journal.rows(bench, table, budget)
            for row in rows:
                what = [str(value).replace(" ", "_") for key, value in row.items() if key not in (*FIGURES, "steps")]
                figures["_".join(["fd", *what, str(row["nfe"])])] = row["fd"]
            if rows:
                figures["seeds"] = max(row["seeds"] for row in rows)
                write_csv(folder / f"{name}.csv", rows, figures)
                plot(folder / f"{name}.png", name, rows, figures)
                print(f"wrote {folder / name}.csv and .png")
        if args.json:
            Path(args.json).write_text(json.dumps(figures, indent=1))


def write_csv(path: Path, rows: list[dict[str, object]], figures: dict[str, float]) -> None:
    """A line a setting, with the floor and the sample size in every line."""
    keys = [key for key in rows[0] if key not in FIGURES]
    shared = ("fd_floor", "kd_floor", "samples")
    with open(path, "w", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow([*keys, *COLUMNS, *shared, "seeds"])
        for row in rows:
            cells = [row[key] for key in (*keys, *COLUMNS)] + [figures[key] for key in shared] + [row["seeds"]]
            writer.writerow([f"{cell:.5g}" if isinstance(cell, float) else cell for cell in cells])


def plot(path: Path, name: str, rows: list[dict[str, object]], figures: dict[str, float]) -> None:
    """Frechet distance against evaluations, a line for each first column; for guidance, accuracy and diversity."""
    import matplotlib

    matplotlib.use("Agg")
    from matplotlib import pyplot as plt

    figure, axes = plt.subplots(figsize=(8.5, 4.5), layout="constrained")
    if name == "guidance":
        for where, line in zip(dict.fromkeys(row["where"] for row in rows), ("-", "--"), strict=False):
            own = [row for row in rows if row["where"] == where]
            for key, label in (("class_accuracy", "class accuracy"), ("diversity", "diversity (real = 1)")):
                x, y = [row["guidance"] for row in own], [row[key] for row in own]
                axes.plot(x, y, line, marker="o", label=f"{label}, {where}")
        axes.set_xlabel("guidance scale")
    else:
        first = next(iter(rows[0]))
        for value in dict.fromkeys(row[first] for row in rows):
            own = [row for row in rows if row[first] == value]
            nfe, fd, spread = ([row[key] for row in own] for key in ("nfe", "fd", "fd_std"))
            axes.errorbar(nfe, fd, spread, marker="o", capsize=2, label=str(value))
        axes.axhline(figures["fd_floor"], color="grey", linestyle="--", label="real sprites")
        axes.set(xscale="log", yscale="log", xlabel="network evaluations", ylabel="Fréchet distance")
    axes.grid(alpha=0.3)
    figure.legend(title=None if name == "guidance" else first, loc="outside right upper")
    fewest, most = (pick(row["seeds"] for row in rows) for pick in (min, max))
    seeds = most if fewest == most else f"{fewest} to {most}"
    axes.set_title(f"{name}: {figures['samples']} samples, {seeds} seed(s)", fontsize=10)
    figure.savefig(path, dpi=110)
    plt.close(figure)


if __name__ == "__main__":
    main()
