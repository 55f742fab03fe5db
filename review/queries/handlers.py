from collections.abc import Collection, Sequence
from typing import Any, NamedTuple

from sqlalchemy import Select, and_, func, select, union
from sqlalchemy.orm import aliased

from review.extensions import db
from review.models.accounts import Membership
from review.models.cases import Case
from review.models.handler import Handler, HandlerDistinction, Provider
from review.models.rounds import Round
from review.models.sampling import SampledCase
from review.permissions import Actor
from review.queries.regions import within


class HandlerLine(NamedTuple):
    """A handler as an organiser tells one from another."""

    id: int
    name: str
    licence_number: str | None
    disputed_licence: str | None
    provider_id: int
    provider: str
    cases: int


def alike_handlers(actor: Actor) -> list[HandlerLine]:
    """Handlers, of the actor's tree alone, that share a licence or name and provider with
    another."""
    same_name = (
        select(Handler.name, Handler.provider_id)
        .where(Handler.merged_into_id.is_(None))
        .group_by(Handler.name, Handler.provider_id)
        .having(func.count() > 1)
        .subquery()
    )
    disputed = select(Handler.disputed_licence).where(
        Handler.disputed_licence.is_not(None), Handler.merged_into_id.is_(None)
    )
    named = select(Handler.id).join(
        same_name,
        and_(same_name.c.name == Handler.name, same_name.c.provider_id == Handler.provider_id),
    )
    licensed = select(Handler.id).where(
        Handler.licence_number.in_(disputed) | Handler.disputed_licence.in_(disputed)
    )
    found = db.session.execute(_lines(actor).where(Handler.id.in_(union(named, licensed))))
    return [HandlerLine(*row) for row in found]


def handler_line(actor: Actor, handler_id: int) -> HandlerLine | None:
    row = db.session.execute(_lines(actor).where(Handler.id == handler_id)).first()
    return HandlerLine(*row) if row else None


def told_apart(ids: Collection[int]) -> set[tuple[int, int]]:
    """Pairs of these handlers, lower id first, that were said to be two people."""
    rows = db.session.execute(
        select(HandlerDistinction.first_id, HandlerDistinction.second_id).where(
            HandlerDistinction.first_id.in_(ids)
        )
    )
    return {(first, second) for first, second in rows}


def account_holders(handler_ids: Collection[int]) -> set[int]:
    return set(
        db.session.scalars(select(Membership.user_id).where(Membership.handler_id.in_(handler_ids)))
    )


def rounds_published_with(handler_id: int) -> Sequence[Round]:
    """Published rounds that drew a case of the handler, oldest first."""
    drawn = (
        select(SampledCase.round_id)
        .join(Case, Case.id == SampledCase.case_id)
        .where(Case.handler_id == handler_id)
    )
    return db.session.scalars(
        select(Round)
        .where(Round.id.in_(drawn), Round.published_at.is_not(None))
        .order_by(Round.window_to, Round.id)
    ).all()


def _lines(actor: Actor) -> Select[Any]:
    """Unmerged handlers with their cases, none of which lies outside the actor's tree."""
    elsewhere = aliased(Case)
    outside = select(elsewhere.id).where(
        elsewhere.handler_id == Handler.id, ~within(elsewhere.region_code, actor.region_code)
    )
    return (
        select(
            Handler.id,
            Handler.name,
            Handler.licence_number,
            Handler.disputed_licence,
            Handler.provider_id,
            Provider.name,
            func.count(Case.id),
        )
        .join(Provider, Provider.id == Handler.provider_id)
        .join(Case, Case.handler_id == Handler.id)
        .where(Handler.merged_into_id.is_(None), ~outside.exists())
        .group_by(Handler.id, Provider.name)
    )
