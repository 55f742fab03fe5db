"""Assigning reviewers, beside a minimum-cost flow over all pairs of cases and reviewers.

Instances: 2 marks per case, 20 regions (own region forbidden) and 1 % other conflicts, 12 kinds of
cases, reviewers with specialisms; costs 0 to 1,000.
Floor: OR-tools' minimum-cost flow over all allowed pairs, loads within 8 % of the mean: the plain
problem, without capped chances, spread <= 1 and connection.

Prints one JSON object per line: case, value, floor, ratio; seconds of CPU, the median of
interleaved runs, so that a machine that is busy with something else does not decide.
    plain      value: the same problem from pruned candidates, its optimum proved over all pairs
               and equal to the floor's
    all rules  value: ``assign`` with every hard rule, its optimum proved over all pairs; goal for
               the large instance <= 0.5
    recusal    value: 95 % quantile of a replacement; floor: 2 seconds; goal <= 1
"""

import json
import statistics
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

import numpy as np  # noqa: E402  (after the path is set)
from ortools.graph.python.min_cost_flow import SimpleMinCostFlow  # noqa: E402

from scoring.assignment import assign  # noqa: E402
from scoring.chances import cheapest_chances  # noqa: E402
from scoring.panel import Conflicts, Panel, loads  # noqa: E402
from scoring.programme import FORBIDDEN, Band, Costs, proves_optimal  # noqa: E402
from scoring.recusal import replace_marker  # noqa: E402

Result = TypeVar("Result")

MARKS = 2
SLACK = 0.08
REGIONS, KINDS = 20, 12
SIZES = ((3_600, 120, 5), (36_000, 600, 3))
RECUSALS = 100


def instance(n: int, r: int, seed: int) -> tuple[Costs, Conflicts]:
    random = np.random.default_rng(seed)
    skill = random.dirichlet(np.full(KINDS, 0.4), r)[:, random.integers(0, KINDS, n)].T
    match = 0.8 * skill / skill.max() + 0.2 * random.random((n, r))
    regions = random.integers(0, REGIONS, n)[:, None] == random.integers(0, REGIONS, r)
    conflicts: Conflicts = regions | (random.random((n, r)) < 0.01)
    return np.rint(1000 * (1 - match)).astype(np.int32), conflicts


def bounds(n: int, r: int) -> tuple[int, int]:
    mean = n * MARKS / r
    return int(np.floor(mean * (1 - SLACK))), int(np.ceil(mean * (1 + SLACK)))


def all_pairs(costs: Costs, conflicts: Conflicts) -> int:
    n, r = costs.shape
    low, high = bounds(n, r)
    case, reviewer = np.nonzero(~conflicts)
    flow, sink = SimpleMinCostFlow(), n + r
    flow.add_arcs_with_capacity_and_unit_cost(
        case, n + reviewer, np.ones(case.size, int), costs[case, reviewer]
    )
    flow.add_arcs_with_capacity_and_unit_cost(
        n + np.arange(r), np.full(r, sink), np.full(r, high - low), np.zeros(r, int)
    )
    flow.set_nodes_supplies(np.arange(n), np.full(n, MARKS))
    flow.set_nodes_supplies(n + np.arange(r), np.full(r, -low))
    flow.set_nodes_supplies(np.array([sink]), np.array([low * r - n * MARKS]))
    if flow.solve() != SimpleMinCostFlow.OPTIMAL:
        raise RuntimeError("the floor has no solution")
    return int(flow.optimal_cost())


def pruned(costs: Costs, conflicts: Conflicts) -> int:
    n, r = costs.shape
    low, high = bounds(n, r)
    forbidding = np.where(conflicts, FORBIDDEN, costs)
    band = Band(np.full(r, low), np.full(r, high), np.full(r, n), 1)
    demand, most = np.full(n, MARKS), np.ones(n, int)
    found = cheapest_chances(forbidding, demand, most, band)
    if not proves_optimal(found, forbidding, demand, most, band):
        raise RuntimeError("the optimum is not proved")
    return found.cost(forbidding)


def all_rules(costs: Costs, conflicts: Conflicts) -> Panel:
    panel = assign(conflicts, MARKS, reserve=False, seed=1, costs=costs)
    spread = np.ptp(loads(panel.markers, costs.shape[1]))
    broken = np.take_along_axis(conflicts, panel.markers, axis=1).any()
    if broken or spread > 1 or panel.components != 1 or panel.chance > 0.3 or panel.small_pools:
        raise RuntimeError("a rule is broken")
    return panel


def timed(action: Callable[[], Result]) -> tuple[float, Result]:
    began = time.process_time()
    result = action()
    return time.process_time() - began, result


def report(case: str, value: float, floor: float, ratio: float) -> None:
    line = {"case": case, "value": round(value, 3), "floor": round(floor, 3)}
    print(json.dumps(line | {"ratio": round(ratio, 3)}), flush=True)


def measure(n: int, r: int, runs: int) -> None:
    costs, conflicts = instance(n, r, seed=7)
    rows = []
    for _ in range(runs):
        floor, optimum = timed(lambda: all_pairs(costs, conflicts))
        plain, same = timed(lambda: pruned(costs, conflicts))
        rules, _panel = timed(lambda: all_rules(costs, conflicts))
        if same != optimum:
            raise RuntimeError(f"{same} is not the optimum {optimum}")
        rows.append((floor, plain, rules))
    for name, column in (("plain", 1), ("all rules", 2)):
        value, floor = (statistics.median(row[at] for row in rows) for at in (column, 0))
        ratio = statistics.median(row[column] / row[0] for row in rows)
        report(f"{name}: {n} x {MARKS} among {r}", value, floor, ratio)


def measure_recusals(n: int = 5_000, r: int = 500) -> None:
    costs, conflicts = instance(n, r, seed=8)
    panel = assign(conflicts, MARKS, reserve=True, seed=1, costs=costs)
    random, took = np.random.default_rng(1), []
    for turn in range(RECUSALS):
        case = int(random.integers(n))
        given = {"case": case, "reviewer": int(panel.markers[case, 0]), "seed": turn}
        movable = np.ones(panel.markers.shape, dtype=bool)
        spent, done = timed(
            lambda: replace_marker(panel, conflicts, movable=movable, **given)  # noqa: B023  (called at once)
        )
        took.append(spent)
        panel = done.panel
    quantile = float(np.quantile(took, 0.95))
    report(f"recusal, p95: {r} reviewers x {n} cases", quantile, 2.0, quantile / 2)


def main() -> None:
    for n, r, runs in SIZES:
        print(f"{n} cases, {r} reviewers, {runs} runs in turn …", file=sys.stderr, flush=True)
        measure(n, r, runs)
    measure_recusals()


if __name__ == "__main__":
    main()
