"""Copies of the whole platform: every row, and the files that they tell of, as one moment saw them.

A backup is a folder named after its moment: the rows packed and encrypted (``tables``), and what
they must add up to (``manifest``, encrypted too). The files beside it, encrypted as they always
are, serve all backups: their bytes never change. It gets its name once it was read again and found
whole, so a backup that can be seen is one. See docs/decisions/0030-backups.md.
"""

import hashlib
import json
import os
import secrets
import shutil
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from sqlalchemy import Connection, text

from review import storage
from review.domain.sealed_lines import read_sealed, write_sealed
from review.domain.table_lines import (
    Tally,
    all_tables,
    column_names,
    fill_table,
    has_rows,
    lines_of,
    revision_of,
)
from review.errors import DamagedBackupError, DamagedFileError, FilledDatabaseError
from review.extensions import db
from review.privacy import decrypt_json, encrypt_json
from review.sqlite import read_transaction

MANIFEST, TABLES, FILES = "manifest", "tables", "files"
MOMENT = "%Y%m%dT%H%M%SZ"
END_OF_TABLE = b""
BROKEN_OFF = timedelta(days=1)
"""After so long an unfinished backup is rubbish, and no longer one that is being made."""


@dataclass(frozen=True, slots=True)
class Manifest:
    """What a backup must add up to: rows and digest by table, SHA-256 by file as it lies there."""

    revision: str
    tables: dict[str, tuple[int, str]]
    files: dict[str, str]


def make_backup(folder: Path) -> tuple[Path, Manifest]:
    """Copy everything into a new folder within ``folder``; answers it, and what it adds up to,
    once it was verified."""
    _sweep(folder)
    made_at = f"{datetime.now(UTC):{MOMENT}}"
    part = folder / f".{made_at}-{secrets.token_hex(4)}"
    part.mkdir(parents=True, mode=0o700)
    try:
        _write(part)
        manifest = verify_backup(part)
        place = part.rename(folder / made_at)
    except BaseException:
        shutil.rmtree(part)
        raise
    _sync(folder)
    return place, manifest


def verify_backup(place: Path) -> Manifest:
    """Read a whole backup and compare it with its manifest. Raises DamagedBackupError."""
    try:
        revision, tables, files = decrypt_json((place / MANIFEST).read_bytes())
        manifest = Manifest(revision, {n: tuple(found) for n, found in tables.items()}, files)
        found = {name: _tally(rows) for name, _columns, rows in _tables_in(place)}
        for key, digest in manifest.files.items():
            if _digest(_beside(place, key)) != digest:
                raise DamagedBackupError(key)
    except (DamagedFileError, OSError, ValueError) as error:
        raise DamagedBackupError(place.name) from error
    if found != manifest.tables:
        raise DamagedBackupError(place.name)
    return manifest


def refuse_filled_database() -> None:
    """Raise FilledDatabaseError unless the database has no row yet."""
    with db.engine.connect() as connection:
        filled = [table.name for table in all_tables(connection) if has_rows(connection, table)]
    if filled:
        raise FilledDatabaseError(filled[0])


def restore_backup(place: Path, manifest: Manifest) -> None:
    """Put a verified backup into an empty database at the backup's migration, and into the store:
    all rows or none. Raises FilledDatabaseError, DamagedBackupError."""
    refuse_filled_database()
    for key in manifest.files:
        with _beside(place, key).open("rb") as file:
            storage.put_back(key, storage.parts_of(file))
    with db.engine.begin() as connection:
        if revision_of(connection) != manifest.revision:
            raise FilledDatabaseError(f"revision {revision_of(connection)}")
        tables = {table.name: table for table in all_tables(connection)}
        for name, columns, rows in _tables_in(place):
            fill_table(connection, tables[name], columns, rows)
        for name, table in tables.items():
            if _tally(lines_of(connection, table)) != manifest.tables[name]:
                raise DamagedBackupError(name)


def _write(part: Path) -> None:
    tallies: dict[str, Tally] = {}
    with _snapshot() as connection, (part / TABLES).open("xb") as file:
        write_sealed(file, _all_lines(connection, tallies))
        revision = revision_of(connection)
        keys = list(connection.scalars(text("SELECT key FROM stored_file")))
    files = {key: _copied(part, key) for key in keys}
    tables = {name: (tally.rows, tally.digest) for name, tally in tallies.items()}
    manifest = asdict(Manifest(revision, tables, files))
    (part / MANIFEST).write_bytes(encrypt_json(list(manifest.values())))
    for path in (part / TABLES, part / MANIFEST, part):
        _sync(path)


@contextmanager
def _snapshot() -> Iterator[Connection]:
    """A connection that sees one moment and holds nobody up."""
    moment = {"isolation_level": "REPEATABLE READ"} if db.engine.name == "postgresql" else {}
    with read_transaction(), db.engine.connect().execution_options(**moment) as connection:
        yield connection
        connection.rollback()


def _all_lines(connection: Connection, tallies: dict[str, Tally]) -> Iterator[bytes]:
    for table in all_tables(connection):
        yield json.dumps([table.name, column_names(table)]).encode()
        tally = tallies[table.name] = Tally()
        for line in lines_of(connection, table):
            tally.add(line)
            yield line
        yield END_OF_TABLE


def _tables_in(place: Path) -> Iterator[tuple[str, list[str], Iterator[bytes]]]:
    """Each table's name, columns and rows; the rows are to be read before the next table."""
    with (place / TABLES).open("rb") as file:
        lines = read_sealed(file)
        for heading in lines:
            name, columns = json.loads(heading)
            yield name, columns, iter(lines.__next__, END_OF_TABLE)


def _tally(lines: Iterable[bytes]) -> tuple[int, str]:
    tally = Tally()
    for line in lines:
        tally.add(line)
    return tally.rows, tally.digest


def _beside(place: Path, key: str) -> Path:
    return place.parent / FILES / key[:2] / key


def _copied(place: Path, key: str) -> str:
    """The digest of a file in the copy, which is made unless an earlier backup has made it."""
    path = _beside(place, key)
    if not path.exists():
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        fresh = path.with_name(f".{key}-{secrets.token_hex(4)}")
        with fresh.open("xb") as file:
            file.writelines(storage.sealed_bytes(key))
            file.flush()
            os.fsync(file.fileno())
        fresh.rename(path)
    return _digest(path)


def _digest(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _sync(path: Path) -> None:
    """What was named is on the disk, with its name."""
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _sweep(folder: Path) -> None:
    """Remove what broken-off backups left behind."""
    limit = (datetime.now(UTC) - BROKEN_OFF).timestamp()
    for left in folder.glob(".*-*"):
        if left.stat().st_mtime < limit:
            shutil.rmtree(left)
