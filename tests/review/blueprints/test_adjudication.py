from collections.abc import Callable
from decimal import Decimal

import pytest
from flask import Flask
from flask.testing import FlaskClient

from review.enums import Role, SampledCaseStatus
from review.extensions import db
from review.models.accounts import User
from review.models.results import Result
from tests import world
from tests.statements import counted

ClientAs = Callable[[int], FlaskClient]
REASON = "三份评分对庭审表现看法不一，合议取中间值。"
Scene = tuple[dict[str, int], list[int]]


@pytest.fixture
def scene(app: Flask) -> Scene:
    """Members by place, and three cases of the city that wait for the panel."""
    with app.app_context():
        world.regions()
        members = {
            "city": world.person(Role.ORGANISER, world.CITY),
            "province": world.person(Role.ORGANISER, world.PROVINCE),
            "county": world.person(Role.ORGANISER, world.COUNTY),
            "other": world.person(Role.ORGANISER, world.OTHER_CITY),
            "chief": world.person(Role.CHIEF, world.CITY),
        }
        at = world.agency()
        cases = [world.case(world.handler(), at) for _ in range(3)]
        reviewers = [world.reviewer() for _ in range(3)]
        round_ = world.assigned_round(members["city"], cases, reviewers)
        sampled = world.sampled_cases(round_)
        for one in sampled:
            for assignment, total in zip(world.assignments(one), (90, 70, 50), strict=True):
                world.submitted_review(assignment, total)
            one.status = SampledCaseStatus.PANEL
        db.session.commit()
        return {name: m.id for name, m in members.items()}, [one.id for one in sampled]


def test_organisers_of_the_region_see_what_waits(scene: Scene, client_as: ClientAs) -> None:
    members, cases = scene
    for place in ("city", "province"):
        page = client_as(members[place]).get("/adjudication/").text
        assert "有 3 件案件" in page
        assert "90.0 / 70.0 / 50.0" in page
        assert "40.0" in page


def test_others_find_nothing(app: Flask, scene: Scene, client_as: ClientAs) -> None:
    members, cases = scene
    url, form = f"/adjudication/{cases[0]}", {"total": "80", "reason": REASON}
    for place in ("county", "other"):
        client = client_as(members[place])
        assert "没有等待合议的案件" in client.get("/adjudication/").text
        assert client.get(url).status_code == 404
        assert client.post(url, data=form).status_code == 404
    chief = client_as(members["chief"])
    for path in ("/adjudication/", url):
        assert chief.get(path).status_code == 404
    assert chief.post(url, data=form).status_code == 404
    with app.app_context():
        assert db.session.query(Result).count() == 0


def test_markings_stand_side_by_side_without_names(
    app: Flask, scene: Scene, client_as: ClientAs
) -> None:
    members, cases = scene
    client = client_as(members["city"])
    first, again = (client.get(f"/adjudication/{cases[0]}").text for _ in range(2))
    for shown in ("专家甲", "专家乙", "专家丙", "相差 6 分", "一致", world.REASON, world.COMMENT):
        assert shown in first
    assert [first.index(total) for total in ("90.0", "70.0", "50.0")] == [
        again.index(total) for total in ("90.0", "70.0", "50.0")
    ]
    with app.app_context():
        reviewers = [u.name for u in db.session.query(User) if u.name.startswith("reviewer")]
    assert len(reviewers) == 3
    assert not [name for name in reviewers if name in first]


def test_decision_settles_the_case(app: Flask, scene: Scene, client_as: ClientAs) -> None:
    members, cases = scene
    client, url = client_as(members["city"]), f"/adjudication/{cases[0]}"
    form = {"total": "７２.5", "reason": REASON}
    assert client.post(url, data=form).location == "/adjudication/"
    with app.app_context():
        result = db.session.query(Result).one()
        assert (result.total, result.reason) == (Decimal("72.5"), REASON)
    assert "有 2 件案件" in client.get("/adjudication/").text
    assert client.post(url, data=form).location == "/adjudication/"
    assert "不在合议阶段" in client.get("/adjudication/").text
    with app.app_context():
        assert db.session.query(Result).count() == 1


@pytest.mark.parametrize(
    ("form", "words"),
    [
        ({"total": "", "reason": REASON}, "请填写合议总分。"),
        ({"total": "101", "reason": REASON}, "总分应在 0 至 100 之间。"),
        ({"total": "80.55", "reason": REASON}, "总分最多一位小数"),
        ({"total": "sNaN", "reason": REASON}, "请填写数字"),
        ({"total": "80", "reason": "太短"}, "至少 10 个字"),
        ({"total": "80", "reason": " " * 30}, "请写明合议理由"),
    ],
)
def test_faulty_decision_keeps_the_form(
    app: Flask, scene: Scene, client_as: ClientAs, form: dict[str, str], words: str
) -> None:
    members, cases = scene
    answer = client_as(members["city"]).post(f"/adjudication/{cases[0]}", data=form)
    assert answer.status_code == 422
    assert words in answer.text
    assert f'value="{form["total"]}"' in answer.text
    assert form["reason"].strip() in answer.text
    with app.app_context():
        assert db.session.query(Result).count() == 0


def test_pages_take_a_fixed_number_of_statements(
    app: Flask, scene: Scene, client_as: ClientAs
) -> None:
    members, cases = scene
    client = client_as(members["city"])
    with counted(app) as listing:
        client.get("/adjudication/")
    with counted(app) as showing:
        client.get(f"/adjudication/{cases[0]}")
    assert (len(listing), len(showing)) == (4, 4)


def test_address_beyond_every_number_is_not_found(scene: Scene, client_as: ClientAs) -> None:
    client = client_as(scene[0]["city"])
    for number in ("0", "2147483647", "99999999999999999999"):
        assert client.get(f"/adjudication/{number}").status_code == 404
    assert client.get("/adjudication/?page=99999999999999999999").status_code == 200
