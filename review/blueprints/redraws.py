from http import HTTPStatus

from flask import Blueprint, flash, g, redirect, render_template, url_for
from flask_babel import gettext as _

from review.domain.redraws import OPEN_AGAIN, ask_to_reopen, decline_reopening, reopen_frame
from review.errors import AlreadyAskedError, SamePersonError, WrongStatusError
from review.forms.redraws import ReopeningForm
from review.permissions import Permission, requires
from review.queries.frames import versions_of
from review.queries.rounds import round_in_reach

bp = Blueprint("redraws", __name__, url_prefix="/rounds/<int:round_id>/versions")


@bp.get("")
@requires(Permission.ROUND_READ)
def index(round_id: int):
    return _page(round_in_reach(round_id, g.actor), ReopeningForm())


@bp.post("/ask")
@requires(Permission.ROUND_MANAGE)
def ask(round_id: int):
    round_ = round_in_reach(round_id, g.actor)
    form = ReopeningForm()
    if not form.validate_on_submit():
        return _page(round_, form), HTTPStatus.UNPROCESSABLE_ENTITY
    try:
        ask_to_reopen(round_, form.reason.data or "", g.actor)
    except AlreadyAskedError:
        return _page(round_, form, _("已经有人申请，正在等第二人决定。")), HTTPStatus.CONFLICT
    except WrongStatusError:
        return _page(round_, form, _too_late()), HTTPStatus.CONFLICT
    flash(_("已提出申请。监督人员同意之后，本版本作废但继续公开。"))
    return redirect(url_for(".index", round_id=round_id))


@bp.post("/agree")
@requires(Permission.DRAW_REOPEN)
def agree(round_id: int):
    round_ = round_in_reach(round_id, g.actor)
    try:
        reopen_frame(round_, g.actor)
    except SamePersonError:
        error = _("没有改动：提出申请的人不能自己同意，须由另一个人决定。")
        return _page(round_, ReopeningForm(), error), HTTPStatus.CONFLICT
    except WrongStatusError:
        return _page(round_, ReopeningForm(), _too_late()), HTTPStatus.CONFLICT
    return redirect(url_for(".index", round_id=round_id))


@bp.post("/decline")
@requires(Permission.DRAW_REOPEN)
def decline(round_id: int):
    round_ = round_in_reach(round_id, g.actor)
    try:
        decline_reopening(round_, g.actor)
    except WrongStatusError:
        return _page(round_, ReopeningForm(), _too_late()), HTTPStatus.CONFLICT
    return redirect(url_for(".index", round_id=round_id))


def _page(round_, form, error=None):
    return render_template(
        "redraws/index.html",
        round=round_,
        form=form,
        versions=versions_of(round_),
        may_end=round_.status in OPEN_AGAIN,
        error=error,
    )


def _too_late():
    return _("没有改动：没有待决定的申请，或评分已经开始，不能再重新冻结或抽样。")
