"""SQLite made safe for many writers: WAL, full sync, and write transactions that begin as such.

A transaction that starts as a reader cannot become a writer once another has written, whatever
the timeout; so every request that may write begins IMMEDIATE, and only safe methods read DEFERRED.
"""

import contextlib
import contextvars
from collections.abc import Iterator
from typing import Any

from flask import has_request_context, request
from sqlalchemy import Connection, Engine, event

BUSY_MILLISECONDS = 5000
CACHE_KIB = 32 * 1024  # used only as needed; a large import then writes each page once
SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS"})
_writing: contextvars.ContextVar[bool | None] = contextvars.ContextVar("writing", default=None)


@contextlib.contextmanager
def write_transaction() -> Iterator[None]:
    """Let a transaction begun inside write, even in a GET (an audit event of a read)."""
    token = _writing.set(True)
    try:
        yield
    finally:
        _writing.reset(token)


@contextlib.contextmanager
def read_transaction() -> Iterator[None]:
    """Let a transaction begun inside only read, even outside a request: nobody waits for it."""
    token = _writing.set(False)
    try:
        yield
    finally:
        _writing.reset(token)


def tune(engine: Engine) -> None:
    if engine.dialect.name != "sqlite":
        return
    event.listen(engine, "connect", _configure)
    event.listen(engine, "begin", _begin)


def _configure(connection: Any, _record: Any) -> None:
    connection.isolation_level = None  # the driver's own late BEGIN would be deferred
    cursor = connection.cursor()
    cursor.execute(f"PRAGMA busy_timeout={BUSY_MILLISECONDS}")  # first: the next may need the lock
    cursor.execute("PRAGMA journal_mode=WAL")
    cursor.execute(f"PRAGMA cache_size=-{CACHE_KIB}")
    cursor.execute("PRAGMA synchronous=FULL")
    cursor.execute("PRAGMA foreign_keys=ON")
    cursor.close()


def _begin(connection: Connection) -> None:
    writing = _writing.get()
    if writing is None:
        writing = not has_request_context() or request.method not in SAFE_METHODS
    connection.exec_driver_sql("BEGIN IMMEDIATE" if writing else "BEGIN DEFERRED")
