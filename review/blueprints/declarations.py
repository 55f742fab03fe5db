from http import HTTPStatus

from flask import Blueprint, abort, flash, g, redirect, render_template, url_for
from flask_babel import gettext as _

from review.domain.declarations import declare_tie, say_what_fits, withdraw_tie
from review.enums import CaseType
from review.errors import NoProfileError
from review.forms.declarations import fit_form, tie_form
from review.permissions import Permission, requires
from review.privacy import decrypt_text
from review.queries.declarations import own_declaration, own_declarations, own_profile

bp = Blueprint("declarations", __name__, url_prefix="/declarations")


@bp.get("")
@requires(Permission.REVIEW_WRITE)
def index():
    return _page()


@bp.post("")
@requires(Permission.REVIEW_WRITE)
def declare():
    form = tie_form()
    if not form.validate_on_submit():
        return _page(tie=form), HTTPStatus.UNPROCESSABLE_ENTITY
    declare_tie(**form.values(), by=g.actor)
    flash(
        _("已申报。以后分配时会避开有关案件；已分给您的案件如需回避，请在该案件页面点“我要回避”。")
    )
    return redirect(url_for(".index"))


@bp.post("/<int:declaration_id>/withdraw")
@requires(Permission.REVIEW_WRITE)
def withdraw(declaration_id: int):
    withdraw_tie(own_declaration(g.actor, declaration_id) or abort(404), g.actor)
    flash(_("已撤回申报。"))
    return redirect(url_for(".index"))


@bp.post("/fit")
@requires(Permission.REVIEW_WRITE)
def fit():
    form = fit_form()
    if not form.validate_on_submit():
        return _page(fit=form), HTTPStatus.UNPROCESSABLE_ENTITY
    types = [CaseType(value) for value in form.case_types.data or ()]
    try:
        say_what_fits(types, form.most_cases.data, g.actor)
    except NoProfileError:
        flash(_("没有保存：您的账号还没有评估专家档案。请联系评估组织者。"), "error")
    else:
        flash(_("已保存，下次分配时生效。"))
    return redirect(url_for(".index"))


def _page(tie=None, fit=None):
    profile = own_profile(g.actor)
    stored = {"case_types": profile.case_types, "most_cases": profile.most_cases} if profile else {}
    ties = [
        (one, decrypt_text(one.subject), decrypt_text(one.office) if one.office else "")
        for one in own_declarations(g.actor)
    ]
    return render_template(
        "declarations/index.html",
        ties=ties,
        tie=tie or tie_form(),
        fit=fit or fit_form(**stored),
        has_profile=profile is not None,
    )
