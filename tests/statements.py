"""Count the SQL statements of a block of code."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from flask import Flask
from sqlalchemy import event

from review.extensions import db

TRANSACTION_WORDS = ("BEGIN", "SAVEPOINT", "RELEASE", "PRAGMA")


@contextmanager
def counted(app: Flask) -> Iterator[list[str]]:
    """The statements sent while the block runs; transaction words are not counted."""
    seen: list[str] = []

    def note(_connection: Any, _cursor: Any, statement: str, *_rest: Any) -> None:
        if not statement.startswith(TRANSACTION_WORDS):
            seen.append(statement)

    with app.app_context():
        engine = db.engine
    event.listen(engine, "before_cursor_execute", note)
    try:
        yield seen
    finally:
        event.remove(engine, "before_cursor_execute", note)
