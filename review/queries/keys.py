from collections.abc import Iterator, Sequence
from typing import Any

from sqlalchemy import ColumnElement, Row, func, select, tuple_

from review.extensions import db
from review.models.keys import WrappedKey
from review.types import Encrypted

DIGEST = "digest"
BATCH_ROWS = 1000
BATCH_BYTES = 16 * 1024 * 1024
"""A staged register takes megabytes, a name forty bytes; a batch fits in memory with either."""


def wrapped_digest_key() -> bytes | None:
    return db.session.scalar(select(WrappedKey.wrapped).where(WrappedKey.purpose == DIGEST))


def ciphertext_columns() -> list[Any]:
    """Every column of every table that holds ciphertext, in the order of their tables."""
    tables = db.metadata.sorted_tables
    return [c for table in tables for c in table.columns if isinstance(c.type, Encrypted)]


def ciphertexts(column: Any) -> Iterator[Sequence[Row[Any]]]:
    """Primary key and ciphertext of each row that has one, in batches; ciphertext stands last.

    Each batch is read when it is asked for, so that its reader may commit before the next one.
    """
    keys = tuple_(*column.table.primary_key)
    here: ColumnElement[bool] = column.is_not(None)
    while last := _end_of_batch(column, here):
        query = select(*column.table.primary_key, column).where(here, keys <= last)
        yield db.session.execute(query).all()
        here = column.is_not(None) & (keys > last)


def _end_of_batch(column: Any, here: ColumnElement[bool]) -> tuple[Any, ...] | None:
    """The primary key of the last row that a batch of rows in ``here`` has room for."""
    keys = column.table.primary_key.columns
    sizes = select(*keys, func.length(column)).where(here).order_by(*keys).limit(BATCH_ROWS)
    last, room = None, BATCH_BYTES
    for *key, size in db.session.execute(sizes):
        if last and size > room:
            break
        last, room = tuple(key), room - size
    return last
