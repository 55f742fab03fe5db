import numpy as np
import pytest

from scoring.outliers import PER_CRITERION, ProfileView, profile_view
from scoring.ratings import Floats, Ints
from tests.open_tables import open_table

WITHIN = 0.06 * np.eye(4)


def profiles(seed: int, handlers: int = 120) -> tuple[Floats, Ints]:
    """Shares around 0.8 in four criteria that go together, on 3-12 cases each."""
    rng = np.random.default_rng(seed)
    cases = rng.integers(3, 13, handlers)
    true = rng.multivariate_normal(np.zeros(4), 0.01 * np.eye(4) + 0.01, handlers)
    return 0.8 + true + rng.normal(0, np.sqrt(0.06 / cases)[:, None], (handlers, 4)), cases


def view_of(profile: Floats, cases: Ints, within: Floats) -> ProfileView:
    found = profile_view(profile, cases, within)
    assert found is not None
    return found


def test_deviation_of_one_criterion_is_the_hand_worked_one() -> None:
    # One criterion, all equally sure: the deviations are (x - mean) / sd of the central ones, so
    # that two handlers 0.1 apart differ by 0.1 / sd, whatever the mean.
    profile = np.linspace(0.5, 1, 41)[:, None]
    view = view_of(profile, np.ones(41, int), np.zeros((1, 1)))
    steps = np.diff(view.z[:, 0])
    assert steps == pytest.approx(np.full(40, steps[0]))
    assert view.z[20, 0] == pytest.approx(0, abs=0.2)
    assert view.distance[0] == pytest.approx(view.distance[40], rel=0.3)


def test_odd_points_of_hawkins_bradu_and_kass_are_the_published_ones() -> None:
    # Observations 1-14 by robustbase's covMcd as well; they mask each other in a plain covariance.
    table = open_table("hbk.csv")
    points = np.array([table[name] for name in ("X1", "X2", "X3")], float).T
    view = view_of(points, np.ones(75, int), np.zeros((3, 3)))
    assert (np.flatnonzero(view.is_flagged) + 1).tolist() == list(range(1, 15))
    # robustbase's distances are 24.2 to 33.7 for these and 0.6 to 1.8 for the next ones.
    assert np.sqrt(view.distance[:14]).min() > 20
    assert np.sqrt(view.distance[14:]).max() < 4


def test_flags_do_not_depend_on_units_or_order() -> None:
    profile, cases = profiles(1)
    profile[:3, 1] -= 0.8
    one = view_of(profile, cases, WITHIN)
    other = view_of(100 * profile[::-1] - 7, cases[::-1], 1e4 * WITHIN)
    assert one.is_flagged[:3].all()
    assert (other.is_flagged[::-1] == one.is_flagged).all()


def test_planted_handlers_are_found_with_the_criterion_that_differs() -> None:
    found, false = [], []
    for seed in range(10):
        profile, cases = profiles(seed)
        cases[:4] = 12
        profile[:4, 2] -= 0.9
        view = view_of(profile, cases, WITHIN)
        found.append(view.is_flagged[:4].mean())
        false.append(view.is_flagged[4:].sum() / max(view.is_flagged.sum(), 1))
        assert (view.z[:4].argmin(axis=1) == 2).all()
    assert np.mean(found) > 0.9
    assert np.mean(false) < 0.1


def test_chance_names_somebody_seldom_whatever_the_number_of_cases() -> None:
    named = [view_of(*profiles(seed), WITHIN).is_flagged.any() for seed in range(100, 140)]
    assert np.mean(named) <= 0.12  # 5 %, and twice the noise of 40 runs


def test_flagged_are_those_beyond_the_line() -> None:
    view = view_of(*profiles(3), WITHIN)
    assert (view.is_flagged == (view.distance > view.line)).all()


def test_too_few_handlers_for_the_criteria_say_nothing() -> None:
    profile, cases = profiles(4, handlers=4 * PER_CRITERION - 1)
    assert profile_view(profile, cases, WITHIN) is None


def test_criterion_in_which_nobody_differs_says_nothing() -> None:
    profile, cases = profiles(5)
    profile[:, 0] = 1
    assert profile_view(profile, cases, WITHIN) is None


def test_missing_share_is_refused() -> None:
    profile, cases = profiles(6)
    profile[0, 0] = np.nan
    with pytest.raises(ValueError, match="finite profiles"):
        profile_view(profile, cases, WITHIN)
