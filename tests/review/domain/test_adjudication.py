from datetime import timedelta
from decimal import Decimal
from typing import Any

from flask import Flask

from review.domain.adjudication import THIRD_MARK_DAYS, advance
from review.enums import (
    AssignmentStatus,
    CallReason,
    Grade,
    Role,
    SampledCaseStatus,
    SettledBy,
)
from review.extensions import db
from review.labels import today
from review.models.accounts import Membership
from review.models.audit import AuditEvent
from review.models.results import Result
from review.models.rounds import Round
from review.models.sampling import SampledCase
from review.permissions import Actor
from tests import world

REASON = "两份评分对辩护意见看法不一，合议认为应取中间值。"


def actor(of: Membership) -> Actor:
    return Actor(of.user_id, "名", of.id, of.role, of.region_code)


def drawn(**changes: Any) -> tuple[Membership, SampledCase]:
    """One drawn civil case with its markers, in a round of the city; inside an app context."""
    world.regions()
    organiser = world.person(Role.ORGANISER, world.CITY)
    case = world.case(world.handler(), world.agency())
    reviewers = [world.reviewer() for _ in range(3)]
    round_ = world.assigned_round(organiser, [case], reviewers, **changes)
    return organiser, world.sampled_cases(round_)[0]


def submit(sampled: SampledCase, *totals: float) -> None:
    for assignment, total in zip(world.assignments(sampled), totals, strict=False):
        if assignment.status is not AssignmentStatus.SUBMITTED:
            world.submitted_review(assignment, Decimal(str(total)))


def step(sampled: SampledCase) -> Result | None:
    advance(sampled, db.session.get_one(Round, sampled.round_id))
    return db.session.query(Result).filter_by(sampled_case_id=sampled.id).one_or_none()


def test_one_of_two_marks_changes_nothing(app: Flask) -> None:
    with app.app_context():
        _, sampled = drawn()
        submit(sampled, 88)
        assert step(sampled) is None
        assert sampled.status is SampledCaseStatus.MARKING


def test_two_close_marks_settle_at_their_mean(app: Flask) -> None:
    with app.app_context():
        _, sampled = drawn()
        submit(sampled, 94, 85)
        result = step(sampled)
        assert result is not None
        assert (result.total, result.grade) == (Decimal("89.5"), Grade.GOOD)  # not rounded up to 90
        assert (result.settled_by, result.decided_by_id) == (SettledBy.MEAN, None)
        assert sampled.status is SampledCaseStatus.SETTLED


def test_two_marks_apart_call_the_reserve(app: Flask) -> None:
    with app.app_context():
        _, sampled = drawn(marking_due_on=today())
        third = world.assignments(sampled)[2]
        third.due_on = today()
        submit(sampled, 90, 70)
        assert step(sampled) is None
        assert sampled.status is SampledCaseStatus.THIRD_MARK
        assert third.status is AssignmentStatus.OPEN
        assert third.due_on == today() + timedelta(days=THIRD_MARK_DAYS)


def test_third_mark_settles_at_the_mean_of_the_closest_two(app: Flask) -> None:
    with app.app_context():
        _, sampled = drawn()
        submit(sampled, 90, 70)
        step(sampled)
        submit(sampled, 90, 70, 74)
        result = step(sampled)
        assert result is not None
        assert (result.total, result.settled_by) == (Decimal(72), SettledBy.CLOSEST_TWO)
        assert result.grade is Grade.PASS


def test_three_marks_apart_go_to_the_panel(app: Flask) -> None:
    with app.app_context():
        _, sampled = drawn()
        submit(sampled, 90, 70)
        step(sampled)
        submit(sampled, 90, 70, 50)
        assert step(sampled) is None
        assert sampled.status is SampledCaseStatus.PANEL


def test_without_a_reserve_two_marks_apart_wait_for_somebody(app: Flask) -> None:
    with app.app_context():
        _, sampled = drawn()
        db.session.delete(world.assignments(sampled)[2])
        submit(sampled, 90, 70)
        step(sampled)
        assert sampled.status is SampledCaseStatus.THIRD_MARK
        assert sampled.called_for is CallReason.DIFFERENCE


def test_fails_are_marked_again_where_the_round_says_so(app: Flask) -> None:
    with app.app_context():
        _, sampled = drawn(remarked_grades=["fail"])
        submit(sampled, 55, 51)
        assert step(sampled) is None
        assert sampled.called_for is CallReason.GRADE
        submit(sampled, 55, 51, 56)
        result = step(sampled)
        assert result is not None
        assert (result.total, result.settled_by) == (Decimal(54), SettledBy.MEAN)


def test_border_stays_open_after_its_third_mark(app: Flask) -> None:
    with app.app_context():
        _, sampled = drawn(border=Decimal(2))
        submit(sampled, 58, 62)
        step(sampled)
        submit(sampled, 58, 62, 60)
        assert step(sampled) is None
        assert sampled.status is SampledCaseStatus.THIRD_MARK
        assert sampled.called_for is CallReason.BORDER


def test_single_mark_settles_alone(app: Flask) -> None:
    with app.app_context():
        _, sampled = drawn(marks_per_case=1)
        submit(sampled, 59)
        result = step(sampled)
        assert result is not None
        assert (result.settled_by, result.grade) == (SettledBy.SINGLE_MARK, Grade.FAIL)


def test_advance_again_changes_nothing(app: Flask) -> None:
    with app.app_context():
        _, sampled = drawn()
        submit(sampled, 90, 70)
        step(sampled)
        before = db.session.query(AuditEvent).count()
        step(sampled)
        assert db.session.query(AuditEvent).count() == before
        submit(sampled, 90, 70, 72)
        first = step(sampled)
        assert step(sampled) is first
