import pytest
from flask import Flask

from review.domain.frames import freeze_frame, listing_of
from review.domain.redraws import ask_to_reopen, decline_reopening, reopen_frame
from review.domain.sampling import draw_sample
from review.enums import Role, RoundStatus, SeedFlaw
from review.errors import (
    AlreadyAskedError,
    InvalidSeedError,
    SamePersonError,
    WrongStatusError,
)
from review.extensions import db
from review.models.frames import FrameVersion
from review.models.sampling import Draw, FrameCase, SampledCase, Stratum
from review.permissions import Actor
from review.queries.frames import current_version, version_in_full, versions_of
from tests import world
from tests.review.domain.draw_scene import actor, city_cases, drawn, drawn_numbers

REASON = "名单漏了一个月的台账"
OTHER_SEED = "27182818284590452353"


def test_second_draw_needs_two_persons_and_leaves_the_first_public(any_app: Flask) -> None:
    with any_app.app_context():
        world.regions()
        here, _ = city_cases()
        by, auditor = actor(), actor(role=Role.AUDITOR)
        round_ = drawn(by)
        first = version_in_full(round_, 1)
        manifest, listing = first.manifest, listing_of(first)
        ask_to_reopen(round_, REASON, by)
        assert len(drawn_numbers(round_)) == 5
        reopen_frame(round_, auditor)
        assert round_.status is RoundStatus.DRAFT
        for table in (SampledCase, FrameCase, Stratum, Draw):
            assert db.session.query(table).count() == 0
        world.case(world.handler(), here)
        freeze_frame(round_, world.SEED_PLAN, by)
        draw_sample(round_, digits=OTHER_SEED, by=by)
        second = current_version(round_)
        assert second is not None
        assert (second.number, second.cases, round_.frame_size) == (2, 11, 11)
        again = version_in_full(round_, 1)
        assert (again.manifest, listing_of(again), again.seed) == (manifest, listing, world.SEED)
        row = versions_of(round_)[1]
        acted = [row.reopening_asked_by_id, row.reopened_by_id]
        assert acted == [by.user_id, auditor.user_id]
        assert row.reopening_reason == REASON
        assert len(drawn_numbers(round_)) == 5


def test_the_person_who_asked_cannot_agree_in_another_role(app: Flask) -> None:
    with app.app_context():
        world.regions()
        city_cases()
        by = actor()
        round_ = drawn(by)
        ask_to_reopen(round_, REASON, by)
        hat = Actor(by.user_id, "", by.membership_id, Role.AUDITOR, by.region_code)
        with pytest.raises(SamePersonError):
            reopen_frame(round_, hat)
        assert db.session.query(SampledCase).count() == 5
        assert round_.status is RoundStatus.DRAWN


def test_nothing_ends_without_being_asked_for(app: Flask) -> None:
    with app.app_context():
        world.regions()
        city_cases()
        by, auditor = actor(), actor(role=Role.AUDITOR)
        round_ = drawn(by)
        for decide in (reopen_frame, decline_reopening):
            with pytest.raises(WrongStatusError):
                decide(round_, auditor)
        ask_to_reopen(round_, REASON, by)
        with pytest.raises(AlreadyAskedError):
            ask_to_reopen(round_, "再问一次看看", by)
        decline_reopening(round_, auditor)
        with pytest.raises(WrongStatusError):
            reopen_frame(round_, auditor)
        assert db.session.query(FrameVersion).one().reopening_asked_at is None


def test_marking_that_has_begun_cannot_be_drawn_again(app: Flask) -> None:
    with app.app_context():
        world.regions()
        city_cases()
        by, auditor = actor(), actor(role=Role.AUDITOR)
        round_ = drawn(by)
        ask_to_reopen(round_, REASON, by)
        round_.status = RoundStatus.MARKING
        db.session.commit()
        with pytest.raises(WrongStatusError):
            reopen_frame(round_, auditor)
        assert db.session.query(SampledCase).count() == 5


def test_seed_of_the_version_that_ended_is_refused(app: Flask) -> None:
    with app.app_context():
        world.regions()
        city_cases()
        by, auditor = actor(), actor(role=Role.AUDITOR)
        round_ = drawn(by)
        ask_to_reopen(round_, REASON, by)
        reopen_frame(round_, auditor)
        freeze_frame(round_, world.SEED_PLAN, by)
        with pytest.raises(InvalidSeedError) as refused:
            draw_sample(round_, digits=world.SEED, by=by)
        assert refused.value.flaw is SeedFlaw.USED
