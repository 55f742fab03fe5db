"""Does the register hold every case? This year against last, and the case numbers against gaps.

Model
    Counts of two years are independent Poisson. All of a region's counts grow by the one ratio
    g = (all cases now) / (all cases a year before); b cases then let expect e = g b now, and the
    difference from what was counted has the variance e (1 + g): that of now, and g² b of before.
    A difference of ``SURPRISING`` standard deviations or more is shown as one. No claim is made
    that it is wrong: it is where to ask first.
"""

import calendar
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from math import sqrt
from typing import Any

from review.domain.case_numbers import Stretch, find_gaps
from review.enums import CasePlace, Difference
from review.models.rounds import Round
from review.queries.reconciliation import (
    Counted,
    case_numbers,
    closed_by_day,
    closed_by_region_and_kind,
    not_archived,
    places_of,
)

SURPRISING = 3.0
"""Standard deviations; among 300 counties that differ by chance, about one stands out."""
FEWEST_EXPECTED = 5.0
"""With fewer cases expected, none at all is nothing to remark upon."""


@dataclass(frozen=True, slots=True)
class Change:
    """One county, month or kind: cases now and a year before, and how they stand to each other."""

    key: Any
    now: int
    before: int
    deviation: float
    difference: Difference

    @property
    def is_remarkable(self) -> bool:
        return self.difference is not Difference.USUAL


@dataclass(frozen=True, slots=True)
class Reconciliation:
    """A region's closed cases of a window. The most remarkable counties and kinds come first,
    the months in their order."""

    window: tuple[date, date]
    window_before: tuple[date, date]
    counties: list[Change]
    unarchived: Mapping[str, int]
    months: list[Change]
    kinds: list[Change]
    stretches: list[Stretch]
    unreadable: int

    @property
    def now(self) -> int:
        return sum(change.now for change in self.counties)

    @property
    def before(self) -> int:
        return sum(change.before for change in self.counties)

    @property
    def remarkable(self) -> dict[str, list[Change]]:
        groups = {"counties": self.counties, "months": self.months, "kinds": self.kinds}
        return {name: [c for c in changes if c.is_remarkable] for name, changes in groups.items()}

    @property
    def gaps(self) -> list[Stretch]:
        """The stretches whose missing numbers say something."""
        return [s for s in self.stretches if s.gaps and not s.is_sparse]

    @property
    def sparse(self) -> list[Stretch]:
        return [s for s in self.stretches if s.is_sparse]


@dataclass(frozen=True, slots=True)
class FrameAccount:
    """Every case of a round's window and region, by where it stands to the frame.

    closed = in the frame + excluded + of another kind + not archived + after the freeze, and
    frame = in the frame + late + unexplained.
    """

    places: Mapping[CasePlace, int]
    late: int
    frame: int

    @property
    def closed(self) -> int:
        return sum(self.places.values())

    @property
    def left_out(self) -> list[tuple[CasePlace, int]]:
        """The other places with how many cases are there, in their order."""
        elsewhere = [place for place in CasePlace if place is not CasePlace.IN_FRAME]
        return [(place, self.places[place]) for place in elsewhere if place in self.places]

    @property
    def unexplained(self) -> int:
        return self.frame - self.late - self.places.get(CasePlace.IN_FRAME, 0)


def reconcile(region_code: str, window: tuple[date, date]) -> Reconciliation:
    """Compare the region's cases of a closing window with those of a year before."""
    before = (_a_year_before(window[0]), _a_year_before(window[1]))
    scope = (region_code, window, before)
    since = window[0].year - 1
    counts = closed_by_region_and_kind(*scope)
    stretches, unreadable = find_gaps(case_numbers(region_code, window, since), since=since)
    return Reconciliation(
        window=window,
        window_before=before,
        counties=_most_remarkable_first(compare(_summed(counts, 0))),
        unarchived=not_archived(region_code, window),
        months=compare(by_month(closed_by_day(*scope))),
        kinds=_most_remarkable_first(compare(_summed(counts, 1))),
        stretches=stretches,
        unreadable=unreadable,
    )


def account_of(round_: Round, late: int) -> FrameAccount:
    """Where every case of the round's window and region is, and how many came ``late``."""
    places = places_of(round_)
    expected = places.get(CasePlace.IN_FRAME, 0) + late
    return FrameAccount(places, late, expected if round_.frame_size is None else round_.frame_size)


def compare(counts: Mapping[Any, Counted]) -> list[Change]:
    """One line for each key, in the order of the keys."""
    before = sum(count.before for count in counts.values())
    growth = sum(count.now for count in counts.values()) / before if before else 0.0
    return [_change(key, counts[key], growth) for key in sorted(counts)]


def by_month(days: Mapping[date, Counted]) -> dict[tuple[int, int], Counted]:
    """Sums by year and month; last year's days stand under the month a year later."""
    months: dict[tuple[int, int], Counted] = {}
    for day, count in days.items():
        for year, part in (
            (day.year, count._replace(before=0)),
            (day.year + 1, count._replace(now=0)),
        ):
            if part.now or part.before:
                had = months.get((year, day.month), Counted(0, 0))
                summed = Counted(had.now + part.now, had.before + part.before)
                months[year, day.month] = summed
    return months


def _summed(counts: Mapping[tuple[Any, Any], Counted], place: int) -> dict[Any, Counted]:
    """The counts by one of their two keys."""
    sums: dict[Any, Counted] = {}
    for keys, count in counts.items():
        had = sums.get(keys[place], Counted(0, 0))
        sums[keys[place]] = Counted(had.now + count.now, had.before + count.before)
    return sums


def _change(key: Any, count: Counted, growth: float) -> Change:
    expected = growth * count.before
    variance = expected * (1 + growth) or float(count.now)  # new here: only its own chance
    deviation = (count.now - expected) / sqrt(variance) if growth and variance else 0.0
    difference = _difference(count.now, expected, deviation)
    return Change(key, count.now, count.before, deviation, difference)


def _difference(now: int, expected: float, deviation: float) -> Difference:
    if not now and expected >= FEWEST_EXPECTED:
        return Difference.NONE_NOW
    if deviation <= -SURPRISING:
        return Difference.FEWER
    return Difference.MORE if deviation >= SURPRISING else Difference.USUAL


def _most_remarkable_first(changes: list[Change]) -> list[Change]:
    """Too few before too many: a case kept out is what is looked for."""
    order = list(Difference)
    return sorted(changes, key=lambda c: (order.index(c.difference), -abs(c.deviation)))


def _a_year_before(day: date) -> date:
    year = day.year - 1
    return date(year, day.month, min(day.day, calendar.monthrange(year, day.month)[1]))
