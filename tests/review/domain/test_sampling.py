import hashlib
import json

import pytest
from flask import Flask
from sqlalchemy import update

from review import jobs
from review.domain import sampling as verbs
from review.domain.frames import freeze_frame, listing_of
from review.domain.redraws import ask_to_reopen, reopen_frame
from review.domain.sampling import ask_for_draw, draw_once_more, draw_sample, drawn_listing
from review.enums import CaseKind, JobStatus, Role, RoundStatus, SeedFlaw
from review.errors import InvalidSeedError, NotFrozenError, WrongStatusError
from review.extensions import db
from review.models.audit import AuditEvent
from review.models.cases import Agency, Case
from review.models.frames import FrameVersion
from review.models.sampling import Draw, SampledCase
from review.queries.frames import version_in_full
from tests import world
from tests.review.domain.draw_scene import actor, city_cases, draft, drawn, drawn_numbers, frozen
from tests.statements import counted
from tests.trust.test_verify_draw import Verify, verify  # noqa: F401  (a fixture)

OTHER_SEED = "27182818284590452353"


def test_draw_depends_on_the_seed_and_not_on_how_it_is_written(app: Flask) -> None:
    with app.app_context():
        world.regions()
        city_cases(county=30, beside=20)
        by = actor()
        first = drawn_numbers(drawn(by, 10))
        version = db.session.query(FrameVersion).one()
        version.seed = None  # as if this were another database
        assert drawn_numbers(drawn(by, 10, "3141 5926,5358-9793 2384")) == first
        assert drawn_numbers(drawn(by, 10, OTHER_SEED)) != first


def test_draw_stores_exact_probability_rubric_and_design(any_app: Flask) -> None:
    with any_app.app_context():
        world.regions()
        city_cases(county=6, beside=4)
        round_ = drawn(actor(), 5)
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
        assert (draw.sample_size, draw.seed) == (5, world.SEED)
        assert len(drawn_listing(round_).splitlines()) == 5
        assert round_.status is RoundStatus.DRAWN


def test_manifest_and_listing_pass_the_verifier(app: Flask, verify: Verify) -> None:  # noqa: F811
    with app.app_context():
        world.regions()
        city_cases(county=20, beside=9)
        round_ = drawn(actor(), 7)
        version = version_in_full(round_, 1)
        manifest = json.loads(version.manifest or "")
        verify(manifest, listing_of(version))
        assert {row["case"] for row in manifest["sample"]} == drawn_numbers(round_)
        assert manifest["seal"] == version.seal
        event = db.session.query(AuditEvent).filter_by(action="round.drawn").one()
        assert event.details["seal"] == version.seal


def test_row_ids_follow_the_numbers_and_say_nothing_of_the_stratum(app: Flask) -> None:
    with app.app_context():
        world.regions()
        city_cases(county=20, beside=20)
        drawn(actor(), 12)
        query = db.session.query(Case.case_number).join(SampledCase)
        numbers = [number for (number,) in query.order_by(SampledCase.id)]
        assert numbers == sorted(numbers)


def test_larger_sample_contains_the_smaller_one(app: Flask) -> None:
    with app.app_context():
        world.regions()
        city_cases(county=17, beside=9)
        by, smaller = actor(), set[str]()
        for size in (2, 3, 11, 12, 26):
            larger = drawn_numbers(drawn(by, size))
            db.session.query(FrameVersion).update({"seed": None})
            assert smaller <= larger
            smaller = larger


def test_seed_refused_before_the_freeze(app: Flask) -> None:
    with app.app_context():
        world.regions()
        city_cases()
        by = actor()
        with pytest.raises(NotFrozenError):
            draw_sample(draft(by), digits=world.SEED, by=by)


@pytest.mark.parametrize(
    ("seed", "flaw", "digits"),
    [
        ("1" * 19, SeedFlaw.SHORT, 19),
        ("", SeedFlaw.NOT_DIGITS, None),
        ("12345678901234567890a", SeedFlaw.NOT_DIGITS, None),
        (OTHER_SEED, SeedFlaw.USED, None),
    ],
)
def test_bad_seed_refused_and_nothing_drawn(
    app: Flask, seed: str, flaw: SeedFlaw, digits: int | None
) -> None:
    with app.app_context():
        world.regions()
        city_cases()
        by = actor()
        drawn(by, seed=OTHER_SEED)
        before = db.session.query(SampledCase).count()
        round_, _version = frozen(by)
        with pytest.raises(InvalidSeedError) as refused:
            draw_sample(round_, digits=seed, by=by)
        assert (refused.value.flaw, refused.value.digits) == (flaw, digits)
        assert db.session.query(SampledCase).count() == before
        assert round_.status is RoundStatus.FROZEN


def test_second_draw_refused(app: Flask) -> None:
    with app.app_context():
        world.regions()
        city_cases()
        by = actor()
        round_ = drawn(by)
        before = drawn_numbers(round_)
        with pytest.raises(WrongStatusError):
            draw_sample(round_, digits=OTHER_SEED, by=by)
        assert drawn_numbers(round_) == before


def test_draw_follows_the_published_listing_not_the_register_of_today(app: Flask) -> None:
    with app.app_context():
        world.regions()
        _, cases = city_cases()
        by = actor()
        round_, version = frozen(by)
        published = {line.split("\t")[0] for line in listing_of(version).decode().splitlines()}
        for case in cases:
            case.kind = CaseKind.CIVIL_FIRST
        draw_sample(round_, digits=world.SEED, by=by)
        assert drawn_numbers(round_) <= published
        assert len(drawn_numbers(round_)) == 5


def test_statements_of_a_draw_do_not_grow_with_the_frame(app: Flask) -> None:
    used: list[int] = []
    for size in (6, 60):
        with app.app_context():
            if not used:
                world.regions()
                world.agency()
            by, handler = actor(), world.handler()
            at = db.session.query(Agency).one()
            for _ in range(size):
                world.case(handler, at)
            round_, _version = frozen(by, 5)
            with counted(app) as statements:
                draw_sample(round_, digits=f"{size:020d}", by=by)
            used.append(len(statements))
    assert used[0] == used[1]


def test_draw_asked_for_is_done_by_a_worker_once(app: Flask) -> None:
    with app.app_context():
        world.regions()
        city_cases()
        by = actor()
        round_, version = frozen(by)
        job = ask_for_draw(round_, digits=world.SEED, by=by)
        assert version.seed == world.SEED
        assert db.session.query(SampledCase).count() == 0
        draw_once_more(round_, by)  # pressed while the worker was busy
        assert jobs.run_due() == 2
        db.session.refresh(round_)
        assert round_.status is RoundStatus.DRAWN
        assert len(drawn_numbers(round_)) == 5
        assert db.session.query(AuditEvent).filter_by(action="round.drawn").count() == 1
        event = db.session.query(AuditEvent).filter_by(action="seed.given").one()
        assert event.details == {"seed": world.SEED}
        assert job.status is JobStatus.DONE


def test_seed_is_taken_once_even_if_the_worker_breaks_off(
    app: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    with app.app_context():
        world.regions()
        city_cases()
        by = actor()
        round_, _version = frozen(by)
        with monkeypatch.context() as broken:
            broken.setattr(verbs, "plan_draw", None)
            ask_for_draw(round_, digits=world.SEED, by=by)
            jobs.run_due()
        assert db.session.query(SampledCase).count() == 0
        with pytest.raises(InvalidSeedError) as refused:
            ask_for_draw(round_, digits=OTHER_SEED, by=by)
        assert refused.value.flaw is SeedFlaw.GIVEN
        db.session.rollback()
        draw_once_more(round_, by)
        jobs.run_due()
        assert db.session.query(Draw).one().seed == world.SEED


def test_draw_of_a_version_that_ended_meanwhile_is_left(app: Flask) -> None:
    with app.app_context():
        world.regions()
        city_cases()
        by, auditor = actor(), actor(role=Role.AUDITOR)
        round_, _version = frozen(by)
        ask_for_draw(round_, digits=world.SEED, by=by)
        ask_to_reopen(round_, "名单漏了一个月的台账", by)
        reopen_frame(round_, auditor)
        freeze_frame(round_, world.SEED_PLAN, by)
        jobs.run_due()
        assert round_.status is RoundStatus.FROZEN
        with pytest.raises(WrongStatusError):
            draw_once_more(round_, by)  # the second version has no seed yet


def test_second_of_two_seeds_given_at_once_is_refused(postgres_app: Flask) -> None:
    with postgres_app.app_context():
        world.regions()
        city_cases()
        by = actor()
        round_, version = frozen(by)
        assert version.seed is None  # this window read the page before
        with db.engine.begin() as other:
            other.execute(update(FrameVersion).values(seed=OTHER_SEED))
        with pytest.raises(InvalidSeedError) as refused:
            ask_for_draw(round_, digits=world.SEED, by=by)
        assert refused.value.flaw is SeedFlaw.GIVEN
