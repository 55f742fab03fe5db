"""The migrations say what the models say, on both databases, and rows live through them."""

import shutil
from collections.abc import Iterator
from datetime import date, datetime
from pathlib import Path
from typing import Any

import alembic.command
import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from flask import Flask
from flask_migrate import Config as MigrationConfig
from sqlalchemy import MetaData, inspect, select, types

from review import create_app
from review.config import ROOT
from review.errors import ConfigError
from review.extensions import db
from tests.conftest import test_config as settings

MIGRATIONS = ROOT / "review" / "migrations"
CODES = {"code": "990000", "parent_code": "990000", "region_code": "990000"}


@pytest.fixture(params=["sqlite", "postgresql"])
def blank_app(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Flask]:
    """The application over a database without any table, inside its context."""
    changes = {}
    if request.param == "postgresql":
        changes["database_url"] = request.getfixturevalue("blank_postgres")
    app = create_app(settings(tmp_path, **changes))
    with app.app_context():
        yield app
        db.session.remove()
        db.engine.dispose()


def migrations(directory: Path = MIGRATIONS) -> MigrationConfig:
    config = MigrationConfig(str(directory / "alembic.ini"))
    config.set_main_option("script_location", str(directory))
    return config


def revisions() -> list[str]:
    """Every revision, oldest first."""
    walk = ScriptDirectory.from_config(migrations()).walk_revisions()
    return [script.revision for script in walk][::-1]


def reflected() -> MetaData:
    metadata = MetaData()
    metadata.reflect(db.engine)
    return metadata


def value_for(column: Any) -> Any:
    """A value that the column's type and the tables' checks accept."""
    if column.name in CODES:
        return CODES[column.name]
    samples: tuple[tuple[type[Any], Any], ...] = (
        (types.Boolean, False),
        (types.JSON, {}),
        (types.LargeBinary, b"x"),
        (types.DateTime, datetime(2024, 5, 3)),  # noqa: DTZ001  (stored as naive UTC)
        (types.Date, date(2024, 5, 3)),
        (types.Numeric, 1),
        (types.Integer, 1),
    )
    return next((value for kind, value in samples if isinstance(column.type, kind)), "1")


def plant_rows() -> None:
    """One row in every table, each pointing at the one row of the table it refers to."""
    tables = reflected().sorted_tables
    with db.engine.begin() as connection:
        for table in tables:
            if table.name != "alembic_version":
                needed = [c for c in table.columns if not c.nullable]
                connection.execute(table.insert().values({c.name: value_for(c) for c in needed}))


def rows() -> dict[str, list[Any]]:
    tables = reflected().sorted_tables
    with db.engine.connect() as connection:
        return {t.name: [tuple(row) for row in connection.execute(select(t))] for t in tables}


def test_migrations_make_what_the_models_say(blank_app: Flask) -> None:
    alembic.command.upgrade(migrations(), "head")
    with db.engine.connect() as connection:
        options = {"compare_type": True, "compare_server_default": True}
        context = MigrationContext.configure(connection, opts=options)
        assert compare_metadata(context, db.metadata) == []


def test_migrations_make_every_check_of_the_models(blank_app: Flask) -> None:
    def checks() -> dict[str, dict[str | None, str]]:
        inspector = inspect(db.engine)
        return {
            table: {c["name"]: c["sqltext"] for c in inspector.get_check_constraints(table)}
            for table in db.metadata.tables
        }

    alembic.command.upgrade(migrations(), "head")
    migrated = checks()
    db.drop_all()
    db.create_all()
    assert any(migrated.values())
    assert migrated == checks()


def test_there_is_one_head() -> None:
    assert len(ScriptDirectory.from_config(migrations()).get_heads()) == 1


@pytest.mark.parametrize("revision", revisions())
def test_each_migration_goes_down_and_up_again_with_rows_in_place(
    blank_app: Flask, revision: str
) -> None:
    alembic.command.upgrade(migrations(), revision)
    plant_rows()
    alembic.command.downgrade(migrations(), "-1")
    alembic.command.upgrade(migrations(), revision)
    assert set(rows()) >= {"alembic_version"}
    alembic.command.downgrade(migrations(), "base")
    assert set(reflected().tables) <= {"alembic_version"}


def test_imports_staged_in_the_older_form_are_read_again(blank_app: Flask) -> None:
    alembic.command.upgrade(migrations(), "0015")
    plant_rows()
    imports = reflected().tables["register_import"]
    parts = {name: name.encode() for name in ("upload", "staged", "rejects", "changes")}
    with db.engine.begin() as connection:
        row = connection.execute(select(imports)).one()._asdict()
        connection.execute(imports.update().values(parts | {"status": "previewed"}))
        kept = [("previewed", None), ("confirmed", b"upload")]
        for number, (status, upload) in enumerate(kept, start=2):
            changes = parts | {"id": number, "status": status, "upload": upload}
            connection.execute(imports.insert().values(row | changes))

    alembic.command.upgrade(migrations(), "0016")
    tables = reflected().tables
    imports, content = tables["register_import"], tables["register_content"]
    with db.engine.connect() as connection:
        states = select(imports.c.id, imports.c.status).order_by(imports.c.id)
        assert [tuple(found) for found in connection.execute(states)] == [
            (1, "uploaded"),
            (2, "discarded"),
            (3, "confirmed"),
        ]
        found = connection.execute(select(content.c.import_id, content.c.part, content.c.content))
        assert {tuple(part) for part in found} == {
            (1, "upload", b"upload"),
            *((3, name, sealed) for name, sealed in parts.items()),
        }


FOLLOWING = """
import sqlalchemy as sa
from alembic import op

revision, down_revision, branch_labels, depends_on = "follow", "{head}", None, None


def upgrade():
    with op.batch_alter_table("user", recreate="{recreate}") as batch:
        batch.add_column(sa.Column("note", sa.String(), nullable=True))
    {extra}


def downgrade():
    with op.batch_alter_table("user", recreate="{recreate}") as batch:
        batch.drop_column("note")
"""


def with_following(tmp_path: Path, extra: str = "pass") -> MigrationConfig:
    """The real migrations and one more, which rebuilds a table that most others point at."""
    copy = tmp_path / "migrations"
    shutil.copytree(MIGRATIONS, copy)
    recreate = "always" if db.engine.dialect.name == "sqlite" else "auto"
    text = FOLLOWING.format(head=revisions()[-1], recreate=recreate, extra=extra)
    (copy / "versions" / "follow.py").write_text(text, encoding="utf-8")
    return migrations(copy)


def test_rows_survive_the_rebuilding_of_a_table_others_point_at(
    blank_app: Flask, tmp_path: Path
) -> None:
    config = with_following(tmp_path)
    alembic.command.upgrade(config, revisions()[-1])
    plant_rows()
    before = rows()
    assert all(before.values())

    alembic.command.upgrade(config, "head")
    after = rows()
    assert after.pop("alembic_version") == [("follow",)]
    assert after.pop("user") == [(*before.pop("user")[0], None)]
    before.pop("alembic_version")
    assert after == before

    alembic.command.downgrade(config, "-1")
    assert rows()["membership"] == before["membership"]


def test_failing_migration_changes_nothing(blank_app: Flask, tmp_path: Path) -> None:
    config = with_following(tmp_path, extra='raise RuntimeError("half way")')
    alembic.command.upgrade(config, revisions()[-1])
    plant_rows()
    before = rows()
    with pytest.raises(RuntimeError, match="half way"):
        alembic.command.upgrade(config, "head")
    assert rows() == before


def test_migration_that_breaks_a_reference_is_refused_on_sqlite(tmp_path: Path) -> None:
    app = create_app(settings(tmp_path))
    with app.app_context():
        config = with_following(tmp_path, extra="op.execute('DELETE FROM region')")
        alembic.command.upgrade(config, revisions()[-1])
        plant_rows()
        before = rows()
        with pytest.raises(ConfigError, match="membership"):
            alembic.command.upgrade(config, "head")
        assert rows() == before
        db.engine.dispose()


def test_foreign_keys_are_enforced_again_after_migrating(tmp_path: Path) -> None:
    app = create_app(settings(tmp_path))
    with app.app_context():
        alembic.command.upgrade(migrations(), "head")
        with db.engine.connect() as connection:
            assert connection.exec_driver_sql("PRAGMA foreign_keys").scalar() == 1
        db.engine.dispose()
