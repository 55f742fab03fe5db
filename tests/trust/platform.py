"""A platform under attack: one built database, its pristine copy, and a browser per actor."""

import contextlib
import hashlib
import io
import re
import shutil
import sqlite3
import zipfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from flask import Flask
from flask.sessions import SecureCookieSessionInterface
from flask.testing import FlaskClient
from sqlalchemy.orm import configure_mappers
from werkzeug.test import TestResponse

from review import create_app
from review.extensions import db
from review.security import TOKEN
from tests.conftest import test_config
from tests.trust import province
from tests.trust.province import Province

ANONYMOUS = "anonymous"
CHANCE = re.compile(
    r'(name="csrf[-_]token" (?:content|value)="|type="hidden" name="key" value=")[^"]*'
)
"""What a page draws anew each time: its token, and the name under which its sheet is sent."""
MADE_AT = re.compile(rb"<dcterms:\w+[^>]*>[^<]*")
ZIP = b"PK"
UNSTABLE_HEADERS = frozenset({"Date", "Set-Cookie"})


@dataclass(frozen=True)
class Seen:
    """What an outsider can compare between two answers."""

    status: int
    headers: tuple[tuple[str, str], ...]
    body: bytes

    @property
    def is_page(self) -> bool:
        return dict(self.headers).get("Content-Type", "").startswith("text/html")


class Platform:
    """The application over a database that can be put back and asked whether it changed."""

    def __init__(self, folder: Path, built: Path, here: Province) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self.here = here
        self.live, self.pristine = folder / "platform.db", folder / "pristine.db"
        for copy in (self.live, self.pristine):
            shutil.copy(built, copy)
        shutil.copytree(built.parent / "files", folder / "files", dirs_exist_ok=True)
        self.app = create_app(test_config(folder))
        self.app.config["WTF_CSRF_ENABLED"] = False
        self._watcher = sqlite3.connect(self.live)
        self._mark = self._version()

    def client(self, actor: str) -> FlaskClient:
        """A fresh browser, signed in unless anonymous: nothing is kept from request to request."""
        client = self.app.test_client()
        if actor != ANONYMOUS:
            serializer = SecureCookieSessionInterface().get_signing_serializer(self.app)
            assert serializer is not None
            cookie = serializer.dumps({TOKEN: province.token_of(actor)})
            client.set_cookie(self.app.config["SESSION_COOKIE_NAME"], str(cookie))
        return client

    def change(self, edit: Callable[[Province], None]) -> None:
        """Apply ``edit`` to the database and take the outcome as the new pristine state."""
        with self.app.app_context():
            edit(self.here)
            db.session.commit()
        with contextlib.closing(sqlite3.connect(self.pristine)) as pristine:
            self._watcher.backup(pristine)
        self._mark = self._version()
        self.__dict__.pop("_pristine_digest", None)

    def changed(self) -> bool:
        """Whether any committed byte of data differs from the pristine database.

        The engine's own counter of foreign commits is asked first: while it stands still nothing
        was written at all, and the digest of the whole need not be made.
        """
        return self._version() != self._mark and digest(self._watcher) != self._pristine_digest

    def restore(self) -> None:
        if self._version() == self._mark:
            return
        with self.app.app_context():
            db.session.remove()
            db.engine.dispose()
        pristine, live = sqlite3.connect(self.pristine), sqlite3.connect(self.live)
        with contextlib.closing(pristine), contextlib.closing(live):
            pristine.backup(live)
        self._mark = self._version()

    def close(self) -> None:
        self._watcher.close()
        with self.app.app_context():
            db.session.remove()
            db.engine.dispose()

    @cached_property
    def _pristine_digest(self) -> str:
        with contextlib.closing(sqlite3.connect(self.pristine)) as pristine:
            return digest(pristine)

    def _version(self) -> int:
        return int(self._watcher.execute("PRAGMA data_version").fetchone()[0])


def digest(connection: sqlite3.Connection) -> str:
    """SHA-256 over every row of every table."""
    found = hashlib.sha256()
    for line in connection.iterdump():
        found.update(line.encode())
    return found.hexdigest()


def build(folder: Path, empty: Path) -> tuple[Path, Province]:
    """A built province in a database file of its own, ready to be copied."""
    configure_mappers()
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / "platform.db"
    shutil.copy(empty, path)
    app = create_app(test_config(folder))
    with app.app_context():
        here = province.build()
        db.session.commit()
        for row in (*here.members.values(), *here.handlers.values(), *here.agencies.values()):
            db.session.refresh(row)
        db.session.expunge_all()  # what was built stays readable outside the session
        db.engine.dispose()
    with contextlib.closing(sqlite3.connect(path)) as connection:
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    return path, here


def see(response: TestResponse) -> Seen:
    """An answer without what differs between any two: date, cookie, CSRF tokens, own address."""
    headers = [(k, v) for k, v in response.headers if k not in UNSTABLE_HEADERS]
    body = response.get_data()
    if response.mimetype in {"text/html", "text/plain", "application/json"}:
        text = CHANCE.sub(r"\1", body.decode())
        body = text.encode()
        headers = [(k, v) for k, v in headers if k != "Content-Length"]
    if body.startswith(ZIP):
        body = unpacked(body)
        headers = [(k, v) for k, v in headers if k not in {"Content-Length", "ETag"}]
    return Seen(response.status_code, tuple(sorted(headers)), body)


def unpacked(book: bytes) -> bytes:
    """A workbook's text without the time it was made at: packed, none of it could be compared."""
    with zipfile.ZipFile(io.BytesIO(book)) as packed:
        return b"\n".join(MADE_AT.sub(b"", packed.read(name)) for name in packed.namelist())


def rules(app: Flask) -> Iterator[tuple[str, str]]:
    """Every (endpoint, method) that the application answers."""
    for rule in app.url_map.iter_rules():
        for method in sorted((rule.methods or set()) - {"HEAD", "OPTIONS"}):
            yield rule.endpoint, method
