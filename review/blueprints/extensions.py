from typing import Any

from flask import Blueprint, abort, flash, g, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from review.domain.extensions import DAYS, ask_extension, decide_extension
from review.errors import AlreadyAskedError, DomainError, WrongStatusError
from review.permissions import Permission, requires
from review.queries.extensions import extension_in_reach, extensions_of
from review.queries.reviewing import own_assignment
from review.queries.rounds import round_in_reach

bp = Blueprint("extensions", __name__)

REFUSALS: dict[type[DomainError], Any] = {
    AlreadyAskedError: _l("您已申请延期，请等待答复。"),
    WrongStatusError: _l("没有申请：这项任务已提交，或本次评估活动已不在评分阶段。"),
}


@bp.post("/reviewing/<public_id>/extension")
@requires(Permission.REVIEW_WRITE)
def ask(public_id: str):
    assignment = own_assignment(g.actor, public_id) or abort(404)
    try:
        ask_extension(assignment, g.actor)
        flash(_("延期申请已发给评估组织者。答复会出现在通知里；草稿可以继续保存。"))
    except DomainError as refusal:
        flash(REFUSALS[type(refusal)], "error")
    return redirect(url_for("reviewing.score", public_id=public_id))


@bp.get("/rounds/<int:round_id>/extensions")
@requires(Permission.ROUND_MANAGE)
def index(round_id: int):
    round_ = round_in_reach(round_id, g.actor)
    rows = extensions_of(round_)
    return render_template("extensions/index.html", round=round_, rows=rows, days=DAYS)


@bp.post("/rounds/<int:round_id>/extensions/<int:extension_id>")
@requires(Permission.ROUND_MANAGE)
def decide(round_id: int, extension_id: int):
    extension = extension_in_reach(g.actor, round_id, extension_id)
    grant = request.form.get("decision") == "grant"
    try:
        decide_extension(extension, g.actor, grant=grant)
        flash(_("已同意延期，专家会收到通知。") if grant else _("已拒绝延期，专家会收到通知。"))
    except WrongStatusError:
        flash(_("没有改动：这项申请已有答复，或任务已提交或已转给他人。"), "error")
    return redirect(url_for(".index", round_id=round_id))
