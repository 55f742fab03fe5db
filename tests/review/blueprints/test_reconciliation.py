from collections.abc import Callable
from datetime import date

import pytest
from flask import Flask
from flask.testing import FlaskClient

from review.enums import Role
from review.extensions import db
from tests import world
from tests.statements import counted
from tests.work import after_work

ClientAs = Callable[[int], FlaskClient]
WINDOW = "/reconciliation?closed_from=2024-01-01&closed_to=2024-12-31"
OF_ROUND = "/rounds/1/reconciliation"
MOST_STATEMENTS, MOST_STATEMENTS_OF_ROUND = 8, 12


@pytest.fixture
def people(app: Flask) -> dict[Role, int]:
    """An organiser and an auditor of the city; numbers 1 to 12 but for 5, 6 and 9."""
    with app.app_context():
        world.regions()
        members = {
            role: world.person(role, world.CITY)
            for role in (Role.ORGANISER, Role.AUDITOR, Role.REVIEWER)
        }
        by, at = world.handler(), world.agency()
        for n in (1, 2, 3, 4, 7, 8, 10, 11, 12):
            world.case(by, at).case_number = f"（2024）示援民字第{n:05d}号"
        world.case(by, at, closed_on=date(2024, 3, 2)).case_number = "无编号"
        world.case(by, world.agency(world.OTHER_COUNTY)).case_number = "（2024）外援民字第1号"
        world.round_(members[Role.ORGANISER])
        db.session.commit()
        return {role: member.id for role, member in members.items()}


def text(client: FlaskClient, path: str) -> str:
    return client.get(path).get_data(as_text=True)


@pytest.mark.parametrize("role", [Role.ORGANISER, Role.AUDITOR])
@pytest.mark.parametrize("path", [WINDOW, OF_ROUND])
def test_page_names_the_missing_numbers_as_ranges(
    client_as: ClientAs, people: dict[Role, int], role: Role, path: str
) -> None:
    page = text(client_as(people[role]), path)
    for words in (
        "1 个编号系列缺 3 个号",
        "00005–00006",
        "00009",
        "（2024）示援民字第",
        "1 件的编号没有年份",
    ):
        assert words in page
    assert "外援" not in page  # another city's


def test_round_says_where_every_case_went(client_as: ClientAs, people: dict[Role, int]) -> None:
    client = client_as(people[Role.ORGANISER])
    given = {
        "number": "（2024）示援民字第00001号",
        "reason": "confidential",
        "note": "涉密案件不外借",
    }
    client.post("/rounds/1/exclusions", data=given)
    for freeze in (False, True):
        if freeze:
            plan = {"kind": "dice", "source": "市局会议室"}
            after_work(client, client.post("/rounds/1/frame", data=plan))
        page = text(client, OF_ROUND)
        for words in ("涉密案件不外借", "没有无法解释的差异", "−1", ">9<"):
            assert words in page
    assert OF_ROUND in text(client, "/rounds/1/frame")


def test_case_list_leads_to_the_page(client_as: ClientAs, people: dict[Role, int]) -> None:
    assert 'href="/reconciliation"' in text(client_as(people[Role.ORGANISER]), "/cases/")


@pytest.mark.parametrize(
    ("query", "words"),
    [
        ("closed_from=2024-06-01&closed_to=2024-05-01", "不能早于起始日期"),
        ("closed_from=2023-01-01&closed_to=2024-12-31", "期间最长一年"),
        ("closed_from=yesterday", "日期"),
    ],
)
def test_window_that_cannot_be_compared_is_refused_with_the_reason(
    client_as: ClientAs, people: dict[Role, int], query: str, words: str
) -> None:
    answer = client_as(people[Role.ORGANISER]).get(f"/reconciliation?{query}")
    assert answer.status_code == 422
    assert words in answer.get_data(as_text=True)


def test_region_outside_the_tree_shows_the_own_one(
    client_as: ClientAs, people: dict[Role, int]
) -> None:
    client = client_as(people[Role.ORGANISER])
    own, other = (
        text(client, f"{WINDOW}&region={code}") for code in (world.CITY, world.OTHER_CITY)
    )
    assert own.split("<main", 1)[1] == other.split("<main", 1)[1]


def test_last_year_is_shown_unless_said(client_as: ClientAs, people: dict[Role, int]) -> None:
    page = text(client_as(people[Role.ORGANISER]), "/reconciliation")
    year = date.today().year - 1
    assert f"{year}-01-01 至 {year}-12-31 结案 0 件" in page


def test_other_roles_do_not_see_it(client_as: ClientAs, people: dict[Role, int]) -> None:
    client = client_as(people[Role.REVIEWER])
    assert client.get(WINDOW).status_code == client.get(OF_ROUND).status_code == 404


def test_pages_need_a_fixed_number_of_statements(
    app: Flask, client_as: ClientAs, people: dict[Role, int]
) -> None:
    client, used = client_as(people[Role.ORGANISER]), []
    for code in (world.COUNTY_BESIDE, world.CITY):
        with app.app_context():
            by, at = world.handler(), world.agency(code)
            for _ in range(5):
                world.case(by, at)
            db.session.commit()
        for path in (WINDOW, OF_ROUND):
            with counted(app) as statements:
                assert client.get(path).status_code == 200
            used.append(len(statements))
    assert used[:2] == used[2:]
    assert used[0] <= MOST_STATEMENTS
    assert used[1] <= MOST_STATEMENTS_OF_ROUND
