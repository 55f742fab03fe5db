"""A panel: which reviewers mark which case, as indices.

Cases are the rows 0 to n - 1 and reviewers the columns 0 to r - 1 of a matrix of conflicts.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

VACANT = -1
"""Stands for a place without a reviewer."""

Conflicts = NDArray[np.bool_]
Indices = NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Panel:
    """Reviewers as column indices: ``markers`` (n, k), ``reserves`` (n,) or None, and ``common``
    (m, 2), the further marks (case, reviewer) of the common set.

    ``chance`` is the highest probability that a pair had in this run, ``small_pools`` the cases
    with too few possible reviewers to hide in, ``components`` 1 for a connected panel and
    ``exchanges`` the number of marks that changed hands to connect it.
    """

    markers: Indices
    reserves: Indices | None
    common: Indices
    chance: float
    small_pools: tuple[int, ...]
    components: int
    exchanges: int


def loads(indices: Indices, reviewers: int) -> Indices:
    """Cases per reviewer, (r,), from column indices in any shape; ``VACANT`` counts for nobody."""
    return np.bincount(indices[indices != VACANT].ravel(), minlength=reviewers)


def marks_of(panel: Panel) -> Indices:
    """Case and reviewer of every mark, places in row order, then the common set, (m, 2)."""
    return np.concatenate([places_of(panel.markers), panel.common])


def free_pairs(conflicts: Conflicts, panel: Panel) -> Conflicts:
    """Pairs without conflict whose reviewer has no part in the case yet, (n, r)."""
    named = [marks_of(panel)]
    if panel.reserves is not None:
        named.append(places_of(panel.reserves))
    free = ~conflicts
    for case, reviewer in (pairs.T for pairs in named):
        free[case, reviewer] = False
    return free


def places_of(places: Indices) -> Indices:
    """Case and reviewer of each place that is taken, (m, 2)."""
    places = places.reshape(len(places), -1)
    row, column = np.nonzero(places != VACANT)
    return np.column_stack([row, places[row, column]])
