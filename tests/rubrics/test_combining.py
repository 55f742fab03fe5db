from collections.abc import Sequence
from decimal import Decimal
from fractions import Fraction
from itertools import combinations, combinations_with_replacement, permutations, product

import pytest
from hypothesis import given

from rubrics.arithmetic import mean
from rubrics.combining import MOST_MARKS, Combination, Rule, combine, is_on_border
from rubrics.registry import get_scheme
from tests.rubrics.strategies import totals

TEN = Decimal(10)
ONE, TWO, THREE = Rule(1, TEN), Rule(2, TEN), Rule(3, TEN)
HUNDRED = get_scheme("hundred-4")  # limits at 60, 80 and 90
BORDER = Rule(2, TEN, HUNDRED, border=Decimal(2))
REMARKED = Rule(2, TEN, HUNDRED, remarked=frozenset({"fail", "excellent"}))
GRID = [Decimal(value) for value in (0, 30, 50, 55, 58, 60, 62, 70, 78, 80, 85, 90, 95, 100)]


def decimals(*values: float | str) -> list[Decimal]:
    return [Decimal(str(value)) for value in values]


@pytest.mark.parametrize(
    ("marks", "rule", "outcome", "total", "settled_by"),
    [
        ([], ONE, "waiting", None, None),
        ([88], ONE, "settled", 88, "single_mark"),
        ([88], TWO, "waiting", None, None),
        ([88, 84], TWO, "settled", 86, "mean"),
        ([90, 80], TWO, "settled", 85, "mean"),  # exactly at the threshold is agreement
        (["90.01", 80], TWO, "further_mark", None, None),
        ([90, 70, 88], TWO, "settled", 89, "closest_two"),
        ([90, 70, 50], TWO, "panel", None, None),
        ([90, 70, 80], TWO, "settled", 85, "closest_two"),  # 90–80 and 80–70 tie: the higher pair
        ([90, 70, "80.5"], TWO, "settled", "85.25", "closest_two"),
        ([90, 70, 90], TWO, "settled", 90, "closest_two"),
        ([84, 88, 86], TWO, "settled", 86, "mean"),  # marked again though two had agreed
        ([84, 88, 86, 85, 87], TWO, "settled", 86, "mean"),
        ([84, 88, 86, 60], TWO, "settled", 87, "closest_two"),
        ([88, 84], THREE, "waiting", None, None),
        ([80, 84, 88], THREE, "settled", 84, "mean"),
        ([80, 84, 95], THREE, "settled", 82, "closest_two"),
        ([60, 75, 90], THREE, "panel", None, None),
    ],
)
def test_combine(
    marks: list[float], rule: Rule, outcome: str, total: float | None, settled_by: str | None
) -> None:
    found = combine(decimals(*marks), rule)
    expected = None if total is None else Decimal(str(total))
    assert (found.outcome, found.total, found.settled_by) == (outcome, expected, settled_by)
    assert found.call == ("difference" if outcome == "further_mark" else None)


def agreement(marks: Sequence[Decimal], failing: Sequence[bool]) -> Fraction | None:
    """What three marks settle at by the wording of the rule, in fractions; None: the panel."""
    exact = [Fraction(mark) for mark in marks]
    if sum(failing) == 1:
        return None
    if max(exact) - min(exact) <= 10:
        return sum(exact, Fraction(0)) / 3
    near = [pair for pair in combinations(exact, 2) if abs(pair[0] - pair[1]) <= 10]
    closest = sorted(near, key=lambda pair: (abs(pair[0] - pair[1]), -sum(pair)))
    return sum(closest[0], Fraction(0)) / 2 if closest else None


def test_every_triple_on_a_grid_with_every_pattern_of_vetoes() -> None:
    """14 scores make 560 triples, each with 8 patterns of findings: 4,480 cases."""
    settled = to_panel = 0
    for marks in combinations_with_replacement(GRID, 3):
        for failing in product([False, True], repeat=3):
            found = combine(marks, TWO, failing=failing)
            expected = agreement(marks, failing)
            if expected is None:
                to_panel += 1
                assert found == Combination("panel")
            else:
                settled += 1
                assert found.outcome == "settled"
                assert abs(Fraction(found.total or 0) - expected) < Fraction(1, 10**25)
                assert found.fails == (sum(failing) >= 2)
    assert (settled + to_panel, min(settled, to_panel) > 1000) == (4480, True)


def test_every_triple_on_a_grid_near_a_limit_is_marked_again() -> None:
    for marks in combinations_with_replacement(GRID, 3):
        plain, found = combine(marks, TWO), combine(marks, BORDER)
        near = plain.total is not None and any(abs(plain.total - cut) < 2 for cut in (60, 80, 90))
        if near:
            assert (found.outcome, found.call, found.total) == (
                "further_mark",
                "border",
                plain.total,
            )
        else:
            assert found == plain


@given(totals, totals)
def test_every_pair(a: Decimal, b: Decimal) -> None:
    found = combine([a, b], TWO)
    if abs(a - b) <= TEN:
        assert found == Combination("settled", (a + b) / 2, "mean")
    else:
        assert found == Combination("further_mark", call="difference")


@given(totals, totals, totals)
def test_every_triple(a: Decimal, b: Decimal, c: Decimal) -> None:
    found = combine([a, b, c], TWO)
    near, _, high = min((abs(x - y), -(x + y), (x + y) / 2) for x, y in combinations([a, b, c], 2))
    if max(a, b, c) - min(a, b, c) <= TEN:
        assert found == Combination("settled", mean([a, b, c]), "mean")
    elif near <= TEN:
        assert found == Combination("settled", high, "closest_two")
    else:
        assert found == Combination("panel")
    assert found == combine([a, b, c], THREE)


@given(totals, totals, totals)
def test_order_of_marks_does_not_matter(a: Decimal, b: Decimal, c: Decimal) -> None:
    for rule in (TWO, THREE, BORDER, REMARKED):
        assert len({combine(p, rule) for p in permutations([a, b, c])}) == 1


@given(totals, totals, totals)
def test_a_settled_total_lies_between_its_marks(a: Decimal, b: Decimal, c: Decimal) -> None:
    found = combine([a, b, c], THREE)
    if found.total is not None:
        assert min(a, b, c) <= found.total <= max(a, b, c)


@pytest.mark.parametrize(
    ("marks", "call"),
    [
        ([86, 84], None),
        ([82, 77], "border"),  # 79.5 lies half a point below 80
        ([82, 82], None),  # exactly two points off: no longer on the border
        (["81.99", "81.99"], "border"),
        ([60, 60], "border"),
        ([58, 58], None),
        ([99, 100], None),  # 100 is the end of the scale and no limit between grades
        ([82, 77, 79], "border"),
        ([82, 77, 88], "border"),  # 82 and 77 remain the closest two
        ([82, 77, 80, 80], "border"),
        ([84, 77, 86, 83], None),  # all four agree: 82.5
    ],
)
def test_border_is_marked_again(marks: list[float], call: str | None) -> None:
    assert combine(decimals(*marks), BORDER).call == call


def test_border_that_most_marks_could_not_settle_goes_to_the_panel() -> None:
    assert combine(decimals(*[80] * MOST_MARKS), BORDER) == Combination("panel")
    assert combine(decimals(*[84] * MOST_MARKS), BORDER).outcome == "settled"


@pytest.mark.parametrize(
    ("marks", "failing", "is_lot", "call"),
    [
        ([55, 50], [], False, "grade"),
        ([95, 92], [], False, "grade"),
        ([85, 84], [], False, None),
        ([85, 84], [], True, "lot"),
        ([75, 70], [], True, "lot"),
        ([55, 50], [], True, "grade"),  # no plain pass, so no part of the estimate
        ([85, 84], [True, True], True, "grade"),  # fails whatever its total
        ([55, 50, 52], [], True, None),  # once is enough
        ([85, 84, 83], [], True, None),
        ([85, 60], [], True, "difference"),
    ],
)
def test_what_is_marked_again_once_the_first_marks_agree(
    marks: list[float], failing: list[bool], is_lot: bool, call: str | None
) -> None:
    found = combine(decimals(*marks), REMARKED, failing=failing, is_lot=is_lot)
    assert found.call == call
    assert found.outcome == ("further_mark" if call else "settled")


def test_neither_excellent_nor_fail_is_a_plain_pass() -> None:
    plain = Rule(2, TEN, HUNDRED)
    calls = [combine([t, t], plain, is_lot=True).call for t in decimals(95, 85, 75, 55)]
    assert calls == [None, "lot", "lot", None]


def test_single_marks_can_be_marked_again() -> None:
    rule = Rule(1, TEN, HUNDRED, remarked=frozenset({"fail"}))
    assert combine(decimals(50), rule).call == "grade"
    assert combine(decimals(50, 54), rule) == Combination("settled", Decimal(52), "mean")
    assert combine(decimals(50, 70), rule).call == "difference"


@pytest.mark.parametrize(
    ("wanted", "threshold", "border"), [(0, 10, 0), (4, 10, 0), (2, -1, 0), (2, 10, 1)]
)
def test_rule_that_cannot_be_is_refused(wanted: int, threshold: int, border: int) -> None:
    with pytest.raises(ValueError, match=r"marks|threshold|border"):
        Rule(wanted, Decimal(threshold), border=Decimal(border))


def test_more_marks_than_can_arise_are_refused() -> None:
    with pytest.raises(ValueError, match="6 marks"):
        combine(decimals(*range(6)), TWO)


@pytest.mark.parametrize(
    ("marks", "failing", "rule", "outcome", "fails"),
    [
        ([88], [True], ONE, "settled", True),
        ([88, 84], [True, True], TWO, "settled", True),
        ([88, 84], [True, False], TWO, "further_mark", False),  # totals agree, findings do not
        ([88, 84, 86], [True, False, True], TWO, "settled", True),
        ([88, 84, 86], [True, False, False], TWO, "panel", False),  # a veto by one only
        ([90, 70, 50], [True, True, True], TWO, "panel", False),  # the panel decides all of it
        ([80, 84, 88], [True, False, False], THREE, "panel", False),
        ([80, 84, 88], [True, False, True], THREE, "settled", True),
        ([80, 84, 88, 84], [True, False, True, False], TWO, "panel", False),  # two against two
        ([80, 84, 88, 84, 85], [True, False, True, False, False], TWO, "settled", False),
    ],
)
def test_findings_that_fail_a_case_need_agreement_or_a_majority(
    marks: list[float], failing: list[bool], rule: Rule, outcome: str, fails: bool
) -> None:
    found = combine(decimals(*marks), rule, failing=failing)
    assert (found.outcome, found.fails) == (outcome, fails)


def test_findings_of_another_number_than_marks_are_refused() -> None:
    with pytest.raises(ValueError, match="1 findings for 2 marks"):
        combine(decimals(80, 81), TWO, failing=[True])


def test_border_of_nothing_is_nowhere() -> None:
    assert not is_on_border(Decimal(80), HUNDRED, Decimal(0))
    assert is_on_border(Decimal("79.5"), HUNDRED, Decimal(1))


def test_rounded_thirds_neither_part_marks_nor_choose_a_pair() -> None:
    """250/3, 220/3 and 190/3 lie exactly ten apart, but 83.33…3 − 73.33…3 and 73.33…3 − 63.33…3
    need not agree in their last digit: the higher pair counts, 235/3."""
    marks = [Decimal(n) / 3 for n in (250, 220, 190)]
    assert combine(marks[:2], TWO).outcome == "settled"
    nudged = [marks[0] + Decimal("1e-25"), *marks[1:]]
    found = combine(nudged, TWO)
    assert found.settled_by == "closest_two"
    assert abs(found.total - Decimal(235) / 3) < Decimal("1e-20")  # type: ignore[operator]
