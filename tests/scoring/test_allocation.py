"""Neyman's places and bounds; proportional and equal places stand in ``test_sampling``."""

import itertools

import pytest

from scoring.allocation import allocate_equal, allocate_neyman, allocate_proportional


def variance(populations: list[int], deviations: list[float], sizes: tuple[int, ...]) -> float:
    rows = zip(populations, deviations, sizes, strict=True)
    return sum(n * n * s * s / k for n, s, k in rows)


def test_neyman_places_worked_by_hand() -> None:
    # N S = 20 and 10, one place each. Priorities 20/sqrt(2) = 14.1 and 10/sqrt(2) = 7.07: first,
    # then 20/sqrt(6) = 8.16 against 7.07: first again, then 20/sqrt(12) = 5.77: second.
    assert allocate_neyman([10, 10], [2, 1], 5) == (3, 2)


def test_neyman_places_round_the_published_ones() -> None:
    # 148.66, 22.43 and 28.91 by Neyman's formula.
    assert allocate_neyman([4421, 755, 1018], [130.5, 115.3, 110.2], 200) == (149, 22, 29)


def test_no_other_whole_places_have_less_variance() -> None:
    populations, deviations, size = [9, 14, 6], [3.0, 1.0, 7.0], 9
    found = allocate_neyman(populations, deviations, size)
    others = [
        sizes
        for sizes in itertools.product(*(range(1, n + 1) for n in populations))
        if sum(sizes) == size
    ]
    best = min(variance(populations, deviations, sizes) for sizes in others)
    assert variance(populations, deviations, found) == pytest.approx(best, rel=1e-12)


def test_floors_come_first_and_ceilings_hold() -> None:
    assert allocate_proportional([100, 10], 12, floors=[1, 6], ceilings=[100, 7]) == (6, 6)
    assert allocate_equal([9, 9], 10, ceilings=[3, 9]) == (3, 7)


def test_stratum_without_spread_keeps_its_one_place() -> None:
    assert allocate_neyman([50, 50], [0.0, 2.0], 10) == (1, 9)
    assert allocate_neyman([50, 5], [0.0, 0.0], 10) == (9, 1)


@pytest.mark.parametrize("deviations", [[1.0], [1.0, -1.0]])
def test_wrong_deviations_refused(deviations: list[float]) -> None:
    with pytest.raises(ValueError, match="deviation"):
        allocate_neyman([5, 5], deviations, 3)
