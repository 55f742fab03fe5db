"""Rounding of chances: worked by hand, invariant, recovered from simulation, degenerate. The
published property is that of dependent rounding: marginals, quotas and loads.
"""

import numpy as np
import pytest
from scipy.stats import binom

from scoring.panel import Indices
from scoring.rounding import round_chances


def square(parts: list[list[int]]) -> tuple[Indices, Indices, Indices]:
    matrix = np.array(parts)
    case, reviewer = np.nonzero(matrix)
    return case, reviewer, matrix[case, reviewer]


def test_certain_pairs_stay_worked_by_hand() -> None:
    case, reviewer, parts = square([[4, 0], [2, 2]])
    chosen = round_chances(case, reviewer, parts, denominator=4, random=np.random.default_rng(1))
    # Case 0 has reviewer 0 for certain, case 1 exactly one of the two.
    assert chosen[0]
    assert chosen[1:].sum() == 1


def test_whole_marks_are_returned_as_they_are() -> None:
    case, reviewer, parts = square([[1, 0], [0, 1]])
    random = np.random.default_rng(1)
    assert round_chances(case, reviewer, parts, denominator=1, random=random).all()


def test_quotas_are_kept_and_loads_rounded_down_or_up() -> None:
    random = np.random.default_rng(5)
    for _ in range(50):
        n, r, marks = 30, 12, 2
        parts = random.multinomial(16 * marks, np.full(r, 1 / r), n)
        if parts.max() > 16:
            continue
        case, reviewer, some = square(parts.tolist())
        chosen = round_chances(case, reviewer, some, denominator=16, random=random)
        assert (np.bincount(case[chosen], minlength=n) == marks).all()
        load, exact = np.bincount(reviewer[chosen], minlength=r), parts.sum(axis=0) / 16
        assert (np.floor(exact) <= load).all()
        assert (load <= np.ceil(exact)).all()


def test_frequencies_match_the_chances() -> None:
    parts = [[4, 4, 4, 2, 1, 1], [1, 3, 4, 4, 2, 2], [5, 0, 3, 0, 4, 4], [0, 7, 0, 1, 4, 4]]
    case, reviewer, some = square(parts)
    # 4,000 copies side by side, which share neither a case nor a reviewer.
    runs, random = 4000, np.random.default_rng(8)
    copy = np.repeat(np.arange(runs), some.size)
    case, reviewer = np.tile(case, runs) + 4 * copy, np.tile(reviewer, runs) + 6 * copy
    chosen = round_chances(case, reviewer, np.tile(some, runs), denominator=16, random=random)
    hits = chosen.reshape(runs, some.size).sum(axis=0)
    # 20 pairs, each outside its limits with probability 1e-5.
    low, high = binom.interval(1 - 1e-5, runs, some / 16)
    assert (low <= hits).all()
    assert (hits <= high).all()


def test_no_pairs_round_to_none() -> None:
    nothing = np.zeros(0, dtype=np.int64)
    random = np.random.default_rng(1)
    assert not round_chances(nothing, nothing, nothing, denominator=4, random=random).size


@pytest.mark.parametrize(("denominator", "parts"), [(3, 3), (0, 1), (4, 3)])
def test_broken_parts_refused(denominator: int, parts: int) -> None:
    with pytest.raises(ValueError, match=r"power of two|whole marks"):
        round_chances(
            np.array([0]),
            np.array([0]),
            np.array([parts]),
            denominator=denominator,
            random=np.random.default_rng(1),
        )
