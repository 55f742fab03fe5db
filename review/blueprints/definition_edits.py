from http import HTTPStatus

from flask import Blueprint, abort, flash, g, jsonify, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from review.blueprints.definitions import in_reach
from review.domain.definition_merging import changed_by_one, merged_text
from review.domain.definitions import read_definition, save_draft
from review.enums import CaseKind, DefinitionStatus
from review.errors import DefinitionRefusedError, DomainError, StaleError, WrongStatusError
from review.forms.comparison import compared
from review.forms.definition_pages import Editing, editing, stored_editing, typed_editing
from review.forms.definitions import SOURCES, problem_words
from review.forms.outlines import arranged, blank_rows, typed_outline
from review.labels import choices
from review.permissions import Permission, requires
from review.queries.definitions import saver_of

bp = Blueprint("definition_edits", __name__, url_prefix="/definitions/<int:definition_id>")

SIDES = {"mine": "mine", "theirs": "theirs"}
NOT_KEPT = _l("没有保存：请先改正标出的数字。您填写的内容都还在。")
REFUSALS: dict[type[DomainError], object] = {
    WrongStatusError: _l(
        "没有保存：这份草稿刚被发布或放弃，不能再改。您填写的内容还在本页，可另建新版本后填入。"
    ),
    DefinitionRefusedError: _l("没有保存：内容无法存下。您填写的内容都还在。"),
}


@bp.get("/edit")
@requires(Permission.RUBRIC_MANAGE)
def show(definition_id):
    definition = in_reach(definition_id)
    if definition.status is not DefinitionStatus.DRAFT:
        flash(_("已发布或已放弃的内容不能再改。请复制出新版本。"), "error")
        return redirect(url_for("definitions.show", definition_id=definition_id))
    made = read_definition(definition.subject, definition.text)
    return _page(definition, stored_editing(made), definition.edits)


@bp.post("/edit")
@requires(Permission.RUBRIC_MANAGE)
def edit(definition_id):
    definition = in_reach(definition_id)
    if wish := request.form.get("do"):
        outline = arranged(typed_outline(request.form), wish)
        page = editing(definition.subject, definition.key, outline)
        return _page(definition, page, _edits(), is_typed=True)
    page = typed_editing(definition.subject, definition.key, request.form)
    if page.text is None:
        return _refused(definition, page, NOT_KEPT)
    try:
        save_draft(definition, page.text, edits=_edits(), by=g.actor)
    except StaleError:
        return _conflict(definition_id, page.text, _edits())
    except DomainError as refusal:
        problems = "；".join(map(problem_words, getattr(refusal, "problems", ())))
        return _refused(definition, page, f"{REFUSALS[type(refusal)]}{problems}")
    return _saved(definition_id)


@bp.post("/merge")
@requires(Permission.RUBRIC_MANAGE)
def merge(definition_id):
    definition, mine = in_reach(definition_id), request.form.get("mine", "")
    began = request.form.get("began", -1, type=int)
    whole = request.form.get("whole")
    if whole == "theirs":
        flash(_("已保留对方保存的内容。"))
        return redirect(url_for(".show", definition_id=definition_id))
    try:
        chosen = _choices(definition, mine, whole)
        if None in chosen.values():
            message = _("还有没选的地方，没有保存。")
            return _conflict(definition_id, mine, began, message, chosen)
        taken = {place for place, side in chosen.items() if side == "theirs"}
        text = merged_text(definition.subject, mine, definition.text, taken)
        save_draft(definition, text, edits=_edits(), by=g.actor)
    except StaleError:
        return _conflict(definition_id, mine, began, _("刚刚又有人保存过，请再核对一次。"))
    except WrongStatusError:
        page = stored_editing(read_definition(definition.subject, mine))
        return _refused(definition, page, REFUSALS[WrongStatusError])
    except DomainError:
        abort(HTTPStatus.BAD_REQUEST)  # no page of ours sends such a text
    return _saved(definition_id)


@bp.post("/check")
@requires(Permission.RUBRIC_MANAGE)
def check(definition_id):
    definition = in_reach(definition_id)
    page = typed_editing(definition.subject, definition.key, request.form)
    faults = _("%(n)s 处待改正", n=page.faults) if page.problems else _("没有发现问题")
    shown = render_template("definitions/_preview.html", sheet=page.sheet) if page.sheet else None
    return jsonify(problems=page.problems, sums=page.sums, faults=faults, preview=shown)


def _choices(definition, mine, whole):
    """For each place that differs whose side was chosen; None where nobody said."""
    if whole == "mine":
        return {}
    theirs, made = (read_definition(definition.subject, t) for t in (definition.text, mine))
    places = [line.place for line in compared(theirs, made)]
    return {place: SIDES.get(request.form.get(f"take {place}", "")) for place in places}


def _conflict(definition_id, mine, began, message="", chosen=None):
    """Both versions side by side, the stored one as it stands now; where only one side changed
    something since both began, that side is proposed."""
    definition = in_reach(definition_id)
    theirs, made = (read_definition(definition.subject, t) for t in (definition.text, mine))
    changed_by = changed_by_one(definition, mine, began)
    shown = render_template(
        "definitions/conflict.html",
        definition=definition,
        saver=saver_of(definition),
        lines=compared(theirs, made),
        mine=mine,
        began=began,
        message=message,
        changed_by=changed_by,
        chosen=changed_by if chosen is None else chosen,
    )
    return shown, HTTPStatus.CONFLICT


def _saved(definition_id):
    if request.form.get("action") == "publish":
        return redirect(url_for("definitions.confirm", definition_id=definition_id))
    flash(_("草稿已保存。"))
    return redirect(url_for(".show", definition_id=definition_id))


def _edits():
    return request.form.get("edits", -1, type=int)


def _refused(definition, page: Editing, message):
    shown = _page(definition, page, _edits(), message=message, is_typed=True)
    return shown, HTTPStatus.UNPROCESSABLE_ENTITY


def _page(definition, page: Editing, edits, message="", *, is_typed=False):
    return render_template(
        "definitions/edit.html",
        definition=definition,
        page=page,
        edits=edits,
        message=message,
        is_typed=is_typed,
        kinds=dict(choices(CaseKind)),
        evidence=SOURCES,
        blanks=blank_rows(definition.subject),
    )
