"""Charts as SVG: plain values and words in, bytes out. Draws, never computes.

Every chart is readable in grey: what colour says, shape or pattern says too. The same input
gives the same bytes, so that a browser can keep what it has.
"""

from review.charts.canvas import Point, digest, prepare
from review.charts.funnel import FunnelChart, FunnelPoint, funnel_extent, funnel_place, funnel_svg
from review.charts.grades import GradeChart, grades_svg
from review.charts.intervals import IntervalChart, intervals_svg
from review.charts.trend import Run, TrendChart, trend_svg

__all__ = [
    "FunnelChart",
    "FunnelPoint",
    "GradeChart",
    "IntervalChart",
    "Point",
    "Run",
    "TrendChart",
    "digest",
    "funnel_extent",
    "funnel_place",
    "funnel_svg",
    "grades_svg",
    "intervals_svg",
    "prepare",
    "trend_svg",
]
