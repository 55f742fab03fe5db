from decimal import Decimal
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rubrics.arithmetic import deducted, earned_so_far, mean, outcome, total_score
from rubrics.model import GivenMark, Rubric
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


SECOND = get_rubric("civil-second/1")  # the agency answers for 3 + 2 points
INVESTIGATION = get_rubric("criminal-investigation/1")  # at least 12 of 30 points for meeting


def sheet_of(rubric: Rubric, **changes: GivenMark) -> dict[str, GivenMark]:
    return {c.code: GivenMark(c.points) for c in rubric.criteria} | changes


def test_only_the_handlers_part_grades_the_handler() -> None:
    # agency: 0 of 3 and 2 of 2 → 40; handler: 95 − 15 = 80 of 95
    found = outcome(
        SECOND,
        sheet_of(SECOND, assignment_in_time=GivenMark(Decimal(0)), argument=GivenMark(Decimal(0))),
    )
    assert found.agency_total == 40
    assert found.total == Decimal("84.21052631578947368421052632")


def test_bonus_is_capped_and_the_total_ends_at_100() -> None:
    bonus = {
        "case_research": GivenMark(Decimal(2), reason="有报告"),
        "settled_dispute": GivenMark(Decimal(2), reason="已履行"),
    }
    # 2 + 2 is more than the cap of 3; (95 − 10) / 95 · 100 + 3
    found = outcome(SECOND, sheet_of(SECOND, appeal=GivenMark(Decimal(0)), **bonus))
    assert (found.bonus, found.total) == (Decimal(3), Decimal("92.47368421052631578947368421"))
    assert outcome(SECOND, sheet_of(SECOND, **bonus)).total == 100


def test_veto_names_its_finding_and_leaves_the_total() -> None:
    found = outcome(SECOND, sheet_of(SECOND, missed_deadline=GivenMark(found=True, reason="逾期")))
    assert (found.total, found.failed_by) == (Decimal(100), ("missed_deadline",))
    assert outcome(SECOND, sheet_of(SECOND, missed_deadline=GivenMark())).failed_by == ()


@pytest.mark.parametrize(("content", "failed_by"), [(2, ()), (0, ("meeting",))])
def test_section_below_its_minimum_fails(content: int, failed_by: tuple[str, ...]) -> None:
    # 10 + 0 + content: 12 reaches the minimum, 10 does not
    changes = {
        "meeting_content": GivenMark(Decimal(content)),
        "rights_advice": GivenMark(Decimal(0)),
    }
    assert outcome(INVESTIGATION, sheet_of(INVESTIGATION, **changes)).failed_by == failed_by


def test_outcome_refuses_a_missing_answer() -> None:
    with pytest.raises(KeyError, match="appeal"):
        outcome(SECOND, {c: m for c, m in sheet_of(SECOND).items() if c != "appeal"})


def test_outcome_refuses_when_only_the_agencys_part_applies() -> None:
    marks = {
        c.code: GivenMark(c.points if c.answers == "agency" else None) for c in SECOND.criteria
    }
    with pytest.raises(ValueError, match="not applicable"):
        outcome(SECOND, marks)


def test_outcome_of_the_first_rubrics_is_their_total() -> None:
    changes = {"agreement": GivenMark(Decimal("1.5")), "argument": GivenMark(Decimal(4))}
    found = outcome(CIVIL, sheet_of(CIVIL, **changes))
    assert (found.total, found.agency_total, found.failed_by) == (Decimal("89.5"), None, ())


def test_deducted_is_what_is_missing_from_the_maximum() -> None:
    argument = CIVIL.by_code["argument"]
    assert deducted(argument, Decimal("7.5")) == Decimal("4.5")
    assert deducted(argument, None) is None
