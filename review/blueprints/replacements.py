from http import HTTPStatus

from flask import Blueprint, abort, g, redirect, render_template, request, url_for
from flask_babel import gettext as _

from review.blueprints.pages import page_number
from review.domain.design_strata import stratum_words
from review.domain.frames import published_rules
from review.domain.replacements import ask_for_replacement
from review.enums import ReplacementReason, RoundStatus
from review.errors import NotDrawnError, WrongStatusError
from review.forms.replacements import replacement_form
from review.permissions import Permission, requires
from review.queries.frames import current_version, replacements_of
from review.queries.rounds import round_in_reach
from review.queries.sampling import draw_of, sampled_page

bp = Blueprint("replacements", __name__, url_prefix="/rounds/<int:round_id>/sample")

LONGEST_PART = 100


@bp.get("")
@requires(Permission.ROUND_READ)
def index(round_id: int):
    return _page(round_in_reach(round_id, g.actor), replacement_form())


@bp.post("/<int:case_id>/replace")
@requires(Permission.ROUND_MANAGE)
def replace(round_id: int, case_id: int):
    round_ = round_in_reach(round_id, g.actor)
    form = replacement_form()
    if not form.validate_on_submit():
        return _page(round_, form, _("没有替换：请选择原因。")), HTTPStatus.UNPROCESSABLE_ENTITY
    reason = ReplacementReason(form.reason.data)
    try:
        job = ask_for_replacement(round_, case_id, reason=reason, by=g.actor)
    except NotDrawnError:
        abort(404)
    except WrongStatusError:
        error = _("没有替换：只有在抽样之后、分配之前才能替换案件。")
        return _page(round_, form, error), HTTPStatus.CONFLICT
    return redirect(url_for("jobs.show", public_id=job.public_id))


def _page(round_, form, error=None):
    version, page, part = current_version(round_), page_number(), request.args.get("number", "")
    lines, pages = sampled_page(round_, page, part.strip()[:LONGEST_PART])
    words = None
    if version:
        dimensions = published_rules(version).dimensions
        words = stratum_words(round_, dimensions, [line.label for line in lines])
    return render_template(
        "replacements/index.html",
        round=round_,
        form=form,
        cases=lines,
        page=page,
        pages=pages,
        part=part,
        is_drawn=draw_of(round_) is not None,
        words=words,
        replacements=replacements_of(version) if version else [],
        is_open=round_.status is RoundStatus.DRAWN,
        error=error,
    )
