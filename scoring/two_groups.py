"""Whether a few handlers form a group of their own below the rest, and how far below each is.

Model       d_j = mu + t_j + e_j, e_j ~ N(0, v_j) with v_j known; a share 1 - pi of the handlers
            has t_j ~ N(0, tau^2), a share pi has t_j ~ N(-delta, tau^2).
Estimator   maximum likelihood of (mu, tau^2, pi, delta), from two starts, pi <= LARGEST_SHARE.
            mu and tau^2 are then the empirical null: what the bulk looks like without the group.
Evidence    twice the log likelihood gained over pi = 0. Below EVIDENCE the group counts as chance,
            pi = 0, and mu and tau^2 are DerSimonian's and Laird's.
Posterior   given d_j a mixture of two normals; r_j its weight on the lower group; in each group
            the mean is shrunk by b_j = tau^2 / (tau^2 + v_j), the variance is b_j v_j.
Sources     Efron, JASA 99 (2004) 96-104, for the empirical null; Efron, Large-Scale Inference
            (2010), ch. 2, for the two groups; McLachlan, JRSS C 36 (1987) 318-324, for taking the
            hurdle of the evidence from simulation.
"""

from dataclasses import dataclass

import numpy as np
from scipy.optimize import minimize
from scipy.special import expit, logit, ndtr

from scoring.estimation import CONFIDENCE
from scoring.inference import between_variance
from scoring.ratings import Floats

EVIDENCE = 4.0
"""The usual hurdles do not hold at the edge pi = 0. With 100 to 5,000 handlers of one group, chance
gains more than this in 3 to 7 % of simulated rounds; in 14 % where errors are heavy-tailed (Student
with 5 degrees per case, 1,000 handlers)."""

FEWEST = 100
"""With fewer handlers two groups can hardly be told from one, and no second one is sought."""

LARGEST_SHARE = 0.2
"""A group larger than this is not a few handlers who stand apart."""

STARTS = ((0.03, 2.5), (0.1, 1.5))
"""First guesses of pi, and of delta in standard deviations of d."""

HALVINGS = 60
"""Bisections of an interval's end: from a hundred points down to rounding."""


@dataclass(frozen=True, slots=True)
class TwoGroups:
    """``mean`` and ``variance`` (tau^2) of the bulk in points; the lower group has ``share`` of
    all handlers and lies ``distance`` points below; both are 0 where there is no evidence."""

    mean: float
    variance: float
    share: float
    distance: float


@dataclass(frozen=True, slots=True, eq=False)
class Shortfall:
    """How far below the bulk's mean each handler truly is, in points, shape (m,): the expected
    value and the ends of the interval; above 0 is worse."""

    expected: Floats
    lower: Floats
    upper: Floats


@dataclass(frozen=True, slots=True, eq=False)
class _Posterior:
    """Per handler: ``poor`` the weight of the lower group, the mean in each, their common sd."""

    poor: Floats
    mean: Floats
    poor_mean: Floats
    deviation: Floats

    def above(self, shortfall: float | Floats) -> Floats:
        """Probability that the true shortfall exceeds ``shortfall`` points, shape (m,)."""
        spread = np.maximum(self.deviation, 1e-9)  # none where all handlers are alike
        bulk = ndtr((-shortfall - self.mean) / spread)
        chance: Floats = bulk + self.poor * (ndtr((-shortfall - self.poor_mean) / spread) - bulk)
        return chance


def two_groups(value: Floats, variance: Floats) -> TwoGroups:
    """Fit ``value`` (m,) with sampling ``variance`` (m,), > 0, both in points.

    Raises ValueError when there is no value or a variance is not positive.
    """
    mean, between = between_variance(value, variance)
    one = TwoGroups(mean, between, 0.0, 0.0)
    if value.size < FEWEST:
        return one
    single, _ = _fitted(value, variance, one, STARTS[0], 0.0)
    both = (_fitted(value, variance, one, start, LARGEST_SHARE) for start in STARTS)
    cost, found = min(both, key=lambda fitted: fitted[0])
    return found if 2 * (single - cost) > EVIDENCE else one


def shortfalls(groups: TwoGroups, value: Floats, variance: Floats) -> Shortfall:
    """Posterior mean and central interval of each handler's shortfall, from arrays as above."""
    known = _posterior(groups, value, variance)
    tail = (1 - CONFIDENCE) / 2
    expected = -((1 - known.poor) * known.mean + known.poor * known.poor_mean)
    return Shortfall(expected, _end(known, 1 - tail), _end(known, tail))


def chance_below(groups: TwoGroups, value: Floats, variance: Floats, shortfall: float) -> Floats:
    """Probability that each handler's true shortfall exceeds ``shortfall`` points, shape (m,)."""
    return _posterior(groups, value, variance).above(shortfall)


def _posterior(groups: TwoGroups, value: Floats, variance: Floats) -> _Posterior:
    total = groups.variance + variance
    shrink, away = groups.variance / total, value - groups.mean
    poor = np.zeros(value.size)
    if groups.share:
        poor = expit(logit(groups.share) + _log_ratio(away, total, groups.distance))
    poor_mean = -groups.distance + shrink * (away + groups.distance)
    return _Posterior(poor, shrink * away, poor_mean, np.sqrt(shrink * variance))


def _log_ratio(away: Floats, total: Floats, distance: float) -> Floats:
    """Log density of the lower group over that of the bulk."""
    ratio: Floats = (away**2 - (away + distance) ** 2) / (2 * total)
    return ratio


def _end(known: _Posterior, chance: float) -> Floats:
    """The shortfall that is exceeded with probability ``chance``, by bisection."""
    reach = 10 * known.deviation
    low = -np.maximum(known.mean, known.poor_mean) - reach
    high = -np.minimum(known.mean, known.poor_mean) + reach
    for _ in range(HALVINGS):
        middle = (low + high) / 2
        beyond = known.above(middle) > chance
        low, high = np.where(beyond, middle, low), np.where(beyond, high, middle)
    end: Floats = (low + high) / 2
    return end


def _fitted(
    value: Floats, variance: Floats, one: TwoGroups, start: tuple[float, float], largest: float
) -> tuple[float, TwoGroups]:
    """Least negative log likelihood (up to a constant) and where it lies; one group where the
    ``largest`` share is 0."""
    typical = float(np.sqrt(one.variance + np.median(variance)))
    share, distances = start
    first = [one.mean, np.log(max(one.variance, 0.01 * typical**2))]
    bounds = [(None, None), (2 * np.log(1e-4 * typical), 2 * np.log(1e2 * typical))]
    if largest:
        first += [logit(share), np.log(distances * typical)]
        bounds += [(-15.0, logit(largest)), (np.log(0.5 * typical), np.log(1e2 * typical))]
    found = minimize(_cost, first, (value, variance), jac=True, method="L-BFGS-B", bounds=bounds)
    mean, log_variance, *group = found.x
    share, distance = (expit(group[0]), np.exp(group[1])) if group else (0.0, 0.0)
    return float(found.fun), TwoGroups(
        float(mean), float(np.exp(log_variance)), float(share), float(distance)
    )


def _cost(parameters: Floats, value: Floats, variance: Floats) -> tuple[float, Floats]:
    """Negative log likelihood and its gradient in mu, log tau^2 and, if given, logit pi, log delta.

    The gradient is an average over what the posterior weights r_j say about the groups.
    """
    between = np.exp(parameters[1])
    total, away = between + variance, value - parameters[0]
    likely = -0.5 * (np.log(total) + away**2 / total)
    poor, distance = np.zeros(value.size), 0.0
    if parameters.size > 2:
        distance = float(np.exp(parameters[3]))
        odds = parameters[2] + _log_ratio(away, total, distance)
        poor = expit(odds)
        likely += np.logaddexp(0, odds) - np.logaddexp(0, parameters[2])
    pull, lower = (1 - poor) * away / total, poor * (away + distance) / total
    spread = pull * away + lower * (away + distance) - 1
    slope = [(pull + lower).sum(), 0.5 * between * (spread / total).sum()]
    if parameters.size > 2:
        slope += [(poor - expit(parameters[2])).sum(), -distance * lower.sum()]
    return -float(likely.sum()), -np.array(slope)
