"""Everything that must follow from something else, in portions that fit into memory."""

from collections.abc import Iterator, Sequence

from sqlalchemy import select
from sqlalchemy.orm import selectinload

from review.extensions import db
from review.models.assignment import Assignment
from review.models.definitions import Definition
from review.models.reviewing import Review
from review.models.rounds import Round
from review.models.sampling import SampledCase

PORTION = 500


def submitted_in_turn() -> Iterator[tuple[Review, str]]:
    """Every submitted review with its marks, and its round's scheme."""
    query = (
        select(Review, Round.scheme_key)
        .join(Assignment, Assignment.id == Review.assignment_id)
        .join(SampledCase, SampledCase.id == Assignment.sampled_case_id)
        .join(Round, Round.id == SampledCase.round_id)
        .where(Review.submitted_at.is_not(None))
        .options(selectinload(Review.marks))
        .order_by(Review.id)
    )
    last = 0
    while rows := db.session.execute(query.where(Review.id > last).limit(PORTION)).all():
        yield from ((row.Review, row.scheme_key) for row in rows)
        last = rows[-1].Review.id
        db.session.expunge_all()  # the next portion takes their place


def fixed_definitions() -> Sequence[Definition]:
    """Every definition that was ever published."""
    fixed = Definition.digest.is_not(None)
    return db.session.scalars(select(Definition).where(fixed).order_by(Definition.key)).all()
