"""Random marks with balanced loads and capped chances, for the places that are vacant.

Model and symbols as in ``scoring.assignment``. Loads count what reviewers already have: with
``base`` and ``top`` the band of reviewer j runs from clip(level, base_j, top_j) to
clip(level + 1, base_j, top_j), where top_j is also at most base_j plus the cases open to j.
If chances capped at ``CAP`` leave a load outside the band, the cap is doubled, up to certainty;
of all caps tried, the least imbalance wins, then the lowest cap.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from scoring.chances import PARTS, cheapest_chances
from scoring.programme import FORBIDDEN, Band, Chances, Costs
from scoring.rounding import round_chances

CAP = 4
"""Parts of ``PARTS`` that one pair may have: a quarter, the largest power of two below 0.3."""

Allowed = NDArray[np.bool_]
Indices = NDArray[np.int64]


class CapacityError(ValueError):
    """Enough reviewers for each case, but not enough room with them; ``cases`` stay short."""

    def __init__(self, cases: tuple[int, ...]) -> None:
        super().__init__(f"{len(cases)} cases stay short: their reviewers have no capacity left")
        self.cases = cases


@dataclass(frozen=True, slots=True)
class Marks:
    """Drawn pairs by case, (m,) each, and the highest chance that any pair had."""

    case: Indices
    reviewer: Indices
    chance: float


def balanced_marks(
    allowed: Allowed,
    costs: Costs,
    wanted: Indices,
    *,
    base: Indices,
    top: Indices,
    random: np.random.Generator,
) -> Marks:
    """``wanted`` distinct reviewers for each case.

    Parameters
    ----------
    allowed, costs
        (n, r); not changed.
    wanted
        (n,), at most the number of reviewers allowed for the case; 0 for a case that is complete.
    base, top
        (r,), loads already given and allowed at most.
    random
        Drawn from; same state, same marks.

    Raises
    ------
    CapacityError
        The capacities do not suffice for some cases.
    """
    rows = np.flatnonzero(wanted)
    if not rows.size:
        return Marks(rows, rows, 0.0)
    forbidding = np.where(allowed[rows], costs[rows], FORBIDDEN)
    band = _band(allowed[rows], int(wanted.sum()), base, top)
    chances = _best_chances(forbidding, wanted[rows] * PARTS, band)
    if (short := np.flatnonzero(chances.unplaced)).size:
        raise CapacityError(tuple(rows[short].tolist()))
    chosen = round_chances(
        chances.case, chances.reviewer, chances.parts, denominator=PARTS, random=random
    )
    highest = float(chances.parts.max()) / PARTS
    return Marks(rows[chances.case[chosen]], chances.reviewer[chosen], highest)


def _best_chances(costs: Costs, demand: Indices, band: Band) -> Chances:
    pool = (costs != FORBIDDEN).sum(axis=1)
    found: list[tuple[int, Chances]] = []
    cap = CAP
    while cap <= PARTS:
        most = np.minimum(np.maximum(cap, -(-demand // pool)), PARTS)
        chances = cheapest_chances(costs, demand, most, band)
        found.append((_imbalance(chances, band), chances))
        if not found[-1][0]:
            break
        cap *= 2
    return min(found, key=lambda one: one[0])[1]


def _imbalance(chances: Chances, band: Band) -> int:
    """Sum of squares of the parts outside the band; parts that nobody takes weigh most."""
    load = np.bincount(chances.reviewer, chances.parts, minlength=band.low.size).astype(np.int64)
    outside = np.maximum(band.low - load, 0) + np.maximum(load - band.high, 0)
    return int((outside**2).sum() + chances.unplaced.sum() * (outside.sum() + 1) ** 2)


def _band(allowed: Allowed, wanted: int, base: Indices, top: Indices) -> Band:
    top = np.maximum(np.minimum(top, base + allowed.sum(axis=0)), base)
    level = _level(wanted + int(base.sum()), base, top)
    low, high = (np.clip(step, base, top) - base for step in (level, level + 1))
    return Band(low * PARTS, high * PARTS, (top - base) * PARTS, PARTS)


def _level(total: int, base: Indices, top: Indices) -> int:
    """The largest whole level whose clipped loads do not exceed ``total``, by bisection."""
    low, high = 0, int(top.max(initial=0)) + 1
    while high - low > 1:
        middle = (low + high) // 2
        if np.clip(middle, base, top).sum() <= total:
            low = middle
        else:
            high = middle
    return low
