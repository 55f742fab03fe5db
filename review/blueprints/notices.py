from flask import Blueprint, g, redirect, render_template, url_for

from review.blueprints.pages import page_number
from review.domain.notices import mark_read
from review.permissions import Permission, requires
from review.queries.notices import PAGE_ROWS, inbox_size, own_notices

bp = Blueprint("notices", __name__, url_prefix="/notices")


@bp.get("")
@requires(Permission.ACCOUNT_OWN)
def index():
    page = page_number()
    size = inbox_size(g.actor)
    return render_template(
        "notices/index.html",
        rows=own_notices(g.actor, page),
        page=page,
        pages=max(1, -(-size // PAGE_ROWS)),
    )


@bp.post("/read")
@requires(Permission.ACCOUNT_OWN)
def read_all():
    mark_read(g.actor)
    return redirect(url_for(".index"))
