from decimal import Decimal
from itertools import combinations, permutations

import pytest
from hypothesis import given

from rubrics.arithmetic import mean
from rubrics.combining import Combination, combine
from tests.rubrics.strategies import totals

TEN = Decimal(10)


def decimals(*values: float | str) -> list[Decimal]:
    return [Decimal(str(value)) for value in values]


@pytest.mark.parametrize(
    ("marks", "wanted", "outcome", "total", "settled_by"),
    [
        ([], 1, "waiting", None, None),
        ([88], 1, "settled", 88, "single_mark"),
        ([88], 2, "waiting", None, None),
        ([88, 84], 2, "settled", 86, "mean"),
        ([90, 80], 2, "settled", 85, "mean"),  # exactly at the threshold is agreement
        (["90.01", 80], 2, "third_mark", None, None),
        ([90, 70, 88], 2, "settled", 89, "closest_two"),
        ([90, 70, 50], 2, "panel", None, None),
        ([90, 70, 80], 2, "settled", 85, "closest_two"),  # 90–80 and 80–70 tie: the higher pair
        ([90, 70, "80.5"], 2, "settled", "85.25", "closest_two"),
        ([90, 70, 90], 2, "settled", 90, "closest_two"),
        ([88, 84], 3, "waiting", None, None),
        ([80, 84, 88], 3, "settled", 84, "mean"),
        ([80, 84, 95], 3, "settled", 82, "closest_two"),
        ([60, 75, 90], 3, "panel", None, None),
    ],
)
def test_combine(
    marks: list[float], wanted: int, outcome: str, total: float | None, settled_by: str | None
) -> None:
    expected = None if total is None else Decimal(str(total))
    found = combine(decimals(*marks), wanted=wanted, threshold=TEN)
    assert found == Combination(outcome, expected, settled_by)  # type: ignore[arg-type]


@given(totals, totals)
def test_every_pair(a: Decimal, b: Decimal) -> None:
    found = combine([a, b], wanted=2, threshold=TEN)
    if abs(a - b) <= TEN:
        assert found == Combination("settled", (a + b) / 2, "mean")
    else:
        assert found == Combination("third_mark")


@given(totals, totals, totals)
def test_every_triple_after_a_third_mark(a: Decimal, b: Decimal, c: Decimal) -> None:
    found = combine([a, b, c], wanted=2, threshold=TEN)
    near, _, high = min((abs(x - y), -(x + y), (x + y) / 2) for x, y in combinations([a, b, c], 2))
    if near <= TEN:
        assert found == Combination("settled", high, "closest_two")
    else:
        assert found == Combination("panel")


@given(totals, totals, totals)
def test_every_triple_wanted_from_the_start(a: Decimal, b: Decimal, c: Decimal) -> None:
    found = combine([a, b, c], wanted=3, threshold=TEN)
    if max(a, b, c) - min(a, b, c) <= TEN:
        assert found == Combination("settled", mean([a, b, c]), "mean")
    else:
        assert found == combine([a, b, c], wanted=2, threshold=TEN)


@given(totals, totals, totals)
def test_order_of_marks_does_not_matter(a: Decimal, b: Decimal, c: Decimal) -> None:
    for wanted in (2, 3):
        found = {combine(p, wanted=wanted, threshold=TEN) for p in permutations([a, b, c])}
        assert len(found) == 1


@given(totals, totals, totals)
def test_a_settled_total_lies_between_its_marks(a: Decimal, b: Decimal, c: Decimal) -> None:
    found = combine([a, b, c], wanted=3, threshold=TEN)
    if found.total is not None:
        assert min(a, b, c) <= found.total <= max(a, b, c)


@pytest.mark.parametrize(
    ("marks", "wanted", "threshold"),
    [([80, 81], 1, 10), ([80, 81, 82, 83], 2, 10), ([80], 4, 10), ([80], 0, 10), ([80], 2, -1)],
)
def test_combine_refuses_what_cannot_arise(marks: list[float], wanted: int, threshold: int) -> None:
    with pytest.raises(ValueError, match=r"marks|threshold"):
        combine(decimals(*marks), wanted=wanted, threshold=Decimal(threshold))


@pytest.mark.parametrize(
    ("marks", "failing", "wanted", "outcome", "fails"),
    [
        ([88], [True], 1, "settled", True),
        ([88, 84], [True, True], 2, "settled", True),
        ([88, 84], [True, False], 2, "third_mark", False),  # the totals agree, the findings do not
        ([88, 84, 86], [True, False, True], 2, "settled", True),
        ([88, 84, 86], [True, False, False], 2, "settled", False),
        ([90, 70, 50], [True, True, True], 2, "panel", False),  # the panel decides all of it
        ([80, 84, 88], [True, False, False], 3, "settled", False),
        ([80, 84, 88], [True, False, True], 3, "settled", True),
    ],
)
def test_findings_that_fail_a_case_need_agreement_or_a_majority(
    marks: list[float], failing: list[bool], wanted: int, outcome: str, fails: bool
) -> None:
    found = combine(decimals(*marks), wanted=wanted, threshold=TEN, failing=failing)
    assert (found.outcome, found.fails) == (outcome, fails)


def test_findings_of_another_number_than_marks_are_refused() -> None:
    with pytest.raises(ValueError, match="1 findings for 2 marks"):
        combine(decimals(80, 81), wanted=2, threshold=TEN, failing=[True])
