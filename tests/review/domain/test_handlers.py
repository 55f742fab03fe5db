from collections.abc import Iterator
from datetime import date
from types import SimpleNamespace
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import func, select

from review.domain import handlers
from review.domain.handlers import likely_same, merge_handlers, tell_apart
from review.domain.register_handlers import handler_ids, handler_key
from review.enums import Likeness, Role
from review.errors import NotAlikeError, TwoAccountsError
from review.extensions import db
from review.jobs import run_due
from review.models.accounts import Membership
from review.models.audit import AuditEvent
from review.models.cases import Agency, Case
from review.models.handler import Handler, HandlerDistinction, Provider
from review.models.rounds import Round
from review.permissions import Actor
from review.queries.handlers import HandlerLine, alike_handlers, handler_line, told_apart
from review.queries.register import handlers_called
from tests import world
from tests.world import CITY, COUNTY, OTHER_CITY


def line(id_: int, name: str = "任勇佳", licence: str | None = None, **more: object) -> HandlerLine:
    values = {"disputed_licence": None, "provider_id": 1, "provider": "天和所", "cases": 1} | more
    return HandlerLine(id=id_, name=name, licence_number=licence, **values)  # type: ignore[arg-type]


def pairs(*handlers: HandlerLine) -> list[tuple[int, int, Likeness]]:
    return [(p.kept.id, p.other.id, p.likeness) for p in likely_same(handlers)]


def test_same_name_and_provider_look_alike_with_another_licence_or_none() -> None:
    assert pairs(line(1), line(2, licence="L"), line(3, licence="M", cases=9)) == [
        (3, 2, Likeness.SAME_NAME),
        (3, 1, Likeness.SAME_NAME),
    ]


def test_same_licence_looks_alike_under_another_name_or_provider() -> None:
    renamed = line(2, name="任永佳", disputed_licence="L")
    moved = line(3, provider_id=2, disputed_licence="L")
    assert pairs(line(1, licence="L"), renamed, moved) == [
        (1, 2, Likeness.SAME_LICENCE),
        (1, 3, Likeness.SAME_LICENCE),
    ]


def test_pair_that_is_alike_in_both_ways_is_proposed_once() -> None:
    twice = line(2, disputed_licence="L")
    assert pairs(line(1, licence="L"), twice) == [(1, 2, Likeness.SAME_LICENCE)]


def test_different_people_are_not_proposed() -> None:
    assert pairs(line(1), line(2, name="邵刚刚"), line(3, provider_id=2), line(4, "甲", "L")) == []


@pytest.fixture
def by(app: Flask) -> Iterator[Actor]:
    with app.app_context():
        world.regions()
        member = world.person(Role.ORGANISER, CITY)
        yield Actor(member.user_id, "organiser", member.id, Role.ORGANISER, CITY)


def two(region_code: str = COUNTY, count: int = 2) -> tuple[Handler, Handler]:
    """A licensed handler with cases, and one of the same name and office without a licence."""
    licensed, at = world.handler(region_code=region_code), world.agency(region_code)
    other = world.add(Handler(name=licensed.name, provider_id=licensed.provider_id))
    for handler in (licensed, other):
        for _ in range(count):
            world.case(handler, at, closed_on=date(2024, 5, 6))
    return licensed, other


def lines(by: Actor, *handlers: Handler) -> list[HandlerLine]:
    return [found for handler in handlers if (found := handler_line(by, handler.id))]


def merge(by: Actor, kept: Handler, other: Handler) -> None:
    left, gone = lines(by, kept, other)
    merge_handlers(left, gone, by)


def test_merging_moves_cases_and_the_account_and_is_noted(by: Actor) -> None:
    kept, other = two()
    account = world.person(Role.HANDLER, COUNTY, handler_id=other.id)
    merge(by, kept, other)
    of_kept = select(func.count()).select_from(Case).where(Case.handler_id == kept.id)
    assert db.session.scalar(of_kept) == 4
    assert db.session.get_one(Membership, account.id).handler_id == kept.id
    assert other.merged_into_id == kept.id
    event = db.session.scalars(select(AuditEvent).order_by(AuditEvent.id.desc())).first()
    assert event
    assert (event.action, event.details) == ("handler.merged", {"merged": other.id, "cases": 2})
    assert alike_handlers(by) == []


def test_licence_goes_to_the_handler_that_stays(by: Actor) -> None:
    licensed, other = two()
    number = licensed.licence_number
    merge(by, other, licensed)
    assert (other.licence_number, licensed.licence_number) == (number, None)


def test_registers_that_name_the_merged_handler_mean_the_other(by: Actor) -> None:
    kept, other = two()
    merge(by, kept, other)
    found = handlers_called([(other.name, other.provider_id)])
    assert {id_ for _name, _provider, _licence, id_ in found} == {kept.id}


def row(licence: str | None, like: Handler, **changes: Any) -> Any:
    provider = db.session.get_one(Provider, like.provider_id)
    values = {"handler": like.name, "provider": provider.name, "handler_type": None} | changes
    return SimpleNamespace(licence_number=licence, **values)


def resolved(*rows: Any) -> list[int]:
    """The handler that each row is given, as an import gives it."""
    providers = dict(db.session.execute(select(Provider.name, Provider.id)).tuples().all())
    found, _inserted = handler_ids(rows, providers)
    return [found[handler_key(each)] for each in rows]


def test_import_never_makes_one_person_of_two_names_or_offices_with_one_licence(by: Actor) -> None:
    known, moved_to = world.handler(), world.handler()
    office = db.session.get_one(Provider, moved_to.provider_id).name
    licence = known.licence_number
    named = [row(licence, known), row(licence, known, handler="任永佳")]
    ids = resolved(*named, row(licence, known, provider=office))
    assert ids[0] == known.id
    assert len(set(ids)) == 3
    for id_ in ids[1:]:
        new = db.session.get_one(Handler, id_)
        assert (new.licence_number, new.disputed_licence) == (None, licence)
        world.case(
            new, world.agency() if id_ == ids[1] else db.session.scalars(select(Agency)).one()
        )
    world.case(known, db.session.scalars(select(Agency)).one())
    found = {(p.kept.id, p.other.id, p.likeness) for p in likely_same(alike_handlers(by))}
    assert found == {(known.id, id_, Likeness.SAME_LICENCE) for id_ in ids[1:]}
    assert resolved(*named) == ids[:2]  # the same register again adds nobody


def test_import_of_two_names_with_a_new_licence_gives_it_to_the_first(by: Actor) -> None:
    known = world.handler()
    first, second = resolved(row("L-9", known), row("L-9", known, handler="任永佳"))
    assert by
    assert db.session.get_one(Handler, first).licence_number == "L-9"
    assert db.session.get_one(Handler, second).disputed_licence == "L-9"


def test_import_after_a_merger_finds_the_handler_that_stayed_by_any_name_and_number(
    by: Actor,
) -> None:
    licensed, other = two()
    number = licensed.licence_number
    merge(by, other, licensed)
    assert resolved(row(number, licensed), row(None, licensed)) == [other.id] * 2


def test_two_accounts_are_not_made_one(by: Actor) -> None:
    kept, other = two()
    for handler in (kept, other):
        world.person(Role.HANDLER, COUNTY, handler_id=handler.id)
    with pytest.raises(TwoAccountsError):
        merge(by, kept, other)
    assert other.merged_into_id is None


def test_handlers_that_do_not_look_alike_are_neither_merged_nor_told_apart(by: Actor) -> None:
    kept, other = two()
    other.name = "另一人"
    one, two_ = lines(by, kept, other)
    for verb in (merge_handlers, tell_apart):
        with pytest.raises(NotAlikeError):
            verb(one, two_, by)


def test_two_people_are_not_proposed_again(by: Actor) -> None:
    kept, other = two()
    second, first = lines(by, other, kept)
    tell_apart(second, first, by)
    pair = (min(kept.id, other.id), max(kept.id, other.id))
    assert told_apart([kept.id, other.id]) == {pair}
    assert db.session.scalar(select(func.count()).select_from(HandlerDistinction)) == 1


def test_handler_with_a_case_elsewhere_is_left_to_those_above(by: Actor) -> None:
    kept, other = two()
    world.case(other, world.agency(OTHER_CITY))
    assert [each.id for each in alike_handlers(by)] == [kept.id]
    assert handler_line(by, other.id) is None


def test_figures_of_published_rounds_are_rebuilt_from_the_moved_cases(
    by: Actor, monkeypatch: pytest.MonkeyPatch
) -> None:
    kept, other = two()
    organiser = db.session.get_one(Membership, by.membership_id)
    cases = list(db.session.scalars(select(Case).where(Case.handler_id == other.id)))
    reviewers = [world.reviewer() for _ in range(3)]
    published = world.published_round(organiser, cases, reviewers)
    world.drawn_round(organiser, cases)  # not published: it has no figures yet
    rebuilt: list[tuple[int, set[int]]] = []

    def note(round_: Round) -> None:
        rebuilt.append((round_.id, set(db.session.scalars(select(Case.handler_id)))))

    monkeypatch.setattr(handlers, "refresh", note)
    merge(by, kept, other)
    assert rebuilt == []  # not in the request that merges
    assert run_due() == 1
    assert rebuilt == [(published.id, {kept.id})]
