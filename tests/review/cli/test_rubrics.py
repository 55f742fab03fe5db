import json
from pathlib import Path

import pytest
from flask import Flask

from review.enums import DefinitionStatus, Role
from review.extensions import db
from review.models.definitions import Definition
from rubrics import registry
from tests import world


def test_check_prints_the_counts_as_one_line(app: Flask) -> None:
    answer = app.test_cli_runner().invoke(args=["rubrics", "check", "--json"])
    assert answer.exit_code == 0
    assert json.loads(answer.stdout.splitlines()[-1]) == {
        "rubrics": 10,
        "schemes": 5,
        "problems": 0,
    }


def test_check_names_a_fault_in_words_and_fails(
    app: Flask, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    text = (registry.SCHEMES / "hundred-4.toml").read_text(encoding="utf-8")
    faulty = text.replace("lower = 60, upper = 80", "lower = 60, upper = 70")
    (tmp_path / "hundred-4.toml").write_text(faulty, encoding="utf-8")
    monkeypatch.setattr(registry, "SCHEMES", tmp_path)
    answer = app.test_cli_runner().invoke(args=["rubrics", "check", "--json"])
    assert answer.exit_code == 1
    assert "hundred-4：这段分数没有等次（70–80）" in answer.output
    assert json.loads(answer.stdout.splitlines()[-1])["problems"] == 1


def test_recompute_names_a_text_changed_after_publication(app: Flask) -> None:
    with app.app_context():
        world.regions()
        by = world.person(Role.ORGANISER, world.CITY)
        own = world.definition(by, status=DefinitionStatus.PUBLISHED)
        world.definition(by, "draft", text=own.text + "# unfinished")
        db.session.commit()
    told = app.test_cli_runner().invoke(args=["rubrics", "recompute", "--json"])
    counts = {"reviews": 0, "definitions": 1, "different": 0, "altered": 0}
    assert (told.exit_code, json.loads(told.stdout.splitlines()[-1])) == (0, counts)
    with app.app_context():
        own = db.session.query(Definition).filter_by(status=DefinitionStatus.PUBLISHED).one()
        own.text = own.text.replace("= 12", "= 13")
        db.session.commit()
    told = app.test_cli_runner().invoke(args=["rubrics", "recompute"])
    assert told.exit_code == 1
    assert f"{world.CITY}-civil/1: the text is not the one that was published" in told.output
