from decimal import Decimal

from flask import Flask
from sqlalchemy import select

from review.demo.accounts import DEMO_DOMAIN
from review.domain.further_marks import call_waiting
from review.domain.panel_decisions import Decision, Member, decide, give_own_mark
from review.domain.results import publish_round
from review.domain.reviewing import declare_no_conflict, save_marks, submit_review
from review.domain.sheets import given_marks
from review.enums import AssignmentStatus, Role, RoundStatus, SampledCaseStatus
from review.extensions import db
from review.models.accounts import Membership, User
from review.models.analysis import RoundFigure
from review.models.assignment import Assignment
from review.models.reviewing import Review
from review.models.rounds import Round
from review.models.sampling import SampledCase
from review.permissions import Actor
from rubrics.model import GivenMark
from rubrics.registry import get_rubric

TODO = (AssignmentStatus.OPEN, AssignmentStatus.DRAFT)


def organiser() -> Actor:
    member = db.session.scalars(
        select(Membership).join(User).where(User.email == f"organiser@{DEMO_DOMAIN}")
    ).one()
    return Actor(member.user_id, "", member.id, member.role, member.region_code)


def finish(assignment: Assignment) -> None:
    """Submit with full points wherever the reviewer has not answered yet."""
    by = Actor(assignment.reviewer_id, "", 0, Role.REVIEWER, "990201")
    declare_no_conflict(assignment, by)
    review = db.session.scalars(select(Review).where(Review.assignment_id == assignment.id)).one()
    rubric = get_rubric(review.rubric_key)
    full = {c.code: GivenMark(c.points) for c in rubric.criteria}
    sheet = full | {code: m for code, m in given_marks(review).items() if m.is_answered}
    save_marks(assignment, sheet, version=review.version, by=by)
    submit_review(assignment, sheet, "", version=review.version, by=by)


def todo(round_: Round) -> list[Assignment]:
    query = (
        select(Assignment)
        .join(SampledCase, SampledCase.id == Assignment.sampled_case_id)
        .where(SampledCase.round_id == round_.id, Assignment.status.in_(TODO))
    )
    return list(db.session.scalars(query))


def test_round_in_progress_is_carried_to_publication_by_the_verbs(province: Flask) -> None:
    with province.app_context():
        round_ = db.session.scalars(select(Round).where(Round.status == RoundStatus.MARKING)).one()
        while work := todo(round_) or (call_waiting(round_) and todo(round_)):
            for assignment in work:
                finish(assignment)
        drawn = select(SampledCase).where(SampledCase.round_id == round_.id)
        for sampled in db.session.scalars(
            drawn.where(SampledCase.status == SampledCaseStatus.PANEL)
        ).all():
            give_own_mark(sampled, Decimal(80), organiser())
            full = {c.code: GivenMark(c.points) for c in get_rubric(sampled.rubric_key).criteria}
            members = tuple(map(Member, ("甲", "乙", "丙")))
            reason = "合议后一致认为应当取中间意见。"
            decide(sampled, Decision(full, reason, members), organiser())
        publish_round(round_, organiser())
        assert round_.status is RoundStatus.PUBLISHED
        figure = db.session.scalars(
            select(RoundFigure).where(
                RoundFigure.round_id == round_.id, RoundFigure.region_code == "990000"
            )
        ).one()
        assert figure.cases == len(db.session.scalars(drawn).all())
