from flask import Blueprint, abort, g, render_template

from review.domain.rubrics import find_rubric, shown_schemes, usable_rubrics
from review.permissions import Permission, requires

bp = Blueprint("rubrics", __name__, url_prefix="/rubrics")


@bp.get("/")
@requires(Permission.RUBRIC_READ)
def index():
    return render_template("rubrics/index.html", rubrics=usable_rubrics(), schemes=shown_schemes())


@bp.get("/<name>/<int:version>")
@requires(Permission.RUBRIC_READ)
def show(name, version):
    rubric = find_rubric(name, version) or abort(404)
    may_take = g.actor.may(Permission.RUBRIC_MANAGE) and rubric in usable_rubrics(
        g.actor.region_code
    )
    return render_template("rubrics/show.html", rubric=rubric, may_take=may_take)
