from flask import Blueprint, g, redirect, render_template, request, url_for
from flask_babel import gettext as _

from review.domain.assignment import assign_reviewers, plan_assignment
from review.errors import DomainError, TooFewReviewersError, UnknownReviewerError
from review.forms.assignment import PanelForm
from review.permissions import Permission, requires
from review.queries.assignment import panel_choices
from review.queries.rounds import round_in_reach
from review.queries.sampling import draw_of

bp = Blueprint("assignment", __name__, url_prefix="/rounds/<int:round_id>/assignment")

BACK = "back"
"""The button of the preview that leads back to the choice, with all ticks kept."""


@bp.get("")
@requires(Permission.ROUND_MANAGE)
def choose(round_id: int):
    return _choice_page(round_in_reach(round_id, g.actor), PanelForm())


@bp.post("")
@requires(Permission.ROUND_MANAGE)
def preview(round_id: int):
    round_, form = round_in_reach(round_id, g.actor), PanelForm()
    if BACK in request.form:
        return _choice_page(round_, form)
    if not form.validate_on_submit():
        return _choice_page(round_, form), 422
    try:
        plan = plan_assignment(round_, form.reviewer_ids())
    except DomainError as error:
        return _choice_page(round_, form, _refusal(error)), 409
    return render_template("assignment/preview.html", round=round_, form=form, plan=plan)


@bp.post("/confirm")
@requires(Permission.ROUND_MANAGE)
def confirm(round_id: int):
    round_, form = round_in_reach(round_id, g.actor), PanelForm()
    if not form.validate_on_submit():
        return _choice_page(round_, form), 422
    try:
        assign_reviewers(round_, form.reviewer_ids(), g.actor)
    except DomainError as error:
        return _choice_page(round_, form, _refusal(error)), 409
    return redirect(url_for("rounds.show", round_id=round_id))


def _choice_page(round_, form, error=None):
    return render_template(
        "assignment/choose.html",
        round=round_,
        draw=draw_of(round_),
        cities=panel_choices(round_),
        chosen=set(form.reviewer_ids()),
        form=form,
        error=error,
    )


def _refusal(error):
    if isinstance(error, TooFewReviewersError):
        return _(
            "没有分配：%(cases)s 件案件的可用评估专家不足（每件需 %(needed)s 名无须回避的专家），"
            "例如 %(examples)s。请增选其他地区、其他机构的专家后重试。",
            cases=error.cases,
            needed=error.needed,
            examples="、".join(error.case_numbers),
        )
    if isinstance(error, UnknownReviewerError):
        return _("没有分配：所选人员中有人已停用或不再是本省评估专家。请核对名单后重试。")
    return _("没有分配：只有已抽样、尚未分配的评估活动才能分配。")
