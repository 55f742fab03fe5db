"""The linear programme of ``scoring.chances``: its data, its load prices, its certificate."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

FORBIDDEN = np.int32(2**30)
"""Cost that stands for a conflict; real costs and prices stay below half of it."""

FAR = 2**40
"""Beyond any price."""

Costs = NDArray[np.int32]
Whole = NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Band:
    """Loads per reviewer in parts, each (r,): free of price from ``low`` to ``high``, never above
    ``top``; ``mark`` is how many parts the first step outside the band is wide.
    """

    low: Whole
    high: Whole
    top: Whole
    mark: int


@dataclass(frozen=True, slots=True)
class Chances:
    """Used pairs only, by case: ``parts[m]`` of ``reviewer[m]`` for ``case[m]``; dual ``prices``
    (r,); ``unplaced`` (n,) parts that no reviewer can take.
    """

    case: Whole
    reviewer: Whole
    parts: Whole
    prices: Whole
    unplaced: Whole

    def cost(self, costs: Costs) -> int:
        """Sum of costs over the parts placed, without the price of loads."""
        each = costs[self.case, self.reviewer].astype(np.int64) * self.parts
        return int(each.sum())


@dataclass(frozen=True, slots=True)
class Programme:
    """Arguments of ``cheapest_chances`` with what follows from them: the ``penalty`` P, the pieces
    of f as (widths, price), and the cost of a part left to nobody.
    """

    costs: Costs
    demand: Whole
    most: Whole
    band: Band
    penalty: int
    steps: tuple[tuple[Whole, int], ...]
    refusal: int

    @property
    def nobody(self) -> int:
        """The column beside the reviewers'."""
        columns: int = self.costs.shape[1]
        return columns


def programme_of(costs: Costs, demand: Whole, most: Whole, band: Band) -> Programme:
    """The programme; raises ValueError as ``cheapest_chances``."""
    real = costs[costs != FORBIDDEN]
    largest, smallest = (int(real.max()), int(real.min())) if real.size else (0, 0)
    penalty = costs.shape[1] * (largest - smallest) + 1
    steps = _steps(band, penalty)
    # Above any chain of exchanges at any load, so a part is refused only when it must be.
    refusal = largest + penalty * (len(steps) + 2)
    if smallest < 0 or refusal >= FORBIDDEN // 2:
        raise ValueError(f"costs from {smallest} to {largest} are too wide for exact pricing")
    return Programme(costs, demand, most, band, penalty, steps, refusal)


def _steps(band: Band, penalty: int) -> tuple[tuple[Whole, int], ...]:
    """Widths per reviewer and price of the pieces of f, inside the band first. After the first
    step on either side widths double, so that few pieces reach any load.
    """
    steps = [(band.high - band.low, 0)]
    below, above, width = band.low, band.top - band.high, band.mark
    while below.any() or above.any():
        price = penalty * (len(steps) // 2 + 1)
        steps += [(np.minimum(width, below), -price), (np.minimum(width, above), price)]
        below, above = below - steps[-2][0], above - steps[-1][0]
        width = width if len(steps) == 3 else 2 * width
    return tuple(steps)


def marginals(programme: Programme, load: Whole) -> tuple[Whole, Whole]:
    """Price of the last part of each load, and of the next one."""
    last, following = np.full(load.shape, -FAR), np.full(load.shape, FAR)
    reached = np.zeros_like(load)
    for width, price in sorted(programme.steps, key=lambda step: step[1]):
        last = np.where((width > 0) & (load > reached), price, last)
        reached = reached + width
        following = np.where(
            (width > 0) & (load < reached), np.minimum(following, price), following
        )
    return last, following


def proves_optimal(chances: Chances, costs: Costs, demand: Whole, most: Whole, band: Band) -> bool:
    """Whether the dual prices prove these chances cheapest among all, from the definition only.

    False also when a constraint is broken. Arguments as in ``cheapest_chances``.
    """
    programme = programme_of(costs, demand, most, band)
    parts = np.zeros(costs.shape, dtype=np.int64)
    parts[chances.case, chances.reviewer] = chances.parts
    if (parts[costs == FORBIDDEN] != 0).any() or (parts > most[:, None]).any():
        return False
    if (parts.sum(axis=1) + chances.unplaced != demand).any() or (parts < 0).any():
        return False
    last, following = marginals(programme, parts.sum(axis=0))
    price = chances.prices
    reduced = costs + price
    below = np.where(parts > 0, reduced, -FAR).max(axis=1, initial=-FAR)
    below = np.where(chances.unplaced > 0, np.maximum(below, programme.refusal), below)
    above = np.where((parts < most[:, None]) & (costs != FORBIDDEN), reduced, FAR)
    above = np.minimum(above.min(axis=1, initial=FAR), programme.refusal)
    return bool((below <= above).all() and (last <= price).all() and (price <= following).all())
