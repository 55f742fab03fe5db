import numpy as np
import pytest

from scoring.memory_chart import Cusum, Ewma, cusum, cusum_run_length, ewma, ewma_run_length
from scoring.ratings import Floats

# Montgomery, Introduction to Statistical Quality Control, table 9.1: target 10, sigma 1, the last
# ten drawn around 11.
SHIFTED = [9.45, 7.99, 9.29, 11.66, 12.16, 10.18, 8.04, 11.46, 9.2, 10.34, 9.03, 11.47, 10.51]
SHIFTED += [9.4, 10.08, 9.37, 10.62, 10.31, 8.52, 10.84, 10.9, 9.33, 12.29, 11.5, 10.6, 11.08]
SHIFTED += [10.38, 11.62, 11.31, 10.52]
X = np.array(SHIFTED)
ONE = np.ones(X.size)


def test_ewma_of_a_hand_worked_series() -> None:
    # r .5: 0.5 * 12 + 0.5 * 10 = 11, then 0.5 * 8 + 0.5 * 11 = 9.5; variances .25 and .3125.
    chart = ewma(np.array([12.0, 8]), 10, np.ones(2), weight=0.5, width=2)
    assert chart.mean == pytest.approx([11, 9.5])
    assert chart.upper == pytest.approx(10 + 2 * np.sqrt([0.25, 0.3125]))
    assert chart.lower == pytest.approx(10 - 2 * np.sqrt([0.25, 0.3125]))


def test_ewma_limits_follow_the_precision_of_each_point() -> None:
    # The second point, twice as unsure, adds .25 * 4 to a quarter of .25.
    chart = ewma(np.array([12.0, 8]), 10, np.array([1.0, 2]), weight=0.5, width=1)
    assert chart.upper[1] - 10 == pytest.approx(np.sqrt(0.25 * 4 + 0.25 * 0.25))


def test_cusum_of_a_hand_worked_series() -> None:
    # u = 2, 1, -1.5, k .5: up 1.5, 2, 0; down 0, 0, 1.
    chart = cusum(np.array([14.0, 12, 7]), 10, np.full(3, 2.0))
    assert chart.up.tolist() == [1.5, 2.0, 0.0]
    assert chart.down.tolist() == [0.0, 0.0, 1.0]
    assert (chart.up_since.tolist(), chart.down_since.tolist()) == ([1, 2, 0], [0, 0, 1])


def test_both_charts_signal_where_the_textbook_does() -> None:
    sums, means = cusum(X, 10, ONE), ewma(X, 10, ONE, weight=0.1, width=2.7)
    assert np.flatnonzero(sums.outside)[0] + 1 == 29
    assert np.flatnonzero(means.outside)[0] + 1 == 29
    assert sums.up[28] == pytest.approx(5.28)
    assert sums.up_since[28] == 7  # the change began at point 23
    assert means.mean[:4] == pytest.approx([9.945, 9.7495, 9.70355, 9.899195])
    assert means.lower[:3] == pytest.approx([9.73, 9.6367521507, 9.5759968278])


@pytest.mark.parametrize(
    ("weight", "width", "published"),
    [
        (0.4, 3.054, [499.951338642776, 71.200502005304, 14.262764263053, 3.521539198799]),
        (0.2, 2.962, [499.735122165922, 41.764395762474, 10.541665796564, 3.743439060539]),
        (0.1, 2.814, [499.579550082622, 31.297435196285, 10.330665155223, 4.362253413742]),
    ],
)
def test_run_lengths_of_ewma_equal_the_published_ones(
    weight: float, width: float, published: list[float]
) -> None:
    found = [ewma_run_length(shift, weight, width) for shift in (0, 0.5, 1, 2)]
    assert found == pytest.approx(published, rel=1e-6)


def test_run_lengths_of_cusum_equal_the_published_ones() -> None:
    found = [cusum_run_length(shift, 0.5, 4) for shift in (0, 0.25, 0.5, 1, 2, 4)]
    published = [167.683788813616, 74.224027885013, 26.630203088869, 8.383131870495]
    published += [3.34277012943, 1.708457163286]
    assert found == pytest.approx(published, rel=1e-6)


def test_run_length_is_what_simulation_finds() -> None:
    # 2,000 series with a lasting shift of one: the mean of the first signals, within 3 errors.
    rng, first = np.random.default_rng(23), []
    for _ in range(2000):
        outside = cusum(rng.normal(1, 1, 80), 0, np.ones(80)).outside
        first.append(np.flatnonzero(outside)[0] + 1)
    error = np.std(first) / np.sqrt(len(first))
    assert abs(np.mean(first) - cusum_run_length(1)) < 3 * error


def test_a_shift_either_way_is_found_alike() -> None:
    assert ewma_run_length(-0.7) == pytest.approx(ewma_run_length(0.7))
    assert cusum_run_length(-0.7) == pytest.approx(cusum_run_length(0.7))
    assert ewma_run_length(0.2) > ewma_run_length(0.4) > ewma_run_length(0.8)


def test_charts_do_not_depend_on_the_unit() -> None:
    one, other = (ewma(s * X, s * 10, s * ONE) for s in (1, 7))
    assert (other.outside == one.outside).all()
    assert cusum(7 * X, 70, 7 * ONE).up == pytest.approx(cusum(X, 10, ONE).up)


def test_a_mirrored_series_mirrors_the_sums() -> None:
    assert cusum(-X, -10, ONE).down == pytest.approx(cusum(X, 10, ONE).up)


@pytest.mark.parametrize("chart", [ewma, cusum])
def test_no_points_make_an_empty_chart(chart: type) -> None:
    found: Ewma | Cusum = chart(np.zeros(0), 10, np.zeros(0))
    assert found.outside.size == 0


@pytest.mark.parametrize("chart", [ewma, cusum])
@pytest.mark.parametrize(
    ("value", "deviation", "words"),
    [([1.0, np.nan], [1.0, 1], "finite"), ([1.0, 2], [1.0, 0], "not positive")],
)
def test_faulty_points_are_refused(
    chart: type, value: Floats, deviation: Floats, words: str
) -> None:
    with pytest.raises(ValueError, match=words):
        chart(np.array(value), 0, np.array(deviation))


def test_a_senseless_weight_is_refused() -> None:
    with pytest.raises(ValueError, match="weight"):
        ewma(X, 10, ONE, weight=1.2)
