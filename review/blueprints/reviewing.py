from datetime import UTC, datetime
from http import HTTPStatus

from flask import Blueprint, abort, flash, g, redirect, render_template, request, url_for
from flask_babel import gettext as _

from review.blueprints.pages import page_number
from review.blueprints.review_refusals import REFUSALS, status_of
from review.domain.review_changes import new_key
from review.domain.reviewing import is_late, save_marks, submit_review
from review.domain.sheets import given_marks, progress
from review.domain.shelters import shelter_of
from review.enums import AssignmentStatus, RoundStatus
from review.errors import AlreadySubmittedError, DomainError
from review.forms.dossier_index import Reading, reading
from review.forms.reviewing import sheet_form
from review.forms.sheet_pages import saved_page, typed_page
from review.permissions import Permission, requires
from review.queries.extensions import latest_extension
from review.queries.own_dossiers import own_documents, own_dossier
from review.queries.receipts import latest_receipt
from review.queries.review_changes import return_reason
from review.queries.reviewing import (
    PAGE_ROWS,
    Desk,
    own_desk,
    own_history,
    own_history_size,
    own_progress,
    own_tasks,
)

bp = Blueprint("reviewing", __name__, url_prefix="/reviewing")


@bp.get("/")
@requires(Permission.REVIEW_WRITE)
def index():
    rounds, page = own_progress(g.actor), page_number()
    assigned = sum(progress.assigned for progress in rounds)
    return render_template(
        "reviewing/index.html",
        rounds=rounds,
        tasks=own_tasks(g.actor, page),
        page=page,
        pages=_pages(assigned),
    )


@bp.get("/history")
@requires(Permission.REVIEW_WRITE)
def history():
    page = page_number()
    return render_template(
        "reviewing/history.html",
        tasks=own_history(g.actor, page),
        page=page,
        pages=_pages(own_history_size(g.actor)),
    )


@bp.get("/<public_id>")
@requires(Permission.REVIEW_WRITE)
def score(public_id):
    desk = desk_of(public_id)
    review = desk.review
    if review is None:
        return render_template("reviewing/declaration.html", desk=desk)
    return show_sheet(desk, review, saved_page(review, given_marks(review), desk.scheme_key))


@bp.post("/<public_id>")
@requires(Permission.REVIEW_WRITE)
def hand_in(public_id):
    desk = desk_of(public_id)
    if desk.review is None:
        return redirect(url_for(".score", public_id=public_id))
    form = sheet_form(desk.rubric_key, desk.scheme_key)
    if not form.validate() or form.problems:
        return _show_typed(public_id, form, _("未保存：请改正标出的内容。"))
    try:
        return _save_or_submit(desk, form)
    except AlreadySubmittedError:
        return redirect(url_for(".score", public_id=public_id))
    except DomainError as refusal:
        refused = getattr(refusal, "problems", {})
        return _show_typed(public_id, form, REFUSALS[type(refusal)], refused, status_of(refusal))


def _save_or_submit(desk: Desk, form):
    given = (desk.assignment, form.marks, form.new_comment)
    how = {"overall": form.new_overall, "by": g.actor} | form.change
    if request.form.get("action") == "submit":
        submit_review(*given, **how)
        flash(_("%(alias)s 号案件的评分已提交。", alias=desk.assignment.alias))
        return redirect(url_for("receipts.own", public_id=desk.assignment.public_id))
    save_marks(*given, **how)
    flash(_("草稿已保存。"))
    return redirect(url_for(".score", public_id=desk.assignment.public_id))


def show_sheet(desk: Desk, review, sheet, message="", status=HTTPStatus.OK):
    """The desk around a sheet; what is submitted, or no longer marked, can only be read."""
    closed = desk.is_submitted or desk.round_status is not RoundStatus.MARKING
    words = {"desk": desk, "sheet": sheet, "message": message}
    if closed:
        words["has_receipt"] = desk.is_submitted and latest_receipt(review)
        return render_template("reviewing/submitted.html", **words), status
    is_returned = desk.assignment.status is AssignmentStatus.RETURNED
    words |= {
        "saved": progress(review, desk.scheme_key),
        "reading": _reading(desk),
        "key": new_key(),
        "shelter": shelter_of(g.actor, desk.assignment),
        "extension": latest_extension(desk.assignment.id),
        "returned_because": return_reason(review) if is_returned else "",
        "is_late": is_late(desk.deadline, datetime.now(UTC)),
    }
    return render_template("reviewing/score.html", **words), status


def _reading(desk: Desk) -> Reading | None:
    """The dossier beside the sheet, if there is a copy that this reviewer may read."""
    shown = own_dossier(g.actor, desk.assignment.public_id)
    if shown is None:
        return None
    documents = own_documents(g.actor, desk.assignment.public_id)
    return reading(shown.shows_full_dossiers, documents, desk.facts.kind)


def _show_typed(public_id, form, message, refused=(), status=HTTPStatus.UNPROCESSABLE_ENTITY):
    desk = desk_of(public_id)  # afresh: another page may have saved since
    review = desk.review or abort(HTTPStatus.CONFLICT)
    sheet = typed_page(form, review, given_marks(review), dict(refused))
    return show_sheet(desk, review, sheet, message, status)


def desk_of(public_id: str) -> Desk:
    return own_desk(g.actor, public_id) or abort(404)


def _pages(rows: int) -> int:
    return -(-rows // PAGE_ROWS)
