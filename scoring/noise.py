"""How far apart fair markings of one case lie, and how many of them a safe decision needs.

Model       y_ij = c_i + e_ij: marking j of case i; e independent, mean 0, variance s^2.
Symbols     n_i markings of case i; d = sum (n_i - 1) degrees of freedom; m the number of
            markings behind a mean; b the distance of that mean from a limit between grades.
Estimator   s^2 = sum_i sum_j (y_ij - mean_i)^2 / d, the pooled variance within cases.
Interval    of s: d s^2 / chi^2_d, exact for normal e.
Threshold   two fair markings differ by more than z(1 - a / 2) sqrt(2) s in a share a of cases.
Marks       the mean of m lies on its side of the limit for sure enough when b >= z s / sqrt(m),
            so m = ceil((z s / b)^2), with z one-sided.
Caution     severity of reviewers is part of e here: it separates markings as surely as chance.
Sources     Snedecor, Cochran, Statistical Methods (1967), ch. 10; Bland, Altman, BMJ 312 (1996)
            1654, for the difference of two measurements.
"""

from dataclasses import dataclass
from math import ceil, sqrt

import numpy as np
from scipy.special import chdtri, ndtri

from scoring.estimation import CONFIDENCE
from scoring.ratings import Floats, Ints

CHANCE_APART = 0.1
"""Share of fair pairs that a suggested threshold sends to a third mark."""

LEAST_DEGREES = 30
"""Below this the upper limit of s lies over a third above s: too coarse to suggest anything."""

SAFE_Z = float(ndtri(CONFIDENCE))
"""One-sided: only the side of the limit is asked for."""


@dataclass(frozen=True, slots=True)
class Noise:
    """``sd`` in points of one marking about its case, from ``degrees``; limits are two-sided."""

    sd: float
    degrees: int
    lower: float
    upper: float

    @property
    def is_measured(self) -> bool:
        return self.degrees >= LEAST_DEGREES


def measured_noise(score: Floats, case: Ints) -> Noise | None:
    """Noise of ``score`` (n,), totals on 0-100, about the cases ``case`` (n,) that they mark.

    Cases marked once say nothing. None where no case was marked twice. Raises ValueError where
    the shapes differ.
    """
    if score.shape != case.shape:
        raise ValueError("a case for each score")
    _, row = np.unique(case, return_inverse=True)
    count = np.bincount(row)
    degrees = int((count - 1).sum())
    if degrees == 0:
        return None
    mean = np.bincount(row, score) / count
    squares = float(((score - mean[row]) ** 2).sum())
    tail = (1 - CONFIDENCE) / 2
    return Noise(
        sd=sqrt(squares / degrees),
        degrees=degrees,
        lower=sqrt(squares / float(chdtri(degrees, tail))),
        upper=sqrt(squares / float(chdtri(degrees, 1 - tail))),
    )


def suggested_threshold(sd: float) -> float:
    """The difference, in points, that ``CHANCE_APART`` of fair pairs exceed."""
    return float(ndtri(1 - CHANCE_APART / 2)) * sqrt(2) * sd


def marks_needed(distance: float, sd: float) -> int | None:
    """How many marks in all make a mean this far from a limit safe; None for one on it.

    ``distance`` and ``sd`` in points; without noise one mark is enough. Raises ValueError on a
    negative ``sd``.
    """
    if sd < 0:
        raise ValueError("a standard deviation is not negative")
    if sd == 0:
        return 1
    if distance == 0:
        return None
    return max(1, ceil((SAFE_Z * sd / abs(distance)) ** 2))
