"""Which files a dossier consists of. What is in use never gives way without a word."""

import secrets
from datetime import UTC, datetime

from review.domain.audit import record
from review.domain.dossier_changes import note_change
from review.domain.dossier_copies import doubt_places
from review.domain.jobs import enqueue
from review.enums import DossierStatus, FileStatus, JobKind
from review.errors import NothingWaitsError, ReasonNeededError, WrongStatusError
from review.extensions import db
from review.models.dossiers import Dossier, DossierChange, DossierFile, DossierUpload
from review.models.jobs import Job
from review.permissions import Actor
from review.queries.uploads import dossier_of_case, files_with, is_in_frame

SHORTEST_REASON = 5


def match_file(file: DossierFile, case_id: int, by: Actor) -> Job | None:
    """Say whose dossier a file belongs to; in one without files it is used at once, and a job
    puts it together. Commits; raises WrongStatusError."""
    db.session.refresh(file, with_for_update=True)
    if file.status is not FileStatus.UNMATCHED:
        raise WrongStatusError
    dossier, batch = dossier_for(case_id, by), batch_of(file)
    former = files_with(dossier, FileStatus.IN_USE)
    file.status = FileStatus.IN_USE if is_for_use(dossier, batch) else FileStatus.WAITING
    file.dossier_id, file.position = dossier.id, len(former)
    record(by, "dossier.file_matched", file, dossier=dossier.id)
    job = _assembly(dossier, by) if file.status is FileStatus.IN_USE else None
    db.session.commit()
    return job


def use_waiting_files(dossier: Dossier, by: Actor, *, replace: bool, reason: str = "") -> Job:
    """Use the files that wait: instead of those in use, or behind them. Commits.

    Raises NothingWaitsError, and ReasonNeededError when the case is in a frozen frame.
    """
    db.session.refresh(dossier, with_for_update=True)
    waiting, former = (files_with(dossier, s) for s in (FileStatus.WAITING, FileStatus.IN_USE))
    if not waiting:
        raise NothingWaitsError
    _keep_reason(dossier, reason.strip(), by)
    for file in former if replace else ():
        file.status = FileStatus.REPLACED
    for position, file in enumerate(waiting, start=0 if replace else len(former)):
        file.status, file.position = FileStatus.IN_USE, position
    if replace:
        doubt_places(dossier)
    job = _assembly(dossier, by)
    details = {"files": len(waiting), "replaced": replace}
    note_change(dossier, by, "dossier.files_used", ends=DossierStatus.REDACTED, **details)
    return job


def discard_waiting_files(dossier: Dossier, by: Actor) -> None:
    """Do without the files that wait. Commits; raises NothingWaitsError."""
    db.session.refresh(dossier, with_for_update=True)
    waiting = files_with(dossier, FileStatus.WAITING)
    if not waiting:
        raise NothingWaitsError
    for file in waiting:
        file.status = FileStatus.DISCARDED
    record(by, "dossier.files_discarded", dossier, files=len(waiting))
    db.session.commit()


def dossier_for(case_id: int, by: Actor) -> Dossier:
    """The dossier of a case, its row locked; a new one in the running transaction if need be."""
    dossier = dossier_of_case(case_id)
    if dossier is None:
        dossier = Dossier(
            public_id=secrets.token_urlsafe(16), case_id=case_id, made_at=datetime.now(UTC)
        )
        db.session.add(dossier)
        record(by, "dossier.begun", dossier)
    db.session.refresh(dossier, with_for_update=True)
    return dossier


def is_for_use(dossier: Dossier, batch: str) -> bool:
    """Whether files of a batch may be used at once: nothing else is there before them."""
    return all(batch_of(file) == batch for file in files_with(dossier, FileStatus.IN_USE))


def batch_of(file: DossierFile) -> str:
    return db.session.get_one(DossierUpload, file.upload_id).batch


def _keep_reason(dossier: Dossier, reason: str, by: Actor) -> None:
    """A dossier whose case is in a frozen frame changes only with a reason beside it."""
    if is_in_frame(dossier) and len(reason) < SHORTEST_REASON:
        raise ReasonNeededError
    change = DossierChange(
        dossier_id=dossier.id,
        reason=reason,
        digest_before=dossier.files_digest,
        changed_by_id=by.user_id,
        changed_at=datetime.now(UTC),
    )
    db.session.add(change)


def _assembly(dossier: Dossier, by: Actor) -> Job:
    return enqueue(JobKind.ASSEMBLE_DOSSIER, {"dossier": dossier.public_id}, by)
