"""Receipts, versions, returns: what is left of a submission, and who may see it."""

from collections.abc import Callable
from hashlib import sha256

import pytest
from flask import Flask
from flask.testing import FlaskClient

from review.enums import RoundStatus
from review.extensions import db
from review.models.cases import Case
from review.models.reviewing import Receipt
from review.models.rounds import Round
from rubrics.registry import get_rubric
from tests import world

ClientAs = Callable[[int], FlaskClient]
CIVIL = get_rubric(world.CIVIL_RUBRIC)
REASON = "扣分理由与所扣分数不符，请核对。"


class Scene:
    """One submitted review with one deduction."""

    def __init__(self, app: Flask, client_as: ClientAs) -> None:
        with app.app_context():
            organiser, member, round_, task = world.one_task()
            case = db.session.query(Case).one()
            ids, self.public_id = (member.id, organiser.id), task.public_id
            self.number, self.alias = case.case_number, task.alias
            self.url, self.round_url = f"/reviewing/{task.public_id}", f"/rounds/{round_.id}"
        self.reviewer, self.organiser = (client_as(one) for one in ids)
        self.reviewer.post(f"{self.url}/declaration")
        less = {"mark_agreement-points": "2.5", "mark_agreement-reason": "逾期签订"}
        self.reviewer.post(self.url, data=sheet(0) | less)


def sheet(version: int) -> dict[str, str]:
    form = {f"mark_{c.code}-points": str(c.points) for c in CIVIL.criteria}
    return form | {"version": str(version), "comment": "总体好", "action": "submit"}


@pytest.fixture
def scene(app: Flask, client_as: ClientAs) -> Scene:
    return Scene(app, client_as)


def publish(app: Flask) -> None:
    with app.app_context():
        db.session.query(Round).one().status = RoundStatus.PUBLISHED
        db.session.commit()


def test_receipt_file_has_the_digest_that_the_round_publishes(app: Flask, scene: Scene) -> None:
    page = scene.reviewer.get(f"{scene.url}/receipt").text
    assert "与现在存储的评分一致" in page
    file = scene.reviewer.get(f"{scene.url}/receipt.txt")
    assert file.headers["Content-Disposition"] == f"attachment; filename=receipt-{scene.alias}.txt"
    digest = sha256(file.data).hexdigest()
    with app.app_context():
        assert db.session.query(Receipt).one().digest == digest
    for client, where in (
        (scene.reviewer, f"{scene.url}/receipts"),
        (scene.organiser, f"{scene.round_url}/receipts"),
    ):
        assert digest not in client.get(where).text  # it would tell that somebody has submitted
    publish(app)
    for client, where in (
        (scene.reviewer, f"{scene.url}/receipts"),
        (scene.organiser, f"{scene.round_url}/receipts"),
    ):
        assert digest in client.get(where).text


def test_receipt_of_an_unsubmitted_review_is_not_there(scene: Scene) -> None:
    scene.organiser.post(f"/reviews/{scene.public_id}/return", data={"reason": REASON})
    for page in ("receipt", "receipt.txt"):
        assert scene.reviewer.get(f"{scene.url}/{page}").status_code == 404


def test_organiser_returns_a_review_and_the_reviewer_reads_why(scene: Scene) -> None:
    assert scene.number in scene.organiser.get(f"{scene.round_url}/reviews").text
    page = scene.organiser.get(f"/reviews/{scene.public_id}").text
    assert "逾期签订" in page
    where = f"/reviews/{scene.public_id}/return"
    refused = scene.organiser.post(where, data={"reason": "太短"})
    assert refused.status_code == 422
    assert "至少 10 个字" in refused.text
    assert scene.organiser.post(where, data={"reason": REASON}).status_code == 302
    again = scene.organiser.post(where, data={"reason": REASON})
    assert again.status_code == 409
    assert "没有退回：评分表已被退回" in again.text
    desk = scene.reviewer.get(scene.url).text
    assert REASON in desk
    assert 'value="2.5"' in desk
    assert "评分表被退回" in scene.reviewer.get("/notices").text
    scene.reviewer.post(scene.url, data=sheet(2))
    assert "总分 100.0" in scene.reviewer.get(scene.url).text


def test_reviewer_sees_each_version_with_before_and_after(scene: Scene) -> None:
    scene.organiser.post(f"/reviews/{scene.public_id}/return", data={"reason": REASON})
    scene.reviewer.post(scene.url, data=sheet(2))
    page = scene.reviewer.get(f"{scene.url}/versions").text
    assert "<del>2.5 分，逾期签订</del> → 4 分" in page
    assert REASON in page
    assert page.index(">3</th>") < page.index(">2</th>") < page.index(">1</th>")
    assert page.count("总体意见") == 1  # it was written once and did not change


def test_nobody_else_sees_versions_or_receipt(
    app: Flask, scene: Scene, client_as: ClientAs
) -> None:
    with app.app_context():
        other = world.reviewer().id
        db.session.commit()
    stranger = client_as(other)
    for page in ("versions", "receipt", "receipt.txt", "receipts", "draft-file"):
        assert stranger.get(f"{scene.url}/{page}").status_code == 404
        assert scene.organiser.get(f"{scene.url}/{page}").status_code == 404
