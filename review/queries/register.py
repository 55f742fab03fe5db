"""What the database already holds of the things that a register names."""

from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Iterator
from dataclasses import dataclass
from functools import partial
from itertools import islice
from typing import Any, cast

from sqlalchemy import Row, Table, exists, func, select, tuple_

from review.enums import UndoObstacle
from review.extensions import db
from review.models.accounts import Region
from review.models.cases import Agency, Case, RegisterImport
from review.models.handler import Handler, Provider
from review.models.sampling import FrameCase
from review.queries.regions import within

CHUNK = 5000  # bound values in one statement; SQLite takes 32,766
IN_FRAME = exists().where(FrameCase.case_id == Case.id)


CASES = cast(Table, Case.__table__)
KEPT_COLUMNS = tuple(column.name for column in CASES.columns if not column.primary_key)


@dataclass(frozen=True, slots=True)
class StoredCase:
    id: int
    region_code: str
    content_digest: str
    is_in_frame: bool


def stored_cases(numbers: Iterable[str]) -> dict[str, StoredCase]:
    """Stored cases by case number, wherever they lie: a number is unique in the whole platform."""
    columns = (Case.case_number, Case.id, Case.region_code, Case.content_digest, IN_FRAME)
    rows = _in_chunks(lambda part: select(*columns).where(Case.case_number.in_(part)), numbers)
    return {number: StoredCase(*rest) for number, *rest in rows}


def case_details(ids: Iterable[int]) -> dict[int, Row[Any]]:
    """Whole cases by id, with the names of ``provider`` and ``handler``."""
    details = (
        select(CASES, Provider.name.label("provider"), Handler.name.label("handler"))
        .join(Provider, Provider.id == CASES.c.provider_id)
        .join(Handler, Handler.id == CASES.c.handler_id)
    )
    rows = _in_chunks(lambda part: details.where(CASES.c.id.in_(part)), ids)
    return {row.id: row for row in rows}


def stored_states(ids: Iterable[int]) -> dict[int, tuple[str, bool]]:
    """The content of cases and whether they are in a frame, by id."""
    columns = (Case.id, Case.content_digest, IN_FRAME)
    rows = _in_chunks(lambda part: select(*columns).where(Case.id.in_(part)), ids)
    return {id_: (content, is_in_frame) for id_, content, is_in_frame in rows}


def undo_obstacle(import_: RegisterImport) -> UndoObstacle | None:
    """Why a confirmed import cannot be taken back, if it cannot.

    Each of its cases names it as the last import that wrote there, unless a later one has.
    """
    written = import_.counts["created"] + import_.counts["updated"]
    cases = select(func.count()).where(Case.import_id == import_.id)
    if import_.made is None or db.session.scalar(cases) != written:
        return UndoObstacle.CHANGED_SINCE
    framed = select(exists().where(FrameCase.case_id == Case.id, Case.import_id == import_.id))
    return UndoObstacle.IN_FRAME if db.session.scalar(framed) else None


def region_codes_within(region_code: str) -> set[str]:
    return set(db.session.scalars(select(Region.code).where(within(Region.code, region_code))))


def agency_ids(codes: Iterable[str]) -> dict[str, int]:
    rows = _in_chunks(lambda p: select(Agency.code, Agency.id).where(Agency.code.in_(p)), codes)
    return dict(map(tuple, rows))


def provider_ids(names: Iterable[str]) -> dict[str, int]:
    rows = _in_chunks(
        lambda p: select(Provider.name, Provider.id).where(Provider.name.in_(p)), names
    )
    return dict(map(tuple, rows))


# Of a handler that was merged, registers mean the handler it turned out to be.
MEANT = func.coalesce(Handler.merged_into_id, Handler.id)
LICENCE = func.coalesce(Handler.licence_number, Handler.disputed_licence)


def known_as(ids: Iterable[int]) -> dict[int, set[tuple[str, str | None]]]:
    """Names of handlers with licence numbers, also of those merged into them, by id."""
    names: defaultdict[int, set[tuple[str, str | None]]] = defaultdict(set)
    columns = (MEANT, Handler.name, LICENCE)
    for id_, name, licence in _in_chunks(lambda p: select(*columns).where(MEANT.in_(p)), ids):
        names[id_].add((name, licence))
    return names


def handlers_licensed(licences: Collection[str]) -> list[tuple[str, str, int, int]]:
    """Handlers with these numbers, disputed or not: (licence number, name, provider id, id)."""
    return [
        tuple(row)
        for column in (Handler.licence_number, Handler.disputed_licence)
        for row in _in_chunks(partial(_with_licence, column), licences)
    ]


def licences_held(licences: Collection[str]) -> set[str]:
    """Those of these numbers that a handler has undisputed."""
    column = Handler.licence_number
    rows = _in_chunks(lambda part: select(column).where(column.in_(part)), licences)
    return {licence for (licence,) in rows}


def handlers_called(names: Iterable[tuple[str, int]]) -> list[tuple[str, int, str | None, int]]:
    """Handlers by name and provider: (name, provider id, licence number, id)."""
    key = tuple_(Handler.name, Handler.provider_id)
    columns = (Handler.name, Handler.provider_id, LICENCE, MEANT)
    statement = select(*columns).order_by(Handler.id)
    return list(map(tuple, _in_chunks(lambda part: statement.where(key.in_(part)), names)))


def _with_licence(column: Any, part: list[str]) -> Any:
    return select(column, Handler.name, Handler.provider_id, MEANT).where(column.in_(part))


def _in_chunks(statement: Callable[[list[Any]], Any], values: Iterable[Any]) -> Iterator[Any]:
    remaining = iter(values)
    while part := list(islice(remaining, CHUNK)):
        yield from db.session.execute(statement(part))
