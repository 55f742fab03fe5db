"""Files on their way in: begun, received in parts from wherever they broke off, then taken in by
a job. Nothing of a part is kept until all of it is stored."""

import secrets
from collections.abc import Iterable
from dataclasses import asdict
from datetime import UTC, datetime, timedelta

from review.domain.audit import record
from review.domain.dossier_names import shown_name
from review.domain.jobs import enqueue
from review.enums import JobKind, UploadStatus
from review.errors import UploadTooLargeError, WrongOffsetError, WrongStatusError
from review.extensions import db
from review.models.dossiers import DossierUpload, StoredFile, UploadPart
from review.models.jobs import Job
from review.permissions import Actor
from review.privacy import encrypt_text
from review.queries.uploads import is_being_taken_in, lock_upload, parts_of, unfinished_since
from review.storage import Stored, put, remove

MOST_BYTES = 2 * 1024 * 1024 * 1024
PART_BYTES = 4 * 1024 * 1024
LONGEST_PAUSE = timedelta(days=14)
"""An upload that nobody has completed so long after it was begun is given up."""


def new_batch() -> str:
    """A name for files that were chosen together: of one case, they make one dossier."""
    return secrets.token_urlsafe(16)


def begin_upload(
    name: str,
    size: int,
    by: Actor,
    *,
    batch: str,
    sha256: str | None = None,
    case_id: int | None = None,
) -> DossierUpload:
    """Announce a file. Commits; raises UploadTooLargeError."""
    upload = _begun(name, size, by, batch, case_id)
    upload.sha256 = sha256
    db.session.commit()
    return upload


def receive_part(upload: DossierUpload, start: int, content: bytes) -> int:
    """Keep the bytes from ``start`` on; where the next part begins. Commits; raises
    WrongStatusError, and WrongOffsetError when other bytes are waited for."""
    _check_part(upload, start, len(content))
    db.session.commit()  # storing takes longer than others should wait for the database
    stored = put([content])
    try:
        lock_upload(upload)
        _check_part(upload, start, len(content))
    except (WrongOffsetError, WrongStatusError):
        remove(stored.key)  # the same part came twice, and the other was faster
        raise
    _keep_part(upload, start, stored)
    db.session.commit()
    return upload.received


def complete_upload(upload: DossierUpload, by: Actor) -> Job:
    """Have what was received taken in. Commits; raises WrongStatusError, WrongOffsetError."""
    lock_upload(upload)
    _check_part(upload, upload.size, 0)
    job = _queue(upload, by)
    db.session.commit()
    return job


def upload_whole(
    name: str, content: Iterable[bytes], by: Actor, *, batch: str, case_id: int | None = None
) -> Job:
    """Receive a file at once and have it taken in. Commits."""
    db.session.commit()  # as above
    stored = put(content)
    upload = _begun(name, stored.size, by, batch, case_id)
    upload.sha256 = stored.sha256
    _keep_part(upload, 0, stored)
    job = _queue(upload, by)
    db.session.commit()
    return job


def withdraw_upload(upload: DossierUpload, by: Actor) -> None:
    """Forget what was received of a file. Commits; raises WrongStatusError."""
    _drop(upload, by, "upload.withdrawn")


def drop_abandoned() -> int:
    """Forget what was received of files that nobody completed, or that no job could take in; of
    how many. Commits after each."""
    dropped = 0
    for upload in unfinished_since(datetime.now(UTC) - LONGEST_PAUSE):
        try:
            _drop(upload, None, "upload.abandoned")
        except WrongStatusError:
            db.session.rollback()  # its last part has come after all
        else:
            dropped += 1
    return dropped


def forget_parts(upload: DossierUpload) -> list[str]:
    """Drop the rows of all parts; their files' names, to be removed once that is committed."""
    files = list(parts_of(upload))
    db.session.query(UploadPart).filter_by(upload_id=upload.id).delete()
    for file in files:
        db.session.delete(file)
    return [file.key for file in files]


def _drop(upload: DossierUpload, by: Actor | None, action: str) -> None:
    lock_upload(upload)
    upload.status = _given_up(upload)
    record(by, action, upload)
    names = forget_parts(upload)
    db.session.commit()
    for name in names:
        remove(name)


def _given_up(upload: DossierUpload) -> UploadStatus:
    """What becomes of an upload that is given up; what a job that failed had taken in stays."""
    if upload.status is UploadStatus.RECEIVING:
        return UploadStatus.WITHDRAWN
    if upload.status is UploadStatus.QUEUED and not is_being_taken_in(upload):
        return UploadStatus.REFUSED
    raise WrongStatusError


def _begun(name: str, size: int, by: Actor, batch: str, case_id: int | None) -> DossierUpload:
    if not 0 < size <= MOST_BYTES:
        raise UploadTooLargeError
    upload = DossierUpload(
        public_id=secrets.token_urlsafe(16),
        region_code=by.region_code,
        owner_id=by.user_id,
        case_id=case_id,
        batch=batch,
        name=encrypt_text(shown_name(name)),
        size=size,
        received=0,
        status=UploadStatus.RECEIVING,
        made_at=datetime.now(UTC),
    )
    db.session.add(upload)
    record(by, "upload.begun", upload, bytes=size)
    return upload


def _check_part(upload: DossierUpload, start: int, size: int) -> None:
    if upload.status is not UploadStatus.RECEIVING:
        raise WrongStatusError
    if start != upload.received or start + size > upload.size:
        raise WrongOffsetError(upload.received)


def _keep_part(upload: DossierUpload, start: int, stored: Stored) -> None:
    file = StoredFile(**asdict(stored))
    db.session.add(file)
    db.session.flush()
    db.session.add(UploadPart(upload_id=upload.id, start=start, stored_id=file.id))
    upload.received = start + stored.size


def _queue(upload: DossierUpload, by: Actor) -> Job:
    upload.status = UploadStatus.QUEUED
    record(by, "upload.received", upload)
    return enqueue(JobKind.TAKE_IN_DOSSIERS, {"upload": upload.public_id}, by)
