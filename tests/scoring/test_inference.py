import numpy as np
import pytest

from scoring.inference import between_variance, rejections

# Benjamini and Hochberg (1995), section 4.1: fifteen p values of a myocardial infarction trial.
P_1995 = [0.0001, 0.0004, 0.0019, 0.0095, 0.0201, 0.0278, 0.0298, 0.0344, 0.0459, 0.324]
P_1995 += [0.4262, 0.5719, 0.6528, 0.759, 1.0]

# The thirteen BCG trials of Colditz et al. (1994), as R's metadat prints them: tuberculosis
# among the vaccinated, the others of them, and the same of the controls.
BCG = np.array(
    [
        (4, 119, 11, 128),
        (6, 300, 29, 274),
        (3, 228, 11, 209),
        (62, 13536, 248, 12619),
        (33, 5036, 47, 5761),
        (180, 1361, 372, 1079),
        (8, 2537, 10, 619),
        (505, 87886, 499, 87892),
        (29, 7470, 45, 7232),
        (17, 1699, 65, 1600),
        (186, 50448, 141, 27197),
        (5, 2493, 3, 2338),
        (27, 16886, 29, 17825),
    ]
).T


def test_rejections_of_a_hand_worked_list() -> None:
    # m = 4, q = 5 %: hurdles .0125 .025 .0375 .05. The third p misses its hurdle, the fourth
    # passes, so all four are rejected.
    assert rejections(np.array([0.049, 0.001, 0.04, 0.02])) == 4
    assert rejections(np.array([0.051, 0.001, 0.04, 0.02])) == 2


def test_rejections_equal_the_published_ones() -> None:
    assert rejections(np.array(P_1995)) == 4
    assert sum(p <= 0.05 / 15 for p in P_1995) == 3  # what Bonferroni would have found


def test_rejections_do_not_depend_on_the_order() -> None:
    shuffled = np.random.default_rng(3).permutation(P_1995)
    assert rejections(shuffled) == 4


def test_rejections_of_pure_chance_are_rare() -> None:
    rng = np.random.default_rng(5)
    named = [rejections(rng.uniform(size=200)) > 0 for _ in range(2000)]
    assert 0.035 <= np.mean(named) <= 0.065


def test_rejections_of_nothing_are_none() -> None:
    assert rejections(np.array([])) == 0
    assert rejections(np.array([1.0])) == 0


@pytest.mark.parametrize("bad", [-0.1, 1.1, np.nan])
def test_a_p_outside_its_range_is_refused(bad: float) -> None:
    with pytest.raises(ValueError, match="outside 0-1"):
        rejections(np.array([0.5, bad]))


def test_between_variance_of_a_hand_worked_list() -> None:
    # Variances 25/3, mean 75, Q = (0 + 100 + 100) * 3/25 = 24, S1 = 0.36, S2/S1 = 0.12,
    # tau^2 = (24 - 2) / 0.24 = 91.667.
    mean, tau2 = between_variance(np.array([75.0, 85, 65]), np.full(3, 25 / 3))
    assert (mean, tau2) == pytest.approx((75, 22 / 0.24))


def test_between_variance_equals_the_published_one() -> None:
    vaccinated, others, controls, rest = BCG
    value = np.log(vaccinated / (vaccinated + others)) - np.log(controls / (controls + rest))
    variance = 1 / vaccinated - 1 / (vaccinated + others) + 1 / controls - 1 / (controls + rest)
    mean, tau2 = between_variance(value, variance)
    assert tau2 == pytest.approx(0.3087602628624, rel=1e-9)
    assert mean == pytest.approx(-0.7141172220732, rel=1e-9)
    assert (1 / (variance + tau2)).sum() ** -0.5 == pytest.approx(0.1787420895354, rel=1e-9)


def test_between_variance_moves_with_the_scale() -> None:
    value, variance = np.array([70.0, 75, 90]), np.array([4.0, 9, 2])
    mean, tau2 = between_variance(value, variance)
    assert between_variance(3 * value + 1, 9 * variance) == pytest.approx((3 * mean + 1, 9 * tau2))


def test_between_variance_is_recovered_from_simulation() -> None:
    rng = np.random.default_rng(8)
    found = []
    for _ in range(300):
        variance = rng.uniform(4, 40, 200)
        found.append(between_variance(rng.normal(75, np.sqrt(16 + variance)), variance)[1])
    assert np.mean(found) == pytest.approx(16, rel=0.03)


def test_between_variance_of_one_value_is_zero() -> None:
    assert between_variance(np.array([70.0]), np.array([4.0])) == (70, 0)


def test_between_variance_of_equal_values_is_zero() -> None:
    assert between_variance(np.full(5, 70.0), np.full(5, 4.0))[1] == 0


@pytest.mark.parametrize("variance", [[], [0.0, 1.0], [-1.0, 1.0]])
def test_between_variance_without_a_sampling_variance_is_refused(variance: list[float]) -> None:
    with pytest.raises(ValueError, match="positive variance"):
        between_variance(np.zeros(len(variance)), np.array(variance))
