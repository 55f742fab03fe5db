from pathlib import Path

import pytest
from flask import Flask, request
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError

from review import create_app
from review.config import DEMO_PASSWORD, Mode
from review.enums import Role
from review.errors import ConfigError
from review.extensions import db
from review.permissions import public
from review.queries.accounts import DEMO_ADDRESS
from review.security import refuse_undeclared_views
from tests import world
from tests.conftest import test_config as settings

HTTPS = "https://localhost"
CANARY = "canary-in-the-message"


def production(tmp_path: Path, **changes: object) -> Flask:
    app = create_app(settings(tmp_path, mode=Mode.PRODUCTION, **changes))
    with app.app_context():
        db.create_all()
        db.session.remove()
        db.engine.dispose()
    return app


def test_start_refused_when_a_view_declares_no_permission(app: Flask) -> None:
    app.view_functions["bare.view"] = lambda: "open to all"
    with pytest.raises(ConfigError, match=r"bare\.view"):
        refuse_undeclared_views(app)


def test_health_says_ok_while_the_database_answers(app: Flask) -> None:
    answer = app.test_client().get("/health")
    assert (answer.status_code, answer.text) == (200, "ok")


def test_health_fails_when_the_database_does_not_answer(tmp_path: Path) -> None:
    app = create_app(
        settings(
            tmp_path,
            mode=Mode.PRODUCTION,
            database_url="postgresql+psycopg://nobody@/none?host=/nowhere",
        )
    )
    assert app.test_client().get("/health", base_url=HTTPS).status_code == 503


def test_error_page_shows_no_trace_and_keeps_the_headers(tmp_path: Path) -> None:
    app = production(tmp_path)

    @public
    def broken() -> str:
        raise RuntimeError(CANARY)

    app.add_url_rule("/broken", view_func=broken)
    answer = app.test_client().get("/broken", base_url=HTTPS)
    assert answer.status_code == 500
    assert "系统出错" in answer.text
    assert CANARY not in answer.text
    assert "Traceback" not in answer.text
    assert "default-src 'none'" in answer.headers["Content-Security-Policy"]


def test_database_errors_do_not_carry_the_values(tmp_path: Path) -> None:
    app = production(tmp_path)
    insert = text("INSERT INTO region (code, name, level, parent_code) VALUES (:c, :n, 'city', :p)")
    with app.app_context():
        with pytest.raises(IntegrityError) as caught:
            db.session.execute(insert, {"c": "1", "n": CANARY, "p": "no such region"})
        db.session.rollback()
        db.engine.dispose()
    assert CANARY not in str(caught.value)


def test_forms_are_accepted_over_https_without_a_referer(tmp_path: Path) -> None:
    """Our own header forbids browsers to send one."""
    app = production(tmp_path)

    @public
    def echo() -> str:
        return request.form["word"]

    app.add_url_rule("/echo", view_func=echo, methods=["POST"])
    browser = app.test_client()
    page = browser.get("/sign-in", base_url=HTTPS).text
    token = page.split('name="csrf-token" content="')[1].split('"')[0]
    form = {"word": "said", "csrf_token": token}
    assert browser.post("/echo", data=form, base_url=HTTPS).text == "said"
    refused = browser.post("/echo", data={"word": "said"}, base_url=HTTPS)
    assert refused.status_code == 400


@pytest.mark.parametrize(("proxies", "expected"), [(0, "127.0.0.1"), (1, "192.0.2.7")])
def test_forwarded_address_is_believed_only_from_declared_proxies(
    tmp_path: Path, proxies: int, expected: str
) -> None:
    app = production(tmp_path, proxies=proxies)

    @public
    def address() -> str:
        return str(request.remote_addr)

    app.add_url_rule("/address", view_func=address)
    forwarded = {"X-Forwarded-For": "198.51.100.9, 192.0.2.7"}
    answer = app.test_client().get("/address", headers=forwarded, base_url=HTTPS)
    assert answer.text == expected


def test_foreign_host_is_refused(tmp_path: Path) -> None:
    app = production(tmp_path, trusted_hosts=("review.example.org",))
    browser = app.test_client()
    assert browser.get("/health", base_url="https://review.example.org").status_code == 200
    refused = browser.get("/health", base_url="https://elsewhere.example")
    assert refused.status_code == 400
    assert "elsewhere" not in refused.text


def test_demo_conveniences_stay_out_of_production(tmp_path: Path) -> None:
    app = production(tmp_path)
    with app.app_context():
        world.regions()
        world.person(Role.CHIEF).user.email = f"chief{DEMO_ADDRESS}"
        db.session.commit()
        db.session.remove()
        db.engine.dispose()
    browser = app.test_client()
    page = browser.get("/sign-in", base_url=HTTPS).text
    assert DEMO_PASSWORD not in page
    assert DEMO_ADDRESS not in page
    app.config["WTF_CSRF_ENABLED"] = False
    form = {"email": f"chief{DEMO_ADDRESS}", "role": "chief"}
    assert browser.post("/sign-in/demo", data=form, base_url=HTTPS).status_code == 404
