"""How independent marks of one case become one total: the one place of the rule.

Blind marks no further apart than the threshold give their mean. Otherwise a blind third mark is
called, and the mean of the two closest counts if those two are within the threshold; else the
panel decides. Of two equally close pairs the higher one counts, in favour of the handler.

A marking may also fail the case whatever its total. First marks that differ about that are no
agreement; of more marks the majority decides, but a finding of one alone, or of half, goes to the
panel.

Marks that agree may still not be enough. A total nearer than ``border`` to a limit between grades
is marked again, until it lies off the border or the marks run out and the panel decides. And once
the first marks agree, grades named in ``remarked`` are marked again, and so are plain passes whose
lot it is: those alone can show how many fails pass unseen.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from itertools import pairwise
from typing import Literal

from rubrics.arithmetic import MEAN_DIGITS, mean
from rubrics.grading import FAIL, GRADES, Scheme

Outcome = Literal["waiting", "further_mark", "panel", "settled"]
Call = Literal["difference", "border", "grade", "lot"]
MOST_FIRST_MARKS = 3
MOST_MARKS = 5
"""A case on the border gets no more marks than these: two of them beyond a third, after which
another mark would move the mean by less than reviewers differ."""
ENOUGH_TO_CHOOSE = 3
"""From so many marks on, the two closest can be told from the others."""
EXCELLENT = GRADES[0]
NOTHING = Decimal(0)
SAME = Decimal("1e-20")
"""Totals keep 28 digits: differences below this come from rounding alone."""


@dataclass(frozen=True, slots=True)
class Rule:
    """The rule of a round. ``wanted`` is the number of first marks (1–3), ``threshold`` the
    largest difference that still counts as agreement, in points. ``scheme`` gives the limits
    between grades; without it, agreement is all that is asked for."""

    wanted: int
    threshold: Decimal
    scheme: Scheme | None = None
    border: Decimal = NOTHING
    remarked: frozenset[str] = frozenset()

    def __post_init__(self) -> None:
        if not 1 <= self.wanted <= MOST_FIRST_MARKS:
            raise ValueError(f"{self.wanted} marks per case are not supported")
        if not self.threshold >= 0:
            raise ValueError(f"the threshold {self.threshold} is negative")
        if self.scheme is None and (self.border or self.remarked):
            raise ValueError("a border or grades to mark again need a scheme")


@dataclass(frozen=True, slots=True)
class Combination:
    """What the marks so far come to; the rest says something only when settled, or when a further
    mark is wanted of marks that agree: then it is what they would be settled at."""

    outcome: Outcome
    total: Decimal | None = None
    settled_by: Literal["single_mark", "mean", "closest_two"] | None = None
    fails: bool = False
    call: Call | None = None


def combine(
    totals: Sequence[Decimal], rule: Rule, *, failing: Sequence[bool] = (), is_lot: bool = False
) -> Combination:
    """Apply the rule to the submitted totals of one case, in any order.

    ``failing`` says of each total whether its marking fails the case in any event, ``is_lot``
    whether the case is to be marked again should it pass plainly. Raises ValueError on a number
    of marks that cannot arise.
    """
    failing = failing or [False] * len(totals)
    _check(totals, failing)
    if len(totals) < rule.wanted:
        return Combination("waiting")
    agreed = _agreed(totals, rule.threshold, failing)
    if agreed is None:
        if len(totals) < ENOUGH_TO_CHOOSE:
            return Combination("further_mark", call="difference")
        return Combination("panel")
    call = _call(agreed, len(totals), rule, is_lot=is_lot)
    if call is None:
        return agreed
    if len(totals) == MOST_MARKS:
        return Combination("panel")
    return replace(agreed, outcome="further_mark", call=call)


def is_on_border(total: Decimal, scheme: Scheme, border: Decimal) -> bool:
    """Whether a total lies nearer than ``border`` to a limit between two grades."""
    limits = [band.lower for band in scheme.bands[:-1]]
    return any(abs(MEAN_DIGITS.subtract(total, limit)) < border for limit in limits)


def _agreed(
    totals: Sequence[Decimal], threshold: Decimal, failing: Sequence[bool]
) -> Combination | None:
    """What marks settle a case at that agree; None where they do not."""
    fails = 2 * sum(failing) > len(failing)
    if len(totals) == 1:
        return Combination("settled", totals[0], "single_mark", fails)
    if sum(failing) == 1 or 2 * sum(failing) == len(failing):
        return None
    if _spread(totals) <= threshold:
        return Combination("settled", mean(totals), "mean", fails)
    if len(totals) < ENOUGH_TO_CHOOSE:
        return None
    # From the highest pair down: min keeps the first of two equally close pairs.
    pair = min(pairwise(sorted(totals, reverse=True)), key=_spread)
    if _spread(pair) > threshold:
        return None
    return Combination("settled", mean(pair), "closest_two", fails)


def _call(agreed: Combination, marks: int, rule: Rule, *, is_lot: bool) -> Call | None:
    """Why marks that agree are not enough; the border first, for those are no plain passes."""
    if rule.scheme is None or agreed.total is None:
        return None
    if not agreed.fails and is_on_border(agreed.total, rule.scheme, rule.border):
        return "border"
    if marks != rule.wanted:
        return None
    grade = FAIL if agreed.fails else rule.scheme.grade_of(agreed.total)
    if grade in rule.remarked:
        return "grade"
    return "lot" if is_lot and grade not in (FAIL, EXCELLENT) else None


def _check(totals: Sequence[Decimal], failing: Sequence[bool]) -> None:
    if len(failing) != len(totals):
        raise ValueError(f"{len(failing)} findings for {len(totals)} marks")
    if len(totals) > MOST_MARKS:
        raise ValueError(f"{len(totals)} marks where {MOST_MARKS} are the most")


def _spread(totals: Sequence[Decimal]) -> Decimal:
    """How far totals lie apart, without what the rounding of thirds leaves in their last digits:
    it must neither part marks at the threshold nor decide which of two pairs is closer."""
    return MEAN_DIGITS.quantize(MEAN_DIGITS.subtract(max(totals), min(totals)), SAME)
