from http import HTTPStatus

from flask import Blueprint, abort, flash, g, redirect, render_template, request, url_for
from flask_babel import gettext as _

from review.domain.redacting import (
    accept_marks,
    ask_for_copy,
    ask_for_marks,
    drop_mark,
    mark_rectangle,
)
from review.enums import DossierStatus, MarkedContent, MarkStatus
from review.errors import MisplacedMarkError, UndecidedMarksError
from review.forms.redacting import MarkForm
from review.permissions import Permission, requires
from review.queries.dossiers import case_of, dossier_in, mark_in, marks_of, redacted_copy

bp = Blueprint("redacting", __name__, url_prefix="/dossiers/<public_id>/redaction")


@bp.get("")
@requires(Permission.DOSSIER_READ)
def show(public_id):
    return _page(_dossier(public_id), MarkForm(formdata=None))


@bp.post("")
@requires(Permission.DOSSIER_MANAGE)
def mark(public_id):
    dossier, form = _dossier(public_id), MarkForm()
    if not form.validate_on_submit():
        return _page(dossier, form), HTTPStatus.UNPROCESSABLE_ENTITY
    what, everywhere = MarkedContent(form.what.data), form.every_page.data
    try:
        mark_rectangle(dossier, form.mark, what, g.actor, on_every_page=everywhere)
    except MisplacedMarkError:
        form.page.errors = [_("这个框不在卷宗的页面内，没有保存。请核对页码、位置和大小。")]
        return _page(dossier, form), HTTPStatus.UNPROCESSABLE_ENTITY
    return _done(dossier, _("已标出。"))


@bp.post("/<int:mark_id>/drop")
@requires(Permission.DOSSIER_MANAGE)
def drop(public_id, mark_id):
    dossier = _dossier(public_id)
    drop_mark(dossier, mark_in(dossier, mark_id) or abort(404), g.actor)
    return _done(dossier, _("已去掉。"))


@bp.post("/<int:mark_id>/accept")
@requires(Permission.DOSSIER_MANAGE)
def accept(public_id, mark_id):
    dossier = _dossier(public_id)
    accept_marks(dossier, [mark_in(dossier, mark_id) or abort(404)], g.actor)
    return _done(dossier, _("已采用。"))


@bp.post("/accept")
@requires(Permission.DOSSIER_MANAGE)
def accept_all(public_id):
    dossier = _dossier(public_id)
    accept_marks(dossier, marks_of(dossier), g.actor)
    return _done(dossier, _("已全部采用。"))


@bp.post("/proposals")
@requires(Permission.DOSSIER_MANAGE)
def propose(public_id):
    job = ask_for_marks(_dossier(public_id), g.actor)
    return redirect(url_for("jobs.show", public_id=job.public_id))


@bp.post("/copy")
@requires(Permission.DOSSIER_MANAGE)
def make(public_id):
    dossier = _dossier(public_id)
    try:
        job = ask_for_copy(dossier, g.actor)
    except UndecidedMarksError:
        flash(_("没有制作副本：还有建议的框没有决定。请先采用或去掉它们。"), "error")
        return redirect(url_for(".show", public_id=public_id))
    return redirect(url_for("jobs.show", public_id=job.public_id))


@bp.get("/preview")
@requires(Permission.DOSSIER_READ)
def preview(public_id):
    dossier = _dossier(public_id)
    copy, _stored = redacted_copy(dossier)
    if copy is None:
        abort(404)
    is_current = dossier.status is DossierStatus.REDACTED
    return render_template(
        "redacting/preview.html",
        dossier=dossier,
        case=case_of(dossier),
        copy=copy,
        is_current=is_current,
    )


def _done(dossier, words):
    """The list alone for the page that is open; else the page again."""
    if "HX-Request" in request.headers:
        return _page(dossier, MarkForm(formdata=None))
    flash(words)
    return redirect(url_for(".show", public_id=dossier.public_id))


def _page(dossier, form):
    marks, (copy, _stored) = marks_of(dossier), redacted_copy(dossier)
    view = "redacting/_marks.html" if "HX-Request" in request.headers else "redacting/show.html"
    return render_template(
        view,
        dossier=dossier,
        case=case_of(dossier),
        proposed=[mark for mark in marks if mark.status is MarkStatus.PROPOSED],
        accepted=[mark for mark in marks if mark.status is MarkStatus.ACCEPTED],
        copy=copy,
        is_current=dossier.status is DossierStatus.REDACTED,
        form=form,
    )


def _dossier(public_id):
    return dossier_in(g.actor, public_id) or abort(404)
