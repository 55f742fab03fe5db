"""From the marks of one case to its result: by the rule, or by the panel."""

import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from decimal import Decimal

from sqlalchemy import select

from review.domain.audit import record
from review.domain.combining import is_lot, rule_of
from review.domain.rubrics import get_rubric, get_scheme
from review.enums import (
    AssignmentStatus,
    CallReason,
    Grade,
    RoundStatus,
    SampledCaseStatus,
    SettledBy,
)
from review.errors import DecisionRefusedError, WrongStatusError
from review.extensions import db
from review.labels import today
from review.models.results import Result
from review.models.reviewing import Mark, Review
from review.models.rounds import Round
from review.models.sampling import SampledCase
from review.permissions import Actor
from review.queries.adjudication import (
    PanelCase,
    is_being_marked,
    reserve_assignment,
    submitted_marks,
)
from rubrics.combining import Call, Combination, combine
from rubrics.grading import FAIL, Overall
from rubrics.model import Criterion, Rubric, Section, Veto

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
    """``failing`` is what can fail the case whatever its total; of a scheme that is judged,
    ``answers`` are the words of the items' answers and ``overalls`` the judgements."""

    rubric: Rubric
    failing: tuple[Veto | Section, ...]
    answers: dict[str, str]
    overalls: tuple[Overall, ...]
    sections: tuple[tuple[Section, tuple[ComparedCriterion, ...]], ...]


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
        _settle(sampled, key, combined.total, settled_by, failed_by=failed_by)


def decide(
    sampled: SampledCase, total: Decimal, reason: str, by: Actor, failed_by: Sequence[str] = ()
) -> Result:
    """The panel's decision; ``failed_by`` names what fails the case in any event. Commits; raises
    DecisionRefusedError, WrongStatusError."""
    known = {reason.code for reason in failing_reasons(get_rubric(sampled.rubric_key))}
    is_known = known.issuperset(failed_by)
    if not _is_decidable(total) or len(reason.strip()) < LEAST_REASON or not is_known:
        raise DecisionRefusedError
    sampled = locked_case(sampled.id)
    round_ = db.session.get_one(Round, sampled.round_id)
    if sampled.status is not SampledCaseStatus.PANEL or round_.status is not RoundStatus.MARKING:
        raise WrongStatusError
    result = _settle(
        sampled,
        round_.scheme_key,
        total,
        SettledBy.PANEL,
        failed_by=sorted(failed_by),
        reason=reason,
        by=by,
    )
    db.session.commit()
    return result


def failing_reasons(rubric: Rubric) -> tuple[Veto | Section, ...]:
    """What can fail a case whatever its total: the vetoes, and the sections with a minimum."""
    limited = (section for section in rubric.sections if section.minimum is not None)
    return (*rubric.vetoes, *limited)


def compare(case: PanelCase) -> Comparison:
    """The submitted markings side by side, criterion by criterion."""
    rubric, scheme = get_rubric(case.sampled.rubric_key), get_scheme(case.scheme_key)
    sheets = [_by_code(review) for review in case.reviews]
    sections = tuple(
        (section, tuple(_compared(criterion, sheets) for criterion in section.criteria))
        for section in rubric.sections
    )
    answers = {option.code: option.title for option in scheme.options}
    return Comparison(rubric, failing_reasons(rubric), answers, scheme.overalls, sections)


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


def _settle(
    sampled: SampledCase,
    scheme_key: str,
    total: Decimal,
    settled_by: SettledBy,
    *,
    failed_by: Sequence[str] = (),
    reason: str = "",
    by: Actor | None = None,
) -> Result:
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
