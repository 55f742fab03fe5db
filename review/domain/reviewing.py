"""A reviewer's marking of one case: begun, saved mark by mark, submitted once."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime

from sqlalchemy import select
from sqlalchemy.orm import selectinload

from review.domain.adjudication import advance, locked_case
from review.domain.audit import record
from review.domain.rubrics import get_rubric, get_scheme
from review.enums import GONE, HIDDEN, AssignmentStatus, RoundStatus
from review.errors import (
    AlreadySubmittedError,
    JudgementMissingError,
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


def declare_no_conflict(assignment: Assignment, by: Actor) -> None:
    """Begin a review by declaring no reason for recusal. Commits; raises WrongStatusError."""
    sampled = locked_case(assignment.sampled_case_id)
    db.session.refresh(assignment, with_for_update=True)
    if assignment.reviewer_id != by.user_id or assignment.status in HIDDEN:
        raise WrongStatusError  # it went to somebody else meanwhile
    if _begun(assignment.id) is not None:
        return
    if db.session.get_one(Round, sampled.round_id).status is not RoundStatus.MARKING:
        raise WrongStatusError
    now = datetime.now(UTC)
    begun = {"rubric_key": sampled.rubric_key, "started_at": now, "saved_at": now}
    review = Review(assignment_id=assignment.id, **begun)
    db.session.add(review)
    assignment.status = AssignmentStatus.DRAFT
    record(by, "review.no_conflict_declared", review)
    db.session.commit()


def save_marks(
    assignment: Assignment,
    sheet: Sheet,
    comment: str | None = None,
    *,
    overall: str | None = None,
    version: int,
    by: Actor,
) -> Saved:
    """Keep one, some or all marks of a draft. Commits; raises StaleError, WrongStatusError,
    NoSuchCriterionError, MarksRefusedError, JudgementMissingError."""
    review, round_ = _open_draft(assignment, version)
    rubric, scheme = get_rubric(review.rubric_key), get_scheme(round_.scheme_key)
    sheet = _checked(rubric, scheme, sheet)
    changed = _write(review, sheet, comment, _known(scheme, overall))
    record(by, "review.saved", review, version=review.version, criteria=changed)
    # Before the commit: afterwards all would be read again.
    saved = progress(review, round_.scheme_key)
    db.session.commit()
    return saved


def submit_review(
    assignment: Assignment,
    sheet: Sheet,
    comment: str,
    *,
    overall: str | None = None,
    version: int,
    by: Actor,
) -> Review:
    """Fix all marks and their totals, and combine. Commits; raises as ``save_marks`` does, and
    AlreadySubmittedError, LateError, NothingAppliesError."""
    sampled = locked_case(assignment.sampled_case_id)
    review, round_ = _open_draft(assignment, version)
    now = datetime.now(UTC)
    if is_late(max(round_.marking_due_on, assignment.due_on), now):
        raise LateError
    rubric, scheme = get_rubric(review.rubric_key), get_scheme(round_.scheme_key)
    sheet = _checked(rubric, scheme, sheet)
    came_to = _complete(rubric, scheme, given_marks(review) | sheet)
    judged = _judgement(scheme, review.overall if overall is None else overall)
    _write(review, sheet, comment, judged.code if judged else None)
    review.total = judged.total if judged else came_to.total
    review.agency_total, review.failed_by = came_to.agency_total, list(came_to.failed_by)
    review.submitted_at = now
    assignment.status = AssignmentStatus.SUBMITTED
    record(by, "review.submitted", review, rubric=review.rubric_key, version=review.version)
    advance(sampled, round_)
    db.session.commit()
    return review


def is_late(deadline: date, at: datetime) -> bool:
    """A deadline is the end of its day in Beijing."""
    return at.astimezone(BEIJING).date() > deadline


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


def _suggested(rubric: Rubric, scheme: Scheme, marks: Sheet) -> str:
    """The words of the overall judgement that a complete sheet points to."""
    if not scheme.is_judged or not _anything_applies(rubric, marks):
        return ""
    return scheme.suggested(outcome(rubric, marks).total).title


def _begun(assignment_id: int) -> Review | None:
    return db.session.scalar(select(Review).where(Review.assignment_id == assignment_id))


def _open_draft(assignment: Assignment, version: int) -> tuple[Review, Round]:
    """The review, locked until the commit, if it may be changed from ``version``; its round."""
    row = db.session.execute(
        select(Review, Round, Assignment)
        .join(Assignment, Assignment.id == Review.assignment_id)
        .join(SampledCase, SampledCase.id == Assignment.sampled_case_id)
        .join(Round, Round.id == SampledCase.round_id)
        .where(Review.assignment_id == assignment.id)
        .options(selectinload(Review.marks))
        .with_for_update(of=Review)
        .execution_options(populate_existing=True)
    ).first()
    if row is None or row.Assignment.status in GONE:
        raise WrongStatusError
    if row.Review.submitted_at is not None:
        raise AlreadySubmittedError
    if row.Round.status is not RoundStatus.MARKING:
        raise WrongStatusError
    if row.Review.version != version:
        raise StaleError
    return row.Review, row.Round


def _write(review: Review, sheet: Sheet, comment: str | None, overall: str | None) -> list[str]:
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
        stored[code].answer = given.answer
        stored[code].found = given.found
    if comment is not None:
        review.comment = comment
    if overall is not None:
        review.overall = overall
    review.version += 1
    review.saved_at = datetime.now(UTC)
    return changed


def _checked(rubric: Rubric, scheme: Scheme, sheet: Sheet) -> dict[str, GivenMark]:
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


def _complete(rubric: Rubric, scheme: Scheme, marks: Sheet) -> Outcome:
    if problems := sheet_problems(rubric, marks, scheme):
        raise MarksRefusedError(problems)
    if not _anything_applies(rubric, marks):
        raise NothingAppliesError
    return outcome(rubric, marks)


def _anything_applies(rubric: Rubric, marks: Sheet) -> bool:
    return any(marks[c.code].points is not None for c in rubric.part(HANDLER))


def _known(scheme: Scheme, overall: str | None) -> str | None:
    """An overall judgement of the scheme, none yet, or none in this save."""
    if overall and overall not in scheme.overall_of:
        raise JudgementMissingError
    return overall


def _judgement(scheme: Scheme, overall: str) -> Overall | None:
    """What the reviewer judged, where the scheme asks for it."""
    if not scheme.is_judged:
        return None
    if overall not in scheme.overall_of:
        raise JudgementMissingError
    return scheme.overall_of[overall]
