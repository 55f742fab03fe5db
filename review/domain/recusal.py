"""回避: a reviewer steps back before submitting; access ends and somebody follows, in one step."""

from datetime import UTC, datetime

from review.domain.adjudication import locked_case
from review.domain.audit import record
from review.domain.conflicts import conflicts_in
from review.domain.notices import tell, tell_organisers
from review.domain.rounds import lock_at
from review.domain.succession import find_successor
from review.enums import (
    HIDDEN,
    AssignmentStatus,
    ConflictReason,
    NoticeKind,
    RecusalReason,
    RoundStatus,
)
from review.errors import AlreadySubmittedError, SeatTakenError, WrongStatusError
from review.extensions import db
from review.models.assignment import Assignment
from review.models.recusal import Recusal
from review.models.rounds import Round
from review.permissions import Actor
from review.queries.assignment import case_number_of
from review.queries.rounds import round_of

TRIES = 3
"""How often a successor is looked for when people begin the tasks that were to change hands."""

NO_CONFLICT = {ConflictReason.OTHER_FIELD, ConflictReason.TOO_FEW_YEARS}
"""Reasons not to be given a case, but not to give up one."""


def recuse(assignment: Assignment, reason: RecusalReason, by: Actor) -> bool:
    """Step back from a case and find who follows; whether somebody does. Commits.

    Raises AlreadySubmittedError, WrongStatusError.
    """
    round_ = round_of(assignment)
    for attempt in range(TRIES):
        try:
            return _recuse(round_, assignment, reason, by)
        except SeatTakenError:
            db.session.rollback()
            if attempt == TRIES - 1:
                raise
    raise SeatTakenError


def stop_if_conflicted(assignment: Assignment, by: Actor) -> bool:
    """Before a case is begun: whether the registers know a conflict by now, which recuses its
    reviewer. Commits if so; raises as ``recuse`` does."""
    found = conflicts_in(round_of(assignment), {by.user_id}, {assignment.sampled_case_id})
    if not found.reviewers or not set(found.reasons_of(0, 0)) - NO_CONFLICT:
        return False
    recuse(assignment, RecusalReason.BY_RULE, by)
    return True


def _recuse(round_: Round, assignment: Assignment, reason: RecusalReason, by: Actor) -> bool:
    lock_at(round_, RoundStatus.MARKING)
    locked_case(assignment.sampled_case_id)
    db.session.refresh(assignment, with_for_update=True)
    if assignment.status is AssignmentStatus.SUBMITTED:
        raise AlreadySubmittedError
    if assignment.reviewer_id != by.user_id or assignment.status in HIDDEN:
        raise WrongStatusError
    alias, assignment.status = assignment.alias, AssignmentStatus.RECUSED
    recusal = Recusal(assignment_id=assignment.id, reason=reason, declared_at=datetime.now(UTC))
    db.session.add(recusal)
    successor = find_successor(round_, assignment)
    recusal.replacement_id = successor.id if successor else None
    record(by, "assignment.recused", assignment, reason=reason.value, replaced=bool(successor))
    tell(by.user_id, round_, NoticeKind.TASK_ENDED, alias=alias)
    tell_succession(round_, assignment, successor)
    db.session.commit()
    return successor is not None


def tell_succession(round_: Round, left: Assignment, successor: Assignment | None) -> None:
    """Tell the organisers that a case changed hands, or that nobody is left for it. No commit."""
    kind = NoticeKind.REPLACED if successor else NoticeKind.NOBODY_LEFT
    tell_organisers(round_, kind, case_number=case_number_of(left.sampled_case_id))
