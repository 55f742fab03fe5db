from flask import Blueprint, abort, g, render_template

from review.blueprints.pages import attached
from review.domain.receipts import agrees, receipt_text
from review.permissions import Permission, requires
from review.queries.receipts import latest_receipt, published_digests
from review.queries.reviewing import own_assignment, own_desk
from review.queries.rounds import round_in_reach, round_of

bp = Blueprint("receipts", __name__)


@bp.get("/reviewing/<public_id>/receipt")
@requires(Permission.REVIEW_WRITE)
def own(public_id: str):
    desk, receipt = _own(public_id)
    holds = agrees(receipt, desk.review, desk.assignment.alias)
    return render_template("receipts/own.html", desk=desk, receipt=receipt, holds=holds)


@bp.get("/reviewing/<public_id>/receipt.txt")
@requires(Permission.REVIEW_WRITE)
def file(public_id: str):
    desk, receipt = _own(public_id)
    alias = desk.assignment.alias
    text = receipt_text(desk.review, alias, receipt.salt)
    return attached(text, f"receipt-{alias}.txt", "text/plain")


@bp.get("/reviewing/<public_id>/receipts")
@requires(Permission.REVIEW_WRITE)
def of_own_round(public_id: str):
    assignment = own_assignment(g.actor, public_id) or abort(404)
    return _list(round_of(assignment))


@bp.get("/rounds/<int:round_id>/receipts")
@requires(Permission.ROUND_READ)
def index(round_id: int):
    return _list(round_in_reach(round_id, g.actor))


def _own(public_id: str):
    """An own submitted review with its receipt; one older than receipts has none."""
    desk = own_desk(g.actor, public_id) or abort(404)
    review = desk.review
    if review is None or review.submitted_at is None:
        abort(404)
    return desk, latest_receipt(review) or abort(404)


def _list(round_):
    digests = published_digests(round_)
    return render_template("receipts/index.html", round=round_, digests=digests)
