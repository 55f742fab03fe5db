"""Cases whose marks lie too far apart, for the organisers of their round."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from hashlib import sha256
from typing import Any

from sqlalchemy import Row, Select, func, select
from sqlalchemy.orm import selectinload

from review.enums import UNFINISHED, AssignmentStatus, CaseKind, RoundStatus, SampledCaseStatus
from review.extensions import db
from review.models.adjudication import PanelRecord, PanelView
from review.models.assignment import Assignment
from review.models.cases import Case
from review.models.dossiers import Dossier
from review.models.results import Result
from review.models.reviewing import Review
from review.models.rounds import Round
from review.models.sampling import SampledCase
from review.permissions import Actor
from review.queries.regions import within

PAGE_ROWS = 50


@dataclass(frozen=True, slots=True)
class PanelTask:
    """A case that waits for the panel: how many marks it has and how far they lie apart, but not
    where, for whoever decides gives an own mark first."""

    sampled_id: int
    case_number: str
    kind: CaseKind
    round_name: str
    marks: int
    spread: Decimal


@dataclass(frozen=True, slots=True)
class Decided:
    """A panel decision with its record, its result and its case."""

    stored: PanelRecord
    result: Result
    own: Decimal | None


@dataclass(frozen=True, slots=True)
class PanelCase:
    """A case before the panel and its submitted reviews, in an order that tells nothing."""

    sampled: SampledCase
    case_number: str
    kind: CaseKind
    cause: str | None
    round_name: str
    threshold: Decimal
    scheme_key: str
    dossier: str | None
    reviews: tuple[Review, ...]


def submitted_marks(sampled_id: int) -> list[tuple[Decimal, list[str]]]:
    """What a case's submitted reviews came to, in the order of the assignments: the total, and
    what fails the case whatever the total."""
    rows = db.session.execute(
        select(Review.total, Review.failed_by)
        .join(Assignment, Assignment.id == Review.assignment_id)
        .where(
            Assignment.sampled_case_id == sampled_id,
            Review.submitted_at.is_not(None),
            ~Assignment.is_linking,
        )
        .order_by(Assignment.ordinal)
    )
    return [(total, failed_by) for total, failed_by in rows if total is not None]


def reserve_assignment(sampled_id: int) -> Assignment | None:
    """The reviewer named in advance for a third mark and not yet called."""
    return db.session.scalar(
        select(Assignment)
        .where(
            Assignment.sampled_case_id == sampled_id,
            Assignment.status == AssignmentStatus.RESERVE,
        )
        .order_by(Assignment.ordinal)
        .limit(1)
    )


def is_being_marked(sampled_id: int) -> bool:
    """Whether somebody has still to hand in a mark that counts for the case."""
    unfinished = select(Assignment.id).where(
        Assignment.sampled_case_id == sampled_id,
        Assignment.status.in_(UNFINISHED),
        ~Assignment.is_linking,
    )
    return db.session.scalar(select(unfinished.exists())) or False


def panel_size(actor: Actor) -> int:
    return db.session.scalar(_waiting(actor, func.count(SampledCase.id))) or 0


def panel_tasks(actor: Actor, page: int) -> list[PanelTask]:
    """A page of the cases that wait for a panel decision, the oldest round first."""
    rows = db.session.execute(
        _waiting(actor, SampledCase.id, Case.case_number, Case.kind, Round.name)
        .order_by(Round.id, SampledCase.id)
        .limit(PAGE_ROWS)
        .offset((page - 1) * PAGE_ROWS)
    ).all()
    totals = _totals([row.id for row in rows])
    return [PanelTask(*(*row, *_shape(totals[row.id]))) for row in rows]


def panel_case(actor: Actor, sampled_id: int) -> PanelCase | None:
    """One drawn case of the actor's region with all its submitted reviews."""
    row = db.session.execute(
        _in_region(actor, SampledCase, Case.case_number, Case.kind, Case.cause, Round.name)
        .add_columns(Round.threshold, Round.scheme_key, Dossier.public_id)
        .outerjoin(Dossier, Dossier.case_id == Case.id)
        .where(SampledCase.id == sampled_id)
    ).first()
    return PanelCase(*(*row, _reviews(sampled_id))) if row else None


def own_view(sampled_id: int, user_id: int) -> PanelView | None:
    """What somebody would give a case, if it was said before the markings were seen."""
    return db.session.get(PanelView, (sampled_id, user_id))


def decided_case(actor: Actor, sampled_id: int) -> Decided | None:
    """The panel decision on a case of the actor's region, and the own mark of who recorded it."""
    row = db.session.execute(
        _in_region(actor, PanelRecord, Result, PanelView.total)
        .join(PanelRecord, PanelRecord.sampled_case_id == SampledCase.id)
        .join(Result, Result.sampled_case_id == SampledCase.id)
        .outerjoin(
            PanelView,
            (PanelView.sampled_case_id == SampledCase.id)
            & (PanelView.user_id == Result.decided_by_id),
        )
        .where(SampledCase.id == sampled_id)
    ).first()
    return Decided(*row) if row else None


def latest_decisions(actor: Actor) -> Sequence[Row[Any]]:
    """The newest panel decisions, as many as a page shows."""
    return db.session.execute(
        _in_region(actor, SampledCase.id, Case.case_number, Round.name.label("round_name"))
        .add_columns(Result.total, Result.grade, PanelRecord.decided_at)
        .join(PanelRecord, PanelRecord.sampled_case_id == SampledCase.id)
        .join(Result, Result.sampled_case_id == SampledCase.id)
        .order_by(PanelRecord.decided_at.desc())
        .limit(PAGE_ROWS)
    ).all()


def _shape(totals: Sequence[Decimal]) -> tuple[int, Decimal]:
    """How many totals there are, and how far they lie apart."""
    return len(totals), max(totals) - min(totals) if totals else Decimal(0)


def _reviews(sampled_id: int) -> tuple[Review, ...]:
    rows = db.session.execute(
        select(Review, Assignment.public_id)
        .join(Assignment, Assignment.id == Review.assignment_id)
        .where(
            Assignment.sampled_case_id == sampled_id,
            Review.submitted_at.is_not(None),
            ~Assignment.is_linking,
        )
        .options(selectinload(Review.marks))
    ).all()
    # The digest of a random id: an order that stays, and follows neither person nor time.
    shuffled = sorted(rows, key=lambda row: sha256(row.public_id.encode()).digest())
    return tuple(row.Review for row in shuffled)


def _totals(sampled_ids: Sequence[int]) -> defaultdict[int, tuple[Decimal, ...]]:
    totals: defaultdict[int, tuple[Decimal, ...]] = defaultdict(tuple)
    rows = db.session.execute(
        select(Assignment.sampled_case_id, Review.total)
        .join(Review, Review.assignment_id == Assignment.id)
        .where(
            Assignment.sampled_case_id.in_(sampled_ids),
            Review.submitted_at.is_not(None),
            ~Assignment.is_linking,
        )
    )
    for sampled_id, total in rows:
        totals[sampled_id] = tuple(sorted((*totals[sampled_id], total), reverse=True))
    return totals


def _in_region(actor: Actor, *columns: Any) -> Select[Any]:
    return (
        select(*columns)
        .select_from(SampledCase)
        .join(Round, Round.id == SampledCase.round_id)
        .join(Case, Case.id == SampledCase.case_id)
        .where(within(Round.region_code, actor.region_code))
    )


def _waiting(actor: Actor, *columns: Any) -> Select[Any]:
    return _in_region(actor, *columns).where(
        Round.status == RoundStatus.MARKING, SampledCase.status == SampledCaseStatus.PANEL
    )
