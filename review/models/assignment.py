from datetime import date, datetime

from sqlalchemy import ForeignKey, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from review.enums import AssignmentStatus
from review.extensions import Model


class PanelMember(Model):
    """A reviewer on the 专家组 of a round."""

    __tablename__ = "panel_member"

    round_id: Mapped[int] = mapped_column(ForeignKey("round.id"), primary_key=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("user.id"), primary_key=True)


class Assignment(Model):
    """评估任务: one reviewer marks one drawn case, knowing it only by a random alias."""

    __tablename__ = "assignment"
    __table_args__ = (UniqueConstraint("sampled_case_id", "reviewer_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    public_id: Mapped[str] = mapped_column(String(22), unique=True)
    sampled_case_id: Mapped[int] = mapped_column(ForeignKey("sampled_case.id"), index=True)
    reviewer_id: Mapped[int] = mapped_column(ForeignKey("user.id"), index=True)
    alias: Mapped[str] = mapped_column(String(12), unique=True)
    ordinal: Mapped[int]
    due_on: Mapped[date]
    assigned_at: Mapped[datetime]
    status: Mapped[AssignmentStatus] = mapped_column(default=AssignmentStatus.OPEN)
