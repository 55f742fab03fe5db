from http import HTTPStatus

from flask import Blueprint, abort, flash, g, redirect, render_template, request, url_for
from flask_babel import gettext as _

from review.domain.dossier_index import completeness
from review.domain.indexing import ask_for_index, begin_document, confirm_documents, drop_document
from review.errors import NoSuchPageError
from review.forms.dossier_index import entries, in_words
from review.forms.indexing import CHOICES, BeginForm
from review.permissions import Permission, requires
from review.queries.dossiers import case_of, document_in, documents_of, dossier_in

bp = Blueprint("indexing", __name__, url_prefix="/dossiers/<public_id>/index")


@bp.get("")
@requires(Permission.DOSSIER_READ)
def show(public_id):
    return _page(_dossier(public_id), BeginForm(formdata=None))


@bp.post("")
@requires(Permission.DOSSIER_MANAGE)
def begin(public_id):
    dossier, form = _dossier(public_id), BeginForm()
    if not form.validate_on_submit():
        return _page(dossier, form), HTTPStatus.UNPROCESSABLE_ENTITY
    try:
        begin_document(dossier, form.page.data or 0, form.code, g.actor)
    except NoSuchPageError:
        form.page.errors = [_("卷宗没有第 %(n)s 页。", n=form.page.data)]
        return _page(dossier, form), HTTPStatus.UNPROCESSABLE_ENTITY
    return _done(dossier)


@bp.post("/<int:document_id>/drop")
@requires(Permission.DOSSIER_MANAGE)
def drop(public_id, document_id):
    dossier = _dossier(public_id)
    drop_document(dossier, document_in(dossier, document_id) or abort(404), g.actor)
    return _done(dossier)


@bp.post("/confirm")
@requires(Permission.DOSSIER_MANAGE)
def confirm(public_id):
    dossier = _dossier(public_id)
    confirm_documents(dossier, g.actor)
    return _done(dossier)


@bp.post("/proposals")
@requires(Permission.DOSSIER_MANAGE)
def propose(public_id):
    job = ask_for_index(_dossier(public_id), g.actor)
    return redirect(url_for("jobs.show", public_id=job.public_id))


def _done(dossier):
    """The list alone for the page that is open; else the page again."""
    if "HX-Request" in request.headers:
        return _page(dossier, BeginForm(formdata=None))
    flash(_("目录已保存。"))
    return redirect(url_for(".show", public_id=dossier.public_id))


def _page(dossier, form):
    documents, case = documents_of(dossier), case_of(dossier)
    confirmed = [document for document in documents if document.confirmed]
    view = "indexing/_index.html" if "HX-Request" in request.headers else "indexing/show.html"
    return render_template(
        view,
        dossier=dossier,
        case=case,
        lines=entries(documents),
        complete=in_words(completeness(case.kind, confirmed)),
        form=form,
        choices=CHOICES,
    )


def _dossier(public_id):
    return dossier_in(g.actor, public_id) or abort(404)
