"""How independent marks of one case become one total: the one place of the rule.

Two blind marks no further apart than the threshold give their mean. Further apart, a blind third
mark is called and the mean of the two closest counts, if those two are within the threshold;
else the panel decides. Where three marks are wanted from the start, all three count when they lie
within the threshold. Of two equally close pairs the higher one counts, in favour of the handler.

A marking may also fail the case whatever its total. Two first marks that differ about that are
no agreement either; of three marks the majority decides about it.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from itertools import pairwise
from typing import Literal

from rubrics.arithmetic import MEAN_DIGITS, mean

Outcome = Literal["waiting", "third_mark", "panel", "settled"]
MOST_MARKS = 3


@dataclass(frozen=True, slots=True)
class Combination:
    """What the marks so far come to; the rest says something only when settled."""

    outcome: Outcome
    total: Decimal | None = None
    settled_by: Literal["single_mark", "mean", "closest_two"] | None = None
    fails: bool = False


def combine(
    totals: Sequence[Decimal], *, wanted: int, threshold: Decimal, failing: Sequence[bool] = ()
) -> Combination:
    """Apply the rule to the submitted totals of one case, in any order.

    ``wanted`` is the number of first marks (1–3), ``threshold`` the largest difference that still
    counts as agreement, in points; ``failing`` says of each total whether its marking fails the
    case in any event. Raises ValueError on a number of marks that cannot arise.
    """
    failing = failing or [False] * len(totals)
    _check(totals, wanted, threshold, failing)
    if len(totals) < wanted:
        return Combination("waiting")
    fails = 2 * sum(failing) > len(failing)
    if wanted == 1:
        return Combination("settled", totals[0], "single_mark", fails)
    if _agree(totals, wanted, threshold, failing):
        return Combination("settled", mean(totals), "mean", fails)
    if len(totals) == MOST_MARKS:
        return _closest_two(totals, threshold, fails)
    return Combination("third_mark")


def _agree(
    totals: Sequence[Decimal], wanted: int, threshold: Decimal, failing: Sequence[bool]
) -> bool:
    has_majority = len(totals) == MOST_MARKS or len(set(failing)) == 1
    return len(totals) == wanted and has_majority and _spread(totals) <= threshold


def _check(
    totals: Sequence[Decimal], wanted: int, threshold: Decimal, failing: Sequence[bool]
) -> None:
    if len(failing) != len(totals):
        raise ValueError(f"{len(failing)} findings for {len(totals)} marks")
    if wanted not in (1, 2, MOST_MARKS):
        raise ValueError(f"{wanted} marks per case are not supported")
    if not threshold >= 0:
        raise ValueError(f"the threshold {threshold} is negative")
    if len(totals) > (1 if wanted == 1 else MOST_MARKS):
        raise ValueError(f"{len(totals)} marks where {wanted} were wanted")


def _spread(totals: Sequence[Decimal]) -> Decimal:
    return MEAN_DIGITS.subtract(max(totals), min(totals))


def _closest_two(totals: Sequence[Decimal], threshold: Decimal, fails: bool) -> Combination:
    # From the highest pair down: min keeps the first of two equally close pairs.
    pair = min(pairwise(sorted(totals, reverse=True)), key=_spread)
    if _spread(pair) > threshold:
        return Combination("panel")
    return Combination("settled", mean(pair), "closest_two", fails)
