from collections.abc import Callable

import pytest
from flask import Flask
from flask.testing import FlaskClient

from review.extensions import db
from review.models.accounts import ReviewerProfile
from review.models.conflicts import Declaration
from tests import world
from tests.statements import counted

ClientAs = Callable[[int], FlaskClient]


@pytest.fixture
def reviewer(app: Flask) -> tuple[int, int]:
    with app.app_context():
        world.regions()
        member = world.reviewer()
        db.session.commit()
        return member.id, member.user_id


def test_tie_is_declared_shown_and_withdrawn(
    app: Flask, client_as: ClientAs, reviewer: tuple[int, int]
) -> None:
    client = client_as(reviewer[0])
    given = {"tie-kind": "relative", "tie-subject": " 欧阳 明 ", "tie-office": "正义律所"}
    assert client.post("/declarations", data=given).status_code == 302
    page = client.get("/declarations").text
    assert "欧阳明" in page
    assert "正义律所" in page
    assert client.post("/declarations/1/withdraw").status_code == 302
    assert "还没有申报" in client.get("/declarations").text
    with app.app_context():
        assert db.session.query(Declaration).one().withdrawn_at is not None


@pytest.mark.parametrize(
    ("given", "words"),
    [
        ({"tie-kind": "relative", "tie-subject": "  "}, "请填写姓名、案件编号或机构全称"),
        (
            {"tie-kind": "provider", "tie-subject": "某所", "tie-until": "2199-01-01"},
            "离职日期不能晚于今天",
        ),
        ({"tie-kind": "cousin", "tie-subject": "某某"}, "有效"),
    ],
)
def test_bad_declaration_says_what_is_wrong(
    app: Flask, client_as: ClientAs, reviewer: tuple[int, int], given: dict[str, str], words: str
) -> None:
    answer = client_as(reviewer[0]).post("/declarations", data=given)
    assert answer.status_code == 422
    assert words in answer.text
    with app.app_context():
        assert db.session.query(Declaration).count() == 0


def test_field_and_capacity_are_kept(
    app: Flask, client_as: ClientAs, reviewer: tuple[int, int]
) -> None:
    client = client_as(reviewer[0])
    given = {"fit-case_types": ["civil"], "fit-most_cases": "12"}
    assert client.post("/declarations/fit", data=given).status_code == 302
    with app.app_context():
        profile = db.session.get_one(ReviewerProfile, reviewer[1])
        assert (profile.case_types, profile.most_cases) == (["civil"], 12)
    assert client.post("/declarations/fit", data={"fit-most_cases": "0"}).status_code == 422


def test_page_takes_few_statements_however_much_is_declared(
    app: Flask, client_as: ClientAs, reviewer: tuple[int, int]
) -> None:
    client = client_as(reviewer[0])
    client.get("/declarations")  # the digest key is read once for all
    used = []
    for _ in range(2):
        with counted(app) as statements:
            assert client.get("/declarations").status_code == 200
        used.append(len(statements))
        for n in range(5):
            client.post("/declarations", data={"tie-kind": "case", "tie-subject": f"第{n}号"})
    assert used[0] == used[1] <= 8
