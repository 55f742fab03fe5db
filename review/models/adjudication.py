from datetime import datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from review.extensions import Model
from review.types import Encrypted


class PanelView(Model):
    """What somebody who prepares a panel decision would give, before seeing any marking."""

    __tablename__ = "panel_view"

    sampled_case_id: Mapped[int] = mapped_column(ForeignKey("sampled_case.id"), primary_key=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("user.id"), primary_key=True)
    total: Mapped[Decimal]
    given_at: Mapped[datetime]


class PanelRecord(Model):
    """合议记录: what the panel decided on each criterion, by which votes.

    ``marks`` holds the decided marks by code, ``members`` names, votes and dissent, sealed.
    """

    __tablename__ = "panel_record"
    __table_args__ = (CheckConstraint("in_favour >= against", name="majority"),)

    sampled_case_id: Mapped[int] = mapped_column(ForeignKey("sampled_case.id"), primary_key=True)
    rubric_key: Mapped[str]
    marks: Mapped[dict[str, Any]]
    overall: Mapped[str] = mapped_column(default="")
    in_favour: Mapped[int]
    against: Mapped[int]
    members: Mapped[bytes] = mapped_column(Encrypted)
    decided_at: Mapped[datetime]
