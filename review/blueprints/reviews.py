"""Submitted reviews, for the organisers of their round: read, and sent back with a reason."""

from http import HTTPStatus

from flask import Blueprint, abort, flash, g, redirect, render_template, url_for
from flask_babel import gettext as _

from review.blueprints.pages import page_number
from review.domain.returning import return_review
from review.domain.sheets import given_marks
from review.enums import RoundStatus
from review.errors import ReasonNeededError, WrongStatusError
from review.forms.reviews import ReturnForm
from review.forms.sheet_pages import saved_page
from review.permissions import Permission, requires
from review.queries.reviews import PAGE_ROWS, review_in_reach, reviews_page
from review.queries.rounds import round_in_reach

bp = Blueprint("reviews", __name__)


@bp.get("/rounds/<int:round_id>/reviews")
@requires(Permission.ROUND_MANAGE)
def index(round_id: int):
    round_, page = round_in_reach(round_id, g.actor), page_number()
    rows, count = reviews_page(round_, page)
    pages = max(1, -(-count // PAGE_ROWS))
    return render_template("reviews/index.html", round=round_, rows=rows, page=page, pages=pages)


@bp.get("/reviews/<public_id>")
@requires(Permission.ROUND_MANAGE)
def show(public_id: str):
    return _page(_in_reach(public_id), ReturnForm())


@bp.post("/reviews/<public_id>/return")
@requires(Permission.ROUND_MANAGE)
def send_back(public_id: str):
    submitted, form = _in_reach(public_id), ReturnForm()
    try:
        return_review(submitted.assignment, form.reason.data or "", g.actor)
    except ReasonNeededError:
        error = _("没有退回：请写明理由，至少 10 个字。专家会看到它。")
        return _page(submitted, form, error), HTTPStatus.UNPROCESSABLE_ENTITY
    except WrongStatusError:
        error = _("没有退回：评分表已被退回，或案件已经合议决定，或结果已发布。")
        return _page(_in_reach(public_id), form, error), HTTPStatus.CONFLICT
    flash(_("已退回给专家，理由已告知；原来的评分和回执都留存。"))
    return redirect(url_for(".index", round_id=submitted.round.id))


def _in_reach(public_id: str):
    return review_in_reach(g.actor, public_id) or abort(404)


def _page(submitted, form, error=""):
    review = submitted.review
    sheet = saved_page(review, given_marks(review), submitted.round.scheme_key)
    may_return = review.submitted_at and submitted.round.status is RoundStatus.MARKING
    words = {"form": form, "error": error, "may_return": may_return}
    return render_template("reviews/show.html", of=submitted, sheet=sheet, **words)
