from datetime import datetime

from sqlalchemy import ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from review.enums import ExclusionReason
from review.extensions import Model


class Exclusion(Model):
    """排除: a case that the round's rules cover is kept out of its frame, by whom and why."""

    __tablename__ = "exclusion"

    round_id: Mapped[int] = mapped_column(ForeignKey("round.id"), primary_key=True)
    case_id: Mapped[int] = mapped_column(ForeignKey("case.id"), primary_key=True, index=True)
    reason: Mapped[ExclusionReason]
    note: Mapped[str]
    excluded_by_id: Mapped[int] = mapped_column(ForeignKey("user.id"))
    excluded_at: Mapped[datetime]
