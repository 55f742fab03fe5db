from http import HTTPStatus

from flask import Blueprint, abort, flash, g, redirect, render_template, url_for
from flask_babel import gettext as _

from review.domain.exclusions import exclude_case, readmit_case
from review.enums import RoundStatus
from review.errors import AlreadyExcludedError, NotACandidateError, WrongStatusError
from review.forms.exclusions import exclusion_form
from review.permissions import Permission, requires
from review.queries.exclusions import exclusion_of, exclusions_of
from review.queries.rounds import round_in_reach

bp = Blueprint("exclusions", __name__, url_prefix="/rounds/<int:round_id>/exclusions")


@bp.get("")
@requires(Permission.ROUND_READ)
def index(round_id: int):
    return _page(round_in_reach(round_id, g.actor), exclusion_form())


@bp.post("")
@requires(Permission.ROUND_MANAGE)
def exclude(round_id: int):
    round_ = round_in_reach(round_id, g.actor)
    form = exclusion_form()
    if not form.validate_on_submit():
        return _page(round_, form), HTTPStatus.UNPROCESSABLE_ENTITY
    try:
        exclude_case(round_, **form.values(), by=g.actor)
    except NotACandidateError:
        form.number.errors = [
            _(
                "本次评估的范围内没有这个编号的案件：请核对编号，以及案件的结案日期、归档日期和种类。"
            )
        ]
    except AlreadyExcludedError:
        form.number.errors = [_("这件案件已经排除，见下表。")]
    except WrongStatusError:
        return _page(round_, form, _frozen()), HTTPStatus.CONFLICT
    else:
        flash(_("已排除 1 件。冻结之前可以撤销。"))
        return redirect(url_for(".index", round_id=round_id))
    return _page(round_, form), HTTPStatus.UNPROCESSABLE_ENTITY


@bp.post("/<int:case_id>/withdraw")
@requires(Permission.ROUND_MANAGE)
def readmit(round_id: int, case_id: int):
    round_ = round_in_reach(round_id, g.actor)
    exclusion = exclusion_of(round_, case_id) or abort(404)
    try:
        readmit_case(round_, exclusion, g.actor)
    except WrongStatusError:
        return _page(round_, exclusion_form(), _frozen()), HTTPStatus.CONFLICT
    flash(_("已撤销排除，案件回到抽样框。"))
    return redirect(url_for(".index", round_id=round_id))


def _page(round_, form, error=None):
    return render_template(
        "exclusions/index.html",
        round=round_,
        is_open=round_.status is RoundStatus.DRAFT,
        exclusions=exclusions_of(round_),
        form=form,
        error=error,
    )


def _frozen():
    return _("没有改动：抽样框已经冻结，排除的案件不能再变。")
