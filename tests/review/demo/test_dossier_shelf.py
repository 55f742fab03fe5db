import json
from collections import Counter
from pathlib import Path

import pytest
from flask import Flask
from pypdfium2 import PdfDocument
from sqlalchemy import func, select

from review import create_app, storage
from review.config import Mode
from review.demo import build as demo_build
from review.demo.accounts import DEMO_DOMAIN
from review.demo.build import DOSSIERS_FILE, DOSSIERS_OF_SMALL, STEPS, build
from review.demo.progress import Progress
from review.domain.dossier_documents import DOCUMENT_TYPES
from review.enums import AssignmentStatus, CopyKind, DossierStatus
from review.extensions import db
from review.models.accounts import User
from review.models.assignment import Assignment
from review.models.cases import Case
from review.models.dossiers import (
    Dossier,
    DossierCopy,
    DossierDocument,
    RedactionMark,
    StoredFile,
)
from review.models.handler import Handler
from review.models.sampling import SampledCase
from review.privacy import decrypt_text
from review.storage import whole
from tests.conftest import test_config as config_for
from tests.personal_files import found_in
from tests.review.demo.conftest import SMALL


def test_demo_reviewer_finds_complete_dossiers_on_the_desk(province: Flask) -> None:
    with province.app_context():
        rows = db.session.execute(
            select(Dossier, DossierCopy, StoredFile)
            .join(DossierCopy, DossierCopy.dossier_id == Dossier.id)
            .join(StoredFile, StoredFile.id == DossierCopy.stored_id)
            .join(SampledCase, SampledCase.case_id == Dossier.case_id)
            .join(Assignment, Assignment.sampled_case_id == SampledCase.id)
            .join(User, User.id == Assignment.reviewer_id)
            .where(
                User.email == f"reviewer@{DEMO_DOMAIN}",
                Assignment.status != AssignmentStatus.SUBMITTED,
            )
        ).all()
        assert Counter(copy.kind for _, copy, _ in rows) == dict.fromkeys(
            CopyKind, DOSSIERS_OF_SMALL
        )
        for dossier, copy, stored in rows:
            assert dossier.status is DossierStatus.REDACTED
            with PdfDocument(whole(stored)) as document:
                assert len(document) == dossier.pages == copy.pages
        index = db.session.scalars(select(DossierDocument)).all()
        assert {entry.document_type for entry in index} <= set(DOCUMENT_TYPES)
        assert db.session.scalar(select(func.count()).select_from(RedactionMark))


def test_redacted_copies_name_nobody_of_their_case(province: Flask) -> None:
    with province.app_context():
        rows = db.session.execute(
            select(StoredFile, Case.recipient_name, Handler.name)
            .join(DossierCopy, DossierCopy.stored_id == StoredFile.id)
            .join(Dossier, Dossier.id == DossierCopy.dossier_id)
            .join(Case, Case.id == Dossier.case_id)
            .join(Handler, Handler.id == Case.handler_id)
            .where(DossierCopy.kind == CopyKind.REDACTED)
        ).all()
        assert len(rows) == DOSSIERS_OF_SMALL
        for stored, recipient, handler in rows:
            for name in (decrypt_text(recipient), handler):
                assert found_in(whole(stored), name) == set()


def test_interrupted_build_leaves_the_old_files_and_none_of_its_own(
    province: Flask, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: object) -> None:
        storage.put([b"half a dossier"])
        raise KeyboardInterrupt

    monkeypatch.setattr(demo_build, "_fill", fail)
    with province.app_context():
        before = set(storage.keys())
        with pytest.raises(KeyboardInterrupt):
            build(
                tmp_path / "platform.db", seed=8, size=SMALL, progress=Progress(STEPS, silent=True)
            )
        assert set(storage.keys()) == before
        assert len(before) == 2 * DOSSIERS_OF_SMALL


def test_dossiers_truth_tells_what_was_planted(small_province: Path) -> None:
    truths = json.loads((small_province / DOSSIERS_FILE).read_text(encoding="utf-8"))
    assert len(truths) == DOSSIERS_OF_SMALL
    assert all(truth["planted"] for truth in truths)


def exported(folder: Path, mode: Mode) -> tuple[int, list[str]]:
    app = create_app(config_for(folder, mode=mode))
    arguments = ["demo", "dossiers", str(folder / "out"), "--count", "1"]
    result = app.test_cli_runner().invoke(args=arguments)
    with app.app_context():
        db.engine.dispose()
    return result.exit_code, sorted(path.name for path in (folder / "out").glob("*"))


def test_command_writes_dossiers_under_their_case_numbers(province: Flask, tmp_path: Path) -> None:
    code, files = exported(tmp_path, Mode.DEMO)
    assert code == 0
    truths = json.loads((tmp_path / "out" / DOSSIERS_FILE).read_text(encoding="utf-8"))
    assert files == sorted([DOSSIERS_FILE, f"{truths[0]['case_number']}.pdf"])


def test_command_is_refused_among_real_data(province: Flask, tmp_path: Path) -> None:
    assert exported(tmp_path, Mode.PRODUCTION) == (1, [])
