"""A 结案台账 as read: which rows are cases, which are refused and why, and what was rewritten."""

from collections import Counter, defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from types import MappingProxyType
from typing import Any

from review.domain.case_kinds import UnclearKindError, kind_of
from review.domain.register_changes import ChangedCells, Rewrite
from review.domain.register_child import read_sheets
from review.domain.register_columns import Column
from review.domain.register_questions import questions_about
from review.domain.register_table import (
    Table,
    check_headings,
    columns_of,
    find_table,
    guessed_table,
)
from review.domain.register_values import Cell, UnknownCodeError, UnreadableValueError
from review.enums import (
    AidMethod,
    AidSource,
    CaseKind,
    CaseType,
    HandlerType,
    Instance,
    Outcome,
    RegisterChange,
    RejectReason,
    Stage,
)
from review.errors import (
    EmptyWorkbookError,
    MissingColumnsError,
    NoHeadingError,
    NotAWorkbookError,
    RegisterError,
)

READABLE = (".xlsx", ".xlsm", ".xls", ".ods", ".csv")
NO_MEANINGS: Mapping[str, str] = MappingProxyType({})


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
    facts: CaseFacts | None
    case_number: str | None
    problems: list[Problem]


@dataclass(slots=True)
class ReadRegister:
    """``read`` = ``accepted`` + ``duplicates`` + ``rejected``, row for row."""

    tables: list[Table]
    read: int = 0
    duplicates: int = 0
    accepted: list[RegisterRow] = field(default_factory=list)
    rejected: list[RegisterRow] = field(default_factory=list)
    rewrites: list[Rewrite] = field(default_factory=list)

    @property
    def changes(self) -> Counter[RegisterChange]:
        """How many cells were rewritten, by kind of change."""
        counter: Counter[RegisterChange] = Counter()
        for rewrite in self.rewrites:
            counter[rewrite.change] += len(rewrite.rows)
        return counter

    def counts(self) -> dict[str, Any]:
        """The import's counts, in the form that the command line prints."""
        reasons = Counter(row.problems[0].reason.value for row in self.rejected)
        return {
            "data_rows_read": self.read,
            "accepted_cases": len(self.accepted),
            "exact_duplicates_skipped": self.duplicates,
            "rejected_rows_by_reason": dict(reasons),
        }


def read_register(
    data: bytes, filename: str, meanings: Mapping[str, str] = NO_MEANINGS
) -> ReadRegister:
    """Read and check a file; raises RegisterError when it holds no usable register."""
    return judge(read_tables(data, filename, meanings))


def read_tables(
    data: bytes, filename: str, meanings: Mapping[str, str] = NO_MEANINGS
) -> list[Table]:
    """The registers of a file, sheet by sheet, without blank rows, sums and notes."""
    try:
        tables = find_tables(data, filename, meanings)
        _check(tables)
    except RegisterError as error:
        error.file = filename
        raise
    return tables


def _check(tables: list[Table]) -> None:
    for table in tables:
        try:
            check_headings(table)
        except MissingColumnsError as error:
            error.questions = questions_about(tables)
            raise


def find_tables(data: bytes, filename: str, meanings: Mapping[str, str]) -> list[Table]:
    """As ``read_tables``, but with tables that lack columns; raises RegisterError."""
    if not filename.lower().endswith(READABLE):
        raise NotAWorkbookError
    sheets = [sheet for sheet in read_sheets(data) if any(map(any, sheet.rows))]
    if not sheets:
        raise EmptyWorkbookError
    tables = [table for sheet in sheets if (table := find_table(sheet, meanings))]
    tables = tables or [table for table in map(guessed_table, sheets) if table]
    if not tables:
        raise NoHeadingError(sheets[0].name)
    if not any(table.rows for table in tables):
        raise EmptyWorkbookError
    return tables


def judge(tables: list[Table]) -> ReadRegister:
    """Check every row by itself, then against the other rows of the same number."""
    register = ReadRegister(tables)
    rows = [row for table in tables for row in _rows(table, register.rewrites)]
    register.read = len(rows)
    kept = _without_clashes(rows, register)
    register.accepted = [row for row in kept if not row.problems]
    register.rejected = [row for row in kept if row.problems]
    return register


def _rows(table: Table, rewrites: list[Rewrite]) -> list[RegisterRow]:
    columns = columns_of(table.fields)
    changed = ChangedCells(table)
    rows = [_row(table, number, cells, columns, changed) for number, cells in table.rows]
    rewrites += changed.rewrites()
    return rows


def _row(
    table: Table,
    number: int,
    cells: list[Cell],
    columns: list[tuple[int, Column]],
    changed_cells: ChangedCells,
) -> RegisterRow:
    values: dict[str, Any] = {}
    problems = []
    for place, column in columns:
        try:
            value, changed = column.read(cells[place])
        except UnknownCodeError:
            value, changed, reason = None, False, _unknown(column)
            problems.append(Problem(reason, (table.headings[place],)))
        except UnreadableValueError:
            value, changed = None, False
            problems.append(Problem(column.unreadable, (table.headings[place],)))
        else:
            if value is None and column.missing:
                problems.append(Problem(column.missing, (table.headings[place],)))
        values[column.field] = value
        if changed:
            changed_cells.note(column, place, number, cells[place], value)
    case_number = values["case_number"]
    facts = None if problems else _facts(values, problems)
    return RegisterRow(table, number, cells, facts, case_number, problems)


def _unknown(column: Column) -> RejectReason:
    known = column.unreadable is RejectReason.UNKNOWN_CASE_TYPE
    return column.unreadable if known else RejectReason.UNKNOWN_CODE


def _facts(values: dict[str, Any], problems: list[Problem]) -> CaseFacts | None:
    """The row as a case, unless its values contradict each other."""
    begun = values.get("assigned_on") or values.get("accepted_on")
    if begun and values["closed_on"] < begun:
        problems.append(Problem(RejectReason.CLOSED_BEFORE_ASSIGNED, ("结案日期",)))
        return None
    adoption = values.pop("adoption", None)
    values["outcome"] = values.get("outcome") or adoption
    values["recipient_categories"] = values.get("recipient_categories") or ()
    try:
        values["kind"] = kind_of(
            values["case_type"], values["aid_method"], values.get("stage"), values.get("instance")
        )
    except UnclearKindError:
        problems.append(Problem(RejectReason.UNKNOWN_CODE, ("案件类型", "援助方式", "阶段")))
        return None
    return CaseFacts(**values)


def _without_clashes(rows: list[RegisterRow], register: ReadRegister) -> list[RegisterRow]:
    """Drop exact copies after the first; refuse every row whose number another row contradicts.

    A row refused for another reason contradicts its number's other rows too: nobody can say
    which of them is right.
    """
    by_number = defaultdict(list)
    for row in rows:
        if row.case_number:
            by_number[row.case_number].append(row)
    copies = set()
    for same in by_number.values():
        if len(same) > 1:
            copies |= {id(row) for row in _copies_or_clashes(same)}
    register.duplicates = len(copies)
    return [row for row in rows if id(row) not in copies]


def _copies_or_clashes(same: list[RegisterRow]) -> list[RegisterRow]:
    """The copies of one row among rows of one number, or none after marking all as clashing."""
    facts = [row.facts for row in same]
    if facts[0] and all(other == facts[0] for other in facts):
        return same[1:]
    for row, own in zip(same, facts, strict=True):
        if own is None:
            continue
        place = 0 if row is not same[0] else 1
        headings = _different_headings(row, own, facts[place])
        clash = Problem(RejectReason.CONFLICTING_DUPLICATE, headings, same[place].number)
        row.facts, row.problems = None, [clash]
    return []


def _different_headings(
    row: RegisterRow, own: CaseFacts, other: CaseFacts | None
) -> tuple[str, ...]:
    if other is None:
        return ()
    headings = row.table.headings
    return tuple(
        headings[place]
        for place, column in columns_of(row.table.fields)
        if getattr(own, column.field, None) != getattr(other, column.field, None)
    )
