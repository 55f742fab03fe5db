"""Handlers that look like one person: proposed, then merged or told apart by an organiser."""

from collections import defaultdict
from collections.abc import Hashable, Iterable
from datetime import UTC, datetime
from typing import Any, NamedTuple

from sqlalchemy import update

from review.domain.analysis import refresh
from review.domain.audit import record
from review.domain.jobs import Report, enqueue
from review.enums import JobKind, Likeness
from review.errors import NotAlikeError, TwoAccountsError
from review.extensions import db
from review.models.accounts import Invitation, Membership
from review.models.cases import Case
from review.models.handler import Handler, HandlerDistinction
from review.models.jobs import Job
from review.models.rounds import Round
from review.permissions import Actor
from review.queries.handlers import HandlerLine, account_holders, rounds_published_with


class Pair(NamedTuple):
    """Two handlers that look like one: ``kept`` is the one that a merger would leave."""

    kept: HandlerLine
    other: HandlerLine
    likeness: Likeness


def likely_same(handlers: Iterable[HandlerLine]) -> list[Pair]:
    """Each handler beside the best known of those that share its licence, or name and provider."""
    handlers = sorted(handlers, key=lambda h: (h.licence_number is None, -h.cases, h.id))
    pairs: dict[tuple[int, int], Pair] = {}
    for likeness, key in (
        (Likeness.SAME_LICENCE, _licence_of),
        (Likeness.SAME_NAME, lambda handler: (handler.name, handler.provider_id)),
    ):
        alike: defaultdict[Hashable, list[HandlerLine]] = defaultdict(list)
        for handler in handlers:
            alike[key(handler)].append(handler)
        alike.pop(None, None)
        for kept, *others in alike.values():
            for other in others:
                pairs.setdefault((kept.id, other.id), Pair(kept, other, likeness))
    return list(pairs.values())


def merge_handlers(kept: HandlerLine, other: HandlerLine, by: Actor) -> Job | None:
    """Give the cases and the account of one handler to another, for good; later registers that
    name the one mean the other. Answers the job that rebuilds published figures, where there are
    any. Commits; raises NotAlikeError, TwoAccountsError."""
    if not likely_same([kept, other]):
        raise NotAlikeError
    if len(account_holders({kept.id, other.id})) > 1:
        raise TwoAccountsError
    rounds = rounds_published_with(other.id)
    left, gone = db.session.get_one(Handler, kept.id), db.session.get_one(Handler, other.id)
    for model in (Case, Membership, Invitation):
        db.session.execute(
            update(model).where(model.handler_id == gone.id).values(handler_id=left.id)
        )
    db.session.execute(
        update(Handler).where(Handler.merged_into_id == gone.id).values(merged_into_id=left.id)
    )
    gone.merged_into_id = left.id
    _hand_over_licence(gone, left)
    record(by, "handler.merged", left, merged=gone.id, cases=other.cases)
    ids = [round_.id for round_ in rounds]
    job = enqueue(JobKind.REFRESH_FIGURES, {"round_ids": ids}, by) if ids else None
    db.session.commit()
    return job


def refresh_figures(payload: dict[str, Any], _by: Actor, _report: Report) -> None:
    """Rebuild the figures of published rounds whose cases came to another handler. Commits."""
    for round_id in payload["round_ids"]:
        refresh(db.session.get_one(Round, round_id))
    db.session.commit()


def tell_apart(one: HandlerLine, other: HandlerLine, by: Actor) -> None:
    """Note that two handlers are two people, so that they are not proposed again. Commits;
    raises NotAlikeError."""
    if not likely_same([one, other]):
        raise NotAlikeError
    first, second = sorted((one.id, other.id))
    decided = HandlerDistinction(
        first_id=first, second_id=second, decided_by_id=by.user_id, decided_at=datetime.now(UTC)
    )
    db.session.add(decided)
    record(by, "handler.told_apart", decided)
    db.session.commit()


def _licence_of(handler: HandlerLine) -> str | None:
    return handler.licence_number or handler.disputed_licence


def _hand_over_licence(gone: Handler, left: Handler) -> None:
    """A licence moves to the handler that stays; no two hold one, not even for a moment. The
    other keeps it as disputed, so that registers with that number and name are still understood."""
    licence, gone.licence_number = gone.licence_number, None
    gone.disputed_licence = licence or gone.disputed_licence
    db.session.flush()
    left.licence_number = left.licence_number or licence
