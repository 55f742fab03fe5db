from datetime import date, datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from review.enums import ReviewChangeKind
from review.extensions import Model


class Review(Model):
    """评分表. The rubric is pinned at the first mark, the totals fixed at submission.

    ``overall`` is the reviewer's judgement where the scheme asks for one. ``total`` grades the
    handler, ``agency_total`` is shown beside it; ``failed_by`` names by code the vetoes and the
    sections that fail the case whatever its total.
    """

    __tablename__ = "review"
    __table_args__ = (
        CheckConstraint("(total IS NULL) = (submitted_at IS NULL)", name="total_at_submission"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    assignment_id: Mapped[int] = mapped_column(ForeignKey("assignment.id"), unique=True)
    rubric_key: Mapped[str]
    version: Mapped[int] = mapped_column(default=0)
    comment: Mapped[str] = mapped_column(default="")
    overall: Mapped[str] = mapped_column(default="")
    total: Mapped[Decimal | None]
    agency_total: Mapped[Decimal | None]
    failed_by: Mapped[list[str]] = mapped_column(default=list)
    started_at: Mapped[datetime]
    saved_at: Mapped[datetime]
    submitted_at: Mapped[datetime | None]
    marks: Mapped[list["Mark"]] = relationship(cascade="all, delete-orphan")


class Mark(Model):
    """评分 on one criterion: points, or 不适用, or neither yet; with the reason for either.

    ``answer`` is the scheme's option that stands for the points; of a veto only ``found`` counts.
    """

    __tablename__ = "mark"
    __table_args__ = (
        CheckConstraint("NOT (not_applicable AND points IS NOT NULL)", name="points_or_na"),
    )

    review_id: Mapped[int] = mapped_column(ForeignKey("review.id"), primary_key=True)
    criterion_code: Mapped[str] = mapped_column(primary_key=True)
    points: Mapped[Decimal | None]
    not_applicable: Mapped[bool] = mapped_column(default=False)
    reason: Mapped[str] = mapped_column(default="")
    answer: Mapped[str] = mapped_column(default="")
    found: Mapped[bool] = mapped_column(default=False)


class ReviewChange(Model):
    """One change of a 评分表 as the server received it; together they are every version of it.

    ``content`` is what became different. ``key`` names the change, so that one sent again is known,
    and ``digest`` is of what was sent, so that something else under the same key is refused.
    """

    __tablename__ = "review_change"
    __table_args__ = (UniqueConstraint("review_id", "key"),)

    review_id: Mapped[int] = mapped_column(ForeignKey("review.id"), primary_key=True)
    version: Mapped[int] = mapped_column(primary_key=True)
    kind: Mapped[ReviewChangeKind]
    key: Mapped[str] = mapped_column(String(64))
    digest: Mapped[str] = mapped_column(String(64))
    content: Mapped[dict[str, Any]]
    is_late: Mapped[bool]
    received_at: Mapped[datetime]


class Receipt(Model):
    """回执: what its reviewer keeps of a submission, to prove later that no mark was altered.

    ``digest`` is that of the text which ``salt`` and the submitted form make; a review that was
    returned and submitted again has one for each submission.
    """

    __tablename__ = "receipt"

    review_id: Mapped[int] = mapped_column(ForeignKey("review.id"), primary_key=True)
    version: Mapped[int] = mapped_column(primary_key=True)
    salt: Mapped[str] = mapped_column(String(22))
    digest: Mapped[str] = mapped_column(String(64), unique=True)


class Extension(Model):
    """延期: a reviewer asks for more days, an organiser grants or refuses them."""

    __tablename__ = "extension"

    id: Mapped[int] = mapped_column(primary_key=True)
    assignment_id: Mapped[int] = mapped_column(ForeignKey("assignment.id"), index=True)
    asked_at: Mapped[datetime]
    decided_at: Mapped[datetime | None]
    decided_by_id: Mapped[int | None] = mapped_column(ForeignKey("user.id"))
    due_on: Mapped[date | None]
    """The new due date; None while undecided, and for one that was refused."""
