"""L1, L2, L4, L5 and L7: a backup is whole or is none, and what comes back is what was there."""

import multiprocessing
import os
import random
import secrets
import shutil
import signal
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import flask_migrate
import pytest
from flask import Flask
from sqlalchemy import select, text

from review import create_app
from review.domain.attempts import Origin, check_password
from review.domain.backups import (
    FILES,
    MANIFEST,
    TABLES,
    Manifest,
    make_backup,
    restore_backup,
    verify_backup,
)
from review.domain.passwords import hash_password
from review.domain.recomputation import recompute
from review.errors import DamagedBackupError, FilledDatabaseError
from review.extensions import db
from review.models.accounts import LoginFailure, User
from review.models.audit import AuditEvent
from review.models.dossiers import StoredFile
from review.storage import whole
from tests.conftest import test_config as settings
from tests.trust import province

KILLS = int(os.environ.get("BACKUP_KILLS", "5"))
COPIES = int(os.environ.get("BACKUP_COPIES", "5"))
FLIPS = 100
PASSWORD = "a-password-of-the-tests"  # noqa: S105  (of nobody)
TOGETHER = ("audit_event", "login_failure")
FORK = multiprocessing.get_context("fork")
MakeApp = Callable[..., Flask]


@pytest.fixture
def make_app(tmp_path: Path, request: pytest.FixtureRequest) -> Iterator[MakeApp]:
    """Another installation, over an empty database of either kind."""
    made: list[Flask] = []

    def make(kind: str, **changes: Any) -> Flask:
        if kind == "postgresql":
            changes["database_url"] = request.getfixturevalue("blank_postgres")
        made.append(create_app(settings(tmp_path / f"new-{secrets.token_hex(4)}", **changes)))
        return made[-1]

    yield make
    for app in made:
        with app.app_context():
            db.session.remove()
            db.engine.dispose()


@pytest.fixture
def filled(any_app: Flask) -> Flask:
    """A whole province, on each database in turn."""
    fill(any_app)
    return any_app


@pytest.fixture
def filled_sqlite(sqlite_app: Flask) -> Flask:
    fill(sqlite_app)
    return sqlite_app


def fill(app: Flask) -> None:
    with app.app_context():
        province.build()
        db.session.commit()
        flask_migrate.stamp()
        db.session.remove()


def backed_up(app: Flask, folder: Path) -> tuple[Path, Manifest]:
    with app.app_context():
        return make_backup(folder)


def restored(app: Flask, place: Path) -> Any:
    return app.test_cli_runner().invoke(args=["backup", "restore", str(place)])


@pytest.mark.parametrize("into", ["sqlite", "postgresql"])
def test_whole_province_comes_back_on_either_database(
    filled: Flask, into: str, make_app: MakeApp, tmp_path: Path
) -> None:
    place, manifest = backed_up(filled, tmp_path / "backups")
    other = make_app(into)
    done = restored(other, place)
    assert done.exit_code == 0, done.output
    again, second = backed_up(other, tmp_path / "again")
    assert second == manifest
    assert sum(rows for rows, _digest in manifest.tables.values()) > 500
    with filled.app_context():
        before = recompute()
        names = db.session.scalars(select(User.email).order_by(User.id)).all()
    with other.app_context():
        assert recompute() == before
        assert db.session.scalars(select(User.email).order_by(User.id)).all() == names
        kept = db.session.scalars(select(StoredFile)).all()
        assert kept
        assert all(len(whole(file)) == file.size for file in kept)
        # The counters of the ids go on after the last of them.
        last = db.session.scalars(select(AuditEvent.id).order_by(AuditEvent.id.desc())).first()
        event = AuditEvent(**columns_of(db.session.get_one(AuditEvent, last)))
        db.session.add(event)
        db.session.commit()
        assert event.id == (last or 0) + 1
    assert again != place


def columns_of(row: AuditEvent) -> dict[str, Any]:
    return {c.name: getattr(row, c.name) for c in AuditEvent.__table__.columns if c.name != "id"}


def test_people_sign_in_after_a_restore(
    filled_sqlite: Flask, make_app: MakeApp, tmp_path: Path
) -> None:
    with filled_sqlite.app_context():
        user = db.session.scalars(select(User).order_by(User.id)).first()
        assert user
        user.password_hash, user_id, email = hash_password(PASSWORD), user.id, user.email
        db.session.commit()
    place, _manifest = backed_up(filled_sqlite, tmp_path / "backups")
    other = make_app("sqlite")
    assert restored(other, place).exit_code == 0
    with other.test_request_context():
        assert check_password(email, PASSWORD, Origin("127.0.0.1"))[0] == user_id


def test_filled_database_is_left_alone(filled_sqlite: Flask, tmp_path: Path) -> None:
    place, manifest = backed_up(filled_sqlite, tmp_path / "backups")
    done = restored(filled_sqlite, place)
    assert (done.exit_code, "not empty" in done.output) == (1, True)
    with filled_sqlite.app_context(), pytest.raises(FilledDatabaseError):
        restore_backup(place, manifest)
    assert backed_up(filled_sqlite, tmp_path / "again")[1] == manifest


def test_restore_under_another_key_is_refused_and_changes_nothing(
    filled_sqlite: Flask, make_app: MakeApp, tmp_path: Path
) -> None:
    place, _manifest = backed_up(filled_sqlite, tmp_path / "backups")
    other = make_app("sqlite", data_key=b"o" * 32)
    done = restored(other, place)
    assert (done.exit_code, "another DATA_KEY" in done.output) == (1, True)
    with other.app_context(), db.engine.connect() as connection:
        assert connection.execute(text("SELECT name FROM sqlite_master")).all() == []


def test_backup_shows_nothing_without_the_key(filled_sqlite: Flask, tmp_path: Path) -> None:
    place, _manifest = backed_up(filled_sqlite, tmp_path / "backups")
    content = b"".join(p.read_bytes() for p in place.parent.rglob("*") if p.is_file())
    assert len(content) > 10_000
    planted = (b"ZX", b"demo", b"@", b"case_number")
    assert [word for word in planted if len(word) > 2 and word in content] == []


def test_every_flipped_byte_is_seen(filled_sqlite: Flask, tmp_path: Path) -> None:
    place, manifest = backed_up(filled_sqlite, tmp_path / "backups")
    key = next(iter(manifest.files))
    paths = [place / MANIFEST, place / TABLES, place.parent / FILES / key[:2] / key]
    chance = random.Random(1)  # noqa: S311
    with filled_sqlite.app_context():
        for _ in range(FLIPS):
            path = chance.choice(paths)
            whole_ = path.read_bytes()
            at = chance.randrange(len(whole_))
            path.write_bytes(
                whole_[:at] + bytes([whole_[at] ^ (1 << chance.randrange(8))]) + whole_[at + 1 :]
            )
            with pytest.raises(DamagedBackupError):
                verify_backup(place)
            path.write_bytes(whole_)
        assert verify_backup(place) == manifest


@pytest.mark.parametrize("cut", [1, 100, 5000])
def test_backup_cut_short_is_seen(filled_sqlite: Flask, tmp_path: Path, cut: int) -> None:
    place, _manifest = backed_up(filled_sqlite, tmp_path / "backups")
    whole_ = (place / TABLES).read_bytes()
    (place / TABLES).write_bytes(whole_[:-cut])
    with filled_sqlite.app_context(), pytest.raises(DamagedBackupError):
        verify_backup(place)


def test_restore_that_does_not_add_up_leaves_the_database_empty(
    filled_sqlite: Flask, make_app: MakeApp, tmp_path: Path
) -> None:
    place, manifest = backed_up(filled_sqlite, tmp_path / "backups")
    other = make_app("sqlite")
    wrong = manifest.tables | {"user": (manifest.tables["user"][0], "0" * 64)}
    with other.app_context():
        flask_migrate.upgrade()
        with pytest.raises(DamagedBackupError):
            restore_backup(place, replace(manifest, tables=wrong))
        assert db.session.scalars(select(User)).all() == []


def test_backup_that_is_killed_leaves_none_behind(filled_sqlite: Flask, tmp_path: Path) -> None:
    folder = tmp_path / "backups"
    started = time.perf_counter()
    backed_up(filled_sqlite, tmp_path / "timed")
    takes = time.perf_counter() - started
    chance = random.Random(2)  # noqa: S311
    with filled_sqlite.app_context():
        db.engine.dispose()
    for _ in range(KILLS):
        child = FORK.Process(target=backed_up, args=(filled_sqlite, folder))
        child.start()
        time.sleep(takes * chance.random())
        os.kill(child.pid or 0, signal.SIGKILL)
        child.join()
        with filled_sqlite.app_context():
            for place in folder.glob("2*"):
                verify_backup(place)
                shutil.rmtree(place)  # of one second there is one
    place, _manifest = backed_up(filled_sqlite, folder)
    assert place.exists()


def test_backups_under_writes_are_each_of_one_moment(filled: Flask, tmp_path: Path) -> None:
    done, written = threading.Event(), []

    def write() -> None:
        """Each transaction adds a row to two tables, one read long before the other."""
        with filled.app_context():
            while not done.is_set():
                first = db.session.scalars(select(AuditEvent).order_by(AuditEvent.id)).first()
                assert first
                db.session.add(AuditEvent(**columns_of(first)))
                failure = {"account_digest": "a" * 64, "network_digest": "n" * 64}
                db.session.add(LoginFailure(**failure, failed_at=datetime.now(UTC)))
                db.session.commit()
                written.append(1)
            db.session.remove()

    apart = []
    writer = threading.Thread(target=write)
    writer.start()
    try:
        for number in range(COPIES):
            _place, manifest = backed_up(filled, tmp_path / str(number))
            (events, _), (failures, _) = (manifest.tables[name] for name in TOGETHER)
            apart.append(events - failures)
    finally:
        done.set()
        writer.join()
    assert len(set(apart)) == 1
    assert len(written) > COPIES
