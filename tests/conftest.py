import os
import secrets
import shutil
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path

import hypothesis
import pytest
from flask import Flask
from flask.testing import FlaskClient

from review import create_app
from review.config import Config, Mode
from review.extensions import db
from review.models.accounts import Membership
from review.security import TOKEN
from tests import world
from tests.services import (  # noqa: F401  (fixtures)
    blank_postgres,
    database_url,
    execute,
    postgres_admin,
    redis_url,
)

hypothesis.settings.register_profile("repeatable", derandomize=True, deadline=None)
hypothesis.settings.register_profile("searching", deadline=None)
hypothesis.settings.load_profile(os.environ.get("HYPOTHESIS", "repeatable"))


def test_config(data_dir: Path, **changes: object) -> Config:
    values = {
        "mode": Mode.TEST,
        "secret_key": "s" * 32,
        "data_key": b"k" * 32,
        "database_url": f"sqlite:///{data_dir / 'platform.db'}",
        "data_dir": data_dir,
    }
    return Config(**(values | changes))  # type: ignore[arg-type]


@pytest.fixture(scope="session")
def empty_database(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A database file with every table and no row, copied for each test."""
    folder = tmp_path_factory.mktemp("template")
    app = create_app(test_config(folder))
    with app.app_context():
        db.create_all()
        db.session.remove()
        db.engine.dispose()
    return folder / "platform.db"


@pytest.fixture
def sqlite_app(tmp_path: Path, empty_database: Path) -> Iterator[Flask]:
    """The application over an empty SQLite database of its own."""
    shutil.copy(empty_database, tmp_path / "platform.db")
    app = create_app(test_config(tmp_path))
    app.config["WTF_CSRF_ENABLED"] = False
    yield app
    with app.app_context():
        db.session.remove()
        db.engine.dispose()


@pytest.fixture(scope="session")
def postgres_template(
    postgres_admin: str,  # noqa: F811
    tmp_path_factory: pytest.TempPathFactory,
) -> str:
    """A PostgreSQL database with every table and no row, copied for each test."""
    name = f"template_{secrets.token_hex(6)}"
    execute(postgres_admin, "CREATE DATABASE {}", name)
    folder = tmp_path_factory.mktemp("postgres")
    app = create_app(test_config(folder, database_url=database_url(postgres_admin, name)))
    with app.app_context():
        db.create_all()
        db.session.remove()
        db.engine.dispose()
    return name


@pytest.fixture
def postgres_app(
    tmp_path: Path,
    postgres_admin: str,  # noqa: F811
    postgres_template: str,
) -> Iterator[Flask]:
    """The application over an empty PostgreSQL database of its own."""
    name = f"t_{secrets.token_hex(6)}"
    execute(postgres_admin, "CREATE DATABASE {} TEMPLATE {}", name, postgres_template)
    app = create_app(test_config(tmp_path, database_url=database_url(postgres_admin, name)))
    app.config["WTF_CSRF_ENABLED"] = False
    yield app
    with app.app_context():
        db.session.remove()
        db.engine.dispose()
    execute(postgres_admin, "DROP DATABASE {} WITH (FORCE)", name)


DATABASES = {"sqlite": "sqlite_app", "postgresql": "postgres_app"}


@pytest.fixture
def app(request: pytest.FixtureRequest) -> Flask:
    """The application over an empty database of its own; TEST_DATABASE may say postgresql.

    Fill it inside ``with app.app_context():`` and leave the block before the first request, so
    that ``g`` and the session never leak between users.
    """
    app: Flask = request.getfixturevalue(DATABASES[os.environ.get("TEST_DATABASE", "sqlite")])
    return app


@pytest.fixture(params=DATABASES)
def any_app(request: pytest.FixtureRequest) -> Flask:
    """The application on each database in turn."""
    app: Flask = request.getfixturevalue(DATABASES[request.param])
    return app


def signed_in_client(app: Flask, membership_id: int) -> FlaskClient:
    """A browser signed in as this person in this role."""
    with app.app_context():
        token = world.session_token(db.session.get_one(Membership, membership_id))
        db.session.commit()
    client = app.test_client()
    with client.session_transaction() as session:
        session[TOKEN] = token
    return client


@pytest.fixture
def client_as(app: Flask) -> Callable[[int], FlaskClient]:
    """``client_as(membership_id)``: a browser signed in as this person in this role."""
    return partial(signed_in_client, app)
