"""Each shipped rubric, and an own one, carries a case from the desk to its result."""

from collections.abc import Iterable
from decimal import Decimal
from typing import Any

import pytest
from flask import Flask

from review.domain.definitions import create_draft, publish
from review.domain.panel_decisions import Decision, Member, decide, give_own_mark
from review.domain.reviewing import declare_no_conflict, save_marks, submit_review
from review.domain.rubrics import get_rubric, get_scheme
from review.enums import (
    AssignmentStatus,
    DefinitionSubject,
    Grade,
    Role,
    SampledCaseStatus,
    SettledBy,
)
from review.errors import DecisionRefusedError, JudgementMissingError, MarksRefusedError
from review.extensions import db
from review.models.assignment import Assignment
from review.models.results import Result
from review.models.reviewing import Review
from review.models.sampling import SampledCase
from review.permissions import Actor
from rubrics.arithmetic import outcome
from rubrics.model import GivenMark, Rubric
from rubrics.registry import DEFINITIONS, all_rubrics, all_schemes
from tests import world

SECOND = "civil-second/1"
VETO = {"missed_deadline": GivenMark(found=True, reason="上诉逾期")}
Desk = tuple[int, Actor]


def desks(rubric_key: str, scheme_key: str, **changes: Any) -> list[Desk]:
    """The markers of one case under a rubric and a scheme, each with a review begun."""
    world.regions()
    organiser = world.person(Role.ORGANISER, world.CITY)
    case = world.case(world.handler(), world.agency())
    reviewers = [world.reviewer() for _ in range(3)]
    round_ = world.assigned_round(organiser, [case], reviewers, scheme_key=scheme_key, **changes)
    sampled = world.sampled_cases(round_)[0]
    sampled.rubric_key = rubric_key
    named = world.assignments(sampled)
    db.session.commit()
    return [
        (a.id, Actor(m.user_id, "名", m.id, m.role, m.region_code))
        for a, m in zip(named, reviewers, strict=False)
    ]


def sheet(rubric: Rubric, scheme_key: str, worst: Iterable[str] = ()) -> dict[str, GivenMark]:
    """Full marks, or the best answer, with nothing on the ``worst`` items."""
    options = [o.code for o in get_scheme(scheme_key).options if o.share is not None]
    given = {}
    for c in rubric.criteria:
        is_worst = c.code in set(worst)
        if options:
            given[c.code] = GivenMark(answer=options[-1 if is_worst else 0], reason="有不足")
        else:
            given[c.code] = GivenMark(Decimal(0) if is_worst else c.points, reason="有不足")
    return given


def hand_in(desk: Desk, marks: dict[str, GivenMark], overall: str | None = None) -> Review:
    found = db.session.get_one(Assignment, desk[0])
    declare_no_conflict(found, desk[1])
    return submit_review(found, marks, "", overall=overall, version=0, by=desk[1])


@pytest.mark.parametrize("rubric", all_rubrics(), ids=lambda rubric: rubric.key)
@pytest.mark.parametrize("scheme_key", [one.key for one in all_schemes()])
def test_marking_reaches_its_result(app: Flask, rubric: Rubric, scheme_key: str) -> None:
    scheme = get_scheme(scheme_key)
    best = scheme.overalls[0].code if scheme.is_judged else None
    with app.app_context():
        desk = desks(rubric.key, scheme_key, marks_per_case=1)[0]
        review = hand_in(desk, sheet(rubric, scheme_key), best)
        result = db.session.query(Result).one()
        assert (review.total, result.total, result.grade) == (
            Decimal(100),
            Decimal(100),
            Grade.EXCELLENT,
        )
        assert review.agency_total == (100 if rubric.part("agency") else None)


def test_stored_marks_give_the_stored_totals_again(app: Flask) -> None:
    with app.app_context():
        marks = sheet(get_rubric(SECOND), "hundred-4", ["appeal", "assignment_in_time"])
        bonus = {"case_research": GivenMark(Decimal("1.5"), reason="有报告")}
        review = hand_in(desks(SECOND, "hundred-4", marks_per_case=1)[0], marks | bonus)
        db.session.expire_all()
        stored = {
            m.criterion_code: GivenMark(m.points, m.not_applicable, m.reason, m.answer, m.found)
            for m in review.marks
        }
        again = outcome(get_rubric(SECOND), stored)
        assert (again.total, again.agency_total) == (review.total, review.agency_total)
        # handler: 85 of 95, and 1.5; agency: 2 of 5
        assert review.total == Decimal("90.97368421052631578947368421")
        assert review.agency_total == 40


def test_veto_fails_the_case_and_is_named(app: Flask) -> None:
    with app.app_context():
        marks = sheet(get_rubric(SECOND), "hundred-4") | VETO
        review = hand_in(desks(SECOND, "hundred-4", marks_per_case=1)[0], marks)
        result = db.session.query(Result).one()
        assert (review.total, review.failed_by) == (Decimal(100), ["missed_deadline"])
        assert (result.grade, result.failed_by) == (Grade.FAIL, ["missed_deadline"])


@pytest.mark.parametrize(
    ("third", "status"), [(True, SampledCaseStatus.SETTLED), (False, SampledCaseStatus.PANEL)]
)
def test_veto_of_one_of_two_calls_a_third_and_one_alone_goes_to_the_panel(
    app: Flask, third: bool, status: SampledCaseStatus
) -> None:
    with app.app_context():
        first, second, reserve = desks(SECOND, "hundred-4")
        plain = sheet(get_rubric(SECOND), "hundred-4")
        hand_in(first, plain | VETO)
        hand_in(second, plain)
        assert db.session.query(SampledCase).one().status is SampledCaseStatus.THIRD_MARK
        hand_in(reserve, plain | VETO if third else plain)
        assert db.session.query(SampledCase).one().status is status
        grades = [result.grade for result in db.session.query(Result)]
        assert grades == ([Grade.FAIL] if third else [])


def test_section_below_its_minimum_fails_the_case(app: Flask) -> None:
    key = "criminal-investigation/1"
    with app.app_context():
        worst = ["meeting_content", "rights_advice"]
        marks = sheet(get_rubric(key), "hundred-4", worst)
        review = hand_in(desks(key, "hundred-4", marks_per_case=1)[0], marks)
        # 76 of 96 would pass; 10 of 30 points for meeting are fewer than 12
        assert review.total == Decimal("79.16666666666666666666666667")
        assert db.session.query(Result).one().failed_by == ["meeting"]


def test_judged_scheme_needs_its_judgement_and_shows_what_the_items_suggest(app: Flask) -> None:
    with app.app_context():
        desk = desks(SECOND, "indicator-grades", marks_per_case=1)[0]
        found = db.session.get_one(Assignment, desk[0])
        declare_no_conflict(found, desk[1])
        rubric = get_rubric(SECOND)
        saved = save_marks(found, sheet(rubric, "indicator-grades"), version=0, by=desk[1])
        assert (saved.left, saved.suggested) == (1, "优秀")
        with pytest.raises(JudgementMissingError):
            submit_review(found, {}, "", version=1, by=desk[1])
        with pytest.raises(JudgementMissingError):
            save_marks(found, {}, overall="splendid", version=1, by=desk[1])
        db.session.rollback()
        review = submit_review(found, {}, "", overall="good", version=1, by=desk[1])
        assert (review.total, review.overall) == (Decimal(80), "good")
        assert db.session.query(Result).one().grade is Grade.GOOD


def test_points_under_a_judged_scheme_are_refused(app: Flask) -> None:
    with app.app_context():
        desk = desks(SECOND, "five-point", marks_per_case=1)[0]
        with pytest.raises(MarksRefusedError):
            hand_in(desk, {"appeal": GivenMark(Decimal(10))}, "5")


def test_two_judgements_of_five_points_give_their_mean(app: Flask) -> None:
    with app.app_context():
        first, second, _ = desks(SECOND, "five-point", threshold=Decimal(20))
        marks = sheet(get_rubric(SECOND), "five-point")
        hand_in(first, marks, "5")
        hand_in(second, marks, "4")
        result = db.session.query(Result).one()
        # 4.5 lies at 90 and has not reached 5
        assert (result.total, result.grade, result.settled_by) == (
            Decimal(90),
            Grade.GOOD,
            SettledBy.MEAN,
        )


def test_panel_decides_on_the_findings_too(app: Flask) -> None:
    with app.app_context():
        desks(SECOND, "hundred-4")
        sampled = db.session.query(SampledCase).one()
        sampled.status = SampledCaseStatus.PANEL
        panel = world.person(Role.ORGANISER, world.CITY)
        by = Actor(panel.user_id, "名", panel.id, panel.role, panel.region_code)
        reason = "合议认为上诉确已逾期。"
        give_own_mark(sampled, Decimal(80), by)
        marks = {c.code: GivenMark(c.points) for c in get_rubric(SECOND).criteria}
        members = tuple(map(Member, ("甲", "乙", "丙")))
        unheard_of = marks | {"unheard_of": GivenMark(found=True)}
        with pytest.raises(DecisionRefusedError):
            decide(sampled, Decision(unheard_of, reason, members), by)
        found = marks | {"missed_deadline": GivenMark(found=True)}
        result = decide(sampled, Decision(found, reason, members), by)
        assert (result.total, result.grade) == (Decimal(100), Grade.FAIL)
        assert result.failed_by == ["missed_deadline"]


def test_own_rubric_and_later_version_leave_what_was_marked(app: Flask) -> None:
    text = (DEFINITIONS / "civil-second_v1.toml").read_text(encoding="utf-8")
    with app.app_context():
        world.regions()
        member = world.person(Role.ORGANISER, world.CITY)
        db.session.commit()
        by = Actor(member.user_id, "名", member.id, member.role, member.region_code)
        keys = []
        for _ in range(2):
            subject = DefinitionSubject.RUBRIC
            own = create_draft(subject, text, name="second", region_code=world.CITY, by=by)
            publish(own, edits=0, by=by)
            keys.append(own.key)
        case = world.case(world.handler(), world.agency())
        reviewer = world.reviewer()
        round_ = world.assigned_round(member, [case], [reviewer], marks_per_case=1)
        sampled = world.sampled_cases(round_)[0]
        sampled.rubric_key = keys[0]
        db.session.commit()
        actor = Actor(reviewer.user_id, "名", reviewer.id, reviewer.role, reviewer.region_code)
        desk = (world.assignments(sampled)[0].id, actor)
        review = hand_in(desk, sheet(get_rubric(keys[0]), "hundred-4"))
        assert (review.rubric_key, review.total) == (f"{world.CITY}-second/1", Decimal(100))
        assert db.session.query(Assignment).one().status is AssignmentStatus.SUBMITTED
