from http import HTTPStatus

from flask import Blueprint, abort, flash, g, redirect, render_template, request, url_for
from flask_babel import gettext as _

from review.domain.imports import ask_for
from review.domain.readings import give_meanings, questions_in, rewrites_in
from review.domain.register_changes import rewrite_page
from review.domain.register_questions import choosable
from review.enums import JobKind, RegisterChange
from review.errors import RepeatedColumnError, WrongStatusError
from review.forms.readings import given_meanings, heading_form, unknown_headings
from review.permissions import Permission, requires
from review.queries.readings import reading_in

bp = Blueprint("readings", __name__, url_prefix="/cases/imports/<int:import_id>")


@bp.route("/headings", methods=["GET", "POST"])
@requires(Permission.CASE_IMPORT)
def headings(import_id):
    import_, questions, form = _asked(import_id)
    message = None
    if form.validate_on_submit():
        try:
            give_meanings(import_, given_meanings(form, questions), g.actor)
        except RepeatedColumnError as error:
            names = "、".join(error.headings)
            message = _("这些列选了同一个含义：%(names)s。请只为一列选择。", names=names)
        else:
            flash(_("已记住这些列的含义，以后本地区的台账直接使用。"))
            return _read_again(import_)
    return render_template(
        "readings/headings.html",
        form=form,
        import_id=import_id,
        questions=questions,
        unknown=unknown_headings(questions),
        message=message,
    ), HTTPStatus.UNPROCESSABLE_ENTITY if message or form.errors else HTTPStatus.OK


@bp.get("/rewrites")
@requires(Permission.CASE_IMPORT)
def rewrites(import_id):
    _import, reading = reading_in(g.actor, import_id) or abort(404)
    found = rewrites_in(reading)
    kind = request.args.get("kind")
    page = rewrite_page(
        [r for r in found if kind in {None, "", r.change.value}], request.args.get("page", 1, int)
    )
    return render_template(
        "readings/rewrites.html",
        import_id=import_id,
        kinds=[k for k in RegisterChange if any(r.change is k for r in found)],
        kind=kind,
        page=page,
    )


def _read_again(import_):
    """Read the file with the new meanings; one that is imported already is left as it is."""
    try:
        job = ask_for(JobKind.READ_REGISTER, import_, g.actor)
    except WrongStatusError:
        return redirect(url_for("imports.show", import_id=import_.id))
    return redirect(url_for("jobs.show", public_id=job.public_id))


def _asked(import_id):
    import_, reading = reading_in(g.actor, import_id) or abort(404)
    questions = questions_in(reading)
    if not questions:
        abort(404)
    return import_, questions, heading_form(questions, choosable(questions))
