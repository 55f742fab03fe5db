"""Run the migrations: all or nothing, on both databases.

SQLite cannot alter most of a table, so Alembic copies it, drops it and renames the copy. With
foreign keys enforced, the drop would act on the rows that point at the table: so they are off
while a migration runs, and every reference is checked before it is committed.
"""

from alembic import context
from flask import current_app
from sqlalchemy import Connection

from review.errors import ConfigError

migrate = current_app.extensions["migrate"]


def enforce_foreign_keys(connection: Connection, *, on: bool) -> None:
    """SQLite ignores this inside a transaction, so ask the driver before one begins."""
    connection.connection.execute(f"PRAGMA foreign_keys={'ON' if on else 'OFF'}")


def refuse_broken_references(connection: Connection) -> None:
    if broken := connection.exec_driver_sql("PRAGMA foreign_key_check").fetchall():
        tables = sorted({row[0] for row in broken})
        raise ConfigError(f"migration would break references from: {', '.join(tables)}")


def run(connection: Connection) -> None:
    context.configure(
        connection=connection,
        target_metadata=migrate.db.metadata,
        transactional_ddl=True,
        compare_server_default=True,
        **migrate.configure_args,
    )
    with context.begin_transaction():
        context.run_migrations()
        if connection.dialect.name == "sqlite":
            refuse_broken_references(connection)


def main() -> None:
    with migrate.db.engine.connect() as connection:
        is_sqlite = connection.dialect.name == "sqlite"
        if is_sqlite:
            enforce_foreign_keys(connection, on=False)
        try:
            run(connection)
        finally:
            connection.rollback()
            if is_sqlite:
                enforce_foreign_keys(connection, on=True)


main()
