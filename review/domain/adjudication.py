"""From the marks of one case to its result: by the rule, or by the panel."""

import secrets
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from decimal import Decimal

from sqlalchemy import select

from review.domain.audit import record
from review.enums import AssignmentStatus, Grade, RoundStatus, SampledCaseStatus, SettledBy
from review.errors import DecisionRefusedError, WrongStatusError
from review.extensions import db
from review.labels import today
from review.models.results import Result
from review.models.reviewing import Mark, Review
from review.models.rounds import Round
from review.models.sampling import SampledCase
from review.permissions import Actor
from review.queries.adjudication import PanelCase, reserve_assignment, submitted_totals
from rubrics.combining import combine
from rubrics.model import Criterion, Rubric, Section
from rubrics.registry import get_rubric, get_scheme

THIRD_MARK_DAYS = 14  # a reviewer called late still gets two weeks
LEAST_REASON = 10
TENTH = Decimal("0.1")


@dataclass(frozen=True, slots=True)
class ComparedCriterion:
    """One criterion across the markings; ``spread`` is None where some found it not applicable."""

    criterion: Criterion
    marks: tuple[Mark | None, ...]
    spread: Decimal | None
    differs: bool


@dataclass(frozen=True, slots=True)
class Comparison:
    rubric: Rubric
    sections: tuple[tuple[Section, tuple[ComparedCriterion, ...]], ...]


def locked_case(sampled_id: int) -> SampledCase:
    """The drawn case, held until the commit so that its marks are combined one at a time."""
    query = select(SampledCase).where(SampledCase.id == sampled_id).with_for_update()
    return db.session.scalars(query.execution_options(populate_existing=True)).one()


def advance(sampled: SampledCase, scheme_key: str, threshold: Decimal, wanted: int) -> None:
    """Settle a case, call its third mark or pass it to the panel, as its marks say. No commit."""
    if sampled.status is SampledCaseStatus.SETTLED:
        return
    db.session.flush()
    combined = combine(submitted_totals(sampled.id), wanted=wanted, threshold=threshold)
    if combined.outcome == "third_mark":
        _call_third(sampled)
    elif combined.outcome == "panel":
        _pass_to_panel(sampled)
    elif combined.total is not None and combined.settled_by is not None:
        _settle(sampled, scheme_key, combined.total, SettledBy(combined.settled_by))


def decide(sampled: SampledCase, total: Decimal, reason: str, by: Actor) -> Result:
    """The panel's decision. Commits; raises DecisionRefusedError, WrongStatusError."""
    if not _is_decidable(total) or len(reason.strip()) < LEAST_REASON:
        raise DecisionRefusedError
    sampled = locked_case(sampled.id)
    round_ = db.session.get_one(Round, sampled.round_id)
    if sampled.status is not SampledCaseStatus.PANEL or round_.status is not RoundStatus.MARKING:
        raise WrongStatusError
    result = _settle(sampled, round_.scheme_key, total, SettledBy.PANEL, reason=reason, by=by)
    db.session.commit()
    return result


def compare(case: PanelCase) -> Comparison:
    """The submitted markings side by side, criterion by criterion."""
    rubric = get_rubric(case.sampled.rubric_key)
    sheets = [_by_code(review) for review in case.reviews]
    sections = tuple(
        (section, tuple(_compared(criterion, sheets) for criterion in section.criteria))
        for section in rubric.sections
    )
    return Comparison(rubric, sections)


def _by_code(review: Review) -> dict[str, Mark]:
    return {mark.criterion_code: mark for mark in review.marks}


def _compared(criterion: Criterion, sheets: list[dict[str, Mark]]) -> ComparedCriterion:
    marks = tuple(sheet.get(criterion.code) for sheet in sheets)
    given = [mark.points for mark in marks if mark and mark.points is not None]
    spread = max(given) - min(given) if given and len(given) == len(marks) else None
    differs = bool(given) and spread != 0
    return ComparedCriterion(criterion, marks, spread, differs)


def _is_decidable(total: Decimal) -> bool:
    return total.is_finite() and 0 <= total <= 100 and total % TENTH == 0


def _call_third(sampled: SampledCase) -> None:
    if sampled.status is SampledCaseStatus.THIRD_MARK:
        return
    reserve = reserve_assignment(sampled.id)
    if reserve is None:
        _pass_to_panel(sampled)
        return
    reserve.status = AssignmentStatus.OPEN
    reserve.assigned_at = datetime.now(UTC)
    reserve.due_on = max(reserve.due_on, today() + timedelta(days=THIRD_MARK_DAYS))
    sampled.status = SampledCaseStatus.THIRD_MARK
    record(None, "sampled_case.third_mark_called", sampled, assignment=reserve.id)


def _pass_to_panel(sampled: SampledCase) -> None:
    sampled.status = SampledCaseStatus.PANEL
    record(None, "sampled_case.passed_to_panel", sampled)


def _settle(
    sampled: SampledCase,
    scheme_key: str,
    total: Decimal,
    settled_by: SettledBy,
    *,
    reason: str = "",
    by: Actor | None = None,
) -> Result:
    result = Result(
        public_id=secrets.token_urlsafe(16),
        sampled_case_id=sampled.id,
        total=total,
        grade=Grade(get_scheme(scheme_key).grade_of(total)),
        settled_by=settled_by,
        reason=reason.strip(),
        decided_by_id=by.user_id if by else None,
        settled_at=datetime.now(UTC),
    )
    sampled.status = SampledCaseStatus.SETTLED
    db.session.add(result)
    record(by, "result.settled", result, settled_by=settled_by.value)
    return result
