from collections.abc import Sequence
from typing import Any

from sqlalchemy import ColumnElement, Row, func, select

from review.enums import CaseKind
from review.extensions import db
from review.models.cases import Case
from review.models.rounds import Round
from review.models.sampling import Draw, FrameCase, SampledCase, Stratum
from review.queries.regions import within


def _belongs(round_: Round) -> ColumnElement[bool]:
    """SQL: a case is closed in the round's window and region, archived, and of a chosen kind."""
    return (
        within(Case.region_code, round_.region_code)
        & Case.closed_on.between(round_.window_from, round_.window_to)
        & Case.archived_on.is_not(None)
        & Case.kind.in_([rubric.kind for rubric in round_.rubrics])
    )


def frame_candidates(round_: Round) -> Sequence[Row[Any]]:
    """Every case that the round's rules cover now."""
    query = select(Case.id, Case.case_number, Case.region_code, Case.kind)
    return db.session.execute(query.where(_belongs(round_))).all()


def candidate_counts(round_: Round) -> dict[CaseKind, int]:
    """How many cases of each kind the rules cover now."""
    query = select(Case.kind, func.count()).where(_belongs(round_)).group_by(Case.kind)
    return dict(db.session.execute(query.order_by(Case.kind)).tuples().all())


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
