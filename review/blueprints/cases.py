from datetime import date
from http import HTTPStatus
from io import BytesIO

from flask import (
    Blueprint,
    abort,
    flash,
    g,
    redirect,
    render_template,
    request,
    send_file,
    url_for,
)
from flask_babel import gettext as _

from review.domain.cases import (
    confirm_import,
    discard_import,
    stage_import,
    take_rejects,
)
from review.domain.register_staging import open_refused, samples_of
from review.enums import CaseKind, ImportStatus, RecipientCategory, RegisterChange
from review.errors import RegisterError, StaleError, WrongStatusError
from review.exports import rejects_workbook
from review.forms.cases import CaseFilter, RegisterForm, register_error_words
from review.labels import choices, label
from review.permissions import Permission, requires
from review.queries.cases import (
    Place,
    case_in,
    case_page,
    import_in,
    imports_of,
    masked,
    regions_of,
)

bp = Blueprint("cases", __name__, url_prefix="/cases")

SPREADSHEET = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


@bp.get("/")
@requires(Permission.CASE_READ)
def index():
    form = CaseFilter(request.args)
    valid = form.validate()
    lines, following = case_page(
        g.actor,
        region_code=form.region.data or None,
        kind=form.chosen_kind,
        closed_from=form.closed_from.data,
        closed_to=form.closed_to.data,
        number=form.canonical_number,
        after=_place(request.args.get("after")),
    )
    return render_template(
        "cases/index.html",
        form=form,
        lines=lines,
        following=following,
        regions=regions_of(g.actor),
        kinds=dict(choices(CaseKind)),
        is_later_page="after" in request.args,
    ), HTTPStatus.OK if valid else HTTPStatus.UNPROCESSABLE_ENTITY


@bp.get("/<int:case_id>")
@requires(Permission.CASE_READ)
def show(case_id):
    found = case_in(g.actor, case_id) or abort(404)
    case, agency, provider, handler, region = found
    return render_template(
        "cases/show.html",
        case=case,
        agency=agency,
        provider=provider,
        handler=handler,
        region=region,
        recipient=masked(case.recipient_name),
        recipient_categories=[label(RecipientCategory(c)) for c in case.recipient_categories],
    )


@bp.route("/imports", methods=["GET", "POST"])
@requires(Permission.CASE_IMPORT)
def imports():
    form = RegisterForm()
    message = None
    if form.validate_on_submit():
        try:
            staged = stage_import(form.file.data.read(), form.file.data.filename, g.actor)
            return redirect(url_for(".import_preview", import_id=staged.id))
        except RegisterError as error:
            message = register_error_words(error)
    failed = message or form.errors
    status = HTTPStatus.UNPROCESSABLE_ENTITY if failed else HTTPStatus.OK
    history = imports_of(g.actor)
    return render_template(
        "cases/imports.html", form=form, message=message, history=history
    ), status


@bp.get("/imports/<int:import_id>")
@requires(Permission.CASE_IMPORT)
def import_preview(import_id):
    return _preview(_own(import_id))


@bp.post("/imports/<int:import_id>/confirm")
@requires(Permission.CASE_IMPORT)
def import_confirm(import_id):
    staged = _own(import_id)
    try:
        confirm_import(staged, g.actor)
    except WrongStatusError:
        if _own(import_id).status is not ImportStatus.CONFIRMED:
            return _preview(_own(import_id), _("这份台账已经放弃，不能再导入。请重新上传。"))
    except StaleError:
        words = _("另一份台账正在同时导入，本次没有保存任何内容。请再次确认。")
        return _preview(_own(import_id), words)
    flash(_("台账已导入。"))
    return redirect(url_for(".import_preview", import_id=import_id))


@bp.post("/imports/<int:import_id>/discard")
@requires(Permission.CASE_IMPORT)
def import_discard(import_id):
    try:
        discard_import(_own(import_id), g.actor)
    except WrongStatusError:
        if _own(import_id).status is not ImportStatus.DISCARDED:
            return _preview(_own(import_id), _("这份台账已经导入，不能再放弃。"))
    flash(_("已放弃这份台账，没有保存任何案件。"))
    return redirect(url_for(".imports"))


@bp.get("/imports/<int:import_id>/rejects.xlsx")
@requires(Permission.CASE_IMPORT)
def import_rejects(import_id):
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


def _preview(staged, message=None):
    return render_template(
        "cases/import_preview.html",
        staged=staged,
        samples=samples_of(open_refused(staged.rejects)),
        changes=[RegisterChange(change) for change in staged.counts["changes"]],
        message=message,
    ), HTTPStatus.CONFLICT if message else HTTPStatus.OK


def _place(text):
    """The place named in the address; one that cannot be read is the beginning."""
    closed_on, _dot, case_id = (text or "").partition(".")
    try:
        return Place(date.fromisoformat(closed_on), int(case_id))
    except ValueError:
        return None
