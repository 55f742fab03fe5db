import pytest

from review.domain.case_numbers import LONGEST_GAP, Series, Stretch, find_gaps, read_numbers
from review.queries.reconciliation import Numbers

HERE, BESIDE = "990101", "990102"


def numbers(*serials: int, words: str = "示援民字", year: int = 2024) -> list[str]:
    return [f"（{year}）{words}第{serial:08d}号" for serial in serials]


def gaps_of(*agencies: Numbers) -> dict[str, list[tuple[tuple[int, int], ...]]]:
    found, _unreadable = find_gaps(agencies, since=2024)
    by_region: dict[str, list[tuple[tuple[int, int], ...]]] = {}
    for stretch in found:
        by_region.setdefault(stretch.region_code, []).append(stretch.gaps)
    return by_region


@pytest.mark.parametrize(
    ("number", "year", "serial"),
    [
        ("（2024）示援民字第10100001号", 2024, "10100001"),
        ("(2024)示援刑字第7号", 2024, "7"),
        ("东援字〔2023〕第012号", 2023, "012"),
        ("示法援[2022]民300", 2022, "300"),
        ("【2021】援2区第44号之一", 2021, "44"),
    ],
)
def test_number_is_a_year_in_brackets_words_and_a_serial(
    number: str, year: int, serial: str
) -> None:
    ((series, (digits,)),) = read_numbers([number]).items()
    assert (series.year, digits) == (year, serial)
    assert series.before + digits + series.behind == number


@pytest.mark.parametrize(
    "number", ["", "2024", "民字第1号", "（2024）", "（24）第1号", "（2024）无号"]
)
def test_number_without_year_or_serial_is_not_read(number: str) -> None:
    assert read_numbers([number]) == {}


def test_missing_numbers_are_ranges_between_the_smallest_and_the_largest() -> None:
    found, unreadable = find_gaps(
        [Numbers(HERE, numbers(3, 4, 6, 10, 11, 12), ["民 12"])], since=2024
    )
    # 5 is missing, and 7 to 9; 1 and 2 lie before the smallest.
    assert found == [
        Stretch(HERE, Series(2024, "（2024）示援民字第", "号"), 3, 12, 6, ((5, 5), (7, 9)), 8)
    ]
    assert found[0].missing == 4
    assert found[0].digits(7) == "00000007"
    assert unreadable == 0  # the number that cannot be read lies outside the window


def test_numbers_taken_outside_the_window_fill_gaps() -> None:
    assert gaps_of(Numbers(HERE, numbers(1, 4), numbers(2))) == {HERE: [((3, 3),)]}


def test_numbers_that_another_agency_of_the_series_took_are_not_missing() -> None:
    # Odd numbers here, even ones beside; 5 is nobody's.
    agencies = (
        Numbers(HERE, numbers(1, 3, 7), []),
        Numbers(BESIDE, numbers(2, 4, 6), []),
    )
    assert gaps_of(*agencies) == {HERE: [((5, 5),)], BESIDE: [((5, 5),)]}


def test_years_and_words_are_series_of_their_own() -> None:
    mixed = numbers(1, 3) + numbers(2, words="示援刑字") + numbers(2, year=2025)
    found, _ = find_gaps([Numbers(HERE, mixed, [])], since=2024)
    assert [stretch.gaps for stretch in found] == [((2, 2),), (), ()]


def test_series_before_the_years_that_are_held_and_series_outside_are_left_out() -> None:
    old = numbers(1, 3, year=2023)
    assert gaps_of(Numbers(HERE, old, numbers(5, 7, words="示援刑字"))) == {}


def test_long_jump_begins_another_stretch() -> None:
    far = 12 + LONGEST_GAP + 2  # one number more than the longest gap lies between
    found, _ = find_gaps([Numbers(HERE, numbers(10, 12, far, far + 1), [])], since=2024)
    assert [(s.first, s.last, s.gaps) for s in found] == [
        (10, 12, ((11, 11),)),
        (far, far + 1, ()),
    ]
    near = far - 1
    found, _ = find_gaps([Numbers(HERE, numbers(10, 12, near), [])], since=2024)
    assert [(s.first, s.last, s.missing) for s in found] == [(10, near, 1 + LONGEST_GAP)]


def test_series_with_fewer_than_half_its_numbers_is_sparse_and_comes_last() -> None:
    sparse = numbers(1, 30, words="示援行字")
    found, _ = find_gaps([Numbers(HERE, sparse + numbers(1, 3, 4), [])], since=2024)
    assert [(s.missing, s.is_sparse) for s in found] == [(1, False), (28, True)]
    # 2 of 4 numbers are half of them: still a series with a gap.
    assert not find_gaps([Numbers(HERE, numbers(1, 4), [])], since=2024)[0][0].is_sparse


def test_unreadable_numbers_inside_the_window_are_counted() -> None:
    assert find_gaps([Numbers(HERE, ["无编号", *numbers(1)], ["无"])], since=2024)[1] == 1
