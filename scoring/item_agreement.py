"""Krippendorff's alpha of one item for squared differences, from three sums per case.

Symbols     case u with m_u >= 2 marks, S_u their sum, Q_u the sum of their squares;
            N, S, Q the sums of m_u, S_u, Q_u over all cases.
Alpha       the ordered pairs of case u differ by 2 (m_u Q_u - S_u^2) in squares, so that
            alpha = 1 - (N - 1) O / E with O = sum_u (m_u Q_u - S_u^2) / (m_u - 1), E = N Q - S^2.
            It equals ``agreement.alpha`` with ``interval`` on the same marks, and needs no marks:
            a database can add them up, and cases with equal sums count together.
Interval    jackknife over cases, as there.
Sources     Krippendorff, Computing Krippendorff's Alpha-Reliability (2011);
            Efron, Stein, Annals of Statistics 9 (1981) 586-596, for the jackknife.
"""

from dataclasses import dataclass

import numpy as np

from scoring.agreement import Agreement, jackknifed
from scoring.ratings import Floats, Ints


@dataclass(frozen=True)
class CaseSums:
    """Cases of one item that have at least two marks, by their sums; all of shape (k,).

    ``times`` is how many cases have these ``marks`` (m), ``total`` (S) and ``squares`` (Q).
    """

    marks: Floats
    total: Floats
    squares: Floats
    times: Ints


def alpha_of_sums(sums: CaseSums) -> Agreement | None:
    """Alpha with its interval. None with fewer than two cases, or where all marks are equal; no
    interval when leaving out some one case leaves no variation. Raises ValueError on a case with
    fewer than two marks."""
    if (sums.marks < 2).any():
        raise ValueError("a case with one mark says nothing about agreement")
    if sums.times.sum() < 2:
        return None
    within = (sums.marks * sums.squares - sums.total**2) / (sums.marks - 1)
    columns = np.stack([sums.marks, sums.total, sums.squares, within])
    whole: Floats = columns @ sums.times.astype(float)
    value = float(_alpha(whole[:, None])[0])
    if np.isnan(value):
        return None
    return jackknifed(value, np.repeat(_alpha(whole[:, None] - columns), sums.times))


def _alpha(sums: Floats) -> Floats:
    """Alpha of each column of N, S, Q, O; NaN where all its marks are equal."""
    marks, total, squares, within = sums
    # Equal marks leave a rounding error of the order of their squares, no difference.
    expected = marks * squares - total**2
    expected = np.where(expected > ROUNDING * marks * squares, expected, np.nan)
    found: Floats = 1 - (marks - 1) * within / expected
    return found


ROUNDING = 1e-12
"""Of exact sums of halves far more is exact; of the shares of judged schemes not."""
