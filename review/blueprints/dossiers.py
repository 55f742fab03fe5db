from flask import Blueprint, abort, g

from review.blueprints.copies import send_copy
from review.enums import CopyKind
from review.permissions import Permission, requires
from review.queries.dossiers import copy_in

bp = Blueprint("dossiers", __name__, url_prefix="/dossiers")


@bp.get("/<public_id>/copies/<any(full, redacted):kind>.pdf")
@requires(Permission.DOSSIER_READ)
def copy(public_id, kind):
    found = copy_in(g.actor, public_id, CopyKind(kind)) or abort(404)
    return send_copy(*found)
