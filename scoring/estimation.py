"""Design-weighted estimates from a stratified sample drawn without replacement.

Model       none: the population is fixed, only the draw is random (design-based inference).
Symbols     N_h cases in stratum h, n_h of them drawn; f_h = n_h / N_h;
            pi_i inclusion probability of case i, equal in a stratum unless units have a minimum
            or a cap; w_i = N_h (1 / pi_i) / sum_h (1 / pi): N_h / n_h where they are equal;
            d_i = 1 where case i lies in the domain (a region, a quarter), else 0.
Estimator   ratio of the domain, m = sum(w d y) / sum(w d x), its mean where x = 1;
            total of the domain, T = sum(w d y).
Variance    linearised: z_i = w_i d_i (y_i - m x_i) / sum(w d x); of a total z_i = w_i d_i y_i;
            var = sum_h (1 - f_h) n_h / (n_h - 1) sum_i (z_i - mean_h(z))^2,
            over all drawn cases of a stratum, those outside the domain counting as zero.
            A stratum with one drawn case is centred at 0, the mean of all z.
Interval    of a mean: Student t with (cases in the domain) - (strata in the domain) degrees.
            of a share: Clopper-Pearson at an effective sample size (Korn and Graubard).
Sources     Särndal, Swensson, Wretman, Model Assisted Survey Sampling (1992), ch. 5 and 10;
            Korn and Graubard, Survey Methodology 24 (1998) 193-201;
            Welch, Biometrika 34 (1947) 28-35, for the difference of two means.
"""

from dataclasses import dataclass

import numpy as np
from scipy.special import betaincinv, stdtr, stdtrit

from scoring.ratings import Flags, Floats, Ints

CONFIDENCE = 0.95
"""Two-sided coverage of every interval shown to people."""


@dataclass(frozen=True, slots=True, eq=False)
class Design:
    """Which stratum each drawn case came from, and how large the strata were.

    ``stratum`` has shape (n,) with indices into ``population`` (H,), the N_h. ``chance`` (n,)
    holds the pi_i, 0 < pi_i <= 1; without it they are equal in a stratum. Raises ValueError when a
    stratum holds more drawn cases than cases, or a chance lies outside.
    """

    stratum: Ints
    population: Ints
    chance: Floats | None = None

    def __post_init__(self) -> None:
        if self.chance is not None and ((self.chance <= 0) | (self.chance > 1)).any():
            raise ValueError("a drawn case had a chance above 0, and at most 1")
        if (self.drawn > self.population).any():
            raise ValueError("more cases drawn from a stratum than it holds")

    @property
    def drawn(self) -> Ints:
        """n_h, shape (H,)."""
        return np.bincount(self.stratum, minlength=self.population.size)

    @property
    def weight(self) -> Floats:
        """w_i, shape (n,); those of a stratum add up to N_h."""
        if self.chance is None:
            return self.population[self.stratum] / self.drawn[self.stratum]
        share = 1 / self.chance
        return (self.population / np.bincount(self.stratum, share))[self.stratum] * share


@dataclass(frozen=True, slots=True)
class Estimate:
    """``n`` drawn cases in the domain; the interval is None where the data cannot give one."""

    n: int
    value: float
    standard_error: float | None
    degrees: int
    lower: float | None
    upper: float | None


@dataclass(frozen=True, slots=True)
class Share:
    """A share on 0-1 of ``n`` drawn cases; its interval never leaves 0-1 and always exists."""

    n: int
    count: int
    value: float
    lower: float
    upper: float


def domain_mean(design: Design, value: Floats, domain: Flags) -> Estimate | None:
    """Mean of ``value`` (shape (n,), any unit) over the cases of ``domain`` (shape (n,), bool).

    None for an empty domain. No interval with fewer than one degree of freedom, or where all
    drawn values are equal although cases were left out: that zero is luck, not precision.
    """
    return domain_ratio(design, value, np.ones(value.size), domain)


def domain_ratio(design: Design, value: Floats, size: Floats, domain: Flags) -> Estimate | None:
    """Total of ``value`` over the total of ``size`` in ``domain``, all of shape (n,).

    As ``domain_mean``, and None where the drawn sizes add up to 0.
    """
    if not (design.weight * size)[domain].sum():
        return None
    ratio, variance, degrees = _ratio(design, value, size, domain)
    return _estimate(design, domain, ratio, variance, degrees)


def domain_total(design: Design, value: Floats, domain: Flags) -> Estimate | None:
    """Total of ``value`` (n,) over all cases of ``domain`` (n,) in the frame, drawn or not.

    None for an empty domain; otherwise as ``domain_mean``.
    """
    if not domain.any():
        return None
    parts = design.weight * domain * value
    degrees = int(domain.sum()) - np.unique(design.stratum[domain]).size
    total = float(parts.sum())
    variance = _not_rounding(_variance(design, parts), total)
    return _estimate(design, domain, total, variance, degrees)


def _estimate(
    design: Design, domain: Flags, value: float, variance: float, degrees: int
) -> Estimate:
    n, is_census = int(domain.sum()), _is_census(design, domain)
    if not is_census and (degrees < 1 or variance == 0):
        return Estimate(n, value, None, degrees, None, None)
    error = float(np.sqrt(variance))
    half = error * _t_quantile(degrees) if error else 0.0
    return Estimate(n, value, error, degrees, value - half, value + half)


def domain_share(design: Design, success: Flags, domain: Flags) -> Share | None:
    """Share of successes (``success`` shape (n,), bool) in ``domain``; None when it is empty.

    The effective size is p (1 - p) / var(p), corrected for the degrees of freedom, and never
    above that of a simple random draw of the same n: a small domain whose strata happen to be
    uniform has no variance, yet is not certain. At 0 or n successes Kish's size stands in.
    """
    n = int(domain.sum())
    if n == 0:
        return None
    p, variance, degrees = _ratio(design, success.astype(float), np.ones(success.size), domain)
    count = int((success & domain).sum())
    p = min(max(p, 0.0), 1.0)
    if _is_census(design, domain):
        return Share(n, count, p, p, p)
    effective = _effective_size(design, domain, p if 0 < count < n else None, variance, degrees)
    lower, upper = clopper_pearson(p * effective, effective)
    return Share(n, count, p, min(lower, p), max(upper, p))


def clopper_pearson(successes: float, size: float) -> tuple[float, float]:
    """Exact binomial limits on 0-1; ``successes`` and ``size`` may be fractional.

    0 of 12 gives 0 to 0.265: the upper limit solves (1 - u)^12 = 0.025.
    """
    tail = (1 - CONFIDENCE) / 2
    failures = max(size - successes, 0.0)
    lower = betaincinv(successes, failures + 1, tail) if successes > 0 else 0.0
    upper = betaincinv(successes + 1, failures, 1 - tail) if failures > 0 else 1.0
    return float(lower), float(upper)


def difference(later: Estimate, earlier: Estimate) -> Estimate | None:
    """``later`` minus ``earlier`` of two independent draws, with Welch's interval.

    None where either has no standard error. ``n`` is the number of cases of both together.
    """
    if later.standard_error is None or earlier.standard_error is None:
        return None
    parts = (later.standard_error**2, earlier.standard_error**2)
    total = sum(parts)
    change = later.value - earlier.value
    if total == 0:
        return Estimate(later.n + earlier.n, change, 0.0, 0, change, change)
    spread = sum(
        v**2 / d for v, d in zip(parts, (later.degrees, earlier.degrees), strict=True) if v
    )
    degrees = int(total**2 / spread)
    error = float(np.sqrt(total))
    half = error * _t_quantile(degrees)
    return Estimate(later.n + earlier.n, change, error, degrees, change - half, change + half)


def p_value(estimate: Estimate) -> float | None:
    """Two-sided p that the true value is 0; None without a standard error, 0 when it is 0."""
    if estimate.standard_error is None:
        return None
    if estimate.standard_error == 0:
        return float(estimate.value == 0)
    return float(2 * stdtr(estimate.degrees, -abs(estimate.value) / estimate.standard_error))


def _ratio(design: Design, value: Floats, size: Floats, domain: Flags) -> tuple[float, float, int]:
    weight = design.weight * domain
    whole = (weight * size).sum()
    ratio = float((weight * value).sum() / whole)
    variance = _variance(design, weight * (value - ratio * size) / whole)
    occupied = np.unique(design.stratum[domain]).size
    return ratio, _not_rounding(variance, ratio), int(domain.sum()) - occupied


def _not_rounding(variance: float, value: float) -> float:
    return variance if variance > (1e-12 * max(1.0, abs(value))) ** 2 else 0.0


def _variance(design: Design, z: Floats) -> float:
    """Of the sum of ``z`` (n,) over the drawn cases."""
    drawn, strata = design.drawn, design.population.size
    centre = np.bincount(design.stratum, z, strata) / np.maximum(drawn, 1)
    centre[drawn == 1] = 0.0
    squares = np.bincount(design.stratum, (z - centre[design.stratum]) ** 2, strata)
    left_out = 1 - drawn / np.maximum(design.population, 1)
    return float((left_out * squares * drawn / np.maximum(drawn - 1, 1)).sum())


def _is_census(design: Design, domain: Flags) -> bool:
    touched = np.unique(design.stratum[domain])
    return bool((design.drawn[touched] == design.population[touched]).all())


def _effective_size(
    design: Design, domain: Flags, p: float | None, variance: float, degrees: int
) -> float:
    n = int(domain.sum())
    weight = design.weight[domain]
    if p is None:
        return float(weight.sum() ** 2 / (weight**2).sum())
    simple = n / (1 - n / weight.sum())
    if variance == 0:
        return float(simple)
    correction = (_t_quantile(n - 1) / _t_quantile(degrees)) ** 2 if degrees > 0 else 1.0
    return float(min(p * (1 - p) / variance * correction, simple))


def _t_quantile(degrees: int) -> float:
    return float(stdtrit(degrees, (1 + CONFIDENCE) / 2))
