"""A receipt is the digest of a file that anybody can compute again, and of nothing else."""

import random
from decimal import Decimal
from hashlib import sha256

import pytest
from flask import Flask

from review.domain.receipts import agrees, receipt_text
from review.domain.returning import return_review
from review.domain.reviewing import declare_no_conflict, submit_review
from review.enums import Role
from review.extensions import db
from review.models.assignment import Assignment
from review.models.reviewing import Receipt, Review
from review.permissions import Actor
from review.queries.receipts import latest_receipt
from rubrics.model import GivenMark
from rubrics.registry import get_rubric
from tests import world

CIVIL = get_rubric(world.CIVIL_RUBRIC)
FULL = {c.code: GivenMark(c.points) for c in CIVIL.criteria}
ALTERATIONS = 1000


@pytest.fixture
def submitted(app: Flask) -> tuple[int, Actor]:
    """A submitted review with one deduction; its assignment and its organiser."""
    with app.app_context():
        organiser, member, _round, task = world.one_task()
        by = world.actor(member)
        declare_no_conflict(task, by)
        sheet = FULL | {"agreement": GivenMark(Decimal("2.5"), reason="逾期")}
        submit_review(task, sheet, "总体好", version=0, by=by)
        return task.id, world.actor(organiser)


def held() -> tuple[Review, Receipt, str]:
    review = db.session.query(Review).one()
    receipt = latest_receipt(review)
    assert receipt is not None
    return review, receipt, db.session.query(Assignment).one().alias


def test_receipt_is_the_digest_of_its_file(app: Flask, submitted: tuple[int, Actor]) -> None:
    with app.app_context():
        review, receipt, alias = held()
        text = receipt_text(review, alias, receipt.salt)
        assert sha256(text.encode()).hexdigest() == receipt.digest
        assert agrees(receipt, review, alias)
        assert 'agreement: {"answer": "", "found": false, "not_applicable": false' in text
        assert 'total: "98.5"' in text  # 100 less 1.5 of the 4 for the agreement


def test_every_altered_score_is_seen(app: Flask, submitted: tuple[int, Actor]) -> None:
    chance = random.Random(3)  # noqa: S311  (a repeatable test)
    with app.app_context():
        review, receipt, alias = held()
        for _ in range(ALTERATIONS):
            mark = chance.choice(review.marks)
            was = mark.points
            assert was is not None
            mark.points = was + Decimal(chance.choice((-2, -1, 1, 2))) / 2
            assert not agrees(receipt, review, alias)
            mark.points = was
        assert agrees(receipt, review, alias)


@pytest.mark.parametrize(
    ("name", "value"),
    [("comment", "改"), ("total", Decimal("98.6")), ("overall", "good"), ("failed_by", ["x"])],
)
def test_every_altered_part_is_seen(
    app: Flask, submitted: tuple[int, Actor], name: str, value: object
) -> None:
    with app.app_context():
        review, receipt, alias = held()
        setattr(review, name, value)
        assert not agrees(receipt, review, alias)


def test_receipts_of_equal_forms_are_not_equal(app: Flask, submitted: tuple[int, Actor]) -> None:
    """Otherwise a list of digests would tell who gave the same marks."""
    with app.app_context():
        review, receipt, alias = held()
        other = receipt_text(review, alias, "another-salt-of-22-cha")
        assert sha256(other.encode()).hexdigest() != receipt.digest


def test_second_submission_has_a_receipt_of_its_own_and_the_first_stays(
    app: Flask, submitted: tuple[int, Actor]
) -> None:
    task_id, organiser = submitted
    with app.app_context():
        first = held()[1].digest
        task = db.session.get_one(Assignment, task_id)
        return_review(task, "扣分理由与所扣分数不符，请核对。", organiser)
        by = Actor(task.reviewer_id, "", 0, Role.REVIEWER, world.OTHER_COUNTY)
        submit_review(task, FULL, "总体好", version=2, by=by)
        review, receipt, alias = held()
        assert receipt.version == 3  # submitted, returned, submitted
        assert agrees(receipt, review, alias)
        assert {first, receipt.digest} == {r.digest for r in db.session.query(Receipt)}
