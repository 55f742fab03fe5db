"""Two-world blindness: databases that differ only in a secret answer alike to who must not know.

Each secret is planted by one function that takes a random generator and a world, 0 or 1. The
actor's whole reach is crawled in both worlds; status, headers and body must be equal to the byte
once CSRF tokens and dates are gone. ``test_leak_is_caught`` shows that a leaked count is seen.
``WORLD_SEEDS=25`` makes 225 pairs of it.
"""

import os
from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path
from random import Random
from typing import Any

import pytest
import time_machine
from flask import Response
from sqlalchemy import Select, delete, func, select, text, update
from sqlalchemy import case as sql_case

from review.enums import AssignmentStatus, CaseKind, RoundStatus, SampledCaseStatus
from review.extensions import db
from review.models.assignment import Assignment
from review.models.cases import Case
from review.models.handler import Handler, Provider
from review.models.results import Result
from review.models.reviewing import Mark, Receipt, Review
from review.models.rounds import Round
from review.models.sampling import SampledCase
from review.privacy import encrypt_text
from tests.trust.crawl import crawl
from tests.trust.matrix import EVERYBODY
from tests.trust.platform import Platform
from tests.trust.province import REVIEWERS, Province, new_case
from tests.world import COUNTY_BESIDE, OTHER_COUNTY

Plant = Callable[[Province, Random, int], None]
BY_NAME = {actor.name: actor for actor in EVERYBODY}
SEEDS_PER_SECRET = int(os.environ.get("WORLD_SEEDS", "3"))


def which_reviewer(here: Province, rng: Random, world: int) -> None:
    """(i) Who marked which case: in world 1 the reviewers change places throughout."""
    people = [here.members[name].user_id for name in REVIEWERS]
    shift = rng.randrange(1, len(people))
    turned = people[shift:] + people[:shift] if world else people
    places = sql_case(
        dict(zip((-p for p in people), turned, strict=True)), value=Assignment.reviewer_id
    )
    db.session.execute(text("PRAGMA defer_foreign_keys = ON"))
    away = update(Assignment).values(reviewer_id=-Assignment.reviewer_id)
    db.session.execute(away)  # through numbers of nobody: no case has one reviewer twice meanwhile
    db.session.execute(update(Assignment).values(reviewer_id=places))


def marks_of_others(here: Province, rng: Random, world: int) -> None:
    """(ii) What the co-reviewers of a running case gave, said and drafted."""
    for review in _reviews_of_others(here):
        for mark in review.marks:
            mark.points = Decimal(rng.randrange(0, 3)) if world else mark.points
            mark.reason = f"{mark.reason}{world}"
        review.comment += str(world)
        if review.total is not None and world:
            review.total = Decimal(rng.randrange(0, 100))


def co_reviewers_progress(here: Province, rng: Random, world: int) -> None:
    """(ii) How far the co-reviewer of an open case is: nothing yet, or a draft."""
    own = here.members[REVIEWERS[0]].user_id
    opened = db.session.scalars(
        select(Assignment)
        .join(SampledCase, SampledCase.id == Assignment.sampled_case_id)
        .where(SampledCase.status == SampledCaseStatus.MARKING)
        .where(Assignment.reviewer_id != own, Assignment.status != AssignmentStatus.RESERVE)
    ).all()
    for task in rng.sample(opened, len(opened) // 2 + 1):
        review = db.session.scalar(select(Review).where(Review.assignment_id == task.id))
        if review:
            db.session.execute(delete(Receipt).where(Receipt.review_id == review.id))
            db.session.delete(review)
            db.session.flush()
        task.status = AssignmentStatus.DRAFT if world else AssignmentStatus.OPEN
        if world:
            db.session.add(_draft(task, rng))


def existence_of_reserve(here: Province, rng: Random, world: int) -> None:
    """(ii) Whether a third reviewer stands ready, has been called, or has marked."""
    reserves = db.session.scalars(select(Assignment).where(Assignment.ordinal == 3)).all()
    for task in reserves:
        if task.status is AssignmentStatus.RESERVE and world and rng.random() < 0.7:
            db.session.delete(task)


def who_handled(here: Province, rng: Random, world: int) -> None:
    """(iii) Handler, provider, agency, county, case number and recipient of every case."""
    for handler in db.session.scalars(select(Handler)):
        handler.name = f"ZXWORLD{world}{rng.randrange(10**6)}"
        handler.licence_number = f"ZXW{world}{handler.id}{rng.randrange(10**6)}"
    for provider in db.session.scalars(select(Provider)):
        provider.name = f"ZXFIRM{world}{provider.id}{rng.randrange(10**6)}"
    handlers = db.session.scalars(select(Handler)).all()
    for case in db.session.scalars(select(Case)):
        by = rng.choice(handlers)
        code = rng.choice(list(here.agencies))
        case.recipient_name = encrypt_text(f"ZXRECIPIENT{world}{rng.randrange(10**6)}")
        case.case_number = f"{case.case_number}-{world}{rng.randrange(10**6)}"
        if world:
            case.handler_id, case.provider_id = by.id, by.provider_id
            case.agency_id, case.region_code = here.agencies[code].id, code


def cases_of_another_county(here: Province, rng: Random, world: int) -> None:
    """(iv) How many cases, rounds and results the neighbours have, and how good they are."""
    if not world:
        return
    for _ in range(rng.randrange(1, 9)):
        new_case(here, "handler-beside", COUNTY_BESIDE, _some_day(rng))
        new_case(here, "handler-other", OTHER_COUNTY, _some_day(rng))
    foreign = (
        select(Result)
        .join(SampledCase, SampledCase.id == Result.sampled_case_id)
        .join(Case, Case.id == SampledCase.case_id)
        .where(Case.region_code.in_((COUNTY_BESIDE, OTHER_COUNTY)))
    )
    for result in db.session.scalars(foreign):
        result.total = Decimal(rng.randrange(0, 100))
    for round_ in db.session.scalars(select(Round).where(Round.region_code == OTHER_COUNTY)):
        round_.name += f"ZXOTHER{rng.randrange(100)}"


def unsampled_case(here: Province, rng: Random, world: int) -> None:
    """(v) Whether cases exist that were never drawn, among them the handler's own."""
    for _ in range(world * rng.randrange(1, 9)):
        new_case(here, "handler-same-county", "990101", _some_day(rng))
        new_case(here, "handler-other", OTHER_COUNTY, _some_day(rng), kind=CaseKind.NON_LITIGATION)


def result_not_yet_published(here: Province, rng: Random, world: int) -> None:
    """Whether cases of a running round are settled, and with what total."""
    running = (
        select(Result)
        .join(SampledCase, SampledCase.id == Result.sampled_case_id)
        .join(Round, Round.id == SampledCase.round_id)
        .where(Round.status == RoundStatus.MARKING)
    )
    for result in db.session.scalars(running):
        if not world:
            db.session.delete(result)
        else:
            result.total = Decimal(rng.randrange(0, 100))


def drawn_or_not(here: Province, rng: Random, world: int) -> None:
    """Which cases a running round has drawn: the handlers must not learn it before its end."""
    drawn = (
        select(SampledCase)
        .join(Round, Round.id == SampledCase.round_id)
        .where(Round.status == RoundStatus.DRAWN)
    )
    for sampled in db.session.scalars(drawn):
        if world and rng.random() < 0.7:
            db.session.delete(sampled)


SECRETS: tuple[tuple[Plant, tuple[str, ...]], ...] = (
    (which_reviewer, ("handler", "chief@county", "chief@province")),
    (marks_of_others, ("reviewer",)),
    (co_reviewers_progress, ("reviewer",)),
    (existence_of_reserve, ("reviewer", "reviewer-3", "handler")),
    (who_handled, ("reviewer", "reviewer-2")),
    (cases_of_another_county, ("organiser@county", "chief@county", "auditor@county", "handler")),
    (unsampled_case, ("reviewer", "handler")),
    (result_not_yet_published, ("handler", "reviewer", "chief@county")),
    (drawn_or_not, ("handler", "chief@county")),
)
PAIRS = [
    pytest.param(plant, actors, seed, id=f"{plant.__name__}-{seed}")
    for plant, actors in SECRETS
    for seed in range(SEEDS_PER_SECRET)
]


def _some_day(rng: Random) -> date:
    return date(2024, rng.randrange(1, 13), rng.randrange(1, 28))


def _reviews_of_others(here: Province) -> Iterator[Review]:
    """Those of running rounds that are not the first reviewer's own."""
    statement = (
        select(Review)
        .join(Assignment, Assignment.id == Review.assignment_id)
        .join(SampledCase, SampledCase.id == Assignment.sampled_case_id)
        .join(Round, Round.id == SampledCase.round_id)
        .where(Round.status == RoundStatus.MARKING)
        .where(Assignment.reviewer_id != here.members[REVIEWERS[0]].user_id)
    )
    yield from db.session.scalars(statement).all()


def _draft(task: Assignment, rng: Random) -> Review:
    now = task.assigned_at
    marks = [Mark(criterion_code="1.1", points=Decimal(rng.randrange(3)), reason="ZXDRAFT")]
    return Review(
        assignment_id=task.id,
        rubric_key="civil-first/1",
        started_at=now,
        saved_at=now,
        marks=marks,
    )


class Worlds:
    """Two platforms over copies of one province, ready to be made to differ."""

    def __init__(self, folder: Path, built: tuple[Path, Province]) -> None:
        path, here = built[0], built[1].copy()
        self.sides = tuple(Platform(folder / f"world-{n}", path, here) for n in (0, 1))

    def plant(self, plant: Plant, seed: int) -> None:
        for number, side in enumerate(self.sides):
            side.change(lambda here, n=number: plant(here, Random(seed), n))  # type: ignore[misc]  # noqa: S311

    def differences(self, actor: str) -> list[str]:
        """Addresses that ``actor`` sees answered otherwise in one world than in the other."""
        with time_machine.travel(datetime.now(UTC), tick=False):  # both are asked at one moment
            one, other = (crawl(side, BY_NAME[actor]) for side in self.sides)
        every = dict.fromkeys((*one, *other))
        return [f"{actor}: {url}" for url in every if one.get(url) != other.get(url)]


@pytest.fixture
def worlds(tmp_path: Path, built: tuple[Path, Province]) -> Iterator[Worlds]:
    worlds = Worlds(tmp_path, built)
    yield worlds
    for side in worlds.sides:
        side.close()


@pytest.mark.parametrize(("plant", "actors", "seed"), PAIRS)
def test_worlds_that_differ_in_a_secret_answer_alike(
    worlds: Worlds, plant: Plant, actors: tuple[str, ...], seed: int
) -> None:
    worlds.plant(plant, seed)
    assert not [d for actor in actors for d in worlds.differences(actor)]


def test_there_are_at_least_twenty_pairs() -> None:
    assert len(PAIRS) >= 20


LEAKS: dict[Plant, tuple[str, Select[Any]]] = {
    which_reviewer: ("handler", select(func.sum(Assignment.id * Assignment.reviewer_id))),
    marks_of_others: ("reviewer", select(func.group_concat(Review.comment))),
    who_handled: ("reviewer", select(func.group_concat(Handler.name))),
    cases_of_another_county: ("chief@county", select(func.count(Case.id))),
    unsampled_case: ("handler", select(func.count(Case.id))),
}


@pytest.mark.parametrize("plant", LEAKS)
def test_leak_is_caught(worlds: Worlds, plant: Plant) -> None:
    """One figure too many in a header of each page, and the two worlds no longer look alike."""
    actor, figure = LEAKS[plant]

    def leak(response: Response) -> Response:
        response.headers["X-Figure"] = str(db.session.scalar(figure))
        return response

    for side in worlds.sides:
        side.app.after_request(leak)
    worlds.plant(plant, 0)
    assert worlds.differences(actor)
