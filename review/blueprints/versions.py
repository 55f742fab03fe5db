from flask import Blueprint, abort, g, render_template

from review.forms.versions import told
from review.permissions import Permission, requires
from review.queries.review_changes import changes_of
from review.queries.reviewing import own_desk

bp = Blueprint("versions", __name__, url_prefix="/reviewing/<public_id>/versions")


@bp.get("")
@requires(Permission.REVIEW_WRITE)
def index(public_id: str):
    desk = own_desk(g.actor, public_id) or abort(404)
    changes = changes_of(desk.review) if desk.review else ()
    versions = told(desk.rubric_key, desk.scheme_key, changes)
    return render_template("reviewing/versions.html", desk=desk, versions=versions)
