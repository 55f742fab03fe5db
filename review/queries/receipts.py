"""Receipts: the reviewer's own, and the list that a round publishes with its results."""

from collections.abc import Sequence

from sqlalchemy import select

from review.enums import RoundStatus
from review.extensions import db
from review.models.assignment import Assignment
from review.models.reviewing import Receipt, Review
from review.models.rounds import Round
from review.models.sampling import SampledCase


def latest_receipt(review: Review) -> Receipt | None:
    """The receipt of the last submission of a review that the caller may see."""
    query = select(Receipt).where(Receipt.review_id == review.id)
    return db.session.scalar(query.order_by(Receipt.version.desc()).limit(1))


def published_digests(round_: Round) -> Sequence[str] | None:
    """Every digest given in the round, sorted so that their order tells nothing; None before the
    results are published: earlier, the list would tell who has submitted how much."""
    if round_.status is not RoundStatus.PUBLISHED:
        return None
    return db.session.scalars(
        select(Receipt.digest)
        .join(Review, Review.id == Receipt.review_id)
        .join(Assignment, Assignment.id == Review.assignment_id)
        .join(SampledCase, SampledCase.id == Assignment.sampled_case_id)
        .where(SampledCase.round_id == round_.id)
        .order_by(Receipt.digest)
    ).all()
