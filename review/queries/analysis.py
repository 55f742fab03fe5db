"""What a chief may read: roll-ups and published cases within the chief's own region tree."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Row, Select, cast, func, or_, select

from review.extensions import db
from review.models.accounts import Region
from review.models.analysis import HandlerFigure, QuarterFigure, RoundFigure
from review.models.cases import Case
from review.models.handler import Handler, Provider
from review.models.results import Result
from review.models.rounds import Round
from review.models.sampling import SampledCase
from review.permissions import Actor
from review.queries.regions import around, contains, within

ROUNDS_SHOWN = 12
FLAGGED_SHOWN = 20
CASES_SHOWN = 50


@dataclass(frozen=True, slots=True)
class Place:
    """A region of the actor's tree: the regions around it, outermost first, and those below."""

    region: Region
    around: tuple[Region, ...]
    below: tuple[Region, ...]


def place(actor: Actor, region_code: str) -> Place | None:
    """The region with its neighbours in the tree, in one statement; None outside the tree."""
    outer = [code for code in around(region_code) if contains(actor.region_code, code)]
    found = db.session.scalars(
        select(Region)
        .where(or_(Region.code.in_(outer), Region.parent_code == region_code))
        .order_by(Region.code)
    ).all()
    by_code = {region.code: region for region in found}
    if region_code not in by_code:
        return None
    return Place(
        region=by_code[region_code],
        around=tuple(by_code[code] for code in outer if code != region_code and code in by_code),
        below=tuple(region for region in found if region.parent_code == region_code),
    )


def round_figures(actor: Actor, region_code: str) -> Sequence[Row[tuple[RoundFigure, Round]]]:
    """A region's figures in published rounds, the latest first."""
    return db.session.execute(
        select(RoundFigure, Round)
        .join(Round, Round.id == RoundFigure.round_id)
        .where(
            RoundFigure.region_code == region_code,
            within(RoundFigure.region_code, actor.region_code),
            Round.published_at.is_not(None),
        )
        .order_by(Round.window_to.desc(), Round.id.desc())
        .limit(ROUNDS_SHOWN)
    ).all()


def figures_below(actor: Actor, region_code: str, round_id: int) -> dict[str, RoundFigure]:
    """The figures of the regions directly below, by region code."""
    found = db.session.scalars(
        select(RoundFigure)
        .join(Region, Region.code == RoundFigure.region_code)
        .where(
            RoundFigure.round_id == round_id,
            Region.parent_code == region_code,
            within(RoundFigure.region_code, actor.region_code),
        )
    )
    return {figure.region_code: figure for figure in found}


def quarter_figures(actor: Actor, region_code: str) -> Sequence[QuarterFigure]:
    """A region's quarters in time order."""
    return db.session.scalars(
        select(QuarterFigure)
        .where(
            QuarterFigure.region_code == region_code,
            within(QuarterFigure.region_code, actor.region_code),
        )
        .order_by(QuarterFigure.quarter, QuarterFigure.scheme_key)
    ).all()


def funnel_figures(actor: Actor, region_code: str, round_id: int) -> Sequence[HandlerFigure]:
    """The judged handlers of a region in a round, in a fixed order."""
    return db.session.scalars(
        _handler_figures(actor, region_code, round_id)
        .where(HandlerFigure.is_judged)
        .order_by(HandlerFigure.handler_id)
    ).all()


def flagged_handlers(
    actor: Actor, region_code: str, round_id: int
) -> Sequence[Row[tuple[HandlerFigure, str, str]]]:
    """Handlers on either list of a region with name and provider; by name, for a flag is no
    ranking."""
    listed = or_(HandlerFigure.is_flagged, HandlerFigure.is_material)
    flagged = _handler_figures(actor, region_code, round_id).where(listed)
    return db.session.execute(
        flagged.join(Handler, Handler.id == HandlerFigure.handler_id)
        .join(Provider, Provider.id == Handler.provider_id)
        .add_columns(Handler.name, Provider.name)
        .order_by(Provider.name, Handler.name, Handler.id)
        .limit(FLAGGED_SHOWN)
    ).all()


@dataclass(frozen=True, slots=True)
class Judged:
    """How many handlers could be judged, how many were flagged, how many surely lie far below, how
    many are on either list, and what would have been seen."""

    handlers: int
    judged: int
    flagged: int
    material: int
    listed: int
    detectable: tuple[tuple[int, float], ...]
    spread: tuple[list[int], list[float]] | None
    """Cases, and values with the line and the expected one, at the ends of the funnel."""


def judged_handlers(actor: Actor, region_code: str, round_id: int) -> Judged:
    """Counts of the handlers of a region in a round, and the shortfall visible by cases."""
    rows = db.session.execute(
        _handler_figures(actor, region_code, round_id)
        .with_only_columns(
            HandlerFigure.cases,
            HandlerFigure.is_judged,
            func.count(),
            func.sum(_as_number(HandlerFigure.is_flagged)),
            func.min(HandlerFigure.detectable),
            func.sum(_as_number(HandlerFigure.is_material)),
            func.sum(_as_number(or_(HandlerFigure.is_flagged, HandlerFigure.is_material))),
            func.min(HandlerFigure.adjusted_mean),
            func.max(HandlerFigure.adjusted_mean),
            func.max(HandlerFigure.line),
            func.max(HandlerFigure.expected),
        )
        .group_by(HandlerFigure.cases, HandlerFigure.is_judged)
        .order_by(HandlerFigure.cases)
    ).all()
    judged = [row for row in rows if row[1]]
    return Judged(
        handlers=sum(row[2] for row in rows),
        judged=sum(row[2] for row in judged),
        flagged=sum(row[3] for row in judged),
        material=sum(row[5] for row in judged),
        listed=sum(row[6] for row in judged),
        detectable=tuple((row[0], row[4]) for row in judged),
        spread=_spread(judged),
    )


def handler_of(actor: Actor, handler_id: int) -> Row[tuple[Handler, Provider]] | None:
    """A handler with a published case in the actor's tree, and the provider."""
    return db.session.execute(
        select(Handler, Provider)
        .join(Provider, Provider.id == Handler.provider_id)
        .where(Handler.id == handler_id, _published_cases(actor, handler_id).exists())
    ).first()


def handler_figures(actor: Actor, handler_id: int) -> Sequence[Row[tuple[HandlerFigure, Round]]]:
    """A handler's figures that rest only on cases of the actor's tree, the latest first."""
    return db.session.execute(
        select(HandlerFigure, Round)
        .join(Round, Round.id == HandlerFigure.round_id)
        .where(
            HandlerFigure.handler_id == handler_id,
            within(HandlerFigure.region_code, actor.region_code),
            Round.published_at.is_not(None),
        )
        .order_by(Round.window_to.desc(), Round.id.desc())
        .limit(ROUNDS_SHOWN)
    ).all()


def handler_cases(
    actor: Actor, handler_id: int, page: int
) -> tuple[Sequence[Row[tuple[Case, Result, Round, str]]], int]:
    """One page of a handler's published cases in the actor's tree, latest first, and how many."""
    cases = _published_cases(actor, handler_id)
    total = db.session.scalar(cases.with_only_columns(func.count()))
    rows = db.session.execute(
        cases.with_only_columns(Case, Result, Round, Region.name)
        .join(Region, Region.code == Case.region_code)
        .order_by(Case.closed_on.desc(), Case.id.desc(), Round.id.desc())
        .limit(CASES_SHOWN)
        .offset((page - 1) * CASES_SHOWN)
    ).all()
    return rows, total or 0


def _handler_figures(actor: Actor, region_code: str, round_id: int) -> Select[tuple[HandlerFigure]]:
    return (
        select(HandlerFigure)
        .join(Round, Round.id == HandlerFigure.round_id)
        .where(
            HandlerFigure.round_id == round_id,
            within(HandlerFigure.region_code, region_code),
            within(HandlerFigure.region_code, actor.region_code),
            Round.published_at.is_not(None),
        )
    )


def _published_cases(actor: Actor, handler_id: int) -> Select[Any]:
    return (
        select(Case.id)
        .join(SampledCase, SampledCase.case_id == Case.id)
        .join(Result, Result.sampled_case_id == SampledCase.id)
        .join(Round, Round.id == SampledCase.round_id)
        .where(
            Case.handler_id == handler_id,
            within(Case.region_code, actor.region_code),
            Round.published_at.is_not(None),
        )
    )


def _spread(judged: Sequence[Any]) -> tuple[list[int], list[float]] | None:
    values = [value for row in judged for value in row[7:]]
    return ([row[0] for row in judged], values) if judged else None


def _as_number(column: Any) -> Any:
    """A truth value as 0 or 1, which both databases can add up."""
    return func.coalesce(cast(column, db.Integer), 0)
