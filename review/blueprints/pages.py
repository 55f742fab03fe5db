"""What every page shares: language, navigation, words, and the pages for errors."""

import re
from http import HTTPStatus
from typing import Any

from flask import (
    Flask,
    Response,
    current_app,
    g,
    has_request_context,
    render_template,
    request,
    session,
    url_for,
)
from flask_babel import get_domain, get_locale
from flask_babel import lazy_gettext as _l
from flask_wtf.csrf import CSRFError
from werkzeug.exceptions import HTTPException, SecurityError
from werkzeug.routing import IntegerConverter, Map, RequestRedirect

from review import labels
from review.domain.shelters import shelter_owner
from review.enums import Role
from review.permissions import Permission
from review.types import LARGEST_ID

LOCALES = {"zh": "zh_Hans_CN", "en": "en"}
LANGUAGE = "language"
RETRY_SECONDS = "30"
LAST_PAGE = 9999
"""Further than anybody leafs; a larger number would not fit the database."""

OWN_PATH = re.compile(r"/(?![/\\%])[^\\\s\x00-\x1f]*")

NAVIGATION: dict[Role, tuple[tuple[str, Any], ...]] = {
    Role.ORGANISER: (
        ("rounds.index", _l("评估活动")),
        ("adjudication.index", _l("合议")),
        ("cases.index", _l("案件")),
        ("imports.index", _l("台账导入")),
        ("dossiers.index", _l("卷宗")),
        ("definitions.index", _l("评估标准")),
        ("invitations.index", _l("人员邀请")),
    ),
    Role.REVIEWER: (("reviewing.index", _l("我的评估")), ("rubrics.index", _l("评估标准"))),
    Role.CHIEF: (("analysis.overview", _l("质量总览")), ("rubrics.index", _l("评估标准"))),
    Role.HANDLER: (("results.index", _l("我的案件")), ("rubrics.index", _l("评估标准"))),
    Role.AUDITOR: (("audit.index", _l("审计日志")), ("rounds.index", _l("评估活动"))),
    Role.ADMINISTRATOR: (
        ("accounts.index", _l("账号管理")),
        ("invitations.index", _l("人员邀请")),
    ),
}


def init_app(app: Flask) -> None:
    app.context_processor(_shared)
    app.jinja_env.globals.update(labels=labels, get_locale=get_locale)
    app.jinja_env.filters.update(
        label=labels.label,
        score=labels.score,
        money=labels.money,
        when=labels.when,
        points=labels.points,
        due=labels.due,
    )
    app.jinja_env.trim_blocks = app.jinja_env.lstrip_blocks = True
    app.jinja_env.install_gettext_callables(  # type: ignore[attr-defined]
        lambda text: _catalogue().ugettext(text),
        lambda one, many, n: _catalogue().ungettext(one, many, n),
        newstyle=True,
    )
    app.register_error_handler(CSRFError, _form_expired)
    app.register_error_handler(HTTPException, _failed)
    app.register_error_handler(SecurityError, _foreign_host)


def _catalogue() -> Any:
    """The request's translations, looked up once: Flask-Babel does so for every single string."""
    if "catalogue" not in g:
        g.catalogue = get_domain().get_translations()
    return g.catalogue


class RowId(IntegerConverter):
    """``<int:…>`` in an address: a number that a row can have; any other is no page at all."""

    def __init__(self, map: Map) -> None:
        super().__init__(map, max=LARGEST_ID)


def page_number() -> int:
    """The page of a list that the address asks for, the first where it asks for nothing usable."""
    return min(max(1, request.args.get("page", 1, type=int)), LAST_PAGE)


def attached(content: bytes | str, name: str, mimetype: str) -> Response:
    """A file to keep; ``name`` is ASCII and says nothing of anybody."""
    headers = {"Content-Disposition": f"attachment; filename={name}"}
    return Response(content, mimetype=mimetype, headers=headers)


def chosen_locale() -> str:
    """Chinese unless the switch was used; the shell has no switch."""
    if not has_request_context():
        return LOCALES["zh"]
    return LOCALES.get(session.get(LANGUAGE, "zh"), LOCALES["zh"])


def first_page(role: Role) -> str | None:
    """Where a role begins its work."""
    known = current_app.view_functions
    return next((url_for(name) for name, _text in NAVIGATION[role] if name in known), None)


def known_page(address: str | None) -> str | None:
    """The address if it is the path of a page of ours, else None: nobody is led off this site."""
    if not address or not OWN_PATH.fullmatch(address):
        return None
    path = address.split("?", 1)[0]
    try:
        endpoint, _arguments = current_app.url_map.bind("").match(path, method="GET")
    except (HTTPException, RequestRedirect):
        return None
    view = current_app.view_functions[endpoint]
    return address if hasattr(view, "permission") else None


def _shared() -> dict[str, Any]:
    actor = g.get("actor")
    keeps_drafts = actor and actor.may(Permission.REVIEW_WRITE)
    return {
        "actor": actor,
        "shelter_owner": shelter_owner(actor) if keeps_drafts else "",
        "navigation": _navigation(actor.role) if actor else [],
        "is_demo": current_app.config["PLATFORM"].is_demo,
        "html_lang": "en" if str(get_locale()) == "en" else "zh-Hans-CN",
    }


def _navigation(role: Role) -> list[tuple[str, Any, bool]]:
    """Address and words of a role's pages, and whether one is there or below it; where that is so
    of two, it is the nearer one."""
    known = current_app.view_functions
    links = [(url_for(name), text) for name, text in NAVIGATION[role] if name in known]
    above = [address for address, _text in links if _is_at_or_below(address)]
    here = max(above, key=len, default="")
    return [(address, text, address == here) for address, text in links]


def _is_at_or_below(address: str) -> bool:
    return f"{request.path}/".startswith(f"{address.rstrip('/')}/")


def _form_expired(_error: CSRFError) -> tuple[str, int]:
    return render_template("errors/expired.html"), HTTPStatus.BAD_REQUEST


def _foreign_host(_error: SecurityError) -> tuple[str, int]:
    """A request under a host name not ours: no page can be made, and nothing is echoed."""
    return "", HTTPStatus.BAD_REQUEST


def database_failed(error: Exception) -> Any:
    """The database is locked, full or away: what was sent is not kept, and can be sent again."""
    current_app.logger.error("database: %s", getattr(error, "orig", error))
    is_full = "full" in str(getattr(error, "orig", ""))
    code = HTTPStatus.INSUFFICIENT_STORAGE if is_full else HTTPStatus.SERVICE_UNAVAILABLE
    template = "errors/fragment.html" if "HX-Request" in request.headers else "errors/busy.html"
    return render_template(template, code=code), code, {"Retry-After": RETRY_SECONDS}


def _failed(error: HTTPException) -> Any:
    code = error.code or HTTPStatus.INTERNAL_SERVER_ERROR
    if code < HTTPStatus.BAD_REQUEST or error.response is not None:
        return error
    if request.headers.get("HX-Request"):
        return render_template("errors/fragment.html", code=code), code
    return render_template("errors/error.html", code=code), code
