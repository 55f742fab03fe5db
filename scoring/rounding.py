"""From chances to a panel: random rounding that keeps every chance, quota and load.

Model
    Parts x[i, j] of a mark (see ``scoring.chances``), denominator a power of two. Wanted is a
    random 0/1 matrix y with P(y[i, j] = 1) = x[i, j] / denominator exactly, with every case's sum
    kept and every reviewer's sum rounded down or up, always.

Method
    Halving. An even number of parts goes half and half. The odd pairs are linked two by two at
    each case, and two by two at each reviewer, one of whose pairs may stay alone. The links form
    paths and cycles; cycles are even, because links at cases and at reviewers alternate. So the
    pairs of each path or cycle fall into two classes such that linked ones differ; a coin decides
    which class gets the odd part. Every case keeps exactly half of its parts, every reviewer half
    of them rounded down or up, and each pair its half in expectation. After log2(denominator)
    halvings parts are whole marks.

Classes
    The double cover has two copies of each pair and joins a copy to the other copy of a linked
    pair. Its components come in twins; the twin in which a pair's first copy lies is its class.

Source
    Gandhi et al., Dependent Rounding and its Applications to Approximation Algorithms, J. ACM
    2006; Gabow, Using Euler Partitions to Edge Color Bipartite Multigraphs, 1976.
"""

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components

Whole = NDArray[np.int64]


def round_chances(
    case: Whole, reviewer: Whole, parts: Whole, *, denominator: int, random: np.random.Generator
) -> NDArray[np.bool_]:
    """Which pairs become marks, (m,).

    Parameters
    ----------
    case, reviewer, parts
        (m,) each, every pair at most once, 0 <= parts <= denominator; the parts of each case add
        up to whole marks.
    denominator
        A power of two; 1 returns the parts themselves.
    random
        Tosses the coins.

    Raises
    ------
    ValueError
        The denominator is no power of two, or the parts of a case are not whole marks.
    """
    if denominator < 1 or denominator & (denominator - 1):
        raise ValueError(f"{denominator} is not a power of two")
    if (np.bincount(case, parts).astype(np.int64) % denominator).any():
        raise ValueError("the parts of each case must add up to whole marks")
    while denominator > 1:
        odd = np.flatnonzero(parts & 1)
        parts = parts >> 1
        parts[odd] += _coins(case[odd], reviewer[odd], random)
        denominator //= 2
    return parts > 0


def _coins(case: Whole, reviewer: Whole, random: np.random.Generator) -> NDArray[np.bool_]:
    """0 or 1 per pair, fair, different for pairs that are linked."""
    m = case.size
    order = random.permutation(m)
    one, other = np.hstack([_links(case, order), _links(reviewer, order)])
    rows, columns = np.concatenate([one, one + m]), np.concatenate([other + m, other])
    cover = coo_array((np.ones(rows.size, dtype=np.int8), (rows, columns)), shape=(2 * m, 2 * m))
    count, component = connected_components(cover, directed=False)
    first, second = component[:m], component[m:]
    coin = random.integers(0, 2, count)[np.minimum(first, second)] == 1
    result: NDArray[np.bool_] = (first < second) ^ coin
    return result


def _links(owner: Whole, order: Whole) -> Whole:
    """Pairs of pairs with the same owner, in random order, each in one link at most, (2, l)."""
    by_owner = order[np.argsort(owner[order], kind="stable")]
    sorted_owner = owner[by_owner]
    place = np.arange(owner.size) - np.searchsorted(sorted_owner, sorted_owner)
    first = np.flatnonzero(place % 2 == 0)
    first = first[first + 1 < owner.size]
    first = first[sorted_owner[first] == sorted_owner[first + 1]]
    return np.stack([by_owner[first], by_owner[first + 1]])
