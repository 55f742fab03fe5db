from decimal import Decimal

import pytest

from rubrics.checks import MarkProblem, mark_problem, missing_in, sheet_problems
from rubrics.model import GivenMark
from rubrics.registry import get_rubric

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
