"""What a scoring page does in the background with a draft."""

from http import HTTPStatus
from typing import Any

from flask import Blueprint, abort, g, jsonify, redirect, render_template, request, url_for
from flask_babel import lazy_gettext as _l

from review import labels
from review.blueprints.review_refusals import REFUSALS, status_of
from review.blueprints.reviewing import desk_of, show_sheet
from review.domain.draft_files import LARGEST, read_draft_file
from review.domain.reviewing import save_marks
from review.domain.sheets import Saved, given_marks, progress
from review.errors import DomainError, DraftFileError, MarksRefusedError, StaleError
from review.forms.reviewing import AutosaveForm, mark_problems_in_words
from review.forms.sheet_pages import handed_in_page, stored_marks
from review.labels import BEIJING
from review.permissions import Permission, requires
from review.queries.reviewing import Desk, own_assignment

HANDED_IN = _l(
    "草稿文件已读入，尚未保存：与已保存的不同之处已填入，旁边列出已保存的值。请核对后保存草稿。"
)

bp = Blueprint("drafts", __name__, url_prefix="/reviewing/<public_id>")


@bp.post("/marks")
@requires(Permission.REVIEW_WRITE)
def save(public_id):
    assignment = own_assignment(g.actor, public_id) or abort(404)
    form = AutosaveForm(request.form)
    if not form.validate():
        return jsonify(message=form.problem), HTTPStatus.UNPROCESSABLE_ENTITY
    how = {"overall": form.new_overall, "by": g.actor} | form.change
    try:
        saved = save_marks(assignment, form.marks, form.new_comment, **how)
    except DomainError as refusal:
        return _refused(public_id, refusal), status_of(refusal)
    return jsonify(_saved(saved))


@bp.get("/draft-file")
@requires(Permission.REVIEW_WRITE)
def file(public_id):
    return _file_page(desk_of(public_id))


@bp.post("/draft-file")
@requires(Permission.REVIEW_WRITE)
def hand_in(public_id):
    desk = desk_of(public_id)
    review = desk.review
    if review is None or desk.is_submitted:
        return redirect(url_for("reviewing.score", public_id=public_id))
    given = request.files.get("file")
    content = given.read(LARGEST + 1) if given else b""
    try:
        ratings = read_draft_file(content, desk.assignment, review, g.actor)
    except DraftFileError as refused:
        status = HTTPStatus.UNPROCESSABLE_ENTITY
        return _file_page(desk, labels.label(refused.refusal)), status
    sheet = handed_in_page(review, given_marks(review), desk.scheme_key, ratings)
    return show_sheet(desk, review, sheet, message=HANDED_IN)


def _file_page(desk: Desk, problem: str = ""):
    return render_template("reviewing/draft_file.html", desk=desk, problem=problem)


def _saved(saved: Saved) -> dict[str, Any]:
    return {
        "version": saved.version,
        "late": saved.is_late,
        "saved_at": saved.saved_at.astimezone(BEIJING).strftime("%H:%M"),
        "left": saved.left,
        "sections": saved.sections,
        "suggested": saved.suggested,
    }


def _refused(public_id: str, refusal: DomainError):
    """Why a save was refused; a stale page also gets all that is stored, to compare with."""
    desk = desk_of(public_id)
    if isinstance(refusal, MarksRefusedError):
        return jsonify(message=mark_problems_in_words(desk.rubric_key, refusal.problems))
    message = str(REFUSALS[type(refusal)])
    review = desk.review
    if review is None or not isinstance(refusal, StaleError):
        return jsonify(message=message, closed=True)
    stored = stored_marks(given_marks(review))
    now = _saved(progress(review, desk.scheme_key))
    return jsonify(
        message=message, marks=stored, comment=review.comment, overall=review.overall, **now
    )
