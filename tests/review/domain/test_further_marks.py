from decimal import Decimal
from typing import Any

from flask import Flask

from review.domain.adjudication import advance
from review.domain.further_marks import call_waiting
from review.enums import AssignmentStatus, NoticeKind, Role, SampledCaseStatus, SettledBy
from review.extensions import db
from review.models.accounts import ReviewerProfile
from review.models.assignment import PanelMember
from review.models.audit import AuditEvent
from review.models.notices import Notice
from review.models.results import Result
from review.models.rounds import Round
from review.models.sampling import SampledCase
from tests import world


def scene(spare: int = 0, **changes: Any) -> tuple[Round, SampledCase, list[int]]:
    """One drawn case with three markers; ``spare`` members of the panel have nothing to do."""
    world.regions()
    organiser = world.person(Role.ORGANISER, world.CITY)
    case = world.case(world.handler(), world.agency())
    round_ = world.assigned_round(
        organiser, [case], [world.reviewer() for _ in range(3)], **changes
    )
    more = [world.reviewer().user_id for _ in range(spare)]
    db.session.add_all(PanelMember(round_id=round_.id, user_id=one) for one in more)
    return round_, world.sampled_cases(round_)[0], more


def submit(round_: Round, sampled: SampledCase, *totals: int) -> None:
    """Hand in these totals, in turn; after each the case moves on."""
    for assignment, total in zip(world.assignments(sampled), totals, strict=True):
        if assignment.status is not AssignmentStatus.SUBMITTED:
            world.submitted_review(assignment, total)
            advance(sampled, round_)
    db.session.commit()


def test_fourth_mark_goes_to_a_member_who_has_room(app: Flask) -> None:
    with app.app_context():
        round_, sampled, (free,) = scene(spare=1, border=Decimal(2))
        submit(round_, sampled, 58, 62, 60)
        assert call_waiting(round_) == 1
        fourth = world.assignments(sampled)[3]
        assert (fourth.reviewer_id, fourth.ordinal) == (free, 4)
        assert fourth.status is AssignmentStatus.OPEN
        notice = db.session.query(Notice).one()
        assert (notice.user_id, notice.kind) == (free, NoticeKind.TASK_ADDED)
        assert call_waiting(round_) == 0  # somebody is at work


def test_fourth_mark_can_settle_the_case(app: Flask) -> None:
    with app.app_context():
        round_, sampled, _ = scene(spare=1, border=Decimal(2))
        submit(round_, sampled, 58, 62, 60)
        call_waiting(round_)
        submit(round_, sampled, 58, 62, 60, 68)
        # All four lie within ten points: (58 + 62 + 60 + 68) / 4 = 62, two points off 60.
        result = db.session.query(Result).one()
        assert (result.total, result.settled_by) == (Decimal(62), SettledBy.MEAN)


def test_border_goes_to_the_panel_when_nobody_is_left(app: Flask) -> None:
    with app.app_context():
        round_, sampled, _ = scene(border=Decimal(2))
        submit(round_, sampled, 58, 62, 60)
        assert call_waiting(round_) == 0
        assert sampled.status is SampledCaseStatus.PANEL


def test_agreed_grade_counts_as_it_is_when_nobody_is_left(app: Flask) -> None:
    with app.app_context():
        round_, sampled, _ = scene(remarked_grades=["fail"], marks_per_case=3)
        submit(round_, sampled, 50, 52, 54)
        assert call_waiting(round_) == 0
        assert db.session.query(Result).one().total == 52
        events = db.session.query(AuditEvent.action).filter_by(object_type="sampled_case")
        assert "sampled_case.nobody_to_mark_again" in [action for (action,) in events]


def test_second_mark_of_a_case_that_wanted_one(app: Flask) -> None:
    with app.app_context():
        round_, sampled, more = scene(spare=2, remarked_grades=["fail"], marks_per_case=1)
        submit(round_, sampled, 50)
        assert call_waiting(round_) == 1
        # Of the five members the marker is out; the other four have nothing to do.
        assert (
            world.assignments(sampled)[1].reviewer_id != world.assignments(sampled)[0].reviewer_id
        )


def test_whoever_stepped_back_is_not_asked_again(app: Flask) -> None:
    with app.app_context():
        round_, sampled, _ = scene()
        third = world.assignments(sampled)[2]
        third.status = AssignmentStatus.LAPSED
        for assignment, total in zip(world.assignments(sampled)[:2], (90, 70), strict=True):
            world.submitted_review(assignment, total)
        advance(sampled, round_)
        db.session.commit()
        assert call_waiting(round_) == 0
        assert sampled.status is SampledCaseStatus.PANEL


def test_whoever_has_no_room_is_not_asked(app: Flask) -> None:
    with app.app_context():
        round_, sampled, (free,) = scene(spare=1, border=Decimal(2))
        db.session.query(ReviewerProfile).filter_by(user_id=free).update({"most_cases": 0})
        submit(round_, sampled, 58, 62, 60)
        assert call_waiting(round_) == 0
        assert sampled.status is SampledCaseStatus.PANEL
