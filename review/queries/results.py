from collections.abc import Sequence
from typing import Any

from sqlalchemy import Row, Select, func, select
from sqlalchemy.orm import selectinload

from review.enums import AssignmentStatus, RoundStatus
from review.extensions import db
from review.models.accounts import Region
from review.models.assignment import Assignment
from review.models.cases import Case
from review.models.results import Result
from review.models.reviewing import Review
from review.models.rounds import Round
from review.models.sampling import SampledCase
from review.permissions import Actor
from review.queries.rounds import PAGE_ROWS, page_count


def own_results(actor: Actor, page: int) -> tuple[Sequence[Row[Any]], int]:
    """One page of the handler's own published results, newest first, and the number of pages."""
    columns = (Result.public_id, Result.grade, Case.case_number, Case.kind, Round.published_at)
    mine = _published(select(*columns)).where(Case.handler_id == actor.handler_id)
    count = db.session.scalar(select(func.count()).select_from(mine.subquery())) or 0
    newest = mine.order_by(Round.published_at.desc(), Case.case_number)
    rows = db.session.execute(newest.limit(PAGE_ROWS).offset((page - 1) * PAGE_ROWS)).all()
    return rows, page_count(count)


def own_result(public_id: str, actor: Actor) -> Row[Any] | None:
    """Result, case, drawn case and round; None when not published or another handler's."""
    query = _published(select(Result, Case, SampledCase, Round))
    mine = query.where(Result.public_id == public_id, Case.handler_id == actor.handler_id)
    return db.session.execute(mine).one_or_none()


def submitted_reviews(sampled_case: SampledCase) -> Sequence[Review]:
    """The marks that count, without anything about who gave them."""
    return db.session.scalars(
        select(Review)
        .join(Assignment, Assignment.id == Review.assignment_id)
        .where(
            Assignment.sampled_case_id == sampled_case.id,
            Assignment.status == AssignmentStatus.SUBMITTED,
            ~Assignment.is_linking,
        )
        .options(selectinload(Review.marks))
    ).all()


def round_results(round_: Round, page: int) -> Sequence[Row[Any]]:
    """One page of a round's results by case number, for those who run it."""
    return db.session.execute(
        select(
            Case.case_number,
            Case.kind,
            Region.name.label("region"),
            Result.total,
            Result.grade,
            Result.settled_by,
        )
        .join(SampledCase, SampledCase.id == Result.sampled_case_id)
        .join(Case, Case.id == SampledCase.case_id)
        .join(Region, Region.code == Case.region_code)
        .where(SampledCase.round_id == round_.id)
        .order_by(Case.case_number)
        .limit(PAGE_ROWS)
        .offset((page - 1) * PAGE_ROWS)
    ).all()


def _published(query: Select[Any]) -> Select[Any]:
    """Join result, drawn case, case and round; keep published rounds only."""
    return (
        query.select_from(Result)
        .join(SampledCase, SampledCase.id == Result.sampled_case_id)
        .join(Case, Case.id == SampledCase.case_id)
        .join(Round, Round.id == SampledCase.round_id)
        .where(Round.status == RoundStatus.PUBLISHED)
    )
