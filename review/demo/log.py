"""The demo's audit log: its events get the dates of the story, and only then the log is closed."""

from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy import delete, select, text

from review.domain.audit_chain import link_events, values_of
from review.extensions import db
from review.models.audit import AuditEvent, AuditLink, guard_log


@contextmanager
def log_still_open() -> Iterator[None]:
    """Let events be dated back; at the end chain all of them anew and let the log only grow."""
    kinds = text("SELECT name FROM sqlite_master WHERE type = 'trigger'")
    for name in db.session.scalars(kinds).all():
        db.session.execute(text(f"DROP TRIGGER {name}"))
    db.session.commit()
    yield
    db.session.commit()
    db.session.execute(delete(AuditLink))
    events = db.session.scalars(select(AuditEvent).order_by(AuditEvent.id))
    link_events(map(values_of, events))
    guard_log(AuditLink.__table__, db.session.connection())
    db.session.commit()
