"""Who marks which case: an exact, balanced and random assignment under hard conflicts.

Model
    n cases and r reviewers; a case may go to any reviewer with whom it has no conflict. Every
    case needs k distinct markers and, where wanted, one more person in reserve.

Symbols
    conflicts[i, j]   whether reviewer j may never mark case i
    x[i, j]           1 when reviewer j marks case i, else 0
    load_j            sum over i of x[i, j]
    w[i, j]           a random whole number from 0 to ``RANDOM_COSTS`` - 1, drawn from the seed

Problem
    minimise   B * sum_j f(load_j) + sum_ij w[i, j] x[i, j]
    subject to sum_j x[i, j] = k for each i, and x[i, j] = 0 wherever there is a conflict,
    where f is 0 up to the floor of the mean load and rises convexly above it, and B exceeds any
    sum of the w. So loads come first: whenever loads that differ by at most one exist, they are
    found; among all such assignments the random costs choose.

Solution
    Minimum-cost flow source -> cases -> reviewers -> sink, solved exactly by OR-tools (cost
    scaling push-relabel). Flows are whole because capacities are.

Source
    Ahuja, Magnanti and Orlin, Network Flows, 1993, ch. 10 and 14.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from ortools.graph.python.min_cost_flow import SimpleMinCostFlow

RANDOM_COSTS = 1024
"""Number of levels of the random cost of a pair: enough to make ties rare among a panel."""

Conflicts = NDArray[np.bool_]
Indices = NDArray[np.int64]


class TooFewEligibleError(ValueError):
    """Some cases have fewer reviewers without a conflict than they need; ``cases`` are indices."""

    def __init__(self, cases: tuple[int, ...], needed: int) -> None:
        super().__init__(f"{len(cases)} cases have fewer than {needed} reviewers without conflict")
        self.cases = cases
        self.needed = needed


@dataclass(frozen=True, slots=True)
class Panel:
    """Reviewers as column indices: ``markers`` (n, k) and ``reserves`` (n,), or None."""

    markers: Indices
    reserves: Indices | None


def assign(conflicts: Conflicts, marks: int, *, reserve: bool, seed: int) -> Panel:
    """Markers, and a reserve who is none of them, for every case.

    Parameters
    ----------
    conflicts
        Boolean, (n cases, r reviewers); not changed.
    marks
        k, markers per case, at least 1.
    reserve
        Whether each case gets one more reviewer, balanced among themselves.
    seed
        Same arguments and seed, same panel; a marker's place among the k is random too.

    Raises
    ------
    TooFewEligibleError
        A case has fewer than k (+ 1 with a reserve) reviewers without conflict. Nothing is
        assigned then; with enough for every case an answer always exists.
    ValueError
        ``conflicts`` is not a matrix with at least one case, or ``marks`` is below 1.
    """
    if conflicts.ndim != 2 or not conflicts.shape[0] or marks < 1:
        raise ValueError("an assignment needs a matrix of cases by reviewers and marks >= 1")
    _refuse_scarcity(conflicts, marks + reserve)
    random = np.random.default_rng(seed)
    markers = random.permuted(_solve(conflicts, marks, random), axis=1)
    if not reserve:
        return Panel(markers, None)
    taken = conflicts.copy()
    np.put_along_axis(taken, markers, values=True, axis=1)
    return Panel(markers, _solve(taken, 1, random)[:, 0])


def loads(indices: Indices, reviewers: int) -> Indices:
    """Cases per reviewer, (r,), from an array of column indices of any shape."""
    return np.bincount(indices.ravel(), minlength=reviewers)


def _refuse_scarcity(conflicts: Conflicts, needed: int) -> None:
    eligible = (~conflicts).sum(axis=1)
    if (scarce := np.flatnonzero(eligible < needed)).size:
        raise TooFewEligibleError(tuple(scarce.tolist()), needed)


def _solve(conflicts: Conflicts, marks: int, random: np.random.Generator) -> Indices:
    """Columns of the k reviewers of each row, ascending, (n, k)."""
    n, r = conflicts.shape
    case, reviewer = np.nonzero(~conflicts)
    flow = SimpleMinCostFlow()
    source, sink = n + r, n + r + 1
    flow.add_arcs_with_capacity_and_unit_cost(
        np.full(n, source), np.arange(n), np.full(n, marks), np.zeros(n, int)
    )
    costs = random.integers(0, RANDOM_COSTS, case.size)
    pairs = flow.add_arcs_with_capacity_and_unit_cost(
        case, n + reviewer, np.ones(case.size, int), costs
    )
    for capacity, price in _load_steps(n, r, marks):
        flow.add_arcs_with_capacity_and_unit_cost(
            n + np.arange(r), np.full(r, sink), np.full(r, capacity), np.full(r, price)
        )
    flow.set_nodes_supplies(np.array([source, sink]), np.array([n * marks, -n * marks]))
    if (status := flow.solve()) != SimpleMinCostFlow.OPTIMAL:
        raise RuntimeError(f"minimum-cost flow ended as {status}")
    chosen = flow.flows(pairs) > 0
    columns: Indices = reviewer[chosen].reshape(n, marks)
    return columns


def _load_steps(n: int, r: int, marks: int) -> list[tuple[int, int]]:
    """Capacity and price of the arcs to the sink: free up to the floor of the mean load, then
    dearer step by step. Steps after the first two double, so that few arcs reach any load.
    """
    dominating = n * marks * RANDOM_COSTS + 1
    steps, reached, width = [(n * marks // r, 0)], n * marks // r, 1
    while reached < n:
        steps.append((width, dominating * len(steps)))
        reached += width
        width = width if len(steps) == 2 else 2 * width
    return steps
