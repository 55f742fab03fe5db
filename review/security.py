"""Default deny, the session's rules, and the headers of every response."""

import ipaddress
import secrets
from datetime import UTC, datetime, timedelta
from http import HTTPStatus

from flask import Flask, Response, abort, current_app, flash, g, redirect, request, session, url_for
from flask_babel import gettext as _
from itsdangerous import BadData, URLSafeTimedSerializer
from werkzeug.wrappers import Response as BaseResponse

from review.domain.attempts import Origin
from review.domain.sessions import end_session, touch_session
from review.errors import ConfigError
from review.privacy import digest, token_digest
from review.queries.accounts import signed_in

TOKEN = "sid"  # noqa: S105  (the name of the cookie's field, not a secret)
TOUCH_EVERY = timedelta(minutes=1)
KEPT = ("language",)
BROWSER = "browser"
BROWSER_DAYS = timedelta(days=180)
HOME_PREFIX = 64  # bits of an IPv6 address that one household or office holds

CONTENT_POLICY = "; ".join(
    (
        "default-src 'none'",
        "script-src 'self'",
        "style-src 'self'",
        "img-src 'self' data:",
        "font-src 'self'",
        "connect-src 'self'",
        "worker-src 'self'",
        "form-action 'self'",
        "frame-ancestors 'none'",
        "base-uri 'none'",
    )
)
PDF_WORKER = "vendor/pdfjs/pdf.worker.min.mjs"
WORKER_POLICY = CONTENT_POLICY.replace("script-src 'self'", "script-src 'self' 'wasm-unsafe-eval'")
"""Scans in JBIG2, CCITT and JPEG 2000 are decoded by WebAssembly, in this worker and nowhere else:
a worker obeys the policy of its own file, so no page is given anything."""
HEADERS = {
    "Content-Security-Policy": CONTENT_POLICY,
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=()",
    "Strict-Transport-Security": "max-age=31536000; includeSubDomains",
}


def init_app(app: Flask) -> None:
    app.before_request(refuse_nul)
    app.before_request(identify)
    app.after_request(set_headers)
    refuse_undeclared_views(app)


def refuse_undeclared_views(app: Flask) -> None:
    """Stop the start when a route says neither who may use it nor that everybody may."""
    bare = [e for e, view in app.view_functions.items() if not hasattr(view, "permission")]
    if undeclared := [e for e in bare if e != "static"]:
        raise ConfigError(f"no permission declared for: {', '.join(sorted(undeclared))}")


def refuse_nul() -> None:
    """No person types a NUL, and PostgreSQL stores none: say so before a query fails on it."""
    given = (text for name, texts in request.values.lists() for text in (name, *texts))
    if "\0" in request.path or any("\0" in text for text in given):
        abort(HTTPStatus.BAD_REQUEST)


def identify() -> BaseResponse | None:
    """Find the actor of this request; without one only declared public views are open."""
    g.actor = None
    if request.endpoint is None or request.endpoint == "static":
        return None
    _load_actor()
    view = current_app.view_functions[request.endpoint]
    if g.actor is None and getattr(view, "permission", None) is not None:
        return _ask_to_sign_in()
    return None


def _load_actor() -> None:
    token = session.get(TOKEN)
    found = signed_in(token_digest(token)) if token else None
    if found is None:
        return
    actor, login = found
    session_id = login.id
    now = datetime.now(UTC)
    idle = timedelta(minutes=current_app.config["IDLE_MINUTES"])
    longest = timedelta(hours=current_app.config["SESSION_HOURS"])
    if now - login.seen_at > idle or now - login.started_at > longest:
        end_session(session_id)
        hold_token(None)
        flash(_("长时间未操作或登录已满八小时，已自动退出。请重新登录。"))
        return
    if now - login.seen_at > TOUCH_EVERY:
        touch_session(session_id, now)
    g.actor = actor
    g.session_id = session_id


def hold_token(token: str | None) -> None:
    """Start the cookie anew around a session's token, or around none; the language stays."""
    kept = {name: session[name] for name in KEPT if name in session}
    session.clear()
    session.update(kept)
    if token:
        session[TOKEN] = token


def origin_of(email: str) -> Origin:
    """Whether this browser has signed in to this account before, else the network it is in."""
    try:
        owner, name = _browsers().loads(
            request.cookies.get(_browser_cookie(), ""), max_age=int(BROWSER_DAYS.total_seconds())
        )
    except (BadData, ValueError, TypeError):
        owner, name = "", ""
    if secrets.compare_digest(str(owner), digest(email)):
        return Origin(f"browser {name}", is_known=True)
    return Origin(f"network {_network()}")


def remember_browser(response: BaseResponse, email: str) -> BaseResponse:
    """Know this browser by a name of its own at its next sign-in to this account."""
    response.set_cookie(
        _browser_cookie(),
        _browsers().dumps([digest(email), secrets.token_urlsafe(16)]),
        max_age=BROWSER_DAYS,
        secure=current_app.config["SESSION_COOKIE_SECURE"],
        httponly=True,
        samesite="Lax",
    )
    return response


def _browsers() -> URLSafeTimedSerializer:
    return URLSafeTimedSerializer(current_app.config["SECRET_KEY"], salt=BROWSER)


def _browser_cookie() -> str:
    return f"__Host-{BROWSER}" if current_app.config["SESSION_COOKIE_SECURE"] else BROWSER


def _network() -> str:
    """The client's address; of IPv6 the part that is given out as a whole."""
    try:
        address = ipaddress.ip_address(request.remote_addr or "")
    except ValueError:
        return "unknown"
    if address.version == 4:
        return str(address)
    return str(ipaddress.ip_network((address, HOME_PREFIX), strict=False))


def _ask_to_sign_in() -> BaseResponse:
    if request.headers.get("HX-Request") or request.accept_mimetypes.best == "application/json":
        abort(401)
    following = request.full_path.rstrip("?") if request.method == "GET" else None
    return redirect(url_for("accounts.sign_in", next=following))


def set_headers(response: Response) -> Response:
    if request.endpoint == "static" and (request.view_args or {}).get("filename") == PDF_WORKER:
        response.headers["Content-Security-Policy"] = WORKER_POLICY
    for name, value in HEADERS.items():
        response.headers.setdefault(name, value)
    _set_keeping(response)
    return response


def _set_keeping(response: Response) -> None:
    """Our own files are kept for ever under an address that names their content, else asked for
    each time, as a chart is; data is never kept."""
    is_answer = response.status_code < HTTPStatus.BAD_REQUEST
    if is_answer and request.endpoint == "static":
        kept = "public, max-age=31536000, immutable" if "v" in request.args else "public, no-cache"
        response.headers["Cache-Control"] = kept
    elif not (is_answer and response.cache_control.private):
        response.headers["Cache-Control"] = "no-store"
