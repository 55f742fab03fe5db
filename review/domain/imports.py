"""Registers that come by the browser: kept as uploaded, then read, confirmed and taken back behind
the pages. Every handler may be run again: it finds its work done, or does it whole."""

from typing import Any

from review.domain.audit import record
from review.domain.cases import (
    UNCONFIRMED,
    confirm_import,
    keep_preview,
    move_on,
    new_import,
    sealed_preview,
    undo_import,
)
from review.domain.jobs import Report, enqueue
from review.domain.readings import keep_reading
from review.domain.register import judge, read_tables
from review.domain.register_bulk import without_collecting
from review.domain.register_content import keep_content
from review.domain.register_plan import plan_import
from review.domain.register_staging import open_upload, seal_upload
from review.enums import ImportStatus, JobKind, RegisterPart
from review.errors import OutOfReachError, RegisterError, StaleError, WrongStatusError
from review.extensions import db
from review.models.cases import RegisterImport
from review.models.jobs import Job
from review.permissions import Actor
from review.queries.cases import import_in
from review.queries.jobs import running_job
from review.queries.readings import meanings_for
from review.queries.register_content import content_of

NEEDED = {
    # Once more after a preview too: the headings may have been given another meaning.
    JobKind.READ_REGISTER: UNCONFIRMED,
    JobKind.IMPORT_REGISTER: {ImportStatus.PREVIEWED},
    JobKind.UNDO_IMPORT: {ImportStatus.CONFIRMED},
}
"""What an import may be before each job on it."""


def upload_register(data: bytes, filename: str, by: Actor) -> Job:
    """Keep a file, encrypted, and have it read for a preview. Commits."""
    db.session.commit()  # sealing a large file must not hold the write lock of the request
    sealed = seal_upload(filename, data)
    import_ = new_import(data, filename, by, by.region_code)
    db.session.flush()
    keep_content(import_.id, {RegisterPart.UPLOAD: sealed})
    record(by, "register.uploaded", import_, bytes=len(data))
    job = _enqueue(JobKind.READ_REGISTER, import_, by)
    db.session.commit()
    return job


def ask_for(kind: JobKind, import_: RegisterImport, by: Actor) -> Job:
    """Put down a job on an import, or answer the one that is under way. Commits; raises
    WrongStatusError."""
    db.session.refresh(import_, ["status", "job_id"], with_for_update=True)
    job = running_job(import_.job_id)
    if job is None:
        if import_.status not in NEEDED[kind]:
            db.session.rollback()
            raise WrongStatusError
        job = _enqueue(kind, import_, by)
    db.session.commit()
    return job


def read_upload(payload: dict[str, Any], by: Actor, report: Report) -> None:
    """Read an uploaded register for its preview, or note why it cannot be read. Commits."""
    import_ = _own(payload, by)
    if import_.status in NEEDED[JobKind.READ_REGISTER]:
        _read(import_, by, report)


def confirm_staged(payload: dict[str, Any], by: Actor, report: Report) -> dict[str, Any]:
    """Confirm the import that a job names, unless an earlier attempt has done so; when the cases
    changed since the preview, make a new preview instead. Commits."""
    import_ = _own(payload, by)
    if import_.status is ImportStatus.CONFIRMED:
        return {}
    try:
        confirm_import(import_, by)
    except StaleError:
        if content_of(import_.id, RegisterPart.UPLOAD) is None:
            raise
        _read(import_, by, report)
        return {"renewed": True}
    return {}


def undo_confirmed(payload: dict[str, Any], by: Actor, _report: Report) -> None:
    """Take back the import that a job names, unless an earlier attempt has. Commits."""
    import_ = _own(payload, by)
    if import_.status is not ImportStatus.UNDONE:
        undo_import(import_, by)


def _enqueue(kind: JobKind, import_: RegisterImport, by: Actor) -> Job:
    db.session.flush()
    job = enqueue(kind, {"import_id": import_.id}, by)
    import_.job_id = job.id
    return job


def _own(payload: dict[str, Any], by: Actor) -> RegisterImport:
    import_ = import_in(by, payload["import_id"])
    if import_ is None:
        raise OutOfReachError
    return import_


@without_collecting()
def _read(import_: RegisterImport, by: Actor, report: Report) -> None:
    """Read the file of an import that is not confirmed yet, and stage what is in it."""
    import_id, region = import_.id, import_.region_code
    sealed = content_of(import_id, RegisterPart.UPLOAD)
    meanings = meanings_for(region)
    db.session.commit()  # reading must not hold the write lock
    if sealed is None:
        raise WrongStatusError
    filename, data = open_upload(sealed)
    report(0, 0)
    try:
        register = judge(read_tables(data, filename, meanings))
        plan = plan_import(register, region, report)
        preview = sealed_preview(register, plan)
    except RegisterError as error:
        move_on(import_id, UNCONFIRMED, ImportStatus.UNREADABLE)
        place = {"sheet": error.sheet, "row": error.row, "column": error.column}
        import_.problem = {"error": type(error).__name__, "headings": error.headings, **place}
        keep_reading(import_, error.questions, {})
        record(by, "register.unreadable", import_, error=type(error).__name__)
    else:
        move_on(import_id, UNCONFIRMED, ImportStatus.PREVIEWED)
        keep_preview(import_, register, plan, preview, by)
    db.session.commit()
