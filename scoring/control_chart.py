"""Individuals chart (XmR).

Model       x_i = mu + e_i in time order, e_i independent with standard deviation sigma.
Symbols     MR_i = |x_i - x_(i-1)|, the moving ranges.
Estimator   sigma = mean(MR) / d2; limits mean(x) -+ 3 sigma.
Source      Montgomery, Introduction to Statistical Quality Control, ch. 6.
"""

from dataclasses import dataclass

import numpy as np

from scoring.ratings import Flags, Floats, Texts

D2 = 1.128
"""Expected distance of two standard normal draws (2 / sqrt(pi) = 1.12838), in the three decimals
of Montgomery's appendix table, so that the limits equal those that textbooks and packages print."""

TRIAL_BELOW = 12
"""Limits from fewer points move with every new one, so they are marked as trial limits. Authors
ask for 5 to 30 points; 12 is what NHS England's charts ask for."""

LIMITS_FROM = 5
"""With fewer points the moving ranges say next to nothing, and no limit is drawn."""


@dataclass(frozen=True, slots=True, eq=False)
class ControlChart:
    """A value per period in time order; the limits are None while the points are too few."""

    period: Texts
    value: Floats
    centre: float
    lower: float | None
    upper: float | None

    @property
    def is_trial(self) -> bool:
        return self.value.size < TRIAL_BELOW

    @property
    def outside(self) -> Flags:
        """Shape (n,): True where the value lies beyond a limit."""
        if self.lower is None or self.upper is None:
            return np.zeros(self.value.shape, dtype=bool)
        outside: Flags = (self.value < self.lower) | (self.value > self.upper)
        return outside


def xmr_chart(period: Texts, value: Floats) -> ControlChart:
    """Chart ``value`` (shape (n,), any unit) in the order of ``period`` (shape (n,), sortable).

    A period without data is left out, not NaN: its neighbours' range then spans the gap, which
    widens the limits and never narrows them. Raises ValueError for no value, or one not finite.
    """
    if value.size == 0 or not np.isfinite(value).all():
        raise ValueError("needs finite values; leave empty periods out")
    order = np.argsort(period, kind="stable")
    period, value = period[order], value[order].astype(float)
    centre = float(value.mean())
    if value.size < LIMITS_FROM:
        return ControlChart(period, value, centre, None, None)
    sigma = float(np.abs(np.diff(value)).mean() / D2)
    return ControlChart(period, value, centre, centre - 3 * sigma, centre + 3 * sigma)
