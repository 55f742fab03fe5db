from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column

from review.enums import JobFailure, JobKind, JobStatus
from review.extensions import Model


class Job(Model):
    """Work that goes on behind the pages. ``payload`` and ``result`` hold ids and counts only.

    ``due_at`` says when a worker may take it: at once while it waits, at the end of the lease
    while one works on it, never once it has ended. ``lease`` names the attempt that holds it.
    """

    __tablename__ = "job"

    id: Mapped[int] = mapped_column(primary_key=True)
    public_id: Mapped[str] = mapped_column(String(22), unique=True)
    kind: Mapped[JobKind]
    payload: Mapped[dict[str, Any]]
    owner_id: Mapped[int] = mapped_column(ForeignKey("membership.id"), index=True)
    status: Mapped[JobStatus] = mapped_column(default=JobStatus.WAITING)
    done: Mapped[int] = mapped_column(default=0)
    total: Mapped[int] = mapped_column(default=0)
    result: Mapped[dict[str, Any]] = mapped_column(default=dict)
    failure: Mapped[JobFailure | None]
    attempts: Mapped[int] = mapped_column(default=0)
    lease: Mapped[str | None] = mapped_column(String(22))
    due_at: Mapped[datetime | None] = mapped_column(index=True)
    created_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]
