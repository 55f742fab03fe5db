from http import HTTPStatus

from flask import Blueprint, abort, flash, g, redirect, render_template, request, url_for
from flask_babel import gettext as _

from review.blueprints.pages import page_number
from review.domain import invitations
from review.enums import Role
from review.errors import (
    AlreadyHeldError,
    DomainError,
    InvitationClosedError,
    InvitedElseError,
    LicenceTakenError,
    OwnAccountError,
    UnknownLicenceError,
    UnknownProviderError,
)
from review.forms.accounts import AcceptForm, invitation_form
from review.permissions import Permission, public, requires
from review.privacy import token_digest
from review.queries import accounts
from review.queries import invitations as queries
from review.queries.rounds import region_choices
from review.security import hold_token

bp = Blueprint("invitations", __name__, url_prefix="/invitations")

UNPROCESSABLE = HTTPStatus.UNPROCESSABLE_ENTITY


@bp.get("")
@requires(Permission.ACCOUNT_INVITE)
def index():
    page = page_number()
    rows, count = queries.open_invitations(g.actor, page)
    return render_template(
        "invitations/index.html",
        rows=rows,
        count=count,
        page=page,
        pages=max(1, -(-count // queries.PAGE_ROWS)),
        roles=queries.INVITED_BY[g.actor.role],
    )


@bp.route("/new/<role>", methods=["GET", "POST"])
@requires(Permission.ACCOUNT_INVITE)
def create(role: str):
    wanted = next((r for r in queries.INVITED_BY[g.actor.role] if r.value == role), None)
    if wanted is None:
        abort(404)
    form = invitation_form(wanted, region_choices(g.actor))
    if not form.validate_on_submit():
        return _form_page(form, wanted), UNPROCESSABLE if form.is_submitted() else HTTPStatus.OK
    try:
        token = invitations.invite(form.invited(wanted, g.actor.region_code), g.actor)
    except DomainError as error:
        return _form_page(form, wanted, _why_not(error)), UNPROCESSABLE
    return _link_page(token, form.email.data or ""), HTTPStatus.CREATED


def _form_page(form, role: Role, problem: str | None = None) -> str:
    return render_template("invitations/create.html", form=form, role=role, problem=problem)


def _link_page(token: str, email: str) -> str:
    return render_template("invitations/created.html", token=token, email=email)


def _why_not(error: DomainError) -> str:
    reasons = {
        AlreadyHeldError: _("此人在该行政区划已有这个角色，无需邀请。"),
        UnknownLicenceError: _("台账中没有此执业证号的承办人员。请核对证号，或先导入其案件。"),
        LicenceTakenError: _("此执业证号已与另一个账号绑定。请核对证号，或联系系统管理员。"),
        UnknownProviderError: _(
            "台账中没有此名称的承办机构。请填写与台账一致的全称；不在台账中的，请留空。"
        ),
    }
    return str(reasons.get(type(error), _("您不能邀请此角色到该行政区划。请重新选择。")))


@bp.post("/<int:invitation_id>/withdraw")
@requires(Permission.ACCOUNT_INVITE)
def withdraw(invitation_id: int):
    invitation = queries.invitation_in_reach(g.actor, invitation_id)
    if invitation is None:
        abort(404)
    invitations.withdraw(invitation, g.actor)
    flash(_("邀请已撤回，其链接不再有效。"))
    return redirect(url_for(".index"))


@bp.post("/reset/<int:user_id>")
@requires(Permission.ACCOUNT_MANAGE)
def reset_password(user_id: int):
    user = accounts.account_of(g.actor, user_id) or abort(404)
    email = user.email
    try:
        token = invitations.reset_password(user, g.actor)
    except OwnAccountError:
        flash(_("请在“我的账号”中更改自己的密码。"), "error")
    except DomainError:
        flash(_("此人没有任何角色，无需重设密码。请先邀请。"), "error")
    else:
        return _link_page(token, email), HTTPStatus.CREATED
    return redirect(url_for("accounts.show", user_id=user_id))


@bp.route("/<token>", methods=["GET", "POST"])
@public
def accept(token: str):
    offer = queries.offer_of(token_digest(token))
    if offer is None:
        return _closed()
    if offer.has_account:
        return _accept_with_account(token, offer)
    form = AcceptForm(name=offer.name)
    if not form.validate_on_submit():
        return _accept_page(offer, form), UNPROCESSABLE if form.is_submitted() else 200
    try:
        hold_token(invitations.accept(token, form.name.data or "", form.new.data or ""))
    except DomainError as error:
        return _refused(error)
    return redirect(url_for("accounts.home"))


def _accept_with_account(token: str, offer):
    is_mine = g.actor is not None and g.actor.user_id == offer.user_id
    if request.method == "GET" or not is_mine:
        return render_template("invitations/join.html", offer=offer, token=token, is_mine=is_mine)
    try:
        hold_token(invitations.accept_as(token, g.actor, g.session_id))
    except DomainError as error:
        return _refused(error)
    return redirect(url_for("accounts.home"))


def _accept_page(offer, form: AcceptForm) -> str:
    return render_template("invitations/accept.html", offer=offer, form=form)


def _refused(error: DomainError):
    if isinstance(error, InvitationClosedError | InvitedElseError):
        return _closed()
    flash(_why_not(error), "error")
    return _closed()


def _closed():
    return render_template("invitations/closed.html"), HTTPStatus.NOT_FOUND
