from collections.abc import Callable
from datetime import timedelta

import pytest
from flask import Flask
from flask.testing import FlaskClient

from review.extensions import db
from review.labels import today
from review.models.assignment import Assignment
from review.models.reviewing import Extension
from review.models.rounds import Round
from rubrics.registry import get_rubric
from tests import world

ClientAs = Callable[[int], FlaskClient]
CIVIL = get_rubric(world.CIVIL_RUBRIC)


class Scene:
    """A reviewer whose task was due yesterday, with its review begun, and the organiser."""

    def __init__(self, app: Flask, client_as: ClientAs) -> None:
        with app.app_context():
            organiser, member, round_, task = world.one_task()
            ids, self.url = (member.id, organiser.id), f"/reviewing/{task.public_id}"
            self.round_url = f"/rounds/{round_.id}"
        self.reviewer, self.organiser = (client_as(one) for one in ids)
        self.reviewer.post(f"{self.url}/declaration")
        with app.app_context():
            yesterday = today() - timedelta(days=1)
            db.session.query(Round).one().marking_due_on = yesterday
            db.session.query(Assignment).one().due_on = yesterday
            db.session.commit()


@pytest.fixture
def scene(app: Flask, client_as: ClientAs) -> Scene:
    return Scene(app, client_as)


def sheet(version: int, action: str) -> dict[str, str]:
    form = {f"mark_{c.code}-points": str(c.points) for c in CIVIL.criteria}
    return form | {"version": str(version), "comment": "", "action": action}


def test_one_click_asks_and_one_grants(app: Flask, scene: Scene) -> None:
    page = scene.reviewer.get(scene.url).text
    assert "已过截止时间" in page
    assert "申请延期 7 天" in page
    assert scene.reviewer.post(f"{scene.url}/extension").location == scene.url
    assert "等待答复" in scene.reviewer.get(scene.url).text
    assert "申请延期" in scene.organiser.get("/notices").text
    assert "延期申请（1）" in scene.organiser.get(scene.round_url).text
    asked = scene.organiser.get(f"{scene.round_url}/extensions").text
    assert "同意" in asked
    with app.app_context():
        number = db.session.query(Extension).one().id
    answer = scene.organiser.post(
        f"{scene.round_url}/extensions/{number}", data={"decision": "grant"}
    )
    assert answer.location == f"{scene.round_url}/extensions"
    until = today() + timedelta(days=7)
    assert f"已同意，延至 {until}" in scene.organiser.get(f"{scene.round_url}/extensions").text
    assert f"请在 {until} 前提交" in scene.reviewer.get("/notices").text
    assert "已过截止时间" not in scene.reviewer.get(scene.url).text
    assert scene.reviewer.post(scene.url, data=sheet(0, "submit")).status_code == 302


def test_every_late_path_keeps_the_draft_and_counts_nothing(app: Flask, scene: Scene) -> None:
    one = {"criterion": "agreement", "points": "2.5", "version": "0"}
    saved = scene.reviewer.post(f"{scene.url}/marks", data=one)
    assert (saved.status_code, saved.get_json()["late"]) == (200, True)
    assert scene.reviewer.post(scene.url, data=sheet(1, "save")).status_code == 302
    refused = scene.reviewer.post(scene.url, data=sheet(2, "submit"))
    assert refused.status_code == 409
    assert "已过截止时间，未提交" in refused.text
    with app.app_context():
        assert db.session.query(Assignment).one().status == "draft"
    versions = scene.reviewer.get(f"{scene.url}/versions").text
    assert versions.count("已过截止，未计入") == 2


def test_refused_or_second_request_says_so(app: Flask, scene: Scene) -> None:
    for words in ("延期申请已发给评估组织者", "您已申请延期，请等待答复"):
        scene.reviewer.post(f"{scene.url}/extension")
        assert words in scene.reviewer.get(scene.url).text
    with app.app_context():
        number = db.session.query(Extension).one().id
    where = f"{scene.round_url}/extensions/{number}"
    for words in ("已拒绝延期", "没有改动"):
        scene.organiser.post(where, data={"decision": "refuse"})
        assert words in scene.organiser.get(f"{scene.round_url}/extensions").text
    assert "上次延期申请未获同意" in scene.reviewer.get(scene.url).text
