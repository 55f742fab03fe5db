"""Every page says the same on PostgreSQL as on SQLite, to one person of each role."""

import secrets
import shutil
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
import time_machine
from flask import Flask
from sqlalchemy import Engine, Integer, Table, func, insert, select, text

from review import create_app
from review.extensions import db
from tests.conftest import test_config as settings
from tests.services import database_url, execute
from tests.trust.crawl import crawl
from tests.trust.matrix import EVERYBODY, Actor
from tests.trust.platform import Platform
from tests.trust.province import Province

ONE_OF_EACH_ROLE = {actor.role: actor for actor in reversed(EVERYBODY)}.values()


def copy_rows(source: Engine, target: Engine) -> None:
    """Every row of every table, in an order that each reference finds what it points at."""
    with source.connect() as old, target.begin() as new:
        for table in db.metadata.sorted_tables:
            order = [column.asc() for column in table.primary_key]
            if rows := [dict(r) for r in old.execute(select(table).order_by(*order)).mappings()]:
                new.execute(insert(table), rows)
            _continue_numbering(new, table)


def _continue_numbering(connection: object, table: Table) -> None:
    """Rows that came with their numbers do not move PostgreSQL's own counter on."""
    own = [c for c in table.primary_key if isinstance(c.type, Integer) and not c.foreign_keys]
    if len(own) == 1 and len(table.primary_key) == 1:
        sequence = func.pg_get_serial_sequence(f'"{table.name}"', own[0].name)
        highest = select(func.coalesce(func.max(own[0]), 0) + 1).scalar_subquery()
        connection.execute(select(func.setval(sequence, highest, False)))  # type: ignore[attr-defined]


@pytest.fixture(scope="module")
def postgres_copy(
    postgres_admin: str,
    postgres_template: str,
    built: tuple[Path, Province],
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[Flask]:
    """The application over the built province on PostgreSQL."""
    name = f"t_{secrets.token_hex(6)}"
    execute(postgres_admin, "CREATE DATABASE {} TEMPLATE {}", name, postgres_template)
    folder = tmp_path_factory.mktemp("copy")
    shutil.copytree(built[0].parent / "files", folder / "files")
    source = create_app(settings(folder, database_url=f"sqlite:///{built[0]}"))
    app = create_app(settings(folder, database_url=database_url(postgres_admin, name)))
    app.config["WTF_CSRF_ENABLED"] = False
    with source.app_context():
        old = db.engine
    with app.app_context():
        copy_rows(old, db.engine)
    old.dispose()
    yield app
    with app.app_context():
        db.session.remove()
        db.engine.dispose()
    execute(postgres_admin, "DROP DATABASE {} WITH (FORCE)", name)


@pytest.fixture(scope="module")
def both(
    built: tuple[Path, Province], postgres_copy: Flask, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[tuple[Platform, Platform]]:
    """The same province on SQLite and on PostgreSQL."""
    path, here = built
    sqlite, postgres = (
        Platform(tmp_path_factory.mktemp(name), path, here.copy()) for name in ("one", "two")
    )
    postgres.app = postgres_copy
    yield sqlite, postgres
    sqlite.close()
    postgres.close()


@pytest.mark.parametrize("actor", ONE_OF_EACH_ROLE, ids=lambda actor: actor.name)
def test_every_page_is_the_same_on_both_databases(
    both: tuple[Platform, Platform], actor: Actor
) -> None:
    with time_machine.travel(datetime.now(UTC), tick=False):  # pages show the minute
        on_sqlite, on_postgres = (crawl(platform, actor) for platform in both)
    assert on_sqlite.keys() == on_postgres.keys()
    for url, seen in on_sqlite.items():
        assert seen == on_postgres[url], url


def test_copy_really_is_on_postgresql(postgres_copy: Flask) -> None:
    with postgres_copy.app_context():
        assert "PostgreSQL" in str(db.session.scalar(text("SELECT version()")))
