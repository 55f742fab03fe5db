"""How far reviewers agree: intraclass correlations, weighted kappa, Krippendorff's alpha.

Symbols     y_ij mark of case i (of n) by reviewer j (of k); MSB, MSJ, MSE, MSW mean squares
            between cases, between reviewers, of the residual, and within cases.
ICC         one-way  (1,1) = (MSB - MSW) / (MSB + (k-1) MSW)
            random   (2,1) = (MSB - MSE) / (MSB + (k-1) MSE + k (MSJ - MSE) / n)
            fixed    (3,1) = (MSB - MSE) / (MSB + (k-1) MSE); (.,k) is the mean of k marks.
            Intervals from F quantiles; for (2,.) with Satterthwaite's degrees of freedom.
Kappa       kappa = 1 - sum(w p) / sum(w e), p the observed and e the chance shares of the pairs
            of grades, w >= 0 their disagreement; large-sample standard error.
Alpha       alpha = 1 - D_o / D_e over pairable values: unit u with m_u >= 2 values adds each
            ordered pair of them with weight 1 / (m_u - 1). Differences: nominal 0 / 1; interval
            (v - v')^2; ordinal the squared count of values ranked between, ends by half.
            Interval: jackknife over units, Student t on U - 1 degrees of freedom.
Sources     Shrout, Fleiss, Psychological Bulletin 86 (1979) 420-428;
            Fleiss, Cohen, Everitt, Psychological Bulletin 72 (1969) 323-327;
            Krippendorff, Computing Krippendorff's Alpha-Reliability (2011);
            Efron, Stein, Annals of Statistics 9 (1981) 586-596, for the jackknife.
"""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from scipy.special import fdtri, ndtri, stdtrit

from scoring.estimation import CONFIDENCE
from scoring.ratings import Floats

UPPER = 1 - (1 - CONFIDENCE) / 2
"""The quantile at which a two-sided interval ends."""


Difference = Callable[[Floats, Floats], Floats]
"""Squared differences, shape (..., v, v), of ``values`` (v,) that occur ``counts`` (..., v)
times."""


@dataclass(frozen=True, slots=True)
class Agreement:
    """A coefficient with its interval; the ends are None where the data cannot give one."""

    value: float
    lower: float | None
    upper: float | None


@dataclass(frozen=True, slots=True)
class IntraclassCorrelations:
    """The six forms, of one mark and of the mean of k marks, over ``cases`` complete cases."""

    cases: int
    reviewers: int
    one_way: Agreement
    random: Agreement
    fixed: Agreement
    one_way_mean: Agreement
    random_mean: Agreement
    fixed_mean: Agreement


def intraclass_correlations(marks: Floats) -> IntraclassCorrelations | None:
    """All six ICCs of ``marks``, shape (n, k), in any unit; NaN is a missing mark.

    Cases with a missing mark are left out: ``alpha`` uses them. None with fewer than two complete
    cases, fewer than two reviewers, or where all marks are equal: there is nothing to compare.
    """
    complete = marks[~np.isnan(marks).any(axis=1)]
    n, k = complete.shape
    if n < 2 or k < 2 or np.ptp(complete) == 0:
        return None
    between, reviewer, within, residual = _mean_squares(complete)
    one_way = _of_ratio(between, within, n - 1, n * (k - 1))
    fixed = _of_ratio(between, residual, n - 1, (n - 1) * (k - 1))
    random = _random(between, reviewer, residual, n, k)
    return IntraclassCorrelations(
        *(n, k, _single(one_way, k), random, _single(fixed, k)),
        *(_of_mean(one_way), _stepped_up(random, k), _of_mean(fixed)),
    )


def weighted_kappa(pairs: Floats, weights: Floats) -> Agreement | None:
    """Cohen's weighted kappa of ``pairs``, shape (g, g): how many cases got row's grade from one
    and column's from the other. ``weights``, same shape, >= 0: disagreement, 0 on the diagonal.

    None for no case, or where both gave one and the same grade throughout. Raises ValueError on
    negative counts or weights, or a weight on the diagonal.
    """
    if (pairs < 0).any() or (weights < 0).any() or np.diagonal(weights).any():
        raise ValueError("counts and weights must not be negative, nor the diagonal weighted")
    n = float(pairs.sum())
    if n == 0:
        return None
    shares = pairs / n
    rows, columns = shares.sum(axis=1), shares.sum(axis=0)
    observed, chance = float((weights * shares).sum()), float(rows @ weights @ columns)
    if chance == 0:
        return None
    error = _kappa_error(shares, weights, observed, chance) / np.sqrt(n)
    kappa, half = 1 - observed / chance, float(ndtri(UPPER) * error)
    return Agreement(kappa, max(-1.0, kappa - half), min(1.0, kappa + half))


def alpha(marks: Floats, difference: Difference) -> Agreement | None:
    """Krippendorff's alpha of ``marks``, shape (units, reviewers); NaN is a missing mark.

    ``difference`` is ``nominal``, ``ordinal`` or ``interval`` below. None where fewer than two
    units have two marks, or all pairable marks are equal. No interval when leaving out some one
    unit leaves no variation.
    """
    pairable = marks[(~np.isnan(marks)).sum(axis=1) >= 2]
    if len(pairable) < 2:
        return None
    values, units = _coincidences(pairable)
    whole = units.sum(axis=0)
    value = _alpha_of(whole[None], values, difference)[0]
    if np.isnan(value):
        return None
    return jackknifed(float(value), _alpha_of(whole - units, values, difference))


def nominal(values: Floats, counts: Floats) -> Floats:
    """0 for equal values, 1 for others."""
    return np.broadcast_to(1.0 - np.eye(values.size), (*counts.shape, values.size))


def interval(values: Floats, counts: Floats) -> Floats:
    """The squared difference of the values."""
    squared = (values[:, None] - values) ** 2
    return np.broadcast_to(squared, (*counts.shape, values.size))


def ordinal(values: Floats, counts: Floats) -> Floats:
    """The squared number of marks from one value to the other, those at both ends by half."""
    middle = np.cumsum(counts, axis=-1) - counts / 2
    squared: Floats = (middle[..., :, None] - middle[..., None, :]) ** 2
    return squared


def _mean_squares(marks: Floats) -> tuple[float, float, float, float]:
    n, k = marks.shape
    by_case, by_reviewer, overall = marks.mean(axis=1), marks.mean(axis=0), marks.mean()
    between = k * ((by_case - overall) ** 2).sum()
    reviewer = n * ((by_reviewer - overall) ** 2).sum()
    within = ((marks - by_case[:, None]) ** 2).sum()
    residual = max(float(within - reviewer), 0.0)
    freedom = (n - 1, k - 1, n * (k - 1), (n - 1) * (k - 1))
    found = (between, reviewer, within, residual)
    return tuple(float(s / d) for s, d in zip(found, freedom, strict=True))  # type: ignore[return-value]


def _of_ratio(above: float, below: float, d1: int, d2: int) -> tuple[float, float, float]:
    """F = above / below and the ends of its interval; infinite where below is 0."""
    ratio = above / below if below else np.inf
    return ratio, ratio / float(fdtri(d1, d2, UPPER)), ratio * float(fdtri(d2, d1, UPPER))


def _single(ratio: tuple[float, float, float], k: int) -> Agreement:
    return Agreement(*((f - 1) / (f + k - 1) if np.isfinite(f) else 1.0 for f in ratio))


def _of_mean(ratio: tuple[float, float, float]) -> Agreement:
    return Agreement(*(1 - 1 / f if f else -np.inf for f in ratio))


def _random(between: float, reviewer: float, residual: float, n: int, k: int) -> Agreement:
    rest = k * reviewer + (k * n - k - n) * residual
    value = n * (between - residual) / (n * between + rest)
    if residual == 0:  # no noise, so no distribution to take an interval from
        return Agreement(value, None, None)
    ratio = reviewer / residual
    parts = (k * value * ratio, n * (1 + (k - 1) * value) - k * value)
    degrees = (k - 1) * (n - 1) * sum(parts) ** 2
    degrees /= (n - 1) * parts[0] ** 2 + parts[1] ** 2
    low, high = float(fdtri(n - 1, degrees, UPPER)), float(fdtri(degrees, n - 1, UPPER))
    return Agreement(
        value,
        n * (between - low * residual) / (low * rest + n * between),
        n * (high * between - residual) / (rest + n * high * between),
    )


def _stepped_up(single: Agreement, k: int) -> Agreement:
    """Spearman and Brown: of the mean of k marks."""
    ends = (single.value, single.lower, single.upper)
    return Agreement(*(None if r is None else r * k / (1 + r * (k - 1)) for r in ends))  # type: ignore[arg-type]


def _kappa_error(shares: Floats, weights: Floats, observed: float, chance: float) -> float:
    """Standard error times the root of n."""
    rows, columns = shares.sum(axis=1), shares.sum(axis=0)
    marginal = (weights @ columns)[:, None] + rows @ weights
    spread = (shares * (weights * chance - marginal * observed) ** 2).sum()
    spread -= (observed * chance - 2 * chance * observed) ** 2
    return float(np.sqrt(max(spread, 0.0))) / chance**2


def _coincidences(marks: Floats) -> tuple[Floats, Floats]:
    """The distinct values (v,), and each unit's weighted ordered pairs of them (units, v, v)."""
    values = np.unique(marks[~np.isnan(marks)])
    counts = (marks[:, :, None] == values).sum(axis=1).astype(float)
    pairs = counts[:, :, None] * counts[:, None, :]
    pairs[:, range(values.size), range(values.size)] -= counts
    return values, pairs / (counts.sum(axis=1) - 1)[:, None, None]


def _alpha_of(pairs: Floats, values: Floats, difference: Difference) -> Floats:
    """Alpha of each of ``pairs`` (units, v, v); NaN where all its marks are equal."""
    counts = pairs.sum(axis=-1)
    squared = difference(values, counts)
    observed = (pairs * squared).sum(axis=(-2, -1))
    expected = (counts[..., :, None] * counts[..., None, :] * squared).sum(axis=(-2, -1))
    with np.errstate(invalid="ignore"):
        found: Floats = 1 - (counts.sum(axis=-1) - 1) * observed / expected
    return found


def jackknifed(value: float, without: Floats) -> Agreement:
    units = without.size
    if np.isnan(without).any():
        return Agreement(value, None, None)
    pseudo = units * value - (units - 1) * without
    half = float(stdtrit(units - 1, UPPER) * pseudo.std(ddof=1) / np.sqrt(units))
    return Agreement(value, max(-1.0, value - half), min(1.0, value + half))
