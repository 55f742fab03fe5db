from flask import Blueprint, g, render_template

from review.domain.questions import questions_of
from review.permissions import Permission, requires
from review.queries.rounds import round_in_reach

bp = Blueprint("questions", __name__)


@bp.get("/rounds/<int:round_id>/questions")
@requires(Permission.ROUND_MANAGE)
def index(round_id: int):
    round_ = round_in_reach(round_id, g.actor)
    found = questions_of(round_)
    return render_template("questions/index.html", round=round_, questions=found)
