"""The audit log as a chain: each event's link is a digest of the event and of the link before.

Links are made as the last thing before a commit, so that nobody waits for a place in the chain
longer than a commit takes. Whoever keeps a link outside (a checkpoint) can prove later that the log
up to it is what it was; without one, a log that was cut off at its end, or written anew from some
event on, looks whole.
"""

import hashlib
import json
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import event, func, insert, inspect, select
from sqlalchemy.orm import Session

from review.extensions import db
from review.models.audit import AuditEvent, AuditLink
from review.queries.audit import last_link

START = "0" * 64
PLACE_LOCK = 7_204_119  # any number that no other lock of PostgreSQL here has
WAITING = "events to link"
BATCH = 2000
EVENT = (
    *("id", "at", "actor_id", "role", "region_code"),
    *("action", "object_type", "object_id", "details"),
)


@dataclass(frozen=True, slots=True)
class Checkpoint:
    """A place in the chain and its link, as somebody wrote them down."""

    sequence: int
    link: str


@dataclass(frozen=True, slots=True)
class ChainCheck:
    """``broken_at`` is the first place that does not follow from what is before, ``unlinked`` how
    many events have no place, ``missed`` the checkpoints that the log does not meet."""

    events: int
    head: Checkpoint
    broken_at: int | None
    unlinked: int
    missed: tuple[Checkpoint, ...]

    @property
    def is_whole(self) -> bool:
        return self.broken_at is None and not self.unlinked and not self.missed


def link_of(previous: str, sequence: int, values: Sequence[Any]) -> str:
    """SHA-256 of the previous link, the place and the event's ``EVENT`` values, as JSON."""
    id_, at, actor_id, role, region_code, *rest = values
    content = [previous, sequence, id_, at.isoformat(), actor_id, role, region_code, *rest]
    text = json.dumps(content, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()


def head() -> Checkpoint:
    """The chain's last place and link; place 0 before the first event."""
    last = last_link()
    return Checkpoint(last.sequence, last.link) if last else Checkpoint(0, START)


def check_chain(checkpoints: Iterable[Checkpoint] = ()) -> ChainCheck:
    """Work every link out again; reads all of the log."""
    wanted = {each.sequence: each for each in checkpoints}
    met, broken_at, last = set[int](), None, Checkpoint(0, START)
    for sequence, link, values in _linked():
        follows = values is not None and link == link_of(last.link, sequence, values)
        if broken_at is None and not (follows and sequence == last.sequence + 1):
            broken_at = last.sequence + 1
        last = Checkpoint(sequence, link)
        if wanted.get(sequence) == last:
            met.add(sequence)
    missed = tuple(each for each in wanted.values() if each.sequence not in met)
    return ChainCheck(last.sequence, last, broken_at, _unlinked(), missed)


def link_events(events: Iterable[Sequence[Any]]) -> None:
    """Give events, as ``EVENT`` values, the next places in the chain. Does not commit."""
    if db.session.get_bind().dialect.name == "postgresql":
        db.session.execute(select(func.pg_advisory_xact_lock(PLACE_LOCK)))
    last, rows = head(), []
    for values in events:
        sequence = last.sequence + 1
        last = Checkpoint(sequence, link_of(last.link, sequence, values))
        rows.append({"sequence": sequence, "event_id": values[0], "link": last.link})
    if rows:
        db.session.execute(insert(AuditLink), rows)


def values_of(found: AuditEvent) -> tuple[Any, ...]:
    """As they will be read again: what JSON does to them has been done."""
    *values, details = (getattr(found, name) for name in EVENT)
    return *values, json.loads(json.dumps(details))


@event.listens_for(db.session, "after_flush")
def _wait_for_link(session: Session, _context: Any) -> None:
    found = [each for each in session.new if isinstance(each, AuditEvent)]
    session.info.setdefault(WAITING, []).extend(found)


@event.listens_for(db.session, "before_commit")
def _link_what_waits(session: Session) -> None:
    if session.in_nested_transaction():
        return
    session.flush()
    waiting = session.info.pop(WAITING, [])
    # What a savepoint took back is no event.
    events = [values_of(each) for each in waiting if inspect(each).persistent]
    if events:
        link_events(sorted(events, key=lambda values: values[0]))


@event.listens_for(db.session, "after_rollback")
def _forget_what_waited(session: Session) -> None:
    session.info.pop(WAITING, None)


def _linked() -> Iterator[tuple[int, str, tuple[Any, ...] | None]]:
    """Every place and link with its event, which is None where somebody took it away."""
    columns = [getattr(AuditEvent, name) for name in EVENT]
    query = (
        select(AuditLink.sequence, AuditLink.link, *columns)
        .outerjoin(AuditEvent, AuditEvent.id == AuditLink.event_id)
        .order_by(AuditLink.sequence)
        .execution_options(yield_per=BATCH)
    )
    for sequence, link, *values in db.session.execute(query):
        yield sequence, link, None if values[0] is None else tuple(values)


def _unlinked() -> int:
    linked = select(AuditLink.event_id)
    query = select(func.count()).select_from(AuditEvent).where(AuditEvent.id.not_in(linked))
    return db.session.scalar(query) or 0
