from http import HTTPStatus

from flask import Blueprint, abort, flash, g, redirect, render_template, url_for
from flask_babel import gettext as _

from review.blueprints.pages import page_number
from review.domain.panel_decisions import compare, decide, give_own_mark, members_of, sheet_of
from review.enums import DecisionFlaw, SampledCaseStatus
from review.errors import DecisionRefusedError, OwnMarkMissingError, WrongStatusError
from review.forms.adjudication import OwnMarkForm, decision_form, written
from review.labels import label
from review.permissions import Permission, requires
from review.queries.adjudication import (
    PAGE_ROWS,
    decided_case,
    latest_decisions,
    own_view,
    panel_case,
    panel_size,
    panel_tasks,
)

bp = Blueprint("adjudication", __name__, url_prefix="/adjudication")


@bp.get("/")
@requires(Permission.ADJUDICATE)
def index():
    page = page_number()
    waiting = panel_size(g.actor)
    return render_template(
        "adjudication/index.html",
        tasks=panel_tasks(g.actor, page),
        decisions=latest_decisions(g.actor),
        waiting=waiting,
        page=page,
        pages=-(-waiting // PAGE_ROWS),
    )


@bp.route("/<int:sampled_id>", methods=["GET", "POST"])
@requires(Permission.ADJUDICATE)
def show(sampled_id):
    case = _case(sampled_id)
    if case.sampled.status is not SampledCaseStatus.PANEL:
        return _not_waiting()
    own = own_view(sampled_id, g.actor.user_id)
    if own is None:
        return _own_page(case, OwnMarkForm(formdata=None))
    comparison = compare(case)
    form = decision_form(comparison)
    if form.validate_on_submit():
        return _decide(case, comparison, form, own)
    status = HTTPStatus.UNPROCESSABLE_ENTITY if form.errors else HTTPStatus.OK
    return _show(case, comparison, form, own), status


@bp.post("/<int:sampled_id>/own")
@requires(Permission.ADJUDICATE)
def give_own(sampled_id):
    case = _case(sampled_id)
    form = OwnMarkForm()
    if not form.validate_on_submit():
        return _own_page(case, form), HTTPStatus.UNPROCESSABLE_ENTITY
    try:
        give_own_mark(case.sampled, form.own_total, g.actor)
    except WrongStatusError:
        return _not_waiting()
    except DecisionRefusedError as refused:
        form.total.errors = [label(refused.flaw)]
        return _own_page(case, form), HTTPStatus.UNPROCESSABLE_ENTITY
    return redirect(url_for(".show", sampled_id=sampled_id))


@bp.get("/<int:sampled_id>/record")
@requires(Permission.ADJUDICATE)
def record(sampled_id):
    case = _case(sampled_id)
    decided = decided_case(g.actor, sampled_id) or abort(404)
    return render_template(
        "adjudication/record.html",
        case=case,
        comparison=compare(case),
        decided=decided,
        sheet=sheet_of(decided.stored),
        members=members_of(decided.stored),
        written=written,
    )


def _case(sampled_id):
    return panel_case(g.actor, sampled_id) or abort(404)


def _decide(case, comparison, form, own):
    try:
        decide(case.sampled, form.decision, g.actor)
    except (WrongStatusError, OwnMarkMissingError):
        return _not_waiting()
    except DecisionRefusedError as refused:
        page = _show(case, comparison, form, own, refused)
        return page, HTTPStatus.UNPROCESSABLE_ENTITY
    flash(_("合议决定已记录。"))
    return redirect(url_for(".record", sampled_id=case.sampled.id))


def _not_waiting():
    flash(_("这个案件不在合议阶段，可能刚由他人作出决定。"), "error")
    return redirect(url_for(".index"))


def _own_page(case, form):
    return render_template("adjudication/own.html", case=case, form=form)


def _show(case, comparison, form, own, refused=None):
    if refused and refused.flaw is DecisionFlaw.REASON:
        form.reason.errors = [label(refused.flaw)]
    return render_template(
        "adjudication/show.html",
        case=case,
        comparison=comparison,
        form=form,
        own=own,
        refused=refused,
        written=written,
    )
