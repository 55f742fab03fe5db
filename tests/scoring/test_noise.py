from math import sqrt

import numpy as np
import pytest

from scoring.noise import marks_needed, measured_noise, suggested_threshold


def test_measured_noise_by_hand() -> None:
    """Cases (80, 84), (70, 70, 76), (90): squares 2·2² + (2² + 2² + 4²) = 32 over 1 + 2 degrees."""
    found = measured_noise(np.array([80.0, 84, 70, 70, 76, 90]), np.array([1, 1, 2, 2, 2, 3]))
    assert found is not None
    assert (found.degrees, found.is_measured) == (3, False)
    assert found.sd == pytest.approx(sqrt(32 / 3))
    # chi-squared tables, 3 degrees: 9.348 and 0.2158
    assert found.lower == pytest.approx(sqrt(32 / 9.348404), rel=1e-5)
    assert found.upper == pytest.approx(sqrt(32 / 0.2157953), rel=1e-5)


def test_suggested_threshold_by_the_normal_table() -> None:
    """z(.95) = 1.644854; of two marks, each with sd 5, one pair in ten differs by over 11.63."""
    assert suggested_threshold(5.0) == pytest.approx(1.644854 * sqrt(2) * 5, rel=1e-6)


@pytest.mark.parametrize(
    ("distance", "sd", "marks"),
    [
        (5, 5, 3),  # (1.645 · 5 / 5)² = 2.706
        (-5, 5, 3),
        (10, 5, 1),
        (1, 5, 68),  # (8.224)² = 67.6
        (0, 5, None),
        (3, 0, 1),
        (0, 0, 1),
    ],
)
def test_marks_needed(distance: float, sd: float, marks: int | None) -> None:
    assert marks_needed(distance, sd) == marks


def test_noise_does_not_depend_on_the_level_of_cases_or_their_names() -> None:
    rng = np.random.default_rng(3)
    case = np.repeat(np.arange(40), 2)
    score = rng.normal(75, 5, 80)
    moved = measured_noise(score + 10 * case, 1000 - case)
    plain = measured_noise(score, case)
    assert plain is not None
    assert moved is not None
    assert moved.sd == pytest.approx(plain.sd)
    assert moved.degrees == plain.degrees == 40


def test_noise_is_recovered_from_simulation() -> None:
    """2,000 pairs of sd 6: the standard error of sd is 6 / sqrt(2 · 2000) = 0.095."""
    rng = np.random.default_rng(5)
    case = np.repeat(np.arange(2000), 2)
    score = rng.normal(0, 9, 2000)[case] + rng.normal(0, 6, 4000)
    found = measured_noise(score, case)
    assert found is not None
    assert found.sd == pytest.approx(6, abs=3 * 0.095)
    assert found.lower < 6 < found.upper
    apart = np.abs(score[::2] - score[1::2]) > suggested_threshold(found.sd)
    assert apart.mean() == pytest.approx(0.1, abs=0.02)


def test_marks_needed_make_wrong_sides_rare() -> None:
    """A true total 2 points below a limit, sd 5: 17 marks; their mean passes in under 5 %."""
    marks = marks_needed(2, 5)
    assert marks == 17
    means = np.random.default_rng(8).normal(58, 5, (20_000, marks)).mean(axis=1)
    assert 0.03 < (means >= 60).mean() < 0.055


def test_noise_of_nothing_marked_twice_is_none() -> None:
    assert measured_noise(np.array([80.0, 70]), np.array([1, 2])) is None
    assert measured_noise(np.array([]), np.array([], dtype=np.int64)) is None


def test_equal_marks_have_no_noise() -> None:
    found = measured_noise(np.full(80, 75.0), np.repeat(np.arange(40), 2))
    assert found is not None
    assert (found.sd, found.is_measured) == (0, True)


def test_contradictory_input_is_refused() -> None:
    with pytest.raises(ValueError, match="a case for each score"):
        measured_noise(np.array([1.0]), np.array([1, 2]))
    with pytest.raises(ValueError, match="not negative"):
        marks_needed(1, -1)
