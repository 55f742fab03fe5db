from collections.abc import Callable
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient

from review.enums import AssignmentStatus, CaseKind, Role, RoundStatus
from review.extensions import db
from review.labels import today
from review.models.accounts import Membership, Region, User
from review.models.assignment import Assignment
from review.models.cases import Agency, Case
from review.models.handler import Handler, Provider
from review.models.reviewing import Mark, Review
from review.models.rounds import Round
from rubrics.registry import get_rubric
from tests import world
from tests.statements import counted

ClientAs = Callable[[int], FlaskClient]
CIVIL = get_rubric(world.CIVIL_RUBRIC)
LIST_STATEMENTS, DESK_STATEMENTS, SAVE_STATEMENTS = 8, 10, 12


class Scene:
    """Two cases of one round in marking: members, and the public ids of who marks the first."""

    def __init__(self) -> None:
        world.regions()
        self.organiser = world.person(Role.ORGANISER, world.CITY).id
        at = world.agency()
        cases = [world.case(world.handler(), at) for _ in range(2)]
        members = [world.reviewer() for _ in range(3)]
        organiser = db.session.get_one(Membership, self.organiser)
        self.round_id = world.assigned_round(organiser, cases, members).id
        first = world.sampled_cases(db.session.get_one(Round, self.round_id))[0]
        named = world.assignments(first)
        self.members = [member.id for member in members]
        self.public_ids = [assignment.public_id for assignment in named]
        self.aliases = [assignment.alias for assignment in named]
        db.session.commit()

    @property
    def url(self) -> str:
        return f"/reviewing/{self.public_ids[0]}"


@pytest.fixture
def scene(app: Flask) -> Scene:
    with app.app_context():
        return Scene()


@pytest.fixture
def reviewer(scene: Scene, client_as: ClientAs) -> FlaskClient:
    return client_as(scene.members[0])


@pytest.fixture
def desk(scene: Scene, reviewer: FlaskClient) -> FlaskClient:
    """The first marker, who has declared no conflict on the first case."""
    assert reviewer.post(f"{scene.url}/declaration").status_code == 302
    return reviewer


def sheet(version: int = 0, **changes: str) -> dict[str, str]:
    """The whole sheet at full points, as a browser sends it."""
    form = {f"mark_{c.code}-points": str(c.points) for c in CIVIL.criteria}
    return form | {"version": str(version), "comment": ""} | changes


def change(criterion: str, version: int, **values: str) -> dict[str, str]:
    return {"criterion": criterion, "version": str(version), **values}


def stored(app: Flask) -> dict[str, tuple[Decimal | None, bool, str]]:
    with app.app_context():
        marks = db.session.query(Mark)
        return {m.criterion_code: (m.points, m.not_applicable, m.reason) for m in marks}


# ---- the list -----------------------------------------------------------------------------


def test_list_shows_own_open_work_and_the_next_case(scene: Scene, reviewer: FlaskClient) -> None:
    page = reviewer.get("/reviewing/").text
    # The first reviewer marks the first case, and is in reserve for the second.
    assert "已提交 0 / 1 件" in page
    assert f"评估下一件 {scene.aliases[0]}" in page
    assert "待评" in page


def test_list_never_shows_a_reserve(app: Flask, scene: Scene, client_as: ClientAs) -> None:
    with app.app_context():
        reserves = db.session.query(Assignment).filter_by(status=AssignmentStatus.RESERVE)
        named = {r.reviewer_id: (r.alias, r.public_id) for r in reserves}
        members = {m.user_id: m.id for m in db.session.query(Membership)}
    assert len(named) == 2
    for user_id, (alias, public_id) in named.items():
        client = client_as(members[user_id])
        assert alias not in client.get("/reviewing/").text
        for path in (f"/reviewing/{public_id}", f"/reviewing/{public_id}/"):
            assert client.get(path).status_code == 404
        for action in ("", "/declaration", "/marks"):
            answer = client.post(f"/reviewing/{public_id}{action}", data=sheet())
            assert answer.status_code == 404


def test_list_says_what_to_do_when_there_is_nothing(app: Flask, client_as: ClientAs) -> None:
    with app.app_context():
        world.regions()
        member = world.reviewer().id
        db.session.commit()
    client = client_as(member)
    assert "现在没有分配给您的案件" in client.get("/reviewing/").text
    assert "您还没有已结束的评估" in client.get("/reviewing/history").text


def test_published_round_moves_to_the_history(
    app: Flask, scene: Scene, reviewer: FlaskClient
) -> None:
    with app.app_context():
        first = db.session.query(Assignment).filter_by(public_id=scene.public_ids[0]).one()
        world.submitted_review(first, 87)
        db.session.get_one(Round, scene.round_id).status = RoundStatus.PUBLISHED
        db.session.commit()
    assert scene.aliases[0] not in reviewer.get("/reviewing/").text
    page = reviewer.get("/reviewing/history").text
    assert scene.aliases[0] in page
    assert "87.0" in page


@pytest.mark.parametrize("cases", [2, 60])
def test_list_takes_a_fixed_number_of_statements(
    app: Flask, client_as: ClientAs, cases: int
) -> None:
    with app.app_context():
        world.regions()
        organiser, at, by = (
            world.person(Role.ORGANISER, world.CITY),
            world.agency(),
            world.handler(),
        )
        member = world.reviewer()
        made = [world.case(by, at) for _ in range(cases)]
        world.assigned_round(organiser, made, [member], marks_per_case=1)
        db.session.commit()
        member_id = member.id
    client = client_as(member_id)
    client.get("/reviewing/")  # the digest key is read once for all
    with counted(app) as statements:
        page = client.get("/reviewing/")
    assert len(statements) == 3 <= LIST_STATEMENTS
    assert page.text.count('<th scope="row"') == min(cases, 50)


def test_address_of_a_page_far_away_is_an_empty_page(reviewer: FlaskClient) -> None:
    for page in ("0", "-1", "99999999999999999999", "x"):
        assert reviewer.get(f"/reviewing/?page={page}").status_code == 200
        assert reviewer.get(f"/reviewing/history?page={page}").status_code == 200


# ---- who may open -------------------------------------------------------------------------


def test_another_reviewer_and_other_roles_find_nothing(
    app: Flask, scene: Scene, client_as: ClientAs, desk: FlaskClient
) -> None:
    for member in (scene.members[1], scene.members[2], scene.organiser):
        client = client_as(member)
        assert client.get(scene.url).status_code == 404
        for action in ("", "/declaration", "/marks"):
            assert client.post(f"{scene.url}{action}", data=sheet()).status_code == 404
    assert stored(app) == {}
    assert app.test_client().get(scene.url).status_code == 302


def test_first_opening_asks_for_the_declaration(
    app: Flask, scene: Scene, reviewer: FlaskClient
) -> None:
    page = reviewer.get(scene.url).text
    assert "以上属实，开始评估" in page
    assert "mark_agreement-points" not in page
    with app.app_context():
        assert db.session.query(Review).count() == 0  # opening alone writes nothing


# ---- what a reviewer sees -----------------------------------------------------------------


def test_desk_shows_facts_and_rubric(scene: Scene, desk: FlaskClient) -> None:
    page = desk.get(scene.url).text
    for shown in ("离婚纠纷", "民事一审", "2 天", "89 天", "60 页", "示例（非官方标准）"):
        assert shown in page  # accepted 1 December, assigned on the 3rd, closed on 1 March
    assert page.count("<fieldset") == len(CIVIL.criteria)


def test_no_reviewers_page_tells_who_where_or_which_case(
    app: Flask, scene: Scene, desk: FlaskClient
) -> None:
    planted = _planted(app)
    desk.post(f"{scene.url}/marks", data=change("agreement", 0, points="1"))
    bodies = [desk.get(path).text for path in ("/reviewing/", "/reviewing/history", scene.url)]
    bodies.append(desk.post(f"{scene.url}/marks", data=change("agreement", 0, points="2")).text)
    bodies.append(desk.post(scene.url, data=sheet(action="submit", version=0)).text)
    desk.post(scene.url, data=sheet(1, action="submit"))
    bodies.append(desk.get(scene.url).text)
    assert "我的评分" in bodies[-1]
    assert len(planted) > 10
    for body in bodies:
        assert [secret for secret in planted if secret in body] == []


def _planted(app: Flask) -> set[str]:
    """Every name, number, place and day of the cases, and everybody else on the platform."""
    with app.app_context():
        session = db.session
        planted = {r.name for r in session.query(Region) if r.code != world.PROVINCE}
        planted |= {r.code for r in session.query(Region)}
        planted |= {h.name for h in session.query(Handler)} | {
            p.name for p in session.query(Provider)
        }
        planted |= {h.licence_number or "" for h in session.query(Handler)}
        planted |= {a.name for a in session.query(Agency)}
        planted |= {c.case_number for c in session.query(Case)}
        planted |= {c.closed_on.isoformat() for c in session.query(Case)}
        reserve = session.query(Assignment).filter(Assignment.ordinal > 1)
        planted |= {a.alias for a in reserve} | {a.public_id for a in reserve}
        others = session.query(User).order_by(User.id).all()
        first = session.query(Assignment).order_by(Assignment.id).first()
        assert first is not None
        planted |= {u.name for u in others if u.id != first.reviewer_id}
    return planted


# ---- saving in the background -------------------------------------------------------------


def test_autosave_answers_version_time_left_and_points(
    app: Flask, scene: Scene, desk: FlaskClient
) -> None:
    answer = desk.post(
        f"{scene.url}/marks", data=change("agreement", 0, points="2.5", reason="逾期")
    )
    assert answer.status_code == 200
    saved = answer.get_json()
    assert (saved["version"], saved["left"]) == (1, 16)
    assert saved["sections"]["engagement"] == "2.5"
    assert len(saved["saved_at"]) == len("10:32")
    assert stored(app) == {"agreement": (Decimal("2.5"), False, "逾期")}


def test_autosave_takes_few_statements(app: Flask, scene: Scene, desk: FlaskClient) -> None:
    with counted(app) as statements:
        desk.post(f"{scene.url}/marks", data=change("agreement", 0, points="2.5"))
    assert len(statements) == 11 <= SAVE_STATEMENTS  # two of them for the log's chain
    desk.get(scene.url)  # the digest key is read once for all
    with counted(app) as statements:
        desk.get(scene.url)
    assert len(statements) == 5 <= DESK_STATEMENTS  # who, sheet, marks, dossier, extension


def test_autosave_keeps_the_comment(app: Flask, scene: Scene, desk: FlaskClient) -> None:
    desk.post(f"{scene.url}/marks", data=change("", 0, comment="办案认真\r\n文书规范"))
    with app.app_context():
        assert db.session.query(Review).one().comment == "办案认真\n文书规范"


def test_autosave_from_a_stale_page_gets_what_is_stored(
    app: Flask, scene: Scene, desk: FlaskClient
) -> None:
    url = f"{scene.url}/marks"
    desk.post(url, data=change("agreement", 0, points="2.5", reason="逾期"))
    answer = desk.post(url, data=change("agreement", 0, points="4"))
    assert answer.status_code == 409
    refused = answer.get_json()
    assert refused["version"] == 1
    assert refused["marks"] == {
        "agreement": {
            "points": "2.5",
            "not_applicable": False,
            "reason": "逾期",
            "answer": "",
            "found": False,
        }
    }
    assert "已保存" in refused["message"]
    assert stored(app)["agreement"][0] == Decimal("2.5")


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (change("agreement", 0, points="5"), "应在 0 至 4 分之间"),
        (change("agreement", 0, points="2.3"), "请按 0.5 分一档给分"),
        (change("agreement", 0, points="两分"), "请填写数字"),
        (change("agreement", 0, not_applicable="y"), "不能选不适用"),
        (change("nonsense", 0, points="2"), "没有这项指标"),
        (change("agreement", 0, points="2", reason="长" * 1001), "1000"),
        ({"criterion": "agreement", "points": "2"}, ""),
        ({"criterion": "agreement", "points": "2", "version": "x"}, ""),
    ],
)
def test_autosave_refused_names_why(
    app: Flask, scene: Scene, desk: FlaskClient, data: dict[str, str], words: str
) -> None:
    answer = desk.post(f"{scene.url}/marks", data=data)
    assert answer.status_code == 422
    assert words in answer.get_json()["message"]
    assert stored(app) == {}


def test_autosave_after_submission_says_that_it_is_closed(scene: Scene, desk: FlaskClient) -> None:
    desk.post(scene.url, data=sheet(action="submit"))
    answer = desk.post(f"{scene.url}/marks", data=change("agreement", 1, points="1"))
    assert answer.status_code == 409
    assert answer.get_json() == {"message": "此评分表已提交，不能再修改。", "closed": True}


# ---- without a script ---------------------------------------------------------------------


def test_draft_saved_as_a_whole(app: Flask, scene: Scene, desk: FlaskClient) -> None:
    form = sheet(action="save", comment="总体好")
    form["mark_agreement-points"] = ""
    assert desk.post(scene.url, data=form).status_code == 302
    assert len(stored(app)) == len(CIVIL.criteria) - 1
    page = desk.get(scene.url).text
    assert "还有 1 项未完成" in page
    assert "总体好" in page


def test_submission_shows_the_total_and_closes_the_sheet(scene: Scene, desk: FlaskClient) -> None:
    form = sheet(action="submit") | {
        "mark_argument-points": "7.5",
        "mark_argument-reason": "引法有误",
    }
    assert desk.post(scene.url, data=form).location == f"{scene.url}/receipt"
    page = desk.get(scene.url).text
    assert "总分 95.5" in page
    assert "<fieldset" not in page
    again = desk.post(scene.url, data=sheet(1, action="submit"))
    assert (again.status_code, again.location) == (302, scene.url)


def test_refused_submission_keeps_what_was_typed(
    app: Flask, scene: Scene, desk: FlaskClient
) -> None:
    form = sheet(action="submit", comment="写到一半") | {
        "mark_agreement-points": "3",
        "mark_authority-points": "9",
        "mark_pleading-points": "很好",
        "mark_argument-points": "7",
        "mark_argument-reason": "引法<有误>",
    }
    answer = desk.post(scene.url, data=form)
    assert answer.status_code == 422
    for kept in ('value="3"', 'value="9"', 'value="很好"', "引法&lt;有误&gt;", "写到一半"):
        assert kept in answer.text
    assert "应在 0 至 4 分之间" in answer.text
    assert stored(app) == {}
    better = form | {"mark_authority-points": "4", "mark_pleading-points": "8"}
    answer = desk.post(scene.url, data=better)
    assert answer.status_code == 422  # now only the reason of 3 of 4 is missing
    assert 'href="#agreement"' in answer.text
    assert answer.text.count("有扣分，请写明理由。") == 2  # in the summary and at its place


def test_stale_sheet_shows_both_values(app: Flask, scene: Scene, desk: FlaskClient) -> None:
    desk.post(f"{scene.url}/marks", data=change("agreement", 0, points="1", reason="另一页写的"))
    answer = desk.post(scene.url, data=sheet(0, action="submit"))
    assert answer.status_code == 409
    assert "已保存的值：1，另一页写的" in answer.text
    assert 'name="version" value="1"' in answer.text
    assert stored(app)["agreement"][0] == 1
    assert desk.post(scene.url, data=sheet(1, action="submit")).status_code == 302
    assert stored(app)["agreement"][0] == 4


def test_late_submission_is_refused_with_the_sheet_kept(
    app: Flask, scene: Scene, desk: FlaskClient
) -> None:
    with app.app_context():
        yesterday = today() - timedelta(days=1)
        db.session.get_one(Round, scene.round_id).marking_due_on = yesterday
        for assignment in db.session.query(Assignment):
            assignment.due_on = yesterday
        db.session.commit()
    answer = desk.post(scene.url, data=sheet(action="submit", comment="迟了"))
    assert answer.status_code == 409
    assert "已过截止时间，未提交" in answer.text
    assert "迟了" in answer.text
    assert desk.post(scene.url, data=sheet(action="save", comment="迟了")).status_code == 302
    with app.app_context():
        assert db.session.query(Review).one().comment == "迟了"


def test_sheet_of_a_closed_round_says_so(app: Flask, scene: Scene, desk: FlaskClient) -> None:
    with app.app_context():
        db.session.get_one(Round, scene.round_id).status = RoundStatus.PUBLISHED
        db.session.commit()
    assert "这份草稿没有提交" in desk.get(scene.url).text
    answer = desk.post(scene.url, data=sheet(action="submit"))
    assert answer.status_code == 409
    assert "已不在评分阶段" in answer.text


def test_criminal_case_gets_the_criminal_rubric(app: Flask, client_as: ClientAs) -> None:
    with app.app_context():
        world.regions()
        organiser = world.person(Role.ORGANISER, world.CITY)
        case = world.case(world.handler(), world.agency(), kind=CaseKind.CRIMINAL_TRIAL)
        member = world.reviewer()
        round_ = world.assigned_round(organiser, [case], [member], marks_per_case=1)
        public_id = world.assignments(world.sampled_cases(round_)[0])[0].public_id
        db.session.commit()
        member_id = member.id
    client = client_as(member_id)
    client.post(f"/reviewing/{public_id}/declaration")
    page = client.get(f"/reviewing/{public_id}").text
    assert "阅卷笔录有分析、指出疑点" in page
    assert page.count("<fieldset") == 15


def test_unknown_address_is_not_found(reviewer: FlaskClient) -> None:
    paths: list[Any] = ["/reviewing/nonsense", "/reviewing/1"]
    for path in paths:
        assert reviewer.get(path).status_code == 404
