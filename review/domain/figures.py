"""What published figures say beyond themselves: which ranks are possible, when a level changed."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from review.domain.analysis import COMPARABLE_FROM
from scoring.change_point import change_points
from scoring.control_chart import ControlChart
from scoring.memory_chart import ewma
from scoring.ranking import rank_intervals


@dataclass(frozen=True, slots=True)
class Change:
    """The level changed with ``quarter``, give or take ``earliest`` to ``latest``."""

    quarter: str
    earliest: str
    latest: str
    before: float
    after: float


@dataclass(frozen=True, slots=True)
class Signals:
    """Of one unbroken run of quarters: those beyond the limits, where a small lasting departure
    from the mean first shows, and changes of level."""

    outside: tuple[str, ...]
    drifts_from: str | None
    changes: tuple[Change, ...]

    def __bool__(self) -> bool:
        return bool(self.outside or self.drifts_from or self.changes)


def possible_ranks(figures: Mapping[str, Any]) -> dict[str, tuple[int, int]]:
    """Best and worst possible rank of each region with a standard error, 1 for the highest mean;
    with 95 % all of them hold. Empty with fewer than two such regions."""
    known = {
        code: f
        for code, f in figures.items()
        if f.cases >= COMPARABLE_FROM and f.standard_error is not None
    }
    if len(known) < 2:
        return {}
    columns = [(f.mean, f.standard_error, max(f.degrees, 1)) for f in known.values()]
    mean, error, degrees = np.array(columns, float).T
    found = rank_intervals(mean, error, degrees.astype(np.int64))
    pairs = zip(found.best.tolist(), found.worst.tolist(), strict=True)
    return dict(zip(known, pairs, strict=True))


def signals_of(chart: ControlChart) -> Signals:
    """None of them while the chart has no limits."""
    if chart.lower is None or chart.upper is None or chart.upper == chart.lower:
        return Signals((), None, ())
    quarters = chart.period.tolist()
    sigma = (chart.upper - chart.lower) / 6
    drift = ewma(chart.value, chart.centre, np.full(chart.value.size, sigma)).outside
    return Signals(
        outside=tuple(q for q, is_out in zip(quarters, chart.outside, strict=True) if is_out),
        drifts_from=quarters[int(drift.argmax())] if drift.any() else None,
        changes=tuple(
            Change(
                quarters[c.after],
                quarters[c.earliest],
                quarters[min(c.latest, len(quarters) - 1)],
                c.level_before,
                c.level_after,
            )
            for c in change_points(chart.value)
        ),
    )
