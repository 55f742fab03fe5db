import numpy as np
import pytest

from scoring.ratings import Flags
from scoring.run_rules import (
    beyond_limits,
    fewest_allowed,
    long_run,
    longest_allowed,
    too_few_crossings,
    trend,
    two_of_three_beyond_two_sigma,
)


def where(found: Flags) -> list[int]:
    return np.flatnonzero(found).tolist()


def test_a_point_beyond_the_limits_is_found_and_one_on_them_is_not() -> None:
    assert where(beyond_limits(np.array([10.0, 16, 16.01, 3.9]), 10, 2)) == [2, 3]


def test_two_of_three_far_out_on_one_side_are_found() -> None:
    # sigma 1: 2.5 and 2.2 are two of three; 2.1 with -2.4 are on different sides.
    value = np.array([0, 2.5, 0.1, 2.2, 0, 0, 2.1, -2.4, 0])
    assert where(two_of_three_beyond_two_sigma(value, 0, 1)) == [1, 3]


@pytest.mark.parametrize(("useful", "longest", "fewest"), [(25, 8, 8), (40, 8, 14), (10, 6, 2)])
def test_allowances_equal_the_published_ones(useful: int, longest: int, fewest: int) -> None:
    assert (longest_allowed(useful), fewest_allowed(useful)) == (longest, fewest)


def test_a_run_longer_than_allowed_is_found_whole() -> None:
    # 20 useful points allow round(4.32) + 3 = 7; the point on the centre neither breaks nor counts.
    value = np.array([1, -1, 1, -1, 1, -1, 1, 1, 1, 1, 0, 1, 1, 1, 1, -1, 1, -1, 1, -1, 1.0])
    assert where(long_run(value, 0)) == [6, 7, 8, 9, 11, 12, 13, 14]
    assert not long_run(value[:12], 0).any()


def test_a_series_that_drifts_as_a_whole_crosses_too_seldom() -> None:
    assert too_few_crossings(np.array([-1.0] * 5 + [1.0] * 5), 0)
    assert not too_few_crossings(np.array([-1.0, 1] * 5), 0)


def test_six_steps_in_one_direction_are_a_trend_and_five_are_not() -> None:
    value = np.array([5.0, 1, 2, 3, 4, 5, 6, 7, 0])
    assert where(trend(value)) == [1, 2, 3, 4, 5, 6, 7]
    assert not trend(value[:7]).any()
    assert not trend(np.full(20, 3.0)).any()


def test_rules_do_not_depend_on_side_or_unit() -> None:
    value = np.random.default_rng(29).normal(0, 1, 60).cumsum()
    centre, sigma = float(value.mean()), 1.0
    for scale in (-1.0, 4.0):
        moved = (scale * value, scale * centre, abs(scale) * sigma)
        assert where(beyond_limits(*moved)) == where(beyond_limits(value, centre, sigma))
        two = two_of_three_beyond_two_sigma
        assert where(two(*moved)) == where(two(value, centre, sigma))
        assert where(long_run(*moved[:2])) == where(long_run(value, centre))
        assert where(trend(moved[0])) == where(trend(value))


def test_chance_alone_breaks_a_rule_seldom() -> None:
    rng = np.random.default_rng(31)
    series = [rng.normal(0, 1, 24) for _ in range(2000)]
    assert np.mean([too_few_crossings(s, 0) for s in series]) <= 0.05
    assert np.mean([long_run(s, 0).any() for s in series]) <= 0.06
    assert np.mean([trend(s).any() for s in series]) <= 0.02


def test_no_points_break_no_rule() -> None:
    nothing = np.zeros(0)
    assert not long_run(nothing, 0).size
    assert not trend(nothing).size
    assert not too_few_crossings(nothing, 0)
    assert not too_few_crossings(np.zeros(5), 0)
