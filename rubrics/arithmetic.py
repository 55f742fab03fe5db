"""From marks to a total.

Model. With p_i the points given on criterion i, m_i its maximum, and A the criteria that apply
(those not marked 不适用): total = 100 · Σ_A p_i / Σ_A m_i, on 0–100, a decimal of 28 significant
digits and never rounded further: grades are decided on it. A mean of totals keeps 34 digits, so
that the mean of equal totals is that total.
"""

from collections.abc import Iterable, Mapping, Sequence
from decimal import Context, Decimal

from rubrics.model import FULL_TOTAL, Criterion, Rubric

TOTAL_DIGITS = Context(prec=28)
MEAN_DIGITS = Context(prec=34)


def total_score(rubric: Rubric, marks: Mapping[str, Decimal | None]) -> Decimal:
    """The total on 0–100 of a complete marking; ``None`` is 不适用 and leaves both sides.

    Raises KeyError on a criterion without an answer or a code the rubric does not have, and
    ValueError on points outside 0..maximum or when nothing applies.
    """
    if unknown := set(marks) - set(rubric.by_code):
        raise KeyError(f"not in {rubric.key}: {', '.join(sorted(unknown))}")
    applied = [(c, points) for c in rubric.criteria if (points := marks[c.code]) is not None]
    if not applied:
        raise ValueError("every criterion is marked as not applicable")
    earned = sum((within_range(c, points) for c, points in applied), Decimal(0))
    possible = sum((c.points for c, _ in applied), Decimal(0))
    return TOTAL_DIGITS.divide(FULL_TOTAL * earned, possible)


def within_range(criterion: Criterion, points: Decimal) -> Decimal:
    """``points`` itself; raises ValueError outside 0..maximum."""
    if not points.is_finite() or not 0 <= points <= criterion.points:
        raise ValueError(f"{criterion.code}: {points} is not within 0..{criterion.points}")
    return points


def earned_so_far(criteria: Iterable[Criterion], marks: Mapping[str, Decimal | None]) -> Decimal:
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
