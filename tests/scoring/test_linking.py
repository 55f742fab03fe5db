"""Connected panels: worked by hand, invariant, degenerate; components are checked against a
search of our own in ``tests.scoring.panels``.
"""

import numpy as np

from scoring.linking import common_cases, components, connect
from tests.scoring.panels import components_by_search


def test_two_pairs_apart_are_two_components() -> None:
    case, reviewer = np.array([0, 0, 1, 1]), np.array([0, 1, 2, 3])
    count, label = components(case, reviewer)
    assert count == 2
    assert label.tolist() == [0, 0, 1, 1]


def test_components_equal_those_of_a_search() -> None:
    random = np.random.default_rng(3)
    for _ in range(60):
        marks = np.unique(random.integers(0, 14, (int(random.integers(1, 25)), 2)), axis=0)
        assert components(marks[:, 0], marks[:, 1])[0] == components_by_search(marks)


def two_islands() -> tuple[np.ndarray, np.ndarray]:
    """Cases 0 and 1 among reviewers 0 and 1, cases 2 and 3 among 2 and 3: a cycle each."""
    case = np.repeat(np.arange(4), 2)
    return case, np.array([0, 1, 0, 1, 2, 3, 2, 3])


def test_one_exchange_connects_two_islands_and_keeps_loads() -> None:
    case, reviewer = two_islands()
    joined = connect(
        case,
        reviewer,
        np.ones((4, 4), dtype=bool),
        movable=np.ones(8, dtype=bool),
        random=np.random.default_rng(1),
    )
    assert components(case, joined)[0] == 1
    assert (joined != reviewer).sum() == 2
    assert np.bincount(joined).tolist() == [2, 2, 2, 2]


def test_no_exchange_against_a_conflict_or_of_a_fixed_mark() -> None:
    case, reviewer = two_islands()
    apart = np.kron(np.eye(2, dtype=bool), np.ones((2, 2), dtype=bool))
    everything = np.ones(8, dtype=bool)
    random = np.random.default_rng(1)
    kept = connect(case, reviewer, apart, movable=everything, random=random)
    assert (kept == reviewer).all()
    kept = connect(case, reviewer, np.ones((4, 4), bool), movable=~everything, random=random)
    assert (kept == reviewer).all()


def test_common_cases_reach_every_reviewer() -> None:
    # Cases 0 and 1 are open to reviewers 0-3, case 2 to 4 and 5 only: two cases must hold it.
    allowed = np.zeros((3, 6), dtype=bool)
    allowed[:2, :4] = allowed[2, 4:] = True
    chosen = common_cases(allowed, 2, np.random.default_rng(1))
    assert 2 in chosen
    assert allowed[chosen].any(axis=0).all()


def test_nothing_to_connect() -> None:
    nothing = np.zeros(0, dtype=np.int64)
    assert components(nothing, nothing)[0] == 0
    assert common_cases(np.ones((2, 2), dtype=bool), 5, np.random.default_rng(1)).tolist() == [0, 1]
