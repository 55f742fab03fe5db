"""What a mark must satisfy to stand in a draft, and a marking to be submitted."""

from collections.abc import Mapping
from enum import StrEnum

from rubrics.grading import Scheme
from rubrics.model import Criterion, GivenMark, Rubric, Veto


class MarkProblem(StrEnum):
    """Why a mark cannot be saved (up to the empty line) or a marking not be submitted."""

    OUT_OF_RANGE = "out_of_range"
    NOT_A_STEP = "not_a_step"
    NOT_A_LEVEL = "not_a_level"
    NOT_AN_OPTION = "not_an_option"
    NA_NOT_ALLOWED = "na_not_allowed"

    UNANSWERED = "unanswered"
    DEDUCTION_WITHOUT_REASON = "deduction_without_reason"
    NA_WITHOUT_REASON = "na_without_reason"
    ANSWER_WITHOUT_REASON = "answer_without_reason"
    BONUS_WITHOUT_REASON = "bonus_without_reason"
    VETO_WITHOUT_REASON = "veto_without_reason"


def mark_problem(
    rubric: Rubric, item: Criterion | Veto, mark: GivenMark, scheme: Scheme | None = None
) -> MarkProblem | None:
    """Why this mark may not even stand in a draft, or None."""
    if isinstance(item, Veto):
        is_plain = mark.points is None and not mark.not_applicable and not mark.answer
        return None if is_plain else MarkProblem.OUT_OF_RANGE
    if mark.not_applicable:
        allowed = item.may_be_na and mark.points is None and not mark.answer
        return None if allowed else MarkProblem.NA_NOT_ALLOWED
    if scheme and scheme.options and item.code in rubric.by_code:
        return _option_problem(scheme, item, mark)
    return MarkProblem.NOT_AN_OPTION if mark.answer else _points_problem(rubric, item, mark)


def _option_problem(scheme: Scheme, criterion: Criterion, mark: GivenMark) -> MarkProblem | None:
    """An option's points stand beside its code; without a code there are no points."""
    if mark.answer in scheme.option_of:
        stands = scheme.with_points(criterion, mark).points == mark.points
    else:
        stands = not mark.answer and mark.points is None
    return None if stands else MarkProblem.NOT_AN_OPTION


def _points_problem(rubric: Rubric, criterion: Criterion, mark: GivenMark) -> MarkProblem | None:
    points = mark.points
    if points is None:
        return None
    if not points.is_finite() or not 0 <= points <= criterion.points:
        return MarkProblem.OUT_OF_RANGE
    if criterion.levels and points not in {level.points for level in criterion.levels}:
        return MarkProblem.NOT_A_LEVEL
    return MarkProblem.NOT_A_STEP if points % rubric.step else None


def missing_in(
    criterion: Criterion, mark: GivenMark, scheme: Scheme | None = None
) -> MarkProblem | None:
    """What a sound mark of a criterion still lacks before it can be submitted, or None."""
    if not mark.is_answered:
        return MarkProblem.UNANSWERED
    if mark.reason.strip():
        return None
    if mark.not_applicable:
        return MarkProblem.NA_WITHOUT_REASON
    if scheme and (option := scheme.option_of.get(mark.answer)):
        return MarkProblem.ANSWER_WITHOUT_REASON if option.needs_reason else None
    is_full = mark.points == criterion.points
    return None if is_full else MarkProblem.DEDUCTION_WITHOUT_REASON


def sheet_problems(
    rubric: Rubric, marks: Mapping[str, GivenMark], scheme: Scheme | None = None
) -> dict[str, MarkProblem]:
    """What keeps a marking from being submitted, by code, in the rubric's order."""
    problems = {}
    for code, item in rubric.answerable.items():
        mark = marks.get(code, GivenMark())
        problem = mark_problem(rubric, item, mark, scheme) or _missing(rubric, item, mark, scheme)
        if problem:
            problems[code] = problem
    return problems


def _missing(
    rubric: Rubric, item: Criterion | Veto, mark: GivenMark, scheme: Scheme | None
) -> MarkProblem | None:
    if isinstance(item, Veto):
        unexplained = mark.found and not mark.reason.strip()
        return MarkProblem.VETO_WITHOUT_REASON if unexplained else None
    if item.code in rubric.by_code:
        return missing_in(item, mark, scheme)
    return MarkProblem.BONUS_WITHOUT_REASON if mark.points and not mark.reason.strip() else None
