import numpy as np
import pytest

from scoring.ratings import Ints
from scoring.share_chart import share_chart

# Montgomery, Introduction to Statistical Quality Control, table 7.4: purchase orders.
CASES = np.array([100, 80, 80, 100, 110, 110, 100, 100, 90, 90, 110, 120, 120, 120, 110, 80, 80])
CASES = np.append(CASES, [80, 90, 100, 100, 100, 100, 90, 90])
ERRORS = np.array([12, 8, 6, 9, 10, 12, 11, 16, 10, 6, 20, 15, 9, 8, 6, 8, 10, 7, 5, 8, 5, 8, 10])
ERRORS = np.append(ERRORS, [6, 9])


def test_limits_of_a_hand_worked_series() -> None:
    # p = 25 / 100 = .25; error sqrt(.1875 / 20) = .0968; limits .25 -+ .2905, cut at 0.
    chart = share_chart(np.array([4, 6, 5, 4, 6]), np.full(5, 20), dispersion=1)
    assert chart.centre == 0.25
    assert chart.upper == pytest.approx([0.25 + 3 * np.sqrt(0.1875 / 20)] * 5)
    assert chart.lower == pytest.approx([0] * 5)


def test_binomial_limits_equal_the_published_ones() -> None:
    chart = share_chart(ERRORS, CASES, dispersion=1)
    assert chart.centre == pytest.approx(0.095510204082)
    assert chart.lower is not None
    assert chart.upper is not None
    assert chart.lower[[0, 1, 4]] == pytest.approx([0.0073346947278, 0, 0.011438154625])
    assert chart.upper[[0, 1, 4]] == pytest.approx([0.18368571344, 0.19409342051, 0.17958225354])
    assert np.flatnonzero(chart.outside).tolist() == [10]


def test_limits_with_dispersion_equal_the_published_ones() -> None:
    chart = share_chart(ERRORS, CASES)
    assert chart.lower is not None
    assert chart.upper is not None
    # The published ones take d2 as 1.128, as we do.
    assert chart.lower[[0, 1, 4]] == pytest.approx([0.020290637772, 0.011412172329, 0.023791161627])
    assert chart.upper[[0, 1, 4]] == pytest.approx([0.17072977039, 0.17960823583, 0.16722924654])


def test_counting_the_others_mirrors_the_chart() -> None:
    one, other = share_chart(ERRORS, CASES), share_chart(CASES - ERRORS, CASES)
    assert one.upper is not None
    assert other.lower == pytest.approx(1 - one.upper)
    assert (one.outside == other.outside).all()


def test_planted_dispersion_is_recovered() -> None:
    # Beta-binomial with variance inflated by 1 + 99 / 24.75 = 5 times: s = sqrt(5) = 2.24.
    rng = np.random.default_rng(37)
    cases = np.full(4000, 100)
    count = rng.binomial(cases, rng.beta(0.5 * 23.75, 0.5 * 23.75, 4000))
    assert share_chart(count, cases).dispersion == pytest.approx(np.sqrt(5), rel=0.05)
    pure = share_chart(rng.binomial(cases, 0.5), cases)
    assert pure.dispersion == pytest.approx(1, rel=0.05)


@pytest.mark.parametrize("count", [[0, 0, 0, 0, 0], [20] * 5, [4, 6, 5, 4]])
def test_nothing_to_measure_gives_no_limits(count: list[int]) -> None:
    chart = share_chart(np.array(count), np.full(len(count), 20))
    assert (chart.lower, chart.upper) == (None, None)
    assert not chart.outside.any()


@pytest.mark.parametrize(("count", "cases"), [([], []), ([1], [0]), ([3], [2]), ([-1], [2])])
def test_impossible_counts_are_refused(count: Ints, cases: Ints) -> None:
    with pytest.raises(ValueError, match="count"):
        share_chart(np.array(count, int), np.array(cases, int))
