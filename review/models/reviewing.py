from datetime import datetime
from decimal import Decimal

from sqlalchemy import CheckConstraint, ForeignKey
from sqlalchemy.orm import Mapped, mapped_column, relationship

from review.extensions import Model


class Review(Model):
    """评分表. The rubric is pinned at the first mark, the total fixed at submission."""

    __tablename__ = "review"
    __table_args__ = (
        CheckConstraint("(total IS NULL) = (submitted_at IS NULL)", name="total_at_submission"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    assignment_id: Mapped[int] = mapped_column(ForeignKey("assignment.id"), unique=True)
    rubric_key: Mapped[str]
    version: Mapped[int] = mapped_column(default=0)
    comment: Mapped[str] = mapped_column(default="")
    total: Mapped[Decimal | None]
    started_at: Mapped[datetime]
    saved_at: Mapped[datetime]
    submitted_at: Mapped[datetime | None]
    marks: Mapped[list["Mark"]] = relationship(cascade="all, delete-orphan")


class Mark(Model):
    """评分 on one criterion: points, or 不适用, or neither yet; with the reason for either."""

    __tablename__ = "mark"
    __table_args__ = (
        CheckConstraint("NOT (not_applicable AND points IS NOT NULL)", name="points_or_na"),
    )

    review_id: Mapped[int] = mapped_column(ForeignKey("review.id"), primary_key=True)
    criterion_code: Mapped[str] = mapped_column(primary_key=True)
    points: Mapped[Decimal | None]
    not_applicable: Mapped[bool] = mapped_column(default=False)
    reason: Mapped[str] = mapped_column(default="")
