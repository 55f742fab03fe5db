"""Which handlers' cases score lower than chance and ordinary differences explain.

Model       y = mu + reviewer + kind + round + handler_j + case + mark error.
Symbols     r = y minus the fitted reviewer, kind and round effects; c = mean r of a case;
            d_j = mean c of handler j's n_j cases; s^2 = pooled variance of c within handlers;
            tau^2 = variance of honest handlers around the common mean mu.
Estimator   reviewer, kind and round by least squares; tau^2 by DerSimonian-Laird;
            z_j = (d_j - mu) / sqrt(tau^2 + s^2 / n_j): overdispersion stands in the denominator,
            so that only those far outside the ordinary spread of handlers stand out;
            with many handlers z is measured against its empirical null.
Decision    one-sided p, Benjamini-Hochberg over the judged handlers. The last rejected p gives
            one cut of z and thereby the drawn line; flagged means below the line, and
            nothing else does.
Limits      a handler with fewer than MIN_CASES cases is not judged. Severity is fitted without
            the handler effects, so a reviewer who meets only poor handlers looks strict.
Sources     Spiegelhalter, Statistics in Medicine 24 (2005) 1185-1202; see also ``inference``.
"""

from dataclasses import dataclass

import numpy as np
from scipy.sparse import csr_array, hstack
from scipy.special import ndtr, ndtri, stdtr, stdtrit

from scoring.inference import FDR, between_variance, empirical_null, rejections
from scoring.ratings import Flags, Floats, Ints, Ratings

MIN_CASES = 3
"""With one or two cases a single bad day would name a person; nobody is judged on them."""

NULL_FROM = 500
"""The empirical null needs this many handlers: with 200 and no poor one among them, its wobbling
quartiles named somebody in 12 % of simulated rounds; from 500 on it is near the intended 5 %."""

POWER = 0.8
"""Chance with which the detectable shortfall would have been seen."""

JUST_BELOW = 0.999
"""Where nobody is rejected the line stands a hair beyond the first hurdle, which nobody passed."""


@dataclass(frozen=True, slots=True, eq=False)
class Funnel:
    """One entry per handler, arrays of shape (n_handlers,); points on the 0-100 scale.

    ``value`` is the adjusted mean, ``z`` its standardised distance from ``centre``, ``line`` the
    value below which a handler with as many cases is flagged, ``detectable`` the true shortfall
    that would have been flagged with probability POWER.
    """

    handler: Ints
    cases: Ints
    value: Floats
    z: Floats
    line: Floats
    detectable: Floats
    is_judged: Flags
    centre: float
    within_variance: float
    between_variance: float

    @property
    def is_flagged(self) -> Flags:
        """Judged and below the drawn line: the one rule for list and chart."""
        flagged: Flags = self.is_judged & (self.value < self.line)
        return flagged


def handler_funnel(ratings: Ratings, judge: Ints | None = None) -> Funnel | None:
    """Judge the handlers named in ``judge`` (all by default) who have MIN_CASES cases.

    None where nothing can be said: no mark, or no two cases of one handler that differ, so that
    the ordinary spread within a handler is unknown.
    """
    if ratings.score.size == 0:
        return None
    residual = adjusted_scores(ratings)
    case_of_mark = np.unique(ratings.case, return_inverse=True)[1]
    first = np.unique(case_of_mark, return_index=True)[1]
    score = np.bincount(case_of_mark, residual) / np.bincount(case_of_mark)
    handler, index = np.unique(ratings.handler[first], return_inverse=True)
    within = _within_variance(score, index)
    if within is None:
        return None
    cases = np.bincount(index)
    eligible = np.ones(handler.size, bool) if judge is None else np.isin(handler, judge)
    value = np.bincount(index, score) / cases
    return _standardise(handler, cases, value, within, eligible & (cases >= MIN_CASES))


def adjusted_scores(ratings: Ratings) -> Floats:
    """Scores with reviewer, kind and round effects removed and the overall mean kept; shape (n,).

    Least squares on indicator columns. Where effects cannot be told apart (one reviewer for one
    kind), their sum is still unique, and only the sum is used.
    """
    columns = [_indicators(a) for a in (ratings.reviewer, ratings.kind, ratings.round)]
    x = csr_array(hstack(columns))
    mean = float(ratings.score.mean())
    deviation = ratings.score - mean
    effects = np.linalg.lstsq((x.T @ x).toarray(), x.T @ deviation, rcond=None)[0]
    residual: Floats = mean + deviation - x @ effects
    return residual


def _indicators(code: Ints | np.ndarray) -> csr_array:
    index = np.unique(code, return_inverse=True)[1]
    rows = np.arange(index.size)
    return csr_array((np.ones(index.size), (rows, index)))


def _within_variance(score: Floats, handler: Ints) -> float | None:
    cases = np.bincount(handler)
    degrees = score.size - cases.size
    squares = ((score - (np.bincount(handler, score) / cases)[handler]) ** 2).sum()
    if degrees < 1 or squares / degrees < 1e-9:
        return None
    return float(squares / degrees)


def _standardise(handler: Ints, cases: Ints, value: Floats, within: float, judged: Flags) -> Funnel:
    sampling = within / cases
    centre, between = between_variance(value, sampling)
    spread = np.sqrt(between + sampling)
    z = (value - centre) / spread
    shift, scale, degrees = _null(z)
    cut = _cut((z[judged] - shift) / scale, degrees)
    line = centre + spread * (shift + scale * cut)
    detectable = (centre - line) + float(ndtri(POWER)) * np.sqrt(sampling)
    return Funnel(
        handler,
        cases,
        value,
        (z - shift) / scale,
        line,
        detectable,
        judged,
        centre,
        within,
        between,
    )


def _null(z: Floats) -> tuple[float, float, int | None]:
    """Centre, scale and degrees of freedom (None: normal) of z where nobody is out of line."""
    if z.size >= NULL_FROM:
        shift, scale = empirical_null(z)
        if scale > 0:
            return shift, scale, None
    return 0.0, 1.0, max(z.size - 1, 1)


def _cut(z: Floats, degrees: int | None) -> float:
    """The z below which Benjamini-Hochberg rejects, or would have rejected the first.

    With k rejections the k-th p is at most k q / m and the next above (k + 1) q / m, so the cut
    is taken between these two hurdles: rounding cannot put a point on the wrong side.
    """
    p = ndtr(z) if degrees is None else stdtr(degrees, z)
    k = rejections(p)
    hurdle = FDR * (k + 0.5 if k else JUST_BELOW) / max(z.size, 1)
    return float(ndtri(hurdle) if degrees is None else stdtrit(degrees, hurdle))
