"""How a rubric's criteria were used in the published rounds of the actor's tree."""

from collections.abc import Collection, Sequence
from typing import Any

from sqlalchemy import Float, Row, Select, cast, func, select

from review.extensions import db
from review.models.assignment import Assignment
from review.models.reviewing import Mark, Review
from review.models.sampling import SampledCase
from review.permissions import Actor
from review.queries.published import published_markings

POINTS = cast(Mark.points, Float)


def reviews_under(actor: Actor, rubric_key: str) -> Sequence[Row[Any]]:
    """Case, reviewer, begin and end of every marking."""
    columns = (SampledCase.id, Assignment.reviewer_id, Review.started_at, Review.submitted_at)
    return db.session.execute(_under(select(*columns), actor, rubric_key)).all()


def mark_counts(actor: Actor, rubric_key: str) -> Sequence[Row[Any]]:
    """How often each criterion got which points, or was not applicable."""
    answer = (Mark.criterion_code, Mark.points, Mark.not_applicable)
    query = select(*answer, func.count().label("count")).group_by(*answer)
    return db.session.execute(_marks(query, actor, rubric_key)).all()


def case_sums(actor: Actor, rubric_key: str) -> Sequence[Row[Any]]:
    """Of each criterion and each case with two marks or more: their number, sum and sum of
    squares; cases where these are equal are counted together."""
    by_case = _marks(
        select(
            Mark.criterion_code.label("code"),
            func.count().label("marks"),
            func.sum(POINTS).label("total"),
            func.sum(POINTS * POINTS).label("squares"),
        )
        .where(Mark.points.is_not(None))
        .group_by(Mark.criterion_code, SampledCase.id)
        .having(func.count() > 1),
        actor,
        rubric_key,
    ).subquery()
    sums = (by_case.c.code, by_case.c.marks, by_case.c.total, by_case.c.squares)
    query = select(*sums, func.count().label("times")).group_by(*sums).order_by(*sums)
    return db.session.execute(query).all()


def reasons_under(actor: Actor, rubric_key: str, codes: Collection[str]) -> Sequence[Row[Any]]:
    """The reasons given for points off, of some criteria; equal ones are counted together."""
    given = (Mark.criterion_code, Mark.reason)
    query = (
        select(*given, func.count().label("count"))
        .where(Mark.reason != "", Mark.criterion_code.in_(codes))
        .group_by(*given)
    )
    return db.session.execute(_marks(query, actor, rubric_key)).all()


def _marks(query: Select[Any], actor: Actor, rubric_key: str) -> Select[Any]:
    return _under(query, actor, rubric_key).join(Mark, Mark.review_id == Review.id)


def _under(query: Select[Any], actor: Actor, rubric_key: str) -> Select[Any]:
    return published_markings(query, actor).where(Review.rubric_key == rubric_key)
