"""What in a round's markings is worth a question to a reviewer. None of it is a verdict.

Safe middle  A reviewer whose totals hardly move while those of the other markers of the same
             cases do. x_i the reviewer's total, y_i one other marker's of case i: under equal
             spread, x + y and x - y are uncorrelated. r their correlation over n cases,
             t = r sqrt((n - 2) / (1 - r^2)), one-sided towards a smaller spread of x. Over all
             reviewers Benjamini-Hochberg decides.
Too short    Minutes from opening to handing in, per page of the dossier, below a fixed share of
             the round's median. Time away only lengthens it, so a short one is short indeed.
Sources      Pitman, Biometrika 31 (1939) 9-12; Morgan, ibid. 13-19, for equal variances in pairs.
"""

from dataclasses import dataclass

import numpy as np
from scipy.special import stdtr

from scoring.inference import rejections
from scoring.ratings import Flags, Floats, Ints

LEAST_CASES = 10
"""Below this, a spread half as wide would be noticed in under one reviewer of two."""

NARROW = 0.5
"""Only a spread at most this share of the others' is worth a question, however certain."""

SHORT = 0.25
"""Share of the median pace below which a marking counts as too short."""


@dataclass(frozen=True, slots=True)
class Narrow:
    """``reviewer``'s totals of ``cases`` have ``spread``, the others' of the same ``others``, in
    points (standard deviations); ``p`` is one-sided."""

    reviewer: int
    cases: int
    spread: float
    others: float
    p: float


def narrow_reviewers(reviewer: Ints, own: Floats, other: Floats) -> list[Narrow]:
    """Reviewers whose totals spread too little, the narrowest first.

    ``reviewer``, ``own`` and ``other`` (n,) name for each marked case who marked it, the total
    given, and the total of another marker. Reviewers with fewer than ``LEAST_CASES`` are left
    out, as are those of whose cases the others' totals are all equal.
    """
    found = [
        _narrow(int(one), own[reviewer == one], other[reviewer == one])
        for one in np.unique(reviewer)
    ]
    tested = sorted((one for one in found if one is not None), key=lambda one: one.p)
    sure = tested[: rejections(np.array([one.p for one in tested]))]
    narrow = [one for one in sure if one.spread <= NARROW * one.others]
    return sorted(narrow, key=lambda one: one.spread / one.others)


def too_short(minutes: Floats, pages: Ints) -> Flags:
    """Which markings were handed in too soon, (n,); ``pages`` counts at least one for each.

    Raises ValueError where the shapes differ.
    """
    if minutes.shape != pages.shape:
        raise ValueError("a number of pages for each marking")
    if minutes.size == 0:
        return np.zeros(0, dtype=np.bool_)
    pace: Floats = minutes / np.maximum(pages, 1)
    return np.asarray(pace < SHORT * np.median(pace), dtype=np.bool_)


def _narrow(reviewer: int, own: Floats, other: Floats) -> Narrow | None:
    n = own.size
    if n < LEAST_CASES or np.ptp(other) == 0:
        return None
    spread, others = float(own.std(ddof=1)), float(other.std(ddof=1))
    total, gap = own + other, own - other
    if np.ptp(total) == 0 or np.ptp(gap) == 0:
        return None
    r = min(1.0, max(-1.0, float(np.corrcoef(total, gap)[0, 1])))
    if abs(r) > 1 - 1e-12:
        return Narrow(reviewer, n, spread, others, 0.0 if r < 0 else 1.0)
    t = r * np.sqrt((n - 2) / (1 - r * r))
    return Narrow(reviewer, n, spread, others, float(stdtr(n - 2, t)))
