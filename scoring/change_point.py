"""When a level changed, and how surely.

Model       x_1..x_k around mu_1, x_(k+1)..x_n around mu_2, independent normal errors of one
            unknown variance; k, both levels and the variance unknown.
Symbols     R(k) the residual sum of squares with a change after k, R_0 that without one.
Evidence    a change must lower m log R, over a stretch of m points, by more than 3 log n: twice
            the log likelihood against the modified BIC's price of a level and of a place.
Interval    posterior of k with flat priors on k and the levels, 1 / sigma on the spread:
            p(k) ~ (k (n - k))^(-1/2) R(k)^(-(n - 2) / 2); the shortest stretch around the most
            probable k that holds 95 %.
More        each side of a change is searched again in the same way.
Sources     Smith, Biometrika 62 (1975) 407-416, for the posterior; Zhang, Siegmund, Biometrics 63
            (2007) 22-32, for the price; Vostrikova, Soviet Math. Doklady 24 (1981) 55-59.
"""

from dataclasses import dataclass

import numpy as np

from scoring.estimation import CONFIDENCE
from scoring.ratings import Floats

SHORTEST = 3
"""Fewer points on a side are an outlier or two, not a level."""

PRICE = 3
"""Times log n: with it, chance makes a change in a series of 24 points in about 3 % of cases."""


@dataclass(frozen=True, slots=True)
class ChangePoint:
    """The level changed after point ``after`` (counted from 1), within ``earliest`` and
    ``latest`` with 95 % probability given that there was one; levels in the unit of the values."""

    after: int
    earliest: int
    latest: int
    level_before: float
    level_after: float


def change_points(value: Floats) -> list[ChangePoint]:
    """Every change of level of ``value`` (shape (n,), in time order), from first to last.

    Levels are those of the stretches between changes. Empty for fewer than 2 * SHORTEST points,
    for equal values, or where the evidence is too weak. Raises ValueError for one not finite.
    """
    if not np.isfinite(value).all():
        raise ValueError("needs finite values; leave empty periods out")
    ends = _ends(value.astype(float), 0, PRICE * np.log(max(value.size, 1)))
    return [
        _located(value, start, after, end)
        for start, after, end in zip([0, *ends], ends, [*ends[1:], value.size], strict=False)
    ]


def _ends(value: Floats, start: int, price: float) -> list[int]:
    """The last points of all stretches but the final one, counted from the whole's first."""
    split = _split(value, price)
    if split is None:
        return []
    before = _ends(value[:split], start, price)
    return [*before, start + split, *_ends(value[split:], start + split, price)]


def _split(value: Floats, price: float) -> int | None:
    """How many points lie before the best change, if it is worth its price."""
    n = value.size
    if n < 2 * SHORTEST or np.ptp(value) == 0:
        return None
    squares = _residuals(value)
    best = int(squares.argmin())
    whole = float(((value - value.mean()) ** 2).sum())
    smallest = max(float(squares[best]), np.finfo(float).tiny)
    if n * np.log(whole / smallest) <= price:
        return None
    return best + SHORTEST


def _residuals(value: Floats) -> Floats:
    """R(k) for k = SHORTEST .. n - SHORTEST."""
    n = value.size
    centred = value - value.mean()
    k = np.arange(SHORTEST, n - SHORTEST + 1)
    head = np.cumsum(centred)[k - 1]
    residual: Floats = (centred**2).sum() - head**2 * n / (k * (n - k))
    return np.maximum(residual, 0.0)


def _located(value: Floats, start: int, after: int, end: int) -> ChangePoint:
    stretch = value[start:end]
    k = np.arange(SHORTEST, stretch.size - SHORTEST + 1)
    squares = np.maximum(_residuals(stretch), np.finfo(float).tiny)
    log = -0.5 * np.log(k * (stretch.size - k)) - (stretch.size - 2) / 2 * np.log(squares)
    chance = np.exp(log - log.max())
    low, high = _shortest(chance / chance.sum(), after - start - SHORTEST)
    return ChangePoint(
        after=after,
        earliest=start + int(k[low]),
        latest=start + int(k[high]),
        level_before=float(value[start:after].mean()),
        level_after=float(value[after:end].mean()),
    )


def _shortest(chance: Floats, mode: int) -> tuple[int, int]:
    """The ends of the stretch around ``mode`` that holds CONFIDENCE, grown by the likelier side."""
    low = high = mode
    while chance[low : high + 1].sum() < CONFIDENCE:
        left = chance[low - 1] if low else -1.0
        right = chance[high + 1] if high + 1 < chance.size else -1.0
        low, high = (low - 1, high) if left >= right else (low, high + 1)
    return low, high
