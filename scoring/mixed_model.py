"""Fair scores: who is lenient, whose work is good, and how sure one can be of either.

Model       y = X beta + sum_f Z_f b_f + e, b_f ~ N(0, s2_f I), e ~ N(0, s2 I): crossed random
            effects of handler, case and reviewer, with case-mix covariates and round in X.
Criterion   REML: d = log|H| + log|X' inverse(H) X| + (n - p) (1 + log(2 pi r2 / (n - p))),
            H as in mixed_equations, r2 = (y - X beta)' inverse(H) (y - X beta).
Optimiser   Newton with the average information matrix on (s2, s2_1 .. s2_F), steps halved until
            the criterion falls; a variance that would turn negative stops at zero and is kept
            there while the criterion rises from zero.
Result      beta by generalised least squares; best linear predictions
            b_f = g_f Z_f' inverse(H) (y - X beta); conditional standard deviations
            sqrt(s2 (g_f - g_f^2 diag(Z_f' inverse(H) Z_f))), given beta, as lme4 gives them.
Intervals   of variances: chi-square with 2 (s2_f / se)^2 degrees, se from the information.
Sources     Patterson, Thompson, Biometrika 58 (1971) 545-554; Gilmour, Thompson, Cullis,
            Biometrics 51 (1995) 1440-1450; Satterthwaite, Biometrics Bulletin 2 (1946) 110-114.
"""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from scipy.special import chdtri

from scoring.estimation import CONFIDENCE
from scoring.mixed_design import DisconnectedError, MixedDesign, NothingToFitError, mixed_design
from scoring.mixed_equations import Equations, Solved
from scoring.mixed_patterns import summed, totals
from scoring.ratings import Floats, Ints

__all__ = ["DisconnectedError", "MixedFit", "NothingToFitError", "fit", "reliability"]

FLOOR = 1e-7
"""A ratio of variances that stands for zero while the criterion's slope there is measured."""

TOLERANCE = 1e-8
"""The fit has converged when the criterion falls by less than this."""

MOST_STEPS, MOST_HALVINGS = 60, 30
START = 0.2
"""First guess of each ratio of variances."""


class NotConvergedError(RuntimeError):
    """The criterion went on falling after the last step."""


@dataclass(frozen=True, slots=True)
class Variance:
    """A variance component in squared points. Zero has no interval, and one that the marks hardly
    tell from zero has no upper end."""

    value: float
    lower: float | None
    upper: float | None


@dataclass(frozen=True, slots=True, eq=False)
class Effects:
    """Of one factor: ``level`` ids (q,), predictions (q,) in points, and their conditional
    standard deviations (q,)."""

    level: Ints
    prediction: Floats
    deviation: Floats


@dataclass(frozen=True, slots=True, eq=False)
class MixedFit:
    """``variances`` by factor name; ``fixed`` (p,), the intercept first, with its covariance."""

    criterion: float
    variances: dict[str, Variance]
    residual: Variance
    fixed: Floats
    fixed_covariance: Floats
    effects: dict[str, Effects]
    steps: int


@dataclass(frozen=True, slots=True, eq=False)
class _Point:
    """The criterion at one vector of ratios, with all that the next step needs."""

    solved: Solved
    criterion: float
    residual: float
    beta: Floats
    covariance: Floats
    projected: Floats
    weighted: Floats


def fit(score: Floats, factors: Mapping[str, Ints], covariates: Floats | None = None) -> MixedFit:
    """Fit by REML; arguments as in ``mixed_design``.

    A variance of zero is an ordinary result. Raises DisconnectedError, NothingToFitError,
    NotConvergedError.
    """
    design = mixed_design(score, factors, covariates)
    equations = Equations(design)
    point, steps = _optimised(equations)
    return _result(design, point, steps)


def criterion_at(score: Floats, factors: Mapping[str, Ints], ratios: Mapping[str, float]) -> float:
    """The REML criterion at given ratios s2_f / s2, each > 0, with an intercept alone."""
    design = mixed_design(score, factors)
    return _point(Equations(design), np.array([ratios[f.name] for f in design.factors])).criterion


def reliability(fit: MixedFit, wanted: str, averaged: Mapping[str, float], marks: float) -> float:
    """Share of the variance of a mean of ``marks`` marks that is due to ``wanted``, 0-1.

    ``averaged`` says over how many levels of each other factor the mean is taken: of a case
    marked by two reviewers ``{"reviewer": 2}``; factors not named do not vary within the mean
    and count as part of what is wanted. Raises ValueError when there is no variance at all.
    """
    noise = sum(fit.variances[name].value / count for name, count in averaged.items())
    noise += fit.residual.value / marks
    others = set(fit.variances) - set(averaged) - {wanted}
    true = fit.variances[wanted].value + sum(fit.variances[name].value for name in others)
    if true + noise == 0:
        raise ValueError("nothing varies")
    return true / (true + noise)


def _optimised(equations: Equations) -> tuple[_Point, int]:
    point = _point(equations, np.full(len(equations.design.factors), START))
    for step in range(1, MOST_STEPS + 1):
        following = _stepped(equations, point)
        if point.criterion - following.criterion < TOLERANCE:
            return following, step
        point = following
    raise NotConvergedError


def _point(equations: Equations, ratios: Floats) -> _Point:
    design = equations.design
    solved = equations.at(ratios)
    weighted = solved.times(np.column_stack([design.covariates, design.score]))
    on_x, on_y = weighted[:, :-1], weighted[:, -1]
    information = design.covariates.T @ on_x
    covariance = np.linalg.inv(information).astype(float)
    beta: Floats = covariance @ (design.covariates.T @ on_y)
    projected = on_y - on_x @ beta
    degrees = design.score.size - beta.size
    squares = float(design.score @ projected)
    criterion = solved.log_determinant + float(np.linalg.slogdet(information)[1])
    criterion += degrees * (1 + np.log(2 * np.pi * squares / degrees))
    residual = squares / degrees
    return _Point(solved, float(criterion), residual, beta, covariance, projected, on_x)


def _stepped(equations: Equations, point: _Point) -> _Point:
    """The point a Newton step leads to, halved until the criterion does not rise."""
    slope, information = _derivatives(equations.design, point)
    ratios = point.solved.ratios
    at_zero = (ratios <= FLOOR) & (slope[:-1] <= 0)
    free = np.append(~at_zero, True)
    step = np.zeros(slope.size)
    step[free] = np.linalg.solve(information[np.ix_(free, free)], slope[free])
    values = np.append(ratios, 1.0) * point.residual
    for _ in range(MOST_HALVINGS):
        wanted = values + step
        if wanted[-1] > 0:
            following = _point(equations, np.maximum(wanted[:-1] / wanted[-1], FLOOR))
            if following.criterion <= point.criterion + TOLERANCE / 2:
                return following
        step /= 2
    return point


def _derivatives(design: MixedDesign, point: _Point) -> tuple[Floats, Floats]:
    """Score and average information with respect to (s2_1 .. s2_F, s2), as H scaled by s2."""
    scale, y = point.residual, point.projected
    shares = [totals(f.level, np.column_stack([point.weighted, y]), f.size) for f in design.factors]
    traces = []
    for diagonal, share in zip(point.solved.diagonals, shares, strict=True):
        on_x = share[:, :-1]
        traces.append(diagonal.sum() - float(((on_x @ point.covariance) * on_x).sum()))
    degrees = design.score.size - point.beta.size
    last = degrees - float(np.dot(point.solved.ratios, traces))
    squares = [float((share[:, -1] ** 2).sum()) for share in shares] + [float(y @ y)]
    slope = -0.5 * (np.array([*traces, last]) / scale - np.array(squares) / scale**2)
    working = [share[:, -1][f.level] for f, share in zip(design.factors, shares, strict=True)]
    columns = np.column_stack([*working, y])
    solved = point.solved.times(columns)
    solved -= point.weighted @ (point.covariance @ (point.weighted.T @ columns))
    information: Floats = 0.5 * (columns.T @ solved) / scale**3
    return slope, information


def _result(design: MixedDesign, point: _Point, steps: int) -> MixedFit:
    ratios = np.where(point.solved.ratios <= FLOOR, 0.0, point.solved.ratios)
    values = np.append(ratios, 1.0) * point.residual
    _, information = _derivatives(design, point)
    kept = values > 0
    errors = np.full(values.size, np.nan)
    errors[kept] = np.sqrt(np.diagonal(np.linalg.inv(information[np.ix_(kept, kept)])))
    variances = [_variance(*pair) for pair in zip(values, errors, strict=True)]
    names = [factor.name for factor in design.factors]
    effects = {
        factor.name: _effects(point, factor.level, factor.levels, ratio, diagonal)
        for factor, ratio, diagonal in zip(
            design.factors, ratios, point.solved.diagonals, strict=True
        )
    }
    return MixedFit(
        criterion=point.criterion,
        variances=dict(zip(names, variances[:-1], strict=True)),
        residual=variances[-1],
        fixed=point.beta,
        fixed_covariance=point.residual * point.covariance,
        effects=effects,
        steps=steps,
    )


def _variance(value: float, error: float) -> Variance:
    if value == 0:
        return Variance(0.0, None, None)
    degrees = 2 * (value / error) ** 2
    if degrees < 1:  # so unsure that the chi-square crowds at its zero
        return Variance(float(value), 0.0, None)
    tail = (1 - CONFIDENCE) / 2
    ends = (degrees * value / float(chdtri(degrees, tail)), degrees * value)
    return Variance(float(value), float(ends[0]), float(ends[1] / chdtri(degrees, 1 - tail)))


def _effects(point: _Point, level: Ints, levels: Ints, ratio: float, diagonal: Floats) -> Effects:
    total = summed(level, point.projected, levels.size)
    spread = np.maximum(ratio - ratio**2 * diagonal, 0.0)
    deviation: Floats = np.sqrt(point.residual * spread)
    return Effects(levels, ratio * total, deviation)
