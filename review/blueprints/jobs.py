from collections.abc import Callable
from typing import Any

from flask import Blueprint, Response, abort, g, redirect, render_template, request, url_for

from review.enums import JobKind, JobStatus
from review.permissions import Permission, requires
from review.queries.jobs import is_interrupted, own_job, waits_too_long

bp = Blueprint("jobs", __name__, url_prefix="/jobs")

# Where a job of each kind leads: to what it made when done, and back to it when it failed.
PAGES: dict[JobKind, Callable[[dict[str, Any]], str]] = {
    JobKind.READ_REGISTER: lambda of: url_for("imports.show", **of),
    JobKind.IMPORT_REGISTER: lambda of: url_for("imports.show", **of),
    JobKind.UNDO_IMPORT: lambda of: url_for("imports.show", **of),
    JobKind.PROPOSE_INDEX: lambda of: url_for("indexing.show", public_id=of["dossier"]),
    JobKind.PROPOSE_MARKS: lambda of: url_for("redacting.show", public_id=of["dossier"]),
    JobKind.MAKE_COPY: lambda of: url_for("redacting.preview", public_id=of["dossier"]),
    JobKind.TAKE_IN_DOSSIERS: lambda of: url_for("uploads.show", public_id=of["upload"]),
    JobKind.PLAN_PANEL: lambda of: url_for("assignment.plan", **of),
    JobKind.ASSIGN_PANEL: lambda of: url_for("assignment.plan", **of),
    JobKind.ASSEMBLE_DOSSIER: lambda of: url_for("dossiers.show", public_id=of["dossier"]),
    JobKind.REFRESH_FIGURES: lambda _of: url_for("handlers.alike"),
    JobKind.FREEZE_FRAME: lambda of: url_for("sampling.frame", **of),
    JobKind.DRAW_SAMPLE: lambda of: url_for("sampling.draw", round_id=of["round_id"]),
    JobKind.REPLACE_CASE: lambda of: url_for("replacements.index", round_id=of["round_id"]),
    JobKind.WHAT_IF: lambda of: url_for("what_if.show", definition_id=of["definition"]),
    JobKind.RUBRIC_HEALTH: lambda of: _health_page(*of["rubric"].split("/")),
}


@bp.get("/<public_id>")
@requires(Permission.ACCOUNT_OWN)
def show(public_id: str):
    job = own_job(g.actor, public_id) or abort(404)
    page = PAGES[job.kind](job.payload)
    is_fragment = "HX-Request" in request.headers
    if job.status is JobStatus.DONE:
        return Response(headers={"HX-Redirect": page}) if is_fragment else redirect(page)
    template = "jobs/_progress.html" if is_fragment else "jobs/show.html"
    return render_template(
        template,
        job=job,
        page=page,
        is_stuck=waits_too_long(job),
        is_interrupted=is_interrupted(job),
    )


def _health_page(name, version):
    return url_for("rubric_health.show", name=name, version=version)
