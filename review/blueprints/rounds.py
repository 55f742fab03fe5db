from flask import Blueprint, current_app, g, redirect, render_template, url_for
from flask_babel import gettext as _

from review.blueprints.pages import page_number
from review.domain.remarking import noise_before
from review.domain.rounds import create_round, rules_of, stands_at
from review.enums import RoundStatus, SampledCaseStatus
from review.errors import DomainError
from review.forms.rounds import round_form
from review.permissions import Permission, requires
from review.queries.extensions import waiting_extensions
from review.queries.results import round_results
from review.queries.rounds import (
    page_count,
    region_choices,
    region_name,
    round_in_reach,
    rounds_page,
    status_counts,
    workloads,
)
from review.queries.sampling import draw_of

bp = Blueprint("rounds", __name__, url_prefix="/rounds")


@bp.get("")
@requires(Permission.ROUND_READ)
def index():
    page = page_number()
    rows, pages = rounds_page(g.actor, page)
    return render_template("rounds/index.html", rows=rows, page=page, pages=pages)


@bp.route("/new", methods=["GET", "POST"])
@requires(Permission.ROUND_MANAGE)
def create():
    form = round_form(region_choices(g.actor), g.actor.region_code)
    if not form.validate_on_submit():
        return _create_page(form), 422 if form.is_submitted() else 200
    try:
        round_ = create_round(form.values(), g.actor)
    except DomainError:
        error = _("评估活动没有建立：各项规则不一致，请核对后重试。")
        return _create_page(form, error), 422
    return redirect(url_for(".show", round_id=round_.id))


def _create_page(form, error=None):
    noise = noise_before(g.actor)
    return render_template("rounds/create.html", form=form, noise=noise, error=error)


@bp.get("/<int:round_id>")
@requires(Permission.ROUND_READ)
def show(round_id: int):
    return round_page(round_in_reach(round_id, g.actor))


def round_page(round_, error=None):
    """The page of one round; other views show it again with what went wrong."""
    counts = status_counts(round_)
    published = round_.status is RoundStatus.PUBLISHED
    page = page_number()
    return render_template(
        "rounds/show.html",
        round=round_,
        region=region_name(round_.region_code),
        rules=rules_of(round_),
        draw=draw_of(round_),
        counts=counts,
        cases=sum(counts.values()),
        settled=counts.get(SampledCaseStatus.SETTLED, 0),
        step=stands_at(round_, counts),
        workloads=workloads(round_) if counts else [],
        results=round_results(round_, page) if published else [],
        page=page,
        pages=page_count(sum(counts.values())),
        extensions=waiting_extensions(round_) if g.actor.may(Permission.ROUND_MANAGE) else 0,
        has_adjudication="adjudication.index" in current_app.view_functions,
        error=error,
    )
