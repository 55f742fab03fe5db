"""Work behind the pages: put down with what caused it, leased to one worker at a time, ended once.

A worker that dies leaves its lease to run out, and another takes the job up again: so a task is
written to be repeated. Whatever it stored before is found and kept, or is all undone.
"""

import secrets
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import update

from review.enums import JobFailure, JobKind, JobStatus
from review.errors import LeaseLostError
from review.extensions import db
from review.models.jobs import Job
from review.permissions import Actor
from review.queries.jobs import is_anything_due, next_due, owner_of

LEASE = timedelta(seconds=60)
"""Longer than any step between two reports of progress."""

MOST_ATTEMPTS = 3
RETRY_AFTER = timedelta(seconds=15)
"""Time for a full disk or a lock to clear, before a task that broke off is tried again."""

Report = Callable[[int, int], None]
"""``report(done, total)``: called between transactions; raises LeaseLostError."""


@dataclass(frozen=True, slots=True)
class Lease:
    """A job as its worker holds it. ``by`` is None when the owner's account was closed."""

    job_id: int
    token: str
    kind: JobKind
    payload: dict[str, Any]
    attempt: int
    by: Actor | None


def enqueue(kind: JobKind, payload: dict[str, Any], by: Actor) -> Job:
    """Add a job to the running transaction; the calling verb commits both together."""
    now = datetime.now(UTC)
    job = Job(
        public_id=secrets.token_urlsafe(16),
        kind=kind,
        payload=payload,
        owner_id=by.membership_id,
        due_at=now,
        created_at=now,
    )
    db.session.add(job)
    db.session.flush()
    return job


def claim() -> Lease | None:
    """Lease the job that has been due longest, if any. Commits."""
    if not is_anything_due():
        return None
    lease = None
    while lease is None and (job := next_due()):
        if job.attempts < MOST_ATTEMPTS:
            lease = _leased(job)
        else:
            _end(job, JobStatus.FAILED, failure=JobFailure.INTERRUPTED)
    db.session.commit()
    return lease


def report(lease: Lease, done: int, total: int) -> None:
    """Note how far the work is and renew its lease, in a transaction of its own; raises
    LeaseLostError when another worker took over."""
    if db.session().in_transaction():
        raise RuntimeError("report between transactions: on SQLite this one would wait for itself")
    held = _held(lease).values(done=done, total=total, due_at=datetime.now(UTC) + LEASE)
    with db.engine.begin() as connection:
        if not connection.execute(held).rowcount:
            raise LeaseLostError


def finish(lease: Lease, result: dict[str, Any] | None = None) -> None:
    """The work is done. Commits; raises LeaseLostError."""
    _end(_still_held(lease), JobStatus.DONE, result=result or {})
    db.session.commit()


def fail(lease: Lease, failure: JobFailure) -> None:
    """The work cannot be done, and trying again would not help. Commits; raises LeaseLostError."""
    _end(_still_held(lease), JobStatus.FAILED, failure=failure)
    db.session.commit()


def give_back(lease: Lease) -> None:
    """The work broke off: it waits for another attempt, or has failed after the last. Commits;
    raises LeaseLostError."""
    job = _still_held(lease)
    if job.attempts < MOST_ATTEMPTS:
        job.status, job.lease = JobStatus.WAITING, None
        job.due_at = datetime.now(UTC) + RETRY_AFTER
    else:
        _end(job, JobStatus.FAILED, failure=JobFailure.BROKE_OFF)
    db.session.commit()


def _leased(job: Job) -> Lease:
    token = secrets.token_urlsafe(16)
    job.status, job.lease, job.attempts = JobStatus.RUNNING, token, job.attempts + 1
    job.due_at = datetime.now(UTC) + LEASE
    return Lease(job.id, token, job.kind, dict(job.payload), job.attempts, owner_of(job))


def _held(lease: Lease) -> Any:
    return update(Job).where(Job.id == lease.job_id, Job.lease == lease.token)


def _still_held(lease: Lease) -> Job:
    """The job, locked against other workers by a first write."""
    held = _held(lease).values(lease=lease.token)
    if not db.session.execute(held).rowcount:  # type: ignore[attr-defined]
        db.session.rollback()
        raise LeaseLostError
    return db.session.get_one(Job, lease.job_id, populate_existing=True)


def _end(job: Job, status: JobStatus, **outcome: Any) -> None:
    job.status, job.lease, job.due_at = status, None, None
    job.ended_at = datetime.now(UTC)
    for name, value in outcome.items():
        setattr(job, name, value)
