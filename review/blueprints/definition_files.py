from http import HTTPStatus
from io import BytesIO

from flask import Blueprint, abort, flash, g, redirect, render_template, request, send_file, url_for
from flask_babel import gettext as _

from review.domain.definition_sheets import import_draft, score_paper
from review.domain.definitions import problems_of, read_definition, source_text
from review.enums import DefinitionSubject
from review.errors import DomainError
from review.exports.score_documents import score_document
from review.exports.score_workbooks import score_workbook
from review.forms.definition_files import import_form, refusal_words, take_form
from review.permissions import Permission, requires
from review.queries.rounds import region_choices

bp = Blueprint("definition_files", __name__, url_prefix="/definitions")

TYPES = {
    "toml": "application/toml",
    "docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}
SHEETS = {"docx": score_document, "xlsx": score_workbook}


@bp.get("/<any(rubric, scheme):subject>/<path:key>/files")
@requires(Permission.RUBRIC_MANAGE)
def choose(subject, key):
    subject = DefinitionSubject(subject)
    made = read_definition(subject, _text(subject, key))
    return render_template(
        "definition_files/choose.html", form=_take_form(subject), subject=subject, made=made
    )


@bp.get("/<any(rubric, scheme):subject>/<path:key>/file")
@requires(Permission.RUBRIC_MANAGE)
def take(subject, key):
    subject = DefinitionSubject(subject)
    text, form = _text(subject, key), _take_form(subject)
    if not form.validate():
        abort(HTTPStatus.NOT_FOUND)
    kind = form.format.data
    if kind == "toml":
        content = text.encode()
    else:
        content = SHEETS[kind](score_paper(subject, key, g.actor, form.scheme.data))
    name = f"{key.replace('/', '-v')}.{kind}"
    return send_file(BytesIO(content), TYPES[kind], as_attachment=True, download_name=name)


@bp.route("/import", methods=["GET", "POST"])
@requires(Permission.RUBRIC_MANAGE)
def bring():
    form = import_form(region_choices(g.actor), g.actor.region_code)
    if not form.validate_on_submit():
        return _import_page(form, HTTPStatus.UNPROCESSABLE_ENTITY if form.is_submitted() else 200)
    chosen = {"name": form.name.data, "region_code": form.region_code.data}
    try:
        draft = import_draft(form.content, **chosen, by=g.actor)
    except DomainError as error:
        return _import_page(form, HTTPStatus.UNPROCESSABLE_ENTITY, refusal_words(error))
    left = len(problems_of(draft.subject, draft.text))
    words = _("已导入为草稿，编码为 %(key)s。", key=draft.key)
    flash(words + (_("还有 %(n)s 处要改正，列在下面。", n=left) if left else ""))
    return redirect(url_for("definitions.show", definition_id=draft.id))


def _text(subject, key):
    try:
        return source_text(subject, key, g.actor)
    except KeyError:
        return abort(HTTPStatus.NOT_FOUND)


def _take_form(subject):
    is_rubric = subject is DefinitionSubject.RUBRIC
    return take_form(request.args, with_scheme=is_rubric, bureau=g.actor.region_code)


def _import_page(form, status, refused=()):
    return render_template("definition_files/import.html", form=form, refused=refused), status
