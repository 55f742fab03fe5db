from decimal import Decimal

import pytest
from flask import Flask

from review.domain.design_forecast import forecast, with_places
from review.domain.design_rules import Rules
from review.domain.designs import name_cases, rules_of, save_design, withdraw_case
from review.enums import (
    Allocation,
    Dimension,
    RoundStatus,
    SizeBy,
    TargetReason,
    UnitKind,
)
from review.errors import (
    AlreadyTargetedError,
    EmptyFrameError,
    NotACandidateError,
    WrongStatusError,
)
from review.extensions import db
from review.models.audit import AuditEvent
from review.models.designs import TargetedCase
from review.queries.designs import named_case
from tests import world
from tests.review.domain.draw_scene import actor, city_cases, draft

EVERYTHING = Rules(
    dimensions=(Dimension.KIND, Dimension.QUARTER),
    allocation=Allocation.FIXED,
    size_by=SizeBy.HALF_WIDTH,
    wanted=Decimal("1.5"),
    fixed=(("civil_first:2024Q1", 3),),
    unit=UnitKind.PROVIDER,
    minimum=1,
    cap=4,
    targeting=(TargetReason.COMPLAINT, TargetReason.FIRST_YEAR),
    targeted=2,
    reviewers=30,
    fee=Decimal("80.50"),
)


def test_rules_are_the_same_once_saved_and_read(any_app: Flask) -> None:
    with any_app.app_context():
        world.regions()
        by = actor()
        round_ = draft(by)
        assert rules_of(round_) == Rules()
        save_design(round_, EVERYTHING, by)
        db.session.expire_all()
        assert rules_of(round_) == EVERYTHING
        save_design(round_, Rules(), by)  # and changed as often as one likes
        assert rules_of(round_) == Rules()
        assert db.session.query(AuditEvent).filter_by(action="design.saved").count() == 2


def test_design_of_a_frozen_round_is_not_changed(app: Flask) -> None:
    with app.app_context():
        world.regions()
        _, cases = city_cases()
        by = actor()
        round_ = draft(by)
        name_cases(round_, [cases[0].case_number], reason=TargetReason.FLAGGED, by=by)
        named = named_case(round_, cases[0].id)
        assert named is not None
        round_.status = RoundStatus.FROZEN
        db.session.commit()
        with pytest.raises(WrongStatusError):
            save_design(round_, EVERYTHING, by)
        with pytest.raises(WrongStatusError):
            name_cases(round_, [cases[1].case_number], reason=TargetReason.FLAGGED, by=by)
        with pytest.raises(WrongStatusError):
            withdraw_case(round_, named, by)


def test_named_cases_are_all_taken_or_none(any_app: Flask) -> None:
    with any_app.app_context():
        world.regions()
        _, cases = city_cases()
        by = actor()
        round_ = draft(by)
        numbers = [case.case_number for case in cases[:2]]
        db.session.commit()
        with pytest.raises(NotACandidateError) as refused:
            name_cases(round_, [*numbers, "没有的编号"], reason=TargetReason.COMPLAINT, by=by)
        assert str(refused.value) == "没有的编号"
        db.session.rollback()
        assert db.session.query(TargetedCase).count() == 0
        name_cases(round_, [*numbers, numbers[0]], reason=TargetReason.COMPLAINT, by=by)
        assert db.session.query(TargetedCase).count() == 2
        with pytest.raises(AlreadyTargetedError):
            name_cases(round_, numbers[:1], reason=TargetReason.FLAGGED, by=by)


def test_named_case_can_be_withdrawn_and_the_log_keeps_it(app: Flask) -> None:
    with app.app_context():
        world.regions()
        _, cases = city_cases()
        by = actor()
        round_ = draft(by)
        name_cases(round_, [cases[0].case_number], reason=TargetReason.COMPLAINT, by=by)
        named = named_case(round_, cases[0].id)
        assert named is not None
        withdraw_case(round_, named, by)
        assert db.session.query(TargetedCase).count() == 0
        actions = {event.action for event in db.session.query(AuditEvent)}
        assert {"case.targeted", "case.untargeted"} <= actions


def test_forecast_worked_by_hand(app: Flask) -> None:
    with app.test_request_context():
        world.regions()
        city_cases(county=40, beside=10)
        world.reviewer()
        world.reviewer()
        by = actor()
        round_ = draft(by)
        found = forecast(round_, Rules(size_by=SizeBy.NUMBER, wanted=Decimal(10), fee=Decimal(80)))
        assert (found.population, found.size, found.marks) == (50, 10, 20)
        assert (found.reviewers, found.per_reviewer) == (2, 10)
        assert found.cost == 1600
        assert [(row.population, row.size, row.weight) for row in found.strata] == [
            (40, 8, 5.0),
            (10, 2, 5.0),
        ]
        # No results yet: S = 10. All: 1.96 * sqrt(.8 * 100 / 10) = 5.54; 8 of 40: 6.20; 2: 12.4.
        assert found.half_width == pytest.approx(5.544, abs=0.001)
        widths = [row.half_width for row in found.regions]
        assert widths == pytest.approx([6.198, 12.396], abs=0.001)
        # 5 % of 50 are 3 fails: 1 - C(47, 10) / C(50, 10) = 1 - 40*39*38 / (50*49*48).
        assert found.chance == pytest.approx(1 - 40 * 39 * 38 / (50 * 49 * 48))
        assert [row.name for row in found.regions] == ["东川市城关区", "东川市南湖区"]


def test_forecast_of_nothing_says_so(app: Flask) -> None:
    with app.test_request_context():
        world.regions()
        with pytest.raises(EmptyFrameError):
            forecast(draft(actor()), Rules())


def test_numbers_per_stratum_begin_with_the_usual_share_and_keep_what_was_typed(
    app: Flask,
) -> None:
    with app.test_request_context():
        world.regions()
        city_cases(county=40, beside=10)
        typed = Rules(
            allocation=Allocation.FIXED, fixed=(("990102:criminal_trial", 7), ("gone", 3))
        )
        rules, rows = with_places(draft(actor()), typed)
        assert [(row.words, row.population, row.size) for row in rows] == [
            (("东川市城关区", "民事一审"), 40, 4),
            (("东川市南湖区", "刑事辩护（审判）"), 10, 7),
        ]
        assert dict(rules.fixed) == {"990101:civil_first": 4, "990102:criminal_trial": 7}
