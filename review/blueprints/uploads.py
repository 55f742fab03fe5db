from http import HTTPStatus

from flask import Blueprint, abort, flash, g, jsonify, redirect, render_template, request, url_for
from flask_babel import gettext as _

from review.domain.dossiers import match_file
from review.domain.uploads import (
    MOST_BYTES,
    PART_BYTES,
    begin_upload,
    complete_upload,
    new_batch,
    receive_part,
    upload_whole,
    withdraw_upload,
)
from review.enums import UploadStatus
from review.errors import UploadTooLargeError, WrongOffsetError, WrongStatusError
from review.forms.uploads import AnnouncementForm, MatchForm, UploadForm
from review.permissions import Permission, requires
from review.queries.uploads import (
    case_within,
    file_of_upload,
    files_of_upload,
    is_being_taken_in,
    own_upload,
    uploads_of,
)

bp = Blueprint("uploads", __name__, url_prefix="/dossiers/uploads")

PIECE = 1024 * 1024


@bp.get("/")
@requires(Permission.DOSSIER_MANAGE)
def index():
    return _page(UploadForm())


@bp.post("/")
@requires(Permission.DOSSIER_MANAGE)
def send():
    form, batch = UploadForm(), new_batch()
    if not form.validate_on_submit():
        return _page(form), HTTPStatus.UNPROCESSABLE_ENTITY
    try:
        jobs = [
            upload_whole(file.filename, _pieces(file.stream), g.actor, batch=batch)
            for file in form.files.data
        ]
    except UploadTooLargeError:
        form.files.errors = [_size_words()]
        return _page(form), HTTPStatus.UNPROCESSABLE_ENTITY
    if len(jobs) > 1:
        return redirect(url_for(".index"))
    return redirect(url_for("jobs.show", public_id=jobs[0].public_id))


@bp.post("/begin")
@requires(Permission.DOSSIER_MANAGE)
def begin():
    form = AnnouncementForm(request.form)
    if not form.validate():
        return jsonify(message=_("未上传：文件名或大小无法识别。")), HTTPStatus.UNPROCESSABLE_ENTITY
    try:
        upload = begin_upload(**form.values(), by=g.actor)
    except UploadTooLargeError:
        return jsonify(message=_size_words()), HTTPStatus.UNPROCESSABLE_ENTITY
    return jsonify(_state(upload)), HTTPStatus.CREATED


@bp.get("/<public_id>/state")
@requires(Permission.DOSSIER_MANAGE)
def state(public_id):
    return jsonify(_state(_own(public_id)))


@bp.post("/<public_id>/parts/<int:start>")
@requires(Permission.DOSSIER_MANAGE)
def part(public_id, start):
    upload = _own(public_id)
    piece = request.files.get("piece") or abort(HTTPStatus.BAD_REQUEST)
    content = piece.read(PART_BYTES + 1)
    if not 0 < len(content) <= PART_BYTES:
        abort(HTTPStatus.REQUEST_ENTITY_TOO_LARGE)
    try:
        receive_part(upload, start, content)
    except (WrongOffsetError, WrongStatusError):
        return jsonify(_state(_own(public_id))), HTTPStatus.CONFLICT
    return jsonify(_state(upload))


@bp.post("/<public_id>/complete")
@requires(Permission.DOSSIER_MANAGE)
def complete(public_id):
    upload = _own(public_id)
    try:
        job = complete_upload(upload, g.actor)
    except (WrongOffsetError, WrongStatusError):
        return jsonify(_state(_own(public_id))), HTTPStatus.CONFLICT
    return jsonify(page=url_for("jobs.show", public_id=job.public_id))


@bp.post("/<public_id>/withdraw")
@requires(Permission.DOSSIER_MANAGE)
def withdraw(public_id):
    try:
        withdraw_upload(_own(public_id), g.actor)
    except WrongStatusError:
        flash(_("这个文件已经收完，正在处理或处理过了，不能再取消。"), "error")
    else:
        flash(_("已取消，收到的部分已删除。"))
    return redirect(url_for(".index"))


@bp.get("/<public_id>")
@requires(Permission.DOSSIER_MANAGE)
def show(public_id):
    return _outcome(_own(public_id), MatchForm())


@bp.post("/<public_id>/files/<int:file_id>/match")
@requires(Permission.DOSSIER_MANAGE)
def match(public_id, file_id):
    upload, form = _own(public_id), MatchForm()
    file = file_of_upload(upload, file_id) or abort(404)
    if not form.validate_on_submit():
        return _outcome(upload, form, file_id), HTTPStatus.UNPROCESSABLE_ENTITY
    case_id = case_within(g.actor, form.canonical_number)
    if case_id is None:
        form.number.errors = [_("您的地区没有这个编号的案件。请核对编号，或先导入台账。")]
        return _outcome(upload, form, file_id), HTTPStatus.UNPROCESSABLE_ENTITY
    try:
        match_file(file, case_id, g.actor)
    except WrongStatusError:
        flash(_("没有改动：这个文件已经有了案件。"), "error")
    else:
        flash(_("已放入这件案件的卷宗。"))
    return redirect(url_for(".show", public_id=public_id))


def _own(public_id):
    return own_upload(g.actor, public_id) or abort(404)


def _state(upload):
    return {
        "address": url_for(".show", public_id=upload.public_id),
        "received": upload.received,
        "status": upload.status.value,
        "part": PART_BYTES,
    }


def _page(form):
    return render_template(
        "uploads/index.html", form=form, uploads=uploads_of(g.actor), most_bytes=MOST_BYTES
    )


def _outcome(upload, form, file_id=None):
    is_queued = upload.status is UploadStatus.QUEUED
    return render_template(
        "uploads/show.html",
        upload=upload,
        files=files_of_upload(upload),
        form=form,
        chosen=file_id,
        is_stuck=is_queued and not is_being_taken_in(upload),
    )


def _pieces(stream):
    return iter(lambda: stream.read(PIECE), b"")


def _size_words():
    return _("没有收下：文件是空的，或超过 2 GB。请按册拆分后再上传。")
