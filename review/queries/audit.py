"""The audit log as an auditor reads it: by the region of whoever acted, the latest first."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Row, or_, select

from review.enums import RegionLevel
from review.extensions import db
from review.labels import BEIJING
from review.models.accounts import Region, User
from review.models.audit import AuditEvent, AuditLink
from review.permissions import Actor
from review.queries.regions import level_of, within

PAGE_ROWS = 50


@dataclass(frozen=True, slots=True)
class Wanted:
    """What to look for; days are Beijing days. ``before`` continues below that event."""

    action: str | None = None
    actor_id: int | None = None
    object_type: str | None = None
    object_id: str | None = None
    day_from: date | None = None
    day_to: date | None = None
    before: int | None = None


def events(actor: Actor, wanted: Wanted) -> tuple[Sequence[Row[Any]], bool]:
    """One page of events with the names of actor and region, and whether older ones follow.

    Pages continue from an event's number, never by counting: the log only grows.
    """
    rows = db.session.execute(
        select(AuditEvent, User.name, Region.name)
        .outerjoin(User, User.id == AuditEvent.actor_id)
        .outerjoin(Region, Region.code == AuditEvent.region_code)
        .where(_in_reach(actor), *_conditions(wanted))
        .order_by(AuditEvent.id.desc())
        .limit(PAGE_ROWS + 1)
    ).all()
    return rows[:PAGE_ROWS], len(rows) > PAGE_ROWS


def _in_reach(actor: Actor) -> ColumnElement[bool]:
    """Acts of the region tree; those of nobody, as refused sign-ins, belong to the province."""
    near = within(AuditEvent.region_code, actor.region_code)
    if level_of(actor.region_code) is RegionLevel.PROVINCE:
        return or_(near, AuditEvent.region_code.is_(None))
    return near


def _conditions(wanted: Wanted) -> list[ColumnElement[bool]]:
    equal = {
        AuditEvent.action: wanted.action,
        AuditEvent.actor_id: wanted.actor_id,
        AuditEvent.object_type: wanted.object_type,
        AuditEvent.object_id: wanted.object_id,
    }
    found = [column == value for column, value in equal.items() if value is not None]
    if wanted.day_from:
        found.append(AuditEvent.at >= _midnight(wanted.day_from))
    if wanted.day_to:
        found.append(AuditEvent.at < _midnight(wanted.day_to + timedelta(days=1)))
    if wanted.before is not None:
        found.append(AuditEvent.id < wanted.before)
    return found


def _midnight(day: date) -> datetime:
    return datetime.combine(day, time.min, BEIJING)


def latest_event(actor: Actor, action: str, target: Any) -> datetime | None:
    """When this person last did this to this object."""
    return db.session.scalar(
        select(AuditEvent.at)
        .where(
            AuditEvent.object_type == target.__tablename__,
            AuditEvent.object_id == str(target.id),
            AuditEvent.action == action,
            AuditEvent.actor_id == actor.user_id,
        )
        .order_by(AuditEvent.id.desc())
        .limit(1)
    )


def last_link() -> Row[tuple[int, str, datetime]] | None:
    """The last event's place in the log's chain, its link and its time."""
    return db.session.execute(_LINKS.order_by(AuditLink.sequence.desc()).limit(1)).first()


def link_at(sequence: int) -> Row[tuple[int, str, datetime]] | None:
    """The same of the event at a place."""
    return db.session.execute(_LINKS.where(AuditLink.sequence == sequence)).first()


_LINKS = select(AuditLink.sequence, AuditLink.link, AuditEvent.at).join(
    AuditEvent, AuditEvent.id == AuditLink.event_id
)
