from http import HTTPStatus

from flask import Blueprint, abort, flash, g, redirect, render_template, request, url_for
from flask_babel import gettext as _

from review.blueprints.copies import send_copy
from review.blueprints.pages import page_number
from review.domain.dossiers import discard_waiting_files, use_waiting_files
from review.enums import CopyKind, DossierStatus, FileStatus
from review.errors import NothingWaitsError, ReasonNeededError
from review.forms.uploads import ChangeForm
from review.permissions import Permission, requires
from review.queries.dossier_list import (
    PAGE_ROWS,
    changes_of,
    dossier_files,
    dossier_lines,
    rounds_within,
)
from review.queries.dossiers import copy_in, dossier_in
from review.queries.uploads import is_in_frame

bp = Blueprint("dossiers", __name__, url_prefix="/dossiers")


@bp.get("/")
@requires(Permission.DOSSIER_READ)
def index():
    round_id, page = request.args.get("round", type=int), page_number()
    wished = request.args.get("status")
    status = DossierStatus(wished) if wished in set(DossierStatus) else None
    rounds = rounds_within(g.actor)
    if round_id not in {None, *(row.id for row in rounds)}:
        abort(404)
    lines, counts = dossier_lines(g.actor, round_id, status, page)
    rows = counts[status] if status else sum(counts.values())
    return render_template(
        "dossiers/index.html",
        rounds=rounds,
        chosen=round_id,
        status=status,
        lines=lines,
        counts=counts,
        page=page,
        pages=-(-rows // PAGE_ROWS),
    )


@bp.get("/<public_id>")
@requires(Permission.DOSSIER_READ)
def show(public_id):
    return _page(_dossier(public_id), ChangeForm())


@bp.post("/<public_id>/files")
@requires(Permission.DOSSIER_MANAGE)
def use_files(public_id):
    dossier, form = _dossier(public_id), ChangeForm()
    if not form.validate_on_submit():
        return _page(dossier, form), HTTPStatus.UNPROCESSABLE_ENTITY
    replace, reason = request.form.get("action") == "replace", form.reason.data or ""
    try:
        job = use_waiting_files(dossier, g.actor, replace=replace, reason=reason)
    except ReasonNeededError:
        form.reason.errors = [_("抽样框已经冻结：请写明理由（至少 5 个字），它会留在卷宗旁。")]
        return _page(dossier, form), HTTPStatus.UNPROCESSABLE_ENTITY
    except NothingWaitsError:
        return _nothing_waits(public_id)
    return redirect(url_for("jobs.show", public_id=job.public_id))


@bp.post("/<public_id>/files/discard")
@requires(Permission.DOSSIER_MANAGE)
def discard_files(public_id):
    try:
        discard_waiting_files(_dossier(public_id), g.actor)
    except NothingWaitsError:
        return _nothing_waits(public_id)
    flash(_("已放弃等待确认的文件，卷宗没有改变。"))
    return redirect(url_for(".show", public_id=public_id))


@bp.get("/<public_id>/copies/<any(full, redacted):kind>.pdf")
@requires(Permission.DOSSIER_READ)
def copy(public_id, kind):
    found = copy_in(g.actor, public_id, CopyKind(kind)) or abort(404)
    return send_copy(*found)


def _dossier(public_id):
    return dossier_in(g.actor, public_id) or abort(404)


def _page(dossier, form):
    files = dossier_files(dossier)
    return render_template(
        "dossiers/show.html",
        dossier=dossier,
        files=files,
        waiting=[file for file in files if file.status is FileStatus.WAITING],
        changes=changes_of(dossier),
        is_in_frame=is_in_frame(dossier),
        form=form,
    )


def _nothing_waits(public_id):
    flash(_("没有等待确认的文件，卷宗没有改变。"), "error")
    return redirect(url_for(".show", public_id=public_id))
