from math import comb

import numpy as np
import pytest
from scipy.stats import beta

from scoring.missed_fails import missed_fails


def tail_at_least(x: int, passes: int, fails: int, checked: int) -> float:
    ways = sum(
        comb(fails, k) * comb(passes - fails, checked - k)
        for k in range(x, min(fails, checked) + 1)
    )
    return ways / comb(passes, checked)


def test_interval_by_hand() -> None:
    """Of 10 passes 5 are checked and 1 fails. With K fails among the 10, P(x <= 1) for K = 6 is
    C(6,1) C(4,4) / 252 = 6/252 = .0238 < .025, for K = 5 it is (1 + 25)/252 = .103: upper 5.
    P(x >= 1) for K = 1 is .5: lower 1."""
    found = missed_fails(10, 5, 1)
    assert (found.estimate, found.lower, found.upper) == (2.0, 1, 5)


def test_limits_are_the_outermost_values_that_are_not_rejected() -> None:
    found = missed_fails(200, 40, 3)
    assert tail_at_least(3, 200, found.lower, 40) > 0.025
    assert tail_at_least(3, 200, found.lower - 1, 40) <= 0.025
    assert 1 - tail_at_least(4, 200, found.upper, 40) > 0.025
    assert 1 - tail_at_least(4, 200, found.upper + 1, 40) <= 0.025


def test_large_frames_agree_with_clopper_and_pearson() -> None:
    """10 of 100, exact binomial limits .0490 and .1762 (Clopper and Pearson 1934)."""
    found = missed_fails(1_000_000, 100, 10)
    assert found.lower / 1_000_000 == pytest.approx(beta.ppf(0.025, 10, 91), abs=1e-4)
    assert found.upper / 1_000_000 == pytest.approx(0.17622, abs=1e-4)


def test_checking_everything_leaves_no_doubt() -> None:
    found = missed_fails(50, 50, 7)
    assert (found.estimate, found.lower, found.upper) == (7.0, 7, 7)


def test_more_checks_narrow_the_interval() -> None:
    widths = [(f := missed_fails(1000, n, n // 10)).upper - f.lower for n in (20, 100, 500)]
    assert widths == sorted(widths, reverse=True)


def test_interval_covers_what_was_simulated() -> None:
    """1,000 draws of 40 of 300 passes with 12 missed fails: at least 95 % of intervals hold 12."""
    drawn = np.random.default_rng(4).hypergeometric(12, 288, 40, 1000)
    by_x = {x: missed_fails(300, 40, x) for x in set(drawn.tolist())}
    covered = np.mean([by_x[x].lower <= 12 <= by_x[x].upper for x in drawn.tolist()])
    assert covered >= 0.95


def test_nothing_checked_says_nothing() -> None:
    found = missed_fails(30, 0, 0)
    assert (found.estimate, found.lower, found.upper) == (None, 0, 30)
    assert missed_fails(0, 0, 0).upper == 0


@pytest.mark.parametrize("counts", [(10, 11, 0), (10, 5, 6), (10, 5, -1)])
def test_impossible_counts_are_refused(counts: tuple[int, int, int]) -> None:
    with pytest.raises(ValueError, match="checked of 10"):
        missed_fails(*counts)
