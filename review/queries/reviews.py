"""Submitted reviews of a round, for its organisers, who may send one back."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Row, Select, func, select
from sqlalchemy.orm import selectinload

from review.enums import AssignmentStatus
from review.extensions import db
from review.models.accounts import User
from review.models.assignment import Assignment
from review.models.cases import Case
from review.models.reviewing import Review
from review.models.rounds import Round
from review.models.sampling import SampledCase
from review.permissions import Actor
from review.queries.regions import within

PAGE_ROWS = 50
SEEN = (AssignmentStatus.SUBMITTED, AssignmentStatus.RETURNED)


@dataclass(frozen=True, slots=True)
class SubmittedReview:
    """A review as its organisers see it."""

    assignment: Assignment
    review: Review
    round: Round
    case_number: str
    reviewer: str


def reviews_page(round_: Round, page: int) -> tuple[Sequence[Row[Any]], int]:
    """One page of the submitted and the returned reviews, the latest first; how many there are."""
    mine = SampledCase.round_id == round_.id
    count = db.session.scalar(_seen(func.count(Assignment.id)).where(mine)) or 0
    rows = db.session.execute(
        _seen(Assignment.public_id, Assignment.status, Case.case_number, Case.kind)
        .add_columns(User.name, Review.submitted_at, Review.saved_at)
        .where(mine)
        .order_by(Review.saved_at.desc(), Review.id)
        .limit(PAGE_ROWS)
        .offset((page - 1) * PAGE_ROWS)
    ).all()
    return rows, count


def review_in_reach(actor: Actor, public_id: str) -> SubmittedReview | None:
    """A submitted or returned review of a round in the actor's tree."""
    row = db.session.execute(
        _seen(Assignment, Review, Round, Case.case_number, User.name)
        .where(Assignment.public_id == public_id, within(Round.region_code, actor.region_code))
        .options(selectinload(Review.marks))
    ).first()
    return SubmittedReview(*row) if row else None


def _seen(*columns: Any) -> Select[Any]:
    return (
        select(*columns)
        .select_from(Review)
        .join(Assignment, Assignment.id == Review.assignment_id)
        .join(SampledCase, SampledCase.id == Assignment.sampled_case_id)
        .join(Round, Round.id == SampledCase.round_id)
        .join(Case, Case.id == SampledCase.case_id)
        .join(User, User.id == Assignment.reviewer_id)
        .where(Assignment.status.in_(SEEN))
    )
