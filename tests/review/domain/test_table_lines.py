"""The same line from either database, for every kind of value that a column can hold."""

import json
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

from flask import Flask
from sqlalchemy import (
    JSON,
    Boolean,
    Column,
    Connection,
    Date,
    Float,
    ForeignKey,
    Integer,
    LargeBinary,
    MetaData,
    String,
    Table,
    Text,
    insert,
    select,
    type_coerce,
)

from review.domain.table_lines import Tally, all_tables, column_names, fill_table, lines_of
from review.extensions import db
from review.types import ExactDecimal, UtcDateTime

TABLE = Table(
    "kinds",
    MetaData(),
    Column("id", Integer, primary_key=True),
    Column("amount", ExactDecimal),
    Column("at", UtcDateTime),
    Column("content", LargeBinary),
    Column("day", Date),
    Column("facts", JSON),
    Column("is_so", Boolean),
    Column("name", String(40)),
    Column("parent_id", ForeignKey("kinds.id")),
    Column("z", Float),
)
NOTHING: dict[str, Any] = dict.fromkeys(TABLE.columns.keys())
MOMENT = datetime(2026, 11, 24, 1, 2, 3, 4, tzinfo=UTC)
ROWS: list[dict[str, Any]] = [
    {
        "id": 1,
        "amount": Decimal("72.50"),
        "at": MOMENT,
        "content": b"\x00\xff",
        "day": date(2024, 2, 29),
        "facts": {"乙": [1, None], "a": "5"},
        "is_so": True,
        "name": "甲\n\u2028",
        "parent_id": 2,  # a row that comes later
        "z": -0.0,
    },
    {"id": 2, "facts": None},  # a written null
    {"id": 3, "facts": 5, "is_so": False, "amount": Decimal("1E-7"), "parent_id": 3, "z": 1 / 3},
]
LINES = [
    [
        *("72.50", "2026-11-24T01:02:03.000004", "AP8=", "2024-02-29"),
        r'{"\u4e59": [1, null], "a": "5"}',
        *(1, True, "甲\n\u2028", 2, 0.0),
    ],
    [None, None, None, None, "null", 2, None, None, None, None],
    ["0.0000001", None, None, None, "5", 3, False, None, 3, 1 / 3],
]


def write(connection: Connection) -> None:
    TABLE.create(connection)
    into = insert(TABLE)
    for row in [ROWS[1], ROWS[0], ROWS[2]]:
        connection.execute(into, [NOTHING | row])


def found(connection: Connection) -> Table:
    (table,) = [each for each in all_tables(connection) if each.name == TABLE.name]
    return table


def test_row_of_every_kind_is_the_same_line_on_both(any_app: Flask) -> None:
    with any_app.app_context(), db.engine.begin() as connection:
        write(connection)
        table = found(connection)
        lines = sorted(
            (json.loads(line) for line in lines_of(connection, table)), key=lambda r: r[5]
        )
        assert column_names(table) == sorted(TABLE.columns.keys())
        assert lines == LINES


def test_lines_become_rows_again(any_app: Flask) -> None:
    lines = [json.dumps(line).encode() for line in LINES]
    with any_app.app_context(), db.engine.begin() as connection:
        TABLE.create(connection)
        table = found(connection)
        fill_table(connection, table, column_names(table), lines)
        again = sorted(map(json.loads, lines_of(connection, table)), key=lambda row: row[5])
        assert again == LINES
        first = connection.execute(select(TABLE).order_by(TABLE.c.id)).first()
        assert first
        assert first._asdict() == ROWS[0]
        # NULL and a written null stay two things.
        texts = select(type_coerce(TABLE.c.facts, Text).is_(None)).order_by(TABLE.c.id)
        assert list(connection.scalars(texts)) == [False, False, False]


def test_ids_go_on_after_the_last(any_app: Flask) -> None:
    lines = [json.dumps(line).encode() for line in LINES]
    with any_app.app_context(), db.engine.begin() as connection:
        TABLE.create(connection)
        table = found(connection)
        fill_table(connection, table, column_names(table), lines)
        new = connection.execute(insert(TABLE).values(name="new")).inserted_primary_key
        assert new == (4,)


def test_digest_does_not_depend_on_the_order_and_sees_each_byte() -> None:
    digests = []
    for lines in ([b"a", b"b"], [b"b", b"a"], [b"a", b"c"], [b"a"], [b"a", b"b", b"b"], [b"a"] * 3):
        tally = Tally()
        for line in lines:
            tally.add(line)
        digests.append((tally.rows, tally.digest))
    assert digests[0] == digests[1]
    assert len(set(digests)) == 5
