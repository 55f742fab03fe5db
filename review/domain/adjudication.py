"""From the marks of one case to its result by the rule of its round."""

import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from decimal import Decimal

from sqlalchemy import select

from review.domain.audit import record
from review.domain.combining import is_lot, rule_of
from review.domain.rubrics import get_scheme
from review.enums import (
    AssignmentStatus,
    CallReason,
    Grade,
    SampledCaseStatus,
    SettledBy,
)
from review.extensions import db
from review.labels import today
from review.models.results import Result
from review.models.rounds import Round
from review.models.sampling import SampledCase
from review.permissions import Actor
from review.queries.adjudication import (
    is_being_marked,
    reserve_assignment,
    submitted_marks,
)
from rubrics.combining import Call, Combination, combine
from rubrics.grading import FAIL

THIRD_MARK_DAYS = 14  # a reviewer called late still gets two weeks


def locked_case(sampled_id: int) -> SampledCase:
    """The drawn case, held until the commit so that its marks are combined one at a time."""
    query = select(SampledCase).where(SampledCase.id == sampled_id).with_for_update()
    return db.session.scalars(query.execution_options(populate_existing=True)).one()


@dataclass(frozen=True, slots=True)
class Tally:
    """What a case's marks come to so far, and what would fail it."""

    combination: Combination
    failed_by: tuple[str, ...]


def advance(sampled: SampledCase, round_: Round) -> None:
    """Settle a case, call a further mark or pass it to the panel, as its marks say. No commit."""
    if sampled.status is SampledCaseStatus.SETTLED:
        return
    tally = tally_of(sampled, round_)
    combined = tally.combination
    if combined.call is not None:
        _call_further(sampled, combined.call)
    elif combined.outcome == "panel":
        pass_to_panel(sampled)
    elif combined.outcome == "settled":
        settle_as(tally, sampled, round_)


def tally_of(sampled: SampledCase, round_: Round) -> Tally:
    """The rule of the round applied to the submitted marks of a case."""
    db.session.flush()
    marks = submitted_marks(sampled.id)
    combined = combine(
        [total for total, _ in marks],
        rule_of(round_),
        failing=[bool(failed_by) for _, failed_by in marks],
        is_lot=is_lot(sampled, round_),
    )
    named = {code for _, failed_by in marks for code in failed_by}
    return Tally(combined, tuple(sorted(named)) if combined.fails else ())


def settle_as(tally: Tally, sampled: SampledCase, round_: Round) -> None:
    """Settle a case at what its marks come to; nothing where they do not agree. No commit."""
    combined = tally.combination
    if combined.total is not None and combined.settled_by is not None:
        settled_by = SettledBy(combined.settled_by)
        key, failed_by = round_.scheme_key, tally.failed_by
        settle(sampled, key, combined.total, settled_by, failed_by=failed_by)


def _call_further(sampled: SampledCase, call: Call) -> None:
    """Open the reserve's assignment; without one the case waits for somebody to be found."""
    if is_being_marked(sampled.id):
        return
    reserve = reserve_assignment(sampled.id)
    if reserve is None and sampled.status is SampledCaseStatus.THIRD_MARK:
        return
    if reserve is not None:
        reserve.status = AssignmentStatus.OPEN
        reserve.assigned_at = datetime.now(UTC)
        reserve.due_on = max(reserve.due_on, today() + timedelta(days=THIRD_MARK_DAYS))
    sampled.status = SampledCaseStatus.THIRD_MARK
    sampled.called_for = sampled.called_for or CallReason(call)
    named = reserve.id if reserve else None
    record(None, "sampled_case.third_mark_called", sampled, assignment=named, why=call)


def pass_to_panel(sampled: SampledCase) -> None:
    """What the rule cannot settle is decided together. No commit."""
    sampled.status = SampledCaseStatus.PANEL
    record(None, "sampled_case.passed_to_panel", sampled)


def settle(
    sampled: SampledCase,
    scheme_key: str,
    total: Decimal,
    settled_by: SettledBy,
    *,
    failed_by: Sequence[str] = (),
    reason: str = "",
    by: Actor | None = None,
) -> Result:
    """Fix the result of a case. No commit."""
    grade = FAIL if failed_by else get_scheme(scheme_key).grade_of(total)
    result = Result(
        public_id=secrets.token_urlsafe(16),
        sampled_case_id=sampled.id,
        total=total,
        grade=Grade(grade),
        failed_by=list(failed_by),
        settled_by=settled_by,
        reason=reason.strip(),
        decided_by_id=by.user_id if by else None,
        settled_at=datetime.now(UTC),
    )
    sampled.status = SampledCaseStatus.SETTLED
    db.session.add(result)
    record(by, "result.settled", result, settled_by=settled_by.value)
    return result
