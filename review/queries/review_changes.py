"""The versions of a review: its own reviewer reads them, and nobody else."""

from collections.abc import Sequence

from sqlalchemy import select

from review.enums import ReviewChangeKind
from review.extensions import db
from review.models.reviewing import Review, ReviewChange

MOST_ROWS = 500


def changes_of(review: Review) -> Sequence[ReviewChange]:
    """The changes of a review that the caller may see, the first first."""
    query = select(ReviewChange).where(ReviewChange.review_id == review.id)
    return db.session.scalars(query.order_by(ReviewChange.version).limit(MOST_ROWS)).all()


def change_under(review: Review, key: str) -> ReviewChange | None:
    """The change of a review that came under this key."""
    query = select(ReviewChange).where(ReviewChange.review_id == review.id)
    return db.session.scalars(query.where(ReviewChange.key == key)).one_or_none()


def return_reason(review: Review) -> str:
    """Why it was last sent back."""
    query = select(ReviewChange.content).where(
        ReviewChange.review_id == review.id, ReviewChange.kind == ReviewChangeKind.RETURNED
    )
    content = db.session.scalar(query.order_by(ReviewChange.version.desc()).limit(1))
    return str(content["reason"]) if content else ""
