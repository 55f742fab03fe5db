"""Which handlers' cases score lower than chance and ordinary differences explain.

Model       y = mu + reviewer + kind + round + handler_j + case + mark error.
Symbols     r = y minus the fitted reviewer, kind and round effects; c = mean r of a case;
            d_j = mean c of handler j's n_j cases; s^2 = pooled variance of c within handlers;
            mu, tau^2 = mean and variance of the honest handlers, from ``two_groups``.
Estimator   reviewer, kind and round by least squares;
            z_j = (d_j - mu) / sqrt(tau^2 + s^2 / n_j): overdispersion stands in the denominator,
            so that only those far outside the ordinary spread of handlers stand out, and the
            null is empirical: a group of poor handlers does not widen it.
Strict      one-sided p, Benjamini-Hochberg over the judged handlers. The last rejected p gives
            one cut of z and thereby the drawn line.
Material    those whose true shortfall exceeds MATERIAL points most surely, as many as leave the
            mean chance of having less at FDR; only where a lower group is evident. The chance
            falls with d_j, so its cut is, for each n_j, a line as well.
Decision    flagged means below the drawn line, and nothing else does.
Limits      a handler with fewer than MIN_CASES cases is not judged. Severity is fitted without
            the handler effects, so a reviewer who meets only poor handlers looks strict.
Sources     Spiegelhalter, Statistics in Medicine 24 (2005) 1185-1202; Newton et al.,
            Biostatistics 5 (2004) 155-176, for the material list; ``inference``, ``two_groups``.
"""

from dataclasses import dataclass

import numpy as np
from scipy.sparse import csr_array, hstack
from scipy.special import ndtri, stdtr, stdtrit

from scoring.inference import FDR, rejections
from scoring.ratings import Flags, Floats, Ints, Ratings
from scoring.two_groups import Shortfall, TwoGroups, chance_below, shortfalls, two_groups

MIN_CASES = 3
"""With one or two cases a single bad day would name a person; nobody is judged on them."""

AIM_EVIDENT, AIM_ELSE = 0.04, 0.02
"""What the step-up rule aims at so that FDR is kept: mu and tau^2 are estimates, and tails may be
heavier than normal. With a lower group in evidence aiming at .05 gave up to .07 in simulation;
without one it named somebody in more than 5 % of the rounds in which nobody was poor."""

MATERIAL = 6.0
"""Points below the others that matter: more than half the width of a grade."""

POWER = 0.8
"""Chance with which the detectable shortfall would have been seen."""

JUST_BELOW = 0.999
"""Where nobody is rejected the line stands a hair beyond the first hurdle, which nobody passed."""

HALVINGS = 60
"""Bisections of the material line: from a hundred points down to rounding."""


@dataclass(frozen=True, slots=True, eq=False)
class Funnel:
    """One entry per handler, arrays of shape (n_handlers,); points on the 0-100 scale.

    ``value`` is the adjusted mean, ``z`` its standardised distance from ``centre``, ``line`` the
    value below which a handler with as many cases is flagged, ``material_line`` that of the
    material list (minus infinity where there is none), ``detectable`` the true shortfall that
    would have been flagged with probability POWER, ``shortfall`` what is known about each.
    """

    handler: Ints
    cases: Ints
    value: Floats
    z: Floats
    line: Floats
    material_line: Floats
    detectable: Floats
    shortfall: Shortfall
    is_judged: Flags
    groups: TwoGroups
    within_variance: float

    @property
    def centre(self) -> float:
        return self.groups.mean

    @property
    def is_flagged(self) -> Flags:
        """Judged and below the drawn line: the one rule for list and chart."""
        flagged: Flags = self.is_judged & (self.value < self.line)
        return flagged

    @property
    def is_material(self) -> Flags:
        """Judged and below the material line."""
        material: Flags = self.is_judged & (self.value < self.material_line)
        return material


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
    return judge_means(handler, cases, value, within, eligible)


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


def judge_means(
    handler: Ints, cases: Ints, value: Floats, within_variance: float, eligible: Flags
) -> Funnel:
    """The funnel of adjusted means ``value`` of ``cases`` each; arrays of shape (n_handlers,).

    ``within_variance`` is the variance of a single case around its handler's level; only the
    ``eligible`` with MIN_CASES are judged, all others still say what is ordinary.
    """
    judged: Flags = eligible & (cases >= MIN_CASES)
    sampling = within_variance / cases
    groups = two_groups(value, sampling)
    spread = np.sqrt(groups.variance + sampling)
    z = (value - groups.mean) / spread
    aim = AIM_EVIDENT if groups.share else AIM_ELSE
    line = groups.mean + spread * _cut(z[judged], max(z.size - 1, 1), aim)
    return Funnel(
        handler=handler,
        cases=cases,
        value=value,
        z=z,
        line=line,
        material_line=_material_line(groups, value, sampling, judged),
        detectable=(groups.mean - line) + float(ndtri(POWER)) * np.sqrt(sampling),
        shortfall=shortfalls(groups, value, sampling),
        is_judged=judged,
        groups=groups,
        within_variance=within_variance,
    )


def _cut(z: Floats, degrees: int, aim: float) -> float:
    """The z below which Benjamini-Hochberg rejects, or would have rejected the first.

    With k rejections the k-th p is at most k q / m and the next above (k + 1) q / m, so the cut
    is taken between these two hurdles: rounding cannot put a point on the wrong side.
    """
    k = rejections(stdtr(degrees, z), aim)
    return float(stdtrit(degrees, aim * (k + 0.5 if k else JUST_BELOW) / max(z.size, 1)))


def _material_line(groups: TwoGroups, value: Floats, sampling: Floats, judged: Flags) -> Floats:
    """For each handler's number of cases the value at which the list ends."""
    nowhere = np.full(value.size, -np.inf)
    if not groups.share:
        return nowhere
    chance = np.sort(chance_below(groups, value, sampling, MATERIAL)[judged])[::-1]
    wrong = np.cumsum(1 - chance) / np.arange(1, chance.size + 1)
    listed = int((wrong <= FDR).sum())  # the mean grows along the list
    if not listed:
        return nowhere
    hurdle = float(np.append(chance, 0)[listed - 1 : listed + 1].mean())
    high = np.full(value.size, groups.mean)
    low = high - 10 * (groups.distance + MATERIAL + np.sqrt(groups.variance + sampling))
    for _ in range(HALVINGS):
        middle = (low + high) / 2
        beyond = chance_below(groups, middle, sampling, MATERIAL) > hurdle
        low, high = np.where(beyond, middle, low), np.where(beyond, high, middle)
    return low
