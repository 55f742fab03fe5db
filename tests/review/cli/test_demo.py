import shutil
from pathlib import Path

import pytest
from flask import Flask

from review import create_app
from review.config import Mode
from review.demo import build as demo_build
from review.enums import Role
from review.extensions import db
from tests import world
from tests.conftest import test_config as config_for


def demo_app(folder: Path, **changes: object) -> Flask:
    return create_app(config_for(folder, **({"mode": Mode.DEMO} | changes)))


def run(app: Flask, *arguments: str) -> tuple[int, str]:
    result = app.test_cli_runner().invoke(args=["demo", "build", *arguments])
    with app.app_context():
        db.engine.dispose()
    return result.exit_code, result.output


@pytest.mark.parametrize("mode", [Mode.PRODUCTION, Mode.TEST])
def test_refused_outside_demo_mode(tmp_path: Path, mode: Mode) -> None:
    code, output = run(demo_app(tmp_path, mode=mode))
    assert code == 1
    assert "PLATFORM_MODE=demo" in output
    assert not (tmp_path / "platform.db").exists()


def test_refused_on_a_database_that_is_no_file(tmp_path: Path) -> None:
    code, output = run(demo_app(tmp_path, database_url="postgresql+psycopg://nobody@nowhere/x"))
    assert code == 1
    assert "SQLite" in output


def test_refused_over_accounts_that_are_not_the_demos(tmp_path: Path, empty_database: Path) -> None:
    shutil.copy(empty_database, tmp_path / "platform.db")
    app = demo_app(tmp_path)
    with app.app_context():
        world.regions()
        world.person(Role.ORGANISER)
        db.session.commit()
    before = (tmp_path / "platform.db").read_bytes()
    code, output = run(app, "--again")
    assert code == 1
    assert "not the demo's" in output
    assert (tmp_path / "platform.db").read_bytes()[:4096] == before[:4096]


def test_built_over_an_empty_database_then_kept_then_made_again(
    tmp_path: Path, empty_database: Path
) -> None:
    shutil.copy(empty_database, tmp_path / "platform.db")
    app = demo_app(tmp_path)
    code, output = run(app, "--cases", "500", "--seed", "3")
    assert code == 0, output
    steps = [line for line in output.splitlines() if line.startswith("[")]
    assert len(steps) == demo_build.STEPS
    assert "500 cases" in output
    first = (tmp_path / "truth.json").read_bytes()

    code, output = run(app, "--cases", "600", "--seed", "4")
    assert code == 0
    assert "kept" in output
    assert (tmp_path / "truth.json").read_bytes() == first

    code, output = run(app, "--cases", "500", "--seed", "4", "--again")
    assert code == 0
    assert (tmp_path / "truth.json").read_bytes() != first
    with app.app_context():
        assert demo_build.is_built()
        db.session.remove()
