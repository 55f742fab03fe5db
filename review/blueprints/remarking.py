from flask import Blueprint, g, render_template

from review.domain.remarking import overview
from review.permissions import Permission, requires
from review.queries.rounds import round_in_reach

bp = Blueprint("remarking", __name__)


@bp.get("/rounds/<int:round_id>/remarking")
@requires(Permission.ADJUDICATE)
def show(round_id: int):
    round_ = round_in_reach(round_id, g.actor)
    return render_template("remarking/show.html", round=round_, found=overview(round_))
