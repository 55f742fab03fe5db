"""How each reviewer marks: severity, consistency, drift, central tendency and halo.

Model       y = mu + handler + case + severity_a + e, e with variance s2_a of reviewer a's own.
Symbols     y' a mark without its reviewer's fitted severity; o the mean of the other marks y' of
            the case, k - 1 of them; u = y' - o.
Severity    best linear prediction of the mixed model, with its conditional deviation; above 0 is
            lenient.
Noise       sqrt(s2_a): E u^2 = s2_a + sum over the others of s2_b / (k - 1)^2, solved for all
            reviewers together; interval from chi-square of mean u^2.
Drift       slope of u over the reviewer's own marks in time, from the first (0) to the last (1):
            points by which marking became more lenient.
Spread      b_a = cov_a(y, o) / its mean over all marks: below 1 marks crowd in the middle, above 1
            they are drawn apart. Student's t on the products.
Halo        mean correlation, between criteria, of the deviations from the others' marks: high
            where one impression decides every criterion. Jackknife over cases.
Sources     mixed_model; Saal, Downey, Lahey, Psychological Bulletin 88 (1980) 413-428, for the
            four effects; Cronbach, Psychometrika 16 (1951) 297-334, for the mean correlation.
"""

from dataclasses import dataclass, fields

import numpy as np
from scipy.special import chdtri, ndtri, stdtrit

from scoring.agreement import Agreement, jackknifed
from scoring.estimation import CONFIDENCE
from scoring.mixed_model import fit
from scoring.ratings import Flags, Floats, Ints

FEWEST_MARKS = 10
"""Of a reviewer with fewer marks beside others' nothing is said but the severity."""

TAIL = (1 - CONFIDENCE) / 2


@dataclass(frozen=True, slots=True, eq=False)
class Marks:
    """One row per mark, shape (n,): ``score`` in points, who marked which case of which handler,
    and ``at``, a time that orders a reviewer's marks. ``shares`` (n, p) are the criteria's shares
    of their points, NaN where not applicable; p may be 0."""

    score: Floats
    reviewer: Ints
    case: Ints
    handler: Ints
    at: Floats
    shares: Floats


@dataclass(frozen=True, slots=True)
class Reviewer:
    """One reviewer's readings, each with its interval; None where marks are too few for it."""

    reviewer: int
    marks: int
    severity: Agreement
    noise: Agreement | None
    drift: Agreement | None
    spread: Agreement | None
    halo: Agreement | None


def reviewer_readings(marks: Marks) -> list[Reviewer]:
    """Readings of every reviewer, in the order of their ids.

    Raises what ``mixed_model.fit`` raises: DisconnectedError where reviewers cannot be compared,
    NothingToFitError for one reviewer, one mark per case or equal marks.
    """
    severities = _severities(marks)
    ids, who = np.unique(marks.reviewer, return_inverse=True)
    fair = marks.score - np.array([severities[int(i)].value for i in ids])[who]
    beside = _others_count(marks.case) > 0
    parts = _Beside(
        who=who[beside],
        score=marks.score[beside],
        others=_others_mean(fair[:, None], marks.case)[beside, 0],
        apart=(fair[:, None] - _others_mean(fair[:, None], marks.case))[beside, 0],
        count=_others_count(marks.case)[beside],
        at=marks.at[beside],
        shares=(marks.shares - _others_mean(marks.shares, marks.case))[beside],
    )
    noises = _noises(parts, marks.case[beside], ids.size)
    common = _common_covariance(parts)
    return [
        _reading(int(i), severities[int(i)], noises[at], parts.only(parts.who == at), common)
        for at, i in enumerate(ids)
    ]


@dataclass(frozen=True, slots=True, eq=False)
class _Beside:
    """The marks of cases that others marked too; ``apart`` is u, ``others`` is o."""

    who: Ints
    score: Floats
    others: Floats
    apart: Floats
    count: Ints
    at: Floats
    shares: Floats

    def only(self, rows: Flags) -> "_Beside":
        return _Beside(**{f.name: getattr(self, f.name)[rows] for f in fields(self)})


def _severities(marks: Marks) -> dict[int, Agreement]:
    factors = {"case": marks.case, "reviewer": marks.reviewer}
    if np.unique(marks.handler).size < np.unique(marks.case).size:
        factors["handler"] = marks.handler
    effects = fit(marks.score, factors).effects["reviewer"]
    half = -float(ndtri(TAIL)) * effects.deviation
    rows = zip(effects.level, effects.prediction, half, strict=True)
    return {int(i): Agreement(float(v), float(v - h), float(v + h)) for i, v, h in rows}


def _reading(
    reviewer: int, severity: Agreement, noise: Agreement | None, own: _Beside, common: float
) -> Reviewer:
    n = own.score.size
    if n < FEWEST_MARKS:
        return Reviewer(reviewer, n, severity, None, None, None, None)
    return Reviewer(
        reviewer=reviewer,
        marks=n,
        severity=severity,
        noise=noise,
        drift=_drift(own.apart, own.at),
        spread=_spread(own.score, own.others, common),
        halo=_halo(own.shares),
    )


def _others_count(case: Ints) -> Ints:
    _, index = np.unique(case, return_inverse=True)
    return np.bincount(index)[index] - 1


def _others_mean(value: Floats, case: Ints) -> Floats:
    """Mean of the other rows of the same case, (n, p); NaN where there is none."""
    _, index = np.unique(case, return_inverse=True)
    known = ~np.isnan(value)
    filled = np.where(known, value, 0.0)
    total, count = np.zeros((2, int(index.max()) + 1, value.shape[1]))
    np.add.at(total, index, filled)
    np.add.at(count, index, known)
    rest = count[index] - known
    mean: Floats = np.where(rest > 0, (total[index] - filled) / np.maximum(rest, 1), np.nan)
    return mean


def _noises(parts: _Beside, case: Ints, reviewers: int) -> list[Agreement | None]:
    """Standard deviation of each reviewer's own error, from all squares of u at once."""
    marks = np.bincount(parts.who, minlength=reviewers)
    squares = np.bincount(parts.who, parts.apart**2, reviewers) / np.maximum(marks, 1)
    share = _met(parts, case, reviewers) / np.maximum(marks, 1)[:, None]
    known = marks > 0
    own = np.zeros(reviewers)
    own[known] = np.linalg.lstsq(
        (np.eye(reviewers) + share)[np.ix_(known, known)], squares[known], rcond=None
    )[0]
    return [
        _noise(value, whole, n)
        for value, whole, n in zip(own, squares, marks.tolist(), strict=True)
    ]


def _met(parts: _Beside, case: Ints, reviewers: int) -> Floats:
    """Sum, over a's marks, of 1 / (k - 1)^2 for every mark of b on the same case, (R, R)."""
    _, index = np.unique(case, return_inverse=True)
    present = np.zeros((int(index.max(initial=-1)) + 1, reviewers))
    np.add.at(present, (index, parts.who), 1.0)
    weight = np.zeros(present.shape[0])
    weight[index] = 1 / parts.count**2
    met: Floats = (present * weight[:, None]).T @ present
    met[np.diag_indices(reviewers)] -= np.bincount(parts.who, weight[index], reviewers)
    return met


def _noise(own: float, whole: float, n: int) -> Agreement | None:
    if n < FEWEST_MARKS:
        return None
    others = whole - own
    ends = [whole * (n - 1) / float(chdtri(n - 1, tail)) - others for tail in (TAIL, 1 - TAIL)]
    value, lower, upper = (float(np.sqrt(max(part, 0.0))) for part in (own, *ends))
    return Agreement(value, lower, upper)


def _drift(apart: Floats, at: Floats) -> Agreement | None:
    n = apart.size
    place = np.argsort(np.argsort(at, kind="stable"), kind="stable") / (n - 1)
    centred = place - place.mean()
    squares = float(centred @ centred)
    slope = float(centred @ apart) / squares
    rest = apart - apart.mean() - slope * centred
    error = float(np.sqrt((rest @ rest) / (n - 2) / squares))
    half = -float(stdtrit(n - 2, TAIL)) * error
    return Agreement(slope, slope - half, slope + half)


def _common_covariance(parts: _Beside) -> float:
    """Of a mark and the others', within reviewers, over all marks."""
    own, others = (_within(column, parts.who) for column in (parts.score, parts.others))
    return float((own * others).mean()) if own.size else 0.0


def _within(value: Floats, who: Ints) -> Floats:
    count = np.maximum(np.bincount(who), 1)
    within: Floats = value - (np.bincount(who, value) / count)[who]
    return within


def _spread(score: Floats, others: Floats, common: float) -> Agreement | None:
    if common <= 0:
        return None
    n = score.size
    products = (score - score.mean()) * (others - others.mean()) * n / (n - 1) / common
    half = -float(stdtrit(n - 1, TAIL)) * products.std(ddof=1) / np.sqrt(n)
    value = float(products.mean())
    return Agreement(value, value - float(half), value + float(half))


def _halo(shares: Floats) -> Agreement | None:
    """None with fewer than two criteria that vary. A missing share counts as no deviation."""
    known = ~np.isnan(shares)
    counts = np.maximum(known.sum(axis=0), 1)
    centred = np.where(known, shares - np.where(known, shares, 0).sum(axis=0) / counts, 0.0)
    centred = centred[:, np.ptp(centred, axis=0) > 0]
    n, p = centred.shape
    if p < 2:
        return None
    squares, crossed = centred**2, centred.sum(axis=1) ** 2
    without = _mean_correlation(squares.sum(axis=0) - squares, crossed.sum() - crossed)
    whole = _mean_correlation(squares.sum(axis=0)[None], crossed.sum()[None])
    return jackknifed(float(whole[0]), without)


def _mean_correlation(squares: Floats, crossed: Floats) -> Floats:
    """(variance of the sum - sum of variances) / what perfect correlation would give."""
    roots = np.sqrt(np.maximum(squares, 0))
    single = squares.sum(axis=1)
    perfect = roots.sum(axis=1) ** 2 - single
    with np.errstate(invalid="ignore", divide="ignore"):
        found: Floats = np.where(perfect > 0, (crossed - single) / perfect, np.nan)
    return found
