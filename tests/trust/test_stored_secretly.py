"""What must not be stored in clear is in no byte of the database, its log, or a data file.

The province is full of canaries (``ZXIDNO0007``); an imported register brings more of them, some in
rows that are refused. Names of recipients, identity numbers, telephones and refused rows may exist
as ciphertext or keyed digest only; names of handlers and providers may be stored, which proves that
the search would find what is there.
"""

import re
from collections.abc import Iterable, Iterator
from pathlib import Path

from flask import Flask
from sqlalchemy import select

from review.domain.keys import key_use
from review.extensions import db
from tests import world
from tests.trust import province

SECRET = {"RECIPIENT", "IDNO", "PHONE", "REFUSED", "MEMBER"}
STORED = {"HANDLER", "PROVIDER", "NOTE"}
CANARY = re.compile(rb"ZX([A-Z]+)\d{4}")


def kinds_in(stored: Iterable[bytes]) -> set[str]:
    return {found.decode() for text in stored for found in CANARY.findall(text)}


def rows() -> Iterator[bytes]:
    """Every row of every table; bytes come as they are stored."""
    for table in db.metadata.sorted_tables:
        yield from (repr(tuple(row)).encode() for row in db.session.execute(select(table)))


def files(folder: Path) -> Iterator[bytes]:
    return (path.read_bytes() for path in folder.rglob("*") if path.is_file())


def build() -> set[str]:
    """Fill and commit; which kinds of canary were planted."""
    here = province.build()
    db.session.commit()
    return {thing.key for thing in here.canaries.values()}


def test_no_secret_is_in_the_database_and_ciphertext_is_ciphertext(any_app: Flask) -> None:
    with any_app.app_context():
        assert build() >= SECRET
        found = kinds_in(rows())
        assert found >= STORED
        assert not found & SECRET
        uses = {use.column: use for use in key_use()}
        assert uses["case.recipient_name"].current > 0
        assert not [use for use in uses.values() if use.former or use.unreadable]


def test_no_secret_is_in_any_file_or_in_the_write_ahead_log(
    sqlite_app: Flask, tmp_path: Path
) -> None:
    with sqlite_app.app_context():
        assert build() >= SECRET
        assert (tmp_path / "platform.db-wal").stat().st_size > 0
        found = kinds_in(files(tmp_path))
    assert found >= STORED
    assert not found & SECRET


def test_planted_leak_is_found(sqlite_app: Flask, tmp_path: Path) -> None:
    with sqlite_app.app_context():
        world.regions()
        world.case(world.handler(), world.agency()).cause = "ZXIDNO0001"
        db.session.commit()
        assert kinds_in(rows()) & SECRET == kinds_in(files(tmp_path)) & SECRET == {"IDNO"}
