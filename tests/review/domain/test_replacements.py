import json
from typing import Any

import pytest
from flask import Flask

from review import jobs
from review.domain.frames import listing_of
from review.domain.manifests import last_seal, manifest_now
from review.domain.replacements import ask_for_replacement, replace_case
from review.enums import JobFailure, JobStatus, ReplacementReason, RoundStatus, UnitKind
from review.errors import NoCaseLeftError, NotDrawnError, WrongStatusError
from review.extensions import db
from review.models.audit import AuditEvent
from review.models.cases import Case
from review.models.frames import FrameVersion, Replacement
from review.models.jobs import Job
from review.models.rounds import Round
from review.models.sampling import SampledCase
from review.queries.frames import replacements_of, version_in_full
from review.queries.sampling import sampled_lines
from scoring.sampling import ticket
from tests import world
from tests.review.domain.draw_scene import actor, city_cases, drawn, drawn_numbers
from tests.trust.test_verify_draw import Verify, verify  # noqa: F401  (a fixture)

MISSING = ReplacementReason.DOSSIER_MISSING


def first_of(round_: Round, label: str) -> int:
    """The drawn case of a stratum with the smallest ticket."""
    lines = [line for line in sampled_lines(round_) if line.label == label]
    return int(min(lines, key=lambda line: str(line.ticket)).case_id)


def told(round_: Round) -> tuple[FrameVersion, Any]:
    """The version, and its manifest as it is published now."""
    version = version_in_full(round_, 1)
    return version, json.loads(manifest_now(version, replacements_of(version)) or "")


def test_next_ticket_of_the_stratum_comes_in_and_both_stay_on_record(any_app: Flask) -> None:
    with any_app.app_context():
        world.regions()
        _, cases = city_cases(county=12, beside=8)
        by = actor()
        round_ = drawn(by, 5)  # three of twelve, two of eight
        label = "990101:civil_first"
        tickets = sorted((ticket(world.SEED, c.case_number), c.case_number) for c in cases[:12])
        before = drawn_numbers(round_)
        left = first_of(round_, label)
        row = replace_case(round_, left, reason=MISSING, by=by)
        # Civil cases by ticket: the first leaves, the fourth follows.
        assert (row.left_number, row.came_number) == (tickets[0][1], tickets[3][1])
        assert drawn_numbers(round_) == before - {tickets[0][1]} | {tickets[3][1]}
        came = db.session.query(SampledCase).join(Case).filter_by(case_number=tickets[3][1]).one()
        assert (came.inclusion_probability, came.ticket) == (3 / 12, tickets[3][0])
        assert came.rubric_key == world.CIVIL_RUBRIC
        stored = db.session.query(Replacement).one()
        assert (stored.reason, stored.replaced_by_id) == (MISSING, by.user_id)
        event = db.session.query(AuditEvent).filter_by(action="case.replaced").one()
        assert event.details == {"reason": "dossier_missing"}


def test_whoever_left_never_comes_back(app: Flask) -> None:
    with app.app_context():
        world.regions()
        _, cases = city_cases(county=6, beside=2)
        by, label = actor(), "990101:civil_first"
        round_ = drawn(by, 3)
        seen: list[str] = []
        tickets = sorted((ticket(world.SEED, c.case_number), c.case_number) for c in cases[:6])
        for _ in range(4):
            row = replace_case(round_, first_of(round_, label), reason=MISSING, by=by)
            seen.append(row.came_number)
        # Two of six were drawn; the four others follow in the order of their tickets.
        assert seen == [number for _lot, number in tickets[2:]]
        with pytest.raises(NoCaseLeftError):
            replace_case(round_, first_of(round_, label), reason=MISSING, by=by)
        assert len(drawn_numbers(round_)) == 3


def test_replacement_for_a_minimum_comes_from_the_same_handler(app: Flask) -> None:
    with app.app_context():
        world.regions()
        at, handlers = world.agency(), [world.handler() for _ in range(3)]
        for n in range(12):
            world.case(handlers[n % 3], at)
        by = actor()
        round_ = drawn(by, 3, dimensions=(), unit=UnitKind.HANDLER, minimum=1)
        row = replace_case(round_, first_of(round_, "all"), reason=MISSING, by=by)
        assert row.for_minimum
        left, came = db.session.get(Case, row.left_case_id), db.session.get(Case, row.came_case_id)
        assert left is not None
        assert came is not None
        assert left.handler_id == came.handler_id
        sampled = db.session.query(Case.handler_id).join(SampledCase)
        assert {handler for (handler,) in sampled} == {handler.id for handler in handlers}


def test_replacement_refused_once_reviewers_have_begun(app: Flask) -> None:
    with app.app_context():
        world.regions()
        city_cases()
        by = actor()
        round_ = drawn(by)
        round_.status = RoundStatus.MARKING
        with pytest.raises(WrongStatusError):
            replace_case(round_, first_of(round_, "990101:civil_first"), reason=MISSING, by=by)


def test_case_of_another_round_cannot_be_replaced(app: Flask) -> None:
    with app.app_context():
        world.regions()
        city_cases()
        by = actor()
        first = drawn(by)
        second = drawn(by, seed="2" * 20)
        others = {line.case_id for line in sampled_lines(second)}
        others -= {line.case_id for line in sampled_lines(first)}
        with pytest.raises(NotDrawnError):
            replace_case(first, min(others), reason=MISSING, by=by)
        with pytest.raises(NotDrawnError):
            replace_case(first, 999_999, reason=MISSING, by=by)


def test_draw_without_a_manifest_has_no_replacements(app: Flask) -> None:
    with app.app_context():
        world.regions()
        city_cases()
        by = actor()
        round_ = drawn(by)
        db.session.query(FrameVersion).one().seal = None  # as drawn before manifests were kept
        with pytest.raises(WrongStatusError):
            replace_case(round_, first_of(round_, "990101:civil_first"), reason=MISSING, by=by)


def test_manifest_keeps_the_sample_and_tells_each_replacement(
    app: Flask,
    verify: Verify,  # noqa: F811
) -> None:
    with app.app_context():
        world.regions()
        _, cases = city_cases(county=12, beside=8)
        by = actor()
        round_ = drawn(by, 5)
        version, before = told(round_)
        assert manifest_now(version, ()) == version.manifest
        tickets = sorted((ticket(world.SEED, c.case_number), c.case_number) for c in cases[:12])
        for _ in range(2):
            replace_case(round_, first_of(round_, "990101:civil_first"), reason=MISSING, by=by)
        version, manifest = told(round_)
        # Three of twelve were drawn: the first leaves for the fourth, the second for the fifth.
        rows = [(row["left"], row["came"], row["reason"]) for row in manifest["replacements"]]
        numbers = [number for _lot, number in tickets]
        assert rows == [(numbers[at], numbers[at + 3], "dossier_missing") for at in (0, 1)]
        assert {name: manifest[name] for name in before} == before
        last = verify(manifest, listing_of(version))
        assert last == last_seal(version, replacements_of(version)) != version.seal


def test_replacement_asked_for_twice_is_done_once(app: Flask) -> None:
    with app.app_context():
        world.regions()
        city_cases()
        by = actor()
        round_ = drawn(by)
        before = drawn_numbers(round_)
        left = first_of(round_, "990101:civil_first")
        for _ in range(2):  # pressed twice, or in two windows
            ask_for_replacement(round_, left, reason=MISSING, by=by)
        assert db.session.query(Replacement).count() == 0
        assert jobs.run_due() == 2
        assert [job.status for job in db.session.query(Job)] == [JobStatus.DONE] * 2
        assert db.session.query(Replacement).count() == 1
        assert len(drawn_numbers(round_) - before) == 1
        with pytest.raises(NotDrawnError):
            ask_for_replacement(round_, left, reason=MISSING, by=by)


def test_job_says_that_no_case_is_left(app: Flask) -> None:
    with app.app_context():
        world.regions()
        city_cases(county=2, beside=2)
        by = actor()
        round_ = drawn(by, 4)  # all there are
        left = first_of(round_, "990101:civil_first")
        ask_for_replacement(round_, left, reason=MISSING, by=by)
        jobs.run_due()
        assert db.session.query(Job).one().failure is JobFailure.NO_CASE_LEFT
        assert len(drawn_numbers(round_)) == 4


def test_replacement_asked_for_before_reviewers_began_is_refused_after(app: Flask) -> None:
    with app.app_context():
        world.regions()
        city_cases()
        by = actor()
        round_ = drawn(by)
        before = drawn_numbers(round_)
        left = first_of(round_, "990101:civil_first")
        ask_for_replacement(round_, left, reason=MISSING, by=by)
        round_.status = RoundStatus.MARKING
        db.session.commit()
        jobs.run_due()
        assert db.session.query(Job).one().failure is JobFailure.REFUSED
        assert drawn_numbers(round_) == before
