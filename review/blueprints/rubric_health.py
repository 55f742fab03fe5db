from http import HTTPStatus

from flask import Blueprint, abort, g, redirect, render_template, url_for

from review.domain.rubric_health import (
    FEWEST_CASES,
    FEWEST_REVIEWERS,
    FEWEST_REVIEWS,
    ask_health,
    from_stored,
    latest_health,
)
from review.domain.rubrics import find_rubric
from review.permissions import Permission, requires

bp = Blueprint("rubric_health", __name__, url_prefix="/rubrics")


@bp.get("/<name>/<int:version>/health")
@requires(Permission.RUBRIC_MANAGE)
def show(name, version):
    rubric = _rubric(name, version)
    job = latest_health(rubric.key, g.actor)
    found = from_stored(job.result) if job and job.result else None
    return render_template(
        "rubric_health/show.html",
        rubric=rubric,
        job=job,
        found=found,
        fewest=(FEWEST_REVIEWS, FEWEST_REVIEWERS, FEWEST_CASES),
    )


@bp.post("/<name>/<int:version>/health")
@requires(Permission.RUBRIC_MANAGE)
def ask(name, version):
    job = ask_health(_rubric(name, version).key, g.actor)
    return redirect(url_for("jobs.show", public_id=job.public_id))


def _rubric(name, version):
    return find_rubric(name, version) or abort(HTTPStatus.NOT_FOUND)
