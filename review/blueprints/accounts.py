"""Signing in and out, a person's own account, and the accounts that administrators look after."""

from collections.abc import Callable
from functools import partial
from http import HTTPStatus

from flask import (
    Blueprint,
    abort,
    current_app,
    flash,
    g,
    redirect,
    render_template,
    request,
    url_for,
)
from flask import session as cookie
from flask_babel import gettext as _

from review.blueprints.pages import LANGUAGE, LOCALES, first_page, known_page
from review.config import DEMO_PASSWORD
from review.domain import accounts, sessions
from review.errors import (
    CredentialsError,
    DomainError,
    NoSuchRoleError,
    NoSuchSessionError,
    OwnAccountError,
    TooManyAttemptsError,
)
from review.forms.accounts import ChangePasswordForm, SignInForm, search_form
from review.permissions import Permission, public, requires
from review.queries import accounts as queries
from review.security import hold_token, origin_of, remember_browser

bp = Blueprint("accounts", __name__)

UNPROCESSABLE = HTTPStatus.UNPROCESSABLE_ENTITY


@bp.route("/sign-in", methods=["GET", "POST"])
@public
def sign_in():
    if g.actor and request.method == "GET":
        return redirect(url_for(".home"))
    form = SignInForm()
    if not form.is_submitted():
        return _sign_in_page(form)
    try:
        if not form.validate():
            raise CredentialsError
        return _signed_in(*form.credentials())
    except CredentialsError:
        return _sign_in_page(form, _("邮箱或密码不正确。请检查后再试。")), UNPROCESSABLE
    except TooManyAttemptsError:
        message = _("登录尝试次数过多。请在 15 分钟后再试；如需帮助，请联系系统管理员。")
        return _sign_in_page(form, message), HTTPStatus.TOO_MANY_REQUESTS


def _signed_in(email: str, password: str, role_name: str | None = None):
    hold_token(sessions.sign_in(email, password, origin_of(email), role_name))
    wanted = known_page(request.args.get("next"))
    return remember_browser(redirect(wanted or url_for(".home")), email)


def _sign_in_page(form: SignInForm, problem: str | None = None) -> str:
    is_demo = current_app.config["PLATFORM"].is_demo
    return render_template(
        "accounts/sign_in.html",
        form=form,
        problem=problem,
        people=queries.demo_accounts() if is_demo else [],
        password=DEMO_PASSWORD if is_demo else None,
    )


@bp.post("/sign-in/demo")
@public
def sign_in_to_demo():
    if not current_app.config["PLATFORM"].is_demo:
        abort(404)
    known = {(user.email, queries.role_name(role)) for user, role, _name in queries.demo_accounts()}
    email, role_name = request.form.get("email", ""), request.form.get("role", "")
    if (email, role_name) not in known:
        abort(404)
    try:
        return _signed_in(email, DEMO_PASSWORD, role_name)
    except (CredentialsError, TooManyAttemptsError):
        flash(_("这个演示账号现在无法登录。请稍后再试。"), "error")
        return redirect(url_for(".sign_in"))


@bp.post("/sign-out")
@requires(Permission.ACCOUNT_OWN)
def sign_out():
    sessions.sign_out(g.actor, g.session_id)
    hold_token(None)
    return redirect(url_for(".sign_in"))


@bp.get("/")
@requires(Permission.ACCOUNT_OWN)
def home():
    page = first_page(g.actor.role)
    return redirect(page) if page else render_template("accounts/home.html")


@bp.post("/language")
@public
def choose_language():
    if request.form.get("language") in LOCALES:
        cookie[LANGUAGE] = request.form["language"]
    return redirect(known_page(request.form.get("next")) or url_for(".home"))


@bp.get("/account")
@requires(Permission.ACCOUNT_OWN)
def own():
    return _own_page(ChangePasswordForm())


def _own_page(form: ChangePasswordForm, problem: str | None = None) -> str:
    logins = queries.sessions_of(g.actor)
    return render_template(
        "accounts/own.html",
        form=form,
        problem=problem,
        roles=queries.roles_of(g.actor.user_id),
        session_id=g.session_id,
        sessions=[(login, sessions.session_name(login)) for login in logins],
    )


@bp.post("/account/role")
@requires(Permission.ACCOUNT_OWN)
def choose_role():
    try:
        hold_token(sessions.choose_role(g.actor, g.session_id, request.form.get("role", "")))
    except NoSuchRoleError:
        abort(404)
    return redirect(url_for(".home"))


@bp.post("/account/password")
@requires(Permission.ACCOUNT_OWN)
def change_password():
    form = ChangePasswordForm()
    if not form.validate():
        return _own_page(form), UNPROCESSABLE
    origin = origin_of(queries.email_of(g.actor))
    try:
        token = accounts.change_password(g.actor, *form.passwords(), origin)
    except CredentialsError:
        return _own_page(form, _("现密码不正确，密码没有更改。")), UNPROCESSABLE
    except TooManyAttemptsError:
        problem = _("尝试次数过多，密码没有更改。请在 15 分钟后再试。")
        return _own_page(form, problem), HTTPStatus.TOO_MANY_REQUESTS
    hold_token(token)
    flash(_("密码已更改，其他设备上的登录都已退出。"))
    return redirect(url_for(".own"))


@bp.post("/account/sessions/end")
@requires(Permission.ACCOUNT_OWN)
def end_session():
    try:
        sessions.end_own_session(g.actor, request.form.get("session", ""))
    except NoSuchSessionError:
        abort(404)
    flash(_("该登录已退出。"))
    return redirect(url_for(".own"))


@bp.route("/accounts", methods=["GET", "POST"])
@requires(Permission.ACCOUNT_MANAGE)
def index():
    form = search_form()
    page = form.chosen_page() if form.validate_on_submit() else 1
    words, role = form.words.data or "", form.chosen_role()
    users, roles, count = queries.accounts_page(g.actor, page, words, role)
    return render_template(
        "accounts/index.html",
        form=form,
        users=users,
        roles=roles,
        count=count,
        page=page,
        pages=max(1, -(-count // queries.PAGE_ROWS)),
        is_search=bool(words or role),
    )


@bp.get("/accounts/<int:user_id>")
@requires(Permission.ACCOUNT_MANAGE)
def show(user_id: int):
    user = _account(user_id)
    return render_template("accounts/show.html", user=user, roles=queries.roles_of(user.id))


@bp.post("/accounts/<int:user_id>/suspend")
@requires(Permission.ACCOUNT_MANAGE)
def suspend(user_id: int):
    return _change(user_id, accounts.suspend, _("账号已停用，其登录已全部退出。"))


@bp.post("/accounts/<int:user_id>/reinstate")
@requires(Permission.ACCOUNT_MANAGE)
def reinstate(user_id: int):
    return _change(user_id, accounts.reinstate, _("账号已恢复，可以重新登录。"))


@bp.post("/accounts/<int:user_id>/revoke")
@requires(Permission.ACCOUNT_MANAGE)
def revoke_role(user_id: int):
    role_name = request.form.get("role", "")
    revoke = partial(accounts.revoke_role, role_name=role_name)
    return _change(user_id, revoke, _("角色已收回，该角色下的登录已退出。"))


def _change(user_id: int, verb: Callable[..., None], done: str):
    user = _account(user_id)
    try:
        verb(user, by=g.actor)
    except OwnAccountError:
        flash(
            _("不能停用自己的账号或收回正在使用的角色。请由另一位系统管理员操作。"),
            "error",
        )
    except DomainError:
        flash(_("账号状态已变，没有任何更改。请核对后再操作。"), "error")
    else:
        flash(done)
    return redirect(url_for(".show", user_id=user_id))


def _account(user_id: int):
    return queries.account_of(g.actor, user_id) or abort(404)
