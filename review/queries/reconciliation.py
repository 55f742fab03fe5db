from collections.abc import Iterable, Sequence
from datetime import date
from typing import Any, NamedTuple

from sqlalchemy import Row, and_, case, func, select

from review.enums import CaseKind, CasePlace
from review.extensions import db
from review.models.cases import Case
from review.models.rounds import Round
from review.models.sampling import FrameCase
from review.permissions import Actor
from review.queries.regions import contains, scanned_within, within
from review.queries.sampling import covered, excluded

Window = tuple[date, date]
SEPARATOR = "\n"


class Counted(NamedTuple):
    """Cases of the window, and of the one a year before."""

    now: int
    before: int


class Numbers(NamedTuple):
    """An agency's case numbers, of cases closed inside the window looked at and outside it."""

    region_code: str
    inside: list[str]
    outside: list[str]


def reach_of(actor: Actor, wished: str | None) -> str:
    """The wished region where it lies in the actor's tree, else the whole of that tree."""
    return wished if wished and contains(actor.region_code, wished) else actor.region_code


def closed_by_region_and_kind(
    region_code: str, now: Window, before: Window
) -> dict[tuple[str, CaseKind], Counted]:
    rows = _closed_by((Case.region_code, Case.kind), region_code, now, before)
    return {(region, kind): Counted(*counts) for region, kind, *counts in rows}


def not_archived(region_code: str, window: Window) -> dict[str, int]:
    """How many cases closed in the window each agency has not archived."""
    query = select(Case.region_code, func.count()).group_by(Case.region_code)
    rows = db.session.execute(
        query.where(
            within(Case.region_code, region_code),
            Case.closed_on.between(*window),
            Case.archived_on.is_(None),
        )
    )
    return dict(rows.tuples().all())


def closed_by_day(region_code: str, now: Window, before: Window) -> dict[date, Counted]:
    rows = _closed_by((Case.closed_on,), region_code, now, before)
    return {key: Counted(*counts) for key, *counts in rows}


def case_numbers(region_code: str, window: Window, since: int) -> list[Numbers]:
    """The numbers of all cases closed from the year ``since`` on, in the window or later.

    They come as one text for each agency: a row for each case would cost more than the rest.
    """
    is_inside = Case.closed_on.between(*window)
    numbers = func.aggregate_strings(Case.case_number, SEPARATOR)
    query = select(Case.region_code, numbers.filter(is_inside), numbers.filter(~is_inside))
    query = query.where(within(Case.region_code, region_code), Case.closed_on >= date(since, 1, 1))
    rows = db.session.execute(query.group_by(Case.region_code))
    return [Numbers(code, _lines(inside), _lines(outside)) for code, inside, outside in rows]


def _lines(text: str | None) -> list[str]:
    return text.split(SEPARATOR) if text else []


def places_of(round_: Round) -> dict[CasePlace, int]:
    """How many cases closed in the round's window and region stand where to its frame."""
    query = select(_place(round_), func.count()).group_by("place")
    rows = db.session.execute(
        query.where(
            within(Case.region_code, round_.region_code),
            Case.closed_on.between(round_.window_from, round_.window_to),
        )
    )
    return {CasePlace(place): count for place, count in rows}


def _place(round_: Round) -> Any:
    framed = select(FrameCase.case_id).where(FrameCase.round_id == round_.id)
    is_frozen = round_.frozen_at is not None
    return case(
        (Case.id.in_(framed), CasePlace.IN_FRAME.value),
        (and_(excluded(round_), covered(round_)), CasePlace.EXCLUDED.value),
        (
            Case.kind.not_in([rubric.kind for rubric in round_.rubrics]),
            CasePlace.OTHER_KIND.value,
        ),
        (Case.archived_on.is_(None), CasePlace.NOT_ARCHIVED.value),
        else_=(CasePlace.AFTER_FREEZE if is_frozen else CasePlace.IN_FRAME).value,
    ).label("place")


def _closed_by(
    keys: Sequence[Any], region_code: str, now: Window, before: Window
) -> Iterable[Row[Any]]:
    """Counts of both windows for each value of ``keys``."""
    is_now, is_before = Case.closed_on.between(*now), Case.closed_on.between(*before)
    counts = func.count().filter(is_now), func.count().filter(is_before)
    query = select(*keys, *counts).where(Case.closed_on.between(before[0], now[1])).group_by(*keys)
    return db.session.execute(query.where(scanned_within(Case.region_code, region_code)))
