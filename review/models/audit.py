from datetime import datetime
from typing import Any

from sqlalchemy import Connection, ForeignKey, Index, String, event
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


class AuditLink(Model):
    """The place of an event in the log's chain: ``link`` covers the event and the link before, so
    that no event can be changed, left out or put in without changing every later link."""

    __tablename__ = "audit_link"

    sequence: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    event_id: Mapped[int] = mapped_column(ForeignKey("audit_event.id"), unique=True)
    link: Mapped[str] = mapped_column(String(64))


ONLY_GROWS = "the audit log only grows"
GUARDS = {
    "sqlite": [
        f"CREATE TRIGGER {table}_{what.lower()} BEFORE {what} ON {table} "
        f"BEGIN SELECT RAISE(ABORT, '{ONLY_GROWS}'); END"
        for table in ("audit_event", "audit_link")
        for what in ("UPDATE", "DELETE")
    ],
    "postgresql": [
        "CREATE OR REPLACE FUNCTION audit_only_grows() RETURNS trigger LANGUAGE plpgsql "
        f"AS $$ BEGIN RAISE EXCEPTION '{ONLY_GROWS}'; END $$",
        *(
            f"CREATE TRIGGER {table}_only_grows BEFORE UPDATE OR DELETE OR TRUNCATE ON {table} "
            "FOR EACH STATEMENT EXECUTE FUNCTION audit_only_grows()"
            for table in ("audit_event", "audit_link")
        ),
    ],
}
"""The database itself refuses to change or to forget an event. Who may alter the schema can take
this away; the chain, and a link of it kept elsewhere, show what he then did."""


@event.listens_for(AuditLink.__table__, "after_create")
def guard_log(_table: Any, connection: Connection, **_options: Any) -> None:
    for statement in GUARDS[connection.dialect.name]:
        connection.exec_driver_sql(statement)
