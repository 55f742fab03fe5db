"""Signing in and out over HTTP: cookies, tokens, equal answers, and where one is led next."""

import re
from collections.abc import Callable
from pathlib import Path
from typing import Literal

import pytest
from argon2 import PasswordHasher
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from review import create_app
from review.config import DEMO_PASSWORD, Mode
from review.domain import passwords
from review.enums import Role
from review.extensions import db
from review.models.accounts import LoginSession, Membership, Region, User
from review.models.audit import AuditEvent
from review.queries.accounts import PAGE_ROWS
from review.security import TOKEN
from tests import world
from tests.conftest import test_config as settings
from tests.statements import counted

NEW = "Lantern-River-42"
CSRF = re.compile(r'name="csrf[-_]token" (?:content|value)="([^"]*)"')
ClientAs = Callable[[int], FlaskClient]


def person(app: Flask, role: Role = Role.REVIEWER, **changes: object) -> Membership:
    """A person with one role, detached from the session."""
    with app.app_context():
        if not db.session.get(Region, world.PROVINCE):
            world.regions()
        region = world.PROVINCE if role is Role.ADMINISTRATOR else world.COUNTY
        member = world.person(role, region)
        for name, value in changes.items():
            setattr(member.user, name, value)
        db.session.flush()
        db.session.expunge_all()
        db.session.commit()
    return member


def sign_in(
    client: FlaskClient, email: str, password: str = world.PASSWORD, page: str = "/sign-in"
) -> TestResponse:
    return client.post(page, data={"email": email, "password": password})


def token(client: FlaskClient) -> str | None:
    with client.session_transaction() as session:
        found: str | None = session.get(TOKEN)
    return found


def events(app: Flask) -> list[str]:
    with app.app_context():
        return [event.action for event in db.session.query(AuditEvent).order_by(AuditEvent.id)]


# Signing in


def test_right_password_leads_to_the_first_page_of_the_role(app: Flask) -> None:
    client = app.test_client()
    response = sign_in(client, person(app).user.email)
    assert (response.status_code, response.location) == (302, "/")
    assert client.get("/").location == "/reviewing/"


@pytest.mark.parametrize("spelling", [str.upper, lambda e: f"  {e} "])
def test_address_is_known_however_it_is_spelled(app: Flask, spelling: Callable[[str], str]) -> None:
    assert sign_in(app.test_client(), spelling(person(app).user.email)).status_code == 302


def test_page_asks_for_sign_in_and_comes_back(app: Flask) -> None:
    client = app.test_client()
    asked = client.get("/account?x=1")
    answer = sign_in(client, person(app).user.email, page=asked.location)
    assert answer.location == "/account?x=1"
    assert client.get("/account").status_code == 200


def test_wrong_passwords_of_every_kind_of_account_get_equal_answers(app: Flask) -> None:
    active = person(app).user.email
    suspended = person(app, is_active=False).user.email
    invited = person(app, password_hash=None).user.email
    answers = []
    for email in (active, suspended, invited, "nobody@example.org", ""):
        answer = sign_in(app.test_client(), email, "wrong")
        body = CSRF.sub("", answer.text).replace(email or "\0", "").replace('value=""', "")
        headers = [(k, v) for k, v in answer.headers if k not in {"Content-Length", "Set-Cookie"}]
        answers.append((answer.status_code, headers, re.sub(r"\s+", " ", body)))
    assert answers[0][0] == 422
    assert all(answer == answers[0] for answer in answers)


def test_every_kind_of_account_costs_one_hash(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    """Breaking the dummy hash (an early return for nobody) makes the counts differ."""
    verified: list[str] = []

    class Counting(PasswordHasher):
        def verify(self, hash: str | bytes, password: str | bytes) -> Literal[True]:
            verified.append(str(hash).rsplit("$", 2)[0])  # the parameters
            return super().verify(hash, password)

    monkeypatch.setattr(passwords, "_hasher", lambda cost: Counting(*cost))
    emails = [person(app).user.email, person(app, is_active=False).user.email]
    emails += [person(app, password_hash=None).user.email, "nobody@example.org"]
    for email in emails:
        sign_in(app.test_client(), email, "wrong")
    assert len(verified) == len(emails)
    assert len(set(verified)) == 1


def test_statements_of_a_failed_sign_in_do_not_tell_accounts_apart(app: Flask) -> None:
    sent = []
    sign_in(app.test_client(), "no@one.org", "wrong")  # a process reads the digest key once
    for email in (person(app).user.email, person(app, is_active=False).user.email, "no@one.org"):
        with counted(app) as statements:
            sign_in(app.test_client(), email, "wrong")
        sent.append(statements)
    assert sent[0] == sent[1] == sent[2]


def test_locked_pair_is_told_to_wait_whether_it_exists_or_not(app: Flask) -> None:
    bodies = []
    for email in (person(app).user.email, "nobody@example.org"):
        client = app.test_client()
        for _ in range(5):
            assert sign_in(client, email, "wrong").status_code == 422
        answer = sign_in(client, email)
        assert answer.status_code == 429
        bodies.append(CSRF.sub("", answer.text).replace(email, ""))
    assert bodies[0] == bodies[1]
    assert "15 分钟" in bodies[0]


def test_lock_does_not_follow_the_person_to_another_network(app: Flask) -> None:
    email, data = person(app).user.email, {"password": world.PASSWORD}
    for _ in range(6):
        sign_in(app.test_client(), email, "wrong")
    elsewhere = {"REMOTE_ADDR": "10.9.9.9"}
    answer = app.test_client().post(
        "/sign-in", data=data | {"email": email}, environ_base=elsewhere
    )
    assert answer.status_code == 302


def test_own_browser_gets_in_while_its_network_is_locked(app: Flask) -> None:
    email, client = person(app).user.email, app.test_client()
    sign_in(client, email)
    client.post("/sign-out")
    for _ in range(6):
        sign_in(app.test_client(), email, "wrong")
    assert sign_in(app.test_client(), email).status_code == 429
    assert sign_in(client, email).status_code == 302


def test_flood_is_turned_away_before_any_password_is_hashed(tmp_path: Path) -> None:
    app = create_app(settings(tmp_path, mode=Mode.DEMO))
    app.config["WTF_CSRF_ENABLED"] = False
    with app.app_context():
        db.create_all()
    client = app.test_client()
    codes = [sign_in(client, f"n{n}@example.org", "wrong").status_code for n in range(61)]
    assert codes[:30] == [422] * 30
    assert codes[30:60] == [429] * 30  # thirty failures an hour from one network
    assert codes[60] == 429
    with app.app_context():
        denied = db.session.query(AuditEvent).filter_by(action="session.denied").count()
        db.engine.dispose()
    assert denied == 30  # the sixty-first did not reach the platform's own count


def test_sign_in_needs_the_pages_own_token(app: Flask) -> None:
    app.config["WTF_CSRF_ENABLED"] = True
    email, client = person(app).user.email, app.test_client()
    assert sign_in(client, email).status_code == 400
    found = CSRF.search(client.get("/sign-in").text)
    assert found is not None
    data = {"email": email, "password": world.PASSWORD, "csrf_token": found[1]}
    assert client.post("/sign-in", data=data).status_code == 302


def test_password_never_comes_back_on_the_page(app: Flask) -> None:
    assert (
        "some-secret-typed" not in sign_in(app.test_client(), "a@b.org", "some-secret-typed").text
    )


# Where one is led


AWAY = (
    "//account",  # a host that is called like a page of ours
    "///account",
    "//sign-in?next=/",
    "account",
    "/invitations/\\evil.example",
    "/invitations/a b",
    "//evil.example",
    "///evil.example",
    "/\\evil.example",
    "\\\\evil.example",
    "\\/evil.example",
    "/\\/evil.example",
    "https://evil.example",
    "http:evil.example",
    "http:///evil.example",
    "HTTPS://evil.example/account",
    "javascript:alert(1)",
    "data:text/html,x",
    "%2f%2fevil.example",
    "/%2fevil.example",
    "/%5cevil.example",
    "/%2e%2e//evil.example",
    "//evil.example/account",
    "//evil.example@localhost/account",
    "user@evil.example",
    "/@evil.example",
    "@evil.example",
    ".evil.example",
    "evil.example",
    " //evil.example",
    "\t//evil.example",
    "/\t/evil.example",
    "/\n/evil.example",
    "/\r\nLocation: //evil.example",
    "/account\r\nSet-Cookie: a=b",
    "/account\\@evil.example",
    "/./\\evil.example",
    "/.//evil.example",
    "/..//evil.example",
    "/account//evil.example",
    "/\u2028/evil.example",
    "/;@evil.example",
    "?next=//evil.example",
    "#//evil.example",
    "/sign-out",
    "/language",
    "/static/css/app.css",
    "/no-such-page",
    "",
)


@pytest.mark.parametrize("payload", AWAY)
def test_nobody_is_led_away_after_signing_in(app: Flask, payload: str) -> None:
    answer = app.test_client().post(
        "/sign-in",
        query_string={"next": payload},
        data={"email": person(app).user.email, "password": world.PASSWORD},
    )
    assert (answer.status_code, answer.location) == (302, "/")


@pytest.mark.parametrize("payload", AWAY)
def test_nobody_is_led_away_by_the_language(app: Flask, payload: str) -> None:
    answer = app.test_client().post("/language", data={"language": "en", "next": payload})
    assert (answer.status_code, answer.location) == (302, "/")


@pytest.mark.parametrize("page", ["/account", "/account?a=//evil.example", "/sign-in?next=/"])
def test_own_pages_are_come_back_to(app: Flask, page: str) -> None:
    answer = app.test_client().post("/language", data={"language": "en", "next": page})
    assert answer.location == page


def test_forged_host_is_not_repeated(app: Flask) -> None:
    forged = {"Host": "evil.example", "X-Forwarded-Host": "evil.example"}
    answer = sign_in_with(app, forged)
    assert answer.location == "/"
    assert "evil.example" not in answer.text + str(answer.headers)


def sign_in_with(app: Flask, headers: dict[str, str]) -> TestResponse:
    data = {"email": person(app).user.email, "password": world.PASSWORD}
    return app.test_client().post("/sign-in", data=data, headers=headers)


# Tokens


def test_token_changes_at_sign_in_role_switch_and_password_change(app: Flask) -> None:
    member = person(app)
    with app.app_context():
        db.session.add(Membership(user_id=member.user_id, role=Role.CHIEF, region_code=world.CITY))
        db.session.commit()
    client = app.test_client()
    seen = [token(client)]
    sign_in(client, member.user.email)
    seen.append(token(client))
    client.post("/account/role", data={"role": "chief:990100"})
    seen.append(token(client))
    change = {"current": world.PASSWORD, "new": NEW, "again": NEW}
    assert client.post("/account/password", data=change).status_code == 302
    seen.append(token(client))
    assert len(set(seen)) == 4
    for dead in seen[:3]:
        thief = app.test_client()
        with thief.session_transaction() as session:
            session[TOKEN] = dead or "x"
        assert thief.get("/account").status_code == 302
    assert client.get("/account").status_code == 200


def test_token_given_before_sign_in_is_not_kept(app: Flask) -> None:
    client = app.test_client()
    with client.session_transaction() as session:
        session[TOKEN] = "planted"
    sign_in(client, person(app).user.email)
    assert token(client) != "planted"


def test_copied_cookie_is_worthless_after_sign_out(app: Flask) -> None:
    client = app.test_client()
    sign_in(client, person(app).user.email)
    cookie = client.get_cookie("session")
    assert cookie is not None
    thief = app.test_client()
    thief.set_cookie("session", cookie.value)
    assert thief.get("/account").status_code == 200  # the copy is good while the session lives
    assert client.post("/sign-out").location == "/sign-in"
    assert thief.get("/account").status_code == 302
    assert client.get("/account").status_code == 302


def test_language_outlives_the_session(app: Flask) -> None:
    client = app.test_client()
    client.post("/language", data={"language": "en"})
    sign_in(client, person(app).user.email)
    client.post("/sign-out")
    assert '<html lang="en">' in client.get("/sign-in").text


@pytest.mark.parametrize("language", ["", "fr", "../etc"])
def test_unknown_language_changes_nothing(app: Flask, language: str) -> None:
    client = app.test_client()
    client.post("/language", data={"language": language})
    assert '<html lang="zh-Hans-CN">' in client.get("/sign-in").text


def test_signed_in_person_is_not_asked_to_sign_in_again(app: Flask, client_as: ClientAs) -> None:
    assert client_as(person(app).id).get("/sign-in").location == "/"


# The own account


def test_role_of_somebody_else_cannot_be_chosen(app: Flask, client_as: ClientAs) -> None:
    person(app, Role.CHIEF)
    client = client_as(person(app).id)
    assert client.post("/account/role", data={"role": "chief:990101"}).status_code == 404


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"current": "wrong"}, "现密码不正确"),
        ({"again": NEW + "x"}, "两次输入不一致"),
        ({"new": "short", "again": "short"}, "至少 12 个字符"),
        ({"new": "Password-2024", "again": "Password-2024"}, "太常见"),
    ],
)
def test_refused_password_change_says_why_and_changes_nothing(
    app: Flask, client_as: ClientAs, change: dict[str, str], words: str
) -> None:
    member = person(app)
    data = {"current": world.PASSWORD, "new": NEW, "again": NEW} | change
    answer = client_as(member.id).post("/account/password", data=data)
    assert answer.status_code == 422
    assert words in answer.text
    assert sign_in(app.test_client(), member.user.email).status_code == 302


def test_password_change_ends_the_other_sessions(app: Flask, client_as: ClientAs) -> None:
    member = person(app)
    here, there = client_as(member.id), client_as(member.id)
    data = {"current": world.PASSWORD, "new": NEW, "again": NEW}
    assert here.post("/account/password", data=data).location == "/account"
    assert there.get("/account").status_code == 302
    assert here.get("/account").status_code == 200
    assert sign_in(app.test_client(), member.user.email).status_code == 422
    assert sign_in(app.test_client(), member.user.email, NEW).status_code == 302


def test_current_password_can_be_tried_five_times(app: Flask, client_as: ClientAs) -> None:
    client = client_as(person(app).id)
    data = {"current": "wrong", "new": NEW, "again": NEW}
    codes = [client.post("/account/password", data=data).status_code for _ in range(6)]
    assert codes == [422] * 5 + [429]


def test_session_elsewhere_can_be_ended_from_the_list(app: Flask, client_as: ClientAs) -> None:
    member = person(app)
    here, there = client_as(member.id), client_as(member.id)
    page = here.get("/account").text
    (name,) = re.findall(r'name="session" value="([^"]+)"', page)
    assert here.post("/account/sessions/end", data={"session": name}).status_code == 302
    assert there.get("/account").status_code == 302
    assert here.get("/account").status_code == 200


def test_session_of_somebody_else_cannot_be_ended(app: Flask, client_as: ClientAs) -> None:
    theirs, mine = client_as(person(app).id), client_as(person(app).id)
    with app.app_context():
        digest = db.session.query(LoginSession).order_by(LoginSession.id).first()
        assert digest is not None
        name = digest.token_digest[:22]
    assert mine.post("/account/sessions/end", data={"session": name}).status_code == 404
    assert theirs.get("/account").status_code == 200


# The demo's own people


def test_demo_people_exist_only_in_the_demo(app: Flask) -> None:
    person(app, email="reviewer@demo.invalid")
    client = app.test_client()
    assert "demo.invalid" not in client.get("/sign-in").text
    data = {"email": "reviewer@demo.invalid", "role": "reviewer:990101"}
    assert client.post("/sign-in/demo", data=data).status_code == 404


def test_demo_person_signs_in_with_one_button(tmp_path: Path) -> None:
    app = create_app(settings(tmp_path, mode=Mode.DEMO))
    app.config.update(WTF_CSRF_ENABLED=False, PASSWORD_COST=(1, 8, 1))
    with app.app_context():
        db.create_all()
        secret = passwords.hash_password(DEMO_PASSWORD)
    person(app, email="reviewer@demo.invalid", password_hash=secret)
    person(app, email="someone@panel.invalid", password_hash=secret)
    client = app.test_client()
    page = client.get("/sign-in").text
    assert "reviewer@demo.invalid" in page
    assert DEMO_PASSWORD in page
    assert "panel.invalid" not in page
    data = {"email": "reviewer@demo.invalid", "role": "reviewer:990101"}
    assert client.post("/sign-in/demo", data=data).status_code == 302
    assert client.get("/").location == "/reviewing/"
    other = {"email": "someone@panel.invalid", "role": "reviewer:990101"}
    assert client.post("/sign-in/demo", data=other).status_code == 404
    with app.app_context():
        db.engine.dispose()


# The administrator's accounts


@pytest.fixture
def administrator(app: Flask, client_as: ClientAs) -> FlaskClient:
    return client_as(person(app, Role.ADMINISTRATOR).id)


def test_suspension_ends_the_sessions_and_reinstatement_lets_in_again(
    app: Flask, client_as: ClientAs, administrator: FlaskClient
) -> None:
    member = person(app)
    client = client_as(member.id)
    page = f"/accounts/{member.user_id}"
    assert administrator.post(f"{page}/suspend").location == page
    assert client.get("/account").status_code == 302
    assert sign_in(app.test_client(), member.user.email).status_code == 422
    assert "已停用" in administrator.get(page).text
    administrator.post(f"{page}/reinstate")
    assert sign_in(app.test_client(), member.user.email).status_code == 302


def test_administrator_cannot_lock_oneself_out(app: Flask, client_as: ClientAs) -> None:
    me = person(app, Role.ADMINISTRATOR)
    client, page = client_as(me.id), f"/accounts/{me.user_id}"
    client.post(f"{page}/suspend")
    client.post(f"{page}/revoke", data={"role": "administrator:990000"})
    assert "另一位系统管理员" in client.get(page).text
    with app.app_context():
        assert db.session.get_one(User, me.user_id).is_active
        assert db.session.get(Membership, me.id)


def test_revoked_role_is_over_at_once(
    app: Flask, client_as: ClientAs, administrator: FlaskClient
) -> None:
    member = person(app)
    client = client_as(member.id)
    administrator.post(f"/accounts/{member.user_id}/revoke", data={"role": "reviewer:990101"})
    assert client.get("/account").status_code == 302
    assert sign_in(app.test_client(), member.user.email).status_code == 422
    assert events(app)[-2:] == ["role.revoked", "session.refused"]


def test_search_finds_names_and_addresses_and_stays_out_of_the_address_line(
    app: Flask, administrator: FlaskClient
) -> None:
    person(app, name="张三丰", email="zhang@example.org")
    person(app, name="李四光", email="li@example.org")
    for words in ("三丰", "zhang@", "ZHANG"):
        page = administrator.post("/accounts", data={"words": words}).text
        assert "张三丰" in page
        assert "李四光" not in page
    assert "没有符合条件" in administrator.post("/accounts", data={"words": "100%"}).text
    assert "李四光" in administrator.get("/accounts?words=三丰").text  # not a link's to choose


def test_search_by_role(app: Flask, administrator: FlaskClient) -> None:
    person(app, Role.CHIEF, name="局长甲")
    person(app, name="专家乙")
    page = administrator.post("/accounts", data={"role": "chief"}).text
    assert "局长甲" in page
    assert "专家乙" not in page


@pytest.mark.parametrize("number", ["0", "-3", "x", "99999999999999999999999"])
def test_page_that_is_none_is_no_failure(administrator: FlaskClient, number: str) -> None:
    assert administrator.post("/accounts", data={"page": number}).status_code == 200


@pytest.mark.parametrize("verb", ["", "/suspend", "/reinstate", "/revoke"])
def test_missing_account_is_not_there(administrator: FlaskClient, verb: str) -> None:
    page = f"/accounts/99999{verb}"
    assert (administrator.post(page) if verb else administrator.get(page)).status_code == 404


@pytest.mark.parametrize("role", [role for role in Role if role is not Role.ADMINISTRATOR])
def test_accounts_are_the_administrators_alone(app: Flask, client_as: ClientAs, role: Role) -> None:
    with app.app_context():
        world.regions()
        handler_id = world.handler().id if role is Role.HANDLER else None
        member_id = world.person(role, handler_id=handler_id).id
        db.session.commit()
    assert client_as(member_id).get("/accounts").status_code == 404


def test_list_takes_a_fixed_number_of_statements(app: Flask, administrator: FlaskClient) -> None:
    counts = []
    for more in (1, PAGE_ROWS + 5):
        with app.app_context():
            for _ in range(more):
                world.person(Role.REVIEWER)
            db.session.commit()
        with counted(app) as statements:
            assert administrator.get("/accounts").status_code == 200
        counts.append(len(statements))
    assert counts[0] == counts[1] <= 8
    assert "第 2 页" in administrator.post("/accounts", data={"page": "2"}).text
