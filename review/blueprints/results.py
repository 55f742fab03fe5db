from flask import Blueprint, abort, g, redirect, render_template, url_for
from flask_babel import gettext as _

from review.blueprints.pages import page_number
from review.blueprints.rounds import round_page
from review.domain.results import day_of, feedback, publish_round
from review.errors import DomainError, UnsettledError
from review.permissions import Permission, requires
from review.queries.results import own_results
from review.queries.rounds import round_in_reach

bp = Blueprint("results", __name__)


@bp.post("/rounds/<int:round_id>/publish")
@requires(Permission.ROUND_MANAGE)
def publish(round_id: int):
    round_ = round_in_reach(round_id, g.actor)
    try:
        publish_round(round_, g.actor)
    except DomainError as error:
        return round_page(round_, _refusal(error)), 409
    return redirect(url_for("rounds.show", round_id=round_id))


@bp.get("/results")
@requires(Permission.RESULT_OWN)
def index():
    page = page_number()
    rows, pages = own_results(g.actor, page)
    return render_template("results/index.html", rows=rows, day_of=day_of, page=page, pages=pages)


@bp.get("/results/<public_id>")
@requires(Permission.RESULT_OWN)
def show(public_id: str):
    return render_template("results/show.html", result=feedback(public_id, g.actor) or abort(404))


def _refusal(error):
    if isinstance(error, UnsettledError):
        return _(
            "没有发布：还有案件未定（初评 %(marking)s 件，复评 %(third_mark)s 件，"
            "合议 %(panel)s 件）。全部案件已定后再发布。",
            **({"marking": 0, "third_mark": 0, "panel": 0} | error.counts),
        )
    return _("没有发布：只有评分中的评估活动才能发布。")
