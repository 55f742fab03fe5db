from decimal import Decimal

import pytest

from rubrics.grading import Band, Scheme, SchemeError, all_schemes, get_scheme, scheme_from_floors


@pytest.mark.parametrize(
    ("key", "total", "grade"),
    [
        ("hundred-4", "100", "excellent"),
        ("hundred-4", "90", "excellent"),
        ("hundred-4", "89.99999999999999999999999999", "good"),
        ("hundred-4", "89.5", "good"),
        ("hundred-4", "80", "good"),
        ("hundred-4", "79.9", "pass"),
        ("hundred-4", "60", "pass"),
        ("hundred-4", "59.95", "fail"),
        ("hundred-4", "0", "fail"),
        ("hundred-3", "85", "excellent"),
        ("hundred-3", "84.9", "pass"),
        ("hundred-3", "59.9", "fail"),
    ],
)
def test_grade_of_the_unrounded_total(key: str, total: str, grade: str) -> None:
    assert get_scheme(key).grade_of(Decimal(total)) == grade


@pytest.mark.parametrize("total", ["-0.1", "100.1", "NaN"])
def test_grade_of_refuses_what_is_no_total(total: str) -> None:
    with pytest.raises(ValueError, match="not within"):
        get_scheme("hundred-4").grade_of(Decimal(total))


def bands(*numbers: tuple[str, int, int]) -> tuple[Band, ...]:
    return tuple(Band(grade, Decimal(low), Decimal(high)) for grade, low, high in numbers)


@pytest.mark.parametrize(
    ("made", "message"),
    [
        # A published city rule left 70–80 without a grade.
        (bands(("good", 80, 100), ("pass", 60, 70), ("fail", 0, 60)), "no grade between 70 and 80"),
        (bands(("good", 80, 100), ("pass", 60, 85), ("fail", 0, 60)), "two grades between 80"),
        (bands(("good", 80, 95), ("fail", 0, 80)), "from 0 to 100"),
        (bands(("good", 80, 100), ("fail", 10, 80)), "from 0 to 100"),
        (bands(("good", 80, 100), ("pass", 80, 80), ("fail", 0, 80)), "pass can never be reached"),
        (bands(("good", 80, 100), ("good", 0, 80)), "named twice"),
        ((), "from 0 to 100"),
    ],
)
def test_scheme_refused(made: tuple[Band, ...], message: str) -> None:
    with pytest.raises(SchemeError, match=message):
        Scheme("made", "生成", made)


def test_floors_out_of_order_are_refused() -> None:
    with pytest.raises(SchemeError, match="never be reached"):
        scheme_from_floors("made", "生成", {"excellent": 80, "good": 90, "fail": 0})


def test_presets_are_named() -> None:
    assert {scheme.key for scheme in all_schemes()} == {"hundred-4", "hundred-3"}
