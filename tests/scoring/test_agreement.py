import numpy as np
import pytest

from scoring.agreement import (
    Agreement,
    Difference,
    alpha,
    interval,
    intraclass_correlations,
    nominal,
    ordinal,
    weighted_kappa,
)
from scoring.ratings import Floats

NAN = np.nan

# Shrout and Fleiss (1979), table 2: six targets, four judges.
JUDGES = np.array([[9, 2, 5, 8], [6, 1, 3, 2], [8, 4, 6, 8], [7, 1, 2, 6], [10, 5, 6, 9]], float)
JUDGES = np.vstack([JUDGES, [6, 2, 4, 7]])

# Krippendorff (2011), example C: four observers, twelve units, some not observed by all.
OBSERVERS = np.array(
    [
        [1, 2, 3, 3, 2, 1, 4, 1, 2, NAN, NAN, NAN],
        [1, 2, 3, 3, 2, 2, 4, 1, 2, 5, NAN, 3],
        [NAN, 3, 3, 3, 2, 3, 4, 2, 2, 5, 1, NAN],
        [1, 2, 3, 3, 2, 4, 4, 1, 2, 5, 1, NAN],
    ]
).T

# Cohen (1968): shares of 200 pairs, and how serious each disagreement is.
PAIRS = 200 * np.array([[0.44, 0.07, 0.09], [0.05, 0.20, 0.05], [0.01, 0.03, 0.06]])
SERIOUS = np.array([[0, 1, 3], [1, 0, 6], [3, 6, 0]], float)


def marks(rng: np.random.Generator, cases: int, sd: tuple[float, float, float]) -> Floats:
    """Two reviewers' marks with these standard deviations of case, reviewer and residual."""
    case, reviewer = rng.normal(0, sd[0], (cases, 1)), rng.normal(0, sd[1], (1, 2))
    given: Floats = 75 + case + reviewer + rng.normal(0, sd[2], (cases, 2))
    return given


# --- intraclass correlation ----------------------------------------------------------------


def test_icc_of_a_hand_worked_table() -> None:
    # Rows 1 2, 3 6, 5 7; mean 4. Between: 2 ((1.5-4)^2 + (4.5-4)^2 + (6-4)^2) = 21, 2 df: 10.5.
    # Within: .5 + 4.5 + 2 = 7, 3 df: 7/3. Reviewers: 3 (1 + 1) = 6, 1 df. Residual: 1, 2 df: .5.
    found = intraclass_correlations(np.array([[1, 2], [3, 6], [5, 7]], float))
    assert found is not None
    assert found.one_way.value == pytest.approx((10.5 - 7 / 3) / (10.5 + 7 / 3))
    assert found.random.value == pytest.approx(10 / (10.5 + 0.5 + 2 * 5.5 / 3))
    assert found.fixed.value == pytest.approx(10 / 11)
    assert found.fixed_mean.value == pytest.approx(1 - 0.5 / 10.5)


def test_icc_equals_the_published_one() -> None:
    found = intraclass_correlations(JUDGES)
    assert found is not None
    published = {
        "one_way": (0.1657417684, -0.1329323249, 0.7225600623),
        "random": (0.2897637795, 0.0187865134, 0.7610843696),
        "fixed": (0.7148407148, 0.3424647650, 0.9458582600),
        "one_way_mean": (0.4427971337, -0.8844421552, 0.9124154203),
        "random_mean": (0.6200505476, 0.0711368153, 0.9272320402),
        "fixed_mean": (0.9093155424, 0.6756747138, 0.9858916782),
    }
    for name, values in published.items():
        one = getattr(found, name)
        assert (one.value, one.lower, one.upper) == pytest.approx(values, abs=1e-6)


def test_icc_does_not_depend_on_unit_or_order() -> None:
    turned = 10 + 3 * JUDGES[::-1, ::-1]
    for name in ("one_way", "random", "fixed"):
        one, other = (getattr(intraclass_correlations(m), name) for m in (JUDGES, turned))
        assert (one.value, one.lower, one.upper) == pytest.approx(
            (other.value, other.lower, other.upper)
        )


def test_icc_interval_covers_the_truth_as_often_as_it_says() -> None:
    # Case sd 6, no reviewer effect, residual 4: one-way truth 36 / 52 = .692.
    rng, inside = np.random.default_rng(11), 0
    for _ in range(1000):
        found = intraclass_correlations(marks(rng, 40, (6, 0, 4)))
        assert found is not None
        inside += (found.one_way.lower or -1) <= 36 / 52 <= (found.one_way.upper or 1)
    assert 930 <= inside <= 970


def test_icc_of_cases_with_gaps_uses_the_complete_ones() -> None:
    gaps = np.vstack([JUDGES, [3, NAN, 4, 5]])
    assert intraclass_correlations(gaps) == intraclass_correlations(JUDGES)


@pytest.mark.parametrize("table", [JUDGES[:1], JUDGES[:, :1], np.full((4, 2), 80.0)])
def test_icc_without_anything_to_compare_is_none(table: Floats) -> None:
    assert intraclass_correlations(table) is None


def test_icc_without_noise_is_one_and_claims_no_more() -> None:
    found = intraclass_correlations(np.array([[1, 1], [2, 2], [4, 4]], float))
    assert found is not None
    assert (found.random, found.fixed.value) == (Agreement(1.0, None, None), 1.0)


# --- weighted kappa ------------------------------------------------------------------------


def test_kappa_of_a_hand_worked_table() -> None:
    # 10 pairs, 8 equal; margins .5 .5 by .5 .5: observed .2 against chance .5, kappa .6.
    found = weighted_kappa(np.array([[4, 1], [1, 4]], float), 1 - np.eye(2))
    assert found is not None
    assert found.value == pytest.approx(0.6)


def test_kappa_equals_the_published_one() -> None:
    found = weighted_kappa(PAIRS, SERIOUS)
    assert found is not None
    assert found.value == pytest.approx(0.3478260870, abs=1e-6)
    ends = (found.lower, found.upper)
    assert ends == pytest.approx((0.1998409364, 0.4958112375), abs=1e-6)


def test_kappa_does_not_depend_on_the_scale_of_the_weights() -> None:
    one, other = weighted_kappa(PAIRS, SERIOUS), weighted_kappa(PAIRS, 7 * SERIOUS)
    turned = weighted_kappa(PAIRS.T, SERIOUS)
    assert one is not None
    for found in (other, turned):
        assert found is not None
        assert (found.value, found.lower) == pytest.approx((one.value, one.lower))


def test_kappa_interval_covers_the_truth_as_often_as_it_says() -> None:
    rng = np.random.default_rng(13)
    truth, shares, inside = weighted_kappa(PAIRS, SERIOUS), PAIRS.ravel() / PAIRS.sum(), 0
    assert truth is not None
    for _ in range(1000):
        found = weighted_kappa(rng.multinomial(300, shares).reshape(3, 3).astype(float), SERIOUS)
        assert found is not None
        inside += (found.lower or 0) <= truth.value <= (found.upper or 0)
    assert 930 <= inside <= 970


def test_kappa_without_anything_to_compare_is_none() -> None:
    assert weighted_kappa(np.zeros((3, 3)), SERIOUS) is None
    assert weighted_kappa(np.diag([9.0, 0, 0]), SERIOUS) is None


@pytest.mark.parametrize("weights", [-SERIOUS, SERIOUS + np.eye(3)])
def test_kappa_with_senseless_weights_is_refused(weights: Floats) -> None:
    with pytest.raises(ValueError, match="negative"):
        weighted_kappa(PAIRS, weights)


# --- Krippendorff's alpha ------------------------------------------------------------------


def test_alpha_of_a_hand_worked_table() -> None:
    # Units a a, b b, a b: coincidences aa 2, bb 2, ab 1, ba 1; n 6, of each value 3.
    # D_o = 2 / 6, D_e = 18 / 30: alpha = 1 - (1/3) / (3/5) = 4 / 9.
    found = alpha(np.array([[1, 1], [2, 2], [1, 2]], float), nominal)
    assert found is not None
    assert found.value == pytest.approx(4 / 9)


@pytest.mark.parametrize(
    ("difference", "published"),
    [(nominal, 0.743421052632), (ordinal, 0.815387503755), (interval, 0.849107142857)],
)
def test_alpha_equals_the_published_one(difference: Difference, published: float) -> None:
    found = alpha(OBSERVERS, difference)
    assert found is not None
    assert found.value == pytest.approx(published, abs=1e-6)
    assert found.lower is not None
    assert found.upper is not None
    assert found.lower < published < found.upper <= 1


def test_alpha_depends_on_ranks_or_distances_alone() -> None:
    stretched = np.where(OBSERVERS > 2, OBSERVERS**2, OBSERVERS)  # keeps the order only
    assert alpha(stretched, ordinal) == alpha(OBSERVERS, ordinal)
    assert alpha(stretched, nominal) == alpha(OBSERVERS, nominal)
    one, other = alpha(OBSERVERS, interval), alpha(5 - 2 * OBSERVERS[::-1, ::-1], interval)
    assert one is not None
    assert other is not None
    assert one.value == pytest.approx(other.value)


def test_alpha_interval_covers_the_truth_about_as_often_as_it_says() -> None:
    # Two reviewers of one severity, case sd 6, residual 4: interval alpha tends to 36 / 52.
    rng, inside = np.random.default_rng(17), 0
    for _ in range(500):
        found = alpha(np.round(marks(rng, 60, (6, 0, 4))), interval)
        assert found is not None
        inside += (found.lower or -1) <= 36 / 52 <= (found.upper or 1)
    assert 455 <= inside <= 490  # 91-98 %: an interval for large samples, sixty cases


@pytest.mark.parametrize("difference", [nominal, ordinal, interval])
def test_alpha_without_anything_to_compare_is_none(difference: Difference) -> None:
    assert alpha(np.full((5, 2), 3.0), difference) is None
    assert alpha(np.array([[1, NAN], [NAN, 2], [3, 3]]), difference) is None


def test_alpha_that_hangs_on_one_unit_has_no_interval() -> None:
    found = alpha(np.array([[1, 1], [1, 1], [1, 2]], float), nominal)
    assert found is not None
    assert (found.lower, found.upper) == (None, None)
