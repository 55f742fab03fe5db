"""Each row of a 结案台账 by itself: the case that it states, or why it is refused."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, fields
from datetime import date
from decimal import Decimal
from typing import Any

from review.domain.case_kinds import UnclearKindError, kind_of
from review.domain.register_changes import Rewrite, rewrites_of
from review.domain.register_columns import Column
from review.domain.register_table import Table, columns_of
from review.domain.register_values import Cell, UnknownCodeError, UnreadableValueError
from review.enums import (
    AidMethod,
    AidSource,
    CaseKind,
    CaseType,
    HandlerType,
    Instance,
    Outcome,
    RejectReason,
    Stage,
)


@dataclass(slots=True)
class CaseFacts:
    """What one row says of one case, in canonical form; personal data still in clear."""

    case_number: str
    closed_on: date
    case_type: CaseType
    handler: str
    provider: str
    agency_code: str
    aid_method: AidMethod
    kind: CaseKind
    agency: str | None = None
    source: AidSource | None = None
    stage: Stage | None = None
    instance: Instance | None = None
    cause: str | None = None
    recipient: str | None = None
    id_number: str | None = None
    phone: str | None = None
    recipient_categories: tuple[str, ...] = ()
    licence_number: str | None = None
    handler_type: HandlerType | None = None
    accepted_on: date | None = None
    assigned_on: date | None = None
    archived_on: date | None = None
    outcome: Outcome | None = None
    recovered_amount: Decimal | None = None
    subsidy_amount: Decimal | None = None
    subsidy_paid_on: date | None = None
    dossier_pages: int | None = None


FIELDS = tuple(each.name for each in fields(CaseFacts))
KIND_CODES = ("case_type", "aid_method", "stage", "instance")


@dataclass(frozen=True, slots=True)
class Problem:
    """Why a row is refused: in which columns, and which other row it clashes with."""

    reason: RejectReason
    headings: tuple[str, ...] = ()
    other_row: int | None = None


@dataclass(slots=True)
class RegisterRow:
    table: Table
    number: int
    cells: list[Cell]
    facts: CaseFacts | None = None
    case_number: str | None = None
    problems: list[Problem] = field(default_factory=list)


def judged_rows(table: Table, rewrites: list[Rewrite]) -> list[RegisterRow]:
    """Every row of a table, judged column by column: of equal cells only one needs reading."""
    rows = [RegisterRow(table, number, cells) for number, cells in table.rows]
    said = {
        column.field: _values(rows, table, place, column, rewrites)
        for place, column in columns_of(table.fields)
    }
    for row, facts in zip(rows, _facts(said, len(rows)), strict=True):
        row.case_number = facts.case_number
        if not row.problems:
            row.problems = _contradictions(facts, table)
        if not row.problems:
            row.facts = facts
    return rows


def _values(
    rows: list[RegisterRow], table: Table, place: int, column: Column, rewrites: list[Rewrite]
) -> list[Any]:
    """What one column says of each row; notes what is wrong and what was rewritten there."""
    cells = [row.cells[place] for row in rows]
    values, changed, refused = _readings(column, set(cells))
    if refused:
        for row, cell in zip(rows, cells, strict=True):
            if reason := refused.get(cell):
                row.problems.append(Problem(reason, (table.headings[place],)))
    rewrites += rewrites_of(table, place, column, changed)
    return list(map(values.__getitem__, cells))


def _readings(
    column: Column, cells: Iterable[Cell]
) -> tuple[dict[Cell, Any], dict[Cell, Any], dict[Cell, RejectReason]]:
    """What each of these cells means, which were written otherwise, and which are refused."""
    values, changed, refused = dict[Cell, Any](), dict[Cell, Any](), dict[Cell, RejectReason]()
    for cell in cells:
        values[cell] = None
        try:
            values[cell], is_changed = column.read(cell)
        except UnknownCodeError:
            refused[cell] = _unknown(column)
        except UnreadableValueError:
            refused[cell] = column.unreadable
        else:
            if is_changed:
                changed[cell] = values[cell]
            if column.missing and values[cell] is None:
                refused[cell] = column.missing
    return values, changed, refused


def _unknown(column: Column) -> RejectReason:
    known = column.unreadable is RejectReason.UNKNOWN_CASE_TYPE
    return column.unreadable if known else RejectReason.UNKNOWN_CODE


def _facts(said: Mapping[str, list[Any]], count: int) -> Iterator[CaseFacts]:
    """The rows as cases; of a row with a problem, whatever could be read."""
    nothing = [None] * count
    columns = {name: said.get(name, nothing) for name in FIELDS}
    adopted = said.get("adoption", nothing)
    columns["outcome"] = [a or b for a, b in zip(columns["outcome"], adopted, strict=True)]
    columns["recipient_categories"] = [found or () for found in columns["recipient_categories"]]
    codes = list(zip(*(columns[name] for name in KIND_CODES), strict=True))
    kinds = {code: _kind(*code) for code in set(codes)}
    columns["kind"] = list(map(kinds.__getitem__, codes))
    return map(CaseFacts, *columns.values())


def _kind(
    case_type: CaseType | None,
    aid_method: AidMethod | None,
    stage: Stage | None,
    instance: Instance | None,
) -> CaseKind | None:
    if case_type is None or aid_method is None:
        return None
    try:
        return kind_of(case_type, aid_method, stage, instance)
    except UnclearKindError:
        return None


def _contradictions(facts: CaseFacts, table: Table) -> list[Problem]:
    """What is wrong with a row whose cells can each be read."""
    begun = "assigned_on" if facts.assigned_on else "accepted_on"
    day = getattr(facts, begun)
    if day and facts.closed_on < day:
        return [Problem(RejectReason.CLOSED_BEFORE_ASSIGNED, table.written("closed_on", begun))]
    if not facts.kind:
        return [Problem(RejectReason.UNKNOWN_CODE, table.written(*KIND_CODES[:3]))]
    return []
