"""What a reviewer may see: the own assignments, blind to who handled the case and where."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import Row, Select, case, func, select
from sqlalchemy.orm import selectinload

from review.enums import (
    HIDDEN,
    AssignmentStatus,
    CaseKind,
    CaseType,
    Instance,
    Outcome,
    RecipientCategory,
    RoundStatus,
    Stage,
)
from review.extensions import db
from review.models.assignment import Assignment
from review.models.cases import Case
from review.models.reviewing import Review
from review.models.rounds import Round
from review.models.sampling import SampledCase
from review.permissions import Actor

PAGE_ROWS = 50

# Work begun comes first, then new work, then what is done.
_WORK_ORDER = case(
    (Assignment.status.in_((AssignmentStatus.DRAFT, AssignmentStatus.RETURNED)), 0),
    (Assignment.status == AssignmentStatus.OPEN, 1),
    else_=2,
)


@dataclass(frozen=True, slots=True)
class Progress:
    """How far the own work in one round has come."""

    round_name: str
    due_on: date
    assigned: int
    submitted: int

    @property
    def left(self) -> int:
        return self.assigned - self.submitted


@dataclass(frozen=True, slots=True)
class Facts:
    """What a reviewer knows of a case beside its dossier: nothing that tells who or where."""

    kind: CaseKind
    case_type: CaseType
    cause: str | None
    stage: Stage | None
    instance: Instance | None
    outcome: Outcome | None
    dossier_pages: int | None
    categories: tuple[RecipientCategory, ...]
    days_to_assign: int | None
    days_to_close: int | None


@dataclass(frozen=True, slots=True)
class Desk:
    """One own assignment with the review begun on it, if any."""

    assignment: Assignment
    review: Review | None
    rubric_key: str
    scheme_key: str
    round_name: str
    round_status: RoundStatus
    deadline: date
    facts: Facts

    @property
    def is_submitted(self) -> bool:
        return self.review is not None and self.review.submitted_at is not None


def own_progress(actor: Actor) -> list[Progress]:
    """Each round in marking in which the reviewer has work, the earliest deadline first."""
    done = case((Assignment.status == AssignmentStatus.SUBMITTED, 1), else_=0)
    rows = db.session.execute(
        _own(
            actor,
            Round.name,
            func.max(Assignment.due_on),
            func.count(Assignment.id),
            func.sum(done),
        )
        .where(Round.status == RoundStatus.MARKING)
        .group_by(Round.id, Round.name)
        .order_by(func.max(Assignment.due_on), Round.id)
    )
    return [Progress(*row) for row in rows]


def own_tasks(actor: Actor, page: int) -> Sequence[Row[Any]]:
    """A page of the own assignments in rounds that are being marked."""
    return _tasks(
        _own_tasks(actor)
        .where(Round.status == RoundStatus.MARKING)
        .order_by(_WORK_ORDER, Assignment.due_on, Assignment.alias),
        page,
    )


def own_history(actor: Actor, page: int) -> Sequence[Row[Any]]:
    """A page of the own submitted reviews in rounds that are over, the latest first."""
    return _tasks(
        _own_tasks(actor)
        .where(Round.status == RoundStatus.PUBLISHED, Review.submitted_at.is_not(None))
        .order_by(Review.submitted_at.desc(), Assignment.alias),
        page,
    )


def own_history_size(actor: Actor) -> int:
    return (
        db.session.scalar(
            _own(actor, func.count(Assignment.id)).where(
                Round.status == RoundStatus.PUBLISHED,
                Assignment.status == AssignmentStatus.SUBMITTED,
            )
        )
        or 0
    )


def own_assignment(actor: Actor, public_id: str) -> Assignment | None:
    """An own assignment, without the case: all that saving a mark needs."""
    query = _own(actor, Assignment).where(Assignment.public_id == public_id)
    return db.session.scalars(query).one_or_none()


def own_desk(actor: Actor, public_id: str) -> Desk | None:
    """All that the scoring page shows, in two statements; afresh even after a refused save."""
    row = db.session.execute(
        _own(actor, Assignment, Review, SampledCase.rubric_key, Round.scheme_key)
        .add_columns(Round.name, Round.status, Round.marking_due_on, *_FACTS)
        .outerjoin(Review, Review.assignment_id == Assignment.id)
        .where(Assignment.public_id == public_id)
        .options(selectinload(Review.marks))
        .execution_options(populate_existing=True)
    ).first()
    if row is None:
        return None
    assignment, review, rubric_key, scheme_key, round_name, round_status, due_on, *facts = row
    return Desk(
        assignment=assignment,
        review=review,
        rubric_key=review.rubric_key if review else rubric_key,
        scheme_key=scheme_key,
        round_name=round_name,
        round_status=round_status,
        deadline=max(due_on, assignment.due_on),
        facts=_facts(*facts),
    )


_FACTS = (
    Case.kind,
    Case.case_type,
    Case.cause,
    Case.stage,
    Case.instance,
    Case.outcome,
    Case.dossier_pages,
    Case.recipient_categories,
    Case.accepted_on,
    Case.assigned_on,
    Case.closed_on,
)


def _facts(*columns: Any) -> Facts:
    *plain, categories, accepted_on, assigned_on, closed_on = columns
    known = tuple(RecipientCategory(value) for value in categories)
    days = _days(accepted_on, assigned_on), _days(assigned_on, closed_on)
    return Facts(*(*plain, known, *days))


def _days(start: date | None, end: date | None) -> int | None:
    return (end - start).days if start and end else None


def _own(actor: Actor, *columns: Any) -> Select[Any]:
    """Own assignments; one named in reserve does not exist for its reviewer until it is called."""
    return (
        select(*columns)
        .select_from(Assignment)
        .join(SampledCase, SampledCase.id == Assignment.sampled_case_id)
        .join(Round, Round.id == SampledCase.round_id)
        .join(Case, Case.id == SampledCase.case_id)
        .where(
            Assignment.reviewer_id == actor.user_id,
            Assignment.status.not_in(HIDDEN),
        )
    )


def _own_tasks(actor: Actor) -> Select[Any]:
    return _own(
        actor,
        Assignment.public_id,
        Assignment.alias,
        Assignment.status,
        Assignment.due_on,
        Case.kind,
        Case.dossier_pages,
        Round.name.label("round_name"),
        Review.saved_at,
        Review.submitted_at,
        Review.total,
    ).outerjoin(Review, Review.assignment_id == Assignment.id)


def _tasks(query: Select[Any], page: int) -> Sequence[Row[Any]]:
    return db.session.execute(query.limit(PAGE_ROWS).offset((page - 1) * PAGE_ROWS)).all()
