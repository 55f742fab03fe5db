from http import HTTPStatus

from flask import Blueprint, g, render_template, request

from review.domain.late_cases import frames_missed
from review.domain.reconciliation import account_of, reconcile
from review.forms.reconciliation import WindowForm
from review.permissions import Permission, requires
from review.queries.exclusions import exclusions_of
from review.queries.reconciliation import reach_of
from review.queries.rounds import county_names, region_choices, round_in_reach

bp = Blueprint("reconciliation", __name__)


@bp.get("/reconciliation")
@requires(Permission.ROUND_READ)
def index():
    form = WindowForm(request.args)
    valid = form.validate()
    region_code = reach_of(g.actor, form.region.data)
    return render_template(
        "reconciliation/index.html",
        form=form,
        regions=region_choices(g.actor),
        region_code=region_code,
        names=county_names(region_code),
        report=reconcile(region_code, form.window) if valid else None,
    ), HTTPStatus.OK if valid else HTTPStatus.UNPROCESSABLE_ENTITY


@bp.get("/rounds/<int:round_id>/reconciliation")
@requires(Permission.ROUND_READ)
def of_round(round_id: int):
    round_ = round_in_reach(round_id, g.actor)
    missed = frames_missed(round_)
    return render_template(
        "reconciliation/of_round.html",
        round=round_,
        missed=missed,
        account=account_of(round_, sum(frame.cases for frame in missed)),
        exclusions=exclusions_of(round_),
        names=county_names(round_.region_code),
        report=reconcile(round_.region_code, (round_.window_from, round_.window_to)),
    )
