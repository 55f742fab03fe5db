import numpy as np
import pytest
from scipy import stats

from scoring.monitor import narrow_reviewers, too_short

SAFE = np.tile([79.0, 80, 81, 80], 4)
WIDE = np.tile([60.0, 75, 85, 95], 4)


def test_narrow_reviewer_by_hand() -> None:
    """Own totals 79, 80, 81, 80 four times over: variance 4 · 2 / 15 = .533. The others' 60, 75,
    85, 95: deviations from 78.75 squared and added are 668.75."""
    (found,) = narrow_reviewers(np.ones(16, dtype=int), SAFE, WIDE)
    assert (found.reviewer, found.cases) == (1, 16)
    assert found.spread**2 == pytest.approx(8 / 15)
    assert found.others**2 == pytest.approx(WIDE.var(ddof=1))
    assert found.p < 1e-6


def test_p_value_is_that_of_the_correlation_of_sum_and_difference() -> None:
    rng = np.random.default_rng(1)
    own, other = rng.normal(80, 2, 15), rng.normal(80, 9, 15)
    (found,) = narrow_reviewers(np.zeros(15, dtype=int), own, other)
    expected = stats.pearsonr(own + other, own - other, alternative="less").pvalue
    assert found.p == pytest.approx(expected)


def test_wide_and_equal_spreads_raise_no_question() -> None:
    assert narrow_reviewers(np.ones(16, dtype=int), WIDE, SAFE) == []
    assert narrow_reviewers(np.ones(16, dtype=int), WIDE, WIDE[::-1]) == []


def test_honest_panels_are_rarely_questioned() -> None:
    """200 rounds of 20 honest reviewers with 20 cases each: with BH at 5 % and the share of the
    spread, a round with any question stays under one in twenty."""
    rng = np.random.default_rng(2)
    reviewer = np.repeat(np.arange(20), 20)
    rounds = 0
    for _ in range(200):
        case = rng.normal(75, 8, 400)
        own, other = case + rng.normal(0, 6, 400), case + rng.normal(0, 6, 400)
        rounds += bool(narrow_reviewers(reviewer, own, other))
    assert rounds <= 10


def test_safe_reviewer_is_found_among_honest_ones() -> None:
    rng = np.random.default_rng(3)
    reviewer = np.repeat(np.arange(20), 20)
    case = rng.normal(75, 8, 400)
    own, other = case + rng.normal(0, 6, 400), case + rng.normal(0, 6, 400)
    own[reviewer == 7] = rng.normal(80, 1.5, 20)
    assert [one.reviewer for one in narrow_reviewers(reviewer, own, other)] == [7]


def test_too_few_cases_or_equal_totals_say_nothing() -> None:
    assert narrow_reviewers(np.ones(9, dtype=int), SAFE[:9], WIDE[:9]) == []
    assert narrow_reviewers(np.ones(16, dtype=int), SAFE, np.full(16, 80.0)) == []
    assert narrow_reviewers(np.array([], dtype=int), np.array([]), np.array([])) == []


def test_too_short_by_hand() -> None:
    """Minutes per page 1, 1, .5, .04, .2: the median is .5, a quarter of it .125."""
    minutes, pages = np.array([60.0, 30, 20, 2, 10]), np.array([60, 30, 40, 50, 50])
    assert too_short(minutes, pages).tolist() == [False, False, False, True, False]


def test_too_short_without_pages_or_markings() -> None:
    assert too_short(np.array([]), np.array([], dtype=int)).tolist() == []
    assert too_short(np.array([40.0, 1]), np.array([0, 0])).tolist() == [False, True]
    with pytest.raises(ValueError, match="pages for each"):
        too_short(np.array([1.0]), np.array([1, 2]))
