"""A round keeps the versions it was opened with, and a review the one of its first mark, whatever
is published, retired or even changed in the database in the meantime."""

from datetime import date
from decimal import Decimal

import pytest
from flask import Flask

from review.domain.definitions import create_draft, publish, retire, save_draft
from review.domain.reviewing import declare_no_conflict, save_marks, submit_review
from review.domain.rounds import RoundValues, create_round
from review.domain.rubrics import get_rubric
from review.domain.sampling import draw_sample, rubrics_by_kind
from review.enums import CaseKind, DefinitionSubject, RegionLevel, RoundStatus
from review.errors import InvalidRoundError, NoSuchCriterionError
from review.extensions import db
from review.models.accounts import Membership
from review.models.assignment import Assignment
from review.models.definitions import Definition
from review.models.reviewing import Review
from review.models.rounds import Round
from review.models.sampling import SampledCase
from review.permissions import Actor
from rubrics.model import GivenMark
from rubrics.writing import rubric_text
from tests import world
from tests.review.domain.draw_scene import actor, city_cases, frozen

RUBRIC, SCHEME = DefinitionSubject.RUBRIC, DefinitionSubject.SCHEME
FIRST, SECOND = f"{world.CITY}-civil/1", f"{world.CITY}-civil/2"
SCHEME_KEY = f"{world.CITY}-cuts/1"
NEW_CODE = "evidence_index"


def published_first(by: Actor) -> Definition:
    text = rubric_text(get_rubric(world.CIVIL_RUBRIC))
    own = create_draft(RUBRIC, text, name="civil", region_code=world.CITY, by=by)
    publish(own, edits=0, by=by)
    return own


def superseded(first: Definition, by: Actor) -> None:
    """The second version has other points and a criterion of another code; the first is retired."""
    second = create_draft(RUBRIC, first.text, name="civil", region_code=world.CITY, by=by)
    text = second.text.replace('code = "agreement"', f'code = "{NEW_CODE}"')
    text = text.replace("points = 4", "points = 6", 1).replace("points = 12", "points = 10", 1)
    save_draft(second, text, edits=0, by=by)
    publish(second, edits=1, by=by)
    retire(first, by=by)


def desks(by: Actor) -> list[tuple[Assignment, Actor]]:
    """Two markers of one case in a round under the first version."""
    member = db.session.get_one(Membership, by.membership_id)
    case, reviewers = world.case(world.handler(), world.agency()), [world.reviewer() for _ in "ab"]
    round_ = world.assigned_round(member, [case], [*reviewers, world.reviewer()])
    sampled = world.sampled_cases(round_)[0]
    sampled.rubric_key = FIRST
    db.session.commit()
    return [
        (task, Actor(one.user_id, "名", one.id, one.role, one.region_code))
        for task, one in zip(world.assignments(sampled), reviewers, strict=False)
    ]


def full_marks() -> dict[str, GivenMark]:
    """Full but for two points of the first criterion, which has four: 98 of 100."""
    sheet = {c.code: GivenMark(c.points) for c in get_rubric(FIRST).criteria}
    return sheet | {"agreement": GivenMark(Decimal(2), reason="逾期")}


def test_review_keeps_the_version_of_its_first_mark(app: Flask) -> None:
    with app.app_context():
        world.regions()
        by = actor()
        first = published_first(by)
        task, reviewer = desks(by)[0]
        declare_no_conflict(task, reviewer)
        save_marks(
            task, {"agreement": GivenMark(Decimal(2), reason="逾期")}, version=0, by=reviewer
        )
        superseded(first, by)
        # Not even a changed case moves a review that has begun.
        db.session.get_one(SampledCase, task.sampled_case_id).rubric_key = SECOND
        db.session.commit()
        with pytest.raises(NoSuchCriterionError):
            save_marks(task, {NEW_CODE: GivenMark(Decimal(1))}, version=1, by=reviewer)
        review = submit_review(task, full_marks(), "", version=1, by=reviewer)
        assert (review.rubric_key, review.total) == (FIRST, Decimal(98))


def test_who_begins_after_the_next_version_marks_under_the_pinned_one(app: Flask) -> None:
    with app.app_context():
        world.regions()
        by = actor()
        first = published_first(by)
        one, other = desks(by)
        for task, reviewer in (one, other):
            if reviewer is other[1]:
                superseded(first, by)
            declare_no_conflict(task, reviewer)
            submit_review(task, full_marks(), "", version=0, by=reviewer)
        assert {(r.rubric_key, r.total) for r in db.session.query(Review)} == {(FIRST, Decimal(98))}


def test_draw_takes_the_version_that_the_round_was_opened_with(app: Flask) -> None:
    with app.app_context():
        world.regions()
        by = actor()
        first = published_first(by)
        city_cases()
        round_, _version = frozen(by, 5)
        for pinned in round_.rubrics:
            if pinned.kind is CaseKind.CIVIL_FIRST:
                pinned.rubric_key = FIRST
        superseded(first, by)
        assert rubrics_by_kind(round_)[CaseKind.CIVIL_FIRST] == FIRST
        draw_sample(round_, digits=world.SEED, by=by)
        keys = {sampled.rubric_key for sampled in db.session.query(SampledCase)}
        assert keys == {FIRST, world.CRIMINAL_RUBRIC}


def values(**changes: object) -> RoundValues:
    given: RoundValues = {
        "name": "评估",
        "region_code": world.CITY,
        "window_from": date(2024, 1, 1),
        "window_to": date(2024, 6, 30),
        "rubrics": {CaseKind.CIVIL_FIRST: FIRST},
        "scheme_key": "hundred-4",
        "marks_per_case": 2,
        "threshold": Decimal(10),
        "conflict_level": RegionLevel.COUNTY,
        "marking_due_on": date(2099, 12, 31),
    }
    return {**given, **changes}  # type: ignore[typeddict-item]


def test_new_round_takes_neither_draft_nor_retired_nor_foreign(app: Flask) -> None:
    with app.app_context():
        world.regions()
        by = actor()
        first = published_first(by)
        scheme = world.definition(db.session.get_one(Membership, by.membership_id), "cuts", SCHEME)
        assert scheme.key == SCHEME_KEY
        db.session.commit()
        opened = create_round(values(), by)
        with pytest.raises(InvalidRoundError, match="scheme_key"):
            create_round(values(scheme_key=SCHEME_KEY), by)  # a draft
        superseded(first, by)
        with pytest.raises(InvalidRoundError, match="rubrics"):
            create_round(values(), by)  # retired
        elsewhere = actor(world.OTHER_CITY)
        foreign = {"region_code": world.OTHER_CITY, "rubrics": {CaseKind.CIVIL_FIRST: SECOND}}
        with pytest.raises(InvalidRoundError, match="rubrics"):
            create_round(values(**foreign), elsewhere)
        assert [r.rubric_key for r in db.session.get_one(Round, opened.id).rubrics] == [FIRST]
        assert opened.status is RoundStatus.DRAFT
