"""What an organiser adds to the registers for one round: pins, objections, offices' other names,
and who acted for the other side."""

from datetime import UTC, datetime

from review.domain.audit import record
from review.domain.rounds import lock_round_in
from review.enums import RoundStatus
from review.errors import (
    AlreadyNotedError,
    TooManyObjectionsError,
    UnknownProviderError,
    UnknownReviewerError,
    UnknownSubjectError,
)
from review.extensions import db
from review.models.conflicts import Opponent, PanelObjection, Pin, ProviderAlias
from review.models.handler import Provider
from review.models.rounds import Round
from review.permissions import Actor
from review.queries.conflict_entries import (
    alias_exists,
    drawn_case_numbered,
    objections_by,
    opponent_exists,
    provider_named,
)
from review.queries.conflicts import reviewers_among

UNOPENED = (RoundStatus.DRAFT, RoundStatus.FROZEN, RoundStatus.DRAWN)
UNFINISHED = (*UNOPENED, RoundStatus.MARKING)
MOST_OBJECTIONS = 2
"""Firms that one region or firm may object to in a round: more would choose the panel."""


def pin(
    round_: Round,
    user_id: int,
    *,
    about: str,
    is_conflict: bool,
    note: str,
    by: Actor,
) -> Pin:
    """Say that a reviewer has a conflict, or none, with a drawn case or with a provider's cases.

    Commits; raises WrongStatusError, UnknownReviewerError, UnknownSubjectError.
    """
    lock_round_in(round_, UNFINISHED)
    if not reviewers_among(round_, {user_id}):
        raise UnknownReviewerError
    case_id = drawn_case_numbered(round_, about)
    provider = None if case_id else provider_named(about)
    if case_id is None and provider is None:
        raise UnknownSubjectError
    pinned = Pin(
        round_id=round_.id,
        user_id=user_id,
        case_id=case_id,
        provider_id=provider.id if provider else None,
        is_conflict=is_conflict,
        note=note,
        pinned_by_id=by.user_id,
        pinned_at=datetime.now(UTC),
    )
    db.session.add(pinned)
    record(by, "conflict.pinned", pinned, is_conflict=is_conflict, reviewer=user_id)
    db.session.commit()
    return pinned


def object_to(
    round_: Round, against: str, *, region_code: str | None, firm: str, reason: str, by: Actor
) -> PanelObjection:
    """Note that a region or a firm objects to a firm's reviewers, before the round opens.

    Commits; raises WrongStatusError, UnknownProviderError, TooManyObjectionsError.
    """
    lock_round_in(round_, UNOPENED)
    barred, objector = _provider(against), _provider(firm) if firm else None
    region_code = None if objector else region_code or round_.region_code
    made = objections_by(round_, region_code, objector.id if objector else None)
    if len(made) >= MOST_OBJECTIONS or barred.id in made:
        raise TooManyObjectionsError
    objection = PanelObjection(
        round_id=round_.id,
        region_code=region_code,
        provider_id=objector.id if objector else None,
        against_id=barred.id,
        reason=reason,
        recorded_by_id=by.user_id,
        recorded_at=datetime.now(UTC),
    )
    db.session.add(objection)
    record(by, "conflict.objected", objection, against=barred.id)
    db.session.commit()
    return objection


def note_opponent(round_: Round, case_number: str, office: str, by: Actor) -> Opponent:
    """Note which office acted for the other side of a drawn case. Commits; raises
    WrongStatusError, UnknownSubjectError, AlreadyNotedError."""
    lock_round_in(round_, UNFINISHED)
    case_id = drawn_case_numbered(round_, case_number)
    if case_id is None:
        raise UnknownSubjectError
    if opponent_exists(case_id, office):
        raise AlreadyNotedError
    values = {"recorded_by_id": by.user_id, "recorded_at": datetime.now(UTC)}
    opponent = Opponent(case_id=case_id, office=office, **values)
    db.session.add(opponent)
    record(by, "conflict.opponent_noted", opponent)
    db.session.commit()
    return opponent


def name_also(provider_name: str, alias: str, by: Actor) -> ProviderAlias:
    """Note a former or short name of an office. Commits; raises UnknownProviderError,
    AlreadyNotedError."""
    provider = _provider(provider_name)
    if alias_exists(provider.id, alias):
        raise AlreadyNotedError
    values = {"added_by_id": by.user_id, "added_at": datetime.now(UTC)}
    named = ProviderAlias(provider_id=provider.id, name=alias, **values)
    db.session.add(named)
    record(by, "provider.named_also", named)
    db.session.commit()
    return named


def withdraw_entry(round_: Round, entry: Pin | PanelObjection, by: Actor) -> None:
    """Take a pin or an objection back; the log keeps it. Commits; raises WrongStatusError."""
    lock_round_in(round_, UNFINISHED if isinstance(entry, Pin) else UNOPENED)
    if isinstance(entry, Pin):
        record(by, "conflict.unpinned", entry)
    else:
        record(by, "conflict.objection_withdrawn", entry)
    db.session.delete(entry)
    db.session.commit()


def _provider(name: str) -> Provider:
    found = provider_named(name)
    if found is None:
        raise UnknownProviderError
    return found
