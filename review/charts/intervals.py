"""Regions or people beside each other, each with its interval."""

from dataclasses import dataclass
from functools import lru_cache

from review.charts.canvas import BLUE, INK, KEPT, LINE, Point, canvas, svg

ROW_HEIGHT = 0.27


@dataclass(frozen=True, slots=True)
class IntervalChart:
    """Points in the order to be drawn from the top, around the ``reference`` of them all."""

    points: tuple[Point, ...]
    reference: float
    reference_name: str
    axis: str


@lru_cache(maxsize=KEPT)
def intervals_svg(chart: IntervalChart) -> bytes:
    figure, axes = canvas(6.4, 0.9 + ROW_HEIGHT * len(chart.points))
    axes.axvline(chart.reference, color=INK, linewidth=1, label=chart.reference_name)
    for row, point in enumerate(chart.points):
        if point.value is None:
            continue
        if point.lower is not None and point.upper is not None:
            axes.hlines(row, point.lower, point.upper, color=BLUE, linewidth=2)
        axes.plot([point.value], [row], color=BLUE, marker="o", markersize=5)
    rows = range(len(chart.points))
    axes.set_yticks(rows, [point.label for point in chart.points])
    right = axes.secondary_yaxis("right")
    right.set_yticks(rows, [point.note for point in chart.points])
    for side in (axes, right):
        side.tick_params(axis="y", length=0)
    right.spines["right"].set_visible(False)
    axes.set_ylim(len(chart.points) - 0.4, -0.6)
    axes.grid(axis="y", color=LINE, linewidth=0.5)
    axes.set_xlabel(chart.axis)
    axes.legend(loc="lower center", bbox_to_anchor=(0.5, 1), frameon=False)
    return svg(figure)
