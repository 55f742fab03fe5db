from dataclasses import replace

import numpy as np
import pytest

from scoring.agreement import Agreement
from scoring.mixed_model import DisconnectedError, NothingToFitError
from scoring.reviewers import (
    FEWEST_MARKS,
    Marks,
    _Beside,
    _drift,
    _halo,
    _noises,
    _spread,
    reviewer_readings,
)


def panel(seed: int, cases: int = 300, reviewers: int = 10) -> Marks:
    """Two reviewers per case. Of ten, 0 is 5 points lenient, 1 three times as noisy, 2 drifts by 6,
    3 keeps to the middle, 4 marks all criteria alike."""
    rng = np.random.default_rng(seed)
    first = rng.integers(0, reviewers, cases)
    second = (first + rng.integers(1, reviewers, cases)) % reviewers
    reviewer = np.column_stack([first, second]).ravel()
    case = np.repeat(np.arange(cases), 2)
    at = np.arange(2.0 * cases)
    quality = rng.normal(0, 6, cases)[case] * np.where(reviewer == 3, 0.4, 1.0)
    noise = rng.normal(0, 1, 2 * cases) * np.where(reviewer == 1, 6.0, 2.0)
    drift = np.where(reviewer == 2, 6 * at / at.max() - 3, 0)
    score = 75 + quality + np.where(reviewer == 0, 5, 0) + noise + drift
    impression = rng.normal(0, 0.1, 2 * cases) * (reviewer == 4)
    shares = 0.75 + rng.normal(0, 0.1, (2 * cases, 6)) + impression[:, None]
    return Marks(score, reviewer, case, case // 3, at, shares)


def test_drift_of_a_hand_worked_reviewer() -> None:
    # u 0, 1, 2, 3 in time order: from the first to the last exactly 3 points more lenient.
    found = _drift(np.array([3.0, 0, 2, 1]), np.array([40.0, 10, 30, 20]))
    assert found is not None
    assert (found.value, found.lower, found.upper) == pytest.approx((3, 3, 3))


def test_spread_of_a_hand_worked_reviewer() -> None:
    # Deviations -2, 0, 2 of the others' -4, 0, 4: covariance (8 + 0 + 8) / 2 = 8, half of 16.
    found = _spread(np.array([73.0, 75, 77]), np.array([71.0, 75, 79]), 16)
    assert found is not None
    assert found.value == pytest.approx(0.5)


def test_noise_of_two_hand_worked_reviewers_is_shared_by_halves() -> None:
    # Alone with each other the two cannot be told apart: u is +-2 throughout, mean square 4 =
    # s2_a + s2_b, so that each has sqrt(2).
    who = np.tile([0, 1], 12)
    apart = np.where(np.arange(24) % 4 < 2, 2.0, -2.0) * np.where(who == 0, 1, -1)
    none = np.zeros(24)
    parts = _Beside(who, none, none, apart, np.ones(24, int), none, np.zeros((24, 0)))
    found = _noises(parts, np.repeat(np.arange(12), 2), 2)
    assert [one.value for one in found if one] == pytest.approx([np.sqrt(2)] * 2)


def test_halo_is_the_mean_correlation_and_that_of_cronbach() -> None:
    # With equal variances the mean correlation r gives Cronbach's alpha p r / (1 + (p - 1) r).
    rng = np.random.default_rng(1)
    shares = rng.normal(0, 1, (400, 3)) + rng.normal(0, 1, 400)[:, None]
    shares = (shares - shares.mean(axis=0)) / shares.std(axis=0)
    found = _halo(shares)
    assert found is not None
    off = np.corrcoef(shares.T)[np.triu_indices(3, 1)]
    assert found.value == pytest.approx(off.mean())
    total = shares.sum(axis=1).var()
    cronbach = 3 / 2 * (1 - 3 / total)
    assert 3 * found.value / (1 + 2 * found.value) == pytest.approx(cronbach)


def test_halo_is_complete_where_all_criteria_move_together() -> None:
    found = _halo(np.outer(np.arange(12.0), [1, 2, 3]))
    assert found is not None
    assert found.value == pytest.approx(1)
    assert _halo(np.outer(np.arange(12.0), [1])) is None


def test_readings_do_not_depend_on_order_and_move_with_the_marks() -> None:
    marks = panel(2)
    turned = Marks(*(getattr(marks, name)[::-1] for name in Marks.__slots__))
    moved = replace(turned, score=2 * turned.score + 9)
    for one, other in zip(reviewer_readings(marks), reviewer_readings(moved), strict=True):
        assert one.noise
        assert other.noise
        assert one.spread
        assert other.spread
        assert other.severity.value == pytest.approx(2 * one.severity.value, rel=1e-3, abs=1e-3)
        assert other.noise.value == pytest.approx(2 * one.noise.value, rel=1e-3)
        assert other.spread.value == pytest.approx(one.spread.value, rel=1e-3)


def test_planted_habits_are_recovered_with_their_intervals() -> None:
    found = [reviewer_readings(panel(seed, cases=600)) for seed in range(20)]
    severity, noise, drift, spread, halo = (
        [[getattr(one, name) for one in readings] for readings in found]
        for name in ("severity", "noise", "drift", "spread", "halo")
    )
    assert mean(severity, 0) - mean(severity, 5) == pytest.approx(5, abs=0.5)
    assert mean(noise, 1) == pytest.approx(6, abs=0.4)
    assert mean(noise, 5) == pytest.approx(2, abs=0.4)
    assert mean(drift, 2) == pytest.approx(6, abs=0.6)
    assert mean(drift, 5) == pytest.approx(0, abs=0.6)
    assert mean(spread, 3) < 0.55
    assert mean(spread, 5) > 0.9
    assert mean(halo, 4) > mean(halo, 5) + 0.2
    assert held(noise, 1, 6) >= 16
    assert held(drift, 2, 6) >= 16


def mean(readings: list[list[Agreement]], reviewer: int) -> float:
    return float(np.mean([run[reviewer].value for run in readings]))


def held(readings: list[list[Agreement]], reviewer: int, truth: float) -> int:
    ends = [(run[reviewer].lower or 0, run[reviewer].upper or 0) for run in readings]
    return sum(low <= truth <= high for low, high in ends)


def test_severities_hold_the_truth_in_ninety_five_of_a_hundred_panels() -> None:
    hits = []
    for seed in range(20):
        rng = np.random.default_rng(seed)
        true = rng.normal(0, 3, 20)
        one, case = rng.integers(0, 20, 400), np.repeat(np.arange(400), 2)
        reviewer = np.column_stack([one, (one + rng.integers(1, 20, 400)) % 20]).ravel()
        score = 75 + rng.normal(0, 6, 400)[case] + true[reviewer] + rng.normal(0, 3, 800)
        marks = Marks(score, reviewer, case, case // 3, np.arange(800.0), np.zeros((800, 0)))
        for reading in reviewer_readings(marks):
            low, high = reading.severity.lower or 0, reading.severity.upper or 0
            hits.append(low <= true[reading.reviewer] - true.mean() <= high)
    assert np.mean(hits) == pytest.approx(0.95, abs=0.035)


def test_reviewer_with_few_marks_has_a_severity_alone() -> None:
    marks = panel(3, cases=40)
    kept = (marks.reviewer != 6) | (np.cumsum(marks.reviewer == 6) < FEWEST_MARKS)
    kept &= np.bincount(marks.case, kept)[marks.case] == 2
    few = Marks(*(getattr(marks, name)[kept] for name in Marks.__slots__))
    found = next(one for one in reviewer_readings(few) if one.reviewer == 6)
    assert found.marks < FEWEST_MARKS
    assert (found.noise, found.drift, found.spread, found.halo) == (None, None, None, None)


def test_criteria_that_do_not_apply_leave_the_others() -> None:
    marks = panel(4)
    marks.shares[:, 0] = np.nan
    found = [one.halo for one in reviewer_readings(marks)]
    assert all(one is not None and abs(one.value) < 1 for one in found)


def test_marks_without_comparison_are_refused() -> None:
    marks = panel(5)
    with pytest.raises(NothingToFitError):
        reviewer_readings(replace(marks, reviewer=np.zeros(600, int)))
    halves = replace(marks, reviewer=marks.reviewer % 2 + 2 * (marks.case >= 150))
    with pytest.raises(DisconnectedError):
        reviewer_readings(replace(halves, handler=marks.case))
