from datetime import datetime
from decimal import Decimal

from sqlalchemy import ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column

from review.enums import Grade, SettledBy
from review.extensions import Model


class Result(Model):
    """What the marks of one drawn case came to. Public once its round is published.

    ``failed_by`` names by code what fails the case whatever its total.
    """

    __tablename__ = "result"

    id: Mapped[int] = mapped_column(primary_key=True)
    public_id: Mapped[str] = mapped_column(String(22), unique=True)
    sampled_case_id: Mapped[int] = mapped_column(ForeignKey("sampled_case.id"), unique=True)
    total: Mapped[Decimal]
    grade: Mapped[Grade]
    failed_by: Mapped[list[str]] = mapped_column(default=list)
    settled_by: Mapped[SettledBy]
    reason: Mapped[str] = mapped_column(default="")
    decided_by_id: Mapped[int | None] = mapped_column(ForeignKey("user.id"))
    settled_at: Mapped[datetime]
