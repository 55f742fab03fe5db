from http import HTTPStatus

from flask import Blueprint, abort, flash, g, redirect, render_template, url_for
from flask_babel import gettext as _

from review.domain.panel_plans import confirm_panel, loads_of, propose_panel
from review.enums import RoundStatus
from review.errors import DomainError, PlanChangedError
from review.forms.assignment import PanelForm, shortages
from review.permissions import Permission, requires
from review.queries.assignment import case_numbers_short, member_ids, panel_choices, plan_of
from review.queries.jobs import running_job
from review.queries.rounds import round_in_reach
from review.queries.sampling import draw_of

bp = Blueprint("assignment", __name__, url_prefix="/rounds/<int:round_id>/assignment")

KEPT = ("years_needed", "remind_days", "grace_days")
"""What a round remembers of how its panel is to be made."""


@bp.get("")
@requires(Permission.ROUND_MANAGE)
def choose(round_id: int):
    round_ = round_in_reach(round_id, g.actor)
    is_running = round_.status is RoundStatus.MARKING
    kept = {name: getattr(round_, name) for name in KEPT} if is_running else {}
    form = PanelForm(**kept)
    return _choice_page(round_, form, member_ids(round_))


@bp.post("")
@requires(Permission.ROUND_MANAGE)
def propose(round_id: int):
    round_, form = round_in_reach(round_id, g.actor), PanelForm()
    if not form.validate_on_submit():
        return _choice_page(round_, form, set(form.reviewer_ids())), HTTPStatus.UNPROCESSABLE_ENTITY
    try:
        plan = propose_panel(round_, form.reviewer_ids(), form.wishes(), g.actor)
    except DomainError:
        error = _("没有试算：只有已抽样或评分中的评估活动才能分配。")
        return _choice_page(round_, form, set(form.reviewer_ids()), error), HTTPStatus.CONFLICT
    return _onwards(plan)


@bp.get("/<public_id>")
@requires(Permission.ROUND_MANAGE)
def plan(round_id: int, public_id: str):
    round_ = round_in_reach(round_id, g.actor)
    return _plan_page(round_, plan_of(round_, public_id) or abort(404))


@bp.get("/<public_id>/change")
@requires(Permission.ROUND_MANAGE)
def revise(round_id: int, public_id: str):
    round_ = round_in_reach(round_id, g.actor)
    choice = dict((plan_of(round_, public_id) or abort(404)).choice)
    chosen = set(choice.pop("reviewers"))
    return _choice_page(round_, PanelForm(**choice), chosen)


@bp.post("/<public_id>/confirm")
@requires(Permission.ROUND_MANAGE)
def confirm(round_id: int, public_id: str):
    round_ = round_in_reach(round_id, g.actor)
    found = plan_of(round_, public_id) or abort(404)
    try:
        confirm_panel(round_, found, g.actor)
    except PlanChangedError:
        error = _("没有分配：试算之后，专家或回避情况有变化。请返回重新试算。")
        return _plan_page(round_, found, error), HTTPStatus.CONFLICT
    except DomainError:
        error = _("没有分配：情况已变，请返回重新试算。")
        return _plan_page(round_, found, error), HTTPStatus.CONFLICT
    if found.confirmed_at is None:
        return _onwards(found)
    flash(_("已按试算结果分配，评估专家已收到通知。"))
    return redirect(url_for("rounds.show", round_id=round_id))


def _onwards(plan):
    """To the page of the work behind it, or to what came of it."""
    job = running_job(plan.job_id)
    if job is not None:
        return redirect(url_for("jobs.show", public_id=job.public_id))
    return redirect(url_for(".plan", round_id=plan.round_id, public_id=plan.public_id))


def _plan_page(round_, plan, error=None):
    return render_template(
        "assignment/plan.html",
        round=round_,
        plan=plan,
        loads=loads_of(plan),
        shortages=shortages(plan.problem or {}),
        job=running_job(plan.job_id),
        error=error,
    )


def _choice_page(round_, form, chosen, error=None):
    is_running = round_.status is RoundStatus.MARKING
    return render_template(
        "assignment/choose.html",
        round=round_,
        draw=draw_of(round_),
        cities=panel_choices(round_),
        chosen=chosen,
        short=case_numbers_short(round_) if is_running else [],
        form=form,
        error=error,
    )
