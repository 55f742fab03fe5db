"""Before a case is opened, and until it is submitted: no conflict, or step back."""

from http import HTTPStatus
from typing import Any

from flask import Blueprint, abort, flash, g, redirect, render_template, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from review.domain.recusal import recuse, stop_if_conflicted
from review.domain.reviewing import declare_no_conflict
from review.errors import AlreadySubmittedError, DomainError, SeatTakenError, WrongStatusError
from review.forms.recusal import recusal_form
from review.permissions import Permission, requires
from review.queries.reviewing import own_assignment, own_desk

bp = Blueprint("recusal", __name__, url_prefix="/reviewing/<public_id>")

REFUSALS: dict[type[DomainError], Any] = {
    AlreadySubmittedError: _l("此评分表已提交，不能再回避。如有疑问请联系评估组织者。"),
    WrongStatusError: _l("没有改动：这项任务已不在您名下，或本次评估活动已不在评分阶段。"),
    SeatTakenError: _l("没有改动：系统正忙，请再点一次。"),
}


@bp.post("/declaration")
@requires(Permission.REVIEW_WRITE)
def declare(public_id: str):
    assignment = own_assignment(g.actor, public_id) or abort(404)
    try:
        if stop_if_conflicted(assignment, g.actor):
            flash(_("系统核查发现您应当回避此案，已改由其他专家评估，您无须处理。"))
            return redirect(url_for("reviewing.index"))
        declare_no_conflict(assignment, g.actor)
    except DomainError as refusal:
        flash(REFUSALS[type(refusal)], "error")
        return redirect(url_for("reviewing.index"))
    return redirect(url_for("reviewing.score", public_id=public_id))


@bp.get("/recusal")
@requires(Permission.REVIEW_WRITE)
def ask(public_id: str):
    return _page(public_id, recusal_form())


@bp.post("/recusal")
@requires(Permission.REVIEW_WRITE)
def step_back(public_id: str):
    assignment = own_assignment(g.actor, public_id) or abort(404)
    form, alias = recusal_form(), assignment.alias
    if not form.validate_on_submit():
        error = _("请点选一项回避原因。")
        return _page(public_id, form, error), HTTPStatus.UNPROCESSABLE_ENTITY
    try:
        recuse(assignment, form.chosen(), g.actor)
    except DomainError as refusal:
        return _page(public_id, form, REFUSALS[type(refusal)]), HTTPStatus.CONFLICT
    flash(_("您已回避 %(alias)s 号案件，不能再打开它。原因不会告知任何人。", alias=alias))
    return redirect(url_for("reviewing.index"))


def _page(public_id, form, error=None):
    desk = own_desk(g.actor, public_id) or abort(404)
    return render_template("recusal/ask.html", desk=desk, form=form, error=error)
