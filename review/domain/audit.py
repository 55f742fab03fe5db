from datetime import UTC, datetime
from typing import Any

from sqlalchemy import inspect

from review.domain import audit_chain  # noqa: F401  (links what is recorded)
from review.extensions import Model, db
from review.models.audit import AuditEvent
from review.permissions import Actor


def record(by: Actor | None, action: str, target: Model, **details: Any) -> None:
    """Add an audit event to the running transaction; the calling verb commits both together."""
    db.session.flush()
    identity = inspect(target).identity or ()
    db.session.add(
        AuditEvent(
            at=datetime.now(UTC),
            actor_id=by.user_id if by else None,
            role=by.role if by else None,
            region_code=by.region_code if by else None,
            action=action,
            object_type=target.__tablename__,
            object_id=":".join(map(str, identity)),
            details=details,
        )
    )
