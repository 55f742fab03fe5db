"""The worker: takes jobs that are due and hands each to the verb that does it."""

import threading
import time
from collections.abc import Callable
from typing import Any

from flask import Flask, current_app

from review.domain.chasing import chase_rounds
from review.domain.dossier_copies import assemble_dossier
from review.domain.dossier_intake import take_in
from review.domain.frames import freeze_asked
from review.domain.handlers import refresh_figures
from review.domain.imports import confirm_staged, read_upload, undo_confirmed
from review.domain.indexing import propose_index
from review.domain.jobs import Lease, Report, claim, fail, finish, give_back, report
from review.domain.panel_plans import assign_panel, plan_panel
from review.domain.redacting import make_copy, propose_marks
from review.domain.replacements import replace_asked
from review.domain.rubric_health import examine
from review.domain.sampling import draw_asked
from review.domain.uploads import drop_abandoned
from review.domain.what_if import work_out
from review.enums import JobFailure, JobKind
from review.errors import DomainError, JobFailedError, LeaseLostError
from review.extensions import db
from review.permissions import Actor

Handler = Callable[[dict[str, Any], Actor, Report], dict[str, Any] | None]
"""``handler(payload, by, report)`` does the work, commits it, may be repeated; its dict is kept."""

HANDLERS: dict[JobKind, Handler] = {
    JobKind.READ_REGISTER: read_upload,
    JobKind.IMPORT_REGISTER: confirm_staged,
    JobKind.UNDO_IMPORT: undo_confirmed,
    JobKind.PROPOSE_INDEX: propose_index,
    JobKind.PROPOSE_MARKS: propose_marks,
    JobKind.MAKE_COPY: make_copy,
    JobKind.TAKE_IN_DOSSIERS: take_in,
    JobKind.ASSEMBLE_DOSSIER: assemble_dossier,
    JobKind.FREEZE_FRAME: freeze_asked,
    JobKind.DRAW_SAMPLE: draw_asked,
    JobKind.REPLACE_CASE: replace_asked,
    JobKind.WHAT_IF: work_out,
    JobKind.PLAN_PANEL: plan_panel,
    JobKind.ASSIGN_PANEL: assign_panel,
    JobKind.RUBRIC_HEALTH: examine,
    JobKind.REFRESH_FIGURES: refresh_figures,
}

POLL_SECONDS = 0.25
TROUBLE_SECONDS = 5.0
"""How long a worker rests after the database could not be reached."""

CHASE_SECONDS = 3600.0
"""How often reminders are sent, overdue tasks given to others, and uploads left lying given up."""

REPORT_SECONDS = 0.5
"""A bar need not move more often, and each report is a write."""


def init_app(app: Flask) -> None:
    """Let each process that answers requests work on jobs as well, where so configured.

    The thread starts with the first request: commands never start one, and a server that forks
    has forked by then.
    """
    if not app.config["PLATFORM"].embedded_worker:
        return
    unstarted, stop = threading.Semaphore(), threading.Event()
    app.extensions["worker"] = stop

    @app.before_request
    def start() -> None:
        if unstarted.acquire(blocking=False):
            threading.Thread(target=work, args=(app, stop), name="worker", daemon=True).start()


def work(app: Flask, stop: threading.Event) -> None:
    """Run jobs until told to stop; the one in hand is finished first. Once an hour stalled tasks
    and uploads are looked after."""
    chase_at = time.monotonic() + CHASE_SECONDS
    while not stop.is_set():
        pause = POLL_SECONDS
        try:
            with app.app_context():
                pause = 0 if run_next() else POLL_SECONDS
                if time.monotonic() >= chase_at:
                    chase_at += CHASE_SECONDS
                    look_after()
        except Exception:
            app.logger.exception("the worker rests: a job's state could not be read or written")
            pause = TROUBLE_SECONDS
        stop.wait(pause)


def look_after() -> None:
    """See to what lies about: tasks that stall, uploads that nobody completes."""
    chase_rounds()
    drop_abandoned()


def run_due() -> int:
    """Run every job that is due, one after another; how many there were."""
    ran = 0
    while run_next():
        ran += 1
    return ran


def run_next() -> bool:
    """Run the job that has been due longest; whether there was one."""
    lease = claim()
    if lease is None:
        return False
    try:
        finish(lease, _result(lease))
    except LeaseLostError:
        current_app.logger.warning("job %s: another worker took over", lease.job_id)
    except JobFailedError as error:
        _after_rollback(fail, lease, error.failure)
    except DomainError:
        _after_rollback(fail, lease, JobFailure.REFUSED)
    except Exception:
        current_app.logger.exception("job %s (%s) broke off", lease.job_id, lease.kind)
        _after_rollback(give_back, lease)
    return True


def _result(lease: Lease) -> dict[str, Any] | None:
    if lease.by is None:
        raise JobFailedError(JobFailure.REFUSED)
    return HANDLERS[lease.kind](lease.payload, lease.by, _now_and_then(lease))


def _now_and_then(lease: Lease) -> Report:
    """A report that lets most calls pass, so that a task may report each of its steps."""
    last = -REPORT_SECONDS

    def tell(done: int, total: int) -> None:
        nonlocal last
        now = time.monotonic()
        if now - last >= REPORT_SECONDS:
            last = now
            report(lease, done, total)

    return tell


def _after_rollback(verb: Callable[..., None], *arguments: Any) -> None:
    db.session.rollback()
    verb(*arguments)
