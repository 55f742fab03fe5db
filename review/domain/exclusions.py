from datetime import UTC, datetime

from review.domain.audit import record
from review.domain.rounds import lock_at
from review.enums import ExclusionReason, RoundStatus
from review.errors import AlreadyExcludedError, NotACandidateError
from review.extensions import db
from review.models.exclusions import Exclusion
from review.models.rounds import Round
from review.permissions import Actor
from review.queries.exclusions import exclusion_of
from review.queries.sampling import candidate_numbered


def exclude_case(
    round_: Round, number: str, *, reason: ExclusionReason, note: str, by: Actor
) -> None:
    """Keep a case out of the frame that is not frozen yet. Commits.

    Raises WrongStatusError, NotACandidateError, AlreadyExcludedError.
    """
    lock_at(round_, RoundStatus.DRAFT)
    case_id = candidate_numbered(round_, number)
    if case_id is None:
        raise NotACandidateError
    if exclusion_of(round_, case_id):
        raise AlreadyExcludedError
    exclusion = Exclusion(
        round_id=round_.id,
        case_id=case_id,
        reason=reason,
        note=note,
        excluded_by_id=by.user_id,
        excluded_at=datetime.now(UTC),
    )
    db.session.add(exclusion)
    record(by, "case.excluded", exclusion, reason=reason.value)
    db.session.commit()


def readmit_case(round_: Round, exclusion: Exclusion, by: Actor) -> None:
    """Take an exclusion back before the freeze; the log keeps it. Commits; raises
    WrongStatusError."""
    lock_at(round_, RoundStatus.DRAFT)
    record(by, "case.readmitted", exclusion, reason=exclusion.reason.value)
    db.session.delete(exclusion)
    db.session.commit()
