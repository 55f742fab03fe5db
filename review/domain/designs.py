from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime

from review.domain.audit import record
from review.domain.design_rules import NAMED_REASONS, Rules
from review.domain.design_strata import ordered
from review.domain.rounds import lock_at
from review.enums import RoundStatus, TargetReason
from review.errors import AlreadyTargetedError, NotACandidateError
from review.extensions import db
from review.models.designs import SamplingDesign, TargetedCase
from review.models.rounds import Round
from review.permissions import Actor
from review.queries.designs import named_case, saved_design
from review.queries.sampling import candidate_numbered


def rules_of(round_: Round) -> Rules:
    """The saved rules, or the usual ones: by county and kind, one case in ten."""
    saved = saved_design(round_)
    return Rules.from_json(saved.rules) if saved else Rules()


def design_row(round_: Round, by: Actor) -> SamplingDesign:
    """The round's row, made with the usual rules where there is none. Does not commit."""
    row = saved_design(round_)
    if row is None:
        now, rules = datetime.now(UTC), Rules().to_json()
        row = SamplingDesign(round_id=round_.id, rules=rules, saved_by_id=by.user_id, saved_at=now)
        db.session.add(row)
    return row


def save_design(round_: Round, rules: Rules, by: Actor) -> None:
    """Keep the rules for the coming freeze. Commits; raises WrongStatusError."""
    lock_at(round_, RoundStatus.DRAFT)
    row = design_row(round_, by)
    row.rules = replace(rules, dimensions=ordered(rules.dimensions)).to_json()
    row.saved_by_id, row.saved_at = by.user_id, datetime.now(UTC)
    record(by, "design.saved", row, allocation=rules.allocation.value)
    db.session.commit()


def name_cases(round_: Round, numbers: Sequence[str], *, reason: TargetReason, by: Actor) -> None:
    """Name cases for the targeted supplement, all or none. Commits.

    Raises WrongStatusError, NotACandidateError, AlreadyTargetedError; the last two name the case.
    """
    lock_at(round_, RoundStatus.DRAFT)
    if reason not in NAMED_REASONS:
        raise ValueError(f"cases are not named for {reason}")
    for number in dict.fromkeys(numbers):
        case_id = candidate_numbered(round_, number)
        if case_id is None:
            raise NotACandidateError(number)
        if named_case(round_, case_id):
            raise AlreadyTargetedError(number)
        named = TargetedCase(
            round_id=round_.id,
            case_id=case_id,
            reason=reason,
            named_by_id=by.user_id,
            named_at=datetime.now(UTC),
        )
        db.session.add(named)
        record(by, "case.targeted", named, reason=reason.value)
    db.session.commit()


def withdraw_case(round_: Round, named: TargetedCase, by: Actor) -> None:
    """Take a case off the supplement before the freeze; the log keeps it. Commits; raises
    WrongStatusError."""
    lock_at(round_, RoundStatus.DRAFT)
    record(by, "case.untargeted", named, reason=named.reason.value)
    db.session.delete(named)
    db.session.commit()
