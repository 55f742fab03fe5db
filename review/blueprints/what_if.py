from http import HTTPStatus

from flask import Blueprint, g, redirect, render_template, url_for
from flask_babel import gettext as _

from review.blueprints.definitions import in_reach
from review.blueprints.pages import page_number
from review.domain.what_if import ask_what_if, from_stored, latest_what_if
from review.errors import DefinitionRefusedError
from review.permissions import Permission, requires
from review.queries.what_if import PAGE_ROWS, named_cases

bp = Blueprint("what_if", __name__, url_prefix="/definitions")


@bp.get("/<int:definition_id>/what-if")
@requires(Permission.RUBRIC_MANAGE)
def show(definition_id):
    return _page(in_reach(definition_id))


@bp.post("/<int:definition_id>/what-if")
@requires(Permission.RUBRIC_MANAGE)
def ask(definition_id):
    definition = in_reach(definition_id)
    try:
        job = ask_what_if(definition, g.actor)
    except DefinitionRefusedError:
        words = _("没有推算：还有问题没有改正。请先改正，再推算。")
        return _page(definition, words), HTTPStatus.UNPROCESSABLE_ENTITY
    return redirect(url_for("jobs.show", public_id=job.public_id))


def _page(definition, refused=""):
    job = latest_what_if(definition, g.actor)
    found = from_stored(job.result) if job and job.result else None
    moves = found.moves if found else ()
    page = page_number()
    here = moves[(page - 1) * PAGE_ROWS : page * PAGE_ROWS]
    return render_template(
        "what_if/show.html",
        definition=definition,
        job=job,
        refused=refused,
        found=found,
        is_stale=job is not None and job.payload["edits"] != definition.edits,
        moves=here,
        names=named_cases(g.actor, [move.case for move in here]),
        page=page,
        pages=-(-len(moves) // PAGE_ROWS),
    )
