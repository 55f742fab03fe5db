import hashlib
import json
from collections import Counter
from datetime import date, timedelta
from decimal import Decimal

import pytest
from flask import Flask

from review import jobs
from review.domain.design_rules import Rules
from review.domain.designs import save_design
from review.domain.frames import ask_for_freeze, design_of, freeze_frame, listing_of
from review.domain.seeds import SeedPlan
from review.enums import (
    CaseKind,
    Dimension,
    ExclusionReason,
    JobFailure,
    JobStatus,
    RoundStatus,
    SeedFlaw,
    SeedKind,
    SizeBy,
    UnitKind,
)
from review.errors import (
    AmbiguousFrameError,
    DesignRefusedError,
    EmptyFrameError,
    InvalidSeedError,
    WrongStatusError,
)
from review.extensions import db
from review.models.audit import AuditEvent
from review.models.cases import Case
from review.models.exclusions import Exclusion
from review.models.frames import FrameVersion, SeedParty
from review.models.jobs import Job
from review.models.sampling import FrameCase, Stratum
from review.queries.frames import parties_of
from tests import world
from tests.review.domain.draw_scene import actor, city_cases, draft
from tests.statements import counted

TOMORROW = date.today() + timedelta(days=2)


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
        freeze_frame(round_, world.SEED_PLAN, organiser)
        framed = {case_id for (case_id,) in db.session.query(FrameCase.case_id)}
        assert framed == {case.id for case in [*cases, last]}
        strata = {s.label: s.population for s in db.session.query(Stratum)}
    # 6 civil cases and the one of the last day; 4 criminal cases beside.
    assert strata == {"990101:civil_first": 7, "990102:criminal_trial": 4}


def test_digest_is_the_sha256_of_the_published_listing(any_app: Flask) -> None:
    with any_app.app_context():
        world.regions()
        _, cases = city_cases()
        by = actor()
        round_ = draft(by)
        version = freeze_frame(round_, world.SEED_PLAN, by)
        listing = listing_of(version)
        label = {CaseKind.CIVIL_FIRST: "990101:civil_first"}
        rows = [(c.case_number, label.get(c.kind, "990102:criminal_trial"), "") for c in cases]
        assert listing.decode() == "".join("\t".join(row) + "\n" for row in sorted(rows))
        assert round_.frame_digest == version.digest == hashlib.sha256(listing).hexdigest()
        assert round_.frame_size == version.cases == 10
        event = db.session.query(AuditEvent).filter_by(action="round.frozen").one()
        assert (event.details["cases"], event.details["version"]) == (10, 1)


def test_usual_design_draws_a_tenth_and_one_of_each_stratum(app: Flask) -> None:
    with app.app_context():
        world.regions()
        city_cases(county=30, beside=4)
        by = actor()
        version = freeze_frame(draft(by), world.SEED_PLAN, by)
        # A tenth of 34 is 3.4, so 4: one each, then 30/3 = 10 against 4/3: both to the larger.
        assert design_of(version).size == 4
        sizes = {s.label: s.sample_size for s in db.session.query(Stratum)}
        assert sizes == {"990101:civil_first": 3, "990102:criminal_trial": 1}


def test_units_are_pseudonyms_in_the_order_of_the_numbers(app: Flask) -> None:
    with app.app_context():
        world.regions()
        at, handlers = world.agency(), [world.handler() for _ in range(3)]
        cases = [world.case(handlers[n % 3], at) for n in range(9)]
        by = actor()
        round_ = draft(by)
        rules = Rules(dimensions=(), unit=UnitKind.HANDLER, minimum=1, cap=2)
        save_design(round_, rules, by)
        version = freeze_frame(round_, world.SEED_PLAN, by)
        rows = [line.split("\t") for line in listing_of(version).decode().splitlines()]
        handler_of = {case.case_number: case.handler_id for case in cases}
        assert {stratum for _number, stratum, _unit in rows} == {"all"}
        assert list(dict.fromkeys(unit for _n, _s, unit in rows)) == ["u00001", "u00002", "u00003"]
        pairs = {(handler_of[number], unit) for number, _stratum, unit in rows}
        assert len(pairs) == 3  # one name for each handler, and no handler's id in it
        assert Counter(unit for _n, _s, unit in rows) == {"u00001": 3, "u00002": 3, "u00003": 3}


def test_every_dimension_can_make_strata(any_app: Flask) -> None:
    with any_app.app_context():
        world.regions()
        handler = world.handler()
        world.case(handler, world.agency())
        handler.handler_type = None
        by = actor()
        round_ = draft(by)
        save_design(round_, Rules(dimensions=tuple(reversed(Dimension))), by)
        freeze_frame(round_, world.SEED_PLAN, by)
        (stratum,) = db.session.query(Stratum)
        # The order of Dimension, whatever the order they were chosen in; closed in March.
        provider = handler.provider_id
        assert stratum.label == f"990101:990101:{provider}:civil_first:none:none:2024Q1"


def test_exclusions_and_reconciliation_are_published_with_the_version(app: Flask) -> None:
    with app.app_context():
        world.regions()
        _, cases = city_cases(county=3, beside=0)
        by = actor()
        round_ = draft(by)
        from review.domain.exclusions import exclude_case

        number = cases[0].case_number
        reason = ExclusionReason.CONFIDENTIAL
        exclude_case(round_, number, reason=reason, note="涉密案件，不能外借", by=by)
        version = freeze_frame(round_, world.SEED_PLAN, by)
        (kept_out,) = version.figures["exclusions"]
        assert (kept_out["number"], kept_out["reason"]) == (number, "confidential")
        assert version.figures["places"] == {"in_frame": 2, "excluded": 1}
        db.session.query(Exclusion).delete()
        assert version.figures["exclusions"] == [kept_out]  # its own copy


def test_freeze_refused_when_the_window_holds_no_case(app: Flask) -> None:
    with app.app_context():
        world.regions()
        by = actor()
        round_ = draft(by)
        for freeze in (freeze_frame, ask_for_freeze):
            with pytest.raises(EmptyFrameError):
                freeze(round_, world.SEED_PLAN, by)
        assert round_.status is RoundStatus.DRAFT


def test_freeze_refused_when_two_numbers_are_the_same_once_trimmed(app: Flask) -> None:
    with app.app_context():
        world.regions()
        _, cases = city_cases(county=2, beside=0)
        cases[1].case_number = cases[0].case_number + " "
        by = actor()
        round_ = draft(by)
        with pytest.raises(AmbiguousFrameError):
            freeze_frame(round_, world.SEED_PLAN, by)
        db.session.rollback()
        assert db.session.query(FrameCase).count() == 0


def test_freeze_refused_when_the_design_does_not_fit(app: Flask) -> None:
    with app.app_context():
        world.regions()
        city_cases(county=6, beside=4)
        by = actor()
        round_ = draft(by)
        save_design(round_, Rules(size_by=SizeBy.NUMBER, wanted=Decimal(11)), by)
        with pytest.raises(DesignRefusedError) as refused:
            freeze_frame(round_, world.SEED_PLAN, by)
        place = refused.value.place
        # Two strata of 6 and 4 cases: 2 to 10 can be drawn.
        assert (place.least, place.most, place.given) == (2, 10, 11)
        assert db.session.query(FrameVersion).count() == 0


@pytest.mark.parametrize(
    ("plan", "flaw"),
    [
        (SeedPlan(SeedKind.DICE, " "), SeedFlaw.NO_SOURCE),
        (SeedPlan(SeedKind.LOTTERY, "双色球"), SeedFlaw.NO_LATER_DAY),
        (SeedPlan(SeedKind.LOTTERY, "双色球", date(2024, 1, 1)), SeedFlaw.NO_LATER_DAY),
        (SeedPlan(SeedKind.PARTIES, "", None, ("甲",)), SeedFlaw.FEW_PARTIES),
        (SeedPlan(SeedKind.PARTIES, "", None, ("甲", "甲")), SeedFlaw.FEW_PARTIES),
        (SeedPlan(SeedKind.PARTIES, "", None, ("甲", "乙:丙")), SeedFlaw.PARTY_NAME),
    ],
)
def test_freeze_refused_without_a_plan_for_the_seed(
    app: Flask, plan: SeedPlan, flaw: SeedFlaw
) -> None:
    with app.app_context():
        world.regions()
        city_cases()
        by = actor()
        round_ = draft(by)
        with pytest.raises(InvalidSeedError) as refused:
            freeze_frame(round_, plan, by)
        assert refused.value.flaw is flaw
        assert round_.status is RoundStatus.DRAFT


def test_parties_are_named_at_the_freeze(app: Flask) -> None:
    with app.app_context():
        world.regions()
        city_cases()
        by = actor()
        plan = SeedPlan(SeedKind.PARTIES, "", None, ("律协", "司法厅"))
        version = freeze_frame(draft(by), plan, by)
        assert [party.name for party in parties_of(version)] == ["司法厅", "律协"]
        assert version.seed_source == "律协、司法厅"
        assert db.session.query(SeedParty).filter(SeedParty.commitment.is_not(None)).count() == 0


def test_frame_is_frozen_once_and_later_cases_stay_out(app: Flask) -> None:
    with app.app_context():
        world.regions()
        here, cases = city_cases()
        by = actor()
        round_ = draft(by)
        version = freeze_frame(round_, world.SEED_PLAN, by)
        world.case(world.handler(), here)
        cases[0].case_number = "改过的编号"
        with pytest.raises(WrongStatusError):
            freeze_frame(round_, world.SEED_PLAN, by)
        assert db.session.query(FrameCase).count() == 10
        assert hashlib.sha256(listing_of(version)).hexdigest() == round_.frame_digest


def test_freeze_asked_for_is_done_by_a_worker_once(app: Flask) -> None:
    with app.app_context():
        world.regions()
        city_cases()
        by = actor()
        round_ = draft(by)
        plan = SeedPlan(SeedKind.LOTTERY, "双色球第2024077、2024078期", TOMORROW)
        ask_for_freeze(round_, plan, by)
        ask_for_freeze(round_, plan, by)  # pressed twice
        assert db.session.query(FrameVersion).count() == 0
        assert jobs.run_due() == 2
        db.session.refresh(round_)
        assert round_.status is RoundStatus.FROZEN
        version = db.session.query(FrameVersion).one()
        assert (version.seed_kind, version.seed_due_on) == (SeedKind.LOTTERY, TOMORROW)
        assert [job.status for job in db.session.query(Job)] == [JobStatus.DONE] * 2


def test_job_says_that_two_numbers_are_the_same(app: Flask) -> None:
    with app.app_context():
        world.regions()
        city_cases()
        by = actor()
        round_ = draft(by)
        ask_for_freeze(round_, world.SEED_PLAN, by)
        first, second = db.session.query(Case).limit(2)
        second.case_number = f"{first.case_number} "
        db.session.commit()
        jobs.run_due()
        assert db.session.query(Job).one().failure is JobFailure.TWIN_NUMBERS
        db.session.refresh(round_)
        assert round_.status is RoundStatus.DRAFT


def test_job_says_that_the_cases_have_changed(app: Flask) -> None:
    with app.app_context():
        world.regions()
        city_cases()
        by = actor()
        ask_for_freeze(draft(by), world.SEED_PLAN, by)
        for case in db.session.query(Case):
            case.archived_on = None
        db.session.commit()
        jobs.run_due()
        assert db.session.query(Job).one().failure is JobFailure.FRAME_CHANGED


def test_design_is_stored_as_the_verifier_reads_it(app: Flask) -> None:
    with app.app_context():
        world.regions()
        city_cases()
        by = actor()
        version = freeze_frame(draft(by), world.SEED_PLAN, by)
        db.session.refresh(version)
        again = design_of(version)
        assert json.loads(json.dumps(version.design["design"]))["size"] == again.size == 2
        assert hash(again) is not None  # tuples all the way down, as the statistics need them


def test_statements_of_a_freeze_do_not_grow_with_the_frame(app: Flask) -> None:
    used: list[int] = []
    for size in (5, 50):
        with app.app_context():
            if not used:
                world.regions()
                world.agency()
            by = actor()
            from review.models.cases import Agency

            handler, at = world.handler(), db.session.query(Agency).first()
            assert at is not None
            for _ in range(size):
                world.case(handler, at)
            round_ = draft(by)
            db.session.commit()
            with counted(app) as statements:
                freeze_frame(round_, world.SEED_PLAN, by)
            used.append(len(statements))
    assert used[0] == used[1]
