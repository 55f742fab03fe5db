"""How many cases have which grade."""

from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING

from review.charts.canvas import INK, KEPT, canvas, svg

if TYPE_CHECKING:
    from matplotlib.axes import Axes

GRADE_FILLS = (
    ("#1f4e8c", "#ffffff", ""),
    ("#7fa3cf", "#000000", ""),
    ("#dfe7f0", "#000000", ""),
    ("#ffffff", "#000000", "////"),
)
NARROW_BAR = 0.07


@dataclass(frozen=True, slots=True)
class GradeChart:
    """Names and counts, best grade first."""

    bars: tuple[tuple[str, int], ...]


@lru_cache(maxsize=KEPT)
def grades_svg(chart: GradeChart) -> bytes:
    figure, axes = canvas(4.4, 1.5)
    total = sum(count for _, count in chart.bars) or 1
    left = 0.0
    for (name, count), (fill, ink, hatch) in zip(chart.bars, GRADE_FILLS, strict=True):
        width = count / total
        if count:
            axes.barh(0, width, left=left, color=fill, hatch=hatch, edgecolor=INK, linewidth=0.8)
            _name_bar(axes, f"{name}\n{count}", (left + width / 2, width), ink, hatch)
        left += width
    axes.set_xlim(-0.01, 1.01)
    axes.set_ylim(-0.45, 0.9)
    axes.set_axis_off()
    return svg(figure)


def _name_bar(axes: "Axes", text: str, place: tuple[float, float], ink: str, hatch: str) -> None:
    middle, width = place
    if width >= 2 * NARROW_BAR:
        plate = {"facecolor": "#ffffff", "edgecolor": "none", "pad": 1.5} if hatch else None
        axes.text(middle, 0, text, ha="center", va="center", color=ink, bbox=plate)
    else:
        axes.text(middle, 0.48, text, ha="center", va="bottom", color=INK)
