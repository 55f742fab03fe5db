from collections.abc import Callable

import pytest
from flask import Flask
from flask.testing import FlaskClient

from review.enums import Role
from review.extensions import db
from review.models.cases import Case
from review.models.conflicts import Opponent, PanelObjection, Pin, ProviderAlias
from tests import world
from tests.statements import counted

ClientAs = Callable[[int], FlaskClient]
PAGE = "/rounds/1/conflicts"


@pytest.fixture
def scene(app: Flask) -> tuple[int, int, str]:
    """The organiser of a drawn round of two cases, a reviewer of the same county, a number."""
    with app.app_context():
        world.regions()
        member = world.person(Role.ORGANISER, world.CITY)
        by, at = world.handler("东川正义律师事务所"), world.agency()
        world.drawn_round(member, [world.case(by, at) for _ in range(2)])
        near = world.reviewer(world.COUNTY)
        world.reviewer()
        db.session.commit()
        number = db.session.query(Case).order_by(Case.id).first().case_number  # type: ignore[union-attr]
        return member.id, near.user_id, number


def test_each_block_shows_its_evidence(client_as: ClientAs, scene: tuple[int, int, str]) -> None:
    client = client_as(scene[0])
    index = client.get(PAGE).text
    assert "地区回避 2" in index
    assert "0/2" in index
    assert "2/2" in index
    page = client.get(f"{PAGE}/reviewers/{scene[1]}").text
    assert "须回避 2 件" in page
    assert page.count("城关区") == 2


def test_pin_is_noted_and_withdrawn(
    app: Flask, client_as: ClientAs, scene: tuple[int, int, str]
) -> None:
    client = client_as(scene[0])
    path = f"{PAGE}/reviewers/{scene[1]}"
    given = {"pin-about": scene[2], "pin-is_conflict": "no", "pin-note": "已调离该县多年"}
    assert client.post(path, data=given).status_code == 302
    assert "须回避 1 件" in client.get(path).text
    assert "已调离该县多年" in client.get(PAGE).text
    assert client.post(f"{PAGE}/pins/1/withdraw").status_code == 302
    assert "须回避 2 件" in client.get(path).text
    with app.app_context():
        assert db.session.query(Pin).count() == 0


def test_objection_opponent_and_alias_are_noted(
    app: Flask, client_as: ClientAs, scene: tuple[int, int, str]
) -> None:
    client = client_as(scene[0])
    objection = {
        "objection-against": "东川正义律师事务所",
        "objection-region_code": world.COUNTY,
        "objection-reason": "正在诉讼之中",
    }
    opponent = {"opponent-number": scene[2], "opponent-office": "对方律师事务所"}
    alias = {"alias-provider": "东川正义律师事务所", "alias-alias": "明德所"}
    for part, given in (("objections", objection), ("opponents", opponent), ("aliases", alias)):
        assert client.post(f"{PAGE}/{part}", data=given).status_code == 302, part
        assert client.post(f"{PAGE}/{part}", data=given).status_code == 409, part
    page = client.get(PAGE).text
    assert "正在诉讼之中" in page
    assert "对方律师事务所" in page
    assert client.post(f"{PAGE}/objections/1/withdraw").status_code == 302
    with app.app_context():
        counts = [
            db.session.query(one).count() for one in (PanelObjection, Opponent, ProviderAlias)
        ]
        assert counts == [0, 1, 1]


@pytest.mark.parametrize(
    ("part", "given", "answer"),
    [
        ("objections", {"objection-against": ""}, (422, "请填写机构全称")),
        (
            "objections",
            {
                "objection-against": "没有这家",
                "objection-region_code": "990101",
                "objection-reason": "说明理由五字",
            },
            (409, "台账中没有这个名称的机构"),
        ),
        (
            "opponents",
            {"opponent-number": "第9号", "opponent-office": "某所"},
            (409, "没有这个编号"),
        ),
        ("aliases", {"alias-provider": "没有这家", "alias-alias": "某所"}, (409, "台账中没有")),
    ],
)
def test_bad_entry_says_what_is_wrong(
    client_as: ClientAs,
    scene: tuple[int, int, str],
    part: str,
    given: dict[str, str],
    answer: tuple[int, str],
) -> None:
    found = client_as(scene[0]).post(f"{PAGE}/{part}", data=given)
    assert found.status_code == answer[0]
    assert answer[1] in found.text


def test_page_takes_a_fixed_number_of_statements(
    app: Flask, client_as: ClientAs, scene: tuple[int, int, str]
) -> None:
    client, used = client_as(scene[0]), []
    for more in (0, 20):
        with app.app_context():
            for _ in range(more):
                world.reviewer()
            db.session.commit()
        with counted(app) as statements:
            assert client.get(PAGE).status_code == 200
        used.append(len(statements))
    assert used[0] == used[1] <= 21
