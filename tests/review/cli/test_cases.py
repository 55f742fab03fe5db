import json
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import func, select

from review import create_app
from review.demo.build import REGISTERS
from review.enums import Role
from review.extensions import db
from review.models.cases import Case
from tests import world
from tests.conftest import test_config as config_for
from tests.register_files import register, rows, workbook
from tests.world import CITY, COUNTY, OTHER_CITY


@pytest.mark.parametrize("name", ["dongchuan-2023", "dongchuan-2024"])
def test_dry_run_prints_the_expected_counts_without_a_database(name: str, tmp_path: Path) -> None:
    runner = create_app(config_for(tmp_path)).test_cli_runner()
    file = REGISTERS / f"{name}.xlsx"
    result = runner.invoke(args=["cases", "import", str(file), "--dry-run", "--json"])
    assert result.exit_code == 0
    expected = json.loads((REGISTERS / f"{name}.expected.json").read_text())
    assert json.loads(result.output.splitlines()[-1]) == expected
    assert not (tmp_path / "platform.db").exists()


def test_import_stores_the_cases_in_an_organisers_name(app: Flask, tmp_path: Path) -> None:
    file = tmp_path / "台账.xlsx"
    file.write_bytes(register(*rows(3)))
    with app.app_context():
        world.regions()
        email = world.person(Role.ORGANISER, CITY).user.email
        db.session.commit()
    arguments = ["cases", "import", str(file), "--json", "--by", email, "--region"]
    runner = app.test_cli_runner()
    assert runner.invoke(args=[*arguments, OTHER_CITY]).exit_code == 1
    result = runner.invoke(args=[*arguments, COUNTY])
    assert result.exit_code == 0, result.output
    assert json.loads(result.output.splitlines()[-1])["created"] == 3
    with app.app_context():
        assert db.session.scalar(select(func.count()).select_from(Case)) == 3


def test_unusable_file_is_named_as_such(app: Flask, tmp_path: Path) -> None:
    file = tmp_path / "台账.xlsx"
    file.write_bytes(workbook([["甲"]]))
    result = app.test_cli_runner().invoke(args=["cases", "import", str(file), "--dry-run"])
    assert result.exit_code == 1
    assert "没有找到表头" in result.output


def test_import_without_an_organiser_is_a_usage_error(app: Flask, tmp_path: Path) -> None:
    file = tmp_path / "台账.xlsx"
    file.write_bytes(register(*rows(1)))
    result = app.test_cli_runner().invoke(args=["cases", "import", str(file)])
    assert result.exit_code == 2
    assert "--region" in result.output
