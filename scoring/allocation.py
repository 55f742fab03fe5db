"""How many cases to draw from each stratum.

Model
    A frame of strata with N_h cases; places n_h with floor_h <= n_h <= ceiling_h add up to the
    sample size n. Without further rules floor_h is 1 (0 for an empty stratum), ceiling_h is N_h.

Method
    Places are given one at a time to the stratum with the highest priority; a stratum below its
    floor comes before all others, ties go to the larger stratum, then to the earlier one.

    proportional   N_h / (2 n_h + 1), the divisor method of Webster and Sainte-Lague
    equal          the stratum with the fewest places so far
    Neyman         N_h S_h / sqrt(n_h (n_h + 1)) with standard deviations S_h from earlier rounds:
                   the whole numbers that minimise the variance of the estimated mean (Wright 2012)

Monotony
    Because places are only ever added, a larger sample contains the smaller one; the method of
    largest remainders would not promise that (Alabama paradox).

Sources
    Cochran, Sampling Techniques, 3rd ed. 1977, ch. 5; Balinski and Young, Fair Representation,
    2nd ed. 2001, app. A; Wright, The Equivalence of Neyman Optimum Allocation for Sampling and
    Equal Proportions for Apportioning the U.S. House of Representatives, Am. Stat. 2012.
"""

import heapq
import math
from collections.abc import Callable, Sequence

Priority = Callable[[int, int], float]


def allocate_proportional(
    populations: Sequence[int],
    sample_size: int,
    *,
    floors: Sequence[int] | None = None,
    ceilings: Sequence[int] | None = None,
) -> tuple[int, ...]:
    """Places per stratum in proportion to its size, one at least wherever the size allows.

    Parameters
    ----------
    populations
        N_h per stratum, in a fixed order.
    sample_size
        Sum of the places, 0 to sum(ceiling_h).
    floors, ceilings
        Least and most places per stratum; see the top of the file for what they are if left out.

    Returns
    -------
    n_h in the same order, 0 <= n_h <= ceiling_h, adding up to ``sample_size``. A stratum is below
    its floor only if there are fewer places than the floors ask for.

    Raises
    ------
    ValueError
        ``sample_size`` is negative or above sum(ceiling_h), or a population is negative.
    """
    # Division rounds correctly, so equal fractions stay equal, and unequal ones differ as long as
    # population times sample stays below 2**52.
    return _allocate(
        populations, sample_size, lambda h, n: populations[h] / (2 * n + 1), floors, ceilings
    )


def allocate_equal(
    populations: Sequence[int],
    sample_size: int,
    *,
    floors: Sequence[int] | None = None,
    ceilings: Sequence[int] | None = None,
) -> tuple[int, ...]:
    """The same number of places for every stratum, as far as its size allows.

    Arguments, answer and errors as in ``allocate_proportional``. Places that a small stratum
    cannot fill go to the others; the last places that do not divide go to the largest.
    """
    return _allocate(populations, sample_size, lambda _h, n: -float(n), floors, ceilings)


def allocate_neyman(
    populations: Sequence[int],
    deviations: Sequence[float],
    sample_size: int,
    *,
    floors: Sequence[int] | None = None,
    ceilings: Sequence[int] | None = None,
) -> tuple[int, ...]:
    """Places that make the variance of the estimated mean smallest.

    ``deviations`` are the S_h, 0 or above; all other arguments, the answer and the errors are as
    in ``allocate_proportional``. Floors are at least 1 here: without a case from a stratum its
    mean could not be estimated.
    """
    if len(deviations) != len(populations) or min(deviations, default=0.0) < 0:
        raise ValueError("Neyman allocation needs one deviation of 0 or above per stratum")
    return _allocate(
        populations,
        sample_size,
        lambda h, n: populations[h] * deviations[h] / math.sqrt(n * (n + 1)),
        floors,
        ceilings,
    )


def _allocate(
    populations: Sequence[int],
    sample_size: int,
    priority: Priority,
    floors: Sequence[int] | None,
    ceilings: Sequence[int] | None,
) -> tuple[int, ...]:
    if min(populations, default=0) < 0:
        raise ValueError("a stratum cannot have fewer than no cases")
    most = populations if ceilings is None else ceilings
    least = [min(1, n) for n in populations] if floors is None else floors
    if not 0 <= sample_size <= sum(most):
        raise ValueError(f"{sample_size} places for a frame of {sum(most)}")
    places = [0] * len(populations)

    def entry(h: int) -> tuple[float, int, int]:
        first = places[h] < least[h]
        return (-math.inf if first else -priority(h, places[h]), -populations[h], h)

    waiting = [entry(h) for h in range(len(populations)) if most[h]]
    heapq.heapify(waiting)
    for _ in range(sample_size):
        h = waiting[0][2]
        places[h] += 1
        if places[h] == most[h]:
            heapq.heappop(waiting)
        else:
            heapq.heapreplace(waiting, entry(h))
    return tuple(places)
