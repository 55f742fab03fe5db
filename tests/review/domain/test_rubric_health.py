"""Figures of a rubric in use, worked out beside each test."""

from datetime import timedelta
from decimal import Decimal

import pytest
from flask import Flask

from review.domain.rubric_health import ask_health, from_stored, health, latest_health
from review.enums import HealthFinding, JobStatus, Role, RoundStatus
from review.extensions import db
from review.jobs import run_due
from review.models.reviewing import Mark, Review
from review.models.rounds import Round
from review.permissions import Actor
from rubrics.registry import get_rubric
from tests import world

KEY = "civil-first/1"
CIVIL = get_rubric(KEY)
CASES = 20


def scene() -> Actor:
    """An organiser of a city in whose one round 20 cases were marked twice, by 3 reviewers, 88
    and 84: nothing off but 4, 4 and 4 of 5 on the first criteria, or 4, 4, 5 and 3 of 6."""
    world.regions()
    member = world.person(Role.ORGANISER, world.CITY)
    handler, agency = world.handler(), world.agency()
    cases = [world.case(handler, agency) for _ in range(CASES)]
    world.published_round(member, cases, [world.reviewer() for _ in range(3)])
    db.session.commit()
    return Actor(member.user_id, "名", member.id, member.role, member.region_code)


@pytest.fixture
def by(app: Flask) -> Actor:
    with app.app_context():
        return scene()


def marks_of(code: str) -> list[Mark]:
    return db.session.query(Mark).filter_by(criterion_code=code).order_by(Mark.review_id).all()


def test_counts_are_those_of_the_marks(app: Flask, by: Actor) -> None:
    with app.app_context():
        found = health(CIVIL, by)
    assert (found.reviews, found.cases, found.reviewers) == (40, 20, 3)
    lines = found.by_code
    assert list(lines) == [criterion.code for criterion in CIVIL.criteria]
    assert (lines["agreement"].marks, lines["agreement"].full) == (40, 0)
    assert (lines["interview_content"].marks, lines["interview_content"].full) == (40, 20)
    assert lines["argument"].full == 40
    assert {line.not_applicable for line in found.criteria} == {0}


def test_both_databases_count_the_same(any_app: Flask) -> None:
    with any_app.app_context():
        by = scene()
        line = health(CIVIL, by).by_code["interview_content"]
        assert (line.marks, line.full, line.cases) == (40, 20, CASES)
        assert line.agreement == pytest.approx(-0.95)
        ask_health(KEY, by)
        assert run_due() == 1


def test_criterion_that_nobody_loses_is_named(app: Flask, by: Actor) -> None:
    with app.app_context():
        findings = {line.code: line.finding for line in health(CIVIL, by).notable}
    assert findings["argument"] is HealthFinding.NOBODY_LOSES
    assert "agreement" not in findings  # all lost all of it, and agreed


def test_nearly_all_full_is_named(app: Flask, by: Actor) -> None:
    # 2 of 40 lost something: 38/40 are 95 %.
    with app.app_context():
        for mark in marks_of("argument")[:2]:
            mark.points = Decimal(6)
        db.session.commit()
        line = health(CIVIL, by).by_code["argument"]
    assert (line.full, line.finding) == (38, HealthFinding.NEARLY_ALL_FULL)


def test_criterion_without_agreement_is_named(app: Flask, by: Actor) -> None:
    # Every case has 3 and 6, so within the case all of the difference: with 40 marks, half 3 and
    # half 6, alpha = 1 - 39 · (20 · 9) / (40 · 900 - 180^2) = 1 - 7020 / 3600 = -0.95.
    with app.app_context():
        line = health(CIVIL, by).by_code["interview_content"]
    assert line.cases == CASES
    assert line.agreement == pytest.approx(-0.95)
    assert line.finding is HealthFinding.NO_AGREEMENT


def test_agreement_on_everything_is_no_finding(app: Flask, by: Actor) -> None:
    with app.app_context():
        for number, mark in enumerate(marks_of("agreement")):
            mark.points = Decimal(number // 2 % 4)
        db.session.commit()
        line = health(CIVIL, by).by_code["agreement"]
    assert (line.agreement, line.finding) == (1, HealthFinding.NOTHING)


def test_too_few_cases_with_two_marks_give_no_agreement(app: Flask, by: Actor) -> None:
    with app.app_context():
        marks = marks_of("interview_content")
        marks[0].points, marks[0].not_applicable = None, True
        db.session.commit()
        line = health(CIVIL, by).by_code["interview_content"]
    assert (line.cases, line.agreement, line.finding) == (19, None, HealthFinding.NOTHING)
    assert (line.marks, line.not_applicable) == (39, 1)


def test_criterion_that_rarely_applies_is_named(app: Flask, by: Actor) -> None:
    with app.app_context():
        for mark in marks_of("file_reading")[:21]:
            mark.points, mark.not_applicable = None, True
        db.session.commit()
        line = health(CIVIL, by).by_code["file_reading"]
    assert (line.not_applicable, line.marks) == (21, 19)
    assert line.finding is HealthFinding.RARELY_APPLIES


def test_time_is_told_by_quarters(app: Flask, by: Actor) -> None:
    with app.app_context():
        for number, review in enumerate(db.session.query(Review).order_by(Review.id)):
            assert review.submitted_at is not None
            review.started_at = review.submitted_at - timedelta(minutes=number + 1)
        db.session.commit()
        # 1 to 40 minutes: the quartiles lie at 0.25, 0.5 and 0.75 of 41.
        assert health(CIVIL, by).minutes == pytest.approx([10.25, 20.5, 30.75])


def test_deduction_that_no_reason_names_is_listed(app: Flask, by: Actor) -> None:
    key = "criminal-trial/1"
    rubric = get_rubric(key)
    listed = next((c for c in rubric.criteria if c.deductions), None)
    rubric = rubric if listed else get_rubric("civil-second/1")
    listed = next(c for c in rubric.criteria if c.deductions)
    used, *others = (deduction.description for deduction in listed.deductions)
    with app.app_context():
        for review in db.session.query(Review):
            review.rubric_key = rubric.key
            review.marks = [Mark(criterion_code=listed.code, points=Decimal(1), reason="")]
        db.session.flush()
        marks_of(listed.code)[5].reason = f"见第 3 页；{used}"
        db.session.commit()
        line = health(rubric, by).by_code[listed.code]
    assert line.unused == others


def test_few_markings_or_few_reviewers_say_nothing(app: Flask, by: Actor) -> None:
    with app.app_context():
        first = db.session.query(Review).order_by(Review.id).limit(11)
        for review in first:
            review.rubric_key = "other/1"
        db.session.commit()
        found = health(CIVIL, by)
    assert (found.reviews, found.is_enough) == (29, False)
    assert (found.criteria, found.minutes) == ([], [])


def test_two_reviewers_are_not_shown(app: Flask) -> None:
    with app.app_context():
        world.regions()
        member = world.person(Role.ORGANISER, world.CITY)
        handler, agency = world.handler(), world.agency()
        cases = [world.case(handler, agency) for _ in range(20)]
        pair = [world.reviewer(), world.reviewer()]
        drawn = world.drawn_round(member, cases)
        for sampled in world.sampled_cases(drawn):
            for ordinal, one in enumerate(pair, start=1):
                world.submitted_review(world.assignment(sampled, one, ordinal))
        db.session.get_one(Round, drawn.id).status = RoundStatus.PUBLISHED
        db.session.commit()
        by = Actor(member.user_id, "名", member.id, member.role, member.region_code)
        found = health(CIVIL, by)
    assert (found.reviews, found.reviewers, found.is_enough) == (40, 2, False)
    assert found.criteria == []


def test_open_rounds_and_other_regions_stay_out(app: Flask, by: Actor) -> None:
    other = Actor(by.user_id, "名", by.membership_id, by.role, world.OTHER_CITY)
    with app.app_context():
        assert health(CIVIL, other).reviews == 0
        db.session.query(Round).one().status = RoundStatus.MARKING
        db.session.commit()
        assert health(CIVIL, by).reviews == 0


def test_job_keeps_the_figures_and_no_name(app: Flask, by: Actor) -> None:
    with app.app_context():
        ask_health(KEY, by)
        assert run_due() == 1
        job = latest_health(KEY, by)
        assert job is not None
        assert job.status is JobStatus.DONE
        assert from_stored(job.result) == health(CIVIL, by)
        assert world.REASON not in str(job.result)
        with pytest.raises(KeyError):
            ask_health("none/1", by)
