from http import HTTPStatus

from flask import Blueprint, abort, flash, g, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from review.blueprints.pages import page_number
from review.domain.definitions import (
    comparable,
    create_draft,
    discard,
    publish,
    read_definition,
    retire,
    source_text,
)
from review.domain.rubrics import shipped_rubrics, shipped_schemes, shown_bands
from review.domain.what_if import fresh_what_if
from review.enums import DefinitionSubject
from review.errors import DefinitionRefusedError, DomainError, StaleError, WrongStatusError
from review.forms.comparison import compared
from review.forms.definition_pages import preview, problem_lines
from review.forms.definitions import DraftForm, draft_form
from review.permissions import Permission, requires
from review.queries.definitions import (
    definition_in_reach,
    definitions_page,
    published_above,
    rounds_using,
    saver_of,
    use_counts,
)
from review.queries.rounds import region_choices, region_name

bp = Blueprint("definitions", __name__, url_prefix="/definitions")

REFUSALS = {
    StaleError: _l("刚有人更改过，没有办成。请核对下面的最新内容后再试。"),
    WrongStatusError: _l("状态已经改变，没有办成。下面是最新的状态。"),
    DefinitionRefusedError: _l("还有问题没有改正，没有发布。"),
}
GIVEN_UP = _l("草稿已放弃，不再出现在列表中。放弃错了，可以在这里复制出来接着改。")


@bp.get("")
@requires(Permission.RUBRIC_MANAGE)
def index():
    page = page_number()
    rows, pages = definitions_page(g.actor, page)
    above = published_above(g.actor)
    return render_template(
        "definitions/index.html",
        rows=[(row, read_definition(row.subject, row.text), region) for row, region in rows],
        rubrics=[*_read_all(above, DefinitionSubject.RUBRIC), *shipped_rubrics()],
        schemes=[
            (made, shown_bands(made))
            for made in (*_read_all(above, DefinitionSubject.SCHEME), *shipped_schemes())
        ],
        uses=use_counts(g.actor),
        page=page,
        pages=pages,
    )


@bp.get("/<int:definition_id>")
@requires(Permission.RUBRIC_MANAGE)
def show(definition_id):
    definition = in_reach(definition_id)
    made = read_definition(definition.subject, definition.text)
    return render_template(
        "definitions/show.html",
        definition=definition,
        made=made,
        sheet=preview(made),
        problems=problem_lines(made),
        region=region_name(definition.region_code),
        saver=saver_of(definition),
        rounds=rounds_using(g.actor, definition),
    )


@bp.get("/<int:definition_id>/compare")
@requires(Permission.RUBRIC_MANAGE)
def compare(definition_id):
    definition = in_reach(definition_id)
    made = read_definition(definition.subject, definition.text)
    others = comparable(definition)
    chosen = request.args.get("with") or next(iter(others), "")
    if chosen and chosen not in others:
        abort(HTTPStatus.NOT_FOUND)
    return render_template(
        "definitions/compare.html",
        definition=definition,
        made=made,
        others=[(key, other.title) for key, other in others.items()],
        chosen=chosen,
        lines=compared(others[chosen], made) if chosen else [],
    )


@bp.route("/new", methods=["GET", "POST"])
@requires(Permission.RUBRIC_MANAGE)
def create():
    form = draft_form(region_choices(g.actor), g.actor.region_code)
    if not form.validate_on_submit():
        return _draft_page(form, HTTPStatus.UNPROCESSABLE_ENTITY if form.is_submitted() else 200)
    try:
        definition = create_draft(
            form.subject,
            source_text(form.subject, form.key, g.actor),
            name=form.name.data or "",
            region_code=form.region_code.data,
            by=g.actor,
        )
    except KeyError:
        abort(HTTPStatus.NOT_FOUND)
    except StaleError:
        form.name.errors = [_("刚有人用这个短名建立了新版本。请返回列表核对，再决定是否另建一版。")]
        return _draft_page(form, HTTPStatus.CONFLICT)
    flash(_("草稿已建立，编码为 %(key)s。", key=definition.key))
    return redirect(url_for("definition_edits.show", definition_id=definition.id))


@bp.route("/<int:definition_id>/publish", methods=["GET", "POST"])
@requires(Permission.RUBRIC_MANAGE)
def confirm(definition_id):
    definition = in_reach(definition_id)
    if request.method == "POST":
        return _done(publish, definition, edits=_edits())
    made = read_definition(definition.subject, definition.text)
    return render_template(
        "definitions/publish.html",
        definition=definition,
        made=made,
        problems=problem_lines(made),
        found=fresh_what_if(definition, g.actor),
    )


@bp.post("/<int:definition_id>/retire")
@requires(Permission.RUBRIC_MANAGE)
def withdraw(definition_id):
    return _done(retire, in_reach(definition_id))


@bp.post("/<int:definition_id>/discard")
@requires(Permission.RUBRIC_MANAGE)
def give_up(definition_id):
    return _done(discard, in_reach(definition_id), GIVEN_UP, edits=_edits())


def in_reach(definition_id):
    return definition_in_reach(g.actor, definition_id) or abort(HTTPStatus.NOT_FOUND)


def _read_all(rows, subject):
    return [read_definition(subject, row.text) for row in rows if row.subject is subject]


def _edits():
    return request.form.get("edits", -1, type=int)


def _done(verb, definition, words="", **given):
    try:
        verb(definition, by=g.actor, **given)
    except DomainError as refusal:
        flash(REFUSALS[type(refusal)], "error")
    else:
        if words:
            flash(words)
    return redirect(url_for(".show", definition_id=definition.id))


def _draft_page(form: DraftForm, status):
    return render_template("definitions/create.html", form=form), status
