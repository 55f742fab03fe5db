"""How many fails pass unseen, from a random re-marking of plain passes.

Model       N plain passes, K of which further marks would fail; n of them, drawn at random, were
            marked again, x of these failed: x is hypergeometric(N, K, n).
Estimator   N x / n, rounded to no whole number.
Interval    for K: all values that a two-sided test with equal tails does not reject (the discrete
            analogue of Clopper-Pearson, exact whatever N and n); for the share: K / N.
Caution     a further mark errs as well: a case counts as a missed fail when its marks together
            fail it, not when one further mark does.
Sources     Buonaccorsi, The American Statistician 41 (1987) 215-218; Konijn, Statistical Theory of
            Sample Survey Design and Analysis (1973), p. 79.
"""

from dataclasses import dataclass

import numpy as np
from scipy.stats import hypergeom

from scoring.estimation import CONFIDENCE


@dataclass(frozen=True, slots=True)
class MissedFails:
    """``found`` of ``checked`` plain passes failed; of all ``passes``, ``estimate`` would, and at
    95 % confidence ``lower`` to ``upper``. The estimate is None where none was checked."""

    passes: int
    checked: int
    found: int
    estimate: float | None
    lower: int
    upper: int


def missed_fails(passes: int, checked: int, found: int) -> MissedFails:
    """Missed fails among ``passes``, of which ``checked`` at random were marked again.

    With none checked the interval is everything. Raises ValueError unless
    0 <= found <= checked <= passes.
    """
    if not 0 <= found <= checked <= passes:
        raise ValueError(f"{found} found of {checked} checked of {passes}")
    if checked == 0:
        return MissedFails(passes, 0, 0, None, 0, passes)
    possible = np.arange(found, passes - (checked - found) + 1)
    tail = (1 - CONFIDENCE) / 2
    at_least = hypergeom.sf(found - 1, passes, possible, checked) > tail
    at_most = hypergeom.cdf(found, passes, possible, checked) > tail
    kept = possible[at_least & at_most]
    estimate = passes * found / checked
    return MissedFails(passes, checked, found, estimate, int(kept[0]), int(kept[-1]))
