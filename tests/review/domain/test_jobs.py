from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import event, select

from review.domain.jobs import (
    LEASE,
    MOST_ATTEMPTS,
    RETRY_AFTER,
    Lease,
    claim,
    enqueue,
    fail,
    finish,
    give_back,
    report,
)
from review.enums import JobFailure, JobKind, JobStatus, Role
from review.errors import LeaseLostError
from review.extensions import db
from review.models.accounts import User
from review.models.jobs import Job
from review.permissions import Actor
from review.queries.accounts import acting_as
from tests import world

KIND = JobKind.IMPORT_REGISTER


def owner() -> Actor:
    world.regions()
    member = world.person(Role.ORGANISER)
    return acting_as(member.user, member)


def put_down(by: Actor, **payload: Any) -> int:
    job_id = enqueue(KIND, payload, by).id
    db.session.commit()
    return job_id


def job(job_id: int) -> Job:
    found = db.session.get_one(Job, job_id, populate_existing=True)
    db.session.commit()
    return found


def pass_time(job_id: int, time: timedelta) -> None:
    found = db.session.get_one(Job, job_id)
    assert found.due_at
    found.due_at -= time
    db.session.commit()


def claimed() -> Lease:
    lease = claim()
    assert lease
    return lease


def test_job_of_an_undone_transaction_does_not_exist(any_app: Flask) -> None:
    with any_app.app_context():
        by = owner()
        db.session.commit()
        enqueue(KIND, {"import_id": 1}, by)
        db.session.rollback()
        assert claim() is None
        assert list(db.session.scalars(select(Job))) == []


def test_job_is_leased_once_with_its_payload_and_owner(any_app: Flask) -> None:
    with any_app.app_context():
        by = owner()
        job_id = put_down(by, import_id=7)
        lease = claimed()
        assert (lease.job_id, lease.kind, lease.payload) == (job_id, KIND, {"import_id": 7})
        assert lease.by == by
        assert job(job_id).status is JobStatus.RUNNING
        assert claim() is None


def test_jobs_are_taken_in_the_order_they_were_put_down(any_app: Flask) -> None:
    with any_app.app_context():
        by = owner()
        ids = [put_down(by) for _ in range(3)]
        assert [claimed().job_id for _ in ids] == ids


def test_finished_job_keeps_its_result_and_is_never_due_again(any_app: Flask) -> None:
    with any_app.app_context():
        job_id = put_down(owner())
        finish(claimed(), {"rows": 3})
        done = job(job_id)
        assert (done.status, done.result, done.due_at) == (JobStatus.DONE, {"rows": 3}, None)
        assert done.ended_at
        assert claim() is None


def test_failed_job_says_why(any_app: Flask) -> None:
    with any_app.app_context():
        job_id = put_down(owner())
        fail(claimed(), JobFailure.REFUSED)
        assert (job(job_id).status, job(job_id).failure) == (JobStatus.FAILED, JobFailure.REFUSED)
        assert claim() is None


def test_job_is_due_again_only_when_its_lease_has_run_out(any_app: Flask) -> None:
    with any_app.app_context():
        job_id = put_down(owner())
        first = claimed()
        pass_time(job_id, LEASE - timedelta(seconds=5))
        assert claim() is None
        pass_time(job_id, timedelta(seconds=6))
        second = claimed()
        assert (second.job_id, second.attempt) == (job_id, 2)
        assert second.token != first.token


def test_progress_is_kept_and_renews_the_lease(any_app: Flask) -> None:
    with any_app.app_context():
        job_id = put_down(owner())
        lease = claimed()
        pass_time(job_id, LEASE - timedelta(seconds=5))
        report(lease, 40, 100)
        found = job(job_id)
        assert (found.done, found.total) == (40, 100)
        assert found.due_at
        assert found.due_at > datetime.now(UTC) + LEASE - timedelta(seconds=5)


@pytest.mark.parametrize("late", [report, finish, fail, give_back])
def test_worker_that_lost_its_lease_changes_nothing(any_app: Flask, late: Any) -> None:
    with any_app.app_context():
        job_id = put_down(owner())
        lost = claimed()
        pass_time(job_id, LEASE + timedelta(seconds=1))
        holder = claimed()
        arguments = {report: (9, 9), fail: (JobFailure.REFUSED,)}.get(late, ())
        with pytest.raises(LeaseLostError):
            late(lost, *arguments)
        found = job(job_id)
        assert (found.status, found.lease, found.done) == (JobStatus.RUNNING, holder.token, 0)


def test_progress_inside_a_transaction_is_refused_at_once(any_app: Flask) -> None:
    with any_app.app_context():
        put_down(owner())
        lease = claimed()
        db.session.execute(select(Job))
        with pytest.raises(RuntimeError, match="between transactions"):
            report(lease, 1, 2)


def test_job_that_broke_off_waits_and_fails_after_its_last_attempt(any_app: Flask) -> None:
    with any_app.app_context():
        job_id = put_down(owner())
        for _ in range(MOST_ATTEMPTS - 1):
            give_back(claimed())
            assert (job(job_id).status, claim()) == (JobStatus.WAITING, None)
            pass_time(job_id, RETRY_AFTER + timedelta(seconds=1))
        give_back(claimed())
        assert job(job_id).failure is JobFailure.BROKE_OFF
        assert job(job_id).due_at is None


def test_job_whose_workers_all_died_fails_and_the_next_is_taken(any_app: Flask) -> None:
    with any_app.app_context():
        by = owner()
        deadly, harmless = put_down(by), put_down(by)
        for _ in range(MOST_ATTEMPTS):
            assert claimed().job_id == deadly
            pass_time(deadly, LEASE + timedelta(hours=1))  # before the other in the queue
        assert claimed().job_id == harmless
        assert job(deadly).failure is JobFailure.INTERRUPTED


def test_job_of_a_closed_account_has_no_owner(any_app: Flask) -> None:
    with any_app.app_context():
        by = owner()
        put_down(by)
        db.session.get_one(User, by.user_id).is_active = False
        db.session.commit()
        assert claimed().by is None


def test_idle_worker_never_takes_the_write_lock(sqlite_app: Flask) -> None:
    with sqlite_app.app_context():
        job_id = put_down(owner())
        finish(claimed())
        assert job(job_id).status is JobStatus.DONE
        seen: list[str] = []
        event.listen(db.engine, "before_cursor_execute", lambda *a: seen.append(a[2]))
        assert claim() is None
        assert [text for text in seen if text.startswith("BEGIN")] == ["BEGIN DEFERRED"]
