from datetime import datetime
from typing import Any

from sqlalchemy import JSON, ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from review.enums import TargetReason
from review.extensions import Model


class SamplingDesign(Model):
    """抽样设计 of a round whose frame is not frozen; the freeze publishes it with the frame.

    ``seed`` is the plan for the seed, once the freeze was asked for.
    """

    __tablename__ = "sampling_design"

    round_id: Mapped[int] = mapped_column(ForeignKey("round.id"), primary_key=True)
    rules: Mapped[dict[str, Any]]
    seed: Mapped[dict[str, Any] | None] = mapped_column(JSON)
    saved_by_id: Mapped[int] = mapped_column(ForeignKey("user.id"))
    saved_at: Mapped[datetime]


class TargetedCase(Model):
    """A case named for the targeted supplement of a round, by whom and why."""

    __tablename__ = "targeted_case"

    round_id: Mapped[int] = mapped_column(ForeignKey("round.id"), primary_key=True)
    case_id: Mapped[int] = mapped_column(ForeignKey("case.id"), primary_key=True, index=True)
    reason: Mapped[TargetReason]
    named_by_id: Mapped[int] = mapped_column(ForeignKey("user.id"))
    named_at: Mapped[datetime]
