"""Chances: worked by hand, published optima, invariant, against another solver, degenerate."""

import json
from dataclasses import replace

import numpy as np
import pytest
from scipy.optimize import linprog

from scoring.chances import cheapest_chances
from scoring.programme import FORBIDDEN, Band, Chances, Costs, Whole, proves_optimal
from tests.open_tables import FOLDER

REFERENCE = FOLDER / "expected_f_assign.json"


def costs_of(rows: list[list[int]]) -> Costs:
    return np.array(rows, dtype=np.int32)


def band(low: list[int], high: list[int], top: int = 100, mark: int = 1) -> Band:
    return Band(np.array(low), np.array(high), np.full(len(low), top), mark)


def some_costs(n: int, r: int, seed: int) -> Costs:
    random = np.random.default_rng(seed)
    costs = random.integers(0, 1000, (n, r), dtype=np.int32)
    costs[random.random((n, r)) < 0.15] = FORBIDDEN
    return costs


# Worked by hand.


def test_cheapest_pairs_within_the_band() -> None:
    # Two cases, two reviewers, one part each. Both cases prefer reviewer 0 (1 and 2 against 9 and
    # 4), but each may have one: 1 + 4 = 5 is cheaper than 9 + 2 = 11.
    costs = costs_of([[1, 9], [2, 4]])
    found = cheapest_chances(costs, np.ones(2, int), np.ones(2, int), band([1, 1], [1, 1]))
    assert list(zip(found.case, found.reviewer, found.parts, strict=True)) == [(0, 0, 1), (1, 1, 1)]
    assert found.cost(costs) == 5


def test_loads_come_before_any_cost() -> None:
    costs = costs_of([[0, 1000], [0, 1000], [0, 1000], [0, 1000]])
    found = cheapest_chances(costs, np.ones(4, int), np.ones(4, int), band([2, 2], [2, 2]))
    assert np.bincount(found.reviewer, found.parts).tolist() == [2, 2]


def test_cap_spreads_a_case_over_several() -> None:
    # Four parts, at most two from one: the two cheapest take two each.
    costs = costs_of([[5, 1, 3]])
    found = cheapest_chances(costs, np.array([4]), np.array([2]), band([0] * 3, [4] * 3))
    assert dict(zip(found.reviewer.tolist(), found.parts.tolist(), strict=True)) == {1: 2, 2: 2}


# Published: optima of the reference instances, where they are present.


@pytest.mark.skipif(not REFERENCE.exists(), reason="the reference instances are not here")
def test_optima_of_the_reference_instances() -> None:
    for known in json.loads(REFERENCE.read_text()):
        if "cost" not in known:
            continue
        costs = costs_of(known["cost"])
        forbidden = np.array(known["forbidden"])
        costs[forbidden[:, 0], forbidden[:, 1]] = FORBIDDEN
        n, r = costs.shape
        loads = band([known["load_min"]] * r, [known["load_max"]] * r, top=n)
        demand, most = np.full(n, known["k"]), np.ones(n, int)
        found = cheapest_chances(costs, demand, most, loads)
        assert found.cost(costs) == known["optimum"]
        assert proves_optimal(found, costs, demand, most, loads)


# Against another solver.


@pytest.mark.parametrize("seed", range(8))
def test_optimum_equals_that_of_a_linear_programme(seed: int) -> None:
    n, r = 12, 6
    costs = some_costs(n, r, seed)
    costs[(costs != FORBIDDEN).sum(axis=1) < 4] = 7
    demand, most, loads = np.full(n, 8), np.full(n, 3), band([15] * r, [17] * r)
    found = cheapest_chances(costs, demand, most, loads)
    open_ = costs != FORBIDDEN
    solved = linprog(
        np.where(open_, costs, 0).ravel(),
        A_eq=np.kron(np.eye(n), np.ones(r)),
        b_eq=demand,
        A_ub=np.vstack([np.kron(np.ones(n), np.eye(r)), -np.kron(np.ones(n), np.eye(r))]),
        b_ub=np.r_[loads.high, -loads.low],
        bounds=[(0, 3 * allowed) for allowed in open_.ravel()],
    )
    assert found.cost(costs) == round(float(solved.fun))


# Invariant: a pruned problem gives the optimum of all pairs, and the proof can fail.


def pruned(monkeypatch: pytest.MonkeyPatch) -> tuple[Chances, tuple[Costs, Whole, Whole, Band]]:
    """A problem of 400 x 40 that starts from few candidates."""
    monkeypatch.setattr("scoring.chances.ALL_PAIRS", 2000)
    monkeypatch.setattr("scoring.chances.SURPLUS", 1)
    costs = some_costs(400, 40, 3)
    problem = costs, np.full(400, 32), np.full(400, 4), band([320] * 40, [320] * 40, 4000, 16)
    return cheapest_chances(*problem), problem


def test_pruned_problem_reaches_the_optimum_of_all_pairs(monkeypatch: pytest.MonkeyPatch) -> None:
    few, problem = pruned(monkeypatch)
    monkeypatch.setattr("scoring.chances.ALL_PAIRS", 10**6)
    assert few.cost(problem[0]) == cheapest_chances(*problem).cost(problem[0])
    assert proves_optimal(few, *problem)


def test_proof_fails_for_a_dearer_panel_or_a_broken_rule(monkeypatch: pytest.MonkeyPatch) -> None:
    found, (costs, demand, most, loads) = pruned(monkeypatch)
    assert not proves_optimal(found, costs, demand, most - 1, loads)
    assert not proves_optimal(found, costs, demand + 1, most, loads)
    cheaper = costs.copy()
    unused = costs != FORBIDDEN
    unused[found.case, found.reviewer] = False
    cheaper[tuple(np.argwhere(unused)[0])] = 0
    cheaper[found.case, found.reviewer] += 1
    assert not proves_optimal(found, cheaper, demand, most, loads)
    other = replace(found, prices=found.prices + np.arange(40) * 50)
    assert not proves_optimal(other, costs, demand, most, loads)


# Degenerate.


def test_parts_that_nobody_can_take_stay_unplaced() -> None:
    costs = np.array([[3, FORBIDDEN], [4, FORBIDDEN]])
    full = band([0, 0], [3, 3], top=3)
    found = cheapest_chances(costs, np.array([2, 2]), np.array([2, 2]), full)
    assert found.unplaced.sum() == 1
    assert found.parts.sum() == 3


def test_costs_too_wide_for_exact_pricing_refused() -> None:
    with pytest.raises(ValueError, match="too wide"):
        cheapest_chances(
            np.array([[0, 10**9]], dtype=np.int32),
            np.ones(1, int),
            np.ones(1, int),
            band([0, 0], [1, 1]),
        )
