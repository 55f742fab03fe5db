import hashlib
from collections.abc import Sequence
from datetime import date

import pytest
from flask import Flask

from review.domain.sampling import draw_sample, drawn_listing, freeze_frame, stored_listing
from review.enums import Allocation, CaseKind, Role, RoundStatus
from review.errors import (
    AmbiguousFrameError,
    EmptyFrameError,
    InvalidSeedError,
    NotFrozenError,
    SampleSizeError,
    WrongStatusError,
)
from review.extensions import db
from review.models.accounts import Membership
from review.models.audit import AuditEvent
from review.models.cases import Agency, Case
from review.models.rounds import Round
from review.models.sampling import Draw, FrameCase, SampledCase, Stratum
from review.permissions import Actor
from tests import world
from tests.statements import counted


def actor(region_code: str = world.CITY) -> Actor:
    member = world.person(Role.ORGANISER, region_code)
    return Actor(member.user_id, "organiser", member.id, Role.ORGANISER, region_code)


def draft(by: Actor) -> Round:
    member = db.session.get_one(Membership, by.membership_id)
    return world.round_(member)


def city_cases(county: int = 6, beside: int = 4) -> tuple[Agency, list[Case]]:
    """``county`` civil cases in one county, ``beside`` criminal ones in the next."""
    by, here, there = world.handler(), world.agency(), world.agency(world.COUNTY_BESIDE)
    cases = [world.case(by, here) for _ in range(county)]
    cases += [world.case(by, there, kind=CaseKind.CRIMINAL_TRIAL) for _ in range(beside)]
    return here, cases


def take(round_: Round, by: Actor, sample_size: int = 5, seed: str = world.SEED) -> None:
    draw_sample(
        round_,
        seed=seed,
        seed_source="双色球第2024077期",
        sample_size=sample_size,
        allocation=Allocation.PROPORTIONAL,
        by=by,
    )


def drawn_numbers(round_: Round) -> set[str]:
    rows = db.session.query(Case.case_number).join(SampledCase, SampledCase.case_id == Case.id)
    return {number for (number,) in rows.filter(SampledCase.round_id == round_.id)}


def test_frame_holds_exactly_the_cases_that_the_rules_cover(app: Flask) -> None:
    with app.app_context():
        world.regions()
        here, cases = city_cases()
        by = world.handler()
        world.case(by, here, closed_on=date(2023, 12, 31))  # a day before the window
        world.case(by, here, closed_on=date(2024, 7, 1))  # a day after it
        world.case(by, here).archived_on = None
        world.case(by, here, kind=CaseKind.DUTY_LAWYER)  # a kind that was not chosen
        world.case(by, world.agency(world.OTHER_COUNTY))  # another city
        last = world.case(by, here, closed_on=date(2024, 6, 30))
        round_, organiser = draft(actor()), actor()
        freeze_frame(round_, organiser)
        framed = {case_id for (case_id,) in db.session.query(FrameCase.case_id)}
        assert framed == {case.id for case in [*cases, last]}
        strata = {s.label: s.population for s in db.session.query(Stratum)}
    # 6 civil cases and the one of the last day; 4 criminal cases beside.
    assert strata == {"990101:civil_first": 7, "990102:criminal_trial": 4}


def test_digest_is_the_sha256_of_the_downloaded_listing(app: Flask) -> None:
    with app.app_context():
        world.regions()
        _, cases = city_cases()
        by = actor()
        round_ = draft(by)
        freeze_frame(round_, by)
        listing = stored_listing(round_)
        numbers = sorted(case.case_number for case in cases)
        assert listing.decode() == "".join(f"{number}\n" for number in numbers)
        assert round_.frame_digest == hashlib.sha256(listing).hexdigest()
        assert round_.frame_size == 10
        event = db.session.query(AuditEvent).filter_by(action="round.frozen").one()
        assert event.details["cases"] == 10


def test_freeze_refused_when_the_window_holds_no_case(app: Flask) -> None:
    with app.app_context():
        world.regions()
        by = actor()
        round_ = draft(by)
        with pytest.raises(EmptyFrameError):
            freeze_frame(round_, by)
        assert round_.status is RoundStatus.DRAFT


def test_freeze_refused_when_two_numbers_are_the_same_once_trimmed(app: Flask) -> None:
    with app.app_context():
        world.regions()
        _, cases = city_cases(county=2, beside=0)
        cases[1].case_number = cases[0].case_number + " "
        by = actor()
        round_ = draft(by)
        with pytest.raises(AmbiguousFrameError):
            freeze_frame(round_, by)
        assert db.session.query(FrameCase).count() == 0


def test_frame_is_frozen_once_and_later_cases_stay_out(app: Flask) -> None:
    with app.app_context():
        world.regions()
        here, _ = city_cases()
        by = actor()
        round_ = draft(by)
        freeze_frame(round_, by)
        world.case(world.handler(), here)
        with pytest.raises(WrongStatusError):
            freeze_frame(round_, by)
        take(round_, by, sample_size=10)
        assert db.session.query(SampledCase).count() == 10


def test_draw_takes_the_same_cases_in_another_database_with_the_same_seed(app: Flask) -> None:
    drawn: list[Sequence[str]] = []
    with app.app_context():
        world.regions()
        city_cases(county=30, beside=20)
        by = actor()
        for seed in (world.SEED, "3141 5926 5358 9793 2384", "2" * 20):
            round_ = draft(by)
            freeze_frame(round_, by)
            take(round_, by, sample_size=10, seed=seed)
            drawn.append(sorted(drawn_numbers(round_)))
    assert drawn[0] == drawn[1]  # the same digits, written in groups
    assert drawn[0] != drawn[2]


def test_draw_stores_exact_probability_rubric_and_design(app: Flask) -> None:
    with app.app_context():
        world.regions()
        city_cases(county=6, beside=4)
        by = actor()
        round_ = draft(by)
        freeze_frame(round_, by)
        take(round_, by, sample_size=5)
        rows = db.session.query(SampledCase, Case).join(Case, Case.id == SampledCase.case_id).all()
        # 5 of 10: 3 of 6 civil cases and 2 of 4 criminal ones.
        shares = {(case.kind, sampled.inclusion_probability) for sampled, case in rows}
        assert shares == {(CaseKind.CIVIL_FIRST, 3 / 6), (CaseKind.CRIMINAL_TRIAL, 2 / 4)}
        for sampled, case in rows:
            text = f"{world.SEED}:{case.case_number}"
            assert sampled.ticket == hashlib.sha256(text.encode()).hexdigest()
            civil = case.kind is CaseKind.CIVIL_FIRST
            expected = world.CIVIL_RUBRIC if civil else world.CRIMINAL_RUBRIC
            assert sampled.rubric_key == expected
        draw = db.session.query(Draw).one()
        assert draw.design["strata"] == {
            "990101:civil_first": [6, 3],
            "990102:criminal_trial": [4, 2],
        }
        assert len(drawn_listing(round_).splitlines()) == 5
        assert round_.status is RoundStatus.DRAWN


def test_larger_sample_contains_the_smaller_one(app: Flask) -> None:
    with app.app_context():
        world.regions()
        city_cases(county=17, beside=9)
        by = actor()
        smaller: set[str] = set()
        for size in (2, 3, 11, 12, 26):
            round_ = draft(by)
            freeze_frame(round_, by)
            take(round_, by, sample_size=size)
            assert smaller <= drawn_numbers(round_)
            smaller = drawn_numbers(round_)


def test_seed_refused_before_the_freeze(app: Flask) -> None:
    with app.app_context():
        world.regions()
        city_cases()
        by = actor()
        with pytest.raises(NotFrozenError):
            take(draft(by), by)


@pytest.mark.parametrize(
    ("seed", "digits"), [("1" * 19, 19), ("", None), ("12345678901234567890a", None)]
)
def test_bad_seed_refused_and_nothing_drawn(app: Flask, seed: str, digits: int | None) -> None:
    with app.app_context():
        world.regions()
        city_cases()
        by = actor()
        round_ = draft(by)
        freeze_frame(round_, by)
        with pytest.raises(InvalidSeedError) as refused:
            take(round_, by, seed=seed)
        assert refused.value.digits == digits
        assert db.session.query(SampledCase).count() == 0
        assert round_.status is RoundStatus.FROZEN


@pytest.mark.parametrize("size", [0, 1, 11])
def test_impossible_sample_size_refused_with_its_numbers(app: Flask, size: int) -> None:
    with app.app_context():
        world.regions()
        city_cases(county=6, beside=4)
        by = actor()
        round_ = draft(by)
        freeze_frame(round_, by)
        with pytest.raises(SampleSizeError) as refused:
            take(round_, by, sample_size=size)
        # Two counties with cases of one kind are two strata, so 2 to 10 cases can be drawn.
        assert (refused.value.wanted, refused.value.strata, refused.value.frame) == (size, 2, 10)
        assert db.session.query(Draw).count() == 0


def test_second_draw_refused(app: Flask) -> None:
    with app.app_context():
        world.regions()
        city_cases()
        by = actor()
        round_ = draft(by)
        freeze_frame(round_, by)
        take(round_, by)
        before = drawn_numbers(round_)
        with pytest.raises(WrongStatusError):
            take(round_, by, seed="9" * 20)
        assert drawn_numbers(round_) == before


def test_statements_of_freeze_and_draw_do_not_grow_with_the_frame(app: Flask) -> None:
    used: list[int] = []
    for size in (5, 50):
        with app.app_context():
            if not used:
                world.regions()
            by = actor()
            handler, at = world.handler(), db.session.query(Agency).first() or world.agency()
            for _ in range(size):
                world.case(handler, at)
            round_ = draft(by)
            db.session.commit()
            with counted(app) as statements:
                freeze_frame(round_, by)
                take(round_, by, sample_size=5)
            used.append(len(statements))
    assert used[0] == used[1]
