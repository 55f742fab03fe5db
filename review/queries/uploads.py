from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import func, select

from review.enums import FileStatus, JobKind, UploadStatus
from review.extensions import db
from review.models.cases import Case
from review.models.dossiers import Dossier, DossierFile, DossierUpload, StoredFile, UploadPart
from review.models.jobs import Job
from review.models.sampling import FrameCase
from review.permissions import Actor
from review.privacy import decrypt_text
from review.queries.regions import within

LATEST = 20
UNDECIDED = FileStatus.UNMATCHED, FileStatus.WAITING


def own_upload(actor: Actor, public_id: str) -> DossierUpload | None:
    query = select(DossierUpload).where(
        DossierUpload.public_id == public_id,
        DossierUpload.owner_id == actor.user_id,
        within(DossierUpload.region_code, actor.region_code),
    )
    return db.session.scalars(query).one_or_none()


def unfinished_since(limit: datetime) -> Sequence[DossierUpload]:
    """The uploads, whosesoever, that were begun before ``limit`` and are not taken in yet."""
    is_open = DossierUpload.status.in_((UploadStatus.RECEIVING, UploadStatus.QUEUED))
    query = select(DossierUpload).where(is_open, DossierUpload.made_at < limit)
    return db.session.scalars(query.order_by(DossierUpload.id)).all()


def is_being_taken_in(upload: DossierUpload) -> bool:
    """Whether a job on it waits or is under way; one that failed for good is not."""
    query = select(Job.id).where(
        Job.kind == JobKind.TAKE_IN_DOSSIERS,
        Job.due_at.is_not(None),
        Job.payload["upload"].as_string() == upload.public_id,
    )
    return db.session.scalar(query.limit(1)) is not None


def lock_upload(upload: DossierUpload) -> None:
    """Hold the upload's row until the transaction ends, as it is stored now."""
    db.session.refresh(upload, with_for_update=True)


def parts_of(upload: DossierUpload) -> Sequence[StoredFile]:
    """The stored parts in their order."""
    return db.session.scalars(
        select(StoredFile)
        .join(UploadPart, UploadPart.stored_id == StoredFile.id)
        .where(UploadPart.upload_id == upload.id)
        .order_by(UploadPart.start)
    ).all()


def uploads_of(actor: Actor) -> list[tuple[DossierUpload, str, int, int, int]]:
    """The latest own uploads, with their names and how many of their files met which end."""

    def count(*statuses: FileStatus) -> Any:
        return func.count(DossierFile.id).filter(DossierFile.status.in_(statuses))

    rows = db.session.execute(
        select(
            DossierUpload,
            count(FileStatus.IN_USE, FileStatus.REPLACED).label("taken"),
            count(*UNDECIDED).label("undecided"),
            count(FileStatus.REFUSED).label("refused"),
        )
        .outerjoin(DossierFile, DossierFile.upload_id == DossierUpload.id)
        .where(
            DossierUpload.owner_id == actor.user_id,
            within(DossierUpload.region_code, actor.region_code),
            DossierUpload.status != UploadStatus.WITHDRAWN,
        )
        .group_by(DossierUpload.id)
        .order_by(DossierUpload.id.desc())
        .limit(LATEST)
    )
    return [(upload, decrypt_text(upload.name), *counts) for upload, *counts in rows]


def files_of_upload(upload: DossierUpload) -> list[tuple[DossierFile, str, str, str]]:
    """What an upload held: each file with its name, and number and dossier of a known case. First
    come those that wait for somebody, then those refused."""
    rows = db.session.execute(
        select(DossierFile, Case.case_number, Dossier.public_id)
        .outerjoin(Dossier, Dossier.id == DossierFile.dossier_id)
        .outerjoin(Case, Case.id == Dossier.case_id)
        .where(DossierFile.upload_id == upload.id)
        .order_by(
            DossierFile.status.not_in(UNDECIDED),
            DossierFile.status != FileStatus.REFUSED,
            DossierFile.ordinal,
        )
    )
    return [(file, decrypt_text(file.name), *case) for file, *case in rows]


def dossiers_of_upload(upload: DossierUpload) -> Sequence[Dossier]:
    """The dossiers that use files of this upload."""
    uses = DossierFile.upload_id == upload.id, DossierFile.status == FileStatus.IN_USE
    ids = select(DossierFile.dossier_id).where(*uses)
    return db.session.scalars(select(Dossier).where(Dossier.id.in_(ids)).order_by(Dossier.id)).all()


def file_of_upload(upload: DossierUpload, file_id: int) -> DossierFile | None:
    found = db.session.get(DossierFile, file_id)
    return found if found and found.upload_id == upload.id else None


def ordinals_done(upload: DossierUpload) -> set[int]:
    query = select(DossierFile.ordinal).where(DossierFile.upload_id == upload.id)
    return set(db.session.scalars(query))


def case_within(actor: Actor, number: str) -> int | None:
    """The case of this canonical number, if it lies in the actor's tree."""
    mine = within(Case.region_code, actor.region_code)
    return db.session.scalar(select(Case.id).where(Case.case_number == number, mine))


def numbers_within(region_code: str) -> list[tuple[str, int]]:
    """Number and id of every case of a region."""
    query = select(Case.case_number, Case.id).where(within(Case.region_code, region_code))
    return [(number, case_id) for number, case_id in db.session.execute(query)]


def files_with(dossier: Dossier, *statuses: FileStatus) -> Sequence[DossierFile]:
    return db.session.scalars(
        select(DossierFile)
        .where(DossierFile.dossier_id == dossier.id, DossierFile.status.in_(statuses))
        .order_by(DossierFile.position, DossierFile.id)
    ).all()


def stored_of(files: Sequence[DossierFile]) -> dict[int, StoredFile]:
    """What is stored of each of these files, by the file's id."""
    ids = [file.id for file in files]
    rows = db.session.execute(
        select(DossierFile.id, StoredFile)
        .join(StoredFile, StoredFile.id == DossierFile.stored_id)
        .where(DossierFile.id.in_(ids))
    )
    return dict(rows.tuples().all())


def dossier_of_case(case_id: int) -> Dossier | None:
    return db.session.scalar(select(Dossier).where(Dossier.case_id == case_id))


def is_in_frame(dossier: Dossier) -> bool:
    """Whether a frame that was frozen holds the dossier's case."""
    query = select(FrameCase.case_id).where(FrameCase.case_id == dossier.case_id).limit(1)
    return db.session.scalar(query) is not None
