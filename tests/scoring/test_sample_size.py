"""Sample sizes: worked by hand, published, invariant, recovered from simulation, degenerate."""

import math

import numpy as np
import pytest

from scoring.sample_size import (
    chance_to_see,
    expected_half_width,
    fails_at,
    half_width,
    size_for_half_width,
    size_to_see,
)


def test_half_width_worked_by_hand() -> None:
    # N 100 and 300, n 10 and 30, S 8 and 4: V = (1/4)^2 .9 64/10 + (3/4)^2 .9 16/30 = .36 + .27.
    found = half_width([100, 300], [10, 30], [8, 4])
    assert found == pytest.approx(1.959964 * math.sqrt(0.63), rel=1e-6)


def test_expected_half_width_of_whole_strata_is_the_half_width_of_the_mean() -> None:
    expected = expected_half_width([100, 300], [0.1, 0.1], [8, 4])
    assert expected == pytest.approx(half_width([100, 300], [10, 30], [8, 4]))
    # Half of the 300 cases are another region: its own mean, over 150 cases with pi .1.
    part = expected_half_width([150], [0.1], [4])
    assert part == pytest.approx(1.959964 * math.sqrt(0.9 * 16 / 15), rel=1e-6)


@pytest.mark.parametrize(("chance", "width"), [(1.0, 0.0), (0.0, None), (1.1, None)])
def test_expected_half_width_of_a_census_and_of_no_chance(
    chance: float, width: float | None
) -> None:
    if width is None:
        with pytest.raises(ValueError, match="no inclusion probability"):
            expected_half_width([10], [chance], [4])
    else:
        assert expected_half_width([10], [chance], [4]) == width
    assert expected_half_width([], [], []) == 0


def test_published_sample_sizes() -> None:
    # Cochran's 5 % at 95 % for a proportion of a half: 384.1459 of an endless frame, 348 of 3,600.
    assert size_for_half_width(10**9, 0.5, 0.05) == 385
    assert size_for_half_width(3600, 0.5, 0.05) == 348
    # 59 cases show a 5 % rate with 95 %; 36 fails among 3,600 need 287.
    assert size_to_see(10**9, 5 * 10**7) == 59
    assert size_to_see(3600, 36) == 287


def test_size_and_chance_are_inverse() -> None:
    for population, fails in ((40, 4), (200, 10), (3600, 180), (7, 7)):
        size = size_to_see(population, fails)
        assert chance_to_see(population, fails, size) >= 0.95
        assert chance_to_see(population, fails, size - 1) < 0.95


def test_size_and_half_width_are_inverse() -> None:
    size = size_for_half_width(500, 9.0, 1.5)
    assert half_width([500], [size], [9.0]) <= 1.5 < half_width([500], [size - 1], [9.0])


def test_chance_recovered_from_simulation() -> None:
    # 4 fails among 40, 10 drawn: .7 of the samples show one; 20,000 runs, 5 standard errors.
    random = np.random.default_rng(2)
    draws = np.argsort(random.random((20_000, 40)), axis=1)[:, :10]
    seen = (draws < 4).any(axis=1).mean()
    expected = chance_to_see(40, 4, 10)
    assert abs(seen - expected) < 5 * math.sqrt(expected * (1 - expected) / 20_000)


def test_census_leaves_no_doubt() -> None:
    assert half_width([30], [30], [9.0]) == 0
    assert chance_to_see(30, 1, 30) == 1
    assert size_for_half_width(30, 9.0, 1e-9) == 30
    assert size_for_half_width(30, 0.0, 1.0) == 1
    assert chance_to_see(30, 0, 10) == 0


def test_rate_counts_whole_fails() -> None:
    assert [fails_at(n) for n in (1, 20, 21, 3600)] == [1, 1, 2, 180]


@pytest.mark.parametrize(
    "call",
    [
        lambda: half_width([5], [6], [1.0]),
        lambda: half_width([5], [0], [1.0]),
        lambda: half_width([5], [2], [1.0], confidence=1),
        lambda: size_for_half_width(0, 1.0, 1.0),
        lambda: size_for_half_width(5, 1.0, 0.0),
        lambda: chance_to_see(5, 6, 1),
        lambda: size_to_see(5, 0),
    ],
)
def test_impossible_questions_refused(call: object) -> None:
    assert callable(call)
    with pytest.raises(ValueError, match=r"places|confidence|population|fail"):
        call()
