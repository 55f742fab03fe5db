from flask import Blueprint, g, render_template, request

from review.forms.audit import CheckpointForm, audit_form
from review.permissions import Permission, requires
from review.queries.audit import Wanted, events, last_link, link_at

bp = Blueprint("audit", __name__, url_prefix="/audit")


@bp.get("")
@requires(Permission.AUDIT_READ)
def index():
    form = audit_form(request.args)
    wanted = form.wanted() if form.validate() else Wanted()
    rows, has_more = events(g.actor, wanted)
    asked = {name: request.args[name] for name in form.data if request.args.get(name)}
    kept = {name: value for name, value in asked.items() if name != "before"}
    return render_template(
        "audit/index.html",
        form=form,
        rows=rows,
        is_filtered=bool(kept),
        newest=kept if wanted.before else None,
        older=kept | {"before": rows[-1][0].id} if has_more else None,
    )


@bp.get("/checkpoint")
@requires(Permission.AUDIT_READ)
def checkpoint():
    form = CheckpointForm(request.args if request.args else None)
    sequence = form.sequence.data if request.args and form.validate() else None
    return render_template(
        "audit/checkpoint.html",
        form=form,
        last=last_link(),
        is_asked=sequence is not None,
        found=link_at(sequence) if sequence is not None else None,
    )
