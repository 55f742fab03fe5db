from decimal import Decimal

import pytest

from rubrics.marking import MarkProblem, mark_problem, missing_in, sheet_problems
from rubrics.model import GivenMark
from rubrics.registry import get_rubric, get_scheme

CIVIL = get_rubric("civil-first/1")
AGREEMENT = CIVIL.by_code["agreement"]  # 4 points, always applies
READING = CIVIL.by_code["file_reading"]  # 8 points, may be not applicable


def given(points: str | None = None, na: bool = False, reason: str = "") -> GivenMark:
    return GivenMark(None if points is None else Decimal(points), na, reason)


@pytest.mark.parametrize(
    ("mark", "problem"),
    [
        (given(), None),
        (given("0"), None),
        (given("4.0"), None),
        (given("3.5"), None),
        (given("4.5"), MarkProblem.OUT_OF_RANGE),
        (given("-0.5"), MarkProblem.OUT_OF_RANGE),
        (given("NaN"), MarkProblem.OUT_OF_RANGE),
        (given("3.25"), MarkProblem.NOT_A_STEP),
        (given(na=True), MarkProblem.NA_NOT_ALLOWED),
    ],
)
def test_mark_problem_on_a_criterion_that_always_applies(
    mark: GivenMark, problem: MarkProblem | None
) -> None:
    assert mark_problem(CIVIL, AGREEMENT, mark) is problem


def test_not_applicable_beside_points_is_refused() -> None:
    assert mark_problem(CIVIL, READING, given(na=True)) is None
    assert mark_problem(CIVIL, READING, given("8", na=True)) is MarkProblem.NA_NOT_ALLOWED


@pytest.mark.parametrize(
    ("mark", "problem"),
    [
        (given(), MarkProblem.UNANSWERED),
        (given("8"), None),
        (given("7.5"), MarkProblem.DEDUCTION_WITHOUT_REASON),
        (given("7.5", reason=" \n"), MarkProblem.DEDUCTION_WITHOUT_REASON),
        (given("7.5", reason="无分析"), None),
        (given(na=True), MarkProblem.NA_WITHOUT_REASON),
        (given(na=True, reason="未开庭"), None),
    ],
)
def test_missing_in(mark: GivenMark, problem: MarkProblem | None) -> None:
    assert missing_in(READING, mark) is problem


def test_sheet_problems_name_every_criterion_in_order() -> None:
    assert list(sheet_problems(CIVIL, {})) == [c.code for c in CIVIL.criteria]
    full = {c.code: GivenMark(c.points) for c in CIVIL.criteria}
    assert sheet_problems(CIVIL, full) == {}
    faulty = full | {"argument": given("13"), "agreement": given("1")}
    assert sheet_problems(CIVIL, faulty) == {
        "agreement": MarkProblem.DEDUCTION_WITHOUT_REASON,
        "argument": MarkProblem.OUT_OF_RANGE,
    }


LEVELLED = get_rubric("civil-second/1").by_code["argument"]  # 15, 12, 8, 4 or 0
SECOND = get_rubric("civil-second/1")
GRADES, FIVE = get_scheme("indicator-grades"), get_scheme("five-point")


@pytest.mark.parametrize(("points", "problem"), [("12", None), ("13", MarkProblem.NOT_A_LEVEL)])
def test_points_between_two_levels_are_refused(points: str, problem: MarkProblem | None) -> None:
    assert mark_problem(SECOND, LEVELLED, given(points)) is problem


@pytest.mark.parametrize(
    ("mark", "problem"),
    [
        (GivenMark(), None),
        (GivenMark(Decimal("6.4"), answer="good"), None),  # 0.8 · 8
        (GivenMark(Decimal(8), answer="good"), MarkProblem.NOT_AN_OPTION),
        (GivenMark(Decimal(8)), MarkProblem.NOT_AN_OPTION),
        (GivenMark(answer="splendid"), MarkProblem.NOT_AN_OPTION),
        (GivenMark(not_applicable=True), None),
        (GivenMark(not_applicable=True, answer="good"), MarkProblem.NA_NOT_ALLOWED),
    ],
)
def test_mark_problem_under_a_scheme_of_grades(
    mark: GivenMark, problem: MarkProblem | None
) -> None:
    assert mark_problem(CIVIL, READING, mark, GRADES) is problem


def test_option_without_such_a_scheme_is_refused() -> None:
    hundred = get_scheme("hundred-4")
    mark = GivenMark(Decimal(8), answer="good")
    assert mark_problem(CIVIL, READING, mark, hundred) is MarkProblem.NOT_AN_OPTION


def test_with_points_gives_the_share_of_the_maximum() -> None:
    # 3 → 8, 2 → 0.6 · 8 = 4.8, 1 → 0.2 · 8 = 1.6; C stands on neither side
    points = {code: FIVE.with_points(READING, GivenMark(answer=code)).points for code in "321C"}
    assert points == {"3": 8, "2": Decimal("4.8"), "1": Decimal("1.6"), "C": None}


@pytest.mark.parametrize(
    ("answer", "problem"),
    [("3", None), ("2", None), ("1", "answer_without_reason"), ("C", "answer_without_reason")],
)
def test_answers_that_need_a_reason(answer: str, problem: str | None) -> None:
    mark = FIVE.with_points(READING, GivenMark(answer=answer))
    assert missing_in(READING, mark, FIVE) == problem
    explained = FIVE.with_points(READING, GivenMark(answer=answer, reason="无法看出"))
    assert missing_in(READING, explained, FIVE) is None


def test_veto_and_bonus_need_no_answer_but_a_reason_when_given() -> None:
    full = {c.code: GivenMark(c.points) for c in SECOND.criteria}
    assert sheet_problems(SECOND, full) == {}
    veto, bonus = GivenMark(found=True), given("1")
    assert sheet_problems(SECOND, full | {"missed_deadline": veto, "case_research": bonus}) == {
        "case_research": MarkProblem.BONUS_WITHOUT_REASON,
        "missed_deadline": MarkProblem.VETO_WITHOUT_REASON,
    }
    assert sheet_problems(SECOND, full | {"missed_deadline": given("1")}) == {
        "missed_deadline": MarkProblem.OUT_OF_RANGE
    }
