"""A version of frame and draw ends only where two persons agree, and stays public."""

from datetime import UTC, datetime

from sqlalchemy import delete

from review.domain.audit import record
from review.enums import RoundStatus
from review.errors import AlreadyAskedError, SamePersonError, WrongStatusError
from review.extensions import db
from review.models.frames import FrameVersion
from review.models.rounds import Round
from review.models.sampling import Draw, FrameCase, SampledCase, Stratum
from review.permissions import Actor
from review.queries.frames import current_version
from review.queries.rounds import lock_round

OPEN_AGAIN = (RoundStatus.FROZEN, RoundStatus.DRAWN)
"""Once reviewers have begun there is no second draw."""


def ask_to_reopen(round_: Round, reason: str, by: Actor) -> None:
    """Ask a second person to end this version. Commits; raises WrongStatusError,
    AlreadyAskedError."""
    version = _open_version(round_)
    if version.reopening_asked_at:
        raise AlreadyAskedError
    version.reopening_reason, version.reopening_asked_by_id = reason, by.user_id
    version.reopening_asked_at = datetime.now(UTC)
    record(by, "frame.reopening_asked", version)
    db.session.commit()


def decline_reopening(round_: Round, by: Actor) -> None:
    """Leave the version as it is, and the question answered in the log. Commits; raises
    WrongStatusError."""
    version = _asked_version(round_)
    version.reopening_reason = version.reopening_asked_by_id = version.reopening_asked_at = None
    record(by, "frame.reopening_declined", version)
    db.session.commit()


def reopen_frame(round_: Round, by: Actor) -> None:
    """Agree that this version ends: the round is a draft again, the version stays public. Commits.

    Raises WrongStatusError, SamePersonError.
    """
    version = _asked_version(round_)
    if version.reopening_asked_by_id == by.user_id:
        raise SamePersonError
    version.reopened_by_id, version.reopened_at = by.user_id, datetime.now(UTC)
    for table in (SampledCase, FrameCase, Draw, Stratum):
        db.session.execute(delete(table).where(table.round_id == round_.id))
    round_.status = RoundStatus.DRAFT
    round_.frame_size = round_.frame_digest = round_.frozen_at = None
    record(by, "frame.reopened", version)
    db.session.commit()


def _open_version(round_: Round) -> FrameVersion:
    if lock_round(round_) not in OPEN_AGAIN:
        raise WrongStatusError
    version = current_version(round_)
    if version is None:
        raise WrongStatusError
    return version


def _asked_version(round_: Round) -> FrameVersion:
    version = _open_version(round_)
    if version.reopening_asked_at is None:
        raise WrongStatusError
    return version
