from datetime import datetime

from sqlalchemy import ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from review.enums import RecusalReason
from review.extensions import Model


class Recusal(Model):
    """回避: a reviewer stepped back from an assignment. Nobody is told the reason.

    ``replacement_id`` is the assignment of whoever followed, None while nobody could.
    """

    __tablename__ = "recusal"

    assignment_id: Mapped[int] = mapped_column(ForeignKey("assignment.id"), primary_key=True)
    reason: Mapped[RecusalReason]
    declared_at: Mapped[datetime]
    replacement_id: Mapped[int | None] = mapped_column(ForeignKey("assignment.id"))
