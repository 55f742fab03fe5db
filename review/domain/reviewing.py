"""A reviewer's marking of one case: begun, saved mark by mark, submitted once."""

from dataclasses import dataclass, replace
from datetime import UTC, date, datetime

from sqlalchemy import select
from sqlalchemy.orm import selectinload

from review.domain.adjudication import advance, locked_case
from review.domain.audit import record
from review.domain.receipts import issue_receipt
from review.domain.review_changes import Sent, content_of, keep_change, kept_change, new_key
from review.domain.rubrics import get_rubric, get_scheme
from review.domain.sheets import Saved, Sheet, checked, complete, given_marks, judgement, known
from review.domain.sheets import progress as progress_of
from review.enums import GONE, HIDDEN, AssignmentStatus, ReviewChangeKind, RoundStatus
from review.errors import (
    AlreadySubmittedError,
    LateError,
    OtherRubricError,
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
from rubrics.model import GivenMark


@dataclass(frozen=True, slots=True)
class Draft:
    """A review, locked until the commit, with what decides whether it may be changed."""

    review: Review
    round: Round
    assignment: Assignment
    received_at: datetime

    @property
    def is_late(self) -> bool:
        deadline = max(self.round.marking_due_on, self.assignment.due_on)
        return is_late(deadline, self.received_at)

    def check_open(self, version: int, rubric_key: str | None) -> None:
        """Raise what forbids a change that a page makes from this version by this rubric."""
        if self.review.submitted_at is not None:
            raise AlreadySubmittedError
        if self.round.status is not RoundStatus.MARKING:
            raise WrongStatusError
        if rubric_key not in {None, self.review.rubric_key}:
            raise OtherRubricError
        if self.review.version != version:
            raise StaleError


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
    key: str = "",
    rubric_key: str | None = None,
) -> Saved:
    """Keep one, some or all marks of a draft, once per key; after the deadline too, but marked as
    late. Commits; raises StaleError, WrongStatusError, KeyReusedError, OtherRubricError,
    NoSuchCriterionError, MarksRefusedError, JudgementMissingError."""
    draft = _locked_draft(assignment)
    review, scheme_key = draft.review, draft.round.scheme_key
    sent = Sent(key or new_key(), ReviewChangeKind.SAVED, sheet, comment, overall)
    if earlier := kept_change(review, sent):
        saved = progress_of(review, scheme_key)
        return replace(
            saved,
            version=earlier.version,
            saved_at=earlier.received_at,
            is_late=earlier.is_late,
        )
    draft.check_open(version, rubric_key)
    rubric, scheme = get_rubric(review.rubric_key), get_scheme(scheme_key)
    sheet = checked(rubric, scheme, sheet)
    changed = _write(draft, sent, sheet, known(scheme, overall))
    record(by, "review.saved", review, version=review.version, criteria=changed)
    # Before the commit: afterwards all would be read again.
    saved = replace(progress_of(review, scheme_key), is_late=draft.is_late)
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
    key: str = "",
    rubric_key: str | None = None,
) -> Review:
    """Fix all marks and their totals, and combine, once per key. Commits; raises as ``save_marks``
    does, and AlreadySubmittedError, LateError, NothingAppliesError."""
    sampled = locked_case(assignment.sampled_case_id)
    draft = _locked_draft(assignment)
    review, round_ = draft.review, draft.round
    sent = Sent(key or new_key(), ReviewChangeKind.SUBMITTED, sheet, comment, overall)
    if kept_change(review, sent):
        return review
    draft.check_open(version, rubric_key)
    if draft.is_late:
        raise LateError
    rubric, scheme = get_rubric(review.rubric_key), get_scheme(round_.scheme_key)
    sheet = checked(rubric, scheme, sheet)
    came_to = complete(rubric, scheme, given_marks(review) | sheet)
    judged = judgement(scheme, review.overall if overall is None else overall)
    _write(draft, sent, sheet, judged.code if judged else None)
    review.total = judged.total if judged else came_to.total
    review.agency_total, review.failed_by = came_to.agency_total, list(came_to.failed_by)
    review.submitted_at = draft.received_at
    assignment.status = AssignmentStatus.SUBMITTED
    issue_receipt(review, assignment.alias)
    record(by, "review.submitted", review, rubric=review.rubric_key, version=review.version)
    advance(sampled, round_)
    db.session.commit()
    return review


def is_late(deadline: date, at: datetime) -> bool:
    """A deadline is the end of its day in Beijing."""
    return at.astimezone(BEIJING).date() > deadline


def _begun(assignment_id: int) -> Review | None:
    return db.session.scalar(select(Review).where(Review.assignment_id == assignment_id))


def _locked_draft(assignment: Assignment) -> Draft:
    """What a change received now finds; raises WrongStatusError if it is nobody's here any more."""
    received_at = datetime.now(UTC)  # before the lock: waiting for it makes nobody late
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
    return Draft(row.Review, row.Round, row.Assignment, received_at)


def _write(draft: Draft, sent: Sent, sheet: Sheet, overall: str | None) -> list[str]:
    """Put what changed into the review as its next version; answers the marks' codes."""
    review, before = draft.review, given_marks(draft.review)
    changed = {code: m for code, m in sheet.items() if m != before.get(code, GivenMark())}
    _put_marks(review, changed)
    new_comment = _put_text(review, "comment", sent.comment)
    new_overall = _put_text(review, "overall", overall)
    review.version += 1
    review.saved_at = draft.received_at
    content = content_of(changed, new_comment, new_overall)
    keep_change(review, sent, content, at=draft.received_at, is_late=draft.is_late)
    return list(changed)


def _put_marks(review: Review, changed: Sheet) -> None:
    stored = {mark.criterion_code: mark for mark in review.marks}
    for code, given in changed.items():
        if code not in stored:
            stored[code] = Mark(criterion_code=code)
            review.marks.append(stored[code])
        stored[code].points = given.points
        stored[code].not_applicable = given.not_applicable
        stored[code].reason = given.reason
        stored[code].answer = given.answer
        stored[code].found = given.found


def _put_text(review: Review, name: str, text: str | None) -> str | None:
    """Set a text of the review; answers it if that made a difference."""
    if text is None or text == getattr(review, name):
        return None
    setattr(review, name, text)
    return text
