"""The two registers inside a province large enough for them, and the planted truth found again."""

import json
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from flask import Flask
from sqlalchemy import func, select

from review import create_app
from review.demo.build import REGISTER_YEARS, REGISTERS, ROOM_FOR_REGISTERS, TRUTH_FILE
from review.enums import ImportStatus, RejectReason
from review.extensions import db
from review.models.cases import Case, RegisterImport
from review.models.rounds import Round
from review.queries.ratings import load_ratings
from tests.conftest import test_config as config_for
from tests.review.demo.conftest import built

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return built(tmp_path_factory.mktemp("registers"), size=ROOM_FOR_REGISTERS)


@pytest.fixture
def app(folder: Path) -> Iterator[Flask]:
    app = create_app(config_for(folder))
    with app.app_context():
        yield app
        db.session.remove()
        db.engine.dispose()


@pytest.mark.usefixtures("app")
def test_registers_go_through_the_importer_to_the_row() -> None:
    imports = db.session.scalars(select(RegisterImport).order_by(RegisterImport.id)).all()
    assert [one.status for one in imports] == [ImportStatus.CONFIRMED] * 2
    for year, one in zip(REGISTER_YEARS, imports, strict=True):
        expected = json.loads((REGISTERS / f"dongchuan-{year}.expected.json").read_text())
        assert {key: one.counts[key] for key in expected} == expected
        # A number that the earlier register gave to another case is refused, not overwritten.
        taken = one.counts["refused_by_reason"].get(RejectReason.NUMBER_TAKEN.value, 0)
        stored = select(func.count()).select_from(Case).where(Case.import_id == one.id)
        assert db.session.scalar(stored) == expected["accepted_cases"] - taken


@pytest.mark.usefixtures("app")
def test_generated_cases_complement_the_registers() -> None:
    year = func.extract("year", Case.closed_on)
    counts = dict(
        db.session.execute(select(year, func.count()).group_by(year).order_by(year)).tuples().all()
    )
    # 25,000 and 30,000 of 36,000, times 10,000.
    assert counts == {2023: 6944, 2024: 8333, 2025: 10_000}


@pytest.mark.usefixtures("app")
def test_planted_severity_and_poor_handlers_show_in_the_marks(folder: Path) -> None:
    truth = json.loads((folder / TRUTH_FILE).read_text(encoding="utf-8"))
    published = db.session.scalars(select(Round.id).where(Round.published_at.is_not(None))).all()
    ratings = load_ratings(published)
    severity = np.array([truth["severity"][str(r)] for r in ratings.reviewer])
    handler = np.array([truth["handlers"][str(h)] for h in ratings.handler])
    slopes = np.linalg.lstsq(
        np.column_stack([np.ones(len(severity)), severity, handler]), ratings.score, rcond=None
    )[0]
    # The model adds each effect once: both slopes are 1 but for sampling error.
    assert slopes[0] == pytest.approx(truth["base"], abs=1.5)
    assert slopes[1] == pytest.approx(1, abs=0.15)
    assert slopes[2] == pytest.approx(1, abs=0.15)
