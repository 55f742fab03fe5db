from collections.abc import Callable

import pytest
from flask import Flask
from flask.testing import FlaskClient

from review.domain.assignment import assign_reviewers
from review.domain.declarations import declare_tie
from review.enums import AssignmentStatus, DeclarationKind, Role
from review.extensions import db
from review.models.accounts import Membership
from review.models.assignment import Assignment
from review.models.cases import Case
from review.models.recusal import Recusal
from review.models.sampling import SampledCase
from review.permissions import Actor
from tests import world

ClientAs = Callable[[int], FlaskClient]


@pytest.fixture
def task(app: Flask) -> tuple[int, str, int]:
    """A reviewer's membership, the public id of an own task, and the organiser's membership."""
    with app.app_context():
        world.regions()
        member = world.person(Role.ORGANISER, world.CITY)
        actor = Actor(member.user_id, "o", member.id, Role.ORGANISER, world.CITY)
        by, at = world.handler(), world.agency()
        round_ = world.drawn_round(member, [world.case(by, at) for _ in range(4)])
        people = [world.reviewer() for _ in range(6)]
        assign_reviewers(round_, [one.user_id for one in people], actor)
        mine = db.session.query(Assignment).filter_by(
            reviewer_id=people[0].user_id, status=AssignmentStatus.OPEN
        )
        return people[0].id, mine.order_by(Assignment.id).first().public_id, member.id  # type: ignore[union-attr]


def test_two_ways_of_equal_size_before_the_dossier(
    client_as: ClientAs, task: tuple[int, str, int]
) -> None:
    page = client_as(task[0]).get(f"/reviewing/{task[1]}").text
    assert page.count("btn-lg") == 2
    assert "以上属实，开始评估" in page
    assert f"/reviewing/{task[1]}/recusal" in page


def test_one_click_with_a_reason_steps_back(
    app: Flask, client_as: ClientAs, task: tuple[int, str, int]
) -> None:
    client = client_as(task[0])
    assert client.get(f"/reviewing/{task[1]}/recusal").text.count('name="reason"') == 5
    answer = client.post(f"/reviewing/{task[1]}/recusal", data={"reason": "related"})
    assert answer.status_code == 302
    assert "原因不会告知任何人" in client.get("/reviewing/").text
    for path in ("", "/recusal"):
        assert client.get(f"/reviewing/{task[1]}{path}").status_code == 404
    assert client.post(f"/reviewing/{task[1]}/marks").status_code == 404
    inbox = client_as(task[2]).get("/notices").text
    assert "已更换一名评估专家" in inbox
    assert "亲属" not in inbox


@pytest.mark.parametrize("reason", ["", "by_rule", "because"])
def test_recusal_without_a_reason_of_the_list_changes_nothing(
    app: Flask, client_as: ClientAs, task: tuple[int, str, int], reason: str
) -> None:
    answer = client_as(task[0]).post(f"/reviewing/{task[1]}/recusal", data={"reason": reason})
    assert answer.status_code == 422
    assert "请点选一项回避原因" in answer.text
    with app.app_context():
        assert db.session.query(Recusal).count() == 0


def test_recusal_after_submission_says_why_not(
    app: Flask, client_as: ClientAs, task: tuple[int, str, int]
) -> None:
    with app.app_context():
        mine = db.session.query(Assignment).filter_by(public_id=task[1]).one()
        world.submitted_review(mine)
        db.session.commit()
    client = client_as(task[0])
    answer = client.post(f"/reviewing/{task[1]}/recusal", data={"reason": "other"})
    assert answer.status_code == 409
    assert "此评分表已提交，不能再回避" in answer.text
    assert 'name="reason"' not in answer.text


def test_declaring_no_conflict_against_the_registers_ends_the_task(
    app: Flask, client_as: ClientAs, task: tuple[int, str, int]
) -> None:
    with app.app_context():
        mine = db.session.query(Assignment).filter_by(public_id=task[1]).one()
        case_id = db.session.get_one(SampledCase, mine.sampled_case_id).case_id
        member = db.session.get_one(Membership, task[0])
        by = Actor(member.user_id, "r", member.id, Role.REVIEWER, member.region_code)
        number = db.session.get_one(Case, case_id).case_number
        declare_tie(DeclarationKind.CASE, number, by=by)
    client = client_as(task[0])
    assert client.post(f"/reviewing/{task[1]}/declaration").location == "/reviewing/"
    assert "系统核查发现您应当回避此案" in client.get("/reviewing/").text
    assert client.get(f"/reviewing/{task[1]}").status_code == 404


def test_inbox_counts_until_it_is_read(client_as: ClientAs, task: tuple[int, str, int]) -> None:
    client = client_as(task[0])
    page = client.get("/notices").text
    assert 'class="unread-count">1<' in page
    assert "分给您" in page
    assert client.post("/notices/read").status_code == 302
    assert "unread-count" not in client.get("/notices").text
