"""From marks to totals.

Model. With p_i the points given on criterion i, m_i its maximum, and A the criteria of one part
that apply (those not marked 不适用): total = 100 · Σ_A p_i / Σ_A m_i, on 0–100, a decimal of 28
significant digits and never rounded further: grades are decided on it. The handler's part and the
agency's have a total each, and only the handler's grades the handler: to it the bonus is added,
as far as its cap and 100 allow. A mean of totals keeps 34 digits, so that the mean of equal
totals is that total.

A case fails, whatever its total, on a veto finding, or when the handler's points of a section lie
below the section's minimum. Where criteria of the section do not apply, the minimum shrinks with
the points that are left.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Context, Decimal

from rubrics.model import AGENCY, FULL_TOTAL, HANDLER, Criterion, GivenMark, Rubric, Section

TOTAL_DIGITS = Context(prec=28)
MEAN_DIGITS = Context(prec=34)
Points = Mapping[str, Decimal | None]


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a complete marking comes to. ``failed_by`` names vetoes, then sections, by code."""

    total: Decimal
    agency_total: Decimal | None
    bonus: Decimal
    failed_by: tuple[str, ...]


def outcome(rubric: Rubric, marks: Mapping[str, GivenMark]) -> Outcome:
    """All that a complete marking comes to; raises as ``total_score`` does."""
    points = {c.code: marks[c.code].points for c in rubric.criteria if c.code in marks}
    bonus = bonus_points(rubric, {code: mark.points for code, mark in marks.items()})
    total = TOTAL_DIGITS.add(total_score(rubric, points), bonus)
    return Outcome(
        total=min(FULL_TOTAL, total),
        agency_total=part_total(rubric.part(AGENCY), points),
        bonus=bonus,
        failed_by=tuple(_failed_by(rubric, marks, points)),
    )


def total_score(rubric: Rubric, marks: Points) -> Decimal:
    """The handler's total on 0–100 of a complete marking, without bonus; ``None`` is 不适用.

    Raises KeyError on a criterion without an answer or a code the rubric does not have, and
    ValueError on points outside 0..maximum or when nothing of the handler's part applies.
    """
    if unknown := set(marks) - set(rubric.by_code):
        raise KeyError(f"not in {rubric.key}: {', '.join(sorted(unknown))}")
    total = part_total(rubric.part(HANDLER), marks)
    if total is None:
        raise ValueError("every criterion is marked as not applicable")
    return total


def part_total(criteria: Iterable[Criterion], marks: Points) -> Decimal | None:
    """The total on 0–100 over some criteria; None when none of them applies."""
    applied = [(c, points) for c in criteria if (points := marks[c.code]) is not None]
    if not applied:
        return None
    earned = sum((within_range(c, points) for c, points in applied), Decimal(0))
    possible = sum((c.points for c, _ in applied), Decimal(0))
    return TOTAL_DIGITS.divide(FULL_TOTAL * earned, possible)


def bonus_points(rubric: Rubric, marks: Points) -> Decimal:
    """The points of the bonus items, no more than the cap; an unanswered item gives none."""
    given = [within_range(b, marks.get(b.code) or Decimal(0)) for b in rubric.bonuses]
    return min(rubric.bonus_cap, sum(given, Decimal(0)))


def within_range(criterion: Criterion, points: Decimal) -> Decimal:
    """``points`` itself; raises ValueError outside 0..maximum."""
    if not points.is_finite() or not 0 <= points <= criterion.points:
        raise ValueError(f"{criterion.code}: {points} is not within 0..{criterion.points}")
    return points


def deducted(criterion: Criterion, points: Decimal | None) -> Decimal | None:
    """What was taken off a criterion's maximum; None where no points were given."""
    return None if points is None else criterion.points - within_range(criterion, points)


def earned_so_far(criteria: Iterable[Criterion], marks: Points) -> Decimal:
    """The points given up to now on some criteria, for display; an unanswered one gives none."""
    return sum((marks.get(c.code) or Decimal(0) for c in criteria), Decimal(0))


def mean(totals: Sequence[Decimal]) -> Decimal:
    """The mean of one to a few totals; raises ValueError on none."""
    if not totals:
        raise ValueError("the mean of no totals")
    added = Decimal(0)
    for total in totals:
        added = MEAN_DIGITS.add(added, total)
    return MEAN_DIGITS.divide(added, Decimal(len(totals)))


def _failed_by(rubric: Rubric, marks: Mapping[str, GivenMark], points: Points) -> Iterator[str]:
    yield from (v.code for v in rubric.vetoes if v.code in marks and marks[v.code].found)
    yield from (s.code for s in rubric.sections if _is_below_minimum(s, points))


def _is_below_minimum(section: Section, points: Points) -> bool:
    """Exact, by cross-multiplication: earned / possible < minimum / full."""
    if section.minimum is None:
        return False
    of_handler = [c for c in section.criteria if c.answers == HANDLER]
    full = sum((c.points for c in of_handler), Decimal(0))
    applied = [c for c in of_handler if points[c.code] is not None]
    possible = sum((c.points for c in applied), Decimal(0))
    return earned_so_far(applied, points) * full < section.minimum * possible
