"""What a rubric must satisfy before it is used, and a marking before it is accepted."""

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum

from rubrics.model import ANSWERABLE, EVIDENCE, FULL_TOTAL, Criterion, GivenMark, Rubric


@dataclass(frozen=True, slots=True)
class RubricProblem:
    """One fault of a definition: what it is, and the place and value where it was found."""

    what: str
    place: str
    found: str


def rubric_problems(rubric: Rubric) -> list[RubricProblem]:
    """Every fault of a rubric; an empty list means that it may be used."""
    problems = [*_key_problems(rubric), *_code_problems(rubric)]
    for section in rubric.sections:
        if not section.criteria:
            problems.append(RubricProblem("section without criteria", section.code, ""))
    for criterion in rubric.criteria:
        problems += _criterion_problems(criterion, rubric.step)
    total = sum((c.points for c in rubric.criteria), Decimal(0))
    if total != FULL_TOTAL:
        problems.append(RubricProblem("points do not add up to 100", rubric.key, str(total)))
    return problems


def _key_problems(rubric: Rubric) -> Iterator[RubricProblem]:
    name, _, version = rubric.key.rpartition("/")
    if not name or version != str(rubric.version):
        yield RubricProblem("key is not name/version", rubric.key, str(rubric.version))
    if not rubric.kinds:
        yield RubricProblem("fits no kind of case", rubric.key, "")
    if not rubric.step > 0:
        yield RubricProblem("step is not positive", rubric.key, str(rubric.step))


def _code_problems(rubric: Rubric) -> Iterator[RubricProblem]:
    for codes in ((s.code for s in rubric.sections), (c.code for c in rubric.criteria)):
        for code, times in Counter(codes).items():
            if times > 1:
                yield RubricProblem("code is used twice", code, str(times))


def _criterion_problems(criterion: Criterion, step: Decimal) -> Iterator[RubricProblem]:
    code = criterion.code
    if not criterion.title.strip() or not criterion.guidance.strip():
        yield RubricProblem("title or guidance is missing", code, criterion.title)
    if not criterion.points > 0:
        yield RubricProblem("points are not positive", code, str(criterion.points))
    elif step > 0 and criterion.points % step:
        yield RubricProblem("points are no multiple of the step", code, str(criterion.points))
    if criterion.answers not in ANSWERABLE:
        yield RubricProblem("nobody of this name answers", code, criterion.answers)
    for source in criterion.evidence:
        if source not in EVIDENCE:
            yield RubricProblem("unknown document type", code, source)


class MarkProblem(StrEnum):
    """Why a mark cannot be saved (the first three) or a marking not be submitted."""

    OUT_OF_RANGE = "out_of_range"
    NOT_A_STEP = "not_a_step"
    NA_NOT_ALLOWED = "na_not_allowed"
    UNANSWERED = "unanswered"
    DEDUCTION_WITHOUT_REASON = "deduction_without_reason"
    NA_WITHOUT_REASON = "na_without_reason"


def mark_problem(rubric: Rubric, criterion: Criterion, mark: GivenMark) -> MarkProblem | None:
    """Why this mark may not even stand in a draft, or None."""
    points = mark.points
    if mark.not_applicable:
        allowed = criterion.may_be_na and points is None
        return None if allowed else MarkProblem.NA_NOT_ALLOWED
    if points is None:
        return None
    if not points.is_finite() or not 0 <= points <= criterion.points:
        return MarkProblem.OUT_OF_RANGE
    return MarkProblem.NOT_A_STEP if points % rubric.step else None


def missing_in(criterion: Criterion, mark: GivenMark) -> MarkProblem | None:
    """What a sound mark still lacks before it can be submitted, or None."""
    if not mark.is_answered:
        return MarkProblem.UNANSWERED
    if mark.reason.strip():
        return None
    if mark.not_applicable:
        return MarkProblem.NA_WITHOUT_REASON
    is_full = mark.points == criterion.points
    return None if is_full else MarkProblem.DEDUCTION_WITHOUT_REASON


def sheet_problems(rubric: Rubric, marks: Mapping[str, GivenMark]) -> dict[str, MarkProblem]:
    """What keeps a marking from being submitted, by criterion code, in the rubric's order."""
    problems = {}
    for criterion in rubric.criteria:
        mark = marks.get(criterion.code, GivenMark())
        problem = mark_problem(rubric, criterion, mark) or missing_in(criterion, mark)
        if problem:
            problems[criterion.code] = problem
    return problems
