from collections.abc import Callable
from datetime import date
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient

from review.enums import CaseKind, Role, RoundStatus
from review.extensions import db
from review.models.accounts import Membership
from review.models.cases import Agency
from review.models.rounds import Round
from tests import world
from tests.statements import counted

LIST_STATEMENTS = 8
RULES: dict[str, Any] = {
    "name": "2024年上半年质量评估",
    "region_code": world.CITY,
    "window_from": "2024-01-01",
    "window_to": "2024-06-30",
    "civil_first": "y",
    "rubric_civil_first": world.CIVIL_RUBRIC,
    "rubric_criminal_trial": world.CRIMINAL_RUBRIC,
    "scheme_key": "hundred-4",
    "marks_per_case": "2",
    "threshold": "10",
    "conflict_level": "county",
    "marking_due_on": "2099-12-31",
}
ClientAs = Callable[[int], FlaskClient]


@pytest.fixture
def organiser(app: Flask) -> int:
    with app.app_context():
        world.regions()
        member = world.person(Role.ORGANISER, world.CITY)
        db.session.commit()
        return member.id


def test_create_stores_rules_and_leads_to_the_track(
    app: Flask, client_as: ClientAs, organiser: int
) -> None:
    client = client_as(organiser)
    answer = client.post("/rounds/new", data=RULES)
    assert answer.status_code == 302
    page = client.get(answer.location).get_data(as_text=True)
    assert "去冻结抽样框" in page
    assert "示例（非官方标准）" in page
    with app.app_context():
        round_ = db.session.query(Round).one()
        assert round_.status is RoundStatus.DRAFT
        assert round_.window_to == date(2024, 6, 30)
        assert [(r.kind, r.rubric_key) for r in round_.rubrics] == [
            (CaseKind.CIVIL_FIRST, world.CIVIL_RUBRIC)
        ]


def test_create_proposes_the_usual_scheme_and_keeps_no_unseen_signs_in_a_name(
    app: Flask, client_as: ClientAs, organiser: int
) -> None:
    client = client_as(organiser)
    page = client.get("/rounds/new").get_data(as_text=True)
    assert '<option selected value="hundred-4">' in page
    client.post("/rounds/new", data=RULES | {"name": "\u202e质量\u200b评估 "})
    with app.app_context():
        assert db.session.query(Round).one().name == "质量评估"


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"name": ""}, "必填"),
        ({"threshold": "10.12"}, "最多一位小数"),
        ({"window_to": "2023-12-31"}, "不能早于起始日期"),
        ({"marking_due_on": "2020-01-01"}, "不能早于今天"),
        ({"civil_first": ""}, "请至少勾选一种案件"),
        ({"threshold": "101"}, "0"),
        ({"region_code": world.OTHER_CITY}, "有未填好的项目"),
        ({"region_code": world.PROVINCE}, "有未填好的项目"),
        ({"rubric_civil_first": world.CRIMINAL_RUBRIC}, "有未填好的项目"),
    ],
)
def test_create_keeps_the_form_when_a_rule_is_wrong(
    app: Flask, client_as: ClientAs, organiser: int, change: dict[str, str], words: str
) -> None:
    answer = client_as(organiser).post("/rounds/new", data=RULES | change)
    assert answer.status_code == 422
    page = answer.get_data(as_text=True)
    assert words in page
    assert 'value="2024-01-01"' in page  # what was typed is still there
    with app.app_context():
        assert db.session.query(Round).count() == 0


def test_create_offers_the_kinds_that_have_a_rubric(client_as: ClientAs, organiser: int) -> None:
    page = client_as(organiser).get("/rounds/new").get_data(as_text=True)
    assert "民事一审" in page
    assert "值班律师" in page
    assert "示例（非官方标准）" in page


def published(app: Flask, cases: int = 2) -> tuple[int, int]:
    """A published round of the city, and the membership that runs it."""
    with app.app_context():
        if db.session.get(Membership, 1) is None:
            world.regions()
        member = world.person(Role.ORGANISER, world.CITY)
        by, at = world.handler(), db.session.query(Agency).first() or world.agency()
        drawn = [world.case(by, at) for _ in range(cases)]
        reviewers = [world.reviewer() for _ in range(3)]
        round_ = world.published_round(member, drawn, reviewers)
        db.session.commit()
        return round_.id, member.id


def test_show_lists_results_after_publication(app: Flask, client_as: ClientAs) -> None:
    round_id, organiser = published(app)
    page = client_as(organiser).get(f"/rounds/{round_id}").get_data(as_text=True)
    assert page.count("86.0") == 2  # the mean of 88 and 84, for both cases
    assert "良好" in page


@pytest.mark.parametrize(
    ("path", "most"),
    [
        ("/rounds", LIST_STATEMENTS),
        ("/rounds/1", LIST_STATEMENTS + 1),  # the extensions that wait
        ("/rounds/1/frame", LIST_STATEMENTS + 1),  # the design, and whom earlier frames missed
        ("/rounds/1/draw", LIST_STATEMENTS),
    ],
)
def test_pages_need_few_statements_however_many_cases(
    app: Flask, client_as: ClientAs, path: str, most: int
) -> None:
    _, organiser = published(app, cases=3)
    client = client_as(organiser)
    with counted(app) as few:
        assert client.get(path).status_code == 200
    published(app, cases=12)
    with counted(app) as many:
        assert client.get(path.replace("/1", "/2")).status_code == 200
    assert len(few) == len(many) <= most


@pytest.mark.parametrize("role", [Role.AUDITOR, Role.ORGANISER])
def test_round_of_another_region_is_not_found_anywhere(
    app: Flask, client_as: ClientAs, role: Role
) -> None:
    round_id, _ = published(app)
    with app.app_context():
        stranger = world.person(role, world.OTHER_CITY).id
        db.session.commit()
    client = client_as(stranger)
    base = f"/rounds/{round_id}"
    for path in ("", "/frame", "/draw", "/draw.txt", "/assignment"):
        assert client.get(base + path).status_code == 404, path
    for path in ("/frame", "/draw", "/assignment", "/assignment/x/confirm", "/publish"):
        assert client.post(base + path).status_code == 404, path
    assert "2024年上半年质量评估" not in client.get("/rounds").get_data(as_text=True)


def test_auditor_reads_but_cannot_act(app: Flask, client_as: ClientAs) -> None:
    round_id, _ = published(app)
    with app.app_context():
        auditor = world.person(Role.AUDITOR, world.PROVINCE).id
        db.session.commit()
    client = client_as(auditor)
    base = f"/rounds/{round_id}"
    for path in ("", "/frame", "/draw", "/draw.txt"):
        assert client.get(base + path).status_code == 200, path
    for path in ("/frame", "/draw", "/assignment", "/assignment/x/confirm", "/publish"):
        assert client.post(base + path).status_code == 404, path
    assert client.get("/rounds/new").status_code == 404
    assert client.get(base + "/assignment").status_code == 404


def test_index_without_rounds_says_what_to_do_next(client_as: ClientAs, organiser: int) -> None:
    page = client_as(organiser).get("/rounds").get_data(as_text=True)
    assert "还没有评估活动" in page
    assert "/rounds/new" in page


def test_create_stores_what_is_marked_again(
    app: Flask, client_as: ClientAs, organiser: int
) -> None:
    chosen = {"border": "1.5", "remarked_grades": ["fail", "excellent"], "remark_percent": "10"}
    client = client_as(organiser)
    assert client.post("/rounds/new", data=RULES | chosen).status_code == 302
    with app.app_context():
        round_ = db.session.query(Round).one()
        assert (str(round_.border), str(round_.remark_percent)) == ("1.5", "10")
        assert round_.remarked_grades == ["fail", "excellent"]
    for wrong in ({"border": "5.1"}, {"remark_percent": "101"}, {"remarked_grades": "good"}):
        assert client.post("/rounds/new", data=RULES | chosen | wrong).status_code == 422
