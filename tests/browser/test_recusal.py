"""From the assignment over a recusal to the replacement, each person in a browser of their own."""

import pytest
from flask import Flask
from playwright.sync_api import expect

from review.enums import AssignmentStatus, Role
from review.extensions import db
from review.models.accounts import Membership
from review.models.assignment import Assignment
from review.models.recusal import Recusal
from tests import world
from tests.browser.conftest import PHONE, Visit, serving
from tests.browser.round_steps import assign


@pytest.fixture(autouse=True)
def guarded(app: Flask) -> None:
    app.config["WTF_CSRF_ENABLED"] = True


def token_of(app: Flask, membership_id: int) -> str:
    with app.app_context():
        token = world.session_token(db.session.get_one(Membership, membership_id))
        db.session.commit()
        return token


def scene(app: Flask) -> tuple[int, list[str]]:
    """An organiser with a drawn round of four cases, and the names of six reviewers."""
    with app.app_context():
        world.regions()
        member = world.person(Role.ORGANISER, world.CITY)
        by, at = world.handler(), world.agency()
        world.drawn_round(member, [world.case(by, at) for _ in range(4)])
        names = [world.reviewer().user.name for _ in range(6)]
        db.session.commit()
        return member.id, names


def first_task(app: Flask) -> tuple[int, str]:
    """A reviewer's membership and the address of an own task."""
    with app.app_context():
        task = db.session.query(Assignment).filter_by(status=AssignmentStatus.OPEN).first()
        assert task is not None
        member = db.session.query(Membership).filter_by(
            user_id=task.reviewer_id, role=Role.REVIEWER
        )
        return member.one().id, f"/reviewing/{task.public_id}"


def successor_of(app: Flask) -> tuple[int, str, str]:
    with app.app_context():
        recusal = db.session.query(Recusal).one()
        task = db.session.get_one(Assignment, recusal.replacement_id)
        member = db.session.query(Membership).filter_by(user_id=task.reviewer_id).one()
        return member.id, f"/reviewing/{task.public_id}", task.alias


def test_assignment_recusal_and_replacement(app: Flask, visit: Visit) -> None:
    organiser, names = scene(app)
    with serving(app) as origin:
        page = visit(origin, app, token_of(app, organiser)).open("/rounds/1")
        assign(page, *names)
        reviewer, path = first_task(app)
        who = visit(origin, app, token_of(app, reviewer), viewport=PHONE)
        desk = who.open(path)
        expect(desk.get_by_role("heading", name="您需要回避这件案件吗？")).to_be_visible()
        boxes = [
            desk.get_by_role(role, name=name).bounding_box()  # type: ignore[arg-type]
            for role, name in (("button", "以上属实，开始评估"), ("link", "我要回避"))
        ]
        assert boxes[0] is not None
        assert boxes[1] is not None
        assert abs(boxes[0]["width"] - boxes[1]["width"]) < 2
        assert abs(boxes[0]["height"] - boxes[1]["height"]) < 2
        desk.get_by_role("link", name="我要回避").click()
        desk.get_by_role("button", name="我与当事人或承办人员有亲属、利害关系").click()
        expect(desk.get_by_text("原因不会告知任何人。")).to_be_visible()
        desk.goto(origin + path)
        expect(desk.get_by_text("没有这个页面")).to_be_visible()
        who.expect_refusal()
        follower, task, alias = successor_of(app)
        next_desk = visit(origin, app, token_of(app, follower)).open("/reviewing/")
        next_desk.get_by_role("link", name=alias, exact=True).click()
        next_desk.get_by_role("button", name="以上属实，开始评估").click()
        expect(next_desk.get_by_role("heading", name=f"评分：{alias}")).to_be_visible()
        page.goto(origin + "/notices")
        expect(page.get_by_text("已更换一名评估专家")).to_be_visible()
