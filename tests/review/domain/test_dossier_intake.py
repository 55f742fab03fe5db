"""From an upload to a dossier: matched, kept, put together; never silently replaced."""

import zipfile
from collections.abc import Iterator
from io import BytesIO
from typing import Any

import pikepdf
import pytest
from flask import Flask
from sqlalchemy import select

from review.domain.dossiers import discard_waiting_files, match_file, use_waiting_files
from review.domain.frames import freeze_frame
from review.domain.uploads import (
    MOST_BYTES,
    begin_upload,
    complete_upload,
    new_batch,
    receive_part,
    upload_whole,
    withdraw_upload,
)
from review.enums import (
    CopyKind,
    DossierStatus,
    FileRefusal,
    FileStatus,
    IndexSource,
    JobFailure,
    JobKind,
    JobStatus,
    MarkedContent,
    MarkStatus,
    Role,
    UploadStatus,
)
from review.errors import (
    NothingWaitsError,
    ReasonNeededError,
    UploadTooLargeError,
    WrongOffsetError,
    WrongStatusError,
)
from review.extensions import db
from review.jobs import HANDLERS, run_due
from review.models.cases import Case
from review.models.dossiers import (
    Dossier,
    DossierChange,
    DossierCopy,
    DossierDocument,
    DossierFile,
    DossierUpload,
    RedactionMark,
    StoredFile,
)
from review.models.jobs import Job
from review.models.sampling import FrameCase
from review.permissions import Actor
from review.queries.accounts import acting_as
from review.queries.uploads import files_of_upload
from review.storage import keys, whole
from tests import world
from tests.hostile_pdfs import FILES, harmless


class Scene:
    def __init__(self) -> None:
        world.regions()
        member = world.person(Role.ORGANISER, world.CITY)
        at = world.agency()
        self.member = member
        self.cases = [world.case(world.handler(), at) for _ in range(2)]
        self.elsewhere = world.case(
            world.handler(region_code=world.OTHER_COUNTY), world.agency(world.OTHER_COUNTY)
        )
        self.by: Actor = acting_as(member.user, member)
        db.session.commit()

    def number(self, which: int) -> str:
        return self.cases[which].case_number

    def upload(self, content: bytes, name: str = "卷宗.zip", **more: Any) -> DossierUpload:
        """Upload and let the worker take it in."""
        upload_whole(name, [content], self.by, batch=more.pop("batch", new_batch()), **more)
        run_due()
        newest = select(DossierUpload).order_by(DossierUpload.id.desc()).limit(1)
        return db.session.scalars(newest).one()


@pytest.fixture(autouse=True)
def unread(monkeypatch: pytest.MonkeyPatch) -> None:
    """Proposals are asked for, and tried elsewhere: here they would start two children each."""
    for kind in (JobKind.PROPOSE_INDEX, JobKind.PROPOSE_MARKS):
        monkeypatch.setitem(HANDLERS, kind, lambda *_: None)


@pytest.fixture
def scene(app: Flask) -> Iterator[Scene]:
    with app.app_context():
        yield Scene()


@pytest.fixture
def either(any_app: Flask) -> Iterator[Scene]:
    """The scene on each database in turn."""
    with any_app.app_context():
        yield Scene()


def packed(files: dict[str, bytes]) -> bytes:
    buffer = BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    return buffer.getvalue()


def pages(count: int) -> bytes:
    buffer = BytesIO()
    with pikepdf.Pdf.new() as pdf:
        for _ in range(count):
            pdf.add_blank_page()
        pdf.save(buffer)
    return buffer.getvalue()


def dossier_of(case: Case) -> Dossier:
    return db.session.scalars(select(Dossier).where(Dossier.case_id == case.id)).one()


def full_copy(dossier: Dossier) -> StoredFile:
    return db.session.scalars(
        select(StoredFile)
        .join(DossierCopy, DossierCopy.stored_id == StoredFile.id)
        .where(DossierCopy.dossier_id == dossier.id, DossierCopy.kind == CopyKind.FULL)
    ).one()


def statuses() -> list[FileStatus]:
    return list(db.session.scalars(select(DossierFile.status).order_by(DossierFile.id)))


def last_job() -> Job:
    return db.session.scalars(select(Job).order_by(Job.id.desc()).limit(1)).one()


def test_a_zip_of_two_cases_becomes_two_dossiers_and_a_list_of_the_rest(either: Scene) -> None:
    either.upload(
        packed(
            {
                f"{either.number(0)}/2.pdf": pages(3),
                f"{either.number(0)}/1.pdf": pages(2),
                f"{either.number(1).replace('（', '(').replace('）', ')')}.pdf": pages(4),
                f"{either.elsewhere.case_number}.pdf": pages(1),  # not of this organiser's tree
                "不知谁的.pdf": pages(1),
                f"{either.number(1)}/坏.pdf": FILES["password"](),
            }
        )
    )
    first, second = map(dossier_of, either.cases)
    assert (first.pages, second.pages) == (5, 4)  # 2 + 3; 4 and one refused
    assert first.status is DossierStatus.UPLOADED
    with pikepdf.open(BytesIO(whole(full_copy(first)))) as pdf:
        assert len(pdf.pages) == 5
    files = db.session.scalars(select(DossierFile)).all()
    assert sorted(file.status for file in files) == sorted(
        [FileStatus.IN_USE] * 3 + [FileStatus.UNMATCHED] * 2 + [FileStatus.REFUSED]
    )
    assert [f.refusal for f in files if f.refusal] == [FileRefusal.LOCKED]
    assert db.session.scalar(select(Dossier).where(Dossier.case_id == either.elsewhere.id)) is None


def test_nothing_of_an_upload_is_left_beside_what_is_kept(scene: Scene) -> None:
    upload = scene.upload(pages(1), f"{scene.number(0)}.pdf")
    assert upload.status is UploadStatus.DONE
    assert set(keys()) == set(db.session.scalars(select(StoredFile.key)))
    assert len(set(keys())) == 2  # the original and the full copy


def test_files_chosen_together_make_one_dossier(scene: Scene) -> None:
    batch = new_batch()
    for part in ("上", "下"):
        scene.upload(pages(2), f"{scene.number(0)}{part}.pdf", batch=batch)
    assert dossier_of(scene.cases[0]).pages == 4
    assert statuses() == [FileStatus.IN_USE] * 2


def test_index_and_marks_of_new_files_are_proposed_unasked(scene: Scene) -> None:
    scene.upload(pages(2), f"{scene.number(0)}.pdf")
    dossier = db.session.scalars(select(Dossier)).one()
    *_, index, marks = db.session.scalars(select(Job).order_by(Job.id))
    assert (index.kind, marks.kind) == (JobKind.PROPOSE_INDEX, JobKind.PROPOSE_MARKS)
    assert index.payload == marks.payload == {"dossier": dossier.public_id, "id": dossier.id}


def test_a_second_upload_waits_and_changes_nothing(scene: Scene) -> None:
    scene.upload(pages(1), f"{scene.number(0)}.pdf")
    before = full_copy(dossier_of(scene.cases[0])).sha256
    scene.upload(pages(2), f"{scene.number(0)}.pdf")
    assert statuses() == [FileStatus.IN_USE, FileStatus.WAITING]
    assert full_copy(dossier_of(scene.cases[0])).sha256 == before


@pytest.mark.parametrize(("replace", "left"), [(True, 2), (False, 3)])  # 2 instead of, or behind 1
def test_waiting_files_are_used_when_somebody_says_so(
    scene: Scene, replace: bool, left: int
) -> None:
    scene.upload(pages(1), f"{scene.number(0)}.pdf")
    dossier = dossier_of(scene.cases[0])
    former = dossier.files_digest
    scene.upload(pages(2), f"{scene.number(0)}.pdf")
    place = {"page": 1, "x0": 0, "y0": 0, "x1": 1, "y1": 1, "what": MarkedContent.NAME}
    how = {"source": IndexSource.HAND, "status": MarkStatus.ACCEPTED}
    world.add(RedactionMark(dossier_id=dossier.id, **place, **how))
    entry = {"document_type": "evidence", "first_page": 1, "last_page": 1, "confirmed": True}
    world.add(DossierDocument(dossier_id=dossier.id, source=IndexSource.HAND, **entry))
    use_waiting_files(dossier, scene.by, replace=replace)
    run_due()
    db.session.refresh(dossier)
    assert dossier.pages == left
    assert dossier.files_digest != former
    assert db.session.scalars(select(DossierDocument.confirmed)).one() is not replace
    kept = MarkStatus.PROPOSED if replace else MarkStatus.ACCEPTED
    assert db.session.scalars(select(RedactionMark.status)).one() is kept
    originals = select(DossierFile).where(DossierFile.stored_id.is_not(None))
    assert len(db.session.scalars(originals).all()) == 2  # the replaced one is kept as well


def test_waiting_files_can_be_done_without(scene: Scene) -> None:
    for _ in range(2):
        scene.upload(pages(1), f"{scene.number(0)}.pdf")
    dossier = dossier_of(scene.cases[0])
    discard_waiting_files(dossier, scene.by)
    assert statuses() == [FileStatus.IN_USE, FileStatus.DISCARDED]
    with pytest.raises(NothingWaitsError):
        use_waiting_files(dossier, scene.by, replace=True)


def test_after_the_freeze_a_dossier_changes_only_with_a_reason(scene: Scene) -> None:
    scene.upload(pages(1), f"{scene.number(0)}.pdf")
    world.drawn_round(scene.member, scene.cases)
    db.session.commit()
    scene.upload(pages(2), f"{scene.number(0)}.pdf")
    dossier = dossier_of(scene.cases[0])
    with pytest.raises(ReasonNeededError):
        use_waiting_files(dossier, scene.by, replace=True, reason=" 补  ")
    db.session.rollback()
    assert statuses() == [FileStatus.IN_USE, FileStatus.WAITING]
    use_waiting_files(dossier, scene.by, replace=True, reason="原扫描缺第三页")
    change = db.session.scalars(select(DossierChange)).one()
    assert (change.reason, change.digest_before) == ("原扫描缺第三页", dossier.files_digest)


def test_a_freeze_notes_which_files_each_dossier_has(scene: Scene) -> None:
    scene.upload(pages(1), f"{scene.number(0)}.pdf")
    round_ = world.round_(scene.member)
    freeze_frame(round_, world.SEED_PLAN, scene.by)
    noted = select(FrameCase.dossier_digest).order_by(FrameCase.dossier_digest.is_(None))
    digest = dossier_of(scene.cases[0]).files_digest
    assert db.session.scalars(noted).all() == [digest, None]  # the second case has no dossier
    assert digest


def test_an_unmatched_file_is_matched_by_hand(scene: Scene) -> None:
    scene.upload(pages(2), "扫描件.pdf")
    file = db.session.scalars(select(DossierFile)).one()
    match_file(file, scene.cases[0].id, scene.by)
    run_due()
    assert dossier_of(scene.cases[0]).pages == 2
    with pytest.raises(WrongStatusError):
        match_file(file, scene.cases[1].id, scene.by)


def test_an_upload_goes_on_where_it_broke_off(scene: Scene) -> None:
    content = pages(3)
    upload = begin_upload(f"{scene.number(0)}.pdf", len(content), scene.by, batch=new_batch())
    assert receive_part(upload, 0, content[:100]) == 100
    with pytest.raises(WrongOffsetError) as wrong:
        receive_part(upload, 0, content[:100])  # sent twice
    assert wrong.value.received == 100
    with pytest.raises(WrongOffsetError):
        complete_upload(upload, scene.by)
    db.session.rollback()
    receive_part(upload, 100, content[100:])
    complete_upload(upload, scene.by)
    run_due()
    assert dossier_of(scene.cases[0]).pages == 3


def test_more_than_was_announced_is_not_received(scene: Scene) -> None:
    upload = begin_upload("a.pdf", 10, scene.by, batch=new_batch())
    with pytest.raises(WrongOffsetError):
        receive_part(upload, 0, b"x" * 11)


def test_what_arrives_otherwise_than_announced_is_refused(scene: Scene) -> None:
    content = pages(1)
    name, batch, wrong = f"{scene.number(0)}.pdf", new_batch(), "0" * 64
    upload = begin_upload(name, len(content), scene.by, batch=batch, sha256=wrong)
    receive_part(upload, 0, content)
    complete_upload(upload, scene.by)
    run_due()
    assert last_job().failure is JobFailure.ARRIVED_DAMAGED
    assert db.session.scalars(select(DossierFile)).all() == []
    assert set(keys()) == set()


def test_an_unreadable_archive_is_said_to_be_so(scene: Scene) -> None:
    scene.upload(b"PK\x03\x04" + bytes(100))
    assert last_job().failure is JobFailure.ARCHIVE_UNREADABLE


def test_a_withdrawn_upload_leaves_nothing(scene: Scene) -> None:
    upload = begin_upload("a.pdf", 10, scene.by, batch=new_batch())
    receive_part(upload, 0, b"12345")
    withdraw_upload(upload, scene.by)
    assert set(keys()) == set()
    with pytest.raises(WrongStatusError):
        receive_part(upload, 5, b"67890")


def test_a_job_that_broke_off_is_repeated_without_doubling(
    scene: Scene, monkeypatch: pytest.MonkeyPatch
) -> None:
    content = packed({f"{scene.number(n)}.pdf": pages(1) for n in range(2)})
    calls = []

    def breaks(*arguments: Any) -> None:
        calls.append(arguments)
        raise OSError("no space left")

    with monkeypatch.context() as patched:
        patched.setattr("review.domain.dossier_intake.make_full_copy", breaks)
        patched.setattr("review.domain.dossier_intake.keep_full_copy", breaks)
        scene.upload(content)
    job = last_job()
    assert (job.status, len(calls)) == (JobStatus.WAITING, 1)
    job.due_at = job.created_at
    db.session.commit()
    run_due()
    assert statuses() == [FileStatus.IN_USE] * 2
    assert [dossier_of(case).pages for case in scene.cases] == [1, 1]


@pytest.mark.parametrize("size", [0, MOST_BYTES + 1])
def test_upload_of_nothing_or_too_much_is_not_begun(scene: Scene, size: int) -> None:
    with pytest.raises(UploadTooLargeError):
        begin_upload("1.pdf", size, scene.by, batch=new_batch())
    assert db.session.scalars(select(DossierUpload)).all() == []


def test_files_that_wait_for_somebody_lead_the_outcome(scene: Scene) -> None:
    number = scene.number(0)
    files = {f"{number}/1.pdf": harmless(), f"{number}/2.pdf": b"", "扫描件.pdf": harmless()}
    upload = scene.upload(packed(files))
    found = [(file.status, file.refusal) for file, *_ in files_of_upload(upload)]
    assert found == [
        (FileStatus.UNMATCHED, None),
        (FileStatus.REFUSED, FileRefusal.EMPTY),
        (FileStatus.IN_USE, None),
    ]


def test_hostile_files_beside_good_ones_harm_none(scene: Scene) -> None:
    number = scene.number(0)
    scene.upload(packed({f"{number}/1.pdf": harmless(), f"{number}/2.pdf": FILES["bomb"]()}))
    assert dossier_of(scene.cases[0]).pages == 1
