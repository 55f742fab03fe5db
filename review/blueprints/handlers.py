from http import HTTPStatus

from flask import Blueprint, abort, flash, g, redirect, render_template, url_for
from flask_babel import gettext as _

from review.blueprints.pages import page_number
from review.domain.handlers import likely_same, merge_handlers, tell_apart
from review.errors import NotAlikeError, TwoAccountsError
from review.permissions import Permission, requires
from review.queries.handlers import alike_handlers, handler_line, told_apart

PAGE_PAIRS = 20

bp = Blueprint("handlers", __name__, url_prefix="/handlers")


@bp.get("/alike")
@requires(Permission.CASE_IMPORT)
def alike():
    return _page()


@bp.post("/<int:kept_id>/merge/<int:other_id>")
@requires(Permission.CASE_IMPORT)
def merge(kept_id, other_id):
    kept, other = _both(kept_id, other_id)
    try:
        job = merge_handlers(kept, other, g.actor)
    except NotAlikeError:
        abort(404)
    except TwoAccountsError:
        return _page(_("两人各有账号，不能合并。请先由系统管理员停用其中一个角色。"))
    flash(_("已合并为一人。"))
    return redirect(url_for("jobs.show", public_id=job.public_id) if job else url_for(".alike"))


@bp.post("/<int:kept_id>/apart/<int:other_id>")
@requires(Permission.CASE_IMPORT)
def apart(kept_id, other_id):
    one, other = _both(kept_id, other_id)
    try:
        tell_apart(one, other, g.actor)
    except NotAlikeError:
        abort(404)
    flash(_("已记为两个人，以后不再提示。"))
    return redirect(url_for(".alike"))


def _both(kept_id, other_id):
    kept, other = handler_line(g.actor, kept_id), handler_line(g.actor, other_id)
    if kept is None or other is None or kept_id == other_id:
        abort(404)
    return kept, other


def _page(message=None):
    handlers = alike_handlers(g.actor)
    apart_already = told_apart([handler.id for handler in handlers])
    pairs = [
        pair
        for pair in likely_same(handlers)
        if tuple(sorted((pair.kept.id, pair.other.id))) not in apart_already
    ]
    pages = -(-len(pairs) // PAGE_PAIRS)
    page = max(1, min(page_number(), pages))
    shown = pairs[(page - 1) * PAGE_PAIRS : page * PAGE_PAIRS]
    return render_template(
        "handlers/alike.html", pairs=shown, page=page, pages=pages, message=message
    ), HTTPStatus.CONFLICT if message else HTTPStatus.OK
