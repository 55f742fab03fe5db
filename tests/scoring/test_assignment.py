"""The panel: worked by hand, checked against published bounds and another solver, invariant,
recovered from simulation, degenerate.
"""

import os
from dataclasses import replace

import numpy as np
import pytest
from scipy.optimize import Bounds, LinearConstraint, linprog, milp
from scipy.stats import binom

from scoring.assignment import TooFewEligibleError, assign, competent
from scoring.balance import CapacityError
from scoring.panel import VACANT, Conflicts, Indices, Panel, loads, marks_of
from tests.scoring.panels import Instance, check, instance


def some_conflicts(n: int, r: int, share: float, seed: int) -> Conflicts:
    conflicts: Conflicts = np.random.default_rng(seed).random((n, r)) < share
    return conflicts


# Worked by hand.


def test_only_possible_panel_is_found() -> None:
    # Case 0 may go to 0 and 1, case 1 to 1 and 2, case 2 to 0 and 2: no choice is left.
    conflicts = ~np.array([[1, 1, 0], [0, 1, 1], [1, 0, 1]], dtype=bool)
    panel = assign(conflicts, 2, reserve=False, seed=1)
    assert [sorted(row) for row in panel.markers.tolist()] == [[0, 1], [1, 2], [0, 2]]
    assert panel.reserves is None


def test_loads_worked_by_hand() -> None:
    assert loads(np.array([[0, 2], [2, 3]]), 5).tolist() == [1, 0, 2, 1, 0]


def test_load_that_conflicts_force_is_spread_over_the_others() -> None:
    # Reviewer 2 may mark only case 0; 6 cases x 1 mark: he takes it, the others 5 between them.
    conflicts = np.zeros((6, 3), dtype=bool)
    conflicts[1:, 2] = True
    panel = assign(conflicts, 1, reserve=False, seed=4)
    assert sorted(loads(panel.markers, 3).tolist()) == [1, 2, 3]
    assert loads(panel.markers, 3)[2] == 1


# Published: a flow with whole capacities is whole, and balanced loads exist whenever the mean
# fits (Gale 1957). The other solver is HiGHS.


@pytest.mark.parametrize("seed", range(6))
def test_highest_load_equals_that_of_an_integer_programme(seed: int) -> None:
    n, r, k = 12, 5, 2
    conflicts = some_conflicts(n, r, 0.45, seed)
    conflicts[(~conflicts).sum(axis=1) < k] = False
    panel = assign(conflicts, k, reserve=False, seed=seed)
    assert loads(panel.markers, r).max() == lowest_highest_load(conflicts, k)


def lowest_highest_load(conflicts: Conflicts, k: int) -> int:
    """min t so that each case has k markers and no load exceeds t, by HiGHS."""
    n, r = conflicts.shape
    rows = np.kron(np.eye(n), np.ones(r))
    columns = np.kron(np.ones(n), np.eye(r))
    equal = LinearConstraint(np.c_[rows, np.zeros(n)], k, k)
    below = LinearConstraint(np.c_[columns, -np.ones(r)], -np.inf, 0)
    upper = np.r_[(~conflicts).ravel().astype(float), n]
    cost = np.r_[np.zeros(n * r), 1]
    solved = milp(cost, constraints=[equal, below], bounds=Bounds(0, upper), integrality=1)
    return round(float(solved.fun))


# Invariant.


@pytest.mark.parametrize("seed", range(30))
def test_panel_keeps_every_hard_rule_and_balance(seed: int) -> None:
    n, r, k = 70, 12, 2
    conflicts = some_conflicts(n, r, 0.15, seed)
    panel = assign(conflicts, k, reserve=True, seed=seed)
    assert panel.reserves is not None
    named = np.column_stack([panel.markers, panel.reserves])
    assert named.shape == (n, k + 1)
    assert not np.take_along_axis(conflicts, named, axis=1).any()
    assert all(len(set(row)) == k + 1 for row in named.tolist())
    assert np.ptp(loads(panel.markers, r)) <= 1
    assert np.ptp(loads(panel.reserves, r)) <= 1


def test_same_seed_same_panel_and_conflicts_untouched() -> None:
    conflicts = some_conflicts(50, 9, 0.2, 5)
    before = conflicts.copy()
    one, two = (assign(conflicts, 2, reserve=True, seed=8) for _ in range(2))
    other = assign(conflicts, 2, reserve=True, seed=9)
    assert np.array_equal(one.markers, two.markers)
    assert not np.array_equal(one.markers, other.markers)
    assert np.array_equal(conflicts, before)


# Recovered from simulation.


def test_each_eligible_pair_is_equally_likely() -> None:
    n, r, runs = 6, 6, 600
    pairs, first = np.zeros((n, r)), np.zeros((n, r))
    for seed in range(runs):
        markers = assign(np.zeros((n, r), dtype=bool), 2, reserve=False, seed=seed).markers
        np.add.at(pairs, (np.arange(n)[:, None], markers), 1)
        np.add.at(first, (np.arange(n), markers[:, 0]), 1)
    # By symmetry 2 of 6, and 1 of 6 for the first place; 36 cells, each out with 1e-4.
    low, high = binom.interval(1 - 1e-4, runs, 2 / 6)
    assert low <= pairs.min() <= pairs.max() <= high
    low, high = binom.interval(1 - 1e-4, runs, 1 / 6)
    assert low <= first.min() <= first.max() <= high


# Degenerate.


def test_cases_without_enough_reviewers_are_named() -> None:
    conflicts = np.zeros((4, 3), dtype=bool)
    conflicts[1, :2] = conflicts[3, 0] = True
    with pytest.raises(TooFewEligibleError) as refused:
        assign(conflicts, 2, reserve=True, seed=1)
    assert refused.value.cases == (1, 3)  # one and two reviewers where three are needed
    assert refused.value.needed == 3


def test_as_many_reviewers_as_needed_leave_no_choice() -> None:
    panel = assign(np.zeros((5, 3), dtype=bool), 2, reserve=True, seed=1)
    assert panel.reserves is not None
    named = np.column_stack([panel.markers, panel.reserves])
    assert [sorted(row) for row in named.tolist()] == [[0, 1, 2]] * 5


def test_more_reviewers_than_marks_leaves_some_without() -> None:
    panel = assign(np.zeros((1, 9), dtype=bool), 1, reserve=False, seed=1)
    assert loads(panel.markers, 9).sum() == 1


@pytest.mark.parametrize(
    ("conflicts", "marks"),
    [
        (np.zeros((0, 3), dtype=bool), 1),
        (np.zeros(3, dtype=bool), 1),
        (np.zeros((2, 2), dtype=bool), 0),
    ],
)
def test_no_cases_or_no_marks_refused(conflicts: Conflicts, marks: int) -> None:
    with pytest.raises(ValueError, match="an assignment needs"):
        assign(conflicts, marks, reserve=False, seed=1)


def test_nobody_to_choose_from_names_every_case() -> None:
    with pytest.raises(TooFewEligibleError) as refused:
        assign(np.zeros((3, 0), dtype=bool), 1, reserve=False, seed=1)
    assert refused.value.cases == (0, 1, 2)


# Rules beyond conflicts and loads.

RUNS = int(os.environ.get("PANEL_RUNS", "200"))


def test_random_instances_keep_every_rule() -> None:
    for seed in range(RUNS):
        given = instance(seed)
        panel = assign(
            given.conflicts,
            given.marks,
            reserve=given.reserve,
            seed=seed,
            common=given.common,
            further_marks=given.further_marks,
        )
        check(panel, given.conflicts, reserve=given.reserve)
        assert panel.chance <= 0.3 or cap_forbids_balance(panel, given)
        assert set(panel.small_pools) >= set(np.flatnonzero((~given.conflicts).sum(axis=1) < 10))


def cap_forbids_balance(panel: Panel, given: Instance) -> bool:
    """No chances up to a quarter give each case its marks, and loads within one."""
    open_ = ~given.conflicts
    open_[tuple(panel.common.T)] = False
    base = loads(panel.common[:, 1], open_.shape[1])
    if not balance_exists(open_, given.marks, base):
        return True
    if panel.reserves is None:
        return False
    np.put_along_axis(open_, panel.markers, values=False, axis=1)
    return not balance_exists(open_, 1, np.zeros_like(base))


def balance_exists(open_: Conflicts, marks: int, base: Indices) -> bool:
    """By HiGHS: x <= 1/4 where open, each case has ``marks``, and each load with ``base`` lies
    between the mean rounded down and one more, so that rounding leaves loads within one."""
    n, r = open_.shape
    rows, columns = np.kron(np.eye(n), np.ones(r)), np.kron(np.ones(n), np.eye(r))
    level = (n * marks + base.sum()) // r
    solved = linprog(
        np.zeros(n * r),
        A_ub=np.r_[columns, -columns],
        b_ub=np.r_[level + 1 - base, base - level],
        A_eq=rows,
        b_eq=np.full(n, marks),
        bounds=[(0, top) for top in np.where(open_, 0.25, 0.0).ravel()],
    )
    return bool(solved.status == 0)


def test_no_pair_is_likelier_than_three_tenths_over_many_seeds() -> None:
    # Costs that always favour the same two reviewers of each case cannot make them certain.
    n, r, runs = 20, 16, min(1000, RUNS)
    costs = np.full((n, r), 900, dtype=np.int32)
    costs[np.arange(n), np.arange(n) % r] = costs[np.arange(n), (np.arange(n) + 1) % r] = 0
    hits = np.zeros((n, r))
    for seed in range(runs):
        panel = assign(np.zeros((n, r), bool), 2, reserve=False, seed=seed, costs=costs)
        assert panel.chance <= 0.3
        np.add.at(hits, (np.arange(n)[:, None], panel.markers), 1)
    # Each of 320 pairs has at most 1/4 and exceeds the limit with probability 1e-6.
    assert hits.max() <= binom.ppf(1 - 1e-6, runs, 0.25)
    assert hits.max() > 0.2 * runs  # the favour is felt


def test_common_set_is_marked_by_further_reviewers() -> None:
    panel = assign(np.zeros((30, 15), bool), 2, reserve=False, seed=1, common=3, further_marks=5)
    assert np.unique(panel.common[:, 0], return_counts=True)[1].tolist() == [5, 5, 5]
    # 15 further marks among 15 reviewers: everybody has one.
    assert sorted(panel.common[:, 1].tolist()) == list(range(15))
    assert np.ptp(loads(marks_of(panel)[:, 1], 15)) <= 1


def test_running_again_changes_nothing_and_adjusting_keeps_what_stands() -> None:
    conflicts = some_conflicts(40, 12, 0.1, 2)
    first = assign(conflicts, 2, reserve=True, seed=2)
    again = assign(conflicts, 2, reserve=True, seed=99, standing=first)
    assert np.array_equal(again.markers, first.markers)
    assert first.reserves is not None
    assert again.reserves is not None
    assert np.array_equal(again.reserves, first.reserves)
    holes = first.markers.copy()
    holes[3, 1] = holes[7, 0] = VACANT
    filled = assign(conflicts, 2, reserve=True, seed=5, standing=replace(first, markers=holes))
    assert (filled.markers != first.markers).sum() <= 2
    check(filled, conflicts, reserve=True)


def test_capacity_is_never_exceeded() -> None:
    capacity = np.array([1, 2, 3, 30, 30, 30])
    panel = assign(np.zeros((20, 6), bool), 2, reserve=False, seed=3, capacity=capacity)
    found = loads(panel.markers, 6)
    assert found[:3].tolist() == [1, 2, 3]
    assert found.sum() == 40
    assert np.ptp(found[3:]) <= 1


def test_cases_that_capacity_leaves_short_are_named() -> None:
    # Cases 0 and 1 are open to reviewers 0 and 1 only, who may take three marks between them.
    conflicts = np.zeros((4, 5), dtype=bool)
    conflicts[:2, 2:] = True
    with pytest.raises(CapacityError) as refused:
        assign(conflicts, 2, reserve=False, seed=1, capacity=np.array([2, 1, 9, 9, 9]))
    assert len(refused.value.cases) == 1
    assert refused.value.cases[0] in (0, 1)


def test_competence_needs_the_kind_and_the_years() -> None:
    skills = np.array([[True, False], [True, True], [False, True]])
    able = competent(np.array([0, 1]), skills, np.array([3, 9, 10]), np.array([3, 10]))
    # Kind 0 asks for 3 years: reviewers 0 and 1. Kind 1 asks for 10: only reviewer 2.
    assert able.tolist() == [[True, True, False], [False, False, True]]


def test_small_pools_are_reported() -> None:
    conflicts = np.zeros((3, 12), dtype=bool)
    conflicts[1, :3] = True
    assert assign(conflicts, 2, reserve=False, seed=1).small_pools == (1,)
