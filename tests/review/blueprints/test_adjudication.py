import re
from collections.abc import Callable
from decimal import Decimal

import pytest
from flask import Flask
from flask.testing import FlaskClient

from review.enums import Role, SampledCaseStatus
from review.extensions import db
from review.labels import points
from review.models.accounts import User
from review.models.adjudication import PanelView
from review.models.results import Result
from rubrics.registry import get_rubric
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


FORM: dict[str, str] = {
    "reason": REASON,
    "name0": "甲ZX",
    "name1": "乙ZX",
    "name2": "丙ZX",
    "vote2": "against",
    "dissent2": "庭审表现应再扣分",
}


def boxes(page: str) -> dict[str, str]:
    """The names of the fields for decided marks, by criterion's title, with what stands in them."""
    found = re.findall(r'<input aria-label="合议得分 ([^"]+)"[^>]* name="(mark\d+)"', page)
    return dict(found)


def own_mark(client: FlaskClient, case: int) -> str:
    """Give an own mark; the page with the markings."""
    client.post(f"/adjudication/{case}/own", data={"total": "70"})
    return client.get(f"/adjudication/{case}").text


def test_organisers_of_the_region_see_what_waits_but_no_totals(
    scene: Scene, client_as: ClientAs
) -> None:
    members, _ = scene
    for place in ("city", "province"):
        page = client_as(members[place]).get("/adjudication/").text
        assert "有 3 件案件" in page
        assert '<td class="n">3</td>' in page
        assert "40.0" in page  # how far apart
        for total in ("90.0", "70.0", "50.0"):
            assert total not in page


def test_others_find_nothing(app: Flask, scene: Scene, client_as: ClientAs) -> None:
    members, cases = scene
    url = f"/adjudication/{cases[0]}"
    for place in ("county", "other"):
        client = client_as(members[place])
        assert "没有等待合议的案件" in client.get("/adjudication/").text
        assert client.get(url).status_code == 404
        assert client.get(f"{url}/record").status_code == 404
        assert client.post(url, data=FORM).status_code == 404
        assert client.post(f"{url}/own", data={"total": "70"}).status_code == 404
    chief = client_as(members["chief"])
    for path in ("/adjudication/", url):
        assert chief.get(path).status_code == 404
    assert chief.post(url, data=FORM).status_code == 404
    with app.app_context():
        assert db.session.query(Result).count() == db.session.query(PanelView).count() == 0


def test_own_mark_is_asked_before_anything_of_the_markings_shows(
    app: Flask, scene: Scene, client_as: ClientAs
) -> None:
    members, cases = scene
    client, url = client_as(members["city"]), f"/adjudication/{cases[0]}"
    page = client.get(url).text
    for hidden in ("专家甲", "90.0", "70.0", "50.0", world.REASON, world.COMMENT):
        assert hidden not in page
    assert client.post(url, data=FORM).status_code == 200  # the question again, nothing decided
    for wrong, words in (("", "请填写您的评分"), ("101", "0 至 100"), ("70.55", "最多一位小数")):
        answer = client.post(f"{url}/own", data={"total": wrong})
        assert (answer.status_code, words in answer.text) == (422, True)
    with app.app_context():
        assert db.session.query(Result).count() == db.session.query(PanelView).count() == 0
    assert client.post(f"{url}/own", data={"total": "７1.5"}).location == url
    assert "我的评分 71.5" in client.get(url).text


def test_markings_stand_side_by_side_without_names(
    app: Flask, scene: Scene, client_as: ClientAs
) -> None:
    members, cases = scene
    client = client_as(members["city"])
    first = own_mark(client, cases[0])
    again = client.get(f"/adjudication/{cases[0]}").text
    for shown in ("专家甲", "专家乙", "专家丙", "相差 6 分", "一致", world.REASON, world.COMMENT):
        assert shown in first
    assert [first.index(f"{total}<") for total in ("90.0", "70.0", "50.0")] == [
        again.index(f"{total}<") for total in ("90.0", "70.0", "50.0")
    ]
    with app.app_context():
        reviewers = [u.name for u in db.session.query(User) if u.name.startswith("reviewer")]
    assert len(reviewers) == 3
    assert not [name for name in reviewers if name in first]


def test_decision_settles_the_case_and_is_printed(
    app: Flask, scene: Scene, client_as: ClientAs
) -> None:
    members, cases = scene
    client, url = client_as(members["city"]), f"/adjudication/{cases[0]}"
    page = own_mark(client, cases[0])
    full = dict.fromkeys(boxes(page).values(), "")
    for criterion, name in zip(get_rubric(world.CIVIL_RUBRIC).criteria, full, strict=True):
        full[name] = points(criterion.points)
    full["mark0"] = "０"  # agreement, 4 points: 96 of 100
    assert client.post(url, data=FORM | full).location == f"{url}/record"
    with app.app_context():
        result = db.session.query(Result).one()
        assert (result.total, result.reason) == (Decimal(96), REASON)
    record = client.get(f"{url}/record").text
    for shown in ("合议记录", "96.0", REASON, "甲ZX", "庭审表现应再扣分", "同意 2 人，不同意 1 人"):
        assert shown in record
    listing = client.get("/adjudication/").text
    assert "有 2 件案件" in listing
    assert f"{url}/record" in listing
    assert client.post(url, data=FORM | full).location == "/adjudication/"
    assert "不在合议阶段" in client.get("/adjudication/").text
    with app.app_context():
        assert db.session.query(Result).count() == 1


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"reason": "太短"}, "至少 10 个字"),
        ({"reason": " " * 30}, "请写明合议理由"),
        ({"name2": ""}, "至少要有 3 名成员"),
        ({"vote1": "against", "dissent1": "不行"}, "没有过半数"),
        ({"dissent2": ""}, "请写明不同意的成员的意见"),
        ({"mark0": "五"}, "有指标没有合议得分"),
    ],
)
def test_faulty_decision_keeps_the_form(
    app: Flask, scene: Scene, client_as: ClientAs, change: dict[str, str], words: str
) -> None:
    members, cases = scene
    client = client_as(members["city"])
    names = boxes(own_mark(client, cases[0])).values()
    full = dict.fromkeys(names, "1")
    answer = client.post(f"/adjudication/{cases[0]}", data=FORM | full | change)
    assert answer.status_code == 422
    assert words in answer.text
    assert 'value="甲ZX"' in answer.text
    with app.app_context():
        assert db.session.query(Result).count() == 0


def test_pages_take_a_fixed_number_of_statements(
    app: Flask, scene: Scene, client_as: ClientAs
) -> None:
    members, cases = scene
    client = client_as(members["city"])
    own_mark(client, cases[0])
    with counted(app) as listing:
        client.get("/adjudication/")
    with counted(app) as showing:
        client.get(f"/adjudication/{cases[0]}")
    assert (len(listing), len(showing)) == (5, 5)


def test_address_beyond_every_number_is_not_found(scene: Scene, client_as: ClientAs) -> None:
    client = client_as(scene[0]["city"])
    for number in ("0", "2147483647", "99999999999999999999"):
        assert client.get(f"/adjudication/{number}").status_code == 404
    assert client.get("/adjudication/?page=99999999999999999999").status_code == 200
