"""A reviewer's marking of one case: begun, saved mark by mark, submitted once."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime
from decimal import Decimal

from sqlalchemy import select
from sqlalchemy.orm import selectinload

from review.domain.adjudication import advance, locked_case
from review.domain.audit import record
from review.enums import AssignmentStatus, RoundStatus
from review.errors import (
    AlreadySubmittedError,
    LateError,
    MarksRefusedError,
    NoSuchCriterionError,
    NothingAppliesError,
    StaleError,
    WrongStatusError,
)
from review.extensions import db
from review.labels import BEIJING
from review.models.assignment import Assignment
from review.models.reviewing import Mark, Review
from review.models.rounds import Round
from review.models.sampling import SampledCase
from review.permissions import Actor
from rubrics.arithmetic import earned_so_far, total_score
from rubrics.marking import mark_problem, sheet_problems
from rubrics.model import GivenMark, Rubric
from rubrics.registry import get_rubric

Sheet = Mapping[str, GivenMark]


@dataclass(frozen=True, slots=True)
class Saved:
    """What the page shows after a save."""

    version: int
    saved_at: datetime
    left: int
    sections: dict[str, str]


def declare_no_conflict(assignment: Assignment, by: Actor) -> None:
    """Begin a review by declaring no reason for recusal. Commits; raises WrongStatusError."""
    sampled = locked_case(assignment.sampled_case_id)
    if _begun(assignment.id) is not None:
        return
    if db.session.get_one(Round, sampled.round_id).status is not RoundStatus.MARKING:
        raise WrongStatusError
    now = datetime.now(UTC)
    review = Review(
        assignment_id=assignment.id,
        rubric_key=sampled.rubric_key,
        started_at=now,
        saved_at=now,
    )
    db.session.add(review)
    assignment.status = AssignmentStatus.DRAFT
    record(by, "review.no_conflict_declared", review)
    db.session.commit()


def save_marks(
    assignment: Assignment, sheet: Sheet, comment: str | None = None, *, version: int, by: Actor
) -> Saved:
    """Keep one, some or all marks of a draft. Commits; raises StaleError, WrongStatusError,
    NoSuchCriterionError, MarksRefusedError."""
    review = _open_draft(assignment, version)
    rubric = get_rubric(review.rubric_key)
    _check(rubric, sheet)
    changed = _write(review, sheet, comment)
    record(by, "review.saved", review, version=review.version, criteria=changed)
    saved = progress(review)  # before the commit: afterwards all would be read again
    db.session.commit()
    return saved


def submit_review(
    assignment: Assignment, sheet: Sheet, comment: str, *, version: int, by: Actor
) -> Review:
    """Fix all marks and their total, and combine. Commits; raises as ``save_marks`` does, and
    AlreadySubmittedError, LateError, NothingAppliesError."""
    sampled = locked_case(assignment.sampled_case_id)
    review = _open_draft(assignment, version)
    round_ = db.session.get_one(Round, sampled.round_id)
    now = datetime.now(UTC)
    if is_late(max(round_.marking_due_on, assignment.due_on), now):
        raise LateError
    rubric = get_rubric(review.rubric_key)
    _check(rubric, sheet)
    total = _complete_total(rubric, given_marks(review) | dict(sheet))
    _write(review, sheet, comment)
    review.total, review.submitted_at = total, now
    assignment.status = AssignmentStatus.SUBMITTED
    record(by, "review.submitted", review, rubric=review.rubric_key, version=review.version)
    advance(sampled, round_.scheme_key, round_.threshold, round_.marks_per_case)
    db.session.commit()
    return review


def is_late(deadline: date, at: datetime) -> bool:
    """A deadline is the end of its day in Beijing."""
    return at.astimezone(BEIJING).date() > deadline


def given_marks(review: Review) -> dict[str, GivenMark]:
    """The stored marks in the form that ``rubrics`` works with."""
    return {
        mark.criterion_code: GivenMark(mark.points, mark.not_applicable, mark.reason)
        for mark in review.marks
    }


def progress(review: Review) -> Saved:
    """How far a draft has come."""
    rubric, marks = get_rubric(review.rubric_key), given_marks(review)
    points = {code: mark.points for code, mark in marks.items()}
    return Saved(
        version=review.version,
        saved_at=review.saved_at,
        left=len(sheet_problems(rubric, marks)),
        sections={s.code: f"{earned_so_far(s.criteria, points):f}" for s in rubric.sections},
    )


def _begun(assignment_id: int) -> Review | None:
    return db.session.scalar(select(Review).where(Review.assignment_id == assignment_id))


def _open_draft(assignment: Assignment, version: int) -> Review:
    """The review, locked until the commit, if it may be changed from ``version``."""
    row = db.session.execute(
        select(Review, Round.status)
        .join(Assignment, Assignment.id == Review.assignment_id)
        .join(SampledCase, SampledCase.id == Assignment.sampled_case_id)
        .join(Round, Round.id == SampledCase.round_id)
        .where(Review.assignment_id == assignment.id)
        .options(selectinload(Review.marks))
        .with_for_update(of=Review)
        .execution_options(populate_existing=True)
    ).first()
    if row is None:
        raise WrongStatusError
    if row.Review.submitted_at is not None:
        raise AlreadySubmittedError
    if row.status is not RoundStatus.MARKING:
        raise WrongStatusError
    if row.Review.version != version:
        raise StaleError
    review: Review = row.Review
    return review


def _write(review: Review, sheet: Sheet, comment: str | None) -> list[str]:
    """Put the marks that changed into the review; answers their codes."""
    stored = {mark.criterion_code: mark for mark in review.marks}
    before = given_marks(review)
    changed = [code for code, mark in sheet.items() if mark != before.get(code, GivenMark())]
    for code in changed:
        if code not in stored:
            stored[code] = Mark(criterion_code=code)
            review.marks.append(stored[code])
        given = sheet[code]
        stored[code].points = given.points
        stored[code].not_applicable = given.not_applicable
        stored[code].reason = given.reason
    if comment is not None:
        review.comment = comment
    review.version += 1
    review.saved_at = datetime.now(UTC)
    return changed


def _check(rubric: Rubric, sheet: Sheet) -> None:
    problems = {}
    for code, mark in sheet.items():
        criterion = rubric.by_code.get(code)
        if criterion is None:
            raise NoSuchCriterionError(code)
        if problem := mark_problem(rubric, criterion, mark):
            problems[code] = problem
    if problems:
        raise MarksRefusedError(problems)


def _complete_total(rubric: Rubric, marks: Sheet) -> Decimal:
    if problems := sheet_problems(rubric, marks):
        raise MarksRefusedError(problems)
    if all(mark.not_applicable for mark in marks.values()):
        raise NothingAppliesError
    return total_score(rubric, {code: mark.points for code, mark in marks.items()})
