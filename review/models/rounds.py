from datetime import date, datetime
from decimal import Decimal

from sqlalchemy import CheckConstraint, ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column, relationship

from review.enums import CaseKind, RegionLevel, RoundStatus
from review.extensions import Model


class Round(Model):
    """评估活动: scope, rules and dates of one evaluation. Rules are fixed once the frame is."""

    __tablename__ = "round"
    __table_args__ = (
        CheckConstraint("window_from <= window_to", name="window_in_order"),
        CheckConstraint("marks_per_case BETWEEN 1 AND 3", name="marks_per_case"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str]
    region_code: Mapped[str] = mapped_column(ForeignKey("region.code"), index=True)
    window_from: Mapped[date]
    window_to: Mapped[date]
    scheme_key: Mapped[str]
    marks_per_case: Mapped[int] = mapped_column(default=2)
    threshold: Mapped[Decimal]
    border: Mapped[Decimal] = mapped_column(default=Decimal(0))
    """Points on either side of a limit between grades within which a case is marked again."""
    remarked_grades: Mapped[list[str]] = mapped_column(default=list)
    remark_percent: Mapped[Decimal] = mapped_column(default=Decimal(0))
    """Grades that are always marked again, and the share of plain passes whose lot it is."""
    conflict_level: Mapped[RegionLevel] = mapped_column(default=RegionLevel.COUNTY)
    marking_due_on: Mapped[date]
    years_needed: Mapped[int] = mapped_column(default=0)
    """Years of practice that a member of the panel needs."""
    linking_cases: Mapped[int] = mapped_column(default=0)
    linking_marks: Mapped[int] = mapped_column(default=0)
    """Common cases, and the further marks that each of them gets to compare reviewers."""
    remind_days: Mapped[int] = mapped_column(default=7)
    grace_days: Mapped[int] = mapped_column(default=3)
    """Days before the due date of a reminder; after it, until a task goes to somebody else."""
    shows_full_dossiers: Mapped[bool] = mapped_column(default=False)
    status: Mapped[RoundStatus] = mapped_column(default=RoundStatus.DRAFT, index=True)
    created_by_id: Mapped[int] = mapped_column(ForeignKey("user.id"))
    frame_size: Mapped[int | None]
    frame_digest: Mapped[str | None] = mapped_column(String(64))
    frozen_at: Mapped[datetime | None]
    published_at: Mapped[datetime | None]
    rubrics: Mapped[list["RoundRubric"]] = relationship(cascade="all, delete-orphan")


class RoundRubric(Model):
    """The rubric version that a round pins for one kind of case."""

    __tablename__ = "round_rubric"

    round_id: Mapped[int] = mapped_column(ForeignKey("round.id"), primary_key=True)
    kind: Mapped[CaseKind] = mapped_column(primary_key=True)
    rubric_key: Mapped[str]
