"""The plots under a race: what its lanes cost, and how good their samplers are, as measured before."""

from __future__ import annotations

import csv
import math
from collections.abc import Sequence
from functools import lru_cache
from itertools import pairwise, product
from pathlib import Path
from reprlib import repr as brief
from typing import TYPE_CHECKING, NamedTuple

from core.compare import Lane
from core.models import NETWORKS
from core.samplers import SAMPLERS
from serving.runs import draws_our_sprites

if TYPE_CHECKING:
    import plotly.graph_objects as go

# A curve for each sampler by the first network, and one for each distilled network:
CURVES = {name: record.title for name, record in SAMPLERS.items()} | {
    name: record.title for name, record in NETWORKS.items() if record.teacher
}
PALETTE = ("#c2571a", "#3f7fe0", "#2e9e6b", "#b8860b", "#a0529c", "#d6336c", "#8a6d5a", "#0c8599", "#6b7f12")
COLOURS = {name: PALETTE[i % len(PALETTE)] for i, name in enumerate(CURVES)}
GREY, FAINT = "#7c7c86", "rgba(128,128,140,0.25)"  # seen on light and dark pages; texts have the page's colour
REM, MIN_REM, MAX_REM = 16, 4, 100  # px, a page's size of text: the usual one, and the bounds
TICKS = [digit * 10.0**power for power in range(-4, 4) for digit in (1, 2, 5)]
TICK_TEXT = [f"{tick:g}" for tick in TICKS]
# Plotly's buttons, all of them: in Firefox they cover the top of a plot.
BUTTONS = ["toImage", "zoom", "pan", "select", "lasso", "zoomIn", "zoomOut", "autoScale", "resetScale"]
RESULTS = Path(__file__).resolve().parents[2] / "benchmarks" / "results" / "samplers.csv"


class Result(NamedTuple):
    """What a finished lane leaves to the plots.  curve: of CURVES.  here: a browser ran it, not this server."""

    curve: str
    eta: float
    nfe: int
    sprites: int
    seconds: float
    here: bool = False


def result(lane: Lane, *, here: bool = False) -> Result:
    config = lane.config
    curve = config.network if NETWORKS[config.network].teacher else config.sampler
    return Result(curve, config.eta, lane.nfe, config.count, lane.seconds, here)


def plots(races: list[list[Result]], rem: float = REM) -> tuple[go.Figure, go.Figure | None]:
    """The two plots under a race: of time, for all races of this visit, and of quality, for the last one.

    rem: px, the size of text on the page. Raises ValueError if no page could have it.
    """
    if not isinstance(rem, int | float) or not MIN_REM <= rem <= MAX_REM:
        raise ValueError(f"rem must be a number of px from {MIN_REM} to {MAX_REM}; got {brief(rem)}")
    results = [result for race in races for result in race]
    return time_plot(results, rem), quality_plot(races[-1] if races else [], rem)


def time_plot(results: Sequence[Result], rem: float = REM) -> go.Figure:
    """Seconds a sprite against network evaluations, both logarithmic, a point for every result."""
    import plotly.graph_objects as go  # here, for the first page needs no charts

    figure = go.Figure()
    for (curve, name), here in product(CURVES.items(), (False, True)):
        own = [result for result in results if result.curve == curve and result.here == here]
        if own:
            figure.add_scatter(
                x=[run.nfe for run in own],
                y=[run.seconds / run.sprites for run in own],
                text=[
                    f"{run.seconds:.2f} s for {run.sprites} sprites, {1000 * run.seconds / run.nfe:.1f} ms each time"
                    for run in own
                ],
                mode="markers",
                cliponaxis=False,  # at the end of a decade, too
                name=f"{name}, this browser" if here else name,
                marker={
                    "color": COLOURS[curve],
                    "size": 11,
                    "symbol": ("circle" if curve == "ddpm" else "diamond") + ("-open" if here else ""),
                    "line": {"width": 2 if here else 0},
                },
            )
    styled(figure, "seconds a sprite, this visit's runs", rem)
    figure.update_xaxes(range=decades([result.nfe for result in results]))
    figure.update_yaxes(range=decades([result.seconds / result.sprites for result in results]))
    return figure


def decades(values: Sequence[float]) -> tuple[int, int]:
    """The whole decades that hold all values, as logarithms for Plotly's range: (0, 2) for 1 to 100."""
    low, high = (math.log10(end) for end in (min(values, default=1), max(values, default=1)))
    return math.floor(low), max(math.ceil(high), math.floor(low) + 1)


@lru_cache(maxsize=1)
def measured() -> dict[str, list[tuple[int, float]]]:
    """The measured quality curve of each sampler: (nfe, Frechet distance), ascending; and "floor", for real sprites.

    From benchmarks/results/, which python -m benchmarks.quality writes; empty if it has not, or for a network that
    learned from other sprites.
    """
    if not RESULTS.is_file() or not draws_our_sprites():
        return {}
    with open(RESULTS, newline="") as file:
        rows = list(csv.DictReader(file))
    curves: dict[str, list[tuple[int, float]]] = {"floor": [(0, float(rows[0]["fd_floor"]))]}
    for row in rows:
        curves.setdefault(row["sampler"], []).append((int(row["nfe"]), float(row["fd"])))
    return {name: sorted(curve) for name, curve in curves.items()}


def on_curve(curve: list[tuple[int, float]], nfe: int) -> float | None:
    """The curve at nfe, between two measurements on the straight line of logarithms; None beyond its ends."""
    for (low, a), (high, b) in pairwise(curve):
        if low <= nfe <= high:
            share = (math.log(nfe) - math.log(low)) / (math.log(high) - math.log(low))
            return math.exp((1 - share) * math.log(a) + share * math.log(b))
    return None


def quality_plot(results: Sequence[Result], rem: float = REM) -> go.Figure | None:
    """Measured Frechet distance against evaluations; the samplers in the race in colour, with each lane's own point.

    None if nothing has been measured.
    """
    import plotly.graph_objects as go

    figure, curves = go.Figure(), measured()
    if not curves:
        return None
    racing = {result.curve for result in results if not result.eta}
    for curve, name in CURVES.items():
        if curve in curves:
            nfe, fd = zip(*curves[curve], strict=True)
            colour = COLOURS[curve] if curve in racing else FAINT
            figure.add_scatter(x=nfe, y=fd, name=name, line={"color": colour}, showlegend=curve in racing)
    points = [(result, on_curve(curves.get(result.curve, []), result.nfe)) for result in results if not result.eta]
    points = [(result, fd) for result, fd in points if fd is not None]
    figure.add_scatter(
        x=[result.nfe for result, _ in points],
        y=[fd for _, fd in points],
        mode="markers",
        name="your lanes' samplers",
        marker={"color": [COLOURS[result.curve] for result, _ in points], "size": 15, "symbol": "star"},
    )
    floor = curves["floor"][0][1]
    figure.add_hline(floor, line={"color": GREY, "dash": "dot"})
    figure.add_annotation(  # on a logarithmic axis Plotly wants the logarithm, but not of a line
        text="real sprites",
        x=1,
        xref="x domain",
        xanchor="right",
        y=math.log10(floor),
        yanchor="bottom",
        showarrow=False,
    )
    return styled(figure, "Fréchet distance, measured before", rem)


def styled(figure: go.Figure, y: str, rem: float) -> go.Figure:
    """The look of both plots: readable on light and dark pages, and in large type."""
    figure.update_layout(
        xaxis={
            "title": {"text": "network evaluations a sprite", "standoff": 6},
            "type": "log",
            "tickvals": TICKS,
            "ticktext": TICK_TEXT,
        },
        yaxis={"title": y, "type": "log", "tickvals": TICKS, "ticktext": TICK_TEXT},
        margin={"l": 3.75 * rem, "r": 20, "t": 12, "b": 3.125 * rem},
        modebar={"remove": BUTTONS},
        dragmode=False,
        legend={"orientation": "h", "y": -0.25, "yanchor": "top"},
        height=22.5 * rem,
        template="none",
        font={"color": GREY, "size": 0.75 * rem},
        paper_bgcolor="rgba(0,0,0,0)",
        plot_bgcolor="rgba(0,0,0,0)",
    )
    figure.update_xaxes(gridcolor=FAINT, linecolor=GREY)
    figure.update_yaxes(gridcolor=FAINT, linecolor=GREY)
    return figure
