from flask import Blueprint, abort, g

from review.blueprints.copies import send_copy
from review.permissions import Permission, requires
from review.queries.own_dossiers import own_copy

bp = Blueprint("own_dossiers", __name__, url_prefix="/reviewing/<public_id>/dossier")


@bp.get("/copy.pdf")
@requires(Permission.REVIEW_WRITE)
def copy(public_id):
    found = own_copy(g.actor, public_id) or abort(404)
    return send_copy(*found)
