"""Which ranks are possible: an interval in place of a rank that chance alone decides.

Model       theta_1 .. theta_m unknown, each with an independent estimate and standard error.
Estimator   for each an interval [L_j, U_j] such that all m hold together with CONFIDENCE:
            estimate -+ t quantile at 1 - (1 - CONFIDENCE^(1/m)) / 2 times the standard error;
            the rank of j, 1 the largest, lies from 1 + #(k: L_k > U_j) to m - #(k: U_k < L_j).
Meaning     with CONFIDENCE all true ranks lie in their intervals at once.
Source      Klein, Wright, Wieczorek, J. Royal Statistical Society A 183 (2020) 589-606.
"""

from dataclasses import dataclass

import numpy as np
from scipy.special import stdtrit

from scoring.estimation import CONFIDENCE
from scoring.ratings import Floats, Ints


@dataclass(frozen=True, slots=True, eq=False)
class Ranks:
    """Best and worst possible rank of each, shape (m,), 1 for the largest value."""

    best: Ints
    worst: Ints


def rank_intervals(value: Floats, error: Floats, degrees: Ints) -> Ranks:
    """From estimates (m,), their standard errors (m,), >= 0, and degrees of freedom (m,), >= 1;
    infinite degrees for a known error. A census has error 0.

    Raises ValueError for an error that is negative or not finite, or fewer degrees than one.
    """
    if not np.isfinite(error).all() or (error < 0).any() or (degrees < 1).any():
        raise ValueError("needs standard errors of at least 0 on at least one degree of freedom")
    half = error * joint_quantile(value.size, degrees)
    lower, upper = value - half, value + half
    above = np.searchsorted(np.sort(lower), upper, side="right")  # how many L_k <= U_j
    below = np.searchsorted(np.sort(upper), lower, side="left")  # how many U_k < L_j
    return Ranks(best=1 + value.size - above, worst=value.size - below)


def joint_quantile(intervals: int, degrees: Ints | Floats | int) -> Floats:
    """How many standard errors wide each of several intervals is, so that all hold at once."""
    tail = -np.expm1(np.log(CONFIDENCE) / max(intervals, 1)) / 2
    quantile: Floats = -np.asarray(stdtrit(np.minimum(degrees, 1e9), tail), float)
    return quantile
