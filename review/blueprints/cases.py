from datetime import date
from http import HTTPStatus

from flask import Blueprint, abort, g, render_template, request

from review.enums import CaseKind, RecipientCategory
from review.forms.cases import CaseFilter
from review.labels import choices, label
from review.permissions import Permission, requires
from review.queries.cases import (
    Place,
    case_in,
    case_page,
    masked,
    regions_of,
)
from review.queries.dossiers import dossier_about

bp = Blueprint("cases", __name__, url_prefix="/cases")


@bp.get("/")
@requires(Permission.CASE_READ)
def index():
    form = CaseFilter(request.args)
    valid = form.validate()
    lines, following = case_page(
        g.actor,
        region_code=form.region.data or None,
        kind=form.chosen_kind,
        closed_from=form.closed_from.data,
        closed_to=form.closed_to.data,
        number=form.canonical_number,
        after=_place(request.args.get("after")),
    )
    return render_template(
        "cases/index.html",
        form=form,
        lines=lines,
        following=following,
        regions=regions_of(g.actor),
        kinds=dict(choices(CaseKind)),
        is_later_page="after" in request.args,
    ), HTTPStatus.OK if valid else HTTPStatus.UNPROCESSABLE_ENTITY


@bp.get("/<int:case_id>")
@requires(Permission.CASE_READ)
def show(case_id):
    found = case_in(g.actor, case_id) or abort(404)
    case, agency, provider, handler, region = found
    return render_template(
        "cases/show.html",
        case=case,
        agency=agency,
        provider=provider,
        handler=handler,
        region=region,
        dossier=dossier_about(case),
        recipient=masked(case.recipient_name),
        recipient_categories=[label(RecipientCategory(c)) for c in case.recipient_categories],
    )


def _place(text):
    """The place named in the address; one that cannot be read is the beginning."""
    closed_on, _dot, case_id = (text or "").partition(".")
    try:
        return Place(date.fromisoformat(closed_on), int(case_id))
    except ValueError:
        return None
