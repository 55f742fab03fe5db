import numpy as np
import pytest

from scoring.agreement import alpha, interval
from scoring.item_agreement import CaseSums, alpha_of_sums
from scoring.ratings import Floats


def sums_of(marks: Floats) -> CaseSums:
    """The sums of ``marks``, shape (cases, reviewers), NaN for a missing one."""
    kept = marks[(~np.isnan(marks)).sum(axis=1) >= 2]
    return CaseSums(
        (~np.isnan(kept)).sum(axis=1).astype(float),
        np.nansum(kept, axis=1),
        np.nansum(kept**2, axis=1),
        np.ones(len(kept), dtype=np.int64),
    )


def test_worked_by_hand() -> None:
    # Cases (1, 1), (1, 3): N = 4, S = 6, Q = 12, E = 48 - 36 = 12; O = 0 + (2·10 - 16) = 4;
    # alpha = 1 - 3 · 4 / 12 = 0.
    found = alpha_of_sums(sums_of(np.array([[1.0, 1], [1, 3]])))
    assert found is not None
    assert found.value == pytest.approx(0)


def test_published_example() -> None:
    # Krippendorff 2011, data of four observers and twelve units: interval alpha .849.
    missing = np.nan
    table = np.array(
        [
            [1, 2, 3, 3, 2, 1, 4, 1, 2, missing, missing, missing],
            [1, 2, 3, 3, 2, 2, 4, 1, 2, 5, missing, 3],
            [missing, 3, 3, 3, 2, 3, 4, 2, 2, 5, 1, missing],
            [1, 2, 3, 3, 2, 4, 4, 1, 2, 5, 1, missing],
        ]
    ).T
    found = alpha_of_sums(sums_of(table))
    assert found is not None
    assert round(found.value, 5) == 0.84911


def test_equals_the_alpha_of_the_marks_themselves() -> None:
    random = np.random.default_rng(20240902)
    for _ in range(20):
        marks = random.integers(0, 9, (40, 3)) / 2 + random.integers(0, 5, (40, 1))
        marks[random.random((40, 3)) < 0.3] = np.nan
        ours, theirs = alpha_of_sums(sums_of(marks)), alpha(marks, interval)
        assert ours is not None
        assert theirs is not None
        assert ours.value == pytest.approx(theirs.value)
        assert ours.lower == pytest.approx(theirs.lower)
        assert ours.upper == pytest.approx(theirs.upper)


def test_cases_with_equal_sums_count_together() -> None:
    many = sums_of(np.array([[1.0, 2], [2, 1], [4, 4], [0, 3]]))
    few = CaseSums(
        np.array([2.0, 2, 2]),
        np.array([3.0, 8, 3]),
        np.array([5.0, 32, 9]),
        np.array([2, 1, 1]),
    )
    assert alpha_of_sums(few) == pytest.approx(alpha_of_sums(many))


def test_recovers_the_share_of_variance_between_cases() -> None:
    # Marks are case + noise with variances 1 and 3: alpha estimates 1 / (1 + 3).
    random = np.random.default_rng(7)
    marks = random.normal(0, 1, (20_000, 1)) + random.normal(0, 3**0.5, (20_000, 2))
    found = alpha_of_sums(sums_of(marks))
    assert found is not None
    assert found.lower is not None
    assert found.upper is not None
    assert found.lower < 0.25 < found.upper
    assert found.upper - found.lower < 0.04


@pytest.mark.parametrize("marks", [[[1.0, 2]], [[4.0, 4], [4, 4], [4, 4]], [[0.3, 0.3]] * 9])
def test_nothing_to_compare(marks: list[list[float]]) -> None:
    assert alpha_of_sums(sums_of(np.array(marks))) is None


def test_no_interval_where_one_case_holds_all_the_variation() -> None:
    found = alpha_of_sums(sums_of(np.array([[1.0, 1], [1, 1], [1, 3]])))
    assert found is not None
    assert (found.lower, found.upper) == (None, None)


def test_single_mark_is_refused() -> None:
    one = np.array([1.0])
    with pytest.raises(ValueError, match="one mark"):
        alpha_of_sums(CaseSums(one, one, one, np.array([1])))
