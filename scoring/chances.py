"""The chance of each reviewer to mark each case: an exact linear programme over all pairs.

Model
    A chance is a whole number of ``PARTS`` equal parts, so that a later rounding can realise it
    exactly. Case i needs d_i parts (k markers are k * PARTS parts) and takes at most u_i from
    one reviewer: u_i / PARTS caps the probability of any reviewer-case pair.

Symbols
    c[i, j]   cost of one part of reviewer j for case i, whole; ``FORBIDDEN`` for a conflict
    x[i, j]   parts, 0 <= x[i, j] <= u_i; sum over j is d_i
    T_j       sum over i of x[i, j], the load of reviewer j in parts
    f_j       convex price of a load: 0 inside a band, then rising by P per whole mark outside
    nobody    one more column that takes what no reviewer can, at a cost above all others
    p_j       dual price of reviewer j

Problem
    minimise sum_ij c[i, j] x[i, j] + sum_j f_j(T_j). P = r * (largest - smallest cost) + 1: any
    exchange that betters the loads passes each reviewer at most once, so it costs less than P.
    Loads therefore come first, as by an exact penalty, and costs decide among equal loads.

Solution
    Minimum-cost flow by OR-tools on a few candidates per case; candidates are the cheapest pairs
    at the dual prices of every ``STRIDE``-th case, solved first in the same way. Duals are the
    shortest distances in the exchange graph of the reviewers (edge a -> b: the least cost of
    passing one part from a to b). Every pair of the whole matrix is then priced; those that
    would improve join the candidates. The answer is returned only when none is left.

Certificate
    With r[i, j] = c[i, j] + p_j: for every case no unsaturated pair is below a used one, and p_j
    lies between the marginal prices of the last and the next part of j. By linear programming
    duality that proves the optimum, equivalently that the exchange graph over all pairs has no
    negative cycle; ``scoring.programme.proves_optimal`` checks it without the solver.

Source
    Ahuja, Magnanti and Orlin, Network Flows, 1993, ch. 9, 11 and 14 (reduced cost optimality,
    convex costs); Desaulniers et al., Column Generation, 2005, ch. 1; Jecmen et al., Mitigating
    Manipulation in Peer Review via Randomized Reviewer Assignments, NeurIPS 2020 (capped chances).
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from ortools.graph.python.min_cost_flow import SimpleMinCostFlow

from scoring.programme import (
    FAR,
    FORBIDDEN,
    Band,
    Chances,
    Costs,
    Programme,
    Whole,
    marginals,
    programme_of,
)

PARTS = 16
"""Parts of a whole mark: a power of two, so that halving four times ends in whole marks."""

ALL_PAIRS = 400_000
"""Up to so many pairs nothing is pruned: the flow is then a matter of tenths of a second."""

STRIDE = 8
"""Share of the cases whose prices guide the choice of candidates for all: one in eight."""

SURPLUS = 4
"""Candidates for each one that a case must have; at 4 a second flow is hardly ever needed."""


@dataclass(frozen=True, slots=True)
class _Flow:
    """Parts per candidate; marginal price of the last and of the next part of each column."""

    parts: Whole
    last: Whole
    following: Whole


def cheapest_chances(costs: Costs, demand: Whole, most: Whole, band: Band) -> Chances:
    """The cheapest chances of all pairs, proved.

    Parameters
    ----------
    costs
        int32, (n, r), 0 or above, ``FORBIDDEN`` for a conflict; not changed.
    demand, most
        d_i and u_i in parts, (n,); where the pool is too small or too busy, the rest of d_i is
        ``unplaced``, as little of it as possible.
    band
        The band of loads.

    Raises
    ------
    ValueError
        Costs times reviewers are too large for exact 32-bit pricing.
    """
    programme = programme_of(costs, demand, most, band)
    case, reviewer = _candidates(programme)
    while True:
        flow = _flow(programme, case, reviewer)
        distance = _distances(programme, case, reviewer, flow)
        more_case, more_reviewer = _improving(programme, case, reviewer, flow, distance)
        if not more_case.size:
            return _chances(programme, case, reviewer, flow, distance)
        case = np.concatenate([case, more_case])
        reviewer = np.concatenate([reviewer, more_reviewer])
        order = np.lexsort((reviewer, case))
        case, reviewer = case[order], reviewer[order]


def _candidates(programme: Programme) -> tuple[Whole, Whole]:
    """Pairs to start from, by case: all of them in a small programme."""
    n, r = programme.costs.shape
    needed = np.ceil(programme.demand / np.maximum(programme.most, 1)).max(initial=1)
    count = SURPLUS * int(needed)
    if n * r <= ALL_PAIRS or count >= r:
        return _pairs(np.nonzero(programme.costs != FORBIDDEN))
    prices = _sampled_prices(programme).astype(np.int32)
    best = np.argpartition(programme.costs + prices, count - 1, axis=1)[:, :count]
    best.sort(axis=1)
    kept = np.take_along_axis(programme.costs, best, axis=1) != FORBIDDEN
    return np.nonzero(kept)[0], best[kept]


def _sampled_prices(programme: Programme) -> Whole:
    part = slice(None, None, STRIDE)
    costs = np.ascontiguousarray(programme.costs[part])
    m, n, band = costs.shape[0], programme.costs.shape[0], programme.band
    smaller = Band(
        band.low * m // n, -(-band.high * m // n), -(-band.top * m // n), -(-band.mark * m // n)
    )
    return cheapest_chances(costs, programme.demand[part], programme.most[part], smaller).prices


def _pairs(found: tuple[NDArray[np.intp], ...]) -> tuple[Whole, Whole]:
    return found[0].astype(np.int64), found[1].astype(np.int64)


def _flow(programme: Programme, case: Whole, reviewer: Whole) -> _Flow:
    n, r = programme.costs.shape
    flow, sink = SimpleMinCostFlow(), n + r
    unit = programme.costs[case, reviewer].astype(np.int64)
    pairs = flow.add_arcs_with_capacity_and_unit_cost(
        case, n + reviewer, programme.most[case], unit
    )
    flow.add_arcs_with_capacity_and_unit_cost(
        np.arange(n), np.full(n, sink), programme.demand, np.full(n, programme.refusal)
    )
    for width, price in programme.steps:
        some = np.flatnonzero(width)
        flow.add_arcs_with_capacity_and_unit_cost(
            n + some, np.full(some.size, sink), width[some], np.full(some.size, price)
        )
    flow.set_nodes_supplies(np.arange(n), programme.demand)
    flow.set_nodes_supplies(np.array([sink]), np.array([-programme.demand.sum()]))
    # Reading the flows of an unsolved problem would end the process.
    if (status := flow.solve()) != SimpleMinCostFlow.OPTIMAL:
        raise RuntimeError(f"minimum-cost flow ended as {status}")
    parts: Whole = flow.flows(pairs)
    load = np.bincount(reviewer, parts, minlength=r).astype(np.int64)
    return _Flow(parts, *marginals(programme, load))


@dataclass(frozen=True, slots=True)
class _Columns:
    """Candidates with those of nobody, by case; all (m,)."""

    case: Whole
    column: Whole
    cost: Whole
    parts: Whole
    limit: Whole


def _with_nobody(programme: Programme, case: Whole, reviewer: Whole, flow: _Flow) -> _Columns:
    n = programme.costs.shape[0]
    everyone, placed = np.arange(n), np.bincount(case, flow.parts, minlength=n).astype(np.int64)
    order = np.argsort(np.concatenate([case, everyone]), kind="stable")
    columns = (
        (case, everyone),
        (reviewer, np.full(n, programme.nobody)),
        (programme.costs[case, reviewer], np.full(n, programme.refusal)),
        (flow.parts, programme.demand - placed),
        (programme.most[case], programme.demand),
    )
    return _Columns(*(np.concatenate(pair)[order] for pair in columns))


def _distances(programme: Programme, case: Whole, reviewer: Whole, flow: _Flow) -> Whole:
    """Shortest distances in the exchange graph: columns, nobody (whose load has no price)."""
    size = programme.nobody + 1
    edges = _exchanges(_with_nobody(programme, case, reviewer, flow), size)
    edges[-1, :-1] = np.minimum(edges[-1, :-1], -flow.last)
    edges[:-1, -1] = np.minimum(edges[:-1, -1], flow.following)
    distance = np.zeros(size, dtype=np.int64)
    while True:
        nearer = np.minimum(distance, (distance[:, None] + edges).min(axis=0))
        if (nearer == distance).all():
            from_nobody: Whole = distance - distance[-1]
            return from_nobody
        distance = nearer


def _exchanges(pairs: _Columns, size: int) -> Whole:
    """Least cost of passing a part from column a to column b in some case, (size, size)."""
    used, free = np.flatnonzero(pairs.parts > 0), np.flatnonzero(pairs.parts < pairs.limit)
    start = np.searchsorted(pairs.case[free], pairs.case[used], "left")
    count = np.searchsorted(pairs.case[free], pairs.case[used], "right") - start
    giving, run = np.repeat(used, count), np.cumsum(count) - count
    taking = free[np.arange(count.sum()) - np.repeat(run - start, count)]
    edges = np.full(size * size, FAR)
    place = pairs.column[giving] * size + pairs.column[taking]
    np.minimum.at(edges, place, pairs.cost[taking] - pairs.cost[giving])
    return edges.reshape(size, size)


def _improving(
    programme: Programme, case: Whole, reviewer: Whole, flow: _Flow, distance: Whole
) -> tuple[Whole, Whole]:
    """All pairs outside the candidates whose reduced cost is below that of a used pair."""
    pairs = _with_nobody(programme, case, reviewer, flow)
    dearest = np.full(programme.costs.shape[0], -FORBIDDEN, dtype=np.int64)
    used, price = pairs.parts > 0, pairs.cost - distance[pairs.column]
    np.maximum.at(dearest, pairs.case[used], price[used])
    reduced = programme.costs - distance[:-1].astype(np.int32)
    better = reduced < dearest.astype(np.int32)[:, None]
    better &= programme.costs != FORBIDDEN
    better[case, reviewer] = False
    return _pairs(np.nonzero(better))


def _chances(
    programme: Programme, case: Whole, reviewer: Whole, flow: _Flow, distance: Whole
) -> Chances:
    placed = np.bincount(case, flow.parts, minlength=programme.costs.shape[0]).astype(np.int64)
    used = flow.parts > 0
    return Chances(
        case[used], reviewer[used], flow.parts[used], -distance[:-1], programme.demand - placed
    )
