"""The worker: each job is done once, whatever becomes of those who do it."""

import multiprocessing
import threading
import time
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select

from review import create_app, jobs
from review.domain.jobs import LEASE, MOST_ATTEMPTS, Report, claim, enqueue
from review.enums import JobFailure, JobKind, JobStatus
from review.errors import JobFailedError, StaleError
from review.extensions import db
from review.models.accounts import Region
from review.models.jobs import Job
from review.permissions import Actor
from tests.conftest import test_config as settings
from tests.review.domain.test_jobs import owner, pass_time, put_down
from tests.world import COUNTY

KIND = JobKind.IMPORT_REGISTER
FORK = multiprocessing.get_context("fork")
SECONDS = 20


@pytest.fixture
def handle(monkeypatch: pytest.MonkeyPatch) -> Callable[[jobs.Handler], None]:
    """``handle(function)``: jobs of the tests' kind are done by it."""
    return lambda handler: monkeypatch.setitem(jobs.HANDLERS, KIND, handler)


def statuses() -> list[JobStatus]:
    return list(db.session.scalars(select(Job.status).order_by(Job.id)))


def end_lease(job_id: int) -> None:
    pass_time(job_id, LEASE * 2)


def test_every_kind_has_a_handler() -> None:
    assert set(jobs.HANDLERS) == set(JobKind)


def test_job_runs_for_its_owner_and_keeps_what_comes_of_it(any_app: Flask, handle: Any) -> None:
    def count(payload: dict[str, Any], by: Actor, report: Report) -> dict[str, Any]:
        report(1, 2)
        return {"read": payload["rows"], "by": by.membership_id}

    handle(count)
    with any_app.app_context():
        by = owner()
        put_down(by, rows=3)
        assert jobs.run_due() == 1
        (job,) = db.session.scalars(select(Job))
        assert (job.status, job.done, job.total) == (JobStatus.DONE, 1, 2)
        assert job.result == {"read": 3, "by": by.membership_id}


@pytest.mark.parametrize(
    ("error", "status", "failure"),
    [
        (StaleError(), JobStatus.FAILED, JobFailure.REFUSED),
        (
            JobFailedError(JobFailure.INTERRUPTED),
            JobStatus.FAILED,
            JobFailure.INTERRUPTED,
        ),
        (OSError("disk full"), JobStatus.WAITING, None),
    ],
)
def test_what_a_handler_wrote_before_it_failed_is_undone(
    app: Flask, handle: Any, error: Exception, status: JobStatus, failure: JobFailure | None
) -> None:
    def break_off(_payload: dict[str, Any], _by: Actor, _report: Report) -> None:
        db.session.get_one(Region, COUNTY).name = "half done"
        db.session.flush()
        raise error

    handle(break_off)
    with app.app_context():
        put_down(owner())
        assert jobs.run_due() == 1
        (job,) = db.session.scalars(select(Job))
        assert (job.status, job.failure) == (status, failure)
        assert db.session.get_one(Region, COUNTY).name != "half done"


def test_job_of_a_closed_account_is_refused(app: Flask, handle: Any) -> None:
    handle(lambda *_arguments: pytest.fail("was run"))
    with app.app_context():
        by = owner()
        put_down(by)
        db.session.execute(db.text('UPDATE "user" SET is_active = false'))
        db.session.commit()
        jobs.run_due()
        assert db.session.scalars(select(Job.failure)).one() is JobFailure.REFUSED


def test_two_workers_never_run_one_job_twice(any_app: Flask, handle: Any) -> None:
    runs: Counter[int] = Counter()

    def note(payload: dict[str, Any], _by: Actor, _report: Report) -> None:
        runs[payload["n"]] += 1
        time.sleep(0.002)

    handle(note)
    with any_app.app_context():
        by = owner()
        for n in range(30):
            enqueue(KIND, {"n": n}, by)
        db.session.commit()

    def drain() -> None:
        with any_app.app_context():
            jobs.run_due()

    workers = [threading.Thread(target=drain) for _ in range(2)]
    for each in workers:
        each.start()
    for each in workers:
        each.join(SECONDS)
    assert runs == Counter(range(30))
    with any_app.app_context():
        assert statuses() == [JobStatus.DONE] * 30
        assert set(db.session.scalars(select(Job.attempts))) == {1}


def test_job_of_a_killed_worker_is_run_again_and_done(any_app: Flask, handle: Any) -> None:
    begun = FORK.Event()

    def hang(_payload: dict[str, Any], _by: Actor, _report: Report) -> None:
        db.session.get_one(Region, COUNTY).name = "half done"
        db.session.flush()
        begun.set()
        time.sleep(SECONDS)

    with any_app.app_context():
        job_id = put_down(owner())
        db.engine.dispose()  # a fork shares no connection

        handle(hang)
        worker = FORK.Process(target=jobs.run_due)
        worker.start()
        assert begun.wait(SECONDS)
        worker.kill()
        worker.join()
        assert jobs.run_due() == 0  # its lease still holds
        end_lease(job_id)
        handle(lambda *_arguments: {"again": True})
        assert jobs.run_due() == 1
        job = db.session.get_one(Job, job_id, populate_existing=True)
        assert (job.status, job.attempts, job.result) == (JobStatus.DONE, 2, {"again": True})
        assert db.session.get_one(Region, COUNTY).name != "half done"


def test_worker_that_is_overtaken_leaves_the_job_to_the_other(app: Flask, handle: Any) -> None:
    def overtaken(_payload: dict[str, Any], _by: Actor, report: Report) -> None:
        job = db.session.scalars(select(Job)).one()
        job.lease = "another worker's"
        db.session.commit()
        report(1, 2)
        pytest.fail("went on without a lease")

    handle(overtaken)
    with app.app_context():
        put_down(owner())
        assert jobs.run_next()
        job = db.session.scalars(select(Job)).one()
        assert (job.status, job.lease) == (JobStatus.RUNNING, "another worker's")


def test_frequent_reports_are_few_writes(
    app: Flask, handle: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    written: list[int] = []
    monkeypatch.setattr(jobs, "report", lambda _lease, done, _total: written.append(done))

    def often(_payload: dict[str, Any], _by: Actor, report: Report) -> None:
        for done in range(1000):
            report(done, 1000)

    handle(often)
    with app.app_context():
        put_down(owner())
        jobs.run_due()
    assert written == [0]  # a thousand calls take less than REPORT_SECONDS


def test_worker_outlives_a_database_that_cannot_be_reached(
    app: Flask, handle: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    stop, failures = threading.Event(), iter([OSError("gone"), OSError("gone")])

    def claim_at_last() -> Any:
        for error in failures:
            raise error
        return claim()

    monkeypatch.setattr(jobs, "claim", claim_at_last)
    monkeypatch.setattr(jobs, "TROUBLE_SECONDS", 0.01)
    handle(lambda *_arguments: stop.set())
    with app.app_context():
        put_down(owner())
    jobs.work(app, stop)
    with app.app_context():
        assert statuses() == [JobStatus.DONE]


@pytest.mark.parametrize("embedded", [True, False])
def test_web_process_works_on_jobs_only_where_configured(
    sqlite_app: Flask, tmp_path: Path, handle: Any, embedded: bool
) -> None:
    done = threading.Event()
    handle(lambda *_arguments: done.set())
    with sqlite_app.app_context():
        put_down(owner())
    web = create_app(settings(tmp_path, embedded_worker=embedded))
    assert not done.wait(0.05)  # nothing before the first request
    web.test_client().get("/health")
    web.test_client().get("/health")
    assert done.wait(SECONDS if embedded else 0.4) is embedded
    workers = [thread for thread in threading.enumerate() if thread.name == "worker"]
    assert len(workers) == embedded
    for worker in workers:
        web.extensions["worker"].set()
        worker.join(SECONDS)
        assert not worker.is_alive()
    with web.app_context():
        db.engine.dispose()


def test_jobs_are_tried_a_few_times_only(app: Flask, handle: Any) -> None:
    handle(lambda *_arguments: 1 / 0)
    with app.app_context():
        job_id = put_down(owner())
        for _ in range(MOST_ATTEMPTS):
            assert jobs.run_due() == 1
            job = db.session.get_one(Job, job_id, populate_existing=True)
            if job.due_at:
                end_lease(job_id)
        assert (job.status, job.failure) == (JobStatus.FAILED, JobFailure.BROKE_OFF)
        assert jobs.run_due() == 0
