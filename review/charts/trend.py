"""Values in time with their intervals and limits."""

from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING

from review.charts.canvas import BLUE, INK, KEPT, ORANGE, QUIET, UNNAMED, Point, canvas, svg

if TYPE_CHECKING:
    from matplotlib.axes import Axes

QUARTER_WIDTH = 0.6


@dataclass(frozen=True, slots=True)
class Run:
    """Consecutive points under one grading scheme, with the centre and limits of their chart."""

    points: tuple[Point, ...]
    centre: float
    lower: float | None
    upper: float | None
    changes: tuple[int, ...] = ()
    """Places of points, from 0, with which the level changed."""


@dataclass(frozen=True, slots=True)
class TrendChart:
    runs: tuple[Run, ...]
    axis: str
    centre_name: str
    limit_name: str
    break_name: str
    change_name: str = ""


@lru_cache(maxsize=KEPT)
def trend_svg(chart: TrendChart) -> bytes:
    count = sum(len(run.points) for run in chart.runs)
    figure, axes = canvas(max(8.4, QUARTER_WIDTH * count), 3.1)
    start = 0
    for number, run in enumerate(chart.runs):
        places = range(start, start + len(run.points))
        _draw_run(axes, run, list(places), chart if number == 0 else None)
        if number:
            axes.axvline(start - 0.5, color=QUIET, linewidth=1, linestyle=":")
            axes.annotate(chart.break_name, (start - 0.5, 1), xycoords=("data", "axes fraction"))
        for place in run.changes:
            axes.axvline(start + place - 0.5, color=ORANGE, linewidth=1.2, linestyle="-.")
            at = (start + place - 0.5, 0.02)
            axes.annotate(chart.change_name, at, xycoords=("data", "axes fraction"), color=ORANGE)
        start += len(run.points)
    points = [point for run in chart.runs for point in run.points]
    axes.set_xticks(range(start), [f"{p.label}\n{p.note}" for p in points])
    axes.set_xlim(-0.6, start - 0.4)
    axes.set_ylabel(chart.axis)
    axes.legend(loc="upper center", bbox_to_anchor=(0.5, 1.16), ncols=4, frameon=False)
    return svg(figure)


def _draw_run(axes: "Axes", run: Run, places: list[int], named: TrendChart | None) -> None:
    for at, point in zip(places, run.points, strict=True):
        if point.lower is not None and point.upper is not None:
            axes.vlines(at, point.lower, point.upper, color=BLUE, linewidth=5, alpha=0.3)
    shown = [(at, p.value) for at, p in zip(places, run.points, strict=True) if p.value is not None]
    axes.plot(*zip(*shown, strict=True), color=BLUE, marker="o", markersize=5, linewidth=1.5)
    ends = (places[0] - 0.4, places[-1] + 0.4)
    name = named.centre_name if named else UNNAMED
    axes.hlines(run.centre, *ends, color=INK, linewidth=1, label=name)
    limits = [limit for limit in (run.lower, run.upper) if limit is not None]
    name = named.limit_name if named else UNNAMED
    if limits:
        axes.hlines(limits, *ends, color=QUIET, linewidth=1, linestyle="--", label=name)
