import numpy as np
import pytest
from scipy.special import ndtri

from scoring.ranking import joint_quantile, rank_intervals

KNOWN = 10**9


def known(count: int) -> np.ndarray:
    return np.full(count, KNOWN)


def test_ranks_of_three_hand_worked_regions() -> None:
    # 0.95^(1/3) = .98305, so each interval is 2.388 errors of 1 wide: 90 -+ 2.39 lies above both
    # others, 80 and 83 overlap: ranks 1, 2-3, 2-3.
    found = rank_intervals(np.array([80.0, 90, 83]), np.ones(3), known(3))
    assert found.best.tolist() == [2, 1, 2]
    assert found.worst.tolist() == [3, 1, 3]


def test_width_for_the_travel_times_of_51_states_follows_the_published_rule() -> None:
    # Klein, Wright and Wieczorek's 51 states at 90 % together need 3.081 errors; at the 95 % used
    # here 1 - (1 - .95^(1/51)) / 2 of the normal.
    assert ndtri(1 - (1 - 0.9 ** (1 / 51)) / 2) == pytest.approx(3.081, abs=5e-4)
    assert joint_quantile(51, KNOWN) == pytest.approx(ndtri(1 - (1 - 0.95 ** (1 / 51)) / 2))
    assert joint_quantile(1, 3) == pytest.approx(3.182446)  # Student's t, as for a single mean


def test_ranks_do_not_depend_on_units_or_order() -> None:
    rng = np.random.default_rng(1)
    value, error = rng.normal(75, 6, 20), rng.uniform(0.5, 3, 20)
    one = rank_intervals(value, error, known(20))
    other = rank_intervals(10 * value[::-1] - 3, 10 * error[::-1], known(20))
    assert (other.best[::-1] == one.best).all()
    assert (other.worst[::-1] == one.worst).all()


def test_all_true_ranks_lie_within_their_intervals_together() -> None:
    rng = np.random.default_rng(2)
    true = rng.normal(75, 3, 15)
    rank = 1 + (true > true[:, None]).sum(axis=1)
    held = []
    for _ in range(400):
        found = rank_intervals(true + rng.normal(0, 1.5, 15), np.full(15, 1.5), known(15))
        held.append(((found.best <= rank) & (rank <= found.worst)).all())
    assert np.mean(held) >= 0.95  # the rule is cautious: it may be more


def test_certain_values_have_their_own_ranks_and_equal_ones_share() -> None:
    found = rank_intervals(np.array([3.0, 1, 3]), np.zeros(3), known(3))
    assert found.best.tolist() == [1, 3, 1]
    assert found.worst.tolist() == [2, 3, 2]


def test_one_region_is_first_and_none_has_no_rank() -> None:
    assert rank_intervals(np.array([70.0]), np.array([2.0]), known(1)).worst.tolist() == [1]
    assert rank_intervals(np.zeros(0), np.zeros(0), known(0)).best.size == 0


@pytest.mark.parametrize(("error", "degrees"), [(-1.0, 5), (np.nan, 5), (1.0, 0)])
def test_impossible_errors_are_refused(error: float, degrees: int) -> None:
    with pytest.raises(ValueError, match="standard errors"):
        rank_intervals(np.array([70.0]), np.array([error]), np.array([degrees]))
