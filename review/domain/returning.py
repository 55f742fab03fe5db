"""A submitted review goes back to its reviewer with a reason; what it settled is open again."""

from datetime import UTC, datetime

from sqlalchemy import delete, select

from review.domain.adjudication import locked_case
from review.domain.audit import record
from review.domain.notices import tell
from review.domain.review_changes import keep_return
from review.domain.rounds import lock_at
from review.enums import (
    AssignmentStatus,
    NoticeKind,
    RoundStatus,
    SampledCaseStatus,
    SettledBy,
)
from review.errors import ReasonNeededError, WrongStatusError
from review.extensions import db
from review.models.assignment import Assignment
from review.models.results import Result
from review.models.reviewing import Review
from review.models.rounds import Round
from review.models.sampling import SampledCase
from review.permissions import Actor

LEAST_REASON = 10


def return_review(assignment: Assignment, reason: str, by: Actor) -> None:
    """Open a submitted review again for its own reviewer; its receipt and versions stay. Commits;
    raises ReasonNeededError, or WrongStatusError after a panel's decision or publication."""
    if len(reason.strip()) < LEAST_REASON:
        raise ReasonNeededError
    sampled = db.session.get_one(SampledCase, assignment.sampled_case_id)
    round_ = db.session.get_one(Round, sampled.round_id)
    lock_at(round_, RoundStatus.MARKING)
    sampled = locked_case(sampled.id)
    query = select(Review).where(Review.assignment_id == assignment.id).with_for_update()
    review = db.session.scalars(query.execution_options(populate_existing=True)).one_or_none()
    if review is None or review.submitted_at is None:
        raise WrongStatusError
    _reopen(sampled)
    now = datetime.now(UTC)
    review.submitted_at = review.total = review.agency_total = None
    review.failed_by, review.version, review.saved_at = [], review.version + 1, now
    assignment.status = AssignmentStatus.RETURNED
    keep_return(review, reason.strip(), at=now)
    record(by, "review.returned", review, version=review.version)
    tell(assignment.reviewer_id, round_, NoticeKind.REVIEW_RETURNED, alias=assignment.alias)
    db.session.commit()


def _reopen(sampled: SampledCase) -> None:
    """Take back what the rule made of the marks; a third mark that was called stays called."""
    result = db.session.scalar(select(Result).where(Result.sampled_case_id == sampled.id))
    if result and result.settled_by is SettledBy.PANEL:
        raise WrongStatusError
    db.session.execute(delete(Result).where(Result.sampled_case_id == sampled.id))
    if sampled.status is not SampledCaseStatus.THIRD_MARK:
        sampled.status = SampledCaseStatus.MARKING
