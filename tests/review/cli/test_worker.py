import signal
import subprocess
import sys
import time
from pathlib import Path

from flask import Flask
from sqlalchemy import select

from review.config import ROOT
from review.enums import JobStatus
from review.extensions import db
from review.models.jobs import Job
from tests.review.domain.test_jobs import owner, put_down

SECONDS = 30
KEYS = {"SECRET_KEY": "s" * 32, "DATA_KEY": "a2tra2tra2tra2tra2tra2tra2tra2tra2tra2tra2s"}


def statuses(app: Flask) -> list[JobStatus]:
    with app.app_context():
        return list(db.session.scalars(select(Job.status)))


def test_worker_once_runs_what_is_due_and_says_how_much(app: Flask) -> None:
    with app.app_context():
        put_down(owner(), import_id=1)  # there is no such import: refused
    result = app.test_cli_runner().invoke(args=["worker", "--once"])
    assert (result.exit_code, result.output) == (0, "1 jobs\n")
    assert statuses(app) == [JobStatus.FAILED]


def test_worker_runs_jobs_until_it_is_told_to_stop(sqlite_app: Flask, tmp_path: Path) -> None:
    with sqlite_app.app_context():
        put_down(owner(), import_id=1)
        db.engine.dispose()
    command = [sys.executable, "-m", "flask", "--app", "wsgi", "worker"]
    environment = {**KEYS, "DATA_DIR": str(tmp_path), "PLATFORM_MODE": "test"}
    worker = subprocess.Popen(command, cwd=ROOT, env=environment)  # noqa: S603  (our own command)
    deadline = time.monotonic() + SECONDS
    while statuses(sqlite_app) == [JobStatus.WAITING] and time.monotonic() < deadline:
        time.sleep(0.1)
    worker.send_signal(signal.SIGTERM)
    assert worker.wait(SECONDS) == 0
    assert statuses(sqlite_app) == [JobStatus.FAILED]
