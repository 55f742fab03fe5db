"""Registers on their way into the database: staged, shown, then confirmed or discarded, and taken
back while none of their cases is in a frame."""

import hashlib
from collections import Counter
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import update
from sqlalchemy.exc import IntegrityError

from review.domain.audit import record
from review.domain.case_kinds import kind_of
from review.domain.readings import forget_reading, keep_reading
from review.domain.register import ReadRegister, judge, read_register, read_tables
from review.domain.register_bulk import without_collecting
from review.domain.register_content import SealedParts, forget_content, keep_content
from review.domain.register_plan import Plan, plan_import
from review.domain.register_questions import own_headings, questions_about
from review.domain.register_staging import (
    RefusedSheet,
    open_changes,
    open_refused,
    open_staged,
    seal_changes,
    seal_refused,
    seal_staged,
)
from review.domain.register_store import made_ready, store
from review.domain.register_undo import former_values, take_back
from review.domain.register_values import seen
from review.enums import ImportStatus, JobFailure, RegisterPart
from review.errors import (
    CannotUndoError,
    JobFailedError,
    OutOfReachError,
    StaleError,
    WrongStatusError,
)
from review.extensions import db
from review.models.cases import RegisterImport
from review.permissions import Actor
from review.privacy import encrypt_text
from review.queries.readings import meanings_for
from review.queries.regions import contains
from review.queries.register import undo_obstacle
from review.queries.register_content import content_of
from review.sqlite import write_transaction

__all__ = [
    "UNCONFIRMED",
    "confirm_import",
    "discard_import",
    "keep_preview",
    "kind_of",
    "move_on",
    "new_import",
    "read_register",
    "sealed_preview",
    "stage_import",
    "take_rejects",
    "undo_import",
]

UNCONFIRMED = {ImportStatus.UPLOADED, ImportStatus.UNREADABLE, ImportStatus.PREVIEWED}


@without_collecting()
def stage_import(
    data: bytes, filename: str, by: Actor, *, region_code: str | None = None
) -> RegisterImport:
    """Read a register and keep it, encrypted, for a preview. Commits; raises RegisterError,
    OutOfReachError."""
    region = region_code or by.region_code
    if not contains(by.region_code, region):
        raise OutOfReachError
    meanings = meanings_for(region)
    db.session.commit()  # reading a file must not hold the write lock
    register = judge(read_tables(data, filename, meanings))
    plan = plan_import(register, region, untold)
    sealed = sealed_preview(register, plan)
    import_ = new_import(data, filename, by, region)
    keep_preview(import_, register, plan, sealed, by)
    db.session.commit()
    return import_


@without_collecting()
def confirm_import(import_: RegisterImport, by: Actor) -> None:
    """Store the cases of a staged register, all or none. Commits; raises WrongStatusError when it
    was confirmed or discarded before, StaleError when a case changed since it was previewed."""
    import_id, sealed = import_.id, content_of(import_.id, RegisterPart.STAGED)
    db.session.commit()  # decrypting and encrypting take longer than writing
    if sealed is None:
        raise WrongStatusError
    staged = open_staged(sealed)
    ready = made_ready(staged)
    try:
        move_on(import_id, {ImportStatus.PREVIEWED}, ImportStatus.CONFIRMED)
        import_.made = store(staged, ready, import_id)
        import_.confirmed_at = datetime.now(UTC)
        forget_content(import_id, RegisterPart.STAGED, RegisterPart.UPLOAD)
        record(by, "register.confirmed", import_, **_figures(import_.counts))
        db.session.commit()
    except (IntegrityError, StaleError):
        db.session.rollback()
        raise StaleError from None


def undo_import(import_: RegisterImport, by: Actor) -> None:
    """Put every case back as it was before a confirmed import. Commits; raises WrongStatusError,
    CannotUndoError when a case has come into a frame or was changed since, JobFailedError."""
    import_id = import_.id
    former = former_values(open_changes(content_of(import_id, RegisterPart.CHANGES)))
    db.session.commit()  # as above
    try:
        move_on(import_id, {ImportStatus.CONFIRMED}, ImportStatus.UNDONE)
        if obstacle := undo_obstacle(import_):
            raise CannotUndoError(obstacle)
        take_back(former, import_id, import_.made or {})
        forget_content(import_id, RegisterPart.CHANGES, RegisterPart.REJECTS)
        forget_reading(import_id)
        record(by, "register.undone", import_, **_figures(import_.counts))
        db.session.commit()
    except IntegrityError:
        db.session.rollback()
        raise JobFailedError(JobFailure.IN_USE) from None
    except CannotUndoError:
        db.session.rollback()
        raise


def discard_import(import_: RegisterImport, by: Actor) -> None:
    """Forget a register that was not confirmed. Commits; raises WrongStatusError."""
    move_on(import_.id, UNCONFIRMED, ImportStatus.DISCARDED)
    forget_content(import_.id, *RegisterPart)
    forget_reading(import_.id)
    record(by, "register.discarded", import_)
    db.session.commit()


def take_rejects(import_: RegisterImport, by: Actor) -> list[RefusedSheet]:
    """The refused rows as they were, for a download; noted in the audit log. Commits."""
    refused = open_refused(content_of(import_.id, RegisterPart.REJECTS))
    db.session.commit()  # the reading transaction of a GET cannot become a writing one
    with write_transaction():
        record(
            by, "register.rejects_taken", import_, rows=sum(len(sheet.rows) for sheet in refused)
        )
        db.session.commit()
    return refused


def new_import(data: bytes, filename: str, by: Actor, region_code: str) -> RegisterImport:
    import_ = RegisterImport(
        region_code=region_code,
        uploaded_by_id=by.user_id,
        uploaded_at=datetime.now(UTC),
        file_digest=hashlib.sha256(data).hexdigest(),
        file_name=encrypt_text(seen(filename)),
        status=ImportStatus.UPLOADED,
        counts={},
    )
    db.session.add(import_)
    return import_


def sealed_preview(register: ReadRegister, plan: Plan) -> SealedParts:
    """What a preview keeps, sealed before the write lock is taken."""
    return {
        RegisterPart.STAGED: seal_staged(plan),
        RegisterPart.CHANGES: seal_changes(plan),
        RegisterPart.REJECTS: seal_refused(register.tables, register.rejected + plan.refused),
    }


def keep_preview(
    import_: RegisterImport, register: ReadRegister, plan: Plan, sealed: SealedParts, by: Actor
) -> None:
    import_.status = ImportStatus.PREVIEWED
    import_.counts = _counts(register, plan)
    tables = register.tables
    db.session.flush()
    keep_content(import_.id, sealed)
    keep_reading(import_, questions_about(tables), own_headings(tables), register.rewrites)
    record(by, "register.staged", import_, **_figures(import_.counts))


def move_on(import_id: int, before: set[ImportStatus], after: ImportStatus) -> None:
    """Move an import on, in one statement, so that of two at once only one goes on."""
    moved = db.session.execute(
        update(RegisterImport)
        .where(RegisterImport.id == import_id, RegisterImport.status.in_(before))
        .values(status=after)
    )
    if not moved.rowcount:  # type: ignore[attr-defined]
        db.session.rollback()
        raise WrongStatusError


def _counts(register: ReadRegister, plan: Plan) -> dict[str, Any]:
    """The file's own counts, then what becomes of its rows beside those already stored:
    rows read = created + updated + unchanged + skipped + refused."""
    refused = register.rejected + plan.refused
    return register.counts() | {
        "created": len(plan.created),
        "updated": len(plan.updated),
        "unchanged": plan.unchanged,
        "skipped": register.duplicates,
        "refused": len(refused),
        "refused_by_reason": dict(Counter(row.problems[0].reason.value for row in refused)),
        "changes": {change.value: n for change, n in register.changes.items()},
        "changed_fields": dict(Counter(d.field for u in plan.updated for d in u.differences)),
    }


def _figures(counts: dict[str, Any]) -> dict[str, int]:
    return {name: n for name, n in counts.items() if isinstance(n, int)}


def untold(_done: int, _total: int) -> None:
    """The report of work that nobody watches."""
