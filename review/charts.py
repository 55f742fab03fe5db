"""Charts as SVG: plain values and words in, bytes out. Draws, never computes.

Every chart is readable in grey: what colour says, shape or pattern says too. The same input
gives the same bytes, so that a browser can keep what it has.
"""

from dataclasses import dataclass
from functools import cache, lru_cache
from hashlib import sha256
from io import BytesIO
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

FONT = Path(__file__).parent / "static" / "fonts" / "NotoSansSC_400Regular.ttf"
KEPT = 256
BLUE, INK, QUIET, LINE, ORANGE = "#1f4e8c", "#1c2430", "#56606e", "#c3cad3", "#b4470f"
GRADE_FILLS = (
    ("#1f4e8c", "#ffffff", ""),
    ("#7fa3cf", "#000000", ""),
    ("#dfe7f0", "#000000", ""),
    ("#ffffff", "#000000", "////"),
)
ROW_HEIGHT = 0.27
QUARTER_WIDTH = 0.6
UNNAMED = "_nolegend_"
NARROW_BAR = 0.07


@dataclass(frozen=True, slots=True)
class Point:
    """A value with its interval; a value of None keeps the place and says ``note`` instead."""

    label: str
    value: float | None
    lower: float | None
    upper: float | None
    note: str = ""


@dataclass(frozen=True, slots=True)
class Run:
    """Consecutive points under one grading scheme, with the centre and limits of their chart."""

    points: tuple[Point, ...]
    centre: float
    lower: float | None
    upper: float | None


@dataclass(frozen=True, slots=True)
class TrendChart:
    runs: tuple[Run, ...]
    axis: str
    centre_name: str
    limit_name: str
    break_name: str


@dataclass(frozen=True, slots=True)
class GradeChart:
    """Names and counts, best grade first."""

    bars: tuple[tuple[str, int], ...]


@dataclass(frozen=True, slots=True)
class IntervalChart:
    """Points in the order to be drawn from the top, around the ``reference`` of them all."""

    points: tuple[Point, ...]
    reference: float
    reference_name: str
    axis: str


@dataclass(frozen=True, slots=True)
class FunnelPoint:
    cases: int
    value: float
    line: float
    is_flagged: bool


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


@lru_cache(maxsize=KEPT)
def trend_svg(chart: TrendChart) -> bytes:
    count = sum(len(run.points) for run in chart.runs)
    figure, axes = _canvas(max(8.4, QUARTER_WIDTH * count), 3.1)
    start = 0
    for number, run in enumerate(chart.runs):
        places = range(start, start + len(run.points))
        _draw_run(axes, run, list(places), chart if number == 0 else None)
        if number:
            axes.axvline(start - 0.5, color=QUIET, linewidth=1, linestyle=":")
            axes.annotate(chart.break_name, (start - 0.5, 1), xycoords=("data", "axes fraction"))
        start += len(run.points)
    points = [point for run in chart.runs for point in run.points]
    axes.set_xticks(range(start), [f"{p.label}\n{p.note}" for p in points])
    axes.set_xlim(-0.6, start - 0.4)
    axes.set_ylabel(chart.axis)
    axes.legend(loc="upper center", bbox_to_anchor=(0.5, 1.16), ncols=4, frameon=False)
    return _svg(figure)


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


@lru_cache(maxsize=KEPT)
def grades_svg(chart: GradeChart) -> bytes:
    figure, axes = _canvas(4.4, 1.5)
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
    return _svg(figure)


def _name_bar(axes: "Axes", text: str, place: tuple[float, float], ink: str, hatch: str) -> None:
    middle, width = place
    if width >= 2 * NARROW_BAR:
        plate = {"facecolor": "#ffffff", "edgecolor": "none", "pad": 1.5} if hatch else None
        axes.text(middle, 0, text, ha="center", va="center", color=ink, bbox=plate)
    else:
        axes.text(middle, 0.48, text, ha="center", va="bottom", color=INK)


@lru_cache(maxsize=KEPT)
def intervals_svg(chart: IntervalChart) -> bytes:
    figure, axes = _canvas(6.4, 0.9 + ROW_HEIGHT * len(chart.points))
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
    return _svg(figure)


@lru_cache(maxsize=KEPT)
def funnel_svg(chart: FunnelChart) -> bytes:
    figure, axes = _canvas(6.4, 3.4)
    inside = [p for p in chart.points if not p.is_flagged]
    flagged = [p for p in chart.points if p.is_flagged]
    axes.scatter(
        [p.cases for p in inside],
        [p.value for p in inside],
        s=16,
        facecolors="none",
        edgecolors=BLUE,
        linewidths=0.9,
        label=chart.point_name,
    )
    if flagged:
        axes.scatter(
            [p.cases for p in flagged],
            [p.value for p in flagged],
            s=44,
            color=ORANGE,
            marker="v",
            label=chart.flagged_name,
        )
    line = sorted({(p.cases, p.line) for p in chart.points})
    axes.plot(*zip(*line, strict=True), color=INK, linestyle="--", label=chart.line_name)
    axes.axhline(chart.expected, color=INK, linewidth=1, label=chart.expected_name)
    axes.locator_params(axis="x", integer=True)
    axes.set_xlabel(chart.cases_axis)
    axes.set_ylabel(chart.axis)
    axes.legend(loc="lower center", bbox_to_anchor=(0.5, 1), ncols=2, frameon=False)
    return _svg(figure)


def digest(chart: TrendChart | GradeChart | IntervalChart | FunnelChart) -> str:
    """Names the bytes that a chart will have, without drawing it."""
    return sha256(_drawing_code() + repr(chart).encode()).hexdigest()[:32]


def prepare() -> None:
    """Load what the first chart would have to wait for."""
    _figure_class()


@cache
def _drawing_code() -> bytes:
    return Path(__file__).read_bytes()


def _canvas(width: float, height: float) -> tuple["Figure", "Axes"]:
    figure = _figure_class()(figsize=(width, height), layout="constrained")
    axes = figure.subplots()
    for side in ("top", "right"):
        axes.spines[side].set_visible(False)
    return figure, axes


def _svg(figure: "Figure") -> bytes:
    buffer = BytesIO()
    figure.savefig(buffer, format="svg", metadata={"Date": None, "Creator": None})
    return buffer.getvalue()


@cache
def _figure_class() -> Any:
    """matplotlib's Figure with our font and settings, loaded by the first chart only."""
    import matplotlib as mpl  # noqa: PLC0415  (takes over a second: not at every start)
    from matplotlib import font_manager  # noqa: PLC0415  (as above)
    from matplotlib.figure import Figure  # noqa: PLC0415  (as above)

    font_manager.fontManager.addfont(FONT)
    mpl.rcParams.update(
        {
            "font.family": "Noto Sans SC",
            "font.size": 9,
            "axes.unicode_minus": False,
            "axes.edgecolor": QUIET,
            "axes.labelcolor": INK,
            "hatch.color": QUIET,
            "hatch.linewidth": 0.7,
            "xtick.color": INK,
            "ytick.color": INK,
            "text.color": INK,
            "svg.fonttype": "path",
            "svg.hashsalt": "legal-aid-review",
        }
    )
    return Figure
