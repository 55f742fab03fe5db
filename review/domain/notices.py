"""Lines in people's inboxes: what has changed for them, never why somebody stepped back."""

from collections.abc import Collection
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import insert, update

from review.enums import NoticeKind
from review.extensions import db
from review.models.notices import Notice
from review.models.rounds import Round
from review.permissions import Actor
from review.queries.notices import organisers_of


def tell(user_id: int, round_: Round, kind: NoticeKind, **details: Any) -> None:
    """Add a line to somebody's inbox. No commit."""
    tell_all([(user_id, details)], round_, kind)


def tell_all(who: Collection[tuple[int, dict[str, Any]]], round_: Round, kind: NoticeKind) -> None:
    """Add one line to each of these inboxes, each with its own details. No commit."""
    now = datetime.now(UTC)
    rows = [
        {
            "user_id": user_id,
            "round_id": round_.id,
            "kind": kind,
            "details": details,
            "made_at": now,
        }
        for user_id, details in who
    ]
    if rows:
        db.session.execute(insert(Notice), rows)


def tell_organisers(round_: Round, kind: NoticeKind, **details: Any) -> None:
    """Add a line to the inboxes of those who run the round. No commit."""
    tell_all([(user_id, details) for user_id in organisers_of(round_)], round_, kind)


def mark_read(by: Actor) -> None:
    """The owner of an inbox has seen all of it. Commits."""
    unread = update(Notice).where(Notice.user_id == by.user_id, Notice.read_at.is_(None))
    db.session.execute(unread.values(read_at=datetime.now(UTC)))
    db.session.commit()
