from datetime import datetime
from decimal import Decimal

from sqlalchemy import CheckConstraint, ForeignKey
from sqlalchemy.orm import Mapped, mapped_column, relationship

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
