from flask import Blueprint, abort

from review.permissions import public
from review.queries.health import database_answers

bp = Blueprint("health", __name__)


@bp.get("/health")
@public
def health():
    if not database_answers():
        abort(503)
    return "ok", {"Content-Type": "text/plain; charset=utf-8"}
