"""A change of a score sheet counts once, however often it comes, and never silently over another.

``SCORING_TRIALS`` asks for more trials than a quick run has patience for.
"""

import os
from concurrent.futures import ThreadPoolExecutor
from decimal import Decimal
from threading import Barrier
from typing import Any

import pytest
from flask import Flask
from werkzeug.test import TestResponse

from review.domain.reviewing import declare_no_conflict
from review.enums import Role
from review.extensions import db
from review.models.assignment import Assignment
from review.models.audit import AuditEvent
from review.models.reviewing import Mark, Review, ReviewChange
from review.permissions import Actor
from rubrics.registry import get_rubric
from tests import world
from tests.conftest import signed_in_client

TRIALS = int(os.environ.get("SCORING_TRIALS", "2"))
AT_ONCE = 20
CIVIL = get_rubric(world.CIVIL_RUBRIC)


class Desks:
    """One reviewer with a begun review for each trial."""

    def __init__(self, app: Flask, trials: int) -> None:
        self.app = app
        with app.app_context():
            world.regions()
            organiser, member = world.person(Role.ORGANISER, world.CITY), world.reviewer()
            at, by = world.agency(), world.handler()
            cases = [world.case(by, at) for _ in range(trials)]
            world.assigned_round(organiser, cases, [member], marks_per_case=1)
            db.session.commit()
            actor = Actor(member.user_id, "", member.id, member.role, member.region_code)
            tasks = db.session.query(Assignment).order_by(Assignment.id).all()
            self.urls = [f"/reviewing/{task.public_id}" for task in tasks]
            for task in tasks:
                declare_no_conflict(task, actor)
            self.member_id = member.id

    def post(self, url: str, data: dict[str, str]) -> TestResponse:
        return signed_in_client(self.app, self.member_id).post(url, data=data)

    def at_once(self, url: str, data: dict[str, str]) -> list[TestResponse]:
        clients = [signed_in_client(self.app, self.member_id) for _ in range(AT_ONCE)]
        start = Barrier(AT_ONCE)

        def send(client: Any) -> TestResponse:
            start.wait()
            answer: TestResponse = client.post(url, data=data)
            return answer

        with ThreadPoolExecutor(AT_ONCE) as pool:
            return list(pool.map(send, clients))

    def count(self, model: Any, **named: Any) -> int:
        with self.app.app_context():
            found: int = db.session.query(model).filter_by(**named).count()
            return found


def mark(points: str, version: int, key: str, **more: str) -> dict[str, str]:
    given = {"criterion": "agreement", "points": points, "version": str(version), "key": key}
    return given | more


def sheet(version: int, key: str, **more: str) -> dict[str, str]:
    form = {f"mark_{c.code}-points": str(c.points) for c in CIVIL.criteria}
    return form | {"version": str(version), "comment": "", "key": key, "action": "submit"} | more


def test_twenty_equal_saves_at_once_have_one_effect_and_equal_answers(any_app: Flask) -> None:
    desks = Desks(any_app, TRIALS)
    for n, url in enumerate(desks.urls):
        answers = desks.at_once(f"{url}/marks", mark("2", 0, f"save-key-{n}"))
        assert [answer.status_code for answer in answers] == [200] * AT_ONCE
        assert len({answer.data for answer in answers}) == 1
        assert answers[0].get_json()["version"] == 1
    assert desks.count(ReviewChange) == desks.count(AuditEvent, action="review.saved") == TRIALS
    with any_app.app_context():
        assert {review.version for review in db.session.query(Review)} == {1}


def test_twenty_equal_submissions_at_once_have_one_effect_and_equal_answers(
    any_app: Flask,
) -> None:
    desks = Desks(any_app, TRIALS)
    for n, url in enumerate(desks.urls):
        answers = desks.at_once(url, sheet(0, f"submit-key-{n}"))
        assert {(a.status_code, a.location) for a in answers} == {(302, answers[0].location)}
    assert desks.count(AuditEvent, action="review.submitted") == TRIALS
    assert desks.count(ReviewChange) == TRIALS


@pytest.mark.parametrize("action", ["marks", "sheet"])
def test_another_content_under_the_same_key_is_refused(app: Flask, action: str) -> None:
    desks = Desks(app, 1)
    (url,) = desks.urls
    if action == "marks":
        assert desks.post(f"{url}/marks", mark("2", 0, "the-key-1")).status_code == 200
        again = desks.post(f"{url}/marks", mark("3", 0, "the-key-1"))
        assert "同一编号" in again.get_json()["message"]
    else:
        assert desks.post(url, sheet(0, "the-key-1", action="save")).status_code == 302
        again = desks.post(url, sheet(0, "the-key-1", comment="另写", action="save"))
        assert "同一编号" in again.text
    assert again.status_code == 422
    assert desks.count(ReviewChange) == 1


def test_lost_answers_are_harmless(any_app: Flask) -> None:
    """Each change is sent twice, as after an answer lost on the way: one version for each."""
    desks, rounds = Desks(any_app, 1), 20 * TRIALS
    (url,) = desks.urls
    client = signed_in_client(any_app, desks.member_id)
    for n in range(rounds):
        data = mark(str(n % 4), n, f"change-{n:04}")
        first, second = (client.post(f"{url}/marks", data=data) for _ in range(2))
        assert first.status_code == 200
        assert first.data == second.data
    with any_app.app_context():
        changes = db.session.query(ReviewChange).order_by(ReviewChange.version)
        assert [change.version for change in changes] == list(range(1, rounds + 1))
        assert db.session.query(Mark).one().points == Decimal((rounds - 1) % 4)


def test_late_repetition_is_told_its_own_version_not_that_of_a_later_change(app: Flask) -> None:
    """Otherwise its page would take itself for up to date and write over the later change."""
    desks = Desks(app, 1)
    (url,) = desks.urls
    desks.post(f"{url}/marks", mark("2", 0, "first-page"))
    desks.post(f"{url}/marks", mark("3", 1, "other-page"))
    again = desks.post(f"{url}/marks", mark("2", 0, "first-page"))
    assert again.get_json()["version"] == 1
    with app.app_context():
        assert db.session.query(Mark).one().points == 3
    assert desks.post(f"{url}/marks", mark("1", 1, "next-change")).status_code == 409


BAD: dict[str, tuple[dict[str, str], int, str]] = {
    "stale version": (mark("2", 7, "key-of-change"), 409, "刚在别处更改过"),
    "version of no number": (mark("2", 0, "key-of-change") | {"version": "x"}, 422, ""),
    "version past any": (mark("2", 0, "key-of-change") | {"version": "9" * 30}, 422, ""),
    "unknown criterion": (mark("2", 0, "key-of-change", criterion="no_such"), 422, "没有这项指标"),
    "criterion of another rubric": (
        mark("2", 0, "key-of-change", criterion="file_analysis"),
        422,
        "没有这项指标",
    ),
    "foreign rubric version": (
        mark("2", 0, "key-of-change", rubric_key="civil-first/99"),
        409,
        "评估标准",
    ),
    "key of other signs": (mark("2", 0, "key of change!"), 422, ""),
    "key past its length": (mark("2", 0, "k" * 65), 422, ""),
    "points past the most": (mark("99", 0, "key-of-change"), 422, "应在 0 至 4 分之间"),
}


@pytest.mark.parametrize("case", BAD)
def test_bad_change_is_refused_in_words_and_changes_nothing(app: Flask, case: str) -> None:
    data, status, words = BAD[case]
    desks = Desks(app, 1)
    answer = desks.post(f"{desks.urls[0]}/marks", data)
    assert answer.status_code == status
    message = answer.get_json()["message"]
    assert message
    assert words in message
    assert desks.count(ReviewChange) == desks.count(Mark) == 0


def test_sheet_by_another_version_of_the_rubric_is_refused_and_kept_on_the_page(app: Flask) -> None:
    desks = Desks(app, 1)
    answer = desks.post(desks.urls[0], sheet(0, "submit-key", rubric_key="civil-first/99"))
    assert answer.status_code == 409
    assert "本页的评估标准已不是" in answer.text
    assert 'value="12"' in answer.text
    assert desks.count(ReviewChange) == 0


def test_every_version_can_be_told_from_the_changes(app: Flask) -> None:
    desks = Desks(app, 1)
    (url,) = desks.urls
    desks.post(f"{url}/marks", mark("2.5", 0, "change-one", reason="逾期"))
    desks.post(f"{url}/marks", {"comment": "总体好", "version": "1", "key": "change-two"})
    desks.post(url, sheet(2, "change-three", comment="总体好"))
    with app.app_context():
        changes = db.session.query(ReviewChange).order_by(ReviewChange.version).all()
        first, second, third = (change.content for change in changes)
        assert first["marks"]["agreement"] == {
            "points": "2.5",
            "not_applicable": False,
            "reason": "逾期",
            "answer": "",
            "found": False,
        }
        assert second == {"marks": {}, "comment": "总体好"}
        assert "comment" not in third
        assert set(third["marks"]) == {c.code for c in CIVIL.criteria}
        replayed: dict[str, Any] = {}
        for change in changes:
            replayed |= change.content["marks"]
        kept = {m.criterion_code: m.points for m in db.session.query(Mark)}
        assert {code: Decimal(m["points"]) for code, m in replayed.items()} == kept
