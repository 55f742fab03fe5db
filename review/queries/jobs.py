"""Jobs: a person's own, and the one that a worker takes next."""

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import exists, select

from review.enums import JobKind, JobStatus
from review.extensions import db
from review.models.accounts import Membership, User
from review.models.jobs import Job
from review.permissions import Actor
from review.queries.accounts import acting_as
from review.sqlite import read_transaction

LONG_WAIT = timedelta(seconds=60)
"""A running worker takes a job within a second; after this long there is probably none."""

SEARCHED_JOBS = 50
"""Whoever asked for so many since can ask again."""


def own_job(actor: Actor, public_id: str) -> Job | None:
    return db.session.scalar(
        select(Job).where(Job.public_id == public_id, Job.owner_id == actor.membership_id)
    )


def latest_own(actor: Actor, kind: JobKind, about: Mapping[str, Any]) -> Job | None:
    """The actor's last job of a kind whose payload says ``about``; JSON is compared here, since
    the two databases do it differently."""
    rows = db.session.scalars(
        select(Job)
        .where(Job.owner_id == actor.membership_id, Job.kind == kind)
        .order_by(Job.id.desc())
        .limit(SEARCHED_JOBS)
    )
    return next((job for job in rows if about.items() <= job.payload.items()), None)


def job_numbered(job_id: int | None) -> Job | None:
    return db.session.get(Job, job_id) if job_id else None


def running_job(job_id: int | None) -> Job | None:
    """The job, unless it has ended."""
    job = job_numbered(job_id)
    return job if job and job.due_at else None


def waits_too_long(job: Job) -> bool:
    """Whether nobody seems to be working on what waits."""
    return job.status is JobStatus.WAITING and datetime.now(UTC) - job.created_at > LONG_WAIT


def is_interrupted(job: Job) -> bool:
    """Whether its worker has been silent for so long that it must have died."""
    is_late = job.due_at is not None and job.due_at <= datetime.now(UTC)
    return job.status is JobStatus.RUNNING and is_late


def is_anything_due() -> bool:
    """A look that takes no lock, so that idle workers are in nobody's way."""
    with read_transaction(), db.engine.connect() as connection:
        due = exists().where(Job.due_at <= datetime.now(UTC))
        return bool(connection.scalar(select(due)))


def next_due() -> Job | None:
    """The job that has been due longest, locked; one that another worker is taking is skipped."""
    return db.session.scalar(
        select(Job)
        .where(Job.due_at <= datetime.now(UTC))
        .order_by(Job.due_at, Job.id)
        .limit(1)
        .with_for_update(skip_locked=True)
    )


def owner_of(job: Job) -> Actor | None:
    """For whom a job runs, unless the account was closed since."""
    row = db.session.execute(
        select(User, Membership)
        .join(Membership, Membership.user_id == User.id)
        .where(Membership.id == job.owner_id, User.is_active)
    ).first()
    return acting_as(*row) if row else None
