from concurrent.futures import ThreadPoolExecutor

import pytest
from flask import Flask
from sqlalchemy import event
from sqlalchemy.exc import OperationalError

from review.extensions import db
from review.models.accounts import Region
from review.sqlite import read_transaction, write_transaction
from tests import world

THREADS, ROUNDS = 8, 25


@pytest.fixture
def region_app(app: Flask) -> Flask:
    with app.app_context():
        world.regions()
        db.session.get_one(Region, world.COUNTY).population = 0
        db.session.commit()
    return app


def population(app: Flask) -> int | None:
    with app.app_context():
        return db.session.get_one(Region, world.COUNTY).population


def test_every_connection_is_durable_waits_and_checks_references(app: Flask) -> None:
    expected = {"journal_mode": "wal", "synchronous": 2, "foreign_keys": 1, "busy_timeout": 5000}
    with app.app_context(), db.engine.connect() as first, db.engine.connect() as second:
        for connection in (first, second):
            found = {n: connection.exec_driver_sql(f"PRAGMA {n}").scalar() for n in expected}
            assert found == expected
            connection.rollback()


def test_writers_at_the_same_time_lose_no_update(region_app: Flask) -> None:
    def add_one(_turn: int) -> None:
        with region_app.test_request_context(method="POST"):
            region = db.session.get_one(Region, world.COUNTY)
            region.population = (region.population or 0) + 1
            db.session.commit()

    with ThreadPoolExecutor(THREADS) as pool:
        list(pool.map(add_one, range(THREADS * ROUNDS)))
    assert population(region_app) == THREADS * ROUNDS  # 8 × 25 = 200


@pytest.mark.parametrize(
    ("method", "writes", "expected"),
    [
        ("GET", False, "BEGIN DEFERRED"),
        ("HEAD", False, "BEGIN DEFERRED"),
        ("POST", False, "BEGIN IMMEDIATE"),
        ("PUT", False, "BEGIN IMMEDIATE"),
        ("GET", True, "BEGIN IMMEDIATE"),
    ],
)
def test_only_safe_methods_begin_as_readers(
    app: Flask, method: str, writes: bool, expected: str
) -> None:
    seen: list[str] = []
    with app.test_request_context(method=method):
        event.listen(db.engine, "before_cursor_execute", lambda *a: seen.append(a[2]))
        if writes:
            with write_transaction():
                db.session.query(Region).all()
        else:
            db.session.query(Region).all()
    assert seen[0] == expected


def test_outside_a_request_every_transaction_may_write(app: Flask) -> None:
    seen: list[str] = []
    with app.app_context():
        event.listen(db.engine, "before_cursor_execute", lambda *a: seen.append(a[2]))
        db.session.query(Region).all()
    assert seen[0] == "BEGIN IMMEDIATE"


def test_transaction_that_only_reads_says_so(app: Flask) -> None:
    seen: list[str] = []
    with app.app_context(), read_transaction():
        event.listen(db.engine, "before_cursor_execute", lambda *a: seen.append(a[2]))
        db.session.query(Region).all()
    assert seen[0] == "BEGIN DEFERRED"


def test_reader_is_not_held_up_by_a_writer(region_app: Flask) -> None:
    with region_app.app_context(), db.engine.begin() as writer:
        writer.exec_driver_sql("UPDATE region SET population = 9")
        with region_app.test_request_context(method="GET"):
            assert db.session.get_one(Region, world.COUNTY).population == 0


def test_reader_cannot_turn_into_a_writer_unnoticed(region_app: Flask) -> None:
    """The failure that BEGIN IMMEDIATE spares us: a GET that read first is refused at once."""
    with region_app.test_request_context(method="GET"):
        region = db.session.get_one(Region, world.COUNTY)
        with region_app.app_context(), db.engine.connect() as other, write_transaction():
            other.exec_driver_sql("UPDATE region SET population = 9")
            other.commit()
        region.population = 1
        with pytest.raises(OperationalError, match="database is locked"):
            db.session.commit()
        db.session.rollback()
    assert population(region_app) == 9
