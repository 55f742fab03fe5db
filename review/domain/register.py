"""A 结案台账 as read: which rows are cases, which are refused and why, and what was rewritten."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any

from review.domain.register_changes import Rewrite
from review.domain.register_child import read_sheets
from review.domain.register_clashes import without_copies
from review.domain.register_facts import RegisterRow, judged_rows
from review.domain.register_questions import questions_about
from review.domain.register_table import Table, check_headings, find_table, guessed_table
from review.enums import RegisterChange
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
    rows = [row for table in tables for row in judged_rows(table, register.rewrites)]
    kept = without_copies(rows)
    register.read, register.duplicates = len(rows), len(rows) - len(kept)
    register.accepted = [row for row in kept if not row.problems]
    register.rejected = [row for row in kept if row.problems]
    return register
