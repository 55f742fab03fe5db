"""Whether reviewers can be compared: connected panels, and how to connect one.

Model
    A bipartite graph of cases and reviewers with an edge per mark. Differences of severity can be
    estimated within a component only, so a panel should have one.

Method
    Take two marks (i, a) and (i', b) of different components, the first on a cycle, and let a and
    b change places. Loads and quotas stay; the component of a is not cut, because the first mark
    was on a cycle, and whatever the second held together is joined to it on both sides. So each
    exchange leaves at least one component fewer. If marks >= cases + reviewers - 1 some component
    has a cycle whenever there are two; only conflicts can forbid every exchange.

Common cases
    A set of cases marked by more people than the rest links reviewers directly. Chosen greedily,
    so that every reviewer may mark some of them.

Source
    Searle, Linear Models for Unbalanced Data, 1987, ch. 5 (connectedness); Linacre, Many-Facet
    Rasch Measurement, 1989, ch. 8 (linking judging plans).
"""

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components, minimum_spanning_tree

Whole = NDArray[np.int64]
Allowed = NDArray[np.bool_]


def components(case: Whole, reviewer: Whole) -> tuple[int, Whole]:
    """How many components the marks form, and the label of each mark's own, (m,).

    Cases and reviewers without a mark do not count; no marks form no component.
    """
    if not case.size:
        return 0, np.zeros(0, dtype=np.int64)
    labels = connected_components(_graph(case, reviewer), directed=False)[1][case]
    found, label = np.unique(labels, return_inverse=True)
    return found.size, label.astype(np.int64)


def connect(
    case: Whole,
    reviewer: Whole,
    allowed: Allowed,
    *,
    movable: NDArray[np.bool_],
    random: np.random.Generator,
) -> Whole:
    """Reviewers of the same marks after as few exchanges as connect them, (m,).

    Parameters
    ----------
    case, reviewer
        The marks, (m,) each; not changed.
    allowed
        (n, r): who may mark what.
    movable
        (m,): marks that may change hands.
    random
        Decides among exchanges.

    Returns
    -------
    A copy; several components are left only if no allowed exchange joins two of them.
    """
    reviewer = reviewer.copy()
    count, label = components(case, reviewer)
    while count > 1:
        for one in random.permutation(np.flatnonzero(movable & ~_in_tree(case, reviewer))):
            fits = movable & (label != label[one])
            fits &= allowed[case[one], reviewer] & allowed[case, reviewer[one]]
            if fits.any():
                other = random.choice(np.flatnonzero(fits))
                break
        else:
            return reviewer
        reviewer[[one, other]] = reviewer[[other, one]]
        count, label = components(case, reviewer)
    return reviewer


def common_cases(allowed: Allowed, count: int, random: np.random.Generator) -> Whole:
    """``count`` cases of which every reviewer may mark as many as possible, ascending.

    One by one the case is taken that most helps those who may mark few of the others, each
    reviewer weighing 1 / (1 + cases so far) squared; ties at random. At most n are taken.
    """
    n, r = allowed.shape
    taken, reached = np.zeros(n, dtype=bool), np.zeros(r)
    tie = random.permutation(n) / (n * 2.0**20)
    for _ in range(min(count, n)):
        gain = allowed @ (1 + reached) ** -2 + tie
        one = int(np.argmax(np.where(taken, -np.inf, gain)))
        taken[one] = True
        reached += allowed[one]
    return np.flatnonzero(taken)


def _graph(case: Whole, reviewer: Whole) -> coo_array:
    """Adjacency of cases, then reviewers."""
    n = int(case.max()) + 1
    size = n + int(reviewer.max()) + 1
    return coo_array((np.ones(case.size), (case, n + reviewer)), shape=(size, size))


def _in_tree(case: Whole, reviewer: Whole) -> NDArray[np.bool_]:
    """Marks of a spanning forest; every other mark lies on a cycle, (m,)."""
    graph = _graph(case, reviewer)
    tree = minimum_spanning_tree(graph).tocoo()
    size = graph.shape[0]
    found: NDArray[np.bool_] = np.isin(graph.row * size + graph.col, tree.row * size + tree.col)
    return found
