"""What nobody completes is given up in the end, and nothing of it is left."""

from collections.abc import Iterator
from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import func, select

from review import jobs
from review.domain.uploads import (
    LONGEST_PAUSE,
    begin_upload,
    complete_upload,
    drop_abandoned,
    new_batch,
    receive_part,
    withdraw_upload,
)
from review.enums import JobStatus, Role, UploadStatus
from review.errors import WrongStatusError
from review.extensions import db
from review.models.audit import AuditEvent
from review.models.dossiers import DossierUpload, StoredFile, UploadPart
from review.permissions import Actor
from review.queries.accounts import acting_as
from review.storage import keys
from tests import world


@pytest.fixture
def by(any_app: Flask) -> Iterator[Actor]:
    with any_app.app_context():
        world.regions()
        member = world.person(Role.ORGANISER, world.CITY)
        db.session.commit()
        yield acting_as(member.user, member)


def begun(by: Actor, *, ago: timedelta) -> DossierUpload:
    """An upload of which 4 of 10 bytes have come."""
    upload = begin_upload("欧阳甲乙.pdf", 10, by, batch=new_batch())
    receive_part(upload, 0, b"four")
    upload.made_at -= ago
    db.session.commit()
    return upload


def count(model: type) -> int:
    return db.session.scalar(select(func.count()).select_from(model)) or 0


def test_an_upload_left_lying_is_given_up_and_the_log_says_so(by: Actor) -> None:
    old = begun(by, ago=LONGEST_PAUSE + timedelta(minutes=1))
    recent = begun(by, ago=LONGEST_PAUSE - timedelta(minutes=1))
    assert drop_abandoned() == 1
    assert (old.status, recent.status) == (UploadStatus.WITHDRAWN, UploadStatus.RECEIVING)
    assert (count(UploadPart), count(StoredFile), len(list(keys()))) == (1, 1, 1)
    events = select(AuditEvent).where(AuditEvent.action == "upload.abandoned")
    event = db.session.scalars(events).one()
    assert (event.object_id, event.actor_id, event.details) == (str(old.id), None, {})
    assert drop_abandoned() == 0


def test_an_upload_that_has_all_come_is_not_given_up(by: Actor) -> None:
    upload = begun(by, ago=LONGEST_PAUSE * 2)
    receive_part(upload, 4, b"sixall")
    complete_upload(upload, by)
    assert drop_abandoned() == 0
    assert (upload.status, count(UploadPart)) == (UploadStatus.QUEUED, 2)


def test_an_upload_that_no_job_could_take_in_can_be_given_up(by: Actor) -> None:
    upload = begun(by, ago=timedelta(0))
    receive_part(upload, 4, b"sixall")
    job = complete_upload(upload, by)
    with pytest.raises(WrongStatusError):
        withdraw_upload(upload, by)
    db.session.rollback()
    job.status, job.due_at = JobStatus.FAILED, None
    db.session.commit()
    withdraw_upload(upload, by)
    assert (upload.status, count(UploadPart)) == (UploadStatus.REFUSED, 0)


def test_the_worker_gives_up_what_lies_about(by: Actor, monkeypatch: pytest.MonkeyPatch) -> None:
    begun(by, ago=LONGEST_PAUSE * 2)
    monkeypatch.setattr(jobs, "chase_rounds", lambda: None)
    jobs.look_after()
    assert count(UploadPart) == 0
