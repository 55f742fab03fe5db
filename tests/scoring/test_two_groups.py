import numpy as np
import pytest
from scipy.optimize import check_grad
from scipy.special import ndtr

from scoring.ratings import Floats
from scoring.two_groups import (
    FEWEST,
    TwoGroups,
    _cost,
    chance_below,
    shortfalls,
    two_groups,
)

ONE = TwoGroups(75, 16, 0, 0)
TWO = TwoGroups(75, 16, 0.1, 12)


def drawn(seed: int, handlers: int, share: float, distance: float) -> tuple[Floats, Floats, Floats]:
    """Observed means, their sampling variances, and the true ones."""
    rng = np.random.default_rng(seed)
    variance = 44 / rng.integers(1, 13, handlers)
    true = 75 + rng.normal(0, 4, handlers) - distance * (rng.random(handlers) < share)
    return true + rng.normal(0, np.sqrt(variance)), variance, true


def test_shortfall_in_one_group_is_shrunk_by_hand() -> None:
    # tau^2 = v = 16 halve the 10 points to 5, with variance 8: 5 -+ 1.95996 * 2.82843.
    found = shortfalls(ONE, np.array([65.0]), np.array([16.0]))
    assert found.expected == pytest.approx([5])
    assert found.lower == pytest.approx([5 - 5.54362], abs=1e-5)
    assert found.upper == pytest.approx([5 + 5.54362], abs=1e-5)
    # More than 6 points: P(N(5, 8) > 6) = P(Z > 0.35355) = 0.36185.
    assert chance_below(ONE, np.array([65.0]), np.array([16.0]), 6) == pytest.approx(
        [0.36185], 1e-4
    )


def test_shortfall_half_way_between_two_groups_is_their_mixture_by_hand() -> None:
    # 6 points below the bulk and 6 above the group: the odds stay 9 to 1. Shrunk by half the bulk
    # says 3 points, the group 12 - 3 = 9: expected 0.9 * 3 + 0.1 * 9 = 3.6.
    at = (np.array([69.0]), np.array([16.0]))
    assert shortfalls(TWO, *at).expected == pytest.approx([3.6])
    mixed = 0.9 * ndtr((3 - 6) / np.sqrt(8)) + 0.1 * ndtr((9 - 6) / np.sqrt(8))
    assert chance_below(TWO, *at, 6) == pytest.approx([mixed])


def test_shortfalls_of_the_bcg_trials_equal_the_published_ones() -> None:
    # metafor's blup() after DerSimonian and Laird: first, fourth, eighth and thirteenth trial.
    value = np.array([-0.8893113339202, -1.441551190021, 0.01195233352384, -0.01731394821688])
    variance = np.array([0.325584765004, 0.02001003190225, 0.003961579297818, 0.07140465968399])
    groups = TwoGroups(-0.7141172220732, 0.3087602628624, 0, 0)
    found = groups.mean - shortfalls(groups, value, variance).expected
    published = [-0.7993909731859, -1.39727718736, 0.00275444027673, -0.1481913587448]
    assert found == pytest.approx(published, abs=1e-9)


def test_gradient_is_the_slope_of_the_likelihood() -> None:
    value, variance, _ = drawn(1, 60, 0.1, 12)
    for at in ([74.0, 2.5], [74.0, 2.5, -2.0, 2.0]):
        error = check_grad(
            lambda p: _cost(p, value, variance)[0],
            lambda p: _cost(p, value, variance)[1],
            np.array(at),
        )
        assert error < 1e-4


def test_fit_moves_and_scales_with_the_values_whatever_their_order() -> None:
    value, variance, _ = drawn(2, 400, 0.05, 15)
    one = two_groups(value, variance)
    other = two_groups((2 * value - 30)[::-1], 4 * variance[::-1])
    assert one.share > 0
    assert other.mean == pytest.approx(2 * one.mean - 30, rel=1e-3)
    assert other.variance == pytest.approx(4 * one.variance, rel=1e-2)
    assert other.distance == pytest.approx(2 * one.distance, rel=1e-2)
    assert other.share == pytest.approx(one.share, rel=1e-2)


def test_group_and_true_shortfalls_are_recovered() -> None:
    found, held = [], []
    for seed in range(30):
        value, variance, true = drawn(seed, 2000, 0.04, 12)
        groups = two_groups(value, variance)
        known = shortfalls(groups, value, variance)
        found.append((groups.mean, groups.variance, groups.share, groups.distance))
        held.append(((known.lower <= 75 - true) & (75 - true <= known.upper)).mean())
    mean = np.mean(found, axis=0)
    assert mean == pytest.approx([75, 16, 0.04, 12], rel=0.08)
    assert np.mean(held) == pytest.approx(0.95, abs=0.01)


def test_chance_raises_a_second_group_seldom() -> None:
    raised = [two_groups(*drawn(seed, 300, 0, 0)[:2]).share > 0 for seed in range(200)]
    assert np.mean(raised) <= 0.1  # 7 %, and twice the noise of 200 runs


def test_lower_value_always_means_a_larger_shortfall() -> None:
    value, variance = np.linspace(30, 100, 200), np.full(200, 9.0)
    known = shortfalls(TWO, value, variance)
    for column in (known.expected, known.lower, known.upper):
        assert (np.diff(column) < 0).all()


def test_few_handlers_are_one_group_however_far_apart() -> None:
    value = np.append(np.full(FEWEST - 2, 75.0) + np.arange(FEWEST - 2) % 5, 10)
    assert two_groups(value, np.ones(FEWEST - 1)).share == 0


def test_equal_values_leave_nothing_between_handlers() -> None:
    value, variance = np.full(FEWEST, 75.0), np.ones(FEWEST)
    groups = two_groups(value, variance)
    assert (groups.mean, groups.variance, groups.share) == (75, 0, 0)
    known = shortfalls(groups, value, variance)
    assert known.expected == pytest.approx(np.zeros(FEWEST))
    assert known.upper == pytest.approx(np.zeros(FEWEST))


@pytest.mark.parametrize("variance", [[], [0.0], [-1.0]])
def test_values_without_a_sampling_variance_are_refused(variance: list[float]) -> None:
    with pytest.raises(ValueError, match="positive variance"):
        two_groups(np.zeros(len(variance)), np.array(variance))
