"""Handlers by number of cases and adjusted mean, with the lines that flag them."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from review.charts.canvas import BLUE, INK, KEPT, ORANGE, canvas, svg

if TYPE_CHECKING:
    from matplotlib.axes import Axes

FUNNEL_SIZE, FUNNEL_FRAME = (6.4, 3.6), (0.09, 0.13, 0.89, 0.72)
"""A frame of its own, so that it is known where each point lies."""
Extent = tuple[tuple[float, float], tuple[float, float]]
KINDS = ({0}, {1}, {2, 3})
"""Of handlers: on no list; on the second one alone; flagged."""


@dataclass(frozen=True, slots=True)
class FunnelPoint:
    """A handler; ``material`` is the second line's value there, where it is drawn."""

    cases: int
    value: float
    line: float
    is_flagged: bool
    material: float | None = None
    is_material: bool = False


@dataclass(frozen=True, slots=True)
class FunnelChart:
    points: tuple[FunnelPoint, ...]
    expected: float
    axis: str
    cases_axis: str
    expected_name: str
    line_name: str
    point_name: str
    flagged_name: str
    material_name: str = ""
    material_line_name: str = ""


@lru_cache(maxsize=KEPT)
def funnel_svg(chart: FunnelChart) -> bytes:
    figure, axes = canvas(*FUNNEL_SIZE, frame=FUNNEL_FRAME)
    (left, right), (low, high) = _extent(chart)
    axes.set_xlim(left, right)
    axes.set_ylim(low, high)
    lists: list[tuple[str, dict[str, Any]]] = [
        (chart.point_name, {"s": 16, "facecolors": "none", "edgecolors": BLUE, "linewidths": 0.9}),
        (chart.material_name, {"s": 30, "color": ORANGE, "marker": "D", "linewidths": 0}),
        (chart.flagged_name, {"s": 44, "color": ORANGE, "marker": "v"}),
    ]
    for place, (name, look) in enumerate(lists):
        points = [p for p in chart.points if p.is_material + 2 * p.is_flagged in KINDS[place]]
        if points or not place:
            at = ([p.cases for p in points], [p.value for p in points])
            axes.scatter(*at, label=name, **look)
    _draw_line(axes, {(p.cases, p.line) for p in chart.points}, "--", chart.line_name)
    far = {(p.cases, p.material) for p in chart.points if p.material is not None}
    if far:
        _draw_line(axes, far, ":", chart.material_line_name)
    axes.axhline(chart.expected, color=INK, linewidth=1, label=chart.expected_name)
    axes.locator_params(axis="x", integer=True)
    axes.set_xlabel(chart.cases_axis)
    axes.set_ylabel(chart.axis)
    axes.legend(loc="lower center", bbox_to_anchor=(0.5, 1), ncols=3, frameon=False)
    return svg(figure)


def funnel_extent(cases: Sequence[int], values: Sequence[float]) -> Extent:
    """The ends of both axes for the values of all points, lines and the expected one. The lines
    may leave the picture below: with few cases they lie far down."""
    room = 0.06 * (max(values) - min(values)) or 1.0
    return (min(cases) - 0.5, max(cases) + 0.5), (min(values) - room, max(values) + room)


def funnel_place(extent: Extent, cases: int, value: float) -> tuple[float, float]:
    """Where a point of the picture lies, in per cent of its width and height from the top."""
    (left, right), (low, high) = extent
    x, y, width, height = FUNNEL_FRAME
    across = x + width * (cases - left) / (right - left)
    up = y + height * (value - low) / (high - low)
    return round(100 * across, 2), round(100 * (1 - up), 2)


def _extent(chart: FunnelChart) -> Extent:
    values = [*(p.value for p in chart.points), chart.expected]
    values.append(max(p.line for p in chart.points))
    return funnel_extent([p.cases for p in chart.points], values)


def _draw_line(axes: "Axes", places: set[tuple[int, float]], style: str, name: str) -> None:
    axes.plot(*zip(*sorted(places), strict=True), color=INK, linestyle=style, label=name)
