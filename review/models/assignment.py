from datetime import date, datetime
from typing import Any

from sqlalchemy import JSON, ForeignKey, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from review.enums import AssignmentStatus
from review.extensions import Model
from review.types import Encrypted


class PanelMember(Model):
    """A reviewer on the 专家组 of a round."""

    __tablename__ = "panel_member"

    round_id: Mapped[int] = mapped_column(ForeignKey("round.id"), primary_key=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("user.id"), primary_key=True)


class Assignment(Model):
    """评估任务: one reviewer marks one drawn case, knowing it only by a random alias.

    ``is_linking`` marks compare reviewers on common cases and never count for the result.
    """

    __tablename__ = "assignment"
    __table_args__ = (UniqueConstraint("sampled_case_id", "reviewer_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    public_id: Mapped[str] = mapped_column(String(22), unique=True)
    sampled_case_id: Mapped[int] = mapped_column(ForeignKey("sampled_case.id"), index=True)
    reviewer_id: Mapped[int] = mapped_column(ForeignKey("user.id"), index=True)
    alias: Mapped[str] = mapped_column(String(12), unique=True)
    ordinal: Mapped[int]
    is_linking: Mapped[bool] = mapped_column(default=False)
    due_on: Mapped[date]
    assigned_at: Mapped[datetime]
    status: Mapped[AssignmentStatus] = mapped_column(default=AssignmentStatus.OPEN)
    reminded_on: Mapped[date | None]


class PanelPlan(Model):
    """A panel as it was tried out: who takes part, by which wishes, and what came of it.

    ``choice`` holds what the organiser chose, ``outcome`` loads and limits, ``problem`` why there
    is no panel. ``digest`` fixes who marks what before anybody is told. ``evidence`` is what an
    auditor with the key needs to compute the panel again, sealed when it is confirmed.
    """

    __tablename__ = "panel_plan"

    id: Mapped[int] = mapped_column(primary_key=True)
    public_id: Mapped[str] = mapped_column(String(22), unique=True)
    round_id: Mapped[int] = mapped_column(ForeignKey("round.id"), index=True)
    choice: Mapped[dict[str, Any]]
    outcome: Mapped[dict[str, Any] | None] = mapped_column(JSON)
    problem: Mapped[dict[str, Any] | None] = mapped_column(JSON)
    digest: Mapped[str | None] = mapped_column(String(64))
    evidence: Mapped[bytes | None] = mapped_column(Encrypted, deferred=True)
    job_id: Mapped[int | None] = mapped_column(ForeignKey("job.id"))
    made_by_id: Mapped[int] = mapped_column(ForeignKey("user.id"))
    made_at: Mapped[datetime]
    confirmed_at: Mapped[datetime | None]
