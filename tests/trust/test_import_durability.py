"""G1: an import is stored as a whole or not at all, whatever happens to the machine meanwhile.

A few points and a small register in the suite; ``make kills`` takes 50 points and 36,000 rows.
"""

import contextlib
import multiprocessing
import os
import shutil
import sqlite3
import time
from collections.abc import Iterator
from datetime import UTC, datetime
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import event, func, select, update
from sqlalchemy.exc import OperationalError

from review import jobs
from review.domain.imports import ask_for, upload_register
from review.enums import ImportStatus, JobKind, Role
from review.extensions import db
from review.models.accounts import Membership
from review.models.cases import Case, RegisterImport
from review.models.jobs import Job
from review.permissions import Actor
from review.queries.accounts import acting_as
from tests import world
from tests.conftest import signed_in_client
from tests.register_files import register, rows

POINTS = int(os.environ.get("KILL_POINTS", "6"))
ROWS = int(os.environ.get("KILL_ROWS", "300"))
FORK = multiprocessing.get_context("fork")
IMPATIENT = "PRAGMA busy_timeout=50"


@pytest.fixture
def by(sqlite_app: Flask) -> Actor:
    with sqlite_app.app_context():
        world.regions()
        member = world.person(Role.ORGANISER, world.CITY)
        db.session.commit()
        return acting_as(member.user, member)


def go_on(app: Flask, by: Actor) -> None:
    """Whatever an organiser and a worker have still to do until the register is imported."""
    with app.app_context():
        try:
            jobs.run_due()
            import_ = db.session.scalars(select(RegisterImport)).one()
            if import_.status is ImportStatus.PREVIEWED:
                ask_for(JobKind.IMPORT_REGISTER, import_, by)
                jobs.run_due()
        finally:
            db.session.remove()
            db.engine.dispose()


def make_due(app: Flask) -> None:
    """Let the leases of workers that are no more run out, and pauses end."""
    with app.app_context():
        waiting = update(Job).where(Job.due_at.is_not(None))
        db.session.execute(waiting.values(due_at=datetime.now(UTC), attempts=0))
        db.session.commit()


def case_count(app: Flask) -> int:
    with app.app_context():
        count = db.session.scalar(select(func.count()).select_from(Case)) or 0
        db.session.remove()
        db.engine.dispose()
        return count


def upload(app: Flask, by: Actor, count: int) -> None:
    with app.app_context():
        upload_register(register(*rows(count)), "台账.xlsx", by)
        db.session.remove()
        db.engine.dispose()


def run_in_fork(app: Flask, by: Actor, *, killed_after: float | None = None) -> float:
    """How long the rest of the import took, or was let go on."""
    worker = FORK.Process(target=go_on, args=(app, by))
    begun = time.monotonic()
    worker.start()
    worker.join(killed_after)
    worker.kill()
    worker.join()
    return time.monotonic() - begun


def files_of(folder: Path) -> list[Path]:
    return [folder / f"platform.db{suffix}" for suffix in ("", "-wal", "-shm")]


def put(source: Path, target: Path) -> None:
    for file, copy in zip(files_of(source), files_of(target), strict=True):
        copy.unlink(missing_ok=True)
        if file.exists():
            shutil.copy(file, copy)


def test_killed_at_any_point_it_stores_all_or_nothing(
    sqlite_app: Flask, by: Actor, tmp_path: Path
) -> None:
    upload(sqlite_app, by, ROWS)
    uploaded = tmp_path / "uploaded"
    uploaded.mkdir()
    put(tmp_path, uploaded)
    whole = run_in_fork(sqlite_app, by)
    assert case_count(sqlite_app) == ROWS
    found = []
    for point in range(1, POINTS + 1):
        put(uploaded, tmp_path)
        run_in_fork(sqlite_app, by, killed_after=whole * point / (POINTS + 1))
        found.append(case_count(sqlite_app))
        assert found[-1] in {0, ROWS}
        for _again in range(2):
            make_due(sqlite_app)
            run_in_fork(sqlite_app, by)
            assert case_count(sqlite_app) == ROWS, state(sqlite_app)
        assert is_whole(tmp_path)
    print(f"{POINTS} kills of {ROWS:,} rows: {found.count(0)} stored none, the rest all")


def state(app: Flask) -> str:
    """Where an import stands that should be done: for the message of a failed test."""
    with app.app_context():
        import_ = db.session.scalars(select(RegisterImport)).one()
        work = [(job.kind, job.status, job.attempts) for job in db.session.scalars(select(Job))]
        return f"{import_.status} {import_.problem} {work}"


def is_whole(folder: Path) -> bool:
    with contextlib.closing(sqlite3.connect(folder / "platform.db")) as connection:
        return bool(connection.execute("PRAGMA integrity_check").fetchone() == ("ok",))


@contextlib.contextmanager
def every_connection(app: Flask, *pragmas: str) -> Iterator[None]:
    """Run these on each connection of the block, and forget those connections after it."""

    def configure(connection: Any, _record: Any) -> None:
        for pragma in pragmas:
            connection.execute(pragma).close()

    with app.app_context():
        engine = db.engine
    engine.dispose()
    event.listen(engine, "connect", configure)
    try:
        yield
    finally:
        event.remove(engine, "connect", configure)
        engine.dispose()


@pytest.mark.parametrize("free_pages", [0, 4, 16, 40])
def test_full_disk_stores_nothing_and_the_import_goes_on_when_there_is_room(
    sqlite_app: Flask, by: Actor, tmp_path: Path, free_pages: int
) -> None:
    upload(sqlite_app, by, ROWS)
    with contextlib.closing(sqlite3.connect(tmp_path / "platform.db")) as connection:
        (pages,) = connection.execute("PRAGMA page_count").fetchone()
    full = f"PRAGMA max_page_count={pages + free_pages}"
    with every_connection(sqlite_app, full), contextlib.suppress(OperationalError):
        go_on(sqlite_app, by)
    assert case_count(sqlite_app) == 0
    make_due(sqlite_app)
    go_on(sqlite_app, by)
    assert case_count(sqlite_app) == ROWS


@contextlib.contextmanager
def locked(folder: Path) -> Iterator[None]:
    """Somebody else holds the write lock for the whole block."""
    with contextlib.closing(sqlite3.connect(folder / "platform.db")) as other:
        other.execute("BEGIN IMMEDIATE")
        yield
        other.rollback()


def test_locked_database_delays_an_import_and_loses_nothing(
    sqlite_app: Flask, by: Actor, tmp_path: Path
) -> None:
    upload(sqlite_app, by, ROWS)
    with (
        every_connection(sqlite_app, IMPATIENT),
        locked(tmp_path),
        pytest.raises(OperationalError, match="locked"),
    ):
        go_on(sqlite_app, by)
    assert case_count(sqlite_app) == 0
    go_on(sqlite_app, by)
    assert case_count(sqlite_app) == ROWS


TROUBLES = {"locked": (503, "系统正忙"), "full": (507, "磁盘空间不足")}


@pytest.mark.parametrize("trouble", TROUBLES)
def test_upload_that_cannot_be_kept_is_answered_in_words_and_may_be_repeated(
    sqlite_app: Flask, by: Actor, tmp_path: Path, trouble: str
) -> None:
    with sqlite_app.app_context():
        member_id = db.session.scalars(select(Membership.id)).one()
    client = signed_in_client(sqlite_app, member_id)
    data = register(*rows(ROWS))

    def post() -> Any:
        return client.post("/cases/imports", data={"file": (BytesIO(data), "台账.xlsx")})

    with contextlib.ExitStack() as stack:
        if trouble == "locked":
            stack.enter_context(every_connection(sqlite_app, IMPATIENT))
            stack.enter_context(locked(tmp_path))
        else:
            stack.enter_context(every_connection(sqlite_app, "PRAGMA max_page_count=1"))
        answer = post()
    code, words = TROUBLES[trouble]
    assert answer.status_code == code
    assert words in answer.get_data(as_text=True)
    assert answer.headers["Retry-After"]
    assert post().status_code == 302
    go_on(sqlite_app, by)
    assert case_count(sqlite_app) == ROWS
