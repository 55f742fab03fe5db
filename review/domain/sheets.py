"""What the marks of one sheet are: sound or not, complete or not, and what they come to."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from review.domain.rubrics import get_rubric, get_scheme
from review.errors import (
    JudgementMissingError,
    MarksRefusedError,
    NoSuchCriterionError,
    NothingAppliesError,
)
from review.models.reviewing import Review
from rubrics.arithmetic import Outcome, earned_so_far, outcome
from rubrics.grading import Overall, Scheme
from rubrics.marking import mark_problem, sheet_problems
from rubrics.model import HANDLER, Criterion, GivenMark, Rubric

Sheet = Mapping[str, GivenMark]


@dataclass(frozen=True, slots=True)
class Saved:
    """What the page shows after a save."""

    version: int
    saved_at: datetime
    left: int
    sections: dict[str, str]
    suggested: str
    is_late: bool = False


def given_marks(review: Review) -> dict[str, GivenMark]:
    """The stored marks in the form that ``rubrics`` works with."""
    return {
        mark.criterion_code: GivenMark(
            mark.points, mark.not_applicable, mark.reason, mark.answer, mark.found
        )
        for mark in review.marks
    }


def progress(review: Review, scheme_key: str) -> Saved:
    """How far a draft has come, and what its indicators suggest once all are answered."""
    rubric, scheme = get_rubric(review.rubric_key), get_scheme(scheme_key)
    marks = given_marks(review)
    points = {code: mark.points for code, mark in marks.items()}
    problems = sheet_problems(rubric, marks, scheme)
    unjudged = scheme.is_judged and not review.overall
    return Saved(
        version=review.version,
        saved_at=review.saved_at,
        left=len(problems) + unjudged,
        sections={s.code: f"{earned_so_far(s.criteria, points):f}" for s in rubric.sections},
        suggested="" if problems else _suggested(rubric, scheme, marks),
    )


def checked(rubric: Rubric, scheme: Scheme, sheet: Sheet) -> dict[str, GivenMark]:
    """The marks with the points that their answers stand for, if all of them may be stored."""
    marks, problems = {}, {}
    for code, given in sheet.items():
        item = rubric.answerable.get(code)
        if item is None:
            raise NoSuchCriterionError(code)
        marks[code] = scheme.with_points(item, given) if isinstance(item, Criterion) else given
        if problem := mark_problem(rubric, item, marks[code], scheme):
            problems[code] = problem
    if problems:
        raise MarksRefusedError(problems)
    return marks


def complete(rubric: Rubric, scheme: Scheme, marks: Sheet) -> Outcome:
    if problems := sheet_problems(rubric, marks, scheme):
        raise MarksRefusedError(problems)
    if not anything_applies(rubric, marks):
        raise NothingAppliesError
    return outcome(rubric, marks)


def known(scheme: Scheme, overall: str | None) -> str | None:
    """An overall judgement of the scheme, none yet, or none in this save."""
    if overall and overall not in scheme.overall_of:
        raise JudgementMissingError
    return overall


def judgement(scheme: Scheme, overall: str) -> Overall | None:
    """What the reviewer judged, where the scheme asks for it."""
    if not scheme.is_judged:
        return None
    if overall not in scheme.overall_of:
        raise JudgementMissingError
    return scheme.overall_of[overall]


def _suggested(rubric: Rubric, scheme: Scheme, marks: Sheet) -> str:
    """The words of the overall judgement that a complete sheet points to."""
    if not scheme.is_judged or not anything_applies(rubric, marks):
        return ""
    return scheme.suggested(outcome(rubric, marks).total).title


def anything_applies(rubric: Rubric, marks: Sheet) -> bool:
    return any(marks[c.code].points is not None for c in rubric.part(HANDLER))
