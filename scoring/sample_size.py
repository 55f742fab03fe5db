"""How large a sample must be, and what a sample of a given size can show.

Model
    Simple random sampling without replacement of n_h from N_h in each stratum h. Either a mean is
    estimated, with standard deviation S_h among the cases of h; or D of N cases fail, and the
    question is whether the sample shows one of them.

Symbols
    d      half-width of the interval, z the normal quantile of its confidence
    V      variance of the estimated mean, sum_h (N_h/N)^2 (1 - n_h/N_h) S_h^2 / n_h
    V'     the same for any part of the frame before the draw, in cells c of equal chance pi_c:
           sum_c N_c (1 - pi_c) / pi_c S_c^2 / N^2; with pi = n / N in whole strata it is V

Estimators
    d = z sqrt(V); solved for n in one stratum: n0 = (z S / d)^2, n = n0 / (1 + n0 / N), rounded up.
    P(no fail is drawn) = product over i < n of (N - D - i) / (N - i), hypergeometric, exact.

Source
    Cochran, Sampling Techniques, 3rd ed. 1977, ch. 4.6 and 5.5; Stark, Risk-limiting Audits, 2008,
    for the chance to see at least one.
"""

import math
from collections.abc import Sequence
from statistics import NormalDist

CONFIDENCE = 0.95
FAIL_RATE = 0.05
"""A share of fails that no round should miss."""


def half_width(
    populations: Sequence[int],
    sizes: Sequence[int],
    deviations: Sequence[float],
    *,
    confidence: float = CONFIDENCE,
) -> float:
    """Expected half-width of the interval of the mean over all strata, in units of the marks.

    Parameters
    ----------
    populations, sizes, deviations
        N_h >= 1, 1 <= n_h <= N_h and S_h >= 0 per stratum.
    confidence
        Between 0 and 1.

    Returns
    -------
    d; 0 for a census.

    Raises
    ------
    ValueError
        A size does not lie between 1 and its population, or the confidence not between 0 and 1.
    """
    variance, whole = 0.0, sum(populations)
    for population, size, deviation in zip(populations, sizes, deviations, strict=True):
        if not 1 <= size <= population:
            raise ValueError(f"a stratum of {population} cannot have {size} places")
        rest = 1 - size / population
        variance += (population / whole) ** 2 * rest * deviation**2 / size
    return _quantile(confidence) * math.sqrt(variance)


def expected_half_width(
    populations: Sequence[int],
    chances: Sequence[float],
    deviations: Sequence[float],
    *,
    confidence: float = CONFIDENCE,
) -> float:
    """Half-width to expect for the mean of a part of the frame, before anything is drawn.

    Parameters
    ----------
    populations, chances, deviations
        N_c >= 0, 0 < pi_c <= 1 and S_c >= 0 per cell; a cell is any set of cases that share
        stratum and inclusion probability.
    confidence
        Between 0 and 1.

    Returns
    -------
    z sqrt(V'); 0 for a census or an empty part.

    Raises
    ------
    ValueError
        A chance does not lie above 0 and up to 1, or the confidence not between 0 and 1.
    """
    variance, whole = 0.0, sum(populations)
    for population, chance, deviation in zip(populations, chances, deviations, strict=True):
        if not 0 < chance <= 1:
            raise ValueError(f"{chance} is no inclusion probability")
        variance += population * (1 - chance) / chance * deviation**2
    return _quantile(confidence) * math.sqrt(variance) / whole if whole else 0.0


def size_for_half_width(
    population: int, deviation: float, wanted: float, *, confidence: float = CONFIDENCE
) -> int:
    """Smallest simple random sample whose interval is not wider than ``wanted`` on either side.

    At least 1 and at most ``population``. ValueError if ``population`` is below 1, ``wanted`` is
    not above 0, or the confidence is not between 0 and 1.
    """
    if population < 1 or wanted <= 0:
        raise ValueError("a sample size needs a population and a half-width above 0")
    needed = (_quantile(confidence) * deviation / wanted) ** 2
    return min(population, max(1, math.ceil(needed / (1 + needed / population))))


def fails_at(population: int, rate: float = FAIL_RATE) -> int:
    """Number of fails at a rate, rounded up, at least 1."""
    return max(1, math.ceil(round(population * rate, 9)))


def chance_to_see(population: int, fails: int, size: int) -> float:
    """Probability that a simple random sample holds at least one of the fails.

    ValueError unless 0 <= fails, size <= population.
    """
    if not (0 <= fails <= population and 0 <= size <= population):
        raise ValueError("fails and sample lie between 0 and the population")
    missed = 1.0
    for i in range(size):
        missed *= max(0, population - fails - i) / (population - i)
    return 1 - missed


def size_to_see(population: int, fails: int, *, chance: float = CONFIDENCE) -> int:
    """Smallest sample that shows a fail with at least this chance; ValueError without any fail."""
    if not 1 <= fails <= population or not 0 < chance < 1:
        raise ValueError("there must be a fail to see, and a chance between 0 and 1")
    missed, size = 1.0, 0
    while missed > 1 - chance:
        missed *= max(0, population - fails - size) / (population - size)
        size += 1
    return size


def _quantile(confidence: float) -> float:
    if not 0 < confidence < 1:
        raise ValueError("a confidence lies between 0 and 1")
    return NormalDist().inv_cdf((1 + confidence) / 2)
