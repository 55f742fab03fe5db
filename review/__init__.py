"""Assemble the Flask application; nothing else lives here."""

import hashlib
from functools import cache
from pathlib import Path
from typing import Any

from flask import Flask
from sqlalchemy.exc import OperationalError
from werkzeug.middleware.proxy_fix import ProxyFix

from review import (  # noqa: F401  (models registers every table)
    cli,
    jobs,
    models,
    privacy,
    security,
    storage,
)
from review.blueprints import BLUEPRINTS, pages
from review.config import ROOT, Config, Mode, config_from_environment
from review.extensions import babel, csrf, db, limiter, migrate
from review.queries.keys import wrapped_digest_key
from review.sqlite import tune

MEGABYTE = 1024 * 1024
SIGN_INS = "60 per minute"
ARGON2ID_COST = (2, 19456, 1)  # passes, KiB, lanes: OWASP's password storage profile


def create_app(config: Config | None = None) -> Flask:
    """The application; raises ConfigError when it could not run safely."""
    config = config or config_from_environment()
    app = Flask(__name__, template_folder=str(ROOT / "templates"))
    _configure(app, config)
    _trust_proxies(app, config.proxies)
    _bind_extensions(app)
    app.url_map.converters["int"] = pages.RowId
    for blueprint in BLUEPRINTS:
        app.register_blueprint(blueprint)
    pages.init_app(app)
    app.register_error_handler(OperationalError, pages.database_failed)
    cli.init_app(app)
    jobs.init_app(app)
    privacy.init_app(app, wrapped_digest_key)
    storage.init_app(app)
    app.url_defaults(_version_static)
    security.init_app(app)
    _fence_sign_in(app)
    return app


def _configure(app: Flask, config: Config) -> None:
    config.data_dir.mkdir(parents=True, exist_ok=True)
    app.config.update(
        PLATFORM=config,
        TESTING=config.mode is Mode.TEST,
        SECRET_KEY=config.secret_key,
        DATA_KEY=config.data_key,
        DATA_KEY_FALLBACKS=config.data_key_fallbacks,
        SQLALCHEMY_DATABASE_URI=config.database_url,
        SQLALCHEMY_ENGINE_OPTIONS={"hide_parameters": True},  # error logs hold no personal data
        IDLE_MINUTES=config.idle_minutes,
        SESSION_HOURS=config.session_hours,
        PASSWORD_COST=(1, 8, 1) if config.mode is Mode.TEST else ARGON2ID_COST,
        SESSION_COOKIE_NAME="__Host-session" if config.secure_cookies else "session",
        SESSION_COOKIE_SECURE=config.secure_cookies,
        SESSION_COOKIE_HTTPONLY=True,
        SESSION_COOKIE_SAMESITE="Lax",
        MAX_CONTENT_LENGTH=config.max_upload_mb * MEGABYTE,
        MAX_FORM_MEMORY_SIZE=2 * MEGABYTE,
        MAX_FORM_PARTS=5000,
        TRUSTED_HOSTS=list(config.trusted_hosts) or None,
        BABEL_DEFAULT_LOCALE="zh_Hans_CN",
        BABEL_DEFAULT_TIMEZONE="Asia/Shanghai",
        BABEL_TRANSLATION_DIRECTORIES=str(ROOT / "review" / "translations"),
        RATELIMIT_STORAGE_URI=config.redis_url or "memory://",
        RATELIMIT_ENABLED=config.mode is not Mode.TEST,
        WTF_CSRF_TIME_LIMIT=None,
        WTF_CSRF_SSL_STRICT=False,  # it wants a Referer, which our headers forbid
    )


def _trust_proxies(app: Flask, count: int) -> None:
    """Take the client's address and scheme from as many reverse proxies as stand in front."""
    if count:
        app.wsgi_app = ProxyFix(app.wsgi_app, x_for=count, x_proto=count)  # type: ignore[method-assign]


def _bind_extensions(app: Flask) -> None:
    db.init_app(app)
    migrate.init_app(app, db, directory=str(ROOT / "review" / "migrations"), render_as_batch=True)
    csrf.init_app(app)
    babel.init_app(app, locale_selector=pages.chosen_locale)
    limiter.init_app(app)
    with app.app_context():
        for engine in db.engines.values():
            tune(engine)


def _fence_sign_in(app: Flask) -> None:
    """Turn a flood away before it costs a password hash; the true limits are domain.attempts'."""
    fence: Any = limiter.limit(SIGN_INS, methods=["POST"])
    app.view_functions["accounts.sign_in"] = fence(app.view_functions["accounts.sign_in"])


def _version_static(endpoint: str, values: dict[str, object]) -> None:
    """Let browsers keep static files for ever: a changed file has another address."""
    if endpoint == "static":
        values["v"] = _content_version(str(values["filename"]))


@cache
def _content_version(filename: str) -> str:
    path = Path(__file__).parent / "static" / filename
    return hashlib.sha256(path.read_bytes()).hexdigest()[:12] if path.is_file() else "0"
