"""A database built in a file of its own, which takes the place of the old one when complete."""

import sqlite3
from collections.abc import Iterable, Iterator, Mapping
from contextlib import closing, contextmanager
from itertools import islice
from pathlib import Path
from typing import Any, cast

from sqlalchemy import Engine, Table, create_engine, event, insert

from review.extensions import Model, db
from review.sqlite import tune

BATCH = 5000
SIDE_FILES = ("-wal", "-shm")


def database_file() -> Path | None:
    """Where the SQLite database lies; None for any other database, or one in memory."""
    url = db.engine.url
    if url.get_backend_name() != "sqlite" or url.database in (None, "", ":memory:"):
        return None
    return Path(str(url.database))


@contextmanager
def built_aside(final: Path) -> Iterator[Path]:
    """Work on a new file; on success it becomes ``final`` in one step, else it is removed."""
    aside = final.with_name(f"{final.name}.building")
    remove(aside)
    engines = cast(dict[str | None, Engine], db.engines)  # typed as read-only, but a plain dict
    usual = engines[None]
    engines[None] = engine = _engine(aside)
    try:
        yield aside
        db.session.remove()
        engine.dispose()  # the last connection folds the log into the file
        _close(aside)
        remove(final)
        aside.rename(final)
    finally:
        db.session.remove()
        engine.dispose()
        usual.dispose()
        engines[None] = usual
        remove(aside)


def remove(path: Path) -> None:
    for suffix in ("", *SIDE_FILES):
        path.with_name(path.name + suffix).unlink(missing_ok=True)


def fill(model: type[Model], rows: Iterable[Mapping[str, Any]]) -> int:
    """Insert rows in batches within the running transaction; says how many."""
    waiting, count = iter(rows), 0
    while batch := list(islice(waiting, BATCH)):
        db.session.execute(insert(cast(Table, model.__table__)), batch)
        count += len(batch)
    return count


def _engine(path: Path) -> Engine:
    """As the application's, but quick: a crash loses only the file that is thrown away."""
    engine = create_engine(f"sqlite:///{path}")
    tune(engine)
    event.listen(engine, "connect", _hurry)
    return engine


def _hurry(connection: Any, _record: Any) -> None:
    cursor = connection.cursor()
    cursor.execute("PRAGMA synchronous=OFF")
    cursor.execute("PRAGMA foreign_keys=OFF")  # checked for the whole file at the end
    cursor.execute("PRAGMA cache_size=-200000")
    cursor.close()


def _close(path: Path) -> None:
    """Check every reference, and give the planner its statistics."""
    with closing(sqlite3.connect(path)) as connection:
        if broken := connection.execute("PRAGMA foreign_key_check").fetchone():
            raise ValueError(f"a row of {broken[0]} refers to nothing")
        connection.execute("ANALYZE")
        connection.commit()
