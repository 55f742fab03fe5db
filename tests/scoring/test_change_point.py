import numpy as np
import pytest

from scoring.change_point import change_points
from tests.open_tables import open_table


def test_a_plain_step_is_found_where_it_is() -> None:
    # Levels 10 and 20 after the fifth point, with a wobble of one.
    found = change_points(np.array([9, 10, 11, 10, 10, 21, 20, 19, 20, 20.0]))
    assert [(c.after, c.level_before, c.level_after) for c in found] == [(5, 10, 20)]
    assert found[0].earliest == found[0].latest == 5


def test_the_nile_falls_after_1898() -> None:
    flow = np.array(open_table("nile.csv")["flow"], float)
    found = change_points(flow)
    assert [c.after for c in found] == [28]
    assert 1870 + found[0].after == 1898
    # An asymptotic interval that lets the variances differ is 25-32; ours lies within.
    assert (found[0].earliest, found[0].latest) == (26, 29)
    assert found[0].level_before == pytest.approx(1097.75)
    assert found[0].level_after == pytest.approx(849.972222)


def test_two_changes_are_found_in_order() -> None:
    rng = np.random.default_rng(41)
    value = np.concatenate([rng.normal(m, 1, 20) for m in (75, 80, 70)])
    assert [c.after for c in change_points(value)] == [20, 40]


def test_changes_do_not_depend_on_unit_or_direction() -> None:
    value = np.concatenate([np.random.default_rng(43).normal(m, 2, 15) for m in (75, 80)])
    one, moved, turned = map(change_points, (value, 100 - 3 * value, value[::-1]))
    assert len(one) == 1
    assert (moved[0].after, moved[0].earliest) == (one[0].after, one[0].earliest)
    assert turned[0].after == 30 - one[0].after
    assert (turned[0].earliest, turned[0].latest) == (30 - one[0].latest, 30 - one[0].earliest)


def test_interval_holds_the_true_change_as_often_as_it_says() -> None:
    rng, inside, found = np.random.default_rng(47), 0, 0
    for _ in range(600):
        value = rng.normal(0, 1, 40)
        value[18:] += 1.5
        for change in change_points(value)[:1]:
            found += 1
            inside += change.earliest <= 18 <= change.latest
    assert found >= 500
    assert inside / found >= 0.93


def test_chance_alone_seldom_makes_a_change() -> None:
    rng = np.random.default_rng(53)
    assert np.mean([bool(change_points(rng.normal(75, 3, 24))) for _ in range(1000)]) <= 0.05


@pytest.mark.parametrize("value", [[], [1.0, 2, 3, 9, 9], [80.0] * 12])
def test_too_little_to_go_by_gives_no_change(value: list[float]) -> None:
    assert change_points(np.array(value, float)) == []


def test_a_missing_value_is_refused() -> None:
    with pytest.raises(ValueError, match="finite"):
        change_points(np.array([1, np.nan, 3]))
