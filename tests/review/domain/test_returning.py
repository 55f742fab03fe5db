from decimal import Decimal

import pytest
from flask import Flask

from review.domain.adjudication import pass_to_panel
from review.domain.panel_decisions import Decision, Member, decide, give_own_mark
from review.domain.returning import return_review
from review.domain.reviewing import declare_no_conflict, submit_review
from review.enums import AssignmentStatus, NoticeKind, Role, RoundStatus, SampledCaseStatus
from review.errors import ReasonNeededError, WrongStatusError
from review.extensions import db
from review.models.assignment import Assignment
from review.models.audit import AuditEvent
from review.models.notices import Notice
from review.models.results import Result
from review.models.reviewing import Review, ReviewChange
from review.models.rounds import Round
from review.models.sampling import SampledCase
from review.permissions import Actor
from rubrics.model import GivenMark
from rubrics.registry import get_rubric
from tests import world

CIVIL = get_rubric(world.CIVIL_RUBRIC)
FULL = {c.code: GivenMark(c.points) for c in CIVIL.criteria}
REASON = "扣分理由与所扣分数不符，请核对。"
LOW = {c.code: GivenMark(c.points / 2 // 1, reason="少") for c in CIVIL.criteria}


class Scene:
    """One case with two markers, both submitted; who marked and who organises."""

    def __init__(self, second: dict[str, GivenMark]) -> None:
        world.regions()
        organiser = world.person(Role.ORGANISER, world.CITY)
        members = [world.reviewer() for _ in range(3)]
        case = world.case(world.handler(), world.agency())
        round_ = world.assigned_round(organiser, [case], members)
        named = world.assignments(world.sampled_cases(round_)[0])
        db.session.delete(named.pop())  # nobody is left to be called for a third mark
        db.session.commit()
        self.tasks, self.markers = [task.id for task in named], []
        for task, member, sheet in zip(named, members, (FULL, second), strict=False):
            by = Actor(member.user_id, "", member.id, member.role, member.region_code)
            self.markers.append(by)
            declare_no_conflict(task, by)
            submit_review(task, sheet, "", version=0, by=by)
        self.organiser = Actor(
            organiser.user_id, "", organiser.id, organiser.role, organiser.region_code
        )

    @property
    def first(self) -> Assignment:
        return db.session.get_one(Assignment, self.tasks[0])


def standing() -> SampledCaseStatus:
    return db.session.query(SampledCase).one().status


def test_return_opens_the_review_and_takes_its_result_back(app: Flask) -> None:
    with app.app_context():
        scene = Scene(FULL)
        assert db.session.query(Result).one().total == 100
        return_review(scene.first, REASON, scene.organiser)
        review = db.session.query(Review).filter_by(assignment_id=scene.tasks[0]).one()
        assert (review.submitted_at, review.total, review.version) == (None, None, 2)
        assert scene.first.status is AssignmentStatus.RETURNED
        assert db.session.query(Result).count() == 0
        assert standing() is SampledCaseStatus.MARKING
        change = db.session.query(ReviewChange).filter_by(review_id=review.id, version=2).one()
        assert change.content == {"reason": REASON}
        notice = db.session.query(Notice).filter_by(kind=NoticeKind.REVIEW_RETURNED).one()
        assert notice.user_id == scene.markers[0].user_id
        event = db.session.query(AuditEvent).filter_by(action="review.returned").one()
        assert event.details == {"version": 2}  # the reason is no part of the log


def test_returned_review_submitted_again_settles_the_case_anew(app: Flask) -> None:
    with app.app_context():
        scene = Scene(FULL)
        return_review(scene.first, REASON, scene.organiser)
        less = FULL | {"agreement": GivenMark(Decimal(2), reason="逾期")}
        submit_review(scene.first, less, "", version=2, by=scene.markers[0])
        assert db.session.query(Result).one().total == 99  # the mean of 98 and 100


def test_return_takes_a_case_back_from_the_panel_until_it_has_decided(app: Flask) -> None:
    with app.app_context():
        scene = Scene(LOW)
        pass_to_panel(db.session.query(SampledCase).one())
        return_review(scene.first, REASON, scene.organiser)
        assert standing() is SampledCaseStatus.MARKING
        submit_review(scene.first, FULL, "", version=2, by=scene.markers[0])
        case = db.session.query(SampledCase).one()
        pass_to_panel(case)
        give_own_mark(case, Decimal(70), scene.organiser)
        full = {c.code: GivenMark(c.points) for c in get_rubric(case.rubric_key).criteria}
        members = tuple(map(Member, ("甲", "乙", "丙")))
        reason = "合议认为两份评分各有依据，取中间值。"
        decide(case, Decision(full, reason, members), scene.organiser)
        with pytest.raises(WrongStatusError):
            return_review(scene.first, REASON, scene.organiser)
        assert standing() is SampledCaseStatus.SETTLED


def test_return_without_a_reason_refused(app: Flask) -> None:
    with app.app_context():
        scene = Scene(FULL)
        for reason in ("", "  太短  ", "九个字还差一个字"):
            with pytest.raises(ReasonNeededError):
                return_review(scene.first, reason, scene.organiser)
        assert scene.first.status is AssignmentStatus.SUBMITTED


def test_return_twice_or_after_publication_refused(app: Flask) -> None:
    with app.app_context():
        scene = Scene(FULL)
        return_review(scene.first, REASON, scene.organiser)
        with pytest.raises(WrongStatusError):
            return_review(scene.first, REASON, scene.organiser)
        db.session.query(Round).one().status = RoundStatus.PUBLISHED
        with pytest.raises(WrongStatusError):
            return_review(db.session.get_one(Assignment, scene.tasks[1]), REASON, scene.organiser)
