"""A replacement: worked by hand, invariant over random sequences, recovered, degenerate."""

import os
import time

import numpy as np
import pytest

from scoring.assignment import assign
from scoring.panel import Conflicts, Panel, loads, marks_of
from scoring.recusal import NoReplacementError, replace_marker
from tests.scoring.panels import check, instance

RUNS = int(os.environ.get("PANEL_RUNS", "200"))


def panel_of(markers: list[list[int]]) -> Panel:
    return Panel(np.array(markers), None, np.zeros((0, 2), dtype=np.int64), 0.0, (), 1, 0)


def open_to_all(n: int, r: int) -> Conflicts:
    return np.zeros((n, r), dtype=bool)


def test_least_loaded_takes_over() -> None:
    # Loads 2, 2, 1, 1. Reviewer 0 leaves case 0 and has one left; 2 or 3 takes it: 1, 2, 2, 1.
    before = panel_of([[0, 1], [0, 1], [2, 3]])
    movable = np.zeros((3, 2), dtype=bool)
    done = replace_marker(before, open_to_all(3, 4), case=0, reviewer=0, movable=movable, seed=1)
    assert len(done.moves) == 1
    assert (done.moves[0].case, done.moves[0].giver) == (0, 0)
    assert done.moves[0].taker in (2, 3)
    assert done.spread == 1
    assert before.markers[0, 0] == 0  # untouched


def test_chain_gives_the_one_who_left_another_case() -> None:
    # Everyone has two. Whoever follows reviewer 0 has three against one, unless he passes one of
    # his other cases on; in the end all have two again.
    before = panel_of([[0, 1], [0, 1], [2, 3], [2, 3]])
    done = replace_marker(
        before, open_to_all(4, 4), case=0, reviewer=0, movable=np.ones((4, 2), bool), seed=1
    )
    assert loads(done.panel.markers, 4).tolist() == [2, 2, 2, 2]
    assert done.spread == 0
    assert 0 not in done.panel.markers[0]


def test_marks_that_are_not_movable_stay() -> None:
    before = panel_of([[0, 1], [0, 1], [2, 3], [2, 3]])
    movable = np.zeros((4, 2), dtype=bool)
    done = replace_marker(before, open_to_all(4, 4), case=0, reviewer=0, movable=movable, seed=1)
    assert (done.panel.markers != before.markers).sum() == 1
    assert done.spread == 2  # said, because no move was allowed to mend it


def test_random_sequences_keep_every_rule() -> None:
    for seed in range(RUNS // 4):
        given = instance(seed)
        conflicts, random = given.conflicts.copy(), np.random.default_rng(seed)
        panel = assign(
            conflicts,
            given.marks,
            reserve=given.reserve,
            seed=seed,
            common=given.common,
            further_marks=given.further_marks,
        )
        for turn in range(4):
            case = int(random.integers(len(conflicts)))
            if case in panel.common[:, 0]:
                continue
            reviewer = int(panel.markers[case, -1])
            panel = replace_marker(
                panel,
                conflicts,
                case=case,
                reviewer=reviewer,
                movable=np.ones(panel.markers.shape, dtype=bool),
                seed=turn,
            ).panel
            conflicts[case, reviewer] = True
            check(panel, conflicts, reserve=given.reserve)


def test_follower_cannot_be_guessed() -> None:
    conflicts = open_to_all(40, 12)
    panel = assign(conflicts, 2, reserve=True, seed=1)
    movable = np.ones((40, 2), dtype=bool)
    reviewer = int(panel.markers[0, 0])
    followers = [
        replace_marker(panel, conflicts, case=0, reviewer=reviewer, movable=movable, seed=seed)
        .moves[0]
        .taker
        for seed in range(300)
    ]
    counts = np.bincount(followers)
    # At least four are drawn from: with 1/4 each, more than 105 of 300 has probability < 1e-4.
    assert counts.max() <= 105


def test_replacement_among_500_reviewers_takes_less_than_two_seconds() -> None:
    random = np.random.default_rng(4)
    conflicts: Conflicts = random.random((5000, 500)) < 0.06
    panel = assign(conflicts, 2, reserve=True, seed=4)
    movable = np.ones((5000, 2), dtype=bool)
    took = []
    for turn in range(20):
        case = int(random.integers(5000))
        start = time.process_time()
        done = replace_marker(
            panel,
            conflicts,
            case=case,
            reviewer=int(panel.markers[case, 0]),
            movable=movable,
            seed=turn,
        )
        took.append(time.process_time() - start)
        panel = done.panel
        assert done.spread <= 1
    assert np.quantile(took, 0.95) <= 2
    assert components_left(panel) == 1


def components_left(panel: Panel) -> int:
    assert len(marks_of(panel)) == 10_000
    return panel.components


def test_nobody_left_is_said() -> None:
    conflicts = np.array([[False, False, True]])
    with pytest.raises(NoReplacementError):
        replace_marker(
            panel_of([[0, 1]]),
            conflicts,
            case=0,
            reviewer=0,
            movable=np.ones((1, 2), bool),
            seed=1,
        )


def test_only_a_marker_can_step_back() -> None:
    with pytest.raises(ValueError, match="marker of the case"):
        replace_marker(
            panel_of([[0, 1]]),
            open_to_all(1, 3),
            case=0,
            reviewer=2,
            movable=np.ones((1, 2), bool),
            seed=1,
        )
