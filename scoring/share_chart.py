"""Shares in time (p chart), with limits that allow for ordinary differences between periods.

Model       c_t of n_t cases count, p_t = c_t / n_t; in control all p_t vary around one p, with
            s times the spread of a binomial: s > 1 where the cases of a period are alike.
Estimator   p = sum c / sum n; z_t = (p_t - p) / sqrt(p (1 - p) / n_t);
            s = mean |z_t - z_(t-1)| / d2, without steps above D4 times their mean: those are
            signals themselves; limits p -+ 3 s sqrt(p (1 - p) / n_t), cut at 0 and 1.
Sources     Montgomery, Introduction to Statistical Quality Control, ch. 7, with s = 1;
            Laney, Quality Engineering 14 (2002) 531-537, for s;
            Nelson, J. Quality Technology 14 (1982) 172-173, for leaving out large steps.
"""

from dataclasses import dataclass

import numpy as np

from scoring.control_chart import D2, LIMITS_FROM
from scoring.ratings import Flags, Floats, Ints

D4 = 3.267
"""Upper limit of a moving range of two, in means: 1 + 3 d3 / d2, as textbooks print it."""


@dataclass(frozen=True, slots=True, eq=False)
class ShareChart:
    """Arrays of shape (n,) on 0-1, in time order; the limits are None while points are too few
    or the share is 0 or 1 throughout. ``dispersion`` is s."""

    value: Floats
    centre: float
    dispersion: float
    lower: Floats | None
    upper: Floats | None

    @property
    def outside(self) -> Flags:
        """Shape (n,): True where the share lies beyond a limit."""
        if self.lower is None or self.upper is None:
            return np.zeros(self.value.shape, dtype=bool)
        outside: Flags = (self.value < self.lower) | (self.value > self.upper)
        return outside


def share_chart(count: Ints, cases: Ints, dispersion: float | None = None) -> ShareChart:
    """Chart ``count`` of ``cases``, both (n,) in time order.

    ``dispersion`` fixes s, 1 for the binomial; by default it is estimated. Raises ValueError for
    no period, a period without a case, or a count outside 0..cases.
    """
    if count.size == 0 or not (cases > 0).all() or not ((count >= 0) & (count <= cases)).all():
        raise ValueError("needs 0 <= count <= cases and a case in each period")
    value = count / cases
    centre = float(count.sum() / cases.sum())
    error: Floats = np.sqrt(centre * (1 - centre) / cases)
    if value.size < LIMITS_FROM or not 0 < centre < 1:
        return ShareChart(value, centre, dispersion or 1.0, None, None)
    if dispersion is None:
        steps = np.abs(np.diff((value - centre) / error))
        dispersion = float(steps[steps <= D4 * steps.mean()].mean() / D2)
    half = 3 * dispersion * error
    lower, upper = np.maximum(centre - half, 0), np.minimum(centre + half, 1)
    return ShareChart(value, centre, dispersion, lower, upper)
