"""Invitations over HTTP: the link shown once, the page it opens, and who may see the list."""

import re
from collections.abc import Callable

import pytest
from flask import Flask
from flask.testing import FlaskClient

from review.enums import Role
from review.extensions import db
from review.models.accounts import Invitation, Membership
from tests import world
from tests.statements import counted

ClientAs = Callable[[int], FlaskClient]
EMAIL, PASSWORD = "new@example.org", "Lantern-River-42"
CHIEF = {"email": EMAIL, "name": "新来者", "region_code": world.COUNTY}
NEW_ACCOUNT = {"name": "新来者", "new": PASSWORD, "again": PASSWORD}


@pytest.fixture
def people(app: Flask) -> dict[str, int]:
    with app.app_context():
        world.regions()
        handler = world.handler()
        world.case(handler, world.agency())
        found = {
            "administrator": world.person(Role.ADMINISTRATOR, world.PROVINCE).id,
            "organiser": world.person(Role.ORGANISER, world.CITY).id,
            "elsewhere": world.person(Role.ORGANISER, world.OTHER_CITY).id,
            "reviewer": world.reviewer().id,
        }
        db.session.commit()
    return found


def link(client: FlaskClient, role: str = "chief", **changes: str) -> str:
    answer = client.post(f"/invitations/new/{role}", data=CHIEF | changes)
    assert answer.status_code == 201
    found = re.search(r"http://localhost(/invitations/[\w-]{43})<", answer.text)
    assert found is not None
    return found[1]


def waiting(app: Flask) -> int:
    with app.app_context():
        return db.session.query(Invitation).filter(Invitation.accepted_at.is_(None)).count()


def test_link_leads_from_invitation_to_signed_in(
    app: Flask, client_as: ClientAs, people: dict[str, int]
) -> None:
    path = link(client_as(people["administrator"]))
    client = app.test_client()
    page = client.get(path)
    assert page.status_code == 200
    assert EMAIL in page.text
    assert client.post(path, data=NEW_ACCOUNT).location == "/"
    assert client.get("/").location.startswith("/analysis")
    assert app.test_client().get(path).status_code == 404


def test_link_is_shown_once(client_as: ClientAs, people: dict[str, int]) -> None:
    client = client_as(people["administrator"])
    token = link(client).rsplit("/", 1)[1]
    assert token not in client.get("/invitations").text
    assert EMAIL in client.get("/invitations").text


def test_looking_at_a_link_uses_nothing_up(
    app: Flask, client_as: ClientAs, people: dict[str, int]
) -> None:
    path = link(client_as(people["administrator"]))
    for _ in range(3):
        assert app.test_client().get(path).status_code == 200
    assert waiting(app) == 1


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"name": " "}, "请填写姓名"),
        ({"new": "short"}, "至少 12 个字符"),
        ({"again": "x"}, "两次输入不一致"),
    ],
)
def test_refused_account_keeps_the_link_and_says_why(
    app: Flask, client_as: ClientAs, people: dict[str, int], change: dict[str, str], words: str
) -> None:
    path = link(client_as(people["administrator"]))
    answer = app.test_client().post(path, data=NEW_ACCOUNT | change)
    assert answer.status_code == 422
    assert words in answer.text
    assert waiting(app) == 1


@pytest.mark.parametrize("token", ["x", "A" * 43, "%2e%2e", "new"])
def test_link_that_never_was_opens_nothing(app: Flask, token: str) -> None:
    client = app.test_client()
    assert client.get(f"/invitations/{token}").status_code == 404
    assert client.post(f"/invitations/{token}", data=NEW_ACCOUNT).status_code == 404


def test_person_with_an_account_signs_in_and_accepts(
    app: Flask, client_as: ClientAs, people: dict[str, int]
) -> None:
    with app.app_context():
        email = db.session.get_one(Membership, people["reviewer"]).user.email
    path = link(client_as(people["administrator"]), email=email)
    client = app.test_client()
    assert "请先登录" in client.get(path).text
    assert "另一个账号" in client_as(people["organiser"]).get(path).text
    assert client_as(people["organiser"]).post(path).status_code == 200
    assert waiting(app) == 1
    signing_in = client.post(
        f"/sign-in?next={path}", data={"email": email, "password": world.PASSWORD}
    )
    assert signing_in.location == path
    assert "接受并切换" in client.get(path).text
    assert client.post(path).location == "/"
    assert client.get("/").location.startswith("/analysis")
    assert waiting(app) == 0


@pytest.mark.parametrize("role", [r.value for r in Role if r not in {Role.REVIEWER, Role.HANDLER}])
def test_form_for_a_role_out_of_reach_does_not_exist(
    client_as: ClientAs, people: dict[str, int], role: str
) -> None:
    client = client_as(people["organiser"])
    assert client.get(f"/invitations/new/{role}").status_code == 404
    assert client.post(f"/invitations/new/{role}", data=CHIEF).status_code == 404


def test_form_offers_only_regions_of_the_own_tree(
    client_as: ClientAs, people: dict[str, int]
) -> None:
    page = client_as(people["organiser"]).get("/invitations/new/reviewer").text
    offered = set(re.findall(r'<option value="(\d+)"', page)) | set(
        re.findall(r'<option selected value="(\d+)"', page)
    )
    assert offered == {world.CITY, world.COUNTY, world.COUNTY_BESIDE}


def test_region_out_of_reach_is_refused(
    app: Flask, client_as: ClientAs, people: dict[str, int]
) -> None:
    answer = client_as(people["organiser"]).post(
        "/invitations/new/reviewer", data=CHIEF | {"region_code": world.OTHER_COUNTY}
    )
    assert answer.status_code == 422
    assert waiting(app) == 0


@pytest.mark.parametrize(
    ("role", "change", "words"),
    [
        ("reviewer", {"email": "no address"}, "有效的邮箱"),
        ("reviewer", {"provider_name": "无此律所"}, "台账中没有此名称"),
        ("reviewer", {"practising_since": "2999-01-01"}, "不能晚于今天"),
        ("handler", {"licence_number": ""}, "请填写执业证号"),
        ("handler", {"licence_number": "404"}, "台账中没有此执业证号"),
    ],
)
def test_refused_invitation_keeps_the_form_and_says_why(  # noqa: PLR0917
    app: Flask,
    client_as: ClientAs,
    people: dict[str, int],
    role: str,
    change: dict[str, str],
    words: str,
) -> None:
    answer = client_as(people["organiser"]).post(f"/invitations/new/{role}", data=CHIEF | change)
    assert answer.status_code == 422
    assert words in answer.text
    assert waiting(app) == 0


def test_organiser_sees_and_withdraws_within_the_own_tree_only(
    app: Flask, client_as: ClientAs, people: dict[str, int]
) -> None:
    path = link(client_as(people["organiser"]), "reviewer")
    link(client_as(people["administrator"]), "auditor", email="auditor@example.org")
    with app.app_context():
        ids = [i.id for i in db.session.query(Invitation).order_by(Invitation.id)]
    assert EMAIL not in client_as(people["elsewhere"]).get("/invitations").text
    assert "auditor@" not in client_as(people["organiser"]).get("/invitations").text
    for stranger, number in (("elsewhere", ids[0]), ("organiser", ids[1])):
        answer = client_as(people[stranger]).post(f"/invitations/{number}/withdraw")
        assert answer.status_code == 404
    client_as(people["organiser"]).post(f"/invitations/{ids[0]}/withdraw")
    assert app.test_client().get(path).status_code == 404


def test_password_is_reset_by_a_link(
    app: Flask, client_as: ClientAs, people: dict[str, int]
) -> None:
    with app.app_context():
        member = db.session.get_one(Membership, people["reviewer"])
        user_id, email = member.user_id, member.user.email
    answer = client_as(people["administrator"]).post(f"/invitations/reset/{user_id}")
    found = re.search(r"http://localhost(/invitations/[\w-]{43})<", answer.text)
    assert found is not None
    assert app.test_client().post(found[1], data=NEW_ACCOUNT).location == "/"
    data = {"email": email, "password": PASSWORD}
    assert app.test_client().post("/sign-in", data=data).status_code == 302
    assert client_as(people["organiser"]).post(f"/invitations/reset/{user_id}").status_code == 404


def test_list_takes_a_fixed_number_of_statements(
    app: Flask, client_as: ClientAs, people: dict[str, int]
) -> None:
    client, counts = client_as(people["organiser"]), []
    for first, last in ((0, 2), (2, 60)):
        for n in range(first, last):
            link(client, "reviewer", email=f"r{n}@example.org")
        with counted(app) as statements:
            assert client.get("/invitations").status_code == 200
        counts.append(len(statements))
    assert counts[0] == counts[1] <= 8
    assert "第 2 页" in client.get("/invitations?page=2").text
