"""Who did a case. The reviewing path must never reach this module: it is the blind wall."""

from datetime import datetime

from sqlalchemy import ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column

from review.enums import HandlerType
from review.extensions import Model


class Provider(Model):
    """承办机构: a law firm, an agency or a grass-roots legal service office."""

    __tablename__ = "provider"

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(unique=True)
    region_code: Mapped[str | None] = mapped_column(ForeignKey("region.code"))


class Handler(Model):
    """承办人员. The licence number identifies; without one, name and provider do.

    ``disputed_licence`` is a number that a register gave this handler though another has it.
    ``merged_into_id`` names the handler that this one turned out to be: registers that name it
    later mean that one.
    """

    __tablename__ = "handler"
    __table_args__ = (Index("ix_handler_provider_name", "provider_id", "name"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str]
    licence_number: Mapped[str | None] = mapped_column(unique=True)
    provider_id: Mapped[int] = mapped_column(ForeignKey("provider.id"))
    handler_type: Mapped[HandlerType | None]
    disputed_licence: Mapped[str | None] = mapped_column(index=True)
    merged_into_id: Mapped[int | None] = mapped_column(ForeignKey("handler.id"), index=True)


class HandlerDistinction(Model):
    """Two handlers that look like one person and were said to be two; the lower id first."""

    __tablename__ = "handler_distinction"

    first_id: Mapped[int] = mapped_column(ForeignKey("handler.id"), primary_key=True)
    second_id: Mapped[int] = mapped_column(ForeignKey("handler.id"), primary_key=True)
    decided_by_id: Mapped[int] = mapped_column(ForeignKey("user.id"))
    decided_at: Mapped[datetime]
