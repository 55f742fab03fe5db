from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from review.enums import Role
from review.extensions import Model


class AuditEvent(Model):
    """Who did what to which object, written in the same transaction as the change itself.

    ``details`` holds ids, codes and counts only: no names, no numbers of persons, no free text.
    """

    __tablename__ = "audit_event"
    __table_args__ = (Index("ix_audit_event_object", "object_type", "object_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    at: Mapped[datetime] = mapped_column(index=True)
    actor_id: Mapped[int | None] = mapped_column(ForeignKey("user.id"), index=True)
    role: Mapped[Role | None]
    region_code: Mapped[str | None] = mapped_column(String(6))
    action: Mapped[str] = mapped_column(index=True)
    object_type: Mapped[str]
    object_id: Mapped[str]
    details: Mapped[dict[str, Any]]
