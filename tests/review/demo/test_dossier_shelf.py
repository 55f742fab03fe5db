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
from review.enums import AssignmentStatus, CopyKind, DossierStatus, FileStatus, JobStatus
from review.extensions import db
from review.models.accounts import User
from review.models.assignment import Assignment
from review.models.cases import Case
from review.models.dossiers import (
    Dossier,
    DossierCopy,
    DossierDocument,
    DossierFile,
    RedactionMark,
    StoredFile,
)
from review.models.handler import Handler
from review.models.jobs import Job
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


def test_redacted_copies_name_neither_their_people_nor_their_case(province: Flask) -> None:
    with province.app_context():
        rows = db.session.execute(
            select(StoredFile, Case.recipient_name, Case.case_number, Handler.name)
            .join(DossierCopy, DossierCopy.stored_id == StoredFile.id)
            .join(Dossier, Dossier.id == DossierCopy.dossier_id)
            .join(Case, Case.id == Dossier.case_id)
            .join(Handler, Handler.id == Case.handler_id)
            .where(DossierCopy.kind == CopyKind.REDACTED)
        ).all()
        assert len(rows) == DOSSIERS_OF_SMALL
        for stored, recipient, number, handler in rows:
            for name in (decrypt_text(recipient), number, handler):
                assert found_in(whole(stored), name) == set()


def test_picture_of_the_catalogue_is_black_where_the_case_number_stood(province: Flask) -> None:
    """It heads the page; what else is hidden there is who filed it, below the table."""
    with province.app_context():
        rows = db.session.execute(
            select(StoredFile, RedactionMark)
            .join(DossierCopy, DossierCopy.stored_id == StoredFile.id)
            .join(RedactionMark, RedactionMark.dossier_id == DossierCopy.dossier_id)
            .where(DossierCopy.kind == CopyKind.REDACTED)
            .where(RedactionMark.page == 1, RedactionMark.y1 < 0.2)
        ).all()
        assert len(rows) == DOSSIERS_OF_SMALL
        for stored, mark in rows:
            with PdfDocument(whole(stored)) as document:
                shown = document[0].render(scale=2, grayscale=True).to_numpy().squeeze()
            height, width = shown.shape
            top, bottom = int(mark.y0 * height) + 1, int(mark.y1 * height) - 1
            under = shown[top:bottom, int(mark.x0 * width) + 1 : int(mark.x1 * width) - 1]
            assert under.max() < 32  # of 255
            assert (mark.x1 - mark.x0) * 595 > 13 * 8  # points: as wide as such a number is


def test_demo_dossiers_came_as_uploads_and_leave_no_work(province: Flask) -> None:
    with province.app_context():
        files = db.session.scalars(select(DossierFile)).all()
        assert [file.status for file in files] == [FileStatus.IN_USE] * DOSSIERS_OF_SMALL
        assert all(one.files_digest for one in db.session.scalars(select(Dossier)))
        jobs = db.session.scalars(select(Job)).all()
        assert {job.status for job in jobs} == {JobStatus.DONE}


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
        assert len(before) == 3 * DOSSIERS_OF_SMALL  # as uploaded, complete, redacted


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
