from http import HTTPStatus

from flask import Blueprint, abort, flash, g, redirect, render_template, url_for
from flask_babel import gettext as _

from review.blueprints.pages import page_number
from review.domain.adjudication import compare, decide
from review.enums import SampledCaseStatus
from review.errors import DecisionRefusedError, WrongStatusError
from review.forms.adjudication import decision_form
from review.permissions import Permission, requires
from review.queries.adjudication import PAGE_ROWS, panel_case, panel_size, panel_tasks

bp = Blueprint("adjudication", __name__, url_prefix="/adjudication")


@bp.get("/")
@requires(Permission.ADJUDICATE)
def index():
    page = page_number()
    waiting = panel_size(g.actor)
    return render_template(
        "adjudication/index.html",
        tasks=panel_tasks(g.actor, page),
        waiting=waiting,
        page=page,
        pages=-(-waiting // PAGE_ROWS),
    )


@bp.route("/<int:sampled_id>", methods=["GET", "POST"])
@requires(Permission.ADJUDICATE)
def show(sampled_id):
    case = panel_case(g.actor, sampled_id) or abort(404)
    comparison = compare(case)
    form = decision_form(comparison.failing)
    if case.sampled.status is not SampledCaseStatus.PANEL:
        flash(_("这个案件不在合议阶段，可能刚由他人作出决定。"), "error")
        return redirect(url_for(".index"))
    if form.validate_on_submit():
        return _decide(case, comparison, form)
    status = HTTPStatus.UNPROCESSABLE_ENTITY if form.errors else HTTPStatus.OK
    return _show(case, comparison, form, status)


def _decide(case, comparison, form):
    try:
        given = (form.total.data, form.reason.data, g.actor, form.failed_by.data)
        decide(case.sampled, *given)
    except WrongStatusError:
        flash(_("这个案件不在合议阶段，可能刚由他人作出决定。"), "error")
        return redirect(url_for(".index"))
    except DecisionRefusedError:
        form.reason.errors = [_("总分应在 0 至 100 之间，最多一位小数；理由至少 10 个字。")]
        return _show(case, comparison, form, HTTPStatus.UNPROCESSABLE_ENTITY)
    flash(_("合议决定已记录。"))
    return redirect(url_for(".index"))


def _show(case, comparison, form, status):
    view = "adjudication/show.html"
    return render_template(view, case=case, comparison=comparison, form=form), status
