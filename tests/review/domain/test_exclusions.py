from datetime import date

import pytest
from flask import Flask

from review.domain.exclusions import exclude_case, readmit_case
from review.domain.frames import freeze_frame, listing_of
from review.enums import CaseKind, ExclusionReason, Role
from review.errors import (
    AlreadyExcludedError,
    EmptyFrameError,
    NotACandidateError,
    WrongStatusError,
)
from review.extensions import db
from review.models.audit import AuditEvent
from review.models.cases import Case
from review.models.exclusions import Exclusion
from review.models.rounds import Round
from review.permissions import Actor
from review.queries.exclusions import exclusion_of, exclusions_of
from review.queries.sampling import candidate_counts
from tests import world


def scene(cases: int = 3) -> tuple[Round, list[Case], Actor]:
    """A draft round of the city and the cases that it covers."""
    world.regions()
    by, at = world.handler(), world.agency()
    member = world.person(Role.ORGANISER, world.CITY)
    actor = Actor(member.user_id, "organiser", member.id, Role.ORGANISER, world.CITY)
    return world.round_(member), [world.case(by, at) for _ in range(cases)], actor


def exclude(round_: Round, case: Case, by: Actor) -> None:
    why = ExclusionReason.DOSSIER_AWAY
    exclude_case(round_, case.case_number, reason=why, note="卷宗在检察院", by=by)


def test_excluded_case_is_not_in_the_frame_its_listing_or_its_counts(any_app: Flask) -> None:
    with any_app.app_context():
        round_, cases, by = scene()
        exclude(round_, cases[1], by)
        assert candidate_counts(round_) == {CaseKind.CIVIL_FIRST: 2}
        version = freeze_frame(round_, world.SEED_PLAN, by)
        listed = [line.split("\t")[0] for line in listing_of(version).decode().splitlines()]
        assert listed == sorted([cases[0].case_number, cases[2].case_number])
        assert round_.frame_size == 2


def test_exclusion_names_who_when_and_why_here_and_in_the_log(app: Flask) -> None:
    with app.app_context():
        round_, cases, by = scene()
        exclude(round_, cases[0], by)
        (row,) = exclusions_of(round_)
        assert row.case_number == cases[0].case_number
        assert (row.reason, row.note) == (ExclusionReason.DOSSIER_AWAY, "卷宗在检察院")
        event = db.session.query(AuditEvent).filter_by(action="case.excluded").one()
        assert event.actor_id == by.user_id
        assert event.object_id == f"{round_.id}:{cases[0].id}"
        assert event.details == {"reason": "dossier_away"}  # and not the free text


def test_exclusion_taken_back_leaves_both_events_and_the_case_in_the_frame(app: Flask) -> None:
    with app.app_context():
        round_, cases, by = scene(1)
        exclude(round_, cases[0], by)
        with pytest.raises(EmptyFrameError):
            freeze_frame(round_, world.SEED_PLAN, by)
        db.session.rollback()
        found = exclusion_of(round_, cases[0].id)
        assert found is not None
        readmit_case(round_, found, by)
        assert db.session.query(Exclusion).count() == 0
        freeze_frame(round_, world.SEED_PLAN, by)
        assert round_.frame_size == 1
        actions = [event.action for event in db.session.query(AuditEvent)]
        assert actions == ["case.excluded", "case.readmitted", "round.frozen"]


def test_nothing_is_excluded_or_taken_back_after_the_freeze(app: Flask) -> None:
    with app.app_context():
        round_, cases, by = scene()
        exclude(round_, cases[0], by)
        freeze_frame(round_, world.SEED_PLAN, by)
        with pytest.raises(WrongStatusError):
            exclude(round_, cases[1], by)
        found = exclusion_of(round_, cases[0].id)
        assert found is not None
        with pytest.raises(WrongStatusError):
            readmit_case(round_, found, by)
        assert db.session.query(Exclusion).count() == 1


def test_case_outside_the_rules_cannot_be_excluded(app: Flask) -> None:
    with app.app_context():
        round_, (early, unarchived, other_kind, elsewhere), by = scene(4)
        early.closed_on = date(2023, 12, 31)
        unarchived.archived_on = None
        other_kind.kind = CaseKind.DUTY_LAWYER
        elsewhere.region_code = world.OTHER_COUNTY
        db.session.commit()
        for case in (early, unarchived, other_kind, elsewhere):
            with pytest.raises(NotACandidateError):
                exclude(round_, case, by)


def test_case_is_excluded_once_and_from_one_round_only(app: Flask) -> None:
    with app.app_context():
        round_, cases, by = scene()
        exclude(round_, cases[0], by)
        with pytest.raises(AlreadyExcludedError):
            exclude(round_, cases[0], by)
        other = world.round_(world.person(Role.ORGANISER, world.CITY))
        assert candidate_counts(other) == {CaseKind.CIVIL_FIRST: 3}
