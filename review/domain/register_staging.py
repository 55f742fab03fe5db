"""What an import keeps between preview and confirmation: packed, encrypted, never in clear."""

import json
import zlib
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from review.domain.register import Problem, RegisterRow
from review.domain.register_columns import BY_HEADING
from review.domain.register_table import Table, heading_word
from review.domain.register_values import Cell
from review.enums import RejectReason
from review.privacy import decrypt, encrypt

FASTEST = 1  # zlib level
SAMPLE_ROWS = 3
LONGEST_SAMPLE = 40
HIDDEN = "***"


@dataclass(frozen=True, slots=True)
class RefusedRow:
    """A row as it was, and why it was refused."""

    number: int
    cells: list[Cell]
    problems: list[Problem]


@dataclass(frozen=True, slots=True)
class RefusedSheet:
    """The refused rows of one sheet."""

    name: str
    headings: list[str]
    rows: list[RefusedRow]


@dataclass(frozen=True, slots=True)
class Sample:
    """One refused row for a screen: its place and the cells at fault, personal ones hidden."""

    sheet: str
    number: int
    headings: tuple[str, ...]
    other_row: int | None
    content: str


def seal_tables(tables: Iterable[Table]) -> bytes:
    return _seal([(t.sheet, t.heading_row, t.headings, t.rows, t.fields) for t in tables])


def open_tables(stored: bytes) -> list[Table]:
    return [Table(*sheet) for sheet in _open(stored)]


def seal_refused(tables: Iterable[Table], refused: Iterable[RegisterRow]) -> bytes:
    by_sheet = defaultdict(list)
    for row in sorted(refused, key=lambda row: row.number):
        problems = [(p.reason.value, p.headings, p.other_row) for p in row.problems]
        by_sheet[row.table.sheet].append((row.number, row.cells, problems))
    return _seal([(t.sheet, t.headings, by_sheet[t.sheet]) for t in tables if by_sheet[t.sheet]])


def open_refused(stored: bytes | None) -> list[RefusedSheet]:
    if stored is None:
        return []
    return [
        RefusedSheet(name, headings, [_refused_row(*row) for row in rows])
        for name, headings, rows in _open(stored)
    ]


def samples_of(sheets: Iterable[RefusedSheet]) -> dict[RejectReason, list[Sample]]:
    """The first rows of each reason, in the order in which the reasons are declared."""
    found: dict[RejectReason, list[Sample]] = {reason: [] for reason in RejectReason}
    for sheet in sheets:
        for row in sheet.rows:
            problem = row.problems[0]
            if len(found[problem.reason]) < SAMPLE_ROWS:
                found[problem.reason].append(_sample(sheet, row, problem))
    return {reason: samples for reason, samples in found.items() if samples}


def _sample(sheet: RefusedSheet, row: RefusedRow, problem: Problem) -> Sample:
    cells = dict(zip(sheet.headings, row.cells, strict=False))
    texts = [_shown(heading, cells.get(heading)) for heading in problem.headings]
    content = "、".join(text for text in texts if text)
    return Sample(sheet.name, row.number, problem.headings, problem.other_row, content)


def _shown(heading: str, cell: Cell) -> str:
    column = BY_HEADING.get(heading_word(heading))
    if cell is None or (column and not column.is_personal):
        return str(cell or "").strip()[:LONGEST_SAMPLE]
    return HIDDEN


def _refused_row(number: int, cells: list[Cell], problems: list[Any]) -> RefusedRow:
    return RefusedRow(
        number, cells, [Problem(RejectReason(r), tuple(h), o) for r, h, o in problems]
    )


def _seal(content: Any) -> bytes:
    text = json.dumps(content, ensure_ascii=False, separators=(",", ":"))
    return encrypt(zlib.compress(text.encode(), FASTEST))


def _open(stored: bytes) -> Any:
    return json.loads(zlib.decompress(decrypt(stored)))
