"""The session's rules: expiry by the clock, revocation, known browsers, networks, cookies."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient

from review import create_app, security
from review.config import Mode
from review.enums import Role
from review.extensions import db
from review.models.accounts import LoginSession, User
from review.security import TOKEN
from tests import world
from tests.conftest import test_config as settings

HTTPS = "https://localhost"
ClientAs = Callable[[int], FlaskClient]


class Clock(datetime):
    """A clock that a test sets."""

    shown = datetime(2026, 1, 1, tzinfo=UTC)

    @classmethod
    def now(cls, tz: object = None) -> Any:
        return cls.shown


@pytest.fixture
def member(app: Flask) -> int:
    with app.app_context():
        world.regions()
        found = world.reviewer()
        db.session.commit()
        return found.id


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> type[Clock]:
    Clock.shown = datetime.now(UTC)
    monkeypatch.setattr(security, "datetime", Clock)
    return Clock


def sessions(app: Flask) -> int:
    with app.app_context():
        return db.session.query(LoginSession).count()


def test_session_ends_after_thirty_idle_minutes(
    app: Flask, client_as: ClientAs, member: int, clock: type[Clock]
) -> None:
    client = client_as(member)
    clock.shown += timedelta(minutes=30)
    assert client.get("/account").status_code == 200
    clock.shown += timedelta(minutes=30, seconds=1)
    assert client.get("/account").status_code == 302
    assert sessions(app) == 0


def test_session_in_use_ends_eight_hours_after_sign_in(
    app: Flask, client_as: ClientAs, member: int, clock: type[Clock]
) -> None:
    client = client_as(member)
    for _ in range(19):  # 19 × 25 min = 7 h 55 min
        clock.shown += timedelta(minutes=25)
        assert client.get("/account").status_code == 200
    clock.shown += timedelta(minutes=6)  # 8 h 1 min
    assert client.get("/account").status_code == 302
    assert sessions(app) == 0


@pytest.mark.parametrize("asked", [("GET", "/account"), ("POST", "/account/password")])
def test_session_is_kept_alive_by_whatever_is_asked(
    app: Flask, client_as: ClientAs, member: int, clock: type[Clock], asked: tuple[str, str]
) -> None:
    method, address = asked
    client = client_as(member)
    clock.shown += timedelta(minutes=2)
    assert client.open(address, method=method).status_code in {200, 422}
    with app.app_context():
        assert db.session.query(LoginSession).one().seen_at == clock.shown


def test_form_sent_after_the_session_ended_asks_to_sign_in_again(
    app: Flask, client_as: ClientAs, member: int, clock: type[Clock]
) -> None:
    client = client_as(member)
    clock.shown += timedelta(minutes=31)
    assert "/sign-in" in client.post("/account/password").location
    assert sessions(app) == 0


def test_expired_session_says_why_it_asks_again(
    client_as: ClientAs, member: int, clock: type[Clock]
) -> None:
    client = client_as(member)
    clock.shown += timedelta(minutes=31)
    assert "长时间未操作" in client.get("/account", follow_redirects=True).text


def test_suspended_person_is_out_at_the_next_request(
    app: Flask, client_as: ClientAs, member: int
) -> None:
    client = client_as(member)
    assert client.get("/account").status_code == 200
    with app.app_context():
        db.session.query(User).update({User.is_active: False})
        db.session.commit()
    assert client.get("/account").status_code == 302


def test_token_is_not_what_is_stored(app: Flask, client_as: ClientAs, member: int) -> None:
    client = client_as(member)
    with client.session_transaction() as session:
        token = session[TOKEN]
    with app.app_context():
        stored = db.session.query(LoginSession).one().token_digest
    assert len(token) >= 43  # 256 bits in base64
    assert stored != token
    with client.session_transaction() as session:
        session[TOKEN] = stored
    assert client.get("/account").status_code == 302


def test_cookies_of_a_production_server_stay_on_its_host(tmp_path: Path) -> None:
    app = create_app(settings(tmp_path, mode=Mode.PRODUCTION))
    app.config.update(WTF_CSRF_ENABLED=False, PASSWORD_COST=(1, 8, 1))
    with app.app_context():
        db.create_all()
        world.regions()
        email = world.person(Role.REVIEWER).user.email
        db.session.commit()
    answer = app.test_client().post(
        "/sign-in", data={"email": email, "password": world.PASSWORD}, base_url=HTTPS
    )
    cookies = answer.headers.getlist("Set-Cookie")
    assert answer.status_code == 302
    assert len(cookies) == 2
    for cookie in cookies:
        assert cookie.startswith("__Host-")
        parts = {part.strip() for part in cookie.split(";")[1:]}
        assert {"Secure", "HttpOnly", "SameSite=Lax", "Path=/"} <= parts
        assert not any(part.startswith("Domain") for part in parts)
    with app.app_context():
        db.engine.dispose()


def test_known_browser_is_known_for_its_own_account_only(app: Flask) -> None:
    with app.test_request_context("/", environ_base={"REMOTE_ADDR": "10.0.0.1"}):
        cookie = security.remember_browser(app.make_response(""), "me@example.org")
        header = cookie.headers["Set-Cookie"].split(";")[0]
    where = {"headers": {"Cookie": header}, "environ_base": {"REMOTE_ADDR": "10.0.0.1"}}
    with app.test_request_context("/", **where):
        assert security.origin_of("me@example.org").is_known
        other = security.origin_of("other@example.org")
    assert (other.name, other.is_known) == ("network 10.0.0.1", False)


@pytest.mark.parametrize("value", ["", "x", "W10.aaaa.bbbb", "null"])
def test_forged_browser_is_only_a_network(app: Flask, value: str) -> None:
    headers = {"Cookie": f"browser={value}"}
    with app.test_request_context("/", headers=headers, environ_base={"REMOTE_ADDR": "10.0.0.1"}):
        assert not security.origin_of("me@example.org").is_known


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("10.0.0.1", "10.0.0.2", False),
        ("2001:db8:1:2::1", "2001:db8:1:2:ffff::9", True),
        ("2001:db8:1:2::1", "2001:db8:1:3::1", False),
    ],
)
def test_network_is_an_address_or_what_a_household_holds(
    app: Flask, one: str, other: str, *, same: bool
) -> None:
    names = []
    for address in (one, other):
        with app.test_request_context("/", environ_base={"REMOTE_ADDR": address}):
            names.append(security.origin_of("me@example.org").name)
    assert (names[0] == names[1]) is same


def test_request_from_a_script_is_told_401_and_not_sent_to_a_form(app: Flask) -> None:
    answer = app.test_client().get("/account", headers={"HX-Request": "true"})
    assert answer.status_code == 401


@pytest.mark.parametrize(
    ("method", "path", "form"),
    [
        ("GET", "/sign-in?next=%00", {}),
        ("GET", "/sign-in?next=a&next=%00", {}),
        ("GET", "/no%00where", {}),
        ("POST", "/sign-in", {"email": "a\0@example.org"}),
        ("POST", "/sign-in", {"em\0ail": "x"}),
    ],
)
def test_nul_is_refused_wherever_it_stands(
    any_app: Flask, method: str, path: str, form: dict[str, str]
) -> None:
    assert any_app.test_client().open(path, method=method, data=form).status_code == 400
