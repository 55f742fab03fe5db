"""How independent marks of one case become one total: the one place of the rule.

Two blind marks no further apart than the threshold give their mean. Further apart, a blind third
mark is called and the mean of the two closest counts, if those two are within the threshold;
else the panel decides. Where three marks are wanted from the start, all three count when they lie
within the threshold. Of two equally close pairs the higher one counts, in favour of the handler.
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
    """What the marks so far come to; ``total`` and ``settled_by`` only when settled."""

    outcome: Outcome
    total: Decimal | None = None
    settled_by: Literal["single_mark", "mean", "closest_two"] | None = None


def combine(totals: Sequence[Decimal], *, wanted: int, threshold: Decimal) -> Combination:
    """Apply the rule to the submitted totals of one case, in any order.

    ``wanted`` is the number of first marks (1–3), ``threshold`` the largest difference that still
    counts as agreement, in points. Raises ValueError on a number of marks that cannot arise.
    """
    _check(totals, wanted, threshold)
    if len(totals) < wanted:
        return Combination("waiting")
    if wanted == 1:
        return Combination("settled", totals[0], "single_mark")
    if len(totals) == wanted and _spread(totals) <= threshold:
        return Combination("settled", mean(totals), "mean")
    if len(totals) == MOST_MARKS:
        return _closest_two(totals, threshold)
    return Combination("third_mark")


def _check(totals: Sequence[Decimal], wanted: int, threshold: Decimal) -> None:
    if wanted not in (1, 2, MOST_MARKS):
        raise ValueError(f"{wanted} marks per case are not supported")
    if not threshold >= 0:
        raise ValueError(f"the threshold {threshold} is negative")
    if len(totals) > (1 if wanted == 1 else MOST_MARKS):
        raise ValueError(f"{len(totals)} marks where {wanted} were wanted")


def _spread(totals: Sequence[Decimal]) -> Decimal:
    return MEAN_DIGITS.subtract(max(totals), min(totals))


def _closest_two(totals: Sequence[Decimal], threshold: Decimal) -> Combination:
    # From the highest pair down: min keeps the first of two equally close pairs.
    pair = min(pairwise(sorted(totals, reverse=True)), key=_spread)
    if _spread(pair) > threshold:
        return Combination("panel")
    return Combination("settled", mean(pair), "closest_two")
