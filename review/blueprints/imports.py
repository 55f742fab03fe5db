from http import HTTPStatus
from io import BytesIO

from flask import Blueprint, abort, flash, g, redirect, render_template, send_file, url_for
from flask_babel import gettext as _

from review.blueprints.pages import page_number
from review.domain.cases import discard_import, take_rejects
from review.domain.imports import ask_for, upload_register
from review.domain.readings import own_headings_in, questions_in
from review.domain.register_staging import open_changes, open_refused, samples_of
from review.enums import ImportStatus, JobKind, RegisterChange, RegisterPart
from review.errors import WrongStatusError
from review.exports.registers import rejects_workbook
from review.forms.cases import RegisterForm
from review.forms.imports import change_lines, field_counts, problem_words
from review.permissions import Permission, requires
from review.queries.cases import PAGE_ROWS, file_name_of, import_in, imports_of
from review.queries.jobs import job_numbered
from review.queries.readings import reading_of
from review.queries.register import undo_obstacle
from review.queries.register_content import content_of

bp = Blueprint("imports", __name__, url_prefix="/cases/imports")

SPREADSHEET = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


@bp.route("", methods=["GET", "POST"])
@requires(Permission.CASE_IMPORT)
def index():
    form = RegisterForm()
    if form.validate_on_submit():
        job = upload_register(form.file.data.read(), form.file.data.filename, g.actor)
        return redirect(url_for("jobs.show", public_id=job.public_id))
    status = HTTPStatus.UNPROCESSABLE_ENTITY if form.errors else HTTPStatus.OK
    return render_template("imports/index.html", form=form, history=imports_of(g.actor)), status


@bp.get("/<int:import_id>")
@requires(Permission.CASE_IMPORT)
def show(import_id):
    import_ = _own(import_id)
    job = job_numbered(import_.job_id)
    if job and job.due_at and job.owner_id == g.actor.membership_id:
        return redirect(url_for("jobs.show", public_id=job.public_id))
    return _page(import_)


@bp.post("/<int:import_id>/read")
@requires(Permission.CASE_IMPORT)
def read(import_id):
    return _begin(JobKind.READ_REGISTER, import_id)


@bp.post("/<int:import_id>/confirm")
@requires(Permission.CASE_IMPORT)
def confirm(import_id):
    return _begin(JobKind.IMPORT_REGISTER, import_id)


@bp.post("/<int:import_id>/undo")
@requires(Permission.CASE_IMPORT)
def undo(import_id):
    return _begin(JobKind.UNDO_IMPORT, import_id)


@bp.post("/<int:import_id>/discard")
@requires(Permission.CASE_IMPORT)
def discard(import_id):
    try:
        discard_import(_own(import_id), g.actor)
    except WrongStatusError:
        if _own(import_id).status is not ImportStatus.DISCARDED:
            return _page(_own(import_id), _("这份台账已经导入，不能再放弃。"))
    flash(_("已放弃这份台账，没有保存任何案件。"))
    return redirect(url_for(".index"))


@bp.get("/<int:import_id>/rejects.xlsx")
@requires(Permission.CASE_IMPORT)
def rejects(import_id):
    sheets = take_rejects(_own(import_id), g.actor)
    if not sheets:
        abort(404)
    name = _("未导入的行-%(number)s.xlsx", number=import_id)
    return send_file(
        BytesIO(rejects_workbook(sheets)),
        mimetype=SPREADSHEET,
        as_attachment=True,
        download_name=name,
    )


def _own(import_id):
    return import_in(g.actor, import_id) or abort(404)


def _begin(kind, import_id):
    """Have the work done, unless it is done already: asking twice has one effect."""
    try:
        job = ask_for(kind, _own(import_id), g.actor)
    except WrongStatusError:
        if _own(import_id).status is not AFTER[kind]:
            words = _("这份台账的状态已经改变，这一步没有进行。请看下面的最新情况。")
            return _page(_own(import_id), words)
        return redirect(url_for(".show", import_id=import_id))
    if job.owner_id != g.actor.membership_id:  # a colleague has asked for it already
        return redirect(url_for(".show", import_id=import_id))
    return redirect(url_for("jobs.show", public_id=job.public_id))


AFTER = {
    JobKind.READ_REGISTER: ImportStatus.PREVIEWED,
    JobKind.IMPORT_REGISTER: ImportStatus.CONFIRMED,
    JobKind.UNDO_IMPORT: ImportStatus.UNDONE,
}


def _problem(import_):
    if import_.status is not ImportStatus.UNREADABLE:
        return None
    return problem_words(import_.problem, file_name_of(import_))


def _page(import_, message=None):
    changes = open_changes(content_of(import_.id, RegisterPart.CHANGES))
    reading = reading_of(import_.id)
    page = page_number()
    shown = changes[(page - 1) * PAGE_ROWS : page * PAGE_ROWS]
    is_confirmed = import_.status is ImportStatus.CONFIRMED
    return render_template(
        "imports/show.html",
        import_=import_,
        file_name=file_name_of(import_),
        job=job_numbered(import_.job_id),
        problem=_problem(import_),
        obstacle=undo_obstacle(import_) if is_confirmed else None,
        samples=samples_of(open_refused(content_of(import_.id, RegisterPart.REJECTS))),
        rewrites=[RegisterChange(change) for change in import_.counts.get("changes", ())],
        fields=field_counts(import_.counts),
        lines=change_lines(shown),
        page=page,
        pages=-(-len(changes) // PAGE_ROWS),
        message=message,
        questions=questions_in(reading) if reading else [],
        own_headings=own_headings_in(reading) if reading else {},
    ), HTTPStatus.CONFLICT if message else HTTPStatus.OK
