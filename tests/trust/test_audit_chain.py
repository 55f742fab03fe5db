"""I3, I5 and I6: the log only grows, tampering shows, and nothing happens without it."""

import random
import threading
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import delete, insert, select, text, update
from sqlalchemy.exc import DatabaseError

from review.domain import audit_chain
from review.domain.audit import record
from review.domain.audit_chain import (
    START,
    Checkpoint,
    check_chain,
    head,
    link_events,
    link_of,
    values_of,
)
from review.enums import RegionLevel
from review.extensions import db
from review.models.accounts import Region
from review.models.audit import GUARDS, ONLY_GROWS, AuditEvent, AuditLink

EVENTS = 30
ATTACKS = 1000
TABLES = ("audit_event", "audit_link")


def region(number: int) -> Region:
    return Region(code=f"{880000 + number}", name="n", level=RegionLevel.PROVINCE)


def fill(count: int = EVENTS) -> None:
    """So many events, some of them several to a transaction."""
    for number in range(count):
        place = region(number)
        db.session.add(place)
        record(None, "region.loaded", place, count=number, kept=(1, "二"), of={"b": 1, "a": None})
        if number % 3 == 0:
            db.session.commit()
    db.session.commit()


def unguard() -> None:
    """What somebody who may alter the schema can do first."""
    if db.engine.name == "postgresql":
        for table in TABLES:
            db.session.execute(text(f"ALTER TABLE {table} DISABLE TRIGGER USER"))
    else:
        for table in TABLES:
            for what in ("update", "delete"):
                db.session.execute(text(f"DROP TRIGGER {table}_{what}"))
    db.session.commit()


def test_every_event_gets_a_link_in_its_own_transaction(any_app: Flask) -> None:
    with any_app.app_context():
        fill(7)
        check = check_chain()
        assert (check.events, check.is_whole, check.head) == (7, True, head())
        place = region(99)
        db.session.add(place)
        record(None, "region.loaded", place)
        db.session.rollback()
        assert head() == check.head
        assert check_chain().is_whole


def test_link_is_what_its_words_say(app: Flask) -> None:
    with app.app_context():
        fill(2)
        first, second = db.session.scalars(select(AuditEvent).order_by(AuditEvent.id)).all()
        links = db.session.scalars(select(AuditLink.link).order_by(AuditLink.sequence)).all()
        one = link_of(START, 1, values_of(first))
        assert links == [one, link_of(one, 2, values_of(second))]


def test_savepoint_that_was_taken_back_leaves_no_link(any_app: Flask) -> None:
    with any_app.app_context():
        fill(1)
        try:
            with db.session.begin_nested():
                place = region(98)
                db.session.add(place)
                record(None, "region.loaded", place)
                raise KeyError
        except KeyError:
            pass
        place = region(97)
        db.session.add(place)
        record(None, "region.loaded", place)
        db.session.commit()
        check = check_chain()
        assert (check.events, check.is_whole) == (2, True)


@pytest.mark.parametrize("table", TABLES)
@pytest.mark.parametrize("change", ["UPDATE {} SET {} = {}", "DELETE FROM {}"])
def test_database_refuses_to_change_or_forget(any_app: Flask, table: str, change: str) -> None:
    column = {"audit_event": "action", "audit_link": "link"}[table]
    with any_app.app_context():
        fill(3)
        with pytest.raises(DatabaseError, match=ONLY_GROWS):
            db.session.execute(text(change.format(table, column, "'x'")))
        db.session.rollback()
        if db.engine.name == "postgresql":
            with pytest.raises(DatabaseError, match=ONLY_GROWS):
                db.session.execute(text(f"TRUNCATE {table} CASCADE"))
            db.session.rollback()
        assert check_chain().is_whole


def test_migrated_database_has_the_same_guards(any_app: Flask) -> None:
    kinds = {
        "sqlite": "SELECT name FROM sqlite_master WHERE type = 'trigger'",
        "postgresql": "SELECT tgname FROM pg_trigger WHERE NOT tgisinternal",
    }
    with any_app.app_context():
        names = set(db.session.scalars(text(kinds[db.engine.name])))
        stated = {words.split()[2] for words in GUARDS[db.engine.name] if "TRIGGER" in words[:15]}
        assert names == stated


def test_change_without_its_event_is_undone(
    any_app: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fails(_events: object) -> None:
        raise OSError("the log cannot be written")

    with any_app.app_context():
        fill(1)
        monkeypatch.setattr(audit_chain, "link_events", fails)
        place = region(96)
        db.session.add(place)
        record(None, "region.loaded", place)
        with pytest.raises(OSError, match="log"):
            db.session.commit()
        db.session.rollback()
        assert db.session.get(Region, place.code) is None


Attack = Callable[[random.Random], None]


def some(chance: random.Random) -> int:
    return chance.choice(db.session.scalars(select(AuditLink.sequence)).all())


def event_at(sequence: int) -> int:
    return db.session.scalars(
        select(AuditLink.event_id).where(AuditLink.sequence == sequence)
    ).one()


def edit(chance: random.Random) -> None:
    values: dict[str, Any] = chance.choice(
        [
            {"action": "region.gone"},
            {"object_id": "1"},
            {"details": {}},
            {"region_code": "990000"},
            {"at": datetime.now(UTC) + timedelta(days=1)},
        ]
    )
    here = AuditEvent.id == event_at(some(chance))
    db.session.execute(update(AuditEvent).where(here).values(values))


def leave_out(chance: random.Random) -> None:
    """One event with its link, not the last; the later places moved down or left."""
    sequence = min(some(chance), head().sequence - 1)
    which = event_at(sequence)
    db.session.execute(delete(AuditLink).where(AuditLink.sequence == sequence))
    db.session.execute(delete(AuditEvent).where(AuditEvent.id == which))
    if chance.random() < 0.5:
        for later in range(sequence + 1, EVENTS + 1):
            moved = update(AuditLink).where(AuditLink.sequence == later)
            db.session.execute(moved.values(sequence=later - 1))


def put_in(_chance: random.Random) -> None:
    """An event that nobody recorded, without a link."""
    first = db.session.scalars(select(AuditEvent).limit(1)).one()
    values = {c.name: getattr(first, c.name) for c in AuditEvent.__table__.columns}
    db.session.execute(insert(AuditEvent).values(values | {"id": 10_000}))


def swap(chance: random.Random) -> None:
    """Two events change places."""
    one = some(chance)
    other = one - 1 if one > 1 else 2
    ids = event_at(one), event_at(other)
    # By way of an event that is not there, as both places are to have one of their own.
    db.session.execute(text("PRAGMA defer_foreign_keys=ON"))
    for sequence, event_id in ((one, 10_000), (other, ids[0]), (one, ids[1])):
        moved = update(AuditLink).where(AuditLink.sequence == sequence)
        db.session.execute(moved.values(event_id=event_id))


def write_anew(chance: random.Random) -> None:
    """Change an event and work out all later links: only a checkpoint shows it."""
    start = some(chance)
    events = [event_at(sequence) for sequence in range(start, EVENTS + 1)]
    db.session.execute(delete(AuditLink).where(AuditLink.sequence >= start))
    changed = update(AuditEvent).where(AuditEvent.id == events[0])
    db.session.execute(changed.values(object_id="forged"))
    rows = {e.id: e for e in db.session.scalars(select(AuditEvent))}
    db.session.expire_all()
    link_events([values_of(rows[id_]) for id_ in events])


def cut_off(chance: random.Random) -> None:
    """The end goes: only a checkpoint shows it."""
    start = max(2, some(chance))
    events = [event_at(sequence) for sequence in range(start, EVENTS + 1)]
    db.session.execute(delete(AuditLink).where(AuditLink.sequence >= start))
    db.session.execute(delete(AuditEvent).where(AuditEvent.id.in_(events)))


SHOWS = [edit, leave_out, put_in, swap]
NEEDS_CHECKPOINT = [write_anew, cut_off]


def test_thousand_attacks_all_show(sqlite_app: Flask) -> None:
    chance = random.Random(5)  # noqa: S311
    with sqlite_app.app_context():
        fill()
        unguard()
        last = head()
        for number in range(ATTACKS):
            attack = [*SHOWS, *NEEDS_CHECKPOINT][number % 6]
            attack(chance)
            db.session.flush()
            without, with_ = check_chain(), check_chain([last])
            assert not with_.is_whole, attack.__name__
            assert without.is_whole is (attack in NEEDS_CHECKPOINT), attack.__name__
            db.session.rollback()
        assert check_chain([last]).is_whole


def test_checkpoints_of_long_ago_are_met(app: Flask) -> None:
    with app.app_context():
        fill(5)
        early = head()
        fill_more = region(90)
        db.session.add(fill_more)
        record(None, "region.loaded", fill_more)
        db.session.commit()
        assert check_chain([early, head()]).is_whole
        never = Checkpoint(99, "f" * 64)
        assert check_chain([early, never]).missed == (never,)


def test_command_says_what_is_wrong(sqlite_app: Flask) -> None:
    run = sqlite_app.test_cli_runner()
    with sqlite_app.app_context():
        fill(4)
    kept = run.invoke(args=["audit", "head"]).output.strip()
    done = run.invoke(args=["audit", "verify", kept])
    assert (done.exit_code, done.output.splitlines()) == (0, [f"4 events, head {kept}"])
    assert "Without a checkpoint" in run.invoke(args=["audit", "verify"]).output
    with sqlite_app.app_context():
        unguard()
        db.session.execute(update(AuditEvent).where(AuditEvent.id == 2).values(object_id="x"))
        db.session.commit()
    done = run.invoke(args=["audit", "verify", kept])
    assert (done.exit_code, "breaks at 2" in done.output) == (1, True)
    assert run.invoke(args=["audit", "verify", "nonsense"]).exit_code == 2


def test_two_writers_at_once_keep_one_chain(any_app: Flask) -> None:
    """Each in a session of its own, committing in turn and together."""

    def write(first: int) -> None:
        with any_app.app_context():
            for number in range(first, first + 15):
                place = region(number)
                db.session.add(place)
                record(None, "region.loaded", place)
                db.session.commit()
            db.session.remove()

    threads = [threading.Thread(target=write, args=(100 * n,)) for n in range(1, 5)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    with any_app.app_context():
        check = check_chain()
        assert (check.events, check.is_whole) == (60, True)
