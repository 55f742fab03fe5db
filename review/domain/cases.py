"""Registers on their way into the database: staged, shown, then confirmed or discarded."""

import hashlib
from collections import Counter
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import update
from sqlalchemy.exc import IntegrityError

from review.domain.audit import record
from review.domain.case_kinds import kind_of
from review.domain.jobs import Report
from review.domain.register import ReadRegister, judge, read_register, read_tables
from review.domain.register_plan import Plan, plan_import
from review.domain.register_staging import (
    RefusedSheet,
    open_refused,
    open_tables,
    seal_refused,
    seal_tables,
)
from review.domain.register_store import store
from review.enums import ImportStatus
from review.errors import OutOfReachError, StaleError, WrongStatusError
from review.extensions import db
from review.models.cases import RegisterImport
from review.permissions import Actor
from review.queries.cases import import_in
from review.queries.regions import contains
from review.sqlite import write_transaction

__all__ = [
    "confirm_import",
    "discard_import",
    "kind_of",
    "read_register",
    "stage_import",
    "take_rejects",
]


def stage_import(
    data: bytes, filename: str, by: Actor, *, region_code: str | None = None
) -> RegisterImport:
    """Read a register and keep it, encrypted, for a preview. Commits; raises RegisterError,
    OutOfReachError."""
    region = region_code or by.region_code
    if not contains(by.region_code, region):
        raise OutOfReachError
    db.session.commit()  # reading a file must not hold the write lock that the request began with
    tables = read_tables(data, filename)
    register = judge(tables)
    plan = plan_import(register, region)
    staged = RegisterImport(
        region_code=region,
        uploaded_by_id=by.user_id,
        uploaded_at=datetime.now(UTC),
        file_digest=hashlib.sha256(data).hexdigest(),
        counts=_counts(register, plan),
        staged=seal_tables(tables),
        rejects=seal_refused(tables, register.rejected + plan.refused),
    )
    db.session.add(staged)
    record(by, "register.staged", staged, **_figures(staged.counts))
    db.session.commit()
    return staged


def confirm_import(import_: RegisterImport, by: Actor) -> None:
    """Store the cases of a staged register, all or none. Commits; raises WrongStatusError when it
    was confirmed or discarded before, StaleError when another import came between."""
    staged, import_id, region = import_.staged, import_.id, import_.region_code
    db.session.commit()  # as above: judging takes longer than writing
    register = judge(open_tables(staged)) if staged else None
    try:
        _claim(import_id, ImportStatus.CONFIRMED)
        if register is None:
            raise WrongStatusError
        plan = plan_import(register, region)
        store(plan, import_id)
        import_.counts = _counts(register, plan)
        import_.staged = None
        import_.rejects = seal_refused(register.tables, register.rejected + plan.refused)
        record(by, "register.confirmed", import_, **_figures(import_.counts))
        db.session.commit()
    except IntegrityError:
        db.session.rollback()
        raise StaleError from None


def confirm_staged(payload: dict[str, Any], by: Actor, _report: Report) -> None:
    """Confirm the import that a job names, unless an earlier attempt has done so. Commits."""
    staged = import_in(by, payload["import_id"])
    if staged is None:
        raise OutOfReachError
    if staged.status is not ImportStatus.CONFIRMED:
        confirm_import(staged, by)


def discard_import(import_: RegisterImport, by: Actor) -> None:
    """Forget a staged register. Commits; raises WrongStatusError."""
    _claim(import_.id, ImportStatus.DISCARDED)
    import_.staged = import_.rejects = None
    record(by, "register.discarded", import_)
    db.session.commit()


def take_rejects(import_: RegisterImport, by: Actor) -> list[RefusedSheet]:
    """The refused rows as they were, for a download; noted in the audit log. Commits."""
    refused = open_refused(import_.rejects)
    db.session.commit()  # the reading transaction of a GET cannot become a writing one
    with write_transaction():
        record(
            by, "register.rejects_taken", import_, rows=sum(len(sheet.rows) for sheet in refused)
        )
        db.session.commit()
    return refused


def _claim(import_id: int, status: ImportStatus) -> None:
    """Move a previewed import on, in one statement, so that of two at once only one goes on."""
    moved = db.session.execute(
        update(RegisterImport)
        .where(RegisterImport.id == import_id, RegisterImport.status == ImportStatus.PREVIEWED)
        .values(
            status=status,
            confirmed_at=datetime.now(UTC) if status is ImportStatus.CONFIRMED else None,
        )
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
    }


def _figures(counts: dict[str, Any]) -> dict[str, int]:
    return {name: n for name, n in counts.items() if isinstance(n, int)}
