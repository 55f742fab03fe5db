from collections.abc import Sequence
from typing import Any

from sqlalchemy import ColumnElement, Row, Select, false, func, or_, select, update
from sqlalchemy.orm import selectinload

from review.enums import CaseKind
from review.extensions import db
from review.models.cases import Case
from review.models.dossiers import Dossier
from review.models.exclusions import Exclusion
from review.models.rounds import Round
from review.models.sampling import Draw, FrameCase, SampledCase, Stratum
from review.queries.regions import around, within
from review.queries.rounds import PAGE_ROWS, page_count


def covered(round_: Round) -> ColumnElement[bool]:
    """SQL: a case is closed in the round's window and region, archived, and of a chosen kind."""
    return (
        within(Case.region_code, round_.region_code)
        & Case.closed_on.between(round_.window_from, round_.window_to)
        & Case.archived_on.is_not(None)
        & Case.kind.in_([rubric.kind for rubric in round_.rubrics])
    )


def excluded(round_: Round) -> ColumnElement[bool]:
    """SQL: a case is excluded from the round's frame."""
    mine = select(Exclusion.case_id).where(Exclusion.round_id == round_.id)
    return Case.id.in_(mine)


def framed(round_: Round) -> ColumnElement[bool]:
    """SQL: a frame frozen now would hold the case, in time or late."""
    return (covered(round_) | _late(round_, earlier_frames(round_))) & ~excluded(round_)


def candidate_counts(round_: Round) -> dict[CaseKind, int]:
    """How many cases of each kind the rules cover now and nobody excluded."""
    query = select(Case.kind, func.count()).where(covered(round_), ~excluded(round_))
    query = query.group_by(Case.kind).order_by(Case.kind)
    return dict(db.session.execute(query).tuples().all())


def earlier_frames(round_: Round) -> Sequence[Round]:
    """Frozen rounds with cases in common regions whose windows began before this one's, by the
    time of their freeze."""
    beside = within(Round.region_code, round_.region_code)
    query = select(Round).options(selectinload(Round.rubrics)).order_by(Round.frozen_at, Round.id)
    return db.session.scalars(
        query.where(
            Round.id != round_.id,
            Round.frozen_at.is_not(None),
            Round.window_from < round_.window_from,
            beside | Round.region_code.in_(around(round_.region_code)),
        )
    ).all()


def late_cases(round_: Round, earlier: Sequence[Round]) -> Sequence[Row[Any]]:
    """Every case that came too late for ``earlier`` frames and that nobody excluded here."""
    query = select(Case.id, Case.region_code, Case.kind, Case.closed_on)
    return db.session.execute(query.where(_late(round_, earlier), ~excluded(round_))).all()


def candidate_numbered(round_: Round, number: str) -> int | None:
    """The id of a case of this number that the frame would hold if nobody excluded it."""
    candidate = covered(round_) | _late(round_, earlier_frames(round_))
    return db.session.scalar(select(Case.id).where(Case.case_number == number, candidate))


def _late(round_: Round, earlier: Sequence[Round]) -> ColumnElement[bool]:
    """SQL: a case closed before the round's window that an earlier frame would have held, had it
    been registered and archived in time; never in any frame, never excluded from a frozen one."""
    framed = select(FrameCase.case_id).where(FrameCase.case_id == Case.id).exists()
    decided = select(Exclusion.case_id).join(Round, Round.id == Exclusion.round_id)
    decided = decided.where(Exclusion.case_id == Case.id, Round.frozen_at.is_not(None))
    return (
        within(Case.region_code, round_.region_code)
        & (Case.closed_on < round_.window_from)
        & Case.kind.in_([rubric.kind for rubric in round_.rubrics])
        & or_(false(), *map(covered, earlier))
        & ~framed
        & ~decided.exists()
    )


def missed_frames(round_: Round) -> Sequence[Row[Any]]:
    """The earlier rounds that lines of a frozen frame came too late for, and how many each."""
    query = select(Round, func.count()).join(FrameCase, FrameCase.missed_by_id == Round.id)
    query = query.where(FrameCase.round_id == round_.id).group_by(Round.id).order_by(Round.id)
    return db.session.execute(query).all()


def strata_of(round_: Round) -> Sequence[Stratum]:
    """The round's strata by label, which orders them by region and kind."""
    query = select(Stratum).where(Stratum.round_id == round_.id).order_by(Stratum.label)
    return db.session.scalars(query).all()


def frame_cases(round_: Round) -> Sequence[Row[Any]]:
    """Case, stratum and canonical number of each line of the frozen frame, unsorted."""
    query = select(FrameCase.case_id, FrameCase.stratum_id, FrameCase.canonical_number)
    return db.session.execute(query.where(FrameCase.round_id == round_.id)).all()


def draw_of(round_: Round) -> Draw | None:
    return db.session.get(Draw, round_.id)


def tickets_of(round_: Round) -> Sequence[Row[Any]]:
    """Stratum, ticket and canonical number of every drawn case, smallest tickets first."""
    line = (FrameCase.round_id == SampledCase.round_id) & (FrameCase.case_id == SampledCase.case_id)
    return db.session.execute(
        select(Stratum.label, SampledCase.ticket, FrameCase.canonical_number)
        .join(Stratum, Stratum.id == SampledCase.stratum_id)
        .join(FrameCase, line)
        .where(SampledCase.round_id == round_.id)
        .order_by(Stratum.label, SampledCase.ticket)
    ).all()


def sampled_lines(round_: Round) -> Sequence[Row[Any]]:
    """Every drawn case by number: its row, case, canonical number, kind, region, stratum,
    ticket."""
    return db.session.execute(_sampled(round_)).all()


def sampled_page(round_: Round, page: int, part: str = "") -> tuple[Sequence[Row[Any]], int]:
    """One page of them, of those alone whose number holds ``part``, and the number of pages."""
    query = _sampled(round_)
    if part:
        query = query.where(FrameCase.canonical_number.contains(part, autoescape=True))
    count = db.session.scalar(select(func.count()).select_from(query.subquery())) or 0
    rows = db.session.execute(query.limit(PAGE_ROWS).offset((page - 1) * PAGE_ROWS)).all()
    return rows, page_count(count)


def _sampled(round_: Round) -> Select[Any]:
    line = (FrameCase.round_id == SampledCase.round_id) & (FrameCase.case_id == SampledCase.case_id)
    return (
        select(
            SampledCase.id,
            SampledCase.case_id,
            FrameCase.canonical_number,
            Case.kind,
            Case.region_code,
            Stratum.label,
            SampledCase.ticket,
        )
        .join(FrameCase, line)
        .join(Case, Case.id == SampledCase.case_id)
        .join(Stratum, Stratum.id == SampledCase.stratum_id)
        .where(SampledCase.round_id == round_.id)
        .order_by(FrameCase.canonical_number)
    )


def keep_dossiers(round_: Round) -> Any:
    """SQL: note beside each case of the round's frame which files its dossier has by now."""
    digest = select(Dossier.files_digest).where(Dossier.case_id == FrameCase.case_id)
    mine = FrameCase.round_id == round_.id
    return update(FrameCase).where(mine).values(dossier_digest=digest.scalar_subquery())
