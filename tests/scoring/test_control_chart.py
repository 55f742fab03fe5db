import numpy as np
import pytest

from scoring.control_chart import xmr_chart
from scoring.ratings import Texts

WEEKS = np.array([f"{week:02d}" for week in range(1, 41)])
# Montgomery, Introduction to Statistical Quality Control, table 6.7: weekly cost of processing.
COSTS = np.array(
    [310, 288, 297, 298, 307, 303, 294, 297, 308, 306, 294, 299, 297, 299, 314, 295, 293, 306]
    + [301, 304]
)
EIGHT = np.array([12.0, 15, 11, 14, 16, 12, 13, 15])


def test_limits_of_a_hand_worked_series() -> None:
    # Mean 12.5, every moving range 1: 12.5 -+ 3 * 1 / 1.128 = 12.5 -+ 2.659574.
    chart = xmr_chart(WEEKS[:8], np.array([12.0, 13, 12, 13, 12, 13, 12, 13]))
    assert chart.centre == 12.5
    assert (chart.lower, chart.upper) == pytest.approx((9.840426, 15.159574), abs=1e-6)


def test_limits_equal_the_published_ones() -> None:
    # The first twenty weeks; qicharts2 0.8.1 prints these limits.
    chart = xmr_chart(WEEKS[:20], COSTS)
    assert chart.centre == pytest.approx(300.5)
    assert chart.lower == pytest.approx(279.7833146697, rel=1e-9)
    assert chart.upper == pytest.approx(321.2166853303, rel=1e-9)


@pytest.mark.parametrize(("shift", "scale"), [(5.0, 1.0), (0.0, 3.0)])
def test_limits_move_with_the_data(shift: float, scale: float) -> None:
    before, after = xmr_chart(WEEKS[:8], EIGHT), xmr_chart(WEEKS[:8], scale * EIGHT + shift)
    assert before.upper is not None
    assert after.upper == pytest.approx(scale * before.upper + shift)


def test_order_of_the_rows_does_not_matter() -> None:
    order = np.random.default_rng(1).permutation(8)
    shuffled = xmr_chart(WEEKS[:8][order], EIGHT[order])
    assert shuffled.upper == xmr_chart(WEEKS[:8], EIGHT).upper
    assert (shuffled.value == EIGHT).all()


def test_sigma_is_recovered_from_simulation() -> None:
    value = np.random.default_rng(7).normal(75, 4, 20_000)
    chart = xmr_chart(np.arange(20_000).astype(np.str_), value)
    assert chart.upper is not None
    # Sorted by their text the periods are still independent draws.
    assert (chart.upper - chart.centre) / 3 == pytest.approx(4, rel=0.02)
    assert chart.outside.mean() == pytest.approx(0.0027, abs=0.0015)


@pytest.mark.parametrize(("points", "has_limits"), [(1, False), (4, False), (5, True)])
def test_few_points_have_no_limits(points: int, has_limits: bool) -> None:
    chart = xmr_chart(WEEKS[:points], EIGHT[:points])
    assert (chart.lower is not None) is has_limits
    assert not chart.outside.any()


@pytest.mark.parametrize(("points", "is_trial"), [(11, True), (12, False)])
def test_limits_are_trial_below_twelve_points(points: int, is_trial: bool) -> None:
    assert xmr_chart(WEEKS[:points], COSTS[:points]).is_trial is is_trial


def test_equal_points_are_never_outside() -> None:
    chart = xmr_chart(WEEKS[:8], np.full(8, 70.0))
    assert chart.lower == chart.upper == 70
    assert not chart.outside.any()


@pytest.mark.parametrize("value", [[], [70.0, np.nan]])
def test_missing_values_are_refused(value: list[float]) -> None:
    period: Texts = WEEKS[: len(value)]
    with pytest.raises(ValueError, match="finite"):
        xmr_chart(period, np.array(value))
