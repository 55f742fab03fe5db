from decimal import Decimal
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rubrics.arithmetic import earned_so_far, mean, total_score
from rubrics.model import Rubric
from rubrics.registry import get_rubric
from tests.rubrics.strategies import Marks, markings, rubric_of, totals

CIVIL = get_rubric("civil-first/1")


def full() -> dict[str, Decimal | None]:
    return {c.code: c.points for c in CIVIL.criteria}


def test_total_score_of_full_marks_is_100() -> None:
    assert total_score(CIVIL, full()) == 100


def test_total_score_deducts() -> None:
    # 100 - (4 - 1.5) - (12 - 4) = 89.5
    assert total_score(CIVIL, full() | {"agreement": Decimal("1.5"), "argument": Decimal(4)}) == (
        Decimal("89.5")
    )


def test_total_score_leaves_not_applicable_out_of_both_sides() -> None:
    # 8 points do not apply: (92 - 6) of 92 = 93.478260…, not 86
    marks = full() | {"file_reading": None, "argument": Decimal(6)}
    assert total_score(CIVIL, marks) == Decimal("93.47826086956521739130434783")


def test_total_score_of_zero_everywhere_is_0() -> None:
    assert total_score(CIVIL, dict.fromkeys(full(), Decimal(0))) == 0


def test_total_score_refuses_a_missing_answer() -> None:
    marks = full()
    del marks["argument"]
    with pytest.raises(KeyError, match="argument"):
        total_score(CIVIL, marks)


def test_total_score_refuses_a_foreign_criterion() -> None:
    with pytest.raises(KeyError, match="foreign"):
        total_score(CIVIL, full() | {"foreign": Decimal(1)})


@pytest.mark.parametrize("points", ["-0.5", "4.5", "NaN", "Infinity"])
def test_total_score_refuses_points_out_of_range(points: str) -> None:
    with pytest.raises(ValueError, match="agreement"):
        total_score(CIVIL, full() | {"agreement": Decimal(points)})


def test_total_score_refuses_when_nothing_applies() -> None:
    with pytest.raises(ValueError, match="not applicable"):
        total_score(CIVIL, dict.fromkeys(full()))


@given(markings(), st.randoms())
def test_total_does_not_depend_on_order(made: tuple[Rubric, Marks], random: Random) -> None:
    rubric, marks = made
    items = list(marks.items())
    random.shuffle(items)
    assert total_score(rubric, dict(items)) == total_score(rubric, marks)


@given(markings())
def test_total_lies_between_0_and_100(made: tuple[Rubric, Marks]) -> None:
    assert 0 <= total_score(*made) <= 100


@given(markings(), st.data())
def test_one_more_step_never_lowers_the_total(
    made: tuple[Rubric, Marks], data: st.DataObject
) -> None:
    rubric, marks = made
    criterion = data.draw(st.sampled_from(rubric.criteria))
    points = marks[criterion.code]
    if points is None or points == criterion.points:
        return
    more = marks | {criterion.code: points + rubric.step}
    assert total_score(rubric, more) > total_score(rubric, marks)


@given(markings())
def test_not_applicable_is_as_if_the_criterion_were_not_there(made: tuple[Rubric, Marks]) -> None:
    rubric, marks = made
    applied = [c for c in rubric.criteria if marks[c.code] is not None]
    without = rubric_of([int(c.points) for c in applied])
    kept = dict(zip(without.by_code, (marks[c.code] for c in applied), strict=True))
    assert total_score(without, kept) == total_score(rubric, marks)


@given(markings(), st.data())
def test_not_applicable_never_lifts_the_total_above_the_others_share(
    made: tuple[Rubric, Marks], data: st.DataObject
) -> None:
    rubric, marks = made
    criterion = data.draw(st.sampled_from(rubric.criteria))
    others = {c: p for c, p in marks.items() if c != criterion.code and p is not None}
    if not others:
        return
    possible = sum(rubric.by_code[c].points for c in others)
    share = 100 * sum(others.values(), Decimal(0)) / possible
    assert total_score(rubric, marks | {criterion.code: None}) == share


def test_earned_so_far_counts_only_given_points() -> None:
    marks = {"agreement": Decimal("3.5"), "authority": None}
    assert earned_so_far(CIVIL.sections[0].criteria, marks) == Decimal("3.5")


@given(totals, st.integers(1, 3))
def test_mean_of_equal_totals_is_that_total(total: Decimal, times: int) -> None:
    repeating = total / 7
    assert mean([repeating] * times) == repeating


def test_mean_of_nothing_is_refused() -> None:
    with pytest.raises(ValueError, match="no totals"):
        mean([])
