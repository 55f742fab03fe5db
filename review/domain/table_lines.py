"""Every row of the database as a line of JSON, and back: the same line from either database.

The tables are those that the database has, whatever migration it is at; so a copy can be read at
the migration that it was made at, and be taken forward from there.
"""

import base64
import hashlib
import json
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from itertools import islice
from typing import Any

from sqlalchemy import (
    JSON,
    Column,
    Connection,
    Date,
    DateTime,
    LargeBinary,
    MetaData,
    Numeric,
    Table,
    Text,
    bindparam,
    cast,
    func,
    insert,
    select,
    text,
    update,
)

VERSION = "alembic_version"
BATCH = 500
WHOLE = 2**256


@dataclass(slots=True)
class Tally:
    """How many rows a table has, and a digest of them that does not depend on their order: the
    sum of the SHA-256 of each line, modulo 2**256."""

    rows: int = 0
    sum: int = 0

    def add(self, line: bytes) -> None:
        self.rows += 1
        self.sum = (self.sum + int.from_bytes(hashlib.sha256(line).digest())) % WHOLE

    @property
    def digest(self) -> str:
        return f"{self.sum:064x}"


def all_tables(connection: Connection) -> list[Table]:
    """The tables of the database, those that others refer to first."""
    metadata = MetaData()
    metadata.reflect(connection)
    return [table for table in metadata.sorted_tables if table.name != VERSION]


def revision_of(connection: Connection) -> str:
    """The migration that the database is at."""
    return str(connection.scalar(text(f"SELECT version_num FROM {VERSION}")))  # noqa: S608  (ours)


def lines_of(connection: Connection, table: Table) -> Iterator[bytes]:
    """Each row as a line, its columns by name."""
    columns = _ordered(table)
    query = select(*map(_read, columns)).execution_options(yield_per=BATCH)
    for row in connection.execute(query):
        yield json.dumps([_plain(value) for value in row], ensure_ascii=False).encode()


def has_rows(connection: Connection, table: Table) -> bool:
    return connection.execute(select(text("1")).select_from(table).limit(1)).first() is not None


def fill_table(
    connection: Connection, table: Table, names: Sequence[str], lines: Iterable[bytes]
) -> None:
    """Write the rows of lines whose columns are ``names``. Where rows refer to others of their own
    table, that is written once all are there."""
    columns = [table.c[name] for name in names]
    own = [fk.parent.name for fk in table.foreign_keys if fk.column.table is table]
    write = _write_typed if connection.dialect.name == "postgresql" else _write
    into = insert(table).values({column.name: write(column) for column in columns})
    later = []
    remaining = iter(lines)
    while batch := [_row(columns, line) for line in islice(remaining, BATCH)]:
        later += [row for row in batch if any(row[name] is not None for name in own)]
        connection.execute(into, [row | dict.fromkeys(own) for row in batch])
    if later:
        connection.execute(_referring(table, own), [_renamed(table, own, row) for row in later])
    _go_on_counting(connection, table)


def _ordered(table: Table) -> list[Column[Any]]:
    return sorted(table.columns, key=lambda column: column.name)


def column_names(table: Table) -> list[str]:
    return [column.name for column in _ordered(table)]


def _read(column: Column[Any]) -> Any:
    """JSON is taken as the text that it is: NULL and a written null stay two things."""
    return cast(column, Text).label(column.name) if isinstance(column.type, JSON) else column


def _write(column: Column[Any]) -> Any:
    return bindparam(column.name, type_=Text() if isinstance(column.type, JSON) else column.type)


def _write_typed(column: Column[Any]) -> Any:
    """PostgreSQL wants to be told that a text is JSON; SQLite would read a number out of it."""
    written = _write(column)
    return cast(written, column.type) if isinstance(column.type, JSON) else written


def _plain(value: Any) -> Any:
    if isinstance(value, bytes | memoryview):
        return base64.b64encode(bytes(value)).decode()
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, float):
        return value + 0.0  # SQLite keeps no negative zero
    return format(value, "f") if isinstance(value, Decimal) else value


def _row(columns: Sequence[Column[Any]], line: bytes) -> dict[str, Any]:
    values = zip(columns, json.loads(line), strict=True)
    return {column.name: _value(column, value) for column, value in values}


def _value(column: Column[Any], value: Any) -> Any:
    if value is None:
        return None
    if isinstance(column.type, LargeBinary):
        return base64.b64decode(value)
    if isinstance(column.type, DateTime):
        return datetime.fromisoformat(value)
    if isinstance(column.type, Date):
        return date.fromisoformat(value)
    return Decimal(value) if isinstance(column.type, Numeric) and isinstance(value, str) else value


def _referring(table: Table, own: Sequence[str]) -> Any:
    here = [column == bindparam(f"key_{column.name}") for column in table.primary_key]
    return update(table).where(*here).values({name: bindparam(f"to_{name}") for name in own})


def _renamed(table: Table, own: Sequence[str], row: dict[str, Any]) -> dict[str, Any]:
    keys = {f"key_{column.name}": row[column.name] for column in table.primary_key}
    return keys | {f"to_{name}": row[name] for name in own}


def _go_on_counting(connection: Connection, table: Table) -> None:
    """PostgreSQL's own counters know nothing of the ids that were written."""
    if connection.dialect.name != "postgresql" or "id" not in table.c:
        return
    counter = func.pg_get_serial_sequence(f'"{table.name}"', "id")
    next_id = select(func.coalesce(func.max(table.c.id), 0) + 1).scalar_subquery()
    connection.execute(select(func.setval(counter, next_id, False)))  # noqa: FBT003  (SQL's own)
